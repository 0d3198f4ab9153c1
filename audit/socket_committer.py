"""The adapter of `Committing` for a gateway: the log's key and writing door are in the sequencer's process.

One connection, kept up by itself: when it is lost, or nothing is heard on it for a while, whatever was not
answered fails with `AuditUnavailable` (it may be in the log or not), and it is made anew, to whichever
sequencer then holds the socket. Until then every append is refused at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TypeVar

from audit.checkpoint import Checkpoint, open_checkpoint
from audit.draft import Batch
from audit.errors import (
    AuditError,
    AuditUnavailable,
    Duplicate,
    EntryRefused,
    ErasureRefused,
    Fenced,
    ForkRefused,
    FormatRefused,
    GuardRefused,
    KeyUnavailable,
    ProofRefused,
    Quarantined,
    StandbyMissing,
    StoreRefused,
)
from audit.keys import VerifyKey
from audit.merkle import EMPTY_ROOT, verify_inclusion
from audit.note import Note
from audit.offered import wanted
from audit.placed import Placed
from audit.store import Head
from audit.wire import (
    LENGTH,
    MAX_DRAFTS,
    Appended,
    Done,
    Keep,
    Message,
    Refused,
    Seen,
    Stop,
    Submit,
    decode,
    encode,
    frame_length,
)

M = TypeVar("M", Appended, Done)

SILENCE = 4.0
"""Seconds without a sign of life after which a connection is given up."""

PATIENCE = 20.0
"""Seconds that `start` waits for a sequencer."""

_SHORTEST, _LONGEST = 0.05, 1.0
_MAX_UNSENT = 32 * 2**20
_KINDS = (
    *(
        AuditUnavailable,
        KeyUnavailable,
        GuardRefused,
        ForkRefused,
        Fenced,
        StoreRefused,
        StandbyMissing,
        Quarantined,
    ),
    *(Duplicate, EntryRefused, ErasureRefused, FormatRefused, ProofRefused),
)
_ERRORS: dict[str, type[AuditError]] = {kind.code: kind for kind in _KINDS}


class SocketCommitter:
    """A gateway's end of the socket at `path`, behind which is the log that `keys` verify."""

    def __init__(
        self, path: Path, keys: Sequence[VerifyKey], *, patience: float = PATIENCE, silence: float = SILENCE
    ) -> None:
        """Prepare the connection; `start` makes it. The first key is named like the log."""
        self._path, self._keys, self._patience, self._silence = path, keys, patience, silence
        self._head, self._note = Head(-1, EMPTY_ROOT), ""
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._refused: AuditError | None = None
        self._why = "has not been reached yet"
        self._connected = asyncio.Event()
        self._upkeep: asyncio.Task[None] | None = None

    @property
    def origin(self) -> str:
        """The log's identity."""
        return self._keys[0].name

    @property
    def head(self) -> Head:
        """The last signed head that the sequencer has told."""
        return self._head

    @property
    def note(self) -> str:
        """Its signed checkpoint."""
        return self._note

    async def start(self) -> None:
        """Connect; `AuditUnavailable` if no sequencer of this log is reached with some patience."""
        self._upkeep = asyncio.create_task(self._keep_up())
        try:
            async with asyncio.timeout(self._patience):
                await self._connected.wait()
        except TimeoutError as error:
            raise self._unreachable() from error

    def submit(self, batch: Batch) -> Awaitable[Placed]:
        """Hand the batch in; what is returned gives its place or its error."""
        if len(batch) > MAX_DRAFTS:
            raise EntryRefused(f"log {self.origin}: {len(batch)} entries at once, at most {MAX_DRAFTS}")
        return self._placed(batch, self._ask(lambda number: Submit(number, wanted(batch))))

    async def keep(self, note: str) -> None:
        """Have the sequencer keep a cosigned checkpoint."""
        _expect(Done, await self._ask(lambda number: Keep(number, note)))

    def quarantine(self, reason: str) -> None:
        """Refuse every later append here, and have every sequencer that is reached refuse all others'."""
        self._refused = self._refused or Quarantined(f"log {self.origin}: {reason}")
        self._pass_on_quarantine()

    async def stop(self) -> None:
        """Wait for what was handed in, then close the connection."""
        if self._waiting:
            await asyncio.wait([*self._waiting.values()], timeout=self._silence)
        self._refused = self._refused or AuditUnavailable(f"log {self.origin}: is closed")
        if self._upkeep is not None:
            self._upkeep.cancel()
            with suppress(asyncio.CancelledError):
                await self._upkeep

    async def _placed(self, batch: Batch, replied: asyncio.Future[Message]) -> Placed:
        """Return where the batch lies, its paths checked against the checkpoint that came with them."""
        reply = _expect(Appended, await replied)
        checkpoint = Checkpoint.parse(Note.parse(reply.note).text)
        if checkpoint.origin != self.origin or len(reply.paths) != len(batch):
            raise AuditUnavailable(
                f"{checkpoint}: came with {len(reply.paths)} paths for {len(batch)} entries"
            )
        try:
            for index, (draft, path) in enumerate(zip(batch, reply.paths, strict=True), reply.first):
                verify_inclusion(draft.claim.leaf_hash, index, checkpoint.size, path, checkpoint.root)
        except ProofRefused as error:
            raise AuditUnavailable(f"log {self.origin}: the sequencer's reply proves nothing") from error
        self._follow(reply.note, checkpoint)
        return Placed(reply.first, reply.paths, reply.note, checkpoint)

    def _ask(self, request: Callable[[int], Message]) -> asyncio.Future[Message]:
        """Send a request; its reply comes as the future's result, its refusal as the future's error."""
        if self._refused is not None:
            raise self._refused
        if self._writer is None or self._writer.transport.get_write_buffer_size() > _MAX_UNSENT:
            raise self._unreachable()
        number = next(self._numbers)
        frame = encode(request(number))
        replied: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[number] = replied
        self._writer.write(frame)
        return replied

    def _unreachable(self) -> AuditUnavailable:
        return AuditUnavailable(f"log {self.origin}: the sequencer at {self._path.name} {self._why}")

    def _pass_on_quarantine(self) -> None:
        if self._writer is not None and isinstance(self._refused, Quarantined):
            self._writer.write(encode(Stop(0, str(self._refused))))

    async def _keep_up(self) -> None:
        """Connect, listen until the connection ends, and so on, with a pause that grows with each failure."""
        pause = _SHORTEST
        while True:
            try:
                await self._listen()
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                self._why = f"cannot be reached: {type(error).__name__}"
            except AuditError as error:
                self._why = f"is refused: {error}"
            pause = _SHORTEST if self._connected.is_set() else min(2 * pause, _LONGEST)
            self._connected.clear()
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        reader, writer = await asyncio.open_unix_connection(self._path)
        try:
            self._greeted(await self._heard(reader))
            self._writer = writer
            self._pass_on_quarantine()
            self._connected.set()
            while True:
                self._take(await self._heard(reader))
        finally:
            self._writer = None
            self._give_up()
            writer.transport.abort()

    async def _heard(self, reader: asyncio.StreamReader) -> Message:
        async with asyncio.timeout(self._silence):
            return decode(await reader.readexactly(frame_length(await reader.readexactly(LENGTH))))

    def _greeted(self, message: Message) -> None:
        """Check that the sequencer has this log, and not an earlier state of it."""
        if not isinstance(message, Seen):
            raise FormatRefused(f"sequencer: greets with a {type(message).__name__}")
        checkpoint = open_checkpoint(message.note, self._keys)
        if checkpoint.size < self._head.size:
            self._refused = ForkRefused(f"{checkpoint}: the sequencer was at {self._head} before")
            raise self._refused
        self._follow(message.note, checkpoint)

    def _take(self, message: Message) -> None:
        if isinstance(message, Seen):
            self._follow(message.note, Checkpoint.parse(Note.parse(message.note).text))
            return
        if not isinstance(message, Appended | Done | Refused):
            raise FormatRefused(f"sequencer: sent a {type(message).__name__}")
        replied = self._waiting.pop(message.number, None)
        if replied is None or replied.done():
            return
        if isinstance(message, Refused):
            replied.set_exception(_ERRORS.get(message.code, AuditUnavailable)(message.message))
        else:
            replied.set_result(message)

    def _follow(self, note: str, checkpoint: Checkpoint) -> None:
        """Let the head follow a checkpoint; two roots for one size stop the log here."""
        head = Head(checkpoint.size, checkpoint.root)
        if head.size == self._head.size and head.root != self._head.root:
            self._refused = ForkRefused(f"{checkpoint}: the sequencer was at {self._head} before")
            raise self._refused
        if head.size > self._head.size:
            self._head, self._note = head, note

    def _give_up(self) -> None:
        """Fail whatever is not answered: it may be in the log or not."""
        lost, self._waiting = self._waiting, {}
        for replied in lost.values():
            if not replied.done():
                replied.set_exception(
                    AuditUnavailable(f"log {self.origin}: the sequencer was lost before it replied")
                )


def _expect(kind: type[M], reply: Message) -> M:
    if not isinstance(reply, kind):
        raise AuditUnavailable(f"sequencer: replied with a {type(reply).__name__}, not {kind.__name__}")
    return reply
