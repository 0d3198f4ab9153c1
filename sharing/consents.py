"""Consents: a provider's signed permission to use records of its answers as their handling codes forbid.

A `Consent` is terms and approvals in a JWS by the provider's grant key over canonical JSON; both sides keep
it. What must hold of every one: it names one recipient, one use and what it covers, it ends, and as many of
the provider's officers as its own rule says approved it. They are named by pseudonym, for it leaves the
node. It can be withdrawn at any time (Europol Regulation (EU) 2016/794 Art. 23(6)), by one officer: that is
its last version.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Protocol, TypeAlias

from audit.canonical import JSON, encode
from audit.errors import AuditError
from audit.keys import VerifyKey
from audit.signer import Signer
from policy.handling import LIFTED_FOR, DataUse
from policy.onward import OnwardConsent
from policy.terms import Handling, Purpose
from sharing import reading
from sharing.codes import ID, NODE_ID
from sharing.encoding import digest
from sharing.errors import ConsentRefused, FieldRefused
from sharing.grants import Approval
from sharing.jws import open_statement, sign_statement
from sharing.keys import Use

TYP = "entente-consent+jwt"
MOST = 200
MAX_RECORDS = 200
CONSENT_ID = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?:[A-Za-z0-9_.-]{1,40}")
"""`<recipient>:<name>`: whoever asks chooses the name, and no two nodes can choose the same id."""

_MAX_PAYLOAD = 65_536
_MAX_LIST = 64
_SCOPES = ("records", "grants", "datasets", "cases")

KeysOf: TypeAlias = Callable[[str], Mapping[str, VerifyKey]]
"""The grant keys of a node by kid, none for a node that is not known."""


@dataclass(frozen=True, slots=True)
class Used:
    """One record about to be used: what of it a consent may name, for what, for which units or services."""

    record: str
    dataset: str
    case: str
    grants: tuple[str, ...]
    use: DataUse
    purpose: Purpose
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsentTerms:
    """Terms of one version of a consent. Times are Unix seconds, UTC.

    It covers records that fit each scope that is not empty: record ids at the provider, grant ids, datasets,
    the provider's cases; at least one scope is not empty. `to` are the units, services or courts that may get
    them; empty means that no one else is named, which is not enough for ONWARD. Any `withdrawn_at` ends it.
    """

    id: str
    version: int
    provider: str
    recipient: str
    use: DataUse
    purposes: tuple[Purpose, ...]
    not_before: int
    expires_at: int
    records: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    withdrawn_at: int | None = None

    @property
    def ref(self) -> str:
        """`<id>@<version>`, as log entries and exports quote it."""
        return f"{self.id}@{self.version}"

    @property
    def code(self) -> Handling:
        """The handling code that it lifts."""
        return LIFTED_FOR[self.use]

    @property
    def until(self) -> int:
        """When it ends or ended."""
        return self.expires_at if self.withdrawn_at is None else min(self.withdrawn_at, self.expires_at)

    def holds(self, now: int) -> bool:
        """Whether it is in its period and not withdrawn."""
        return self.withdrawn_at is None and self.not_before <= now < self.expires_at

    def covers(self, used: Used, now: int) -> bool:
        """Whether it permits exactly that at `now`; whoever is named must be among those it names."""
        return (
            self.holds(now)
            and used.use is self.use
            and used.purpose in self.purposes
            and set(used.to) <= set(self.to)
            and (not self.to or bool(used.to))
            and (not self.records or used.record in self.records)
            and (not self.datasets or used.dataset in self.datasets)
            and (not self.cases or used.case in self.cases)
            and (not self.grants or not {each.partition("@")[0] for each in used.grants} - set(self.grants))
            and (not self.grants or bool(used.grants))
        )


@dataclass(frozen=True, slots=True)
class Consent:
    """One version of a consent, whose signature and terms were checked. `statement` is the compact JWS."""

    terms: ConsentTerms
    approvals: tuple[Approval, ...]
    statement: str = field(repr=False)
    digest: str


class ConsentBook(Protocol):
    """Consents that this node gave and got, every version of each."""

    def add(self, consent: Consent) -> bool:
        """Store a version, durably, and return True; False, with nothing done, if it or a newer one is there.

        They may come out of order. `ConsentConflict` when the stored one of that version is another, or the
        stored one before it was withdrawn: that is final.
        """

    def current(self, provider: str, consent_id: str) -> Consent:
        """The newest version; `ConsentUnknown`. `ConsentRefused` when the row is not what was signed."""

    def history(self, provider: str, consent_id: str) -> Sequence[Consent]:
        """Every version that is stored, the oldest first, perhaps none; `ConsentRefused` as above."""

    def listed(self, *, provider: str = "", recipient: str = "", first: int = MOST) -> Sequence[Consent]:
        """Newest versions, the latest-ending first; of one provider, for one recipient if they are named."""

    def in_force(self, provider: str, recipient: str, now: int) -> Sequence[Consent]:
        """Newest versions that hold at `now`; `ConsentRefused` when a row is not what was signed."""

    def onward(self, node: str, partner: str, purpose: Purpose, now: int) -> tuple[OnwardConsent, ...]:
        """What lets `node` pass records of other services on to `partner`, for one decision at `now`.

        Newest versions in force, the latest-ending first, whole, as long as they are at most 50 and name at
        most 256 records together; what finds no room opens nothing. One whose statement is not what was
        signed, or whose provider's key is no longer listed, opens nothing either. What another process stored
        or withdrew before the call counts, and the cost does not depend on how many other consents there are.
        """


def open_consent(statement: str, keys: Mapping[str, VerifyKey]) -> Consent:
    """Read a statement signed by one of `keys`; `ConsentRefused` unless signature, form and terms hold."""
    try:
        payload = open_statement(statement, keys, TYP)
        value = reading.exact(reading.json_object(payload, _MAX_PAYLOAD), frozenset({"terms", "approvals"}))
        terms, approvals = terms_read(value["terms"]), _approvals(value)
        if not any(key.name == f"{terms.provider}/{Use.GRANT}" for key in keys.values()):
            raise FieldRefused(f"{terms.ref}: provider {terms.provider} is not whose grant keys these are")
        if not approvals or len({each.officer for each in approvals}) != len(approvals):
            raise FieldRefused(f"{terms.ref}: nobody approved it, or somebody twice")
        reading.same(encode(_written(terms, approvals)), payload)
    except (AuditError, ValueError) as error:
        raise ConsentRefused(f"consent statement: {error}") from error
    return Consent(terms, approvals, statement, digest(statement.encode()))


def sign_consent(
    terms: ConsentTerms, approvals: Sequence[Approval], key: Signer, *, officers: int
) -> Consent:
    """Sign terms that officers approved; `ConsentRefused` with too few, unless it is a withdrawal."""
    enough = 1 if terms.withdrawn_at is not None else officers
    if len({each.officer for each in approvals}) < enough:
        raise ConsentRefused(f"consent {terms.ref}: {len(approvals)} approvals, {enough} officers are needed")
    statement = sign_statement(encode(_written(terms, tuple(approvals))), key, TYP)
    return open_consent(statement, {f"{key.public.name}:{key.public.key_id.hex()}": key.public})


def withdraw(consent: Consent, approval: Approval, key: Signer, *, at: int) -> Consent:
    """The last version of a consent: withdrawn at `at`."""
    if consent.terms.withdrawn_at is not None:
        raise ConsentRefused(
            f"consent {consent.terms.ref}: was withdrawn at {consent.terms.withdrawn_at} already"
        )
    terms = replace(consent.terms, version=consent.terms.version + 1, withdrawn_at=at)
    return sign_consent(terms, (approval,), key, officers=1)


def terms_written(terms: ConsentTerms) -> dict[str, JSON]:
    """Terms as JSON; one that is not withdrawn has no `withdrawn_at`."""
    plain = {term.name: _plain(getattr(terms, term.name)) for term in fields(terms)}
    if terms.withdrawn_at is None:
        del plain["withdrawn_at"]
    return plain


def terms_read(value: object) -> ConsentTerms:
    """Terms from a foreign JSON object; `FieldRefused` names the field."""
    names = frozenset(term.name for term in fields(ConsentTerms))
    told = reading.exact(value, names - {"withdrawn_at"}, frozenset({"withdrawn_at"}))
    terms = ConsentTerms(
        id=reading.matching(told, "id", CONSENT_ID),
        version=reading.whole(told, "version", 1),
        provider=reading.matching(told, "provider", NODE_ID),
        recipient=reading.matching(told, "recipient", NODE_ID),
        use=DataUse(reading.matching(told, "use", ID)),
        purposes=tuple(Purpose(each) for each in reading.words(told, "purposes", _MAX_LIST, ID)),
        not_before=reading.whole(told, "not_before"),
        expires_at=reading.whole(told, "expires_at"),
        records=reading.words(told, "records", MAX_RECORDS, ID),
        grants=reading.words(told, "grants", _MAX_LIST, ID),
        datasets=reading.words(told, "datasets", _MAX_LIST, ID),
        cases=reading.words(told, "cases", _MAX_LIST, ID),
        to=reading.words(told, "to", _MAX_LIST, ID),
        withdrawn_at=reading.whole(told, "withdrawn_at") if "withdrawn_at" in told else None,
    )
    _check(terms)
    return terms


def _check(terms: ConsentTerms) -> None:
    if terms.use not in LIFTED_FOR or (terms.use is DataUse.ONWARD and not terms.to):
        raise FieldRefused(f"{terms.ref}: {terms.use} for {terms.to} needs no consent, or names nobody")
    if terms.not_before >= terms.expires_at:
        raise FieldRefused(f"{terms.ref}: expires at {terms.expires_at}, not after {terms.not_before}")
    if not terms.purposes or not any(getattr(terms, name) for name in _SCOPES):
        raise FieldRefused(f"{terms.ref}: no purpose, or no record, grant, dataset or case")
    if not terms.id.startswith(f"{terms.recipient}:"):
        raise FieldRefused(f"{terms.ref}: the id is not one of recipient {terms.recipient}")


def _written(terms: ConsentTerms, approvals: tuple[Approval, ...]) -> dict[str, JSON]:
    said: list[JSON] = [{"officer": each.officer, "at": each.at} for each in approvals]
    return {"terms": terms_written(terms), "approvals": said}


def _plain(value: object) -> JSON:
    if isinstance(value, tuple):
        return [str(item) for item in value]
    return value if isinstance(value, int) else str(value)


def _approvals(value: reading.Object) -> tuple[Approval, ...]:
    found = [
        reading.exact(item, frozenset({"officer", "at"}))
        for item in reading.items(value, "approvals", _MAX_LIST)
    ]
    return tuple(Approval(reading.matching(item, "officer", ID), reading.whole(item, "at")) for item in found)
