"""The commands that prove: `verify`, `receipt`, `consistency`, `export`."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from audit.archive import Archive, open_archive
from audit.errors import ProofRefused
from audit.export import export
from audit.files import read_text
from audit.merkle import Frontier, leaf_hashes
from audit.receipt import ForeignReceipt
from audit.saying import DOES_NOT_HOLD, HOLDS, Bar, say
from audit.trust import TrustPolicy
from audit.trusting import needed_policy, opened, policy_of, trust_options
from audit.verifier import Report, verify

_LOG = "a copy of the log: SQLite file or directory of tiles"


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the four to the command line."""
    keys = trust_options()

    command = commands.add_parser("verify", parents=[keys], help="verify a whole log")
    command.add_argument("log", type=Path, help=_LOG)
    command.add_argument("--strict", action="store_true", help="also every kept checkpoint, step and record")
    command.set_defaults(run=_verify)

    command = commands.add_parser("receipt", parents=[keys], help="verify a receipt")
    command.add_argument("file", type=Path, help="the receipt, a tlog-proof")
    command.add_argument("--leaf", type=Path, help="the leaf's bytes, if they were shown")
    command.set_defaults(run=_receipt)

    command = commands.add_parser(
        "consistency", parents=[keys], help="verify that a log extends an old checkpoint"
    )
    command.add_argument("log", type=Path, help=_LOG)
    command.add_argument("checkpoint", type=Path, help="the old signed checkpoint")
    command.set_defaults(run=_consistency)

    command = commands.add_parser("export", help="write a log as tiles (c2sp.org/tlog-tiles)")
    command.add_argument("log", type=Path, help="a copy of the log")
    command.add_argument("directory", type=Path, help="where the files go")
    command.add_argument("--json", action="store_true", help="print one JSON document")
    command.set_defaults(run=_export)


def _verify(options: argparse.Namespace) -> int:
    policy, archive = policy_of(options.policy, options.vkey), open_archive(options.log)
    try:
        return verified(archive, policy, strict=options.strict, as_json=options.json)
    finally:
        archive.close()


def verified(archive: Archive, policy: TrustPolicy | None, *, strict: bool = False, as_json: bool) -> int:
    """Verify a log, say what was found, and return the exit code."""
    report = verify(archive, policy, Bar("verifying").told, strict=strict)
    facts: dict[str, Any] = asdict(report)
    facts |= {"unsigned": report.unsigned, "unwitnessed": report.unwitnessed, "holds": report.holds}
    say(facts, _lines(report), as_json=as_json)
    return HOLDS if report.holds else DOES_NOT_HOLD


def _lines(report: Report) -> list[str]:
    lines = [
        f"log        {report.log}{f' ({report.origin})' if report.origin else ''}",
        f"leaves     {report.size}, signed {report.signed_size}, after the last checkpoint {report.unsigned}",
        f"root       {report.root}",
        f"signature  {report.signature}",
    ]
    if report.witnessed_size is not None:
        told = f"{report.witnessed_size} leaves, {report.unwitnessed} more are signed by the log only"
        lines.append(f"witnessed  {told}")
    cosigned = [f"{name} at {at}" for name, at in report.witnesses.items()]
    lines.append(f"witnesses  {', '.join(cosigned) or 'none'}")
    lines += [f"FINDING    {finding}" for finding in report.findings]
    return [*lines, "holds" if report.holds else f"does not hold: {len(report.findings)} findings"]


def _receipt(options: argparse.Namespace) -> int:
    receipt, policy = ForeignReceipt.parse(read_text(options.file)), needed_policy(options)
    policy.check(receipt.proof.checkpoint)
    if options.leaf is None:
        verified = receipt.verify(*policy.logs)
    else:
        verified = receipt.verify_leaf(read_text(options.leaf).encode(), *policy.logs)
    facts = {
        "origin": verified.origin,
        "index": verified.index,
        "size": verified.size,
        "leaf": verified.leaf_hash.hex(),
        "kind": verified.kind.value,
        "subject": verified.subject,
        "leaf_shown": verified.leaf_shown,
    }
    say(facts, [f"{name:<11}{value}" for name, value in facts.items()] + ["holds"], as_json=options.json)
    return HOLDS


def _consistency(options: argparse.Namespace) -> int:
    old, _ = needed_policy(options).check(read_text(options.checkpoint))
    with opened(options.log) as archive:
        if old.size > archive.size:
            raise ProofRefused(
                f"checkpoint of {old.origin}: tree size went back from {old.size} to {archive.size}"
            )
        root = _root_at(archive, old.size)
    if root != old.root:
        raise ProofRefused(f"{old}: the log {archive.name} has root {root.hex()} at that size")
    facts = {"origin": old.origin, "old_size": old.size, "size": archive.size}
    told = f"{old.origin}: {archive.size} leaves extend the {old.size} that were signed"
    say(facts, [told, "holds"], as_json=options.json)
    return HOLDS


def _root_at(archive: Archive, size: int) -> bytes:
    frontier = Frontier()
    for leaves in archive.bundles():
        frontier = frontier.append(leaf_hashes(leaves[: size - frontier.size]))
        if frontier.size == size:
            break
    return frontier.root()


def _export(options: argparse.Namespace) -> int:
    with opened(options.log) as archive:
        checkpoint = export(archive, options.directory, Bar("exporting").told)
    facts = {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()}
    say(facts, [str(checkpoint)], as_json=options.json)
    return HOLDS
