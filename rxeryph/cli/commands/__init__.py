"""The commands: one module per noun, whose ``verbs`` has its commands."""
