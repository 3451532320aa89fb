"""Servers made of one function that is given each connection, for everything that goes wrong below HTTP."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from rxeryph.simulator.web.certificate import Certificate, make_certificate

Serve = Callable[[socket.socket], None]


class Served:
    """A running server: its ``port``, and how many connections it has had."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connections = 0


@contextlib.contextmanager
def serving(serve: Serve) -> Iterator[Served]:
    """Give each connection to ``serve``, one after the other, and close it when that returns."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = Served(listener.getsockname()[1])

        def accept() -> None:
            while True:
                try:
                    sock, _ = listener.accept()
                except OSError:
                    return
                served.connections += 1
                with sock, contextlib.suppress(OSError):
                    sock.settimeout(10)
                    serve(sock)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield served
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def read_head(sock: socket.socket) -> bytes:
    """A request up to its empty line."""
    head = b""
    while b"\r\n\r\n" not in head:
        data = sock.recv(65536)
        if not data:
            break
        head += data
    return head


def answering(*parts: bytes) -> Serve:
    """Answer the first request of each connection with these bytes."""

    def serve(sock: socket.socket) -> None:
        if read_head(sock):
            for part in parts:
                sock.sendall(part)

    return serve


@lru_cache
def certificate() -> Certificate:
    """One certificate for ``localhost``."""
    return make_certificate()


def tls_context() -> ssl.SSLContext:
    """What a server with that certificate needs."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "both.pem")
        file.write_bytes(certificate().pem + certificate().key_pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
    return context
