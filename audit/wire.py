"""What gateways and a sequencer say to each other over their Unix socket.

A frame is four bytes of length, big-endian, and so many bytes: one of type, then the fields of its message
in the order of the classes below. Numbers are eight bytes; texts (UTF-8) and byte strings come after their
length, lists after their count, in four bytes; hashes are 32 bytes. Gateways send `Submit`, `Keep`, `Stop`
under a number of their own choice, and get `Appended`, `Done` or `Refused` under the same number. `Seen`
comes unasked: first of all, whenever the head has changed, and as a sign of life.

The other end is another security context: `decode` refuses with `FormatRefused` whatever is longer than its
cap, cut off, of no known type, or has bytes left over. What a leaf says is checked by `audit.offered`.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Final, Generic, TypeAlias, TypeVar

from audit.errors import FormatRefused
from audit.merkle import HASH_SIZE
from audit.proof import MAX_PATH

T = TypeVar("T")

LENGTH: Final = 4
MAX_FRAME: Final = 16 * 2**20
MAX_DRAFTS: Final = 4096
MAX_NOTE: Final = 65_536
MAX_WORDS: Final = 4096
_NUMBER: Final = 8
_MAX_LEAF: Final = 4096
_MAX_ONCE: Final = 1024
_MAX_SEALED: Final = 65_536 + 64
_MAX_WRAPPED: Final = 64


@dataclass(frozen=True, slots=True)
class Wanted:
    """A leaf to append, its blob's two parts (empty without one), its `once` key (empty without one)."""

    leaf: bytes
    sealed: bytes
    wrapped_key: bytes
    once: str
    lapses: int
    erased: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Submit:
    """Append these, all or none."""

    number: int
    drafts: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep this cosigned checkpoint."""

    number: int
    note: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Go into quarantine, for this reason."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Appended:
    """The leaves are in, from index `first` on; their paths lead to the root that `note` signs."""

    number: int
    first: int
    note: str
    paths: tuple[tuple[bytes, ...], ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What was asked for is done."""

    number: int


@dataclass(frozen=True, slots=True)
class Refused:
    """What was asked for is not done, or not known to be: an error's code and message."""

    number: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The last signed checkpoint."""

    note: str


Message: TypeAlias = Submit | Keep | Stop | Appended | Done | Refused | Seen


class _Cursor:
    """A place in a frame; nothing beyond the frame's end is ever taken."""

    def __init__(self, frame: bytes) -> None:
        self._frame, self._at = frame, 0

    def take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._frame):
            raise FormatRefused(f"sequencer frame: {len(self._frame)} bytes, it says that there are {end}")
        found, self._at = self._frame[self._at : end], end
        return found

    def length(self, cap: int) -> int:
        found = int.from_bytes(self.take(LENGTH), "big")
        if found > cap:
            raise FormatRefused(f"sequencer frame: a field of {found}, at most {cap} are read")
        return found

    @property
    def left(self) -> int:
        return len(self._frame) - self._at


@dataclass(frozen=True, slots=True)
class _Form(Generic[T]):
    """How a field is written, and read back."""

    write: Callable[[T], bytes]
    read: Callable[[_Cursor], T]


def _counted(count: int, data: bytes) -> bytes:
    return count.to_bytes(LENGTH, "big") + data


def _data(cap: int) -> _Form[bytes]:
    return _Form(lambda value: _counted(len(value), value), lambda at: at.take(at.length(cap)))


def _text(cap: int) -> _Form[str]:
    data = _data(cap)
    return _Form(lambda value: data.write(value.encode()), lambda at: _decoded(data.read(at)))


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise FormatRefused("sequencer frame: a text is not UTF-8") from error


def _many(form: _Form[T], cap: int) -> _Form[tuple[T, ...]]:
    return _Form(
        lambda values: _counted(len(values), b"".join(map(form.write, values))),
        lambda at: tuple(form.read(at) for _ in range(at.length(cap))),
    )


def _record(made: Callable[..., T], names: tuple[str, ...], *forms: _Form[Any]) -> _Form[T]:
    return _Form(
        lambda value: b"".join(
            form.write(getattr(value, name)) for name, form in zip(names, forms, strict=True)
        ),
        lambda at: made(*(form.read(at) for form in forms)),
    )


_NUMBERS: _Form[int] = _Form(
    lambda value: value.to_bytes(_NUMBER, "big"), lambda at: int.from_bytes(at.take(_NUMBER), "big")
)
_HASH: _Form[bytes] = _Form(lambda value: value, lambda at: at.take(HASH_SIZE))
_NOTE, _WORDS = _text(MAX_NOTE), _text(MAX_WORDS)
_WANTED = _record(
    Wanted,
    tuple(field.name for field in fields(Wanted)),
    _data(_MAX_LEAF),
    _data(_MAX_SEALED),
    _data(_MAX_WRAPPED),
    _text(_MAX_ONCE),
    _NUMBERS,
    _many(_NUMBERS, MAX_DRAFTS),
)
_SHAPES: dict[type[Message], tuple[_Form[Any], ...]] = {
    Submit: (_NUMBERS, _many(_WANTED, MAX_DRAFTS)),
    Keep: (_NUMBERS, _NOTE),
    Stop: (_NUMBERS, _WORDS),
    Appended: (_NUMBERS, _NUMBERS, _NOTE, _many(_many(_HASH, MAX_PATH), MAX_DRAFTS)),
    Done: (_NUMBERS,),
    Refused: (_NUMBERS, _WORDS, _WORDS),
    Seen: (_NOTE,),
}
_FORMS: dict[type[Message], tuple[int, _Form[Any]]] = {
    kind: (number, _record(kind, tuple(field.name for field in fields(kind)), *forms))
    for number, (kind, forms) in enumerate(_SHAPES.items(), 1)
}
_BY_NUMBER: dict[int, _Form[Any]] = dict(_FORMS.values())


def encode(message: Message) -> bytes:
    """Return the message's frame with its length before it; `FormatRefused` if it is too long."""
    number, form = _FORMS[type(message)]
    frame = bytes([number]) + form.write(message)
    if len(frame) > MAX_FRAME:
        raise FormatRefused(f"sequencer frame: {len(frame)} bytes, at most {MAX_FRAME} are sent")
    return _counted(len(frame), frame)


def frame_length(head: bytes) -> int:
    """Return how many bytes follow the four of `head`; `FormatRefused` if they are none or too many."""
    length = int.from_bytes(head, "big")
    if not 0 < length <= MAX_FRAME:
        raise FormatRefused(f"sequencer frame: {length} bytes, 1 to {MAX_FRAME} are read")
    return length


def decode(frame: bytes) -> Message:
    """Return the message of a frame without its length; `FormatRefused` if it is none."""
    at = _Cursor(frame)
    form = _BY_NUMBER.get(at.take(1)[0])
    if form is None:
        raise FormatRefused(f"sequencer frame: type {frame[0]} is not known")
    message: Message = form.read(at)
    if at.left:
        raise FormatRefused(f"sequencer frame: {at.left} bytes are left over")
    return message
