"""`entente doctor`: each check at a real node, in order and broken; no secret is ever told."""

import asyncio
import json
import re
import shutil
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from audit.keys import SigningKey
from deploy.scripts.certificates import Authority
from gateway.cli import main
from gateway.doctor.examine import examined
from gateway.doctor.files import GIB
from gateway.doctor.finding import Finding, Space, State
from gateway.home import Home, Profile, create, read_card, sign_directory
from gateway.logs import LOG
from gateway.observe.readiness import readiness
from tenants.shelf import open_shelf
from tests.gateway.test_databases import restamp
from tests.world import NODES, Ground, World, open_world

FR, SE = "fr.test", "se.test"
OK, WARN, FAIL = State.OK, State.WARN, State.FAIL


def states(found: list[Finding], check: str, ends: str = "") -> list[State]:
    """The states of a check, of all it looked at or of one thing."""
    return [each.state for each in found if each.check == check and each.looked_at.endswith(ends)]


def one(found: list[Finding], check: str, holds: str = "") -> Finding:
    (finding,) = (each for each in found if each.check == check and holds in each.looked_at)
    return finding


class Elsewhere(ThreadingHTTPServer):
    """What answers at a node's address: says which node it is, and what time it has."""

    daemon_threads = True

    def __init__(self, says: Mapping[str, str], tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.says, self.ahead, self.status = dict(says), timedelta(), 200
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    def handle_error(self, *_: object) -> None:
        """A handshake that a test breaks is no news."""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Elsewhere)
        body = json.dumps(server.says).encode()
        self.send_response_only(server.status)
        self.send_header("date", format_datetime(datetime.now(UTC) + server.ahead, usegmt=True))
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def answering(says: Mapping[str, str], tls: ssl.SSLContext | None = None) -> Iterator[Elsewhere]:
    with Elsewhere(says, tls) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Pair:
    """Two nodes of a federation, what answers for each, and the identity provider."""

    home: Home
    own: Elsewhere
    other: Elsewhere
    issuer: Elsewhere
    resign: Callable[..., None]

    def found(self, **other: object) -> list[Finding]:
        return examined(self.home, **other)  # type: ignore[arg-type]  # as the test says


@pytest.fixture
def pair(tmp_path: Path, opa_binary: Path, policy_cache: Path) -> Iterator[Pair]:
    with paired(tmp_path, {"opa": str(opa_binary), "cache": str(policy_cache)}) as made:
        yield made


@contextmanager
def paired(
    path: Path, policy: Mapping[str, object], tls: ssl.SSLContext | None = None, extra: str = ""
) -> Iterator[Pair]:
    """Both homes; the addresses in the directory lead to servers that are really there."""
    scheme, host = ("https", "localhost") if tls else ("http", "127.0.0.1")
    key, now = SigningKey.generate("federation.test/directory"), datetime.now(UTC)
    with ExitStack() as stack:
        own, other = (stack.enter_context(answering({"node": name}, tls)) for name in (FR, SE))
        issuer = stack.enter_context(answering({}))
        issuer.says["issuer"] = f"http://127.0.0.1:{issuer.server_port}"
        homes = []
        for name, server in ((FR, own), (SE, other)):
            address = f"{scheme}://{host}:{server.server_port}"
            profile = Profile(
                name, name, name[:2].upper(), "spoc@test", server.server_port, address,
                issuer=issuer.says["issuer"], policy=policy,
            )  # fmt: skip
            homes.append(create(path / name, profile, now=now))
        home = homes[0]
        home.federation_key.write_text(key.public.vkey)
        home.path.chmod(0o700)
        settings = home.path / "node.toml"
        settings.write_text(settings.read_text() + extra)

        def resign(version: int = 1, days: int = 30, names: int = 2) -> None:
            cards = tuple(read_card(each.card) for each in homes)[-names:]
            home.directory.write_text(sign_directory(cards, key, version=version, now=now, days=days))

        resign()
        yield Pair(home, own, other, issuer, resign)


def test_a_node_in_order_has_nothing_to_be_done_about(pair: Pair) -> None:
    found = pair.found()
    wrong = {(each.check, each.looked_at, each.found) for each in found if each.state is not OK}
    assert {check for check, *_ in wrong} == {"witnesses"}, "nobody cosigns it; all else is as it should be"
    assert all(each.to_do == "" for each in found if each.state is OK)
    checks = "settings running clock disk keys card directory database policy witnesses identity partners"
    assert {each.check for each in found} == set(checks.split())


def test_settings_that_cannot_be_read_leave_nothing_else_to_look_at(pair: Pair) -> None:
    settings = pair.home.path / "node.toml"
    settings.write_text(settings.read_text().replace("[policy]", '[policy]\ncolour = "red"'))
    (finding,) = pair.found()
    assert (finding.check, finding.state) == ("settings", FAIL)
    assert "policy.colour" in finding.found


@pytest.mark.parametrize(("seconds", "state"), [(0, OK), (15, WARN), (-15, WARN), (120, FAIL), (-120, FAIL)])
def test_clocks_apart(pair: Pair, seconds: int, state: State) -> None:
    pair.other.ahead = timedelta(seconds=seconds)
    found = pair.found()
    assert one(found, "clock", SE).state is state
    assert one(found, "clock", "identity").state is OK


@pytest.mark.parametrize(("free", "state"), [(50, OK), (3, WARN), (0, FAIL)])
def test_room_on_the_disk(pair: Pair, free: int, state: State) -> None:
    found = pair.found(space=lambda _: Space(free * GIB, 100 * GIB))
    assert states(found, "disk") == [state]
    assert f"{free}.0 GiB free of 100.0" in one(found, "disk").found


def test_a_key_that_others_can_read_is_lost_or_is_none(pair: Pair) -> None:
    keys = pair.home.keys
    (keys / "message.key").chmod(0o644)
    (keys / "grant.key").unlink()
    (keys / "blob.key").write_text("scrambled")
    keys.chmod(0o755)
    found = {each.looked_at.rpartition("/")[2]: each for each in pair.found() if each.check == "keys"}
    wrong = {name for name, each in found.items() if each.state is FAIL}
    assert wrong == {"keys", "message.key", "grant.key", "blob.key"}
    assert found["message.key"].to_do == f"chmod 600 {keys}/message.key"
    assert "backup" in found["grant.key"].to_do


def test_a_key_whose_time_ends(pair: Pair) -> None:
    for days, state in ((0, OK), (680, WARN), (731, FAIL)):
        found = pair.found(now=lambda days=days: time.time() + days * 86_400)
        assert set(states(found, "card", "key")) == {state}, days


def test_a_card_that_is_not_this_nodes(pair: Pair) -> None:
    card = json.loads(pair.home.card.read_text())
    settings = pair.home.path / "node.toml"
    settings.write_text(settings.read_text().replace(card["address"], "https://elsewhere.example"))
    address = one(pair.found(), "card", "address")
    assert (address.state, address.found) == (FAIL, card["address"])
    assert address.expected == "https://elsewhere.example (node.toml)"
    (pair.home.keys / "message.key").unlink()
    SigningKey.generate(f"{FR}/message").save(pair.home.keys / "message.key")
    assert states(pair.found(), "card", "message key") == [FAIL]
    pair.home.card.write_text("{}")
    assert states(pair.found(), "card") == [FAIL]


def test_a_directory_that_ends_is_strange_or_is_missing(pair: Pair) -> None:
    for days, state in ((20, OK), (25, WARN), (31, FAIL)):
        found = pair.found(now=lambda days=days: time.time() + days * 86_400)
        assert states(found, "directory", "directory.jws")[0] is state, days
    pair.home.federation_key.write_text(SigningKey.generate("federation.test/directory").public.vkey)
    strange = one(pair.found(), "directory")
    assert (strange.state, strange.expected) == (FAIL, "signed by federation.vkey")
    pair.home.directory.unlink()
    assert states(pair.found(), "directory") == [FAIL]


def test_a_directory_without_this_node_or_with_other_keys_of_it(pair: Pair) -> None:
    pair.resign(names=1)
    own = one(pair.found(), "directory", f": {FR}")
    assert (own.state, own.found, own.expected) == (FAIL, f"names {SE}", FR)
    pair.resign()
    assert one(pair.found(), "directory", f": {FR}").state is OK
    card = json.loads(pair.home.card.read_text())
    card["keys"] = [each for each in card["keys"] if each["use"] != "mandate"]
    pair.home.card.write_text(json.dumps(card))
    assert one(pair.found(), "directory", f": {FR}").found == "other keys than the card"


def test_partners_that_are_away_or_are_somebody_else(pair: Pair) -> None:
    pair.other.says["node"] = "xx.other"
    strange = one(pair.found(), "partners", str(pair.other.server_port))
    assert (strange.state, strange.found, strange.expected) == (FAIL, "200, node xx.other", f"the node {SE}")
    assert states(pair.found(), "partners", f"{pair.own.server_port}/healthz") == [OK]
    pair.other.shutdown()
    pair.other.server_close()
    assert one(pair.found(), "partners", str(pair.other.server_port)).state is WARN


def test_a_partner_where_the_node_connects_to_nobody(pair: Pair) -> None:
    """A node that others reach from outside connects to no address of its own machine."""
    settings = pair.home.path / "node.toml"
    settings.write_text(
        re.sub(r'address = ".*"', 'address = "https://fr.example:8443"', settings.read_text())
    )
    away = one(pair.found(), "partners", str(pair.other.server_port))
    assert (away.state, away.found) == (FAIL, "127.0.0.1 is this machine")
    assert "[reach] networks" in away.to_do


def test_a_proxy_without_its_node_is_away(pair: Pair) -> None:
    pair.other.status = 502
    alone = one(pair.found(), "partners", str(pair.other.server_port))
    assert (alone.state, alone.found) == (WARN, "502: a proxy answers, and no node behind it")


def test_files_that_sign_in_rests_on(pair: Pair) -> None:
    settings = pair.home.path / "node.toml"
    named = '[signin]\nclient_secret_file = "keys/client.secret"\nmapping = "roles.yaml"'
    settings.write_text(settings.read_text().replace("[signin]", named))
    secret, roles = pair.home.keys / "client.secret", pair.home.path / "roles.yaml"
    assert states(pair.found(), "identity") == [FAIL, FAIL, OK]
    secret.write_text("made up")
    secret.chmod(0o644)
    roles.write_text("version: 1\nroles: nobody\n")
    assert states(pair.found(), "identity") == [FAIL, FAIL, OK]
    secret.chmod(0o600)
    roles.write_text("version: 1\nroles: [{claim: groups, value: a, role: analyst}]\nunit: {claim: unit}\n")
    assert states(pair.found(), "identity") == [OK, OK, OK]
    assert "made up" not in str(pair.found())


def test_an_identity_provider_that_has_another_name_or_is_away(pair: Pair) -> None:
    pair.issuer.says["issuer"] = "https://elsewhere.example"
    assert one(pair.found(), "identity").state is FAIL
    pair.issuer.says.clear()
    assert one(pair.found(), "identity").found == "status 200"
    settings = pair.home.path / "node.toml"
    settings.write_text(settings.read_text().split("[signin]")[0])
    assert one(pair.found(), "identity").found == "no [signin] issuer"


def test_another_program_on_the_nodes_port(pair: Pair) -> None:
    assert one(pair.found(), "running").found == f"node {FR}"
    pair.own.says["node"] = "something"
    assert one(pair.found(), "running").state is FAIL
    pair.own.shutdown()
    pair.own.server_close()
    stopped = one(pair.found(), "running")
    assert (stopped.state, stopped.found) == (OK, "stopped")


def test_certificates_that_end_or_that_nobody_knows(
    tmp_path: Path, opa_binary: Path, policy_cache: Path
) -> None:
    policy = {"opa": str(opa_binary), "cache": str(policy_cache)}
    authority, strangers = Authority(tmp_path / "tls"), Authority(tmp_path / "tls", "strangers")
    server, client = authority.issue("localhost", ["localhost"]), authority.issue("fr")
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(server.certificate, server.key)
    served.load_verify_locations(authority.file)
    served.verify_mode = ssl.CERT_REQUIRED
    extra = (
        f'\n[tls]\ncertificate = "{client.certificate}"\nkey = "{client.key}"\ntrust = "{authority.file}"\n'
    )
    with paired(tmp_path, policy, served, extra) as pair:
        for days, state in ((0, OK), (75, WARN), (89, FAIL)):
            pair.resign(days=200)
            found = pair.found(now=lambda days=days: time.time() + days * 86_400)
            assert states(found, "certificates") == [state] * 3, days
        assert states(pair.found(), "partners") == [OK, OK]
        settings = pair.home.path / "node.toml"
        whole = settings.read_text()
        settings.write_text(whole.replace(str(authority.file), str(strangers.file)))
        assert states(pair.found(), "certificates") == [OK, FAIL, FAIL]
        settings.write_text(whole.replace(str(client.key), str(server.key)))
        assert states(pair.found(), "certificates")[0] is FAIL
        client.key.chmod(0o644)
        settings.write_text(whole)
        assert "0644" in one(pair.found(), "certificates", "fr.pem").found
        settings.write_text(whole.split("[tls]")[0])
        assert states(pair.found(), "certificates")[0] is WARN


# At the nodes of a world: what is open stays open, and nothing is changed by looking


async def looked(home: Home, **other: object) -> list[Finding]:
    """What is found while the world's loop goes on."""
    return await asyncio.to_thread(partial(examined, home, **other))  # type: ignore[arg-type]  # as above


def digest_of(home: Home) -> dict[str, int]:
    """When each file of a home was last changed."""
    return {
        str(each): each.stat().st_mtime_ns
        for each in sorted(home.path.rglob("*"))
        if each.is_file() and not each.name.endswith(("-shm", "-wal"))
    }


async def test_a_running_node_does_not_notice(world: World) -> None:
    home, directory = world.homes[NODES[0]], world.nodes[NODES[0]].post.directory
    before = digest_of(home)
    found = await looked(home)
    assert set(states(found, "database")) == {OK}
    assert states(found, "policy") == [OK]
    assert one(found, "directory", "version").found == str(directory.version)
    assert one(found, "settings").state is WARN, "a demo is not for anything real"
    assert one(found, "running").found == "stopped", "no process listens for this world"
    assert digest_of(home) == before


async def test_a_directory_that_goes_back(world: World) -> None:
    home, key = world.homes[NODES[0]], SigningKey.generate("world.test/directory")
    assert world.nodes[NODES[0]].post.directory.version == 1
    cards = tuple(read_card(each.card) for each in world.homes.values())
    home.federation_key.write_text(key.public.vkey)
    home.directory.write_text(sign_directory(cards, key, version=1, now=datetime.now(UTC), days=30))
    back = one(await looked(home), "directory", "version")
    assert (back.state, back.found) == (FAIL, "1")
    home.directory.write_text(sign_directory(cards, key, version=2, now=datetime.now(UTC), days=30))
    assert one(await looked(home), "directory", "version").state is OK


async def test_databases_that_are_damaged_or_away(world: World, tmp_path: Path) -> None:
    home = Home(tmp_path / "copy")
    shutil.copytree(world.homes[NODES[0]].path, home.path)
    (home.path / "quota.sqlite").write_bytes(b"no database at all" * 100)
    settings = home.path / "node.toml"
    secret = "hunter2-in-the-address"
    settings.write_text(
        settings.read_text() + f'\n[store]\naudit = "postgresql://entente:{secret}@127.0.0.1:1/none"\n'
        f'oversight = "sqlite:////nowhere/oversight.sqlite"\n'
    )
    found = await looked(home)
    wrong = {each.looked_at.partition(":")[0] for each in found if each.check == "database" and each.to_do}
    assert wrong == {"quota", "audit", "oversight"}
    assert secret not in json.dumps([each.told for each in found])
    assert one(found, "disk", "/nowhere").state is FAIL


async def test_postgresql_as_it_is_and_one_that_forgets(
    world: World, postgres_database: Callable[..., str]
) -> None:
    home, url = world.homes[NODES[1]], postgres_database("doctor")
    settings = home.path / "node.toml"
    settings.write_text(settings.read_text() + f'\n[store]\nrecords = "{url}"\n')
    assert one(await looked(home), "database", "records").state is OK
    careless = f"{url}?options=-c%20synchronous_commit%3Doff"
    settings.write_text(settings.read_text().replace(url, careless))
    off = one(await looked(home), "database", "records")
    assert (off.state, off.found) == (FAIL, "synchronous_commit is off")


async def test_a_database_of_another_version(world: World) -> None:
    node = world.nodes[NODES[1]]
    home, newest = world.homes[NODES[1]], LOG.versions[-1]
    url = f"sqlite:///{home.path / 'audit.sqlite'}"
    assert (await readiness(node))["database"] == ""
    for stands, code, to_do in (
        ("0001", "DATABASE_OLDER", "entente database upgrade"),
        ("9999", "DATABASE_NEWER", "a newer one"),
    ):
        restamp(LOG, url, stands)
        found = one(await looked(home), "database", "audit")
        assert (found.state, found.found) == (FAIL, f"version {stands}")
        assert found.expected == f"version {newest}"
        assert to_do in found.to_do
        assert (await readiness(node))["database"] == code
    restamp(LOG, url, newest)
    assert one(await looked(home), "database", "audit").state is OK


async def test_a_policy_engine_that_is_down(world: World) -> None:
    home = world.homes[NODES[0]]
    settings = home.path / "node.toml"
    settings.write_text(settings.read_text().replace('engine = "wasm"', 'engine = "opa"'))
    settings.write_text(
        settings.read_text().replace("[policy]", '[policy]\nopa_address = "http://127.0.0.1:1"')
    )
    down = one(await looked(home), "policy")
    assert (down.state, down.looked_at) == (FAIL, "opa at http://127.0.0.1:1")
    assert "opa-config" in down.to_do


async def test_a_quorum_that_is_fresh_and_one_that_is_not(tmp_path: Path, ground: Ground) -> None:
    quorum = Ground(engine=ground.engine, opa=ground.opa, cache=ground.cache, quorum="any")
    async with open_world(tmp_path, quorum) as world:
        home, node = world.homes[NODES[0]], NODES[0]
        await world.feeder(node).once()
        assert one(await looked(home), "witnesses").state is OK
        for seconds, state in ((120, WARN), (3_600, FAIL), (20_000, FAIL)):
            later = one(await looked(home, now=lambda seconds=seconds: time.time() + seconds), "witnesses")
            assert later.state is state, seconds
        home.trust_policy.write_text("witness nobody")
        assert one(await looked(home), "witnesses").state is FAIL


def run(home: Home, *options: str) -> Result:
    return CliRunner().invoke(main, ["doctor", str(home.path), *options])


def test_the_command_in_words_and_for_machines_never_tells_a_secret(pair: Pair) -> None:
    calm = run(pair.home)
    assert calm.exit_code == 0, calm.output
    assert "WARN witnesses" in calm.output
    assert "0 wrong" in calm.output
    pair.home.directory.unlink()
    told, machine = run(pair.home, "--all"), run(pair.home, "--json")
    assert (told.exit_code, machine.exit_code) == (1, 1)
    assert "to do    Give node.card.json" in told.output
    said = json.loads(machine.output)
    assert said["state"] == "FAIL"
    assert {"check", "looked_at", "state", "found", "expected", "to_do"} == set(said["findings"][0])
    secrets = [each.read_text(errors="replace").strip() for each in pair.home.keys.glob("*.key")]
    assert secrets
    for secret in secrets:
        for part in secret.split("+", 4)[-1:]:
            assert part not in told.output + machine.output


async def test_a_server_that_is_no_standby_of_the_records(
    world: World, postgres_database: Callable[..., str]
) -> None:
    home, primary, other = world.homes[NODES[1]], postgres_database("doctor"), postgres_database("doctor")
    settings = home.path / "node.toml"
    told = f'\n[store]\nrecords = "{primary}"\n[database]\nreplica = "{other}"\n'
    settings.write_text(settings.read_text() + told)
    found = one(await looked(home), "database", "replica: ")
    assert (found.state, found.found) == (WARN, "ProgrammingError: no connection"), "nothing is there"
    for each in (primary, other):
        open_shelf(each)._database.close()
    found = one(await looked(home), "database", "replica: ")
    assert (found.state, found.found) == (WARN, "the same state, it is no standby")
    with psycopg.connect(primary) as connection:
        connection.execute("DELETE FROM record")
    found = one(await looked(home), "database", "replica: ")
    assert found.found == "another state than the primary's, it is no standby"
