"""The marks of one person, compared as the shelf compares records: whatever the spelling, one normal form."""

from collections.abc import Iterable, Iterator

from tenants.identifiers import LONGEST, detect
from tenants.names import latinise

_SHORTEST_NAME = 3


def marks_of(texts: Iterable[str], *, country: str | None = None) -> frozenset[str]:
    """Every normal form of the texts: as identifiers of each kind they can be, as a name, and as they stand.

    `country` (ISO 3166 alpha-2) is where a national telephone number is dialled. Two texts are about the same
    mark when their forms meet. What is empty or too long to be a mark has no form.
    """
    return frozenset(form for text in texts for form in _forms(text.strip(), country))


def _forms(text: str, country: str | None) -> Iterator[str]:
    if not 0 < len(text) <= LONGEST:
        return
    yield f"text:{text.casefold()}"
    if len(name := latinise(text)) >= _SHORTEST_NAME:
        yield f"name:{name}"
    for identifier in detect(text, country=country):
        yield f"{identifier.kind}:{identifier.normal}"
