"""Proofs and receipts: what they prove, what only their sender says, and who may make them."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import encode
from audit.checkpoint import Checkpoint
from audit.entry import Kind, utc_now
from audit.errors import AuditError, FormatRefused, ProofRefused
from audit.keys import SignatureType, SigningKey
from audit.merkle import Frontier, leaf_hash
from audit.proof import HEADER, Proof
from audit.receipt import Claim, ForeignReceipt, Mint, Receipt, claim_of
from tests.audit.samples import DIGEST, KEY, ORIGIN, OTHER_KEY, asked

LEAVES = [asked(f"q-{i}").leaf(utc_now(), None) for i in range(5)]
GROWTH = Frontier().extend([leaf_hash(leaf) for leaf in LEAVES])
NOTE = Checkpoint(ORIGIN, 5, GROWTH.root).sign(KEY)
CHECKPOINT = Checkpoint(ORIGIN, 5, GROWTH.root)


def issued(index: int) -> Receipt:
    proof = Proof(index, tuple(GROWTH.proofs[index]), NOTE)
    return Receipt.issue("0" * 32, claim_of(LEAVES[index]), proof, CHECKPOINT)


@pytest.mark.parametrize("index", range(5))
def test_a_receipt_convinces_another(index: int) -> None:
    own = issued(index)
    foreign = Receipt.parse(own.text)
    verified = foreign.verify(OTHER_KEY.public, KEY.public)
    for receipt in (own, foreign, verified):
        assert (receipt.origin, receipt.index, receipt.size) == (ORIGIN, index, 5)
        assert (receipt.kind, receipt.subject) == (Kind.ASKED, DIGEST)
        assert receipt.leaf_hash == leaf_hash(LEAVES[index])
        assert receipt.leaf_digest == f"sha256:{receipt.leaf_hash.hex()}"
        assert receipt.digest == own.digest
    assert not verified.leaf_shown
    assert foreign.verify_leaf(LEAVES[index], KEY.public).leaf_shown
    assert not isinstance(verified, Receipt)


def test_only_the_log_makes_a_receipt() -> None:
    own = issued(0)
    with pytest.raises(ProofRefused, match="not made by a log"):
        replace(own, mint="a forged one")  # type: ignore[arg-type]  # the fault under test

    class Forged(Mint):
        pass

    with pytest.raises(ProofRefused, match="not made by a log"):
        replace(own, mint=Forged())


def test_another_signer_convinces_nobody() -> None:
    with pytest.raises(ProofRefused, match="by none of"):
        Receipt.parse(issued(0).text).verify(OTHER_KEY.public)
    with pytest.raises(ProofRefused, match="by none of"):
        Receipt.parse(issued(0).text).verify(SigningKey.generate("se.polisen/log").public)


def test_a_receipt_for_another_leaf_convinces_nobody() -> None:
    text = issued(0).text
    moved = str(replace(Proof.parse(text), index=1))
    with pytest.raises(ProofRefused, match="leads to"):
        Receipt.parse(moved).verify(KEY.public)
    with pytest.raises(ProofRefused, match="or says otherwise"):
        Receipt.parse(text).verify_leaf(LEAVES[1], KEY.public)


def test_another_subject_is_only_its_senders_word() -> None:
    claim = replace(claim_of(LEAVES[0]), subject="sha256:" + "00" * 32)
    foreign = Receipt.parse(str(replace(Proof.parse(issued(0).text), extra=claim.extra)))
    assert not foreign.verify(KEY.public).leaf_shown
    with pytest.raises(ProofRefused, match="or says otherwise"):
        foreign.verify_leaf(LEAVES[0], KEY.public)


@pytest.mark.parametrize("kind", Kind)
def test_the_claim_is_canonical(kind: Kind) -> None:
    claim = Claim(kind, bytes(32), DIGEST)
    assert claim.extra == encode({"kind": kind.value, "leaf": bytes(32).hex(), "subject": DIGEST})
    assert Claim.parse(claim.extra) == claim


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "ASKED", "leaf": "00" * 32},
        {"kind": "SEEN", "leaf": "00" * 32, "subject": ""},
        {"kind": "ASKED", "leaf": "00" * 31, "subject": ""},
        {"kind": "ASKED", "leaf": "xx", "subject": ""},
        {"kind": "ASKED", "leaf": 5, "subject": ""},
        {"kind": [], "leaf": "00" * 32, "subject": ""},
        {"kind": "ASKED", "leaf": "00" * 32, "subject": "Moreau"},
        {"kind": "ASKED", "leaf": "00" * 32, "subject": []},
        {"kind": "ASKED", "leaf": "00" * 32, "subject": 0},
        {"kind": "ASKED", "leaf": "00" * 32, "subject": "", "more": 1},
        {"kind": "ASKED", "leaf": "0A" * 32, "subject": ""},
    ],
)
def test_what_is_no_claim(facts: Any) -> None:
    with pytest.raises(FormatRefused):
        Claim.parse(encode(facts))


def test_a_leaf_without_a_kind_supports_no_claim() -> None:
    for leaf in (b"{}", b'{"kind":"SEEN"}', b"[]"):
        with pytest.raises(FormatRefused):
            claim_of(leaf)


def test_a_receipt_without_extra_is_none() -> None:
    with pytest.raises(FormatRefused):
        Receipt.parse(str(replace(Proof.parse(issued(0).text), extra=None)))


@given(
    st.integers(0, 2**50),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.none() | st.binary(max_size=50),
)
def test_proofs_go_there_and_back(index: int, path: list[bytes], extra: bytes | None) -> None:
    proof = Proof(index, tuple(path), NOTE, extra)
    assert Proof.parse(str(proof)) == proof


@given(st.data())
def test_a_changed_character_is_refused_or_changes_nothing_that_is_proved(data: st.DataObject) -> None:
    text = issued(3).text
    at = data.draw(st.integers(0, len(text) - 1))
    bent = text[:at] + data.draw(st.characters(exclude_categories=["Cs"])) + text[at + 1 :]
    with suppress(AuditError):
        verified = ForeignReceipt.parse(bent).verify(KEY.public)
        assert (verified.index, verified.size, verified.leaf_hash) == (3, 5, leaf_hash(LEAVES[3]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEADER,
        f"{HEADER}\nindex 0\n{NOTE}",
        f"c2sp.org/tlog-proof@v2\nindex 0\n\n{NOTE}",
        f"{HEADER}\n\n{NOTE}",
        f"{HEADER}\nextra AAAA\n\n{NOTE}",
        f"{HEADER}\nextra *\nindex 0\n\n{NOTE}",
        f"{HEADER}\nindex 00\n\n{NOTE}",
        f"{HEADER}\nindex -1\n\n{NOTE}",
        f"{HEADER}\nindex 0\nAAAA\n\n{NOTE}",
        f"{HEADER}\nindex 0\n" + ("A" * 43 + "=\n") * 64 + f"\n{NOTE}",
        f"{HEADER}\nindex 0\n\nno note",
        "x" * 1_000_001,
    ],
)
def test_what_is_no_proof(text: str) -> None:
    with pytest.raises(FormatRefused):
        Proof.parse(text)


def test_a_cosigned_receipt_is_still_one() -> None:
    witness = SigningKey.generate("oversight.example/w1", SignatureType.COSIGNATURE)
    text = issued(2).text + f"— {witness.name} AAAAAAAA\n"
    assert Receipt.parse(text).verify(KEY.public).index == 2
