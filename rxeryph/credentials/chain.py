"""The search: arguments, then environment variables, then configurations; every place says why it has no answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from ..errors import ConfigurationError, CredentialsNotFoundError
from .client_credentials import ClientCredentials
from .endpoints import Endpoints, check_url
from .environment import Environment, NotHere, this_machine
from .local_server import PROVIDERS, SYSTEM_CLIENT, LocalServer, find_server, system_client
from .stores import Configuration, StoredConfiguration, check_name, find_key, read_configuration, stores_of

VARIABLES: Mapping[str, str] = {
    "configuration": "ERYPH_CONFIGURATION",
    "identity_endpoint": "ERYPH_IDENTITY_ENDPOINT",
    "compute_endpoint": "ERYPH_COMPUTE_ENDPOINT",
    "client_id": "ERYPH_CLIENT_ID",
    "client_secret": "ERYPH_CLIENT_SECRET",
    "private_key": "ERYPH_PRIVATE_KEY_FILE",
}
"""The variable that stands in for an argument that is not given."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where eryph is and who to be, and how that was found.

    ``configuration`` is None when none was needed; ``client_from`` and ``endpoints_from`` say where each was found;
    ``attempts`` lists the places that had no answer, with the reason.
    """

    endpoints: Endpoints
    credentials: ClientCredentials
    configuration: str | None
    client_from: str
    endpoints_from: str
    attempts: tuple[tuple[str, str], ...] = ()
    look_again: Callable[[], Whereabouts] | None = field(default=None, repr=False, compare=False)
    """Looks the same configuration and client up again; None where the endpoints were said and not found."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is known before any configuration is read, from arguments and variables."""

    configuration: str | None = None
    client_id: str | None = None
    identity: str | None = None
    compute: str | None = None
    private_key: str | None = field(default=None, repr=False)
    client_secret: str | None = field(default=None, repr=False)
    client_from: str = "arguments"
    endpoints_from: str = "arguments"

    @property
    def has_secret(self) -> bool:
        return self.private_key is not None or self.client_secret is not None


def locate(
    configuration: str | None = None,
    *,
    client_id: str | None = None,
    endpoint: str | None = None,
    identity_endpoint: str | None = None,
    compute_endpoint: str | None = None,
    private_key: str | None = None,
    client_secret: str | None = None,
    allow_http: bool = False,
    environment: Environment | None = None,
) -> Whereabouts:
    """Find out where eryph is and who to be. Reads files and processes of this machine, sends nothing.

    Arguments win over environment variables, and both over configurations: the named one, else ``default``,
    ``zero`` (on Windows) and ``local``. Raises ConfigurationError for anything broken, and
    CredentialsNotFoundError, with every place tried, when nothing says enough.
    """
    environment = environment or this_machine()
    if configuration is not None:
        check_name(configuration)
    for name, value in (("client_id", client_id), ("private_key", private_key), ("client_secret", client_secret)):
        if value is not None and not value.strip():
            raise ConfigurationError(f"{name} is empty.", member=name)
    if private_key is not None and client_secret is not None:
        raise ConfigurationError("Give either private_key= or client_secret=, not both.", member="private_key")
    below = None if endpoint is None else Endpoints.below(check_url(endpoint, "endpoint", allow_http))
    given = _Wanted(
        configuration,
        client_id,
        identity_endpoint or (below.identity if below else None),
        compute_endpoint or (below.compute if below else None),
        private_key,
        client_secret,
    )
    return _Search(_with_variables(given, environment), environment, allow_http).run()


def _with_variables(given: _Wanted, environment: Environment) -> _Wanted:
    """What was given, and the variables for what was not.

    Not mixed is what belongs together: a named configuration is taken without variables, endpoints only both from
    one side, and a variable's key or secret goes to no other client and no other server than the variables say.
    """
    if given.configuration is not None:
        return given
    of = {argument: environment.variable(name) for argument, name in VARIABLES.items()}
    if of["private_key"] and of["client_secret"]:
        names = f"{VARIABLES['private_key']} and {VARIABLES['client_secret']}"
        raise ConfigurationError(f"{names} are both set; unset one of them.", place=VARIABLES["private_key"])
    wanted = replace(given, configuration=of["configuration"] and check_name(of["configuration"]))
    is_elsewhere = False
    if given.identity is None and given.compute is None:
        if of["identity_endpoint"] or of["compute_endpoint"]:
            identity, compute = of["identity_endpoint"], of["compute_endpoint"]
            wanted = replace(wanted, identity=identity, compute=compute, endpoints_from="environment variables")
    else:
        is_elsewhere = any(
            said and said.rstrip("/") != (other or "").rstrip("/")
            for said, other in ((of["identity_endpoint"], given.identity), (of["compute_endpoint"], given.compute))
        )
    if not given.has_secret and not is_elsewhere and given.client_id in (None, of["client_id"] or given.client_id):
        wanted = replace(
            wanted,
            client_id=given.client_id or of["client_id"],
            private_key=of["private_key"],
            client_secret=of["client_secret"],
            client_from="environment variables" if of["client_id"] and not given.client_id else given.client_from,
        )
    elif given.has_secret and given.client_id is None:
        wanted = replace(wanted, client_id=of["client_id"])
    return wanted


class _Search:
    """One search, and the places it has tried."""

    def __init__(self, wanted: _Wanted, environment: Environment, allow_http: bool) -> None:
        self._wanted = wanted
        self._environment = environment
        self._allow_http = allow_http
        self._stores = stores_of(environment)
        self._attempts: list[tuple[str, str]] = []

    def run(self) -> Whereabouts:
        wanted = self._wanted
        if wanted.has_secret and wanted.client_id is None:
            raise ConfigurationError("A key or secret needs client_id= to go with it.", member="client_id")
        if wanted.has_secret and wanted.identity is not None:
            assert wanted.client_id is not None
            credentials = ClientCredentials.of(wanted.client_id, wanted.private_key, wanted.client_secret)
            endpoints = self._endpoints(wanted.identity, wanted.compute, {})
            origins = (wanted.client_from, wanted.endpoints_from)
            return Whereabouts(endpoints, credentials, None, *origins)
        for name in self._names():
            try:
                return self._in_configuration(name)
            except NotHere as reason:
                self._note(f"configuration {name!r}", str(reason))
        raise self._nothing()

    def _names(self) -> Sequence[str]:
        if self._wanted.configuration is not None:
            return (self._wanted.configuration,)
        return ("default", "zero", "local") if self._environment.platform == "windows" else ("default", "local")

    def _in_configuration(self, name: str) -> Whereabouts:
        """The answer of one configuration. Raises NotHere."""
        configuration = Configuration(name, tuple(self._parts(name)))
        server = find_server(name, self._environment, lambda place, reason: self._note(str(place), reason))
        if not configuration.parts and server is None:
            raise NotHere("nothing of that name")
        credentials, client_from = self._client(configuration, server)
        wanted, said = self._wanted, {}
        origin = wanted.endpoints_from
        for service in ("identity", "compute"):
            stored = configuration.endpoint(service)
            if stored is not None:
                said[service] = (stored[0], f"{stored[1]}: endpoints.{service}")
            elif server is not None and service in server.endpoints:
                said[service] = (server.endpoints[service], f"{server.folder / '.lock'}: endpoints.{service}")
        is_found = wanted.identity is None
        if is_found:
            if "identity" not in said:
                if name.casefold() in PROVIDERS:
                    raise NotHere(f"client {credentials.client_id!r} is there, but no server is running")
                raise ConfigurationError(
                    f"{configuration.parts[0].file}: no identity endpoint for client {credentials.client_id!r}."
                    ' Add "endpoints": {"identity": "https://...", "compute": "https://..."}.',
                    place=str(configuration.parts[0].file),
                    member="$.endpoints.identity",
                )
            origin = said["identity"][1].rpartition(": ")[0]
        return Whereabouts(
            self._endpoints(wanted.identity, wanted.compute, said),
            credentials,
            name,
            client_from,
            origin,
            tuple(self._attempts),
            self._again(name, credentials.client_id) if is_found else None,
        )

    def _parts(self, name: str) -> Iterator[StoredConfiguration]:
        for store in self._stores:
            try:
                part = read_configuration(store, name, self._environment)
            except NotHere as reason:
                self._note(str(store.folder / f"{name}.config"), str(reason))
                continue
            if part is None:
                self._note(str(store.folder / f"{name}.config"), f"not there ({store.name})")
            else:
                yield part

    def _client(self, configuration: Configuration, server: LocalServer | None) -> tuple[ClientCredentials, str]:
        """Who to be in a configuration, and where that stands. Raises NotHere."""
        wanted = self._wanted
        if wanted.has_secret:
            assert wanted.client_id is not None
            known = ClientCredentials.of(wanted.client_id, wanted.private_key, wanted.client_secret)
            return known, wanted.client_from
        client_id = wanted.client_id or configuration.default_client_id
        if client_id is not None and client_id.casefold() != SYSTEM_CLIENT:
            stored = self._stored(client_id, configuration)
            if stored is not None:
                return stored
        elif client_id is None and configuration.parts:
            listed = ", ".join(repr(client.id) for client in configuration.clients()) or "none"
            for part in configuration.parts:
                self._note(str(part.file), f"no default client (it lists {listed}; say client_id=)")
        if wanted.client_id is not None and wanted.client_id.casefold() != SYSTEM_CLIENT:
            raise NotHere(f"no usable client {wanted.client_id!r}")
        if configuration.name.casefold() not in PROVIDERS:
            raise NotHere("no usable client")
        if server is None:
            raise NotHere("no server is running, and no usable client is stored")
        return system_client(server, self._environment), str(server.folder)

    def _stored(self, client_id: str, configuration: Configuration) -> tuple[ClientCredentials, str] | None:
        entry = configuration.client(client_id)
        if entry is None:
            for part in configuration.parts:
                self._note(str(part.file), f"no client {client_id!r} in it")
            return None
        try:
            file = find_key(entry.id, configuration, self._stores, self._environment)
            text = None if file is None else self._environment.text_of(file)
        except NotHere as reason:
            self._note(f"key of client {entry.id!r}", str(reason))
            return None
        if file is None or text is None:
            self._note(f"key of client {entry.id!r}", f"no private/{entry.id}.key in any store")
            return None
        return ClientCredentials.of_key(entry.id, text.encode(), str(file)), str(file)

    def _endpoints(self, identity: str | None, compute: str | None, said: Mapping[str, tuple[str, str]]) -> Endpoints:
        """The endpoints that are wanted, and those a configuration says for what is not."""
        identity_url, identity_place = (identity, "identity_endpoint") if identity else said["identity"]
        checked = check_url(identity_url, identity_place, self._allow_http)
        if compute is None and identity is None and "compute" in said:
            compute, place = said["compute"]
        else:
            place = "compute_endpoint"
        # As the Ruby client has it: compute is beside identity.
        parts = urlsplit(checked)
        return Endpoints(
            checked, check_url(compute or f"{parts.scheme}://{parts.netloc}/compute", place, self._allow_http)
        )

    def _again(self, name: str, client_id: str) -> Callable[[], Whereabouts]:
        """The same once more, in the same configuration and as the same client: never at some other server."""
        wanted = replace(self._wanted, configuration=name, client_id=client_id)
        return lambda: _Search(wanted, self._environment, self._allow_http).run()

    def _note(self, place: str, reason: str) -> None:
        self._attempts.append((place, reason))

    def _nothing(self) -> CredentialsNotFoundError:
        wanted = self._wanted
        missing = [] if wanted.identity else ["where eryph is (endpoint=)"]
        missing += [] if wanted.client_id else ["who to be (client_id=)"]
        missing += [] if wanted.has_secret else ["its private_key= or client_secret="]
        said = tuple(
            (VARIABLES[name], "not set") for name in VARIABLES if not self._environment.variable(VARIABLES[name])
        )
        attempts = (("arguments", f"they do not say {', nor '.join(missing)}"), *said, *self._attempts)
        listed = "; ".join(f"{place}: {reason}" for place, reason in attempts)
        hint = "start eryph-zero and use an elevated prompt" if self._environment.platform == "windows" else ""
        return CredentialsNotFoundError(
            f"No eryph credentials found. Run 'rxeryph configure' once, or give {', '.join(missing)}"
            f"{', or ' + hint if hint else ''}. Tried: {listed}.",
            attempts=attempts,
        )
