"""An approval with a person's own key: what the node asks the key to sign, and what it takes as the answer.

The rule is the settings' (`ApprovalPart`). Who approves what another person put forward is asked for an
assertion over a challenge that holds the digest of exactly that (`audit.approval.Approved`). A session, a
provider's proof and a password can be stolen from afar; this takes the key in the person's hand, and leaves
evidence that does not rest on the node's word (ADR 0721).
"""

import hashlib
import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from audit.approval import Approved, Paper, digest
from audit.canonical import JSON, encode
from gateway.key_given import Desk, GivenAssertion, GivenKey, Made, Reason, Signed, refuse
from gateway.node import Node
from gateway.settings import Settings
from gateway.visit import Visit
from policy.mandate import Actor
from policy.terms import Role
from sharing.approval_keys import ApprovalKey, KeyEnd, Person
from sharing.codes import DIGEST
from sharing.encoding import b64url as base64url
from sharing.encoding import fresh, unb64url

LIVES: Final = 300
"""Seconds in which a challenge is answered."""
ADD: Final = "APPROVAL_KEY_ADDED"
GRANT: Final = "GRANT_APPROVED"
FOLLOW_UP: Final = "FOLLOW_UP_APPROVED"
_ABOUT: Final = re.compile(r"[A-Za-z0-9_.:-]{1,1400}")
_NONCE: Final = re.compile(r"(\d{1,12})\.([A-Za-z0-9_-]{22})\.([0-9a-f]{64})")

Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be approved: the kind of act, the id of what it is about, the digest of what was seen."""

    act: str
    about: str
    digest: str


NEW_KEY: Final = Subject("APPROVAL_KEY_MADE", "new-key", digest(b"new-key"))
"""What a browser asks a challenge for to make a key, which has no id yet."""


def keys_of(settings: Settings) -> str:
    """Whether approvals take a key of the officer's own: required, offered or off; see `ApprovalPart`."""
    return settings.approval.webauthn or ("offered" if settings.node.profile == "demo" else "required")


def person(node: Node, actor: Actor) -> Person:
    """Whose keys an actor's are: the provider's person, not the session's."""
    rule = node.settings.signin
    return Person(rule.issuer if rule else "", actor.subject)


def live(keys: tuple[ApprovalKey, ...]) -> tuple[ApprovalKey, ...]:
    """Those that have not ended."""
    return tuple(each for each in keys if each.end is KeyEnd.LIVE)


def asked(node: Node, who: Actor, subject: Subject) -> Approved:
    """What the person's key is to sign, under a new nonce that only this node can make."""
    drawn = f"{node.now()}.{fresh()}"
    nonce = f"{drawn}.{_mark(node, who, subject, drawn)}"
    return Approved(node.id, subject.act, subject.about, subject.digest, nonce)


def answered(node: Node, who: Actor, subject: Subject, nonce: str) -> Approved:
    """The same again, by the nonce that comes back: given lately, to this person, for this; or refused."""
    parts = _NONCE.fullmatch(nonce)
    if parts is None or parts[3] != _mark(node, who, subject, f"{parts[1]}.{parts[2]}"):
        refuse(Reason.CHALLENGE, "challenge: is none that this node gave to this person for this")
    if not 0 <= node.now() - int(parts[1]) <= LIVES:
        refuse(Reason.STALE, f"challenge: was given more than {LIVES} s ago; begin again")
    return Approved(node.id, subject.act, subject.about, subject.digest, nonce)


def spend(node: Node, nonce: str) -> None:
    """Once: refused the second time, in whichever process."""
    if not node.approving.spend(f"approval {nonce}", node.now(), node.now() + 2 * LIVES):
        refuse(Reason.REPLAYED, "challenge: has been answered; begin again")


def challenge(visit: Visit, subject: Subject) -> Shown:
    """What the browser hands to the person's key; role liaison."""
    node, officer = visit.node, visit.require(Role.LIAISON)
    if keys_of(node.settings) == "off":
        refuse(Reason.OFF, "approval: this node's settings take no keys")
    if not _ABOUT.fullmatch(subject.about) or not DIGEST.fullmatch(subject.digest):
        refuse(Reason.MALFORMED, "challenge: is asked for no id, or no digest, of ours")
    whose, about = person(node, officer), asked(node, officer, subject)
    theirs = live(tuple(node.approving.keys.of(whose)))
    return {
        "nonce": about.nonce,
        "challenge": base64url(about.challenge),
        "rpId": Desk.of(node.settings).rp_id,
        "userId": base64url(hashlib.sha256(encode([node.id, whose.issuer, whose.subject])).digest()),
        "userName": visit.session.name or officer.subject,
        "seconds": LIVES,
        "keys": [{"id": each.id, "transports": list(each.transports)} for each in theirs],
    }


def with_key(
    visit: Visit, act: str, about: str, said: Mapping[str, JSON], given: GivenAssertion | None
) -> Paper | None:
    """The paper that proves the person's key under this; None where none is asked for and none was given.

    `said` is what is approved; its digest is what the key must have signed. The use is noted.
    """
    node, officer = visit.node, visit.session.actor
    rule, keys = keys_of(node.settings), live(tuple(node.approving.keys.of(person(node, officer))))
    if rule == "off" or (given is None and rule == "offered" and not keys):
        return None
    if given is None and not keys:
        refuse(Reason.MISSING, "approval: takes a key of your own, and you have none; add one in the console")
    if given is None:
        refuse(
            Reason.NEEDED,
            "approval: takes your key; approve in the console, where your browser asks for it",
        )
    return proved(visit, Subject(act, about, digest(encode(said))), given)


def proved(visit: Visit, subject: Subject, given: GivenAssertion) -> Paper:
    """The paper over an assertion of one of the person's keys; refused with what differs.

    1. The challenge is ours, for this, and young. 2. The key is the person's and has not ended. 3. What it
    signed holds. 4. Once. 5. The use is noted, unless another one came in between. 6. What is kept as
    evidence convinces a stranger as well.
    """
    node, officer = visit.node, visit.session.actor
    about = answered(node, officer, subject, given.nonce)  # 1
    key = _key(node, officer, given.credential)  # 2
    desk = Desk.of(node.settings)
    held: Signed = _judge().signed(given, about.challenge, desk, key)  # 3
    spend(node, given.nonce)  # 4
    if not node.approving.keys.used(key, held.count, node.now()):  # 5
        refuse(Reason.COUNT, "key: was used or ended in another place at this moment; begin again")
    paper = Paper(
        about,
        officer.subject,
        key.id,
        bytes.fromhex(key.spki),
        desk.origin,
        desk.rp_id,
        held.authenticator_data,
        held.client_data,
        held.signature,
    )
    paper.check()  # 6
    return paper


def made(node: Node, given: GivenKey, about: Approved) -> Made:
    """The new key that a browser brings; refused with what differs."""
    found: Made = _judge().made(given, about.challenge, Desk.of(node.settings))
    return found


def attested(given: GivenKey) -> str:
    """The digest of a new key as it came, which a key that the person has must sign."""
    try:
        return digest(unb64url(given.attestation))
    except ValueError:
        refuse(Reason.MALFORMED, "key: its attestation is no base64url")


def evidence(paper: Paper, said: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """What is sealed beside the approval: the paper, and what the digest in it is of."""
    return {"assertion": paper.written, "approved": said}


def facts(paper: Paper) -> Mapping[str, JSON]:
    """What the approval's leaf says of it."""
    return {"assertion": paper.digest, "key": paper.key_digest}


def _key(node: Node, officer: Actor, key_id: str) -> ApprovalKey:
    found = node.approving.keys.find(key_id)
    if found is None or found.person.issuer != person(node, officer).issuer:
        refuse(Reason.UNKNOWN, "key: is not registered at this node")
    if found.person != person(node, officer):
        refuse(Reason.OTHERS, "key: is another person's")
    if found.end is not KeyEnd.LIVE:
        refuse(Reason.ENDED, "key: was removed")
    return found


def _mark(node: Node, who: Actor, subject: Subject, drawn: str) -> str:
    said = ["entente approval nonce", who.subject, subject.act, subject.about, subject.digest, drawn]
    return node.digests.of_value(said).rpartition(":")[2]


def _judge() -> Any:  # noqa: ANN401  # a module
    """What reads and judges; it and its library are loaded when the first key is used."""
    return importlib.import_module("gateway.webauthn_keys")
