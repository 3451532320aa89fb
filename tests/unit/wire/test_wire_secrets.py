"""No error about a reply holds what the reply says: not its message, its attributes, or the errors behind it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any, get_args

import pytest

from rxeryph import model, wire
from rxeryph.errors import WireError
from rxeryph.model import ResultValue
from rxeryph.wire._loading import SECRET as HIDDEN

SECRET = "a-very-secret-token"
LIST = f'{{"value": [{{"id": "x", "token": "{SECRET}"}}'


def channel(**more: object) -> dict[str, object]:
    result = {"result_type": "SshChannel", "token": SECRET, **more}
    return {"id": "x", "status": "Completed", "result": result}


def shown(error: BaseException | None) -> str:
    """Everything that can be reached from an error."""
    if error is None:
        return ""
    behind = shown(error.__cause__) + shown(error.__context__)
    return f"{error} {error!r} {error.args} {vars(error)} {getattr(error, 'doc', '')} {behind}"


@pytest.mark.parametrize(
    ("load", "reply"),
    [
        (wire.load_operation, channel(expires_at=1)),
        (wire.load_operation, channel(token=[SECRET])),
        (wire.load_operation, {**channel(), "status": None}),
        (wire.load_operations, {"value": [channel(token=7), channel(token={"x": SECRET})]}),
        (wire.load_operation, SECRET),
        (wire.load_operations, {"value": [SECRET]}),
        (wire.load_client_with_secret, {"id": "c", "name": 1, "key": SECRET}),
        (wire.load_client_with_secret, {"id": "c", "name": "c", "key": [SECRET]}),
        (wire.load_catlet, {"id": "c", "configuration": SECRET}),
        (wire.SnapshotLoader().load, json.dumps(channel()).encode()[:-2]),
        (wire.SnapshotLoader().load, SECRET.encode()),
        (wire.load_head, f'{{"x": "{SECRET}'.encode()),
        (wire.ListSlicer().cut, LIST.encode()),
        (wire.ListSlicer().cut, LIST.encode()[:-2]),
        (wire.ListSlicer().cut, f'{LIST}], "x": "{SECRET}'.encode()),
        (wire.ListSlicer().cut, f'{{"x": "{SECRET}'.encode()),
        (wire.ListSlicer().cut, f'{{"value": "{SECRET}"}}'.encode()),
    ],
)
def test_a_wire_error_holds_no_content_of_the_reply(load: Callable[[Any], object], reply: object) -> None:
    with pytest.raises(WireError) as caught:
        load(reply)
    assert SECRET not in shown(caught.value)


def test_a_number_in_the_place_of_a_secret_is_not_shown() -> None:
    with pytest.raises(WireError) as caught:
        wire.load_operation(channel(token=123456))
    assert "123456" not in shown(caught.value)
    assert (caught.value.path, caught.value.got) == ("$.result.token", "int")


def test_every_member_that_a_repr_hides_is_hidden_by_errors_too() -> None:
    classes = [*get_args(ResultValue), model.IdentityClientWithSecret, model.SpecificationContent]
    hidden = {member.name for cls in classes for member in dataclasses.fields(cls) if not member.repr}
    assert hidden - {"data"} <= HIDDEN  # ``data`` is the whole of a result
