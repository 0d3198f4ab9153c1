"""Prepare the public data for the three nodes: what to load where, with which mapping.

    python deploy/demo/real.py --data ../shared/data --out DIR

reads `real.json`, copies each source file to DIR/<node>/ (cut to its part where `part` says so), writes its
mapping beside it with the constants put in, and prints the loads as JSON: [{node, source, mapping, dataset}].
The data directory is only read: the loader writes its rejects file beside the copy.
"""

import argparse
import csv
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template

HERE = Path(__file__).parent
MAPPINGS = HERE.parent / "mappings"


@dataclass(frozen=True, slots=True)
class Load:
    """One file for one node; paths are absolute."""

    node: str
    source: str
    mapping: str
    dataset: str


def described() -> Mapping[str, object]:
    """What `real.json` says."""
    said: Mapping[str, object] = json.loads((HERE / "real.json").read_text(encoding="utf-8"))
    return said


def prepare(data: Path, out: Path) -> list[Load]:
    """Copies, cut files and mappings below `out`, in the order in which they are loaded."""
    said = described()
    loads, nodes = said["loads"], said["nodes"]
    if not isinstance(loads, list) or not isinstance(nodes, list):
        raise TypeError("real.json: loads and nodes are to be lists")
    return [
        _load(load, node, data, out)
        for load in loads
        for node in (nodes if load["nodes"] == ["*"] else load["nodes"])
    ]


def _load(load: Mapping[str, object], node: str, data: Path, out: Path) -> Load:
    source = data / str(load["file"])
    folder = (out / node).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    target, part = folder / source.name, load.get("part")
    if isinstance(part, list):
        cut(source, target, part)
    else:
        shutil.copyfile(source, target)
    template = (MAPPINGS / str(load["mapping"])).read_text(encoding="utf-8")
    constants = load.get("with", {})
    mapping = folder / f"{source.name}.mapping.yaml"
    mapping.write_text(
        Template(template).substitute(constants if isinstance(constants, dict) else {}), encoding="utf-8"
    )
    return Load(node, str(target), str(mapping), str(load["dataset"]))


def cut(source: Path, target: Path, part: Sequence[int]) -> None:
    """An adjacency matrix of the same people with only the ties of `part` = [I, N]; the others become 0."""
    rest, parts = part
    with source.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row, (label, *cells) in enumerate(rows):
            kept = (cell if (row + column) % parts == rest else "0" for column, cell in enumerate(cells))
            writer.writerow([label, *kept])


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    asked = parser.parse_args(arguments)
    print(json.dumps([asdict(load) for load in prepare(asked.data, asked.out)], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
