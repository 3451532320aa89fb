"""The search for a server and a client: arguments, then environment variables, then configurations.

Every place without an answer is noted with the reason, and the search continues at the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..errors import ConfigurationError, CredentialsNotFoundError
from .certificates import SYSTEM, Certificates
from .client_credentials import ClientCredentials
from .configurations import ConfigurationFile, StoredConfiguration
from .endpoints import Endpoints, check_url
from .environment import Environment, Unavailable, this_machine
from .found import Found, Whereabouts
from .given import VARIABLES, Given, check_arguments, with_variables
from .local_server import PROVIDERS, SYSTEM_CLIENT, LocalServer, find_server, system_client
from .stores import find_key, read_configuration, source_of, stores_of
from .trust import Source, Trust, check_trust


def find(
    configuration: str | None = None,
    *,
    client_id: str | None = None,
    endpoint: str | None = None,
    identity_endpoint: str | None = None,
    compute_endpoint: str | None = None,
    private_key: str | None = None,
    client_secret: str | None = None,
    issuer: str | None = None,
    allow_http: bool = False,
    environment: Environment | None = None,
) -> Found:
    """Find the server and the client to use. Reads files and processes of this machine, sends nothing.

    Arguments win over environment variables, and both over configurations: the named one, else ``default``,
    ``zero`` (on Windows) and ``local``. Raises ConfigurationError for anything broken, and
    CredentialsNotFoundError, which lists every place tried, when all of them together are not enough. A key or secret
    is used only with endpoints from a source that is at least as trusted, see ``Trust``.
    """
    environment = environment or this_machine()
    below = None if endpoint is None else Endpoints.below(check_url(endpoint, "endpoint", allow_http))
    given = Given(
        configuration,
        client_id,
        identity_endpoint or (below.identity if below else None),
        compute_endpoint or (below.compute if below else None),
        private_key,
        client_secret,
        issuer,
    )
    check_arguments(given)
    return _Search(with_variables(given, environment), environment, allow_http).run()


def locate(configuration: str | None = None, **arguments: Any) -> Whereabouts:
    """Where ``rxeryph.connect`` would find the server and the client, with the same arguments. Sends nothing.

    Raises ConfigurationError and CredentialsNotFoundError as ``connect`` does.
    """
    return find(configuration, **arguments).whereabouts


class _Search:
    """One search, and the places it has tried."""

    def __init__(self, given: Given, environment: Environment, allow_http: bool) -> None:
        self._given = given
        self._environment = environment
        self._allow_http = allow_http
        self._stores = stores_of(environment)
        self._attempts: list[tuple[str, str]] = []

    def run(self) -> Found:
        given = self._given
        if given.has_secret and given.client_id is None:
            raise ConfigurationError("A key or secret needs client_id= to go with it.", member="client_id")
        if given.has_secret and given.identity is not None:
            credentials, _ = self._given_client()
            endpoints = self._endpoints({})
            here = Whereabouts(
                endpoints,
                credentials.client_id,
                None,
                given.client_from,
                given.endpoints_from,
                certificates=given.certificates or SYSTEM,
            )
            return Found(here, credentials)
        for name in self._names():
            try:
                return self._in_configuration(name)
            except Unavailable as reason:
                self._note(f"configuration {name!r}", str(reason))
        raise self._nothing_found()

    def _names(self) -> Sequence[str]:
        if self._given.configuration is not None:
            return (self._given.configuration,)
        return ("default", "zero", "local") if self._environment.platform == "windows" else ("default", "local")

    def _in_configuration(self, name: str) -> Found:
        """The answer of one configuration. Raises Unavailable."""
        configuration = StoredConfiguration(name, tuple(self._files(name)))
        server = find_server(name, self._environment, lambda place, reason: self._note(str(place), reason))
        if not configuration.files and server is None:
            raise Unavailable("there is no configuration of this name")
        credentials, client_from = self._client(configuration, server)
        stored = self._stored_endpoints(configuration, server)
        is_found = self._given.identity is None
        if is_found and "identity" not in stored:
            if name.casefold() in PROVIDERS:
                raise Unavailable(f"client {credentials.client_id!r} is there, but no server is running")
            raise _no_endpoint(configuration.files[0].path, credentials.client_id)
        if is_found:
            for service, (_, source) in stored.items():
                if service == "compute" and self._given.compute is not None:
                    continue  # it is not used
                check_trust(credentials.client_id, client_from, service, source)
        here = Whereabouts(
            self._endpoints(stored),
            credentials.client_id,
            name,
            client_from.place,
            stored["identity"][1].place if is_found else self._given.endpoints_from,
            tuple(self._attempts),
            is_found,
            self._given.certificates or self._stored_certificates(configuration, stored, is_found),
        )
        return Found(here, credentials, self._again(name, credentials.client_id) if is_found else None)

    def _files(self, name: str) -> Iterator[ConfigurationFile]:
        for store in self._stores:
            place = str(store.folder / f"{name}.config")
            try:
                file = read_configuration(store, name, self._environment)
            except Unavailable as reason:
                self._note(place, str(reason))
                continue
            if file is None:
                self._note(place, f"not there ({store.name})")
            else:
                yield file

    def _client(
        self, configuration: StoredConfiguration, server: LocalServer | None
    ) -> tuple[ClientCredentials, Source]:
        """The client to use with a configuration, and where it was found. Raises Unavailable."""
        given = self._given
        if given.has_secret:
            return self._given_client()
        client_id = given.client_id or configuration.default_client_id
        if client_id is not None and client_id.casefold() != SYSTEM_CLIENT:
            stored = self._stored_client(client_id, configuration)
            if stored is not None:
                return stored
        elif client_id is None and configuration.files:
            listed = ", ".join(repr(client.id) for client in configuration.clients()) or "none"
            for file in configuration.files:
                self._note(str(file.path), f"no default client (it lists {listed}; choose one with client_id=)")
        if given.client_id is not None and given.client_id.casefold() != SYSTEM_CLIENT:
            raise Unavailable(f"no usable client {given.client_id!r}")
        if configuration.name.casefold() not in PROVIDERS:
            raise Unavailable("no usable client")
        if server is None:
            raise Unavailable("no server is running, and no usable client is stored")
        return system_client(server, self._environment), Source(str(server.folder), Trust.USER)

    def _given_client(self) -> tuple[ClientCredentials, Source]:
        given = self._given
        assert given.client_id is not None
        credentials = ClientCredentials.of(given.client_id, given.private_key, given.client_secret)
        return credentials, Source(given.client_from, Trust.CALLER)

    def _stored_client(
        self, client_id: str, configuration: StoredConfiguration
    ) -> tuple[ClientCredentials, Source] | None:
        entry = configuration.client(client_id)
        if entry is None:
            for file in configuration.files:
                self._note(str(file.path), f"it has no client {client_id!r}")
            return None
        try:
            key = find_key(entry.id, configuration, self._stores, self._environment)
            text = None if key is None else self._environment.text_of(key)
        except Unavailable as reason:
            self._note(f"key of client {entry.id!r}", str(reason))
            return None
        if key is None or text is None:
            self._note(f"key of client {entry.id!r}", f"no private/{entry.id}.key in any store")
            return None
        return ClientCredentials.of_key(entry.id, text.encode(), str(key)), source_of(key, self._stores)

    def _stored_endpoints(
        self, configuration: StoredConfiguration, server: LocalServer | None
    ) -> Mapping[str, tuple[str, Source]]:
        """The endpoints of a configuration by service, else those of its server, each with its source."""
        found: dict[str, tuple[str, Source]] = {}
        for service in ("identity", "compute"):
            stored = configuration.endpoint(service)
            if stored is not None:
                found[service] = (stored[0], self._as_named(source_of(stored[1], self._stores)))
            elif server is not None and service in server.endpoints:
                lock = Source(str(server.folder / ".lock"), Trust.USER)
                found[service] = (server.endpoints[service], self._as_named(lock))
        return found

    def _stored_certificates(
        self, configuration: StoredConfiguration, stored: Mapping[str, tuple[str, Source]], is_found: bool
    ) -> Certificates:
        """Those of the first file that is trusted as much as the endpoints."""
        least = stored["identity"][1].trust if is_found else Trust.CALLER
        for file in configuration.files:
            if file.certificates is None:
                continue
            if self._as_named(source_of(file.path, self._stores)).trust >= least:
                return file.certificates
            self._note(str(file.path), "its certificates are not used: the endpoints are from a more trusted source")
        return SYSTEM

    def _as_named(self, source: Source) -> Source:
        """The user's own endpoints count as the caller's if the caller named their configuration."""
        is_named = self._given.configuration is not None and source.trust == Trust.USER
        return replace(source, trust=Trust.CALLER) if is_named else source

    def _endpoints(self, stored: Mapping[str, tuple[str, Source]]) -> Endpoints:
        """The endpoints that were given, else those ``stored``."""

        def checked(service: str, given: str | None, is_given_alone: bool) -> str | None:
            if given is not None:
                return check_url(given, f"{service}_endpoint", self._allow_http)
            if is_given_alone or service not in stored:
                return None
            url, source = stored[service]
            return check_url(url, f"{source.place}: endpoints.{service}", self._allow_http)

        given = self._given
        identity = checked("identity", given.identity, False)
        assert identity is not None
        compute = checked("compute", given.compute, given.identity is not None)
        if compute is None:  # it is beside identity, as for the Ruby client
            parts = urlsplit(identity)
            compute = f"{parts.scheme}://{parts.netloc}/compute"
        return Endpoints(identity, compute, given.issuer)

    def _again(self, name: str, client_id: str) -> Callable[[], Found]:
        """The same search in the same configuration and for the same client: it never leads to another server."""
        given = replace(self._given, configuration=name, client_id=client_id)
        return lambda: _Search(given, self._environment, self._allow_http).run()

    def _note(self, place: str, reason: str) -> None:
        self._attempts.append((place, reason))

    def _nothing_found(self) -> CredentialsNotFoundError:
        given = self._given
        missing = [] if given.identity else ["endpoint="]
        missing += [] if given.client_id else ["client_id="]
        missing += [] if given.has_secret else ["private_key= (or client_secret=)"]
        unset = [(name, "not set") for name in VARIABLES.values() if not self._environment.variable(name)]
        attempts = (("arguments", f"not given: {', '.join(missing)}"), *unset, *self._attempts)
        listed = "; ".join(f"{place}: {reason}" for place, reason in attempts)
        on_windows = self._environment.platform == "windows"
        reason = self._why_not_enough(", ".join(missing))
        ways = ["Run 'rxeryph configure' once"] + ([] if reason else [f"give {', '.join(missing)}"])
        ways += ["start eryph-zero and use an elevated prompt"] if on_windows else []
        return CredentialsNotFoundError(
            f"No eryph credentials found. {f'{reason} ' if reason else ''}{', or '.join(ways)}. Tried: {listed}.",
            attempts=attempts,
            reason=reason,
        )

    def _why_not_enough(self, missing: str) -> str:
        """Why what was given is not enough; "" if nothing was."""
        given = self._given
        if given.configuration is not None:
            _, reason = self._attempts[-1]
            return f"Configuration {given.configuration!r}: {reason}."
        if given.identity is None and given.client_id is None:
            return ""
        return f"{f'{given.unused} ' if given.unused else ''}Also needed: {missing}."


def _no_endpoint(file: Path, client_id: str) -> ConfigurationError:
    return ConfigurationError(
        f"{file}: no identity endpoint for client {client_id!r}."
        ' Add "endpoints": {"identity": "https://...", "compute": "https://..."}.',
        place=str(file),
        member="$.endpoints.identity",
    )
