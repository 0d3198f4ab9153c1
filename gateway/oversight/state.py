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
    """Each step of the verifier with what it says."""
    report = told.report
    if told.stage is Stage.RUNNING or report is None:
        return [_step("LEAVES", f"{told.done} of {told.total} hashed")] if told.total else []
    return [
        _step("SIGNATURE", report.signature),
        _step("WITNESSES", _witnessed(report)),
        _step("LEAVES", f"{report.size} leaves and every full tile compared with root {report.root}"),
        _step("CHECKPOINTS", "every kept checkpoint compared with the tree at its size"),
        _step("FINDINGS", f"{len(report.findings)}"),
    ]


def _witnessed(report: Report) -> str:
    if report.witnessed_size is None:
        return "no witnesses are asked for"
    return f"{', '.join(sorted(report.witnesses)) or 'none'}, {report.witnessed_size} leaves"


def _step(name: str, detail: str) -> Shown:
    return {"name": name, "detail": detail}
