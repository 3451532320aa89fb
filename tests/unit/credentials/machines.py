"""Machines of every platform, each made of a folder, for the search for credentials."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from rxeryph.credentials import Environment
from rxeryph.credentials.environment import Platform
from rxeryph.reading import read_file
from rxeryph.simulator import Simulator

SEALED = b"\x01\x00sealed:"


@lru_cache
def _generated(number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key(number: int = 0, *, pkcs8: bool = False) -> str:
    """A key as PEM, in PKCS#1 or PKCS#8; each ``number`` has its own."""
    form = PrivateFormat.PKCS8 if pkcs8 else PrivateFormat.TraditionalOpenSSL
    return _generated(number).private_bytes(Encoding.PEM, form, NoEncryption()).decode()


class Machine:
    """A machine whose files are below ``root``."""

    def __init__(self, root: Path, platform: Platform = "linux", **variables: str) -> None:
        self.root = root
        self.platform: Platform = platform
        self.variables = dict(variables)
        self.processes: dict[int, str] = {}
        self.forbidden: set[Path] = set()
        self.home = root / "home"
        self.directory = root / "work"
        self.directory.mkdir(parents=True, exist_ok=True)
        if platform == "windows":
            self.variables = {"APPDATA": str(self.home / "Roaming"), "PROGRAMDATA": str(root / "PD"), **variables}

    @property
    def environment(self) -> Environment:
        return Environment(
            platform=self.platform,
            variables=self.variables,
            home=self.home,
            directory=self.directory,
            process_name=self.processes.get,
            unprotect=self.unprotect,
            root=self.root,
            read=self.read,
        )

    def read(self, path: Path) -> bytes:
        if path in self.forbidden:
            raise PermissionError(13, "Permission denied", str(path))
        return read_file(path)

    def unprotect(self, blob: bytes, entropy: bytes | None) -> bytes:
        """What DPAPI does: return the content if the entropy is right."""
        used, _, content = blob.removeprefix(SEALED).partition(b"|")
        if used != (entropy or b""):
            raise OSError("The data is invalid.")
        return content

    def user(self) -> Path:
        return self.home / ("Roaming" if self.platform == "windows" else ".config")

    def system(self) -> Path:
        return self.root / ("PD" if self.platform == "windows" else "etc")

    def server(self, provider: str, base: str = "") -> Path:
        if self.platform == "windows":
            return self.root / "PD" / "eryph" / provider
        return self.root / (base or "var/lib") / "eryph" / provider

    def store(self, base: Path, name: str, content: object, keys: Mapping[str, str] = {}) -> Path:
        """Write ``<name>.config`` and keys into the store below ``base``."""
        file = base / ".eryph" / f"{name}.config"
        (file.parent / "private").mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        for client_id, pem in keys.items():
            (file.parent / "private" / f"{client_id}.key").write_text(pem)
        return file

    def run(
        self, provider: str, identity: str, *, base: str = "", key: bytes | None = None, name: str = "eryph-zero"
    ) -> Path:
        """Start a server: write its lock file and maybe its key, and name its process."""
        folder = self.server(provider, base)
        (folder / "private" / "clients").mkdir(parents=True, exist_ok=True)
        compute = identity.replace("identity", "compute")
        lock = {"processName": name, "processId": 7, "endpoints": {"identity": identity, "compute": compute}}
        (folder / ".lock").write_text(json.dumps(lock), encoding="utf-8-sig")
        self.processes[7] = f"{name}.exe" if self.platform == "windows" else name
        if key is not None:
            (folder / "private" / "clients" / "system-client.key").write_bytes(key)
        return folder


def announce(machine: Machine, simulator: Simulator) -> None:
    """Make ``simulator`` the local server of ``machine``."""
    machine.run("local", simulator.identity_endpoint, key=simulator.private_key.encode(), name="eryph-identity")


def sealed(content: str, entropy: str) -> bytes:
    """A blob as DPAPI makes it."""
    return SEALED + entropy.encode() + b"|" + content.encode()
