"""Commands of witnessing: a witness for an oversight body, pins, evidence, and a node's own policy file."""

import asyncio
from pathlib import Path

import click
import uvloop

from audit.trust import TrustPolicy
from gateway.cli.show import show_json
from gateway.errors import SettingsRejected
from gateway.home import Home, read_card
from gateway.wiring import read_directory
from gateway.witness_home import WitnessHome, create_witness, policy_text, serve_witness, take_policy

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(
    epilog="""\b
Examples:
  entente witness policy ./node --quorum any --take
  entente witness init ./w --name oversight.example/witness --pin fr.checkpoint
  entente witness serve ./w --logs logs.policy --port 8500
"""
)
def witness() -> None:
    """Cosign other nodes' logs, and say who must cosign ours (c2sp.org/tlog-witness)."""


@witness.command(
    "init",
    epilog="""\b
Examples:
  entente witness init ./w --name oversight.example/witness
  entente witness init ./w --name oversight.example/witness --pin fr.checkpoint --pin se.checkpoint
""",
)
@click.argument("folder", type=FOLDER)
@click.option("--name", required=True, help="The witness's name, as logs will write it.")
@click.option("--pin", "pins", type=FILE, multiple=True, help="A log's checkpoint that came by another way.")
def witness_init(folder: Path, name: str, pins: tuple[Path, ...]) -> None:
    """Make a witness in FOLDER; prints the public key, which logs put into their policy files.

    A pinned log starts from its pin: what it says of its past before that is never cosigned anew.
    """
    home = create_witness(folder, name)
    for checkpoint in home.pin(pins):
        click.echo(f"pinned: {checkpoint}", err=True)
    click.echo(home.vkey.read_text(encoding="utf-8"), nl=False)


@witness.command(
    "pin",
    epilog="\b\nExamples:\n  entente witness pin ./w fr.checkpoint\n  entente witness pin ./node se.note",
)
@click.argument("folder", type=FOLDER)
@click.argument("checkpoints", type=FILE, nargs=-1, required=True)
def witness_pin(folder: Path, checkpoints: tuple[Path, ...]) -> None:
    """Let logs that the witness in FOLDER (or of the node there) has never seen start from CHECKPOINTS."""
    for checkpoint in WitnessHome(folder).pin(checkpoints):
        click.echo(f"pinned: {checkpoint}")


@witness.command("serve", epilog="\b\nExamples:\n  entente witness serve ./w --logs logs.policy --port 8500")
@click.argument("folder", type=FOLDER)
@click.option("--logs", type=FILE, required=True, help="A policy file whose `log` lines are the known logs.")
@click.option("--port", type=click.IntRange(1, 65535), required=True, help="Port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Put TLS in front of any other.")
def witness_serve(folder: Path, logs: Path, port: int, host: str) -> None:
    """Serve the witness in FOLDER until interrupted: POST /add-checkpoint."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve_witness(WitnessHome(folder), logs, host, port))


@witness.command(
    "forks", epilog="\b\nExamples:\n  entente witness forks ./w\n  entente witness forks ./node --json"
)
@click.argument("folder", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="One JSON document, with the signed checkpoints.")
def witness_forks(folder: Path, *, as_json: bool) -> None:
    """Show the evidence in FOLDER: logs that signed two roots for one size. Ends with 1 if there is any."""
    store = WitnessHome(folder).open_store()
    try:
        forks = store.forks()
    finally:
        store.close()
    if as_json:
        names = ("origin", "size", "first", "second")
        show_json([{name: getattr(fork, name) for name in names} for fork in forks])
    else:
        for fork in forks:
            click.echo(f"{fork.origin}: two roots for size {fork.size}\n\n{fork.first}\n{fork.second}")
    if forks:
        raise SystemExit(1)


@witness.command(
    "seen", epilog="\b\nExamples:\n  entente witness seen ./w\n  entente witness seen ./node --json"
)
@click.argument("folder", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="One JSON document, with the signed checkpoints.")
def witness_seen(folder: Path, *, as_json: bool) -> None:
    """Show the last checkpoint of each log that the witness in FOLDER has seen.

    Two witnesses of one log compare these; another witness may be pinned at one.
    """
    store = WitnessHome(folder).open_store()
    try:
        seen = [(origin, last) for origin in store.origins() if (last := store.latest(origin)) is not None]
    finally:
        store.close()
    if as_json:
        show_json([{"origin": origin, "size": last.size, "note": last.note} for origin, last in seen])
        return
    for _, last in seen:
        click.echo(last.note)


@witness.command(
    "policy",
    epilog="""\b
Examples:
  entente witness policy ./node --quorum any --take
  entente witness policy ./node --quorum any > trust.policy
  entente witness policy ./node --quorum 2 --add "oversight oversight.example/witness+… https://w.example"
""",
)
@click.argument("home", type=FOLDER)
@click.option("--quorum", default="any", show_default=True, help="`any`, `all`, or how many must cosign.")
@click.option("--add", "more", multiple=True, help="A witness beside the partners: `name vkey url`.")
@click.option("--take", "takes", is_flag=True, help="Put it into HOME and name it in node.toml.")
def witness_policy(home: Path, quorum: str, more: tuple[str, ...], *, takes: bool) -> None:
    """Print the policy file for the node at HOME: all partners of its directory, and who else is added.

    The node goes by HOME/trust.policy once node.toml names it ([witness] policy = "trust.policy"; --take does
    both) and it was started again.
    """
    node = Home(home)
    directory = read_directory(node)
    if directory is None:
        raise SettingsRejected(f"{home}: has no directory yet; it knows no partner")
    text = policy_text(read_card(node.card), directory.nodes, quorum, more)
    TrustPolicy.parse(text)
    if takes:
        take_policy(node, text)
        click.echo(f"{node.trust_policy} is in place; restart the node")
        return
    click.echo(text, nl=False)
