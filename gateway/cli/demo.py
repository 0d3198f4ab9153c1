"""The command `entente demo`."""

import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from strawberry.utils.str_converters import to_camel_case

from gateway.cli.client import NodeClient
from gateway.cli.node import verify_log
from gateway.cli.people import OPEN, QUESTIONS
from gateway.cli.show import show_picture
from gateway.demo.build import build
from gateway.demo.cast import SERVICES, Stage, find_opa, people, read_json
from gateway.demo.run import running


@click.command(
    epilog="""\b
Examples:
  entente demo                      stays up until interrupted
  entente demo --once               asks, verifies, ends with exit code 0 if all is well
  entente demo --size large --path .entente/large
"""
)
@click.option("--once", is_flag=True, help="End after the question and the verification.")
@click.option("--size", type=click.Choice(["small", "large"]), default="small", show_default=True)
@click.option(
    "--path",
    type=click.Path(path_type=Path),
    default=Path(".entente/demo"),
    show_default=True,
    help="Its folder.",
)
@click.option(
    "--port", type=click.IntRange(1024, 65000), default=8400, show_default=True, help="First of four."
)
@click.option(
    "--engine",
    type=click.Choice(["wasm", "opa", "rego"]),
    help="Policy engine; wasm where an OPA can compile.",
)
def demo(path: Path, port: int, engine: str | None, size: str, *, once: bool) -> None:
    """Three nodes on this machine, a fictitious case, one question across the border, three verified logs.

    The first start makes the nodes; later ones take seconds and keep their data.
    """
    console = Console()
    console.print("[black on yellow] DEMO: everybody and everything in it is invented. [/]")
    stage = build(Stage(path.resolve(), port, engine or default_engine(console)), size, console)
    with running(stage):
        answered = _ask(stage, console)
        verified = [_verified(stage, node, console) for node, *_ in SERVICES]
        if once:
            sys.exit(0 if answered and all(verified) else 1)
        _tell(stage, console)
        _until_interrupted(console)


def default_engine(console: Console) -> str:
    """`wasm` where an OPA can compile the Rego, else `rego`, said in one line."""
    if find_opa():
        return "wasm"
    console.print("no OPA here (`make opa` brings one): the demo runs on the embedded rego engine")
    return "rego"


def _ask(stage: Stage, console: Console) -> bool:
    """Ask the scripted question as its analyst would; whether the answer is the one the truth file tells."""
    question = next(each for each in _truth(stage)["questions"] if each.get("demo"))
    with NodeClient(stage.address(question["asker"]["node"])) as client:
        client.sign_in(question["asker"]["subject"])
        mandate = client.run(OPEN, {"mandate": _mandate(question["mandate"])})["openMandate"]["id"]
        value = next(iter(question["arguments"].values()))
        operation = question["operation"]
        picture = client.run(QUESTIONS[operation], {"it": value, "mandate": mandate})[operation]
    show_picture(picture, f"{question['title']}  ({operation} {value})")
    differs = list(differences(question["expect"], picture))
    for each in differs:
        console.print(f"[red]not as expected: {each}[/red]")
    return not differs


def differences(expect: Mapping[str, Any], picture: Mapping[str, Any]) -> Iterator[str]:
    """What a picture says other than the truth file expects, a sentence each."""
    told = {each["node"]: each for each in picture["nodes"]}
    for node, wanted in expect.items():
        status = told[node]["status"] if node in told else "not asked"
        if status != wanted["status"]:
            yield f"{node}: status {status}, expected {wanted['status']}"
        shown = sorted(each["record"]["id"] for each in picture["claims"] if each["node"] == node)
        records = sorted(wanted.get("records", []))
        exact = wanted.get("match", "exact") == "exact"
        if shown != records if exact else not set(records) <= set(shown):
            yield f"{node}: shows {shown}, expected {records}"
        contact = told.get(node, {}).get("contact")
        for name, value in wanted.get("contact", {}).items():
            if contact is None or contact[name] != value:
                yield f"{node}: contact {contact}, expected {name} {value}"
        if not set(wanted.get("reasons", [])) <= set(told.get(node, {}).get("reasons", [])):
            yield f"{node}: reasons {told[node]['reasons']}, expected {wanted['reasons']}"


def _mandate(told: Mapping[str, str]) -> dict[str, str]:
    """A mandate of the truth file under the names of the API."""
    return {to_camel_case(name): value for name, value in told.items()}


def _truth(stage: Stage) -> Mapping[str, Any]:
    truth: Mapping[str, Any] = read_json(stage.path / "case" / "truth.json")
    return truth


def _verified(stage: Stage, node: str, console: Console) -> bool:
    console.print(f"verifying the log of {node}")
    return verify_log(stage.homes[node]) == 0


def _tell(stage: Stage, console: Console) -> None:
    table = Table(title="Who can sign in", title_justify="left")
    for name in ("node", "address", "sign in as", "name", "roles"):
        table.add_column(name)
    for each in people():
        address = f"{stage.address(each['node'])}/auth/login"
        table.add_row(each["node"], address, each["subject"], each["name"], " ".join(each["roles"]))
    console.print(table)
    console.print(f"identity provider: {stage.issuer}   data, keys and logs: {stage.path}")


def _until_interrupted(console: Console) -> None:
    console.print("running; end it with Ctrl-C")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        console.print("ending …")
