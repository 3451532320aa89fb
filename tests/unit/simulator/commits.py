"""The commits of an operation: those that a poller can see, and those that the rules of the server demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.simulation import Raw

TERMINAL = ("Completed", "Failed", "Cancelled")
GRACE = 5.0
"""Seconds after the end for which commits are watched: late lines, and tasks that continue."""


def commits(raw: Raw, begun: Mapping[str, Any]) -> Iterator[str]:
    """Each change in a line of its own, with the names of tasks; those of one commit are joined by ``;``.

    Log entries are left out: they are stored independently of the tasks, in any order.
    """
    known: Mapping[str, Any] = {"status": None, "resources": [], "projects": [], "tasks": []}
    yield "; ".join(_changes(known, begun))
    known, left = begun, GRACE
    while left > 0:
        seconds = raw.simulator.step()
        now = raw.operation(begun["id"])
        changes = list(_changes(known, now))
        if changes:
            yield "; ".join(changes)
        known = now
        left = left - seconds if now["status"] in TERMINAL else GRACE


def expected(lines: list[str], known: str) -> Iterator[str]:
    """The commits of a trace, given as the ``lines`` of its tree and what is ``known`` with the answer.

    A task is created by its parent, accepted, does its children one after another, and ends. The first one takes the
    operation with it.
    """
    yield "; ".join([*(f"+{each}" for each in known.split(", ") if each), "operation Queued"])
    open_tasks: list[tuple[str, str]] = []
    for line in (*(line for line in lines if not line.lstrip().startswith("- ")), ""):
        depth = (len(line) - len(line.lstrip())) // 2
        while len(open_tasks) > depth or (not line and open_tasks):
            name, late = open_tasks.pop()
            changes = [f"{name} {each}" if each.startswith("refers") else each for each in late.split(", ") if each]
            results = [each for each in changes if each.startswith("result")]
            ended = [f"{name} Completed", *(each for each in changes if each not in results)]
            yield "; ".join([*ended, *([] if open_tasks else ["operation Completed"]), *results])
        if line:
            shown, _, late = line.strip().partition(" = ")
            title, _, attached = shown.partition(" + ")
            name, _, display = title.partition(" ")
            parent = open_tasks[-1][0] if open_tasks else "operation"
            created = f"{parent} > {name}{display and ' ' + display} Queued"
            yield "; ".join([created, *(f"+{each}" for each in attached.split(", ") if each)])
            yield "; ".join([f"{name} Running", *([] if open_tasks else ["operation Running"])])
            open_tasks.append((name, late))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    old = {task["id"]: task for task in before["tasks"]}
    names = {task["id"]: task["name"].removesuffix("Command") for task in after["tasks"]}
    for task in sorted(after["tasks"], key=lambda task: names[task["id"]]):
        was = old.get(task["id"])
        name = names[task["id"]]
        if was is None:
            shown = f' "{task["display_name"]}"' if "display_name" in task else ""
            yield f"{names.get(task['parent_task_id'], 'operation')} > {name}{shown} {task['status']}"
        elif was["status"] != task["status"]:
            yield f"{name} {task['status']}"
        if task.get("reference") != (was or {}).get("reference"):
            yield f"{name} refers to {task['reference']['type']} {task['reference']['project_name']}"
    for kind, what in (("resources", "resource_type"), ("projects", "name")):
        was, now = (Counter(item[what] for item in row[kind]) for row in (before, after))
        yield from (f"+{name}" for name in sorted((now - was).elements()))
        yield from (f"-{name}" for name in sorted((was - now).elements()))
    if before["status"] != after["status"]:
        message = f": {after['status_message']}" if after["status_message"] != after["status"] else ""
        yield f"operation {after['status']}{message}"
    if "result" in after and "result" not in before:
        yield f"result {after['result']['result_type']}"
