"""No key, secret or token shows in a repr, an error, a log, a recording or the output of a command."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

import rxeryph
from rxeryph.cli.app import run
from rxeryph.client import Transport
from rxeryph.credentials import ClientCredentials, Route, find, locate
from rxeryph.credentials.given import VARIABLES
from rxeryph.errors import AccessDeniedError, AuthenticationError, ConfigurationError
from rxeryph.http import Http
from rxeryph.polling import fixed
from rxeryph.simulator import Fail, Simulator, Task

from .machines import Machine, announce, key

WRONG = "hunter2hunter2"


def test_no_secret_shows_anywhere(
    this_machine: Machine, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    with Simulator(speed=200.0) as simulator:
        given = {
            "ERYPH_IDENTITY_ENDPOINT": simulator.identity_endpoint,
            "ERYPH_CLIENT_ID": simulator.client_id,
            "ERYPH_CLIENT_SECRET": simulator.client_secret,
        }
        this_machine.variables |= given
        assert run(["whereami"]) == run(["whereami", "--json"]) == 0
        shown: list[object] = [locate(), this_machine.environment]
        with rxeryph.connect(polling=fixed(0.02)) as eryph:
            stream = eryph.track(simulator.play(Task("StartCatletCommand", Fail("no"))))
            recorded = stream.pipe(rxeryph.operators.record(tmp_path / "seen.ndjson"))
            recorded.subscribe(lambda event: None, lambda error: None)
            shown += [eryph, stream.wait(30)]
            simulator.faults.reply(401, path="/v1/version$", times=2)
            with pytest.raises(AccessDeniedError) as denied:
                eryph.version()
        this_machine.variables["ERYPH_CLIENT_SECRET"] = WRONG
        assert run(["whereami"]) == 3
        with rxeryph.connect() as eryph, pytest.raises(AuthenticationError) as refused:
            eryph.version()
        shown += [error for caught in (denied, refused) for error in (caught.value, vars(caught.value))]
        this_machine.variables.clear()
        announce(this_machine, simulator)
        key_of_x = {"defaultClientId": "x", "clients": [{"id": "x"}]}
        file = this_machine.store(this_machine.directory, "default", key_of_x, {"x": "?"})
        assert run(["whereami"]) == 2
        file.unlink()
        assert run(["whereami"]) == 0
        route = Route(Http(), find())
        shown.append(find())
        transport = Transport(route)
        token = transport.tokens.token()
        shown += [locate(), route, route.site, transport, transport.tokens]
        transport.close()
        shown.append(ClientCredentials.of("c", client_secret=WRONG))
        outputs = [repr(each) for each in shown] + [str(each) for each in shown]
        outputs += [caplog.text, *capfd.readouterr(), (tmp_path / "seen.ndjson").read_text()]
        body = simulator.private_key.splitlines()[1]
        every_token = "eyJ"  # how a JSON Web Token begins
        assert token.startswith(every_token)
        for output in outputs:
            for hidden in (simulator.client_secret, WRONG, every_token, body, "-----BEGIN"):
                assert hidden not in output


PEM = key()
BARE = "".join(PEM.splitlines()[1:-1])


@pytest.mark.parametrize("value", [PEM, BARE, BARE[:64] + "\n", f"{BARE}\0", f"{BARE}\ud800"], ids=range(5))
@pytest.mark.parametrize(
    "argument",
    [
        *("configuration", "client_id", "endpoint", "identity_endpoint", "compute_endpoint"),
        *("private_key", "issuer", "scopes", "verify", "request_timeout", "workers"),
    ],
)
def test_a_key_in_the_wrong_place_is_never_shown(this_machine: Machine, argument: str, value: str) -> None:
    given: dict[str, Any] = {"endpoint": "https://localhost:1", "client_id": "c", "client_secret": WRONG}
    if argument == "private_key":
        del given["client_secret"]
        value = value.replace("BEGIN", "BEGUN")
    if argument == "scopes":
        given[argument] = [value]
    else:
        given[argument] = value
    try:
        rxeryph.connect(**given).close()
    except ConfigurationError as error:
        shown: list[object] = []
        cause: BaseException | None = error
        while cause is not None:
            shown += [cause, repr(cause), vars(cause)]
            cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
        assert BARE[:40] not in str(shown)
    else:
        assert argument == "issuer"  # it is only compared, see test_tokens.py


@pytest.mark.parametrize("variable", [name for name in VARIABLES.values() if name != "ERYPH_CLIENT_SECRET"])
@pytest.mark.parametrize("value", [PEM, BARE], ids=["PEM", "without its frame"])
def test_a_key_in_the_wrong_variable_is_never_shown(
    this_machine: Machine, variable: str, value: str, capfd: pytest.CaptureFixture[str]
) -> None:
    this_machine.variables |= {
        "ERYPH_IDENTITY_ENDPOINT": "https://localhost:1/identity",
        "ERYPH_CLIENT_ID": "c",
        "ERYPH_CLIENT_SECRET": WRONG,
    }
    if variable == "ERYPH_PRIVATE_KEY_FILE":
        del this_machine.variables["ERYPH_CLIENT_SECRET"]
        value = value.replace("BEGIN", "BEGUN")
    this_machine.variables[variable] = value
    run(["whereami"])
    run(["whereami", "--json"])
    assert BARE[:40] not in "".join(capfd.readouterr())


@pytest.mark.parametrize("content", ['{"defaultClientId": "KEY"}', '{"clients": [{"id": "KEY"}]}', "KEY"])
def test_a_key_in_a_configuration_is_never_shown(this_machine: Machine, content: str) -> None:
    file = this_machine.store(this_machine.user(), "default", content.replace("KEY", BARE))
    with pytest.raises(ConfigurationError, match=str(file)) as caught:
        locate()
    assert BARE[:40] not in f"{caught.value} {vars(caught.value)} {vars(caught.value.__cause__ or caught.value)}"


def test_whereabouts_hold_no_secret(this_machine: Machine) -> None:
    this_machine.variables |= {
        "ERYPH_IDENTITY_ENDPOINT": "https://localhost:1/identity",
        "ERYPH_CLIENT_ID": "c",
        "ERYPH_CLIENT_SECRET": WRONG,
    }
    found = locate()
    assert pickle.loads(pickle.dumps(found)) == copy.deepcopy(found) == found
    assert WRONG.encode() not in pickle.dumps(found)
    assert WRONG not in json.dumps(asdict(found))
    this_machine.variables.clear()
    this_machine.run("local", "https://localhost:1/identity", key=PEM.encode())
    assert pickle.loads(pickle.dumps(locate())) == locate()
    assert BARE[:40] not in json.dumps(asdict(locate()))
