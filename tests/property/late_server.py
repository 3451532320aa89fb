"""A server that is late in everything, below a whole connection, in virtual time."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

from reactivex.abc import SchedulerBase
from reactivex.testing import TestScheduler

from rxeryph import ErrorBudget, Eryph
from rxeryph.client import Transport
from rxeryph.errors import NotFoundError, RequestTimeoutError, ServerError, TransportError
from rxeryph.http import Patience, Reply
from rxeryph.model.timestamps import TICKS_PER_SECOND, format_ticks, from_ticks, parse_ticks
from rxeryph.polling import Batching, Chooser, Engine, PollingPolicy, PollingSettings
from rxeryph.retry import REQUEST_BUDGET
from tests.unit.samples import entry

BEGAN = entry("", 0.0).ticks
"""The server's clock at second 0."""

READ_TIMEOUT = 10.0
"""Seconds after which a poll is given up."""


def at(second: float) -> str:
    return format_ticks(BEGAN + round(second * TICKS_PER_SECOND))


@dataclass(frozen=True)
class Course:
    """What happens to an operation, in seconds from when the server made it."""

    shown_running: float
    ended: float
    shown_ended: float
    entries: tuple[float, ...]
    """When each log entry is stored, which is also its stamp."""


@dataclass(frozen=True)
class Made:
    """An operation of the server."""

    id: str
    made_at: float
    course: Course

    @property
    def entries(self) -> list[str]:
        """The ids of all its log entries."""
        return [f"{self.id} {number}" for number in range(len(self.course.entries))]

    def shown(self, second: float, after: int) -> dict[str, object]:
        """Its JSON at a second of the server's clock, with log entries later than ``after``."""
        course, age = self.course, second - self.made_at
        has_ended = age >= course.shown_ended
        status = "Completed" if has_ended else "Running" if age >= course.shown_running else "Queued"
        task = {
            "id": f"task of {self.id}",
            "parent_task_id": self.id,
            "name": "CreateCatletCommand",
            "status": status,
            "progress": 100 if has_ended else 0,
        }
        shown: dict[str, object] = {
            "id": self.id,
            "status": status,
            "created": at(self.made_at),
            "tasks": [] if status == "Queued" else [task],
            "log_entries": [
                {"id": id, "task_id": task["id"], "message": "line", "timestamp": at(self.made_at + stored)}
                for id, stored in zip(self.entries, course.entries, strict=True)
                if stored <= age and parse_ticks(at(self.made_at + stored)) > after
            ],
        }
        return {**shown, "ended_at": at(self.made_at + course.ended)} if has_ended else shown


class LateServer(Transport):
    """Answers requests up to ``late`` seconds after they were sent, as of some moment between, in any order.

    A poll whose answer takes longer than 10 s fails. ``post`` says what becomes of the next submit.
    """

    def __init__(self, late: float, seed: int) -> None:
        self.budget = REQUEST_BUDGET
        self.scheduler = TestScheduler()
        self.operations: dict[str, Made] = {}
        self.post: Callable[[str], Made | Exception] = lambda operation_id: NotImplementedError()
        self._chance = random.Random(seed)
        self._late = late
        self._sent_at: float | None = None
        """When the request that is answered now was sent."""

    @property
    def endpoint(self) -> str:
        return "https://eryph"

    @property
    def traffic(self) -> tuple[int, int]:
        return 0, 0

    def now(self) -> float:
        return float(self.scheduler.clock)

    def wait(self, seconds: float) -> None:
        self.scheduler.advance_by(seconds)

    def close(self) -> None:
        """There is nothing to close."""

    def later(self, seconds: float, action: Callable[[], object]) -> None:
        """Do ``action`` in so many seconds."""

        def run(scheduler: SchedulerBase, state: object = None) -> None:
            action()

        self.scheduler.schedule_relative(seconds, run)

    def connect(self, policy: PollingPolicy, batching: Batching, budget: ErrorBudget) -> Eryph:
        """A connection that is all ours, except for HTTP and threads."""
        engine = Engine(self.scheduler, self._work, self._chance.random)
        return Eryph(self, engine, PollingSettings(policy, budget), Chooser(batching, workers=8))

    def new_id(self) -> str:
        """An id that is the same whenever the same history is played."""
        return str(uuid.UUID(int=self._chance.getrandbits(128)))

    def make(self, operation_id: str, course: Course) -> Made:
        """An operation, now."""
        made = self.operations[operation_id] = Made(operation_id, self.now(), course)
        return made

    def send(self, method: str, path: str, body: Any = None, patience: Patience | None = None) -> object:
        """A submit, or a look for its operation: on the caller's thread, which waits for the answer."""
        if method == "GET":
            return self._answer(path)
        assert patience is not None
        patience.sent_at = self.now()
        found = self.post(body["correlation_id"])
        if isinstance(found, Exception):
            raise found
        return found.shown(self.now(), after=-1)

    def requester(
        self, method: str, path: str, body: object = None, patience: Patience | None = None
    ) -> Callable[[str], Reply]:
        return lambda query: self._reply(path + query)

    def _work(self, task: Callable[[], None]) -> None:
        """Run a worker's task when its answer comes."""
        seconds = self._chance.choice((0.0, self._chance.uniform(0.0, self._late)))
        sent_at = self.now()

        def run(scheduler: SchedulerBase, state: object = None) -> None:
            self._sent_at = sent_at
            task()

        self.scheduler.schedule_relative(min(seconds, READ_TIMEOUT), run)

    def _reply(self, path: str) -> Reply:
        now, sent_at = self.now(), self._sent_at
        assert sent_at is not None
        if now - sent_at >= READ_TIMEOUT - 1e-6:
            raise RequestTimeoutError("no answer in time.", method="GET", url=path)
        moment = self._chance.choice((sent_at, self._chance.uniform(sent_at, now)))
        body = json.dumps(self._answer(path, moment)).encode()
        return Reply(200, {"date": format_datetime(from_ticks(parse_ticks(at(moment))), usegmt=True)}, body)

    def _answer(self, path: str, moment: float | None = None) -> object:
        second = self.now() if moment is None else moment
        place, _, query = path.partition("?")
        stamp = query.partition("log_time_stamp=")[2]
        after = parse_ticks(stamp.replace("%3A", ":")) if stamp else -1
        if place == "/v1/operations":
            found: Iterable[Made] = (each for each in self.operations.values() if each.made_at <= second)
            return {"value": [each.shown(second, after) for each in found]}
        made = self.operations.get(place.rpartition("/")[2])
        if made is None or made.made_at > second:
            raise NotFoundError("404.", status=404, method="GET", url=path)
        return made.shown(second, after)


LOST = TransportError("the connection broke.", method="POST", url="https://eryph/v1/catlets")
DROPPED = RequestTimeoutError("no answer in time.", method="POST", url="https://eryph/v1/catlets")
UNSENT = TransportError("no route.", method="POST", url="https://eryph/v1/catlets", may_have_arrived=False)
BROKEN = ServerError("500.", status=500, method="POST", url="https://eryph/v1/catlets", detail="locked")
