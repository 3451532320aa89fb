"""What operations do: steps, the scripts that replace them, and the workflow that runs them."""
