"""The virtual networks of projects: their configuration, and the addresses of catlets in them."""
