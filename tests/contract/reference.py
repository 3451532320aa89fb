"""``python -m tests.contract.reference`` writes docs/reference/api.md: every endpoint, its method and its test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from tests.calls import CALLS, COMPOSED, SILENT
from tests.contract.endpoints import Endpoint, every, simulated
from tests.contract.exercises import exercised_by, shape

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs/reference/api.md"
HEAD = """# The API of eryph

Every endpoint of the compute and the identity API, the method of the client that calls it, and the test that covers
it in client and simulator. *Scope* is the scope that the token needs, without the name of the service before it; if
it is empty, any token is accepted. *API* is the oldest version that has the endpoint; the methods document what they
do on older servers.
`python -m tests.contract.reference` generates this page, and a test compares it.
"""


def methods() -> dict[tuple[str, str, str], list[str]]:
    """The methods of the client by the endpoint that they call."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    endpoints = every()
    known = [(call.name, call.service, " ".join(call.request[:2]).partition("?")[0]) for call in CALLS]
    others = {**SILENT, **COMPOSED}
    for name, service, request in (*known, *((name, "compute", request) for name, request in others.items())):
        key = asked(endpoints, service, request)
        if name not in found[key]:
            found[key].append(name)
    return found


def asked(endpoints: Iterable[Endpoint], service: str, request: str) -> tuple[str, str, str]:
    """The endpoint of a request; one with fewer parameters wins. A request without one is its own."""
    fitting = [each for each in endpoints if each.service == service and shape(each.name).fullmatch(request)]
    best = min(fitting, key=lambda each: each.path.count("{"), default=None)
    method, _, path = request.partition(" ")
    return best.key if best else (service, method, path)


def exercising() -> dict[tuple[str, str, str], list[str]]:
    """The behaviour tests by the endpoint they exercise."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    known = {each.key for each in simulated()}
    modules = [import_module(f"tests.contract.{file.stem}") for file in sorted(HERE.glob("test_behaviour*.py"))]
    for name, function in (each for module in modules for each in vars(module).items()):
        if name.startswith("test_"):
            for endpoint in exercised_by(function):
                service, _, request = endpoint.rpartition(": ")
                key = asked(every(), service or "compute", request)
                if key in known:
                    found[key].append(name)
    return found


def page() -> str:
    """The text of the page."""
    by_method, by_test = methods(), exercising()
    lines = [HEAD]
    for service in ("compute", "identity"):
        lines.append(f"## {service.capitalize()}\n")
        lines.append("| method | path | scope | API | client | test |")
        lines.append("|---|---|---|---|---|---|")
        for each in every():
            if each.service == service:
                scope = f"`{each.scope.removeprefix(f'{service}:')}`" if each.scope else ""
                cells = (each.method, f"`{each.path}`", scope, "{}.{}".format(*each.since))
                who = ("<br>".join(f"`{name}`" for name in names[each.key]) for names in (by_method, by_test))
                lines.append(f"| {' | '.join((*cells, *who))} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
