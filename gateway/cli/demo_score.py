"""The demo's score on a terminal: what the analysts find of the planted network, at running nodes."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from rich.console import Console
from rich.table import Table
from strawberry.utils.str_converters import to_camel_case

from gateway.cli.client import NodeClient, NodeRefused
from gateway.cli.show import show_json
from gateway.demo.cast import SERVICES, Stage, people, read_json
from gateway.demo.evidence import evidence_scored
from gateway.demo.notes import notes_scored
from gateway.demo.score import Money, chronicle_scored, money_scored, profiles_scored, scored, traced
from gateway.errors import NotAllowed
from gateway.visible import visible

Shown = Mapping[str, Any]


def score_of(stage: Stage, console: Console, *, as_json: bool) -> bool:
    """Ask as each node's first analyst and show the score; whether all that was planted was found."""
    truth = read_json(stage.path / "sources" / "truth.json")
    asked = next(each for each in truth["questions"] if each.get("demo"))
    mandate = {to_camel_case(name): value for name, value in asked["mandate"].items()}
    with ExitStack() as stack:
        desks = {node: _desk(stack, stage, node, mandate) for node, *_ in SERVICES}

        def ask(node: str, handle: str, nodes: Sequence[str]) -> Sequence[Shown]:
            client, opened = desks[node]
            wanted = {"handle": handle, "mandate": opened, "nodes": list(nodes) or None}
            try:
                proposals: Sequence[Shown] = client.run("resembling", wanted)["proposals"]
            except NodeRefused as error:
                if error.code != NotAllowed.code:
                    raise
                return ()  # not shown to its own analysts either, such as a person without a category
            return proposals

        def match(node: str, handle: str) -> Sequence[Shown]:
            client, opened = desks[node]
            matches: Sequence[Shown] = client.run("match_profile", {"handle": handle, "mandate": opened})[
                "matches"
            ]
            return matches

        def trace(node: str, code: str) -> Sequence[Shown]:
            client, opened = desks[node]
            asked_about = {"code": code, "mandate": opened}
            findings: Sequence[Shown] = client.run("container_history", asked_about)["findings"]
            return findings

        def follow(node: str, number: str) -> Sequence[Shown]:
            client, opened = desks[node]
            asked_about = {"number": number, "mandate": opened}
            findings: Sequence[Shown] = client.run("vessel_history", asked_about)["findings"]
            return findings

        def differ(node: str, handle: str, since: str, until: str) -> Sequence[Shown]:
            client, opened = desks[node]
            asked_about = {"of": {"handles": [handle]}, "since": since, "until": until, "mandate": opened}
            changes: Sequence[Shown] = client.run("network_changes", asked_about)["changes"]
            return changes

        told = scored(truth, list(desks), ask, lambda text: console.print(text, highlight=False))
        found = {**told, **profiles_scored(truth, match)}
        found |= {**traced(truth, "containers", trace), **traced(truth, "vessels", follow)}
        found |= money_scored(truth, _money(desks))
        found |= chronicle_scored(truth, differ)
        found |= notes_scored(truth, lambda planted: _note(desks[planted["asker"]], planted))
        found |= evidence_scored(truth, lambda node, handle: _provenance(desks[node], handle))
    if as_json:
        show_json(found)
    else:
        _show(found, console)
    whole = found["found"] == len(found["planted"]) and all(
        each["found"]
        for kind in ("profiles", "containers", "vessels", "money", "chronicle", "evidence", "notes")
        for each in found[kind]
    )
    kinds = ("profile", "container", "vessel", "money", "chronicle", "evidence", "note")
    decoys = ("decoys", *(f"{kind}Decoys" for kind in kinds))
    return whole and not any(found[name] for name in decoys)


def _note(desk: tuple[NodeClient, str], planted: Shown) -> Shown:
    client, opened = desk
    case = {"mandate": opened, "handles": planted["handles"]}
    wanted = {"kind": "NOTE", "cases": [case], "use": "INTERNAL", "period": planted["period"]}
    told: Shown = client.run("make_report", {"wanted": wanted})
    return told


def _provenance(desk: tuple[NodeClient, str], handle: str) -> Shown:
    client, opened = desk
    told: Shown = client.run("provenance", {"handle": handle, "mandate": opened})["claim"]["provenance"]
    return told


def _money(desks: Mapping[str, tuple[NodeClient, str]]) -> Money:
    """How the analysts ask about money at their desks."""

    def run(node: str, document: str, wanted: Shown) -> Shown:
        client, opened = desks[node]
        told: Shown = client.run(document, {**wanted, "mandate": opened})
        return told

    def joined(node: str, start: str, end: str) -> Sequence[Shown]:
        told = run(node, "money_joined", {"start": start, "end": end})
        places = [each["handles"] for each in told["network"]["vertices"]]
        return [
            {"joins": path["joins"], "through": [places[step["target"]] for step in path["steps"]]}
            for path in told["paths"]
        ]

    def owners(node: str, company: str) -> Sequence[Shown]:
        totals: Sequence[Shown] = run(node, "money_ownership", {"handle": company})["totals"]
        return totals

    def anomalies(node: str, handles: Sequence[str], reference: Sequence[Shown]) -> Sequence[Shown]:
        asked = {"handles": list(handles), "reference": list(reference)}
        found: Sequence[Shown] = run(node, "money_anomalies", asked)["anomalies"]
        return found

    return Money(joined, owners, anomalies)


def _desk(stack: ExitStack, stage: Stage, node: str, mandate: Shown) -> tuple[NodeClient, str]:
    """The first analyst of a node, signed in, with an open mandate."""
    analyst = next(each for each in people() if each["node"] == node and "analyst" in each["roles"])
    client = stack.enter_context(NodeClient(stage.address(node)))
    client.sign_in(analyst["subject"])
    return client, str(client.run("open_mandate", {"mandate": mandate})["id"])


def _show(found: Shown, console: Console) -> None:
    table = Table("planted", "left", "right", "found by", title_justify="left")
    for each in found["planted"]:
        by = ", ".join(f"{one['node']} {one['score']:.3f} {' '.join(one['evidence'])}" for one in each["by"])
        through = f"through {', '.join(each['through'])}" if each["found"] else "NOT FOUND"
        table.add_row(each["name"], each["left"], each["right"], by or through)
    console.print(table)
    for each in found["profiles"]:
        by = each["by"]
        told = (
            f"{by['score']:.3f}, at most {by['falsePositive']['high']:.2%} false positives"
            if by
            else "NOT FOUND"
        )
        console.print(f"profile {each['left']} | {each['right']}: {told}", highlight=False)
    for kind in ("container", "vessel"):
        for each in found[f"{kind}s"]:
            told = f"{each['rule']} {visible(each['sentence']) if each['found'] else 'NOT FOUND'}"
            console.print(f"{kind} {each['code']}: {told}", highlight=False, markup=False)
    for each in (*found["containerDecoys"], *found["vesselDecoys"]):
        told = f"DECOY FOUND: {each['code']} {each['rule']} {visible(each['sentence'])}"
        console.print(told, style="red", highlight=False, markup=False)
    for each in found["money"]:
        end = each.get("end") or each.get("owner") or each["measure"]
        start = each.get("start") or each.get("company") or each["handle"]
        told = "found" if each["found"] else "NOT FOUND"
        console.print(f"money, {each['what']} {start} | {end}: {told}", highlight=False, markup=False)
    for each in found["chronicle"]:
        told = f"{each['turn']} {visible(each['sentence']) if each['found'] else 'NOT FOUND'}"
        console.print(f"chronicle, {told}", highlight=False, markup=False)
    for each in (*found["moneyDecoys"], *found["chronicleDecoys"]):
        console.print(f"DECOY FOUND: {dict(each)}", style="red", highlight=False, markup=False)
    _notes(found, console)
    _evidence(found, console)
    for each in [*found["decoys"], *found["profileDecoys"]]:
        console.print(f"DECOY LINKED: {each['left']} {each['right']}", style="red", highlight=False)
    alone = ", ".join(f"{node} {count}" for node, count in found["alone"].items())
    console.print(f"found {found['found']} of {len(found['planted'])}; alone: {alone}", highlight=False)


def _notes(found: Shown, console: Console) -> None:
    for each in found["notes"]:
        what = " ".join(told for told in (each["matter"], each["what"], each["unit"]) if told)
        told = f"{what}, {each['service'] or 'joint'}: {'found' if each['found'] else 'NOT FOUND'}"
        console.print(f"note of {each['period']}, {told}", highlight=False, markup=False)
    for each in found["noteDecoys"]:
        console.print(f"DECOY COUNTED: {dict(each)}", style="red", highlight=False, markup=False)


def _evidence(found: Shown, console: Console) -> None:
    for each in found["evidence"]:
        stands = ", ".join(f"{country} {status}" for country, status in each["standing"].items())
        told = f"{stands} {' '.join(each['gaps'])}".strip() if each["found"] else "NOT FOUND"
        console.print(f"evidence {each['handle']}: {told}", highlight=False, markup=False)
    for each in found["evidenceDecoys"]:
        console.print(f"DECOY RULED ON: {dict(each)}", style="red", highlight=False, markup=False)
