"""Compares what was played with the story. Each difference is a line: the real server -> the simulator."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any

from tests.recorded.playing import Played
from tests.recorded.shown import TERMINAL, appearances, tree
from tests.recorded.story import Story, filled
from tests.simulation import Raw

_OPERATION = {"id", "status", "status_message", "requested_by", "created"}
_OPERATION |= {"resources", "log_entries", "projects", "tasks"}


def differences(story: Story, played: Played, raw: Raw) -> list[str]:
    """The differences, one line each."""
    return [
        *_answer(story, played),
        *(_course(story, played) if played.documents else ()),
        *_after(story, played, raw),
    ]


def _same(what: str, real: object, here: object) -> Iterator[str]:
    if real != here:
        yield f"{what}: {real} -> {here}"


def _answer(story: Story, played: Played) -> Iterator[str]:
    reply = played.reply
    yield from _same("status of the answer", story.answer, reply.status_code)
    if story.answer != reply.status_code:
        return
    if story.answer != 202:
        problem = reply.json()
        yield from _same("paths of errors", sorted(story.errors), sorted(problem.get("errors", ())))
        yield from _same("a detail in the refusal", story.detail, "detail" in problem)
    elif played.documents:
        begun = played.documents[0]
        refers_to = [item["resource_type"] for item in begun["resources"]] + ["project"] * len(begun["projects"])
        yield from _same("the answer refers to", story.answer_refers_to, refers_to)
        yield from _same("status in the answer", story.answer_status, begun["status"])
        yield from _same("members of the answer", _members(story.answer_status), set(begun))
        yield from _same("tasks in the answer", [], begun["tasks"])
        yield from _same("Location", True, "Location" in reply.headers)
        if story.answer_id:
            yield from _same("id of the operation", filled(story.answer_id, played.given.names), begun["id"])


def _course(story: Story, played: Played) -> Iterator[str]:
    documents, last = played.documents, played.last
    yield from _lines(story.tree.splitlines(), tree(documents, played.given.names["name"]))
    yield from _same("last status", story.ends, last["status"])
    own = "the error" if story.ends == "Failed" else story.message or story.ends
    known = last["status_message"] == last["status"]
    yield from _same(
        "status message", own if own == story.ends else "another", last["status"] if known else "another"
    )
    yield from _same("members", _members(story.ends, has_result=bool(story.result)), set(last))
    seen = [document["status"] for document in documents]
    rest = iter(seen)
    if not all(status in rest for status in story.steps.split()):
        yield f"statuses: {story.steps} -> {' '.join(dict.fromkeys(seen))}"
    for member in ("resources", "projects"):
        yield from _referred(member, getattr(story, member), appearances(documents, member))
    left = len(story.projects) if story.projects_left is None else story.projects_left
    yield from _same("projects at the end", left, len(last["projects"]))
    if story.result and "result" in last:
        yield from _result(story.result, last["result"])
    if story.cancel:
        answers = [(202, b"")] * int(story.cancel["times"])
        yield from _same("answers to the cancellation", answers, played.cancellations)


def _members(status: str, *, has_result: bool = False) -> set[str]:
    members = _OPERATION | ({"result"} if has_result else set())
    members |= {"started_at"} if status != "Queued" else set()
    return members | ({"ended_at"} if status in TERMINAL else set())


def _lines(real: Sequence[str], here: Sequence[str]) -> Iterator[str]:
    for line in difflib.ndiff(real, here):
        if line[0] in "-+":
            yield f"task {'missing' if line[0] == '-' else 'too many'}: {line[2:]}"


def _referred(member: str, real: Sequence[str], here: Sequence[tuple[str, list[str]]]) -> Iterator[str]:
    wanted = [each.partition(": ")[::2] for each in real]
    yield from _same(member, sorted(kind for kind, _ in wanted), sorted(kind for kind, _ in here))
    rest = list(here)
    for kind, moments in wanted:
        item = next((each for each in rest if each[0] == kind), None)
        if item is not None:
            rest.remove(item)
            if not set(moments.split(" | ")) & set(item[1]):
                yield f"{kind} appears with: {moments} -> {', '.join(item[1]) or 'nothing else'}"


def _result(real: dict[str, Any], here: Any) -> Iterator[str]:
    yield from _same("type of the result", real["type"], here["result_type"])
    yield from _same("members of the result", real["members"], sorted(here))
    if "configuration" in real:
        configuration = sorted({*here["configuration"]} - {"drives", "fodder"})  # as the parent's genes have them
        yield from _same("members of the resulting configuration", real["configuration"], configuration)


def _after(story: Story, played: Played, raw: Raw) -> Iterator[str]:
    names = dict(played.given.names)
    kinds = {"Catlet": "catlet", "VirtualDisk": "disk", "CatletSpecification": "specification"}
    for item in played.last["resources"] if played.documents else ():
        names.setdefault(kinds.get(item["resource_type"], ""), item["resource_id"])
    for fact in story.after:
        path, *words = filled(fact, names).split(" ")
        reply = raw.ask("GET", path)
        if words[0] == "is":
            yield from _same(f"afterwards {path}", int(words[1]), reply.status_code)
        elif reply.status_code != 200:
            yield f"afterwards {path}: 200 -> {reply.status_code}"
        elif words[0] == "has":
            is_there = words[1] != "no"
            yield from _same(f"afterwards {fact}", True, _has(reply.json(), words[2 - is_there :]) is is_there)
        else:
            value = reply.json()[words[0]]
            shown = str(len(value) if isinstance(value, list) else value)
            yield from _same(f"afterwards {path} {words[0]}", words[1], shown)


def _has(document: Any, words: Sequence[str]) -> bool:
    """Whether a document has a member, or a list has an item with that value of a member."""
    member, *value = words
    return any(item[member] == value[0] for item in document["value"]) if value else member in document
