"""What a reply means, however odd it is: only errors of our own, and none that holds the reply."""

from __future__ import annotations

import pytest

from rxeryph.client.replies import decode
from rxeryph.errors import InvalidRequestError, ServerError, TransportError
from rxeryph.http import Reply

URL = "https://eryph.example/compute/v1/operations"
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("location", "target"),
    [("http://[", "what is no URL"), ("", "nowhere"), ("/there", "nowhere"), ("https://me:pw@x:1/", "x:1")],
)
def test_a_redirect_names_the_host_only(location: str, target: str) -> None:
    with pytest.raises(TransportError, match=f"was redirected to {target}; redirects are not followed") as caught:
        decode(Reply(302, {"location": location}, b""), "GET", URL)
    assert caught.value.is_permanent


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"token": "channel-token"', "Expecting ',' delimiter at line 1, column 26"),
        (b'{"token": "channel-token\xff"}', "not UTF-8"),
        (b'["channel-token", ' + b"[" * 100_000, "nested too deeply"),
        (b'["channel-token", ' + b"1" * 5000 + b"]", "too many digits"),
        (b"channel-token", "Expecting value"),
    ],
)
def test_a_body_that_is_not_json_is_an_error_that_does_not_hold_it(body: bytes, reason: str) -> None:
    with pytest.raises(TransportError, match=f"{len(body)} bytes that are not JSON: .*{reason}") as caught:
        decode(Reply(200, JSON, body), "GET", URL)
    assert caught.value.may_have_arrived
    error: BaseException | None = caught.value
    while error is not None:
        assert "channel-token" not in f"{error!r} {vars(error)}"
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("body", [b"[" * 100_000, b"\xff", b"null", b'{"title": [], "errors": 5}', b"1" * 5000])
def test_an_error_with_an_odd_document_is_still_that_error(body: bytes) -> None:
    with pytest.raises(InvalidRequestError, match="400 Bad Request"):
        decode(Reply(400, JSON, body), "POST", URL)
    with pytest.raises(ServerError, match="599 without an explanation"):
        decode(Reply(599, JSON | {"retry-after": "1" * 500, "date": "+9999"}, body), "POST", URL)
