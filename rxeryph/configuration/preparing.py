"""The way of a configuration: it is read, becomes plain data, is filled in, checked, and is ready to be sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from ..arguments import described
from ..model import ValidationIssue, ValidationResult
from .checking import Unknown, Violation, violations
from .documents import Configuration, Document, read_document
from .kinds import Rule
from .plain import flattened, json_data
from .refusal import Sentence, invalid, refusal
from .rules import CATLET, NETWORKS
from .short_forms import written_out
from .variables import Variables, fill_in


def check_configuration(
    configuration: Configuration, variables: Variables | None = None, *, unknown: Unknown = "refuse"
) -> dict[str, object]:
    """A catlet configuration as plain JSON data, with the values of ``variables``, ready to be sent.

    ``{"name": ..., "project": ..., "config": {...}}`` becomes one object. Short forms of YAML are written out and
    values of variables become strings, because the server requires both in JSON.

    Raises InvalidRequestError with all that is wrong by path; ``unknown="allow"`` accepts members that only a newer
    server knows.
    """
    document, plain = prepared(configuration)
    filled, problems = fill_in(plain, variables)
    return checked(document, filled, CATLET, unknown, problems)


def judge(configuration: Configuration, *, unknown: Unknown = "refuse") -> tuple[dict[str, object], ValidationResult]:
    """A catlet configuration as ``check_configuration``, wrong or not, and the verdict on it.

    Raises InvalidRequestError for what cannot be read and for values that have no JSON form.
    """
    document, plain = prepared(configuration)
    found = violations(plain, CATLET, document.root, unknown=_checked(unknown))
    issues = (
        ValidationIssue(sentence, f"${path.removeprefix(document.root)}")
        for path, sentence in sentences(found, document)
    )
    return plain, ValidationResult(not found, tuple(issues))


def prepared(configuration: Configuration) -> tuple[Document, dict[str, object]]:
    """What was passed, and the same as plain JSON data that is not checked."""
    document = read_document(configuration)
    plain = flattened(json_data(document.members, document.root), document.root)
    return document, as_object(written_out(plain, CATLET))


def check_networks(configuration: Configuration, *, unknown: Unknown = "refuse") -> dict[str, object]:
    """The network configuration of a project, as ``check_configuration``."""
    document = read_document(configuration)
    plain = as_object(written_out(json_data(document.members, document.root), NETWORKS))
    return checked(document, plain, NETWORKS, unknown)


def plain_data(given: Configuration) -> dict[str, object]:
    """Any mapping, string or file as plain JSON data that is not checked.

    Raises InvalidRequestError for what cannot be read and for values that have no JSON form.
    """
    document = read_document(given)
    return json_data(document.members, document.root)


def checked(
    document: Document, plain: dict[str, object], rule: Rule, unknown: Unknown, problems: Iterable[Sentence] = ()
) -> dict[str, object]:
    """``plain``, which was read from ``document``.

    Raises InvalidRequestError with all that breaks ``rule``, and with the ``problems`` that are known already.
    """
    found = (*sentences(violations(plain, rule, document.root, unknown=_checked(unknown)), document), *problems)
    if found:
        raise refusal(found)
    return plain


def sentences(found: Iterable[Violation], document: Document) -> Iterator[Sentence]:
    """Path and sentence of each violation, with the line where the document has one."""
    found = tuple(found)
    where = document.where({each.at or each.path for each in found})
    for each in found:
        place = where[each.at or each.path]
        yield each.path, f"{each.reason}{place and f' ({place})'}. {each.advice}".rstrip()


def _checked(unknown: Unknown) -> Unknown:
    if unknown not in get_args(Unknown):
        raise invalid("unknown", f"{described(unknown)} is neither 'refuse' nor 'allow'.")
    return unknown


def as_object(value: object) -> dict[str, object]:
    """``value``, which is an object."""
    assert isinstance(value, dict)
    return value
