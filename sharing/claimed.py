"""What a claim says of a property, read plainly; a property that was not shown is empty."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sharing.merge import Claim

_SEPARATORS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Which record says so, and whose it is."""

    handle: str
    owner: str


def source(claim: Claim) -> Source:
    """The record of a claim; a node that names no other owner is the owner."""
    return Source(claim.handle, claim.record.owner or claim.node)


def reference(claim: Claim, name: str) -> str:
    """The handle that a property refers to, empty where it is not shown."""
    record = first(claim, name)
    return f"{claim.node}/{record}" if record else ""


def identified(claim: Claim, kind: str) -> frozenset[str]:
    """The normal forms of all identifiers of a kind that the record shows."""
    return frozenset(each.normal for each in claim.record.identifiers if each.kind == kind and each.normal)


def first(claim: Claim, name: str) -> str:
    """The least value of a property, whatever their order; empty where there is none."""
    values: Sequence[str] = claim.record.properties.get(name, ())
    return min(values, default="").strip()


def number(claim: Claim, name: str) -> float | None:
    """A positive number, None where there is none."""
    try:
        found = float(first(claim, name))
    except ValueError:
        return None
    return found if 0 < found < float("inf") else None


def amount(claim: Claim, name: str, unit: str) -> tuple[float, str] | None:
    """A number with its unit; without a unit it compares with nothing."""
    found, of = number(claim, name), first(claim, unit).upper()
    return None if found is None or not of else (found, of)


def plain(text: str) -> str:
    """Letters and digits, upper case, compatibility forms folded."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
