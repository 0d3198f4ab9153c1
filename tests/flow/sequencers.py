"""Sequencers and gateways of one node as processes of their own, and what is known of its log afterwards."""

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from gateway.home import Home, Profile, create

ROOT = Path(__file__).resolve().parents[2]
LEASE = 0.6
WITHIN = 60.0

WRITER = """
import asyncio, itertools, pathlib, sys
from audit.checkpoint import Checkpoint
from audit.entry import Entry, Kind
from audit.errors import AuditUnavailable
from audit.note import Note
from audit.receipt import Receipt
from gateway.home import Home
from gateway.logs import open_log

async def main():
    home = Home(pathlib.Path(sys.argv[1]))
    log = await open_log(home, home.settings())
    print("ready", flush=True)
    async def one(worker):
        for i in itertools.count():
            facts = {"query_id": f"{sys.argv[2]}-{worker}-{i}"}
            entry = Entry(Kind.ASKED, "fr.ofast", facts, sealed=b"x" * 50)
            try:
                receipt = await log.append(entry)
            except AuditUnavailable as error:
                print("failed", type(error).__name__, flush=True)
                await asyncio.sleep(0.02)
                continue
            note = receipt.text.partition("\\n\\n")[2]
            root = Checkpoint.parse(Note.parse(note).text).root.hex()
            print("kept", receipt.index, receipt.leaf_hash.hex(), receipt.size, root, flush=True)
    await asyncio.gather(*[one(worker) for worker in range(4)])

asyncio.run(main())
"""


@dataclass
class Known:
    """What gateways were told: leaf hashes by index, roots by size."""

    leaves: dict[int, str] = field(default_factory=dict)
    roots: dict[int, set[str]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def hear(self, line: str) -> None:
        """Take a whole line of a writer."""
        words = line.split()
        if words[:1] == ["failed"]:
            self.failures.append(words[1])
        if len(words) == 5 and len(words[4]) == 64:
            index, leaf = int(words[1]), words[2]
            assert self.leaves.setdefault(index, leaf) == leaf
            self.roots.setdefault(int(words[3]), set()).add(words[4])


class Process:
    """A child, whose lines are read without waiting longer than for one."""

    def __init__(self, *command: str) -> None:
        self._child = subprocess.Popen(
            [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
        )
        self._rest = b""
        self.lines: list[str] = []

    def read(self) -> list[str]:
        """Lines that have come since the last time."""
        assert self._child.stdout is not None
        while select.select([self._child.stdout], [], [], 0)[0]:
            data = os.read(self._child.stdout.fileno(), 65_536)
            if not data:
                break
            self._rest += data
        *lines, self._rest = self._rest.split(b"\n")
        self.lines += (told := [line.decode() for line in lines])
        return told

    def until(self, words: str) -> str:
        """Wait for a line with these words."""
        end = time.monotonic() + WITHIN
        while time.monotonic() < end:
            for line in self.read():
                if words in line:
                    return line
            assert self._child.poll() is None or self.read(), self.ended()
            time.sleep(0.01)
        raise AssertionError(f"no {words!r} among {self.lines[-5:]}")

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._child.send_signal(number)

    def ended(self) -> str:
        """Wait for the end; what was said of an error."""
        assert self._child.stderr is not None
        self._child.wait(WITHIN)
        return self._child.stderr.read().decode()

    @property
    def code(self) -> int | None:
        """The exit code, once it has ended."""
        return self._child.poll()

    def close(self) -> None:
        """Kill it if it is there."""
        self._child.kill()
        self._child.communicate()


@dataclass
class Ensemble:
    """The processes of one node's home."""

    home: Home
    known: Known = field(default_factory=Known)
    made: list[Process] = field(default_factory=list)

    def sequencer(self, *options: str) -> Process:
        """Start a sequencer."""
        return self._start("-m", "gateway.cli", "sequencer", str(self.home.path), *options)

    def writer(self, name: str) -> Process:
        """Start a gateway that appends without pause."""
        return self._start("-c", WRITER, str(self.home.path), name)

    def _start(self, *command: str) -> Process:
        self.made.append(Process(*command))
        return self.made[-1]

    def hear(self, *writers: Process, more: int = 0) -> None:
        """Take what writers were told, and go on until they were told of so many `more` leaves."""
        wanted, end = len(self.known.leaves) + more, time.monotonic() + WITHIN
        while True:
            for writer in writers:
                for line in writer.read():
                    self.known.hear(line)
            if len(self.known.leaves) >= wanted:
                return
            assert time.monotonic() < end, f"{len(self.known.leaves)} of {wanted}: {self.errors()}"
            time.sleep(0.01)

    def errors(self) -> list[str]:
        """What those that have ended said."""
        return [each.ended() for each in self.made if each.code is not None]

    def sign_of(self, words: str, among: Sequence[Process], within: float = WITHIN) -> Process | None:
        """The first of these processes that says such words, None if none of them does in time."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            for each in among:
                if any(words in line for line in each.read()):
                    return each
            time.sleep(0.01)
        return None


@contextmanager
def ensemble(store: Mapping[str, str] | None = None) -> Iterator[Ensemble]:
    """A home whose log has a sequencer, in a folder whose name is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="seq"))
    profile = Profile("fr.ofast", "OFAST", "FR", "spoc@ofast.example", 18_999, demo=True, store=store or {})
    home = create(folder / "fr", profile, now=datetime.now(UTC))
    settings = home.path / "node.toml"
    settings.write_text(
        settings.read_text() + f'\n[log]\nsequencer = "sequencer.sock"\nlease_seconds = {LEASE}\n'
    )
    opened = Ensemble(home)
    try:
        yield opened
    finally:
        for each in opened.made:
            each.close()
        shutil.rmtree(folder)
