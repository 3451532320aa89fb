"""``JournalContract``: the tests that every engine of journals has to pass.

Long because it has a test for each promise of a journal.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeAlias

import pytest

from ..errors import ClosedError, JournalConflictError, RxEryphError
from ..journal import Journal, Lease, NewRecord, Record
from ..scheduling.log import logger
from .journal_processes import APPEND, HOLD, SHARE, SOON, elsewhere, line, running

Opened: TypeAlias = Callable[[], Journal]


class JournalContract:
    """The promises of ``rxeryph.journal.Journal`` as tests. Make a subclass with a fixture ``code``, and run pytest.

    ``code`` is Python source that opens the journal under test as ``journal``: every time the same one, empty at the
    beginning of the test. It runs in this process and in others::

        class TestMyJournal(JournalContract):
            @pytest.fixture
            def code(self, tmp_path):
                return f"from my_journal import MyJournal; journal = MyJournal({str(tmp_path)!r})"

    With ``is_shared = False`` in its body, no other process is used: that is for a journal in memory, which a program
    may use in its own tests.

    Needs ``rxeryph[testing]``. Long because it has a test for each promise.
    """

    is_shared: ClassVar[bool] = True
    """Whether other processes can open the journal under test."""

    @pytest.fixture
    def code_elsewhere(self, code: str) -> str:
        """``code``, for other processes."""
        if not self.is_shared:
            pytest.skip("The journal is not shared with other processes.")
        return code

    @pytest.fixture
    def opened(self, code: str) -> Iterator[Opened]:
        """Opens the journal under test once more; all are closed at the end."""
        with ExitStack() as stack:

            def opened() -> Journal:
                names: dict[str, Any] = {}
                exec(code, names)
                journal: Journal = names["journal"]
                return stack.enter_context(closing(journal))

            yield opened

    @pytest.fixture
    def journal(self, opened: Opened) -> Journal:
        """The journal under test."""
        return opened()

    # -- records

    def test_it_has_the_methods_of_a_journal(self, journal: Journal) -> None:
        assert isinstance(journal, Journal)

    @pytest.mark.parametrize("data", [b"", b"{}", bytes(range(256)), b"x" * 100_000], ids=len)
    def test_a_record_is_read_as_it_was_appended(self, journal: Journal, data: bytes) -> None:
        before = datetime.now(UTC)
        record = journal.append("op", 0, data)
        assert (record.operation_id, record.number, record.data) == ("op", 0, data)
        assert record.position > 0
        assert abs(record.stored_at - before) < timedelta(minutes=5)
        assert [*journal.read()] == [record]

    def test_positions_grow_over_all_operations_and_numbers_within_each(self, journal: Journal) -> None:
        records = [journal.append(*each, b"") for each in (("a", 0), ("b", 0), ("a", 1), ("c", 0), ("b", 1))]
        positions = [record.position for record in records]
        assert positions == sorted({*positions})
        assert [*journal.read()] == records
        assert [*journal.read(after=positions[1])] == records[2:]
        assert [*journal.read(limit=2)] == records[:2]
        assert [*journal.read(limit=0)] == []
        assert [*journal.read(operation_id="b")] == [records[1], records[4]]
        assert [*journal.read(operation_id="a", after=positions[0], limit=1)] == [records[2]]
        assert [*journal.read(operation_id="unknown")] == [*journal.read(after=positions[-1])] == []

    @pytest.mark.parametrize(("stored", "number"), [(0, 1), (0, -1), (2, 1), (2, 3), (2, 0)])
    def test_any_number_but_the_next_one_is_a_conflict(self, journal: Journal, stored: int, number: int) -> None:
        records = [journal.append("op", each, b"") for each in range(stored)]
        with pytest.raises(JournalConflictError) as caught:
            journal.append("op", number, b"lost")
        assert (caught.value.operation_id, caught.value.number) == ("op", number)
        assert [*journal.read()] == records
        assert journal.append("op", stored, b"").number == stored

    def test_records_that_are_appended_together_are_read_as_if_each_was_appended(self, journal: Journal) -> None:
        names = (("a", 0), ("b", 0), ("a", 1), ("größe *", 0), ("b", 1))
        outcomes = journal.append_all([NewRecord(*each, b"%d" % count) for count, each in enumerate(names)])
        records = sorted((each for each in outcomes if isinstance(each, Record)), key=lambda each: each.position)
        assert [*journal.read()] == records
        assert [(each.operation_id, each.number, each.data) for each in outcomes if isinstance(each, Record)] == [
            (*each, b"%d" % count) for count, each in enumerate(names)
        ]
        assert [*journal.append_all([])] == []

    def test_of_records_that_are_appended_together_a_conflict_concerns_one(self, journal: Journal) -> None:
        stored = journal.append("a", 0, b"")
        new = [NewRecord(*each, b"") for each in (("a", 0), ("b", 0), ("c", 1), ("a", 1), ("a", 1), ("d", 0))]
        outcomes = journal.append_all(new)
        conflicts = [each for each in outcomes[::2] if isinstance(each, JournalConflictError)]
        assert [(each.operation_id, each.number) for each in conflicts] == [("a", 0), ("c", 1), ("a", 1)]
        found = {stored, *(each for each in outcomes if isinstance(each, Record))}
        assert {*journal.read()} == found
        assert len(found) == 4

    def test_of_many_appends_with_one_number_one_succeeds(self, opened: Opened) -> None:
        journals = [opened() for _ in range(3)]

        def append(number: int, name: int) -> Record | None:
            try:
                return journals[name % 3].append("op", number, b"%d" % name)
            except JournalConflictError:
                return None

        with ThreadPoolExecutor(6) as threads:
            for number in range(10):
                results = [*threads.map(append, [number] * 6, range(6))]
                (stored,) = (each for each in results if each is not None)
                assert [*journals[0].read()][number:] == [stored]

    @pytest.mark.parametrize("name", ["", "submit 1", "a.b", "*", ">", "x/y:z", "=2E", "größe \U0001f600", "n" * 200])
    def test_names_may_have_any_characters(self, opened: Opened, name: str) -> None:
        journal, other = opened(), opened()
        record = journal.append(name, 0, b"")
        assert other.append(f"{name} ", 0, b"").operation_id == f"{name} "
        assert [*other.read(operation_id=name)] == [record]
        acquired(journal, name, 60.0)
        assert other.acquire(name, "me", 60.0) is None
        acquired(other, f"{name} ", 60.0)
        journal.advance(name, record.position)
        assert (other.position(name), other.position(f"{name} ")) == (record.position, 0)

    # -- other processes

    def test_another_process_reads_what_was_appended_and_appends_itself(
        self, code_elsewhere: str, journal: Journal
    ) -> None:
        journal.append("op", 0, b"here")
        with running(
            code_elsewhere, 'journal.append("op", len(journal.read()), b"there"); print(journal.read()[0].data)'
        ) as it:
            assert it.communicate(timeout=SOON)[0] == "b'here'\n"
        assert [record.data for record in journal.read()] == [b"here", b"there"]

    def test_a_process_that_is_killed_loses_nothing_that_was_appended(
        self, code_elsewhere: str, opened: Opened
    ) -> None:
        with running(code_elsewhere, APPEND) as process:
            acknowledged = [int(line(process)) for _ in range(50)]
            process.kill()
            acknowledged += [int(each) for each in (process.stdout or ()) if each.endswith("\n")]
        journal = opened()
        records = journal.read()
        assert [record.number for record in records] == [*range(len(records))]
        assert [record.data for record in records] == [b"%d" % number for number in range(len(records))]
        assert acknowledged == [*range(len(acknowledged))]
        assert 0 <= len(records) - len(acknowledged) <= 1  # the last one may not have been reported any more
        assert journal.append("op", len(records), b"").number == len(records)

    def test_processes_that_append_at_the_same_time_share_the_numbers(
        self, code_elsewhere: str, opened: Opened
    ) -> None:
        with ExitStack() as stack:
            names = "abc"
            processes = [stack.enter_context(running(f"name = {name!r}; {code_elsewhere}", SHARE)) for name in names]
            numbers = [[int(each) for each in it.communicate(timeout=4 * SOON)[0].split()] for it in processes]
        records = opened().read()
        assert [record.number for record in records] == [*range(25 * len(names))]
        for name, own in zip(names, numbers, strict=True):
            assert [record.number for record in records if record.data == name.encode()] == own

    # -- notifications

    def test_a_subscriber_is_notified_of_appends_by_anyone(self, code: str, journal: Journal, opened: Opened) -> None:
        called = [threading.Event() for _ in range(2)]
        journal.subscribe(called[0].set)
        journal.subscribe(called[1].set, operation_id="op")
        journal.append("op", 0, b"")
        assert all(each.wait(SOON) for each in called)
        for each in called:
            each.clear()
        opened().append("op", 1, b"")
        assert all(each.wait(SOON) for each in called)
        if self.is_shared:
            for each in called:
                each.clear()
            elsewhere(code, 2)
            assert all(each.wait(SOON) for each in called)

    def test_one_record_at_a_time_is_the_next_one_also_for_who_was_notified(self, opened: Opened) -> None:
        journal, other = opened(), opened()
        called = threading.Event()
        journal.subscribe(called.set, operation_id="op")
        journal.append("op", 0, b"0")
        for number in range(1, 4):
            called.clear()
            other.append("op", number, b"%d" % number)
            other.append("another op", number - 1, b"")
            assert called.wait(SOON)
            records = [each for each in journal.read() if each.operation_id == "op"]
            for after, expected in zip([0, *(each.position for each in records)], [*records, None], strict=True):
                found = journal.read(after=after, operation_id="op", limit=1)
                assert [*found] == ([] if expected is None else [expected])

    def test_a_subscriber_that_left_is_not_called_and_one_that_raises_harms_no_other(self, opened: Opened) -> None:
        journal, other = opened(), opened()
        calls, called = list[str](), threading.Event()
        left = journal.subscribe(lambda: calls.append("left"))

        def broken() -> None:
            calls.append("broken")
            raise RuntimeError("on purpose")

        left.dispose()
        left.dispose()
        journal.subscribe(broken)
        journal.subscribe(called.set)
        logger.logger.disabled = True  # what a subscriber raises is logged
        try:
            for number in range(2):
                called.clear()
                other.append("op", number, b"")
                assert called.wait(SOON)
        finally:
            logger.logger.disabled = False
        assert {*calls} == {"broken"}

    # -- leases

    def test_a_lease_is_held_by_one_until_it_is_released(self, opened: Opened) -> None:
        one, other = opened(), opened()
        lease = acquired(one, "op", 60.0)
        assert one.acquire("op", "me", 60.0) is None
        assert other.acquire("op", "me", 60.0) is None
        assert other.acquire("another op", "me", 60.0) is not None
        assert lease.renew()
        lease.release()
        assert not lease.renew()
        acquired(other, "op", 60.0)

    def test_a_lease_that_is_over_goes_to_another_and_stays_lost(self, opened: Opened) -> None:
        one, other = opened(), opened()
        lost = acquired(one, "op", 0.05)
        held = eventually(lambda: other.acquire("op", "other", 60.0))
        assert not lost.renew()
        lost.release()
        assert one.acquire("op", "one", 60.0) is None
        assert held.renew()

    def test_a_lease_that_is_renewed_lasts(self, opened: Opened) -> None:
        one, other = opened(), opened()
        lease = acquired(one, "op", 2.0)
        waits = threading.Event()
        for _ in range(6):
            waits.wait(0.5)
            assert lease.renew()
        assert other.acquire("op", "other", 2.0) is None

    def test_the_lease_of_a_killed_process_goes_to_another(self, code_elsewhere: str, journal: Journal) -> None:
        with running(code_elsewhere, HOLD) as process:
            assert line(process) == "True"
            assert journal.acquire("op", "me", 60.0) is None
            process.kill()
            process.wait()
        assert eventually(lambda: journal.acquire("op", "me", 60.0)).renew()

    # -- consumers

    def test_the_position_of_a_consumer_lasts_and_never_goes_back(self, opened: Opened) -> None:
        journal = opened()
        assert journal.position("billing") == 0
        for position, kept in ((3, 3), (7, 7), (5, 7)):
            journal.advance("billing", position)
            assert opened().position("billing") == kept
        assert journal.position("audit") == 0

    # -- the end

    def test_a_closed_journal_does_nothing_more_and_no_harm_to_others(self, opened: Opened) -> None:
        journal, other = opened(), opened()
        journal.append("op", 0, b"")
        subscription = journal.subscribe(lambda: None)
        journal.close()
        journal.close()
        subscription.dispose()
        for call in (
            lambda: journal.append("op", 1, b""),
            lambda: journal.append_all([NewRecord("op", 1, b"")]),
            journal.read,
            lambda: journal.subscribe(lambda: None),
            lambda: journal.acquire("op", "me", 1.0),
            lambda: journal.position("billing"),
            lambda: journal.advance("billing", 1),
        ):
            with pytest.raises(ClosedError):
                call()
        assert other.append("op", 1, b"").number == 1

    def test_what_it_raises_is_of_rxeryph_and_one_line(self, journal: Journal) -> None:
        with pytest.raises(RxEryphError) as caught:
            journal.append("op", 7, b"")
        assert "\n" not in str(caught.value)
        assert "op" in str(caught.value)


def acquired(journal: Journal, name: str, seconds: float) -> Lease:
    """A lease that is free."""
    lease = journal.acquire(name, "me", seconds)
    assert lease is not None
    return lease


def eventually(acquire: Callable[[], Lease | None]) -> Lease:
    """The lease, as soon as it is free."""
    waits = threading.Event()
    for _ in range(int(SOON / 0.02)):
        lease = acquire()
        if lease is not None:
            return lease
        waits.wait(0.02)
    raise AssertionError("The lease is still in force.")
