"""``rxeryph project``: projects, and who has which role in them."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import exit_codes
from ..confirming import confirmed
from ..options import Identity, Once, ProjectArgument, ProjectArguments, Yes
from ..output.nouns import MEMBER, PROJECTS
from ..reading import Reading
from ..submitting import Changing
from ..targets import names, project_id
from ..tree import Verbs

verbs = Verbs()

Assignments = Annotated[
    list[str], typer.Argument(metavar="ID", help="Ids of memberships, as in: rxeryph project members PROJECT")
]


@verbs
def list_(server: Reading) -> int:
    """List projects."""
    return server.list(PROJECTS, lambda api: api.projects.list())


@verbs
def show(server: Reading, projects: ProjectArguments) -> int:
    """Show projects."""
    return server.show(PROJECTS, projects, lambda api, each: api.projects.get(each))


@verbs
def create(
    server: Changing,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the new project, 1 to 20 characters.")],
    once: Once = None,
) -> int:
    """Create a project, and watch the operation to its end."""
    identity = Identity.of(once)
    return server.submit(
        [name],
        lambda api, each: api.projects.create(each, **identity.arguments),
        identity,
    )


@verbs
def delete(server: Changing, projects: ProjectArguments, yes: Yes = False) -> int:
    """Delete projects with everything in them: catlets, disks and networks."""
    found = names(projects)
    if not confirmed(f"Delete {', '.join(found)} with everything in it", yes=yes):
        return exit_codes.SUCCESS
    return server.submit(found, lambda api, each: api.projects.delete(each), find=project_id)


@verbs
def members(server: Reading, project: ProjectArgument) -> int:
    """List the members of a project, with the role of each."""
    return server.list(MEMBER, lambda api: api.project_members.list(project))


@verbs
def member(server: Reading, project: ProjectArgument, ids: Assignments) -> int:
    """Show members of a project."""
    return server.show(MEMBER, ids, lambda api, each: api.project_members.get(project, each))


@verbs
def add_member(
    server: Changing,
    project: ProjectArgument,
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="Id of a client, as in: rxeryph client list")],
    role: Annotated[str, typer.Argument(metavar="ROLE", help="owner, contributor, reader, or the id of a role.")],
    once: Once = None,
) -> int:
    """Give a client a role in a project, and watch the operation to its end."""
    identity = Identity.of(once)
    return server.submit(
        [client],
        lambda api, each: api.project_members.add(project, each, role, **identity.arguments),
        identity,
    )


@verbs
def remove_member(
    server: Changing,
    project: ProjectArgument,
    ids: Assignments,
    yes: Yes = False,
) -> int:
    """Take roles in a project away, by the ids of the memberships."""
    found = names(ids)
    if not confirmed(f"Remove {', '.join(found)} from {project}", yes=yes):
        return exit_codes.SUCCESS
    return server.submit(
        found,
        lambda api, each: api.project_members.remove(project, each),
        find=lambda api, each: api.project_members.get(project, each).id,
    )
