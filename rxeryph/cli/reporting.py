"""What goes to stderr: errors and advice, as a line for people or as a line of JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from ..errors import (
    AccessDeniedError,
    ApiError,
    ConfigurationError,
    CredentialsNotFoundError,
    OperationTimeoutError,
    RxEryphError,
    TransportError,
)
from ..model.text import one_line
from . import exit_codes
from .naming import with_options
from .output.machines import json_line
from .standard_streams import UNWRITABLE, discard_output


def report(
    error: RxEryphError, *, as_json: bool, advice: str = "", options: str = "", operation_ids: Iterable[str] = ()
) -> int:
    """Print an error with what to do about it, and return its exit code.

    ``options`` are those of the connection, for advised commands. ``operation_ids`` are of operations that may run.
    """
    code = exit_codes.of_error(error)
    message = with_options(_message(error, options))
    if as_json:
        running = list(operation_ids)
        facts = _facts(error) | ({"operation_ids": running} if running else {})
        _print_json(type(error).__name__, message, code, advice, facts)
    else:
        say(f"rxeryph: {message}")
        if advice:
            say(advice)
    return code


def report_stop(message: str, code: int, operation_ids: Iterable[str], advice: str, *, as_json: bool) -> int:
    """Print that the command ends before its operations do, and how to continue. Returns ``code``."""
    if as_json:
        _print_json("Interrupted", message, code, advice, {"operation_ids": list(operation_ids)})
    else:
        say(message)
        if advice:
            say(advice)
    return code


def report_closed_pipe(operation_ids: Iterable[str], advice: str, *, as_json: bool) -> None:
    """Print how to continue after the reader of the output is gone; "" if there is nothing to continue."""
    if as_json and advice:
        message = "The reader closed the output pipe."
        _print_json("ClosedPipe", message, exit_codes.CLOSED_PIPE, advice, {"operation_ids": list(operation_ids)})
    elif advice:
        say(advice)


def report_unwritable(error: OSError, *, as_json: bool, advice: str = "", operation_ids: Iterable[str] = ()) -> int:
    """Print that the output takes no more, and how to continue. Returns the exit code; raises any other ``error``."""
    if error.errno not in UNWRITABLE:
        raise error
    discard_output()
    reason = ConfigurationError(f"The output cannot be written: {error.strerror}.")
    return report(reason, as_json=as_json, advice=advice, operation_ids=operation_ids)


def report_usage(message: str) -> None:
    """Print a usage error as JSON."""
    _print_json("UsageError", message, exit_codes.USAGE, "", {})


def say(line: str) -> None:
    """Print one line for people. A stderr that is closed is no reason to fail."""
    with suppress(OSError):
        print(one_line(line), file=sys.stderr, flush=True)


def _print_json(kind: str, message: str, code: int, advice: str, facts: dict[str, Any]) -> None:
    error = {"type": kind, "message": message, "exit_code": code, **facts}
    if advice:
        error["advice"] = one_line(advice)
    with suppress(OSError):
        print(json_line({"error": error}), file=sys.stderr, flush=True)


def _facts(error: RxEryphError) -> dict[str, Any]:
    """The attributes of an error that a program may want."""
    facts: dict[str, Any] = {"operation_id": error.operation_id}
    if isinstance(error, ApiError):
        facts |= {"status": error.status or None, "trace_id": error.trace_id, "errors": error.errors or None}
    if isinstance(error, ApiError | TransportError):
        facts |= {"method": error.method or None, "url": error.url or None, "retry_after": error.retry_after}
    if isinstance(error, ConfigurationError):
        facts |= {"place": error.place, "member": error.member}
    if isinstance(error, CredentialsNotFoundError):
        facts["places"] = places(error.attempts)
    if isinstance(error, OperationTimeoutError) and error.operation is not None:
        facts["operation_status"] = error.operation.status.value
    return {name: value for name, value in facts.items() if value is not None}


def places(attempts: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """The places where credentials were looked for, and why each had none."""
    return [{"place": place, "reason": with_options(reason)} for place, reason in attempts]


def no_credentials(error: CredentialsNotFoundError) -> str:
    """That there are none, and why what was given is not enough."""
    return with_options(f"No eryph credentials found. {error.reason}".rstrip())


def _message(error: RxEryphError, options: str) -> str:
    if isinstance(error, CredentialsNotFoundError):
        return f"{no_credentials(error)} To see where I looked, run: rxeryph whereami{options}"
    if isinstance(error, TransportError) and error.was_refused:
        return (
            f"{error} Check that eryph runs there, and the port: eryph-zero has a new one after every start."
            f" To see where the address is from, run: rxeryph whereami --offline{options}"
        )
    if isinstance(error, AccessDeniedError):
        service = "identity" if "/v1/clients" in error.url else "compute"
        scope = f"{service}:{'read' if error.method == 'GET' else 'write'}"
        return f"{error} The scope {scope} is enough. To see those of this client, run: rxeryph whereami{options}"
    return str(error)
