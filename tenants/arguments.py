"""The arguments of a question as parameters of its statement."""

from collections.abc import Iterable
from itertools import combinations, starmap

import orjson
from sqlalchemy import BigInteger, ColumnElement, bindparam

from tenants.names import LEAST, first_row, pair
from tenants.searching import WHOLE, WORST_SCORE
from tenants.selection import Asked
from tenants.spelling import part_keys, spelling_keys


def first_rows() -> ColumnElement[int]:
    """The parameter for how many rows are listed."""
    return bindparam("first", type_=BigInteger)


def argument_shape(asked: Asked) -> tuple[object, ...]:
    """What of the arguments decides the SQL."""
    return (
        asked.after is not None,
        len(asked.identifiers),
        tuple([(len(word) >= LEAST, bool(spelling_keys(word))) for word in asked.words]),
        len(asked.schemata),
        asked.country is not None,
        asked.dataset is not None,
        tuple(asked.told),
        asked.hops,
        len(asked.ids),
        asked.starts,
    )


def argument_values(asked: Asked) -> dict[str, object]:
    """The values of the parameters that come from the arguments."""
    values: dict[str, object] = {"first": asked.first, "after": asked.after, "id": asked.id}
    values |= {f"id{number}": each for number, each in enumerate(asked.ids)}
    for number, (kind, normal) in enumerate(asked.identifiers):
        values[f"kind{number}"] = kind
        values[f"normal{number}"] = normal
    if asked.words:
        values |= _search_values(asked)
    return values


def _search_values(asked: Asked) -> dict[str, object]:
    """The keys of names and of words that a search looks under; those of several are JSON arrays."""
    values: dict[str, object] = {"country": asked.country, "dataset": asked.dataset}
    values |= asked.told
    values |= {f"schema{number}": name for number, name in enumerate(asked.schemata)}
    long = [word for word in asked.words if len(word) >= LEAST]
    letters = sum(map(len, asked.words))
    short = letters - sum(map(len, long))
    longest = sorted(long, key=len, reverse=True)[:2]
    values |= {
        "every": pair(*longest) if len(longest) > 1 else longest[0],
        "pairs": _array(starmap(pair, combinations(long, 2))),
        "letters": letters,
    }
    for number, word in enumerate(asked.words):
        values |= {f"word{number}": word, f"whole{number}": f" {word} ", f"size{number}": len(word)}
        start, end = part_keys(word)
        values |= {f"start{number}": start, f"end{number}": end}
        values |= {f"keys{number}": _array(sorted(spelling_keys(word)))}
        values[f"most{number}"] = first_row(_longest_name(len(word) + short, letters) + 1)
        values |= {f"others{number}": _array(each for each in long if each != word)}
    return values


def _longest_name(met: int, asked: int) -> int:
    """Letters that a name may have of which words with `met` of the `asked` letters are alike enough."""
    return max(0, 200 * WHOLE * met // WORST_SCORE - asked)


def _array(keys: Iterable[str]) -> str:
    return orjson.dumps(list(keys)).decode()
