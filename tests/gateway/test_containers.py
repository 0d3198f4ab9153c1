"""The files of the containers, read by others' tools: compose's own parser, hadolint."""

import copy
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.components import ROOT

DEPLOY = ROOT / "deploy"
CONTAINERFILE = DEPLOY / "Containerfile"
PLACES: dict[str, Any] = yaml.safe_load((DEPLOY / "places.yaml").read_text())
OWN = {"entente", "entente-idp"}
PINNED = re.compile(r"[a-z0-9./-]+:\d+\.\d+[\w.-]*@sha256:[0-9a-f]{64}")
OF_THE_BASE = {
    *(f"lib{name}.so.6" for name in ("c", "m", "stdc++")),
    *("libdl.so.2", "libgcc_s.so.1", "libpthread.so.0", "libresolv.so.2", "librt.so.1", "libz.so.1"),
}
Compose = dict[str, Any]
Read = Callable[[Path], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def read(outside_program: Callable[[str], Path]) -> Read:
    """Let compose's parser read a file."""
    program = outside_program("compose_check")

    def ran(path: Path) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "ENTENTE_NAME": "entente.ofast.example"}
        return subprocess.run([program, path], capture_output=True, text=True, check=False, env=environment)

    return ran


@pytest.fixture(scope="module")
def project(read: Read) -> Compose:
    """What compose reads in the shipped file."""
    told = read(DEPLOY / "compose.yaml")
    assert told.returncode == 0, told.stderr
    found: Compose = json.loads(told.stdout)
    return found


def open_secrets(service: Compose) -> bool:
    """Whether a secret stands in its environment, where whoever looks at the process sees it."""
    told = service.get("environment") or {}
    secret = {name for name in told if re.search("PASSWORD|SECRET|TOKEN|KEY", name)}
    return any(not str(told[name]).startswith("/run/secrets/") for name in secret)


# What a container may do that none of ours needs; `place` has the addresses, and sleeps: it is never unwell.
FAULTS: dict[str, Callable[[str, Compose], bool]] = {
    "writes into its image": lambda _, it: it.get("read_only") is not True,
    "has rights": lambda _, it: (
        it.get("cap_drop") != ["ALL"] or bool(it.get("cap_add") or it.get("privileged"))
    ),
    "may get rights": lambda _, it: it.get("security_opt") != ["no-new-privileges:true"],
    "is root": lambda _, it: not re.fullmatch(r"[1-9]\d*:[1-9]\d*", it.get("user", "")),
    "is never asked how it is": lambda name, it: (
        name != "place" and not it.get("healthcheck", {}).get("test")
    ),
    "is whatever a registry says": lambda _, it: it["image"] not in OWN and not PINNED.fullmatch(it["image"]),
    "has the machine's addresses": lambda _, it: it.get("network_mode") == "host",
    "has a secret in its environment": lambda _, it: open_secrets(it),
    "is reached from outside": lambda name, it: name != "place" and bool(it.get("ports")),
    "is on a network that leads out": lambda name, it: (
        name != "place" and "outside" in (it["networks"] or ())
    ),
}


def faults(project: Compose) -> Iterator[str]:
    """Each container's, by name."""
    for name, service in project["services"].items():
        known = {"networks": None} | service
        yield from (f"{name} {fault}" for fault, has in FAULTS.items() if has(name, known))


def test_compose_takes_its_file_and_nothing_in_it_has_more_than_it_needs(project: Compose) -> None:
    assert list(faults(project)) == []
    services = project["services"]
    assert {name for name, each in project["networks"].items() if each.get("internal") is not True} == {
        "outside"
    }
    assert set(services) == {"place", "node", "opa", "postgres", "proxy", "idp"}
    assert [each["published"] for each in services["place"]["ports"]] == [
        str(PLACES["ports"][name]) for name in ("partners", "desk", "idp")
    ]
    assert services["opa"]["network_mode"] == "none"
    assert services["node"]["network_mode"] == services["proxy"]["network_mode"] == "service:place"
    assert set(services["postgres"]["networks"]) == {"database"}
    own = f"{PLACES['uid']}:{PLACES['uid']}"
    assert {name for name, each in services.items() if each["user"] != own} == {"postgres"}


WEAKER: dict[str, dict[str, Any]] = {
    "writes into its image": {"read_only": False},
    "has rights": {"cap_add": ["NET_ADMIN"]},
    "may get rights": {"security_opt": ["seccomp:unconfined"]},
    "is root": {"user": "0:0"},
    "is never asked how it is": {"healthcheck": {}},
    "is whatever a registry says": {"image": "postgres:17"},
    "has the machine's addresses": {"network_mode": "host"},
    "has a secret in its environment": {"environment": {"POSTGRES_PASSWORD": "x"}},
    "is reached from outside": {"ports": [{"published": "5432"}]},
    "is on a network that leads out": {"networks": {"outside": None}},
}


@pytest.mark.parametrize("fault", WEAKER)
def test_a_weaker_container_is_found(project: Compose, fault: str) -> None:
    weaker = copy.deepcopy(project)
    weaker["services"]["postgres"] |= WEAKER[fault]
    assert list(faults(weaker)) == [f"postgres {fault}"]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("read_only: true", "readonly: true", "readonly"),
        ("networks: [database]", "networks: [databases]", "undefined network"),
        ("secrets: [postgres]", "secrets: [passwords]", "undefined secret"),
        ("condition: service_healthy", "condition: service_well", "depends_on"),
        ("  idp: {}\n", "", "undefined volume"),
    ],
)
def test_compose_refuses_a_broken_file(read: Read, tmp_path: Path, right: str, wrong: str, said: str) -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    assert right in text
    broken = tmp_path / "compose.yaml"
    broken.write_text(text.replace(right, wrong))
    told = read(broken)
    assert told.returncode == 1
    assert said in told.stderr


def test_the_rooms_of_the_database_are_made_as_people_are_told(project: Compose) -> None:
    mounted = {each["target"]: each["source"] for each in project["services"]["postgres"]["volumes"]}
    text = Path(mounted["/docker-entrypoint-initdb.d/rooms.sql"]).read_text()
    guide = (DEPLOY / "docs" / "installing.md").read_text()
    (told,) = re.findall(r"^for room in ([\w ]+); do", guide, re.MULTILINE)
    assert re.findall(r"^CREATE DATABASE entente_(\w+);$", text, re.MULTILINE) == told.split()


def linted(hadolint: Path, path: Path) -> list[str]:
    """The codes of what hadolint finds."""
    command = [hadolint, "--no-color", "--format", "json", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return [each["code"] for each in json.loads(done.stdout)]


def test_hadolint_finds_nothing_in_the_containerfile(checker: Callable[[str], Path]) -> None:
    assert linted(checker("hadolint"), CONTAINERFILE) == []


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("USER 10001:10001\n", "USER root\n", "DL3002"),
        ("WORKDIR /opt/entente", "WORKDIR opt", "DL3000"),
        ("--no-install-recommends libatomic1", "libatomic1", "DL3015"),
        ('ENTRYPOINT ["entente"]', "ENTRYPOINT entente", "DL3025"),
        ("# hadolint ignore=DL3008\n", "", "DL3008"),
    ],
)
def test_hadolint_finds_a_fault(
    checker: Callable[[str], Path], tmp_path: Path, right: str, wrong: str, code: str
) -> None:
    text = CONTAINERFILE.read_text()
    assert right in text
    broken = tmp_path / "Containerfile"
    broken.write_text(text.replace(right, wrong))
    assert code in linted(checker("hadolint"), broken)


def test_bases_are_pinned_and_every_stage_stands_on_them() -> None:
    text = CONTAINERFILE.read_text()
    (base,) = re.findall(r"^ARG BASE=(\S+)$", text, re.MULTILINE)
    assert re.fullmatch(r"python:3\.11\.\d+-slim-bookworm@sha256:[0-9a-f]{64}", base), "an exact version"
    stages = re.findall(r"^FROM (\S+) AS (\S+)$", text, re.MULTILINE)
    assert len(stages) == text.count("\nFROM ")
    known = {"${BASE}"}
    for below, name in stages:
        assert below in known
        known.add(name)
    assert stages[-1][1] == "node", "what is built where nothing is said"
    chart = (DEPLOY / "helm" / "templates" / "node.yaml").read_text()
    (proxy,) = re.findall(r"image: (nginx\S+)$", chart, re.MULTILINE)
    compose: Compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert proxy == compose["services"]["proxy"]["image"]


def test_the_image_has_the_libraries_that_the_wheels_load() -> None:
    """What the shared objects of the locked packages want and bring neither themselves nor with the base."""
    lock = (DEPLOY / "requirements.lock").read_text()
    locked = {plain(name) for name in re.findall(r"^([\w.-]+?)(?:\[[^\]]*\])?==", lock, re.MULTILINE)}
    objects = [
        Path(str(package.locate_file(file)))
        for package in metadata.distributions()
        if plain(package.name) in locked
        for file in package.files or ()
        if re.search(r"\.so(\.|$)", file.name)
    ]
    assert len(objects) > 300
    command = ["readelf", "--dynamic", *map(str, objects)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    brought = {each.name for each in objects} | set(re.findall(r"\(SONAME\).*\[(.*)\]", told))
    wanted = set(re.findall(r"\(NEEDED\).*\[(.*)\]", told)) - brought
    missing = {name for name in wanted if name not in OF_THE_BASE and not name.startswith("ld-linux")}
    packages = {re.sub(r"^(libicu|lib[a-z]+).*", r"\1", name) for name in missing}
    installed = re.findall(r" (lib[a-z]+)\d+(?= )", CONTAINERFILE.read_text())
    assert packages == set(installed), "no more and no less"
    assert "libatomic" in packages, "what regopy loads"


def plain(name: str) -> str:
    """A package's name as the registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_an_image_is_made_of_what_is_named_and_of_nothing_else() -> None:
    """No key, no home, no test comes into a build, whatever lies in the checkout."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    taken = {line[1:] for line in rules if line.startswith("!")}
    rooms = {"gateway", "tenants", "policy", "sharing", "audit"}
    assert taken == {"Makefile", "README.md", "pyproject.toml", "deploy"} | rooms
