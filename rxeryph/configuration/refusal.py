"""Errors for what is not worth sending, and what no request can carry."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import InvalidRequestError

LARGEST = 2**63 - 1
"""The largest whole number that the server can read."""

SHOWN = 5
"""How many members the message of an error lists; its ``errors`` has all of them."""

Sentence = tuple[str, str]
"""The path of what is wrong, and what to say about it."""


def invalid(path: str, reason: str) -> InvalidRequestError:
    """The error for an argument that is not worth sending."""
    return InvalidRequestError(
        f"Nothing was sent. {path}: {reason}", status=0, method="", url="", errors={path: (reason,)}
    )


def refusal(found: Iterable[Sentence]) -> InvalidRequestError:
    """The error for a configuration with all problems that were found: path and sentence of each."""
    errors: dict[str, list[str]] = {}
    for path, sentence in found:
        errors.setdefault(path, []).append(sentence)
    shown = [f"{path}: {' '.join(sentences)}" for path, sentences in errors.items()]
    if len(shown) > SHOWN:
        shown[SHOWN:] = [f"There are {len(shown) - SHOWN} more members with problems; the error's errors has all."]
    return InvalidRequestError(f"Nothing was sent. {' '.join(shown)}", status=0, method="", url="", errors=errors)


def check_text(value: str, path: str) -> str:
    """A string that can be sent: UTF-8 has no halves of surrogate pairs."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise invalid(path, f"it has half a surrogate pair at character {error.start}; remove it.") from None
    return value


def check_size(value: int, path: str) -> int:
    """A whole number of at most 64 bits."""
    if abs(value) > LARGEST:
        raise invalid(path, "the number is larger than 64 bits.")
    return value
