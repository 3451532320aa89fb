"""A configuration is a mapping, a string or a file. Values that YAML would change are errors with their place."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxeryph.configuration import Configuration
from rxeryph.configuration.preparing import prepared
from rxeryph.errors import InvalidRequestError


def read(given: Configuration) -> dict[str, object]:
    """The configuration as it was read, valid or not."""
    return prepared(given)[1]


CATLET = {"name": "web", "parent": "a/b/c", "cpu": {"count": 2}, "drives": [{"name": "sda", "size": 20}]}
YAML = """\
# a web server
name: web
parent: a/b/c
cpu: {count: 2}
drives:
- name: sda
  size: 20
"""


def test_a_mapping_a_string_and_a_file_mean_the_same(tmp_path: Path) -> None:
    assert read(YAML) == CATLET
    assert read(json.dumps(CATLET)) == CATLET
    for name, text in (("a.YAML", YAML), ("b.yml", YAML), ("c.bu", YAML), ("d.Json", json.dumps(CATLET))):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8-sig")
        assert read(path) == CATLET


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('a"\\ü\n', max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab .", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["label", "x", "y y", "ü"]), json_values))
def test_json_is_read_as_it_was_dumped(members: dict[str, object]) -> None:
    assert read(json.dumps(members)) == members


def test_members_that_are_strings_for_eryph_keep_their_spelling() -> None:
    text = "hostname: 007\nnetwork_adapters: [{mac_address: 52:54:00:12:34:56}]\nvariables: [{name: n, value: on}]\n"
    assert read(text) == {
        "hostname": "007",
        "network_adapters": [{"mac_address": "52:54:00:12:34:56"}],
        "variables": [{"name": "n", "value": "on"}],
    }


def test_fodder_in_yaml_is_sent_as_it_is_written() -> None:
    text = """\
fodder:
- name: users
  content:
    users:
    # the operator
    - name: ops
      since: 2024-01-01

- name: list
  content: [a, b]
- name: script
  content: |
    echo hi
"""
    contents = [
        "users:\n# the operator\n- name: ops\n  since: 2024-01-01\n",
        "[a, b]\n",
        "echo hi\n",
    ]
    fodder = read(text)["fodder"]
    assert isinstance(fodder, list)
    assert [each["content"] for each in fodder] == contents


def test_anchors_and_merges_are_resolved() -> None:
    text = "x: &x {size: 1, name: a}\ndrives: [{<<: *x, name: b}, {<<: [{size: 2}, *x]}, *x]\n"
    assert read(text)["drives"] == [
        {"size": 1, "name": "b"},
        {"size": 2, "name": "a"},
        {"size": 1, "name": "a"},
    ]


LEVELS = "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(8))


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        ("", "$.configuration", "the string is empty"),
        ("# nothing\n", "$.configuration", "holds nothing, not a mapping"),
        ("- name: web", "$.configuration", "holds a list, not a mapping"),
        ("web", "$.configuration", "holds only text, not a mapping"),
        ("web.yaml", "$.configuration", r"pass pathlib.Path\('web.yaml'\)"),
        ("C:\\a\\web.JSON", "$.configuration", r"pass pathlib.Path\("),
        ("name: web\n name: x\n", "$.configuration", "the string, line 2, column 6: mapping values are not allowed"),
        ("a: *b", "$.configuration", "line 1, column 4: found undefined alias"),
        ("a: 1\nb: \x01", "$.configuration", "line 2: a character that YAML does not allow"),
        ("---\na: 1\n---\nb: 1\n", "$.configuration", "a second document at line 4"),
        ("x:\n  a: 1\n  a: 2\n", "$.configuration.x.a", r"duplicate key \(the string, line 3\)"),
        ("a: 1\non: 2", "$.configuration", r"'on' is read as a boolean; put it in quotes \(the string, line 2\)"),
        ("x: {1: 2}", "$.configuration.x", "'1' is read as a number"),
        (
            "a: [1, 2024-01-01]",
            "$.configuration.a[1]",
            "it is read as a date, which has no JSON form; put it in quotes",
        ),
        ("a: !!binary aGk=", "$.configuration.a", "no JSON form"),
        ("a: !!set {x}", "$.configuration.a", "a set has no JSON form"),
        ("a: !!python/object/apply:os.system [x]", "$.configuration.a", "no JSON form"),
        ("a: !!int x", "$.configuration.a", "it is not a number"),
        ("a: .nan", "$.configuration.a", "nan has no JSON form"),
        ("a: 010", "$.configuration.a", "YAML does not read 010 as it looks"),
        ("a: 1:30", "$.configuration.a", "YAML does not read 1:30 as it looks"),
        ("x: &x {b: 1}\na:\n  <<: *x\n  <<: *x\n", "$.configuration.a.<<", "duplicate key .*line 4"),
        ("a: {<<: 1}", "$.configuration.a", "only mappings can be merged"),
        ("a: &a [*a]", "$.configuration", "or contains itself"),
        ("a: " + "[" * 2000, "$.configuration", "nested more than 100 levels"),
        (
            "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + LEVELS,
            "$.configuration",
            "more than 100000 values, counting aliases",
        ),
        ('{"a": 1, "b" 2}', "$.configuration", "line 1, column 14: Expecting ':' delimiter. Correct the JSON"),
        ('{"a": [{"b": 1, "b": 2}]}', "$.configuration.a[0].b", "duplicate key"),
        ('{"a": NaN}', "$.configuration.a", "nan has no JSON form"),
        ("[" * 20000, "$.configuration", "nested too deeply"),
    ],
)
def test_an_ambiguous_or_broken_string_is_refused_with_its_place(text: str, path: str, reason: str) -> None:
    with pytest.raises(InvalidRequestError, match=reason) as caught:
        read(text)
    assert list(caught.value.errors) == [path]


def test_yaml_with_json_in_it_is_yaml_and_json_with_tabs_is_json() -> None:
    assert read('{"name": web, cpu: {count: 2}}') == {"name": "web", "cpu": {"count": 2}}
    assert read('{\n\t"name": "web"\n}') == {"name": "web"}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"name: web", "a.txt does not end in any of .json, .yaml, .yml, .bu"),
        ("a.yaml", "name: web".encode("utf-16"), "a.yaml is not UTF-8 at byte 0"),
        ("a.yaml", b"\na: [", "a.yaml, line 2, column"),
        ("a.json", b"name: web", "a.json, line 1, column 1: Expecting value. Correct the JSON"),
        ("a.json", b"", "a.json is empty"),
        ("a.yaml", None, "a.yaml cannot be read: No such file"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, content: bytes | None, reason: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidRequestError, match=reason):
        read(tmp_path / name)


def test_an_error_does_not_show_a_secret_next_to_it() -> None:
    for text in ("value: hush\n bad: [", '{"value": "hush" 1}', "value: hush\nvalue: hush", 'value: "hush\n'):
        with pytest.raises(InvalidRequestError) as caught:
            read(text)
        assert "hush" not in f"{caught.value} {vars(caught.value)} {caught.value.__cause__}"


def test_without_pyyaml_json_is_read_and_the_rest_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    monkeypatch.delitem(sys.modules, "rxeryph.configuration.yaml_text", raising=False)
    monkeypatch.delattr("rxeryph.configuration.yaml_text", raising=False)
    assert read('{"name": "web"}') == {"name": "web"}
    with pytest.raises(InvalidRequestError, match=r"pip install rxeryph\[yaml\]"):
        read("name: web")
    with pytest.raises(InvalidRequestError, match=r"pathlib\.Path\('web\.yaml'\)"):
        read("web.yaml")
    with pytest.raises(InvalidRequestError, match="Correct the JSON"):
        read('{"name": "web"')
