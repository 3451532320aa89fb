"""Names instead of ids: which catlet, project, disk or network is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Protocol, TypeVar

from .. import wire
from ..arguments import described
from ..configuration.refusal import invalid
from ..errors import AmbiguousNameError, NotFoundError
from ..model import Project
from .checks import as_id
from .transport import Transport

SHOWN = 10
"""How many choices the message of an error lists; its ``choices`` has all of them."""


class Named(Protocol):
    """A value with an id and a name."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str | None: ...


NamedT = TypeVar("NamedT", bound=Named)


@dataclass(frozen=True, slots=True)
class Kind:
    """What is looked for, and where all of them are listed."""

    noun: str
    path: str
    load: Callable[[object, str], Sequence[Named]]


# Each noun is loaded when it is first looked for.
CATLETS = Kind("catlet", "/v1/catlets", lambda data, url: wire.load_catlets(data, url))
PROJECTS = Kind("project", "/v1/projects", lambda data, url: wire.load_projects(data, url))
DISKS = Kind("disk", "/v1/virtualdisks", lambda data, url: wire.load_virtual_disks(data, url))
NETWORKS = Kind("network", "/v1/virtualnetworks", lambda data, url: wire.load_virtual_networks(data, url))


def is_pattern(name: str) -> bool:
    """True for a name that may match several."""
    return "*" in name or "?" in name


def matching(name: str, items: Iterable[NamedT]) -> tuple[NamedT, ...]:
    """The items named ``name``, in any letter case; ``*`` stands for any characters, ``?`` for one."""
    pattern = name.casefold().replace("[", "[[]")
    return tuple(item for item in items if item.name is not None and fnmatchcase(item.name.casefold(), pattern))


@dataclass(frozen=True, slots=True)
class Target:
    """The checked name or id of a catlet, project, disk or network. Nothing is sent before ``find``."""

    transport: Transport
    kind: Kind
    given: str
    member: str
    project: Target | None = None

    def find(self) -> str:
        """The id. A name costs a list request, and another one if ``project`` is a name; a GUID costs none.

        Raises NotFoundError, AmbiguousNameError, and AccessDeniedError for a list that the client may not read.
        """
        known = as_id(self.given)
        if known is not None:
            return known
        path = in_project(self.kind.path, self.project)
        url = self.transport.url(path)
        items = self.kind.load(self.transport.get(path), url)
        found = matching(self.given, items)
        if len(found) == 1:
            return found[0].id
        if not found:
            raise NotFoundError(self._not_found(url, items), status=404, method="GET", url=url)
        raise self._ambiguous(url, found)

    def _not_found(self, url: str, items: Sequence[Named]) -> str:
        where = "" if self.project is None else f" in project {self.project.given!r}"
        names = {item.name.casefold(): item.name for item in items if item.name}
        near = [names[each] for each in get_close_matches(self.given.casefold(), names)]
        hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        return (
            f"No {self.kind.noun}{where} has the name {described(self.given)},"
            f" among {len(items)} that this client may see (GET {url}).{hint}"
        )

    def _ambiguous(self, url: str, found: Sequence[Named]) -> AmbiguousNameError:
        choices = sorted((item.name or "", _project_of(item), item.id) for item in found)
        shown = [
            f"{name} in {project} ({each})" if project else f"{name} ({each})" for name, project, each in choices
        ]
        if len(shown) > SHOWN:
            shown[SHOWN:] = [f"and {len(shown) - SHOWN} more"]
        advice = "Give the id." if self.kind is PROJECTS else "Give the id, or project= to narrow it."
        text = f"{described(self.given)} may be any of {len(found)} {self.kind.noun}s: {', '.join(shown)}. {advice}"
        return AmbiguousNameError(f"{self.member}: {text}", member=self.member, url=url, choices=choices)


def target(
    transport: Transport, kind: Kind, given: str, member: str, project: str | None = None, *, changes: bool
) -> Target:
    """Check ``given``, a name or an id. ``changes`` is True for a call that changes something.

    Raises InvalidRequestError for anything else, and for a pattern that could change the wrong item: it needs
    ``project``, and a project to be changed cannot be given by one.
    """
    _check(given, member)
    if changes and is_pattern(given) and project is None:
        advice = "give its name or id" if kind is PROJECTS else "give its name, its id, or project= too"
        raise invalid(member, f"the pattern {given!r} is not enough to change a {kind.noun}; {advice}.")
    if project is None:
        return Target(transport, kind, given, member)
    _check(project, "project")
    if is_pattern(project):
        raise invalid("project", f"{project!r} is a pattern; give the project's name or id.")
    return Target(transport, kind, given, member, Target(transport, PROJECTS, project, "project"))


def in_project(path: str, project: Target | None) -> str:
    """The path of a list, limited to ``project`` if there is one."""
    return path if project is None else f"{path}?project_id={project.find()}"


def _check(given: object, member: str) -> None:
    if not isinstance(given, str) or not given.strip():
        raise invalid(member, f"expected a name or an id, got {described(given)}.")


def _project_of(item: Named) -> str:
    project = getattr(item, "project", None)
    return project.name or project.id if isinstance(project, Project) else ""
