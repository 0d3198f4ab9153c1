"""The strict types of everything that enters the law: words of the vocabulary, codes, times, lists of them.

Free text never enters. Each function returns the plain JSON value, or raises the error that the gate was
given, whose rule is the place; `where` is a path such as `mandate.case`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from policy.errors import RuleBroken

MAX_LIST: Final = 256
MAX_TIME: Final = 2**53 - 1  # the integers every JSON reader keeps exact
_CODE: Final = re.compile(r"[A-Za-z0-9_.:/*-]{1,128}")


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets values of the wanted type through; raises `error` for all others, its message led by `of`."""

    error: type[RuleBroken]
    of: str = ""

    def code(self, value: object, where: str) -> str:
        """A text of the id alphabet, 1 to 128 characters."""
        if type(value) is not str or not _CODE.fullmatch(value):
            raise self.error(where, f"{self.of}outside of the id alphabet: {value!r:.60}")
        return value

    def optional_code(self, value: object, where: str) -> str | None:
        """The same; the empty text is None, for no empty text enters the law."""
        return None if value == "" else self.code(value, where)

    def word(self, value: object, kind: type[StrEnum], where: str) -> str:
        """A word of the vocabulary."""
        if not isinstance(value, kind):
            raise self.error(where, f"{self.of}a {kind.__name__} is wanted, not {value!r:.60}")
        return value.value

    def number(self, value: object, where: str) -> int:
        """A whole number from 0 to `MAX_TIME`: seconds, counts."""
        if type(value) is not int or not 0 <= value <= MAX_TIME:
            raise self.error(
                where, f"{self.of}a whole number from 0 to {MAX_TIME} is wanted, not {value!r:.60}"
            )
        return value

    def items(self, value: object, where: str) -> Sequence[object]:
        """A tuple of at most `MAX_LIST`, its items unchecked."""
        if type(value) is not tuple or len(value) > MAX_LIST:
            raise self.error(where, f"{self.of}a tuple of at most {MAX_LIST} is wanted, not {value!r:.60}")
        return value

    def codes(self, value: object, where: str) -> list[str]:
        """A tuple of codes."""
        return [self.code(item, where) for item in self.items(value, where)]

    def words(self, value: object, kind: type[StrEnum], where: str) -> list[str]:
        """A tuple of words."""
        return [self.word(item, kind, where) for item in self.items(value, where)]
