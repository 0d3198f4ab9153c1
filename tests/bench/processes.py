"""Starting what is measured: on its own cores, ready before it is used, ended with the block."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.bench.figure import NotMeasuredError
from tests.bench.machine import pinned
from tests.components import ROOT

STARTS_WITHIN = 60.0
ENDS_WITHIN = 10.0


@contextmanager
def running(
    command: Sequence[str],
    port: int,
    on: frozenset[int],
    *,
    path: str = "/healthz",
    env: Mapping[str, str] | None = None,
    into: Path | None = None,
    within: float = STARTS_WITHIN,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server that answers at `path`; it dies with this process. What it says goes `into` a file."""
    guard = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
    with into.open("a+b") if into else tempfile.TemporaryFile() as said:
        with pinned(on):
            process = subprocess.Popen(
                [*guard, *command], cwd=ROOT, stdout=said, stderr=subprocess.STDOUT, env=env
            )
        try:
            if not _ready(process, f"http://127.0.0.1:{port}{path}", within):
                said.seek(0)
                last = said.read()[-600:].decode(errors="replace")
                raise NotMeasuredError(
                    f"{Path(command[0]).name} {' '.join(command[1:3])} did not start: {last}"
                )
            yield process
        finally:
            process.terminate()
            try:
                process.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _ready(process: subprocess.Popen[bytes], url: str, within: float) -> bool:
    deadline = time.monotonic() + within
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=2):  # noqa: S310  # our own server on loopback
                return True
        except URLError as error:
            if getattr(error, "code", None):
                return True  # it speaks HTTP, that will do
        except OSError:
            pass
        time.sleep(0.05)
    return False
