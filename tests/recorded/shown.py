"""What the documents of an operation show, in the words of the stories."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

TERMINAL = ("Completed", "Failed", "Cancelled")


def tree(documents: Sequence[Any], name: str) -> list[str]:
    """The tasks at the end as indented lines."""
    first: dict[str, int] = {}
    reported: dict[str, bool] = {}
    for index, document in enumerate(documents):
        for task in document["tasks"]:
            first.setdefault(task["id"], index)
            reported[task["id"]] = reported.get(task["id"], False) or 0 < task["progress"] < 100
    tasks = documents[-1]["tasks"]

    def below(parent: str, indent: str) -> list[str]:
        children = [task for task in tasks if task["parent_task_id"] == parent]
        blocks = [(task, below(task["id"], indent + "  ")) for task in children]
        blocks.sort(key=lambda block: (first[block[0]["id"]], block[0]["name"], len(block[1])))
        lines: list[str] = []
        before: Any = None
        for task, block in blocks:
            if task["name"] == "PrepareGeneCommand" == (before or {}).get("name"):
                continue
            is_parallel = before is not None and before.get("ended_at", "9") > task["created"]
            mark = "& " if is_parallel and parent in first else ""
            lines += [indent + mark + _line(task, name, has_reported=reported[task["id"]]), *block]
            before = task
        return lines

    return below(documents[-1]["id"], "")


def _line(task: Any, name: str, *, has_reported: bool) -> str:
    line = str(task["name"].removesuffix("Command"))
    if "display_name" in task:
        display = re.sub(r"Preparing gene \w+::gene:[^ ]+", "Preparing gene {gene}", task["display_name"])
        display = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "{id}", display)
        line += f' "{re.sub(rf" {re.escape(name)}$", " {name}", display)}"'
    if task["status"] != "Completed":
        line += f" {task['status']}"
    if has_reported:
        line += ", reports progress"
    elif task["progress"] != (100 if task["status"] == "Completed" else 0):
        line += f", {task['progress']} per cent"
    return line + (f", refers to {task['reference']['type']}" if "reference" in task else "")


def appearances(documents: Sequence[Any], member: str) -> list[tuple[str, list[str]]]:
    """What the operation came to refer to, each with what else had happened since the document before."""
    found: dict[str, tuple[str, list[str]]] = {}
    for index, document in enumerate(documents):
        for item in document[member]:
            if item["id"] not in found:
                happened = ["answer"] if index == 0 else list(_events(documents[index - 1], document))
                happened += ["first poll"] * (index == 1)
                found[item["id"]] = item.get("resource_type", "project"), happened
    return list(found.values())


def _events(before: Any, after: Any) -> Iterator[str]:
    old = {task["id"]: task["status"] for task in before["tasks"]}
    for task in after["tasks"]:
        name, was, now = task["name"].removesuffix("Command"), old.get(task["id"]), task["status"]
        if was is None:
            yield f"{name} created"
        if was in (None, "Queued") and now != "Queued":
            yield f"{name} Running"
        if was != now and now in TERMINAL:
            yield f"{name} {now}"
    if before["status"] != after["status"]:
        yield f"operation {after['status']}"
