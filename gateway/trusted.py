"""Trusted documents: known operations, parsed, validated and budgeted once, answered by their digest.

A document's id is `sha256:<hex>` of its UTF-8 text as shipped. Between nodes nothing else is taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    parse,
    validate,
    value_from_ast_untyped,
)
from graphql.execution.values import get_variable_values

from gateway.budget import MAX_TOKENS, check
from gateway.errors import DocumentRejected, UnknownDocument, VariablesRejected
from gateway.shipped import document_id, shipped_texts
from policy.mandate import digest_of
from policy.question import Question
from policy.terms import Operation
from tenants.record import PROFILE
from tenants.selection import Node, Selection

FIELDS = 500
DEPTH = 12
LONGEST_REASON = 400
"""Characters of graphql-core's word on a variable, which repeats the value."""


@dataclass(frozen=True, slots=True)
class TrustedDocument:
    """One operation with one root field; `defaults` are the field's own argument defaults."""

    id: str
    text: str
    name: str
    operation: Operation
    alias: str
    tree: tuple[Node, ...]
    node: OperationDefinitionNode
    root: FieldNode
    defaults: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class TrustedDocuments:
    """The documents of this installation and the schema they were checked against."""

    schema: GraphQLSchema
    by_id: Mapping[str, TrustedDocument]

    def get(self, document_id: str) -> TrustedDocument:
        """The document, or `UnknownDocument`."""
        try:
            return self.by_id[document_id]
        except KeyError:
            raise UnknownDocument(f"document {document_id[:80]}: is not known to this node") from None

    def named(self, name: str) -> TrustedDocument:
        """The shipped document of that name: that of its operation, or an operation's usual one."""
        return next(each for each in self.by_id.values() if each.name == name)

    def selection(self, document: TrustedDocument, variables: Mapping[str, object]) -> Selection:
        """The selection that the shelf understands; `VariablesRejected` if the variables do not fit."""
        values = checked_variables(self.schema, document.node, variables)
        arguments = dict(document.defaults)
        for argument in document.root.arguments or ():
            if isinstance(argument.value, VariableNode):
                value = values.get(argument.value.name.value)
                if value is not None:
                    arguments[argument.name.value] = value
            else:
                arguments[argument.name.value] = value_from_ast_untyped(argument.value)
        return Selection(document.operation, arguments, document.tree)


def checked_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, object]
) -> Mapping[str, Any]:
    """The variables as the operation reads them; `VariablesRejected` for what it does not declare or take."""
    declared = operation.variable_definitions or ()
    checked = get_variable_values(schema, declared, dict(variables), max_errors=3)
    if isinstance(checked, list):
        raise VariablesRejected(f"variables: {_unprompted(checked[0].message)}")
    if stray := sorted(set(variables) - {each.variable.name.value for each in declared}):
        raise VariablesRejected(f"variables: {stray[0][:80]} is not declared by the document")
    return checked.coerced


def question_of(document: TrustedDocument, selection: Selection, variables: Mapping[str, object]) -> Question:
    """What the law needs to know of a question: which document on what kinds of records, never the values."""
    told = selection.arguments
    schemata = [PROFILE] if selection.operation is Operation.PROFILE else told.get("schemata")
    return Question(
        operation=selection.operation,
        document=document.id,
        arguments_digest=digest_of(variables),
        schemata=tuple(sorted(str(each) for each in schemata)) if isinstance(schemata, list) else (),
        datasets=(str(told["dataset"]),) if told.get("dataset") else (),
    )


def parse_document(schema: GraphQLSchema, text: str, *, fields: int, depth: int) -> DocumentNode:
    """Parse, budget, then validate: the cheap checks first, each in linear time."""
    try:
        document = parse(text, max_tokens=MAX_TOKENS, no_location=True)
    except (GraphQLError, RecursionError) as error:
        message = error.message if isinstance(error, GraphQLError) else "nested too deeply"
        raise DocumentRejected(f"document: {message[:LONGEST_REASON]}") from error
    check(document, fields=fields, depth=depth)
    if errors := validate(schema, document, max_errors=3):
        raise DocumentRejected(f"document: {_unprompted(errors[0].message)}")
    return document


def _unprompted(message: str) -> str:
    """graphql-core's word without what it guesses was meant: a schema is not found out by misspelling it."""
    return message.partition(" Did you mean ")[0][:LONGEST_REASON]


def trust(schema: GraphQLSchema, text: str) -> TrustedDocument:
    """Make a trusted document of a text with one operation and one root field."""
    document = parse_document(schema, text, fields=FIELDS, depth=DEPTH)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) != 1 or len(document.definitions) != 1:
        raise DocumentRejected(f"document: has {len(document.definitions)} definitions, exactly 1 is trusted")
    roots = operations[0].selection_set.selections
    if len(roots) != 1 or not isinstance(roots[0], FieldNode):
        raise DocumentRejected(f"document: has {len(roots)} root fields, exactly 1 is trusted")
    root = roots[0]
    assert schema.query_type is not None  # noqa: S101  # validated above
    arguments = schema.query_type.fields[root.name.value].args
    return TrustedDocument(
        id=document_id(text),
        text=text,
        name=operations[0].name.value.lower() if operations[0].name else "",
        operation=Operation(root.name.value),
        alias=root.alias.value if root.alias else root.name.value,
        tree=_tree(root.selection_set),
        node=operations[0],
        root=root,
        defaults={name: each.default_value for name, each in arguments.items() if each.default_value},
    )


def _tree(selection: SelectionSetNode | None) -> tuple[Node, ...]:
    nodes = []
    for part in selection.selections if selection else ():
        if not isinstance(part, FieldNode) or part.directives:
            raise DocumentRejected("document: fragments and directives are not trusted")
        name = part.name.value
        nodes.append(Node(name, part.alias.value if part.alias else name, _tree(part.selection_set)))
    return tuple(nodes)


@cache
def shipped_documents(schema: GraphQLSchema) -> TrustedDocuments:
    """The partner documents of this installation, each checked against the schema."""
    trusted = [trust(schema, text) for text in shipped_texts("partner").values()]
    return TrustedDocuments(schema, {each.id: each for each in trusted})
