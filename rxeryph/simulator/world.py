"""The simulated server without HTTP: its rows, its work and its time."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable, Iterator, Mapping

from .clock import Clock, ticks_at
from .database import Database
from .genepool import GenePool
from .housekeeping import housekeeping
from .identity.authority import Authority
from .identity.enrollment_tokens import EnrollmentTokens
from .load import Load
from .placement import Placement
from .rows import ClientRow, OperationRow
from .tasks.latency import Latency
from .tasks.scripts import Scripts
from .tasks.steps import Step, Task
from .tasks.workflow import Workflow
from .timeline import Process, Timeline
from .well_known import ROLES, TENANT_ID


class Memory:
    """What the server's process keeps in memory: the running work, which is lost when the process ends."""

    def __init__(self, database: Database, scripts: Scripts, latency: Latency, *, is_old: bool) -> None:
        self.timeline = Timeline()
        self.workflow = Workflow(database, self.timeline, scripts, latency)
        self.genes = GenePool(database, self.timeline, is_old=is_old)


class World:
    """Rows, work and rules. Read or change them by a method, or within ``present()``."""

    def __init__(
        self,
        seed: int,
        clock: Clock,
        load: Load | None = None,
        placement: Placement | None = None,
        *,
        is_old: bool = False,
    ) -> None:
        self._is_old = is_old
        self.scripts = Scripts()
        self.database = Database(random.Random(seed), placement)
        self._clock = clock
        self.load = load or Load(0.0, seed)
        self._latency = Latency(self.database.random, self.load)
        self._lock = threading.RLock()
        self._housekeeping: Process | None = None
        self.memory = Memory(self.database, self.scripts, self._latency, is_old=self._is_old)
        self.memory.genes.install()
        self.authority = Authority()
        self.enrollment_tokens = EnrollmentTokens(self.authority)

    @contextlib.contextmanager
    def present(self) -> Iterator[None]:
        """Lock the world, after the work that is due."""
        with self._lock:
            self._catch_up()
            yield

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` of simulated time pass now."""
        with self._lock:
            self._clock.advance(seconds)
            self._catch_up()

    def step(self) -> float:
        """Let time pass to the next commit; returns how many seconds that took."""
        with self.present():
            due = self.memory.timeline.next_due
            seconds = 0.0 if due is None else max(0.0, due - self._clock.now())
            self.advance(seconds)
            return seconds

    @property
    def running_seconds(self) -> Callable[[], float] | None:
        """The seconds of simulated time as they pass; None if they pass only by requests and on request."""
        return self._clock.now if self._clock.is_running else None

    def posix_time(self) -> float:
        """The present moment in seconds since 1970."""
        return ticks_at(self._clock.now()) / 10_000_000

    def tick(self) -> None:
        """Let the time of one request pass."""
        with self._lock:
            self._clock.tick()

    def play(self, script: Task, operation_id: str | None, requested_by: str | None) -> str:
        """Begin an operation of the default tenant that does ``script``, and return its id."""
        with self.present():
            row = OperationRow(
                operation_id or self.database.new_id(), TENANT_ID, requested_by, self.memory.timeline.ticks
            )
            self.database.operations[row.id] = row
            self.memory.workflow.begin(row, script)
            return row.id

    def when(self, command: str, steps: tuple[Step, ...], times: int | None) -> None:
        """Let the next tasks that match ``command`` do ``steps``."""
        with self._lock:
            self.scripts.add(command, steps, times)

    def defer_logs(self, shortest: float, longest: float) -> None:
        """Store every log line later than usual."""
        with self._lock:
            self._latency.defer_logs(shortest, longest)

    def forget(self, operation_id: str) -> None:
        """Delete an operation."""
        with self._lock:
            del self.database.operations[operation_id]

    def freeze_disk(self, disk_id: str) -> None:
        """Leave a disk alone from now on. Raises ValueError for an unknown one."""
        with self._lock:
            disk = self.database.disks.get(disk_id)
            if disk is None:
                raise ValueError(f"there is no disk {disk_id!r}; disks are {', '.join(self.database.disks)}")
            disk.is_frozen = True

    def lose_machine(self, catlet_id: str) -> None:
        """Let the machine of a catlet disappear. Raises ValueError for an unknown catlet."""
        with self.present():
            catlet = self.database.catlets.get(catlet_id)
            if catlet is None:
                raise ValueError(f"there is no catlet {catlet_id!r}; catlets are {', '.join(self.database.catlets)}")
            catlet.has_machine = False
            if not self._is_old:  # older ones never look for it
                catlet.status = "Missing"

    def restart(self, *, forget_operations: bool) -> None:
        """Lose the memory and, with ``forget_operations``, all operations."""
        with self._lock:
            self.memory = Memory(self.database, self.scripts, self._latency, is_old=self._is_old)
            if forget_operations:
                self.database.operations.clear()

    def begin_housekeeping(self) -> None:
        """Start the hourly housekeeping."""
        with self.present():
            self._housekeeping = housekeeping(self.database, self.memory.timeline)
            self.memory.timeline.spawn(self._housekeeping)

    def end_housekeeping(self) -> None:
        """Stop the hourly housekeeping."""
        with self._lock:
            if self._housekeeping is not None:
                self._housekeeping.close()
                self._housekeeping = None

    def add_client(self, client: ClientRow, roles: Mapping[str, str]) -> None:
        """Add a client with its roles, by the names of projects."""
        with self._lock:
            self.database.clients[client.id] = client
            for project, role in roles.items():
                self.set_role(client.id, project, role)

    def set_role(self, client_id: str, project: str, role: str | None) -> None:
        """Replace or remove (None) the role of a client in a project. Raises ValueError for unknown names."""
        with self._lock:
            client = self.database.clients.get(client_id)
            if client is None:
                raise ValueError(f"there is no client {client_id!r}; clients are {', '.join(self.database.clients)}")
            row = self.database.project_named(project, client.tenant_id)
            if row is None:
                projects = self.database.projects.values()
                known = sorted(each.name for each in projects if each.tenant_id == client.tenant_id)
                raise ValueError(f"there is no project {project!r}; projects are {', '.join(known) or 'none yet'}")
            if role not in (None, *ROLES):
                raise ValueError(f"{role!r} is not a role; roles are {', '.join(ROLES)}")
            row.members = {key: member for key, member in row.members.items() if member.client_id != client_id}
            if role is not None:
                row.add(self.database.new_id(), client_id, role)

    def _catch_up(self) -> None:
        self.memory.timeline.advance_to(self._clock.now())
