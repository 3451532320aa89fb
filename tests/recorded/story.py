"""What a real server was seen to do with single operations, and how it is written down.

Each file in ``stories`` maps the name of a story to

* ``given``: what exists before (see ``given.py``), and ``server``: tasks that fail, crash or are slow, by their path;
* ``request`` and ``body``; words in braces are names, and ``"..."`` is the rest of the current configuration;
* ``answer``: the status, with the paths in ``errors`` of a refusal, and whether it has a ``detail``; for a 202,
  ``answer_refers_to``, ``answer_id`` and ``answer_status`` (without them: nothing, any id, Queued);
* ``tree``: the tasks at the end, in the order in which they appeared. Names lack the word Command. A task has
  Completed with 100 per cent, or the status that follows it without any. ``&`` marks a task that did not wait for the
  one before it. Several ``PrepareGene`` below one task are shown as one;
* ``ends``: the last status of the operation, ``message`` if that is neither the status nor the error of a failure,
  and ``steps``: the statuses that were seen;
* ``resources`` and ``projects``: what the operation came to refer to, and what else that moment showed
  (alternatives, since the real server was polled); ``projects_left``: how many are left if that is not all;
* ``result``: its type, members, and the members of its configuration;
* ``cancel``: when it was cancelled, and how often; ``then``: the moment when the server restarts, and the
  seconds until the last look;
* ``after``: what other documents say at the end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

STORIES = Path(__file__).parent / "stories"


@dataclass(frozen=True)
class Story:
    name: str
    request: str
    answer: int
    body: object = None
    given: list[str] = field(default_factory=list)
    server: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    detail: bool = False
    answer_refers_to: list[str] = field(default_factory=list)
    answer_id: str | None = None
    answer_status: str = "Queued"
    tree: str = ""
    ends: str = ""
    message: str | None = None
    steps: str = ""
    resources: list[str] = field(default_factory=list)
    projects: list[str] = field(default_factory=list)
    projects_left: int | None = None
    result: dict[str, Any] | None = None
    cancel: dict[str, Any] | None = None
    then: tuple[Any, ...] = ()
    after: list[str] = field(default_factory=list)


def stories() -> dict[str, Story]:
    """All stories, by name."""
    return {
        name: Story(name=name, **members)
        for path in sorted(STORIES.glob("*.yaml"))
        for name, members in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    }


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """``value`` with ``names`` for the words in braces; words without a name stay."""
    match value:
        case str():
            return re.sub(r"\{(\w+)\}", lambda word: names.get(word[1], word[0]), value)
        case list():
            return [filled(each, names) for each in value]
        case dict():
            return {key: filled(each, names) for key, each in value.items()}
    return value
