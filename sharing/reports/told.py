"""Figures as they are told: the thing, the amount, whose, from which records, and how complete."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sharing.answer_words import of_answers
from sharing.reports.amounts import written
from sharing.reports.catalogue import catalogue, say
from sharing.reports.counting import Counted, Figure, Line
from sharing.reports.pages import Block, Cell, Paragraph, Section, Table
from sharing.reports.parts import Case, nodes
from sharing.reports.terms import Aside, Matter, Text
from sharing.wording import Language

MOST_PAIRS = 20
"""Pairs that may be the same told one by one; of more the number is told."""
_OPEN = frozenset({Aside.SEVERAL, Aside.UNREADABLE, Aside.UNDATED})
"""What might have counted if it said more."""


@dataclass(frozen=True, slots=True)
class Told:
    """A figure in words. `at_least`: something is missing that may belong to it."""

    figure: Figure
    what: str
    amount: str
    completeness: str
    at_least: bool


def figures(counted: Counted, cases: Sequence[Case], language: Language) -> tuple[Told, ...]:
    """Every figure with its completeness; what may count twice is never said to be the least."""
    open_ended = not whole(counted, cases)
    twice = {handle for pair in counted.maybe for handle in pair}
    complete = completeness(cases, language)
    found = []
    for each in counted.figures:
        least = open_ended and (bool(each.service) or twice.isdisjoint(each.handles))
        amount = written(each.amount, each.line.unit, language)
        shown = say(Text.AT_LEAST, language, amount=amount) if least else amount
        found.append(Told(each, of_line(each.line, language), shown, complete, least))
    return tuple(found)


def whole(counted: Counted, cases: Sequence[Case]) -> bool:
    """Whether every record that was asked for is there, and none lacks what it needs to count."""
    lacking = any(case.missing for case in cases) or not all(nodes(cases).values())
    return not lacking and _OPEN.isdisjoint(counted.asides.values())


def completeness(cases: Sequence[Case], language: Language) -> str:
    """How many of the nodes answered, and how many of the records that were asked for could be used."""
    heard = nodes(cases)
    read = len({claim.handle for case in cases for claim in case.claims})
    missing = {each.handle for case in cases for each in case.missing}
    told = of_answers(sum(heard.values()), len(heard), language)
    return say(Text.COMPLETE_AT, language, nodes=told, read=read, wanted=read + len(missing))


def of_line(line: Line, language: Language) -> str:
    """What is counted, in words; a substance that nobody knows is told as it is written."""
    words = catalogue()
    matter = words.matters[line.matter][language]
    if line.matter is Matter.DRUG:
        named = words.named.get(line.what)
        return f"{matter}: {named[language] if named else line.what}"
    if line.matter is Matter.GOODS:
        return f"{matter}: {next(told[language] for code, told in words.goods.items() if code == line.what)}"
    return matter


def figures_section(counted: Counted, cases: Sequence[Case], language: Language) -> Section:
    """The figures as a table, then what was counted once, what may have been counted twice."""
    told = figures(counted, cases, language)
    joint, head = say(Text.JOINT, language), (Text.WHAT, Text.AMOUNT, Text.SERVICE, Text.SOURCES)
    rows = tuple(
        (
            Cell(each.what, foreign=True),
            Cell(each.amount, number=True),
            Cell(each.figure.service or joint),
            Cell(", ".join(each.figure.handles), foreign=True),
            Cell(each.completeness),
        )
        for each in told
    )
    heads = tuple(say(each, language) for each in (*head, Text.COMPLETENESS))
    blocks: list[Block] = [Table(heads, rows) if rows else Paragraph(say(Text.NO_FIGURES, language))]
    blocks += (Paragraph(say(Text.ONCE, language, handles=", ".join(each))) for each in counted.once)
    blocks += (Paragraph(each) for each in _pairs(counted, language))
    return Section(say(Text.FIGURES, language), tuple(blocks))


def asides_section(counted: Counted, cases: Sequence[Case], language: Language) -> Iterable[Section]:
    """The records that count in no figure, and why; no section where there are none."""
    names = {handle: name for case in cases for handle, name in case.names.items()}
    rows = tuple(
        (
            Cell(handle, foreign=True),
            Cell(names[handle], foreign=True),
            Cell(catalogue().asides[why][language]),
        )
        for handle, why in sorted(counted.asides.items())
    )
    if rows:
        heads = tuple(say(each, language) for each in (Text.RECORD, Text.WHAT, Text.REASON))
        yield Section(say(Text.ASIDES, language), (Table(heads, rows),))


def _pairs(counted: Counted, language: Language) -> Iterable[str]:
    for one, other in counted.maybe[:MOST_PAIRS]:
        yield say(Text.MAYBE_SAME, language, one=one, other=other)
    if len(counted.maybe) > MOST_PAIRS:
        yield say(Text.MORE, language, count=len(counted.maybe) - MOST_PAIRS)
