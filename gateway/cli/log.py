"""Commands of who reads a log from outside: entente log fetch."""

from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from audit.files import read_text
from audit.keys import VerifyKey
from audit.mirror import Mirror
from gateway.cli.show import show_json
from gateway.http_log import HttpLog

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(
    epilog="""\b
Examples:
  entente log fetch https://entente.ofast.example/log fr-copy --token-file dpa.token --vkey 'fr.ofast/log+…'
"""
)
def log() -> None:
    """Read a node's log from outside."""


@log.command(
    epilog="""\b
Examples:
  entente log fetch https://entente.ofast.example/log fr-copy --token-file dpa.token \\
      --vkey 'fr.ofast/log+1a2b3c4d+AQ…'
  entente log fetch http://127.0.0.1:8401/log fr-proofs --token-file se.token --vkey 'fr.ofast/log+…' \\
      --proofs-only
  python -m audit verify fr-copy --vkey 'fr.ofast/log+1a2b3c4d+AQ…'
"""
)
@click.argument("url")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--token-file", type=FILE, required=True, help="File that holds the reader's token.")
@click.option("--vkey", required=True, help="The log's public key, as the node's card tells it.")
@click.option("--justification", default="", help="Code of the reason, if none is registered with the token.")
@click.option("--proofs-only", is_flag=True, help="Checkpoint and hash tiles only, as partners may read.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of a sentence.")
def fetch(url: str, directory: Path, **told: Any) -> None:
    """Copy the log served at URL into DIRECTORY, every hash checked on the way.

    Called again it fetches what is new, and refuses a log that does not extend the copy. A copy that was cut
    short goes on where it stopped. `python -m audit verify DIRECTORY` works on it without a network.
    """
    token = read_text(told["token_file"]).strip()
    key = VerifyKey.parse(told["vkey"])
    with HttpLog(url, token, told["justification"]) as source, _bar() as progress:
        task = progress.add_task(key.name, total=None)
        mirror = Mirror(directory, source, entries=not told["proofs_only"])
        checkpoint = mirror.update(
            [key], lambda done, total: progress.update(task, completed=done, total=total)
        )
    if told["as_json"]:
        found = {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()}
        show_json(found | {"directory": str(directory), "entries": mirror.entries})
    else:
        click.echo(f"{directory}: {checkpoint}")


def _bar() -> Progress:
    """A progress bar over leaves."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, transient=True)
