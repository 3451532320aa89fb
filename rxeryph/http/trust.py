"""Which servers are trusted: how certificates are checked, and what counts as this machine."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from typing import Any, TypeAlias

import truststore

from ..errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The SHA-256 fingerprint of the one certificate to trust, as hex with or without colons."""

    sha256: str

    def __post_init__(self) -> None:
        digits = self.sha256.replace(":", "").lower()
        if len(digits) != 64 or set(digits) - set("0123456789abcdef"):
            raise ConfigurationError(
                "verify=Fingerprint(...) needs the 64 hex digits of a SHA-256 fingerprint.", member="verify"
            )


Verify: TypeAlias = bool | str | Fingerprint
"""True: the operating system's trust store. A path: that CA file. A Fingerprint: that certificate. False: any."""


def tls_settings(verify: Verify) -> dict[str, Any]:
    """The settings with which urllib3 checks certificates as ``verify`` says. Raises ConfigurationError."""
    if isinstance(verify, Fingerprint):
        return {"ssl_context": _unchecked(), "assert_fingerprint": verify.sha256, "assert_hostname": False}
    if verify is True:
        return {"ssl_context": truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}
    if verify is False:
        return {"ssl_context": _unchecked(), "cert_reqs": "CERT_NONE", "assert_hostname": False}
    try:
        return {"ssl_context": ssl.create_default_context(cafile=str(verify))}
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"verify={str(verify)!r} is not a readable PEM file of certificates: {error}",
            place=str(verify),
            member="verify",
        ) from error


def _unchecked() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def is_loopback(host: str) -> bool:
    """True for a name or address of this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
