"""Which servers are trusted: how certificates are checked, and what counts as this machine."""

from __future__ import annotations

import ipaddress
import os
import ssl
from dataclasses import dataclass
from os import PathLike
from typing import Any, TypeAlias

import truststore

from ..errors import ConfigurationError
from ..reading import read_file

LARGEST_CA_FILE = 16 * 1024 * 1024
"""Bytes; the bundle of all public authorities has a quarter of a million."""


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
    return {"ssl_context": _trusting(verify)}


def _trusting(path: str) -> ssl.SSLContext:
    """Trust in the certificates of a file. An error shows only what certainly is a path: it may be a key instead."""
    if not isinstance(path, str | PathLike):
        raise ConfigurationError(
            f"verify must be a bool, the path of a CA file or a Fingerprint, not {type(path).__name__}.",
            member="verify",
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=read_file(path, LARGEST_CA_FILE).decode())
        return context
    except ssl.SSLError:
        reason = "no certificates in PEM form are in it"
    except OSError as error:
        reason = error.strerror or "it cannot be read"
    except UnicodeDecodeError:
        reason = "it is not text"
    except ValueError as error:
        reason = str(error)
    is_path = os.path.exists(path) or str(path).lower().endswith((".pem", ".crt", ".cer"))
    place = str(path) if is_path else None
    named = f"{place!r} " if place else ""
    raise ConfigurationError(
        f"verify: the CA file {named}cannot be used: {reason}. Give the path of a PEM file of certificates.",
        place=place,
        member="verify",
    )


def _unchecked() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def is_loopback(host: str) -> bool:
    """True for a name or address of this machine."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
