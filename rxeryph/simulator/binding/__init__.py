"""How the server's framework reads a request before an endpoint sees it: media types, JSON, paths and queries."""
