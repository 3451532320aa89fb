"""The result of an operation: its outcome as an error, and the resources it touched."""

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
    CatletResult,
    CatletSpecification,
    CatletStatus,
    Operation,
    OperationResource,
    OperationStatus,
    ResourceType,
    VirtualDisk,
    VirtualNetwork,
)
from rxeryph.outcome import PROJECT as PROJECT_KIND
from rxeryph.outcome import Fetch, Fetchers, OperationResult
from tests.unit.samples import CANCELLED, CATLET, COMPLETED, DISK, FAILED, FULL, PROJECT, api, entry, operation, task

WEB = Catlet("c1", "web", CatletStatus.RUNNING)
NETWORK = OperationResource("r3", "n1", ResourceType.VIRTUAL_NETWORK)
SPECIFICATION = OperationResource("r4", "s1", ResourceType.CATLET_SPECIFICATION)


def raising(error: Exception) -> Fetch:
    def fetch(resource_id: str) -> object:
        raise error

    return fetch


def connected(shown: Operation, by_kind: Mapping[str, Fetch]) -> OperationResult:
    return Fetchers(by_kind, lambda functions: [function() for function in functions]).connect(OperationResult(shown))


def with_catlet(fetch: Fetch) -> OperationResult:
    return connected(operation(COMPLETED, resources=(CATLET,)), {ResourceType.CATLET: fetch})


@pytest.mark.parametrize(("status", "flags"), [(COMPLETED, (1, 0, 0)), (FAILED, (0, 1, 0)), (CANCELLED, (0, 0, 1))])
def test_exactly_one_outcome_is_true(status: OperationStatus, flags: tuple[int, int, int]) -> None:
    result = OperationResult(operation(status))
    assert (result.succeeded, result.failed, result.cancelled) == flags
    assert (result.status, result.status_message) == (status, status.value)
    assert (result.failure is not None) == result.failed


def test_the_result_shows_the_whole_operation() -> None:
    result = OperationResult(FULL)
    for member in ("resources", "tasks", "log_entries", "projects"):
        assert getattr(result, member) == getattr(FULL, member)
    assert (result.result_type, result.typed_result) == ("SshChannel", FULL.result)
    assert OperationResult(operation()).result_type is None


def test_success_returns_the_result_itself() -> None:
    result = OperationResult(operation(COMPLETED))
    assert result.raise_for_status() is result


@pytest.mark.parametrize(
    ("status", "cls", "said"),
    [
        (FAILED, OperationFailedError, "failed in task 'ResolveGenes'"),
        (CANCELLED, OperationCancelledError, "was cancelled"),
    ],
)
def test_a_failure_is_an_error_of_one_line(status: OperationStatus, cls: type[OperationError], said: str) -> None:
    primary = task("t1", status=FAILED, display_name="Create\ncatlet web")
    leaf = task("t2", "t1", FAILED, name="ResolveGenesCommand")
    failed = operation(status, tasks=(primary, leaf), message="  first\r\n\tsecond\nthird ")
    with pytest.raises(cls) as caught:
        OperationResult(failed).raise_for_status()
    assert str(caught.value) == f"Operation op (Create catlet web) {said}: first second third"
    assert (caught.value.operation, caught.value.operation_id) == (failed, "op")


def test_without_tasks_or_message_the_error_still_says_what_happened() -> None:
    with pytest.raises(OperationFailedError, match=r"^Operation op failed: Failed$"):
        OperationResult(operation(FAILED)).raise_for_status()


def test_resources_are_fetched_in_order_and_errors_stay_with_theirs() -> None:
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
    result = with_catlet(raising(api(NotFoundError, 404)))
    (fetched,) = result.fetch_resources()
    assert (fetched.is_deleted, fetched.error, fetched.value) == (True, None, None)
    assert result.catlets == ()
    with pytest.raises(NotFoundError):
        _ = result.catlet


def test_an_error_of_one_catlet_is_raised_by_catlets() -> None:
    broken = api(ServerError, 500)
    with pytest.raises(ServerError) as caught:
        _ = with_catlet(raising(broken)).catlets
    assert caught.value is broken


def test_a_closed_connection_is_no_error_of_a_resource() -> None:
    with pytest.raises(ClosedError):
        with_catlet(raising(ClosedError("closed"))).fetch_resources()


def test_nothing_touched_sends_nothing() -> None:
    assert OperationResult(operation()).fetch_resources() == ()
    assert OperationResult(operation()).catlets == ()


def test_each_kind_is_fetched_by_the_ids_of_its_resources_in_order() -> None:
    other = replace(DISK, resource_id="d2")
    touched = operation(COMPLETED, resources=(other, CATLET, NETWORK, DISK, SPECIFICATION), projects=(PROJECT,))
    disks = {each: VirtualDisk(each, "sda") for each in ("d1", "d2")}
    network, specification = VirtualNetwork("n1", "default"), CatletSpecification("s1", "web")
    by_kind: dict[str, Fetch] = {
        ResourceType.CATLET: {"c1": WEB}.__getitem__,
        ResourceType.VIRTUAL_DISK: disks.__getitem__,
        ResourceType.VIRTUAL_NETWORK: {"n1": network}.__getitem__,
        ResourceType.CATLET_SPECIFICATION: {"s1": specification}.__getitem__,
        PROJECT_KIND: {"p1": PROJECT}.__getitem__,
    }
    result = connected(touched, by_kind)
    assert (result.catlet, result.catlets) == (WEB, (WEB,))
    assert (result.virtual_disk, result.virtual_disks) == (disks["d2"], (disks["d2"], disks["d1"]))
    assert (result.virtual_network, result.virtual_networks) == (network, (network,))
    assert (result.catlet_specification, result.catlet_specifications) == (specification, (specification,))
    assert result.project == PROJECT


def test_the_catlet_that_was_made_comes_before_others() -> None:
    touched = operation(COMPLETED, resources=(CATLET,), result=CatletResult("made"))
    made = replace(WEB, id="made")
    assert connected(touched, {ResourceType.CATLET: {"made": made}.__getitem__}).catlet == made


READERS: dict[str, Callable[[OperationResult], object]] = {
    "touched no catlet": lambda result: result.catlet,
    "touched no catlet specification": lambda result: result.catlet_specification,
    "touched no virtual disk": lambda result: result.virtual_disk,
    "touched no virtual network": lambda result: result.virtual_network,
    "belongs to no project": lambda result: result.project,
}


@pytest.mark.parametrize("words", READERS)
def test_a_missing_resource_is_named(words: str) -> None:
    with pytest.raises(MissingResultError, match=f"^Operation op {words}.$"):
        READERS[words](OperationResult(operation()))


def test_a_catlet_that_cannot_be_fetched_is_named() -> None:
    by_kinds: tuple[dict[str, Fetch], ...] = ({}, {ResourceType.CATLET: lambda resource_id: "no catlet"})
    for by_kind in by_kinds:
        with pytest.raises(MissingResultError, match="Catlet c1"):
            _ = connected(operation(resources=(CATLET,)), by_kind).catlet


@pytest.mark.parametrize(
    "again",
    [
        lambda result: OperationResult(result.operation),
        copy.copy,
        copy.deepcopy,
        replace,
        lambda result: pickle.loads(pickle.dumps(result)),
    ],
)
def test_only_the_result_of_a_stream_is_connected(again: Callable[[OperationResult], OperationResult]) -> None:
    result = with_catlet(lambda resource_id: WEB)
    alone = again(result)
    assert alone == result
    assert alone.succeeded
    assert asdict(alone) == {"operation": asdict(result.operation)}
    for read in (OperationResult.fetch_resources, READERS["touched no catlet"]):
        with pytest.raises(MissingResultError, match=r"^Operation op can fetch nothing: .* not connected"):
            read(alone)
    assert result.catlet is WEB


def test_the_failure_has_the_entries_of_the_result() -> None:
    failed = operation(FAILED, tasks=(task(status=FAILED),), entries=(entry("l1"), entry("l2", task_id="other")))
    failure = OperationResult(failed).failure
    assert failure is not None
    assert failure.entries == (failed.log_entries[0],)
