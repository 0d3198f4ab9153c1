"""Opening a sealed identity: the one look that shows a name. It is logged with the leaf that it is about."""

import json
from typing import Any

from audit.canonical import parse_object
from audit.entry import Kind
from audit.merkle import leaf_hash
from gateway.errors import VariablesRejected
from gateway.oversight.look import Shown, look
from gateway.visit import Visit
from policy.terms import Role

_CLOSED = frozenset({Kind.QUESTION_RECEIVED, Kind.ANSWERS_RECEIVED, Kind.DISCLOSED})
_KEPT = ("subject", "name", "unit", "case", "justification")


async def identity(visit: Visit, index: int, justification: str) -> Shown:
    """Who is behind a pseudonym: the person sealed beside leaf `index`.

    The entry that says who looks at which leaf, and why, stands in the log before anything is opened. What
    is sealed beside an exchange's other entries (signed papers, the records given) is no identity and stays
    closed.
    `SealRefused` when it was erased.
    """
    log = visit.node.log
    stored = await log.entries(index, index + 1) if index >= 0 else []
    if not stored:
        raise VariablesRejected(f"index {index}: the log has {log.head.size} entries")
    (leaf,) = (each.leaf for each in stored)
    record = parse_object(leaf)
    kind = Kind(record["kind"])
    if "commitment" not in record or kind in _CLOSED:
        raise VariablesRejected(f"index {index}: no identity is sealed beside {kind}")
    visit.require(Role.OVERSIGHT)
    visit.proven()
    await look(visit, "open_identity", justification, f"sha256:{leaf_hash(leaf).hex()}")
    told = _person(await log.unseal(index))
    return {"index": index, "kind": kind.value, "at": record["at"]} | {name: told.get(name) for name in _KEPT}


def _person(sealed: bytes) -> dict[str, Any]:
    """What was sealed: an object, or the subject and a reason on lines of their own."""
    try:
        told = json.loads(sealed)
    except ValueError:
        told = None
    if isinstance(told, dict):
        return told
    subject, _, reason = sealed.decode("utf-8", "replace").partition("\n")
    return {"subject": subject, "justification": reason}
