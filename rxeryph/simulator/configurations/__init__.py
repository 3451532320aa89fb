"""What the server makes of the configuration of a catlet, from the given one to that of a machine."""
