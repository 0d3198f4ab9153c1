"""What an alert over a standing question says, to the person who asked and to the officers of the data."""

from hashlib import sha256

from gateway.facts import TIERS, moment
from gateway.node import Node
from policy.terms import Mode
from sharing.alert_words import AlertCode, Disproof
from sharing.alerts import Alert, AlertKind, Said
from sharing.inbox import Item, ItemKind
from sharing.standing import Hit, Standing
from sharing.standing_notice import Given

DAY = 86_400
_SAID = {Mode.HIT: AlertCode.STANDING_HIT, Mode.CONTACT: AlertCode.STANDING_CONTACT}


def alert_of(node: Node, question: Standing, sender: str, letter: str, given: Given) -> Alert:
    """The alert to the person whose question it is: `sender` has something, told in `letter`."""
    tier, handle = TIERS[given.tier], f"{sender}/{given.record}" if given.record else ""
    arguments = {"owner": sender, "kind": question.kind, "tier": tier, "at": moment(given.at)}
    arguments |= {"reference": given.reference} if given.reference else {}
    arguments |= {"handle": handle} if handle else {}
    return Alert(
        id=alert_id(sender, letter),
        kind=AlertKind.STANDING,
        subject=question.mandate.actor.subject,
        case=node.digests.of(question.mandate.case.encode()),
        code=_SAID.get(given.tier, AlertCode.STANDING_RECORD).value,
        arguments=arguments,
        about=question.target,
        statements=(Said(sender, tier, handle, given.handling, question.id),),
        disproof=tuple(each.value for each in Disproof),
        at=node.now(),
    )


def alert_to_officers(node: Node, question: Standing, hit: Hit, given: Given, letter: str) -> Alert:
    """The alert to the officers of the record's own service: whom it was told to, in which tier."""
    tier, handle = TIERS[given.tier], f"{node.id}/{hit.record}"
    arguments = {"asker": question.owner, "kind": question.kind, "tier": tier, "handle": handle}
    return Alert(
        id=alert_id(node.id, letter),
        kind=AlertKind.STANDING,
        subject="",
        case=node.digests.of(question.mandate.case.encode()),
        code=AlertCode.STANDING_GIVEN.value,
        arguments=arguments,
        about=question.target,
        statements=(Said(node.id, tier, handle, given.handling, question.id),),
        disproof=tuple(each.value for each in Disproof),
        at=node.now(),
    )


def officers_item(node: Node, question: Standing, hit: Hit, given: Given, letter: str) -> Item:
    """For the officers of the data: a partner was told that this arrived."""
    now = node.now()
    return Item(
        letter,
        ItemKind.ALERT_GIVEN,
        question.owner,
        now,
        now + DAY,
        query_id=question.id,
        reference=hit.record,
        tier=given.tier,
        reason=ItemKind.ALERT_GIVEN,
    )


def alert_id(sender: str, letter: str) -> str:
    """Our own id of an alert, so that no partner can take the id of another one's."""
    return f"a-{sha256(f'{sender} {letter}'.encode()).hexdigest()[:32]}"
