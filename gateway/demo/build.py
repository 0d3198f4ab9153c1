"""Making the demo's nodes: homes, a signed directory, records, grants. Whole, or not there."""

import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from audit.keys import SigningKey
from gateway.demo.cast import FEDERATION, SOURCES, Stage, read_json
from gateway.home import Home, create, now_utc, read_card, sign_directory
from gateway.liaise import enact
from gateway.loading import load_file
from gateway.wiring import open_node
from policy.grants import GrantTerms
from policy.terms import LegalBasis, Mode, Purpose, Role, SubjectCategory
from sharing.grants import Approval

DIRECTORY_DAYS = 30
YEAR = 365 * 86_400
ALL_CATEGORIES = tuple(each for each in SubjectCategory if each is not SubjectCategory.UNCATEGORISED)


def build(stage: Stage, size: str, console: Console) -> Stage:
    """Make the demo's folder unless it is there; an interrupted making leaves nothing that looks finished."""
    if stage.path.exists():
        kept = stage.kept()
        refresh_directory(kept)
        return kept
    work = Stage(stage.path.with_name(f".{stage.path.name}.new"), stage.base, stage.engine)
    shutil.rmtree(work.path, ignore_errors=True)
    console.print("writing the case …")
    script = [sys.executable, "-m", "deploy.demo.scenario", "--size", size, "--out", str(work.path / "case")]
    subprocess.run(script, check=True, cwd=SOURCES.parent, stdout=subprocess.DEVNULL)  # noqa: S603  # our own
    _found(work)
    truth = read_json(work.path / "case" / "truth.json")
    for node, home in work.homes.items():
        for name in ("ports", "cases"):
            console.print(f"{node}: loading {name}")
            asyncio.run(load_file(home, work.path / "case" / node / f"{name}.jsonl", name, None))
        asyncio.run(_grant(home, [house_grant(node), *map(terms_of, truth["grants"][node])]))
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


def house_grant(node: str) -> GrantTerms:
    """What the node's own analysts may see: everything but what policy withholds from all."""
    now = int(time.time())
    return GrantTerms(
        id=f"house-{node}",
        version=1,
        owner=node,
        recipients=(node,),
        roles=(Role.ANALYST, Role.LIAISON),
        purposes=tuple(Purpose),
        legal_bases=tuple(LegalBasis),
        categories=ALL_CATEGORIES,
        dataset="*",
        schemata=("*",),
        mode=Mode.RECORD,
        not_before=now - 60,
        expires_at=now + YEAR,
    )


def terms_of(told: Mapping[str, Any]) -> GrantTerms:
    """A grant of the truth file."""
    words = {
        "roles": Role,
        "purposes": Purpose,
        "legal_bases": LegalBasis,
        "categories": SubjectCategory,
    }
    plain = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    coded = {name: tuple(kind(each) for each in plain[name]) for name, kind in words.items()}
    return GrantTerms(**{**plain, **coded, "mode": Mode(told["mode"])})
