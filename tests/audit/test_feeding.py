"""The log's side of witnessing: what replies mean, when a quorum holds, and what its age means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.checkpoint import Checkpoint
from audit.cosignature import Cosigner, cosign
from audit.feeding import MAX_AHEAD, MAX_REPLY, Meaning, Offer, RawReply, Verdict, with_cosignatures
from audit.freshness import Freshness, Limits, witnessed_at
from audit.keys import SignatureType, SigningKey
from audit.memory_witness_store import MemoryWitnessStore
from audit.note import Note
from audit.trust import TrustPolicy
from audit.witness import SIZE, TEXT, Witness
from tests.audit.histories import NOW, WITNESS_KEY, History
from tests.audit.samples import KEY, OTHER_KEY

TRUE = History.of(40)
NOTE = TRUE.note(20)
BODY = Note.parse(NOTE).text
COSIGNER = Cosigner(WITNESS_KEY.public)
OFFER = Offer(COSIGNER, NOTE, 5)
LINE = cosign(BODY, WITNESS_KEY, NOW)
STRANGER = SigningKey.from_seed("x.example/witness", b"\1" * 32, SignatureType.COSIGNATURE)
NAMESAKE = SigningKey.from_seed(WITNESS_KEY.name, b"\2" * 32, SignatureType.COSIGNATURE)


def read(status: int, body: bytes | str, kind: str = TEXT, offer: Offer = OFFER) -> Meaning:
    raw = body if isinstance(body, bytes) else body.encode()
    return offer.read(RawReply(status, kind, raw), NOW)


def test_a_good_cosignature_is_found_among_others() -> None:
    others = cosign(BODY, STRANGER, NOW).line + "no line at all\n\n"
    assert read(200, others + LINE.line) == Meaning(Verdict.COSIGNED, line=LINE, size=20)


def test_a_witness_of_ours_is_understood() -> None:
    witness = Witness(MemoryWitnessStore(), WITNESS_KEY, lambda _: [KEY.public])
    offer = Offer(COSIGNER, NOTE, 7)
    reply = witness.add_checkpoint(TRUE.offer(7, 20), NOW)
    meaning = read(reply.status, reply.body, reply.content_type, offer)
    assert meaning == Meaning(Verdict.OTHER_SIZE, "has seen 0 leaves, was offered 7", size=0)
    assert offer.again(meaning, [7]) == 0
    reply = witness.add_checkpoint(TRUE.offer(0, 20), NOW)
    assert read(reply.status, reply.body).verdict is Verdict.COSIGNED


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, "", Verdict.BAD_REPLY),
        (200, b"\xff\xfe\n", Verdict.BAD_REPLY),
        (200, cosign(BODY, STRANGER, NOW).line, Verdict.BAD_REPLY),
        (200, cosign(BODY, NAMESAKE, NOW).line, Verdict.BAD_REPLY),
        (200, cosign(Note.parse(TRUE.note(21)).text, WITNESS_KEY, NOW).line, Verdict.BAD_REPLY),
        (200, LINE.line + " " * MAX_REPLY, Verdict.BAD_REPLY),
        (200, cosign(BODY, WITNESS_KEY, 0).line, Verdict.BAD_CLOCK),
        (200, cosign(BODY, WITNESS_KEY, NOW + MAX_AHEAD + 1).line, Verdict.BAD_CLOCK),
        (200, cosign(BODY, WITNESS_KEY, NOW + MAX_AHEAD).line, Verdict.COSIGNED),
        (403, "invalid signature", Verdict.UNKNOWN_LOG),
        (404, "", Verdict.UNKNOWN_LOG),
        (409, "12\n", Verdict.OTHER_SIZE),
        (409, "21\n", Verdict.AHEAD),
        (409, "5\n", Verdict.OTHER_HISTORY),
        (409, "", Verdict.OTHER_SIZE),
        (409, "what?", Verdict.OTHER_SIZE),
        (409, TRUE.note(12), Verdict.OTHER_SIZE),
        (409, TRUE.note(40), Verdict.AHEAD),
        (422, "bad proof", Verdict.OTHER_HISTORY),
        (500, "", Verdict.OUT_OF_ORDER),
        (503, "later", Verdict.OUT_OF_ORDER),
        (400, "", Verdict.BAD_REPLY),
        (302, "", Verdict.BAD_REPLY),
    ],
)
def test_what_replies_mean(status: int, body: bytes | str, verdict: Verdict) -> None:
    assert read(status, body).verdict is verdict


@pytest.mark.parametrize("body", ["12\n", "12", "12 \n", TRUE.note(12)])
@pytest.mark.parametrize("kind", [SIZE, TEXT, ""])
def test_a_size_is_found_however_it_is_told(body: str, kind: str) -> None:
    meaning = read(409, body, kind)
    assert meaning.size == 12
    assert OFFER.again(meaning, [5]) == 12
    assert OFFER.again(meaning, [5, 12]) is None


def test_without_a_size_the_two_likely_ones_are_tried() -> None:
    meaning = read(409, "")
    assert OFFER.again(meaning, [5]) == 0
    assert OFFER.again(meaning, [5, 0]) == 20
    assert OFFER.again(meaning, [5, 0, 20]) is None
    assert OFFER.again(read(404, ""), [5]) is None


@given(st.integers(100, 599), st.binary(max_size=200), st.text(max_size=20))
def test_any_reply_means_something_and_only_a_cosignature_counts(status: int, body: bytes, kind: str) -> None:
    meaning = OFFER.read(RawReply(status, kind, body), NOW)
    assert meaning.line is None
    assert meaning.verdict is not Verdict.COSIGNED


# The quorum and its age.

KEYS = {
    name: SigningKey.from_seed(f"{name}.example/witness", bytes([number]) * 32, SignatureType.COSIGNATURE)
    for number, name in enumerate("abc", 10)
}


def policy(quorum: str) -> TrustPolicy:
    lines = [f"log {KEY.public.vkey}", *(f"witness {name} {key.public.vkey}" for name, key in KEYS.items())]
    return TrustPolicy.parse("\n".join([*lines, f"group q {quorum} a b c", "quorum q", ""]))


def cosigned(**times: int) -> str:
    return with_cosignatures(NOTE, [cosign(BODY, KEYS[name], at) for name, at in times.items()])


@pytest.mark.parametrize(
    ("quorum", "times", "since"),
    [
        ("any", {}, None),
        ("any", {"a": 5}, 5),
        ("any", {"a": 5, "b": 9, "c": 7}, 9),
        ("2", {"a": 5}, None),
        ("2", {"a": 5, "b": 9, "c": 7}, 7),
        ("all", {"a": 5, "b": 9}, None),
        ("all", {"a": 5, "b": 9, "c": 7}, 5),
    ],
)
def test_a_quorum_holds_since_its_last_needed_cosignature(
    quorum: str, times: dict[str, int], since: int | None
) -> None:
    assert witnessed_at(cosigned(**times), policy(quorum)) == since


def test_a_newer_cosignature_replaces_the_older_one() -> None:
    newer = with_cosignatures(cosigned(a=5), [cosign(BODY, KEYS["a"], 8)])
    assert newer.count("a.example/witness") == 1
    assert witnessed_at(newer, policy("any")) == 8


def test_a_second_line_of_a_witness_that_is_not_checked_does_not_count() -> None:
    forged = cosign(BODY, KEYS["a"], 10**9)
    line = type(forged)(forged.name, forged.key_id, forged.signature[:8] + bytes(64))
    assert witnessed_at(cosigned(a=5) + line.line, policy("any")) == 5


def test_what_is_not_witnessed_has_no_time() -> None:
    none = TrustPolicy.parse(f"log {KEY.public.vkey}\nwitness a {KEYS['a'].public.vkey}\nquorum none\n")
    assert witnessed_at(cosigned(a=5), none) is None
    stranger = Checkpoint(OTHER_KEY.name, 20, TRUE.root(20)).sign(OTHER_KEY)
    assert witnessed_at(stranger, policy("any")) is None
    assert witnessed_at("no note", policy("any")) is None


@pytest.mark.parametrize(
    ("seconds", "state"),
    [
        (0, Freshness.FRESH),
        (59.9, Freshness.FRESH),
        (60, Freshness.WARN),
        (899, Freshness.WARN),
        (900, Freshness.PAGE),
        (14_399, Freshness.PAGE),
        (14_400, Freshness.STOP),
        (10**9, Freshness.STOP),
    ],
)
def test_the_age_of_a_quorum_has_four_steps(seconds: float, state: Freshness) -> None:
    assert Limits(60, 900, 14_400).of(seconds) is state
