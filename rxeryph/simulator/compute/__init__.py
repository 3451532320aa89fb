"""The compute API, noun by noun."""

from __future__ import annotations

from ..api import Endpoint
from ..database import Database
from ..genepool import GenePool
from ..level import Level
from ..submissions import Submissions
from ..tasks.workflow import Workflow
from .catlets import Catlets
from .configurations import Configurations
from .disks import Disks
from .genes import Genes
from .guest_services import GuestServices
from .members import Members
from .networks import Networks
from .operations import Operations
from .options import Options
from .projects import Projects
from .specifications import Specifications

__all__ = ["compute_endpoints"]


def compute_endpoints(
    database: Database,
    workflow: Workflow,
    genes: GenePool,
    level: Level,
) -> list[Endpoint]:
    """The endpoints that a server of ``level`` has."""
    submissions = Submissions(database, workflow, level)
    rooms = (
        Operations(database, workflow, level),
        Catlets(database, genes, submissions, level),
        Configurations(database, genes, submissions, level),
        Disks(database, submissions, level),
        Genes(database, genes, submissions),
        GuestServices(database, workflow, submissions),
        Options(database),
        Projects(database, submissions, level),
        Specifications(database, workflow, genes, submissions),
        Members(database, submissions),
        Networks(database, submissions, level),
    )
    return [endpoint for room in rooms for endpoint in room.endpoints() if level.has(endpoint.since)]
