"""A mandate on its way to one partner: a compact JWS that is good there, for one message, for 60 seconds.

Claims: `iss` home node, `aud` the partner, `sub` the analyst's pairwise pseudonym, `jti` random, `iat`,
`exp`, `bound` the digest of the request body, `receipt` the digest of the log's receipt in it, and the parts
of the mandate; `known` is true where the home node may be named to others that look for the same, and is
absent otherwise. The receipt names the question, so the token proves who asked what without the body. The
mandate's own id travels as a pairwise alias, because a shared one would link the pseudonyms of two partners.
"""

from dataclasses import dataclass

import orjson

from policy.emergency import LONGEST
from policy.mandate import Actor, Mandate
from policy.terms import Aim, LegalBasis, Purpose, Role, SubjectCategory
from sharing import reading
from sharing.codes import ID, OFFENCE
from sharing.directory import DirectoryNode, NodeKey
from sharing.encoding import fresh, unb64url
from sharing.errors import FieldRefused
from sharing.jws import compact, header, verified_payload
from sharing.keys import KeyRing, Use
from sharing.signature import LIFE, SKEW

TYP = "entente-mandate+jwt"
MAX_TOKEN = 4096
_MAX_ROLES = len(Role)
_PARTS = frozenset(
    {
        "id",
        "purpose",
        "legal_basis",
        "case",
        "offence",
        "subject_category",
        "aim",
        "roles",
        "unit",
        "from",
        "until",
    }
)
_CLAIMS = frozenset({"iss", "aud", "sub", "jti", "iat", "exp", "bound", "receipt", "mandate"})
_MAY = frozenset({"known"})


@dataclass(frozen=True, slots=True)
class Bound:
    """What a token is good for: the digests of the request's body and of the receipt in it."""

    body: str
    receipt: str


def seal_mandate(  # noqa: PLR0913  # the mandate, its author, its journey and the author's word
    mandate: Mandate, keys: KeyRing, audience: str, bound: Bound, *, now: int, known: bool = False
) -> str:
    """The token for `audience`, bound to one body and receipt, valid for 60 s from `now`."""
    claims: dict[str, object] = {
        "iss": keys.node,
        "aud": audience,
        "sub": keys.pseudonym(audience, mandate.actor.subject),
        "jti": fresh(),
        "iat": now,
        "exp": now + LIFE,
        "bound": bound.body,
        "receipt": bound.receipt,
        "mandate": {
            "id": keys.mandate_alias(audience, mandate.id),
            "purpose": mandate.purpose,
            "legal_basis": mandate.legal_basis,
            "case": mandate.case,
            "offence": mandate.offence,
            "subject_category": mandate.subject_category,
            "aim": mandate.aim,
            "roles": sorted(mandate.actor.roles),
            "unit": mandate.actor.unit,
            "from": mandate.opened_at,
            "until": mandate.expires_at,
        },
    }
    claims |= {"known": True} if known else {}
    return compact(header(keys.mandate_kid, TYP), orjson.dumps(claims), keys.mandate)


@dataclass(frozen=True, slots=True)
class Journey:
    """Where a token must come from, where it must lead, and what it must be bound to."""

    issuer: str
    audience: str
    bound: Bound


def open_mandate(token: str, key: NodeKey, journey: Journey, *, now: int) -> Mandate:
    """The mandate in `token`; `ValueError` names the claim that does not hold.

    1. Signed by `key` under the agreed header. 2. Exactly the agreed claims, each in its form. 3. Issued by
    the sender for us, bound to this body and receipt. 4. Times: issued within the clock window, alive, at
    most 60 s long. 5. The mandate itself holds now; one for a threat to life lives an hour at most.
    """
    claims = reading.json_object(verified_payload(token, header(key.kid, TYP), key.key), MAX_TOKEN)  # 1
    reading.exact(claims, _CLAIMS, _MAY)  # 2
    if "known" in claims:
        reading.flag(claims, "known")
    reading.the(claims, "iss", journey.issuer)  # 3
    reading.the(claims, "aud", journey.audience)
    reading.the(claims, "bound", journey.bound.body)
    reading.the(claims, "receipt", journey.bound.receipt)
    _check_times(claims, now)  # 4
    mandate = _read(claims, journey.issuer)
    if not mandate.opened_at - SKEW <= now < mandate.expires_at:  # 5
        raise FieldRefused(f"mandate holds from {mandate.opened_at} to {mandate.expires_at}, it is {now}")
    life = mandate.expires_at - mandate.opened_at
    if mandate.purpose is Purpose.THREAT_TO_LIFE and life > LONGEST:
        raise FieldRefused(f"mandate for a threat to life lives {life} s, at most {LONGEST}")
    return mandate


def recorded_mandate(token: str, issuer: str) -> Mandate:
    """The mandate in a token that was verified when it came; `ValueError` if it is none.

    For a token out of the own log, long after its 60 seconds: signature and times are not checked again, so
    the caller compares the mandate's digest with the one in the leaf.
    """
    return _read(_claims(token), issuer)


def known_by(token: str) -> bool:
    """Whether the node that made a token, which was verified when it came, may be named to others."""
    return _claims(token).get("known") is True


def mandate_key(token: str, node: DirectoryNode, now: int) -> NodeKey:
    """The mandate key of `node`, valid at `now`, that the token names; `ValueError` if there is none."""
    head = token.partition(".")[0]
    for key in node.keys:
        if key.use is Use.MANDATE and key.valid_at(now) and header(key.kid, TYP) == head:
            return key
    raise FieldRefused(f"header names no mandate key of {node.id} that is valid at {now}")


def _claims(token: str) -> reading.Object:
    payload = token.partition(".")[2].partition(".")[0]
    return reading.exact(reading.json_object(unb64url(payload), MAX_TOKEN), _CLAIMS, _MAY)


def _check_times(claims: reading.Object, now: int) -> None:
    issued, expires = reading.whole(claims, "iat"), reading.whole(claims, "exp")
    if not 0 < expires - issued <= LIFE:
        raise FieldRefused(f"exp is {expires - issued} s after iat, at most {LIFE}")
    if issued > now + SKEW or now >= expires + SKEW:
        raise FieldRefused(f"alive from {issued} to {expires}, it is {now}")


def _read(claims: reading.Object, issuer: str) -> Mandate:
    part = reading.exact(claims["mandate"], _PARTS)
    roles = frozenset(Role(role) for role in reading.words(part, "roles", _MAX_ROLES, ID))
    if not roles:
        raise FieldRefused("roles is empty")
    reading.matching(claims, "jti", ID)
    return Mandate(
        id=reading.matching(part, "id", ID),
        actor=Actor(issuer, reading.matching(claims, "sub", ID), roles, reading.matching(part, "unit", ID)),
        purpose=Purpose(reading.matching(part, "purpose", ID)),
        legal_basis=LegalBasis(reading.matching(part, "legal_basis", ID)),
        case=reading.matching(part, "case", ID),
        offence=reading.matching(part, "offence", OFFENCE),
        subject_category=SubjectCategory(reading.matching(part, "subject_category", ID)),
        aim=Aim(reading.matching(part, "aim", ID)),
        opened_at=reading.whole(part, "from"),
        expires_at=reading.whole(part, "until"),
    )
