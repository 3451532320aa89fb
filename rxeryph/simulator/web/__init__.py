"""HTTP on this machine: the server, its faults, and a log of requests."""
