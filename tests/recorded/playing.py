"""Plays a story on a simulator whose time passes from one commit to the next, so that nothing is missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import requests

from rxeryph.simulator import Fail, Pause, Simulator, Usual
from rxeryph.simulator.tasks.steps import Step
from tests.recorded.given import Given
from tests.recorded.story import Story, filled
from tests.simulation import Raw

TERMINAL = ("Completed", "Failed", "Cancelled")
SETTLING = 4.0
"""Seconds for which the operation is watched after its end."""
LONGEST = 4000
"""Commits after which an operation is given up."""


@dataclass
class Played:
    """What was seen."""

    reply: requests.Response
    given: Given
    documents: list[Any] = field(default_factory=list)
    """The answer to the submit, and the operation after each commit."""
    cancellations: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def last(self) -> Any:
        return self.documents[-1]


def play(story: Story) -> tuple[Played, Raw]:
    """Play a story on a fresh server. The server is gone when ``Raw`` is closed."""
    simulator = Simulator(speed=0).start()
    raw = Raw(simulator)
    given = Given(raw)
    late = [what for what in story.given if what == "start under way"]
    for what in story.given:
        if what not in late:
            given.make(what)
    for task, does in story.server.items():
        simulator.when(task, *_SCRIPTS[does])
    for what in late:
        given.make(what)
    method, path = filled(story.request, given.names).split(" ")
    body = _with_current(raw, path, filled(story.body, given.names))
    reply = raw.ask(method, path, body)
    played = Played(reply, given)
    if reply.status_code == 202 and story.tree:
        played.documents.append(reply.json())
        raw = _follow(story, played, raw)
    return played, raw


def _crash(run: object) -> Iterable[Step]:
    raise RuntimeError("It crashed, as the story says.")


_SCRIPTS: dict[str, tuple[Step, ...]] = {
    "fails": (Fail("It failed, as the story says."),),
    "crashes": (_crash,),
    "is slow": (Pause(600.0), Usual()),
}


def _follow(story: Story, played: Played, raw: Raw) -> Raw:
    simulator, operation_id, settled = raw.simulator, played.last["id"], 0.0
    for _ in range(LONGEST):
        document = raw.operation(operation_id)
        played.documents.append(document)
        if story.cancel and not played.cancellations and _is(document, story.cancel["when"]):
            replies = [raw.ask("POST", f"/v1/operations/{operation_id}/cancel") for _ in range(story.cancel["times"])]
            played.cancellations += [(reply.status_code, reply.content) for reply in replies]
        if story.then and _is(document, story.then[0]):
            raw.close()
            simulator.restart()
            simulator.advance(story.then[2])
            raw = Raw(simulator)
            played.documents.append(raw.operation(operation_id))
            return raw
        if document["status"] not in TERMINAL:
            simulator.step()
        elif settled < SETTLING:
            simulator.advance(0.5)
            settled += 0.5
        else:
            return raw
    raise AssertionError(f"the operation of {story.name} does not end")


def _is(document: Any, moment: str) -> bool:
    """Whether a document shows ``operation STATUS``, ``TASK STATUS`` or ``TASK reports progress``."""
    name, _, state = moment.partition(" ")
    if name == "operation":
        return bool(document["status"] == state)
    tasks = [task for task in document["tasks"] if task["name"] == f"{name}Command"]
    return any(task["progress"] > 0 if state == "reports progress" else task["status"] == state for task in tasks)


def _with_current(raw: Raw, path: str, body: Any) -> Any:
    """The body with the current configuration in place of ``"..."``."""
    changes = body.get("configuration") if isinstance(body, dict) else None
    if not isinstance(changes, dict) or "..." not in changes:
        return body
    place = path.removesuffix("/expand").removesuffix("/config") + "/config"
    current = raw.get(place)["configuration"]
    merged = {**current, **{name: value for name, value in changes.items() if name != "..."}}
    if "..." in merged.get("networks", ()):
        merged["networks"] = [*current["networks"], *(each for each in merged["networks"] if each != "...")]
    return {**body, "configuration": {name: value for name, value in merged.items() if value is not None}}
