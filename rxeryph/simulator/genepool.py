"""The gene pool of the host: which genes it holds, who uses them, and how others are downloaded.

The genes of ``dbosoft/ubuntu-22.04/starter`` are on the host from the start.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from .configurations.members import Configuration
from .database import Database
from .gene_sets import BROKEN_GENE_SET, LOCAL_GENE_SET, VOLUME_GIB, content_of, genes_of
from .rows import DiskRow, GeneRow
from .tasks.steps import Cancellable, Log, Run, TaskCancelled, TaskFailed, Work
from .timeline import Process, Signal, Timeline
from .well_known import DEFAULT_PROJECT_ID

PARALLEL = 3
"""How many genes are prepared at the same time."""
REPORT_SECONDS = 10.0
"""Time between two progress reports of one gene."""


@dataclass(slots=True)
class Preparation:
    """A gene that is being prepared, for all the tasks that wait for it."""

    gene: GeneRow
    watchers: int = 0
    line: Log | None = None
    """The latest report."""
    reported: Signal = field(default_factory=Signal)
    is_done: bool = False
    error: str | None = None


class GenePool:
    """The genes of the host. Each is prepared once, even if several tasks wait for it."""

    def __init__(self, database: Database, timeline: Timeline, *, is_old: bool) -> None:
        self._database = database
        self._is_old = is_old
        self._timeline = timeline
        self._under_way: dict[str, Preparation] = {}
        self._working = 0
        self._freed = Signal()

    def install(self) -> None:
        """Put the genes on the host that it has from the start."""
        for gene in self.genes(LOCAL_GENE_SET):
            self.keep(gene)

    @staticmethod
    def genes(gene_set: str) -> list[GeneRow]:
        """The genes of a gene set, here or remotely; none if it does not exist."""
        return genes_of(gene_set)

    @staticmethod
    def content(gene: GeneRow) -> Configuration:
        """What is in a gene that is no volume."""
        return content_of(gene)

    def keep(self, gene: GeneRow) -> None:
        """Put a gene on the host. A volume gene is a disk too."""
        self._database.genes.setdefault(gene.id, gene)
        if gene.gene_type == "Volume" and self.disk(gene) is None:
            disk_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"disk of {gene.unique_id}"))
            project = self._database.projects[DEFAULT_PROJECT_ID]
            place = f"gene:{gene.gene_set}"
            self._database.disks[disk_id] = DiskRow(disk_id, gene.name, project, place, VOLUME_GIB, gene=gene)

    def disk(self, gene: GeneRow) -> DiskRow | None:
        """The disk of a volume gene."""
        return next((row for row in self._database.disks.values() if row.gene and row.gene.id == gene.id), None)

    def remove(self, gene: GeneRow) -> None:
        """Remove a gene from the host."""
        self._database.genes.pop(gene.id, None)
        disk = self.disk(gene)
        if disk is not None:
            del self._database.disks[disk.id]

    def catlets_with(self, gene: GeneRow) -> list[str]:
        """The catlets that use fodder. A catlet gene is needed only while a catlet is built."""
        rows = self._database.catlets.values() if gene.gene_type == "Fodder" else ()
        return [row.id for row in rows if any(each.id == gene.id for each in row.genes)]

    def disks_with(self, gene: GeneRow) -> list[str]:
        """The disks whose parent is the disk of a volume gene."""
        disk = self.disk(gene)
        return [child.id for child in self._database.children_of(disk)] if disk else []

    def is_used(self, gene: GeneRow) -> bool:
        """Whether a catlet or a disk uses the gene."""
        return bool(self.catlets_with(gene) or self.disks_with(gene))

    def prepare(self, gene: GeneRow) -> Cancellable:
        """The work of a ``PrepareGeneCommand``."""
        return Cancellable(Work(lambda run: self._follow(run, gene)))

    def _follow(self, run: Run, gene: GeneRow) -> Process:
        preparation = self._under_way.get(gene.id)
        if preparation is None:
            preparation = self._under_way[gene.id] = Preparation(gene)
            self._say(run, f"Waiting for {len(self._under_way)} other task(s)...")
            self._timeline.spawn(self._prepare(preparation), after=0.5)
        else:
            self._say(run, "Waiting for next update...")
        preparation.watchers += 1
        try:
            while not preparation.is_done:
                yield preparation.reported
                # A cancellation is noticed at the next report only.
                if run.is_cancel_requested:
                    raise TaskCancelled
                if preparation.line is not None and not preparation.is_done:
                    run.log(preparation.line)
        finally:
            preparation.watchers -= 1
        if preparation.error is not None:
            raise TaskFailed(preparation.error)

    def _prepare(self, preparation: Preparation) -> Process:
        while self._working >= PARALLEL:
            yield self._freed
        self._working += 1
        gene = preparation.gene
        title = gene.old_id if self._is_old else f"{gene.unique_id} ({gene.hash})"
        if not self._is_old:
            self._report(preparation, Log(f"Processing {title}"))
        if gene.gene_set.startswith(f"{BROKEN_GENE_SET}/") and gene.name == "sda":
            yield 5.0
            preparation.error = f"The gene {gene.unique_id} is not available on any remote gene pool."
        elif gene.id in self._database.genes:
            yield 0.5
        else:
            yield from self._fetch(preparation, title)
            if preparation.watchers:
                self.keep(gene)
        preparation.is_done = True
        del self._under_way[gene.id]
        self._working -= 1
        freed, self._freed = self._freed, Signal()
        self._timeline.set(freed)
        self._report(preparation, None)

    def _fetch(self, preparation: Preparation, title: str) -> Process:
        """Download, then extract, with reports, until no task waits for it."""
        packed = self._database.random.choice((600, 750, 900))
        # Older servers count from 0 again when they extract.
        verb, share = ("Pulling", 1.0) if self._is_old else ("Downloading parts of", 0.5)
        stages = ((verb, packed, 0), ("Extracting", packed * 3.75, 0 if self._is_old else 50))
        for verb, size, base in stages:
            done = 0.0
            while done < size:
                yield REPORT_SECONDS
                if not preparation.watchers:
                    return
                done = min(size, done + size * self._database.random.uniform(0.15, 0.3))
                percent = 100.0 * done / size
                if self._is_old:
                    message = f"{verb} {title} ({done:.0f} MiB / {size:.0f} MiB) => {percent:.1f}% completed"
                else:
                    message = f"{verb} {title}: {done:.2f} MiB / {size:.2f} MiB => {percent:.1f}% completed"
                self._report(preparation, Log(message, progress=min(99, base + int(percent * share))))
        yield 1.0

    def _say(self, run: Run, message: str) -> None:
        """Log that the gene has to wait. Older servers do not."""
        if not self._is_old:
            run.log(Log(message))

    def _report(self, preparation: Preparation, line: Log | None) -> None:
        preparation.line = line
        reported, preparation.reported = preparation.reported, Signal()
        self._timeline.set(reported)
