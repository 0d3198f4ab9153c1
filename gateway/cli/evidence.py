"""Commands of who has to prove something to others: receipts, evidence."""

import asyncio
import base64
import binascii
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from gateway.cli.client import NodeClient
from gateway.cli.people import at_node
from gateway.cli.show import show_json
from gateway.evidence import EvidencePack, Reader, Wanted, pack_case
from gateway.home import Home
from gateway.wiring import open_node
from policy.terms import Role

HOME = click.Path(file_okay=False, path_type=Path)
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


@click.command(
    epilog="""\b
Examples:
  entente receipts q-4J1n… --node http://127.0.0.1:8401 --as fr-analyst-1 --out receipts
  entente receipts q-4J1n… --node http://127.0.0.1:8401 --as fr-auditor-1 --out receipts \\
      --justification AUDIT_7
  python -m audit receipt receipts/se.polisen-DISCLOSED-41.tlog-proof --vkey se.polisen/log+…
"""
)
@click.argument("query_id")
@at_node
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the files."
)
@click.option("--justification", help="Why, as a code; oversight must give one.")
@click.option(
    "--ask-partners", is_flag=True, help="Ask the partners for the witnessed receipts of their logs."
)
def receipts(  # noqa: PLR0913  # one parameter per option
    query_id: str,
    node: str,
    subject: str,
    out: Path,
    justification: str | None,
    *,
    ask_partners: bool,
    as_json: bool,
) -> None:
    """Write the receipts of the exchange QUERY_ID to files, one proof each (c2sp.org/tlog-proof).

    Those of the log itself are there at once; the witnessed ones follow when the log's checkpoint has been
    cosigned, and carry the number of leaves they are proved against in their name.
    """
    with NodeClient(node) as client:
        client.sign_in(subject)
        asked = {"queryId": query_id, "justification": justification, "askPartners": ask_partners}
        told = client.run("receipts", asked)
    out.mkdir(parents=True, exist_ok=True)
    written = [_write(out, each) for each in told["receipts"]]
    if as_json:
        show_json({"queryId": query_id, "receipts": written})
        return
    for each in written:
        click.echo(f"{each['file']}  {', '.join(each['witnesses']) or 'signed by the log'}")


def _write(out: Path, receipt: Mapping[str, Any]) -> dict[str, Any]:
    """One receipt as a file; its name is made of what a node says, so of nothing but plain words."""
    node, kind, index = str(receipt["node"]), str(receipt["kind"]), int(receipt["index"])
    if not (_PART.fullmatch(node) and _PART.fullmatch(kind)):
        raise click.ClickException(f"receipt: {node[:40]!r} {kind[:40]!r} are no words for a file name")
    witnessed = f"-witnessed-{int(receipt['size'])}" if receipt["witnesses"] else ""
    path = out / f"{node}-{kind}-{index}{witnessed}.tlog-proof"
    path.write_text(str(receipt["text"]), encoding="utf-8")
    return {name: receipt[name] for name in ("node", "kind", "index", "witnesses")} | {"file": str(path)}


@click.command(
    epilog="""\b
Examples:
  entente evidence FR-2026-0418 ./node --as fr-admin-1 --justification COURT_ORDER --out case.pyz
  entente evidence FR-2026-0418 --node http://127.0.0.1:8401 --as fr-auditor-1 \\
      --justification DPA_REQUEST --out case.pyz
  python case.pyz --federation-key federation.example/directory+…      (anywhere, without this program)
"""
)
@click.argument("case")
@click.argument("home", type=HOME, required=False)
@click.option("--node", help="Address of the running node, instead of HOME.")
@click.option(
    "--as", "subject", required=True, help="Your subject id; at a running node, in the role oversight."
)
@click.option("--justification", required=True, help="Why, as a code, such as COURT_ORDER; it is logged.")
@click.option(
    "--open-identities", default="", help="Open sealed identities too, for this reason (a code); logged."
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of a sentence.")
def evidence(  # noqa: PLR0913, PLR0917  # one parameter per option
    case: str,
    home: Path | None,
    node: str | None,
    subject: str,
    justification: str,
    open_identities: str,
    out: Path,
    *,
    as_json: bool,
) -> None:
    """Write all that proves the exchanges of CASE to one file, which checks itself with plain Python.

    From the HOME of a stopped node, or at a running one. Who takes it and why stands in the log before
    anything is read. No content of questions or answers is in it, and no name unless identities are opened.
    """
    if (home is None) == (node is None):
        raise click.UsageError("give either HOME or --node")
    wanted = Wanted(case, justification, open_identities)
    if home is not None:
        pack = asyncio.run(_of_home(Home(home), subject, wanted))
    else:
        pack = _of_node(str(node), subject, wanted)
    out.write_bytes(pack.content)
    told = {"file": str(out), "digest": pack.digest, "leaves": pack.leaves, "exchanges": pack.exchanges}
    if as_json:
        show_json(told)
    else:
        click.echo(f"{out}: {pack.exchanges} exchanges, {pack.leaves} log entries, {pack.digest}")
        click.echo(f"check it: python {out} --help")


async def _of_home(home: Home, subject: str, wanted: Wanted) -> EvidencePack:
    """On the machine itself: whoever may read the home is its administrator."""
    async with open_node(home) as node:
        return await pack_case(node, Reader(subject, Role.ADMINISTRATOR.value), wanted)


def _of_node(address: str, subject: str, wanted: Wanted) -> EvidencePack:
    asked = {
        "case": wanted.case,
        "justification": wanted.justification,
        "openIdentities": wanted.identities or None,
    }
    with NodeClient(address) as client:
        client.sign_in(subject)
        told = client.run("evidence", asked)
    try:
        content = base64.b64decode(told["content"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise click.ClickException(f"{address}: sent no evidence pack") from error
    pack = EvidencePack(content, int(told["leaves"]), int(told["exchanges"]))
    if pack.digest != told["digest"]:
        raise click.ClickException(f"{address}: sent {pack.digest}, and says it is {told['digest']}")
    return pack
