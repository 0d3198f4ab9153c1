"""What is held against ASVS 5.0 can fail: each point in scope stands once, and what is met is shown."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from tests.components import ROOT
from tests.security.named import faults, named_tests

TEXT = (ROOT / "deploy/docs/assurance.md").read_text(encoding="utf-8")
STANDINGS = {"yes", "part", "no", "provider", "operator", "none"}
AT_LEVEL_3 = {"6", "7", "8", "9", "10", "11", "16"}
FILE = re.compile(r"`([a-z]+/[A-Za-z0-9_./-]+)`")
#: The levels of the points of each section, in their order: OWASP ASVS 5.0.0, English CSV of the release.
LEVELS: Mapping[str, str] = {
    "1.1": "22",
    "1.2": "1111122223",
    "1.3": "112222222223",
    "1.4": "222",
    "1.5": "123",
    "2.1": "122",
    "2.2": "112",
    "2.3": "12223",
    "2.4": "23",
    "3.1": "3",
    "3.2": "113",
    "3.3": "12223",
    "3.4": "11222233",
    "3.5": "11122333",
    "3.6": "3",
    "3.7": "22333",
    "4.1": "12233",
    "4.2": "23333",
    "4.3": "22",
    "4.4": "1222",
    "5.1": "2",
    "5.2": "112333",
    "5.3": "113",
    "5.4": "222",
    "6.1": "122",
    "6.2": "111111112222",
    "6.3": "11223333",
    "6.4": "112233",
    "6.5": "22222333",
    "6.6": "2223",
    "6.7": "33",
    "6.8": "2222",
    "7.1": "222",
    "7.2": "1111",
    "7.3": "22",
    "7.4": "11222",
    "7.5": "223",
    "7.6": "22",
    "8.1": "1233",
    "8.2": "1123",
    "8.3": "133",
    "8.4": "23",
    "9.1": "111",
    "9.2": "1222",
    "10.1": "22",
    "10.2": "223",
    "10.3": "22223",
    "10.4": "1111122222233333",
    "10.5": "22222",
    "10.6": "22",
    "10.7": "222",
    "11.1": "2233",
    "11.2": "22233",
    "11.3": "11233",
    "11.4": "1222",
    "11.5": "23",
    "11.6": "23",
    "11.7": "33",
    "12.1": "12233",
    "12.2": "11",
    "12.3": "22223",
    "13.1": "2333",
    "13.2": "222223",
    "13.3": "2233",
    "13.4": "1222233",
    "14.1": "22",
    "14.2": "12223333",
    "14.3": "122",
    "15.1": "12233",
    "15.2": "12233",
    "15.3": "1222222",
    "15.4": "3333",
    "16.1": "2",
    "16.2": "22222",
    "16.3": "2222",
    "16.4": "222",
    "16.5": "2223",
    "17.1": "23",
    "17.2": "22223333",
    "17.3": "22",
}


@dataclass(frozen=True)
class Row:
    """Points that stand together: whether they are met, how, and what shows it."""

    points: tuple[str, ...]
    standing: str
    how: str
    shown: str


def in_scope() -> set[str]:
    """Level 2 everywhere but in WebRTC, and level 3 where the issue asks for it."""
    return {
        f"{section}.{place}"
        for section, levels in LEVELS.items()
        if not section.startswith("17.")
        for place, level in enumerate(levels, 1)
        if level <= ("3" if section.partition(".")[0] in AT_LEVEL_3 else "2")
    }


def expanded(points: str) -> Iterator[str]:
    """`1.2.3, 1.2.5 to 1.2.7` one by one."""
    for each in points.split(", "):
        first, _, last = each.partition(" to ")
        section, _, place = first.rpartition(".")
        for number in range(int(place), int(last.rpartition(".")[2] or place) + 1):
            yield f"{section}.{number}"


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows() -> list[Row]:
    """All rows of the tables of ASVS."""
    lines = (cells(line) for line in TEXT.splitlines() if re.match(r"\| \d+\.\d+\.\d+", line))
    return [Row(tuple(expanded(points)), *rest) for points, *rest in lines]


ROWS = rows()


def test_every_point_in_scope_stands_once_and_no_other_does() -> None:
    told = [point for row in ROWS for point in row.points]
    assert len(told) == len(set(told)), sorted({point for point in told if told.count(point) > 1})
    assert set(told) - in_scope() == set()
    assert in_scope() - set(told) == set()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.points[0])
def test_what_is_met_is_shown_and_what_is_not_says_why(row: Row) -> None:
    assert row.standing in STANDINGS
    assert len(row.how) > 7
    assert not list(faults(row.shown))
    files = FILE.findall(re.sub(r"::\w+", "", row.shown))
    assert [file for file in files if not (ROOT / file).is_file()] == []
    if row.standing in {"yes", "part"}:
        assert files, f"{row.points[0]} shows nothing"


def test_article_25_is_shown_by_tests_paragraph_by_paragraph() -> None:
    _, _, article = TEXT.partition("## Directive (EU) 2016/680, Article 25")
    told = [cells(line) for line in article.splitlines() if re.match(r"\| \d \|", line)]
    assert {paragraph for paragraph, *_ in told} == {"1", "2", "3"}
    for paragraph, _, _, shown in told:
        assert named_tests(shown), paragraph
        assert not list(faults(shown))
