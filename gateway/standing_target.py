"""What a standing question is about: an identifier; for the law a lookup, for the book a digest."""

from gateway.errors import VariablesRejected
from gateway.node import Node
from gateway.trusted import question_of
from policy.question import Question
from policy.terms import Operation
from tenants.selection import MOST_ROWS, check_arguments


def identified(node: Node, identifier: str, kind: str | None) -> tuple[str, str]:
    """Kind and normal form; `VariablesRejected` unless it is an identifier of exactly one kind."""
    document = node.documents.named(Operation.LOOKUP)
    variables = {"value": identifier} | ({"kind": kind} if kind else {})
    found = check_arguments(node.documents.selection(document, variables), MOST_ROWS).identifiers
    if len(found) != 1:
        kinds = ", ".join(each for each, _ in found)
        raise VariablesRejected(f"identifier: can be {kinds}; say which kind is meant")
    return found[0]


def lookup_of(node: Node, kind: str, normal: str) -> Question:
    """The lookup that stands for a standing question, for the law."""
    document = node.documents.named(Operation.LOOKUP)
    variables = {"value": normal, "kind": kind}
    return question_of(document, node.documents.selection(document, variables), variables)


def target_of(node: Node, kind: str, normal: str) -> str:
    """The node's keyed digest of an identifier."""
    return node.digests.of_value([kind, normal])
