"""The commands that examine one log: `open`, `approval`, `erasures`, `report`."""

import argparse
import base64
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain, islice
from pathlib import Path
from typing import Any

from audit.approval import check_approval
from audit.archive import Archive
from audit.blobs import Erasures, check_blobs
from audit.entry import read_leaf
from audit.errors import AuditError, FormatRefused, SealRefused
from audit.files import write_whole
from audit.phrases import PHRASES
from audit.rendering import csv_of, facts_of, html_of, lines_of
from audit.saying import DOES_NOT_HOLD, HOLDS, Bar, say
from audit.sealing import BlobKey
from audit.statistics import Period, count
from audit.trusting import opened, policy_of, standing, standing_line, trust_options, verified

_LOG = "a copy of the log: SQLite file or directory of tiles"
_FEW_RANGES = 20


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the four to the command line."""
    keys = trust_options()

    command = commands.add_parser("open", help="open what is sealed beside one leaf")
    command.add_argument("log", type=Path, help="a copy of the log: SQLite file")
    command.add_argument("index", type=int, help="the leaf's index, 0 for the first")
    command.add_argument(
        "--blob-key", type=Path, required=True, help="the node's blob key, a file of mode 0600"
    )
    command.add_argument("--json", action="store_true", help="print one JSON document")
    command.set_defaults(run=_open)

    command = commands.add_parser(
        "approval", parents=[keys], help="verify that a person's own key approved what one leaf names"
    )
    command.add_argument("log", type=Path, help="a copy of the log: SQLite file")
    command.add_argument("index", type=int, help="the leaf's index, 0 for the first")
    command.add_argument(
        "--blob-key", type=Path, required=True, help="the node's blob key, a file of mode 0600"
    )
    unverified_option(command)
    command.set_defaults(run=_approval)

    command = commands.add_parser(
        "erasures", parents=[keys], help="verify that every sealed blob is there or was erased by two persons"
    )
    command.add_argument("log", type=Path, help="a copy of the log: SQLite file")
    unverified_option(command)
    command.set_defaults(run=_erasures)

    command = commands.add_parser(
        "report", parents=[keys], help="statistics of a period, without personal data"
    )
    command.add_argument("log", type=Path, help=_LOG)
    period_option(command, required=True)
    command.add_argument("--csv", type=Path, help="write them to this file as CSV")
    command.add_argument("--html", type=Path, help="write them to this file as HTML")
    command.add_argument("--lang", choices=sorted(PHRASES), default="en", help="language of the headings")
    unverified_option(command)
    command.set_defaults(run=_report)


def unverified_option(command: argparse.ArgumentParser) -> None:
    """Let the verification of the whole log be left out."""
    command.add_argument(
        "--no-verify", action="store_true", help="do not verify the log first; the output says so"
    )


def period_option(command: argparse.ArgumentParser, *, required: bool) -> None:
    """Let a period be named."""
    command.add_argument(
        "--period",
        nargs=2,
        metavar=("FROM", "TO"),
        required=required,
        help="dates or RFC 3339 times; TO is not part of it; UTC where no zone is given",
    )


def _open(options: argparse.Namespace) -> int:
    key = BlobKey.load(options.blob_key)
    with opened(options.log) as archive:
        record = read_leaf(archive.leaf(options.index))
        text = _unsealed(archive, options.index, record, key)
    try:
        content = {"text": text.decode()}
    except UnicodeDecodeError:
        content = {"base64": base64.b64encode(text).decode()}
    facts = {name: record[name] for name in ("kind", "at", "id", "commitment")} | content
    lines = [f"{name:<11}{value}" for name, value in facts.items() if name not in content]
    say({"index": options.index} | facts, [*lines, "", *content.values()], as_json=options.json)
    return HOLDS


def _unsealed(archive: Archive, index: int, record: dict[str, Any], key: BlobKey) -> bytes:
    """Open a blob; `SealRefused` says why it stays closed."""
    where = f"log {archive.name}: leaf {index}"
    if "commitment" not in record:
        raise SealRefused(f"{where} commits to nothing: nothing was ever sealed beside it")
    blob = archive.blob(index)
    if blob is None:
        raise SealRefused(f"{where} commits to a blob that is gone: it was erased; `erasures` says by whom")
    return key.open(blob, record["id"], record["commitment"])


def _approval(options: argparse.Namespace) -> int:
    policy, key = policy_of(options.policy, options.vkey), BlobKey.load(options.blob_key)
    with opened(options.log) as archive:
        report = verified(archive, policy, wanted=not options.no_verify)
        text = _unsealed(archive, options.index, read_leaf(archive.leaf(options.index)), key)
        leaves = islice(chain.from_iterable(archive.bundles()), options.index + 1)
        paper = check_approval(options.index, leaves, text)
    about = paper.approved
    facts = {
        "index": options.index,
        "act": about.act,
        "about": about.about,
        "digest": about.digest,
        "person": paper.subject,
        "key": paper.key_digest,
        "origin": paper.origin,
    }
    lines = [standing_line(report), *(f"{name:<11}{value}" for name, value in facts.items()), "holds"]
    say(standing(report) | facts | {"holds": True}, lines, as_json=options.json)
    return HOLDS


def _erasures(options: argparse.Namespace) -> int:
    policy = policy_of(options.policy, options.vkey)
    with opened(options.log) as archive:
        if not archive.keeps_blobs:
            raise FormatRefused(
                f"log {archive.name}: tiles hold no sealed blobs; give a copy of the database"
            )
        report = verified(archive, policy, wanted=not options.no_verify)
        found = check_blobs(_told(archive, "reading"), archive.blobs())
    facts = standing(report) | asdict(found) | {"holds": found.holds}
    say(facts, [standing_line(report), *_erasure_lines(found)], as_json=options.json)
    return HOLDS if found.holds else DOES_NOT_HOLD


def _told(archive: Archive, what: str) -> Iterator[list[bytes]]:
    """The leaves of a copy, with a bar."""
    bar, done = Bar(f"{what} {archive.name}"), 0
    for leaves in archive.bundles():
        yield leaves
        done += len(leaves)
        bar.told(done, archive.size)


def _erasure_lines(found: Erasures) -> list[str]:
    lines = [
        f"sealed     {found.committed} leaves commit to a blob, {found.sealed} blobs are there",
        f"erased     {found.erased} blobs, by {found.entries} entries",
    ]
    for each in found.findings:
        more = "" if len(each.ranges) <= _FEW_RANGES else f" and {len(each.ranges) - _FEW_RANGES} more ranges"
        lines.append(f"FINDING    {each.severity} {each.code}: {each.count}: {each.text}")
        lines.append(f"           {', '.join(each.ranges[:_FEW_RANGES])}{more}")
    return [*lines, "holds" if found.holds else "does not hold"]


def _report(options: argparse.Namespace) -> int:
    policy, period = policy_of(options.policy, options.vkey), Period.parse(*options.period)
    with opened(options.log) as archive:
        report = verified(archive, policy, wanted=not options.no_verify)
        found = count(_records(archive, period), period)
    if options.csv is not None:
        write_whole(options.csv, csv_of(found, report, options.lang).encode())
    if options.html is not None:
        write_whole(options.html, html_of(found, report, options.lang).encode())
    say(facts_of(found, report), lines_of(found, report, options.lang), as_json=options.json)
    return HOLDS


def _records(archive: Archive, period: Period) -> Iterator[dict[str, Any] | None]:
    """The record of every leaf of about the period, None where there is none in it."""
    for leaves in _told(archive, "counting"):
        for leaf in filter(period.may_hold, leaves):
            try:
                yield read_leaf(leaf)
            except AuditError:
                yield None
