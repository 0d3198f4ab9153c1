"""What a grant says, without its signature: the part of it that a decision reads.

`sharing` keeps the signed object and hands these terms over as candidates; `policy` never reads a store.
"""

from dataclasses import dataclass

from policy.terms import LegalBasis, Mode, Purpose, Role, SubjectCategory


@dataclass(frozen=True, slots=True)
class GrantTerms:
    """Terms of one version of one grant. Times are Unix seconds, UTC.

    `dataset` and each of `schemata` is a name or `*`. Empty `cases`, `units`, `record_ids` mean
    `no restriction`; empty `recipients`, `roles`, `purposes`, `legal_bases` or `categories` cover nobody
    and nothing (fail closed). `mode` is the highest tier shown. `masked` are property names never shown.
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
