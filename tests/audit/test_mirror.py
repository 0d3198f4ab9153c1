"""Copying a served log: whole, cut short, grown, and from someone who serves something else."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from audit.__main__ import main
from audit.errors import FormatRefused, ProofRefused
from audit.files import write_whole
from audit.mirror import Mirror
from audit.serving import Absent, File, place_of, read_file
from audit.store import LogReader
from audit.tiles import encode_bundle
from tests.audit.samples import KEY, Home, asked


class NotServedError(Exception):
    """The other side gave nothing."""


@dataclass
class Server:
    """A log that is served; it may forget, break off, or tell something else."""

    reader: LogReader
    note: str
    asked: list[str] = field(default_factory=list)
    instead: dict[str, bytes] = field(default_factory=dict)
    breaks_after: int | None = None

    def __call__(self, path: str) -> bytes:
        if self.breaks_after is not None and len(self.asked) >= self.breaks_after:
            raise NotServedError(path)
        self.asked.append(path)
        if path in self.instead:
            return self.instead[path]
        place = place_of(path)
        found = place if isinstance(place, Absent) else read_file(self.reader, place, self.note)
        assert isinstance(found, File), path
        return found.data


def quiet(_done: int, _total: int) -> None:
    """Tell no progress."""


def verified(folder: Path) -> bool:
    return main(["verify", str(folder), "--vkey", KEY.public.vkey, "--json"]) == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "copy"


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
async def test_a_copy_verifies_and_grows(home: Home, folder: Path, size: int) -> None:
    async with home.open() as log:
        await log.append_many([asked(f"q-{i}") for i in range(size)])
        first = Server(log.reader, log.checkpoint())
        told: list[tuple[int, int]] = []
        found = Mirror(folder, first).update([KEY.public], lambda done, total: told.append((done, total)))
        assert (found.size, told[-1]) == (size, (size, size))
        assert verified(folder)
        again = Server(log.reader, log.checkpoint())
        Mirror(folder, again).update([KEY.public], quiet)
        assert again.asked == ["checkpoint"]
        await log.append_many([asked(f"r-{i}") for i in range(300)])
        grown = Server(log.reader, log.checkpoint())
        assert Mirror(folder, grown).update([KEY.public], quiet).size == size + 300
        full = {path for path in first.asked if ".p/" not in path and path != "checkpoint"}
        assert not full & set(grown.asked)
        assert verified(folder)


async def test_a_copy_that_was_cut_short_goes_on(home: Home, folder: Path) -> None:
    async with home.open() as log:
        await log.append_many([asked(f"q-{i}") for i in range(700)])
        whole = Server(log.reader, log.checkpoint())
        Mirror(folder.with_name("whole"), whole).update([KEY.public], quiet)
        for calls in range(1, len(whole.asked)):
            short = Server(log.reader, log.checkpoint(), breaks_after=calls)
            try:
                Mirror(folder, short).update([KEY.public], quiet)
            except NotServedError:
                assert not (folder / "checkpoint").exists()
        assert verified(folder)


async def test_proofs_alone(home: Home, folder: Path) -> None:
    async with home.open() as log:
        await log.append_many([asked(f"q-{i}") for i in range(300)])
        server = Server(log.reader, log.checkpoint())
        assert Mirror(folder, server, entries=False).update([KEY.public], quiet).size == 300
    assert sorted(server.asked) == ["checkpoint", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"]
    assert not (folder / "tile/entries").exists()


async def test_an_empty_log(home: Home, folder: Path) -> None:
    async with home.open() as log:
        server = Server(log.reader, log.checkpoint())
        assert Mirror(folder, server).update([KEY.public], quiet).size == 0
        await log.append(asked("q-1"))
        server.note = log.checkpoint()
        assert Mirror(folder, server).update([KEY.public], quiet).size == 1


def changed(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("tile/0/000", "tile/entries/000: its leaves"),
        ("tile/0/001.p/44", "tile/entries/001.p/44: its leaves"),
        ("tile/entries/000", "tile/entries/000: its leaves"),
        ("tile/1/000.p/1", "tile/1/000.p/1: is not"),
    ],
)
async def test_a_changed_file_is_named_and_not_kept(home: Home, folder: Path, path: str, names: str) -> None:
    async with home.open() as log:
        await log.append_many([asked(f"q-{i}") for i in range(300)])
        server = Server(log.reader, log.checkpoint())
        server.instead[path] = changed(server(path))
        with pytest.raises(ProofRefused, match=names):
            Mirror(folder, server).update([KEY.public], quiet)
        assert not (folder / path).exists()
        assert not (folder / "checkpoint").exists()
        server.instead.clear()
        Mirror(folder, server).update([KEY.public], quiet)
    assert verified(folder)


async def test_leaves_and_tiles_changed_together_do_not_give_the_signed_root(
    home: Home, folder: Path
) -> None:
    async with home.open() as log:
        await log.append(asked("q-1"))
        server = Server(log.reader, log.checkpoint())
        async with home_of(folder.parent / "other").open() as other:
            await other.append(asked("q-2"))
            false = Server(other.reader, other.checkpoint())
            server.instead = {path: false(path) for path in ("tile/0/000.p/1", "tile/entries/000.p/1")}
        with pytest.raises(ProofRefused, match="the tiles give root"):
            Mirror(folder, server).update([KEY.public], quiet)


def home_of(path: Path) -> Home:
    path.mkdir()
    return Home(path)


@pytest.mark.parametrize(("mine", "theirs"), [(3, 5), (5, 5), (256, 300), (300, 600)])
async def test_another_history_is_refused(home: Home, folder: Path, mine: int, theirs: int) -> None:
    async with home.open() as log, home_of(folder.parent / "other").open() as other:
        await log.append_many([asked(f"q-{i}") for i in range(mine)])
        await other.append_many([asked(f"z-{i}") for i in range(theirs)])
        Mirror(folder, Server(log.reader, log.checkpoint())).update([KEY.public], quiet)
        kept = (folder / "checkpoint").read_text()
        (folder / "tile").rename(folder / "away")
        with pytest.raises(
            ProofRefused, match=f"size {mine}, root .* was signed; what is served now had root"
        ):
            Mirror(folder, Server(other.reader, other.checkpoint())).update([KEY.public], quiet)
        assert (folder / "checkpoint").read_text() == kept


async def test_a_log_that_went_back_or_is_another_is_refused(home: Home, folder: Path) -> None:
    async with home.open() as log:
        await log.append(asked("q-1"))
        early = log.checkpoint()
        await log.append(asked("q-2"))
        Mirror(folder, Server(log.reader, log.checkpoint())).update([KEY.public], quiet)
        with pytest.raises(ProofRefused, match="but the copy holds"):
            Mirror(folder, Server(log.reader, early)).update([KEY.public], quiet)
        with pytest.raises(ProofRefused, match="by none of"):
            Mirror(folder.with_name("b"), Server(log.reader, early)).update([], quiet)
        foreign = Server(log.reader, early.replace("fr.ofast/log", "se.polisen/log"))
        with pytest.raises(ProofRefused):
            Mirror(folder.with_name("c"), foreign).update([KEY.public], quiet)


@pytest.mark.parametrize("data", [b"", bytes(32) * 2, bytes(31), bytes(32 * 257)])
async def test_a_tile_of_another_width_is_refused(home: Home, folder: Path, data: bytes) -> None:
    async with home.open() as log:
        await log.append(asked("q-1"))
        server = Server(log.reader, log.checkpoint(), instead={"tile/0/000.p/1": data})
        with pytest.raises(FormatRefused):
            Mirror(folder, server).update([KEY.public], quiet)


async def test_a_bundle_that_is_none_is_refused(home: Home, folder: Path) -> None:
    async with home.open() as log:
        await log.append(asked("q-1"))
        leaf = log.reader.leaves(0, 1)[0].leaf
        for data in (b"", b"\x00", encode_bundle([leaf])[:-1], encode_bundle([leaf, b""])):
            server = Server(log.reader, log.checkpoint(), instead={"tile/entries/000.p/1": data})
            with pytest.raises((FormatRefused, ProofRefused)):
                Mirror(folder, server).update([KEY.public], quiet)


async def test_a_damaged_copy_is_found_at_the_next_update(home: Home, folder: Path) -> None:
    async with home.open() as log:
        await log.append_many([asked(f"q-{i}") for i in range(300)])
        server = Server(log.reader, log.checkpoint())
        Mirror(folder, server).update([KEY.public], quiet)
        write_whole(folder / "tile/entries/000", changed((folder / "tile/entries/000").read_bytes()))
        with pytest.raises(ProofRefused, match="tile/entries/000"):
            Mirror(folder, server).update([KEY.public], quiet)
