"""The state of the log itself: open intents, how fresh its witnesses are, and whether it holds now."""

from audit.reader_archive import ReaderArchive
from audit.trust import TrustPolicy
from audit.verifier import Report
from gateway.errors import NotAllowed
from gateway.facts import moment
from gateway.node import Node
from gateway.oversight.look import Shown, look
from gateway.verification import Progress, Stage
from gateway.visit import Visit
from policy.terms import Role

_SIGNATURE = {"good": "GOOD", "bad": "BAD"}


async def intents(visit: Visit, justification: str) -> list[Shown]:
    """Intents without outcome, oldest first; those under way are among them. The look is logged first."""
    await look(visit, "list_intents", justification, {"open": True})
    opened = await visit.node.log.open_intents()
    return [
        {"index": each.index, "entryId": each.entry_id, "kind": each.kind, "at": each.at} for each in opened
    ]


def witnesses(visit: Visit) -> Shown:
    """How fresh the log's last quorum of witnesses is, and each witness's last word. It holds no entry.

    For oversight, and for who runs the node and must see to it.
    """
    if not visit.session.actor.roles & {Role.OVERSIGHT, Role.ADMINISTRATOR}:
        raise NotAllowed("role oversight or administrator: is not held by the person who is signed in")
    watch = visit.node.watch
    state, seconds = watch.freshness()
    words = [
        {"witness": name, "verdict": str(word.verdict), "detail": word.detail, "at": moment(word.at)}
        for name, word in sorted(watch.words.items())
    ]
    return {"freshness": state.value, "seconds": seconds, "checkpoint": watch.note or None, "words": words}


async def verify_now(visit: Visit, justification: str) -> Shown:
    """Begin to verify every signed leaf, unless that is under way; the request is logged first."""
    await look(visit, "verify_log", justification, {"verify": True})
    node = visit.node
    head, note = node.log.head, node.log.checkpoint()
    archive = ReaderArchive(node.id, node.log.reader, head.size, note)
    node.oversight.verification.start(archive, policy_of(node))
    return verification(visit)


async def stop_verifying(visit: Visit) -> Shown:
    """End a verification that is under way."""
    visit.require(Role.OVERSIGHT)
    await visit.node.oversight.verification.stop()
    return verification(visit)


def verification(visit: Visit) -> Shown:
    """How far the verification is, and what it found; of the last one when none is running."""
    visit.require(Role.OVERSIGHT)
    return progress_shown(visit.node.oversight.verification.progress)


def progress_shown(told: Progress) -> Shown:
    """A verification as the desk's schema tells it."""
    return {
        "stage": told.stage.value,
        "done": told.done,
        "total": told.total,
        "startedAt": moment(told.started_at) if told.started_at else None,
        "endedAt": moment(told.ended_at) if told.ended_at else None,
        "steps": _steps(told),
        "findings": list(told.report.findings) if told.report else [],
        "broken": list(told.report.broken) if told.report else [],
    }


def policy_of(node: Node) -> TrustPolicy:
    """Whose signatures the log needs: its own keys as the directory names them, and its witnesses, if any."""
    return node.watch.policy or TrustPolicy(node.post.directory.node(node.id).log_keys)


def _steps(told: Progress) -> list[Shown]:
    """Each step of the verifier: its verdict as a code for who tells it in words, and the same in English."""
    report = told.report
    if told.stage is Stage.RUNNING or report is None:
        hashed = _step("LEAVES", "HASHING", f"{told.done} of {told.total} hashed", told.done)
        return [hashed] if told.total else []
    found, said = len(report.findings), report.signature
    leaves = f"{report.size} leaves and every full tile compared with root {report.root}"
    return [
        _step("SIGNATURE", _SIGNATURE.get(said.partition(":")[0], "NOT_CHECKED"), said),
        _witnessed(report),
        {**_step("LEAVES", "COMPARED", leaves, report.size), "root": report.root},
        _step("CHECKPOINTS", "COMPARED", "every kept checkpoint compared with the tree at its size"),
        _step("FINDINGS", "SOME" if found else "NONE", str(found), found),
    ]


def _witnessed(report: Report) -> Shown:
    if report.witnessed_size is None:
        return _step("WITNESSES", "NOT_ASKED", "no witnesses are asked for")
    names = sorted(report.witnesses)
    detail = f"{', '.join(names) or 'none'}, {report.witnessed_size} leaves"
    verdict = "COSIGNED" if names else "NONE"
    return {**_step("WITNESSES", verdict, detail, report.witnessed_size), "names": names}


def _step(name: str, verdict: str, detail: str, count: int | None = None) -> Shown:
    return {"name": name, "verdict": verdict, "detail": detail, "count": count, "names": [], "root": None}
