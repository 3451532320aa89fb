"""The operations on projects and their members."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from ..database import Database
from ..rows import (
    CatletRow,
    DiskRow,
    MemberRow,
    NetworkRow,
    OperationRow,
    ProjectRow,
    SpecificationRow,
)
from ..tasks.steps import Fail, Log, Pause, Run, Step, Task, Together
from ..well_known import DEFAULT_PROJECT_ID
from .catlets import delete_catlet
from .disks import destroy_disk
from .networks import NO_ADDRESS, network_plan
from .specifications import delete_specification

KEPT_SECONDS = 3600
_Row: TypeAlias = CatletRow | SpecificationRow | DiskRow | NetworkRow


def create_project(database: Database, operation: OperationRow, name: str, owner: str | None) -> Task:
    """Create a project in a single task, whose log lines are stored after it has completed."""

    def add(run: Run) -> None:
        # The project's id is the operation's.
        project = ProjectRow(operation.id, operation.tenant_id, name)
        if owner is not None:
            project.add(run.database.new_id(), owner, "owner")
        run.database.add_project(project)
        run.database.attach_project(run.operation, project)
        _refer(run, "Project", project.id, project)

    def steps(run: Run) -> Iterable[Step]:
        yield Log(f"Creating project '{name}'", late=1.5)
        if operation.id in database.projects:
            yield Fail(f"There is a project with the id {operation.id} already.")
        if database.project_named(name, operation.tenant_id) is not None:
            refusal = f"Project with name '{name}' already exists in tenant."
            yield Fail(f"{refusal} Project names have to be unique within a tenant.")
        yield Log(f"Creating default network for project '{name}'.", late=2.0)
        if database.free_provider_address() is None:
            yield Fail(NO_ADDRESS)

    return Task("CreateProjectCommand", steps, on_completed=add)


def delete_project(database: Database, project: ProjectRow, *, is_old: bool) -> Task:
    """Delete a project after everything in it. The default project cannot be deleted.

    Servers before API 1.2 delete its networks last, and the disks before them.
    """
    if project.id == DEFAULT_PROJECT_ID:
        return Task("DestroyProjectCommand", Fail("Default project cannot be deleted"))

    def rows(run: Run) -> list[tuple[str, _Row]]:
        kinds: dict[str, Iterable[_Row]] = {
            "Catlet": database.catlets.values(),
            "CatletSpecification": database.specifications.values(),
            "VirtualDisk": [*database.disks.values(), *_deleted_disks(run)],
            "VirtualNetwork": database.networks.values(),
        }
        return [(kind, row) for kind, found in kinds.items() for row in found if row.project is project]

    def steps(run: Run) -> Iterable[Step]:
        if project.id not in database.projects or not (found := rows(run)):
            return

        def attach(run: Run) -> None:
            for kind, row in found:
                database.attach_resource(run.operation, kind, row.id)

        yield Task(
            "DestroyResourcesCommand",
            lambda run: _destroy(found, is_old=is_old),
            display_name="Destroy Resources",
            on_created=attach,
        )

    return Task("DestroyProjectCommand", steps, on_completed=lambda run: database.delete_project(project))


def _deleted_disks(run: Run) -> list[DiskRow]:
    """The disks that were deleted, until the server cleans them up."""
    return [disk for deleted, disk in run.database.deleted_disks if run.now - deleted < KEPT_SECONDS]


def _destroy(rows: Iterable[tuple[str, _Row]], *, is_old: bool) -> Iterable[Step]:
    """Delete the catlets, then the rest. The disks of the catlets are destroyed again."""
    yield Together(*(delete_catlet(row) for _, row in rows if isinstance(row, CatletRow)))
    rest = [delete_specification(row) for _, row in rows if isinstance(row, SpecificationRow)]
    rest += [destroy_disk(row) for _, row in rows if isinstance(row, DiskRow)]
    networks = []
    if any(isinstance(row, NetworkRow) for _, row in rows):
        networks = [Task("DestroyVirtualNetworksCommand", network_plan(), display_name="Destroy Virtual Networks")]
    yield from (Together(*rest), Together(*networks)) if is_old else (Together(*rest, *networks),)


def add_member(member: MemberRow) -> Task:
    """Add a member in a single task, which then refers to it. The id of the assignment is the operation's."""

    def add(run: Run) -> None:
        member.project.members[member.id] = member
        _refer(run, "ProjectMember", member.id, member.project)

    def steps(run: Run) -> Iterable[Step]:
        projects = run.database.projects
        yield Pause(0.5)
        if member.project.id not in projects:
            yield Fail(f"The project {member.project.id} does not exist.", 0.0)
        if any(member.id in project.members for project in projects.values()):
            yield Fail(f"There is a member with the id {member.id} already.", 0.0)
        roles = {(row.client_id, row.role) for row in member.project.members.values()}
        if (member.client_id, member.role) in roles:
            yield Fail(f"The member '{member.client_id}' has the role '{member.role}' already.")

    return Task("AddProjectMemberCommand", steps, on_completed=add)


def refuse_member(role_id: str) -> Task:
    """Fail, because the role does not exist."""
    return Task("AddProjectMemberCommand", Fail(f"The role '{role_id}' does not exist."))


def remove_member(member: MemberRow, client_id: str) -> Task:
    """Remove a member. The client ``client_id``, which asks for it, cannot remove its own role owner."""
    if (member.client_id, member.role) == (client_id, "owner"):
        return Task("RemoveProjectMemberCommand", Fail("You cannot remove your own role owner from the project."))

    def remove(run: Run) -> None:
        member.project.members.pop(member.id, None)
        _refer(run, "ProjectMember", member.id, member.project)

    return Task("RemoveProjectMemberCommand", Pause(0.5), on_completed=remove)


def _refer(run: Run, kind: str, row_id: str, project: ProjectRow) -> None:
    run.task.reference = {"id": row_id, "type": kind, "project_name": project.name}
