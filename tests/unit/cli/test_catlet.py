"""``rxeryph catlet update`` changes parts of a configuration, or shows what would change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from rxeryph.cli.changes import assign
from rxeryph.errors import ConfigurationError
from rxeryph.simulator import Simulator
from rxeryph.testing import connect_to

from .commands import Run, config

pytestmark = pytest.mark.usefixtures("settles_soon")


@pytest.fixture
def web(simulator: Simulator) -> str:
    """The id of a catlet called web, which has 1024 MiB."""
    with connect_to(simulator) as eryph:
        return eryph.catlets.create({"name": "web", "memory": 1024, "drives": [{"name": "data"}]}).wait().catlet.id


def memory(simulator: Simulator, catlet_id: str) -> int | None:
    with connect_to(simulator) as eryph:
        return eryph.catlets.get(catlet_id, with_configuration=True).memory_startup


def test_a_catlet_is_changed_and_watched(command: Run, simulator: Simulator, web: str) -> None:
    code, output, errors = command("catlet", "update", "web", "--set", "memory.startup=2048")
    assert (code, errors) == (0, "")
    lines = output.splitlines()
    assert UUID(lines[0])
    assert lines[-1].split()[:2] == ["web", "Completed"]
    assert memory(simulator, web) == 2048


def test_a_file_and_options_change_a_catlet_together(
    command: Run, simulator: Simulator, web: str, tmp_path: Path
) -> None:
    file = config(tmp_path, {"memory": 512, "drives": [{"name": "logs", "size": 8}]})
    arguments = "catlet", "update", web, file, "--set", "drives.logs.size=9", "--project", "default"
    code, output, errors = command(*arguments, "--dry-run")
    assert (code, errors) == (0, "")
    assert output.splitlines() == [
        "memory.startup: 1024 -> 512",
        'drives[name=logs]: null -> {"name": "logs", "size": 9}',
    ]
    assert memory(simulator, web) == 1024
    assert command(*arguments, "--json")[0] == 0
    assert command(*arguments, "--dry-run")[1] == "Nothing would change.\n"
    planned = json.loads(command(*arguments, "--dry-run", "--json")[1])
    assert (planned["configuration"]["memory"]["startup"], planned["differences"]) == (512, [])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "Nothing to change. Give a file, or --set"),
        (["--set", "memory"], 2, "--set 'memory': write PATH=VALUE, such as memory.startup=4096"),
        (["--set", "parent=acme/other/1.0"], 2, "$.configuration.parent: "),
        (["--set", "cpu.count=many"], 2, "cpu"),
        (["--set", "memory.startup=2048", "--project", "nowhere"], 3, "No project has the name 'nowhere'"),
    ],
)
def test_what_cannot_be_changed_is_one_line_and_an_exit_code(
    command: Run, web: str, arguments: list[str], code: int, words: str
) -> None:
    found, output, errors = command("catlet", "update", "web", *arguments)
    assert (found, output) == (code, "")
    assert words in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize("asks", [True, False])
def test_the_server_checks_a_configuration_first_if_asked_to(
    command: Run, simulator: Simulator, tmp_path: Path, asks: bool
) -> None:
    assert command("create", config(tmp_path, {"name": "web"}), *(["--validate"] if asks else []))[0] == 0
    sent = [request.path.rpartition("/v1/")[2] for request in simulator.requests if request.method == "POST"]
    changes = [path for path in sent if path.startswith("catlets")]
    assert changes == (["catlets/config/validate", "catlets"] if asks else ["catlets"])


def test_members_of_a_newer_server_are_sent_if_allowed(command: Run, simulator: Simulator, tmp_path: Path) -> None:
    file = config(tmp_path, {"name": "web", "gpu": 1})
    for arguments in (["create"], ["catlet", "validate"], ["catlet", "expand"], ["network", "update", "default"]):
        code, output, errors = command(*arguments, file)
        assert code == 2
        assert "gpu" in output + errors
    assert not [each for each in simulator.requests if each.method == "POST" and "/v1/" in each.path]
    code, _, errors = command("create", file, "--allow-unknown")
    assert (code, "catlets: 400 " in errors, "gpu" in errors) == (2, True, True)  # this server refuses it too


def test_a_variable_that_only_the_parent_may_declare_is_no_silent_mistake(command: Run, tmp_path: Path) -> None:
    parent = "dbosoft/ubuntu-22.04/starter"
    file = config(tmp_path, {"name": "web", "parent": parent, "variables": [{"name": "size", "value": "a"}]})
    assert command("create", file, "--dry-run", "--var", "Size=b", "-o", "id")[2] == ""
    _, _, errors = command("create", file, "--dry-run", "--var", "nosuch=b", "-o", "id")
    assert errors.startswith("The configuration declares no variable 'nosuch'. ")
    file = config(tmp_path, {"name": "web"})
    code, output, errors = command("create", file, "--var", "nosuch=b")
    assert (code, output, "no such variable" in errors) == (2, "", True)


@pytest.mark.parametrize(
    ("before", "assignments", "after"),
    [
        ({}, ["memory.startup=4096", "memory.minimum=512"], {"memory": {"startup": 4096, "minimum": 512}}),
        ({}, ["cpu=4", "name=web-2"], {"cpu": 4, "name": "web-2"}),
        (
            {},
            ["name=007", 'hostname="7"', "a=null", "b=", "c=x=y"],
            {"name": "007", "hostname": "7", "a": None, "b": "", "c": "x=y"},
        ),
        (
            {"drives": [{"name": "Data", "size": 1}]},
            ["drives.data.size=2", "drives.logs.mutation=remove"],
            {"drives": [{"name": "Data", "size": 2}, {"name": "logs", "mutation": "remove"}]},
        ),
        ({}, ["networks.dmz.subnet_v4.name=a"], {"networks": [{"name": "dmz", "subnet_v4": {"name": "a"}}]}),
        ({}, ['capabilities.tpm.details=["disabled"]'], {"capabilities": [{"name": "tpm", "details": ["disabled"]}]}),
    ],
)
def test_an_assignment_sets_a_member(before: dict[str, Any], assignments: list[str], after: dict[str, Any]) -> None:
    assert assign(before, assignments) == after


@pytest.mark.parametrize(
    ("before", "assignment"),
    [
        ({}, "=1"),
        ({}, "a..b=1"),
        ({}, "drives=1"),
        ({}, "drives.data=1"),
        ({"name": "x"}, "name.a=1"),
        ({"drives": 1}, "drives.a.b=1"),
    ],
)
def test_an_assignment_that_makes_no_sense_is_shown(before: dict[str, Any], assignment: str) -> None:
    with pytest.raises(ConfigurationError, match="--set '"):
        assign(before, [assignment])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--replace", "--set", "cpu.count=2"), "--replace needs a FILE"),
        (("--validate", "--set", "cpu.count=2"), "--validate checks a whole configuration. Add --replace"),
    ],
)
def test_an_option_of_a_whole_configuration_needs_one(command: Run, options: tuple[str, ...], words: str) -> None:
    code, output, errors = command("catlet", "update", "web", *options)
    assert (code, output) == (2, "")
    assert errors.startswith(f"rxeryph: {words}")
