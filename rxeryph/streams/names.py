"""The operations of a group, and the names that the user gave them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from reactivex import Observable

from ..events import AnyEvent
from ..scheduling.observable import Tagged
from .stream import OperationStream

Followed: TypeAlias = str | OperationStream
"""An operation, by its id or as a stream."""

Operations: TypeAlias = Mapping[str, Followed] | Iterable[Followed | Observable[tuple[str, AnyEvent]]]
"""Operations, some of them with a name: as a mapping from names, or as streams with ``tag``."""


def named(operations: Operations, track: Callable[[str], OperationStream]) -> dict[str, OperationStream]:
    """The streams by name, in order; ``track`` makes one of an id. Without a name, it is the id of the operation.

    Raises TypeError for what is no operation, and ValueError if two operations have one name, or one has two.
    """
    streams: dict[str, OperationStream] = {}
    names: dict[str, str] = {}
    for name, followed in _pairs(operations):
        stream = track(followed) if isinstance(followed, str) else followed
        operation_id = stream.operation_id
        name = operation_id if name is None else name
        if streams.setdefault(name, stream).operation_id != operation_id:
            raise ValueError(f"track_all() has two operations with the name {name!r}: give each its own.")
        if names.setdefault(operation_id, name) != name:
            raise ValueError(
                f"track_all() has operation {operation_id} twice, as {names[operation_id]!r} and {name!r}:"
                " name it once."
            )
    return streams


def _pairs(operations: Operations) -> Iterator[tuple[str | None, Followed]]:
    if isinstance(operations, str):
        raise TypeError("track_all() needs a list of operations, not a string; for one, use track()")
    if isinstance(operations, Mapping):
        for name, followed in operations.items():
            yield _name(name), _followed(followed)
        return
    for each in operations:
        if isinstance(each, Tagged):
            yield _name(each.value), _followed(each.source)
        else:
            yield None, _followed(each)


def _followed(value: object) -> Followed:
    if isinstance(value, str | OperationStream):
        return value
    raise TypeError(
        f"track_all() needs ids and streams of operations, or those with tag() as the only operator, not a"
        f" {type(value).__name__}"
    )


def _name(value: object) -> str:
    if isinstance(value, str):
        return value
    raise TypeError(f"track_all() needs names that are strings, not a {type(value).__name__}")
