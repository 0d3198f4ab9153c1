"""The alert rules, tried by Prometheus's promtool: each fires in its case, and is silent just before it."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import components

FOLDER = components.ROOT / "deploy/observability"
RULES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"][0]["rules"]
AROUND = {">": "<=", "<": ">=", "==": "!="}
CASES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts_test.yaml").read_text())["tests"]


def promtool(binary: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([binary, *arguments], capture_output=True, text=True, check=False, timeout=60)


def test_the_rules_are_whole_and_every_case_comes_out(promtool_binary: Path) -> None:
    checked = promtool(promtool_binary, "check", "rules", str(FOLDER / "alerts.yaml"))
    assert checked.returncode == 0, checked.stderr
    assert f"{len(RULES)} rules found" in checked.stdout
    tried = promtool(promtool_binary, "test", "rules", str(FOLDER / "alerts_test.yaml"))
    assert tried.returncode == 0, tried.stdout + tried.stderr


def test_what_scrapes_the_nodes_is_whole(promtool_binary: Path, tmp_path: Path) -> None:
    for name in ("alerts.yaml", "prometheus.yaml"):
        shutil.copy(FOLDER / name, tmp_path)
    checked = promtool(promtool_binary, "check", "config", str(tmp_path / "prometheus.yaml"))
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("change", ["turned round", "without patience"])
def test_rules_that_say_something_else_fail_their_cases(
    promtool_binary: Path, tmp_path: Path, change: str
) -> None:
    """The cases can fail: every rule is turned round, or waits for nothing, and promtool names each."""
    rules = yaml.safe_load((FOLDER / "alerts.yaml").read_text())
    changed = set()
    for rule in rules["groups"][0]["rules"]:
        if change == "without patience" and rule.pop("for", None) is None:
            continue
        if change == "turned round":
            rule["expr"] = re.sub(r" (>|<|==) (?=-?\d)", lambda found: f" {AROUND[found[1]]} ", rule["expr"])
        changed.add(rule["alert"])
    (tmp_path / "alerts.yaml").write_text(yaml.safe_dump(rules))
    shutil.copy(FOLDER / "alerts_test.yaml", tmp_path)
    tried = promtool(promtool_binary, "test", "rules", str(tmp_path / "alerts_test.yaml"))
    assert tried.returncode != 0
    assert set(re.findall(r"alertname: ?(\w+)", tried.stdout + tried.stderr)) == changed


def test_every_rule_has_a_case_that_fires_and_one_that_is_silent() -> None:
    told: dict[str, set[bool]] = {}
    for case in CASES:
        for each in case["alert_rule_test"]:
            told.setdefault(each["alertname"], set()).add(bool(each.get("exp_alerts")))
    assert told == {each["alert"]: {True, False} for each in RULES}
