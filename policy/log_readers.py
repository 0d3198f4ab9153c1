"""Who may read which part of a node's log, by kind of reader.

Proofs (checkpoints, hashes) let others check that nothing was removed; they tell nothing of what was logged.
Entries and what is sealed beside them are for the supervision of this node alone (Directive (EU) 2016/680
Art. 25(3)), and every look at them needs a justification besides, which `Judge.may_oversee` decides on.
"""

from enum import StrEnum
from typing import Final


class LogReader(StrEnum):
    """A kind of reader that the node has let in; an unknown one has none."""

    PARTNER = "partner"
    WITNESS = "witness"
    OVERSIGHT = "oversight"


class LogMatter(StrEnum):
    """What a reader wants to see."""

    PROOFS = "proofs"
    ENTRIES = "entries"


_MAY_READ: Final = {
    LogReader.PARTNER: frozenset({LogMatter.PROOFS}),
    LogReader.WITNESS: frozenset({LogMatter.PROOFS}),
    LogReader.OVERSIGHT: frozenset({LogMatter.PROOFS, LogMatter.ENTRIES}),
}


def may_read_log(reader: LogReader, matter: LogMatter) -> bool:
    """Whether this kind of reader may see that part at all."""
    return matter in _MAY_READ[reader]
