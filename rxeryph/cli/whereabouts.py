"""``rxeryph whereami``: the places tried, what was found there, and what the server answers. Prints no secret."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

from ..credentials import Whereabouts
from ..errors import CredentialsNotFoundError, RxEryphError
from ..model.text import escaped, escaped_json
from . import exit_codes
from .connection import Connection


def show_whereabouts(connection: Connection, *, is_offline: bool, as_json: bool) -> int:
    """Print the server and the client that would be used, as text or as one JSON object."""
    try:
        eryph = connection.open()
    except CredentialsNotFoundError as error:
        _print({"places": _places(error.attempts)}, as_json)
        print("rxeryph: no eryph credentials found; see 'rxeryph configure --help'.", file=sys.stderr)
        return exit_codes.USAGE
    with eryph:
        facts = _found(eryph.whereabouts)
        failure: RxEryphError | None = None
        if not is_offline:
            try:
                facts["scopes"] = list(eryph.scopes())
                facts["server_version"] = str(eryph.version())
            except RxEryphError as error:
                failure = error
    _print(facts, as_json)
    if failure is not None:
        print(f"rxeryph: {failure}", file=sys.stderr)
        return exit_codes.of_error(failure)
    return exit_codes.SUCCESS


def _places(attempts: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"place": place, "reason": reason} for place, reason in attempts]


def _found(found: Whereabouts) -> dict[str, object]:
    return {
        "places": _places(found.attempts),
        "configuration": found.configuration,
        "client_id": found.client_id,
        "client_from": found.client_from,
        "identity_endpoint": found.endpoints.identity,
        "compute_endpoint": found.endpoints.compute,
        "endpoints_from": found.endpoints_from,
        "is_looked_up_again": found.is_looked_up_again,
    }


def _print(facts: dict[str, object], as_json: bool) -> None:
    if as_json:
        print(escaped_json(json.dumps(facts, ensure_ascii=False)))
        return
    places = facts.pop("places")
    assert isinstance(places, list)
    if places:
        print("Places without an answer:")
        for each in places:
            print(escaped(f"  {each['place']}: {each['reason']}"))
    for name, value in facts.items():
        shown = " ".join(value) if isinstance(value, list) else str(value)
        if value is None or isinstance(value, bool):
            shown = {None: "none", True: "yes", False: "no"}[value]
        print(escaped(f"{name.replace('_', ' ').capitalize():<20} {shown}"))
