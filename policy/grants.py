"""What a grant says, without its signature: the part of it that a decision reads.

`sharing` keeps the signed object and hands these terms over as candidates; `policy` never reads a store.
"""

from dataclasses import dataclass

from policy.codes import Gate
from policy.errors import GrantRejected
from policy.terms import LegalBasis, Mode, Purpose, Role, SubjectCategory


@dataclass(frozen=True, slots=True)
class GrantTerms:
    """Terms of one version of one grant. Times are Unix seconds, UTC.

    `dataset` and each of `schemata` is a name or `*`. Empty `cases`, `units`, `record_ids` mean
    `no restriction`; empty `recipients`, `roles`, `purposes`, `legal_bases`, `categories` or `schemata` cover
    nobody and nothing (fail closed). `cases` bind both the mandate's case and the rows'. `mode` is the
    highest tier shown. `masked` are property names never shown, `*` masks all. Any `revoked_at` revokes.
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

    @property
    def ref(self) -> str:
        """`<id>@<version>`, as decisions, log entries and answers quote a grant."""
        return f"{self.id}@{self.version}"

    @property
    def key(self) -> str:
        """`<id>:<version>`: the ref in the law's alphabet, which has no `@`; as unambiguous."""
        return f"{self.id}:{self.version}"


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
