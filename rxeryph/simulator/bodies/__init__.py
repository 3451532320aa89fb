"""What the bodies of requests have to be, noun by noun."""
