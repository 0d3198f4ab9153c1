"""Whatever bytes a stranger sends: each parser takes or refuses them, and no parser is forgotten."""

import ast
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.provider import usable_keys
from tests.house_rules.test_permission import ROOT, modules
from tests.security.file_parsers import IDP_KEY
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


#: What each takes milliseconds of, or a key derivation; atheris has the time.
SLOW = {"sheet", "document", "sealed keys"}
#: Too deep in proofs to be made up: what they are made of is tested in tests/audit.
ONLY_REFUSED = {"receipt", "sealed answer", "notice reply"}


@pytest.mark.parametrize("name", sorted(PARSERS.keys() - ONLY_REFUSED))
def test_a_search_starts_from_what_is_taken(name: str) -> None:
    """A seed that is refused at the first byte leads nowhere."""
    parser = PARSERS[name]
    taken = 0
    for seed in parser.seeds:
        with suppress(*parser.refuses):
            parser.take(seed)
            taken += 1
    assert taken


@pytest.mark.parametrize("name", [each for each in PARSERS if each not in SLOW])
@given(data=st.data())
def test_any_bytes_are_taken_or_refused(name: str, data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from(PARSERS[name].seeds))
    at, cut = data.draw(st.integers(0, len(seed))), data.draw(st.integers(0, 4))
    feed(name, seed[:at] + data.draw(st.binary(max_size=12)) + seed[at + cut :])


@given(st.binary(max_size=300))
@example(b"PK\x03\x04")
def test_any_bytes_are_no_sheet(data: bytes) -> None:
    feed("sheet", data)


def test_a_key_of_a_kind_that_nobody_knows_leaves_the_others_in_use() -> None:
    """A provider that begins to offer a new curve must not end sign-in here."""
    known = IDP_KEY.as_dict(private=False)
    odd = [{"kty": "EC", "crv": "P-9"}, {"kty": []}, {"kty": "OKP", "crv": {}}, {"kty": "RSA", "n": "é"}, {}]
    assert [each.kid for each in usable_keys({"keys": [*odd, known]})] == ["k1"]


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
#: Each module that reads, and whose bytes these are: those of strangers name their parser of the table, which
#: hypothesis feeds here and atheris in `make test-security`. A module that is not here reads unseen.
READ_BY: Mapping[str, str] = {
    "audit.approval": "sealed approval",
    "audit.checkpoint": "checkpoint",
    "audit.comparing": OURS,
    "audit.equivocation": "equivocation",
    "audit.keys": "verifier key",
    "audit.note": "note",
    "audit.proof": "proof",
    "gateway.body": "body",
    "gateway.home": "card",
    "gateway.joining": OURS,
    "gateway.prices": "prices",
    "gateway.card": OPERATOR,
    "gateway.settings": OPERATOR,
    "gateway.readers": OPERATOR,
    "gateway.role_mapping": OPERATOR,
    "gateway.provider": "provider keys",
    "gateway.loading": "record line",
    "gateway.manifest": "manifest",
    "gateway.undumping": OPERATOR,
    "gateway.sealed_keys": "sealed keys",
    "policy.bundle": OURS,
    "policy.wasm_instance": OURS,
    "sharing.pack_keys": "pack directory",
    "sharing.pack_program": "pack",
    "sharing.reading": "request",
    "tenants.formats.cells": "cells",
    "tenants.formats.chart_tables": "format chart",
    "tenants.formats.networkx_graphs": "format graphml",
    "tenants.formats.json_ld": "format case",
    "tenants.mapped_source": "table",
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
    *("sharing.provenance_words", "sharing.reason_words", "sharing.signin_words", "sharing.vessel_words"),
    "sharing.wording",
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


def test_every_module_that_reads_the_bytes_of_strangers_has_a_parser_that_is_attacked() -> None:
    unattacked = {name: by for name, by in READ_BY.items() if by not in {*PARSERS, OURS, OPERATOR}}
    assert not unattacked, "a parser of the table is wanted, which atheris and hypothesis feed"


def test_every_parser_of_the_table_is_attacked_by_atheris() -> None:
    """security.sh asks this table for its targets, and a name of it is a file and an argument."""
    listed = subprocess.run(
        [sys.executable, "-m", "tests.security.parsers"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    named = listed.stdout.split()
    assert [name.replace("-", " ") for name in named] == [name.replace("-", " ") for name in PARSERS]
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in named)


#: What turns the JSON of a partner's message into values: who calls these reads strangers' bytes too.
AGREED = {"exact", "matching", "items", "words", "texts", "mapping", "whole", "flag", "json_object"}
#: Modules that read what partners say behind a signature, and their parser of the table.
SAID_TO: Mapping[str, str] = {
    "gateway.consent_notice": "consent",
    "gateway.picture_notices": "contributions",
    "gateway.picture_syncing": "contributions",
    "gateway.receipts_notice": "receipt",
    "gateway.reconcile_notice": "reconciled lines",
    "gateway.reconciling": "reconciled lines",
    "gateway.webauthn_keys": "key client data",
    "sharing.answer_shape": "answer",
    "sharing.consents": "consent",
    "sharing.contributions": "contribution",
    "sharing.directory": "directory nodes",
    "sharing.follow_up": "follow up",
    "sharing.grants": "grant",
    "sharing.mandate_parts": "mandate",
    "sharing.mandate_token": "mandate token",
    "sharing.notice_opening": "notice",
    "sharing.opening": "question",
    "sharing.opening_reply": "sealed answer",
    "sharing.picture_arrival": "contributions",
    "sharing.picture_sync": "picture summary",
    "sharing.profile_shape": "profile",
    "sharing.recall": "recall",
    "sharing.recorded_reply": "answer statement",
    "sharing.sql_proposals": OURS,
    "sharing.sql_sessions": OURS,
    "sharing.standing_notice": "standing question",
}


def test_no_message_of_a_partner_is_read_outside_of_the_table() -> None:
    found = set()
    for name, tree in modules():
        called = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "reading"
        }
        if called & AGREED:
            found.add(name)
    assert found - SAID_TO.keys() == set(), "name the parser of the table that is fed with such messages"
    assert {by for by in SAID_TO.values() if by not in {*PARSERS, OURS}} == set()
