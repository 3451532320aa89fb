"""Messages of the library name its arguments; the command has options instead."""

from __future__ import annotations

import pytest

from rxeryph.cli.naming import with_options


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("give endpoint= (or X)", "give --endpoint (or X)"),
        ("not given: client_id=, private_key=", "not given: --client-id, --private-key"),
        ("(or client_secret=).", "(or --client-secret-file)."),
        ("use https, or pass allow_http=True.", "use https, or pass --allow-http."),
        ("Give verify= a CA file or a Fingerprint, or add", "Give --ca-file or --fingerprint, or add"),
        ("Pass issuer= or set ERYPH_ISSUER if", "Set ERYPH_ISSUER if"),
        ("list them without since= and top=.", "list them without --since and --top."),
        ("or project= to narrow it", "or --project to narrow it"),
        ("endpoint='http://x/' is plain http", "--endpoint 'http://x/' is plain http"),
        ("GET http://x/v1/operations?top=1&since=2", "GET http://x/v1/operations?top=1&since=2"),
        ("identity_endpoint= and compute_endpoint=", "--identity-endpoint and --compute-endpoint"),
        ("GET http://x/v1/catlets?project_id=1 my_since=2", "GET http://x/v1/catlets?project_id=1 my_since=2"),
    ],
)  # fmt: skip
def test_arguments_become_options(message: str, shown: str) -> None:
    assert with_options(message) == shown
