"""The operations on virtual disks."""

from __future__ import annotations

from collections.abc import Iterable

from ..rows import DiskRow
from ..tasks.steps import Fail, Pause, Run, Step, Task


def create_disk(disk: DiskRow) -> Task:
    """Create a disk. The operation refers to it before it exists."""

    def attach(run: Run) -> None:
        run.database.attach_resource(run.operation, "VirtualDisk", disk.id)

    def store(run: Run) -> None:
        run.database.disks[disk.id] = disk

    def create(run: Run) -> Iterable[Step]:
        refusal = run.database.placement.refusal(disk.environment, disk.data_store)
        yield Fail(refusal) if refusal else Pause(2.0)

    return Task(
        "CreateVirtualDiskCommand",
        Task("CreateVirtualDiskVMCommand", create, on_created=attach, on_completed=store),
        display_name=f"Create disk {disk.name}",
    )


def destroy_disk(disk: DiskRow) -> Task:
    """Remove a disk from its host, unless it is in use or not eryph's to remove. Its row is kept for a while."""

    def remove(run: Run) -> None:
        if run.database.disks.pop(disk.id, None) is not None:
            run.database.deleted_disks.append((run.now, disk))

    def steps(run: Run) -> Iterable[Step]:
        database = run.database
        is_kept = disk.gene is not None or disk.is_frozen or disk.catlet_id in database.catlets
        if not is_kept and not database.children_of(disk):
            yield Task("RemoveVirtualDiskCommand", Pause(1.0), on_completed=remove)

    return Task("DestroyVirtualDiskCommand", steps, display_name="Destroy Virtual Disk")
