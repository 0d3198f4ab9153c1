"""One question explained to oversight: rules and grants in full, no case in clear, no content."""

from gateway.explain_question import Reader, explained
from gateway.oversight.look import Shown, look
from gateway.visit import Visit

FOR_OVERSIGHT = Reader(owner=True)


async def explain(visit: Visit, justification: str, query_id: str) -> Shown:
    """The explanation of one question; decided and logged first, as every look of oversight."""
    await look(visit, "explain_question", justification, {"query_id": query_id})
    return await explained(visit.node, query_id, FOR_OVERSIGHT)
