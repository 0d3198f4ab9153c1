"""Merge: the replies of all nodes as one picture. Pure, and the order of the replies does not matter.

Every record becomes a claim that keeps its node, evaluation, handling and receipt; claims that disagree
stand side by side. Records of two nodes that share a strong identifier are proposed as the same; nothing is
merged by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from policy.terms import Status
from sharing.answer_shape import Contact, Content, Neighbours, Record, read_content
from sharing.errors import MergeRefused, ShapeRefused
from sharing.message import Answer, Refused, Reply, Silence
from sharing.profile_shape import ProfileMatching

STRONG = frozenset(
    {
        "phone",
        "email",
        "iban",
        "imo",
        "mmsi",
        "container",
        "vin",
        "imei",
        "imsi",
        "wallet",
        "document",
        "account",
    }
)
"""Identifier kinds that point at one thing; a plate or a port code is shared too easily."""

_HEARD = frozenset({Status.ANSWERED, Status.NO_HIT})


@dataclass(frozen=True, slots=True)
class Claim:
    """One record, said by one node. `handle` is `<node>/<record id>`, `receipt` the digest of its receipt."""

    handle: str
    node: str
    record: Record
    receipt: str


@dataclass(frozen=True, slots=True)
class SameAs:
    """A proposal: these handles share the identifier. Sorted, at least two."""

    kind: str
    normal: str
    handles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """What became of one node asked.

    `count` is of records shown, or the contact's count where none are, or else of records whose surroundings
    are counted.

    `replied_at` is the node's own time (Unix seconds) or, for a silence, when we gave up. `last` is the
    handle of the last record in the node's own order when it has more: its next page lies behind that one.
    """

    node: str
    status: Status
    asked_at: int
    replied_at: int
    reasons: tuple[str, ...] = ()
    detail: str = ""
    count: int = 0
    more: bool = False
    last: str = ""
    contact: Contact | None = None
    grants: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    revision: str = ""
    answer_digest: str = ""
    receipt: str = ""
    renews_at: int | None = None
    """When a spent quota begins anew (Unix seconds), if the node said so."""
    neighbours: tuple[Neighbours, ...] = ()
    profile: ProfileMatching | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole result, sorted by node and handle; `complete` when every node gave all of an answer."""

    query_id: str
    claims: tuple[Claim, ...]
    same_as: tuple[SameAs, ...]
    nodes: tuple[NodeStatus, ...]
    complete: bool


def merge(query_id: str, asked_at: int, replies: Iterable[Reply]) -> Picture:
    """The picture of all `replies` to the question `query_id`, asked at `asked_at` (Unix seconds).

    A payload that is not in shape, or that says other than its own statement, makes its node
    `INVALID_ANSWER`; nothing of it is used. Raises `MergeRefused` when two replies are of one node or one
    is to another question.
    """
    read = sorted((_read(query_id, asked_at, reply) for reply in replies), key=lambda one: one[0].node)
    nodes = tuple(status for status, _ in read)
    if len({status.node for status in nodes}) != len(nodes):
        raise MergeRefused(f"merge of {query_id}: two replies of one node among {[n.node for n in nodes]}")
    claims = tuple(sorted((claim for _, claims in read for claim in claims), key=lambda claim: claim.handle))
    complete = all(status.status in _HEARD and not status.more for status in nodes)
    return Picture(query_id, claims, _same_as(claims), nodes, complete)


def _read(query_id: str, asked_at: int, reply: Reply) -> tuple[NodeStatus, tuple[Claim, ...]]:
    if isinstance(reply, Silence):
        return _silent(reply, asked_at), ()
    if reply.query_id != query_id:
        raise MergeRefused(f"merge of {query_id}: {reply.node} answers {reply.query_id}")
    if isinstance(reply, Refused):
        return _refused(reply, asked_at), ()
    try:
        content = _agreeing(reply)
    except ShapeRefused as error:
        silence = Silence(reply.node, Status.INVALID_ANSWER, f"{reply.node}: {error}", reply.answered_at)
        return _silent(silence, asked_at, reply), ()
    claims = (Claim(f"{reply.node}/{r.id}", reply.node, r, reply.receipt_digest) for r in content.records)
    return _answered(reply, content, asked_at), tuple(claims)


def _agreeing(reply: Answer) -> Content:
    content = read_content(reply.payload)
    if content.hit != (reply.status is Status.ANSWERED):
        raise ShapeRefused(f"payload: hit is {content.hit}, the statement says {reply.status}")
    if stray := {grant for record in content.records for grant in record.grants} - set(reply.grants):
        raise ShapeRefused(f"payload: grant {min(stray)} is not in the statement")
    return content


def _same_as(claims: Iterable[Claim]) -> tuple[SameAs, ...]:
    shared: dict[tuple[str, str], set[str]] = {}
    for claim in claims:
        for identifier in claim.record.identifiers:
            if identifier.kind in STRONG and identifier.normal:
                shared.setdefault((identifier.kind, identifier.normal), set()).add(claim.handle)
    return tuple(
        SameAs(kind, normal, tuple(sorted(handles)))
        for (kind, normal), handles in sorted(shared.items())
        if len(handles) > 1
    )


def _silent(silence: Silence, asked_at: int, reply: Answer | None = None) -> NodeStatus:
    told = NodeStatus(silence.node, silence.status, asked_at, silence.at, detail=silence.detail)
    return replace(told, answer_digest=reply.digest, receipt=reply.receipt_digest) if reply else told


def _refused(reply: Refused, asked_at: int) -> NodeStatus:
    return NodeStatus(
        reply.node,
        reply.status,
        asked_at,
        reply.answered_at,
        reasons=tuple(sorted(reply.reasons)),
        revision=reply.revision,
        answer_digest=reply.digest,
        receipt=reply.receipt_digest,
        renews_at=reply.renews_at,
    )


def _answered(reply: Answer, content: Content, asked_at: int) -> NodeStatus:
    contact, around = content.contact, {each.id for each in content.neighbours}
    return NodeStatus(
        reply.node,
        reply.status,
        asked_at,
        reply.answered_at,
        count=len(content.records) or (contact.count if contact else len(around)),
        more=content.more,
        last=f"{reply.node}/{content.records[-1].id}" if content.more and content.records else "",
        contact=contact,
        grants=reply.grants,
        masked=reply.masked,
        revision=reply.revision,
        answer_digest=reply.digest,
        receipt=reply.receipt_digest,
        neighbours=content.neighbours,
        profile=content.profile,
    )
