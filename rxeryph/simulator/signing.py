"""The key that access tokens are signed with."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from functools import cached_property

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from jwt.algorithms import RSAAlgorithm

from .private_key import PrivateKey


class SigningKey:
    """An RSA key with a certificate of its own, whose thumbprint names it."""

    def __init__(self) -> None:
        self._key = PrivateKey()

    @property
    def public_key(self) -> RSAPublicKey:
        return self._key.public_key

    def sign(self, claims: dict[str, object], kind: str) -> str:
        """A token with ``claims`` of the type ``kind``."""
        headers = {"alg": "RS256", "kid": self.key_id, "x5t": self.thumbprint, "typ": kind}
        return jwt.encode(claims, self._key.key, algorithm="RS256", headers=headers)

    def document(self) -> dict[str, object]:
        """The public half as a JSON Web Key."""
        key = RSAAlgorithm.to_jwk(self.public_key, as_dict=True)
        certificate = base64.b64encode(self._certificate.public_bytes(Encoding.DER)).decode()
        names = {"kid": self.key_id, "use": "sig", "kty": "RSA", "alg": "RS256", "e": key["e"], "n": key["n"]}
        return {**names, "x5t": self.thumbprint, "x5c": [certificate]}

    @property
    def key_id(self) -> str:
        return self._hash.hex().upper()

    @property
    def thumbprint(self) -> str:
        return base64.urlsafe_b64encode(self._hash).rstrip(b"=").decode()

    @cached_property
    def _hash(self) -> bytes:
        return self._certificate.fingerprint(hashes.SHA1())

    @cached_property
    def _certificate(self) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "eryph-identity-token-signing")])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(name, name, self.public_key, x509.random_serial_number())
        return (
            builder.not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=365))
            .sign(self._key.key, hashes.SHA256())
        )
