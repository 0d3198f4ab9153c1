"""When a case reference names a case: oversight lists questions without one, whatever stands in its place."""

import re
from typing import Final

LEAST: Final = 3
"""The letters and digits that a reference has at least."""

PLACEHOLDERS: Final = frozenset(
    {
        "NONE",
        "NULL",
        "NIL",
        "NOCASE",
        "NOTKNOWN",
        "UNKNOWN",
        "TEST",
        "TESTS",
        "TESTING",
        "TEMP",
        "TBD",
        "TODO",
        "DUMMY",
    }
)
"""Words that stand in the place of a reference, without whatever is not a letter or a digit."""

_OTHER: Final = re.compile(r"[^A-Z0-9]+")


def names_a_case(reference: str) -> bool:
    """Whether a reference can be one: not a placeholder, not one sign repeated, three letters or digits.

    `-`, `n/a`, `none`, `test`, `xxx` and `000` name no case. An invented reference still passes: that is for
    the service's own case register to find.
    """
    plain = _OTHER.sub("", reference.upper())
    return len(plain) >= LEAST and plain not in PLACEHOLDERS and len(set(plain)) > 1
