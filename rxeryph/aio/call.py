"""``call``: a method of a group of calls, as a coroutine with the same arguments."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial, wraps
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar, overload

from ..client.calls import Group

GroupT = TypeVar("GroupT", bound=Group)
P = ParamSpec("P")
T = TypeVar("T")


class Run(Protocol):
    """Makes a call on a worker; the name is for messages."""

    def __call__(self, name: str, function: Callable[[], T], /) -> Coroutine[Any, Any, T]: ...


class AioGroup(Generic[GroupT]):
    """A group whose calls are coroutines. Each has the arguments, the result and the errors of the group's own."""

    def __init__(self, group: GroupT, run: Run) -> None:
        self.group = group
        """The group whose calls block."""
        self.run_call = run

    def __repr__(self) -> str:
        return f"aio {self.group!r}"


class call(Generic[GroupT, P, T]):
    """In the class of an ``AioGroup``: ``create = call(Catlets.create)``."""

    def __init__(self, method: Callable[Concatenate[GroupT, P], T]) -> None:
        self._method = method
        self.__doc__ = method.__doc__

    @overload
    def __get__(self, instance: None, owner: object) -> Self: ...
    @overload
    def __get__(self, instance: AioGroup[GroupT], owner: object) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: AioGroup[GroupT] | None, owner: object) -> Self | Callable[P, Coroutine[Any, Any, T]]:
        if instance is None:
            return self
        group, run = instance.group, instance.run_call
        method = getattr(group, self._method.__name__)

        @wraps(method)
        async def made(*args: P.args, **kwargs: P.kwargs) -> T:
            result: T = await run(f"{type(group).__name__}.{method.__name__}()", partial(method, *args, **kwargs))
            return result

        return made
