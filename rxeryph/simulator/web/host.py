"""Where on this machine the simulator is served."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

from .certificate import Certificate, make_certificate
from .exchange import App
from .server import HttpServer, listen


class Host:
    """A port, a certificate, and a server while one runs. Port 0 means a free one."""

    def __init__(self, port: int, *, tls: bool) -> None:
        self._wanted_port = port
        self._certificate = make_certificate() if tls else None
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._port = 0
        self._server: HttpServer | None = None

    @property
    def is_running(self) -> bool:
        return self._server is not None

    @property
    def port(self) -> int:
        """The port. Raises RuntimeError when no server runs."""
        if self._server is None:
            raise RuntimeError("The simulator is not running; use it in a with block, or call start().")
        return self._port

    @property
    def url(self) -> str:
        """The base URL; with TLS it needs the name that the certificate is for."""
        return f"https://localhost:{self.port}" if self._certificate else f"http://127.0.0.1:{self.port}"

    @property
    def ca_file(self) -> str | None:
        """A PEM file with the certificate; None without TLS and before the first start."""
        return os.path.join(self._directory.name, "ca.pem") if self._directory else None

    @property
    def fingerprint(self) -> str | None:
        """SHA-256 of the certificate as hex; None without TLS."""
        return self._certificate.fingerprint if self._certificate else None

    def listen(self, port: int | None = None) -> list[socket.socket]:
        """Sockets for ``port``, or for the one it was made with. Raises OSError when the port is taken."""
        return listen(self._wanted_port if port is None else port, with_ipv6=self._certificate is not None)

    def serve(self, sockets: list[socket.socket], make_app: Callable[[asyncio.Event], App]) -> None:
        """Serve on ``sockets`` the application of ``make_app``, which is called when ``url`` is known."""
        self._port = sockets[0].getsockname()[1]
        if self._certificate and self._directory is None:
            self._directory = _written(self._certificate)
        folder = self._directory.name if self._directory else None
        files = (os.path.join(folder, "ca.pem"), os.path.join(folder, "key.pem")) if folder else None
        self._server = HttpServer(sockets, make_app, files)
        self._server.start()

    def end(self) -> None:
        """Close every connection and end the server's thread; the certificate stays."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def remove_files(self) -> None:
        """Delete the files of the certificate."""
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None


def _written(certificate: Certificate) -> tempfile.TemporaryDirectory[str]:
    directory = tempfile.TemporaryDirectory(prefix="rxeryph-simulator-")
    for name, content in (("ca.pem", certificate.pem), ("key.pem", certificate.key_pem)):
        descriptor = os.open(Path(directory.name, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    return directory
