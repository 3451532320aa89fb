"""Models built straight from parsed JSON of the expected shape, by functions that are written from the schemas.

The schemas are the definition. A function does what its schema does, several times as fast, or it refuses the data;
then the schema loads the data, and words the error if there is one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from marshmallow import ValidationError, fields, missing

from ._schema import NounSchema, ReadField

Read: TypeAlias = Callable[[Any], Any]

_EXACT: dict[type, str] = {fields.String: "str", fields.Integer: "int", fields.Boolean: "bool"}
"""The fields that take a value of one type as it is."""


class Odd(Exception):
    """The data does not have the expected shape."""


def loaded(schema: NounSchema, data: object) -> Any:
    """The model in parsed JSON. Raises ValidationError."""
    try:
        return direct(schema)(data)
    except (Odd, ValidationError):
        return schema.load(data)  # type: ignore[arg-type]


@cache
def direct(schema: NounSchema) -> Read:
    """A function from parsed JSON to the model. It raises Odd or ValidationError for what it does not take."""
    if not schema.is_plain or any(map(_has_steps, schema.load_fields.values())):
        return schema.load
    function = _Function()
    fields_by_target = {field.attribute or name: field for name, field in schema.load_fields.items()}
    arguments: list[str] = []
    for name, parameter in inspect.signature(schema.model).parameters.items():
        if name in fields_by_target:
            value = function.read_member(fields_by_target[name], parameter.default)
        else:
            value = function.named(parameter.default)
        arguments.append(f"{name}={value}" if parameter.kind is parameter.KEYWORD_ONLY else value)
    return function.returning(f"{function.named(schema.model)}({', '.join(arguments)})")


class _Function:
    """The source of one function, and the values that it names."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {"Odd": Odd}
        self._lines = ["def load(data):", " if type(data) is not dict: raise Odd", " get = data.get"]

    def named(self, value: object) -> str:
        """The name of ``value`` in the source."""
        name = f"v{len(self._values)}"
        self._values[name] = value
        return name

    def read_member(self, field: fields.Field[Any], default: object) -> str:
        """Read a member into a variable, which is returned. Null is the same as absent."""
        variable = f"m{len(self._lines)}"
        self._lines += [
            f" {variable} = get({field.data_key or field.name!r})",
            f" if {variable} is None: {self._absent(variable, field, default)}",
            *self._present(variable, field),
        ]
        return variable

    def returning(self, expression: str) -> Read:
        """The function, which returns the value of ``expression``."""
        exec("\n".join([*self._lines, f" return {expression}"]), self._values)
        load: Read = self._values["load"]
        return load

    def _absent(self, variable: str, field: fields.Field[Any], default: object) -> str:
        if field.load_default is not missing:
            default = field.load_default
        if field.required or callable(default):  # a parameter without a default has a class in its place
            return "raise Odd"
        return f"{variable} = {self.named(default)}"

    def _present(self, variable: str, field: fields.Field[Any]) -> list[str]:
        if type(field) in _EXACT:
            return [f" elif type({variable}) is not {_EXACT[type(field)]}: raise Odd"]
        if not isinstance(field, fields.List):
            return [f" else: {variable} = {self.named(_reader(field))}({variable})"]
        lines = [f" elif type({variable}) is not list: raise Odd", " else:"]
        if type(field.inner) in _EXACT:
            lines += [f"  for each in {variable}:", f"   if type(each) is not {_EXACT[type(field.inner)]}: raise Odd"]
            return [*lines, f"  {variable} = tuple({variable})"]
        return [*lines, f"  {variable} = tuple(map({self.named(_reader(field.inner))}, {variable}))"]


def _has_steps(field: fields.Field[Any]) -> bool:
    """True if reading a value takes more than the type of ``field`` says."""
    is_more = bool(field.validators or field.pre_load or field.post_load)
    return is_more or (isinstance(field, fields.List) and _has_steps(field.inner))


def _reader(field: fields.Field[Any]) -> Read:
    """The function that reads a value of ``field``."""
    if type(field) is fields.Nested and isinstance(field.schema, NounSchema) and not field.many:
        return direct(field.schema)
    return field.read if isinstance(field, ReadField) else field.deserialize
