"""Measure the matcher on labelled data, into tests/bench/MATCHING.md; `--fit` counts the weights anew.

    make bench-matching                       precision and recall on FEBRL 4, one half at each of two nodes
    make bench-matching BENCH_ARGS="--fit"    prints the shares m and u counted on FEBRL 1 to 3

What is fitted on 1 to 3 is measured on 4, which had no part in it.
"""

import argparse
import os
from pathlib import Path

import click
import yaml

from tenants.matching.blocking import candidate_pairs
from tenants.matching.matcher import Matcher
from tenants.matching.nomenklatura_names import NomenklaturaNames
from tenants.matching.weights import load_weights
from tenants.model import load_model
from tests.bench.matching.alone import alone
from tests.bench.matching.fitting import RANDOM_PAIRS, counted, fitted, random_pairs, same_pairs
from tests.bench.matching.labelled import febrl
from tests.bench.matching.naming import QUERIES, named
from tests.bench.matching.telling import names_told, report

DATA = Path(os.environ.get("ENTENTE_DATA", "../shared/data")) / "er_febrl"
REPORT = Path("tests/bench/MATCHING.md")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the FEBRL files")
    parser.add_argument("--fit", action="store_true", help="count the weights, on data sets 1 to 3")
    parser.add_argument("--queries", type=int, default=QUERIES, help=f"names asked for; {QUERIES}")
    parser.add_argument("--out", type=Path, default=REPORT)
    asked = parser.parse_args()
    if asked.fit:
        click.echo(fit(asked.data))
    else:
        measure(asked.data, asked.out, asked.queries)


def fit(data: Path) -> str:
    """The fitted shares as YAML, to be put into tenants/matching/weights.yaml."""
    model = load_model()
    names = NomenklaturaNames(model)
    parts = [febrl(model, [("fr.ofast", data / f"dataset{number}.csv")]) for number in (1, 2, 3)]
    same = counted([pair for part in parts for pair in same_pairs(part)], names)
    drawn = [pair for part in parts for pair in random_pairs(part, RANDOM_PAIRS // len(parts))]
    return yaml.safe_dump(fitted(same, counted(drawn, names)), sort_keys=False)


def measure(data: Path, out: Path, queries: int) -> None:
    """Compare the two halves of data set 4, and write what came of it."""
    model = load_model()
    told = febrl(model, [("fr.ofast", data / "dataset4a.csv"), ("se.polisen", data / "dataset4b.csv")])
    matcher = Matcher(model, load_weights(), NomenklaturaNames(model))
    pairs = candidate_pairs(model, told.records)
    compared = [each for each in matcher.compare(pairs) if each]
    page = report(told, compared, alone(matcher, told))
    page += names_told(named(model, data / "dataset4a.csv", told, queries))
    out.write_text(page, encoding="utf-8")
    click.echo(f"written: {out}")


if __name__ == "__main__":
    main()
