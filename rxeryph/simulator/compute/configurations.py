"""The endpoints that expand a catlet configuration, fill in its variables, or check it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..api import NO_WRITE, Answer, Call, Endpoint
from ..binding.binder import Body
from ..binding.shapes import BOOLEAN, Member, Raw
from ..bodies.catlets import catlet_configuration, checked_configuration
from ..bodies.reading import CONFIGURATION, correlation_id
from ..database import Database
from ..genepool import GenePool
from ..level import Level
from ..problem import Problem
from ..rows import ProjectRow
from ..submissions import Submissions
from .work import catlet_work

_EXPANDED = CONFIGURATION | {"show_secrets": Member(BOOLEAN)}
_NEW, _EXISTING = Body("request", _EXPANDED), Body("Body", _EXPANDED)
_GIVEN = Body("request", CONFIGURATION)
_ONLY = Body("request", {"configuration": Member(Raw(), is_required=True)})


class Configurations:
    """What can be done with a configuration without making a catlet."""

    def __init__(self, database: Database, genes: GenePool, submissions: Submissions, level: Level) -> None:
        self._database = database
        self._work = catlet_work(genes, level)
        self._submissions = submissions
        self._level = level

    def endpoints(self) -> Iterable[Endpoint]:
        read, write = "compute:catlets:read", "compute:catlets:write"
        return (
            Endpoint("POST", "/v1/catlets/config/expand", write, self.expand, (1, 1), _NEW),
            Endpoint("POST", "/v1/catlets/{id}/config/expand", write, self.expand_existing, (1, 1), _EXISTING),
            Endpoint("POST", "/v1/catlets/config/populate-variables", write, self.populate, (1, 1), _GIVEN),
            Endpoint("POST", "/v1/catlets/config/validate", read, self.validate, (1, 1), _ONLY),
        )

    def expand(self, call: Call) -> Answer:
        """Begin to expand a configuration. Secrets in the result are redacted unless the caller asks for them."""
        body = call.body()
        project, given = self._checked(call, body)
        script = self._work.expand(project, given, shows_secrets=_shows_secrets(body))
        return self._submissions.begin(call, script, correlation_id(body))

    def expand_existing(self, call: Call) -> Answer:
        """Expand a configuration in the project of a catlet, even if the configuration names another."""
        body = call.body()
        given = catlet_configuration(body, self._level)
        catlet = call.find(self._database.catlets, "contributor")
        script = self._work.expand_existing(catlet, given, shows_secrets=_shows_secrets(body))
        resource = ("Catlet", catlet) if self._level.is_old else None
        return self._submissions.begin(call, script, correlation_id(body), resource=resource)

    def populate(self, call: Call) -> Answer:
        """Begin to fill in the variables. The result is the configuration as given, with those of its parents."""
        body = call.body()
        return self._submissions.begin(call, self._work.populate(*self._checked(call, body)), correlation_id(body))

    def validate(self, call: Call) -> Answer:
        """Check a configuration. The answer is 200 for an invalid one too."""
        _, issues = checked_configuration(str(call.body()["configuration"]), self._level)
        errors = [{"member": path, "message": message} for path, found in issues.items() for message in found]
        return 200, {"is_valid": not errors, **({"errors": errors} if errors else {})}

    def _checked(self, call: Call, body: Mapping[str, object]) -> tuple[ProjectRow, dict[str, object]]:
        configuration = catlet_configuration(body, self._level)
        named = str(configuration.get("project") or "").strip() or "default"
        project = self._database.project_named(named, call.caller.tenant_id)
        if project is None or not call.caller.has_role("contributor", project):
            raise Problem(403, NO_WRITE)
        return project, configuration


def _shows_secrets(body: Mapping[str, object]) -> bool:
    return body.get("show_secrets") is True
