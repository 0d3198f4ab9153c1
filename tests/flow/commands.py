"""The command line as the stories use it, at the processes of a demo."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from gateway.cli import main
from gateway.demo.cast import Stage
from gateway.demo.run import answers

PATIENCE = 90.0


def said(*arguments: str) -> str:
    """What a command says that does what it is told."""
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == 0, done.output
    return done.output


def run(*arguments: str) -> Any:
    """What a command says with `--json`."""
    return json.loads(said(*arguments, "--json"))


def granted(first: Sequence[str], second: Sequence[str], *terms: str) -> None:
    """A grant that one officer draws up and another approves; both say where and who they are."""
    whole = run("grants", "propose", run("grants", "draft", *terms, *first)["proposal"], *first)
    run("grants", "approve", whole["proposal"], "--digest", whole["digest"], *second)


def until(told: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """What is told, once there is something: outbox and background work look every few seconds."""
    end = time.monotonic() + patience
    while not (found := told()):
        assert time.monotonic() < end
        time.sleep(1)
    return found


def copy_of(built: Stage, path: Path) -> Stage:
    """A copy of a demo that nobody runs, to be run."""
    shutil.copytree(built.path, path)
    return replace(built, path=path)


@contextmanager
def back(stage: Stage, node: str, patience: float = PATIENCE) -> Iterator[None]:
    """A node that was ended runs again."""
    process = subprocess.Popen([sys.executable, "-m", "gateway.cli", "serve", str(stage.path / node)])
    try:
        until(lambda: answers(f"{stage.address(node)}/healthz"), patience)
        yield
    finally:
        process.terminate()
        process.wait(60)
