"""A report as pages, whatever they are written in: headings, sentences, tables, drawings.

Own words are in the report's language. What records say is `foreign`: it is put in as its owner wrote it, and
every writer makes it visible and harmless.
"""

from dataclasses import dataclass

from sharing.wording import Language


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in a table. `foreign`: what a record or a person says, in a language that nobody told."""

    text: str
    foreign: bool = False
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as long as the heads."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One sentence or more."""

    text: str
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """Things by name and lines between their places, and what it shows in words for who does not see it."""

    names: tuple[str, ...]
    lines: tuple[tuple[int, int], ...]
    says: str


Block = Table | Paragraph | Drawing


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Pages:
    """A whole report. `mark` stands at the head of every page, `foot` and the page's number at its end.

    `made_at` in Unix seconds is the one time that files tell of themselves.
    """

    language: Language
    title: str
    mark: str
    foot: str
    page: str
    made_at: int
    sections: tuple[Section, ...]
