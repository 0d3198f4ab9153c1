"""Accesses as the judge would make them, for tests of the shelf."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policy.decision import Access, Branch, admit, issue
from policy.mandate import Actor, Mandate
from policy.question import Question
from policy.terms import Aim, LegalBasis, Operation, Purpose, Role, SubjectCategory
from tenants.selection import Node

NOW = 1_780_000_000
CODES = (
    "id", "schema", "caption", "dataset", "caseRef", "owner", "subjectCategory", "handling", "handlingText",
    "source", "information", "tlp", "assessment", "version", "recordedAt", "mode", "grants", "masked",
    "authority", "provenance", "findings",
)  # fmt: skip
PROPERTIES = Node("properties", "", (Node("name"), Node("values")))
IDENTIFIERS = Node("identifiers", "", (Node("kind"), Node("normal"), Node("original")))
RECORD = (*[Node(name) for name in CODES], PROPERTIES, IDENTIFIERS)
CONTACT = Node("contact", "", tuple(Node(name) for name in ("count", "categories", "spoc", "reference")))
TREE = (Node("hit"), CONTACT, Node("records", "", RECORD), Node("more"))


@dataclass(frozen=True)
class Evidence:
    """A receipt for exactly one permit."""

    subject: str
    digest: str = "sha256:" + "0" * 64


def access(
    branches: Sequence[Branch],
    shows: Mapping[str, tuple[str, ...]],
    max_rows: int = 200,
    arguments: str = "sha256:a",
) -> Access:
    """An access with these branches; the shelf minds only `arguments` of its question."""
    analyst = Actor("se.polisen", "a1", frozenset({Role.ANALYST}), "unit")
    mandate = Mandate(
        "m1", analyst, Purpose.OPERATIONAL_ANALYSIS, LegalBasis.ER_18_2_C, "C-1", "drugs",
        SubjectCategory.SUSPECT_OR_CONVICTED, Aim.IDENTIFY_PERSON, 0, 2**40,
    )  # fmt: skip
    question = Question(Operation.LOOKUP, "sha256:d", arguments)
    permit = issue(
        id="decision-1", partner="se.polisen", mandate=mandate, question=question, branches=tuple(branches),
        shows=shows, max_rows=max_rows, obligations=(), revision="r1", decided_at=NOW,
    )  # fmt: skip
    return admit(permit, Evidence(permit.digest))
