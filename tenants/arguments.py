"""The arguments of a question as parameters of its statement."""

import orjson
from sqlalchemy import BigInteger, ColumnElement, bindparam

from tenants.selection import Asked
from tenants.spelling import spelling_keys

TRIGRAM = 3


def first_rows() -> ColumnElement[int]:
    """The parameter for how many rows are listed."""
    return bindparam("first", type_=BigInteger)


def argument_shape(asked: Asked) -> tuple[object, ...]:
    """What of the arguments decides the SQL."""
    return (
        asked.after is not None,
        len(asked.identifiers),
        tuple([(len(word) >= TRIGRAM, bool(spelling_keys(word))) for word in asked.words]),
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
    """`all` and `any<n>` are queries of SQLite's FTS5, words as phrases of trigrams; `keys<n>` are JSON."""
    phrases = [f'"{word}"' for word in asked.words if len(word) >= TRIGRAM]
    values: dict[str, object] = {"text": asked.text, "country": asked.country, "dataset": asked.dataset}
    values |= asked.told
    values |= {"all": " ".join(phrases), "letters": sum(map(len, asked.words))}
    values |= {f"schema{number}": name for number, name in enumerate(asked.schemata)}
    for number, word in enumerate(asked.words):
        values |= {f"word{number}": word, f"whole{number}": f" {word} ", f"size{number}": len(word)}
        values |= {f"like{number}": f"%{word}%", f"any{number}": f'"{word}"'}
        values[f"keys{number}"] = orjson.dumps(sorted(spelling_keys(word))).decode()
    return values
