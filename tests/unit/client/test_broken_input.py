"""Broken input is an InvalidRequestError that names the place; no other error leaves the client, and none hangs."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rxeryph.cli.app import run
from rxeryph.client import ComputeClient
from rxeryph.configuration.documents import read_document
from rxeryph.configuration.preparing import prepared
from rxeryph.configuration.variables import fill_in
from rxeryph.configuration.yaml_text import DEEPEST, MOST, read_yaml
from rxeryph.errors import InvalidRequestError
from tests.calls import ID
from tests.canned import Canned
from tests.unit.credentials.test_secrets import PEM

HALF = "a\ud800b"
HUGE = 10**5000


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(InvalidRequestError) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("cpu: !!int ''", "$.configuration.cpu: it is not a number"),
        ("cpu: !!int '-'", "$.configuration.cpu: it is not a number"),
        ("a: [1, !!float '']", "$.configuration.a[1]: it is not a number"),
        ("cpu: " + "9" * 5000, "$.configuration.cpu: it is not a number"),
        ("cpu: 0x" + "f" * 5000, "$.configuration.cpu: the number is larger than 64 bits"),
        ("cpu: 18446744073709551616", "$.configuration.cpu: the number is larger than 64 bits"),
        ('{"cpu": ' + "9" * 5000 + "}", "a number is too long"),
        ({"a": [{"cpu": HUGE}]}, "$.configuration.a[0].cpu: the number is larger than 64 bits"),
        ('{"a": "\\ud800"}', "$.configuration.a: it has half a surrogate pair"),
        ('a: "\\udfff"', "$.configuration.a: it has half a surrogate pair"),
        ({"a": [HALF]}, "$.configuration.a[0]: it has half a surrogate pair at character 1"),
        ({"a": {HALF: 1}}, "$.configuration.a: it has half a surrogate pair"),
        ("a: " + "[" * 100_000, f"line 1, column {DEEPEST + 4}: it is nested more than {DEEPEST} levels deep"),
        ("\n".join(" " * depth + "a:" for depth in range(2000)), f"line {DEEPEST + 1}, column"),
        ("[" * 50 + "a: " + "[" * 60, "it is nested more than"),
        ('{"a":' * 100_000, "nested too deeply"),
        (Path("a\0b.yaml"), "a\\x00b.yaml cannot be read"),
        (Path("a\ud800b.json"), "a\\ud800b.json cannot be read"),
        (Path("~nosuchuser/web.yaml"), "~nosuchuser/web.yaml cannot be read: No such file"),
        (Path("x" * 5000 + ".yaml"), "cannot be read: File name too long"),
    ],
    ids=range(20),
)
def test_a_broken_configuration_is_refused_with_its_place(given: Any, words: str) -> None:
    message = refused(lambda: prepared(given))
    assert words in message
    assert message.isprintable()


def test_limits_of_yaml_apply_while_it_is_composed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rxeryph.configuration.yaml_text.MOST", 50)
    composed = 0
    compose = yaml.SafeLoader.compose_scalar_node

    def count(loader: yaml.SafeLoader, anchor: Any) -> Any:
        nonlocal composed
        composed += 1
        return compose(loader, anchor)

    monkeypatch.setattr(yaml.SafeLoader, "compose_scalar_node", count)
    message = refused(lambda: read_yaml("a: [" + "1, " * 1000 + "1]", "the string", "$"))
    assert "it has more than 50 values" in message
    assert 0 < composed <= 50 < MOST


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_or_a_large_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe, large = tmp_path / "pipe.yaml", tmp_path / "large.json"
    os.mkfifo(pipe)
    large.write_bytes(b" " * 2**21)
    assert "pipe.yaml cannot be read: it is not an ordinary file" in refused(lambda: read_document(pipe))
    assert "large.json cannot be read: it is larger than 1024 KiB" in refused(lambda: read_document(large))


@given(st.text(alphabet=st.sampled_from("!int flo'\"-+.:0x9e[]{}&*a\n#|>%,?<=")))
def test_whatever_is_written_only_our_error_is_raised(text: str) -> None:
    with contextlib.suppress(InvalidRequestError):
        prepared(text)


@pytest.mark.parametrize("value", [HUGE, HALF], ids=["huge", "half"])
def test_the_value_of_a_variable_must_be_one_that_can_be_sent(value: Any) -> None:
    assert "variables.size: " in refused(lambda: fill_in({"parent": "a/b/c"}, {"size": value}))


WRONG: dict[str, Callable[[Any], object]] = {
    "id of a client": lambda eryph: eryph.clients.get(HALF),
    "name of a client": lambda eryph: eryph.clients.create(HALF, ["compute:read"]),
    "scope": lambda eryph: eryph.clients.create("ci", [HALF]),
    "size of a disk": lambda eryph: eryph.virtual_disks.create(ID, "disk", "default", HUGE),
    "log_time_stamp": lambda eryph: eryph.operations.get(ID, log_time_stamp=HALF),
    "no log_time_stamp": lambda eryph: eryph.operations.get(ID, log_time_stamp=7),
    "mode": lambda eryph: eryph.catlets.stop(ID, HALF),
}


@pytest.mark.parametrize("what", WRONG)
def test_an_argument_that_cannot_be_sent_is_refused(what: str) -> None:
    canned = Canned()
    refused(lambda: WRONG[what](ComputeClient(canned)))
    assert canned.sent == []


@pytest.mark.parametrize(
    "call",
    [
        lambda eryph: eryph.operations.get(PEM),
        lambda eryph: eryph.operations.cancel(PEM),
        lambda eryph: eryph.catlets.stop(ID, PEM),
        lambda eryph: eryph.projects.create(PEM),
        lambda eryph: eryph.catlets.create({"name": "web"}, correlation_id=PEM),
        lambda eryph: eryph.operations.list(status=PEM),
        lambda eryph: eryph.operations.list(expand=[PEM]),
    ],
)
def test_a_key_in_the_wrong_place_is_not_shown(call: Callable[[Any], object]) -> None:
    message = refused(lambda: call(ComputeClient(Canned())))
    assert PEM.splitlines()[1][:30] not in message


@pytest.mark.parametrize(
    ("content", "words"), [(b"name: \xff", "not UTF-8 at byte 6"), (b" " * 2**21, "larger than 1024 KiB")]
)
def test_broken_stdin_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], content: bytes, words: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), "utf-8"))
    assert run(["create", "-"]) == 2
    errors = capsys.readouterr().err
    assert words in errors
    assert errors.count("\n") == 1
