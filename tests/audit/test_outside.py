"""Arithmetic that no one here wrote: golang.org/x/mod/sumdb reads our files and checks them."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.archive import open_archive
from audit.export import export
from tests.audit.samples import KEY, ORIGIN, Home


@pytest.fixture(scope="session")
def tlogcheck(outside_program: Callable[[str], Path]) -> Path:
    """Our few lines around golang.org/x/mod/sumdb."""
    return outside_program("tlogcheck")


def ran(program: Path, tiles: Path) -> subprocess.CompletedProcess[str]:
    command = [program, tiles, KEY.public.vkey]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("entries", [1, 255, 256, 257, 700])
async def test_x_mod_reads_our_tiles(home: Home, tlogcheck: Path, entries: int) -> None:
    await home.fill(entries, step=100)
    archive = open_archive(home.database)
    export(archive, home.path / "tiles", lambda _done, _total: None)
    archive.close()
    done = ran(tlogcheck, home.path / "tiles")
    assert (done.returncode, done.stdout) == (0, f"{ORIGIN} {entries} holds\n"), done.stderr
    bundle = next((home.path / "tiles/tile/entries").iterdir())
    if bundle.is_dir():
        bundle = next(bundle.iterdir())
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"!")
    assert ran(tlogcheck, home.path / "tiles").returncode == 1
