"""``Simulator``: a small eryph on this machine, for demos and for tests of your own automation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import TracebackType
from typing import Self

from .access import Tokens
from .binding.guids import guid
from .clock import Clock
from .identity.components import is_host
from .identity.enrollment_tokens import TYPES
from .level import Level
from .load import Load
from .placement import Placement
from .private_key import PrivateKey
from .rows import ClientRow
from .scopes import Scopes
from .shell import Shell
from .tasks.steps import Step, Task
from .web.host import Host
from .web.request_log import SeenRequest
from .well_known import SUPER_ADMIN, SYSTEM_CLIENT, TENANT_ID
from .world import World


class Simulator:
    """An eryph that speaks real HTTP and OAuth2 on 127.0.0.1, without machines behind it.

    ``with Simulator() as simulator:`` then connect to ``simulator.endpoint`` as ``simulator.client_id`` with
    ``simulator.private_key``. Operations do what the real server's do, commit by commit.

    This class is long because it lists what a test may ask of a server, one line for each. The server is a world,
    which keeps the rows and does the work, and a shell, which speaks HTTP.

    Args:
        seed: Decides every id, latency and size; with ``speed=0`` the same requests give the same answers.
        speed: Seconds of simulated time per real second (default 10). 0: time passes by ``advance`` only.
        seconds_per_request: Seconds of simulated time that pass with each request to the compute API, instead of
            a speed: an operation then ends after so many polls, however fast they come.
        tls: Serve https with a certificate made on the spot; ``ca_file`` and ``fingerprint`` identify it.
        port: The port; 0 for a free one.
        strict: Ask for client assertions to the issuer, as newer servers do; False for the older form. Default: as
            a server of ``api_version`` does.
        api_version: (1, 2), an older one: (1, 1), (1, 0), or (1, 3) for the newest, which still reports 1.2.
        log_bug: Send no log entries unless ``log_time_stamp`` is given, as servers before v0.4.1 do. Default: below
            API 1.2; False is a server of v0.4.1 or v0.4.2, in which scopes include each other, too.
        token_lifetime: Real seconds an access token is good for (default 3600).
        token_skew: Real seconds it works beyond that (default 300, as on the server).
        load: How busy the server is, from 0 (idle) to 1: a server with two cores that gets 64 submits at once.
            Statuses and log entries are then stored up to 23 seconds late, and submits are held, refused (500) or not
            answered. A submit is held only while time passes by itself, that is with a ``speed``.
        environments: Names of environments that the host has beside ``default``.
        data_stores: Names of data stores that the host has beside ``default``.
        flat_providers: Names of network providers that the host has beside ``default`` and that are flat: their
            networks have no addresses, and allow what is forbidden to the adapters of others.

    Attributes:
        client_id: A client that may do everything, ``system-client``.
        client_secret: The secret of this client and of those that ``add_client`` makes.
        scripts: The scripts of ``when`` that wait for their task.
        faults: What goes wrong on the network and in the server.
        fingerprint: SHA-256 of the certificate as hex; None without TLS.
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
        load: float = 0.0,
        environments: tuple[str, ...] = (),
        data_stores: tuple[str, ...] = (),
        flat_providers: tuple[str, ...] = (),
    ) -> None:
        level = Level.of(api_version, strict=strict, log_bug=log_bug)
        self._scopes = Scopes(level)
        placement = Placement(tuple(map(str.lower, environments)), tuple(map(str.lower, data_stores)), flat_providers)
        self._world = World(seed, Clock(speed, seconds_per_request), Load(load, seed), placement, is_old=level.is_old)
        self._host = Host(port, tls=tls)
        self._shell = Shell(
            self._world,
            self._host,
            level,
            partial(Tokens, scopes=self._scopes, lifetime=token_lifetime, skew=token_skew),
        )
        self._key = PrivateKey()
        self.scripts = self._world.scripts
        self.faults = self._shell.faults
        self.fingerprint = self._host.fingerprint
        self.client_id = SYSTEM_CLIENT
        self.client_secret = self._world.database.new_id()
        self.add_client(SYSTEM_CLIENT, scopes=("compute:write", "identity:write"), is_super_admin=True)

    def __repr__(self) -> str:
        return f"Simulator({self.endpoint if self._host.is_running else 'not started'!r})"

    # -- start and stop

    def start(self, *, port: int | None = None) -> Self:
        """Start to serve at ``port``; None: at the port it was made with. Raises OSError when the port is taken."""
        self._shell.start(port)
        return self

    def restart(self, *, port: int | None = None) -> None:
        """Stop and start again as the server's process does: rows are kept, operations under way never continue.

        Args:
            port: The new port; None for the same one, 0 for another one that is free.
        """
        self._shell.restart(port, forget_operations=False)

    def reset_database(self) -> None:
        """Restart without operations, as the server does after an upgrade: all are answered with 404 from now on."""
        self._shell.restart(None, forget_operations=True)

    def stop(self) -> None:
        """Close every connection and end the thread; what was in the database is kept."""
        self._shell.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- where it is, and who may use it

    @property
    def private_key(self) -> str:
        """The private key of ``client_id`` and of those that ``add_client`` makes, as PEM (PKCS#1)."""
        return self._key.pem()

    @property
    def port(self) -> int:
        """The port it listens on. Raises RuntimeError when it does not run."""
        return self._host.port

    @property
    def endpoint(self) -> str:
        """The base URL; with TLS it needs the name ``localhost``, which the certificate is for."""
        return self._host.url

    @property
    def identity_endpoint(self) -> str:
        """Base URL of the identity provider."""
        return f"{self.endpoint}/identity"

    @property
    def compute_endpoint(self) -> str:
        """Base URL of the compute API."""
        return f"{self.endpoint}/compute"

    @property
    def ca_file(self) -> str | None:
        """Path of a PEM file that makes the certificate trusted, while it runs; None without TLS."""
        return self._host.ca_file

    @property
    def requests(self) -> tuple[SeenRequest, ...]:
        """The requests that came in, oldest first (the last 10,000)."""
        return tuple(self._shell.requests.latest)

    def add_client(
        self,
        client_id: str,
        *,
        scopes: tuple[str, ...] = ("compute:read",),
        roles: Mapping[str, str] | None = None,
        is_super_admin: bool = False,
        tenant_id: str = TENANT_ID,
    ) -> str:
        """Add another client with the same key and secret, and return its id.

        ``roles`` maps names of projects to owner, contributor or reader. Another ``tenant_id``, a GUID, makes a
        client of another tenant. Each sees its own tenant only. Only the default tenant has a project at first.
        """
        if guid(tenant_id) is None:
            raise ValueError(f"{tenant_id!r} is not the id of a tenant, which is a GUID")
        for scope in scopes:
            if scope not in self._scopes.known:
                known = ", ".join(sorted(self._scopes.known))
                raise ValueError(f"{scope!r} is not a scope of this server; scopes are {known}")
        own_roles = (SUPER_ADMIN,) if is_super_admin else ()
        name = None if client_id == SYSTEM_CLIENT else client_id
        client = ClientRow(client_id, str(guid(tenant_id)), name, scopes, self._key, self.client_secret, own_roles)
        self._world.add_client(client, roles or {})
        return client_id

    def set_role(self, client_id: str, project: str, role: str | None) -> None:
        """Give a client the role owner, contributor or reader in ``project`` from now on, or remove it (None)."""
        self._world.set_role(client_id, project, role)

    def freeze_disk(self, disk_id: str) -> None:
        """Let the server leave a disk alone, as one outside of the paths that it manages: it is never deleted."""
        self._world.freeze_disk(disk_id)

    def lose_machine(self, catlet_id: str) -> None:
        """Let the machine of a catlet disappear from its host, as if it was deleted in Hyper-V.

        The catlet is ``Missing`` then; servers before API 1.2 keep showing its last status. It cannot be started,
        stopped or updated any more, but deleted.
        """
        self._world.lose_machine(catlet_id)

    def enrollment_token(self, component_type: str, host: str, *, seconds: float = 3600.0) -> str:
        """A token with which a part of a server enrols at ``components/enroll`` once, within ``seconds``.

        ``component_type`` is VMHostAgent, GenePoolAgent, Network, ComputeApi, Identity or Controller, and ``host``
        the full name of its host. Raises ValueError for others.
        """
        if component_type not in TYPES:
            raise ValueError(f"{component_type!r} is not a type of components; types are {', '.join(TYPES)}")
        if not is_host(host):
            raise ValueError(f"{host!r} is not the name of a host")
        return self._world.enrollment_tokens.issue(component_type, host, seconds)

    # -- time and operations

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` of simulated time pass now."""
        self._world.advance(seconds)

    def step(self) -> float:
        """Let time pass to the next commit of any operation; returns the seconds of simulated time that took."""
        return self._world.step()

    def play(self, script: Task, *, operation_id: str | None = None, requested_by: str | None = None) -> str:
        """Begin an operation that does ``script``, and return its id; without a requester it is the system's own."""
        return self._world.play(script, operation_id, requested_by)

    def when(self, command: str, *steps: Step, times: int | None = 1) -> None:
        """Let the next operation that does ``command`` do ``steps`` instead; ``Usual()`` is what it does otherwise.

        ``when("CreateCatletCommand", Usual(), Fail("late failure"))``. A command below another one is named by its
        path, as a pattern of fnmatch: ``"*/PrepareGeneCommand"``, ``"CreateCatletCommand/*/PrepareGeneCommand"``.

        Args:
            command: The name of the operation's first task, or a pattern for the path of any task.
            steps: What the task does; it completes unless they say otherwise. Without steps it completes at once.
            times: How many tasks do so; None: all from now on. Scripts are used in the order they are given, and
                those without an end when no other is left. ``scripts.pending`` names those that have not met
                their task.

        Raises TypeError for what is no step, ValueError for ``Usual()`` inside another Task.
        """
        self._world.when(command, steps, times)

    def defer_logs(self, shortest: float = 0.1, longest: float = 2.0) -> None:
        """Store every log line ``shortest`` to ``longest`` seconds of simulated time later, as the seed decides.

        Lines then come out of order, and after the operation has ended. ``defer_logs(0, 0)`` ends it.
        """
        self._world.defer_logs(shortest, longest)

    def forget(self, operation_id: str) -> None:
        """Delete an operation, as the server does after 30 days or when its database is rebuilt."""
        self._world.forget(operation_id)
