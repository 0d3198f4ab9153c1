"""Breaking a copy of the log on purpose, to see how verification finds the place. In demonstrations only.

The log is not touched: the copy exists while it is verified and reads the log's own store. A node that is no
demonstration has no `damaged` part (see `gateway.wiring`), and refuses before anything else is looked at.
"""

from audit.damaged_archive import DamagedArchive
from audit.errors import FormatRefused
from gateway.errors import NotAllowed, VariablesRejected
from gateway.node import Damaged
from gateway.oversight.look import Shown, look
from gateway.oversight.state import policy_of, progress_shown
from gateway.visit import Visit
from policy.terms import Role


async def break_copy(visit: Visit, justification: str, leaf: int) -> Shown:
    """Change a byte of one leaf in a copy, and begin to verify that copy; the request is logged first."""
    here, node = _here(visit), visit.node
    await look(visit, "verify_log", justification, {"damaged_copy": leaf})
    try:
        copy = DamagedArchive(node.id, node.log.reader, node.log.head.size, node.log.checkpoint(), leaf)
    except FormatRefused as error:
        raise VariablesRejected(str(error)) from error
    if here.job.start(copy, policy_of(node)):
        here.damage = copy.damage
    return _shown(here)


async def put_back(visit: Visit) -> bool:
    """Drop the copy; whether there was one."""
    here = _here(visit)
    await here.job.stop()
    there, here.damage = here.damage is not None, None
    return there


def damaged_copy(visit: Visit) -> Shown | None:
    """What was changed in the copy and what its verification says; None when there is no copy."""
    visit.require(Role.OVERSIGHT)
    here = visit.node.oversight.damaged
    return _shown(here) if here and here.damage else None


def _here(visit: Visit) -> Damaged:
    visit.require(Role.OVERSIGHT)
    here = visit.node.oversight.damaged
    if here is None:
        raise NotAllowed(f"log of {visit.node.id}: only a demonstration breaks a copy of its log")
    return here


def _shown(here: Damaged) -> Shown:
    if here.damage is None:
        raise NotAllowed("damaged copy: it was put back meanwhile")
    told = here.damage
    progress = progress_shown(here.job.progress)
    return {"index": told.leaf, "was": told.was, "reads": told.reads, "verification": progress}
