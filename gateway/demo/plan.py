"""What a demo consists of: files, grants, a past, questions to ask; invented, or real public data."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.demo.cast import SERVICES, SOURCES, people, read_json
from policy.grants import GrantTerms
from policy.terms import LegalBasis, Mode, Purpose, Role, SubjectCategory

DAY = 86_400
YEAR = 365 * DAY
_CODED = {"roles": Role, "purposes": Purpose, "legal_bases": LegalBasis, "categories": SubjectCategory}
_NAMES = tuple(node for node, *_ in SERVICES)


@dataclass(frozen=True, slots=True)
class Load:
    """One file for one node."""

    node: str
    source: Path
    mapping: Path | None
    dataset: str


@dataclass(frozen=True, slots=True)
class Past:
    """What went before: for how many days, what was asked in them (`deploy.demo.past`), grants that end soon.

    A standing question is placed at its end (`watching`), then what is to `arrive` is loaded. The service
    `absent` (id, name, country, spoc) is in the directory, and its node answers nobody.
    """

    days: int
    acts: Sequence[Mapping[str, Any]]
    watching: Mapping[str, Any]
    arrive: Sequence[Load]
    ending: Mapping[str, Sequence[Mapping[str, Any]]]
    absent: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """`questions` are as the truth file has them: asker, mandate, operation, arguments, expect.

    `examples` are what the search offers to try. `reference` is what every node learns the meaning of a
    profile's score from, and its mapping.
    """

    loads: Sequence[Load]
    grants: Mapping[str, Sequence[GrantTerms]]
    questions: Sequence[Mapping[str, Any]]
    examples: Sequence[str]
    reference: tuple[Path, Path] | None = None
    past: Past | None = None


def invented(work: Path, size: str, *, lived: bool = False) -> Plan:
    """The synthetic case, written below `work`; its demo question is the one marked so.

    Services that have `lived` have a past; those of tests begin with the demo.
    """
    _run("deploy.demo.scenario", "--size", size, "--out", str(work))
    truth = read_json(work / "truth.json")
    loads = [
        Load(node, work / node / f"{name}.jsonl", None, name)
        for node in _NAMES
        for name in ("ports", "cases")
    ]
    grants = {node: [terms_of(each) for each in truth["grants"][node]] for node in _NAMES}
    asked = [each for each in truth["questions"] if each.get("demo")]
    examples = read_json(SOURCES / "demo" / "people.json")["examples"]
    reference = work / "reference-profiles.csv", SOURCES / "demo" / "reference-profiles.yaml"
    if not lived:
        return Plan(loads, grants, asked, examples, reference)
    telephone = work / _NAMES[0] / "telephone.jsonl"
    _run("deploy.demo.telephone", "--out", str(telephone))
    past = _past(work, [Load(_NAMES[0], telephone, None, "cases")])
    return Plan(loads, grants, asked, examples, reference, past)


def _past(work: Path, arrive: Sequence[Load]) -> Past:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    _run("deploy.demo.past", "--weekday", str(yesterday.weekday()), "--out", str(work / "past.json"))
    return Past(arrive=arrive, **read_json(work / "past.json"))


def public(work: Path, data: Path) -> Plan:
    """The real public data of the folder `data`, copied below `work` and shared among all nodes."""
    told = json.loads(_run("deploy.demo.real", "--data", str(data.resolve()), "--out", str(work)))
    loads = [
        Load(each["node"], Path(each["source"]), Path(each["mapping"]), each["dataset"]) for each in told
    ]
    real = read_json(SOURCES / "demo" / "real.json")
    grants = {}
    for node in _NAMES:
        others = [each for each in _NAMES if each != node]
        grants[node] = [terms_of(real["grants"] | {"owner": node, "recipients": others})]
    asked = [_asked(each, real["mandate"]) for each in real["questions"]]
    return Plan(
        loads, grants, asked, [each["arguments"]["value"] for each in asked if each["operation"] == "lookup"]
    )


def _asked(question: Mapping[str, Any], mandate: Mapping[str, str]) -> Mapping[str, Any]:
    """A question of `real.json` in the truth file's form: asked by the node's first analyst."""
    node = question["asker"]
    asker = next(each for each in people() if each["node"] == node and "analyst" in each["roles"])
    return {**question, "asker": {"node": node, "subject": asker["subject"]}, "mandate": mandate}


def _run(module: str, *arguments: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, check=True, cwd=SOURCES.parent, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own
    return done.stdout


def house_grant(node: str, now: float | None = None) -> GrantTerms:
    """What the node's own analysts may see from `now` on: all but what policy withholds from everybody."""
    now = int(time.time() if now is None else now)
    return GrantTerms(
        id=f"house-{node}",
        version=1,
        owner=node,
        recipients=(node,),
        roles=(Role.ANALYST, Role.LIAISON),
        purposes=tuple(Purpose),
        legal_bases=tuple(LegalBasis),
        categories=tuple(each for each in SubjectCategory if each is not SubjectCategory.UNCATEGORISED),
        dataset="*",
        schemata=("*",),
        mode=Mode.RECORD,
        not_before=now - 60,
        expires_at=now + YEAR,
    )


def terms_of(told: Mapping[str, Any]) -> GrantTerms:
    """A grant of a truth file."""
    plain = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    coded = {name: tuple(kind(each) for each in plain[name]) for name, kind in _CODED.items()}
    terms: dict[str, Any] = {**plain, **coded, "mode": Mode(told["mode"])}
    return GrantTerms(**terms)


def ending_grant(node: str, told: Mapping[str, Any], now: float, founded: float) -> GrantTerms:
    """A grant that ends `in_days` from now."""
    terms = dict(told)
    expires_at = int(now) + terms.pop("in_days") * DAY
    return terms_of(
        terms | {"owner": node, "version": 1, "not_before": int(founded), "expires_at": expires_at}
    )
