"""What the server does for each command, task by task: the scripts of its operations."""
