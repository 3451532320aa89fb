"""The gene pool: which gene sets there are, and how their volumes come onto the host.

Everything of the organisation ``dbosoft`` can be downloaded, ``dbosoft/ubuntu-22.04/starter`` is there already,
``dbosoft/broken`` has two volumes of which one is missing, and other organisations have nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from .database import Database
from .script import Log, Work
from .timeline import Process, Signal, Timeline
from .workflow import Run, TaskCancelled, TaskFailed

LOCAL_GENE_SET = "dbosoft/ubuntu-22.04/starter"
BROKEN_GENE_SET = "dbosoft/broken"
PARALLEL = 3
"""How many genes are prepared at the same time."""
REPORT_SECONDS = 10.0
"""Time between two progress reports of one gene."""


@dataclass(slots=True)
class Preparation:
    """One gene on its way, for all the tasks that want it."""

    gene: str
    watchers: int = 0
    line: Log | None = None
    """The latest report."""
    reported: Signal = field(default_factory=Signal)
    is_done: bool = False
    error: str | None = None


class GenePool:
    """Prepares genes, each one once however many tasks want it."""

    def __init__(self, database: Database, timeline: Timeline) -> None:
        self._random = database.random
        self._timeline = timeline
        self._local = set(self.volumes(LOCAL_GENE_SET))
        self._under_way: dict[str, Preparation] = {}
        self._working = 0
        self._freed = Signal()

    @staticmethod
    def full_name(gene_set: str) -> str:
        """``org/set/tag`` in lower case; the tag is ``latest`` where none is given."""
        parts = gene_set.lower().split("/")
        return "/".join(parts if len(parts) > 2 else [*parts, "latest"])

    def has(self, gene_set: str) -> bool:
        """True when the gene set can be had from here or from afar."""
        return self.full_name(gene_set).startswith("dbosoft/")

    def volumes(self, gene_set: str) -> list[str]:
        """The unique ids of a gene set's volume genes."""
        name = self.full_name(gene_set)
        disks = ("sda", "sdb") if name.startswith(BROKEN_GENE_SET + "/") else ("sda",)
        return [f"volume::gene:{name}:{disk}[hyperv/amd64]" for disk in disks]

    def prepare(self, gene: str) -> Work:
        """The work of one ``PrepareGeneCommand``."""

        def process(run: Run) -> Process:
            run.workflow.register(run)
            try:
                yield from self._follow(run, gene)
            finally:
                run.workflow.unregister(run)

        return Work(process)

    def _follow(self, run: Run, gene: str) -> Process:
        preparation = self._under_way.get(gene)
        if preparation is None:
            preparation = self._under_way[gene] = Preparation(gene)
            run.log(Log(f"Waiting for {len(self._under_way)} other task(s)..."))
            self._timeline.spawn(self._prepare(preparation), after=0.5)
        else:
            run.log(Log("Waiting for next update..."))
        preparation.watchers += 1
        try:
            while not preparation.is_done:
                yield preparation.reported
                # A cancellation is noticed at the next report, and at no other moment.
                if run.is_cancel_wanted:
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
        title = f"{gene} (sha256:{hashlib.sha256(gene.encode()).hexdigest()})"
        self._report(preparation, Log(f"Processing {title}"))
        if gene.startswith(f"volume::gene:{BROKEN_GENE_SET}/") and ":sda[" in gene:
            yield 5.0
            preparation.error = f"The gene {gene} is not available on any remote gene pool."
        elif gene in self._local:
            yield 0.5
        else:
            yield from self._fetch(preparation, title)
            if preparation.watchers:
                self._local.add(gene)
        preparation.is_done = True
        del self._under_way[gene]
        self._working -= 1
        freed, self._freed = self._freed, Signal()
        self._timeline.set(freed)
        self._report(preparation, None)

    def _fetch(self, preparation: Preparation, title: str) -> Process:
        """Download, then extract, with a report now and then, as long as anybody is interested."""
        packed = self._random.choice((600, 750, 900))
        for verb, size, base in (("Downloading parts of", packed, 0), ("Extracting", packed * 3.75, 50)):
            done = 0.0
            while done < size:
                yield REPORT_SECONDS
                if not preparation.watchers:
                    return
                done = min(size, done + size * self._random.uniform(0.15, 0.3))
                percent = 100.0 * done / size
                text = f"{verb} {title}: {done:,.2f} MiB / {size:,.2f} MiB => {percent:.1f}% completed"
                self._report(preparation, Log(text, progress=min(99, base + int(percent / 2))))
        yield 1.0

    def _report(self, preparation: Preparation, line: Log | None) -> None:
        preparation.line = line
        reported, preparation.reported = preparation.reported, Signal()
        self._timeline.set(reported)
