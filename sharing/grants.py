"""Grants: signed terms, made by liaison officers, versioned, and never edited in place.

A `Grant` is `policy.grants.GrantTerms` and the approvals, in a JWS by the node's grant key over canonical
JSON. What must hold of every one: it takes as many officers as the node's rule says (two, where the statement
does not say another number), it expires, it names whom and what it covers. A revocation is the next version,
with `revoked_at`. One officer is enough to end a share, and to narrow it: such a version names the digest of
the one before it, and a book takes it only if each of its terms is within that one's.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Protocol, TypeVar

from audit.canonical import JSON, encode
from audit.errors import AuditError
from audit.keys import VerifyKey
from audit.signer import Signer
from policy.grants import GrantTerms, narrows
from policy.question import Question
from policy.quota import NO_QUOTA, Quota
from policy.terms import LegalBasis, Mode, Purpose, Role, SubjectCategory
from sharing import reading
from sharing.codes import DIGEST, ID, NODE_ID
from sharing.encoding import digest
from sharing.errors import FieldRefused, GrantRefused
from sharing.jws import open_statement, sign_statement
from sharing.keys import Use, kid

TYP = "entente-grant+jwt"
OFFICERS = 2
MAX_OFFICERS = 5
MAX_ROWS = 10_000
MAX_QUOTA = 1_000_000_000
_MAX_PAYLOAD = 262_144
_MAX_LIST = 64
_MAX_RECORDS = 1_000
_Word = TypeVar("_Word", Role, Purpose, LegalBasis, SubjectCategory)
_TERMS = frozenset(term.name for term in fields(GrantTerms))
_OPTIONAL = frozenset({"revoked_at", "quota"})
_LIMITS = frozenset(limit.name for limit in fields(Quota))
_PARTS = frozenset({"terms", "approvals"})
_OPTIONAL_PARTS = frozenset({"narrows", "officers"})


@dataclass(frozen=True, slots=True)
class Approval:
    """A liaison officer (opaque id) approved these terms at a time (Unix seconds).

    `proof` is the digest of what the officer's own key signed (`audit.approval.Paper`); empty without one.
    """

    officer: str
    at: int
    proof: str = ""


class GrantState(StrEnum):
    """What one version of a grant is at a moment; never stored, always computed."""

    NOT_YET = "NOT_YET"
    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    SUPERSEDED = "SUPERSEDED"


@dataclass(frozen=True, slots=True)
class Grant:
    """One version of a grant, whose signature and terms were checked. `statement` is the compact JWS.

    `narrows` is the digest of the version before, if this one only narrows it; `officers` how many the node's
    rule asked for when it was signed.
    """

    terms: GrantTerms
    approvals: tuple[Approval, ...]
    statement: str = field(repr=False)
    digest: str
    narrows: str = ""
    officers: int = OFFICERS

    def state(self, newest: int, now: int) -> GrantState:
        """What this version is at `now` (Unix seconds), when `newest` is the grant's newest version."""
        terms = self.terms
        states = (
            (terms.version < newest, GrantState.SUPERSEDED),
            (terms.revoked_at is not None, GrantState.REVOKED),
            (terms.expires_at <= now, GrantState.EXPIRED),
            (terms.not_before > now, GrantState.NOT_YET),
        )
        return next((state for holds, state in states if holds), GrantState.ACTIVE)

    @property
    def until(self) -> int:
        """When it ends or ended: its expiry, or its revocation if that came first (Unix seconds)."""
        revoked = self.terms.revoked_at
        return self.terms.expires_at if revoked is None else min(revoked, self.terms.expires_at)


@dataclass(frozen=True, slots=True)
class GrantRule:
    """Who may sign grants of this node (by kid, old keys too) and how many officers must approve."""

    keys: Mapping[str, VerifyKey]
    officers: int = OFFICERS

    @classmethod
    def of(cls, *keys: VerifyKey, officers: int = OFFICERS) -> "GrantRule":
        """The rule for these grant keys."""
        return cls({kid(key): key for key in keys}, officers)

    def open(self, statement: str) -> Grant:
        """Read a statement; `GrantRefused` unless signature, form, approvals and terms hold.

        It is held to the number of officers that it was signed under: `admit` holds a new one to today's.
        """
        try:
            payload = open_statement(statement, self.keys, TYP)
            value = reading.exact(reading.json_object(payload, _MAX_PAYLOAD), _PARTS, _OPTIONAL_PARTS)
            before = reading.matching(value, "narrows", DIGEST) if "narrows" in value else ""
            officers = reading.whole(value, "officers", 1, MAX_OFFICERS) if "officers" in value else OFFICERS
            terms, approvals = terms_read(value["terms"]), approvals_read(value)
            alone = terms.revoked_at is not None or before != ""
            _check(terms, approvals, 1 if alone else officers, self.keys.values())
            reading.same(encode(_written(terms, approvals, before, officers)), payload)
        except (AuditError, ValueError) as error:
            raise GrantRefused(f"grant statement: {error}") from error
        return Grant(terms, approvals, statement, digest(statement.encode()), before, officers)

    def check(self, terms: GrantTerms) -> None:
        """`GrantRefused` unless these terms could be signed here, once enough officers approved them."""
        try:
            _check_terms(terms_read(terms_written(terms)), self.keys.values())
        except ValueError as error:
            raise GrantRefused(f"grant terms: {error}") from error

    def admit(self, grant: Grant, before: Grant | None) -> None:
        """`GrantRefused` unless `grant` may follow the version `before` (None if it is the first).

        It takes the officers that the rule says today, except to end a grant, or to narrow exactly `before`.
        """
        opened, terms = self.open(grant.statement), grant.terms
        if opened.narrows:
            if before is None or before.digest != opened.narrows or not narrows(before.terms, terms):
                found = before and before.digest
                raise GrantRefused(f"grant {terms.ref}: does not narrow {found}, it names {opened.narrows}")
        elif terms.revoked_at is None and len(opened.approvals) < self.officers:
            raise GrantRefused(
                f"grant {terms.ref}: {len(opened.approvals)} approvals, {self.officers} different officers "
                "are needed"
            )

    def sign(self, terms: GrantTerms, approvals: Sequence[Approval], key: Signer) -> Grant:
        """Sign terms that officers approved; `GrantRefused` when they would not be accepted when read."""
        return self._signed(terms, approvals, key, "")

    def narrow(self, old: Grant, terms: GrantTerms, approvals: Sequence[Approval], key: Signer) -> Grant:
        """Sign the version after `old`, which one officer may do alone; `GrantRefused` if it is wider."""
        if terms.version != old.terms.version + 1 or not narrows(old.terms, terms):
            raise GrantRefused(f"grant {terms.ref}: is not within the terms of {old.terms.ref}")
        return self._signed(terms, approvals, key, old.digest)

    def _signed(self, terms: GrantTerms, approvals: Sequence[Approval], key: Signer, before: str) -> Grant:
        payload = encode(_written(terms, tuple(approvals), before, self.officers))
        return self.open(sign_statement(payload, key, TYP))

    def revoke(self, grant: Grant, approvals: Sequence[Approval], key: Signer, *, at: int) -> Grant:
        """The next version of `grant`, revoked at `at`; the old one stays as it is."""
        if grant.terms.revoked_at is not None:
            raise GrantRefused(f"grant {grant.terms.ref}: was revoked at {grant.terms.revoked_at} already")
        return self.sign(replace(grant.terms, version=grant.terms.version + 1, revoked_at=at), approvals, key)


class GrantBook(Protocol):
    """A node's grants, every version of each."""

    def add(self, grant: Grant) -> None:
        """Store a version, durably; `GrantConflict` unless it is the one after the stored one (1 if none).

        `GrantRefused` unless the node's rule admits it after that one (`GrantRule.admit`).
        """

    def current(self, grant_id: str) -> Grant:
        """The newest version; `GrantUnknown`. `GrantRefused` when the row is not what was signed."""

    def history(self, grant_id: str) -> tuple[Grant, ...]:
        """All versions, oldest first; empty when there is none."""

    def list(self, *, after: str = "", limit: int = 100) -> tuple[Grant, ...]:
        """Newest versions by id, after the id `after`."""

    def candidates(
        self, partner: str, now: int, case: str = "", question: Question | None = None
    ) -> tuple[GrantTerms, ...]:
        """At most 50 newest versions that name `partner` and touch `question`, for one decision at `now`.

        First those in force that cover `case` or any case, then at most five in force for other cases and at
        most five ended ones, each the latest-ending first, so that the policy can say why. Without `case` all
        cases count alike, without `question` all datasets and schemata. The cost does not depend on how many
        other grants there are. What another process stored or revoked before the call counts. `GrantRefused`
        when a row is not what was signed.
        """


def _check(
    terms: GrantTerms, approvals: tuple[Approval, ...], officers: int, keys: Iterable[VerifyKey]
) -> None:
    _check_terms(terms, keys)
    if len({approval.officer for approval in approvals}) != len(approvals) or len(approvals) < officers:
        raise FieldRefused(
            f"{terms.ref}: {len(approvals)} approvals, {officers} different officers are needed"
        )


def _check_terms(terms: GrantTerms, keys: Iterable[VerifyKey]) -> None:
    if terms.not_before >= terms.expires_at:
        raise FieldRefused(f"{terms.ref}: expires at {terms.expires_at}, not after {terms.not_before}")
    if not all(
        (terms.recipients, terms.roles, terms.purposes, terms.legal_bases, terms.categories, terms.schemata)
    ):
        raise FieldRefused(f"{terms.ref}: an empty list covers nobody and nothing")
    if SubjectCategory.UNCATEGORISED in terms.categories or terms.mode is Mode.NONE:
        raise FieldRefused(f"{terms.ref}: covers {SubjectCategory.UNCATEGORISED} or shows nothing")
    if not any(key.name == f"{terms.owner}/{Use.GRANT}" for key in keys):
        raise FieldRefused(f"{terms.ref}: owner {terms.owner} is not whose grant keys these are")


def terms_written(terms: GrantTerms) -> dict[str, JSON]:
    """Terms as the statement holds them; `revoked_at` and `quota` only where there is one."""
    plain = {term.name: _plain(getattr(terms, term.name)) for term in fields(terms)}
    if terms.revoked_at is None:
        del plain["revoked_at"]
    if not terms.quota.limits:
        del plain["quota"]
    return plain


def _written(
    terms: GrantTerms, approvals: tuple[Approval, ...], before: str, officers: int
) -> dict[str, JSON]:
    told: dict[str, JSON] = {"narrows": before} if before else {}
    told |= {"officers": officers} if officers != OFFICERS else {}
    return told | {"terms": terms_written(terms), "approvals": approvals_written(approvals)}


def _plain(value: object) -> JSON:
    if isinstance(value, tuple):
        return [str(item) for item in value]
    if isinstance(value, Quota):
        return dict(value.limits)
    return value if isinstance(value, int) else str(value)


def approvals_written(approvals: Iterable[Approval]) -> list[JSON]:
    """Approvals as the statement holds them."""
    return [_approval(each) for each in approvals]


def _approval(each: Approval) -> dict[str, JSON]:
    said: dict[str, JSON] = {"officer": each.officer, "at": each.at}
    return said | {"proof": each.proof} if each.proof else said


def approvals_read(value: reading.Object) -> tuple[Approval, ...]:
    """Approvals from a foreign JSON object that holds them; `FieldRefused` names the field."""
    found = [
        reading.exact(item, frozenset({"officer", "at"}), frozenset({"proof"}))
        for item in reading.items(value, "approvals", _MAX_LIST)
    ]
    return tuple(
        Approval(
            reading.matching(item, "officer", ID),
            reading.whole(item, "at"),
            reading.matching(item, "proof", DIGEST) if "proof" in item else "",
        )
        for item in found
    )


def terms_read(value: object) -> GrantTerms:
    """Terms from a foreign JSON object; `FieldRefused` names the field."""
    terms = reading.exact(value, _TERMS - _OPTIONAL, _OPTIONAL)
    return GrantTerms(
        id=reading.matching(terms, "id", _GRANT_ID),
        version=reading.whole(terms, "version", 1),
        owner=reading.matching(terms, "owner", NODE_ID),
        recipients=reading.words(terms, "recipients", _MAX_LIST, NODE_ID),
        roles=_coded(terms, "roles", Role),
        purposes=_coded(terms, "purposes", Purpose),
        legal_bases=_coded(terms, "legal_bases", LegalBasis),
        categories=_coded(terms, "categories", SubjectCategory),
        dataset=reading.matching(terms, "dataset", ID),
        schemata=reading.words(terms, "schemata", _MAX_LIST, ID),
        mode=Mode(reading.matching(terms, "mode", ID)),
        not_before=reading.whole(terms, "not_before"),
        expires_at=reading.whole(terms, "expires_at"),
        cases=reading.words(terms, "cases", _MAX_LIST, ID),
        units=reading.words(terms, "units", _MAX_LIST, ID),
        record_ids=reading.words(terms, "record_ids", _MAX_RECORDS, ID),
        masked=reading.words(terms, "masked", _MAX_LIST, ID),
        max_rows=reading.whole(terms, "max_rows", 1, MAX_ROWS),
        revoked_at=reading.whole(terms, "revoked_at") if "revoked_at" in terms else None,
        quota=_quota_read(terms["quota"]) if "quota" in terms else NO_QUOTA,
    )


def _quota_read(value: object) -> Quota:
    """A quota from a foreign JSON object; `FieldRefused` names the limit."""
    told = reading.exact(value, frozenset(), _LIMITS)
    return Quota(**{name: reading.whole(told, name, 1, MAX_QUOTA) for name in told})


def _coded(terms: reading.Object, key: str, words: type[_Word]) -> tuple[_Word, ...]:
    return tuple(words(word) for word in reading.words(terms, key, _MAX_LIST, ID))


_GRANT_ID = re.compile(r"[A-Za-z0-9_.:/-]{1,100}")
