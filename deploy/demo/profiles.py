"""Synthetic chemical profiles: sixteen alkaloids of a lot, blurred by sample and laboratory; all invented."""

import csv
from io import StringIO
from random import Random

METHOD, VERSION = "gcms-cocaine-16", "1"
COMPOUNDS = (
    "anhydroecgonine", "anhydroecgonine methyl ester", "benzoic acid", "benzoylecgonine",
    "cis-cinnamoylcocaine", "ecgonine", "ecgonine methyl ester", "hexanoylcocaine", "N-formylcocaine",
    "norcocaine", "trans-cinnamoylcocaine", "trimethoxycocaine", "tropacocaine", "tropine",
    "truxilline alpha", "truxilline beta",
)  # fmt: skip
LEAST = 0.02
"""Percent that the invented laboratories detect."""
REFERENCE_LOTS, REFERENCE_SAMPLES = 60, 3


def compounds(lot: str, spread: float, draw: str) -> list[str]:
    """Amounts of one sample of `lot`, each off by a factor with standard deviation `spread`.

    `a+b` is a blend of two lots in equal parts.
    """
    blur = Random(f"draw {lot} {draw}")
    shapes = [_shape(part) for part in lot.split("+")]
    raw = [sum(parts) / len(parts) for parts in zip(*shapes, strict=True)]
    values = [value * max(0.05, blur.gauss(1.0, spread)) for value in raw]
    scale = 6.0 / sum(values)
    return [_told(name, value * scale) for name, value in zip(COMPOUNDS, values, strict=True)]


def reference(seed: int) -> str:
    """What a laboratory knows the sources of, as CSV: a row a sample, `source` names its lot."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(["source", "sample", *(f"{name} (%)" for name in COMPOUNDS)])
    for lot in range(REFERENCE_LOTS):
        for sample in range(REFERENCE_SAMPLES):
            told = compounds(f"reference {seed} {lot}", 0.04, str(sample))
            amounts = [each.rpartition(": ")[2].partition(" ±")[0].replace(".", ",") for each in told]
            cells = [each.removesuffix(" %") if each.startswith("<") else each for each in amounts]
            writer.writerow([f"L{lot:02}", f"REF-{lot:02}-{sample}", *cells])
    return out.getvalue()


def _shape(lot: str) -> list[float]:
    shape = Random(f"lot {lot}")
    return [shape.gammavariate(0.8, 1.0) + 0.02 for _ in COMPOUNDS]


def _told(name: str, percent: float) -> str:
    if percent < LEAST:
        return f"{name}: < {LEAST} %"
    return f"{name}: {percent:.4f} ± {0.03 * percent:.4f} %"
