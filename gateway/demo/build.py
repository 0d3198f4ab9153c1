"""Making the demo's nodes: homes, a signed directory, records, grants, a past. Whole, or not there."""

import asyncio
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from audit.keys import SigningKey
from gateway.calibrating import Learning, learn
from gateway.demo.cast import FEDERATION, Stage
from gateway.demo.past import DAY, Clock, live, together, watching
from gateway.demo.plan import Load, Plan, ending_grant, house_grant
from gateway.demo.run import policy_server
from gateway.home import Home, Profile, create, read_card, sign_directory
from gateway.liaise import enact
from gateway.loading import explained, load_file, said
from gateway.node import Node
from gateway.witness_home import policy_text, unwitnessed_text
from policy.grants import GrantTerms
from sharing.grants import Approval

DIRECTORY_DAYS = 30
SHOWN_REJECTS = 8
FALSE_POSITIVES = 0.001
"""Share of pairs of two lots that the demo's threshold for chemical profiles may let through."""
ABSENT = "absent"
NOBODY_LISTENS = 9
"""The port of the discard service, which nobody runs any more: where the absent service's node would be."""


def build(stage: Stage, prepare: Callable[[Path], Plan], console: Console) -> Stage:
    """Make the demo's folder unless it is there; an interrupted making leaves nothing that looks finished."""
    if stage.path.exists():
        kept = stage.kept()
        refresh_directory(kept.path)
        return kept
    work = replace(stage, path=stage.path.with_name(f".{stage.path.name}.new"))
    shutil.rmtree(work.path, ignore_errors=True)
    work.path.mkdir(parents=True)
    console.print("writing the records …")
    plan = prepare(work.path / "sources")
    clock = Clock(time.time() - ((plan.past.days + 1) * DAY if plan.past else 0))
    _found(work, plan, clock())
    _load(work, plan.loads, clock, console)
    if plan.reference is not None:
        for home in work.homes.values():
            asyncio.run(learn(home, Learning(*plan.reference, "sample", FALSE_POSITIVES), clock=clock))
    with policy_server(work):
        asyncio.run(_begin(work, plan, clock, console))
    if plan.past:
        clock.until(time.time())
        _load(work, plan.past.arrive, clock, console)
        refresh_directory(work.path)
        _trust(work)
    (work.path / "questions.json").write_text(json.dumps(plan.questions), encoding="utf-8")
    work.keep()
    work.path.replace(stage.path)
    return stage


def _load(stage: Stage, loads: Sequence[Load], clock: Clock, console: Console) -> None:
    for each in loads:
        home = stage.homes[each.node]
        report = asyncio.run(load_file(home, each.source, each.dataset, each.mapping, clock=clock))
        console.print(f"{each.node}: {said(each.source, report)}", highlight=False, markup=False)
        for line in explained(report, SHOWN_REJECTS):
            console.print(f"  {line}", highlight=False, markup=False)


def _found(stage: Stage, plan: Plan, now: float) -> None:
    """Homes with keys, and the federation's key and directory in each."""
    founded = datetime.fromtimestamp(now, UTC)
    key = SigningKey.generate(f"{FEDERATION}/directory")
    for profile in stage.profiles(plan.examples):
        home = create(stage.path / profile.id, profile, now=founded)
        home.federation_key.write_text(key.public.vkey, encoding="utf-8")
    key.save(stage.path / "federation.key")
    if plan.past is None:
        refresh_directory(stage.path, founded)
        _trust(stage)
        return
    told = plan.past.absent
    absent = Profile(told["id"], told["name"], told["country"], told["spoc"], port=NOBODY_LISTENS, demo=True)
    create(stage.path / ABSENT / absent.id, absent, now=founded)
    refresh_directory(stage.path, founded, plan.past.days + DIRECTORY_DAYS)
    for home in stage.homes.values():
        home.trust_policy.write_text(unwitnessed_text(read_card(home.card)), encoding="utf-8")


def _trust(stage: Stage) -> None:
    """From now on one of the others must have cosigned each node's log."""
    cards = tuple(read_card(home.card) for home in stage.homes.values())
    for home in stage.homes.values():
        home.trust_policy.write_text(policy_text(read_card(home.card), cards, "any", ()), encoding="utf-8")


def refresh_directory(path: Path, now: datetime | None = None, days: int = DIRECTORY_DAYS) -> None:
    """Sign the directory of the demo at `path` anew, one version on, so that one of last month starts too."""
    key = SigningKey.load(path / "federation.key")
    counter = path / "directory.version"
    version = int(counter.read_text(encoding="ascii")) + 1 if counter.exists() else 1
    homes = [Home(each.parent) for each in sorted(path.glob("*/node.card.json"))]
    absent = [Home(each.parent) for each in sorted(path.glob(f"{ABSENT}/*/node.card.json"))]
    cards = tuple(read_card(home.card) for home in (*homes, *absent))
    text = sign_directory(cards, key, version=version, now=now or datetime.now(UTC), days=days)
    counter.write_text(str(version), encoding="ascii")
    for home in homes:
        home.directory.write_text(text, encoding="utf-8")


async def _begin(stage: Stage, plan: Plan, clock: Clock, console: Console) -> None:
    """The grants, and then the past, if there is one."""
    founded, past = clock(), plan.past
    async with together(stage.homes, clock) as nodes:
        for name, node in nodes.items():
            ending = past.ending.get(name, ()) if past else ()
            soon = [ending_grant(name, each, time.time(), founded) for each in ending]
            await _grant(node, [house_grant(name, founded), *plan.grants[name], *soon])
        if past is None:
            return
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task("ninety days of questions", total=len(past.acts))
            await live(nodes, clock, past.acts, lambda: progress.advance(task))
        await watching(nodes, past.watching)
        sizes = ", ".join(f"{name} {node.log.head.size}" for name, node in nodes.items())
        console.print(f"asked {len(past.acts)} questions of {past.days} days; log entries: {sizes}")


async def _grant(node: Node, grants: Sequence[GrantTerms]) -> None:
    officers = tuple(Approval(f"demo-liaison-{number}", node.now()) for number in (1, 2))
    for terms in grants:
        await enact(node, terms, officers)
