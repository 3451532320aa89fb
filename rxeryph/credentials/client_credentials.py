"""The client to authenticate as: its id, with a private key or a shared secret."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from ..reading import read_file
from .configurations import check_name

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """A client of the identity provider. Its repr shows neither key nor secret."""

    client_id: str
    private_key: RSAPrivateKey | None = field(default=None, repr=False)
    client_secret: str | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls, client_id: str, private_key: str | None = None, client_secret: str | None = None
    ) -> ClientCredentials:
        """Credentials from an RSA private key (PEM in PKCS#1 or PKCS#8, or the path of such a file), or a secret.

        Raises ConfigurationError when neither or both are given, or the key cannot be used.
        """
        check_name(client_id, "client_id")
        if (private_key is None) == (client_secret is None):
            raise ConfigurationError(
                f"Client {client_id!r} needs either private_key= or client_secret=.", member="private_key"
            )
        if client_secret is not None:
            return cls(client_id, client_secret=check_secret(client_secret, "client_secret"))
        assert private_key is not None
        return cls(client_id, private_key=load_key(private_key))

    @classmethod
    def of_key(cls, client_id: str, pem: bytes, place: str) -> ClientCredentials:
        """Credentials from the content of a PEM file; ``place`` names it in errors. Raises ConfigurationError."""
        return cls(client_id, private_key=parse_key(pem, place))

    def is_same(self, other: ClientCredentials) -> bool:
        """True when both are the same client with the same key or secret."""
        keys = [each and each.public_key().public_numbers() for each in (self.private_key, other.private_key)]
        return (self.client_id, self.client_secret, keys[0]) == (other.client_id, other.client_secret, keys[1])


def load_key(private_key: str) -> RSAPrivateKey:
    """The RSA key in a PEM string, or in the file at that path.

    Raises ConfigurationError, which shows only what certainly is a path: it may be a key or a secret instead.
    """
    if "-----BEGIN" in check_secret(private_key, "private_key"):
        return parse_key(private_key.encode(), "private_key")
    path = os.path.expanduser(private_key)
    try:
        content = read_file(path)
        content.decode()
        return parse_key(content, path)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
    except UnicodeDecodeError:
        reason = "it is not UTF-8 text"
    except ValueError as error:
        reason = str(error)
    place = path if os.path.exists(path) or path.lower().endswith((".key", ".pem")) else None
    named = "the file that it names" if place is None else repr(place)
    raise ConfigurationError(
        f"private_key: cannot read {named}: {reason}. Give the path of a PEM file, or its content.",
        place=place,
        member="private_key",
    )


def check_secret(value: object, member: str) -> str:
    """``value``, if it is a string that can be sent. Raises ConfigurationError, which never shows it."""
    if not isinstance(value, str):
        raise ConfigurationError(f"{member} must be a string, not {type(value).__name__}.", member=member)
    if not value.strip():
        raise ConfigurationError(f"{member} is empty.", member=member)
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ConfigurationError(f"{member} has a character that is half of one (a surrogate).", member=member)
    return value


def parse_key(content: bytes, place: str) -> RSAPrivateKey:
    """The RSA key in the content of a PEM file, PKCS#1 or PKCS#8. Raises ConfigurationError, naming ``place``."""
    # Imported only when a key is used: cryptography takes longer to import than the rest of the library.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(content.removeprefix(b"\xef\xbb\xbf"), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigurationError(
            f"{place}: not an unencrypted PEM private key (BEGIN RSA PRIVATE KEY or BEGIN PRIVATE KEY).",
            place=place,
            member="private_key",
        ) from None
    if not isinstance(key, RSAPrivateKey):
        raise ConfigurationError(f"{place}: eryph needs an RSA key.", place=place, member="private_key")
    return key
