"""Verifying a running log: one job at a time, told while it runs, stopped at will, never left hanging."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.reader_archive import ReaderArchive
from audit.trust import TrustPolicy
from gateway.verification import Stage, Verification
from tests.audit.samples import KEY, ORIGIN, Home

POLICY = TrustPolicy((KEY.public,))


class Slow(ReaderArchive):
    """Waits after each bundle until the test says so."""

    def __init__(self, archive: ReaderArchive) -> None:
        super().__init__(archive.name, archive._reader, archive.size, archive.checkpoint or "")
        self.go = threading.Semaphore(0)

    def bundles(self) -> Iterator[list[bytes]]:
        for bundle in super().bundles():
            self.go.acquire()
            yield bundle


class Broken(ReaderArchive):
    """Fails as no archive should."""

    def bundles(self) -> Iterator[list[bytes]]:
        raise RuntimeError(self.name)


async def ended(job: Verification) -> Stage:
    for _ in range(1000):
        if job.progress.stage is not Stage.RUNNING:
            break
        await asyncio.sleep(0.01)
    return job.progress.stage


@pytest.fixture
async def home(tmp_path: Path) -> Home:
    filled = Home(tmp_path)
    await filled.fill(700, step=100)
    return filled


async def test_it_runs_once_is_told_and_stopped_and_never_hangs(home: Home) -> None:
    async with home.open() as log:
        archive = ReaderArchive(ORIGIN, log.reader, log.head.size, log.checkpoint())
        job = Verification(clock=lambda: 5.0)
        assert job.progress.stage is Stage.NONE
        await job.stop()
        slow = Slow(archive)
        assert job.start(slow, POLICY)
        assert not job.start(archive, POLICY)
        slow.go.release()
        for _ in range(1000):
            await asyncio.sleep(0.01)
            if job.progress.done:
                break
        assert (job.progress.stage, job.progress.done, job.progress.total) == (Stage.RUNNING, 256, 700)
        stopping = asyncio.create_task(job.stop())
        await asyncio.sleep(0)
        slow.go.release()
        await stopping
        assert (job.progress.stage, job.progress.ended_at) == (Stage.STOPPED, 5.0)
        assert job.start(archive, POLICY)
        assert await ended(job) is Stage.HOLDS
        assert job.start(ReaderArchive(ORIGIN, log.reader, 701, log.checkpoint()), POLICY)
        assert await ended(job) is Stage.DOES_NOT_HOLD
        assert job.progress.report is not None
        assert "leaf 700 is missing" in job.progress.report.findings[0]
        assert job.start(Broken(ORIGIN, log.reader, 700, log.checkpoint()), POLICY)
        assert await ended(job) is Stage.FAILED
