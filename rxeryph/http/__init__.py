"""HTTP: connections, which servers they trust, how a request fails. Only this room imports requests and urllib3."""

from .connection import Http, Reply, Request
from .timeouts import Patience, Timeout, Timeouts
from .trust import Fingerprint, Verify, is_loopback

__all__ = ["Fingerprint", "Http", "Patience", "Reply", "Request", "Timeout", "Timeouts", "Verify", "is_loopback"]
