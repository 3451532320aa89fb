"""``rxeryph whereami``: the places tried, what was found there, and what the server answers. Prints no secret."""

from __future__ import annotations

from ..credentials import Whereabouts
from ..errors import CredentialsNotFoundError, RxEryphError
from ..model.text import escaped, one_line
from . import exit_codes
from .connection import Connection
from .options import Format
from .output.printing import print_document
from .reporting import no_credentials, places, report, say


def show_whereabouts(connection: Connection, format: Format, *, is_offline: bool) -> int:
    """Print the server and the client that would be used."""
    try:
        with connection.unchecked() as (client, transport):
            facts = _found(transport.whereabouts)
            failure: RxEryphError | None = None
            if not is_offline:
                try:
                    facts["scopes"] = list(transport.tokens.scopes)
                    facts["server_version"] = str(client.version())
                except RxEryphError as error:
                    failure = error
    except CredentialsNotFoundError as error:
        _print({"places": places(error.attempts)}, format)
        if format is Format.JSON:
            return report(error, as_json=True, options=connection.arguments())
        say(f"rxeryph: {no_credentials(error)} To store some, see: rxeryph configure --help")
        return exit_codes.USAGE
    _print(facts, format)
    return (
        exit_codes.SUCCESS
        if failure is None
        else report(failure, as_json=format is Format.JSON, options=connection.arguments())
    )


def _found(found: Whereabouts) -> dict[str, object]:
    return {
        "places": places(found.attempts),
        "configuration": found.configuration,
        "client_id": found.client_id,
        "client_from": found.client_from,
        "identity_endpoint": found.endpoints.identity,
        "compute_endpoint": found.endpoints.compute,
        "endpoints_from": found.endpoints_from,
        "trusts": str(found.certificates),
        "is_looked_up_again": found.is_looked_up_again,
    }


def _print(facts: dict[str, object], format: Format) -> None:
    if format is Format.ID:
        print(one_line(str(facts.get("client_id", ""))), flush=True)
        return
    if format is not Format.TABLE:
        print_document(facts, format)
        return
    tried = facts.pop("places")
    assert isinstance(tried, list)
    if tried:
        print("Places without an answer:")
        for each in tried:
            print(escaped(f"  {each['place']}: {each['reason']}"))
    for name, value in facts.items():
        shown = " ".join(value) if isinstance(value, list) else str(value)
        if value is None or isinstance(value, bool):
            shown = {None: "none", True: "yes", False: "no"}[value]
        print(escaped(f"{name.replace('_', ' ').capitalize():<20} {shown}"), flush=True)
