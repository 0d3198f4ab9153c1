"""`python -m audit`: verify a copy of a log, a receipt, a checkpoint; export a log as tiles.

Needs the standard library and `cryptography`, and of the project the package `audit` only.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from audit.archive import Archive, open_archive
from audit.errors import AuditError, FormatRefused, ProofRefused
from audit.export import export
from audit.merkle import Frontier, leaf_hash
from audit.receipt import ForeignReceipt
from audit.trust import TrustPolicy
from audit.verifier import Report, verify

HOLDS, DOES_NOT_HOLD, USAGE, UNREADABLE = range(4)
_BAR_FROM = 20_000
_BAR_WIDTH = 30

EXIT_CODES = """\
exit codes:
  0  everything holds
  1  something does not hold; each finding names both sides
  2  the command line is wrong
  3  what was given cannot be read as a log, receipt, checkpoint, key or policy

examples:
  python -m audit verify audit.sqlite --vkey 'fr.ofast/log+1a2b3c4d+AQ…'
  python -m audit verify tiles/ --policy trust.policy --strict --json
  python -m audit receipt asked.tlog-proof --vkey 'fr.ofast/log+1a2b3c4d+AQ…'
  python -m audit consistency audit.sqlite last-month.checkpoint --vkey 'fr.ofast/log+1a2b3c4d+AQ…'
  python -m audit export audit.sqlite tiles/
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except FormatRefused as error:
        sys.stderr.write(error.diagnostics() + "\n")
        return UNREADABLE
    except AuditError as error:
        sys.stderr.write(error.diagnostics() + "\n")
        return DOES_NOT_HOLD


def _parser() -> argparse.ArgumentParser:
    shape = partial(argparse.RawDescriptionHelpFormatter, width=100)
    parser = argparse.ArgumentParser(
        "python -m audit", description=__doc__, epilog=EXIT_CODES, formatter_class=shape
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    keys = argparse.ArgumentParser(add_help=False)
    trust = keys.add_mutually_exclusive_group()
    trust.add_argument("--vkey", action="append", help="a key of the log, as name+id+key; may be repeated")
    trust.add_argument("--policy", type=Path, help="a trust policy file (c2sp.org/tlog-policy)")
    keys.add_argument("--json", action="store_true", help="print one JSON document")

    command = commands.add_parser("verify", parents=[keys], help="verify a whole log")
    command.add_argument("log", type=Path, help="a copy of the log: SQLite file or directory of tiles")
    command.add_argument("--strict", action="store_true", help="also every kept checkpoint, step and record")
    command.set_defaults(run=_verify)

    command = commands.add_parser("receipt", parents=[keys], help="verify a receipt")
    command.add_argument("file", type=Path, help="the receipt, a tlog-proof")
    command.add_argument("--leaf", type=Path, help="the leaf's bytes, if they were shown")
    command.set_defaults(run=_receipt)

    command = commands.add_parser(
        "consistency", parents=[keys], help="verify that a log extends an old checkpoint"
    )
    command.add_argument("log", type=Path, help="a copy of the log: SQLite file or directory of tiles")
    command.add_argument("checkpoint", type=Path, help="the old signed checkpoint")
    command.set_defaults(run=_consistency)

    command = commands.add_parser("export", help="write a log as tiles (c2sp.org/tlog-tiles)")
    command.add_argument("log", type=Path, help="a copy of the log")
    command.add_argument("directory", type=Path, help="where the files go")
    command.set_defaults(run=_export)
    return parser


def _policy(options: argparse.Namespace) -> TrustPolicy | None:
    if options.policy is not None:
        return TrustPolicy.parse(_text(options.policy))
    return TrustPolicy.of_keys(*options.vkey) if options.vkey else None


def _needed_policy(options: argparse.Namespace) -> TrustPolicy:
    policy = _policy(options)
    if policy is None:
        raise FormatRefused("a signature is to be checked: give --vkey or --policy")
    return policy


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FormatRefused(f"{path.name}: cannot be read as text") from error


def _verify(options: argparse.Namespace) -> int:
    policy, archive = _policy(options), open_archive(options.log)
    try:
        report = verify(archive, policy, _Bar("verifying").told, strict=options.strict)
    finally:
        archive.close()
    _say(options, asdict(report) | {"unsigned": report.unsigned, "holds": report.holds}, _lines(report))
    return HOLDS if report.holds else DOES_NOT_HOLD


def _lines(report: Report) -> list[str]:
    lines = [
        f"log        {report.log}{f' ({report.origin})' if report.origin else ''}",
        f"leaves     {report.size}, signed {report.signed_size}, after the last checkpoint {report.unsigned}",
        f"root       {report.root}",
        f"signature  {report.signature}",
        f"witnesses  {', '.join(report.witnesses) or 'none'}",
    ]
    lines += [f"FINDING    {finding}" for finding in report.findings]
    return [*lines, "holds" if report.holds else f"does not hold: {len(report.findings)} findings"]


def _receipt(options: argparse.Namespace) -> int:
    receipt, policy = ForeignReceipt.parse(_text(options.file)), _needed_policy(options)
    policy.check(receipt.proof.checkpoint)
    if options.leaf is None:
        verified = receipt.verify(*policy.logs)
    else:
        verified = receipt.verify_leaf(_text(options.leaf).encode(), *policy.logs)
    facts = {
        "origin": verified.origin,
        "index": verified.index,
        "size": verified.size,
        "leaf": verified.leaf_hash.hex(),
        "kind": verified.kind.value,
        "subject": verified.subject,
        "leaf_shown": verified.leaf_shown,
    }
    _say(options, facts, [f"{name:<11}{value}" for name, value in facts.items()] + ["holds"])
    return HOLDS


def _consistency(options: argparse.Namespace) -> int:
    old, _ = _needed_policy(options).check(_text(options.checkpoint))
    archive = open_archive(options.log)
    try:
        if old.size > archive.size:
            raise ProofRefused(
                f"checkpoint of {old.origin}: tree size went back from {old.size} to {archive.size}"
            )
        root = _root_at(archive, old.size)
    finally:
        archive.close()
    if root != old.root:
        raise ProofRefused(f"{old}: the log {archive.name} has root {root.hex()} at that size")
    facts = {"origin": old.origin, "old_size": old.size, "size": archive.size}
    _say(
        options,
        facts,
        [f"{old.origin}: {archive.size} leaves extend the {old.size} that were signed", "holds"],
    )
    return HOLDS


def _root_at(archive: Archive, size: int) -> bytes:
    frontier = Frontier()
    for leaves in archive.bundles():
        frontier = frontier.append(leaf_hash(leaf) for leaf in leaves[: size - frontier.size])
        if frontier.size == size:
            break
    return frontier.root()


def _export(options: argparse.Namespace) -> int:
    archive = open_archive(options.log)
    try:
        checkpoint = export(archive, options.directory, _Bar("exporting").told)
    finally:
        archive.close()
    sys.stdout.write(f"{checkpoint}\n")
    return HOLDS


def _say(options: argparse.Namespace, facts: dict[str, object], lines: Sequence[str]) -> None:
    sys.stdout.write(json.dumps(facts, indent=2) + "\n" if options.json else "\n".join(lines) + "\n")


class _Bar:
    """A progress bar on the error stream, for a person and a large log only."""

    def __init__(self, what: str) -> None:
        self._what, self._next = what, 0.0

    def told(self, done: int, total: int) -> None:
        """Draw the bar, ten times a second at most."""
        if total < _BAR_FROM or not sys.stderr.isatty():
            return
        now = time.monotonic()
        if now >= self._next or done >= total:
            self._next = now + 0.1
            bar = "#" * (done * _BAR_WIDTH // total)
            end = "\n" if done >= total else ""
            sys.stderr.write(f"\r{self._what} [{bar:<{_BAR_WIDTH}}] {done}/{total}{end}")
            sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
