"""The README's tables say what the code has."""

import re
from pathlib import Path

from audit.entry import Kind
from audit.errors import AuditUnavailable, Duplicate, EntryRefused
from audit.fields import FIELDS

README = (Path(__file__).resolve().parents[2] / "audit/README.md").read_text("utf-8")
WORDS = set(re.findall(r"`([^`]+)`", README))


def test_every_field_meets_a_duty() -> None:
    assert FIELDS.keys() <= WORDS


def test_every_kind_and_code_is_told() -> None:
    administration = {
        "GRANTED",
        "REVOKED",
        "KEY",
        "DIRECTORY",
        "POLICY",
        "ADMINISTRATION",
        "LOG_READ",
        "CLOSED",
    }
    assert {kind.value for kind in Kind} - administration <= WORDS
    assert {error.code for error in (AuditUnavailable, Duplicate, EntryRefused)} <= WORDS
