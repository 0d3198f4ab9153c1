"""The command line `entente`: one group, each command teaches itself with `--help`."""

from gateway.cli.main import main

__all__ = ["main"]
