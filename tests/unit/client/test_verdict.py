"""The server can validate a configuration before it is submitted."""

from __future__ import annotations

import pytest

import rxeryph
from rxeryph.client import ComputeClient
from rxeryph.errors import InvalidRequestError
from rxeryph.model import ValidationIssue
from tests.calls import FILLED, find
from tests.canned import Canned

VALIDATE = "/v1/catlets/config/validate"


class Judging(Canned):
    """A server with a fixed verdict on every configuration."""

    def __init__(self, verdict: object) -> None:
        super().__init__()
        self.verdict = verdict

    def answer(self, method: str, path: str) -> object:
        return self.verdict if path == VALIDATE else super().answer(method, path)


@pytest.mark.parametrize("name", ["catlets.create", "catlets.update"])
def test_a_valid_configuration_is_submitted_as_the_server_validated_it(name: str) -> None:
    transport, call = Judging({"is_valid": True}), find(name)
    call(ComputeClient(transport), validate=True)
    assert transport.sent == [("POST", VALIDATE, {"configuration": FILLED}), call.request]


@pytest.mark.parametrize("name", ["catlets.create", "catlets.update"])
def test_an_invalid_configuration_is_not_submitted(name: str) -> None:
    issues = [
        {"member": "$.name", "message": "Too long."},
        {"member": "$.name", "message": "Bad."},
        {"message": "No."},
    ]
    transport = Judging({"is_valid": False, "errors": issues})
    with pytest.raises(
        InvalidRequestError, match=r"Nothing was submitted.*\$\.name: Too long\. Bad\.; \$: No\."
    ) as caught:
        find(name)(ComputeClient(transport), validate=True)
    assert caught.value.errors == {"$.name": ("Too long.", "Bad."), "$": ("No.",)}
    assert [path for _, path, _ in transport.sent] == [VALIDATE]


def test_a_verdict_on_what_is_wrong_here_asks_no_server() -> None:
    transport = Judging({"is_valid": True})
    catlets = ComputeClient(transport).catlets
    verdict = catlets.validate_config("name: web\nparnet: acme/linux")
    assert not verdict.is_valid
    assert verdict.errors == (
        ValidationIssue("there is no such member (the string, line 2). Did you mean 'parent'?", "$.parnet"),
    )
    with pytest.raises(InvalidRequestError, match="Did you mean 'parent'"):
        catlets.create({"parnet": "acme/linux"}, validate=True)
    assert transport.sent == []
    assert catlets.validate_config({"name": "web"}).is_valid
    assert transport.sent[-1] == ("POST", VALIDATE, {"configuration": {"name": "web"}})


def test_the_simulator_validates_before_anything_begins(
    eryph: rxeryph.Eryph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rxeryph.client.catlets.check_configuration", lambda given, *_, **__: given)
    with pytest.raises(InvalidRequestError) as caught:
        eryph.catlets.create({"parent": "nonsense"}, validate=True)
    assert list(caught.value.errors) == ["$.parent"]
    assert eryph.operations.list() == ()
    assert eryph.catlets.create({"name": "web"}, validate=True).wait().catlet.name == "web"
