"""The command of the process that alone grows a node's log."""

import asyncio
from pathlib import Path

import click

from gateway.home import Home
from gateway.sequencing import sequence
from gateway.witness_check import ask_witnesses

HOME = click.Path(file_okay=False, path_type=Path)


@click.command(
    epilog="""\b
Examples:
  entente sequencer ./node                what [log] sequencer = "sequencer.sock" in node.toml refers to
  entente sequencer ./node --standby      waits, and takes over when the other one is gone
"""
)
@click.argument("home", type=HOME)
@click.option("--standby", is_flag=True, help="Wait for the sequencer in place to be gone.")
def sequencer(home: Path, *, standby: bool) -> None:
    """Grow the log of the node at HOME for its gateways, until interrupted.

    The process holds the log's key, its guard and the writing door of its database; gateways hand in their
    entries at the Unix socket that the settings name. One that another has taken over from ends by itself.
    """
    asyncio.run(sequence(Home(home), standby=standby, check=ask_witnesses, ready=click.echo))
