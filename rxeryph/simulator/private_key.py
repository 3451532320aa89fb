"""A private key of clients and of the identity provider."""

from __future__ import annotations

import threading

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey


class PrivateKey:
    """An RSA key that is made when it is first needed, because that takes up to 0.2 s. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: RSAPrivateKey | None = None

    @property
    def key(self) -> RSAPrivateKey:
        """The key itself."""
        with self._lock:
            if self._key is None:
                self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            return self._key

    @property
    def public_key(self) -> RSAPublicKey:
        """The public half."""
        return self.key.public_key()

    def pem(self) -> str:
        """The key as PEM (PKCS#1), as eryph returns it."""
        encoding, no_password = serialization.Encoding.PEM, serialization.NoEncryption()
        return self.key.private_bytes(encoding, serialization.PrivateFormat.TraditionalOpenSSL, no_password).decode()
