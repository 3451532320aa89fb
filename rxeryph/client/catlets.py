"""Catlets: list, read, create, change, start, stop and delete them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from ..arguments import described
from ..errors import InvalidRequestError, NotFoundError
from ..model import Catlet, ValidationResult
from ..wire import load_catlet, load_catlets, load_configuration
from .calls import GatedCalls, OpT
from .checks import invalid, new_correlation_id
from .configuration import check_configuration, plain_configuration
from .documents import Configuration
from .names import Target
from .variables import Variables, fill_in
from .verdict import ask_verdict, require_valid

StopMode = Literal["Shutdown", "Hard", "Kill"]


class Catlets(GatedCalls[OpT]):
    """The catlets of a server. A change is submitted once, when the method is called, and returns its operation: as
    an ``Operation`` from the plain client, as a stream from the session.

    ``catlet_id`` is the id of a catlet, or its name in any letter case, which costs a list request; ``project`` (name
    or id) limits the search to one project. In a name, ``*`` stands for any characters and ``?`` for one; calls that
    change something accept them only with ``project``. A name without a match raises NotFoundError, one with several
    matches AmbiguousNameError with the choices.

    A configuration is a mapping, a string in YAML or JSON, or the path of a file (``pathlib.Path``); YAML needs
    ``pip install rxeryph[yaml]``. It is checked before anything is sent: InvalidRequestError says what is wrong.
    """

    def list(self, project_id: str | None = None) -> tuple[Catlet, ...]:
        """The catlets that the client may see, all or those of one project (name or id)."""
        return self._list("/v1/catlets", project_id, load_catlets)

    def get(self, catlet_id: str, *, project: str | None = None, with_configuration: bool = False) -> Catlet:
        """One catlet. Raises NotFoundError when it does not exist or is not visible.

        ``with_configuration`` requests its configuration too, which is None if the server has none, or refuses it
        for a deprecated catlet.
        """
        catlet_id = self._catlet(catlet_id, project, changes=False).find()
        catlet = self._read(f"/v1/catlets/{catlet_id}", load_catlet)
        if not with_configuration:
            return catlet
        try:
            return replace(catlet, configuration=self.get_config(catlet_id))
        except NotFoundError:
            return catlet
        except InvalidRequestError:
            # Some servers refuse it for catlets of an older eryph, others send what is left of it.
            if not catlet.is_deprecated:
                raise
            return catlet

    def get_config(self, catlet_id: str, *, project: str | None = None) -> Mapping[str, object]:
        """The configuration of a catlet, with ``cpu`` and ``memory``, as plain JSON data."""
        catlet = self._catlet(catlet_id, project, changes=False)
        return self._read(f"/v1/catlets/{catlet.find()}/config", load_configuration)

    def create(
        self,
        configuration: Configuration,
        *,
        variables: Variables | None = None,
        validate: bool = False,
        correlation_id: str | None = None,
    ) -> OpT:
        """Create a catlet. ``correlation_id`` (a GUID, default a new one) becomes the operation's id.

        Name and project are members of the configuration; ``{"name", "project", "config": {...}}`` is accepted too.
        ``variables`` sets variables that the configuration declares. One that it does not declare is an error, but
        with a parent it is added as ``{name, value}``, because it may be inherited; eryph then ignores the type and
        the secrecy that the parent declared, so declare a secret in the configuration too.
        With ``validate`` the server checks the configuration first. If it is invalid, nothing is submitted and
        InvalidRequestError lists the members with their problems.

        Raises InvalidRequestError before anything is sent for an invalid configuration, and the server's errors:
        AccessDeniedError (also for a project that does not exist), ConflictError when the name is taken.
        """
        return self._configure("POST", "/v1/catlets", None, configuration, correlation_id, variables, validate)

    def update(
        self,
        catlet_id: str,
        configuration: Configuration,
        *,
        project: str | None = None,
        variables: Variables | None = None,
        validate: bool = False,
        correlation_id: str | None = None,
    ) -> OpT:
        """Give a catlet another configuration. The server decides what may change while it runs.

        ``variables`` and ``validate`` as for ``create``.
        """
        catlet = self._catlet(catlet_id, project, changes=True)
        return self._configure("PUT", "/v1/catlets/{}", catlet, configuration, correlation_id, variables, validate)

    def start(self, catlet_id: str, *, project: str | None = None) -> OpT:
        """Start a catlet."""
        catlet = self._catlet(catlet_id, project, changes=True)
        return self._submit("PUT", f"/v1/catlets/{catlet.find()}/start")

    def stop(self, catlet_id: str, mode: StopMode = "Shutdown", *, project: str | None = None) -> OpT:
        """Stop a catlet: ask the guest to shut down (``Shutdown``), turn it off (``Hard``), or end its process
        (``Kill``).

        A completed operation does not mean that the guest really shut down.
        """
        catlet = self._catlet(catlet_id, project, changes=True)
        if mode not in ("Shutdown", "Hard", "Kill"):
            raise invalid("mode", f"{described(mode)} is not Shutdown, Hard or Kill.")
        return self._submit("PUT", f"/v1/catlets/{catlet.find()}/stop", {"mode": mode})

    def delete(self, catlet_id: str, *, project: str | None = None) -> OpT:
        """Delete a catlet and the disks stored with it."""
        catlet = self._catlet(catlet_id, project, changes=True)
        return self._submit("DELETE", f"/v1/catlets/{catlet.find()}")

    def expand_config(
        self,
        configuration: Configuration,
        *,
        variables: Variables | None = None,
        show_secrets: bool = False,
        correlation_id: str | None = None,
    ) -> OpT:
        """Combine a configuration with its parent; the result is a ``CatletConfigResult``.

        Nothing is created. Secrets are redacted unless ``show_secrets``. ``variables`` as for ``create``.
        """
        path = "/v1/catlets/config/expand"
        return self._configure(
            "POST", path, None, configuration, correlation_id, variables, show_secrets=show_secrets
        )

    def expand_existing(
        self,
        catlet_id: str,
        configuration: Configuration,
        *,
        project: str | None = None,
        show_secrets: bool = False,
        correlation_id: str | None = None,
    ) -> OpT:
        """As ``expand_config``, in the project of an existing catlet. Needs API 1.2, else raises ApiVersionError.

        The server keeps this call for old clients; prefer ``expand_config``.
        """
        catlet = self._catlet(catlet_id, project, changes=False)
        checked = check_configuration(configuration)
        self._need(self.expand_existing)
        path = "/v1/catlets/{}/config/expand"
        return self._configure("POST", path, catlet, checked, correlation_id, show_secrets=show_secrets)

    def populate_variables(
        self,
        configuration: Configuration,
        *,
        variables: Variables | None = None,
        correlation_id: str | None = None,
    ) -> OpT:
        """Add the variables that its parent declares to a configuration; the result is a ``CatletConfigResult``.

        ``variables`` as for ``create``.
        """
        path = "/v1/catlets/config/populate-variables"
        return self._configure("POST", path, None, configuration, correlation_id, variables)

    def validate_config(self, configuration: Configuration) -> ValidationResult:
        """The server's verdict on a configuration, without its parent. An invalid one is a result, not an error.

        Raises InvalidRequestError only for values that have no JSON form.
        """
        return ask_verdict(self._transport, plain_configuration(configuration))

    def _configure(
        self,
        method: str,
        path: str,
        catlet: Target | None,
        configuration: Configuration,
        correlation_id: str | None,
        variables: Variables | None = None,
        validate: bool = False,
        **members: object,
    ) -> OpT:
        correlation_id = new_correlation_id(correlation_id)
        checked = fill_in(check_configuration(configuration), variables)
        if validate:
            require_valid(self._transport, checked)
        body = {"correlation_id": correlation_id, "configuration": checked, **members}
        return self._submit(method, path if catlet is None else path.format(catlet.find()), body, correlation_id)
