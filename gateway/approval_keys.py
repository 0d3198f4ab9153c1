"""The use cases of keys with which officers approve: adding, removing, and a reset by an administrator.

Who adds a first key is believed on the provider's word, once (a fresh proof). From then on a new key must be
signed for by one that the person has, so that whoever takes over the provider's account gains nothing. Who
has lost them all goes to an administrator, who grants nothing; after that a first key can be added again.
Each step stands in the log before it counts (ADR 0721).
"""

from collections.abc import Mapping
from typing import Any, Final

from audit.approval import digest
from audit.canonical import JSON, encode
from audit.entry import Entry, Kind
from audit.errors import Duplicate
from gateway.approving import (
    ADD,
    NEW_KEY,
    Subject,
    answered,
    attested,
    keys_of,
    live,
    made,
    person,
    proved,
    spend,
)
from gateway.facts import moment, retain_until
from gateway.key_given import GivenAssertion, GivenKey, Made, Reason, refuse
from gateway.node import Node
from gateway.visit import Visit
from policy.mandate import Actor
from policy.terms import Role
from sharing.approval_keys import ApprovalKey, KeyEnd, Person

MOST: Final = 10
LONGEST_LABEL: Final = 60
LONGEST_REASON: Final = 500
REMOVE: Final = "APPROVAL_KEY_REMOVED"
RESET: Final = "APPROVAL_KEY_RESET"
_TRANSPORTS: Final = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal"})

Shown = Mapping[str, Any]


def own(visit: Visit) -> Shown:
    """The officer's own keys, and what may be done with them."""
    node, officer = visit.node, visit.require(Role.LIAISON)
    rule, keys = keys_of(node.settings), tuple(node.approving.keys.of(person(node, officer)))
    theirs = live(keys)
    return {
        "rule": rule.upper(),
        "needed": rule == "required" or (rule == "offered" and bool(theirs)),
        "open": _open(keys),
        "keys": [shown(each) for each in theirs],
    }


async def add(visit: Visit, label: str, given: GivenKey, proof: GivenAssertion | None) -> Shown:
    """Add a key of the officer's own; the own keys then.

    1. A fresh proof of who is there. 2. The first one, or room for one more. 3. The key holds, for our
    challenge. 4. One that the person has signs for it. 5. Once. 6. Logged, then kept.
    """
    node, officer = visit.node, visit.require(Role.LIAISON)
    visit.proven()  # 1
    keys = tuple(node.approving.keys.of(person(node, officer)))
    _may_add(node, keys)  # 2
    found = made(node, given, answered(node, officer, NEW_KEY, given.nonce))  # 3
    if node.approving.keys.find(found.id) is not None:
        refuse(Reason.TAKEN, "key: is registered already")
    if live(keys):  # 4
        if proof is None:
            refuse(Reason.NEEDED, "key: a further one takes a signature of one that you have")
        proved(visit, Subject(ADD, found.id, attested(given)), proof)
    spend(node, given.nonce)  # 5
    key = _key(node, officer, found, label, given.transports)
    try:  # 6
        await node.log.append(_entry(node, ADD, key, officer))
    except Duplicate:
        refuse(Reason.TAKEN, "key: is registered already")
    if not node.approving.keys.add(key):
        refuse(Reason.TAKEN, "key: is registered already")
    return own(visit)


async def remove(visit: Visit, key_id: str) -> Shown:
    """Remove an own key; the own keys then. After the last one an administrator must clear the way."""
    node, officer = visit.node, visit.require(Role.LIAISON)
    visit.proven()
    key = node.approving.keys.find(key_id)
    if key is None or key.person != person(node, officer) or key.end is not KeyEnd.LIVE:
        refuse(Reason.UNKNOWN, "key: is none of yours")
    await node.log.append(_entry(node, REMOVE, key, officer))
    node.approving.keys.removed(key_id, node.now())
    return own(visit)


def holders(visit: Visit) -> list[Shown]:
    """Who has keys, or had some and may add none: for administrators."""
    visit.require(Role.ADMINISTRATOR)
    found: dict[str, list[ApprovalKey]] = {}
    for each in visit.node.approving.keys.kept(_issuer(visit.node)):
        found.setdefault(each.person.subject, []).append(each)
    return [
        {"person": subject, "keys": [shown(each) for each in live(tuple(keys))]}
        for subject, keys in sorted(found.items())
    ]


async def reset(visit: Visit, subject: str, reason: str) -> list[Shown]:
    """End all keys of a person, who may then add a first one again; role administrator. Who has keys then."""
    node, admin = visit.node, visit.require(Role.ADMINISTRATOR)
    visit.proven()
    whose = Person(_issuer(node), subject)
    keys = [each for each in node.approving.keys.of(whose) if each.end is not KeyEnd.RESET]
    if not keys:
        refuse(Reason.UNKNOWN, f"person {subject[:80]!r}: has no keys here")
    entries = [_entry(node, RESET, each, admin, reason) for each in keys]
    await node.log.append_many(entries)
    node.approving.keys.reset(whose, node.now())
    return holders(visit)


def shown(key: ApprovalKey) -> Shown:
    """A key as its holder and the administrators see it."""
    return {
        "id": key.id,
        "label": key.label,
        "model": key.aaguid,
        "synced": key.synced,
        "addedAt": moment(key.added_at),
        "usedAt": None if key.used_at is None else moment(key.used_at),
    }


def _open(keys: tuple[ApprovalKey, ...]) -> bool:
    """Whether a first key may be added: there was none, or all were reset."""
    return all(each.end is KeyEnd.RESET for each in keys)


def _may_add(node: Node, keys: tuple[ApprovalKey, ...]) -> None:
    theirs = live(keys)
    if keys_of(node.settings) == "off":
        refuse(Reason.OFF, "key: this node's settings take none")
    if not theirs and not _open(keys):
        refuse(
            Reason.CLOSED, "key: your last one was removed; an administrator must clear the way for a new one"
        )
    if len(theirs) >= MOST:
        refuse(Reason.MOST, f"key: you have {len(theirs)}, at most {MOST} are kept; remove one")


def _key(node: Node, officer: Actor, found: Made, label: str, transports: tuple[str, ...]) -> ApprovalKey:
    plain = " ".join(label.split())
    if not plain.isprintable() or not 0 < len(plain) <= LONGEST_LABEL:
        refuse(Reason.MALFORMED, f"key: a name of 1 to {LONGEST_LABEL} characters is wanted for it")
    return ApprovalKey(
        id=found.id,
        person=person(node, officer),
        label=plain,
        cose=found.cose,
        spki=found.spki,
        aaguid=found.aaguid,
        transports=tuple(sorted(_TRANSPORTS.intersection(transports))),
        synced=found.synced,
        count=found.count,
        added_at=node.now(),
    )


def _entry(node: Node, action: str, key: ApprovalKey, actor: Actor, reason: str = "") -> Entry:
    """A step of a key; `approver` is whose it is, `reader` who took the step."""
    holder = key.person.subject
    facts: dict[str, JSON] = {
        "action": action,
        "key": digest(bytes.fromhex(key.spki)),
        "approver": node.post.keys.pseudonym(node.id, holder),
        "reader": node.post.keys.pseudonym(node.id, actor.subject),
        "unit": actor.unit,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    sealed = encode(
        {
            "subject": holder,
            "by": actor.subject,
            "credential": key.id,
            "label": key.label,
            "model": key.aaguid,
            "reason": reason[:LONGEST_REASON],
        }
    )
    once = f"approval-key {digest(key.id.encode())}" if action == ADD else None
    return Entry(Kind.ADMINISTRATION, node.id, facts, sealed=sealed, once=once)


def _issuer(node: Node) -> str:
    return node.settings.signin.issuer if node.settings.signin else ""
