"""Laws of the checks: what is valid passes, one mutation of it is refused where it was made, no secret is shown."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxeryph.configuration import check_configuration, check_networks
from rxeryph.configuration.checking import violations
from rxeryph.configuration.kinds import Boolean, Choice, List, Object, Rule, String, Whole
from rxeryph.configuration.rules import CATLET, NETWORKS
from rxeryph.errors import InvalidRequestError

ROOT = "$.configuration"
SECRET = "s3cretvalue"
KINDS: tuple[Any, ...] = ({"a": 1}, ["a"], "a", 2, True, 0.5)
"""A value of each kind."""


def names(count: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.from_regex(r"[a-z][a-z0-9]{2,9}", fullmatch=True), max_size=count, unique=True)


def named(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """A list of entries with different names."""
    return (
        names(3)
        .flatmap(lambda given: st.tuples(*(st.tuples(st.just(each), *parts) for each in given)))
        .map(
            lambda entries: [
                {"name": name, **{k: v for part in rest for k, v in part.items()}} for name, *rest in entries
            ]
        )
    )


def members(**optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: st.none() | values for name, values in optional.items()})


NAME = st.from_regex(r"[a-z][a-z0-9]{2,9}", fullmatch=True)
MIB = st.integers(1, 8).map(lambda blocks: blocks * 128)
VARIABLES = named(members(required=st.booleans()), st.just({"secret": True, "value": SECRET}))
CATLETS = members(
    version=st.text(max_size=3),
    name=NAME,
    project=NAME,
    hostname=st.text(max_size=3),
    parent=st.sampled_from(["acme/linux", "acme/linux/1.0"]),
    cpu=members(count=st.integers(1, 240)),
    memory=members(startup=MIB),
    drives=named(members(size=st.integers(1, 65536), type=st.sampled_from(["vhd", "SharedVHD", "DVD"]), store=NAME)),
    network_adapters=named(members(dhcp_guard=st.booleans(), mac_address=st.just("d2ab102f9c01"))),
    networks=named(members(adapter_name=NAME, subnet_v4=members(name=NAME, ip_pool=NAME))),
    capabilities=named(members(details=st.lists(st.text(max_size=3), max_size=2))),
    variables=VARIABLES,
    fodder=named(st.just({"content": "x"}), members(type=st.just("shellscript"), variables=VARIABLES)),
)
SUBNETS = st.lists(members(name=st.text(max_size=3), mtu=st.integers(0, 9000), dns_servers=st.just(["9.9.9.9"])))
PROJECT_NETWORKS = members(
    project=NAME,
    networks=named(members(environment=NAME, provider=members(name=NAME), subnets=SUBNETS)),
)
Place = tuple[str | int, ...]


def places(value: object, rule: Rule, place: Place = ()) -> Iterator[tuple[Place, Rule]]:
    """Every value that is given, and its rule."""
    if value is None:
        return
    yield place, rule
    if isinstance(rule, Object) and isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, rule.members[name], (*place, name))
    if isinstance(rule, List) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, rule.entry, (*place, index))


def path_of(place: Place) -> str:
    return ROOT + "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in place)


def put(configuration: dict[str, Any], place: Place, value: object) -> dict[str, Any]:
    changed = deepcopy(configuration)
    at: Any = changed
    for each in place[:-1]:
        at = at[each]
    at[place[-1]] = value
    return changed


def fits(value: object, rule: Rule) -> bool:
    """Whether the rule accepts values of this kind."""
    match rule:
        case Object():
            return isinstance(value, dict)
        case List():
            return isinstance(value, list)
        case Boolean():
            return isinstance(value, bool)
        case Whole():
            return type(value) is int
        case Choice(is_exact=False):
            return type(value) is int or isinstance(value, str)
        case String() | Choice():
            return isinstance(value, str)


@pytest.mark.parametrize(("valid", "check"), [(CATLETS, check_configuration), (PROJECT_NETWORKS, check_networks)])
@given(st.data())
def test_what_is_valid_passes_as_it_is(valid: st.SearchStrategy[Any], check: Any, data: st.DataObject) -> None:
    configuration = data.draw(valid)
    assert check(configuration) == configuration
    assert check(check(configuration)) == configuration


@pytest.mark.parametrize(("valid", "rule"), [(CATLETS, CATLET), (PROJECT_NETWORKS, NETWORKS)])
@given(st.data())
def test_a_value_of_another_kind_is_refused_where_it_is(
    valid: st.SearchStrategy[Any], rule: Object, data: st.DataObject
) -> None:
    configuration = data.draw(valid.filter(lambda value: any(item is not None for item in value.values())))
    place, expected = data.draw(st.sampled_from([each for each in places(configuration, rule) if each[0]]))
    wrong = data.draw(st.sampled_from([value for value in KINDS if not fits(value, expected)]))
    found = violations(put(configuration, place, wrong), rule, ROOT)
    assert path_of(place) in {each.path for each in found}
    assert SECRET not in repr(found)


@pytest.mark.parametrize(("valid", "rule"), [(CATLETS, CATLET), (PROJECT_NETWORKS, NETWORKS)])
@given(st.data(), st.sampled_from(["nmae", "Name", "novel", "addres"]), st.sampled_from(KINDS))
def test_one_unknown_member_anywhere_is_the_only_problem(
    valid: st.SearchStrategy[Any], rule: Object, data: st.DataObject, name: str, value: object
) -> None:
    configuration = data.draw(valid)
    objects = [place for place, kind in places(configuration, rule) if isinstance(kind, Object)]
    place = (*data.draw(st.sampled_from(objects)), name)
    changed = put(configuration, place, value)
    assert [each.path for each in violations(changed, rule, ROOT)] == [path_of(place)]
    assert violations(changed, rule, ROOT, unknown="allow") == ()


JSON = st.recursive(
    st.sampled_from([None, True, 3, 2.5, SECRET, f"a {SECRET}", "vhd"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "value", "secret", "type", "source", "drives"]), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from([*CATLET.members, "novel"]), JSON, max_size=5))
def test_whatever_is_wrong_no_secret_is_shown_and_no_other_error_leaves(configuration: dict[str, Any]) -> None:
    secret = {"name": "pw", "secret": True, "value": SECRET}
    variables = configuration.get("variables")
    configuration = {**configuration, "variables": [secret, *(variables if isinstance(variables, list) else ())]}
    said = ""
    try:
        check_configuration(configuration, {"PW": SECRET})
    except InvalidRequestError as error:
        said = f"{error} {error.errors}"
    assert SECRET not in said
