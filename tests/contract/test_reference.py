"""The page of endpoints is up to date, and nothing in it is missing."""

from __future__ import annotations

from tests.contract.endpoints import every, newer, published, simulated
from tests.contract.published import needs_documents
from tests.contract.reference import PAGE, exercising, methods, page

pytestmark = needs_documents


def test_the_page_is_what_the_command_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.contract.reference"


def test_every_endpoint_has_a_method_of_the_client() -> None:
    found = methods()
    assert {each.name for each in every() if each.key not in found} == set()


def test_every_endpoint_has_a_test() -> None:
    found = exercising()
    assert {each.name for each in every() if each.key not in found} == set()


def test_the_simulator_has_every_endpoint_and_asks_for_its_scope() -> None:
    known = {each.key: each.scope for each in simulated()}
    wanted = [*published("compute"), *published("identity"), *newer()]
    assert {each.name for each in wanted if each.key not in known} == set()
    assert [each.name for each in wanted if known.get(each.key, each.scope) != each.scope] == []
