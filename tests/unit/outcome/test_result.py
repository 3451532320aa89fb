"""What came of an operation: its outcome as an error, and the resources it touched."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace

import pytest

from rxeryph.errors import (
    ClosedError,
    MissingResultError,
    NotFoundError,
    OperationCancelledError,
    OperationError,
    OperationFailedError,
    ServerError,
)
from rxeryph.model import (
    Catlet,
    CatletStatus,
    Operation,
    OperationResource,
    Project,
    ResourceType,
    VirtualDisk,
    VirtualNetwork,
)
from rxeryph.outcome import PROJECT as PROJECT_KEY
from rxeryph.outcome import Fetch, Fetchers, OperationResult
from tests.unit.samples import (
    CANCELLED,
    CATLET,
    COMPLETED,
    DISK,
    FAILED,
    FULL,
    PROJECT,
    api,
    entry,
    operation,
    task,
)

WEB = Catlet("c1", "web", CatletStatus.RUNNING)


def pickled(result: OperationResult) -> OperationResult:
    again = pickle.loads(pickle.dumps(result))
    assert isinstance(again, OperationResult)
    return again


def raising(error: Exception) -> Fetch:
    def fetch(resource_id: str) -> object:
        raise error

    return fetch


def connected(shown: Operation, by_kind: Mapping[str, Fetch]) -> OperationResult:
    return Fetchers(by_kind, lambda functions: [function() for function in functions]).connect(OperationResult(shown))


@pytest.mark.parametrize(("status", "flags"), [(COMPLETED, (1, 0, 0)), (FAILED, (0, 1, 0)), (CANCELLED, (0, 0, 1))])
def test_exactly_one_outcome_is_true(status: object, flags: tuple[int, int, int]) -> None:
    result = OperationResult(operation(status))  # type: ignore[arg-type]
    assert (result.succeeded, result.failed, result.cancelled) == flags
    assert result.status is status


def test_the_result_shows_the_whole_operation() -> None:
    result = OperationResult(FULL)
    assert result.resources == FULL.resources
    assert result.tasks == FULL.tasks
    assert result.log_entries == FULL.log_entries
    assert result.projects == FULL.projects
    assert (result.result_type, result.typed_result) == ("SshChannel", FULL.result)
    assert OperationResult(operation()).result_type is None
    assert "secret" not in repr(result)


def test_success_returns_the_result_itself() -> None:
    result = OperationResult(operation(COMPLETED))
    assert result.raise_for_status() is result
    assert result.failure is None


@pytest.mark.parametrize(("status", "cls"), [(FAILED, OperationFailedError), (CANCELLED, OperationCancelledError)])
def test_a_failure_becomes_an_error_of_one_line_that_names_the_task(
    status: object, cls: type[OperationError]
) -> None:
    primary = task("t1", status=FAILED, display_name="Create catlet web")
    leaf = task("t2", "t1", FAILED, name="ResolveGenesCommand")
    failed = operation(status, tasks=(primary, leaf), message="  first\r\n\tsecond\nthird ")  # type: ignore[arg-type]
    with pytest.raises(cls) as caught:
        OperationResult(failed).raise_for_status()
    message = str(caught.value)
    assert message.splitlines() == [message]
    assert message.startswith("Operation op (Create catlet web)")
    assert message.endswith(": first second third")
    assert ("in task 'ResolveGenes'" in message) == (status is FAILED)
    assert caught.value.operation is failed
    assert caught.value.operation_id == "op"


def test_without_tasks_or_message_the_error_still_says_what_happened() -> None:
    with pytest.raises(OperationFailedError, match=r"^Operation op failed: Failed$"):
        OperationResult(operation(FAILED)).raise_for_status()
    assert OperationResult(operation(FAILED)).status_message == "Failed"


def test_a_title_of_several_lines_gives_a_message_of_one() -> None:
    failed = operation(FAILED, tasks=(task(status=FAILED, display_name="Create\ncatlet"),))
    with pytest.raises(OperationFailedError) as caught:
        OperationResult(failed).raise_for_status()
    assert "\n" not in str(caught.value)


def test_resources_are_fetched_in_their_order_and_errors_stay_with_theirs() -> None:
    broken = api(ServerError, 500)
    farm = OperationResource("r3", "f1", ResourceType.CATLET_FARM)
    answers: dict[str, Fetch] = {
        ResourceType.CATLET: lambda resource_id: WEB,
        ResourceType.VIRTUAL_DISK: raising(broken),
    }
    ok, failed, unknown = connected(operation(resources=(CATLET, DISK, farm)), answers).fetch_resources()
    assert (ok.reference, ok.value, ok.is_deleted, ok.error) == (CATLET, WEB, False, None)
    assert (failed.value, failed.is_deleted, failed.error) == (None, False, broken)
    assert isinstance(unknown.error, MissingResultError)
    assert "has a CatletFarm f1, which cannot be fetched" in str(unknown.error)


def test_a_404_after_the_end_means_deleted() -> None:
    gone = raising(api(NotFoundError, 404))
    result = connected(operation(resources=(CATLET,)), {ResourceType.CATLET: gone})
    (fetched,) = result.fetch_resources()
    assert (fetched.is_deleted, fetched.error, fetched.value) == (True, None, None)
    assert result.catlets == ()
    with pytest.raises(NotFoundError):
        _ = result.catlet


def test_nothing_touched_sends_nothing() -> None:
    assert OperationResult(operation()).fetch_resources() == ()
    assert OperationResult(operation()).catlets == ()


def test_the_first_catlet_and_the_project_are_fetched_by_their_own_id() -> None:
    asked: list[str] = []

    def fetch(value: object) -> Fetch:
        def remember(resource_id: str) -> object:
            asked.append(resource_id)
            return value

        return remember

    touched = operation(COMPLETED, resources=(DISK, CATLET), projects=(PROJECT,))
    fetchers = {ResourceType.CATLET: fetch(WEB), PROJECT_KEY: fetch(PROJECT)}
    result = connected(touched, fetchers)
    assert result.catlet is WEB
    assert result.project is PROJECT
    assert result.catlets == (WEB,)
    assert asked == ["c1", "p1", "c1"]


def test_disks_and_networks_are_fetched_like_catlets() -> None:
    others = (replace(DISK, resource_id="d2"), OperationResource("r3", "n1", ResourceType.VIRTUAL_NETWORK))
    touched = operation(COMPLETED, resources=(CATLET, *others, DISK))
    disks = {each: VirtualDisk(each, "sda") for each in ("d1", "d2")}
    network = VirtualNetwork("n1", "default")
    fetchers: dict[str, Fetch] = {
        ResourceType.VIRTUAL_DISK: disks.__getitem__,
        ResourceType.VIRTUAL_NETWORK: lambda resource_id: network,
    }
    result = connected(touched, fetchers)
    assert result.virtual_disk is disks["d2"]
    assert result.virtual_disks == (disks["d2"], disks["d1"])
    assert (result.virtual_network, result.virtual_networks) == (network, (network,))
    deleted = connected(touched, {ResourceType.VIRTUAL_DISK: raising(api(NotFoundError, 404))})
    assert deleted.virtual_disks == ()
    with pytest.raises(NotFoundError):
        _ = deleted.virtual_disk


def _catlet(result: OperationResult) -> Catlet:
    return result.catlet


def _disk(result: OperationResult) -> VirtualDisk:
    return result.virtual_disk


def _network(result: OperationResult) -> VirtualNetwork:
    return result.virtual_network


def _project(result: OperationResult) -> Project:
    return result.project


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (_catlet, "touched no catlet"),
        (_disk, "touched no virtual disk"),
        (_network, "touched no virtual network"),
        (_project, "belongs to no project"),
    ],
    ids=["catlet", "disk", "network", "project"],
)
def test_what_the_operation_does_not_have_is_said(read: Callable[[OperationResult], object], words: str) -> None:
    with pytest.raises(MissingResultError, match=words):
        read(OperationResult(operation()))


@pytest.mark.parametrize("fetchers", [{}, {ResourceType.CATLET: lambda resource_id: "no catlet"}])
def test_a_catlet_that_cannot_be_fetched_is_named(fetchers: dict[str, Fetch]) -> None:
    with pytest.raises(MissingResultError, match="Catlet c1"):
        _ = connected(operation(resources=(CATLET,)), fetchers).catlet


@pytest.mark.parametrize("again", [OperationResult, copy.copy, copy.deepcopy, replace, pickled])
def test_only_the_result_of_a_stream_is_connected(again: Callable[..., OperationResult]) -> None:
    result = connected(operation(COMPLETED, resources=(CATLET,)), {ResourceType.CATLET: lambda resource_id: WEB})
    alone = again(result.operation if again is OperationResult else result)
    assert alone == result
    assert alone.succeeded
    assert asdict(alone) == {"operation": asdict(result.operation)}
    for read in (OperationResult.fetch_resources, _catlet):
        with pytest.raises(MissingResultError, match=r"^Operation op can fetch nothing: .* not connected"):
            read(alone)
    assert result.catlet is WEB


def test_a_closed_connection_is_no_error_of_a_resource() -> None:
    closed = connected(operation(resources=(CATLET,)), {ResourceType.CATLET: raising(ClosedError("closed"))})
    with pytest.raises(ClosedError):
        closed.fetch_resources()


def test_an_error_of_one_catlet_is_raised_by_catlets() -> None:
    broken = api(ServerError, 500)
    result = connected(operation(resources=(CATLET,)), {ResourceType.CATLET: raising(broken)})
    with pytest.raises(ServerError) as caught:
        _ = result.catlets
    assert caught.value is broken


def test_entries_of_the_result_are_shared_with_the_failure() -> None:
    failed = operation(FAILED, tasks=(task(status=FAILED),), entries=(entry("l1"), entry("l2", task_id="other")))
    failure = OperationResult(failed).failure
    assert failure is not None
    assert failure.entries == (failed.log_entries[0],)
