"""What was measured, as a page: precision and recall in all, by kind of evidence, by band; names alone."""

from collections.abc import Iterable, Iterator, Sequence

from tenants.matching.evidence import Feature
from tenants.matching.matcher import Comparison
from tests.bench.matching.alone import Alone
from tests.bench.matching.labelled import Labelled
from tests.bench.matching.naming import Named
from tests.bench.matching.paired import Split, paired

LEASTS = (0.1, 0.5, 0.9, 0.99)


def report(told: Labelled, compared: Sequence[Comparison], parts: Iterable[Alone]) -> str:
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
        "Each kind alone: the whole matcher, all else being taken from the records before they are paired.",
        "Of each level the pairs that agree so or better, and what it scores by itself: proposed from 0.5",
        "on. A kind without a line makes no pair here: alone it is no key, or the data lack it.",
        "",
        "| kind | level | score | right | wrong | missed | precision | recall | F1 |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_line(f"{each.feature} | {each.level} | {each.score:.4f}", told, each.pairs) for each in parts),
        "",
        "By band: what a score in it has meant here. The explanation of a proposal quotes these.",
        "",
        "| band | pairs | of one person |",
        "|---|---|---|",
        *(f"| {name} | {pairs} | {same} |" for name, pairs, same in bands(told, compared)),
        "",
    ]
    return "\n".join(lines)


def names_told(ways: Sequence[Named]) -> str:
    """The section on names alone; each way is compared with the last, query by query."""
    *ours, alone = ways
    found = [paired(each.way, each.ranks, alone.ranks) for each in ours]
    return "\n".join(
        [
            "",
            "## Names alone",
            "",
            f"{len(alone.ranks)} of the misspelt doubles, drawn at random, are asked for by name alone;",
            "the other half of the data set is on a shelf. Equal scores share their places.",
            "",
            "| way | first | among 10 | MRR |",
            "|---|---|---|---|",
            *(f"| {each.way} | {each.hit(1):.3f} | {each.hit(10):.3f} | {each.mrr:.3f} |" for each in ways),
            "",
            f"Against {alone.way}, on the same queries: the mean difference of 1/rank (MRR) with its 95 %",
            "interval (bootstrap over queries), and the queries that only one of the two found (chance:",
            "McNemar's exact test, how often so uneven a split comes about where neither way is better).",
            "",
            "| way | MRR, ours less theirs | 95 % interval | finding |",
            "|---|---|---|---|",
            *(
                f"| {each.way} | {each.mean:+.4f} | {each.low:+.4f} to {each.high:+.4f} | {each.finding} |"
                for each in found
            ),
            "",
            "| way | found | only ours | only theirs | chance |",
            "|---|---|---|---|---|",
            *(
                f"| {each.way} | {_most(split)} | {split.ours} | {split.theirs} | {split.chance:.3f} |"
                for each in found
                for split in each.splits
            ),
            "",
        ]
    )


def _most(split: Split) -> str:
    return "first" if split.most == 1 else f"among {split.most}"


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
