"""How `python -m audit` speaks: exit codes, one answer as text or JSON, a bar for long work.

What it says may come from a hostile file: what no printer would print is escaped.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence

HOLDS, DOES_NOT_HOLD, USAGE, UNREADABLE = range(4)
INTERRUPTED = 130
_BAR_FROM = 20_000
_BAR_WIDTH = 30


def say(facts: Mapping[str, object], lines: Sequence[str], *, as_json: bool) -> None:
    """Print the facts as one JSON document, or the lines."""
    write(json.dumps(facts, indent=2) if as_json else "\n".join(map(plain, lines)))


def write(text: str) -> None:
    """Print a text that is safe to print, and a newline."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def plain(text: str) -> str:
    """Return the text with everything escaped that could steer a terminal; tabs and newlines stay."""
    return "".join(
        each if each.isprintable() or each in "\n\t" else each.encode("unicode_escape").decode()
        for each in text
    )


class Bar:
    """A progress bar on the error stream, for a person and a large log only."""

    def __init__(self, what: str) -> None:
        """Say what is going on."""
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
