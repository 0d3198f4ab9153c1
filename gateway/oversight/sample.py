"""A random sample of a week's exchanges for review: nobody chooses it, and everybody can draw it again."""

import asyncio
from zoneinfo import ZoneInfo

from audit.errors import SearchRefused
from audit.index import LeafIndex
from audit.questions import Question
from audit.sampling import Week, asked_in, basis_of, draw, seed
from gateway.errors import VariablesRejected
from gateway.node import Node
from gateway.oversight.look import Period, Shown, indexed, look
from gateway.oversight.search import row_shown
from gateway.visit import Visit


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


def _question_shown(question: Question) -> Shown:
    """A question that was drawn: its first row, its outcome, and the entries to read."""
    return {
        "row": row_shown(question.row),
        "outcomes": [{"node": node, "status": status} for node, status in question.outcomes.items()],
        "entries": question.indexes,
    }
