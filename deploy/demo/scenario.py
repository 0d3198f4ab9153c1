"""Write the demo's case: for each node its records, and the truth.

    python deploy/demo/scenario.py --size small --seed 418 --out DIR

makes DIR/<node>/cases.jsonl and DIR/<node>/ports.jsonl for fr.ofast, se.polisen and eu.europol, one record a
line (a FollowTheMoney entity and its envelope), and DIR/truth.json. Same seed and size, same bytes.
`small` has 2,000 records at each node, `large` 1,000,000; the story is the same in both. Memory stays flat.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path

import orjson

from deploy.demo import ordinary, ports, profiles, story
from deploy.demo.story import NODES, Record
from deploy.demo.truth import truth

SIZES = {"small": 2_000, "large": 1_000_000}
SEED = 418
Progress = Callable[[int], None]


def records(node: str, size: str, seed: int) -> Iterator[Record]:
    """All case records of `node`: the story's after some ordinary ones, then ordinary ones to the size."""
    told = list(story.records(node))
    everyday = ordinary.records(node, seed)
    before = islice(everyday, SIZES["small"] // 4)
    return islice(chain(before, told, everyday), SIZES[size])


def write(out: Path, size: str = "small", seed: int = SEED, progress: Progress | None = None) -> Path:
    """Write everything below `out`, return the path of the truth file; `progress` is told of new lines."""
    files: dict[str, object] = {}
    for node in NODES:
        (out / node).mkdir(parents=True, exist_ok=True)
        for name, lines in (("cases", records(node, size, seed)), ("ports", ports.records())):
            path = f"{node}/{name}.jsonl"
            files[path] = _write_lines(out / path, lines, progress)
    reference = out / "reference-profiles.csv"
    reference.write_text(profiles.reference(seed), encoding="utf-8-sig")
    target = out / "truth.json"
    target.write_bytes(orjson.dumps(truth(seed, size, files), option=orjson.OPT_INDENT_2) + b"\n")
    return target


def _write_lines(path: Path, lines: Iterator[Record], progress: Progress | None) -> dict[str, object]:
    digest, count = hashlib.sha256(), 0
    with path.open("wb") as file:
        for count, record in enumerate(lines, 1):  # the last number is the count
            line = orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
            digest.update(line)
            file.write(line)
            if progress is not None and not count % 1000:
                progress(1000)
    return {"records": count, "sha256": digest.hexdigest()}


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    asked = parser.parse_args(arguments)
    print(write(asked.out, asked.size, asked.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
