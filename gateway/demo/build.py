"""Making the demo's nodes: homes, a signed directory, records, grants. Whole, or not there."""

import asyncio
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from audit.keys import SigningKey
from gateway.calibrating import Learning, learn
from gateway.demo.cast import FEDERATION, Stage
from gateway.demo.plan import Plan, house_grant
from gateway.demo.run import policy_server
from gateway.home import Home, create, now_utc, read_card, sign_directory
from gateway.liaise import enact
from gateway.loading import explained, load_file, said
from gateway.wiring import open_node
from gateway.witness_home import policy_text
from policy.grants import GrantTerms
from sharing.grants import Approval

DIRECTORY_DAYS = 30
SHOWN_REJECTS = 8
FALSE_POSITIVES = 0.001
"""Share of pairs of two lots that the demo's threshold for chemical profiles may let through."""


def build(stage: Stage, prepare: Callable[[Path], Plan], console: Console) -> Stage:
    """Make the demo's folder unless it is there; an interrupted making leaves nothing that looks finished."""
    if stage.path.exists():
        kept = stage.kept()
        refresh_directory(kept)
        return kept
    work = replace(stage, path=stage.path.with_name(f".{stage.path.name}.new"))
    shutil.rmtree(work.path, ignore_errors=True)
    work.path.mkdir(parents=True)
    console.print("writing the records …")
    plan = prepare(work.path / "sources")
    _found(work)
    for each in plan.loads:
        report = asyncio.run(load_file(work.homes[each.node], each.source, each.dataset, each.mapping))
        console.print(f"{each.node}: {said(each.source, report)}", highlight=False, markup=False)
        for line in explained(report, SHOWN_REJECTS):
            console.print(f"  {line}", highlight=False, markup=False)
    if plan.reference is not None:
        for home in work.homes.values():
            asyncio.run(learn(home, Learning(*plan.reference, "sample", FALSE_POSITIVES)))
    with policy_server(work):
        for node, home in work.homes.items():
            asyncio.run(_grant(home, [house_grant(node), *plan.grants[node]]))
    (work.path / "questions.json").write_text(json.dumps(plan.questions), encoding="utf-8")
    work.keep()
    work.path.replace(stage.path)
    return stage


def _found(stage: Stage) -> None:
    """Homes with keys, and the federation's key and directory in each."""
    key = SigningKey.generate(f"{FEDERATION}/directory")
    for profile in stage.profiles():
        home = create(stage.path / profile.id, profile, now=now_utc())
        home.federation_key.write_text(key.public.vkey, encoding="utf-8")
    key.save(stage.path / "federation.key")
    refresh_directory(stage)
    cards = tuple(read_card(home.card) for home in stage.homes.values())
    for home in stage.homes.values():
        home.trust_policy.write_text(policy_text(read_card(home.card), cards, "any", ()), encoding="utf-8")


def refresh_directory(stage: Stage) -> None:
    """Sign the directory anew, one version on, so that a demo of last month starts too."""
    key = SigningKey.load(stage.path / "federation.key")
    counter = stage.path / "directory.version"
    version = int(counter.read_text(encoding="ascii")) + 1 if counter.exists() else 1
    cards = tuple(read_card(home.card) for home in stage.homes.values())
    text = sign_directory(cards, key, version=version, now=now_utc(), days=DIRECTORY_DAYS)
    counter.write_text(str(version), encoding="ascii")
    for home in stage.homes.values():
        home.directory.write_text(text, encoding="utf-8")


async def _grant(home: Home, grants: Sequence[GrantTerms]) -> None:
    officers = (Approval("demo-liaison-1", int(time.time())), Approval("demo-liaison-2", int(time.time())))
    async with open_node(home) as node:
        for terms in grants:
            await enact(node, terms, officers)
