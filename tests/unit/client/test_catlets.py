"""A catlet comes with its configuration on request, if the server has one, and is changed by parts of it."""

from __future__ import annotations

from typing import Any

import pytest

from rxeryph.client import ComputeClient
from rxeryph.errors import ApiError, ApiVersionError, InvalidRequestError, NotFoundError
from rxeryph.model import CatletChange, Difference, Operation
from tests.calls import CATLET, ID, INVALID, OPERATION, OTHER
from tests.canned import VERSION, Canned


class OneCatlet(Canned):
    """A server with one catlet; its configuration may be an error."""

    def __init__(self, configuration: object, *, is_deprecated: bool = False) -> None:
        super().__init__({**CATLET, "is_deprecated": is_deprecated})
        self.configuration = configuration
        self.verdict: object = {"is_valid": True}

    def answer(self, method: str, path: str) -> object:
        if path.endswith("/validate"):
            return self.verdict
        if method == "PUT":
            return OPERATION
        if not path.endswith("/config"):
            return super().answer(method, path)
        if isinstance(self.configuration, Exception):
            raise self.configuration
        return {"configuration": self.configuration}


def refused(kind: type[ApiError], status: int) -> ApiError:
    return kind("no", status=status, method="GET", url="x")


def test_the_configuration_takes_a_second_request() -> None:
    transport = OneCatlet({"cpu": {"count": 2}, "memory": {"startup": 2048}})
    catlets = ComputeClient(transport).catlets
    catlet, plain = catlets.get(ID, with_configuration=True), catlets.get(ID)
    assert (catlet.cpu_count, catlet.memory_startup) == (2, 2048)
    assert (plain.cpu_count, plain.memory_startup) == (None, None)
    assert plain == catlet
    assert [path for _, path, _ in transport.sent] == [
        f"/v1/catlets/{ID}",
        f"/v1/catlets/{ID}/config",
        f"/v1/catlets/{ID}",
    ]


def test_a_catlet_may_have_no_configuration() -> None:
    transport = OneCatlet(refused(NotFoundError, 404))
    assert ComputeClient(transport).catlets.get(ID, with_configuration=True).configuration is None


def test_only_a_deprecated_catlet_may_have_its_configuration_refused() -> None:
    error = refused(InvalidRequestError, 400)
    deprecated = ComputeClient(OneCatlet(error, is_deprecated=True)).catlets
    assert deprecated.get(ID, with_configuration=True).configuration is None
    with pytest.raises(InvalidRequestError):
        ComputeClient(OneCatlet(error)).catlets.get(ID, with_configuration=True)


PLAIN = {"name": "web", "memory": {"startup": 1024}, "fodder": [{"source": "gene:a/b/c:d", "content": "x"}]}
MORE = {"memory": {"startup": 2048}}
CHANGED = {"name": "web", **MORE}
READ = ("GET", f"/v1/catlets/{ID}/config", None)
ASKED = ("POST", "/v1/catlets/config/validate", {"configuration": CHANGED})
SENT = ("PUT", f"/v1/catlets/{ID}", {"configuration": CHANGED})


@pytest.mark.parametrize(
    ("options", "requests"),
    [
        ({}, [VERSION, READ, ASKED, SENT]),
        ({"validate": False, "correlation_id": OTHER}, [VERSION, READ, SENT]),
        ({"dry_run": True}, [VERSION, READ, ASKED]),
        ({"dry_run": True, "validate": False}, [VERSION, READ]),
    ],
)
def test_a_change_reads_validates_and_sends(options: dict[str, Any], requests: list[object]) -> None:
    transport = OneCatlet(PLAIN)
    result = ComputeClient(transport).catlets.change(ID, MORE, **options)
    assert transport.sent == requests
    if "dry_run" in options:
        assert result == CatletChange(CHANGED, (Difference("$.configuration.memory.startup", 1024, 2048),))
    else:
        assert isinstance(result, Operation)
        assert transport.correlation_ids == [result.id]
        assert options.get("correlation_id", result.id) == result.id


def explode(configuration: object) -> None:
    raise LookupError("mine")


@pytest.mark.parametrize(
    ("change", "error", "path"),
    [
        (explode, LookupError, None),
        (lambda configuration: 7, InvalidRequestError, "$.configuration"),
        ({"fodder": []}, InvalidRequestError, "$.configuration.fodder"),
    ],
)
def test_nothing_is_sent_for_a_change_that_cannot_be_made(
    change: Any, error: type[Exception], path: str | None
) -> None:
    transport = OneCatlet(PLAIN)
    with pytest.raises(error) as caught:
        ComputeClient(transport).catlets.change(ID, change)
    assert transport.sent == [VERSION, READ]
    assert path is None or path in getattr(caught.value, "errors", {})


def test_nothing_is_sent_for_a_change_that_the_server_finds_invalid() -> None:
    transport = OneCatlet(PLAIN)
    transport.verdict = INVALID
    with pytest.raises(InvalidRequestError, match=r"\$\.name: Bad"):
        ComputeClient(transport).catlets.change(ID, MORE)
    assert transport.sent == [VERSION, READ, ASKED]


@pytest.mark.parametrize("change", [{"name": "a_b"}, 7, "name: [", None])
def test_nothing_at_all_is_sent_for_a_change_that_is_none(change: Any) -> None:
    transport = OneCatlet(PLAIN)
    with pytest.raises(InvalidRequestError):
        ComputeClient(transport).catlets.change(ID, change)
    assert transport.sent == []


def test_an_older_server_does_not_report_enough_for_a_change() -> None:
    transport = OneCatlet(PLAIN)
    transport.minor = 1
    with pytest.raises(ApiVersionError, match=r"catlets\.change needs API 1\.2"):
        ComputeClient(transport).catlets.change(ID, MORE)
    assert transport.sent == [VERSION]
