"""Which consents a decision reads: the choice that `ConsentBook.onward` makes. Pure.

A consent for ONWARD use opens answers as it opens exports: the node that got it may give the records that it
names to the services that it names. One that also names grants, datasets or cases, which are its provider's
own, opens exports only, for nobody could tell here whether they fit.
"""

from collections.abc import Iterable

from policy.handling import DataUse
from policy.onward import MAX_CONSENTS, MAX_RELEASED, OnwardConsent
from policy.terms import Purpose
from sharing.consents import ConsentTerms


def opens_answers(terms: ConsentTerms) -> bool:
    """Whether a consent can let its recipient pass records on when it answers, while it is in force."""
    by_record_alone = bool(terms.records) and not (terms.grants or terms.datasets or terms.cases)
    return terms.use is DataUse.ONWARD and terms.withdrawn_at is None and by_record_alone


def read_for(terms: ConsentTerms) -> OnwardConsent:
    """What a decision reads of it."""
    return OnwardConsent(
        id=terms.id,
        version=terms.version,
        provider=terms.provider,
        recipient=terms.recipient,
        use=terms.use,
        purposes=terms.purposes,
        to=terms.to,
        records=terms.records,
        not_before=terms.not_before,
        expires_at=terms.expires_at,
        withdrawn_at=terms.withdrawn_at,
    )


def chosen(
    newest: Iterable[ConsentTerms], node: str, partner: str, purpose: Purpose, now: int
) -> tuple[OnwardConsent, ...]:
    """Of newest versions, what lets `node` pass records on to `partner`, as `ConsentBook.onward` says."""
    fit = [read_for(each) for each in newest if opens_answers(each)]
    fit = [each for each in fit if each.covers(node, partner, purpose, now)]
    found: list[OnwardConsent] = []
    room = MAX_RELEASED
    for each in sorted(fit, key=lambda one: (-one.expires_at, one.provider, one.id))[:MAX_CONSENTS]:
        if len(each.records) <= room:
            found.append(each)
            room -= len(each.records)
    return tuple(found)
