"""Reconciling every night with every partner, as a background task of a served node.

A partner is due when nobody has tried since the last scheduled moment, and an hour after a try that failed;
so a night that was missed is caught up as soon as the node runs. A partner that was never met is due from the
next night on. The jitter follows from both names, so that not all nodes ask at once.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from audit.errors import AuditError
from audit.progress import Progress
from gateway.errors import GatewayError
from gateway.node import Node
from gateway.reconciling import next_period, reconcile_with
from gateway.settings import ReconcilePart
from sharing.errors import SharingError
from sharing.notice import DONE

TICK = 60.0
RETRY = 3600
NEW = "NEW"
log = logging.getLogger(__name__)


def scheduled(now: float, zone: str, part: ReconcilePart, names: tuple[str, str]) -> int:
    """The last moment (Unix seconds) at or before `now` at which these two nodes were to reconcile."""
    told = sha256("|".join(names).encode()).digest()
    jitter = timedelta(seconds=int.from_bytes(told[:4], "big") % (part.jitter_seconds + 1))
    today = datetime.fromtimestamp(now, ZoneInfo(zone)).replace(
        hour=part.hour, minute=0, second=0, microsecond=0
    )
    days = (today - timedelta(days=back) + jitter for back in (-1, 0, 1, 2))
    return int(max(at.timestamp() for at in days if at.timestamp() <= now))


def due(state: Progress, now: float, moment: int) -> bool:
    """Whether it is time to try, `moment` being the last scheduled one."""
    return state.tried_at < moment or (state.outcome not in {DONE, NEW} and now - state.tried_at >= RETRY)


async def keep_reconciling(node: Node) -> None:
    """Reconcile with all nodes of the directory whenever they are due, until cancelled."""
    while node.settings.reconcile.nightly:
        try:
            await reconcile_due(node)
        except (GatewayError, SharingError, AuditError) as error:
            log.warning("reconciliation of %s: %s", node.id, error)
        except Exception:
            log.exception("reconciliation of %s", node.id)
        await asyncio.sleep(TICK)


async def reconcile_due(node: Node) -> list[str]:
    """Reconcile once with every node that is due, the own one too, and return their ids."""
    if node.post.directory_now() is None:
        return []
    states = await asyncio.to_thread(node.oversight.progress.all)
    settings, done = node.settings, []
    for partner in [each.id for each in node.post.directory.nodes]:
        state = states.get(partner)
        if state is None:
            new = Progress(partner, 0, node.now(), NEW, 0)
            await asyncio.to_thread(node.oversight.progress.put, new)
            continue
        moment = scheduled(node.clock(), settings.log.time_zone, settings.reconcile, (node.id, partner))
        if due(state, node.clock(), moment):
            await _caught_up(node, partner)
            done.append(partner)
    return done


async def _caught_up(node: Node, partner: str) -> None:
    """Run by run of at most 31 days until the last minutes, or until one fails."""
    try:
        while True:
            run = await reconcile_with(node, partner)
            following = await asyncio.to_thread(next_period, node, partner)
            if run.outcome != DONE or following.until - following.since < RETRY:
                return
    except (GatewayError, SharingError, AuditError) as error:
        log.warning("reconciliation of %s with %s: %s", node.id, partner, error)
