"""What the caller and the environment variables name, before any configuration is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..errors import ConfigurationError
from .certificates import Certificates, from_variables
from .client_credentials import check_secret
from .configurations import check_name
from .endpoints import is_same_url
from .environment import Environment
from .stores import check_file_name

VARIABLES: Mapping[str, str] = {
    "configuration": "ERYPH_CONFIGURATION",
    "identity_endpoint": "ERYPH_IDENTITY_ENDPOINT",
    "compute_endpoint": "ERYPH_COMPUTE_ENDPOINT",
    "client_id": "ERYPH_CLIENT_ID",
    "client_secret": "ERYPH_CLIENT_SECRET",
    "private_key": "ERYPH_PRIVATE_KEY_FILE",
    "issuer": "ERYPH_ISSUER",
}
"""The variable that replaces each argument that is missing."""

_CREDENTIALS = ("client_id", "client_secret", "private_key")

FROM_VARIABLES = "environment variables"


@dataclass(frozen=True, slots=True)
class Given:
    """The configuration, client and endpoints that were named, and by whom."""

    configuration: str | None = None
    client_id: str | None = None
    identity: str | None = None
    compute: str | None = None
    private_key: str | None = field(default=None, repr=False)
    client_secret: str | None = field(default=None, repr=False)
    issuer: str | None = None
    client_from: str = "arguments"
    endpoints_from: str = "arguments"
    certificates: Certificates | None = None
    """Of the environment variables; the caller's are no part of the search."""
    unused: str = ""
    """Which credentials of the environment variables are not used, and why; "" if there are none."""

    @property
    def has_secret(self) -> bool:
        """True when a key or a secret is among it."""
        return self.private_key is not None or self.client_secret is not None


def check_arguments(given: Given) -> None:
    """Raise ConfigurationError for arguments that cannot be used."""
    if given.configuration is not None:
        check_file_name(given.configuration)
    if given.client_id is not None:
        check_name(given.client_id, "client_id")
    for name in ("private_key", "client_secret", "issuer"):
        if getattr(given, name) is not None:
            check_secret(getattr(given, name), name)
    if given.private_key is not None and given.client_secret is not None:
        raise ConfigurationError("Give either private_key= or client_secret=, not both.", member="private_key")


def with_variables(given: Given, environment: Environment) -> Given:
    """The arguments, and the variables for those that are missing.

    Values that belong together are never mixed. A named configuration is used without variables. Endpoints come
    either from the arguments or from the variables. The key or secret of a variable is used only with the client and
    the server that the variables name, or with any where they name none; so are its certificates.

    Raises ConfigurationError when the variables hold both a key and a secret, or an impossible name.
    """
    if given.configuration is not None:
        return given
    values = {argument: environment.variable(name) for argument, name in VARIABLES.items()}
    if values["private_key"] and values["client_secret"]:
        names = f"{VARIABLES['private_key']} and {VARIABLES['client_secret']}"
        raise ConfigurationError(f"{names} are both set; unset one of them.", place=VARIABLES["private_key"])
    found = replace(given, configuration=values["configuration"] and check_file_name(values["configuration"]))
    identity, compute = values["identity_endpoint"], values["compute_endpoint"]
    is_same_server = True
    if given.identity is not None or given.compute is not None:
        is_same_server = _is_unset_or_same(identity, given.identity) and _is_unset_or_same(compute, given.compute)
    elif identity or compute:
        found = replace(found, identity=identity, compute=compute, endpoints_from=FROM_VARIABLES)
    if is_same_server:
        found = replace(found, issuer=found.issuer or values["issuer"], certificates=from_variables(environment))
    is_same_client = given.client_id is None or values["client_id"] in (None, given.client_id)
    client_id = given.client_id or values["client_id"]
    if given.has_secret:
        return replace(found, client_id=client_id)
    if not (is_same_server and is_same_client):
        argument = "client_id" if is_same_server else "endpoint"
        return replace(found, unused=_unused([VARIABLES[each] for each in _CREDENTIALS if values[each]], argument))
    return replace(
        found,
        client_id=client_id,
        private_key=values["private_key"],
        client_secret=values["client_secret"],
        client_from=given.client_from if given.client_id or not client_id else FROM_VARIABLES,
    )


def _unused(names: list[str], argument: str) -> str:
    if not names:
        return ""
    verb = "is" if len(names) == 1 else "are"
    kind = "server" if argument == "endpoint" else "client"
    return f"{' and '.join(names)} {verb} not used, because {argument}= names another {kind} than the variables."


def _is_unset_or_same(variable: str | None, argument: str | None) -> bool:
    return variable is None or is_same_url(variable, argument or "")
