"""What a run showed, held against what must hold: by counting entries and answers, never by time."""

import json
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gateway.home import Home, read_card
from tests.components import ROOT
from tests.load.analysts import ALL, number_of, read_lines
from tests.load.cast import (
    ANSWERING,
    DEAD,
    FLOOD_QUOTA,
    FLOODING,
    HANGING,
    HOME,
    LYING,
    PERSONS,
    SLOW,
    SOUND,
    Federation,
)
from tests.load.lies import LIES, TOLD
from tests.load.samples import Trend, trend

FLAT = 0.10
"""What memory, files and threads may grow by over a run, after the warm-up, as a share of their median."""
TELLING = 5
"""Samples after the warm-up without which nothing is said of a trend."""
GOOD = {"ANSWERED", "NO_HIT"}


@dataclass(frozen=True)
class Verdict:
    """One thing that must hold, whether it did, and the figures."""

    what: str
    holds: bool
    told: str


@dataclass(frozen=True)
class Leaves:
    """The entries of a log by kind, as query ids; ids of intents without an outcome."""

    kinds: Mapping[str, Counter[str]]
    open: frozenset[str]
    size: int

    @classmethod
    def read(cls, log: Path) -> "Leaves":
        """All of a log in a file."""
        with closing(sqlite3.connect(f"file:{log}?mode=ro", uri=True)) as connection:
            return cls.of(leaf for (leaf,) in connection.execute("SELECT leaf FROM audit_entry ORDER BY idx"))

    @classmethod
    def of(cls, leaves: Iterable[bytes]) -> "Leaves":
        """What they tell."""
        kinds: dict[str, Counter[str]] = defaultdict(Counter)
        intents, closed, size = set(), set(), 0
        for leaf in leaves:
            told = json.loads(leaf)
            size += 1
            if "query_id" in told:
                kinds[told["kind"]][told["query_id"]] += 1
            if told["kind"] in {"ASKED", "QUESTION_RECEIVED"}:
                intents.add(told["id"])
            elif "intent" in told and not told.get("pending"):
                closed.add(told["intent"])
        return cls(kinds, frozenset(intents - closed), size)

    def __getitem__(self, kind: str) -> Counter[str]:
        return self.kinds.get(kind, Counter())


@dataclass(frozen=True)
class Run:
    """All that a run left behind."""

    federation: Federation
    questions: Sequence[Mapping[str, Any]]
    samples: Sequence[Mapping[str, Any]]
    chaos: Sequence[Mapping[str, Any]]
    stretches: Sequence[Mapping[str, Any]]
    lies: Mapping[str, str]

    @classmethod
    def read(cls, federation: Federation) -> "Run":
        """From its folder."""
        path = federation.path
        lies = {line["query"]: line["lie"] for line in read_lines(path / "lies.jsonl")}
        told = (
            list(read_lines(path / f"{name}.jsonl"))
            for name in ("questions", "samples", "chaos", "stretches")
        )
        return cls(federation, *told, lies)

    @property
    def shown(self) -> list[Mapping[str, Any]]:
        """The questions that an analyst was shown an answer to."""
        return [each for each in self.questions if "query" in each]

    def told(self, node: str) -> Iterator[tuple[Mapping[str, Any], list[Any]]]:
        """The questions that a node was asked, with what was told of it."""
        return ((each, each["nodes"][node]) for each in self.shown if node in each["nodes"])


def judged(run: Run) -> list[Verdict]:
    """Every verdict on a run, in the order of the report."""
    logs = {node: Leaves.read(run.federation.log(node)) for node in (HOME, *ANSWERING)}
    return [
        *_answered(run),
        *_logged(run, logs),
        *_failures(run),
        *_flood(run),
        *_proved(run),
        *_held(run),
        *_ended(run),
    ]


def _answered(run: Run) -> Iterator[Verdict]:
    failed = Counter(each["failed"].partition(":")[0] for each in run.questions if "failed" in each)
    yield Verdict(
        "every question of an analyst was shown an answer",
        bool(run.questions) and not failed,
        f"{len(run.questions)} asked, {len(run.shown)} shown"
        + (f", failed: {dict(failed)}" if failed else ""),
    )
    wrong, right = Counter[str](), 0
    for node in (HOME, *SOUND, SLOW, FLOODING):
        for question, (status, count, receipt, *_) in run.told(node):
            known = number_of(question["question"]) < PERSONS
            whole = (status, count, receipt) == (("ANSWERED", 1, True) if known else ("NO_HIT", 0, True))
            right += whole
            wrong[f"{node} {status}"] += not whole
    yield Verdict(
        "the nodes that do their work answered every question rightly, whatever the others did",
        right > 0 and not +wrong,
        f"{right} answers of {len(SOUND) + 3} nodes as expected"
        + (f", not so: {dict(+wrong)}" if +wrong else ""),
    )


def _logged(run: Run, logs: Mapping[str, Leaves]) -> Iterator[Verdict]:
    home, shown = logs[HOME], {each["query"] for each in run.shown}
    without = [
        query for query in shown if not (home["ASKED"][query] == 1 and home["ANSWERS_RECEIVED"][query])
    ]
    yield Verdict(
        "every question that was shown has its intent and its outcome in the home node's log",
        bool(shown) and not without,
        f"{len(shown)} questions, {len(without)} without",
    )
    beside = set(home["ASKED"]) - shown
    yield Verdict(
        "no question left the home node that nobody was shown",
        len(beside) <= sum("failed" in each for each in run.questions),
        f"{len(home['ASKED'])} intents, {len(beside)} of questions that failed at the desk",
    )
    answers = missing = 0
    for node in (HOME, *ANSWERING):
        for question, (_, _, receipt, *_) in run.told(node):
            answers += receipt
            gone = not (
                logs[node]["QUESTION_RECEIVED"][question["query"]]
                and logs[node]["DISCLOSED"][question["query"]]
            )
            missing += receipt and gone
    yield Verdict(
        "every answer that was shown has its intent and its outcome in the log of the node that gave it",
        answers > 0 and not missing,
        f"{answers} answers, {missing} without",
    )
    still = {node: len(each.open) for node, each in logs.items() if each.open}
    yield Verdict(
        "no log holds an intent without outcome",
        not still,
        f"{sum(each.size for each in logs.values())} entries in {len(logs)} logs, open: {still or 'none'}",
    )


def _failures(run: Run) -> Iterator[Verdict]:
    dead = Counter(status for _, (status, *_) in run.told(DEAD))
    yield Verdict("the dead partner was told as UNREACHABLE", set(dead) == {"UNREACHABLE"}, str(dict(dead)))
    hanging = Counter(
        "left alone" if rested else status for _, (status, _, _, rested, _) in run.told(HANGING)
    )
    took = sum(each["hanging"] for each in run.chaos)
    yield Verdict(
        "the hanging partner was told as TIMED_OUT each time it was asked, and left alone in between",
        hanging["TIMED_OUT"] == took > 0 and set(hanging) <= {"TIMED_OUT", "left alone"},
        f"{dict(hanging)}; it took {took} questions",
    )
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for question, (status, *_) in run.told(LYING):
        told[run.lies.get(question["query"], "never heard")][status] += 1
    false = {lie: dict(each) for lie, each in told.items() if not set(each) <= set(TOLD.get(lie, ()))}
    rest = set(LIES) - set(told)
    yield Verdict(
        "each lie was told as INVALID_ANSWER, and the truth between the lies was taken",
        bool(told) and not false and not rest,
        "; ".join(f"{lie}: {', '.join(f'{n} {s}' for s, n in each.items())}" for lie, each in told.items())
        + (f"; never tried: {sorted(rest)}" if rest else ""),
    )


def _flood(run: Run) -> Iterator[Verdict]:
    told = sum((Counter(each["flood"]) for each in run.chaos), Counter())
    questions = {code: n for code, n in told.items() if code.startswith("question ")}
    let_in = sum(n for code, n in questions.items() if code.split()[1] in GOOD)
    over = sum(n for code, n in questions.items() if code.split()[1] == "OVER_QUOTA")
    late = questions.get("question TIMED_OUT", 0)
    asked = sum(questions.values())
    yield Verdict(
        "the flood's questions were answered up to the quota of the grant, then turned away as OVER_QUOTA",
        let_in <= FLOOD_QUOTA and let_in + late >= min(asked, FLOOD_QUOTA) and over == asked - let_in - late,
        str(questions),
    )
    notices = {code: n for code, n in told.items() if code.startswith("notice ")}
    yield Verdict(
        "the flood's notices were answered or turned away with a code, none was left without a reply",
        bool(notices) and {code.split()[1] for code in notices} <= {"DONE", "OVER_QUOTA"},
        str(notices),
    )
    junk = {code: n for code, n in told.items() if code.startswith("junk ")}
    yield Verdict(
        "what was junk was turned away as MALFORMED",
        bool(junk) and all("MALFORMED" in each for each in junk),
        str(junk),
    )
    failed = {code: n for code, n in told.items() if code.startswith("failed ")}
    yield Verdict("nothing that the flood sent broke anything", not failed, str(failed or "no failures"))


def _proved(run: Run) -> Iterator[Verdict]:
    federation = run.federation
    nodes = (HOME, *ANSWERING)
    with ThreadPoolExecutor(2) as threads:
        holding = dict(zip(nodes, threads.map(lambda node: _verified(federation, node), nodes), strict=True))
        compared = dict(
            zip(nodes, threads.map(lambda node: _reconciled(federation, node), nodes), strict=True)
        )
    broken = [node for node, each in holding.items() if not each["holds"]]
    yield Verdict(
        "every log verifies: `python -m audit verify`",
        not broken,
        f"{len(holding)} logs, {sum(each['size'] for each in holding.values())} leaves"
        + (f", not so: {broken}" if broken else ""),
    )
    differ = {node: each["discrepancies"] for node, each in compared.items() if node != LYING}
    every = [each for some in differ.values() for each in some]
    found = [each for each in every if not _late(each)]
    exchanges = sum(each["exchanges"][0] for each in compared.values())
    yield Verdict(
        "each pair of logs tells the same: `python -m audit reconcile`, but for answers that came too late",
        exchanges > 0 and not found,
        f"{len(differ)} pairs, {exchanges} exchanges, {len(every) - len(found)} late, {len(found)} differ"
        + (f": {Counter(each['code'] for each in found)}" if found else ""),
    )
    lied = compared[LYING]["discrepancies"]
    strange = [each for each in lied if _query(each) not in run.lies]
    codes = Counter(f"{each['code']} ({each['severity']})" for each in lied)
    yield Verdict(
        "the differences with the lying partner are of its lies, and of nothing else",
        bool(lied) and not strange,
        f"{len(lied)} differences: {dict(codes)}; {len(strange)} of other questions",
    )


def _late(found: Mapping[str, Any]) -> bool:
    """The asker gave up, the answerer answered later: both say what they saw."""
    told = found["asked"] and found["answered"] and found["asked"]["status"] == "TIMED_OUT"
    return bool(told) and found["code"] == "OUTCOME_DIFFERS"


def _query(found: Mapping[str, Any]) -> str:
    line = found["asked"] or found["answered"]
    return str(line["query_id"])


def audit(*arguments: str) -> Mapping[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "audit", *arguments, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    told: Mapping[str, Any] = json.loads(done.stdout) if done.stdout else {"error": done.stderr[-300:]}
    return {**told, "code": done.returncode}


def _verified(federation: Federation, node: str) -> Mapping[str, Any]:
    return verified(federation.log(node), federation.stage.home(node))


def verified(log: Path, home: Home) -> Mapping[str, Any]:
    """What the verifier says of a copy of the home's log, by the key on its card."""
    told = audit("verify", str(log), "--vkey", read_card(home.card).log_vkey)
    return {"size": 0, **told, "holds": told["code"] == 0}


def _reconciled(federation: Federation, node: str) -> Mapping[str, Any]:
    return reconciled(federation.log(HOME), federation.log(node))


def reconciled(one: Path, other: Path) -> Mapping[str, Any]:
    """How two logs that were verified differ."""
    told = audit("reconcile", str(one), str(other), "--no-verify")
    if "discrepancies" not in told:
        raise RuntimeError(f"reconcile {one} {other}: {told}")
    return told


def _held(run: Run) -> Iterator[Verdict]:
    measures = [
        (name, *each)
        for name in ("home", "sound", "chaos")
        for each in (("files", "open files"), ("threads", "threads"))
    ]
    own = "MiB without SQLite's caches"
    measures = [("home", "rss", "MiB"), ("sound", "own", own), ("chaos", "own", own), *measures]
    for name, what, unit in measures:
        found = worst(run.samples, name, what)
        if found is None:
            yield Verdict(f"{unit} of {name} flat", holds=False, told="too few samples to tell")
            continue
        yield Verdict(
            f"{unit} of {name} flat",
            found.growth <= FLAT,
            f"median {found.median:g}, {found.least:g} to {found.most:g}, "
            f"{100 * found.growth:+.1f} % over the run, {found.per_hour:+.1f} an hour"
            + (_kinds(run.samples, name) if what == "files" else ""),
        )


def _kinds(samples: Sequence[Mapping[str, Any]], name: str) -> str:
    """Of the open files those that pools keep: what a pool took at its busiest it keeps, up to its bound."""
    told = ""
    for kind in ("databases", "sockets"):
        if found := worst(samples, name, kind):
            told += f"; {kind} {found.least:g} to {found.most:g}"
    return told


def worst(samples: Sequence[Mapping[str, Any]], name: str, what: str) -> Trend | None:
    """The trend of a process's measure; of the stretch that grew most, where it was started several times."""
    stretches: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for each in samples:
        if what in each.get(name, ()):
            stretches[each.get("stretch", 0)].append(each)
    found = [
        trend([each["at"] for each in some], [each[name][what] for each in some])
        for some in stretches.values()
        if len(some) >= 2 * TELLING
    ]
    return max(found, key=lambda each: each.growth, default=None)


def _ended(run: Run) -> Iterator[Verdict]:
    yield Verdict(
        "every process ended gracefully when it was asked to",
        bool(run.stretches) and all(code == 0 for each in run.stretches for code in each["codes"].values()),
        "exit codes " + ", ".join(str(each["codes"]) for each in run.stretches),
    )
    traces = {
        name: text.count("Traceback (most recent call last)")
        for name in ("home", "sound", "chaos")
        if (text := (run.federation.path / f"{name}.said").read_text(errors="replace"))
    }
    yield Verdict(
        "no process told of an unexpected error",
        not any(traces.values()),
        f"traces: {traces or 'nothing said'}",
    )


def as_facts(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """For a JSON file."""
    return [asdict(each) for each in verdicts]


__all__ = ["ALL", "Run", "Verdict", "as_facts", "judged"]
