"""The console's own documents: taken when they are what they say, and only then."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.console_files import DOCUMENTS, Console, read_console
from gateway.errors import ConsoleRejected
from gateway.graphql.analyst import analyst_schema
from gateway.graphql.console_documents import MOST_BYTES, MOST_DOCUMENTS, with_console
from gateway.graphql.desk_documents import DEPTH, FIELDS, desk_documents
from gateway.shipped import document_id, shipped_texts
from gateway.trusted import parse_document

DESK = desk_documents(analyst_schema()._schema)
ME = "query Me { me { name roles } }"
OWN_LOOKUP = "query Own($i: String!, $m: ID!) { lookup(identifier: $i, mandate: $m) { complete } }"
SPREAD = (
    "query Spread($i: String!, $m: ID!) { lookup(identifier: $i, mandate: $m) { ...P } }"
    " fragment P on Picture { complete }"
)
TYPED = "query T($i: String!, $m: ID!) { lookup(identifier: $i, mandate: $m) { __typename complete } }"
TWO = "query Two { me { name } mandates: myMandates { id } }"


def console(*texts: str) -> Console:
    return Console(documents=orjson.dumps({document_id(text): text for text in texts}))


def test_the_consoles_documents_stand_beside_the_shipped_ones() -> None:
    both = with_console(DESK, console(ME, TWO))
    assert both.text(document_id(ME)) == ME
    assert both.text(document_id(TWO)) == TWO
    for text in shipped_texts("desk").values():
        assert both.text(document_id(text)) == text
    assert with_console(DESK, Console()) is DESK


@pytest.mark.parametrize("name", sorted(shipped_texts("desk")))
def test_every_shipped_document_holds_within_the_budget_of_all(name: str) -> None:
    schema = analyst_schema()._schema
    document = parse_document(schema, shipped_texts("desk")[name], fields=FIELDS, depth=DEPTH)
    assert document.definitions


def test_a_plain_question_of_the_console_is_compiled_and_no_other() -> None:
    both = with_console(DESK, console(OWN_LOOKUP, SPREAD, TYPED, ME))
    assert both.compiled(document_id(OWN_LOOKUP)) is not None
    for text in (SPREAD, TYPED, ME):
        assert both.compiled(document_id(text)) is None
        assert both.text(document_id(text)) == text
    assert set(DESK.questions.by_id) <= set(both.questions.by_id)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (b"", "missing or empty"),
        (b"{", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b'"\\ud800"', "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "a JSON list"),
        (b"null", "a JSON NoneType"),
        (b'{"sha256:00": "query Me { me { name roles } }"}', "has the digest sha256:"),
        (b'{"sha256:00": 7}', "a JSON int"),
        (b"{" + b" " * MOST_BYTES + b"}", "bytes, at most"),
        (orjson.dumps({str(n): "" for n in range(MOST_DOCUMENTS + 1)}), "documents, at most"),
    ],
)
def test_a_file_that_is_not_what_it_must_be_stops_the_node(told: bytes, said: str) -> None:
    with pytest.raises(ConsoleRejected, match=rf"console: {DOCUMENTS} .*{said}.*make console"):
        with_console(DESK, Console(documents=told))


@pytest.mark.parametrize(
    "text",
    [
        "query Me { me { secret } }",
        "{ me {",
        "",
        "{ " + " ".join(f"a{n}: me {{ name }}" for n in range(40)) + " }",
        "{ me { ...F } } fragment F on Me { ...F }",
        "{" * 4000,
    ],
)
def test_a_document_that_no_person_could_send_is_not_taken_from_the_build(text: str) -> None:
    with pytest.raises(ConsoleRejected, match=document_id(text)):
        with_console(DESK, console(ME, text))


@given(
    told=st.dictionaries(st.text(max_size=80), st.text(max_size=40) | st.none() | st.integers(), min_size=1)
)
def test_nothing_invented_is_taken(told: dict[str, Any]) -> None:
    with pytest.raises(ConsoleRejected):
        with_console(DESK, Console(documents=json.dumps(told).encode()))


def test_a_build_without_its_documents_is_not_whole(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>")
    with pytest.raises(ConsoleRejected, match="missing"):
        with_console(DESK, read_console(tmp_path))
    (tmp_path / DOCUMENTS).write_bytes(console(ME).documents or b"")
    assert with_console(DESK, read_console(tmp_path)).text(document_id(ME)) == ME
