"""Schemas derived from the constructors of classes, so that events and errors are declared once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import NoneType, UnionType
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from marshmallow import Schema, fields

from ..model import OpenEnum
from ._schema import NounSchema, Open

SchemaT = TypeVar("SchemaT", bound=Schema)
FieldOf: TypeAlias = Mapping[Any, Callable[..., fields.Field[Any]]]
"""The field of each type, or a function that makes it."""

PLAIN: FieldOf = {str: fields.String, int: fields.Integer, float: fields.Float, bool: fields.Boolean}


def derived(cls: type, base: type[NounSchema], field_of: FieldOf) -> NounSchema:
    """A schema that writes the arguments of the constructor of ``cls`` in order, and builds a ``cls`` from them.

    An argument without a default is required, unless it may be None. ``field_of`` has the types of all arguments,
    except open enums, and tuples, sequences and mappings of types it has. Raises KeyError for any other type.
    """
    hints = get_type_hints(cls.__init__)  # type: ignore[misc]
    members = [*inspect.signature(cls.__init__).parameters.values()][1:]  # type: ignore[misc]
    declared = {member.name: _member(hints[member.name], member.default, field_of) for member in members}
    made = type(f"{cls.__name__}Schema", (base,), {**declared, "model": cls})()
    assert isinstance(made, NounSchema)
    return made


def _member(hint: Any, default: object, field_of: FieldOf) -> fields.Field[Any]:
    options: dict[str, Any] = {}
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (each for each in get_args(hint) if each is not NoneType)
        if default is inspect.Parameter.empty:
            options["load_default"] = None
    elif default is inspect.Parameter.empty:
        options["required"] = True
    return _field(hint, field_of, **options)


def _field(hint: Any, field_of: FieldOf, **options: Any) -> fields.Field[Any]:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Sequence or args[1:] == (...,):
        return fields.List(_field(args[0], field_of), **options)
    if origin is tuple:
        return fields.Tuple(tuple(_field(each, field_of) for each in args), **options)
    if origin is Mapping:
        return fields.Dict(keys=_field(args[0], field_of), values=_field(args[1], field_of), **options)
    if isinstance(hint, type) and issubclass(hint, OpenEnum):
        return Open(hint, **options)
    return field_of[hint](**options)
