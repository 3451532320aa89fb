"""The operations on catlets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..catlet_settings import changes, cpu_count, disk_size, drives
from ..genepool import GenePool
from ..rows import CatletRow, DiskRow, ProjectRow
from ..tasks.steps import Fail, Log, Pause, Run, Step, Task, Together
from .disks import destroy_disk
from .networks import network_plan


def create_catlet(genes: GenePool, project: ProjectRow, configuration: dict[str, object]) -> Task:
    """Build, validate (which prepares the genes) and deploy a new catlet."""
    return Task(
        "CreateCatletCommand",
        build_specification(genes, configuration),
        *deploy_catlet(genes, project, configuration),
        display_name=f"Create catlet {configuration['name']}",
    )


def deploy_catlet(
    genes: GenePool,
    project: ProjectRow,
    configuration: dict[str, object],
    made: Callable[[Run, CatletRow], None] = lambda run, catlet: None,
) -> tuple[Task, Task]:
    """Validate and deploy a new catlet, and call ``made`` in the commit that stores it."""

    def make(run: Run) -> None:
        database = run.database
        database.catlets_made += 1
        catlet = CatletRow(
            id=database.new_id(),
            vm_id=database.new_id(),
            name=str(configuration["name"]),
            project=project,
            configuration=configuration,
            number=database.catlets_made,
        )
        database.catlets[catlet.id] = catlet
        parents = {gene.name: genes.disk(gene) for gene in genes.wanted(configuration)}
        for drive in drives(configuration):
            disk = DiskRow(
                database.new_id(),
                drive,
                project,
                catlet.location,
                disk_size(configuration, drive),
                catlet_id=catlet.id,
                parent=parents.get(drive),
            )
            database.disks[disk.id] = disk
        database.attach(run.operation, "Catlet", catlet)
        made(run, catlet)

    return _validate(genes, configuration), Task(
        "DeployCatletCommand",
        Task("CreateCatletVMCommand", Pause(8.0)),
        *_converge(configuration, configuration, make),
        display_name="Deploy new catlet",
    )


def build_specification(genes: GenePool, configuration: Mapping[str, object]) -> Task:
    """Find the genes of a configuration. Fails if its parent does not exist."""
    missing = genes.missing(configuration)
    refusal = f"The gene set {missing} is not available in local or remote gene pools."

    def fetch(run: Run) -> None:
        for gene in genes.wanted(configuration):
            if gene.gene_type != "Volume":
                genes.keep(gene)  # without a task or a log line

    return Task(
        "BuildCatletSpecificationCommand",
        Task(
            "BuildCatletSpecificationGenePoolCommand",
            Fail(refusal, 3.0) if missing else Pause(3.0),
            display_name="Build catlet specification",
            on_completed=fetch,
        ),
    )


def update_catlet(genes: GenePool, catlet: CatletRow, configuration: dict[str, object]) -> Task:
    """Change the configuration of a catlet. The processors of a running one cannot change."""
    before = catlet.configuration

    def store(run: Run) -> None:
        catlet.configuration = configuration

    refusal = None
    if catlet.status == "Running" and cpu_count(before) != cpu_count(configuration):
        refusal = "Cannot change CPU count if the catlet is not stopped. Stop the catlet and retry."
    return Task(
        "UpdateCatletCommand",
        _validate(genes, configuration),
        Task(
            "DeployCatletCommand",
            *_converge(configuration, before, lambda run: None, refusal),
            display_name=f"Deploy catlet {catlet.id}",
        ),
        on_completed=store,
    )


def start_catlet(catlet: CatletRow) -> Task:
    """Start the machine, then record its state."""
    return Task(
        "StartCatletCommand",
        Task("StartCatletVMCommand", Pause(5.0)),
        _record_state(catlet, "Running"),
        display_name="Starting Catlet",
    )


def stop_catlet(catlet: CatletRow, mode: str) -> Task:
    """Stop the machine in one of three ways, then record its state."""
    command, seconds = {
        "Shutdown": ("ShutdownVMCommand", 10.0),
        "Hard": ("StopVMCommand", 3.0),
        "Kill": ("KillVMCommand", 1.0),
    }[mode]
    return Task(
        "StopCatletCommand",
        Task(command, Pause(seconds)),
        _record_state(catlet, "Stopped"),
        display_name="Stopping Catlet",
    )


def delete_catlet(catlet: CatletRow) -> Task:
    """Remove the machine, then the disks that are stored with it."""

    def remove(run: Run) -> None:
        run.database.catlets.pop(catlet.id, None)

    def attach(run: Run) -> None:
        run.database.attach(run.operation, "Catlet", catlet)

    def own_disks(run: Run) -> list[DiskRow]:
        return [disk for disk in run.database.disks_of(catlet) if disk.location == catlet.location]

    def attach_disks(run: Run) -> None:
        for disk in own_disks(run):
            run.database.attach_resource(run.operation, "VirtualDisk", disk.id)

    def disks(run: Run) -> Iterable[Step]:
        yield Together(*(destroy_disk(disk) for disk in own_disks(run)))

    return Task(
        "DestroyCatletCommand",
        Task("RemoveCatletVMCommand", Pause(4.0), on_completed=remove),
        Task("DestroyResourcesCommand", disks, display_name="Destroy Resources", on_created=attach_disks),
        display_name="Destroy Catlet",
        on_created=attach,
    )


def _validate(genes: GenePool, configuration: Mapping[str, object]) -> Task:
    volumes = [gene for gene in genes.wanted(configuration) if gene.gene_type == "Volume"]
    children = [
        Task("PrepareGeneCommand", genes.prepare(gene), display_name=f"Preparing gene {gene.unique_id}")
        for gene in volumes
    ]
    return Task("ValidateCatletDeploymentCommand", Together(*children), display_name="Validate catlet deployment")


def _converge(
    configuration: Mapping[str, object],
    before: Mapping[str, object],
    on_networks: Callable[[Run], None],
    refusal: str | None = None,
) -> list[Task]:
    """Networks, machine, config drive, network plan, ports."""
    lines = changes(configuration, None if before is configuration else before)
    machine: list[Step] = [Fail(refusal)] if refusal else [Log(line, seconds=0.8) for line in lines]
    return [
        Task(
            "UpdateCatletNetworksCommand",
            Log("Updating catlet network settings"),
            on_created=on_networks,
        ),
        Task("UpdateCatletVMCommand", *machine),
        Task("UpdateCatletConfigDriveCommand", Log("Updating cloud-init config drive.", seconds=1.5)),
        network_plan(),
        Task("SyncVmNetworkPortsCommand", Pause(1.0)),
    ]


def _record_state(catlet: CatletRow, status: str) -> Task:
    def record(run: Run) -> None:
        catlet.status = status

    return Task("UpdateCatletStateCommand", Pause(0.5), on_completed=record)
