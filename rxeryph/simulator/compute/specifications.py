"""The endpoints of catlet specifications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .. import documents
from ..api import BY_PROJECT, NO_WRITE, Answer, Call, Endpoint, Null
from ..binding.binder import Body
from ..binding.shapes import BOOLEAN, REQUIRED_GUID, STRING, MapOf, Member
from ..bodies.catlets import INVALID
from ..bodies.reading import correlation_id
from ..bodies.specifications import (
    ARCHITECTURE,
    VERSION,
    deployment_variables,
    new_version,
    wanted_architecture,
    wrong_content_type,
)
from ..database import Database
from ..genepool import GenePool
from ..problem import Problem
from ..rows import Built, SpecificationRow, VersionRow
from ..submissions import Submissions
from ..tasks.workflow import Workflow
from ..traces import specifications as traces
from .catlets import name_is_taken

_COMMENT = {"comment": Member(STRING)}
_CHECKS = {"configuration.content_type": wrong_content_type}
_NEW = Body("request", VERSION | _COMMENT | {"project_id": Member(REQUIRED_GUID, is_required=True)}, _CHECKS)
_CHANGED = Body("Body", VERSION | _COMMENT, _CHECKS)
_VALIDATED = Body("request", VERSION, _CHECKS)
_DELETED = Body("Body", {"delete_catlet": Member(BOOLEAN)})
_DEPLOYED = Body(
    "Body",
    {
        "architecture": Member(STRING),
        "redeploy": Member(BOOLEAN),
        "variables": Member(MapOf(STRING), is_required=True, is_nullable=False),
    },
)


class Specifications:
    """Specifications and their versions."""

    def __init__(self, database: Database, workflow: Workflow, genes: GenePool, submissions: Submissions) -> None:
        self._database = database
        self._workflow = workflow
        self._genes = genes
        self._submissions = submissions

    def endpoints(self) -> Iterable[Endpoint]:
        read, write, since = "compute:catlets:read", "compute:catlets:write", (1, 2)
        root = "/v1/catlet_specifications"
        versions = root + "/{specification_id}/versions"
        return (
            Endpoint("GET", root, read, self.list, since, query=BY_PROJECT),
            Endpoint("POST", root, write, self.create, since, _NEW),
            Endpoint("POST", root + "/validate", write, self.validate, since, _VALIDATED),
            Endpoint("GET", root + "/{id}", read, self.get, since),
            Endpoint("PUT", root + "/{id}", write, self.update, since, _CHANGED),
            Endpoint("DELETE", root + "/{id}", write, self.delete, since, _DELETED),
            Endpoint("GET", versions, read, self.list_versions, since),
            Endpoint("GET", versions + "/{id}", read, self.get_version, since),
            Endpoint("POST", versions + "/{id}/deploy", write, self.deploy, since, _DEPLOYED),
        )

    def list(self, call: Call) -> Answer:
        return 200, {"value": [self._document(row) for row in call.select(self._database.specifications)]}

    def get(self, call: Call) -> Answer:
        return 200, self._document(call.find(self._database.specifications))

    def list_versions(self, call: Call) -> Answer:
        row = call.find(self._database.specifications, parameter="specification_id")
        return 200, {"value": [_version_info(version) for version in row.versions]}

    def get_version(self, call: Call) -> Answer:
        """Get one version. For a version that does not exist the answer is the document ``null``."""
        row = call.find(self._database.specifications, parameter="specification_id")
        version = _version(row, call)
        return 200, Null() if version is None else self._version_document(row, version)

    def create(self, call: Call) -> Answer:
        body = call.body()
        chosen_id, version = correlation_id(body), self._new(body)
        project = self._database.projects.get(str(body["project_id"]))
        if project is None:
            raise Problem(400, "The project does not exist. Create it first.", {})
        if not call.caller.has_role("contributor", project):
            raise Problem(403, NO_WRITE)
        name = str(version.configuration.get("name") or "").strip().lower() or "catlet"
        if any(row.name == name and row.project is project for row in self._database.specifications.values()):
            raise Problem(409, f"A catlet specification with the name '{name}' already exists in the project.")
        row = SpecificationRow(self._database.new_id(), name, project, [version])
        return self._submissions.begin(call, traces.create_specification(self._genes, row), chosen_id)

    def update(self, call: Call) -> Answer:
        body = call.body()
        chosen_id, version = correlation_id(body), self._new(body)
        row = call.find(self._database.specifications, "contributor")
        script = traces.update_specification(self._genes, row, version)
        return self._submissions.begin(call, script, chosen_id, resource=("CatletSpecification", row))

    def delete(self, call: Call) -> Answer:
        """Begin to delete a specification. The request must have a body."""
        row = call.find(self._database.specifications, "contributor")
        body = call.body()
        if self._database.deployed(row) is not None and body.get("delete_catlet") is not True:
            raise Problem(400, "The catlet specification is deployed as a catlet. Please delete the catlet first.")
        script = traces.delete_specification(row)
        return self._submissions.begin(call, script, resource=("CatletSpecification", row))

    def deploy(self, call: Call) -> Answer:
        row = call.find(self._database.specifications, "contributor", "specification_id")
        versions = [each for known in self._database.specifications.values() for each in known.versions]
        version, body = next((each for each in versions if each.id == call.id), None), call.body()
        if version is None:
            raise Problem(404)
        wanted_architecture(body, version)
        variables = deployment_variables(body, _built(version).configuration)
        present = self._database.deployed(row)
        if present is not None and body.get("redeploy") is not True:
            raise Problem(409, "The catlet specification is already deployed as a catlet.")
        if present is None and self._database.catlet_named(row.name, row.project) is not None:
            raise name_is_taken(row.name, row.project)
        if not str(body.get("architecture", ARCHITECTURE)).strip():
            raise Problem(500)  # the server fails on it too, after all checks
        replaces = body.get("redeploy") is True
        script = traces.deploy_specification(self._genes, row, version, _built(version), variables, replaces=replaces)
        return self._submissions.begin(call, script, resource=("CatletSpecification", row))

    def validate(self, call: Call) -> Answer:
        body = call.body()
        chosen_id, version = correlation_id(body), self._new(body, None)
        return self._submissions.begin(call, traces.validate_specification(self._genes, version), chosen_id)

    def _new(self, body: Mapping[str, object], detail: str | None = INVALID) -> VersionRow:
        return new_version(body, self._database.new_id(), self._workflow.ticks, detail=detail)

    def _document(self, row: SpecificationRow) -> documents.Document:
        document: documents.Document = {
            "id": row.id,
            "name": row.name,
            "project": documents.project(row.project),
            "latest": _version_info(row.versions[-1]),
        }
        catlet = self._database.deployed(row)
        return document if catlet is None else {**document, "catlet_id": catlet.id}

    def _version_document(self, row: SpecificationRow, version: VersionRow) -> documents.Document:
        genes = [
            {
                "gene_type": gene.gene_type,
                "gene_set": gene.gene_set,
                "name": gene.name,
                "architecture": gene.architecture,
                "hash": gene.hash,
            }
            for gene in _built(version).genes
        ]
        built = _built(version).configuration
        return {
            "id": version.id,
            "specification_id": row.id,
            "comment": version.comment or "",
            "configuration": {"content_type": version.content_type, "content": version.content},
            "variants": [
                {"architecture": each, "built_config": built, "pinned_genes": genes} for each in version.architectures
            ],
        }


def _built(version: VersionRow) -> Built:
    if version.built is None:
        raise Problem(500)  # every version that is stored was built
    return version.built


def _version(row: SpecificationRow, call: Call) -> VersionRow | None:
    wanted = call.id
    return next((version for version in row.versions if version.id == wanted), None)


def _version_info(row: VersionRow) -> documents.Document:
    return {"id": row.id, "created_at": documents.timestamp(row.created), "comment": row.comment or ""}
