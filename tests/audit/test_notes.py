"""Notes, keys, checkpoints and cosignatures: the published examples, and what must be refused."""

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.checkpoint import Checkpoint, open_checkpoint
from audit.cosignature import Cosigner, cosign, cosigned_at
from audit.errors import AuditError, FormatRefused, KeyRefused, ProofRefused
from audit.keys import SignatureType, SigningKey, VerifyKey
from audit.merkle import EMPTY_ROOT
from audit.note import Note, Signature, open_note, sign_note
from tests.audit.samples import KEY, ORIGIN, OTHER_KEY, b64, vectors

NOTES = vectors("notes")
CHECKPOINTS = vectors("checkpoints")
PETER = SigningKey.parse(NOTES["peter_skey"])
ENOCH = VerifyKey.parse(NOTES["enoch_vkey"])
BOTH = NOTES["text"] + "\n" + NOTES["peter_line"] + NOTES["enoch_line"]
WITNESS = SigningKey.from_seed("oversight.example/w1", bytes([7]) * 32, SignatureType.COSIGNATURE)


def test_keys_as_published() -> None:
    assert PETER.public.vkey == NOTES["peter_vkey"]
    assert PETER.skey == NOTES["peter_skey"]
    assert PETER.public == VerifyKey.parse(NOTES["peter_vkey"])
    assert "Seed" not in repr(PETER)
    assert NOTES["peter_skey"][-20:] not in repr(PETER)


def test_every_mangled_key_is_refused() -> None:
    for key, parse in ((NOTES["peter_vkey"], VerifyKey.parse), (NOTES["peter_skey"], SigningKey.parse)):
        mangled = [key[:i] for i in range(len(key))] + [key[i:] for i in range(1, len(key))]
        mangled += [key[:i] + chr(ord(key[i]) + 1) + key[i + 1 :] for i in range(len(key))]
        for text in mangled:
            with pytest.raises(KeyRefused):
                parse(text)


@pytest.mark.parametrize("vkey", NOTES["bad_vkeys"])
def test_keys_of_wrong_length_or_type_are_refused(vkey: str) -> None:
    with pytest.raises(KeyRefused):
        VerifyKey.parse(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\x01b", "a\ud800b"])
def test_names_that_no_key_may_have(name: str) -> None:
    with pytest.raises(KeyRefused, match="key name"):
        SigningKey.generate(name)


def test_halves_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(KeyRefused, match="does not belong"):
        SigningKey(KEY.public, bytes(32))
    with pytest.raises(KeyRefused, match="31 bytes"):
        SigningKey.from_seed("a", bytes(31))
    with pytest.raises(KeyRefused, match="33 bytes"):
        VerifyKey("a", bytes(33))


def test_a_key_file_is_written_once_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    key = SigningKey.generate("fr.ofast/log")
    key.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert SigningKey.load(path) == key
    with pytest.raises(KeyRefused, match=r"log\.key: File exists"):
        key.save(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "log.key"
    KEY.save(path)
    path.chmod(mode)
    with pytest.raises(KeyRefused, match=f"mode 0{mode:o}, may be 0600"):
        SigningKey.load(path)


def test_a_key_file_must_be_a_plain_file(tmp_path: Path) -> None:
    KEY.save(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("link", "missing"):
        with pytest.raises(KeyRefused, match=name):
            SigningKey.load(tmp_path / name)
    (tmp_path / "folder").mkdir(mode=0o700)
    for name in ("folder", "pipe"):
        with pytest.raises(KeyRefused, match=rf"{name}: mode 0.00, not a plain file"):
            SigningKey.load(tmp_path / name)


def test_signing_as_published() -> None:
    assert sign_note(NOTES["text"], PETER) == NOTES["text"] + "\n" + NOTES["peter_line"]
    assert str(Note.parse(BOTH)) == BOTH
    with pytest.raises(FormatRefused, match="does not end in a newline"):
        sign_note("abc", PETER)


def test_the_specification_example_holds() -> None:
    note = open_note(NOTES["spec_note"], [VerifyKey.parse(NOTES["spec_vkey"])])
    assert note.text == "This is an example message.\n"


def test_known_and_unknown_keys() -> None:
    assert open_note(BOTH, [PETER.public]).text == NOTES["text"]
    assert Note.parse(BOTH).verified_by([ENOCH, PETER.public]) == [PETER.public, ENOCH]
    assert Note.parse(BOTH + NOTES["peter_line"]).verified_by([PETER.public]) == [PETER.public]
    with pytest.raises(ProofRefused, match="EnochRoot, PeterNeumann: by none of no known key"):
        open_note(BOTH, [])
    with pytest.raises(ProofRefused, match=f"by none of {ORIGIN}"):
        open_note(BOTH, [KEY.public])


def test_a_bad_signature_of_a_known_key_refuses_the_note() -> None:
    line = Note.parse(BOTH).signatures[0]
    bad = Signature(line.name, line.key_id, line.signature[:-1] + b"\x00").line
    with pytest.raises(ProofRefused, match="the signature of PeterNeumann"):
        open_note(NOTES["text"] + "\n" + bad + NOTES["enoch_line"], [PETER.public, ENOCH])
    assert open_note(NOTES["text"] + "\n" + bad + NOTES["enoch_line"], [ENOCH])


@pytest.mark.parametrize(
    "note",
    [
        NOTES["text"],
        NOTES["text"] + "\n",
        NOTES["text"] + "\n" + NOTES["peter_line"][:-1],
        "\x01" + BOTH,
        "\udcff" + BOTH,
        BOTH + "Unexpected line.\n",
        NOTES["text"] + "\n— Bad Name x08go/ZJkuBS9UG/Sffcv\n",
        NOTES["text"] + "\n— Name\n",
        NOTES["text"] + "\n— a+b x08go/ZJkuBS9UG/Sffcv\n",
        NOTES["text"] + "\n— Name x08g*\n",
        NOTES["text"] + "\n— Name x08goA==\n",
        NOTES["text"] + "\n" + NOTES["peter_line"] * 101,
        "x" * 1_000_001,
    ],
)
def test_what_is_no_note(note: str) -> None:
    with pytest.raises(FormatRefused):
        Note.parse(note)


@given(st.text(max_size=80))
def test_any_text_is_a_note_as_written_or_refused(text: str) -> None:
    with suppress(FormatRefused):
        assert str(Note.parse(text)) == text


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=60))
def test_signed_text_opens_again(text: str) -> None:
    note = open_note(sign_note(text + "\n", KEY, OTHER_KEY), [KEY.public, OTHER_KEY.public])
    assert note.text == text + "\n"


def test_the_published_checkpoint() -> None:
    checkpoint = Checkpoint.parse(Note.parse(CHECKPOINTS["cosigned"]).text)
    assert (checkpoint.origin, checkpoint.size) == (CHECKPOINTS["origin_line"], CHECKPOINTS["size"])
    assert checkpoint.root == b64(CHECKPOINTS["root"])
    assert cosigned_at(Note.parse(CHECKPOINTS["cosigned"]).signatures[1]) == CHECKPOINTS["cosigned_at"]


def test_a_checkpoint_of_another_log_server_holds() -> None:
    note = CHECKPOINTS["sigsum_checkpoint"]
    key = VerifyKey(
        Checkpoint.parse(Note.parse(note).text).origin, bytes.fromhex(CHECKPOINTS["sigsum_log_key"])
    )
    assert open_checkpoint(note, [key]).size == 1


@given(st.integers(0, 2**60), st.binary(min_size=32, max_size=32), st.lists(st.sampled_from(["x 1", "é"])))
def test_checkpoints_go_there_and_back(size: int, root: bytes, more: list[str]) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root, tuple(more))
    assert Checkpoint.parse(checkpoint.text) == checkpoint
    assert open_checkpoint(checkpoint.sign(KEY), [KEY.public]) == checkpoint
    assert str(size) in str(checkpoint)


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\n" + "A" * 43 + "=",
        "o\n1\n",
        "o\n\n" + "A" * 43 + "=\n",
        "o\n01\n" + "A" * 43 + "=\n",
        "o\n-1\n" + "A" * 43 + "=\n",
        "o\n1\nAAAA\n",
        "o\n1\n" + "A" * 42 + "B=\n",
        "o\n1\n" + "*" * 43 + "=\n",
        "o\n1\n" + "A" * 43 + "=\n\n",
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(FormatRefused):
        Checkpoint.parse(text)


def test_a_checkpoint_is_its_origins() -> None:
    other = Checkpoint("se.polisen/log", 0, EMPTY_ROOT)
    with pytest.raises(ProofRefused, match=f"key {ORIGIN} has another name"):
        other.sign(KEY)
    with pytest.raises(ProofRefused, match="by none of"):
        open_checkpoint(sign_note(other.text, KEY), [KEY.public])


def test_cosigning_and_checking() -> None:
    note = Checkpoint(ORIGIN, 0, EMPTY_ROOT).sign(KEY)
    line = cosign(Note.parse(note).text, WITNESS, 1_700_000_000)
    cosigned = Note.parse(note + line.line)
    assert cosigned.verified_by([Cosigner(WITNESS.public), KEY.public]) == [
        KEY.public,
        Cosigner(WITNESS.public),
    ]
    assert cosigned_at(line) == 1_700_000_000
    message = f"cosignature/v1\ntime 1700000000\n{cosigned.text}".encode()
    assert WITNESS.public.verify(line.signature[8:], message)


def test_the_published_cosigned_message_is_what_is_signed() -> None:
    text = Note.parse(CHECKPOINTS["cosigned"]).text
    line = cosign(text, WITNESS, CHECKPOINTS["cosigned_at"])
    assert WITNESS.public.verify(line.signature[8:], CHECKPOINTS["message"].encode())


def test_cosignatures_that_do_not_hold() -> None:
    cosigner = Cosigner(WITNESS.public)
    text = Checkpoint(ORIGIN, 0, EMPTY_ROOT).text
    good = cosign(text, WITNESS, 5).signature
    assert cosigner.verify(good, text.encode())
    assert not cosigner.verify(good[:-1], text.encode())
    assert not cosigner.verify(bytes([0x80]) + good[1:], text.encode())
    assert not cosigner.verify((6).to_bytes(8, "big") + good[8:], text.encode())
    assert not cosigner.verify(good, b"no checkpoint\n")
    assert not cosigner.verify(good, b"\xff")


def test_what_cannot_be_cosigned() -> None:
    text = Checkpoint(ORIGIN, 0, EMPTY_ROOT).text
    for time in (-1, 2**63):
        with pytest.raises(ProofRefused, match="out of range"):
            cosign(text, WITNESS, time)
    with pytest.raises(KeyRefused, match="type 0x01 is not for cosignatures"):
        cosign(text, KEY, 5)
    with pytest.raises(FormatRefused):
        cosign("no checkpoint\n", WITNESS, 5)


def test_errors_say_code_cause_and_what_to_do() -> None:
    try:
        VerifyKey.parse("a+00000000+***")
    except AuditError as error:
        text = error.diagnostics()
    assert text.startswith("KEY_REFUSED: vkey of 'a'")
    assert "\ncause: " in text
    assert "\nto do: " in text
    assert "cause" not in ProofRefused("x").diagnostics()
