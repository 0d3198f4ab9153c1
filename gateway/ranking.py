"""The claims of a search in one order over all nodes, with the reason for each place.

Each node lists its own best; the order over all is worked out here from what was shown, by one measure, so
that it does not hang on who replied first. A record whose names are masked has no score and comes last.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sharing.merge import Claim
from tenants.model import load_model
from tenants.resemblance import Resemblance, resemblance

MOST_NAMES = 50
"""Of one claim, in the order of their letters: how many a partner sends is not ours to say."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A claim's place: the name that resembles the question best, and how; None where no name is shown."""

    handle: str
    best: Resemblance | None

    @property
    def score(self) -> int:
        """0 to 1000."""
        return self.best.score if self.best else 0


def ranked(text: str, claims: Iterable[Claim]) -> tuple[Ranked, ...]:
    """Every claim once, best first, equal ones by handle."""
    found = [Ranked(claim.handle, _best(text, claim)) for claim in claims]
    return tuple(sorted(found, key=lambda each: (-each.score, each.handle)))


def _best(text: str, claim: Claim) -> Resemblance | None:
    kind = load_model().kinds.get(claim.record.schema)
    told = claim.record.properties.items() if kind else ()
    names = sorted({value for name, values in told if kind and name in kind.names for value in values})
    alike = [resemblance(text, name) for name in names[:MOST_NAMES]]
    return max(alike, key=lambda each: (each.score, each.name), default=None)
