"""What a report is made of: cases as their owners' nodes showed them anew, and what was written of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policy.terms import Status
from sharing.merge import Claim
from sharing.network import Network
from sharing.reports.counting import COUNTED, Item
from sharing.wording import Language

_HEARD = frozenset({Status.ANSWERED.value, Status.NO_HIT.value})


@dataclass(frozen=True, slots=True)
class Heard:
    """How a node answered one question."""

    node: str
    status: str
    reasons: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether it did; a refusal is none."""
        return self.status in _HEARD


@dataclass(frozen=True, slots=True)
class Missing:
    """A record that was asked for and may not be used, or did not come."""

    handle: str
    provider: str
    codes: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """A text of a shared picture, with its mark in words."""

    task: bool
    author: str
    at: str
    text: str
    fact: bool
    mark: str
    handles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One case; `purpose` and legal `basis` as codes. `same` are handles of one thing each.

    By handle: `marks` say each claim's codes, `evidence` where it comes from and how it stands as evidence,
    `stands` the last alone.
    """

    reference: str
    title: str
    purpose: str
    basis: str
    claims: tuple[Claim, ...]
    marks: Mapping[str, str]
    heard: tuple[Heard, ...]
    missing: tuple[Missing, ...]
    evidence: Mapping[str, tuple[str, ...]]
    stands: Mapping[str, str]
    same: tuple[tuple[str, ...], ...] = ()
    texts: tuple[Written, ...] = ()
    texts_left_out: int = 0
    acknowledged: tuple[tuple[str, str], ...] = ()
    consents: tuple[str, ...] = ()
    network: Network | None = None

    @property
    def names(self) -> Mapping[str, str]:
        """What each record is called: by its caption, else by its handle."""
        return {each.handle: each.record.texts.get("caption") or each.handle for each in self.claims}

    @property
    def items(self) -> list[Item]:
        """The records that can count."""
        return [
            Item(each.handle, each.record.owner or each.node, each.record.schema, each.record.properties)
            for each in self.claims
            if each.record.schema in COUNTED
        ]


@dataclass(frozen=True, slots=True)
class Made:
    """What a report says of itself. `made_at` in Unix seconds, `at` the same in words."""

    id: str
    node: str
    by: str
    at: str
    made_at: int
    use: str
    to: tuple[str, ...]
    mark: str
    language: Language


def nodes(cases: Sequence[Case]) -> Mapping[str, bool]:
    """The nodes that were asked, by name, and whether each answered every question."""
    found: dict[str, bool] = {}
    for case in cases:
        for each in case.heard:
            found[each.node] = found.get(each.node, True) and each.answered
    return dict(sorted(found.items()))
