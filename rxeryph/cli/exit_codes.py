"""The exit codes of the commands, for scripts."""

from __future__ import annotations

from ..errors import (
    ConfigurationError,
    InvalidRequestError,
    OperationCancelledError,
    OperationFailedError,
    OperationTimeoutError,
    RxEryphError,
)
from ..outcome import OperationResult

SUCCESS = 0
OPERATION_FAILED = 1
USAGE = 2
SERVER = 3
TIMEOUT = 4
INTERRUPTED = 130
CLOSED_PIPE = 141

EPILOG = (
    "Exit codes: 0 success, 1 the operation failed or was cancelled, 2 wrong usage, configuration or input,"
    " 3 the server was not reached, or refused the request, 4 timeout, 130 interrupted, 141 output pipe closed."
)


def of_error(error: RxEryphError) -> int:
    """The exit code of a command that ended with ``error``."""
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
