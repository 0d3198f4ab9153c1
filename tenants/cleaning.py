"""Cleaning a large file in several processes: `python -m tenants.cleaning <file descriptor>` is one of them.

A helper is a child that speaks over one socket: first it is told its settings, then it gets runs of lines and
gives back batches. It ends when the socket closes, so it does not outlive a loader that was killed.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

from tenants.envelope import Defaults
from tenants.errors import ShelfUnavailable
from tenants.jsonl_source import Read
from tenants.model import load_model
from tenants.preparing import Batch, prepare
from tenants.record import Reader


def clean(runs: Iterable[list[Read]], reader: Reader, helpers: int) -> Iterator[Batch]:
    """The batches of `runs`, in their order; cleaned here when there are no helpers."""
    if not helpers:
        yield from (prepare(run, reader) for run in runs)
        return
    with ExitStack() as stack:
        links = [stack.enter_context(_Helper(reader)) for _ in range(helpers)]
        yield from _relayed(iter(runs), links)


def _relayed(runs: Iterator[list[Read]], links: "list[_Helper]") -> Iterator[Batch]:
    """One run at a time for each helper, so that neither side waits for the other to read."""
    waiting = [link for link, run in zip(links, runs, strict=False) if link.send(run)]
    while waiting:
        link = waiting.pop(0)
        batch = link.receive()
        run = next(runs, None)
        if run is not None and link.send(run):
            waiting.append(link)
        yield batch


class _Helper:
    """A child process that prepares; gone when the block ends."""

    def __init__(self, reader: Reader) -> None:
        self._link, theirs = Pipe()
        command = [sys.executable, "-m", "tenants.cleaning", str(theirs.fileno())]
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()])  # noqa: S603  # this program's own module
        theirs.close()
        self.send((reader.model.own, reader.node, reader.defaults))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._link.close()
        self._process.wait()

    def send(self, said: object) -> bool:
        """Hand something over; raises `ShelfUnavailable` when the helper is gone."""
        try:
            self._link.send(said)
        except OSError as error:
            raise ShelfUnavailable(f"cleaning process {self._process.pid} is gone") from error
        return True

    def receive(self) -> Batch:
        """The batch of the run that was handed over last."""
        try:
            batch: Batch = self._link.recv()
        except (EOFError, OSError) as error:
            raise ShelfUnavailable(f"cleaning process {self._process.pid} is gone") from error
        return batch


def serve(link: "Connection[Any, Any]") -> None:
    """Prepare what comes over `link` until it closes."""
    own, node, defaults = link.recv()
    reader = _reader(own, node, defaults)
    while True:
        try:
            run = link.recv()
        except EOFError:
            return
        link.send(prepare(run, reader))


def _reader(own: Path, node: str, defaults: Defaults) -> Reader:
    return Reader(load_model(own), node, defaults)


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
