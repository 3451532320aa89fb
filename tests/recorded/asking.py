"""Plain HTTP to an eryph server: requests go out byte for byte, and answers come back unchecked."""

from __future__ import annotations

import gzip
import http.client
import json
import ssl
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What a server sent. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Server:
    """A server at two base URLs, and the client that may do everything there.

    ``ca_file`` is trusted for https, beside what the machine trusts.
    """

    def __init__(self, identity: str, compute: str, client_id: str, key: str, ca_file: str | None = None) -> None:
        self.urls = {"identity": identity, "compute": compute}
        self.client_id = client_id
        self.key = key
        self._ca_file = ca_file
        self._connections: dict[str, http.client.HTTPConnection] = {}
        self._tokens: dict[tuple[str, str | None], str] = {}
        discovery = self.ask("GET", "identity", "/.well-known/openid-configuration", {})
        self.issuer: str = json.loads(discovery.body)["issuer"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._connections.values():
            connection.close()

    def ask(self, method: str, at: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """The answer to one request; it is repeated once if a kept connection has been closed meanwhile."""
        try:
            return self._ask(method, at, path, headers, body)
        except (http.client.HTTPException, OSError):
            self._connections.pop(at).close()
            return self._ask(method, at, path, headers, body)

    def token(self, client_id: str, key: str, scope: str | None = None) -> str:
        """An access token, from an earlier request if there was one."""
        if (client_id, scope) not in self._tokens:
            form = {"grant_type": "client_credentials", "client_id": client_id} | ({"scope": scope} if scope else {})
            form |= {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.assertion(client_id, key, {})}
            headers = {"Content-Type": FORM}
            answer = self.ask("POST", "identity", "/connect/token", headers, urlencode(form).encode())
            assert answer.status == 200, f"no token for {client_id}: {answer.body!r}"
            self._tokens[client_id, scope] = json.loads(answer.body)["access_token"]
        return self._tokens[client_id, scope]

    def assertion(self, client_id: str, key: str, changes: Mapping[str, Any]) -> str:
        """A signed client assertion; in ``changes`` are claims, ``typ``, ``kid``, ``alg`` and ``signed_by``.

        None leaves a claim out. Times are given in seconds from now.
        """
        now = int(time.time())
        times = {"iat": 0, "nbf": 0, "exp": 60}
        claims: dict[str, Any] = {
            "iss": client_id,
            "sub": client_id,
            "aud": self.issuer,
            "jti": str(uuid.uuid4()),
        } | times
        headers: dict[str, Any] = {"typ": "client-authentication+jwt"}
        for name, value in changes.items():
            if name in ("typ", "kid"):
                headers[name] = value
            elif name not in ("alg", "signed_by"):
                claims[name] = value
        signed = {
            name: now + value if name in times else value for name, value in claims.items() if value is not None
        }
        algorithm = changes.get("alg", "RS256")
        signer: Any = key
        if algorithm == "none":
            signer = None
        elif algorithm.startswith("HS"):
            signer = "x" * 64
        elif changes.get("signed_by") == "another":
            signer = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return jwt.encode(signed, signer, algorithm, headers=headers)

    def _ask(self, method: str, at: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        connection = self._connections.get(at) or self._connect(at)
        connection.putrequest(method, urlsplit(self.urls[at]).path + path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value.encode())
        if body is not None or method in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(body or b"")))
        connection.endheaders(body or None)
        reply = connection.getresponse()
        content = reply.read()
        found: dict[str, str] = {}
        for name, value in reply.getheaders():
            found[name.lower()] = ", ".join([*filter(None, [found.get(name.lower())]), value])
        if found.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return Answer(reply.status, found, content)

    def _connect(self, at: str) -> http.client.HTTPConnection:
        url = urlsplit(self.urls[at])
        if url.scheme == "https":
            tls = ssl.create_default_context(cafile=self._ca_file)
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(url.netloc, timeout=60, context=tls)
        else:
            connection = http.client.HTTPConnection(url.netloc, timeout=60)
        self._connections[at] = connection
        return connection
