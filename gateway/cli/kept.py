"""The commands of analysts who keep partners' records: a handle under a lease, looked at anew or a stub."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from gateway.cli.client import NodeClient
from gateway.cli.people import at_node, mandate_of, mandate_options
from gateway.cli.show import show_json, show_picture
from gateway.visible import visible
from policy.handling import Mark
from policy.terms import InformationEvaluation, SourceEvaluation, Tlp

_COLUMNS = ("id", "handle", "version", "handling", "state", "reason", "until")


@click.group(
    epilog="""\b
Examples:
  entente kept add fr.ofast/fr-ct-1 --case FR-2026-0418 --node http://127.0.0.1:8402 --as se-analyst-1
  entente kept list --case FR-2026-0418 --node http://127.0.0.1:8402 --as se-analyst-1
  entente kept view k-… --case FR-2026-0418 --node http://127.0.0.1:8402 --as se-analyst-1
"""
)
def kept() -> None:
    """Keep partners' records for a case, and see what became of them; role analyst.

    What is kept is a handle, never a copy: its node is asked at each look, and may have taken it back.
    """


@kept.command(
    epilog="""\b
Examples:
  entente kept add fr.ofast/fr-ct-1 --case FR-2026-0418 --node http://127.0.0.1:8402 --as se-analyst-1
"""
)
@click.argument("handle")
@at_node
@mandate_options
def add(**told: Any) -> None:
    """Keep the record HANDLE for the mandate's case; its node is asked for it."""
    found = _run(told, "keep_record", {"handle": told["handle"]})
    _listed(told, [found], found)


@kept.command(
    "list",
    epilog="""\b
Examples:
  entente kept list --case FR-2026-0418 --node http://127.0.0.1:8402 --as se-analyst-1
""",
)
@at_node
@mandate_options
def list_(**told: Any) -> None:
    """What is kept for the mandate's case: HELD, RECTIFIED, WITHDRAWN or LAPSED."""
    found = _run(told, "kept_records", {})
    _listed(told, found, found)


@kept.command(
    epilog="""\b
Examples:
  entente kept view k-… --case FR-2026-0418 --node http://127.0.0.1:8402 --as se-analyst-1
"""
)
@click.argument("lease")
@at_node
@mandate_options
def view(**told: Any) -> None:
    """The kept record LEASE as its node shows it now, or a stub with the reason."""
    found = _run(told, "view_kept", {"id": told["lease"]})
    _listed(told, [found["kept"]], found)
    if found["picture"] is not None and not told["as_json"]:
        show_picture(found["picture"], f"kept {told['lease']}")


def _run(told: Mapping[str, Any], document: str, variables: Mapping[str, object]) -> Any:
    with NodeClient(told["node"]) as client:
        client.sign_in(told["subject"])
        return client.run(document, {**variables, "mandate": mandate_of(client, told)})


def _listed(told: Mapping[str, Any], records: Sequence[Mapping[str, Any]], whole: object) -> None:
    """A table of kept records, or `whole` as JSON."""
    if told["as_json"]:
        show_json(whole)
        return
    table = Table(*_COLUMNS)
    for each in records:
        row = {**each, "handling": " ".join(each["handling"])}
        table.add_row(*(visible(str(row[name] or "")) for name in _COLUMNS))
    Console().print(table)
    if records:
        click.echo(strictest(records))


def strictest(records: Iterable[Mapping[str, Any]]) -> str:
    """The high-water mark of what is kept, as far as leases carry it: the handling codes, stubs' included."""
    codes = {code for each in records for code in each["handling"]}
    mark = Mark.read(codes, SourceEvaluation.A, InformationEvaluation.N1, Tlp.CLEAR)
    told = " ".join(sorted(mark.handling)) or "none"
    return f"handling of all of these: {told}; 4x4 and TLP are told when a record is viewed"
