"""The GraphQL schemas are golden files; both executors of a trusted document give the same."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import DocumentRejected, UnknownDocument, VariablesRejected
from gateway.graphql.federation import execute, federation_schema
from gateway.graphql.print_schemas import schemas
from gateway.projection import project
from gateway.trusted import shipped_documents, trust
from policy.terms import Operation

SCHEMA = federation_schema()
DOCUMENTS = shipped_documents(SCHEMA._schema)
TEXT = st.text(max_size=8)
CODES = (
    "id",
    "schema",
    "dataset",
    "owner",
    "subjectCategory",
    "source",
    "information",
    "tlp",
    "assessment",
    "recordedAt",
    "mode",
)
PROPERTY = st.fixed_dictionaries({"name": TEXT, "values": st.lists(TEXT, max_size=2)})
IDENTIFIER = st.fixed_dictionaries({"kind": TEXT, "normal": TEXT, "original": TEXT})
RECORD = st.fixed_dictionaries(
    {
        **dict.fromkeys(CODES, TEXT),
        **dict.fromkeys(("caption", "caseRef", "handlingText", "authority"), st.none() | TEXT),
        **dict.fromkeys(("provenance", "findings"), st.none() | TEXT),
        **dict.fromkeys(("handling", "grants", "masked"), st.lists(TEXT, max_size=3)),
        "version": st.integers(0, 9),
        "properties": st.lists(PROPERTY, max_size=2),
        "identifiers": st.lists(IDENTIFIER, max_size=2),
    }
)
CONTACT = st.fixed_dictionaries(
    {"count": st.integers(0, 9), "categories": st.lists(TEXT, max_size=2), "spoc": TEXT, "reference": TEXT}
)
NEIGHBOURS = st.fixed_dictionaries(
    {"id": TEXT, "schema": TEXT, "count": st.integers(0, 200), "tooCommon": st.booleans()}
)
POINT = st.fixed_dictionaries({name: st.integers(0, 9) for name in ("score", "same", "different")})
SCORE = st.fixed_dictionaries({"id": TEXT, "score": st.integers(0, 9), "exact": st.booleans()})
MATCHING = st.fixed_dictionaries(
    {
        "comparable": st.booleans(),
        **dict.fromkeys(("reason", "treatment", "measure"), st.none() | TEXT),
        **dict.fromkeys(("threshold", "same", "different"), st.none() | st.integers(0, 9)),
        "points": st.lists(POINT, max_size=2),
        "scores": st.lists(SCORE, max_size=2),
    }
)
ANSWER = st.fixed_dictionaries(
    {
        "hit": st.booleans(),
        "more": st.booleans(),
        "contact": st.none() | CONTACT,
        "records": st.lists(RECORD, max_size=3),
        "neighbours": st.none() | st.lists(NEIGHBOURS, max_size=3),
        "profile": st.none() | MATCHING,
    }
)
VARIABLES: Mapping[str, Mapping[str, Any]] = {
    "neighbours": {"ids": ["x"]},
    Operation.LOOKUP: {"value": "x"},
    Operation.SEARCH: {"text": "x"},
    Operation.ENTITY: {"id": "x"},
    Operation.EXPAND: {"id": "x"},
    Operation.PROFILE: {"method": "x", "version": "1", "compounds": ["x"]},
}


def test_the_golden_files_are_what_the_schemas_say() -> None:
    for path, text in schemas().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run gateway.graphql.print_schemas"


@pytest.mark.parametrize("name", sorted(VARIABLES))
@given(answer=ANSWER)
async def test_projection_and_strawberry_give_the_same(name: str, answer: Mapping[str, Any]) -> None:
    document = DOCUMENTS.named(name)
    data = await execute(SCHEMA, document.text, VARIABLES[name], answer)
    assert data[document.alias] == project(document.tree, answer)


@pytest.mark.parametrize("operation", list(Operation))
def test_every_operation_has_one_shipped_document(operation: Operation) -> None:
    document = DOCUMENTS.named(operation)
    assert DOCUMENTS.get(document.id) is document
    assert document.operation is operation


@pytest.mark.parametrize(
    "text",
    [
        "{ lookup(value: 1) { hit } }",
        '{ lookup(value: "x") { nothing } }',
        '{ lookup(value: "x") { hit } search(text: "x") { hit } }',
        '{ ...F } fragment F on Query { lookup(value: "x") { hit } }',
        '{ lookup(value: "x") { ... { hit } } }',
        '{ lookup(value: "x") { hit @skip(if: true) } }',
        "{ lookup(",
        "{" * 3000,
        "subscription { lookup }",
        "",
    ],
)
def test_what_is_not_one_plain_operation_is_not_trusted(text: str) -> None:
    with pytest.raises(DocumentRejected):
        trust(SCHEMA._schema, text)


def test_an_alias_and_literals_are_kept() -> None:
    document = trust(SCHEMA._schema, '{ found: lookup(value: "x", first: 3) { any: hit } }')
    trusted = type(DOCUMENTS)(SCHEMA._schema, {document.id: document})
    assert document.alias == "found"
    selection = trusted.selection(document, {})
    assert dict(selection.arguments) == {"value": "x", "first": 3}
    assert selection.tree[0].key == "any"


def test_an_unknown_document_is_named() -> None:
    with pytest.raises(UnknownDocument, match="sha256:00"):
        DOCUMENTS.get("sha256:" + "0" * 64)


@pytest.mark.parametrize(
    "variables", [{}, {"value": None}, {"value": 3}, {"value": "x", "first": "3"}, {"value": "x", "stray": 1}]
)
def test_variables_that_do_not_fit_are_rejected(variables: Mapping[str, Any]) -> None:
    document = DOCUMENTS.named(Operation.LOOKUP)
    with pytest.raises(VariablesRejected):
        DOCUMENTS.selection(document, variables)
