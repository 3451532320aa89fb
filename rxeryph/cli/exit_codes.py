"""The exit codes of the commands, for scripts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..errors import RxEryphError
    from ..outcome import OperationResult

SUCCESS = 0
OPERATION_FAILED = 1
USAGE = 2
SERVER = 3
TIMEOUT = 4
INTERRUPTED = 130
CLOSED_PIPE = 141

MEANINGS = {
    SUCCESS: "success",
    OPERATION_FAILED: "an operation failed or was cancelled",
    USAGE: "wrong usage, configuration or input",
    SERVER: "the server or the journal was not reached, or refused the request",
    TIMEOUT: "the time of --timeout or --stalled is up",
    INTERRUPTED: "interrupted",
    CLOSED_PIPE: "the reader closed the output pipe",
}

WORST_FIRST = (INTERRUPTED, CLOSED_PIPE, SERVER, USAGE, OPERATION_FAILED, TIMEOUT, SUCCESS)
"""Which code a command returns when several apply: what is known least comes first."""


def worst(codes: Iterable[int]) -> int:
    """The code of a command of which several parts ended with ``codes``."""
    return min(codes, key=WORST_FIRST.index, default=SUCCESS)


def of_error(error: RxEryphError) -> int:
    """The exit code of a command that ended with ``error``."""
    from ..errors import (  # loaded already, if there is such an error; the help needs none of it
        ConfigurationError,
        InvalidRequestError,
        OperationCancelledError,
        OperationFailedError,
        OperationTimeoutError,
    )

    if isinstance(error, ConfigurationError | InvalidRequestError):
        return USAGE
    if isinstance(error, OperationTimeoutError):
        return TIMEOUT
    if isinstance(error, OperationFailedError | OperationCancelledError):
        return OPERATION_FAILED
    return SERVER


def of_result(result: OperationResult) -> int:
    """The exit code of a command that followed an operation to its end."""
    return SUCCESS if result.succeeded else OPERATION_FAILED
