"""The witness: cosigns a log's checkpoints, each only after a proof that it extends the one before.

The server's side of c2sp.org/tlog-witness without HTTP: bytes in, a status and bytes out. What a cosignature
says is that this log showed this witness no other history up to that size, as of that second.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol, TypeAlias

from audit.checkpoint import Checkpoint, open_checkpoint
from audit.cosignature import Cosigner, cosign
from audit.errors import FormatRefused, ProofRefused, WitnessQuarantined
from audit.keys import VerifyKey
from audit.merkle import EMPTY_ROOT, verify_consistency
from audit.note import Note
from audit.signer import Signer
from audit.submission import Submission

LogKeys: TypeAlias = Callable[[str], Sequence[VerifyKey]]
"""The keys that may sign for an origin; none for an unknown one."""

TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class Seen:
    """The last checkpoint of a log that this witness stands by; `note` is as the log signed it."""

    size: int
    root: bytes
    note: str

    @classmethod
    def of(cls, note: str) -> "Seen":
        """Read a note's checkpoint; who signed it is not checked here."""
        checkpoint = Checkpoint.parse(Note.parse(note).text)
        return cls(checkpoint.size, checkpoint.root, note)


@dataclass(frozen=True, slots=True)
class Fork:
    """Evidence: two notes of one log for one size with two roots. `first` is the one that was cosigned."""

    origin: str
    size: int
    first: str
    second: str


class WitnessStore(Protocol):
    """What a witness must not forget. Every method raises `AuditUnavailable` when the store fails."""

    def latest(self, origin: str) -> Seen | None:
        """Return the last checkpoint of the log, None for one that was never seen."""

    def origins(self) -> list[str]:
        """Return the logs that were seen, in order."""

    def advance(self, origin: str, old: Seen | None, new: Seen) -> bool:
        """Put `new` in the place of `old`, durably on return; False, and nothing done, if `old` is not last.

        Compare and set in one step: of two callers with the same `old` one gets False.
        """

    def accuse(self, fork: Fork) -> None:
        """Keep the evidence, the first for each origin and size."""

    def forks(self) -> list[Fork]:
        """Return all evidence, by origin and size."""

    def close(self) -> None:
        """Let go of files and connections."""


@dataclass(frozen=True, slots=True)
class WitnessReply:
    """What goes back to the log."""

    status: HTTPStatus
    content_type: str
    body: bytes


class Witness:
    """One witness over its store; may be called by several threads at once."""

    def __init__(self, store: WitnessStore, key: Signer, logs: LogKeys, *, held: bool = False) -> None:
        """Take store, key and the known logs; `KeyRefused` for a key of another type.

        One that is `held` has a store out of a backup: it may have cosigned more than that knows.
        """
        self._store, self._key, self._logs, self.held = store, key, logs, held
        self.public = Cosigner(key.public)

    def add_checkpoint(self, body: bytes, now: int) -> WitnessReply:
        """Answer a request at second `now`; `AuditUnavailable` when the store fails, and nothing is cosigned.

        `WitnessQuarantined` from one that is held, whatever is asked.

        1. The request has its form (400), the origin is known (404), a key of it has signed (403).
        2. `old` is not above the checkpoint's size (400) and is the size seen last (409 and that size).
        3. The proof leads from what was seen to the checkpoint (422).
        4. The checkpoint is durable as the last one seen, and only then is it cosigned (200).
        """
        if self.held:
            raise WitnessQuarantined(
                f"witness {self.public.name}: came back from a backup, has no new key yet, cosigns nothing"
            )
        try:  # 1
            request = Submission.parse(body)
            claimed = Checkpoint.parse(Note.parse(request.note).text)
        except FormatRefused as error:
            return _told(HTTPStatus.BAD_REQUEST, str(error))
        keys = self._logs(claimed.origin)
        if not keys:
            return _told(HTTPStatus.NOT_FOUND, f"log {claimed.origin[:80]!r} is not known here")
        try:
            checkpoint = open_checkpoint(request.note, keys)
        except ProofRefused as error:
            return _told(HTTPStatus.FORBIDDEN, str(error))
        if request.old > checkpoint.size:  # 2
            return _told(HTTPStatus.BAD_REQUEST, f"{checkpoint}: smaller than the old size {request.old}")
        new = Seen(checkpoint.size, checkpoint.root, _signed_by(request.note, keys))
        return self._judge(request, checkpoint, new, now)

    def _judge(self, request: Submission, checkpoint: Checkpoint, new: Seen, now: int) -> WitnessReply:
        """Steps 2 to 4 for a checkpoint that its log has signed."""
        seen = self._store.latest(checkpoint.origin)
        if seen is not None and seen.size == new.size and seen.root != new.root:
            self._store.accuse(Fork(checkpoint.origin, new.size, seen.note, new.note))
        if request.old != (seen.size if seen else 0):
            return _conflict(seen)
        try:  # 3
            root = seen.root if seen else EMPTY_ROOT
            verify_consistency((request.old, root), (new.size, new.root), request.proof)
        except ProofRefused as error:
            return _told(HTTPStatus.UNPROCESSABLE_ENTITY, f"log {checkpoint.origin}: {error}")
        if (seen is None or seen.size < new.size) and not self._store.advance(
            checkpoint.origin, seen, new
        ):  # 4
            return _conflict(self._store.latest(checkpoint.origin))
        line = cosign(checkpoint.text, self._key, now).line
        return WitnessReply(HTTPStatus.OK, TEXT, line.encode())

    def look(self) -> None:
        """Raise `KeyUnavailable` unless the witness's key is within reach."""
        self._key.look()

    def latest(self, origin: str) -> Seen | None:
        """The last checkpoint of a log that this witness stands by; `AuditUnavailable` if the store fails."""
        return self._store.latest(origin)

    def forks(self) -> list[Fork]:
        """Return the evidence of logs that signed two roots for one size."""
        return self._store.forks()


def pin(store: WitnessStore, note: str) -> Checkpoint:
    """Let a log that was never seen start from a checkpoint that came by another way, and return it.

    The caller vouches for it. `ProofRefused` if one of that log was seen already: it goes on from there.
    """
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    if not store.advance(checkpoint.origin, None, Seen.of(note)):
        raise ProofRefused(f"{checkpoint}: cannot be pinned, the witness has seen this log already")
    return checkpoint


def _signed_by(note: str, keys: Sequence[VerifyKey]) -> str:
    """Return the note with the known keys' signatures alone; whatever else stood there is not kept."""
    parsed = Note.parse(note)
    known = {(key.name, key.key_id) for key in keys}
    return str(Note(parsed.text, tuple(s for s in parsed.signatures if (s.name, s.key_id) in known)))


def _told(status: HTTPStatus, why: str) -> WitnessReply:
    return WitnessReply(status, TEXT, f"{why}\n".encode())


def _conflict(seen: Seen | None) -> WitnessReply:
    return WitnessReply(HTTPStatus.CONFLICT, SIZE, f"{seen.size if seen else 0}\n".encode())
