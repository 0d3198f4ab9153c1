"""The load: a process of its own that sends prepared requests over kept connections and times the answers.

    python -m tests.bench.load PORT REQUESTS --connections 8 --seconds 2 [--once]

REQUESTS is a file of requests, each a 4-byte length and its bytes. Closed loop: a connection sends the next
request when the answer to its last one is whole. With `--once` no request is sent twice. Prints JSON.
Loopback only; bounded in connections and time.
"""

import argparse
import asyncio
import json
import struct
import subprocess
import sys
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import cast

import uvloop

from tests.bench.figure import NotMeasuredError, Sample
from tests.bench.machine import cpu_seconds, pinned
from tests.components import ROOT

MOST_CONNECTIONS = 64
MOST_SECONDS = 600.0
_LENGTH = struct.Struct(">I")


class Connection(asyncio.Protocol):
    """One kept connection."""

    def __init__(self, run: "Run") -> None:
        self._run = run
        self._buffer = b""
        self._transport: asyncio.WriteTransport
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's own, which inherits nothing
        self._next()

    def _next(self) -> None:
        request = self._run.next()
        if request is None:
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if not _whole(self._buffer):
            return
        self._run.answered(time.perf_counter() - self._sent, self._buffer)
        self._buffer = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.left()


def _whole(buffer: bytes) -> bool:
    """Whether the buffer holds a complete answer."""
    head = buffer.find(b"\r\n\r\n")
    if head < 0:
        return False
    fields = buffer[:head].lower()
    at = fields.find(b"content-length:")
    if at >= 0:
        end = fields.find(b"\r", at)
        length = int(fields[at + 15 : end if end > 0 else None])
        return len(buffer) >= head + 4 + length
    return b"transfer-encoding: chunked" in fields and buffer.endswith(b"0\r\n\r\n")


class Run:
    """One measurement; ends at its time, or when every request was sent."""

    def __init__(self, requests: Iterator[bytes], connections: int, seconds: float) -> None:
        self._requests = requests
        self._until = time.perf_counter() + seconds
        self._open = connections
        self.done = asyncio.get_running_loop().create_future()
        self.times = array("d")
        self.statuses: dict[str, int] = {}
        self.first = b""
        self.bytes = 0

    def next(self) -> bytes | None:
        """The next request, or None at the end."""
        return next(self._requests, None) if time.perf_counter() < self._until else None

    def answered(self, seconds: float, answer: bytes) -> None:
        """Count an answer."""
        self.times.append(seconds)
        status = "200 with errors" if b'"errors":' in answer else answer[9:12].decode()
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.bytes += len(answer)
        if status != "200" and not self.first:
            self.first = answer[:1200]

    def left(self) -> None:
        """A connection has ended."""
        self._open -= 1
        if not self._open and not self.done.done():
            self.done.set_result(None)


async def run(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> dict[str, object]:
    """Put the load on and say what came of it."""
    loop = asyncio.get_running_loop()
    measured = Run(requests, connections, seconds)
    began = time.perf_counter()
    for _ in range(connections):
        await loop.create_connection(lambda: Connection(measured), "127.0.0.1", port)
    async with asyncio.timeout(seconds + 60):
        await measured.done
    passed = time.perf_counter() - began
    times = sorted(measured.times)
    return {
        "count": len(times), "seconds": passed, "statuses": measured.statuses, "bytes": measured.bytes,
        "first": measured.first.decode(errors="replace"),
        "ms": percentiles(times),
    }  # fmt: skip


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds of ordered seconds."""
    return {f"p{p}": 1000 * times[min(len(times) - 1, len(times) * p // 100)] for p in (50, 95, 99) if times}


def read_requests(path: Path) -> list[bytes]:
    """The prepared requests."""
    data, found, at = path.read_bytes(), [], 0
    while at < len(data):
        (length,) = _LENGTH.unpack_from(data, at)
        found.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def http_request(port: int, path: str, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    """The bytes of a POST."""
    fields = {"host": f"127.0.0.1:{port}", "content-type": "application/json"} | (headers or {})
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST {path} HTTP/1.1\r\n{lines}content-length: {len(body)}\r\n\r\n".encode() + body


@dataclass(frozen=True)
class Load:
    """A load on a server; `watched` are the processes whose CPU counts, `on` the cores of the load."""

    port: int
    watched: tuple[int, ...]
    on: frozenset[int]
    seconds: float
    connections: int = 8

    def put(self, requests: Sequence[bytes], *, once: bool = False) -> Sample:
        """Requests per second, CPU per request, percentiles in ms; an answer that is no 200 is an error."""
        with tempfile_of(requests) as name:
            command = [sys.executable, "-m", "tests.bench.load", str(self.port), name]
            command += ["--connections", str(self.connections), "--seconds", str(self.seconds)]
            before = sum(map(cpu_seconds, self.watched))
            with pinned(self.on):
                done = subprocess.run(
                    [*command, *(["--once"] if once else [])],
                    cwd=ROOT,
                    capture_output=True,
                    text=True,
                    check=False,
                )
            used = sum(map(cpu_seconds, self.watched)) - before
        if done.returncode:
            raise NotMeasuredError(f"load: {done.stderr[-400:]}")
        told = json.loads(done.stdout)
        if set(told["statuses"]) != {"200"}:
            raise NotMeasuredError(f"load: answers {told['statuses']}, first: {told['first'][-200:]}")
        return Sample(
            told["count"] / told["seconds"], 1e6 * used / told["count"], told["ms"] | {"count": told["count"]}
        )


class tempfile_of:  # noqa: N801  # used like a function
    """A file of requests for the time of a block."""

    def __init__(self, requests: Sequence[bytes]) -> None:
        self._requests = requests
        self._path: Path | None = None

    def __enter__(self) -> str:
        folder = ROOT / ".entente" / "bench"
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"requests-{time.monotonic_ns()}"
        self._path.write_bytes(b"".join(_LENGTH.pack(len(each)) + each for each in self._requests))
        return str(self._path)

    def __exit__(self, *_: object) -> None:
        assert self._path is not None
        self._path.unlink()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("port", type=int)
    parser.add_argument("requests", type=Path)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--once", action="store_true")
    told = parser.parse_args()
    if not 0 < told.connections <= MOST_CONNECTIONS or not 0 < told.seconds <= MOST_SECONDS:
        parser.error(f"at most {MOST_CONNECTIONS} connections and {MOST_SECONDS} seconds")
    requests = read_requests(told.requests)
    source = iter(requests) if told.once else cycle(requests)
    sys.stdout.write(json.dumps(uvloop.run(run(told.port, source, told.connections, told.seconds))))


if __name__ == "__main__":
    main()
