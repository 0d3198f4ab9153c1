"""The demo's ports: the same reference records at every node, the facts of `sharing/catalogues/ports.csv`."""

import csv
from collections.abc import Iterator
from pathlib import Path

from deploy.demo.story import Record

PORTS = Path(__file__).parents[2] / "sharing" / "catalogues" / "ports.csv"


def records() -> Iterator[Record]:
    """One `Port` for each line, ids `port-<UN/LOCODE>`."""
    with PORTS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {
                "id": f"port-{row['unlocode']}",
                "schema": "Port",
                "properties": {name: [value] for name, value in row.items()},
                "envelope": {
                    "dataset": "ports", "subject_category": "NOT_A_PERSON", "handling": ["H0"], "source": "A",
                    "information": "1", "tlp": "CLEAR", "assessment": "FACT",
                    "provenance": {"instrument": "public knowledge", "method": "written down for the demo"},
                    "retain_until": "2036-12-31",  # what has no retention date is withheld
                },
            }  # fmt: skip
