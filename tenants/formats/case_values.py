"""Ids, moments and lines of CASE/UCO as the shelf takes them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from tenants.formats.whole_json import named

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z", re.IGNORECASE)


def record_id(iri: str) -> str:
    """The id of the record of an object: the UUID that its IRI ends with, else one made of the IRI."""
    found = _UUID.search(iri)
    return f"case-{found[0].lower() if found else named('case', 'foreign', iri)}"


def moments(told: Sequence[str]) -> list[str]:
    """Moments to the second in UTC, as the shelf keeps them; what is none stays, for the loader to name."""
    return list(map(_moment, told))


def _moment(text: str) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    moved = found if found.tzinfo is None else found.astimezone(UTC)
    return moved.replace(tzinfo=None, microsecond=0).isoformat()


def short(text: str) -> str:
    """A text as a provenance takes it: one line, at most 200 characters."""
    return " ".join(text.split())[:200] or "not stated"
