"""What a grant says, without its signature: the part of it that a decision reads.

`sharing` keeps the signed object and hands these terms over as candidates; `policy` never reads a store.
"""

from dataclasses import dataclass
from typing import Final

from policy.codes import Gate
from policy.errors import GrantRejected
from policy.quota import NO_QUOTA, Quota
from policy.terms import LegalBasis, Mode, Purpose, Role, SubjectCategory


@dataclass(frozen=True, slots=True)
class GrantTerms:
    """Terms of one version of one grant. Times are Unix seconds, UTC.

    `dataset` and each of `schemata` is a name or `*`. Empty `cases`, `units`, `record_ids` mean
    `no restriction`; empty `recipients`, `roles`, `purposes`, `legal_bases`, `categories` or `schemata` cover
    nobody and nothing (fail closed). `cases` bind both the mandate's case and the rows'. `mode` is the
    highest tier shown. `masked` are property names never shown, `*` masks all. Any `revoked_at` revokes. The
    `quota` binds each recipient and is no part of the law's input: it is counted, not decided.
    """

    id: str
    version: int
    owner: str
    recipients: tuple[str, ...]
    roles: tuple[Role, ...]
    purposes: tuple[Purpose, ...]
    legal_bases: tuple[LegalBasis, ...]
    categories: tuple[SubjectCategory, ...]
    dataset: str
    schemata: tuple[str, ...]
    mode: Mode
    not_before: int
    expires_at: int
    cases: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    record_ids: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    max_rows: int = 200
    revoked_at: int | None = None
    quota: Quota = NO_QUOTA

    @property
    def ref(self) -> str:
        """`<id>@<version>`, as decisions, log entries and answers quote a grant."""
        return f"{self.id}@{self.version}"

    @property
    def key(self) -> str:
        """`<id>:<version>`: the ref in the law's alphabet, which has no `@`; as unambiguous."""
        return f"{self.id}:{self.version}"


def narrows(old: GrantTerms, new: GrantTerms) -> bool:
    """Whether `new` covers nothing that `old` does not: every term a subset, and never more is shown.

    Names are compared as they stand; `*` covers all of them. An empty list that means `no restriction` is
    the widest. The version is not compared.
    """
    return (
        (old.id, old.owner) == (new.id, new.owner)
        and all(set(getattr(new, name)) <= set(getattr(old, name)) for name in _COVERED)
        and old.dataset in {"*", new.dataset}
        and ("*" in old.schemata or set(new.schemata) <= set(old.schemata))
        and all(_restricts(getattr(old, name), getattr(new, name)) for name in _RESTRICTED)
        and ("*" in new.masked or ("*" not in old.masked and set(old.masked) <= set(new.masked)))
        and new.mode.rank <= old.mode.rank
        and new.max_rows <= old.max_rows
        and new.quota.within(old.quota)
        and old.not_before <= new.not_before
        and new.expires_at <= old.expires_at
        and (old.revoked_at is None or new.revoked_at is not None)
    )


def overlaps(one: GrantTerms, other: GrantTerms) -> bool:
    """Whether both can show the same rows to the same node: a recipient, dataset, schema and case in common.

    Times are not compared; an empty list of cases or records means all of them.
    """
    return (
        not set(one.recipients).isdisjoint(other.recipients)
        and ("*" in {one.dataset, other.dataset} or one.dataset == other.dataset)
        and ("*" in {*one.schemata, *other.schemata} or not set(one.schemata).isdisjoint(other.schemata))
        and all(
            not getattr(one, name)
            or not getattr(other, name)
            or not set(getattr(one, name)).isdisjoint(getattr(other, name))
            for name in ("cases", "record_ids")
        )
    )


def _restricts(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    """A list whose emptiness means `no restriction`: no wider than it was."""
    return not old or (bool(new) and set(new) <= set(old))


_COVERED: Final = ("recipients", "roles", "purposes", "legal_bases", "categories")
_RESTRICTED: Final = ("cases", "units", "record_ids")


def as_input(terms: GrantTerms) -> dict[str, object]:
    """The grant as the Rego reads it; `GrantRejected` names the first term that may not enter.

    `sharing` calls it before it signs or stores a grant, so that no grant is made that cannot be decided on.
    """
    gate = Gate(GrantRejected, f"grant {terms.id!r:.60}: ")
    revoked = terms.revoked_at
    gate.code(terms.id, "id")
    gate.number(terms.version, "version")
    return {
        "ref": gate.code(terms.key, "id and version"),
        "owner": gate.code(terms.owner, "owner"),
        "recipients": gate.codes(terms.recipients, "recipients"),
        "roles": gate.words(terms.roles, Role, "roles"),
        "purposes": gate.words(terms.purposes, Purpose, "purposes"),
        "legal_bases": gate.words(terms.legal_bases, LegalBasis, "legal_bases"),
        "categories": gate.words(terms.categories, SubjectCategory, "categories"),
        "dataset": gate.code(terms.dataset, "dataset"),
        "schemata": gate.codes(terms.schemata, "schemata"),
        "mode": gate.word(terms.mode, Mode, "mode"),
        "not_before": gate.number(terms.not_before, "not_before"),
        "expires_at": gate.number(terms.expires_at, "expires_at"),
        "cases": gate.codes(terms.cases, "cases"),
        "units": gate.codes(terms.units, "units"),
        "record_ids": gate.codes(terms.record_ids, "record_ids"),
        "masked": gate.codes(terms.masked, "masked"),
        "max_rows": gate.number(terms.max_rows, "max_rows"),
        "revoked_at": None if revoked is None else gate.number(revoked, "revoked_at"),
    }
