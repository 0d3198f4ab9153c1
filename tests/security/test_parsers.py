"""Whatever bytes a stranger sends: each parser takes or refuses them, and no parser is forgotten."""

import ast
from collections.abc import Mapping

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.house_rules.test_permission import ROOT, modules
from tests.security.parsers import PARSERS, feed

HOSTILE = (
    *(b"", b"\x00", b"\xff" * 64, b"[" * 5_000, b'{"a":' * 5_000),
    *(b"1" * 5_000, b'"\\ud800"', b"-" * 500, b"1e999"),
)


@pytest.mark.parametrize("name", PARSERS)
def test_what_is_known_to_hurt_is_taken_or_refused(name: str) -> None:
    parser = PARSERS[name]
    assert parser.seeds, "nobody can search from nothing"
    for data in (*parser.seeds, *HOSTILE):
        feed(name, data)
        feed(name, parser.seeds[0][: len(parser.seeds[0]) // 2] + data)


@pytest.mark.parametrize("name", [each for each in PARSERS if each not in {"sheet", "document"}])
@given(data=st.data())
def test_any_bytes_are_taken_or_refused(name: str, data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from(PARSERS[name].seeds))
    at, cut = data.draw(st.integers(0, len(seed))), data.draw(st.integers(0, 4))
    feed(name, seed[:at] + data.draw(st.binary(max_size=12)) + seed[at + cut :])


@given(st.binary(max_size=300))
@example(b"PK\x03\x04")
def test_any_bytes_are_no_sheet(data: bytes) -> None:
    feed("sheet", data)


#: Calls that turn bytes or texts into values, by the module that the name comes from.
READERS = {
    "json": {"loads", "load"},
    "orjson": {"loads"},
    "yaml": {"safe_load", "load", "parse"},
    "tomllib": {"loads", "load"},
    "csv": {"reader", "DictReader"},
    "zipfile": {"ZipFile"},
    "base64": {"b64decode", "urlsafe_b64decode"},
    "pickle": {"loads", "load"},
    "marshal": {"loads", "load"},
}
NAMES = {"load_workbook", "iterparse", "b64decode", "XMLParser"}
OURS = "written by this node, or shipped with it"
OPERATOR = "a file that whoever runs the node has put there"
#: Each module that reads, and whose bytes these are: those of strangers name their parser of the table,
#: or the test that feeds theirs. A module that is not here reads unseen.
READ_BY: Mapping[str, str] = {
    "audit.checkpoint": "checkpoint",
    "audit.comparing": OURS,
    "audit.equivocation": "equivocation",
    "audit.keys": "verifier key",
    "audit.note": "note",
    "audit.proof": "proof",
    "gateway.body": "body",
    "gateway.home": OPERATOR,
    "gateway.joining": OURS,
    "gateway.prices": OPERATOR,
    "gateway.card": OPERATOR,
    "gateway.settings": OPERATOR,
    "gateway.readers": OPERATOR,
    "gateway.role_mapping": OPERATOR,
    "gateway.provider": "tests/gateway/test_signin.py",
    "gateway.loading": "record line",
    "gateway.manifest": "manifest",
    "gateway.undumping": OPERATOR,
    "gateway.sealed_keys": "tests/gateway/test_backup.py",
    "policy.bundle": OURS,
    "policy.wasm_instance": OURS,
    "sharing.pack_keys": "tests/sharing/test_pack.py",
    "sharing.pack_program": "tests/sharing/test_pack.py",
    "sharing.reading": "request",
    "tenants.formats.cells": "tests/tenants/test_formats.py",
    "tenants.formats.chart_tables": "tests/tenants/test_formats.py",
    "tenants.formats.networkx_graphs": "tests/tenants/test_formats.py",
    "tenants.formats.json_ld": "tests/tenants/test_formats.py",
    "tenants.mapped_source": "tests/tenants/test_mapping.py",
    "tenants.mapping": "mapping",
    "tenants.sheet_source": "sheet",
}
#: Rooms' parts that read only what this node has written itself, or what is shipped with it.
OWN_PARTS = (
    "gateway.cli.",
    "gateway.demo.",
    "gateway.oversight.",
    "gateway.doctor.",
    "sharing.sql_",
    "sharing.chronicle.",
    "sharing.containers.",
    "sharing.money.",
    "sharing.reports.",
    "sharing.vessels.",
    "tenants.profiles.",
    "tenants.matching.",
)
OWN_MODULES = {
    *(
        "gateway.arriving",
        "gateway.disclosures",
        "gateway.docx_pages",
        "gateway.export_formats",
        "gateway.quota",
    ),
    *("gateway.followup_withdrawing", "gateway.followups", "gateway.previewed", "gateway.recall_officers"),
    *("gateway.rulings", "gateway.standing_letters", "gateway.graphql.console_documents"),
    *("sharing.alert_words", "sharing.answer_words", "sharing.container_words", "sharing.evidence_words"),
    *(
        "sharing.labels",
        "sharing.network_words",
        "sharing.places",
        "sharing.profile_words",
        "sharing.templates",
    ),
    *("sharing.provenance_words", "sharing.reason_words", "sharing.vessel_words", "sharing.wording"),
    *("tenants.changes", "tenants.model", "tenants.rows_view", "tenants.view", "tenants.writer"),
}


def reads(tree: ast.Module) -> bool:
    """Whether a module turns bytes or texts into values by one of the calls above."""
    for node in ast.walk(tree):
        called = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if called and node.attr in READERS.get(node.value.id, ()):
            return True
        if isinstance(node, ast.Name) and node.id in NAMES:
            return True
    return False


def test_no_bytes_are_read_outside_of_the_table() -> None:
    found = {name for name, tree in modules() if reads(tree)}
    unseen = {
        name
        for name in found
        if name not in READ_BY and name not in OWN_MODULES and not name.startswith(OWN_PARTS)
    }
    assert not unseen, "say in the table whose bytes these are, and which parser is fed with such"
    assert found >= {"gateway.body", "sharing.reading", "tenants.mapping", "tenants.sheet_source"}


def test_the_table_names_parsers_and_tests_that_are_there() -> None:
    for name, by in READ_BY.items():
        known = by in PARSERS or by in {OURS, OPERATOR} or (ROOT / by).is_file()
        assert known, f"{name}: {by}"
