"""What messages of the library call an argument of Python is an option here."""

from __future__ import annotations

import re

_OPTIONS = {
    "Pass issuer= or set ERYPH_ISSUER": "Set ERYPH_ISSUER",
    "issuer= (or ERYPH_ISSUER)": "ERYPH_ISSUER",
    "verify= a CA file or a Fingerprint": "--ca-file or --fingerprint",
    "verify=Fingerprint(...)": "--fingerprint",
    "allow_http=True": "--allow-http",
    "client_secret=": "--client-secret-file",
}
"""Those whose option has another name, or that have none."""

_SAME = r"(?<![?&])\b(client_id|private_key|endpoint|identity_endpoint|compute_endpoint|project|since|top)=(['\"]?)"


def with_options(message: str) -> str:
    """A message of the library that names the options of the command."""
    argument = f"{'|'.join(map(re.escape, _OPTIONS))}|{_SAME}"

    def option(found: re.Match[str]) -> str:
        value = f" {found[2]}" if found[2] else ""
        return _OPTIONS.get(found[0]) or f"--{found[1].replace('_', '-')}{value}"

    return re.sub(argument, option, message)
