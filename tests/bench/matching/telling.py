"""What was measured, as a page: precision and recall in all, by kind of evidence and by band."""

from collections.abc import Iterable, Iterator, Sequence

from tenants.matching.evidence import Feature
from tenants.matching.matcher import Comparison
from tests.bench.matching.labelled import Labelled
from tests.bench.matching.naming import Named

LEASTS = (0.1, 0.5, 0.9, 0.99)


def report(told: Labelled, compared: Sequence[Comparison]) -> str:
    """The page, in Markdown."""
    every = told.pairs(within=False)
    same = sum(told.same(each.left, each.right) for each in compared)
    text = f"""\
# Matching, measured on labelled data

FEBRL data set 4 (synthetic persons, half of them misspelt doubles of the rest), one half at each of two
nodes: {len(told.records)} records, {every} persons known to both; {told.rejected} rows are no record.
The weights were counted on data sets 1 to 3, which are other persons. `make bench-matching` writes this page.

{len(compared)} pairs share a key and are compared; of {same} of them the two are one person.
"""
    lines = [
        text,
        "| proposed from | right | wrong | missed | precision | recall | F1 |",
        "|---|---|---|---|---|---|---|",
        *(_line(str(least), told, [each for each in compared if each.score >= least]) for least in LEASTS),
        "",
        "By kind of evidence: the pairs, proposed from 0.5 on, of which this kind speaks for one person.",
        "",
        "| kind | right | wrong | missed | precision | recall | F1 |",
        "|---|---|---|---|---|---|---|",
        *(_line(feature.value, told, list(_spoken(compared, feature))) for feature in Feature),
        "",
        "By band: what a score in it has meant here. The explanation of a proposal quotes these.",
        "",
        "| band | pairs | of one person |",
        "|---|---|---|",
        *(f"| {name} | {pairs} | {same} |" for name, pairs, same in bands(told, compared)),
        "",
    ]
    return "\n".join(lines)


def names_told(ways: Iterable[Named]) -> str:
    """The section on names alone."""
    told = list(ways)
    return "\n".join(
        [
            "",
            "## Names alone",
            "",
            f"{len(told[0].ranks)} of the misspelt doubles, drawn at random, are asked for by name alone;",
            "the other half of the data set is on a shelf. Equal scores share their places.",
            "",
            "| way | first | among 10 | MRR |",
            "|---|---|---|---|",
            *(f"| {each.way} | {each.hit(1):.3f} | {each.hit(10):.3f} | {each.mrr:.3f} |" for each in told),
            "",
        ]
    )


def bands(told: Labelled, compared: Iterable[Comparison]) -> list[tuple[str, int, int]]:
    """Name, labelled pairs, and those of one person, of every band that was seen; best first."""
    seen: dict[tuple[float, str], list[bool]] = {}
    for each in compared:
        seen.setdefault((-each.band.least, each.band.name), []).append(told.same(each.left, each.right))
    return [(name, len(same), sum(same)) for (_, name), same in sorted(seen.items())]


def _spoken(compared: Iterable[Comparison], feature: Feature) -> Iterator[Comparison]:
    for each in compared:
        if each.score >= LEASTS[1] and any(
            part.feature is feature and part.weight > 0 for part in each.evidence
        ):
            yield each


def _line(what: str, told: Labelled, proposed: Sequence[Comparison]) -> str:
    right = sum(told.same(each.left, each.right) for each in proposed)
    wrong, missed = len(proposed) - right, told.pairs(within=False) - right
    precision, recall = right / len(proposed) if proposed else 0.0, right / (right + missed)
    f1 = 2 * right / (2 * right + wrong + missed)
    return f"| {what} | {right} | {wrong} | {missed} | {precision:.4f} | {recall:.4f} | {f1:.4f} |"
