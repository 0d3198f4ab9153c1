"""Options that say whom to trust, and the verification that stands before every other answer."""

import argparse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from audit.archive import Archive, open_archive
from audit.errors import FormatRefused, ProofRefused
from audit.files import read_text
from audit.saying import Bar
from audit.trust import TrustPolicy
from audit.verifier import Report, verify

NOT_VERIFIED = "not verified: told to leave that out"


def trust_options() -> argparse.ArgumentParser:
    """The options `--vkey`, `--policy` and `--json`, for commands to inherit."""
    options = argparse.ArgumentParser(add_help=False)
    trust = options.add_mutually_exclusive_group()
    trust.add_argument("--vkey", action="append", help="a key of the log, as name+id+key; may be repeated")
    trust.add_argument("--policy", type=Path, help="a trust policy file (c2sp.org/tlog-policy)")
    options.add_argument("--json", action="store_true", help="print one JSON document")
    return options


def policy_of(policy: Path | None, vkeys: list[str] | None) -> TrustPolicy | None:
    """Return the policy that is meant, if any."""
    if policy is not None:
        return TrustPolicy.parse(read_text(policy))
    return TrustPolicy.of_keys(*vkeys) if vkeys else None


def needed_policy(options: argparse.Namespace) -> TrustPolicy:
    """Return the policy that is meant; `FormatRefused` if there is none."""
    policy = policy_of(options.policy, options.vkey)
    if policy is None:
        raise FormatRefused("a signature is to be checked: give --vkey or --policy")
    return policy


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The copy of a log, open while it is used."""
    with closing(open_archive(path)) as archive:
        yield archive


def verified(archive: Archive, policy: TrustPolicy | None, *, wanted: bool = True) -> Report:
    """Return the report of a copy that holds; `ProofRefused` names what does not.

    Told that it is not wanted, it verifies nothing and the report says so.
    """
    if not wanted:
        return Report(archive.name, size=archive.size, signature=NOT_VERIFIED)
    report = verify(archive, policy, Bar(f"verifying {archive.name}").told)
    if not report.holds:
        raise ProofRefused(f"log {archive.name} does not hold: {'; '.join(report.findings[:5])}")
    return report


def standing(report: Report) -> dict[str, object]:
    """What is known of the log that an answer was taken from."""
    return {
        "log": report.log,
        "origin": report.origin,
        "leaves": report.size,
        "size": report.signed_size,
        "root": report.root,
        "witnessed_size": report.witnessed_size,
        "witnesses": report.witnesses,
        "signature": report.signature,
        "verified": report.signature != NOT_VERIFIED,
    }


def standing_line(report: Report) -> str:
    """The same in one line."""
    if report.signature == NOT_VERIFIED:
        return f"log        {report.log}: {report.size} leaves, {NOT_VERIFIED}"
    told = (
        f"{report.size} leaves, signed {report.signed_size}, root {report.root}, signature {report.signature}"
    )
    return f"log        {report.log} ({report.origin}): {told}"
