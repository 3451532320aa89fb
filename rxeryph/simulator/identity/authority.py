"""The certificate authority of the parts of a server, which know each other by certificates."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ..private_key import PrivateKey

ROOT_DAYS, ISSUER_DAYS, LEAF_DAYS = 3650, 1825, 90


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and that of its issuer, as DER."""

    certificate: bytes
    issuer: bytes


@dataclass(frozen=True, slots=True)
class _Issuer:
    key: PrivateKey
    certificate: x509.Certificate


class Authority:
    """A root, and below it an issuer of certificates for clients and one for servers. Made when first needed."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._issuers: dict[str, _Issuer] = {}

    @property
    def root_key(self) -> PrivateKey:
        """The key of the root."""
        return self._root().key

    @property
    def root(self) -> bytes:
        """The certificate of the root, as DER."""
        return self._root().certificate.public_bytes(Encoding.DER)

    def issue_client(self, component_id: str, host: str, key: RSAPublicKey) -> Issued:
        """A certificate with which a component identifies itself."""
        names = x509.DNSName(host), x509.UniformResourceIdentifier(f"urn:eryph:component:{component_id}")
        usage = ExtendedKeyUsageOID.CLIENT_AUTH
        return self._issue("eryph-component-client-ca", _name("component", host), key, names, usage)

    def issue_server(self, hosts: Sequence[str], key: RSAPublicKey) -> Issued:
        """A certificate for a server with all these names."""
        names, usage = tuple(map(x509.DNSName, hosts)), ExtendedKeyUsageOID.SERVER_AUTH
        return self._issue("eryph-server-tls-ca", _name("server", hosts[0]), key, names, usage)

    def _root(self) -> _Issuer:
        return self._issuer("eryph-component-root-ca", ROOT_DAYS, None)

    def _issuer(self, name: str, days: int, above: _Issuer | None) -> _Issuer:
        with self._lock:
            if name not in self._issuers:
                key, subject = PrivateKey(), _name("component-ca", name)
                builder = _builder(subject, key.public_key, above, days)
                depth = None if above is None else 0
                builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
                builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
                signer = above.key if above else key
                self._issuers[name] = _Issuer(key, builder.sign(signer.key, hashes.SHA256()))
            return self._issuers[name]

    def _issue(
        self,
        issuer_name: str,
        subject: x509.Name,
        key: RSAPublicKey,
        names: Sequence[x509.GeneralName],
        usage: x509.ObjectIdentifier,
    ) -> Issued:
        issuer = self._issuer(issuer_name, ISSUER_DAYS, self._root())
        builder = (
            _builder(subject, key, issuer, LEAF_DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
        )
        leaf = builder.sign(issuer.key.key, hashes.SHA256())
        return Issued(leaf.public_bytes(Encoding.DER), issuer.certificate.public_bytes(Encoding.DER))


def _name(unit: str, common_name: str) -> x509.Name:
    parts = {NameOID.ORGANIZATION_NAME: "eryph", NameOID.ORGANIZATIONAL_UNIT_NAME: unit}
    parts[NameOID.COMMON_NAME] = common_name[:64]  # more is not allowed
    return x509.Name([x509.NameAttribute(part, value) for part, value in parts.items()])


def _builder(subject: x509.Name, key: RSAPublicKey, above: _Issuer | None, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    issuer, issuer_key = (above.certificate.subject, above.key.public_key) if above else (subject, key)
    return (
        x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
