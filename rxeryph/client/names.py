"""Names instead of ids: which catlet, project, disk or network is meant."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Protocol, TypeVar

from ..errors import AmbiguousNameError, NotFoundError
from ..model import Project
from ..wire import load_catlets, load_projects, load_virtual_disks, load_virtual_networks
from .checks import invalid
from .transport import Transport

SHOWN = 10
"""How many choices an error's text lists; its ``choices`` has all."""


class Thing(Protocol):
    """What has an id and a name."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str | None: ...


ThingT = TypeVar("ThingT", bound=Thing)


@dataclass(frozen=True, slots=True)
class Kind:
    """What is looked for, and where all of it is listed."""

    noun: str
    path: str
    load: Callable[[object, str], Sequence[Thing]]


CATLETS = Kind("catlet", "/v1/catlets", load_catlets)
PROJECTS = Kind("project", "/v1/projects", load_projects)
DISKS = Kind("disk", "/v1/virtualdisks", load_virtual_disks)
NETWORKS = Kind("network", "/v1/virtualnetworks", load_virtual_networks)


def as_id(given: str) -> str | None:
    """``given`` in the server's spelling of a GUID; None when it is none, and so a name."""
    try:
        return str(uuid.UUID(given))
    except ValueError:
        return None


def is_pattern(name: str) -> bool:
    """Whether it may stand for several names."""
    return "*" in name or "?" in name


def matching(wanted: str, things: Iterable[ThingT]) -> tuple[ThingT, ...]:
    """Those named ``wanted``, in any letter case; ``*`` stands for any characters, ``?`` for one."""
    pattern = wanted.casefold().replace("[", "[[]")
    return tuple(thing for thing in things if thing.name is not None and fnmatchcase(thing.name.casefold(), pattern))


@dataclass(frozen=True, slots=True)
class Target:
    """One thing by its name or id, checked; nothing is sent before ``find``."""

    transport: Transport
    kind: Kind
    given: str
    member: str
    project: Target | None = None

    def find(self) -> str:
        """The id. A GUID is one already; a name costs a list request, and one more where ``project`` is a name.

        Raises NotFoundError, AmbiguousNameError, and AccessDeniedError for a list that the client may not read.
        """
        known = as_id(self.given)
        if known is not None:
            return known
        path = in_project(self.kind.path, self.project)
        url = self.transport.url(path)
        things = self.kind.load(self.transport.get(path), url)
        found = matching(self.given, things)
        if len(found) == 1:
            return found[0].id
        if not found:
            raise NotFoundError(self._not_found(url, things), status=404, method="GET", url=url)
        raise self._ambiguous(url, found)

    def _not_found(self, url: str, things: Sequence[Thing]) -> str:
        where = "" if self.project is None else f" in project {self.project.given!r}"
        names = {thing.name.casefold(): thing.name for thing in things if thing.name}
        near = [names[each] for each in get_close_matches(self.given.casefold(), names)]
        hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        return (
            f"GET {url}: no {self.kind.noun}{where} has the name {self.given!r},"
            f" among {len(things)} that this client may see.{hint}"
        )

    def _ambiguous(self, url: str, found: Sequence[Thing]) -> AmbiguousNameError:
        choices = sorted((thing.name or "", _project_of(thing), thing.id) for thing in found)
        shown = [
            f"{name} in {project} ({each})" if project else f"{name} ({each})" for name, project, each in choices
        ]
        if len(shown) > SHOWN:
            shown[SHOWN:] = [f"and {len(shown) - SHOWN} more"]
        advice = "Give the id." if self.kind is PROJECTS else "Give the id, or project= to narrow it."
        text = f"{self.given!r} may be any of {len(found)} {self.kind.noun}s: {', '.join(shown)}. {advice}"
        return AmbiguousNameError(f"{self.member}: {text}", member=self.member, url=url, choices=choices)


def target(
    transport: Transport, kind: Kind, given: str, member: str, project: str | None = None, *, changes: bool
) -> Target:
    """What ``given``, a name or an id, stands for. ``changes`` says that something will be done to it.

    Raises InvalidRequestError for what is neither, and for ``*`` or ``?`` where a change might hit another thing
    than was meant: they need ``project``, and stand in no name of a project that is changed.
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
    """The path of a list, of one project if there is one, which is looked for."""
    return path if project is None else f"{path}?project_id={project.find()}"


def _check(given: object, member: str) -> None:
    if not isinstance(given, str) or not given.strip():
        raise invalid(member, f"expected a name or an id, got {given!r}.")


def _project_of(thing: Thing) -> str:
    project = getattr(thing, "project", None)
    return project.name or project.id if isinstance(project, Project) else ""
