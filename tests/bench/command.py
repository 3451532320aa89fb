"""CPU of the command before it does anything, relative to the packages it needs."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from rxeryph.simulator import Simulator

ROUNDS = 9
TYPER, PACKAGES = "import typer", "import requests, marshmallow"
REQUEST = """
import json, time, uuid
import jwt
session = requests.Session()
session.trust_env = False
base, client, key = {endpoint!r}, {client_id!r}, open({key!r}).read()
url = base + "/identity"
found = session.get(url + "/.well-known/openid-configuration").json()
now = int(time.time())
claims = dict(iss=client, sub=client, aud=found["issuer"], jti=str(uuid.uuid4()), iat=now, nbf=now, exp=now + 60)
signed = jwt.encode(claims, key, "RS256", headers=dict(typ="client-authentication+jwt"))
kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
form = dict(grant_type="client_credentials", client_id=client, client_assertion=signed, client_assertion_type=kind)
token = session.post(url + "/connect/token", data=form).json()["access_token"]
reply = session.get(base + "/compute/v1/operations", headers=dict(Authorization="Bearer " + token))
assert reply.status_code == 200
"""
"""What ``rxeryph operation list`` has to send, without any of its comforts."""


def seconds(command: list[str], variables: dict[str, str]) -> float:
    """CPU of a process: waiting for the server, or for other programs, is not its cost."""
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], env=variables, capture_output=True, check=True)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime - began.ru_utime + ended.ru_stime - began.ru_stime


def measure(rounds: int = ROUNDS) -> tuple[float, float]:
    """The cost of ``--help`` in imports of typer, and that of ``operation list``, without its request, in imports of
    requests and marshmallow."""
    with Simulator() as simulator, tempfile.TemporaryDirectory() as folder:
        key = Path(folder, "client.key")
        key.write_text(simulator.private_key)
        variables = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            "PYTHONPYCACHEPREFIX": str(Path(folder, "bytecode")),  # as installed: compiled once, in the first round
            "ERYPH_IDENTITY_ENDPOINT": simulator.identity_endpoint,
            "ERYPH_COMPUTE_ENDPOINT": simulator.compute_endpoint,
            "ERYPH_CLIENT_ID": simulator.client_id,
            "ERYPH_PRIVATE_KEY_FILE": str(key),
        }
        request = REQUEST.format(endpoint=simulator.endpoint, client_id=simulator.client_id, key=str(key))
        commands = {
            "typer": ["-c", TYPER],
            "help": ["-m", "rxeryph", "--help"],
            "packages": ["-c", PACKAGES],
            "request": ["-c", f"{PACKAGES}\n{request}"],
            "list": ["-m", "rxeryph", "operation", "list"],
        }
        costs: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds + 1):
            for name, command in commands.items():  # by turns, since a busy machine makes all of them slow
                costs[name].append(seconds(command, variables))
    best = {name: min(each) for name, each in costs.items()}
    request_alone = best["request"] - best["packages"]
    return best["help"] / best["typer"], (best["list"] - request_alone) / best["packages"]


def run() -> list[str]:
    """The lines of the report."""
    of_help, of_list = measure()
    return [
        f"rxeryph --help: {of_help:.2f} times {TYPER}",
        f"rxeryph operation list, without its request: {of_list:.2f} times {PACKAGES}",
    ]


if __name__ == "__main__":
    print("\n".join(run()))
