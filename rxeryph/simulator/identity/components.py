"""The endpoints with which the parts of a server get their certificates. They need no access token."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from ..api import Answer, Call, Endpoint
from ..binding.binder import Body
from ..binding.shapes import STRING, ListOf, Member, choice
from ..bodies.names import Issues
from ..problem import Invalid, Problem
from .authority import Authority
from .enrollment_tokens import TYPES, EnrollmentTokens

LONGEST_TOKEN, LONGEST_KEY, LONGEST_HOST, MOST_NAMES = 8192, 4096, 253, 16
_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")
_REQUIRED = Member(STRING, is_required=True, is_nullable=False)
_BODY = Body(
    "request",
    {
        "component_type": Member(choice(*TYPES, is_required=True, is_snake_case=False)),
        "fqdn": _REQUIRED,
        "public_key": _REQUIRED,
        "server_public_key": Member(STRING),
        "server_dns_names": Member(ListOf(STRING)),
        "token": _REQUIRED,
    },
)


class Components:
    """Enrols components: with a token they get certificates."""

    def __init__(self, authority: Authority, tokens: EnrollmentTokens) -> None:
        self._authority = authority
        self._tokens = tokens

    def endpoints(self) -> Iterable[Endpoint]:
        since = 1, 2
        return (
            Endpoint("POST", "/v1/components/enroll", None, self.enroll, since, _BODY, is_anonymous=True),
            Endpoint("POST", "/v1/components/renew", None, self.renew, since, _BODY, is_anonymous=True),
        )

    def enroll(self, call: Call) -> Answer:
        """Issue the first certificates of a component. The token is used up only if everything else is right."""
        body, host = call.body(), str(call.body()["fqdn"])
        issues: Issues = {}
        token = str(body["token"])
        if not token.strip():
            issues["$.token"] = ["The token is missing. Add it."]
        elif len(token) > LONGEST_TOKEN:
            issues["$.token"] = [f"The token must have at most {LONGEST_TOKEN} characters."]
        if not is_host(host):
            issues["$.fqdn"] = [f"The fqdn {host!r} is not the name of a host. Correct it."]
        key, server_key, names = _checked(body, issues)
        kind = str(body.get("component_type", TYPES[0]))
        if not self._tokens.redeem(token, kind, host):
            raise Problem(401, "The enrollment was not authorized.")
        component_id = id_of(kind, host)
        client = self._authority.issue_client(component_id, host, key)
        server = self._authority.issue_server(names or [host], server_key) if server_key else None
        return 200, {
            "component_id": component_id,
            "certificate": _base64(client.certificate),
            "issuing_chain": [_base64(client.issuer)],
            "server_certificate": _base64(server.certificate) if server else "",
            "server_issuing_chain": [_base64(server.issuer)] if server else [],
            "ca_trust_bundle": [_base64(self._authority.root)],
        }

    def renew(self, call: Call) -> Answer:
        """Refuse a renewal, which needs the certificate of the client: the simulator never asks for one."""
        _checked(call.body(), {})
        raise Problem(401, "A renewal needs the present certificate of the component.")


def is_host(name: str) -> bool:
    """Whether a name may be in a certificate."""
    return len(name) <= LONGEST_HOST and _HOST.fullmatch(name) is not None


def id_of(component_type: str, host: str) -> str:
    """The id of the component of that type on that host, which is always the same."""
    name = f"eryph-component:{component_type}:{host.lower()}"
    return str(uuid.UUID(bytes_le=hashlib.sha256(name.encode()).digest()[:16]))


def _checked(body: Mapping[str, object], issues: Issues) -> tuple[RSAPublicKey, RSAPublicKey | None, Sequence[str]]:
    """The keys, and the names for the server's certificate. Raises Invalid if there are issues."""
    if body.get("component_type", TYPES[0]) not in TYPES:
        issues["$.component_type"] = [f"The component type is not known. Use one of {', '.join(TYPES)}."]
    given, given_server = str(body["public_key"]), str(body.get("server_public_key") or "")
    key, server_key = _key(given), _key(given_server)
    if key is None:
        issues["$.public_key"] = ["The public key must be an RSA key as base64 of its DER. Correct it."]
    if given_server and server_key is None:
        issues["$.server_public_key"] = ["The public key must be an RSA key as base64 of its DER. Correct it."]
    found = body.get("server_dns_names")
    names = found if isinstance(found, list) else []
    if names and not given_server:
        issues["$.server_dns_names"] = ["Names need a server_public_key. Add it, or leave them out."]
    elif len(names) > MOST_NAMES:
        issues["$.server_dns_names"] = [f"There may be at most {MOST_NAMES} names. Leave some out."]
    else:
        wrong = [number for number, name in enumerate(names) if not isinstance(name, str) or not is_host(name)]
        issues |= {f"$.server_dns_names[{each}]": ["This is not the name of a host. Correct it."] for each in wrong}
    if issues or key is None:
        raise Invalid(issues)
    return key, server_key, names


def _key(given: str) -> RSAPublicKey | None:
    if not given.strip() or len(given) > LONGEST_KEY:
        return None
    try:
        key = load_der_public_key(base64.b64decode("".join(given.split()), validate=True))
    except Exception:  # noqa: BLE001 - it reports broken keys with errors of many kinds
        return None
    return key if isinstance(key, RSAPublicKey) else None


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
