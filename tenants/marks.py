"""The marks of one person, compared as the shelf compares records: whatever the spelling, one normal form."""

from collections.abc import Collection, Iterable, Iterator

from tenants.identifiers import LONGEST, detect
from tenants.names import latinise

_SHORTEST_NAME = 3
_TAIL = 4


def meet(marks: Collection[str], texts: Iterable[str], *, country: str | None = None) -> bool:
    """Whether one of the texts has a form among the `marks` of somebody.

    The same as `not marks_of(texts).isdisjoint(marks)`, without the dear forms that cannot be among them:
    every spelling of an identifier ends in the same letters and digits, and few names hold a digit.
    """
    tails = {_tail(mark) for mark in marks}
    numbered = any(mark.startswith("name:") and _numbered(mark) for mark in marks)
    for text in map(str.strip, texts):
        if not 0 < len(text) <= LONGEST:
            continue
        forms = [f"text:{text.casefold()}"]
        if numbered or not _numbered(text):
            forms += _names(text)
        if _tail(text) in tails:
            forms += _identifiers(text, country)
        if not set(marks).isdisjoint(forms):
            return True
    return False


def _numbered(text: str) -> bool:
    return any(map(str.isdigit, text))


def _tail(text: str) -> str:
    """The last letters and digits, in lower case."""
    return "".join(filter(str.isalnum, text.casefold()))[-_TAIL:]


def marks_of(texts: Iterable[str], *, country: str | None = None) -> frozenset[str]:
    """Every normal form of the texts: as identifiers of each kind they can be, as a name, and as they stand.

    `country` (ISO 3166 alpha-2) is where a national telephone number is dialled. Two texts are about the same
    mark when their forms meet. What is empty or too long to be a mark has no form.
    """
    return frozenset(form for text in texts for form in _forms(text.strip(), country))


def _forms(text: str, country: str | None) -> Iterator[str]:
    if 0 < len(text) <= LONGEST:
        yield f"text:{text.casefold()}"
        yield from _names(text)
        yield from _identifiers(text, country)


def _names(text: str) -> Iterator[str]:
    if len(name := latinise(text)) >= _SHORTEST_NAME:
        yield f"name:{name}"


def _identifiers(text: str, country: str | None) -> Iterator[str]:
    for identifier in detect(text, country=country):
        yield f"{identifier.kind}:{identifier.normal}"
