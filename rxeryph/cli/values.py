"""Converting the values of options: newer versions of typer load pydantic for that, which takes long."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from enum import Enum
from functools import partial
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

import typer

Convert = Callable[[Any], Any]

_KINDS = {int: "a whole number", float: "a number"}


def convert_plainly(parameters: Iterable[Any], signature: inspect.Signature | None = None) -> list[Any]:
    """The same parameters, which from now on convert by their annotations in ``signature``, without pydantic.

    Without a signature only values that need no conversion are taken; typer converts the others.
    """
    found = list(parameters)
    for parameter in found:
        if not isinstance(parameter.process_value, partial):
            declared = signature.parameters.get(parameter.name) if signature else None
            convert = None if declared is None else _converter(declared.annotation)
            parameter.process_value = partial(_process, parameter, parameter.process_value, convert)
    return found


def _process(parameter: Any, otherwise: Callable[..., Any], convert: Convert | None, ctx: Any, value: Any) -> Any:
    if not parameter.required and value in (None, ()):
        return () if (parameter.nargs == -1 or getattr(parameter, "multiple", False)) else None
    if convert is None or value in (None, ()):  # one that is required: typer says what is missing
        return otherwise(ctx, value)
    try:
        return convert(value)
    except ValueError as error:
        raise typer.BadParameter(str(error), ctx=ctx, param=parameter) from None


def _converter(annotation: Any) -> Convert:
    kind, info = get_args(annotation)[:2]
    if get_origin(kind) is UnionType:
        kind = next(each for each in get_args(kind) if each is not NoneType)
    if get_origin(kind) is list:
        (item,) = get_args(kind)
        single = partial(_single, item, info)
        return lambda values: [single(each) for each in values]
    return partial(_single, kind, info)


def _single(kind: Any, info: Any, value: Any) -> Any:
    if getattr(info, "parser", None) is not None:
        return value if isinstance(value, float) else info.parser(value)
    if kind in (str, bool, Path):
        return kind(value)
    if issubclass(kind, Enum):
        try:
            return kind(value)
        except ValueError:
            choices = ", ".join(repr(each.value) for each in kind)
            raise ValueError(f"{value!r} is not one of {choices}.") from None
    return _in_range(_number(kind, value), info)


def _number(kind: type[int] | type[float], value: Any) -> float:
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"{value!r} is not {_KINDS[kind]}.") from None


def _in_range(number: float, info: Any) -> float:
    least, most = info.min, info.max
    if (least is None or number >= least) and (most is None or number <= most):
        return number
    between = f"at least {least}" if most is None else f"from {least} to {most}"
    raise ValueError(f"{number} is not {between}.")
