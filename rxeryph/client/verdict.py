"""What the server thinks of a catlet configuration before anything is done with it."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import InvalidRequestError
from ..model import ValidationResult
from ..wire import load_validation_result
from .transport import Transport

_PATH = "/v1/catlets/config/validate"


def ask_verdict(transport: Transport, configuration: Mapping[str, object]) -> ValidationResult:
    """The server's verdict on a configuration. It does not look at the parent."""
    reply = transport.send("POST", _PATH, {"configuration": configuration})
    return load_validation_result(reply, transport.url(_PATH))


def require_valid(transport: Transport, configuration: Mapping[str, object]) -> None:
    """Raise InvalidRequestError, with the members and their problems, unless the server finds it valid."""
    verdict = ask_verdict(transport, configuration)
    if verdict.is_valid:
        return
    errors: dict[str, list[str]] = {}
    for issue in verdict.errors:
        errors.setdefault(issue.member or "$", []).append(issue.message)
    listed = "; ".join(f"{member}: {' '.join(messages)}" for member, messages in errors.items())
    raise InvalidRequestError(
        f"Nothing was submitted. The server finds the configuration invalid. {listed}".rstrip(),
        status=0,
        method="POST",
        url=transport.url(_PATH),
        errors=errors,
    )
