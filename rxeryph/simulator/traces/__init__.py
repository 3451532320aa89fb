"""What the server does for each command, task by task."""
