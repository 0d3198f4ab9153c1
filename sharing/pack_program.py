"""The program in an evidence pack: `python case-….pyz`, for a reader who has nothing of ours.

It reads the file it is started from, checks it step by step and says so in words. It needs Python 3.11; for
signatures the `cryptography` package, else the `openssl` command.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from audit.errors import AuditError
from audit.keys import VerifyKey
from audit.trust import TrustPolicy
from sharing.errors import FieldRefused
from sharing.pack import read_pack
from sharing.pack_check import Given, check_members
from sharing.pack_manifest import MANIFEST
from sharing.pack_report import HOLDS, NOT_CHECKED, UNREADABLE, PackReport
from sharing.pack_signatures import METHOD

EPILOG = """exit codes:
  0  everything holds
  1  something does not hold; each finding is named
  2  wrong usage
  3  the file cannot be read as a pack
  4  nothing else is wrong, but signatures were NOT checked (neither cryptography nor openssl is here)

example:
  python case.pyz --federation-key federation.example/directory+3f2a91c0+AWx… --json
"""


def main(arguments: Sequence[str], pack: Path) -> int:
    """Check the pack and return the exit code."""
    options = _parser(pack.name).parse_args(arguments)
    try:
        members = read_pack(pack.read_bytes())
        given = Given(_federation(options.federation_key), _policy(options.policy))
    except (OSError, UnicodeDecodeError, AuditError, FieldRefused) as error:
        sys.stderr.write(f"{pack.name}: {error}\n")
        return UNREADABLE
    report = check_members(members, given, METHOD.name)
    if options.json:
        told = asdict(report) | {"holds": report.code == HOLDS, "exit": report.code}
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(f"{_plain(line)}\n" for line in (*_about(members), *_lines(report))))
    return report.code


def _parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python {name}",
        description="Check this evidence pack: who asked whom what, under which mandate, with what outcome.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="one JSON document instead of text")
    parser.add_argument("--federation-key", metavar="VKEY", help="the federation's key, known from elsewhere")
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="your own trust policy (c2sp.org/tlog-policy)"
    )
    return parser


def _federation(vkey: str | None) -> VerifyKey | None:
    return None if vkey is None else VerifyKey.parse(vkey)


def _policy(path: Path | None) -> TrustPolicy | None:
    return None if path is None else TrustPolicy.parse(path.read_text("utf-8"))


def _about(members: dict[str, bytes]) -> list[str]:
    """What the pack says of itself, before anything is checked; never trusted further."""
    try:
        told = json.loads(members[MANIFEST])
        counts = ", ".join(f"{number} {kind}" for kind, number in sorted(told["counts"].items()))
        period = " to ".join(told["period"])
        return [f"case {told['case']!r} of {told['node']}", f"period {period}", f"leaves {counts}", ""]
    except (KeyError, TypeError, ValueError, AttributeError):
        return ["the manifest is not in its form", ""]


def _plain(line: str) -> str:
    """The line without control and direction characters, which could make a terminal say something else."""
    return "".join(each if each.isprintable() else "?" for each in line)


def _lines(report: PackReport) -> list[str]:
    lines = []
    for step in report.steps:
        lines.append(f"{step.number}. {step.words}: {'DOES NOT HOLD' if step.findings else 'holds'}")
        lines += [f"   {note}" for note in step.notes]
        lines += [f"   FINDING {finding}" for finding in step.findings]
    lines += ["", "Compare with what you know from elsewhere than this file:"]
    lines += [f"   {name}: {value}" for name, value in report.compare.items()]
    lines += [f"signatures checked with: {report.signatures}", ""]
    if report.signatures == "nothing":
        lines.append("SIGNATURES WERE NOT CHECKED: install the cryptography package or the openssl command")
    if report.findings:
        lines.append(f"does not hold: {len(report.findings)} findings")
    elif report.code == NOT_CHECKED:
        lines.append("no finding, but nothing is proved without signatures")
    else:
        lines.append("holds")
    return lines


def _program() -> int:
    """The same check from a copy of the source: the first argument names the pack."""
    pack, *arguments = sys.argv[1:] or ["--help"]
    if pack.startswith("-"):
        return main([pack, *arguments], Path("PACK"))
    return main(arguments, Path(pack))


if __name__ == "__main__":
    sys.exit(_program())
