"""What the simulated server is and does, apart from HTTP: its rows, its work and its time."""

from __future__ import annotations

import random
import threading

from .clock import Clock
from .database import Database
from .genepool import GenePool
from .housekeeping import housekeeping
from .rows import OperationRow
from .tasks.latency import Latency
from .tasks.scripts import Scripts
from .tasks.steps import Step, Task
from .tasks.workflow import Workflow
from .timeline import Process, Timeline


class World:
    """The server's inside. Everything runs under one lock; ``scripts`` are what ``when`` has said."""

    def __init__(self, seed: int, clock: Clock) -> None:
        self.scripts = Scripts()
        self._lock = threading.RLock()
        self._clock = clock
        self._database = Database(random.Random(seed))
        self._latency = Latency(self._database.random)
        self._housekeeping: Process | None = None
        self._begin_work()
        self._genes.install()

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` of simulated time pass now."""
        with self._lock:
            self._clock.advance(seconds)
            self._catch_up()

    def step(self) -> float:
        """Let time pass to the next commit, whoever's it is; returns how many seconds of simulated time that took."""
        with self._lock:
            self._catch_up()
            due = self._timeline.next_due
            seconds = 0.0 if due is None else max(0.0, due - self._clock.now())
            self.advance(seconds)
            return seconds

    def play(self, script: Task, *, operation_id: str | None = None, requested_by: str | None = None) -> str:
        """Begin an operation that does ``script``, and return its id; one without requester is the system's own."""
        with self._lock:
            self._catch_up()
            row = OperationRow(operation_id or self._database.new_id(), requested_by, self._timeline.ticks)
            self._database.operations[row.id] = row
            self._workflow.begin(row, script)
            return row.id

    def when(self, command: str, *steps: Step, times: int | None = 1) -> None:
        """Let the next operation that does ``command`` do ``steps`` instead; ``Usual()`` is what it does otherwise.

        ``when("CreateCatletCommand", Usual(), Fail("late failure"))``. A command below another one goes by its path,
        as a pattern of fnmatch: ``"*/PrepareGeneCommand"``, ``"CreateCatletCommand/*/PrepareGeneCommand"``.

        Args:
            command: The name of the operation's first task, or a pattern for the path of any task.
            steps: What the task does; it completes unless they say otherwise. None: it completes at once.
            times: How many tasks do so; None: all from now on. Scripts happen in the order they are given, and
                those without end when no other is left. ``scripts.pending`` tells which have not met their task.

        Raises TypeError for what is no step, ValueError for ``Usual()`` inside another Task.
        """
        with self._lock:
            self.scripts.add(command, steps, times)

    def defer_logs(self, shortest: float = 0.1, longest: float = 2.0) -> None:
        """Store every log line ``shortest`` to ``longest`` seconds of simulated time later, each as the seed says.

        Lines then come out of order, and after the operation has ended. ``defer_logs(0, 0)`` ends it.
        """
        with self._lock:
            self._latency.defer_logs(shortest, longest)

    def forget(self, operation_id: str) -> None:
        """Delete an operation, as the server does after 30 days or when its database is rebuilt."""
        with self._lock:
            del self._database.operations[operation_id]

    def _begin_work(self) -> None:
        """Begin without anything under way; what was is lost, as messages in memory are."""
        self._timeline = Timeline()
        self._workflow = Workflow(self._database, self._timeline, self.scripts, self._latency)
        self._genes = GenePool(self._database, self._timeline)

    def _tick(self) -> None:
        with self._lock:
            self._clock.tick()

    def _catch_up(self) -> None:
        self._timeline.advance_to(self._clock.now())

    def _begin_housekeeping(self) -> None:
        with self._lock:
            self._catch_up()
            self._housekeeping = housekeeping(self._database, self._timeline)
            self._timeline.spawn(self._housekeeping)

    def _end_housekeeping(self) -> None:
        with self._lock:
            if self._housekeeping is not None:
                self._housekeeping.close()
                self._housekeeping = None
