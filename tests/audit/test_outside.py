"""Arithmetic that no one here wrote: golang.org/x/mod/sumdb reads our files and checks them."""

import subprocess
from pathlib import Path

import pytest

from audit.archive import open_archive
from audit.export import export
from tests.audit.samples import KEY, ORIGIN, Home
from tests.components import ROOT, ComponentMissingError

SOURCE = Path(__file__).parent / "tlogcheck"
PROGRAM = ROOT / ".entente/bin/tlogcheck"


@pytest.fixture(scope="session")
def tlogcheck(go_binary: Path) -> Path:
    """The checker, built with the module versions that its go.sum holds."""
    build = [go_binary, "build", "-mod=readonly", "-trimpath", "-o", PROGRAM, "."]
    done = subprocess.run(build, cwd=SOURCE, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode != 0:
        missing = ComponentMissingError(
            "golang.org/x/mod", f"cd {SOURCE.relative_to(ROOT)} && go mod download"
        )
        pytest.skip(f"{missing} ({done.stderr.strip()[-200:]})")
    return PROGRAM


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
