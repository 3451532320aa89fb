"""Arguments out of range are refused when the operator is made, with an error that names it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from rxeryph import operators as ops
from rxeryph.events import LogEntryAdded
from tests.unit.samples import EVENTS, FAILED


@pytest.mark.parametrize(
    ("operator", "arguments", "error", "words"),
    [
        (ops.of_type, (), TypeError, "of_type needs at least one event type"),
        (ops.of_type, ("log_entry",), TypeError, "of_type needs event classes, got 'log_entry'"),
        (ops.of_type, (LogEntryAdded, None), TypeError, "of_type needs event classes, got None"),
        (ops.of_type, (EVENTS[0],), TypeError, "of_type needs event classes, got StatusChanged("),
        (ops.with_status, (), TypeError, "with_status needs at least one status"),
        (ops.with_status, (FAILED, None), TypeError, "with_status needs statuses or their names, got None"),
        (ops.with_status, (3,), TypeError, "got 3"),
        (ops.for_task, ("",), TypeError, "for_task needs the id, name or display name of a task, got ''"),
        (ops.for_task, (None,), TypeError, "got None"),
        (ops.for_task, (3,), TypeError, "got 3"),
        (ops.throttle_logs, (0.0,), ValueError, "throttle_logs needs more than 0 seconds, not 0.0"),
        (ops.throttle_logs, (-1.0,), ValueError, "not -1.0"),
        (ops.throttle_logs, (float("nan"),), ValueError, "not nan"),
        (ops.throttle_logs, (float("inf"),), ValueError, "not inf"),
        (ops.batch_logs, (0.0,), ValueError, "batch_logs needs more than 0 seconds"),
        (ops.batch_logs, (1.0, 0), ValueError, "batch_logs needs a count of 1 or more, not 0"),
        (ops.limit_logs, (-1,), ValueError, "limit_logs needs a count of 0 or more, not -1"),
        (ops.observe_bounded, (0,), ValueError, "observe_bounded needs a maxsize of 1 or more, not 0"),
    ],
)
def test_an_argument_out_of_range(
    operator: Callable[..., Any], arguments: tuple[Any, ...], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=re.escape(words)):
        operator(*arguments)


def test_the_error_about_a_strategy_lists_all_strategies() -> None:
    with pytest.raises(ValueError, match="'block'; use one of drop_oldest, drop_newest, latest_per_task, error"):
        ops.observe_bounded(1, strategy="block")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
