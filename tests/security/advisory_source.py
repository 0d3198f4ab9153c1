"""A source of advisories on this machine, for who asks one by HTTPS: it answers in any host's place.

Whoever takes it for a proxy and says CONNECT has the source itself on the line, with a certificate for the
host that was wanted, under an authority of its own. pip-audit reads the answers as the package index gives
them, npm audit as its registry does. What it says of each package is the test's.
"""

import datetime as dt
import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


@dataclass
class Source:
    """What it says: advisories by package, packages that nobody knows, and who asked."""

    folder: Path
    python: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    npm: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    broken: bool = False
    asked: list[str] = field(default_factory=list)
    port: int = 0
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def authority(self) -> Path:
        """The certificate that makes all others good."""
        return self.folder / "authority.pem"

    @property
    def surroundings(self) -> dict[str, str]:
        """What a program needs in its environment to come here."""
        address, authority = f"http://127.0.0.1:{self.port}", str(self.authority)
        return {
            "HTTPS_PROXY": address,
            "https_proxy": address,
            "REQUESTS_CA_BUNDLE": authority,
            "npm_config_registry": f"{address}/",
            "PIP_CACHE_DIR": str(self.folder / "cache"),
            "npm_config_cache": str(self.folder / "npm"),
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    def authorise(self) -> None:
        """Write the authority's own certificate."""
        self.authority.write_bytes(self._certificate("authority", authority=True))

    def context(self, host: str) -> ssl.SSLContext:
        """TLS as that host."""
        place = self.folder / "host.pem"
        key = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        place.write_bytes(key + self._certificate(host, authority=False))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(place)
        return context

    def _certificate(self, name: str, *, authority: bool) -> bytes:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
        made = (
            x509.CertificateBuilder(issuer, subject, self._key.public_key(), x509.random_serial_number())
            .not_valid_before(NOW - DAY)
            .not_valid_after(NOW + DAY)
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)

    def index_says(self, path: str) -> tuple[int, object]:
        """The package index on `/pypi/<name>/<version>/json`."""
        name = path.split("/")[2]
        if name in self.unknown:
            return 404, {"message": "Not Found"}
        return 200, {"info": {"name": name}, "vulnerabilities": self.python.get(name, [])}


class _Asked(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    source: Source

    def do_CONNECT(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.flush()
        host = self.path.partition(":")[0]
        try:
            self.connection = self.source.context(host).wrap_socket(self.connection, server_side=True)
        except OSError:
            self.close_connection = True
            return
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb")
        self.close_connection = False

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def do_GET(self) -> None:
        self._say(*self.source.index_says(self.path))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", "0")))
        self._say(200, self.source.npm)

    def _say(self, status: int, value: object) -> None:
        self.source.asked.append(self.path)
        body = json.dumps(value).encode()
        self.send_response(503 if self.source.broken else status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def listening(source: Source) -> Iterator[Source]:
    """The source at a free port of loopback until the block ends."""
    source.authorise()
    handler = type("Asked", (_Asked,), {"source": source})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    source.port = server.server_address[1]
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield source
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
