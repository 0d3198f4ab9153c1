"""The file of an evidence pack: one spelling, and every other file is refused with a name."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.errors import FieldRefused
from sharing.pack import MAX_MEMBERS, read_pack, write_pack

NAMES = st.from_regex(r"[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,2}(\.[a-z]{1,4})?", fullmatch=True)
MEMBERS = st.dictionaries(NAMES, st.binary(max_size=200), max_size=6)


@given(MEMBERS)
def test_a_pack_is_read_as_it_was_written_and_is_a_zip_to_others(members: dict[str, bytes]) -> None:
    data = write_pack(members)
    assert read_pack(data) == members
    assert write_pack(read_pack(data)) == data
    with zipfile.ZipFile(io.BytesIO(data)) as others:
        assert others.testzip() is None
        assert {name: others.read(name) for name in others.namelist()} == members


@given(MEMBERS, st.data())
def test_any_byte_changed_added_or_cut_is_refused(members: dict[str, bytes], data: st.DataObject) -> None:
    pack = write_pack(members)
    place = data.draw(st.integers(0, len(pack) - 1))
    bent = bytearray(pack)
    bent[place] ^= data.draw(st.integers(1, 255))
    for wrong in (bytes(bent), pack + b"\0", b"\0" + pack, pack[:-1], pack[:place]):
        with pytest.raises(FieldRefused, match="pack:"):
            read_pack(wrong)


@given(st.binary(max_size=400))
def test_what_is_no_pack_is_refused(data: bytes) -> None:
    with pytest.raises(FieldRefused, match="pack:"):
        read_pack(b"PK\3\4" + data)


def zipped(*members: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    "hostile",
    [
        zipped(("bomb", bytes(50_000_000)), compression=zipfile.ZIP_DEFLATED),
        zipped(("../out", b"x")),
        zipped(("/etc/passwd", b"x")),
        zipped(("a/./b", b"x")),
        zipped(("a\\b", b"x")),
        zipped(("n" * 200, b"x")),
        zipped(("a", b"x"), ("b", b"y")),
        b"",
        b"PK\5\6" + bytes(17),
    ],
    ids=["bomb", "parent", "root", "dot", "backslash", "long", "dated", "empty", "no end"],
)
def test_a_hostile_zip_is_refused(hostile: bytes) -> None:
    with pytest.raises(FieldRefused, match="pack:"):
        read_pack(hostile)


def test_a_member_that_stands_twice_is_refused() -> None:
    one = write_pack({"a": b"x"})
    header = one[: one.index(b"PK\1\2")]
    with pytest.raises(FieldRefused, match="a stands twice"):
        read_pack(header + one)


def test_a_member_said_to_be_huge_is_refused_unread() -> None:
    pack = bytearray(write_pack({"a": b"x"}))
    pack[18:22] = pack[22:26] = b"\xff\xff\xff\xff"
    with pytest.raises(FieldRefused, match="beyond the file"):
        read_pack(bytes(pack))


def test_a_pack_is_not_made_with_what_no_reader_takes() -> None:
    with pytest.raises(FieldRefused, match="is no name"):
        write_pack({"../a": b""})
    with pytest.raises(FieldRefused, match="at most"):
        write_pack({str(number): b"" for number in range(MAX_MEMBERS + 1)})
    with pytest.raises(FieldRefused, match="over"):
        write_pack({"a": bytes(64 * 1024 * 1024), "b": b""})
