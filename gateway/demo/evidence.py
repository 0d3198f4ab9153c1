"""How much of the truth about evidence the analysts are told: all that is planted, and of decoys nothing."""

from collections.abc import Callable, Mapping
from typing import Any

Shown = Mapping[str, Any]

Tell = Callable[[str, str], Shown]
"""The provenance of a handle as the analyst of a node is told it: node, handle."""


def evidence_scored(truth: Shown, tell: Tell) -> Shown:
    """The planted provenances, each by its asker, and decoys that look ruled on in any country."""
    told = truth["provenance"]
    found = [
        {**each, "found": _as_planted(each, tell(each["asker"], each["handle"]))} for each in told["planted"]
    ]
    decoys = [
        {"handle": each["handle"], "standing": standing}
        for each in told["decoys"]
        if (standing := standing_of(tell(each["asker"], each["handle"])))
    ]
    return {"evidence": found, "evidenceDecoys": decoys}


def standing_of(provenance: Shown) -> dict[str, str]:
    """How a record stands, by country."""
    return {each["country"]: each["status"] for each in provenance["standing"]}


def _as_planted(planted: Shown, provenance: Shown) -> bool:
    gaps = [each["code"] for each in provenance["gaps"]]
    told = (provenance["instrument"], standing_of(provenance), gaps)
    return told == (planted["instrument"], planted["standing"], planted["gaps"])
