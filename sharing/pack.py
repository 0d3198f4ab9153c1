"""An evidence pack as a file: a zip of a fixed spelling that Python can run.

Nothing is compressed, times are 1980-01-01, nothing stands between, before or after the members: the same
members always give the same bytes, and a reader takes those bytes only. So there is no bomb, no second member
of a name, no path that leads out, and no byte that could be changed without being noticed. Standard library
only: a pack carries this file.
"""

import re
import struct
from collections.abc import Mapping
from zlib import crc32

from sharing.errors import FieldRefused

MAX_PACK = 64 * 1024 * 1024
MAX_MEMBERS = 20_000
NAME = re.compile(
    r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*(?:/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*){0,4}", re.ASCII
)
_MAX_NAME = 120
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_VERSION, _UNIX, _NO_TIME, _FIRST_DAY, _MODE = 20, 3 << 8, 0, 33, 0o100644 << 16


def write_pack(members: Mapping[str, bytes]) -> bytes:
    """The pack of these members, in their order; `FieldRefused` for a name or a size that no reader takes."""
    if len(members) > MAX_MEMBERS:
        raise FieldRefused(f"pack: {len(members)} members, at most {MAX_MEMBERS}")
    body, directory = bytearray(), bytearray()
    for name, content in members.items():
        if not NAME.fullmatch(name) or len(name) > _MAX_NAME:
            raise FieldRefused(f"pack: {name[:80]!r} is no name of a member")
        place, said = len(body), (_NO_TIME, _FIRST_DAY, crc32(content), len(content), len(content), len(name))
        body += _LOCAL.pack(_LOCAL_MARK, _VERSION, 0, 0, *said, 0) + name.encode() + content
        made = _UNIX | _VERSION
        directory += _CENTRAL.pack(_CENTRAL_MARK, made, _VERSION, 0, 0, *said, 0, 0, 0, 0, _MODE, place)
        directory += name.encode()
        if len(body) > MAX_PACK:
            raise FieldRefused(f"pack: over {MAX_PACK} bytes")
    end = _END.pack(_END_MARK, 0, 0, *([len(members) & 0xFFFF] * 2), len(directory), len(body), 0)
    return bytes(body + directory + end)


def read_pack(data: bytes) -> dict[str, bytes]:
    """The members of a pack; `FieldRefused` names the member or byte that is not as `write_pack` has it."""
    if len(data) > MAX_PACK + MAX_MEMBERS * (_CENTRAL.size + _MAX_NAME):
        raise FieldRefused(f"pack: {len(data)} bytes, at most {MAX_PACK} of members are read")
    members: dict[str, bytes] = {}
    at = 0
    while data[at : at + 4] == _LOCAL_MARK and len(members) <= MAX_MEMBERS:
        name, content = _member(data, at)
        if name in members:
            raise FieldRefused(f"pack: member {name} stands twice")
        members[name] = content
        at += _LOCAL.size + len(name) + len(content)
    written = write_pack(members)
    if written != data:
        wrong = next((i for i, (a, b) in enumerate(zip(written, data, strict=False)) if a != b), len(written))
        raise FieldRefused(f"pack: byte {wrong} of {len(data)} is not as a pack of its members has it")
    return members


def _member(data: bytes, at: int) -> tuple[str, bytes]:
    """The member whose header starts at a byte."""
    if len(data) < at + _LOCAL.size:
        raise FieldRefused(f"pack: ends within the header at byte {at}")
    crc, _, size, length = _LOCAL.unpack_from(data, at)[6:10]
    start = at + _LOCAL.size + length
    try:
        name = data[at + _LOCAL.size : start].decode("ascii")
    except UnicodeDecodeError as error:
        raise FieldRefused(f"pack: the name at byte {at} is not ASCII") from error
    content = data[start : start + size]
    if not NAME.fullmatch(name) or len(name) > _MAX_NAME or len(content) != size:
        raise FieldRefused(f"pack: the member at byte {at} has no proper name, or ends beyond the file")
    if crc32(content) != crc:
        raise FieldRefused(f"pack: the content of {name} is not what was packed")
    return name, content
