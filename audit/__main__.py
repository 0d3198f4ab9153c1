"""`python -m audit`: verify copies of logs, receipts and evidence; compare, open and count what they hold.

Needs the standard library and `cryptography`, and of the project the package `audit` only.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial

from audit import comparing, examining, proving
from audit.errors import AuditError, FormatRefused, KeyRefused
from audit.saying import DOES_NOT_HOLD, HOLDS, INTERRUPTED, UNREADABLE, USAGE, plain

__all__ = ["DOES_NOT_HOLD", "EXIT_CODES", "HOLDS", "INTERRUPTED", "UNREADABLE", "USAGE", "main"]

EXIT_CODES = """\
exit codes:
  0    everything holds; `evidence` found no contradiction; with --check: the evidence holds
  1    something does not hold, each finding names both sides; `evidence` found a contradiction
  2    the command line is wrong
  3    what was given cannot be read as a log, receipt, checkpoint, evidence, key or policy
  130  interrupted; nothing was decided, no file is half written

examples:
  python -m audit verify audit.sqlite --vkey 'fr.ofast/log+1a2b3c4d+AQ…'
  python -m audit verify tiles/ --policy trust.policy --strict --json
  python -m audit receipt asked.tlog-proof --vkey 'fr.ofast/log+1a2b3c4d+AQ…'
  python -m audit consistency audit.sqlite last-month.checkpoint --vkey 'fr.ofast/log+1a2b3c4d+AQ…'
  python -m audit export audit.sqlite tiles/
  python -m audit reconcile fr.sqlite se.sqlite --policy-a fr.policy --policy-b se.policy
  python -m audit erasures audit.sqlite --policy trust.policy
  python -m audit open audit.sqlite 4711 --blob-key blob.key
  python -m audit approval audit.sqlite 4711 --blob-key blob.key --policy trust.policy
  python -m audit report audit.sqlite --period 2026-01-01 2026-04-01 --html q1.html --csv q1.csv --lang fr
  python -m audit evidence audit.sqlite partners.checkpoint --policy trust.policy --out fork.json
  python -m audit evidence --check fork.json --policy trust.policy
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except (FormatRefused, KeyRefused) as error:
        sys.stderr.write(plain(error.diagnostics()) + "\n")
        return UNREADABLE
    except AuditError as error:
        sys.stderr.write(plain(error.diagnostics()) + "\n")
        return DOES_NOT_HOLD
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted: nothing was decided, no file is half written\n")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  # whoever read is gone
        return UNREADABLE


def _parser() -> argparse.ArgumentParser:
    shape = partial(argparse.RawDescriptionHelpFormatter, width=100)
    parser = argparse.ArgumentParser(
        "python -m audit", description=__doc__, epilog=EXIT_CODES, formatter_class=shape
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for each in (proving, examining, comparing):
        each.add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
