"""Catlets: list, read, create, change, start, stop and delete them.

Long because it explains each of its calls, and declares one of them three times for type checkers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, overload

from ..arguments import described
from ..configuration import Configuration, Edit, Unknown, Variables, check_configuration, judge, plan_change
from ..configuration.refusal import invalid
from ..errors import InvalidRequestError, NotFoundError
from ..model import Catlet, CatletChange, ValidationResult
from ..wire import load_catlet, load_catlets, load_configuration
from .calls import GatedCalls, OpT
from .chosen import Chosen
from .names import Target
from .verdict import ask_verdict, require_valid
from .version import API_1_1

StopMode = Literal["Shutdown", "Hard", "Kill"]


class Catlets(GatedCalls[OpT]):
    """The catlets of a server. A change is submitted once, when the method is called, and returns its operation: as
    an ``Operation`` from the plain client, as a stream from the session.

    ``catlet_id`` is the id of a catlet, or its name in any letter case, which costs a list request; ``project`` (name
    or id) limits the search to one project. In a name, ``*`` stands for any characters and ``?`` for one; calls that
    change something accept them only with ``project``. A name without a match raises NotFoundError, one with several
    matches AmbiguousNameError with the choices.

    A configuration is a mapping, a string in YAML or JSON, or the path of a file (``pathlib.Path``); YAML needs
    ``pip install rxeryph[yaml]``. It is checked before anything is sent: InvalidRequestError lists by path all
    that the server would refuse, with the line in a file or string. Members that only a newer server knows are
    refused too, unless ``unknown`` is ``"allow"``.
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
        unknown: Unknown = "refuse",
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> OpT:
        """Create a catlet. ``correlation_id`` (a GUID, default a new one) becomes the operation's id.

        ``once`` is a key of your choice, and needs a journal: the call with this key is submitted once, no matter how
        often it is made, in any process that uses the journal. The others return the operation that it became. Raises
        ConfigurationError without a journal, and for a key of another request; SubmissionUnknownError while it is
        not known whether the request arrived, and its ``retry_after`` says when to call again. Other calls have
        ``once`` too, with the same meaning.

        Name and project are members of the configuration; ``{"name", "project", "config": {...}}`` is accepted too.
        ``variables`` sets variables that the configuration declares. One that it does not declare is an error, but
        with a parent it is added as ``{name, value}``, because it may be inherited; eryph then ignores the type and
        the secrecy that the parent declared, so declare a secret in the configuration too.
        With ``validate`` the server checks the configuration first. If it is invalid, nothing is submitted and
        InvalidRequestError lists the members with their problems.

        Raises InvalidRequestError before anything is sent for an invalid configuration, and the server's errors:
        AccessDeniedError (also for a project that does not exist), ConflictError when the name is taken.
        """
        checked = check_configuration(configuration, variables, unknown=unknown)
        chosen = self._choose(correlation_id, once, self.create, configuration=checked)
        return self._configure("POST", "/v1/catlets", None, checked, chosen, validate)

    def update(
        self,
        catlet_id: str,
        configuration: Configuration,
        *,
        project: str | None = None,
        variables: Variables | None = None,
        validate: bool = False,
        unknown: Unknown = "refuse",
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> OpT:
        """Give a catlet another configuration, all of it; ``change`` changes parts of the one that it has.

        From API 1.2 on, the operation fails unless config_type, project, location, hostname, environment, store,
        parent and the drives from genes are repeated as ``get_config`` returns them, and fodder and variables left
        out. The server decides what may change while the catlet runs. ``variables`` and ``validate`` as for
        ``create``.
        """
        catlet = self._catlet(catlet_id, project, changes=True)
        checked = check_configuration(configuration, variables, unknown=unknown)
        chosen = self._choose(
            correlation_id, once, self.update, catlet_id=catlet_id, project=project, configuration=checked
        )
        return self._configure("PUT", "/v1/catlets/{}", catlet, checked, chosen, validate)

    @overload
    def change(
        self,
        catlet_id: str,
        change: Configuration | Edit,
        *,
        project: str | None = None,
        validate: bool = True,
        dry_run: Literal[False] = False,
        unknown: Unknown = "refuse",
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> OpT: ...

    @overload
    def change(
        self,
        catlet_id: str,
        change: Configuration | Edit,
        *,
        project: str | None = None,
        validate: bool = True,
        dry_run: Literal[True],
        unknown: Unknown = "refuse",
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> CatletChange: ...

    def change(
        self,
        catlet_id: str,
        change: Configuration | Edit,
        *,
        project: str | None = None,
        validate: bool = True,
        dry_run: bool = False,
        unknown: Unknown = "refuse",
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> OpT | CatletChange:
        """Read the configuration of a catlet, change parts of it, and update the catlet with it.

        ``change`` is a partial configuration or a function. Of a partial one, the parts of cpu and memory are merged,
        and drives, network adapters, networks and capabilities by their names; ``mutation: remove`` removes an entry,
        ``mutation: overwrite`` replaces it, None leaves a member as it is. A function gets the configuration as a
        dict, and returns all of it, changed; or it changes the dict and returns None.
        Fodder and variables belong to the creation of a catlet, and are not part of it.

        The server checks the result first unless ``validate`` is False. With ``dry_run`` nothing is submitted: the
        result is the configuration that would be sent, and how it differs from the present one.

        The server does not report ``mac_address_spoofing``, ``dhcp_guard`` and ``router_guard``; any change resets
        them unless it sets them. If others change the catlet at the same time, the last update wins.

        Raises InvalidRequestError, with the path and before anything is submitted, for what cannot change: parent,
        project, environment, store, location, hostname, fodder, variables, and drives that come from genes. What a
        function raises is raised. Needs API 1.2, else raises ApiVersionError: older servers do not report all of a
        configuration.
        """
        catlet = self._catlet(catlet_id, project, changes=True)
        checked = change if callable(change) else check_configuration(change, unknown=unknown)
        part = None if callable(checked) else checked  # what a function does cannot be compared
        once = None if dry_run else once
        chosen = self._choose(correlation_id, once, self.change, catlet_id=catlet_id, project=project, change=part)

        def plan() -> tuple[str, CatletChange]:
            self._need(self.change)
            path = f"/v1/catlets/{catlet.find()}"
            planned = plan_change(self._read(f"{path}/config", load_configuration), checked, unknown=unknown)
            if validate:
                require_valid(self._transport, planned.configuration)
            return path, planned

        def prepare() -> tuple[str, Mapping[str, object]]:
            path, planned = plan()
            return path, {"configuration": planned.configuration}

        return plan()[1] if dry_run else self._submit_as(chosen, "PUT", prepare)

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
        if mode == "Kill":
            self._need(self.stop, API_1_1)
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
        unknown: Unknown = "refuse",
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> OpT:
        """Combine a configuration with its parent; the result is a ``CatletConfigResult``.

        Nothing is created. Secrets are redacted unless ``show_secrets``. ``variables`` as for ``create``.
        """
        checked = check_configuration(configuration, variables, unknown=unknown)
        chosen = self._choose(
            correlation_id, once, self.expand_config, configuration=checked, show_secrets=show_secrets
        )
        path, needs = "/v1/catlets/config/expand", self.expand_config
        return self._configure("POST", path, None, checked, chosen, needs=needs, show_secrets=show_secrets)

    def expand_existing(
        self,
        catlet_id: str,
        configuration: Configuration,
        *,
        project: str | None = None,
        show_secrets: bool = False,
        unknown: Unknown = "refuse",
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> OpT:
        """As ``expand_config``, in the project of an existing catlet. Needs API 1.1, else raises ApiVersionError.

        With API 1.1 the result is what an update would make of the catlet. Later servers keep this call for old
        clients; there, prefer ``expand_config``. Like that, it expects the configuration of a new catlet, not what
        ``get_config`` returns.
        """
        catlet = self._catlet(catlet_id, project, changes=False)
        checked = check_configuration(configuration, unknown=unknown)
        given = {"catlet_id": catlet_id, "project": project, "configuration": checked, "show_secrets": show_secrets}
        chosen = self._choose(correlation_id, once, self.expand_existing, **given)
        path, needs = "/v1/catlets/{}/config/expand", self.expand_existing
        return self._configure("POST", path, catlet, checked, chosen, needs=needs, show_secrets=show_secrets)

    def populate_variables(
        self,
        configuration: Configuration,
        *,
        variables: Variables | None = None,
        unknown: Unknown = "refuse",
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> OpT:
        """Add the variables that its parent declares to a configuration; the result is a ``CatletConfigResult``.

        ``variables`` as for ``create``.
        """
        checked = check_configuration(configuration, variables, unknown=unknown)
        chosen = self._choose(correlation_id, once, self.populate_variables, configuration=checked)
        path, needs = "/v1/catlets/config/populate-variables", self.populate_variables
        return self._configure("POST", path, None, checked, chosen, needs=needs)

    def validate_config(self, configuration: Configuration, *, unknown: Unknown = "refuse") -> ValidationResult:
        """The verdict on a configuration, without its parent. An invalid one is a result, not an error.

        The server is asked only if nothing is found wrong here. Raises InvalidRequestError for what cannot be read
        and for values that have no JSON form.
        """
        plain, verdict = judge(configuration, unknown=unknown)
        if not verdict.is_valid:
            return verdict
        self._need(self.validate_config, API_1_1)
        return ask_verdict(self._transport, plain)

    def _configure(
        self,
        method: str,
        path: str,
        catlet: Target | None,
        checked: Mapping[str, object],
        chosen: Chosen,
        validate: bool = False,
        needs: Callable[..., object] | None = None,
        **members: object,
    ) -> OpT:
        """Submit ``checked``. ``needs`` is a call that only servers from API 1.1 on have."""

        def prepare() -> tuple[str, Mapping[str, object]]:
            if needs is not None:
                self._need(needs, API_1_1)
            if validate:
                require_valid(self._transport, checked)
            found = path if catlet is None else path.format(catlet.find())
            return found, {"configuration": checked, **members}

        return self._submit_as(chosen, method, prepare)
