"""A running log as an archive: the verifier finds in it what it finds in a copy."""

import pytest

from audit.damaged_archive import DamagedArchive
from audit.errors import FormatRefused
from audit.keys import SigningKey
from audit.reader_archive import ReaderArchive
from audit.sql_store import SqlStore
from audit.store import Group
from audit.tiles import Tile
from audit.trust import TrustPolicy
from audit.verifier import verify
from tests.audit.samples import KEY, ORIGIN, Home, asked

POLICY = TrustPolicy((KEY.public,))


def opened(store: SqlStore) -> ReaderArchive:
    note = store.reader.notes(2**62, 1)[0]
    head = store.start()
    assert head is not None
    return ReaderArchive(ORIGIN, store.reader, head.size, note)


@pytest.fixture
async def store(home: Home) -> SqlStore:
    await home.fill(600)
    async with home.open() as log:
        await log.append(asked("q-sealed", sealed=b"who"))
    return SqlStore(f"sqlite:///{home.database}")


def told(_done: int, _total: int) -> None:
    """Say nothing."""


async def test_a_good_log_holds(store: SqlStore) -> None:
    archive = opened(store)
    report = verify(archive, POLICY, told, strict=True)
    assert report.findings == []
    assert (report.size, report.signed_size, report.holds) == (601, 601, True)
    assert list(archive.blobs()) == [600]
    assert archive.blob(600) is not None
    assert archive.blob(1) is None
    assert archive.blob(601) is None
    assert archive.leaf(600) == store.reader.leaves(600, 601)[0].leaf
    assert archive.tile(Tile(0, 2, 89)) is None
    assert archive.tile(Tile(0, 7)) == b""
    archive.close()
    store.close()


async def test_another_key_does_not_hold(store: SqlStore) -> None:
    other = TrustPolicy((SigningKey.generate(ORIGIN).public,))
    assert not verify(opened(store), other, told, strict=True).holds
    store.close()


async def test_what_is_missing_is_named(store: SqlStore) -> None:
    archive = ReaderArchive(ORIGIN, store.reader, 700, "")
    with pytest.raises(FormatRefused, match="leaf 601 is missing"):
        list(archive.bundles())
    with pytest.raises(FormatRefused, match="leaf 601 is missing"):
        archive.leaf(601)
    store.close()


async def test_a_checkpoint_kept_in_another_ones_place_is_named(store: SqlStore) -> None:
    archive = opened(store)
    assert archive.checkpoint is not None
    store.commit(Group(601, note=(-1, archive.checkpoint)))
    with pytest.raises(FormatRefused, match="the checkpoint of size 601 is kept below"):
        list(archive.newest())
    store.close()


@pytest.mark.parametrize("leaf", [0, 255, 256, 600])
async def test_in_a_damaged_copy_exactly_the_broken_leaf_is_named(store: SqlStore, leaf: int) -> None:
    whole = opened(store)
    copy = DamagedArchive(ORIGIN, store.reader, whole.size, whole.checkpoint or "", leaf)
    assert copy.damage.was != copy.damage.reads
    assert copy.damage.was[:15] + copy.damage.was[16:] == copy.damage.reads[:15] + copy.damage.reads[16:]
    assert sum(one != other for one, other in zip(copy.leaf(leaf), whole.leaf(leaf), strict=True)) == 1
    assert copy.leaf(1) == whole.leaf(1)
    report = verify(copy, POLICY, told, strict=True)
    assert report.broken == [leaf]
    assert not report.holds
    assert not any("not in the form" in each for each in report.findings)
    after = verify(whole, POLICY, told, strict=True)
    assert after.holds
    assert after.broken == []
    store.close()


@pytest.mark.parametrize("leaf", [-1, 601])
async def test_only_a_leaf_that_there_is_can_be_broken(store: SqlStore, leaf: int) -> None:
    whole = opened(store)
    with pytest.raises(FormatRefused, match=f"has leaves 0 to 600, not {leaf}"):
        DamagedArchive(ORIGIN, store.reader, whole.size, whole.checkpoint or "", leaf)
    store.close()
