"""Receivers for tests: real sockets, TLS by an authority of their own, and bad ones."""

import datetime as dt
import ipaddress
import json
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY: Final = dt.timedelta(days=1)
Made = TypeVar("Made")
PORTS: Final = range(28_311, 28_411)
"""On which these receivers are: few enough to be opened one by one."""


class Authority:
    """Signs certificates of names and addresses; its own stands in `file`."""

    def __init__(self, folder: Path) -> None:
        """Make its key and its own certificate in a folder."""
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
        certificate = self._begun(self._name, self._key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        self.file = folder / "ca.pem"
        signed = certificate.sign(self._key, hashes.SHA256())
        self.file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def context(self, *names: str) -> ssl.SSLContext:
        """Return what a server shows that is called so."""
        key = ec.generate_private_key(ec.SECP256R1())
        stated = [_general(one) for one in names]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
        signed = (
            self._begun(subject, key.public_key())
            .add_extension(x509.SubjectAlternativeName(stated), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file = self._folder / f"{signed.serial_number}.pem"
        file.write_bytes(
            signed.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _begun(self, subject: x509.Name, key: Any) -> x509.CertificateBuilder:  # noqa: ANN401
        now = dt.datetime.now(dt.UTC)  # noqa: TID251 - a certificate's own
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _DAY)
            .not_valid_after(now + _DAY)
        )


@dataclass
class Got:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> Any:  # noqa: ANN401 - any JSON
        return json.loads(self.body)


@dataclass
class Receiver:
    """A server, what came to it, and what it answers next."""

    port: int
    scheme: str
    got: list[Got] = field(default_factory=list)
    answers: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    """By which it was asked for over TLS."""

    def url(self, host: str = "localhost", path: str = "/hooks") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.got]


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Keep a receiver that answers 204 unless told otherwise."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            headers = {name.lower(): one for name, one in self.headers.items()}
            here.got.append(Got(self.path, headers, body))
            status, more = here.answers.pop(0) if here.answers else (204, {})
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Whoever leaves early is no fault here."""

    server = _on_some_port(lambda port: Server(("127.0.0.1", port), Handler))
    here = Receiver(server.server_address[1], "https" if context else "http")
    if context:
        context.sni_callback = lambda _s, name, _c: here.names.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def misbehaving(does: Callable[[socket.socket], None]) -> Iterator[int]:
    """Keep a server that does something of its own with each connection."""
    over = threading.Event()
    made = _on_some_port(lambda port: socket.create_server(("127.0.0.1", port)))
    with made as server:
        server.settimeout(0.05)

        def serve() -> None:
            while not over.is_set():
                with suppress(TimeoutError, OSError):
                    connection, _ = server.accept()
                    threading.Thread(
                        target=_served, args=(does, connection), daemon=True
                    ).start()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join()


def hangs(connection: socket.socket) -> None:
    """Answer nothing."""
    connection.settimeout(30)
    while connection.recv(4096):
        pass


def drips(connection: socket.socket) -> None:
    """Answer a byte at a time, for ever, none of which is the last of a header."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(600):
        connection.sendall(b"x")
        time.sleep(0.05)


def floods(connection: socket.socket) -> None:
    """Answer a header that never ends, as fast as it goes."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        connection.sendall(b"x" * 65_536)


def endless(connection: socket.socket) -> None:
    """Answer 200, and a body that never ends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


def babbles(connection: socket.socket) -> None:
    """Answer what is no HTTP."""
    connection.recv(65_536)
    connection.sendall(b"-ERR unknown command 'POST'\r\n")
    connection.close()


def closes(connection: socket.socket) -> None:
    """Answer nothing, and be gone."""
    connection.recv(65_536)
    connection.close()


def _on_some_port(make: Callable[[int], Made]) -> Made:
    """Make a server on a port on which there is no other, whoever else tests."""
    for port in random.sample(PORTS, len(PORTS)):
        with suppress(OSError):
            return make(port)
    message = f"no port of {PORTS} is free"
    raise AssertionError(message)


def _served(does: Callable[[socket.socket], None], connection: socket.socket) -> None:
    with connection, suppress(OSError):
        does(connection)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
