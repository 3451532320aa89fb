"""What operations do: tasks and steps, the scripts that replace them, and the workflow that runs them."""
