"""The command `entente demo`."""

import signal
import sys
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from strawberry.utils.str_converters import to_camel_case

from audit.archive import open_archive
from audit.trust import TrustPolicy
from gateway.cli.client import NodeClient
from gateway.cli.demo_score import score_of
from gateway.cli.node import verify_log
from gateway.cli.show import show_picture
from gateway.demo.build import build
from gateway.demo.cast import SERVICES, Stage, find_opa, people, read_json, tour
from gateway.demo.expect import differences, joined
from gateway.demo.plan import Plan, invented, public
from gateway.demo.run import running
from gateway.home import Home

COSIGNED_WITHIN = 30.0
POLL = 0.2


@click.command(
    epilog="""\b
Examples:
  entente demo                      stays up until interrupted
  entente demo --once               asks, verifies, ends with exit code 0 if all is well
  entente demo --size large --path .entente/large
  entente demo --once --data ../shared/data
  entente demo --score --json       what the analysts find of the planted network, and whether a decoy
"""
)
@click.option("--once", is_flag=True, help="End after the question and the verification.")
@click.option("--score", is_flag=True, help="End after counting what the analysts find of the planted links.")
@click.option("--json", "as_json", is_flag=True, help="The score as one JSON document.")
@click.option("--size", type=click.Choice(["small", "large"]), default="small", show_default=True)
@click.option("--data", type=click.Path(exists=True, path_type=Path), help="Real public data instead.")
@click.option("--path", type=click.Path(path_type=Path), help="Folder: .entente/demo or .entente/demo-real.")
@click.option(
    "--port", type=click.IntRange(1024, 65000), default=8400, show_default=True, help="First of four."
)
@click.option(
    "--engine",
    type=click.Choice(["wasm", "opa", "rego"]),
    help="Policy engine; wasm where an OPA can compile.",
)
def demo(  # noqa: PLR0913  # one parameter per option
    path: Path | None,
    data: Path | None,
    port: int,
    engine: str | None,
    size: str,
    *,
    once: bool,
    score: bool,
    as_json: bool,
) -> None:
    """Three nodes on this machine, a fictitious case, one question across the border, three verified logs.

    The first start makes the nodes; later ones take seconds and keep their data.
    """
    console = Console(stderr=as_json)
    if score and data is not None:
        raise click.UsageError("--score counts what was planted; public data has nothing planted")
    if data is None:
        console.print("[black on yellow] DEMO: everybody and everything in it is invented. [/]")
    folder = path or Path(".entente") / ("demo-real" if data else "demo")

    def prepare(work: Path) -> Plan:
        return public(work, data) if data else invented(work, size, lived=True)

    stage = build(Stage(folder.resolve(), port, engine or default_engine(console)), prepare, console)
    with running(stage):
        if score:
            sys.exit(0 if score_of(stage, console, as_json=as_json) else 1)
        if not once:
            _tell(stage, console, toured=data is None)
        answered = _ask(stage, console)
        verified = [_verified(stage, node, console) for node, *_ in SERVICES]
        if once:
            sys.exit(0 if answered and all(verified) else 1)
        _until_interrupted(stage, console)


def default_engine(console: Console) -> str:
    """`wasm` where an OPA can compile the Rego, else `rego`, said in one line."""
    if find_opa():
        return "wasm"
    console.print("no OPA here (`make opa` brings one): the demo runs on the embedded rego engine")
    return "rego"


def _ask(stage: Stage, console: Console) -> bool:
    """Ask the demo's questions as their analysts would; whether every answer is the one that is known."""
    differs: list[str] = []
    for question in read_json(stage.path / "questions.json"):
        picture = posed(stage, question)
        title = f"{question['title']}  ({question['operation']}, asked at {question['asker']['node']})"
        show_picture(picture, title)
        differs += differences(question["expect"], picture)
    for each in differs:
        console.print(f"[red]not as expected: {escape(each)}[/red]")
    return not differs


def posed(stage: Stage, question: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the question's asker is shown, over HTTP; by handle at each node where it is about a record."""
    operation, told = question["operation"], dict(question["arguments"])
    with NodeClient(stage.address(question["asker"]["node"])) as client:
        client.sign_in(question["asker"]["subject"])
        mandate = {to_camel_case(name): value for name, value in question["mandate"].items()}
        opened = client.run("open_mandate", {"mandate": mandate})["id"]
        record = told.pop("id", None)
        told |= {"identifier": told.pop("value")} if "value" in told else {}
        handles = [{"handle": f"{node}/{record}"} for node in question["expect"]] if record else [{}]
        asked = [told | handle | {"mandate": opened} for handle in handles]
        return joined([client.run(operation, variables) for variables in asked])


def _verified(stage: Stage, node: str, console: Console) -> bool:
    """Whether the log holds and its partners have cosigned it; they need some seconds after a start."""
    console.print(f"verifying the log of {node}")
    end = time.monotonic() + COSIGNED_WITHIN
    while not _cosigned(stage.homes[node]) and time.monotonic() < end:
        time.sleep(POLL)
    return verify_log(stage.homes[node]) == 0


def _cosigned(home: Home) -> bool:
    """Whether the log keeps a checkpoint that its trust policy, if it has one, is content with."""
    if home.settings().witness.policy is None:
        return True
    policy = TrustPolicy.parse(home.trust_policy.read_text(encoding="utf-8"))
    with closing(open_archive(home.path / "audit.sqlite")) as archive:
        return any(policy.fulfilled(policy.witnessed(note)[1]) for note in archive.newest())


def _tell(stage: Stage, console: Console, *, toured: bool) -> None:
    """Where to go, who is who, and the tour."""
    for node, *_ in SERVICES:
        console.print(f"{node}: {stage.desk(node)}  (for programs: {stage.address(node)})", highlight=False)
    table = Table(title="Who is who: choose somebody on the sign-in page", title_justify="left")
    for name in ("node", "name", "roles", "for programs"):
        table.add_column(name)
    for each in people():
        table.add_row(each["node"], each["name"], " ".join(each["roles"]), each["subject"])
    console.print(table)
    if toured:
        console.print(f"The guided tour, {stage.desk(SERVICES[0][0])}/tour:", highlight=False)
        for number, title in enumerate(tour(), 1):
            console.print(f"  {number}. {title}", highlight=False, markup=False)
    console.print(f"identity provider: {stage.issuer}\ndata, keys and logs: {stage.path}", highlight=False)


def _until_interrupted(stage: Stage, console: Console) -> None:
    console.print(f"running at {stage.desk(SERVICES[0][0])}; end it with Ctrl-C", highlight=False)
    with suppress(KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        signal.pause()
    console.print("ending …")
