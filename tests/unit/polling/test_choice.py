"""One list or many requests: the choice, from what was measured."""

from __future__ import annotations

import logging

import pytest

from rxeryph.polling.choice import (
    LONGEST_PAUSE,
    PAUSE,
    Batching,
    Choice,
    Chooser,
    Costs,
    Demand,
    choose,
    pause_after,
)

SINGLE, LISTS = Choice(False, ""), Choice(True, "")


def costs(single: float, lists: float) -> Costs:
    found = Costs()
    found.single(single)
    found.list(lists, is_full=False)
    return found


def demand(count: int, interval: float = 1.0) -> Demand:
    return Demand(count, count / interval, interval)


@pytest.mark.parametrize(
    ("count", "single", "lists", "from_single", "from_lists"),
    [
        (5, 0.020, 0.002, False, False),  # few, although a list would be cheap
        (9, 0.020, 0.002, False, True),  # a little fewer than needed: as it was
        (12, 0.020, 0.050, True, True),
        (12, 0.020, 0.200, False, True),  # neither much dearer nor much cheaper: as it was
        (12, 0.020, 0.500, False, False),
        (1000, 0.008, 0.047, True, True),  # a real server
        (1000, 0.0005, 0.4, False, True),
        (10_000, 0.038, 0.432, True, True),
        (1000, 0.020, 30.0, True, True),  # 20 requests at any time are beyond 8 workers
    ],
)
def test_lists_are_chosen_when_they_cost_less(
    count: int, single: float, lists: float, from_single: bool, from_lists: bool
) -> None:
    found = [choose(last, demand(count), costs(single, lists), workers=8).is_lists for last in (SINGLE, LISTS)]
    assert found == [from_single, from_lists]


def test_of_several_durations_a_low_one_counts() -> None:
    found = Costs()
    for took in (0.02, 0.3, 0.02, 0.5, 0.02, 0.4, 0.6):
        found.single(took)
    for took in (0.05, 2.0, 0.05, 0.06):
        found.list(took, is_full=False)
    assert (found.single_took, found.list_took, found.rest) == (0.02, 0.05, 1.5 * 0.05)


@pytest.mark.parametrize(("count", "lists", "pays"), [(9, 0.001, False), (100, 0.2, True), (100, 0.5, False)])
def test_a_list_with_all_entries_is_expected_to_take_four_times_as_long(count: int, lists: float, pays: bool) -> None:
    assert costs(0.02, lists).full_pays(count) is pays


def test_a_list_with_all_entries_that_was_measured_counts() -> None:
    found = costs(0.02, 0.2)
    found.list(5.0, is_full=True)
    assert not found.full_pays(100)
    assert found.list_took == 0.2


def test_a_list_is_sent_to_learn_its_cost_when_the_demand_reaches_ten_and_when_it_doubles() -> None:
    chooser = Chooser(Batching.AUTOMATIC, workers=8)
    chooser.costs.single(0.001)
    probes = []
    for count in (5, 9, 10, 15, 19, 20, 39, 40, 41):
        if chooser.measured(demand(count), now=0.0):
            probes.append(count)
            chooser.received(0.0, 1.0, demand(count), is_full=False, is_probe=True)
    assert (probes, chooser.uses_lists(0.0)) == ([10, 20, 40], False)


def test_the_demand_is_measured_again_after_a_quarter_of_the_operations_asked() -> None:
    chooser = Chooser(Batching.AUTOMATIC, workers=8)
    assert [chooser.asked() for _ in range(10)] == [False] * 9 + [True]
    chooser.measured(demand(100), now=0.0)
    assert [chooser.asked() for _ in range(25)] == [False] * 24 + [True]


def test_a_list_that_fails_is_followed_by_a_pause_that_grows(caplog: pytest.LogCaptureFixture) -> None:
    chooser = Chooser(Batching.ALWAYS, workers=8)
    with caplog.at_level(logging.DEBUG, "rxeryph"):
        chooser.failed(ValueError("broken"), now=100.0)
    assert "polling each by itself for 2 s: broken" in caplog.text
    assert not chooser.uses_lists(101.9)
    assert chooser.uses_lists(102.0)
    assert [pause_after(each) for each in (1, 2, 3, 99)] == [PAUSE, 2 * PAUSE, 4 * PAUSE, LONGEST_PAUSE]


def test_a_change_of_the_choice_is_logged_with_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    chooser = Chooser(Batching.AUTOMATIC, workers=8)
    chooser.costs.single(0.02)
    with caplog.at_level(logging.DEBUG, "rxeryph"):
        chooser.received(0.0, 0.05, demand(100), is_full=False, is_probe=True)
        chooser.received(0.0, 0.05, demand(101), is_full=False, is_probe=False)
        chooser.received(0.0, 0.05, demand(2), is_full=False, is_probe=False)
    first, second = caplog.messages
    assert "with lists" in first
    assert "100 requests of 20 ms against a list of 50 ms" in first
    assert "each by itself: a list would save only 2 requests" in second


@pytest.mark.parametrize(("batching", "uses"), [(Batching.NEVER, False), (Batching.ALWAYS, True)])
def test_never_and_always_do_not_depend_on_the_demand(batching: Batching, uses: bool) -> None:
    chooser = Chooser(batching, workers=8)
    for count in (1, 1000):
        assert not chooser.measured(demand(count), now=0.0)
        chooser.received(0.0, 0.001 * count, demand(count), is_full=False, is_probe=False)
        assert chooser.uses_lists(9.0) is uses
