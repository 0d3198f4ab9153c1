"""Two nodes as installed, without containers: PostgreSQL, OPA on Unix sockets, nginx, client certificates.

    .venv/bin/python -m deploy.scripts.two_nodes FOLDER --postgres postgresql://user:password@127.0.0.1/postgres

makes both below FOLDER, starts everything and says where the desks are, until it is interrupted. `fr.ofast`
is one process; `se.polisen` has a sequencer and two gateways behind its proxy. nginx reads the file of
`deploy/` with other ports and folders; certificates come from an authority made for it. People sign in at the
identity provider of the demo, in whose place a real one is named by `--issuer`.
"""

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson
import psycopg
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from psycopg import sql
from sqlalchemy import make_url

from audit.keys import SigningKey, write_secret
from deploy.demo import story
from deploy.demo.truth import truth
from deploy.scripts.certificates import Authority
from gateway.demo.cast import find_opa, people
from gateway.demo.plan import house_grant, terms_of
from gateway.home import Home, Profile, create, read_card, sign_directory
from gateway.liaise import enact
from gateway.wiring import open_node, open_records
from policy.bundle import Bundle
from policy.opa_config import OpaPlace, opa_config
from policy.signed_bundle import Signing, write_signed
from sharing.grants import Approval
from tenants.envelope import Defaults

ROOT = Path(__file__).resolve().parents[2]
NODES = ("fr.ofast", "se.polisen")
ROOMS = ("records", "sharing", "audit", "oversight", "quota")
STARTS_WITHIN = ENDS_WITHIN = 120.0
LEAVE = 1.0
_PORTS = range(20_000, 32_000)  # below those that Linux gives to clients
_UNTRIED = iter(random.sample(_PORTS, len(_PORTS)))
_NGINX = """daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/entente.conf;
}}
"""


@dataclass(frozen=True)
class Ports:
    """Loopback ports of one node, as in deploy/places.yaml."""

    node: int
    second: int
    observe: int
    partners: int
    desk: int

    @classmethod
    def free(cls) -> "Ports":
        """Five that nobody holds at this moment."""
        found: list[int] = []
        with ExitStack() as stack:
            while len(found) < len(fields(cls)):
                port = next(_UNTRIED)
                with contextlib.suppress(OSError):
                    stack.enter_context(socket.create_server(("127.0.0.1", port)))
                    found.append(port)
        return cls(*found)


@dataclass(frozen=True)
class Provider:
    """Where people sign in: its issuer, our secret there, what else `[signin]` says, a file of roles."""

    issuer: str
    secret: str = "demo"  # noqa: S105  # that of the demo's provider
    signin: Mapping[str, str | int] = field(default_factory=dict)
    mapping: str = ""


@dataclass
class Site:
    """One node with what stands around it."""

    name: str
    folder: Path
    ports: Ports
    sockets: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        """The home of its first gateway."""
        return Home(self.folder / "node")

    @property
    def second(self) -> Home:
        """The home of its second gateway: the same keys and databases."""
        return Home(self.folder / "second")

    @property
    def partners(self) -> str:
        """Where partners reach it."""
        return f"https://localhost:{self.ports.partners}"

    @property
    def desk(self) -> str:
        """Where its own people do."""
        return f"https://localhost:{self.ports.desk}"

    @property
    def opa_address(self) -> str:
        """Where its OPA listens."""
        return f"unix:{self.sockets / self.name[:2]}.sock"


@dataclass
class Place:
    """Everything: both sites, the authority of their certificates, the port of the provider made for them."""

    folder: Path
    authority: Authority
    sites: Mapping[str, Site]
    own_provider: int | None

    @property
    def trust(self) -> Path:
        """The certificate authority, for who comes to the desks."""
        return self.authority.file


def made(
    folder: Path,
    postgres: str,
    sockets: Path,
    provider: Provider | None = None,
    ports: Mapping[str, Ports] | None = None,
) -> Place:
    """Both nodes below `folder`, with records and grants; nothing of them runs yet.

    `sockets` is a folder whose name is short. Without a `provider`, the demo's; without `ports`, free ones.
    """
    authority = Authority(folder / "tls")
    ports = ports or {name: Ports.free() for name in NODES}
    own = None if provider else Ports.free().node
    provider = provider or Provider(f"http://127.0.0.1:{own}")
    sites = {name: Site(name, folder / name, ports[name], sockets) for name in NODES}
    key = SigningKey.generate("two.nodes/directory")
    bundle, public = _law(folder)
    for site in sites.values():
        _founded(site, authority, provider, postgres)
        site.home.federation_key.write_text(key.public.vkey, encoding="utf-8")
        _policy(site, bundle, public)
        _proxy(site)
    cards = tuple(read_card(site.home.card) for site in sites.values())
    text = sign_directory(cards, key, version=1, now=datetime.now(UTC), days=30)
    for site in sites.values():
        site.home.directory.write_text(text, encoding="utf-8")
        with _opa(site):
            asyncio.run(_filled(site))
    _doubled(sites[NODES[1]])
    return Place(folder, authority, sites, own)


@contextmanager
def running(place: Place) -> Iterator[Place]:
    """Everything runs while the block does, and answers; ended in reverse."""
    with ExitStack() as stack:
        if place.own_provider is not None:
            port = place.own_provider
            command = [sys.executable, "-m", "gateway.demo.provider", "--port", str(port), *_claims()]
            stack.enter_context(_process(command, place.folder / "provider.log"))
        for site in place.sites.values():
            stack.enter_context(_opa(site))
        sequenced = place.sites[NODES[1]]
        stack.enter_context(
            _process(_entente("sequencer", sequenced.home), sequenced.folder / "sequencer.log")
        )
        stack.callback(_ended, place.sites.values())
        for site in place.sites.values():
            start(site, "node")
        start(sequenced, "second")
        for site in place.sites.values():
            nginx = stack.enter_context(_process(_nginx(site), site.folder / "nginx.log"))
            for port in (site.ports.partners, site.ports.desk):
                wait(port, nginx)
            for which in site.processes:
                ready(site, which)
        yield place


def start(site: Site, which: str) -> None:
    """Start a gateway of the site: `node` or `second`."""
    log = (site.folder / f"{which}.log").open("ab")
    home = site.home if which == "node" else site.second
    site.processes[which] = subprocess.Popen(  # noqa: S603  # our own program
        _entente("serve", home), stdout=log, stderr=log, cwd=ROOT, env=_environment()
    )
    log.close()


def ready(site: Site, which: str) -> None:
    """Until a gateway of the site takes questions."""
    wait(site.ports.node if which == "node" else site.ports.second, site.processes[which])


def stop(site: Site, which: str) -> int:
    """End a gateway in order; its exit code."""
    process = site.processes.pop(which)
    process.terminate()
    return _end_of(process)


def reload(site: Site) -> None:
    """Let the site's nginx read its configuration anew."""
    subprocess.run([*_nginx(site), "-s", "reload"], check=True, timeout=30)  # noqa: S603  # our own proxy


def wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until something listens at the port; `ChildProcessError` if the process that was to do so has ended."""
    end = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise ChildProcessError(f"nothing listens on port {port}: {process.args} ended with {process.poll()}")


def _founded(site: Site, authority: Authority, provider: Provider, postgres: str) -> None:
    """A home as `entente init` makes it, with its certificates and its databases."""
    server = authority.issue(f"{site.name}.server", ["localhost", "127.0.0.1"])
    client = authority.issue(site.name)
    tls = site.folder / "tls"
    tls.mkdir(parents=True)
    shutil.copy(server.certificate, tls / "server.pem")
    shutil.copy(server.key, tls / "server.key")
    shutil.copy(authority.file, tls / "partners-ca.pem")
    (tls / "refused.conf").write_text("")
    store = {room: _database(postgres, f"{site.name[:2]}_{room}") for room in ROOMS}
    profile = Profile(
        id=site.name,
        name=site.name,
        country=site.name[:2].upper(),
        spoc=f"spoc@{site.name}",
        port=site.ports.node,
        address=site.partners,
        desk=site.desk,
        issuer=provider.issuer,
        policy={"engine": "opa", "opa_address": site.opa_address, "opa_token_file": "opa/token"},
        store=store | {"witness": f"sqlite:///{site.home.path / 'witness.sqlite'}"},
    )
    home = create(site.home.path, profile, now=datetime.now(UTC))
    home.path.chmod(0o700)
    write_secret(home.keys / "client.secret", provider.secret.encode())
    signin = {"client_secret_file": "keys/client.secret", **provider.signin}
    if provider.mapping:
        (home.path / "roles.yaml").write_text(provider.mapping, encoding="utf-8")
        signin["mapping"] = "roles.yaml"
    settings = home.path / "node.toml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace("[listen]", f"[listen]\nleave_seconds = {LEAVE}")
    text = text.replace("[signin]", f"[signin]\n{_lines(signin)}")
    text += f"\n[observe]\nport = {site.ports.observe}\n"
    shown = {"certificate": client.certificate, "key": client.key, "trust": authority.file}
    text += f"\n[tls]\n{_lines({name: str(path) for name, path in shown.items()})}\n"
    settings.write_text(text, encoding="utf-8")
    settings.chmod(0o600)


def _lines(told: Mapping[str, str | int]) -> str:
    """Lines of a section of `node.toml`; JSON's spelling of a text is TOML's."""
    return "\n".join(f"{name} = {json.dumps(value)}" for name, value in told.items())


def _law(folder: Path) -> tuple[Path, Path]:
    """The signed bundle, and the public key that OPA checks it with."""
    key = ed25519.Ed25519PrivateKey.generate()
    private, public = folder / "law.pem", folder / "law.pub.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    private.chmod(0o600)
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    signed = write_signed(Bundle.packaged(), Signing(private), folder / "bundle.tar.gz", opa=_opa_binary())
    return signed.path, public


def _policy(site: Site, bundle: Path, public: Path) -> None:
    """What `entente policy opa-config` writes, and the command that it prints."""
    folder = site.home.path / "opa"
    folder.mkdir(mode=0o700)
    write_secret(folder / "token", os.urandom(16).hex().encode())
    (folder / "opa.json").write_text(opa_config((folder / "token").read_text()), encoding="utf-8")
    command = OpaPlace(site.opa_address, folder / "opa.json", bundle, public).command(_opa_binary())
    (site.folder / "opa.command").write_text(json.dumps(command), encoding="utf-8")


def _proxy(site: Site) -> None:
    """The shipped nginx configuration with this site's ports and folders."""
    folder, ports = site.folder / "nginx", site.ports
    folder.mkdir()
    text = (ROOT / "deploy" / "nginx" / "entente.conf").read_text(encoding="utf-8")
    second = ports.second if site.name == NODES[1] else ports.node
    for shipped, here in (
        ("listen 8443 ssl", f"listen 127.0.0.1:{ports.partners} ssl"),
        ("listen 443 ssl", f"listen 127.0.0.1:{ports.desk} ssl"),
        ("127.0.0.1:8401", f"127.0.0.1:{ports.node}"),
        ("127.0.0.1:8402", f"127.0.0.1:{second}"),
        ("/etc/entente/tls", str(site.folder / "tls")),
    ):
        if shipped not in text:
            raise ValueError(f"deploy/nginx/entente.conf: has no {shipped!r} any more")
        text = text.replace(shipped, here)
    (folder / "entente.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder), encoding="utf-8")


async def _filled(site: Site) -> None:
    """Records of the demo's story, and its grants under two officers."""
    source = site.folder / "records.jsonl"
    source.write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in story.records(site.name)))
    shelf = open_records(site.home, site.home.settings())
    try:
        shelf.loader(site.name, lambda: int(time.time())).load_jsonl(source, Defaults({"dataset": "cases"}))
    finally:
        await shelf.close()
    approvals = tuple(Approval(each, int(time.time())) for each in ("officer-1", "officer-2"))
    async with open_node(site.home) as node:
        for terms in (house_grant(site.name), *map(terms_of, truth(418, "small", {})["grants"][site.name])):
            await enact(node, terms, approvals)


def _doubled(site: Site) -> None:
    """A second gateway of the node; the log is grown by a sequencer from now on."""
    settings = site.home.path / "node.toml"
    text = (
        settings.read_text(encoding="utf-8") + f'\n[log]\nsequencer = "{site.sockets / "sequencer.sock"}"\n'
    )
    settings.write_text(text, encoding="utf-8")
    shutil.copytree(
        site.home.path, site.second.path, ignore=shutil.ignore_patterns("*.sqlite*", "audit.guard*")
    )
    other = text.replace(f"port = {site.ports.node}\n", f"port = {site.ports.second}\n")
    other = other.replace(f"[observe]\nport = {site.ports.observe}\n", "")
    (site.second.path / "node.toml").write_text(other, encoding="utf-8")


def _database(postgres: str, name: str) -> str:
    """A new, empty database; its address."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return make_url(postgres).set(database=name).render_as_string(hide_password=False)


def _opa_binary() -> str:
    found = find_opa()
    if found is None:
        raise FileNotFoundError("OPA is not here: make opa")
    return found


@contextmanager
def _opa(site: Site) -> Iterator[None]:
    """The site's OPA, once it listens."""
    command = json.loads((site.folder / "opa.command").read_text(encoding="utf-8"))
    path, log = Path(site.opa_address.removeprefix("unix:")), site.folder / "opa.log"
    path.unlink(missing_ok=True)
    with _process(command, log) as process:
        end = time.monotonic() + STARTS_WITHIN
        while not path.exists() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        if not path.exists():
            raise ChildProcessError(f"OPA of {site.name} does not listen: {log.read_text()[-500:]}")
        yield


def _nginx(site: Site) -> Sequence[str]:
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        raise FileNotFoundError("nginx is not here: deploy/scripts/system-deps.sh test")
    folder = site.folder / "nginx"
    return [found, "-p", str(folder), "-c", str(folder / "nginx.conf")]


def _entente(command: str, home: Home) -> Sequence[str]:
    return [sys.executable, "-m", "gateway.cli", command, str(home.path)]


def _environment() -> Mapping[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def _claims() -> Sequence[str]:
    claims: list[str] = []
    for person in people():
        told = {"sub": person["subject"], "name": person["name"], "entente_unit": person["unit"]}
        claims += ["--user-claims", json.dumps(told | {"entente_roles": person["roles"]})]
    return claims


@contextmanager
def _process(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  # what this script names
            command, stdout=output, stderr=output, cwd=ROOT, env=_environment()
        )
    try:
        yield process
    finally:
        process.terminate()
        _end_of(process)


def _end_of(process: subprocess.Popen[bytes]) -> int:
    """The exit code of a process that was told to end; killed if it does not."""
    try:
        return process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


def _ended(sites: Iterable[Site]) -> None:
    """End all gateways, at the same time."""
    processes = [process for site in sites for process in site.processes.values()]
    for process in processes:
        process.terminate()
    for process in processes:
        _end_of(process)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--postgres", required=True, help="A database of a server where databases may be made.")
@click.option("--issuer", help="An OpenID Connect provider instead of the demo's.")
@click.option("--client-secret", default="demo", help="The secret of the client `entente` there.")
def main(folder: Path, postgres: str, issuer: str | None, client_secret: str) -> None:
    """Make both nodes below FOLDER, which must not exist, and serve them until interrupted."""
    folder.mkdir(parents=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    provider = Provider(issuer, client_secret) if issuer else None
    with tempfile.TemporaryDirectory() as sockets, contextlib.suppress(KeyboardInterrupt):
        place = made(folder.resolve(), postgres, Path(sockets), provider)
        with running(place):
            click.echo(f"certificate authority: {place.trust}")
            for site in place.sites.values():
                click.echo(f"{site.name}: desk {site.desk}, partners {site.partners}, home {site.home.path}")
            signal.pause()


if __name__ == "__main__":
    main()
