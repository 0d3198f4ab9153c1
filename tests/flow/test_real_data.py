"""Real public data across the border, where they lie beside the repository."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from gateway.demo.cast import SOURCES
from tests.components import free_ports

pytestmark = pytest.mark.long
DATA = Path(os.environ.get("ENTENTE_DATA", SOURCES.parent.parent / "shared" / "data"))
FINDINGS = json.loads((SOURCES / "demo" / "real.json").read_text())["findings"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, opa_binary: Path) -> Path:
    assert opa_binary
    if not DATA.is_dir():
        pytest.skip("needs the public data: set ENTENTE_DATA to their folder")
    path = tmp_path_factory.mktemp("real") / "demo"
    command = [
        sys.executable,
        "-m",
        "gateway.cli",
        "demo",
        "--once",
        "--data",
        str(DATA),
        "--path",
        str(path),
    ]
    done = subprocess.run(
        [*command, "--port", str(free_ports(5))], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return path


def test_every_question_has_its_answer_and_the_logs_verify(folder: Path) -> None:
    assert (folder / "questions.json").is_file()


def test_the_malformed_rows_are_found_and_explained(folder: Path) -> None:
    found: dict[str, dict[str, Counter[str]]] = {}
    for rejects in folder.glob("sources/*/*.rejects.jsonl"):
        name = rejects.name.removesuffix(".rejects.jsonl")
        of_file = {"rejected": Counter[str](), "dropped": Counter[str]()}
        for line in rejects.read_text().splitlines():
            row = json.loads(line)
            assert row["line"] > 0
            assert row["reason"]
            of_file["dropped" if row["kept"] else "rejected"][row["code"]] += 1
        found[name] = of_file
    assert found == FINDINGS
