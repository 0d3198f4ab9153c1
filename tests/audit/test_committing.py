"""The port through which a log grows: one conformance suite in the process and behind a socket."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.checkpoint import Checkpoint
from audit.committer import Committer
from audit.cosignature import cosign
from audit.draft import Draft
from audit.entry import Entry, Kind, utc_now
from audit.errors import (
    AuditUnavailable,
    Duplicate,
    EntryRefused,
    ErasureRefused,
    ForkRefused,
    FormatRefused,
    ProofRefused,
    Quarantined,
)
from audit.guard import FileGuard, MemoryGuard
from audit.keys import SignatureType, SigningKey
from audit.log import Log
from audit.memory_store import MemoryStore
from audit.note import Note
from audit.offered import Offer, wanted
from audit.receipt import Receipt
from audit.sequencer import Sequencer
from audit.socket_committer import SocketCommitter
from audit.socket_door import SocketDoor
from audit.wire import (
    LENGTH,
    Appended,
    Done,
    Keep,
    Message,
    Refused,
    Seen,
    Submit,
    decode,
    encode,
    frame_length,
)
from tests.audit.samples import BLOB_KEY, DIGEST, KEY, NODE, ORIGIN, OTHER_KEY, asked, disclosed

WITNESS = SigningKey.generate("one.example", SignatureType.COSIGNATURE)


class Desk:
    """A sequencer's log and door, and logs of gateways that grow through it."""

    def __init__(self, stack: AsyncExitStack, path: Path) -> None:
        self._stack, self.path = stack, path
        self.store, self.guard = MemoryStore(), MemoryGuard()
        self.grown: Log
        self.door: SocketDoor

    async def open(self, **more: Any) -> None:
        self.grown = await Log.open(self.store, self.guard, KEY, blob_key=BLOB_KEY)
        self.door = SocketDoor(self.grown.committing, self.path, NODE, **more)
        await self.door.start()

    async def close(self) -> None:
        await self.door.stop()
        await self.grown.close()

    async def gateway(self, **more: Any) -> Log:
        behind = SocketCommitter(self.path, [KEY.public], **more)
        log = await Log.over(behind, self.store, blob_key=BLOB_KEY)
        self._stack.push_async_callback(log.close)
        return log


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """An open one; its socket is where the name is short."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        made = Desk(stack, Path(folder) / "sequencer.sock")
        await made.open()
        stack.push_async_callback(made.close)
        yield made


@pytest.fixture(params=["in the process", "behind a socket"])
async def log(request: pytest.FixtureRequest, desk: Desk) -> Log:
    return desk.grown if request.param == "in the process" else await desk.gateway()


async def test_an_entry_gets_a_receipt(log: Log) -> None:
    assert (log.origin, log.head.size) == (ORIGIN, 0)
    entry = asked(sealed=b"inspector 17")
    receipt = await log.append(entry)
    assert (receipt.origin, receipt.index, receipt.size) == (ORIGIN, 0, 1)
    assert (receipt.kind, receipt.subject, receipt.entry_id) == (Kind.ASKED, DIGEST, entry.id)
    (stored,) = await log.entries(0, 10)
    assert Receipt.parse(receipt.text).verify_leaf(stored.leaf, KEY.public).leaf_shown
    assert await log.unseal(0) == b"inspector 17"
    assert Note.parse(log.checkpoint()).text.splitlines()[:2] == [ORIGIN, "1"]


async def test_batches_are_whole_and_in_order(log: Log) -> None:
    batches = [[asked(f"{i}-{j}") for j in range(i + 1)] for i in range(12)]
    made = await asyncio.gather(*[log.append_many(batch) for batch in batches])
    for batch, receipts in zip(batches, made, strict=True):
        assert [receipt.entry_id for receipt in receipts] == [entry.id for entry in batch]
        assert [receipt.index for receipt in receipts] == list(
            range(receipts[0].index, receipts[0].index + len(batch))
        )
        for receipt in receipts:
            Receipt.parse(receipt.text).verify(KEY.public)
    assert log.head.size == sum(map(len, batches))
    assert await log.append_many([]) == []


async def test_a_spent_key_fails_alone(log: Log) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    results = await asyncio.gather(
        log.append(asked("a", once="nonce", expires=later)),
        log.append(asked("b", once="nonce")),
        log.append(asked("c")),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [Receipt, Duplicate, Receipt]
    with pytest.raises(Duplicate, match="this ASKED is logged already"):
        await log.append(asked("d", once="nonce"))


async def test_an_intent_is_open_until_its_outcome(log: Log) -> None:
    receipt = await log.append(asked())
    assert [intent.entry_id for intent in await log.open_intents()] == [receipt.entry_id]
    await log.append(disclosed(receipt.entry_id))
    assert await log.open_intents() == []


async def test_an_erasure_goes_with_its_entry(log: Log) -> None:
    await log.append_many([asked(sealed=b"one"), asked(sealed=b"two")])
    facts = {"ranges": ["0"], "records": 1, "reasons": ["RETENTION"], "approvers": ["a", "b"]}
    receipt = await log.erase([0], Entry(Kind.ERASED, NODE, facts))
    assert receipt.kind is Kind.ERASED
    assert [stored.blob is None for stored in await log.entries(0, 3)] == [True, False, True]
    with pytest.raises(ErasureRefused, match="1 are not there"):
        await log.erase([0], Entry(Kind.ERASED, NODE, facts))


async def test_cosigned_checkpoints_are_kept(log: Log) -> None:
    await log.append(asked())
    note = log.checkpoint()
    cosigned = note + cosign(Note.parse(note).text, WITNESS, 1_800_000_000).line
    await log.keep(cosigned)
    assert log.reader.note(1) == cosigned
    with pytest.raises(ProofRefused, match="was never signed"):
        await log.keep(Checkpoint(ORIGIN, 7, bytes(32)).sign(KEY))
    with pytest.raises(FormatRefused):
        await log.keep("nonsense")


async def test_quarantine_stops_every_append(desk: Desk, log: Log) -> None:
    other = await desk.gateway()
    await log.append(asked())
    log.quarantine("a witness is ahead")
    with pytest.raises(Quarantined, match="a witness is ahead"):
        await log.append(asked())
    while True:
        try:
            await other.append(asked())
        except Quarantined:
            break
    assert len(other.reader.leaves(0, 9)) == 1


async def test_a_caller_that_is_cancelled_loses_nothing(log: Log) -> None:
    task = asyncio.create_task(log.append(asked("cancelled")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await log.append(asked("next"))).index == 1


async def test_a_closed_log_takes_nothing(log: Log) -> None:
    queued = asyncio.create_task(log.append(asked()))
    await asyncio.sleep(0)
    await log.close()
    assert (await queued).index == 0
    with pytest.raises(AuditUnavailable, match="is closed"):
        await log.append(asked())
    await log.close()


async def test_gateways_share_groups_and_see_one_log(desk: Desk) -> None:
    logs = [await desk.gateway() for _ in range(4)]
    receipts = await asyncio.gather(*[log.append(asked(f"{i}")) for i in range(200) for log in logs])
    assert sorted(receipt.index for receipt in receipts) == list(range(800))
    assert len({receipt.size for receipt in receipts}) < 200
    await until(lambda: {log.head for log in logs} == {desk.grown.head})
    assert {len(await log.entries(0, 1000)) for log in logs} == {800}


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110  # what is waited for comes over a socket
            await asyncio.sleep(0.01)


async def test_the_socket_is_for_its_user_alone(desk: Desk) -> None:
    assert desk.path.stat().st_mode & 0o777 == 0o600


async def test_another_user_is_not_let_in_whatever_the_mode_of_the_socket(desk: Desk) -> None:
    other = SocketDoor(desk.grown.committing, desk.path, NODE, user=os.geteuid() + 1)
    await other.start()
    with pytest.raises(AuditUnavailable, match="cannot be reached"):
        await desk.gateway(patience=0.5)
    await other.stop()


async def test_a_gateway_finds_the_next_sequencer_by_itself(desk: Desk) -> None:
    log = await desk.gateway()
    await log.append(asked("a"))
    await desk.close()
    with pytest.raises(AuditUnavailable, match=r"cannot be reached|before it replied"):
        await log.append(asked("b"))
    await desk.open()
    receipt = await until_appended(log, "c")
    assert receipt.index == 1
    Receipt.parse(receipt.text).verify(KEY.public)


async def until_appended(log: Log, query: str) -> Receipt:
    while True:
        try:
            return await log.append(asked(query))
        except AuditUnavailable:
            await asyncio.sleep(0.02)


async def test_a_quarantine_reaches_the_next_sequencer_too(desk: Desk) -> None:
    log, other = await desk.gateway(), await desk.gateway()
    await desk.close()
    log.quarantine("a witness is ahead")
    await desk.open()
    while True:
        try:
            await other.append(asked())
        except Quarantined:
            break
        except AuditUnavailable:
            await asyncio.sleep(0.02)
    assert desk.grown.head.size >= 0


async def test_without_a_sequencer_no_log_opens(tmp_path: Path) -> None:
    behind = SocketCommitter(tmp_path / "s", [KEY.public], patience=0.2)
    with pytest.raises(AuditUnavailable, match="the sequencer at s cannot be reached: FileNotFoundError"):
        await Log.over(behind, MemoryStore())


async def test_the_sequencer_of_another_log_is_refused(desk: Desk) -> None:
    behind = SocketCommitter(desk.path, [OTHER_KEY.public], patience=0.2)
    with pytest.raises(AuditUnavailable, match="is refused: note signed by"):
        await Log.over(behind, MemoryStore())


async def test_a_socket_that_cannot_be_is_named(desk: Desk, tmp_path: Path) -> None:
    door = SocketDoor(desk.grown.committing, tmp_path / ("x" * 120), NODE)
    with pytest.raises(AuditUnavailable, match=r"sequencer socket x+: "):
        await door.start()
    await door.stop()


async def test_a_batch_that_is_too_long_is_refused_here(desk: Desk) -> None:
    log = await desk.gateway()
    with pytest.raises(EntryRefused, match="4097 entries at once, at most 4096"):
        await log.append_many([asked()] * 4097)


# What a gateway that was taken over may try: it speaks for itself, and gets refusals.


async def spoken(desk: Desk, *messages: Message) -> list[Message]:
    """The replies to messages that are sent by hand."""
    reader, writer = await asyncio.open_unix_connection(desk.path)
    try:
        for message in messages:
            writer.write(encode(message))
        replies: list[Message] = []
        while len(replies) < len(messages):
            frame = await reader.readexactly(frame_length(await reader.readexactly(LENGTH)))
            if not isinstance(reply := decode(frame), Seen):
                replies.append(reply)
        return replies
    finally:
        writer.close()
        await writer.wait_closed()


def offered(entry: Entry, at: datetime | None = None, **other: Any) -> Submit:
    sealed = None if entry.sealed is None else BLOB_KEY.seal(entry.sealed, entry.id)
    (made,) = wanted([Draft.of(entry, at or datetime.now(UTC), sealed)])
    fields = {name: getattr(made, name) for name in made.__slots__} | other
    return Submit(7, (type(made)(**fields),))


MINUTES = timedelta(minutes=2)
Make = Callable[[], Submit]
HOSTILE: list[tuple[Make, str, str]] = [
    (lambda: Submit(7, ()), "ENTRY_REFUSED", "a batch without entries"),
    (lambda: offered(asked(), datetime.now(UTC) - MINUTES), "ENTRY_REFUSED", "60 seconds"),
    (lambda: offered(asked(), datetime.now(UTC) + MINUTES), "ENTRY_REFUSED", "60 seconds"),
    (lambda: offered(Entry(Kind.ASKED, "se.polisen")), "ENTRY_REFUSED", "of se.polisen was offered"),
    (lambda: offered(asked(), leaf=b"{}"), "FORMAT_REFUSED", "leaf: version None"),
    (lambda: offered(asked(), leaf=b"\xff"), "FORMAT_REFUSED", "not JSON"),
    (lambda: offered(asked(), sealed=b"x", wrapped_key=b"y"), "ENTRY_REFUSED", "do not belong together"),
    (lambda: offered(asked(sealed=b"x"), sealed=b""), "ENTRY_REFUSED", "do not belong together"),
    (lambda: offered(asked(sealed=b"x"), wrapped_key=b""), "ENTRY_REFUSED", "do not belong together"),
    (lambda: offered(asked(), once="x" * 257), "ENTRY_REFUSED", "1 to 256 characters"),
    (lambda: offered(asked(), once="a\x00b"), "ENTRY_REFUSED", "can be printed"),
    (lambda: offered(asked(), lapses=2**63), "ENTRY_REFUSED", "beyond"),
    (lambda: offered(asked(), erased=(2**63,)), "ENTRY_REFUSED", "beyond"),
    (lambda: offered(asked(), erased=(0,)), "ERASURE_REFUSED", "not there"),
]


@pytest.mark.parametrize(("make", "code", "message"), HOSTILE)
async def test_what_no_entry_of_this_node_would_be_is_refused(
    desk: Desk, make: Make, code: str, message: str
) -> None:
    refused, appended = await spoken(desk, make(), offered(asked("fine")))
    assert isinstance(refused, Refused)
    assert (refused.number, refused.code) == (7, code)
    assert message in refused.message
    assert isinstance(appended, Appended)
    assert desk.grown.head.size == 1


@pytest.mark.parametrize("change", [("DISCLOSURE", "is no DISCLOSURE"), ("2026-01-01", "is no moment")])
async def test_operation_and_time_are_held_to_the_kind_and_the_clock(change: tuple[str, str]) -> None:
    now = datetime.now(UTC)
    (made,) = wanted([Draft.of(asked(), now, None)])
    old = b"CONSULTATION" if change[0] == "DISCLOSURE" else now.isoformat(timespec="milliseconds").encode()
    leaf = made.leaf.replace(old, change[0].encode())
    fields = {name: getattr(made, name) for name in made.__slots__} | {"leaf": leaf}
    with pytest.raises(EntryRefused, match=change[1]):
        Offer(NODE, now).drafts([type(made)(**fields)])


@pytest.mark.parametrize(
    "nonsense", [b"\x00\x00\x00\x00", b"\xff" * 20, encode(Done(1)), b"GET / HTTP/1.1\r\n\r\n"]
)
async def test_nonsense_costs_the_connection_and_nothing_else(desk: Desk, nonsense: bytes) -> None:
    log = await desk.gateway()
    reader, writer = await asyncio.open_unix_connection(desk.path)
    writer.write(nonsense)
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await reader.readexactly(10_000_000)
    writer.transport.abort()
    assert (await log.append(asked())).index == 0


async def flood(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(encode(Keep(1, "nonsense")) * 100)
        await writer.drain()


async def test_a_gateway_that_does_not_read_is_cut(desk: Desk) -> None:
    await desk.close()
    await desk.open(unread=1000)
    log = await desk.gateway()
    reader, writer = await asyncio.open_unix_connection(desk.path, limit=1)
    with pytest.raises(ConnectionError):
        await flood(writer)
    assert not reader.at_eof()
    assert (await log.append(asked())).index == 0


# What a gateway does with a sequencer that lies or falls silent.


@asynccontextmanager
async def liar(path: Path, *replies: Message) -> AsyncIterator[list[Message]]:
    """A sequencer that says these things, one for each request after the first."""
    heard: list[Message] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(encode(replies[0]))
            for reply in replies[1:]:
                heard.append(decode(await reader.readexactly(frame_length(await reader.readexactly(LENGTH)))))
                writer.write(encode(reply))
            await reader.read()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_unix_server(serve, path)
    try:
        yield heard
    finally:
        server.close()


def note(size: int, root: bytes = bytes(32)) -> str:
    return Checkpoint(ORIGIN, size, root).sign(KEY)


@pytest.mark.parametrize(
    "reply",
    [
        Appended(1, 3, note(4), ((),)),
        Appended(1, 0, note(1), ((),)),
        Appended(1, 0, note(1), ()),
        Appended(
            1,
            0,
            Checkpoint("se.polisen/log", 1, bytes(32)).sign(SigningKey.generate("se.polisen/log")),
            ((),),
        ),
        Done(1),
        Refused(1, "AUDIT_UNAVAILABLE", "no room"),
        Refused(1, "NEVER_HEARD_OF", "no room"),
    ],
)
async def test_a_reply_that_proves_nothing_is_no_receipt(desk: Desk, reply: Message) -> None:
    path = desk.path.with_name("liar.sock")
    async with liar(path, Seen(note(0)), reply):
        log = await Log.over(SocketCommitter(path, [KEY.public]), MemoryStore())
        with pytest.raises(AuditUnavailable):
            await log.append(asked())
        await log.close()


@pytest.mark.parametrize(
    "greeting", [Done(1), Seen("nonsense"), Seen(Checkpoint(ORIGIN, 0, bytes(32)).sign(OTHER_KEY))]
)
async def test_a_greeting_that_is_none_is_refused(desk: Desk, greeting: Message) -> None:
    path = desk.path.with_name("liar.sock")
    async with liar(path, greeting):
        with pytest.raises(AuditUnavailable, match="is refused"):
            await Log.over(SocketCommitter(path, [KEY.public], patience=0.2), MemoryStore())


async def test_a_sequencer_that_went_back_is_never_used_again(desk: Desk) -> None:
    log = await desk.gateway()
    await log.append_many([asked(), asked()])
    await desk.close()
    await asyncio.sleep(0.1)
    async with liar(desk.path, Seen(note(1)), Done(1)):
        with pytest.raises(ForkRefused, match=r"size 1, .* the sequencer was at size 2"):
            await until_refused(log)
    await desk.open()


async def test_two_roots_for_one_size_stop_the_gateway(desk: Desk) -> None:
    path = desk.path.with_name("liar.sock")
    async with liar(path, Seen(note(5)), Seen(note(5, b"x" * 32))):
        log = await Log.over(SocketCommitter(path, [KEY.public]), MemoryStore())
        with pytest.raises(AuditUnavailable):
            await log.append(asked())
        with pytest.raises(ForkRefused, match="size 5"):
            await until_refused(log)
        await log.close()


async def until_refused(log: Log) -> None:
    while True:
        try:
            await log.append(asked())
        except ForkRefused:
            raise
        except AuditUnavailable:
            await asyncio.sleep(0.02)


async def test_a_sequencer_that_falls_silent_is_given_up(desk: Desk) -> None:
    path = desk.path.with_name("liar.sock")
    async with liar(path, Seen(note(0))):
        log = await Log.over(SocketCommitter(path, [KEY.public], silence=0.2), MemoryStore())
        with pytest.raises(AuditUnavailable, match="lost before it replied"):
            await log.append(asked())
        await log.close()


async def test_words_that_are_not_for_gateways_end_the_connection(desk: Desk) -> None:
    path = desk.path.with_name("liar.sock")
    async with liar(path, Seen(note(0)), Submit(1, ())):
        log = await Log.over(SocketCommitter(path, [KEY.public]), MemoryStore())
        with pytest.raises(AuditUnavailable, match="lost before it replied"):
            await log.append(asked())
        await log.close()


async def test_a_caller_that_went_away_is_not_waited_for(desk: Desk) -> None:
    path = desk.path.with_name("liar.sock")
    async with liar(path, Seen(note(0)), Done(99)):
        log = await Log.over(SocketCommitter(path, [KEY.public], silence=0.3), MemoryStore())
        gone, stays = asyncio.create_task(log.append(asked())), asyncio.create_task(log.append(asked()))
        await asyncio.sleep(0.05)
        gone.cancel()
        with pytest.raises(AuditUnavailable, match="lost before it replied"):
            await stays
        await log.close()


async def test_one_that_was_never_started_stops(desk: Desk) -> None:
    await SocketCommitter(desk.path, [KEY.public]).stop()


async def test_a_sequencer_leaves_the_socket_of_the_next_one(desk: Desk) -> None:
    log = await desk.gateway()
    following = SocketDoor(desk.grown.committing, desk.path, NODE)
    await following.start()
    await desk.door.stop()
    assert (await until_appended(log, "through-the-next")).index == 0
    await following.stop()
    with pytest.raises(AuditUnavailable):
        await log.append(asked())


async def test_a_committer_that_was_never_started_lets_go(tmp_path: Path) -> None:
    guard = FileGuard(tmp_path / "guard", ORIGIN)
    await Committer(Sequencer(MemoryStore(), guard, KEY, utc_now)).stop()
    FileGuard(tmp_path / "guard", ORIGIN).close()


async def test_more_than_one_group_may_wait() -> None:
    committer = Committer(Sequencer(MemoryStore(), MemoryGuard(), KEY, utc_now))
    waiting = [committer.submit([Draft.of(asked(f"{i}"), utc_now(), None)]) for i in range(1001)]
    await committer.start()
    placed = await asyncio.gather(*waiting)
    assert [place.checkpoint.size for place in placed] == [1000] * 1000 + [1001]
    await committer.stop()
