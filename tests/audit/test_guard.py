"""The guard: remembers the last head through torn writes, and serves one log at a time."""

import os
import resource
from pathlib import Path

import pytest

from audit.errors import AuditUnavailable, GuardRefused
from audit.guard import FileGuard, MemoryGuard, remembered
from audit.store import Head
from tests.audit.samples import ORIGIN

HEADS = [Head(i, bytes([i]) * 32) for i in range(4)]
BLOCK = 4096


def test_memory_keeps_the_last_head() -> None:
    guard = MemoryGuard()
    assert guard.last() is None
    guard.remember(HEADS[1])
    guard.close()
    assert guard.last() == HEADS[1]


def test_a_file_keeps_the_last_head(tmp_path: Path) -> None:
    path = tmp_path / "guard"
    for head in HEADS:
        guard = FileGuard(path, ORIGIN)
        assert guard.last() == (HEADS[head.size - 1] if head.size else None)
        guard.remember(head)
        assert guard.last() == head
        guard.close()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("cut", [0, 1, 60, 250, 4095])
def test_a_torn_write_leaves_the_head_before(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "guard"
    guard = FileGuard(path, ORIGIN)
    for head in HEADS[:3]:
        guard.remember(head)
    guard.close()
    data = bytearray(path.read_bytes())
    newest = 3 % 2 * BLOCK
    data[newest + cut : newest + BLOCK] = b"\x00" * (BLOCK - cut)
    path.write_bytes(data)
    guard = FileGuard(path, ORIGIN)
    assert guard.last() == (HEADS[1] if cut < 250 else HEADS[2])
    guard.close()


def test_a_copy_is_read_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "guard"
    assert remembered(path, ORIGIN) is None
    guard, epoch = FileGuard(path, ORIGIN, 1), tmp_path / "guard.1"
    assert remembered(path, ORIGIN) is None, "nothing was remembered yet"
    guard.remember(HEADS[2])
    before = path.read_bytes(), epoch.read_bytes()
    assert remembered(path, ORIGIN) == HEADS[2], "held by the log meanwhile"
    assert (path.read_bytes(), epoch.read_bytes()) == before
    guard.close()
    with pytest.raises(GuardRefused, match="is not the guard of"):
        remembered(path, f"{ORIGIN}.2")
    epoch.write_bytes(b"x" * 2 * BLOCK)
    with pytest.raises(GuardRefused, match=r"both slots of guard\.1 are damaged"):
        remembered(path, ORIGIN)


def test_two_damaged_slots_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "guard"
    path.write_bytes(b"x" * 2 * BLOCK)
    with pytest.raises(GuardRefused, match="both slots of guard are damaged"):
        FileGuard(path, ORIGIN)


def test_another_logs_guard_is_refused(tmp_path: Path) -> None:
    guard = FileGuard(tmp_path / "guard", "se.polisen/log")
    guard.remember(HEADS[0])
    guard.close()
    with pytest.raises(GuardRefused, match=r"guard of se\.polisen/log: is not the guard of fr\.ofast/log"):
        FileGuard(tmp_path / "guard", ORIGIN)


def test_a_guard_serves_one_log(tmp_path: Path) -> None:
    guard = FileGuard(tmp_path / "guard", ORIGIN)
    with pytest.raises(GuardRefused, match="held by another log"):
        FileGuard(tmp_path / "guard", ORIGIN)
    guard.close()
    FileGuard(tmp_path / "guard", ORIGIN).close()


def test_a_place_where_no_file_can_be(tmp_path: Path) -> None:
    with pytest.raises(GuardRefused, match="guard file guard: No such file"):
        FileGuard(tmp_path / "missing" / "guard", ORIGIN)


def test_a_write_that_fails_keeps_the_last_head(tmp_path: Path) -> None:
    guard = FileGuard(tmp_path / "guard", ORIGIN)
    guard.remember(HEADS[1])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    os.ftruncate(guard._held[0], BLOCK)
    resource.setrlimit(resource.RLIMIT_FSIZE, (BLOCK, limits[1]))
    try:
        guard.remember(HEADS[2])
        with pytest.raises(AuditUnavailable, match="size 3"):
            guard.remember(HEADS[3])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert guard.last() == HEADS[2]
    guard.close()
