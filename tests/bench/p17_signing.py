"""P17: signatures by a key on a token (SoftHSM) and by one in a file, and a log's appends with either.

A token of software shows what the way to a token costs; what a real one costs beside is its own time.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from audit.guard import FileGuard
from audit.keys import SignatureType, SigningKey, write_secret
from audit.log import Log
from audit.pkcs11_module import token_at
from audit.pkcs11_signer import Pkcs11Key
from audit.pkcs11_uri import KeyUri
from audit.signer import Signer
from audit.sql_store import SqlStore
from tests.bench.dataset import OWNER
from tests.bench.figure import Bench, Figure, Line, Row, Sample
from tests.bench.machine import pinned
from tests.bench.p08_append import entry
from tests.components import soft_tokens

MESSAGE = b"x" * 600
"""About what the signature of a question covers."""
AT_ONCE = 32
"""Appends that wait at the same time, so that groups form."""


def _signatures(key: Signer, seconds: float) -> Sample:
    number, used, began = 0, time.process_time(), time.perf_counter()
    while time.perf_counter() - began < seconds:
        key.sign(MESSAGE)
        number += 1
    took = time.perf_counter() - began
    return Sample(1e6 * took / number, 1e6 * (time.process_time() - used) / number)


def _appends(key: Signer, folder: Path, number: int) -> Sample:
    async def run() -> Sample:
        name = f"log-{time.monotonic_ns()}"
        guard = FileGuard(folder / f"{name}.guard", key.name)
        log = await Log.open(SqlStore(f"sqlite:///{folder / name}.sqlite"), guard, key)
        left = iter(range(number))

        async def one() -> None:
            for each in left:
                await log.append(entry(each))

        used, began = time.process_time(), time.perf_counter()
        await asyncio.gather(*(one() for _ in range(AT_ONCE)))
        took, used = time.perf_counter() - began, time.process_time() - used
        await log.close()
        return Sample(number / took, 1e6 * used / number)

    return asyncio.run(run())


def measure(bench: Bench) -> Sequence[Line]:
    """Microseconds of a signature, and appends a second."""
    number = max(200, int(1000 * bench.seconds))
    with tempfile.TemporaryDirectory(dir=bench.folder) as work, soft_tokens() as tokens:
        folder = Path(work)
        write_secret(folder / "pin", tokens.pin.encode())
        token = token_at(str(tokens.module), KeyUri(token=tokens.make()), folder / "pin")
        name = f"{OWNER}/log"
        there = Pkcs11Key.create(token, name, SignatureType.NOTE, name)
        here = SigningKey.generate(name)
        with pinned(bench.cores.together):
            signs: list[tuple[str, Callable[[], Sample]]] = [
                ("on a token", lambda: _signatures(there, bench.seconds)),
                ("in a file", lambda: _signatures(here, bench.seconds)),
            ]
            signed = bench.interleave(signs)
            appends: list[tuple[str, Callable[[], Sample]]] = [
                ("log key on a token", lambda: _appends(there, folder, number)),
                ("log key in a file", lambda: _appends(here, folder, number)),
            ]
            appended = bench.interleave(appends)
    return [
        Row("a signature", "µs", signed["on a token"], signed["in a file"]),
        Row(
            f"appends, {AT_ONCE} at once", "/s", appended["log key on a token"], appended["log key in a file"]
        ),
    ]


FIGURE = Figure("P17", "keys on a PKCS#11 token", measure)
