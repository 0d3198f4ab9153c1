"""The real components that the tests run against: where they are found, how they are started and stopped."""

import ipaddress
import os
import pwd
import random
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN = 60.0


class ComponentMissingError(RuntimeError):
    """A real component is not on this machine; says which, and the command that brings it."""

    def __init__(self, name: str, command: str) -> None:
        super().__init__(f"needs {name}: {command}")


class OutsideNetworkError(RuntimeError):
    """A test reached for an address outside this machine."""


def opa_path() -> Path:
    """OPA as `make opa` leaves it."""
    found = ROOT / ".entente/bin/opa"
    if not os.access(found, os.X_OK):
        raise ComponentMissingError("OPA", "make opa")
    return found


def go_path() -> Path:
    """A Go new enough for the outside verifiers."""
    return brought("Go", "go.sh")


def outside_path(name: str) -> Path:
    """A program that no one here wrote, built from the modules that its go.sum pins."""
    go_path()
    return brought(name, "outside.sh", name, seconds=900)


def idp_python() -> Path:
    """The Python of an environment with Canaille, an identity provider that no one here wrote."""
    return brought("Canaille", "idp.sh")


def checker_path(name: str) -> Path:
    """A program that checks an installation's files: `hadolint`, `kubernetes-validate`."""
    return brought(name, "beside.sh", "checkers").with_name(name)


def keycloak_home() -> Path:
    """The folder of Keycloak, an identity provider that no one here wrote."""
    return brought("Keycloak", "keycloak.sh", seconds=900, by="make keycloak")


def promtool_path() -> Path:
    """Prometheus's own checker of rules."""
    return brought("promtool", "promtool.sh")


def brought(name: str, script: str, *words: str, seconds: float = 600, by: str = "make test-deps") -> Path:
    """What a script of `deploy/scripts` sees to, and says the place of in its last line."""
    bring = [ROOT / "deploy/scripts" / script, *words]
    answer = subprocess.run(bring, capture_output=True, text=True, check=False, timeout=seconds)
    if answer.returncode != 0:
        raise ComponentMissingError(name, f"{by} ({answer.stderr.strip()[-200:]})")
    return Path(answer.stdout.strip().splitlines()[-1])


def chromium_path() -> Path:
    """A browser for the console's journeys; nothing brings one of its own."""
    found = shutil.which("chromium")
    if found is None:
        raise ComponentMissingError("Chromium", "make test-deps")
    return Path(found)


def console_path() -> Path:
    """The console, built from the sources as they are now."""
    build = [ROOT / "deploy/scripts/console.sh"]
    answer = subprocess.run(build, capture_output=True, text=True, check=False, timeout=900)
    if answer.returncode != 0:
        raise ComponentMissingError("the console", f"make console ({answer.stderr.strip()[-300:]})")
    return ROOT / "gateway/console/dist"


@dataclass(frozen=True)
class SoftTokens:
    """Tokens of SoftHSM in a folder of our own: a PKCS#11 module without the hardware."""

    folder: Path
    module: Path
    pin: str = "123456"
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def make(self, label: str = "") -> str:
        """Make a token; returns its label, a new one unless it is given."""
        label = label or f"entente-{next(self.numbers)}"
        told = ["--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", self.pin]
        done = subprocess.run(["softhsm2-util", *told], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ComponentMissingError("a SoftHSM that works", done.stdout + done.stderr)
        return label

    @contextmanager
    def taken_away(self) -> Iterator[None]:
        """While the block runs, no token is there."""
        away = self.folder.with_name("away")
        self.folder.rename(away)
        try:
            yield
        finally:
            away.rename(self.folder)


@contextmanager
def soft_tokens() -> Iterator[SoftTokens]:
    """A SoftHSM for this process and its children: it finds its configuration by an environment variable."""
    places = [*Path("/usr/lib").glob("**/libsofthsm2.so"), *Path("/usr/local/lib").glob("**/libsofthsm2.so")]
    if not places or shutil.which("softhsm2-util") is None:
        raise ComponentMissingError("SoftHSM", "make test-deps")
    home = Path(tempfile.mkdtemp(prefix="entente-hsm-"))
    try:
        (home / "tokens").mkdir()
        told = f"directories.tokendir = {home}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
        (home / "softhsm2.conf").write_text(told)
        os.environ["SOFTHSM2_CONF"] = str(home / "softhsm2.conf")
        yield SoftTokens(home / "tokens", places[0].resolve())
    finally:
        os.environ.pop("SOFTHSM2_CONF", None)
        shutil.rmtree(home, ignore_errors=True)


@dataclass(frozen=True)
class PostgresCluster:
    """A running cluster of our own; `url` leads to its maintenance database."""

    port: int
    password: str
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        """The maintenance database."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """The address of one database, as SQLAlchemy and psycopg both read it."""
        return f"postgresql://entente:{self.password}@127.0.0.1:{self.port}/{database}"

    def create(self, name: str) -> str:
        """Make an empty database whose name starts with `name`; returns its full name."""
        database = f"{name}_{next(self.numbers)}"
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return database

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def postgres_cluster() -> Iterator[PostgresCluster]:
    """Start a private cluster with every durability setting on; it dies with this process."""
    with _laid_out() as (command, home, password), _server(command, home, password) as (cluster, _):
        yield cluster


@dataclass
class RestartedCluster:
    """A cluster of its own for one test, which ends and starts it; its address stays."""

    cluster: PostgresCluster
    _command: list[str]
    _home: Path
    _server: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End the server: every connection is cut."""
        self._server.send_signal(signal.SIGINT)
        self._server.wait(STARTS_WITHIN)

    def start(self) -> None:
        """Start it again on what it has left, at the same port."""
        with (self._home / "log").open("ab") as log:
            self._server = _run(self._command, self._home, self.cluster, log)
        assert _answers(self.cluster, self._server), (self._home / "log").read_text()[-500:]

    def kill(self) -> None:
        """End it as a power cut would."""
        self._server.kill()
        self._server.wait()

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """What the server's owner sees, or does, in the maintenance database."""
        with psycopg.connect(self.cluster.url, autocommit=True) as connection:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []


@contextmanager
def restarted_cluster() -> Iterator[RestartedCluster]:
    """A private cluster that a test may end and start."""
    with _laid_out() as (command, home, password), _server(command, home, password) as (cluster, server):
        made = RestartedCluster(cluster, command, home, server)
        try:
            yield made
        finally:
            made.kill()


@contextmanager
def standby_of(primary: PostgresCluster) -> Iterator[RestartedCluster]:
    """A hot standby made of a copy of `primary`, from which it streams what is written there."""
    programs = _postgres_programs()
    prefix, owner = _unprivileged()
    home = Path(tempfile.mkdtemp(prefix="entente-pg-"))
    try:
        os.chown(home, owner.pw_uid, owner.pw_gid)
        copy = [*prefix, str(programs / "pg_basebackup"), "--dbname", primary.url, "--write-recovery-conf"]
        copy += ["--checkpoint", "fast", "--no-sync", "--pgdata", str(home / "data")]
        _checked(copy, home)
        command = [*prefix, str(programs / "postgres"), "-D", str(home / "data")]
        with _server(command, home, primary.password) as (cluster, server):
            made = RestartedCluster(cluster, command, home, server)
            try:
                yield made
            finally:
                made.kill()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _laid_out() -> Iterator[tuple[list[str], Path, str]]:
    """A new cluster's files: the command that runs the server on them, their folder, the password."""
    home = Path(tempfile.mkdtemp(prefix="entente-pg-"))
    try:
        yield _lay_out(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _lay_out(home: Path) -> tuple[list[str], Path, str]:
    """The same in a folder that is there; what was laid out there before stays."""
    programs = _postgres_programs()
    prefix, owner = _unprivileged()
    command = [*prefix, str(programs / "postgres"), "-D", str(home / "data")]
    if (home / "data/PG_VERSION").exists():
        return command, home, (home / "password").read_text()
    password = secrets.token_hex(16)
    (home / "password").write_text(password)
    os.chown(home, owner.pw_uid, owner.pw_gid)
    os.chown(home / "password", owner.pw_uid, owner.pw_gid)
    initdb = [*prefix, str(programs / "initdb"), "--pgdata", str(home / "data"), "--username", "entente"]
    initdb += ["--pwfile", str(home / "password"), "--auth", "scram-sha-256"]
    initdb += ["--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
    _checked(initdb, home)
    return command, home, password


@contextmanager
def kept_cluster(home: Path, settings: Mapping[str, str]) -> Iterator[PostgresCluster]:
    """A cluster whose files stay in a folder that is made at first, with these settings."""
    home.mkdir(parents=True, exist_ok=True)
    command, _, password = _lay_out(home)
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with _server(command, home, password) as (cluster, _):
        yield cluster


@contextmanager
def _server(
    command: list[str], home: Path, password: str
) -> Iterator[tuple[PostgresCluster, subprocess.Popen[bytes]]]:
    """Run the server as a child of ours until the block ends; a port taken in between is tried again."""
    cluster, server = _started(command, home, password, attempts=3)
    try:
        yield cluster, server
    finally:
        server.send_signal(signal.SIGINT)  # its "fast" shutdown
        with suppress(subprocess.TimeoutExpired):
            server.wait(STARTS_WITHIN)
        server.kill()
        server.wait()


def _started(
    command: list[str], home: Path, password: str, attempts: int
) -> tuple[PostgresCluster, subprocess.Popen[bytes]]:
    cluster = PostgresCluster(free_port(), password)
    with (home / "log").open("wb") as log:
        server = _run(command, home, cluster, log)
    if _answers(cluster, server):
        return cluster, server
    server.kill()
    server.wait()
    if attempts > 1:
        return _started(command, home, password, attempts - 1)
    raise ComponentMissingError("a PostgreSQL that starts", (home / "log").read_text()[-500:])


def _run(command: list[str], home: Path, cluster: PostgresCluster, log: BinaryIO) -> subprocess.Popen[bytes]:
    """The server as a child of ours."""
    options = ["listen_addresses=127.0.0.1", f"port={cluster.port}", f"unix_socket_directories={home}"]
    arguments = [argument for option in options for argument in ("-c", option)]
    return subprocess.Popen([*command, *arguments], cwd=home, stdout=log, stderr=subprocess.STDOUT)


def _answers(cluster: PostgresCluster, server: subprocess.Popen[bytes]) -> bool:
    """Wait until the server takes connections; False when it ended or did not come in time."""
    deadline = time.monotonic() + STARTS_WITHIN
    while server.poll() is None and time.monotonic() < deadline:
        with suppress(psycopg.OperationalError), psycopg.connect(cluster.url, connect_timeout=5):
            return True
        time.sleep(0.05)
    return False


def _postgres_programs() -> Path:
    """The folder of the newest PostgreSQL server on this machine, 15 or newer."""
    candidates = [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path:
        candidates.append(Path(on_path).resolve())
    versions = {}
    for initdb in candidates:
        version = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=True).stdout
        versions[int(version.split()[2].split(".")[0])] = initdb.parent
    if not versions or max(versions) < 15:
        raise ComponentMissingError("PostgreSQL 15 or newer", "make test-deps")
    return versions[max(versions)]


def postgres_program(name: str) -> Path:
    """A program that came with the server: `pg_dump`, `pg_basebackup`."""
    return _postgres_programs() / name


def _unprivileged() -> tuple[list[str], pwd.struct_passwd]:
    """How to run the server: it refuses to run as root, and it shall die with us."""
    dies_with_us = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() != 0:
        return dies_with_us, pwd.getpwuid(os.geteuid())
    owner = next((user for user in pwd.getpwall() if user.pw_name == "postgres"), pwd.getpwnam("nobody"))
    as_owner = [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    return [*dies_with_us, *as_owner, "--"], owner


def _checked(command: list[str], where: Path) -> None:
    """Run a command to its end; what it said is part of the error."""
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ComponentMissingError(f"a working {Path(command[-1]).name}", done.stdout + done.stderr)


def free_port() -> int:
    """A loopback port that nobody holds at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_ports(many: int) -> int:
    """The first of `many` neighbouring ports that are free now; below those that Linux gives to clients."""
    while True:
        base = random.randrange(20_000, 32_000)
        try:
            for port in range(base, base + many):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base


@contextmanager
def only_loopback() -> Iterator[None]:
    """Let Python's sockets reach this machine only; a breach is an error that nobody takes for silence."""
    reach = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
    look_up = socket.getaddrinfo

    def guarded(name: str) -> Any:
        def reach_if_local(self: socket.socket, *args: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                _refuse_outside(str(args[-1][0]))
            return reach[name](self, *args)

        return reach_if_local

    def look_up_if_local(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host:
            _refuse_outside(host.decode() if isinstance(host, bytes) else host)
        return look_up(host, *args, **kwargs)

    for name in reach:
        setattr(socket.socket, name, guarded(name))
    socket.getaddrinfo = look_up_if_local
    try:
        yield
    finally:
        for name, original in reach.items():
            setattr(socket.socket, name, original)
        socket.getaddrinfo = look_up


def _refuse_outside(host: str) -> None:
    if host == "localhost" or host.endswith(".localhost"):
        return
    try:
        if ipaddress.ip_address(host.partition("%")[0]).is_loopback:
            return
    except ValueError:
        pass
    raise OutsideNetworkError(f"a test reached for {host!r}; tests talk to this machine only")
