"""What a row says about an operation, before anything is shortened."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ...model import OperationStatus
from .charset import Charset
from .followed import Followed


class Kind(StrEnum):
    """What a row looks like. The values are counted in "and 12 more: 3 running, 9 completed"."""

    RUNNING = "running"
    TROUBLE = "not answering"
    WAITING = "waiting"
    QUEUED = "queued"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Row:
    """One operation on a line: name, state, activity, percentage, time."""

    name: str
    kind: Kind
    word: str
    """The state in a word; empty if the activity says enough."""
    text: str
    """What is being done, or why it failed."""
    percent: int | None
    time: str


_ENDS = {
    OperationStatus.COMPLETED: Kind.COMPLETED,
    OperationStatus.FAILED: Kind.FAILED,
    OperationStatus.CANCELLED: Kind.CANCELLED,
}
_GENE = re.compile(r"\b\w+::gene:(\S+?)(?:\[[^]\s]*\])?(?=\s|$)")


def kind_of(followed: Followed) -> Kind:
    """The kind of its row."""
    if followed.is_lost:
        return Kind.LOST
    status = followed.status
    if status is not None and status in _ENDS:
        return _ENDS[status]
    if followed.failed_polls:
        return Kind.TROUBLE
    if status is None:
        return Kind.WAITING
    return Kind.QUEUED if status == OperationStatus.QUEUED else Kind.RUNNING


def row_of(followed: Followed, at: float, charset: Charset) -> Row:
    """The row of an operation at the moment ``at`` of the view's clock."""
    kind = kind_of(followed)
    word, text, percent = _content(followed, kind)
    seconds = followed.seconds(at)
    time = duration(seconds) if followed.has_ended else clock(seconds)
    name = charset.clean(followed.name or short_id(followed.operation_id))
    return Row(name, kind, charset.clean(word), charset.clean(text), percent, time)


def short_id(operation_id: str) -> str:
    """The beginning of an id, enough to recognise it."""
    return operation_id[:8]


def own_name(operation_id: str, name: str) -> str:
    """The name of an operation; "" for its id or the beginning that people see, which stand for no name."""
    return "" if name in (operation_id, short_id(operation_id)) else name


def _content(followed: Followed, kind: Kind) -> tuple[str, str, int | None]:
    """Word, text and percentage."""
    title = "" if followed.name else followed.progress.title or ""
    message = (followed.operation and followed.operation.status_message) or ""
    match kind:
        case Kind.COMPLETED:
            return "Completed", title, None
        case Kind.FAILED | Kind.CANCELLED:
            word = kind.value.capitalize()
            return word, ": ".join(each for each in (title, message) if each not in ("", word)), None
        case Kind.LOST:
            return "Lost", str(followed.error), None
        case Kind.TROUBLE:
            seen = followed.operation is not None
            return "No answer", _activity(followed)[0] if seen else str(followed.error), None
        case Kind.WAITING:
            return "", "Waiting for the server", None
        case Kind.QUEUED:
            return "Queued", title, None
    activity, percent = _activity(followed)
    status = followed.status
    word = status.value if status is not None and status != OperationStatus.RUNNING else ""
    return word, f"{title}: {activity}" if title not in ("", activity) else activity, percent


def _activity(followed: Followed) -> tuple[str, int | None]:
    """The title of the first task that reports a percentage, or else the phase."""
    progress = followed.progress
    for task_id, percent in progress.percentages.items():
        return _short(progress.tasks[task_id].title), percent
    return _short(progress.phase or progress.title or "Running"), None


def _short(title: str) -> str:
    """``title`` with the names of genes only, without their kind and architecture."""
    return _GENE.sub(r"\1", title)


def choose(all_followed: Sequence[Followed], room: int) -> tuple[list[Followed], list[Followed]]:
    """Those that are shown in ``room`` lines and those that are only counted, on the last of these lines.

    If there are too many, running ones come first, then those that wait, then those that ended last.
    """
    if len(all_followed) <= room:
        return list(all_followed), []
    ordered = sorted(all_followed, key=_rank)
    shown = max(0, room - 1)
    return ordered[:shown], ordered[shown:]


def _rank(followed: Followed) -> tuple[int, float]:
    if followed.ended is not None:
        return 2, -followed.ended
    return int(kind_of(followed) in (Kind.QUEUED, Kind.WAITING)), 0.0


def count_of_rest(rest: Iterable[Followed]) -> str:
    """Such as "and 12 more: 3 running, 9 completed"."""
    counts = Counter(map(kind_of, rest))
    parts = ", ".join(f"{counts[kind]} {kind.value}" for kind in Kind if counts[kind])
    return f"and {counts.total()} more: {parts}"


def clock(seconds: float) -> str:
    """Seconds as m:ss or h:mm:ss."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def duration(seconds: float) -> str:
    """How long something took: "4.6 s", and from a minute on as ``clock`` has it."""
    return f"{seconds:.1f} s" if seconds < 59.95 else clock(seconds + 0.5)
