"""The chart, read by helm's own linter and engine; what it makes, held against Kubernetes' own schemas."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.components import ROOT

CHART = ROOT / "deploy" / "helm"
RELEASES = ("1.30", "1.37")  # the oldest that still has all that the chart names, and the newest known here
DIGEST = f"sha256:{'5' * 64}"
GIVEN: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a digest": {"image": {"digest": DIGEST}},
    "a service of its own": {
        "image": {"repository": "images.service.example:5000/entente", "tag": "1.2.3"},
        "home": {"size": "200Gi", "storageClass": "durable"},
        "egress": {"cidrs": ["192.0.2.0/24", "2001:db8::/32"]},
        "observe": {"scrapers": {"team": "watch", "zone": "inner"}},
        "resources": {"limits": {"memory": "8Gi", "cpu": "4"}},
        "terminationGracePeriodSeconds": 300,
    },
}
Check = Callable[..., subprocess.CompletedProcess[str]]
Manifest = dict[str, Any]


@pytest.fixture(scope="module")
def check(outside_program: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Check:
    """Let helm's libraries read a chart with values."""
    program, folder = outside_program("chart_check"), tmp_path_factory.mktemp("values")

    def ran(chart: Path, values: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        given = folder / "values.yaml"
        given.write_text(yaml.safe_dump(values))
        return subprocess.run([program, chart, given], capture_output=True, text=True, check=False)

    return ran


def manifests(told: subprocess.CompletedProcess[str]) -> list[Manifest]:
    """What a chart makes."""
    assert told.returncode == 0, told.stderr
    return [each for text in json.loads(told.stdout).values() for each in yaml.safe_load_all(text) if each]


def against_schemas(
    validate: Path, made: list[Manifest], release: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Hold manifests against the schemas of a release; a field that it does not know is a fault."""
    file = folder / "made.yaml"
    file.write_text(yaml.safe_dump_all(made))
    command = [validate, "--strict", "--kubernetes-version", release, file]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("given", GIVEN)
def test_kubernetes_would_take_what_the_chart_makes(
    check: Check, checker: Callable[[str], Path], given: str, release: str, tmp_path: Path
) -> None:
    made = manifests(check(CHART, GIVEN[given]))
    assert sorted(each["kind"] for each in made) == [
        "ConfigMap", "NetworkPolicy", "PodDisruptionBudget", "Service", "StatefulSet"
    ]  # fmt: skip
    held = against_schemas(checker("kubernetes-validate"), made, release, tmp_path)
    assert held.returncode == 0, held.stdout + held.stderr
    assert (held.stdout + held.stderr).count(f"against version {release}") == len(made)


def pod_of(made: list[Manifest]) -> Manifest:
    """What runs."""
    (stateful,) = (each for each in made if each["kind"] == "StatefulSet")
    pod: Manifest = stateful["spec"]["template"]["spec"]
    return pod


def weaknesses(pod: Manifest) -> Iterator[str]:
    """What falls short of Kubernetes' restricted profile of pods, and of a read-only image."""
    if pod["securityContext"].get("runAsNonRoot") is not True:
        yield "the pod may be root"
    if pod["securityContext"].get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield "the pod may call whatever the kernel has"
    if pod.get("automountServiceAccountToken") is not False:
        yield "the pod may speak to the cluster"
    if any(pod.get(name) for name in ("hostNetwork", "hostPID", "hostIPC")):
        yield "the pod shares the machine's"
    wanted = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    for container in pod["containers"]:
        if container.get("securityContext") != wanted:
            yield f"{container['name']} has rights"
        if "readinessProbe" not in container:
            yield f"{container['name']} is never asked how it is"
        if "memory" not in container.get("resources", {}).get("limits", {}):
            yield f"{container['name']} may take all memory"


def test_the_pod_has_no_more_than_it_needs_and_says_so(check: Check) -> None:
    pod = pod_of(manifests(check(CHART, {})))
    assert list(weaknesses(pod)) == []
    assert {each["name"] for each in pod["containers"]} == {"node", "opa", "proxy"}
    for container in pod["containers"]:
        container["securityContext"]["readOnlyRootFilesystem"] = False
    pod["automountServiceAccountToken"] = True
    assert len(list(weaknesses(pod))) == 4


def test_values_come_where_they_belong(check: Check) -> None:
    made = manifests(check(CHART, GIVEN["a service of its own"]))
    pod = pod_of(made)
    assert [each["image"] for each in pod["containers"][:2]] == [
        "images.service.example:5000/entente:1.2.3"
    ] * 2
    (stateful,) = (each for each in made if each["kind"] == "StatefulSet")
    assert stateful["spec"]["volumeClaimTemplates"][0]["spec"]["storageClassName"] == "durable"
    (rules,) = (each for each in made if each["kind"] == "NetworkPolicy")
    reached = [each["ipBlock"]["cidr"] for each in rules["spec"]["egress"][0]["to"]]
    assert reached == ["192.0.2.0/24", "2001:db8::/32"]
    (digest,) = {
        each["image"] for each in pod_of(manifests(check(CHART, GIVEN["a digest"])))["containers"][:2]
    }
    assert digest.endswith(f"@{DIGEST}")


def test_mounts_and_ports_are_those_that_there_are(check: Check) -> None:
    made = manifests(check(CHART, {}))
    pod = pod_of(made)
    (stateful,) = (each for each in made if each["kind"] == "StatefulSet")
    volumes = {each["name"] for each in pod["volumes"]}
    volumes |= {each["metadata"]["name"] for each in stateful["spec"]["volumeClaimTemplates"]}
    assert {mount["name"] for each in pod["containers"] for mount in each["volumeMounts"]} == volumes
    ports = {
        port["name"]: port["containerPort"] for each in pod["containers"] for port in each.get("ports", [])
    }
    (conf,) = (each["data"]["entente.conf"] for each in made if each["kind"] == "ConfigMap")
    assert {int(port) for port in re.findall(r"listen (\d+) ssl", conf)} == {ports["partners"], ports["desk"]}
    (service,) = (each for each in made if each["kind"] == "Service")
    assert {each["targetPort"] for each in service["spec"]["ports"]} <= set(ports)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"image": {"digest": "latest"}}, "/image/digest"),
        ({"image": {"tag": "latest"}}, "/image/tag"),
        ({"egress": {"cidrs": "0.0.0.0/0"}}, "/egress/cidrs"),
        ({"egress": {"cidrs": []}}, "/egress/cidrs"),
        ({"terminationGracePeriodSeconds": 30}, "/terminationGracePeriodSeconds"),
        ({"replicas": 2}, "replicas"),
    ],
)
def test_values_that_make_no_sense_are_refused(check: Check, values: dict[str, Any], said: str) -> None:
    told = check(CHART, values)
    assert told.returncode == 1
    assert said in told.stderr


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("templates/node.yaml", "{{ .Values.home.size }}", "{{ .Values.home.volume }}", "volume"),
        ("templates/around.yaml", "{{- end }}", "", "unexpected EOF"),
        (
            "templates/node.yaml",
            '{{ include "entente.image" . }}',
            '{{ include "entente.img" . }}',
            "entente.img",
        ),
        ("templates/node.yaml", "      containers:\n", "      containers: x\n", "YAML"),
        ("Chart.yaml", "version: 0.1.0\n", "version: newest\n", "version"),
    ],
)
def test_helm_refuses_a_broken_chart(
    check: Check, tmp_path: Path, file: str, right: str, wrong: str, said: str
) -> None:
    chart = shutil.copytree(CHART, tmp_path / "chart")
    text = (chart / file).read_text()
    assert right in text
    (chart / file).write_text(text.replace(right, wrong, 1))
    told = check(chart, {})
    assert told.returncode == 1
    assert said in told.stderr


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true"),
        ("allowPrivilegeEscalation: false", 'allowPrivilegeEscalation: "no"'),
        ("containerPort: 9401", "containerPort: http"),
        ("      containers:\n", "      container:\n"),
    ],
)
def test_the_schemas_refuse_what_kubernetes_does_not_know(
    check: Check, checker: Callable[[str], Path], tmp_path: Path, right: str, wrong: str
) -> None:
    chart = shutil.copytree(CHART, tmp_path / "chart")
    changed = 0
    for file in (chart / "templates").iterdir():
        text = file.read_text()
        changed += text.count(right)
        file.write_text(text.replace(right, wrong))
    assert changed == 1
    made = manifests(check(chart, {}))
    held = against_schemas(checker("kubernetes-validate"), made, RELEASES[-1], tmp_path)
    assert held.returncode != 0
