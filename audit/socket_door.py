"""The sequencer's door: a Unix socket where gateways hand in leaves and get back their places in the log.

The socket is for the node's own user alone (mode 0600, and the kernel is asked who came). What all gateways
hand in goes to one `Committing`, so batches that are queued at the same time share one commit. A gateway that
sends what is no message, or does not read its replies, loses its connection, and nothing else happens.
"""

import asyncio
import os
import socket
import struct
from contextlib import suppress
from pathlib import Path

from audit.committing import Committing
from audit.entry import utc_now
from audit.errors import AuditError, AuditUnavailable, FormatRefused
from audit.offered import Offer
from audit.wire import (
    LENGTH,
    MAX_WORDS,
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

SIGN_OF_LIFE = 1.0
"""Seconds between two signs of life."""

MAX_UNANSWERED = 1024
"""Requests of one gateway that are under way at once; further ones wait in the socket."""

MAX_UNREAD = 32 * 2**20
"""Bytes of replies that a gateway may leave unread."""

_CREDENTIALS = struct.Struct("3i")


class SocketDoor:
    """Listens at `path` for the gateways of `node`; `start` it after the log, `stop` it before the log."""

    def __init__(  # noqa: PLR0913  # where, for whom, and with how much patience
        self,
        committing: Committing,
        path: Path,
        node: str,
        *,
        life: float = SIGN_OF_LIFE,
        unread: int = MAX_UNREAD,
        user: int | None = None,
    ) -> None:
        """Prepare the door of one started `committing`; `user` may come in, its own unless told otherwise."""
        self._life, self.unread, self._user = life, unread, os.geteuid() if user is None else user
        self._committing, self._path, self._node = committing, path, node
        self._server: asyncio.Server | None = None
        self._place = (0, 0)
        self._gateways: set[_Gateway] = set()
        self._living: asyncio.Task[None] | None = None
        self._told = ""

    async def start(self) -> None:
        """Listen; a socket that another sequencer has left at the path gives way, whole and at once."""
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        masked = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, fresh)
        except OSError as error:
            raise AuditUnavailable(f"sequencer socket {self._path.name}: {error}") from error
        finally:
            os.umask(masked)
        told = fresh.stat()
        self._place = (told.st_dev, told.st_ino)
        fresh.replace(self._path)
        self._living = asyncio.create_task(self._live())

    async def stop(self) -> None:
        """Take nothing more, answer what was handed in, close all connections."""
        if self._server is None or self._living is None:
            return
        self._living.cancel()
        self._server.close()
        with suppress(OSError):
            told = self._path.stat()
            if (told.st_dev, told.st_ino) == self._place:
                self._path.unlink()
        await asyncio.gather(*[gateway.end() for gateway in self._gateways])
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if _peer(writer) != self._user:
            writer.transport.abort()
            return
        gateway = _Gateway(self, reader, writer)
        self._gateways.add(gateway)
        try:
            gateway.send(Seen(self._committing.note))
            await gateway.listen()
        finally:
            self._gateways.discard(gateway)
            await gateway.end()

    async def _live(self) -> None:
        while True:
            self.tell(Seen(self._committing.note))
            await asyncio.sleep(self._life)

    def tell(self, seen: Seen, *, but: "_Gateway | None" = None) -> None:
        """Send a checkpoint to every gateway, except one that has it already."""
        self._told = seen.note
        for gateway in self._gateways:
            if gateway is not but:
                gateway.send(seen)

    async def answer(self, request: Message, gateway: "_Gateway") -> Message:
        """Do what was asked for and return the reply."""
        if not isinstance(request, Submit | Keep | Stop):
            raise FormatRefused(f"sequencer frame: a {type(request).__name__} is for gateways to read")
        try:
            if isinstance(request, Submit):
                return await self._append(request, gateway)
            if isinstance(request, Keep):
                await self._committing.keep(request.note)
            else:
                self._committing.quarantine(request.reason)
        except AuditError as error:
            return Refused(request.number, error.code, str(error)[: MAX_WORDS // 4])
        return Done(request.number)

    async def _append(self, request: Submit, gateway: "_Gateway") -> Appended:
        batch = Offer(self._node, utc_now()).drafts(request.drafts)
        placed = await self._committing.submit(batch)
        if self._told != placed.note:
            self.tell(Seen(placed.note), but=gateway)
        return Appended(request.number, placed.first, placed.note, tuple(map(tuple, placed.paths)))


class _Gateway:
    """One connection: its requests are answered side by side, each when it is done."""

    def __init__(self, door: SocketDoor, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._door, self._reader, self._writer = door, reader, writer
        self._room = asyncio.Semaphore(MAX_UNANSWERED)
        self._answers: set[asyncio.Task[None]] = set()

    async def listen(self) -> None:
        """Take requests until the gateway goes away or talks nonsense."""
        with suppress(ConnectionError, asyncio.IncompleteReadError, FormatRefused):
            while True:
                head = await self._reader.readexactly(LENGTH)
                request = decode(await self._reader.readexactly(frame_length(head)))
                await self._room.acquire()
                task = asyncio.create_task(self._answer(request))
                self._answers.add(task)
                task.add_done_callback(self._answers.discard)

    async def _answer(self, request: Message) -> None:
        try:
            self.send(await self._door.answer(request, self))
        except FormatRefused:
            self._writer.transport.abort()
        finally:
            self._room.release()

    def send(self, message: Message) -> None:
        """Put a message into the connection; one that is not read from is cut."""
        transport = self._writer.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() > self._door.unread:
            transport.abort()
        else:
            transport.write(encode(message))

    async def end(self) -> None:
        """Answer what is under way, then close."""
        await asyncio.gather(*self._answers)
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()


def _peer(writer: asyncio.StreamWriter) -> int:
    """The user id of the process at the other end, as the kernel says."""
    number = os.dup(writer.get_extra_info("socket").fileno())
    with socket.socket(fileno=number) as peer:
        told = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, user, _ = _CREDENTIALS.unpack(told)
    return int(user)
