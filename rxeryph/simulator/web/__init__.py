"""The HTTP side: the server and its connections, their faults, and a log of requests."""
