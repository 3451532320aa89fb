"""A catlet comes with its configuration on request, if the server has one."""

from __future__ import annotations

import pytest

from rxeryph.client import ComputeClient
from rxeryph.errors import ApiError, InvalidRequestError, NotFoundError
from tests.calls import CATLET, ID
from tests.canned import Canned


class OneCatlet(Canned):
    """A server with one catlet; its configuration may be an error."""

    def __init__(self, configuration: object, *, is_deprecated: bool = False) -> None:
        super().__init__({**CATLET, "is_deprecated": is_deprecated})
        self.configuration = configuration

    def answer(self, method: str, path: str) -> object:
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
