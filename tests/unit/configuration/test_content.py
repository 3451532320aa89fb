"""A specification keeps a string as it is, with the content type that it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rxeryph.configuration import check_specification
from rxeryph.errors import InvalidRequestError

YAML = "# a web server\nname: web\ncpu: 2\n"
JSON = '{"name": "web"}'


@pytest.mark.parametrize(
    ("configuration", "content_type", "content", "detected"),
    [
        (YAML, None, YAML, "application/yaml"),
        (JSON, None, JSON, "application/json"),
        (JSON, "application/yaml", JSON, "application/yaml"),
        (
            {"name": "web", "hostname": "wéb", "cpu": 2},
            None,
            '{"name": "web", "hostname": "wéb", "cpu": {"count": 2}}',
            "application/json",
        ),
    ],
)
def test_a_string_is_kept_and_its_type_detected(
    configuration: Any, content_type: str | None, content: str, detected: str
) -> None:
    assert check_specification(configuration, content_type) == {"content_type": detected, "content": content}


def test_the_text_of_a_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "web.yaml"
    path.write_text(YAML, encoding="utf-8-sig")
    assert check_specification(path, None) == {"content_type": "application/yaml", "content": YAML}


@pytest.mark.parametrize(
    ("configuration", "content_type", "reason"),
    [
        (YAML, "application/json", r"content_type: the configuration is YAML, not application/json"),
        (YAML, "text/x", r"content_type: 'text/x' is neither"),
        ({}, "application/yaml", r"content_type: a mapping is sent as application/json"),
        ("name: web\nconfig: {}", None, r"config: a string is kept unchanged, so move the members of config up"),
        ("name: [", None, "line 1, column 8"),
    ],
)
def test_a_wrong_type_or_content_is_refused(configuration: Any, content_type: str | None, reason: str) -> None:
    with pytest.raises(InvalidRequestError, match=rf"^Nothing was sent\. .*{reason}"):
        check_specification(configuration, content_type)
