from dataclasses import replace
from pathlib import Path

import pytest

from audit.errors import KeyRefused
from sharing.keys import KeyRing


def test_a_ring_is_saved_once_and_read_back(tmp_path: Path) -> None:
    ring = KeyRing.generate("fr.ofast")
    ring.save(tmp_path)
    assert KeyRing.load("fr.ofast", tmp_path) == ring
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    with pytest.raises(KeyRefused, match=r"message\.key"):
        ring.save(tmp_path)


def test_pseudonyms_need_the_secret() -> None:
    ring, other = KeyRing.generate("fr.ofast"), KeyRing.generate("fr.ofast")
    assert ring.pseudonym("se.polisen", "u-1") == ring.pseudonym("se.polisen", "u-1")
    four = {
        ring.pseudonym(node, subject) for node in ("se.polisen", "eu.europol") for subject in ("u-1", "u-2")
    }
    assert len(four) == 4
    assert ring.pseudonym("se.polisen", "u-1") != other.pseudonym("se.polisen", "u-1")
    assert ring.pseudonym("a", "b") not in ring.mandate_alias("a", "b")


def test_secrets_are_not_shown() -> None:
    ring = KeyRing.generate("fr.ofast")
    assert repr(ring.pairwise) not in repr(ring)
    assert "PRIVATE" not in repr(ring)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(KeyRefused, match="5 bytes"):
        replace(KeyRing.generate("fr.ofast"), pairwise=b"short")
