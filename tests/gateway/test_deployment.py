"""What deploys a node: one place says ports, users and paths; nginx and systemd check their own files."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.scripts.certificates import Authority
from policy.opa_config import OpaPlace
from tests.components import ROOT

DEPLOY = ROOT / "deploy"
PLACES: dict[str, Any] = yaml.safe_load((DEPLOY / "places.yaml").read_text())
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
TEMPLATES = sorted((DEPLOY / "helm" / "templates").glob("*"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
# What is left: the machine's root folder and sockets; for what reaches partners and databases its network.
EXPOSED_AT_MOST = {"entente-opa.service": 0.3, "entente-sequencer.service": 1.1, "entente@.service": 1.1}


def policy_arguments() -> list[str]:
    """How OPA is started, by the program that also prints it for people."""
    place = OpaPlace(
        f"unix:{PLACES['opa_socket']}",
        Path(PLACES["home"]) / "opa" / "opa.json",
        Path(PLACES["bundle"]),
        Path(PLACES["bundle_key"]),
    )
    return place.command(PLACES["opa"])


def joined(arguments: list[str]) -> list[str]:
    """`--name=value` and `--name value` alike."""
    return [part for each in arguments for part in each.split("=", 1)]


def test_opa_is_started_everywhere_as_the_product_says() -> None:
    unit = (DEPLOY / "systemd" / "entente-opa.service").read_text()
    (command,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    assert command.split() == policy_arguments()
    opa = COMPOSE["services"]["opa"]
    assert [*opa["entrypoint"], *joined(opa["command"])] == policy_arguments()
    chart = (DEPLOY / "helm" / "templates" / "node.yaml").read_text()
    told = re.search(rf"command: \[{PLACES['opa']}\]\n\s+args:\n((?:\s+- .*\n)+)", chart)
    assert told is not None
    assert [PLACES["opa"], *joined(re.findall(r"- (\S+)", told[1]))] == policy_arguments()


def test_ports_users_and_paths_are_those_of_the_one_place() -> None:
    ports, conf = PLACES["ports"], (DEPLOY / "nginx" / "entente.conf").read_text()
    assert set(re.findall(r"listen (\d+) ssl", conf)) == {str(ports["partners"]), str(ports["desk"])}
    idp = (DEPLOY / "nginx" / "idp.conf").read_text()
    assert re.findall(r"listen (\d+) ssl", idp) == [str(ports["idp"])]
    assert set(re.findall(r"127\.0\.0\.1:(\d+)", conf)) == {str(ports["node"]), str(ports["second"])}
    assert set(re.findall(r"(/etc/\S+)/[\w.-]+;", conf)) == {PLACES["tls"]}
    for unit in UNITS:
        text = unit.read_text()
        assert set(re.findall(r"^(?:User|Group)=(.*)$", text, re.MULTILINE)) == {PLACES["user"]}
        (program,) = re.findall(r"^ExecStart=(\S+)", text, re.MULTILINE)
        assert program in {PLACES["program"], PLACES["opa"]}
    gateway = (DEPLOY / "systemd" / "entente@.service").read_text()
    assert f"ExecStart={PLACES['program']} serve {PLACES['homes']}/%i\n" in gateway
    assert f"ReadWritePaths={PLACES['homes']}\n" in gateway
    file = (DEPLOY / "Containerfile").read_text()
    assert re.findall(r"^USER (.*)$", file, re.MULTILINE) == [f"{PLACES['uid']}:{PLACES['uid']}"]
    assert f'CMD ["serve", "{PLACES["home"]}"]' in file
    assert set(re.findall(r"runAs(?:User|Group): (\d+)", "".join(t.read_text() for t in TEMPLATES))) == {
        str(PLACES["uid"])
    }
    scrape = yaml.safe_load((DEPLOY / "observability" / "prometheus.yaml").read_text())
    assert scrape["scrape_configs"][0]["static_configs"][0]["targets"] == [f"127.0.0.1:{ports['observe']}"]


def test_nginx_takes_the_shipped_configuration(tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    assert nginx is not None, "deploy/scripts/system-deps.sh test brings it"
    tls = tmp_path / "tls"
    Authority(tls, "partners-ca").issue("server", ["localhost"])
    (tls / "refused.conf").write_text('"CN=xx.service" 1;\n')
    for name in ("entente.conf", "idp.conf"):
        conf = (DEPLOY / "nginx" / name).read_text().replace(PLACES["tls"], str(tls))
        (tmp_path / name).write_text(conf)
    around = f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}}"
    included = f"include {tmp_path}/entente.conf; include {tmp_path}/idp.conf;"
    (tmp_path / "nginx.conf").write_text(f"{around} http {{ {included} }}")
    command = [nginx, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    good = subprocess.run(command, capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    assert "[warn]" not in good.stderr
    (tls / "partners-ca.pem").unlink()
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


def test_the_partners_port_asks_for_a_certificate_and_has_no_other_path() -> None:
    partners = (
        (DEPLOY / "nginx" / "entente.conf").read_text().partition("server {")[2].partition("server {")[0]
    )
    assert "ssl_verify_client on;" in partners
    assert "location / {\n        return 404;" in partners


@pytest.mark.parametrize("unit", UNITS, ids=lambda each: each.name)
def test_systemd_takes_the_units_and_finds_little_exposed(unit: Path, tmp_path: Path) -> None:
    """The programs are not installed where tests run: `true` stands in their place; verified as root."""
    shipped = unit.read_text()
    text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", shipped, flags=re.MULTILINE)
    text = re.sub(r"^(User|Group)=.*$", r"\1=root", text, flags=re.MULTILINE)
    for other in UNITS:
        (tmp_path / other.name).write_text(text if other == unit else other.read_text())
    written = tmp_path / unit.name
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", written],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    for weaker in (
        None,
        "NoNewPrivileges=yes\n",
        "SystemCallFilter=@system-service\n",
        "ProtectSystem=strict\n",
    ):
        if weaker is not None:
            assert weaker in shipped
        found = exposure(shipped.replace(weaker or "", ""), written)
        assert (found <= EXPOSED_AT_MOST[unit.name]) is (weaker is None), (weaker, found)


def exposure(text: str, written: Path) -> float:
    """How much of the machine a unit has, as systemd judges it: from 0 to 10."""
    written.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE))
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(written)]
    judged = subprocess.run(command, capture_output=True, text=True, check=False)
    (level,) = re.findall(r"Overall exposure level for \S+: ([0-9.]+)", judged.stdout)
    return float(level)


def test_the_chart_names_only_values_and_templates_that_there_are() -> None:
    values = yaml.safe_load((DEPLOY / "helm" / "values.yaml").read_text())
    text = "".join(each.read_text() for each in TEMPLATES)
    for path in set(re.findall(r"\.Values\.([\w.]+)", text)):
        found: Any = values
        for part in path.split("."):
            assert part in found, path
            found = found[part]
    assert set(re.findall(r'include "([\w.]+)"', text)) == set(re.findall(r'define "([\w.]+)"', text))
    opens = len(re.findall(r"\{\{-? *(?:if|range|define|with)\b", text))
    assert opens == len(re.findall(r"\{\{-? *end\b", text))
    assert (DEPLOY / "helm" / "entente.conf").read_text() == (DEPLOY / "nginx" / "entente.conf").read_text()
    assert text.count('include "entente.hardened"') == 3, "each container"
