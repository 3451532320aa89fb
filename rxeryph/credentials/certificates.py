"""Which certificates a server may show, as environment variables and configurations say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigurationError
from ..http import Fingerprint, Verify
from .environment import Environment

CA_FILE, FINGERPRINT = "ERYPH_CA_FILE", "ERYPH_FINGERPRINT"


@dataclass(frozen=True, slots=True)
class Certificates:
    """Those of a CA file, or the one with a SHA-256 fingerprint; without both, those that the system trusts.

    ``place`` is where that is said, None for nowhere.
    """

    ca_file: str | None = None
    fingerprint: str | None = None
    place: str | None = None

    @property
    def verify(self) -> Verify:
        """The same for ``connect(verify=)``."""
        if self.fingerprint is not None:
            return Fingerprint(self.fingerprint)
        return True if self.ca_file is None else self.ca_file

    def __str__(self) -> str:
        if self.place is None:
            return "the trust store of the operating system"
        which = f"the CA file {self.ca_file}" if self.fingerprint is None else f"fingerprint {self.fingerprint}"
        return f"{which} ({self.place})"


SYSTEM = Certificates()
"""Those that the operating system trusts."""


def certificates(ca_file: str | None, fingerprint: str | None, place: str) -> Certificates | None:
    """What a place says, checked; None if it says nothing. Raises ConfigurationError."""
    if ca_file is None and fingerprint is None:
        return None
    if ca_file is not None and fingerprint is not None:
        raise ConfigurationError(f"{place}: a CA file and a fingerprint exclude each other; remove one.", place=place)
    if fingerprint is not None:
        try:
            Fingerprint(fingerprint)
        except ConfigurationError:
            raise ConfigurationError(
                f"{place}: the fingerprint is not the 64 hex digits of a SHA-256 fingerprint.",
                place=place,
                member="fingerprint",
            ) from None
    return Certificates(ca_file, fingerprint, place)


def from_variables(environment: Environment) -> Certificates | None:
    """What the environment variables say. Raises ConfigurationError when they exclude each other."""
    ca_file, fingerprint = environment.variable(CA_FILE), environment.variable(FINGERPRINT)
    return certificates(ca_file, fingerprint, FINGERPRINT if ca_file is None else CA_FILE)


def to_store(ca_file: str | None, fingerprint: str | None) -> dict[str, str]:
    """The members to store, with the whole path of the file. Raises ConfigurationError."""
    checked = certificates(
        ca_file, fingerprint, "ca_file and fingerprint" if ca_file and fingerprint else "fingerprint"
    )
    if checked is None:
        return {}
    if checked.fingerprint is not None:
        return {"fingerprint": checked.fingerprint}
    path = Path(str(checked.ca_file)).absolute()
    if not path.is_file():
        raise ConfigurationError(f"ca_file: there is no file {str(path)!r}.", place=str(path), member="ca_file")
    return {"caFile": str(path)}
