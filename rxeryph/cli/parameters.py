"""Options that belong together, declared once as a dataclass and passed to a command as one argument."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from typing import Any, get_type_hints


def expanded(command: Callable[..., int]) -> Callable[..., int]:
    """``command`` with an option for each member of the dataclasses among its parameters, and of those within them.

    The options come after the command's own ones.
    """
    groups = {name: hint for name, hint in _hints(command).items() if is_dataclass(hint)}
    own = [each for each in _parameters(command) if each.name not in groups]
    options = [each for group in groups.values() for each in _options(group)]

    def with_options(**arguments: Any) -> int:
        made = {name: _make(group, arguments) for name, group in groups.items()}
        return command(**made, **arguments)

    with_options.__doc__ = command.__doc__
    with_options.__name__ = command.__name__
    with_options.__module__ = command.__module__
    with_options.__signature__ = inspect.Signature([*own, *options])  # type: ignore[attr-defined]
    with_options.__annotations__ = {each.name: each.annotation for each in (*own, *options)}
    return with_options


def _hints(owner: Any) -> dict[str, Any]:
    return get_type_hints(owner, include_extras=True)


def _parameters(owner: Any) -> list[inspect.Parameter]:
    hints = _hints(owner)
    return [
        each.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
        for name, each in inspect.signature(owner).parameters.items()
    ]


def _options(group: Any) -> Iterator[inspect.Parameter]:
    for each in _parameters(group):
        if is_dataclass(each.annotation):
            yield from _options(each.annotation)
        else:
            yield each


def _make(group: Any, arguments: dict[str, Any]) -> Any:
    members = {
        each.name: _make(each.annotation, arguments) if is_dataclass(each.annotation) else arguments.pop(each.name)
        for each in _parameters(group)
    }
    return group(**members)
