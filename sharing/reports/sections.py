"""Sections that reports have in common: what it is, how complete, what is missing, what it cannot say."""

from collections.abc import Iterable, Sequence

from policy.terms import Status
from sharing.labels import of_basis, of_property, of_purpose, of_schema, of_status, of_use
from sharing.merge import Claim
from sharing.network_words import of_ties
from sharing.reason_words import words
from sharing.reports.catalogue import say
from sharing.reports.pages import Block, Cell, Drawing, Paragraph, Section, Table
from sharing.reports.parts import Case, Made, Written
from sharing.reports.terms import Text
from sharing.reports.told import completeness
from sharing.wording import Language

MOST_DRAWN = 60
"""Things in one drawing; of more the ties are told as sentences only."""
Rows = Iterable[Sequence[Cell]]


def table(heads: Sequence[Text], rows: Rows, language: Language) -> Table:
    """A table under the report's own words."""
    return Table(tuple(say(each, language) for each in heads), tuple(map(tuple, rows)))


def about(made: Made, cases: Sequence[Case], period: str) -> Section:
    """Who made it for what, under which codes, and for whom."""
    language = made.language
    told = [(Text.MARK, Cell(made.mark)), (Text.MADE_AT, Cell(made.at))]
    told += [(Text.MADE_BY, Cell(f"{made.node}/{made.by}", foreign=True))]
    told += [(Text.USE, Cell(of_use(made.use, language)))]
    told += [(Text.TO, Cell(", ".join(made.to), foreign=True))] if made.to else []
    told += [(Text.PERIOD, Cell(period))] if period else []
    told += [row for each in cases for row in _of_case(each, language)]
    rows = [(Cell(say(text, language)), said) for text, said in told]
    blocks = (table((Text.WHAT, Text.SAID), rows, language), Paragraph(say(Text.AS_WRITTEN, language)))
    return Section(say(Text.ABOUT, language), blocks)


def _of_case(case: Case, language: Language) -> Iterable[tuple[Text, Cell]]:
    yield Text.CASE, Cell(f"{case.reference}: {case.title}" if case.title else case.reference, foreign=True)
    yield Text.PURPOSE, Cell(f"{of_purpose(case.purpose, language)}; {of_basis(case.basis, language)}")


def complete(cases: Sequence[Case], language: Language) -> Section:
    """Every node that was asked with its answers, and how many records it showed."""
    rows = []
    for node in sorted({each.node for case in cases for each in case.heard}):
        heard = [each for case in cases for each in case.heard if each.node == node]
        reasons = {words(code, language) for each in heard for code in each.reasons}
        shown = {claim.handle for case in cases for claim in case.claims if claim.node == node}
        answers = sorted({of_status(each.status, language) for each in heard})
        told = (", ".join(answers), ", ".join(sorted(reasons)))
        rows.append((Cell(node), *map(Cell, told), Cell(str(len(shown)), number=True)))
    heads = (Text.NODE, Text.STATUS, Text.REASON, Text.RECORDS)
    blocks = (Paragraph(completeness(cases, language)), table(heads, rows, language))
    return Section(say(Text.COMPLETENESS, language), blocks)


def missing(cases: Sequence[Case], language: Language) -> Section:
    """Every record that was asked for and is left out: handle, provider, codes and reason, nothing else."""
    rows = [
        (
            Cell(each.handle, foreign=True),
            *map(Cell, (each.provider, " ".join(each.codes), _why(each.reason, language))),
        )
        for each in dict.fromkeys(one for case in cases for one in case.missing)
    ]
    heads = (Text.RECORD, Text.PROVIDER, Text.CODES, Text.REASON)
    block: Block = table(heads, rows, language) if rows else Paragraph(say(Text.NOTHING_MISSING, language))
    return Section(say(Text.MISSING, language), (block, *_permitted(cases, language)))


def _why(reason: str, language: Language) -> str:
    """Why a record is not in it: a reason of the law, or how its node answered."""
    if reason == Status.ANSWERED:
        return say(Text.NOT_SHOWN, language)
    said = words(reason, language)
    return said if said != reason else of_status(reason, language)


def _permitted(cases: Sequence[Case], language: Language) -> Iterable[Block]:
    read = [each for case in cases for each in case.acknowledged]
    if read:
        yield Paragraph(say(Text.HANDLING_TEXTS, language))
        yield table(
            (Text.RECORD, Text.VALUE), ([Cell(one, foreign=True) for one in each] for each in read), language
        )
    if refs := sorted({ref for case in cases for ref in case.consents}):
        yield Paragraph(say(Text.CONSENTS, language, refs=", ".join(refs)))


def things(case: Case, language: Language) -> Section:
    """Every record with its codes and all that it says, those held to be one thing beside each other."""
    claims = {each.handle: each for each in case.claims}
    order = [handle for group in case.same for handle in group if handle in claims]
    blocks = [
        block
        for handle in dict.fromkeys([*order, *claims])
        for block in _record(case, claims[handle], language)
    ]
    same = [
        Paragraph(f"{say(Text.SAME, language)}: {', '.join(group)}", foreign=True)
        for group in case.same
        if len(group) > 1
    ]
    return Section(say(Text.THINGS, language), (*same, *blocks))


def _record(case: Case, claim: Claim, language: Language) -> Iterable[Block]:
    names, record = case.names, claim.record
    kind, owner = of_schema(record.schema, language), record.owner or claim.node
    yield Paragraph(f"{kind}: {names[claim.handle]} ({claim.handle}, {owner}) {case.marks[claim.handle]}")
    rows = [
        (Cell(of_property(name, language)), Cell(_value(case, claim, value), foreign=True))
        for name, values in sorted(record.properties.items())
        for value in values
        if value
    ]
    yield table((Text.PROPERTY, Text.VALUE), rows, language)
    yield Paragraph("; ".join(case.evidence[claim.handle]))
    if record.masked:
        masked = ", ".join(of_property(each, language) for each in record.masked)
        yield Paragraph(say(Text.WITHHELD, language, names=masked))


def _value(case: Case, claim: Claim, value: str) -> str:
    """A reference to a record in the report is told by that one's name too."""
    handle = f"{claim.node}/{value}"
    return f"{case.names[handle]} ({handle})" if handle in case.names else value


def texts(case: Case, language: Language, *, tasks: bool) -> Iterable[Section]:
    """The tasks, or the other texts, each by whom and as what; no section where there are none."""
    told = [each for each in case.texts if each.task is tasks]
    left_out = case.texts_left_out if not tasks else 0
    blocks: list[Block] = []
    if told:
        heads = (Text.TEXT, Text.AUTHOR, Text.MADE_AT, Text.CODES, Text.SOURCES)
        blocks.append(table(heads, (_text(each, language) for each in told), language))
    if left_out:
        blocks.append(Paragraph(say(Text.TEXTS_LEFT_OUT, language, count=left_out)))
    if blocks:
        yield Section(say(Text.TASKS if tasks else Text.TEXTS, language), tuple(blocks))


def _text(text: Written, language: Language) -> Sequence[Cell]:
    kind = say(Text.FACT if text.fact else Text.ASSESSMENT, language)
    told = (text.author, text.at, f"{kind}, {text.mark}", ", ".join(text.handles))
    return [Cell(text.text, foreign=True), *(Cell(each) for each in told)]


def network(case: Case, language: Language) -> Iterable[Section]:
    """The drawing of who and what is linked, and every tie in words; no section where nothing is."""
    told = case.network
    if told is None or not told.edges:
        return
    names = [case.names[group[0]] for group in told.vertices]
    blocks: list[Block] = []
    if len(names) <= MOST_DRAWN:
        says = say(Text.NETWORK_SAYS, language, things=len(names), ties=len(told.edges))
        lines = sorted({(each.source, each.target) for each in told.edges})
        blocks.append(Drawing(tuple(names), tuple(lines), says))
    blocks += (Paragraph(each, foreign=True) for each in of_ties(told.edges, names, language))
    yield Section(say(Text.NETWORK, language), tuple(blocks))


def limits(language: Language) -> Section:
    """What it cannot say."""
    return Section(say(Text.CANNOT_SAY, language), (Paragraph(say(Text.LIMITS, language)),))
