"""A log after a compromised one: names, what the first entry says, and that each of its words is checked."""

from datetime import UTC, datetime
from typing import Any

import pytest

from audit.checkpoint import Checkpoint
from audit.entry import Entry, Kind
from audit.errors import ProofRefused
from audit.keys import SigningKey
from audit.succession import check_succession, next_origin, succession
from tests.audit.samples import KEY, NODE, ORIGIN

OLD = Checkpoint(ORIGIN, 41, bytes(range(32)))
NEW = SigningKey.generate("fr.ofast/log.2").public


def first(**other: Any) -> bytes:
    facts = succession(OLD, KEY.public, NEW) | other
    return Entry(Kind.KEY, NODE, facts).leaf(datetime.now(UTC), None)


def test_origins_are_numbered() -> None:
    assert next_origin(ORIGIN) == "fr.ofast/log.2"
    assert next_origin("fr.ofast/log.2") == "fr.ofast/log.3"
    for odd in ("fr.ofast/message", "log", "fr.ofast/log.0"):
        with pytest.raises(ProofRefused, match="is not named"):
            next_origin(odd)


def test_the_first_leaf_binds_the_new_log_to_the_old_one() -> None:
    check_succession(first(), NEW.name, OLD)


@pytest.mark.parametrize(
    "told",
    [
        {"size": 40},
        {"root": "sha256:" + "00" * 32},
        {"previous_origin": "se.polisen/log"},
        {"origin": "fr.ofast/log.3"},
        {"use": "message"},
    ],
)
def test_another_word_in_it_is_named(told: dict[str, Any]) -> None:
    (name,) = told
    with pytest.raises(ProofRefused, match=f"its first leaf says {name}"):
        check_succession(first(**told), NEW.name, OLD)


def test_a_leaf_of_another_kind_follows_nothing() -> None:
    leaf = Entry(Kind.ASKED, NODE).leaf(datetime.now(UTC), None)
    with pytest.raises(ProofRefused, match="says kind ASKED"):
        check_succession(leaf, NEW.name, OLD)
