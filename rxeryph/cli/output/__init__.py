"""What commands print: tables and details for people, JSON and YAML for programs, ids for other commands."""
