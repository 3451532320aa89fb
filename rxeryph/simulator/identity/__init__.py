"""The identity provider: tokens, and the API of clients."""
