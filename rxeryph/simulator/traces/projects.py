"""The operations on projects and their members."""

from __future__ import annotations

from collections.abc import Iterable

from ..database import Database
from ..rows import DiskRow, MemberRow, OperationRow, ProjectRow
from ..tasks.steps import Fail, Log, Pause, Run, Step, Task, Together
from ..well_known import DEFAULT_PROJECT_ID
from .catlets import delete_catlet
from .disks import destroy_disk
from .networks import NO_ADDRESS, network_plan
from .specifications import delete_specification


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

    disks: list[DiskRow] = []

    def attach(run: Run) -> None:
        disks.extend(row for row in database.disks.values() if row.project is project)
        rows = [("Catlet", row.id, row.project) for row in database.catlets.values()]
        rows += [("CatletSpecification", row.id, row.project) for row in database.specifications.values()]
        rows += [("VirtualDisk", row.id, row.project) for row in database.disks.values()]
        rows += [("VirtualNetwork", row.id, row.project) for row in database.networks.values()]
        for kind, resource_id, owner in rows:
            if owner is project:
                database.attach_resource(run.operation, kind, resource_id)

    def catlets_then_the_rest(run: Run) -> Iterable[Step]:
        yield Together(*(delete_catlet(row) for row in database.catlets.values() if row.project is project))
        rest = [delete_specification(row) for row in database.specifications.values() if row.project is project]
        # Those of the catlets are destroyed again.
        rest += [destroy_disk(row) for row in disks]
        networks = Task("DestroyVirtualNetworksCommand", network_plan(), display_name="Destroy Virtual Networks")
        yield from (Together(*rest), networks) if is_old else (Together(*rest, networks),)

    return Task(
        "DestroyProjectCommand",
        Task(
            "DestroyResourcesCommand",
            catlets_then_the_rest,
            display_name="Destroy Resources",
            on_created=attach,
        ),
        on_completed=lambda run: database.delete_project(project),
    )


def add_member(member: MemberRow) -> Task:
    """Add a member in a single task, which then refers to it. The id of the assignment is the operation's."""

    def add(run: Run) -> None:
        member.project.members[member.id] = member
        _refer(run, "ProjectMember", member.id, member.project)

    def steps(run: Run) -> Iterable[Step]:
        yield Pause(0.5)
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
