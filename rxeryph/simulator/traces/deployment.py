"""How a machine is created, and brought to a configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from ..configurations.instance import before_setup, instantiated
from ..configurations.machine import changes
from ..configurations.members import Configuration
from ..configurations.normalising import Refused
from ..configurations.variables import substituted, with_system_variables
from ..database import Database
from ..genepool import GenePool
from ..networking.ports import connect
from ..rows import Built, CatletRow, DiskRow, ProjectRow
from ..tasks.steps import Fail, Log, Pause, Run, Step, Task
from .networks import network_plan

Made: TypeAlias = Callable[[Run, CatletRow], None]


class Deployment:
    """A new catlet in ``project``. ``made`` is called in the commit that stores it."""

    def __init__(self, genes: GenePool, project: ProjectRow, built: Built, made: Made) -> None:
        self._genes = genes
        self._project = project
        self._built = built
        self._made = made

    def task(self) -> Task:
        """Create the machine, then set it up."""
        return Task(
            "DeployCatletCommand",
            Task("CreateCatletVMCommand", self._create),
            self._set_up,
            display_name="Deploy new catlet",
        )

    def _create(self, run: Run) -> Iterable[Step]:
        yield Pause(8.0)
        configuration = self._built.configuration
        refusal = run.database.placement.refusal(configuration["environment"], configuration["store"])
        if refusal:
            yield Fail(refusal, 0.0)

    def _set_up(self, run: Run) -> Iterable[Step]:
        database = run.database
        configuration = instantiated(self._built.configuration, database.random)
        catlet = CatletRow(
            id=database.new_id(),
            vm_id=database.new_id(),
            name=str(configuration["name"]),
            project=self._project,
            configuration=before_setup(configuration),
            genes=self._built.genes,
        )

        def store(run: Run) -> None:
            database.catlets[catlet.id] = catlet
            database.attach(run.operation, "Catlet", catlet)
            self._made(run, catlet)

        return converge(self._genes, catlet, configuration, None, on_networks=store)


def converge(
    genes: GenePool,
    catlet: CatletRow,
    wanted: Configuration,
    before: Mapping[str, Any] | None,
    *,
    on_networks: Callable[[Run], None] | None = None,
    refusal: str = "",
) -> Iterable[Task]:
    """Networks, machine, config drive, network plan, ports. ``before`` is None for a new machine."""

    def instance(run: Run) -> Configuration:
        return instantiated(wanted, run.database.random)

    def networks(run: Run) -> Iterable[Step]:
        yield Log("Updating catlet network settings")
        try:
            connect(run.database, catlet, wanted)
        except Refused as refused:
            yield Fail(str(refused), 0.0)

    def machine(run: Run) -> Iterable[Step]:
        if not catlet.has_machine:
            yield Fail(no_machine(catlet))
        if refusal:
            yield Fail(refusal)
        if before is None:
            try:
                substituted(with_system_variables(wanted, catlet.id, catlet.vm_id))
            except Refused as refused:
                yield Fail(str(refused))
        frozen = [disk.name for disk in run.database.disks_of(catlet) if disk.is_frozen]
        yield from (Log(line, seconds=0.8) for line in changes(wanted, before, frozen))

    def store(run: Run) -> None:
        configuration = instance(run)
        catlet.configuration, catlet.name = configuration, str(configuration["name"])
        attach_disks(run.database, genes, catlet)
        if before is None:
            catlet.status = "Stopped"

    return (
        Task("UpdateCatletNetworksCommand", networks, on_created=on_networks),
        Task("UpdateCatletVMCommand", machine, on_completed=store),
        Task("UpdateCatletConfigDriveCommand", Log("Updating cloud-init config drive.", seconds=1.5)),
        network_plan(),
        Task("SyncVmNetworkPortsCommand", Pause(1.0)),
    )


def while_it_exists(catlet: CatletRow, *steps: Step) -> Callable[[Run], Iterable[Step]]:
    """What a first task does with a catlet. It fails at once if the catlet was deleted since the request."""

    def checked(run: Run) -> Iterable[Step]:
        if catlet.id not in run.database.catlets:
            yield Fail(f"The catlet {catlet.id} does not exist.")
        yield from steps

    return checked


def no_machine(catlet: CatletRow) -> str:
    """Why the host cannot do anything with the machine of a catlet that has disappeared."""
    return f"The machine with the id {catlet.vm_id} was not found on the host."


def attach_disks(database: Database, genes: GenePool, catlet: CatletRow) -> None:
    """Make and attach the disks that the configuration names; detach the others, which stay."""
    attached = {disk.name: disk for disk in database.disks_of(catlet)}
    for drive in catlet.configuration["drives"]:
        disk = attached.pop(drive["name"], None) or _new_disk(database, genes, catlet, drive)
        if not disk.is_frozen:
            disk.size = max(disk.size, drive.get("size") or 0)
    for disk in attached.values():
        if not disk.is_frozen:
            disk.catlet_id = None


def _new_disk(database: Database, genes: GenePool, catlet: CatletRow, drive: Mapping[str, Any]) -> DiskRow:
    source = str(drive.get("source") or "")
    gene = next((each for each in catlet.genes if f"gene:{each.gene_set}:{each.name}" == source), None)
    parent = genes.disk(gene) if gene else None
    disk = DiskRow(
        database.new_id(),
        drive["name"],
        catlet.project,
        drive["location"],
        parent.size if parent else 1,
        catlet_id=catlet.id,
        environment=catlet.configuration["environment"],
        data_store=drive["store"],
        parent=parent,
    )
    known = next((each for each in database.disks.values() if each.place == disk.place and not each.catlet_id), None)
    if known is not None:
        known.catlet_id = catlet.id
        return known
    database.disks[disk.id] = disk
    return disk
