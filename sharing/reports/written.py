"""The three reports as pages: the note of significant cases, the case report, the hand-over report.

Their texts are those of one language; nothing of what records say is translated. What comes first is what the
reader must know first: codes, completeness, then figures, then records, then what is missing and unsaid.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from sharing.reports import sections
from sharing.reports.catalogue import say
from sharing.reports.counting import COUNTED, Counted, count
from sharing.reports.pages import Block, Cell, Pages, Paragraph, Section
from sharing.reports.parts import Case, Made
from sharing.reports.terms import Text
from sharing.reports.told import asides_section, figures_section


class Kind(StrEnum):
    """Which report."""

    NOTE = "NOTE"
    CASE = "CASE"
    HANDOVER = "HANDOVER"


_TITLES = {
    Kind.NOTE: Text.NOTE_TITLE,
    Kind.CASE: Text.CASE_TITLE,
    Kind.HANDOVER: Text.HANDOVER_TITLE,
}


def counted(cases: Sequence[Case], period: str) -> Counted:
    """What all cases add up to; a record that stands in several counts once."""
    items = {item.handle: item for case in cases for item in case.items}
    return count(items.values(), [group for case in cases for group in case.same], period)


def written(kind: Kind, made: Made, cases: Sequence[Case], period: str = "") -> Pages:
    """The report; `period` is a year or month for the note and empty for the others."""
    language = made.language
    title = say(_TITLES[kind], language, period=period, case=", ".join(case.reference for case in cases))
    body = _note(made, cases, period) if kind is Kind.NOTE else _case(kind, made, cases)
    return Pages(
        language=language,
        title=title,
        mark=made.mark or say(Text.NO_MARK, language),
        foot=say(Text.FOOT, language, id=made.id, at=made.at, node=made.node),
        page=say(Text.PAGE, language, page="{page}", pages="{pages}"),
        made_at=made.made_at,
        sections=tuple(body),
    )


def _note(made: Made, cases: Sequence[Case], period: str) -> Iterable[Section]:
    language, told = made.language, counted(cases, period)
    yield sections.about(made, cases, period)
    yield sections.complete(cases, language)
    yield figures_section(told, cases, language)
    yield Section(say(Text.CASES, language), tuple(_of_cases(cases, told, made)))
    yield from asides_section(told, cases, language)
    yield sections.missing(cases, language)
    yield sections.limits(language)


def _of_cases(cases: Sequence[Case], told: Counted, made: Made) -> Iterable[Block]:
    """Of each case the records that count in the figures."""
    language = made.language
    within = {handle for figure in told.figures for handle in figure.handles}
    for case in cases:
        yield Paragraph(f"{case.reference} {case.title}".strip(), foreign=True)
        rows = [
            [Cell(each, foreign=True) for each in (case.names[claim.handle], claim.handle)]
            + [
                Cell(claim.record.owner or claim.node),
                Cell(_stands(case, claim.handle)),
            ]
            for claim in case.claims
            if claim.handle in within and claim.record.schema in COUNTED
        ]
        heads = (Text.WHAT, Text.RECORD, Text.SERVICE, Text.CODES)
        yield sections.table(heads, rows, language)


def _stands(case: Case, handle: str) -> str:
    """A record's codes, and what courts said of it if any did."""
    return "; ".join(each for each in (case.marks[handle], case.stands[handle]) if each)


def _case(kind: Kind, made: Made, cases: Sequence[Case]) -> Iterable[Section]:
    language, told = made.language, counted(cases, "")
    if kind is Kind.HANDOVER:
        to = Paragraph(say(Text.HANDED_OVER, language, to=", ".join(made.to)))
        yield Section(say(Text.TO, language), (to,))
    yield sections.about(made, cases, "")
    yield sections.complete(cases, language)
    if kind is Kind.HANDOVER:
        yield sections.missing(cases, language)
    for case in cases:
        yield from sections.texts(case, language, tasks=True)
    yield figures_section(told, cases, language)
    yield from asides_section(told, cases, language)
    for case in cases:
        yield from sections.network(case, language)
        yield sections.things(case, language)
        yield from sections.texts(case, language, tasks=False)
    if kind is Kind.CASE:
        yield sections.missing(cases, language)
    yield sections.limits(language)
