"""The small case, written once for all tests of this folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.scenario import write
from deploy.demo.story import NODES

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """What was written: the truth and all records by node, in the order of the files."""

    directory: Path
    truth: Json
    nodes: dict[str, list[Json]]

    def record(self, handle: str) -> Json:
        node, _, record_id = handle.partition("/")
        return next(record for record in self.nodes[node] if record["id"] == record_id)


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    directory = tmp_path_factory.mktemp("case")
    truth = json.loads(write(directory).read_text(encoding="utf-8"))
    nodes = {
        node: [
            json.loads(line)
            for name in ("ports", "cases")
            for line in (directory / node / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        ]
        for node in NODES
    }
    return Case(directory, truth, nodes)
