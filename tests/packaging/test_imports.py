"""What is loaded when: a program loads only what it uses."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

PACKAGES = (
    "requests",
    "reactivex",
    "marshmallow",
    "jwt",
    "cryptography",
    "psutil",
    "sqlite3",
    "yaml",
    "starlette",
    "typer",
)
STREAMS = tuple(
    f"rxeryph.{room}"
    for room in (
        "bridges",
        "events",
        "journal",
        "operators",
        "outcome",
        "polling",
        "scheduling",
        "streams",
        "tracking",
    )
)
NOUNS = (
    *("rxeryph.client.catlets", "rxeryph.client.disks", "rxeryph.client.genes", "rxeryph.client.specifications"),
    *("rxeryph.wire.catlet", "rxeryph.wire.disk", "rxeryph.wire.gene", "rxeryph.wire.specification"),
    *("rxeryph.model.catlet", "rxeryph.model.disk", "rxeryph.model.gene", "rxeryph.model.specification"),
)
ARGUMENTS = "endpoint='http://127.0.0.1:1', client_id='c', client_secret='s'"


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import rxeryph, rxeryph.client, rxeryph.model", (*PACKAGES, *STREAMS, *NOUNS, "rxeryph.errors")),
        ("from rxeryph import ComputeClient", (*PACKAGES[1:], *STREAMS, *NOUNS)),
        (
            f"from rxeryph import ComputeClient; ComputeClient.connect({ARGUMENTS}).projects",
            ("reactivex", *PACKAGES[3:], *STREAMS, *NOUNS),
        ),
        (
            "from rxeryph import connect",
            (*PACKAGES[3:], *NOUNS, "rxeryph.journal", "rxeryph.operators", "rxeryph.tracking.progress"),
        ),
        (
            f"from rxeryph import connect; connect({ARGUMENTS}).projects",
            (*PACKAGES[3:], *NOUNS, "rxeryph.journal", "rxeryph.operators"),
        ),
        (
            "from rxeryph.cli.app import run; run(['catlet', '--help'])",
            (*PACKAGES[:-1], *STREAMS, *NOUNS, "rich", "pydantic"),
        ),
        ("from rxeryph.cli.app import run; run(['--help'])", (*PACKAGES[:-1], *STREAMS, *NOUNS, "rxeryph.errors")),
        (
            "import rxeryph.cli.commands.operation, rxeryph.cli.app as app\n"
            "app.run('operation list --endpoint http://127.0.0.1:1 --client-id c --private-key x'.split())",
            ("reactivex", *PACKAGES[5:-1], *STREAMS, *NOUNS, "rich", "pydantic"),
        ),
    ],
)
def test_a_program_does_not_load_what_it_does_not_use(code: str, absent: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{code}\nimport sys; print(); print(*sys.modules)"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == "" or ("app.run" in code and "Traceback" not in done.stderr)
    assert {*done.stdout.splitlines()[-1].split()} & {*absent} == set()


def test_the_names_of_what_is_absent_are_those_of_modules() -> None:
    """Else the test above could not fail."""
    for name in (*STREAMS, *NOUNS):
        assert find_spec(name) is not None
