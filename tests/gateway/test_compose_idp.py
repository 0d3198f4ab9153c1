"""The identity provider of deploy/compose.yaml, started as there, behind nginx with the shipped file."""

import json
import os
import re
import shutil
import signal
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import yaml
from joserfc.jwk import RSAKey

from deploy.scripts.certificates import Authority
from tests import components
from tests.components import ROOT, ComponentMissingError, free_ports
from tests.flow.commands import until

DEPLOY = ROOT / "deploy"
NGINX = """daemon off; pid {0}/pid; error_log {0}/error.log; events {{}}
http {{
    client_body_temp_path {0}/1; proxy_temp_path {0}/2; fastcgi_temp_path {0}/3; uwsgi_temp_path {0}/4;
    scgi_temp_path {0}/5; include {0}/idp.conf;
}}
"""
CONFIGURATION = """SECRET_KEY = "made up"
SERVER_NAME = "{name}"
PREFERRED_URL_SCHEME = "https"
[CANAILLE_SQL]
DATABASE_URI = "sqlite:///{folder}/idp.sqlite"
[CANAILLE_OIDC]
ACTIVE_JWKS = [{key}]
"""


@contextmanager
def running(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[None]:
    """A process, and those that it starts, until the block ends."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *command],
            env=environment,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(components.STARTS_WITHIN)


def told(name: str, trust: Path) -> dict[str, str]:
    """The discovery document behind nginx, or nothing while it is not there."""
    context = ssl.create_default_context(cafile=trust)
    with httpx2.Client(verify=context, trust_env=False, timeout=10) as client:
        try:
            answer = client.get(f"https://{name}/.well-known/openid-configuration")
        except httpx2.HTTPError:
            return {}
        found: dict[str, str] = answer.json() if answer.status_code == 200 else {}
        return found


def laid_out(folder: Path, name: str, inner: str) -> Path:
    """The files of proxy and provider; the authority of the certificate."""
    authority = Authority(folder / "tls", "partners-ca")
    authority.issue("server", ["localhost"])
    conf = (DEPLOY / "nginx" / "idp.conf").read_text()
    for shipped, here in (
        ("/etc/entente/tls", str(folder / "tls")),
        ("listen 8445", f"listen 127.0.0.1:{name.partition(':')[2]}"),
        ("http://idp:5000", f"http://{inner}"),
    ):
        assert shipped in conf
        conf = conf.replace(shipped, here)
    (folder / "idp.conf").write_text(conf)
    (folder / "nginx.conf").write_text(NGINX.format(folder))
    key = json.dumps(RSAKey.generate_key(2048, {"kid": "k"}).as_dict(private=True)).replace('": "', '" = "')
    (folder / "canaille.toml").write_text(CONFIGURATION.format(name=name, folder=folder, key=key))
    return authority.file


def shipped_command() -> list[str]:
    """What the image of the provider runs."""
    stage = (DEPLOY / "Containerfile").read_text().partition("FROM bare AS idp")[2].partition("FROM ")[0]
    (command,) = re.findall(r"^CMD (\[.*\])$", stage, re.MULTILINE)
    found: list[str] = json.loads(command)
    return found


@pytest.mark.slow
def test_the_provider_of_compose_speaks_of_itself_as_the_proxy_shows_it(tmp_path: Path) -> None:
    try:
        canaille = components.idp_python().with_name("canaille")
    except ComponentMissingError as missing:
        pytest.fail(str(missing), pytrace=False)
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    assert nginx is not None, "deploy/scripts/system-deps.sh test brings it"
    port = free_ports(2)
    name, inner = f"localhost:{port}", f"127.0.0.1:{port + 1}"
    trust = laid_out(tmp_path, name, inner)
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["idp"]
    environment = {"PATH": os.environ["PATH"], **service["environment"]}
    environment["CANAILLE_CONFIG"] = str(tmp_path / "canaille.toml")
    command = [each.replace("0.0.0.0:5000", inner) for each in shipped_command()]
    assert inner in command
    subprocess.run([canaille, "install"], env=environment, check=True, capture_output=True)
    proxy = [nginx, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    with (
        running([str(canaille), *command], tmp_path / "idp.log", environment),
        running(proxy, tmp_path / "nginx.log", environment),
    ):
        found = until(lambda: told(name, trust))
    assert found["issuer"] == f"https://{name}"
    addresses = {each for key, each in found.items() if key.endswith(("_endpoint", "_uri")) and each}
    assert len(addresses) >= 4
    assert {each for each in addresses if not each.startswith(f"https://{name}/")} == set()
