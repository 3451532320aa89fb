"""HTTP: connections, which servers they trust, how a request fails. Only this room imports requests and urllib3."""

from .connection import Http, Reply, Request, Timeout
from .trust import Fingerprint, Verify, is_loopback

__all__ = ["Fingerprint", "Http", "Reply", "Request", "Timeout", "Verify", "is_loopback"]
