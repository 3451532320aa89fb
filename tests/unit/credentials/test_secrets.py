"""No key, secret or token shows in a repr, an error, a log, a recording or the output of a command."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

import rxeryph
from rxeryph.cli.app import run
from rxeryph.client import Transport
from rxeryph.credentials import ClientCredentials, Route, locate
from rxeryph.errors import AccessDeniedError, AuthenticationError
from rxeryph.http import Http
from rxeryph.polling import fixed
from rxeryph.simulator import Fail, Simulator, Task

from .machines import Machine, announce

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
        route = Route(Http(), locate())
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
