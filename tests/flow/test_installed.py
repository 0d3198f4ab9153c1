"""Two nodes as installed: PostgreSQL, OPA on Unix sockets, nginx with client certificates, Canaille."""

import json
import ssl
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from deploy.scripts.certificates import Authority, Pair
from deploy.scripts.two_nodes import (
    NODES,
    Place,
    Ports,
    Provider,
    made,
    ready,
    reload,
    running,
    start,
    stop,
)
from gateway.cli import main
from gateway.cli.client import NodeClient
from gateway.cli.profile import Profile, keep_session
from gateway.partner import PATH
from gateway.sessions import COOKIE
from tests import components
from tests.components import PostgresCluster
from tests.flow.commands import until
from tests.flow.test_processes import MANDATE
from tests.gateway.canaille import Canaille, canaille
from tests.gateway.outside_provider import CLIENT, SECRET

pytestmark = pytest.mark.slow
FR, SE = NODES
ANALYST = "zoe"
BOX = {"identifier": "XQZU 418026-6", "kind": "container"}
ROLES = """
version: 1
roles:
  - {claim: groups, value: ofast-analysts, role: analyst}
unit: {claim: groups, units: {ofast-analysts: nord}}
"""


@pytest.fixture(scope="module")
def ports() -> dict[str, Ports]:
    return {name: Ports.free() for name in NODES}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory, ports: dict[str, Ports]) -> Iterator[Canaille]:
    """The French service's; what is missing fails, by name."""
    try:
        python = components.idp_python()
    except components.ComponentMissingError as missing:
        pytest.fail(str(missing), pytrace=False)
    folder, callback = tmp_path_factory.mktemp("idp"), f"https://localhost:{ports[FR].desk}/auth/callback"
    with canaille(python, folder, {ANALYST: ["ofast-analysts"]}, callback, "http://127.0.0.1/") as found:
        yield found


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory,
    postgres_cluster: PostgresCluster,
    opa_binary: Path,
    provider: Canaille,
    ports: dict[str, Ports],
) -> Iterator[Place]:
    assert opa_binary
    signin = {"client_id": CLIENT, "scope": "openid profile email groups"}
    known = Provider(provider.issuer, SECRET, signin, ROLES)
    folder = tmp_path_factory.mktemp("two")
    with (
        tempfile.TemporaryDirectory() as sockets,
        running(made(folder, postgres_cluster.url, Path(sockets), known, ports)) as started,
    ):
        yield started


def signed_in(place: Place, provider: Canaille) -> str:
    """The key of a session at the French desk, got with a browser and a password through the proxy."""
    trust = ssl.create_default_context(cafile=place.trust)
    with httpx2.Client(verify=trust, trust_env=False, timeout=30) as browser:
        led = browser.get(f"{place.sites[FR].desk}/auth/login")
        back, asked = provider.walk(provider.browser(), led.headers["location"], ANALYST)
        let_in = browser.get(back)
        assert (let_in.status_code, asked) == (303, 1), let_in.text
        return str(browser.cookies[COOKIE])


@pytest.fixture(scope="module")
def analyst(
    place: Place, provider: Canaille, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NodeClient]:
    """An analyst at the French desk, through its proxy."""
    desk = place.sites[FR].desk
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(place.trust))
        environment.setenv("ENTENTE_PROFILE", str(tmp_path_factory.mktemp("profile") / "profile.json"))
        keep_session(Profile(desk, ANALYST), signed_in(place, provider))
        with NodeClient(desk) as client:
            client.sign_in(ANALYST)
            yield client


@pytest.fixture(scope="module")
def mandate(analyst: NodeClient) -> str:
    return str(analyst.run("open_mandate", {"mandate": MANDATE})["id"])


def statuses(client: NodeClient, mandate: str) -> dict[str, str]:
    """How each node answered one question."""
    return {
        each["node"]: each["status"] for each in client.run("lookup", BOX | {"mandate": mandate})["nodes"]
    }


def test_a_question_crosses_the_border_through_both_proxies(
    place: Place, analyst: NodeClient, mandate: str
) -> None:
    picture = analyst.run("lookup", BOX | {"mandate": mandate})
    assert {each["node"]: each["status"] for each in picture["nodes"]} == {FR: "ANSWERED", SE: "ANSWERED"}
    assert all(each["receipt"] for each in picture["nodes"]), "both logs hold it"
    metrics = httpx2.get(f"http://127.0.0.1:{place.sites[FR].ports.observe}/metrics", trust_env=False).text
    assert f'entente_partner_seconds_count{{node="{FR}",partner="{SE}"}}' in metrics


def shown(url: str, place: Place, pair: Pair | None, method: str = "POST") -> int:
    """The status for who shows this certificate, or none."""
    context = ssl.create_default_context(cafile=place.trust)
    if pair is not None:
        context.load_cert_chain(pair.certificate, pair.key)
    with httpx2.Client(verify=context, trust_env=False) as client:
        return client.request(method, url, content=b"{}" if method == "POST" else None).status_code


def test_partners_without_a_certificate_or_with_a_strangers_are_turned_away_by_the_proxy(
    place: Place, tmp_path: Path
) -> None:
    site, stranger = place.sites[SE], Authority(tmp_path, "strangers").issue("xx.stranger")
    door = site.partners + PATH
    assert shown(door, place, None) == 400
    assert shown(door, place, stranger) == 400
    known = place.authority.issue("xx.known")
    assert shown(door, place, known) in {400, 401, 403}, "a certificate alone is no signature"
    assert shown(f"{site.partners}/healthz", place, known, "GET") == 200
    for path in ("/", "/graphql", "/auth/login", "/log/checkpoint", "/metrics", "/readyz"):
        assert shown(site.partners + path, place, known, "GET") == 404, path
    assert shown(site.desk + PATH, place, None) == 404, "partners do not come to the desk"
    refused = site.folder / "tls" / "refused.conf"
    refused.write_text('"CN=xx.known" 1;\n')
    reload(site)
    until(lambda: shown(f"{site.partners}/healthz", place, known, "GET") == 403)
    refused.write_text("")
    reload(site)
    until(lambda: shown(f"{site.partners}/healthz", place, known, "GET") == 200)


def test_the_doctor_finds_both_in_order(place: Place) -> None:
    for site in place.sites.values():
        done = CliRunner().invoke(main, ["doctor", str(site.home.path), "--json"])
        findings = json.loads(done.stdout)["findings"]
        assert [each for each in findings if each["state"] == "FAIL"] == []
        assert {each["check"] for each in findings if each["state"] == "WARN"} <= {"witnesses", "disk"}
        looked_at = [each["looked_at"] for each in findings if each["check"] == "certificates"]
        assert len(looked_at) == 3, "its own, and what both proxies show"


def test_gateways_are_restarted_one_after_the_other_and_no_question_fails(
    place: Place, analyst: NodeClient, mandate: str
) -> None:
    site = place.sites[SE]
    found: list[dict[str, str]] = []
    ended = threading.Event()

    def asking() -> None:
        while not ended.is_set():
            found.append(statuses(analyst, mandate))

    def more(asked: Any) -> None:
        """Until a few more questions have been answered."""
        before = len(found)
        until(lambda: len(found) > before + 3 or asked.done())

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(asking)
        try:
            for which in ("second", "node"):
                more(asked)
                assert stop(site, which) == 0
                more(asked)
                start(site, which)
                ready(site, which)
        finally:
            ended.set()
        asked.result()
    assert {tuple(sorted(each.items())) for each in found} == {((FR, "ANSWERED"), (SE, "ANSWERED"))}
