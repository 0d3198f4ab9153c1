"""Two gateways of one node are restarted in turn while a partner's analysts ask it: no question may fail.

A client does what a load balancer does: it asks `/readyz` of each gateway, takes turns among the ready ones,
and goes to the other one only when a connection was refused, that is before anything was sent.
"""

import asyncio
import itertools
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from sqlalchemy import create_engine, insert, select

from audit.tables import AuditTable
from gateway.home import Home
from gateway.settings import database
from tests.bench import machine
from tests.bench.dataset import kept
from tests.bench.machine import cores
from tests.bench.processes import running
from tests.bench.stage import Stage, _granted, build
from tests.components import PostgresCluster, free_port, free_ports, postgres_cluster
from tests.flow.sequencers import Process
from tests.flow.test_sequencer import sequenced
from tests.flow.test_two_gateways import Front, Reply, beside, claims, ending, listening, sent, serving
from tests.load import report
from tests.load.analysts import Desk, read_lines
from tests.load.verdicts import GOOD, Leaves, Verdict, reconciled, verified

FR, SE = "fr.ofast", "se.polisen"
LEAVING = 1.0
LOOKS = 0.1
"""Seconds between two looks of the load balancer at `/readyz`; the gateways leave for ten of them."""
ENOUGH = 5
"""Questions that must have been shown before the next gateway is told to end."""
WITHIN = 120.0
ROOMS = ("sharing", "audit", "oversight", "quota", "witness")


class Balancer(Front):
    """A load balancer in front of gateways; counts what was refused, and what was cut off once sent."""

    def __init__(self, port: int, gateways: Sequence[int]) -> None:
        super().__init__(port, gateways)
        self.ready: frozenset[int] = frozenset()
        self.told: Counter[str] = Counter()
        self._turns = itertools.count()
        self._ended = threading.Event()

    def watch(self) -> None:
        """Look at the gateways until `unwatch`."""
        while not self._ended.wait(LOOKS):
            self.ready = frozenset(port for port in self.gateways if is_ready(port))

    def unwatch(self) -> None:
        """Look no more."""
        self._ended.set()

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """What one of the ready gateways says."""
        ready = sorted(self.ready) or list(self.gateways)
        first = next(self._turns)
        for place in range(len(ready)):
            connection = HTTPConnection("127.0.0.1", ready[(first + place) % len(ready)], timeout=WITHIN)
            try:
                connection.connect()
            except ConnectionRefusedError:
                self.told["refused, sent to another gateway"] += 1
                continue
            try:
                connection.request(method, path, body, dict(headers))
                reply = connection.getresponse()
                return reply.status, reply.getheaders(), reply.read()
            except OSError:
                self.told["cut off after it was sent"] += 1
                return 502, [], b""
            finally:
                connection.close()
        self.told["nowhere to go"] += 1
        return 503, [], b""


def is_ready(port: int) -> bool:
    """Whether a gateway says that it is."""
    return sent(port, "GET", "/readyz", {}, b"")[0] == 200


@dataclass
class Pair:
    """A node with two gateways, of which each can be ended and started."""

    homes: tuple[Home, Home]
    balancer: Balancer
    processes: list[Process]
    codes: list[int | None] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)

    def restart(self, place: int, desk: Desk) -> None:
        """End a gateway in the midst of questions, start it again, wait until it gets some."""
        _until(desk, desk.shown + ENOUGH)
        process, port, before = self.processes[place], self.balancer.gateways[place], desk.shown
        process.send(signal.SIGTERM)
        process.ended()
        self.codes.append(process.code)
        self.shown.append(desk.shown - before)
        process.close()
        self.processes[place] = _serve(self.homes[place])
        end = time.monotonic() + WITHIN
        while port not in self.balancer.ready:
            assert time.monotonic() < end, f"gateway {place} does not get ready"
            time.sleep(LOOKS)


def _until(desk: Desk, shown: int) -> None:
    end = time.monotonic() + WITHIN
    while desk.shown < shown:
        assert time.monotonic() < end, f"{desk.shown} of {shown} questions were shown, {desk.failed} failed"
        time.sleep(LOOKS)


def _serve(home: Home) -> Process:
    return Process("-m", "gateway.cli", "serve", str(home.path))


@dataclass
class Rolling:
    """A French analyst's node, and a Swedish node with two gateways on one set of databases."""

    stage: Stage
    pair: Pair

    def desk(self, path: Path, rate: float) -> Desk:
        """People who ask the Swedish node."""
        address = f"http://127.0.0.1:{self.stage.ports[FR]}"
        return Desk(address, path / "questions.jsonl", rate, people=4, to=lambda _: [SE])


@contextmanager
def opened(path: Path, records: int, cluster: PostgresCluster | None = None) -> Iterator[Rolling]:
    """Both nodes run; the Swedish one on PostgreSQL where there is a cluster."""
    issuer = free_port()
    shelf = kept(path, records, lambda _: None)
    stage = build(path, shelf, (FR, SE), granting=(), issuer=f"http://127.0.0.1:{issuer}")
    home = stage.home(SE)
    if cluster is not None:
        settings = home.path / "node.toml"
        lines = "".join(f'{room} = "{cluster.url_of(cluster.create(room))}"\n' for room in ROOMS)
        settings.write_text(settings.read_text().replace("[store]\n", f"[store]\n{lines}"))
    settings = home.path / "node.toml"
    settings.write_text(settings.read_text().replace("[listen]\n", f"[listen]\nleave_seconds = {LEAVING}\n"))
    asyncio.run(_granted(stage, (SE,)))
    with tempfile.TemporaryDirectory() as sockets, ExitStack() as stack:
        stack.enter_context(ending(sequenced(home, f"{sockets}/se")))
        first = free_ports(2)
        other = beside(home, first + 1)
        listening(home, first)
        pair = Pair((home, other), Balancer(stage.ports[SE], (first, first + 1)), [])
        pair.processes += [_serve(each) for each in pair.homes]
        stack.callback(lambda: [each.close() for each in pair.processes])
        stack.enter_context(serving(pair.balancer))
        watching = threading.Thread(target=pair.balancer.watch)
        watching.start()
        stack.callback(watching.join)
        stack.callback(pair.balancer.unwatch)
        idp = [sys.executable, "-m", "gateway.demo.provider", "--port", str(issuer), *claims()]
        stack.enter_context(running(idp, issuer, cores().together, path="/"))
        asking = [sys.executable, "-m", "gateway.cli", "serve", str(stage.home(FR).path)]
        stack.enter_context(running(asking, stage.ports[FR], cores().together, path="/readyz"))
        end = time.monotonic() + WITHIN
        while len(pair.balancer.ready) < len(pair.homes):
            assert time.monotonic() < end, [each.read() for each in pair.processes]
            time.sleep(LOOKS)
        yield Rolling(stage, pair)
        for each in pair.processes:
            each.send(signal.SIGTERM)
        for each in pair.processes:
            each.ended()
            pair.codes.append(each.code)


def judged(rolled: Rolling, desk: Desk, path: Path) -> list[Verdict]:
    """What must hold of a rolling restart; both nodes have ended."""
    lines = list(read_lines(desk.kept))
    shown = {each["query"]: each["nodes"][SE] for each in lines if "query" in each}
    statuses = Counter(status for status, *_ in shown.values())
    logs = {FR: rolled.stage.home(FR).path / "audit.sqlite", SE: copied(rolled.pair.homes[0], path)}
    leaves = {node: Leaves.read(log) for node, log in logs.items()}
    gave = leaves[SE]["QUESTION_RECEIVED"], leaves[SE]["DISCLOSED"]
    holding = {node: verified(log, rolled.stage.home(node)) for node, log in logs.items()}
    differ = reconciled(logs[FR], logs[SE])["discrepancies"]
    pair = rolled.pair
    return [
        Verdict(
            "no question failed, and each was answered by one of the two gateways",
            len(shown) == len(lines) > 0 and set(statuses) <= GOOD,
            f"{len(lines)} questions, {dict(statuses)}",
        ),
        Verdict(
            "questions were shown while gateways were ending",
            bool(pair.shown) and all(pair.shown),
            f"{len(pair.shown)} restarts, {sum(pair.shown)} questions meanwhile, "
            f"at least {min(pair.shown, default=0)} in each",
        ),
        Verdict(
            "nothing was cut off after it was sent",
            not pair.balancer.told["cut off after it was sent"],
            f"the load balancer: {dict(pair.balancer.told) or 'nothing was refused or cut off'}",
        ),
        Verdict("every gateway ended with exit code 0", not any(pair.codes), f"{pair.codes}"),
        Verdict(
            "no intent is without outcome, at either node",
            not any(each.open for each in leaves.values()),
            ", ".join(f"{node}: {each.size} entries, {len(each.open)} open" for node, each in leaves.items()),
        ),
        Verdict(
            "every question that was shown has its entries at both nodes",
            all(leaves[FR]["ASKED"][query] == gave[0][query] == gave[1][query] == 1 for query in shown),
            f"{len(shown)} questions",
        ),
        Verdict(
            "both logs verify and tell the same",
            all(each["holds"] for each in holding.values()) and not differ,
            f"{sum(each['size'] for each in holding.values())} leaves, {len(differ)} differences",
        ),
    ]


def copied(home: Home, path: Path) -> Path:
    """The node's log as a file, wherever it lies."""
    url = database(home.path, home.settings().store.audit)
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///"))
    copy = path / f"{home.path.name}.log.sqlite"
    here, there = create_engine(f"sqlite:///{copy}"), create_engine(url.replace("://", "+psycopg://", 1))
    AuditTable.metadata.create_all(here)
    with there.connect() as source, here.begin() as target:
        for table in AuditTable.metadata.sorted_tables:
            rows = [dict(row) for row in source.execute(select(table)).mappings()]
            if rows:
                target.execute(insert(table), rows)
    here.dispose()
    there.dispose()
    return copy


def roll(folder: Path, rounds: int, say: Callable[[str], None]) -> int:
    """The run of the command: both gateways in turn, several times, on PostgreSQL."""
    path = folder / "rolling"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    began = time.time()
    watch = machine.Watch()
    with postgres_cluster() as cluster:
        with opened(path, 2_000, cluster) as rolled:
            desk = rolled.desk(path, 10.0)
            with desk.open():
                for place in [0, 1] * rounds:
                    rolled.pair.restart(place, desk)
                    say(f"gateway {place + 1} was restarted; {desk.shown} shown, {desk.failed} failed")
        verdicts = judged(rolled, desk, path)
    for each in verdicts:
        say(f"{'holds ' if each.holds else 'FAILS '} {each.what}: {each.told}")
    told = {"began": began, "seconds": watch.passed, "rounds": rounds, "others": watch.foreign()}
    report.keep("rolling", told, verdicts)
    return 0 if all(each.holds for each in verdicts) else 1
