"""``Simulator``: a small eryph on this machine, for demos and for tests of one's own automation."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount

from .access import SCOPES, Client, Tokens
from .api import Api
from .clock import Clock
from .compute import compute_endpoints
from .identity.clients import Clients, new_private_key, pem
from .identity.provider import Identity
from .web.certificate import Certificate, make_certificate
from .web.exchange import App
from .web.faults import Faults, FaultyApp
from .web.request_log import Recording, SeenRequest
from .web.server import HttpServer, listen
from .well_known import ROLES, SUPER_ADMIN, SYSTEM_CLIENT
from .world import World

API_VERSIONS = ((1, 0), (1, 1), (1, 2))


class Simulator(World):
    """An eryph that speaks real HTTP and OAuth2 on 127.0.0.1, without machines behind it.

    ``with Simulator() as simulator:`` then connect to ``simulator.endpoint`` as ``simulator.client_id`` with
    ``simulator.private_key``. Operations do what the real server's do, commit by commit.

    Args:
        seed: Decides every id, latency and size; with ``speed=0`` the same requests give the same answers.
        speed: Seconds of simulated time per real second (default 10). 0: time passes by ``advance`` only.
        seconds_per_request: Seconds of simulated time that pass with each request to the compute API, instead of
            a speed: an operation then ends after so many polls, however fast they come.
        tls: Serve https with a certificate made on the spot; ``ca_file`` and ``fingerprint`` tell it.
        port: The port; 0 for a free one.
        strict: Ask for client assertions to the issuer, as newer servers do; False for the older form. Default: as
            a server of ``api_version`` does.
        api_version: (1, 2), or an older one: (1, 1), (1, 0).
        log_bug: Send no log entries unless ``log_time_stamp`` is given, as servers before v0.4.1 do. Default: below
            API 1.2; False is a server of v0.4.1 or v0.4.2.
        token_lifetime: Real seconds an access token is good for (default 3600).
        token_skew: Real seconds it works beyond that (default 300, as on the server).
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        speed: float | None = None,
        seconds_per_request: float | None = None,
        tls: bool = False,
        port: int = 0,
        strict: bool | None = None,
        api_version: tuple[int, int] = (1, 2),
        log_bug: bool | None = None,
        token_lifetime: float = 3600.0,
        token_skew: float = 300.0,
    ) -> None:
        if api_version not in API_VERSIONS:
            known = ", ".join(map(str, API_VERSIONS))
            raise ValueError(f"there is no server with API version {api_version}; there are {known}")
        super().__init__(seed, Clock(speed, seconds_per_request))
        self.faults = Faults()
        self._is_strict = api_version >= (1, 2) if strict is None else strict
        self._api_version = api_version
        self._has_log_bug = api_version < (1, 2) if log_bug is None else log_bug
        self._token_lifetime, self._token_skew = token_lifetime, token_skew
        self._wanted_port = port
        self._certificate = make_certificate() if tls else None
        self._key = new_private_key()
        self._clients: dict[str, Client] = {}
        self._recording = Recording()
        self._server: HttpServer | None = None
        self._port = 0
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self.client_id = SYSTEM_CLIENT
        self.client_secret = self._database.new_id()
        self.add_client(SYSTEM_CLIENT, scopes=("compute:write", "identity:write"), is_super_admin=True)

    def __repr__(self) -> str:
        return f"Simulator({self.endpoint if self._server else 'not started'!r})"

    # -- life

    def start(self, *, port: int | None = None) -> Self:
        """Begin to serve, at ``port`` if not where it was made for. Raises OSError when the port is taken."""
        if self._server is not None:
            raise RuntimeError("The simulator is running already.")
        self._serve(self._listen(self._wanted_port if port is None else port))
        return self

    def restart(self, *, port: int | None = None) -> None:
        """End and start again as the server's process does: rows are kept, operations under way never go on.

        Args:
            port: Where it goes on; None for the same port, 0 for a free one that is another.
        """
        self._restart(port)

    def reset_database(self) -> None:
        """Restart without operations, as the server does after an upgrade: all are answered with 404 from now on."""
        self._restart(None, forget=True)

    def _restart(self, port: int | None, *, forget: bool = False) -> None:
        before = self.port
        # Listening before the end makes a free port another one.
        sockets = None if port is None or port == before else self._listen(port)
        self._end_server()
        with self._lock:
            self._begin_work()
            if forget:
                self._database.operations.clear()
        self._serve(sockets or self._listen(before))

    def _listen(self, port: int) -> list[socket.socket]:
        return listen(port, with_ipv6=self._certificate is not None)

    def _serve(self, sockets: list[socket.socket]) -> None:
        self._port = sockets[0].getsockname()[1]
        if self._certificate and self._directory is None:
            self._directory = self._write(self._certificate)
        folder = self._directory.name if self._directory else None
        files = (os.path.join(folder, "ca.pem"), os.path.join(folder, "key.pem")) if folder else None
        self._server = HttpServer(sockets, self._app, files)
        if self._api_version >= (1, 2):  # older servers keep everything
            self._begin_housekeeping()
        self._server.start()

    def stop(self) -> None:
        """End every connection and the thread; what was in the database is kept."""
        self._end_server()
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None

    def _end_server(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None
            self._end_housekeeping()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- where it is and who to be

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._server is None:
            raise RuntimeError("The simulator is not running; use it in a with block, or call start().")
        return self._port

    @property
    def endpoint(self) -> str:
        """The base URL; with TLS it needs the name ``localhost``, which the certificate is for."""
        return f"https://localhost:{self.port}" if self._certificate else f"http://127.0.0.1:{self.port}"

    @property
    def identity_endpoint(self) -> str:
        """Base URL of the identity provider."""
        return f"{self.endpoint}/identity"

    @property
    def compute_endpoint(self) -> str:
        """Base URL of the compute API."""
        return f"{self.endpoint}/compute"

    @property
    def private_key(self) -> str:
        """The private key of its own clients and of those that ``add_client`` makes, as PEM (PKCS#1)."""
        return pem(self._key)

    @property
    def ca_file(self) -> str | None:
        """Path of a PEM file that makes the certificate trusted, while it runs; None without TLS."""
        return os.path.join(self._directory.name, "ca.pem") if self._directory else None

    @property
    def fingerprint(self) -> str | None:
        """SHA-256 of the certificate as hex; None without TLS."""
        return self._certificate.fingerprint if self._certificate else None

    def add_client(
        self,
        client_id: str,
        *,
        scopes: tuple[str, ...] = ("compute:read",),
        roles: Mapping[str, str] | None = None,
        is_super_admin: bool = False,
    ) -> str:
        """Another client with the same key and secret; returns its id.

        ``roles`` maps names of projects to owner, contributor or reader.
        """
        for scope in scopes:
            if scope not in SCOPES:
                raise ValueError(f"{scope!r} is no scope of eryph; there are {', '.join(sorted(SCOPES))}")
        with self._lock:
            self._clients[client_id] = Client(
                client_id,
                client_id,
                scopes,
                self._key.public_key(),
                self.client_secret,
                (SUPER_ADMIN,) if is_super_admin else (),
            )
            for name, role in (roles or {}).items():
                self.set_role(client_id, name, role)
        return client_id

    def set_role(self, client_id: str, project: str, role: str | None) -> None:
        """Give a client the role owner, contributor or reader in ``project`` from now on, or take it away (None)."""
        with self._lock:
            row = self._database.project_named(project)
            if row is None:
                known = sorted(each.name for each in self._database.projects.values())
                raise ValueError(f"no project {project!r}; there are {', '.join(known)}")
            if client_id not in self._clients:
                raise ValueError(f"no client {client_id!r}; there are {', '.join(self._clients)}")
            if role not in (None, *ROLES):
                raise ValueError(f"{role!r} is no role; there are {', '.join(ROLES)}")
            row.members = {key: member for key, member in row.members.items() if member.client_id != client_id}
            if role is not None:
                row.add(self._database.new_id(), client_id, role)

    @property
    def requests(self) -> tuple[SeenRequest, ...]:
        """The requests that came in, oldest first (the last 10,000)."""
        return tuple(self._recording.requests)

    # -- the application

    def _app(self, stopping: asyncio.Event) -> App:
        tokens = Tokens(f"{self.identity_endpoint}/", self._token_lifetime, self._token_skew)
        provider = Identity(self.identity_endpoint, self._clients, tokens, is_strict=self._is_strict)
        identity = Api(self.identity_endpoint, "identity_api", tokens, self._lock, self._catch_up)
        compute = Api(self.compute_endpoint, "compute_api", tokens, self._lock, self._catch_up)
        clients = Clients(self._clients, self._database.new_id).endpoints()
        endpoints = compute_endpoints(
            self._database, self._workflow, self._genes, self._api_version, has_log_bug=self._has_log_bug
        )
        app = Starlette(
            routes=[
                Mount("/identity", routes=[*provider.routes(), *(identity.route(each) for each in clients)]),
                Mount("/compute", routes=[compute.route(each) for each in endpoints]),
            ],
            exception_handlers={HTTPException: compute.refuse},
        )
        return self._recording.of(FaultyApp(app, self.faults, stopping), self._arrived)

    def _arrived(self, request: SeenRequest) -> None:
        if request.path.startswith("/compute/"):
            self._tick()

    @staticmethod
    def _write(certificate: Certificate) -> tempfile.TemporaryDirectory[str]:
        directory = tempfile.TemporaryDirectory(prefix="rxeryph-simulator-")
        for name, content in (("ca.pem", certificate.pem), ("key.pem", certificate.key_pem)):
            descriptor = os.open(Path(directory.name, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
        return directory
