"""The promises of the errors: one tree, one line each, and they are values."""

from __future__ import annotations

import inspect
import pickle

import pytest

from rxeryph import errors
from rxeryph.errors import RxEryphError
from tests.unit.samples import ERRORS

CLASSES = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, RxEryphError)]
each_error = pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)


def draw(cls: type[RxEryphError], indent: str = "") -> list[str]:
    """The tree below ``cls``, as the docstring of the module draws it."""
    lines = []
    children = [child for child in cls.__subclasses__() if child.__module__ == errors.__name__]
    for child in children:
        is_last = child is children[-1]
        lines.append(f"{indent}{'└── ' if is_last else '├── '}{child.__name__}")
        lines.extend(draw(child, indent + ("    " if is_last else "│   ")))
    return lines


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    assert errors.__doc__ is not None
    drawn = errors.__doc__.split("\n\n")[1].splitlines()
    assert drawn == ["RxEryphError", *draw(RxEryphError)]


def test_there_is_a_sample_of_every_error() -> None:
    assert {type(error) for error in ERRORS} == set(CLASSES)


@each_error
def test_errors_with_the_same_attributes_are_equal(error: RxEryphError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert again is not error
    assert again == error
    assert str(again) == str(error) == "said"
    assert hash(again) == hash(error)
    assert {error, again} == {error}
    again.__dict__["novel"] = 1
    assert again != error
    assert error not in [other for other in ERRORS if other is not error]
    assert error != "said"


@each_error
def test_every_argument_is_an_attribute(error: RxEryphError) -> None:
    members = set(inspect.signature(type(error).__init__).parameters) - {"self", "message", "args", "kwargs"}
    assert members <= set(vars(error))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_error_is_documented(cls: type[RxEryphError]) -> None:
    assert cls.__doc__
    assert cls.__doc__ not in {base.__doc__ for base in cls.__bases__}


def test_timeouts_are_timeouts_of_python_too() -> None:
    timeouts = {cls.__name__ for cls in CLASSES if issubclass(cls, TimeoutError)}
    assert timeouts == {"RequestTimeoutError", "OperationTimeoutError"}


def test_no_error_is_of_a_third_party() -> None:
    allowed = {errors.__name__, "rxeryph.model.value", "builtins"}
    assert {base.__module__ for cls in CLASSES for base in cls.__mro__} == allowed


def test_api_errors_copy_the_messages_of_each_path() -> None:
    messages = ["one"]
    error = errors.ApiError("said", status=400, method="GET", url="x", errors={"$.a": messages})
    messages.append("two")
    assert error.errors == {"$.a": ("one",)}
    assert errors.ApiError("said", status=500, method="GET", url="x").errors == {}
