"""A random sample of a week's exchanges for review: nobody chooses it, and everybody can draw it again."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from audit.checkpoint import Checkpoint
from audit.errors import SearchRefused
from audit.index import LeafIndex, Search, every
from audit.note import Note
from audit.questions import KINDS, Question, questions
from audit.sampling import Week, draw, seed
from audit.store import Head, LogReader
from gateway.errors import VariablesRejected
from gateway.node import Node
from gateway.oversight.look import Period, Shown, indexed, look
from gateway.oversight.search import row_shown
from gateway.visit import Visit

_PAGE = 1000
_AROUND = timedelta(hours=1)
"""How long before and after the week entries of its exchanges may stand."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The head whose root decides the sample; `final` when it is a kept checkpoint, the same for ever."""

    head: Head
    final: bool


async def sample(visit: Visit, justification: str, week: str, count: int) -> Shown:
    """Draw `count` exchanges of a week of the node's time zone that is over; logged before it is drawn."""
    node = visit.node
    try:
        wanted = Week.parse(week, ZoneInfo(node.settings.log.time_zone))
        draw(bytes(32), (), count)
    except SearchRefused as error:
        raise VariablesRejected(str(error)) from error
    if node.clock() < wanted.until.timestamp():
        raise VariablesRejected(f"week {week}: is not over; its sample is drawn afterwards")
    target = {"week": week, "count": count}
    await look(visit, "draw_sample", justification, target, Period(wanted.since, wanted.until))
    index = await indexed(node)
    return await asyncio.to_thread(_drawn, node, index, wanted, count)


def _drawn(node: Node, index: LeafIndex, week: Week, count: int) -> Shown:
    basis = basis_of(index, node.log.reader, node.log.head, week.until)
    decider = seed(week.name, basis.head.root)
    population = asked_in(index, week)
    drawn = draw(decider, population, count)
    return {
        "week": week.name,
        "since": week.since.isoformat(),
        "until": week.until.isoformat(),
        "population": len(population),
        "size": basis.head.size,
        "root": basis.head.root.hex(),
        "final": basis.final,
        "seed": decider.hex(),
        "drawn": [_question_shown(each) for each in drawn],
    }


def asked_in(index: LeafIndex, week: Week) -> list[Question]:
    """The week's questions, of own people and of other nodes, in the order of the log."""
    around = Search(since=week.since - _AROUND, until=week.until + _AROUND, kinds=KINDS)
    return [each for each in questions(every(index, around)) if week.since <= each.at < week.until]


def basis_of(index: LeafIndex, reader: LogReader, head: Head, after: datetime) -> Basis:
    """The first kept checkpoint over an entry made at or after `after`, or the head while there is none.

    The head can be moved by reading the log, and so chosen; a kept checkpoint cannot.
    """
    late = index.find(Search(since=after, first=1))
    first = late[0].index if late else head.size
    found: Checkpoint | None = None
    below = head.size + 1
    while notes := reader.notes(below, _PAGE):
        kept = [Checkpoint.parse(Note.parse(note).text) for note in notes]
        fitting = [each for each in kept if first < each.size <= head.size]
        if not fitting:
            break
        found = fitting[-1]
        below = min(below - 1, found.size)
    return Basis(Head(found.size, found.root), final=True) if found else Basis(head, final=False)


def _question_shown(question: Question) -> Shown:
    """A question that was drawn: its first row, its outcome, and the entries to read."""
    return {
        "row": row_shown(question.row),
        "outcomes": [{"node": node, "status": status} for node, status in question.outcomes.items()],
        "entries": question.indexes,
    }
