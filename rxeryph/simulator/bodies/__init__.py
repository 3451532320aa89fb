"""What the bodies of requests must contain, noun by noun."""
