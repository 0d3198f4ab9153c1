"""Analysts at the home node: so many questions a second, each written down with what it told of every node.

Most questions go to two partners in turn, every `EVERYONE`-th to all nodes. Open loop: a question is due at
its time, whatever became of those before it; with everybody busy it is asked late, and that is counted.
"""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from gateway.cli.client import NodeClient
from tests.bench.dataset import phone_of
from tests.bench.p04_border import MANDATE
from tests.load.cast import HOME, PARTNERS, PERSONS

ANALYST = "fr-7c1e04"
EVERYONE = 10
UNKNOWN = 5
"""Every so manieth question is for a number that nobody has."""
ALL = (HOME, *PARTNERS)


def number_of(question: int) -> int:
    """The person asked for by the question; from `PERSONS` on nobody has the number."""
    return question % PERSONS + (PERSONS if question % UNKNOWN == 0 else 0)


def nodes_of(question: int) -> list[str] | None:
    """Whom the question goes to; None for all."""
    if question % EVERYONE == 0:
        return None
    return [PARTNERS[(2 * question + each) % len(PARTNERS)] for each in (0, 1)]


@dataclass
class Desk:
    """People at work; `kept` gets one line for each question."""

    address: str
    kept: Path
    rate: float
    people: int = 6
    first: int = 0
    to: Callable[[int], list[str] | None] = nodes_of
    asked: int = 0
    shown: int = 0
    failed: int = 0
    late: int = 0
    signed_in_again: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @contextmanager
    def open(self) -> Iterator["Desk"]:
        """People ask until the block ends; questions under way are waited for."""
        began = time.monotonic()
        threads = [threading.Thread(target=self._work, args=(began,)) for _ in range(self.people)]
        for each in threads:
            each.start()
        try:
            yield self
        finally:
            self._stop.set()
            for each in threads:
                each.join()

    def _work(self, began: float) -> None:
        with NodeClient(self.address) as client:
            mandate = _signed_in(client)
            while not self._stop.is_set():
                with self._lock:
                    question = next(self._numbers)
                due = began + question / self.rate
                if self._stop.wait(max(0.0, due - time.monotonic())):
                    return
                late = time.monotonic() - due > 1
                line = self._ask(client, self.first + question, mandate)
                if "NOT_SIGNED_IN" in str(line.get("failed")):
                    mandate = _signed_in(client)
                    line = self._ask(client, self.first + question, mandate) | {"signed_in_again": True}
                with self._lock, self.kept.open("a") as file:
                    file.write(json.dumps(line) + "\n")
                    self.asked += 1
                    self.shown += "query" in line
                    self.failed += "failed" in line
                    self.late += late
                    self.signed_in_again += "signed_in_again" in line

    def _ask(self, client: NodeClient, question: int, mandate: str) -> dict[str, Any]:
        told = {"identifier": phone_of(number_of(question)), "kind": "phone", "mandate": mandate}
        nodes = self.to(question)
        began = time.time()
        line: dict[str, Any] = {"question": question, "at": round(began, 3)}
        try:
            picture = client.run("lookup", told if nodes is None else {**told, "nodes": nodes})
        except click.ClickException as error:
            return line | {"failed": str(error)[:300]}
        line["ms"] = round(1000 * (time.time() - began), 1)
        return line | {"query": picture["queryId"], "nodes": {n["node"]: _told(n) for n in picture["nodes"]}}


def _signed_in(client: NodeClient) -> str:
    client.sign_in(ANALYST)
    return str(client.run("open_mandate", {"mandate": MANDATE})["id"])


def _told(node: Mapping[str, Any]) -> list[Any]:
    """Status, count, whether there is a receipt, whether the node was left alone, reasons."""
    rested = "not asked before" in node["detail"]
    return [node["status"], node["count"], bool(node["receipt"]), rested, node["reasons"]]


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """What was written so far."""
    if path.exists():
        with path.open() as file:
            yield from map(json.loads, file)
