"""What is installed elsewhere: the wheel holds the console, and nothing of the packages it was built with."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from gateway.console_files import DOCUMENTS, read_console
from tests.components import ROOT

BUILD = (sys.executable, "-m", "hatchling", "build", "-t")


@pytest.mark.slow
def test_the_wheel_holds_the_console_and_none_of_its_sources(console_dist: Path, tmp_path: Path) -> None:
    subprocess.run([*BUILD, "wheel", "-d", tmp_path], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    shipped = read_console(zipfile.Path(wheel, "gateway/console/dist/"))
    assert shipped == read_console(console_dist)
    assert shipped.documents is not None
    ours = [each for each in names if each.startswith("gateway/console/")]
    assert {f"gateway/console/dist/{each}" for each in ("index.html", DOCUMENTS)} <= set(ours)
    assert all(each.startswith("gateway/console/dist/") for each in ours)


@pytest.mark.slow
def test_the_sdist_holds_what_a_wheel_is_made_of_without_node(console_dist: Path, tmp_path: Path) -> None:
    subprocess.run([*BUILD, "sdist", "-d", tmp_path], cwd=ROOT, check=True, capture_output=True)
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as opened:
        names = opened.getnames()
        opened.extractall(tmp_path / "unpacked", filter="data")
    assert not [each for each in names if "node_modules" in each]
    (source,) = (tmp_path / "unpacked").iterdir()
    assert read_console(source / "gateway/console/dist") == read_console(console_dist)
    # No program of Node is within reach: the build must find that the console is that of these sources.
    build = [*BUILD, "wheel", "-d", tmp_path / "wheel"]
    subprocess.run(
        build, cwd=source, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin", "PYTHON": "/no"}
    )
    (wheel,) = (tmp_path / "wheel").glob("*.whl")
    with zipfile.ZipFile(wheel) as opened_wheel:
        assert "gateway/console/dist/index.html" in opened_wheel.namelist()
