"""The notices of consents: `CONSENT_REQUEST` to a provider, `CONSENT` back, `CONSENT_WITHDRAWN` at any time.

Each comes from an outbox, so perhaps twice and out of order, and acts once. A consent, and its withdrawal, is
believed when a grant key that the directory lists for the sender signed it, for this node. It is logged
before it is kept.
"""

from types import MappingProxyType

from audit.canonical import JSON
from audit.errors import EntryRefused
from audit.fields import check_facts
from gateway.consents import (
    CONSENT,
    CONSENT_REQUEST,
    CONSENT_WITHDRAWN,
    DAY,
    MANDATE_CODES,
    MOST_DAYS,
    MOST_NAMED,
    NAMED,
    conclude,
    entry,
    item_of,
    wanted_of,
)
from gateway.node import Node
from gateway.notices import Handled, Types
from policy.terms import Reason
from sharing import reading
from sharing.answer_shape import RECORD_ID
from sharing.codes import ID
from sharing.consents import Consent, ConsentTerms, open_consent, terms_read
from sharing.errors import FieldRefused, ItemUnknown
from sharing.inbox import Decision, Item, ItemState
from sharing.keys import Use
from sharing.notice import Notice
from sharing.outbox import MAX_BODY

_REQUEST = frozenset({"id", "wanted", "case", "asker", "mandate", "reason"})
_MAX_CASE = 200


async def on_consent_request(node: Node, notice: Notice) -> Handled:
    """Keep a partner's request for our officers: 1 read, 2 log, 3 keep."""
    terms, reason, mandate, content = _read(node, notice)  # 1
    facts: dict[str, JSON] = {**mandate, "justification": reason}
    await node.log.append(entry(node, "CONSENT_ASKED", notice.sender, facts, terms))  # 2
    node.books.inbox.add(item_of(terms, reason, mandate, content, node.now()))  # 3
    return Handled(facts={"consent": terms.ref})


def _read(node: Node, notice: Notice) -> tuple[ConsentTerms, str, dict[str, JSON], dict[str, JSON]]:
    """The terms wanted, the reason, the mandate's codes and what officers read; `FieldRefused`."""
    body = reading.exact(notice.body, _REQUEST)
    terms = terms_read(body["wanted"])
    parties = (terms.id, terms.provider, terms.recipient, terms.version, terms.withdrawn_at)
    if parties != (body["id"], node.id, notice.sender, 1, None):
        raise FieldRefused(f"wanted: is {terms.ref} of {terms.provider} for {terms.recipient}")
    if terms.grants or terms.datasets or terms.cases or not all(map(RECORD_ID.fullmatch, terms.records)):
        raise FieldRefused("wanted: a request is for records by their ids")
    if terms.expires_at - terms.not_before > MOST_DAYS * DAY or len(terms.to) > MOST_NAMED:
        raise FieldRefused(f"wanted: is for over {MOST_DAYS} days or {MOST_NAMED} recipients")
    if not all(map(NAMED.fullmatch, terms.to)):
        raise FieldRefused(f"wanted: a recipient is not of the form {NAMED.pattern}")
    told = reading.exact(body["mandate"], frozenset(MANDATE_CODES))
    mandate: dict[str, JSON] = {name: reading.matching(told, name, ID) for name in MANDATE_CODES}
    reason = reading.matching(body, "reason", ID)
    try:
        check_facts({**mandate, "justification": reason})
    except EntryRefused as error:
        raise FieldRefused(f"mandate: {error}") from error
    content: dict[str, JSON] = {
        "wanted": reading.mapping(body, "wanted"),
        "case": reading.text(body, "case", _MAX_CASE),
        "asker": reading.matching(body, "asker", ID),
    }
    return terms, reason, mandate, content


async def on_consent(node: Node, notice: Notice) -> Handled:
    """Keep a consent, or note that a request was refused; both once: 1 read, 2 log, 3 keep, 4 conclude."""
    if "reason" in notice.body:
        return await _refused(node, notice)
    consent = _opened(node, notice)  # 1
    withdrawn = consent.terms.withdrawn_at is not None
    facts: dict[str, JSON] = {"target": consent.digest}
    action = "CONSENT_ENDED" if withdrawn else "CONSENT_RECEIVED"
    await node.log.append(entry(node, action, notice.sender, facts, consent.terms))  # 2
    node.consents.add(consent)  # 3
    if not withdrawn:
        _concluded(node, consent)  # 4
    return Handled(facts={"consent": consent.terms.ref})


def _opened(node: Node, notice: Notice) -> Consent:
    body = reading.exact(notice.body, frozenset({"id", "consent"}))
    listed = node.post.directory.node(notice.sender).keys
    keys = {each.kid: each.key for each in listed if each.use is Use.GRANT and each.valid_at(node.now())}
    consent = open_consent(reading.text(body, "consent", MAX_BODY), keys)
    terms = consent.terms
    if (terms.provider, terms.recipient) != (notice.sender, node.id):
        raise FieldRefused(f"consent {terms.ref}: is of {terms.provider} for {terms.recipient}")
    return consent


def _concluded(node: Node, consent: Consent) -> None:
    """Note how our request ended, if it was one: in whole, or for fewer records than it named."""
    terms = consent.terms
    item = _asked_of(node, terms.provider, terms.id)
    if item is not None and item.content:
        partly = set(terms.records) < set(wanted_of(item).records)
        state = ItemState.PARTLY_ANSWERED if partly else ItemState.ANSWERED
        conclude(node, node.id, item.id, Decision(state, terms.provider, node.now()))


async def _refused(node: Node, notice: Notice) -> Handled:
    body = reading.exact(notice.body, frozenset({"id", "request", "reason"}))
    reason = Reason(reading.matching(body, "reason", ID))
    item = _asked_of(node, notice.sender, reading.matching(body, "request", ID))
    if item is not None and item.content:
        terms = wanted_of(item)
        facts: dict[str, JSON] = {"reasons": [reason.value]}
        await node.log.append(entry(node, "CONSENT_NOT_GIVEN", notice.sender, facts, terms))
        conclude(node, node.id, item.id, Decision(ItemState.REFUSED, notice.sender, node.now(), reason.value))
    return Handled(facts={"reasons": [reason.value]})


def _asked_of(node: Node, provider: str, request: str) -> Item | None:
    """Our request of that id, if it went to that node: no other can end it."""
    try:
        item = node.books.sent.get(request)
    except ItemUnknown:
        return None
    return item if item.node == provider else None


CONSENT_TYPES: Types = MappingProxyType(
    {CONSENT_REQUEST: on_consent_request, CONSENT: on_consent, CONSENT_WITHDRAWN: on_consent}
)
"""The notices of consents that a node understands."""
