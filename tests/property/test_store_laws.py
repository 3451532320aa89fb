"""Stores merge by their rules: random stores, compared with a second, simpler implementation."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rxeryph.credentials import locate
from rxeryph.errors import ConfigurationError, CredentialsNotFoundError
from tests.unit.credentials.machines import Machine, key

IDS = ("a", "b", "c")
TRUST = (0, 2, 1)
"""How much the stores of the current directory, the user and the system are trusted."""
maybe_id = st.none() | st.sampled_from(IDS)
stores = st.fixed_dictionaries(
    {
        "default": maybe_id,
        "clients": st.lists(st.sampled_from(IDS), unique=True),
        "identity": st.none() | st.sampled_from(["https://one", "https://two", "https://three"]),
        "keys": st.sets(st.sampled_from(IDS)),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(stores, min_size=3, max_size=3))
def test_stores_merge_by_their_rules(tree: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        machine = Machine(Path(name))
        bases = (machine.directory, machine.user(), machine.system())
        for number, (base, store) in enumerate(zip(bases, tree, strict=True)):
            content = {
                "defaultClientId": store["default"],
                "clients": [{"id": each} for each in store["clients"]],
                "endpoints": {"identity": store["identity"], "compute": store["identity"]},
            }
            machine.store(base, "some", content, {each: key(number) for each in store["keys"]})

        who = next((store["default"] for store in tree if store["default"]), None)
        where = next((store["identity"] for store in tree if store["identity"]), None)
        listing = [at for at, store in enumerate(tree) if who in store["clients"]]
        order = [*listing, *(at for at in range(3) if at not in listing)]
        holder = next((at for at in order if who in tree[at]["keys"]), None)
        source = next((at for at, store in enumerate(tree) if store["identity"]), None)
        is_less_trusted = holder is not None and source is not None and TRUST[source] < TRUST[holder]

        try:
            found = locate("some", environment=machine.environment)
        except CredentialsNotFoundError:
            assert who is None or not listing or holder is None
        except ConfigurationError:
            assert where is None or is_less_trusted
        else:
            assert holder is not None
            assert not is_less_trusted
            assert (found.client_id, found.endpoints.identity) == (who, where)
            assert found.client_from == str(bases[holder] / ".eryph" / "private" / f"{who}.key")
