"""A change that is submitted once: what the journal and the server say, and what is done about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from rxeryph.errors import (
    AccessDeniedError,
    ConfigurationError,
    ConflictError,
    JournalConflictError,
    JournalError,
    SubmissionUnknownError,
    TransportError,
)
from rxeryph.journal import Record, intents
from rxeryph.journal.intents import Intent, Request, Story, dump_intent, dump_refusal, story_of
from rxeryph.journal.once import seen
from rxeryph.journal.records import Folded, is_first, is_last
from rxeryph.journal.steps import MINUTE, Step, next_step
from rxeryph.journal.submission import operation_id_of
from tests.unit.journal.submitting import ID, KEY, REQUEST, Fate, Killed, Process, World
from tests.unit.samples import QUEUED, operation

NOW = datetime(2026, 5, 28, tzinfo=UTC)
OTHER = Request("catlets.create 'db'", b"{}")


@pytest.fixture(autouse=True)
def quick_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intents, "COST", 2)


def intent(age: float = 0.0) -> Intent:
    return Intent("catlets.create 'web'", b"salt", b"digest", NOW - timedelta(seconds=age))


NEW = Story()
SENT, LOST = Story(1, intent(10)), Story(1, intent(MINUTE), tries=1)
LOST_TWICE = Story(2, intent(MINUTE), intent(200), tries=2)
GIVEN_UP = Story(3, intent(10), intent(200), tries=2, is_given_up=True)
REFUSED, LATE = Story(2), Story(3, earlier=intent(200))
OLD = Story(1, intent(30 * 24 * 3600), tries=1)


@pytest.mark.parametrize(
    ("story", "is_alone", "expected"),
    [
        (NEW, True, Step.SEND),
        (NEW, False, Step.WAIT),
        (SENT, True, Step.WAIT),
        (LOST, False, Step.WAIT),
        (LOST, True, Step.SEND),
        (LOST_TWICE, True, Step.GIVE_UP),
        (LOST_TWICE, False, Step.WAIT),
        (REFUSED, True, Step.SEND),
        (LATE, True, Step.SEND),
        (GIVEN_UP, False, Step.GIVE_UP),
        (OLD, True, Step.ASK),
        (OLD, False, Step.WAIT),
    ],
)
def test_the_journal_and_the_lease_say_what_to_do_about_an_operation_that_is_not_found(
    story: Story, is_alone: bool, expected: Step
) -> None:
    assert next_step(story, is_alone=is_alone, now=NOW) is expected


@pytest.mark.parametrize(
    ("ahead", "expected"), [(-300, Step.SEND), (-30, Step.WAIT), (30, Step.WAIT), (300, Step.SEND)]
)
def test_a_clock_that_is_far_wrong_makes_no_one_wait(ahead: float, expected: Step) -> None:
    story = Story(1, intent(0), tries=1)
    now = NOW + timedelta(seconds=ahead)
    assert next_step(story, is_alone=True, now=now) is expected


def stored(*content: bytes) -> list[Record]:
    return [Record(number + 1, ID, number, NOW, data) for number, data in enumerate(content)]


def test_a_key_is_unicode() -> None:
    assert operation_id_of("größe") == operation_id_of("größe")
    with pytest.raises(ConfigurationError, match=r"The key '\\udcff' is not Unicode. Nothing was sent.") as caught:
        operation_id_of("\udcff")
    assert caught.value.member == "once"


def test_the_records_say_what_became_of_a_submit() -> None:
    first, second = dump_intent(REQUEST), dump_intent(OTHER)
    refused = dump_refusal(ConflictError("409", status=409, method="POST", url=""))
    shown = seen(operation(QUEUED, id=ID))
    assert first != dump_intent(REQUEST)
    story = story_of(stored(first, first))
    assert (story.next, story.tries, story.intent, story.seen) == (2, 2, story.sent, None)
    story = story_of(stored(first, refused, second))
    assert story.intent is not None
    assert (story.tries, story.intent.is_for(OTHER), story.intent.is_for(REQUEST)) == (1, True, False)
    story = story_of(stored(first, first, refused))
    assert (story.tries, story.intent) == (0, None)
    assert story.sent is not None
    story = story_of(stored(first, shown, b"which is not read"))
    assert story.seen is not None
    assert story.seen.number == 1


def test_an_intent_has_no_secret_and_no_cheap_digest_of_one() -> None:
    request = Request("catlets.create 'web'", b'{"password": "1234"}')
    one, other = (json.loads(dump_intent(request))["intent"] for _ in range(2))
    assert "1234" not in str(one)
    assert one["request"] == "catlets.create 'web'"
    assert one["salt"] != other["salt"]
    assert one["digest"] != other["digest"]


@pytest.mark.parametrize("content", [b'{"request": "r"}', b'{"request": "r", "salt": "x", "digest": ""}', b"7"])
def test_a_damaged_or_newer_intent_is_an_error(content: bytes) -> None:
    for version, message in (1, "not a complete intent"), (2, "it has version 2.* Update rxeryph"):
        data = b'{"rxeryph": "record", "version": %d, "intent": %s}' % (version, content)
        with pytest.raises(JournalError, match=message) as caught:
            story_of(stored(data))
        assert caught.value.is_permanent


def test_other_readers_count_these_records_and_pass_over_them() -> None:
    refused = dump_refusal(TransportError("no", method="POST", url=""))
    records = stored(dump_intent(Request("'finished'", b"")), refused, dump_intent(REQUEST), seen(operation(id=ID)))
    folded, read = Folded(), []
    for record in records:
        folded, events = folded.after(record)
        read.append(len(events))
    assert (folded.next, read) == (4, [0, 0, 0, 1])
    assert [*map(is_first, records)] == [False, False, False, True]
    assert [*map(is_last, records)] == [False] * 4


def test_a_key_is_sent_once_and_answered_from_the_journal_then() -> None:
    world = World()
    assert Process(world).submit().id == ID == operation_id_of(KEY)
    again = Process(world)
    assert again.submit().id == ID
    assert (world.sent, world.kinds, again.prepared) == (1, ["intent", "events"], 0)
    assert not world.journal.is_taken(f"submit {ID}")


@pytest.mark.parametrize("answer", ["refused", "unsent"])
def test_a_refused_key_may_be_used_for_a_corrected_request_at_once(answer: str) -> None:
    world = World()
    with pytest.raises(ConflictError if answer == "refused" else AccessDeniedError):
        Process(world, answer=answer).submit()
    assert Process(world, request=OTHER).submit().id == ID
    assert world.kinds == ["intent", "refusal", "intent", "events"]


@pytest.mark.parametrize("answer", ["accepted", "late"])
def test_another_request_needs_another_key(answer: str) -> None:
    world = World()
    if answer == "late":
        with pytest.raises(TransportError):
            Process(world, answer="late", held=20.0).submit()
    else:
        Process(world).submit()
    with pytest.raises(
        ConfigurationError, match=r"was used at .* for catlets.create 'web'.* this catlets.create 'db'"
    ):
        Process(world, request=OTHER).submit()
    assert world.sent == 1


def test_a_sender_that_died_before_its_request_blocks_the_key_for_a_minute() -> None:
    world = World()
    killed_before(world, "send")
    with pytest.raises(SubmissionUnknownError, match=r"Call again with the same key in 5\d s") as caught:
        Process(world).submit()
    assert caught.value.operation_id == ID
    assert caught.value.retry_after is not None
    world.wait(caught.value.retry_after)
    assert Process(world).submit().id == ID
    assert (world.sent, world.kinds) == (1, ["intent", "intent", "events"])


def test_a_sender_that_died_before_its_answer_has_submitted() -> None:
    world = World()
    killed_before(world, "sent")
    assert Process(world).submit().id == ID
    assert (world.sent, world.kinds) == (1, ["intent", "events"])


def test_a_request_that_arrives_late_is_waited_for() -> None:
    world = World()
    with pytest.raises(TransportError, match=f"Call again with the key '{KEY}' in 60 s to find out"):
        Process(world, answer="late", held=3.0).submit()
    assert Process(world).submit().id == ID
    assert world.sent == 1


@pytest.mark.parametrize("wall", [0.0, 300.0, -300.0])
@pytest.mark.parametrize("after", [1.0, 40.0])
def test_no_clock_is_trusted_while_a_request_may_arrive(wall: float, after: float) -> None:
    world = World()
    with pytest.raises(TransportError):
        Process(world, answer="late", held=48.0).submit()
    world.wait(after)
    with pytest.raises(SubmissionUnknownError):
        Process(world, wall=wall).submit()
    world.wait(20.0 if after > 1 else 59.0)
    assert Process(world, wall=wall).submit().id == ID
    assert world.sent == 1


def test_leases_that_a_restart_has_ended_make_no_one_hurry() -> None:
    world = World()
    with pytest.raises(TransportError):
        Process(world, answer="late", held=30.0).submit()
    world.journal.owners.clear()
    with pytest.raises(SubmissionUnknownError):
        Process(world).submit()
    assert world.sent == 1


def test_two_lost_requests_are_enough() -> None:
    world = World()
    for _ in range(2):
        with pytest.raises(TransportError):
            Process(world, answer="lost").submit()
        world.wait(MINUTE)
    with pytest.raises(SubmissionUnknownError, match=r"2 requests .* have been lost.* use another key") as caught:
        Process(world).submit()
    assert caught.value.retry_after is None
    assert world.sent == 2


def test_what_the_server_may_have_deleted_is_not_submitted_again() -> None:
    world = World()
    killed_before(world, "sent")
    assert world.kinds == ["intent"]
    assert world.shown() is not None
    world.accepted = 0  # it is deleted
    world.wait(30 * 24 * 3600)
    with pytest.raises(
        SubmissionUnknownError, match=r"announced at 2026-05-28 .* deletes old ones.* use another key"
    ) as caught:
        Process(world).submit()
    assert caught.value.retry_after is None
    assert world.sent == 1


def test_a_key_that_was_given_up_stays_given_up() -> None:
    world = World()
    with pytest.raises(TransportError):
        Process(world, answer="lost").submit()
    world.wait(MINUTE)

    def stop(step: str) -> None:
        if step == "send":
            world.wait(MINUTE)
            with pytest.raises(SubmissionUnknownError, match="no other is sent"):
                Process(world).submit()

    with pytest.raises(TransportError, match="too much time has passed"):
        Process(world, before=stop).submit()
    with pytest.raises(SubmissionUnknownError, match="no other is sent"):
        Process(world).submit()
    assert (world.sent, world.kinds) == (1, ["intent", "intent", "loss"])


def test_after_a_refusal_the_request_before_it_may_still_be_found() -> None:
    world = World()
    with pytest.raises(TransportError):
        Process(world, answer="late", held=61.5).submit()
    world.wait(61)
    with pytest.raises(ConflictError):
        Process(world, answer="refused").submit()
    world.wait(1)
    with pytest.raises(ConfigurationError, match="was used at"):
        Process(world, request=OTHER).submit()
    assert Process(world).submit().id == ID


def test_a_stopped_process_does_not_send_what_another_may_have_sent() -> None:
    world = World()

    def stop(step: str) -> None:
        if step == "send":
            world.wait(2 * MINUTE)
            assert Process(world).submit().id == ID

    with pytest.raises(TransportError, match="was not sent: too much time has passed"):
        Process(world, before=stop).submit()
    assert world.sent == 1
    assert world.kinds == ["intent", "intent", "events"]


def test_a_process_that_was_stopped_before_its_look_finds_what_another_has_submitted_meanwhile() -> None:
    world = World()

    def stop(step: str) -> None:
        if step == "look":
            world.wait(MINUTE)
            assert Process(world).submit().id == ID

    assert Process(world, before=stop).submit().id == ID
    assert (world.sent, world.kinds) == (1, ["intent", "events"])


def test_an_operation_that_another_journal_submitted_is_not_ours() -> None:
    world = World()
    world.post(0.0)
    with pytest.raises(ConfigurationError, match=f"Operation {ID} of the key '{KEY}' exists") as caught:
        Process(world).submit()
    assert caught.value.operation_id == ID
    world.journal.append(ID, 0, seen(operation(QUEUED, id=ID)))  # a relay has seen it
    with pytest.raises(ConfigurationError, match="another journal has the same key"):
        Process(world).submit()
    assert (world.sent, world.kinds) == (1, ["events"])


FULL_DISK = JournalError("the disk is full")


@pytest.mark.parametrize("step", ["read", "acquire", "append"])
def test_a_journal_that_fails_at_the_intent_sends_nothing(step: str) -> None:
    world = World()

    def fail(found: str) -> None:
        world.journal.failing = FULL_DISK if found == step else None

    with pytest.raises(JournalError, match="full"):
        Process(world, before=fail).submit()
    world.journal.failing = None
    assert world.sent == 0
    assert Process(world).submit().id == ID


def test_an_intent_that_was_stored_although_the_journal_failed_is_withdrawn() -> None:
    world = World()

    def fail(step: str) -> None:
        if step == "appended" and not world.kinds[1:]:
            raise FULL_DISK

    with pytest.raises(JournalError):
        Process(world, before=fail).submit()
    assert world.kinds == ["intent", "refusal"]
    assert Process(world).submit().id == ID


def test_an_intent_that_was_not_stored_withdraws_none_of_another_process() -> None:
    world = World()
    steps: list[str] = []

    def fail(step: str) -> None:
        steps.append(step)
        if step == "append" and steps.count("append") == 1:
            raise FULL_DISK
        if steps[-2:-1] == ["append"]:
            world.wait(MINUTE)
            with pytest.raises(TransportError):
                Process(world, answer="late").submit()

    with pytest.raises(JournalError):
        Process(world, before=fail).submit()
    assert Process(world).submit().id == ID
    assert (world.sent, world.kinds) == (1, ["intent", "events"])


def test_an_intent_whose_answer_was_lost_is_recognised() -> None:
    world = World()
    world.journal.fails_after_append = True
    assert Process(world).submit().id == ID
    assert (world.sent, world.kinds) == (1, ["intent", "events"])


@pytest.mark.parametrize("error", [FULL_DISK, JournalConflictError("said", operation_id=ID, number=1)])
def test_a_journal_that_fails_after_the_answer_loses_nothing(error: JournalError) -> None:
    world = World()

    def fail(step: str) -> None:
        world.journal.failing = error if world.sent else None

    assert Process(world, before=fail).submit().id == ID
    world.journal.failing = None
    world.wait(MINUTE)
    assert Process(world).submit().id == ID
    assert (world.sent, world.kinds) == (1, ["intent", "events"])


def test_a_server_that_is_away_costs_no_intent() -> None:
    away = TransportError("no route", method="GET", url="https://eryph", may_have_arrived=False)

    def leave(step: str) -> None:
        if step == "look":
            raise away

    world = World()
    with pytest.raises(TransportError) as caught:
        Process(world, before=leave).submit()
    assert caught.value.operation_id is None
    assert world.kinds == []
    killed_before(world, "send")
    with pytest.raises(TransportError) as caught:
        Process(world, before=leave).submit()
    assert caught.value.operation_id == ID


def test_the_faster_process_sends() -> None:
    """The other process announces the request between the look and the intent of this one."""
    world = World()
    others: list[Callable[[], object]] = [Process(world).submit]

    def overtaken(step: str) -> None:
        if step == "append" and others:
            world.wait(MINUTE)
            others.pop()()

    assert Process(world, before=overtaken).submit().id == ID
    assert world.sent == 1


def killed_before(world: World, step: str) -> None:
    """A process submits, and is killed before that step."""
    rehearsal = Fate(None)
    Process(World(), before=rehearsal).submit()
    with pytest.raises(Killed):
        Process(world, before=Fate(rehearsal.steps.index(step))).submit()
