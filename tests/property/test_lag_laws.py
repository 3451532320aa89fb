"""A law of settling: what a server shows no later than the lag that it has admitted is not lost.

A long run plays 10,000 histories: ``tests/property/long_runs.py`` says how.
"""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rxeryph.events import LogEntryAdded, OperationFinished
from rxeryph.model import Operation
from rxeryph.polling import Batching, PollingPolicy, activity, fixed
from tests.property.long_runs import examples
from tests.unit.polling.test_lag import BEGAN, Busy
from tests.unit.polling.together import Together, Trouble

MARGIN = 0.95
"""An entry becomes visible so much of the allowed time after the last news, at most."""


@st.composite
def late_servers(draw: st.DrawFn) -> tuple[dict[str, Busy], dict[str, set[str]]]:
    """One operation that shows how late the server is, and others whose entries are as late as that."""
    lag = draw(st.floats(0.0, 25.0))
    servers = {"op0": Busy(5.0, 5.1 + lag, {"op0 last": (5.0 + lag, 5.1 + lag)})}
    due = {"op0": {"op0 last"}}
    for number in range(1, draw(st.integers(1, 3)) + 1):
        name = f"op{number}"
        shown = 8.0 + lag + draw(st.floats(0.0, 10.0))
        moment, entries = shown, {}
        for index in range(draw(st.integers(0, 4))):
            moment += draw(st.floats(0.0, MARGIN)) * max(1.0, lag)
            entries[f"{name} {index}"] = (moment, moment)
        servers[name] = Busy(shown - draw(st.floats(0.0, lag)), shown, entries)
        due[name] = set(entries)
    return servers, due


@settings(
    max_examples=examples(60, 10_000),
    deadline=None,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)
@given(
    late_servers(),
    st.sampled_from((fixed(0.5), fixed(2.0), activity())),
    st.sampled_from((Batching.NEVER, Batching.ALWAYS)),
    st.sampled_from((0.0, 0.02)),
)
def test_nothing_is_lost_that_is_no_later_than_the_lag_admitted(
    servers: tuple[dict[str, Busy], dict[str, set[str]]], policy: PollingPolicy, batching: Batching, late: float
) -> None:
    shown, due = servers

    def see(name: str, now: float, stamp: str | None) -> Operation:
        return shown[name].at(name, now, stamp)

    lab = Together(tuple(shown), see, batching, Trouble(late=late), policy=policy, began=BEGAN)
    spies = lab.watch()
    lab.run(600.0)
    for name, spy in spies.items():
        finished = spy.events[-1]
        assert isinstance(finished, OperationFinished)
        assert {entry.id for entry in finished.result.log_entries} == due[name]
        seen = [event.entry.id for event in spy.events if isinstance(event, LogEntryAdded)]
        assert sorted(seen) == sorted(due[name])
