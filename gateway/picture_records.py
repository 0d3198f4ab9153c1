"""The records that stand in a picture, as this member may see them now: each is asked for anew at its node.

1. A lease that has ended is not asked for: a stub, with the reason. 2. Its node is asked, under the member's
mandate. 3. What it shows is held under a lease. 4. What it does not show is a stub. 5. A node that is silent
leaves what the lease says: version, handling codes and when it was last shown; no content is kept.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.ask import Asking, Unasked, inquire, split_handle
from gateway.kept import GONE, case_of, lend
from gateway.pictures import Entered
from gateway.recall_notice import EVIDENCE
from gateway.show import picture_shown
from policy.provenance import Admissibility, standing, strictest
from policy.terms import Operation, Status
from sharing.errors import SharingError
from sharing.leases import Kept, LeaseState
from sharing.merge import Claim, Picture

MOST_ASKED = 200
"""Records that one look asks for; the others are named and not asked for."""
AT_ONCE = 8
HOUR = 3600
_DOUBTED = frozenset({Admissibility.EXCLUDED, Admissibility.CONTESTED})
_CHANGED = frozenset({LeaseState.WITHDRAWN, LeaseState.RECTIFIED})
_AWAY = frozenset({Status.TIMED_OUT, Status.UNREACHABLE, Status.INVALID_ANSWER, Status.OVER_QUOTA})


class Sight(StrEnum):
    """How a record can be seen. SHOWN: by its node, now. STALE: its node cannot say now. STUB: withheld."""

    SHOWN = "SHOWN"
    STALE = "STALE"
    STUB = "STUB"
    NOT_ASKED = "NOT_ASKED"


@dataclass(frozen=True, slots=True)
class Seen:
    """One handle: what its node shows (`claim`), or the code of why not; leases held here, oldest first."""

    handle: str
    sight: Sight
    reason: str = ""
    claim: Claim | None = None
    leases: tuple[Kept, ...] = ()

    @property
    def kept(self) -> Kept | None:
        """The newest lease."""
        return self.leases[-1] if self.leases else None

    @property
    def ruled(self) -> str:
        """`EVIDENCE_EXCLUDED` or `EVIDENCE_CONTESTED` if its node says so of any country now; or empty."""
        told = standing(self.claim.record.provenance, self.claim.record.findings) if self.claim else {}
        status = strictest(told)
        return f"{EVIDENCE}{status.value}" if status in _DOUBTED else ""

    def flag(self, at: int, now: int) -> str:
        """Why what was written at `at` about it is to be looked at again: its code; empty if it is not.

        The record is withheld, or excluded or contested as evidence, or what was held when it was written was
        withdrawn or put right since.
        """
        if self.sight is Sight.STUB:
            return self.reason
        if ruled := self.ruled:
            return ruled
        before = [each for each in self.leases if each.lease.kept_at <= at]
        stands = before[-1].at(now) if before else None
        return stands.reason if stands and stands.state in _CHANGED else ""


async def seen(entered: Entered, handles: Sequence[str], only: Collection[str] | None) -> dict[str, Seen]:
    """Each handle as it may be seen now; with `only`, no other is asked for. Order is that of `handles`."""
    leases = await _leases(entered, handles)
    wanted = [each for each in handles if only is None or each in only][:MOST_ASKED]
    turn = asyncio.Semaphore(AT_ONCE)

    async def look(handle: str) -> Seen:
        async with turn:
            return await _seen(entered, handle, leases.get(handle, ()))

    found = dict(zip(wanted, await asyncio.gather(*map(look, wanted)), strict=True))
    return {each: found.get(each) or _unasked(entered, each, leases.get(each, ())) for each in handles}


async def _leases(entered: Entered, handles: Sequence[str]) -> Mapping[str, tuple[Kept, ...]]:
    """What is held here on the handles for the picture's case, oldest first."""
    case = case_of(entered.node, entered.mandate)
    held: dict[str, tuple[Kept, ...]] = {}
    affected = await asyncio.to_thread(entered.node.lending.leases.affected, handles)
    for each in sorted(affected, key=lambda one: (one.lease.kept_at, one.lease.id)):
        if each.lease.case == case:
            held[each.lease.handle] = (*held.get(each.lease.handle, ()), each)
    return held


def _unasked(entered: Entered, handle: str, leases: tuple[Kept, ...]) -> Seen:
    """What the leases alone say of it."""
    stands = leases[-1].at(entered.node.now()) if leases else None
    if stands is None or stands.open:
        return Seen(handle, Sight.NOT_ASKED, leases=leases)
    return Seen(handle, Sight.STUB, stands.reason or stands.state.value, leases=leases)


async def _seen(entered: Entered, handle: str, leases: tuple[Kept, ...]) -> Seen:
    told = _unasked(entered, handle, leases)
    if told.sight is Sight.STUB:
        return told  # 1
    found = await _asked(entered, handle)  # 2
    if isinstance(found, str):
        return replace(told, sight=Sight.STALE, reason=found)
    if isinstance(found, Unasked):
        return replace(told, sight=Sight.STUB, reason=next(iter(found.refusal.reasons)).value)
    claim = next((each for each in found.claims if each.handle == handle), None)
    if claim is not None:
        return Seen(handle, Sight.SHOWN, "", claim, await _held(entered, claim, leases, found))  # 3
    (status,) = found.nodes
    if status.status in _AWAY:
        return replace(told, sight=Sight.STALE, reason=status.status.value)  # 5
    reason = next(iter(status.reasons), GONE)
    return replace(told, sight=Sight.STUB, reason=reason)  # 4


async def _asked(entered: Entered, handle: str) -> Picture | Unasked | str:
    """What its node says; a code for one that the directory no longer lists, or that cannot be asked."""
    owner, record = split_handle(handle)
    asking = Asking(Operation.ENTITY, {"id": record}, entered.mandate.id, [owner])
    try:
        return await inquire(entered.visit, asking)
    except SharingError as error:
        return error.code


async def _held(entered: Entered, claim: Claim, leases: tuple[Kept, ...], found: Picture) -> tuple[Kept, ...]:
    """The leases under which it is seen: one more for a new version, and when the last look is long ago."""
    now, last = entered.node.now(), leases[-1].lease if leases else None
    if last is not None and last.version == claim.record.version and now - last.kept_at < HOUR:
        return leases
    (shown,) = (each for each in picture_shown(found)["claims"] if each["handle"] == claim.handle)
    kept = await lend(entered.node, entered.mandate, claim.handle, shown["record"], found.query_id)
    return (*leases, kept)
