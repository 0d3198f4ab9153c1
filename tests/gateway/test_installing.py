"""What a stranger copies from the pages of installing: every command is one, every place is the place."""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner
from cryptography import x509

from gateway.cli import main
from gateway.errors import SettingsRejected
from gateway.home import Home
from gateway.role_mapping import read_mapping
from gateway.settings import TlsPart
from gateway.tls import client_tls
from gateway.witness_home import take_policy
from policy.terms import Role
from tests.components import ROOT

DOCS = ROOT / "deploy" / "docs"
PAGES = ("installing.md", "certificates.md", "meeting.md")
PLACES: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "places.yaml").read_text())
SAID = {
    "NODE": "fr.ofast", "NAME": "OFAST", "COUNTRY": "FR", "SPOC": "spoc@ofast.example",
    "HOST": "entente.ofast.example", "ISSUER": "https://idp.ofast.example", "NETWORK": "10.20.0.0/16",
    "PARTNER": "se.polisen", "HOME_OF": PLACES["home"], "VERSION": "0.2.0", "LOG_KEY": "fr.ofast/log+1",
}  # fmt: skip


def blocks(page: str) -> list[tuple[str, str]]:
    """The page's blocks of commands in their order: where one is run, if not on the node, and its text."""
    found = re.findall(r"^```sh ?(\w*)\n(.*?)^```$", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)
    assert found, page
    return found


def commands() -> Iterator[list[str]]:
    """The arguments of every `entente` on the pages, as the shell would hand them over."""
    for page in PAGES:
        for _, text in blocks(page):
            whole = text.replace("\\\n", " ").replace("${NETWORK:+--network $NETWORK}", "--network $NETWORK")
            for line in re.findall(
                r"(?:^|sudo -u entente )(?:/opt/\S+/bin/)?(entente .*)$", whole, re.MULTILINE
            ):
                bare = re.split(r" (?:>|\|\|) ", line.partition("  #")[0])[0]
                yield shlex.split(re.sub(r"\$(\w+)", lambda name: SAID[name[1]], bare))[1:]


def taken(arguments: list[str]) -> None:
    """Parse the arguments as the command line does; `click.UsageError` for what is no command or option."""
    context, command = click.Context(main), main
    while isinstance(command, click.Group):
        name, command, arguments = command.resolve_command(context, arguments)  # type: ignore[assignment]
        context = click.Context(command, parent=context, info_name=name)
    given, rest, _ = command.make_parser(context).parse_args(args=list(arguments))
    assert not rest, rest
    for parameter in command.params:
        assert not parameter.required or given.get(parameter.name), f"{command.name}: {parameter.name}"


@pytest.mark.parametrize("arguments", [*commands()], ids=" ".join)
def test_every_command_is_one_of_the_program(arguments: list[str]) -> None:
    taken(arguments)


def test_a_command_that_is_none_would_be_found() -> None:
    assert len([*commands()]) >= 10
    with pytest.raises(click.UsageError):
        taken(["init", "x", "--instaled"])
    with pytest.raises(click.UsageError):
        taken(["innit"])


@pytest.mark.parametrize("page", PAGES)
def test_every_block_is_shell(page: str) -> None:
    for _, text in blocks(page):
        read = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False)
        assert (read.returncode, read.stderr) == (0, ""), text


def test_every_path_is_a_place_or_in_the_repository() -> None:
    text = "".join((DOCS / page).read_text().partition("## Containers")[0] for page in PAGES)
    text = text.replace("-$VERSION", "")
    named = {each.rstrip("./") for each in re.findall(r"/(?:opt|etc|var/lib|srv)/[\w@./-]+", text)}
    program = str(Path(PLACES["program"]).parents[2])
    known = {PLACES[name] for name in ("program", "homes", "home", "configuration", "tls", "opa")}
    known |= {PLACES["bundle"], PLACES["bundle_key"], program, "/srv/entente"}
    of_debian = {"/etc/nginx/conf.d", "/etc/systemd/system", "/etc/nginx/sites-enabled/default"}
    of_proxy = {
        f"{PLACES['tls']}/{name}" for name in ("server.pem", "server.key", "partners-ca.pem", "refused.conf")
    }
    for each in sorted(named - known - of_debian - of_proxy):
        inside = each.removeprefix(f"{program}/")
        assert inside != each, each
        assert (ROOT / inside).exists() or inside.startswith(".venv"), each
    for port in ("node", "observe", "partners", "desk"):
        assert re.search(rf"\b{PLACES['ports'][port]}\b", text), port


def test_an_installed_home_has_the_places_that_units_and_proxy_have(tmp_path: Path) -> None:
    (arguments,) = (each for each in commands() if each[0] == "init")
    home = Home(tmp_path / "node")
    made = CliRunner().invoke(main, ["init", str(home.path), *arguments[2:]])
    assert made.exit_code == 0, made.output
    told = home.settings()
    assert told.listen.port == PLACES["ports"]["node"]
    assert told.observe.port == PLACES["ports"]["observe"]
    assert told.policy.opa_address == f"unix:{PLACES['opa_socket']}"
    assert told.tls.trust == f"{PLACES['tls']}/partners-ca.pem"
    assert told.reach.networks == ["10.20.0.0/16"]
    assert (told.listen.desk, told.signin.issuer) == (f"https://{SAID['HOST']}", SAID["ISSUER"])  # type: ignore[union-attr]
    created = re.search(r"for room in (.*?);", (DOCS / "installing.md").read_text())
    assert created is not None
    assert told.store.model_dump() == {room: f"postgresql:///entente_{room}" for room in created[1].split()}
    modes = {
        each.name: each.stat().st_mode & 0o777 for each in (home.path, home.path / "node.toml", home.keys)
    }
    assert modes == {"node": 0o700, "node.toml": 0o600, "keys": 0o700}


def test_settings_that_would_not_be_taken_leave_no_home(tmp_path: Path) -> None:
    home = tmp_path / "node"
    told = ["--id", "fr.test", "--name", "T", "--country", "France", "--spoc", "x", "--port", "8777"]
    refused = CliRunner().invoke(main, ["init", str(home), *told])
    assert (refused.exit_code, home.exists()) == (2, False)
    assert "node.country" in refused.output
    assert CliRunner().invoke(main, ["init", str(home), *told[:-2]]).exit_code == 2, "it listens nowhere"
    assert CliRunner().invoke(main, ["init", str(home), "--installed", *told]).exit_code == 2, "no issuer"


def test_the_file_of_roles_is_one(tmp_path: Path) -> None:
    (text,) = re.findall(
        r"^```yaml\n(.*?)^```$", (DOCS / "installing.md").read_text(), re.MULTILINE | re.DOTALL
    )
    (tmp_path / "roles.yaml").write_text(text)
    mapping = read_mapping(tmp_path / "roles.yaml")
    assert {each.role for each in mapping.roles} == set(Role)


def shell(text: str, work: Path) -> None:
    """Run a block as who is here: no `sudo`, no users, `/etc/entente` and the home below `work`."""
    bare = (
        text.replace("sudo ", "").replace("-o entente -g entente ", "").replace("/etc/entente", f"{work}/etc")
    )
    environment = {"PATH": os.environ["PATH"], **SAID, "HOME_OF": str(work / "node")}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", bare],
        cwd=work, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{text}\n{done.stderr}"


def test_the_certificates_of_the_page_let_nodes_and_browsers_in(tmp_path: Path) -> None:
    (tmp_path / "etc" / "tls").mkdir(parents=True)
    for _, text in blocks("certificates.md"):
        shell(text, tmp_path)
    tls = tmp_path / "etc" / "tls"
    part = TlsPart(certificate="tls/client.pem", key="tls/client.key", trust=str(tls / "partners-ca.pem"))
    client_tls(tmp_path / "node", part)
    client = x509.load_pem_x509_certificate((tmp_path / "node" / "tls" / "client.pem").read_bytes())
    assert client.subject.rfc4514_string() == f"CN={SAID['NODE']}"
    verifier = x509.verification.PolicyBuilder().store(
        x509.verification.Store(x509.load_pem_x509_certificates((tls / "partners-ca.pem").read_bytes()))
    )
    server = x509.load_pem_x509_certificate((tls / "server.pem").read_bytes())
    verifier.build_server_verifier(x509.DNSName(SAID["HOST"])).verify(server, [])
    verifier.build_client_verifier().verify(client, [])
    secret = {each.stat().st_mode & 0o777 for each in (tls / "server.key", tmp_path / "authority.key")}
    assert secret == {0o600}


def test_the_first_records_are_taken_whole_and_again(tmp_path: Path) -> None:
    home = tmp_path / "node"
    told = ["--id", "fr.test", "--name", "T", "--country", "FR", "--spoc", "x", "--port", "8777"]
    assert CliRunner().invoke(main, ["init", str(home), *told]).exit_code == 0
    load = ["load", str(home), str(DOCS / "first-records.jsonl"), "--json"]
    first = json.loads(CliRunner().invoke(main, load).output)
    assert (first["loaded"], first["rejected"], first["quarantined"]) == (3, 0, 0)
    assert json.loads(CliRunner().invoke(main, load).output)["unchanged"] == 3


def test_what_a_source_rejects_lies_aside_where_nothing_can_be_written_beside_it(tmp_path: Path) -> None:
    home, source = tmp_path / "node", tmp_path / "rows.jsonl"
    told = ["--id", "fr.test", "--name", "T", "--country", "FR", "--spoc", "x", "--port", "8777"]
    assert CliRunner().invoke(main, ["init", str(home), *told]).exit_code == 0
    source.write_text('{"id": "p-1", "schema": "Nothing", "properties": {}}\n')
    with source.open() as held:  # no file can be made beside this name, by whoever it is
        loaded = CliRunner().invoke(main, ["load", str(home), f"/proc/self/fd/{held.fileno()}"])
    assert loaded.exit_code == 0, loaded.output
    (kept,) = (home / "rejects").iterdir()
    assert str(kept) in loaded.output.replace("\n", "")
    assert json.loads(kept.read_text())["line"] == 1


def test_settings_go_on_as_they_were_when_a_trust_policy_is_taken(tmp_path: Path) -> None:
    home = Home(tmp_path / "node")
    told = ["--id", "fr.test", "--name", "T", "--country", "FR", "--spoc", "x", "--port", "8777"]
    assert CliRunner().invoke(main, ["init", str(home.path), *told]).exit_code == 0
    before = home.settings()
    for text in ("first\n", "second\n"):
        take_policy(home, text)
        assert home.trust_policy.read_text() == text
        assert home.settings() == before.model_copy(update={"witness": home.settings().witness})
        assert home.settings().witness.policy == "trust.policy"
    settings = home.path / "node.toml"
    settings.write_text(settings.read_text().replace("policy = ", "warn_seconds = 90\n# policy = "))
    take_policy(home, "third\n")
    assert (home.settings().witness.policy, home.settings().witness.warn_seconds) == ("trust.policy", 90)
    assert settings.stat().st_mode & 0o777 == 0o600
    settings.write_text(settings.read_text().replace('"trust.policy"', '"other.policy"', 1))
    with pytest.raises(SettingsRejected, match=r"other\.policy"):
        take_policy(home, "fourth\n")
    assert home.trust_policy.read_text() == "third\n"
