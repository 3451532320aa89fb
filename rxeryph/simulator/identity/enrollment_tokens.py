"""The tokens with which the parts of a server ask for their first certificate."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Callable
from typing import TypedDict

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from .authority import Authority

TYPES = ("VMHostAgent", "GenePoolAgent", "Network", "ComputeApi", "Identity", "Controller")
"""The kinds of components, in the order of their numbers."""


class _Content(TypedDict):
    jti: str
    type: str
    fqdn: str
    exp: int


class EnrollmentTokens:
    """Issues tokens that are signed by the root of ``authority``. Each is for one component, and is valid once."""

    def __init__(self, authority: Authority, clock: Callable[[], float] = time.time) -> None:
        self._authority = authority
        self._clock = clock
        self._redeemed: set[str] = set()

    def issue(self, component_type: str, host: str, seconds: float) -> str:
        """A token for the component of that type on ``host``, valid for ``seconds`` of real time."""
        expires = int(self._clock() + seconds)
        content = _Content(jti=uuid.uuid4().hex, type=component_type, fqdn=host.lower(), exp=expires)
        payload = _encoded(json.dumps(content).encode())
        return f"{payload}.{_encoded(self._authority.root_key.key.sign(payload.encode(), PKCS1v15(), SHA256()))}"

    def redeem(self, token: str, component_type: str, host: str) -> bool:
        """Whether the token is valid for that component. A token that is valid is used up."""
        content = self._read(token)
        named = component_type, host.lower()
        if content is None or content["exp"] <= self._clock() or (content["type"], content["fqdn"]) != named:
            return False
        if content["jti"] in self._redeemed:
            return False
        self._redeemed.add(content["jti"])
        return True

    def _read(self, token: str) -> _Content | None:
        """The content of a token, or None if it is not signed by the root."""
        payload, _, signature = token.partition(".")
        try:
            signed = payload.encode("ascii"), PKCS1v15(), SHA256()
            self._authority.root_key.public_key.verify(_decoded(signature), *signed)
        except (InvalidSignature, ValueError):
            return None
        content: _Content = json.loads(_decoded(payload))
        return content


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(content: str) -> bytes:
    return base64.b64decode(content + "=" * (-len(content) % 4), b"-_", validate=True)
