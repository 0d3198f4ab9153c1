"""A witness: the specification's answers, what it remembers, and what no requests get out of it."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.checkpoint import Checkpoint
from audit.cosignature import cosigned_at
from audit.durable import durable_engine
from audit.errors import AuditUnavailable, FormatRefused, KeyRefused, ProofRefused, StoreRefused
from audit.keys import SigningKey, VerifyKey
from audit.memory_witness_store import MemoryWitnessStore
from audit.note import Note, Signature, sign_note
from audit.sql_witness_store import SqlWitnessStore
from audit.submission import MAX_PROOF, MAX_SUBMISSION, Submission
from audit.witness import SIZE, Fork, Seen, Witness, WitnessReply, WitnessStore, pin
from tests.audit.histories import NOW, WITNESS_KEY, History
from tests.audit.samples import KEY, ORIGIN, OTHER_KEY

TRUE = History.of(40)
FORKED = History.of(40, fork_at=9)


def known(origin: str) -> tuple[VerifyKey, ...]:
    return (KEY.public,) if origin == ORIGIN else ()


def witness(store: WitnessStore | None = None) -> Witness:
    return Witness(store or MemoryWitnessStore(), WITNESS_KEY, known)


def status(reply: WitnessReply) -> int:
    return int(reply.status)


def test_it_cosigns_what_extends_what_it_saw() -> None:
    seen = witness()
    for old, new in ((0, 5), (5, 9), (9, 9), (9, 40)):
        reply = seen.add_checkpoint(TRUE.offer(old, new), NOW)
        assert reply.status is HTTPStatus.OK
        line = Signature.parse(reply.body.decode().removesuffix("\n"))
        assert seen.public.verify(line.signature, Note.parse(TRUE.note(new)).text.encode())
        assert cosigned_at(line) == NOW
        last = seen.latest(ORIGIN)
        assert last is not None
        assert last.size == new
    assert seen.forks() == []
    assert seen.latest("x.example/log") is None


def test_the_empty_tree_may_be_cosigned_first() -> None:
    seen = witness()
    assert status(seen.add_checkpoint(TRUE.offer(0, 0), NOW)) == 200
    assert status(seen.add_checkpoint(TRUE.offer(0, 3), NOW)) == 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", 400),
        (b"old 0\n\nhello", 400),
        (b"old 00\n\n" + TRUE.note(3).encode(), 400),
        (b"old 0\n\n" + TRUE.note(3).encode()[:-20], 400),
        (b"old -1\n\n" + TRUE.note(3).encode(), 400),
        (b"old 0\nnot base64\n\n" + TRUE.note(3).encode(), 400),
        (b"old 0\n" + b"\n" * 3 + TRUE.note(3).encode(), 400),
        (b"new 0\n\n" + TRUE.note(3).encode(), 400),
        (b"\xff" + TRUE.offer(0, 3), 400),
        (TRUE.offer(0, 3) + b"x" * MAX_SUBMISSION, 400),
        (Submission(0, (b"\0" * 32,) * (MAX_PROOF + 1), TRUE.note(3)).body, 400),
        (TRUE.offer(9, 3), 400),
        (History.of(3, key=SigningKey.from_seed("x.example/log", b"\1" * 32)).offer(0, 3), 404),
        (History.of(3, key=OTHER_KEY).offer(0, 3), 403),
        (TRUE.offer(0, 3).replace(b"\n3\n", b"\n4\n"), 403),
        (TRUE.offer(4, 9), 409),
        (Submission(0, (b"\0" * 32,), TRUE.note(3)).body, 422),
        (Submission(0, (), Checkpoint(ORIGIN, 0, b"\1" * 32).sign(KEY)).body, 422),
    ],
)
def test_what_it_does_not_cosign_at_first_sight(body: bytes, expected: int) -> None:
    seen = witness()
    assert status(seen.add_checkpoint(body, NOW)) == expected
    assert status(seen.add_checkpoint(TRUE.offer(0, 3), NOW)) == 200, "and nothing was remembered"


def test_a_conflict_tells_the_size() -> None:
    seen = witness()
    assert seen.add_checkpoint(TRUE.offer(4, 9), NOW) == WitnessReply(HTTPStatus.CONFLICT, SIZE, b"0\n")
    seen.add_checkpoint(TRUE.offer(0, 9), NOW)
    for old, new in ((0, 9), (4, 9), (0, 40), (0, 3)):
        assert seen.add_checkpoint(TRUE.offer(old, new), NOW).body == b"9\n"


def test_a_replayed_old_checkpoint_is_a_conflict() -> None:
    seen = witness()
    for old, new in ((0, 5), (5, 9)):
        seen.add_checkpoint(TRUE.offer(old, new), NOW)
    assert status(seen.add_checkpoint(TRUE.offer(0, 5), NOW)) == 409
    assert status(seen.add_checkpoint(TRUE.offer(5, 5), NOW)) == 409


def test_a_fork_is_not_cosigned_and_kept_as_evidence() -> None:
    seen = witness()
    seen.add_checkpoint(TRUE.offer(0, 20), NOW)
    for offer in (FORKED.offer(20, 20), FORKED.offer(20, 40), FORKED.offer(9, 40)):
        assert status(seen.add_checkpoint(offer, NOW)) in {409, 422}
    assert seen.forks() == [Fork(ORIGIN, 20, TRUE.note(20), FORKED.note(20))]
    assert status(seen.add_checkpoint(TRUE.offer(20, 40), NOW)) == 200


def test_only_the_known_keys_signatures_are_kept() -> None:
    store = MemoryWitnessStore()
    stranger = SigningKey.from_seed("stranger.example", b"\3" * 32)
    note = sign_note(Note.parse(TRUE.note(3)).text, stranger, KEY)
    assert status(witness(store).add_checkpoint(Submission(0, (), note).body, NOW)) == 200
    assert store.latest(ORIGIN) == Seen(3, TRUE.root(3), TRUE.note(3))


def test_a_key_for_notes_is_no_witness_key() -> None:
    with pytest.raises(KeyRefused):
        Witness(MemoryWitnessStore(), KEY, known)


class Broken(MemoryWitnessStore):
    """A store that cannot write, or that another writer is ahead of."""

    def __init__(self, other: Seen | None) -> None:
        super().__init__()
        self.other = other

    def advance(self, origin: str, old: Seen | None, new: Seen) -> bool:
        if self.other is None:
            raise AuditUnavailable("no room")
        return super().advance(origin, old, self.other) and False


def test_nothing_is_cosigned_that_is_not_durable() -> None:
    with pytest.raises(AuditUnavailable):
        witness(Broken(None)).add_checkpoint(TRUE.offer(0, 3), NOW)


def test_who_loses_a_race_gets_the_size_of_who_won() -> None:
    reply = witness(Broken(Seen(9, TRUE.root(9), TRUE.note(9)))).add_checkpoint(TRUE.offer(0, 3), NOW)
    assert reply == WitnessReply(HTTPStatus.CONFLICT, SIZE, b"9\n")


def test_a_pinned_log_starts_from_its_pin() -> None:
    store = MemoryWitnessStore()
    assert pin(store, TRUE.note(20)).size == 20
    seen = witness(store)
    assert status(seen.add_checkpoint(FORKED.offer(0, 40), NOW)) == 409
    assert status(seen.add_checkpoint(FORKED.offer(20, 40), NOW)) == 422
    assert status(seen.add_checkpoint(TRUE.offer(20, 40), NOW)) == 200
    with pytest.raises(ProofRefused, match="seen this log already"):
        pin(store, TRUE.note(20))


# One suite for the port, on every adapter.

StoreMaker = Callable[[], WitnessStore]


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreMaker]:
    """A maker of stores that are all on one and the same database."""
    made: list[WitnessStore] = []
    memory = MemoryWitnessStore()
    url = f"sqlite:///{tmp_path / 'witness.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_database")("witness")

    def make() -> WitnessStore:
        made.append(memory if request.param == "memory" else SqlWitnessStore(url))
        return made[-1]

    yield make
    for store in made:
        store.close()


def at(size: int, history: History = TRUE) -> Seen:
    return Seen.of(history.note(size))


def test_a_store_remembers_over_restarts(stores: StoreMaker) -> None:
    store = stores()
    assert store.latest(ORIGIN) is None
    assert store.advance(ORIGIN, None, at(3))
    assert store.advance(ORIGIN, at(3), at(9))
    assert stores().latest(ORIGIN) == at(9)
    assert stores().latest("se.polisen/log") is None
    assert store.advance("se.polisen/log", None, at(3))
    assert stores().origins() == [ORIGIN, "se.polisen/log"]


def test_a_store_moves_from_what_is_last_only(stores: StoreMaker) -> None:
    store = stores()
    assert not store.advance(ORIGIN, at(3), at(9))
    assert store.advance(ORIGIN, None, at(9))
    for old in (None, at(3), at(20), Seen(9, b"\1" * 32, "")):
        assert not store.advance(ORIGIN, old, at(40))
    assert store.latest(ORIGIN) == at(9)


def test_a_store_keeps_evidence_once(stores: StoreMaker) -> None:
    store = stores()
    first, later = Fork(ORIGIN, 9, "a", "b"), Fork(ORIGIN, 20, "a", "b")
    for fork in (later, first, first, Fork(ORIGIN, 9, "a", "c")):
        store.accuse(fork)
    assert stores().forks() == [first, later]


@pytest.mark.parametrize("start", [None, 3])
def test_of_many_who_advance_at_once_one_does(stores: StoreMaker, start: int | None) -> None:
    store = stores()
    old = None if start is None else at(start)
    if old is not None:
        store.advance(ORIGIN, None, old)
    sizes = range(10, 26)
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda size: stores().advance(ORIGIN, old, at(size)), sizes))
    assert sum(won) == 1
    assert store.latest(ORIGIN) == at(sizes[won.index(True)])


def test_a_store_that_fails_says_so(tmp_path: Path) -> None:
    store = SqlWitnessStore(f"sqlite:///{tmp_path / 'witness.db'}")
    with sqlite3.connect(tmp_path / "witness.db") as database:
        database.execute("DROP TABLE witness_checkpoint")
    for act in (lambda: store.latest(ORIGIN), lambda: store.advance(ORIGIN, None, at(3))):
        with pytest.raises(AuditUnavailable, match="witness store"):
            act()
    with pytest.raises(AuditUnavailable):
        SqlWitnessStore(f"sqlite:///{tmp_path / 'no' / 'folder'}")


def test_a_store_that_could_forget_does_not_open(postgres_database: Callable[..., str]) -> None:
    with pytest.raises(StoreRefused, match="WAL"):
        durable_engine("sqlite://")
    url = postgres_database("careless")
    with pytest.raises(StoreRefused, match="synchronous_commit"):
        SqlWitnessStore(f"{url}?options=-csynchronous_commit%3Doff")


# Properties.


@given(st.integers(0, 10**12), st.lists(st.binary(min_size=32, max_size=32), max_size=MAX_PROOF), st.text())
def test_a_submission_reads_what_it_writes(old: int, proof: list[bytes], note: str) -> None:
    submission = Submission(old, tuple(proof), note)
    try:
        body = submission.body
    except UnicodeEncodeError:
        return
    if len(body) <= MAX_SUBMISSION:
        assert Submission.parse(body) == submission


@given(st.binary(max_size=300) | st.text(alphabet="old 019\nA=—", max_size=80).map(str.encode))
def test_a_submission_of_any_bytes_is_read_or_refused(body: bytes) -> None:
    try:
        assert Submission.parse(body).body == body
    except FormatRefused:
        return


@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(body: bytes) -> None:
    assert status(witness().add_checkpoint(body, NOW)) == 400


STEP = st.tuples(
    st.sampled_from([TRUE, FORKED]), st.integers(0, 40), st.integers(0, 40), st.sampled_from([TRUE, FORKED])
)


@given(st.lists(STEP, max_size=30), st.booleans())
def test_no_sequence_of_requests_gets_two_histories_cosigned(
    steps: list[tuple[History, int, int, History]], guess: bool
) -> None:
    seen = witness()
    cosigned: list[tuple[int, bytes]] = []
    for signer, old, new, prover in steps:
        asked = max((size for size, _ in cosigned), default=0) if guess else old
        proof = prover.proof(asked, new) if asked <= new else ()
        if status(seen.add_checkpoint(Submission(asked, proof, signer.note(new)).body, NOW)) == 200:
            cosigned.append((new, signer.root(new)))
    assert any(all(history.root(size) == root for size, root in cosigned) for history in (TRUE, FORKED))
    assert [size for size, _ in cosigned] == sorted(size for size, _ in cosigned)
