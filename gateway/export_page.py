"""An export as one HTML page that needs nothing else: readable tables, and the same data as JSON inside.

All of it is foreign text: it is escaped, controls and direction marks are made visible, and the page may load
and run nothing (its own policy says so).
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import orjson

from gateway.visible import visible

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Entente export</title>
<style>body{font-family:sans-serif;margin:2em}table{border-collapse:collapse;margin:1em 0}
td,th{border:1px solid #999;padding:.3em .5em;text-align:left;vertical-align:top}
.mark{font-weight:bold;border:2px solid #000;padding:.5em}</style></head><body>
"""


_EVIDENCE = ("handle", "instrument", "authority", "digest", "stands", "amiss")


def page(document: Mapping[str, Any], digest: str) -> str:
    """The page of an export document; `digest` is that of its JSON file."""
    mark, mandate = document["highWater"], document["mandate"]
    words = [*mark["handling"], mark["evaluation"], f"TLP:{mark['tlp']}"] if mark else ["no records"]
    parts = [
        _HEAD,
        f"<h1>Export {_text(document['export'])}</h1>",
        f'<p class="mark">{_text(" ".join(words))}</p>',
        _table(("what", "value"), _about(document, mandate, digest)),
        "<h2>Nodes</h2>",
        _rows(document["nodes"], ("query", "node", "status", "reasons", "repliedAt", "receipt")),
        "<h2>Values</h2>",
        _rows(
            document["values"],
            ("handle", "property", "value", "source", "owner", "handling", "evaluation", "tlp", "receipt"),
        ),
        "<h2>Provenance as evidence</h2>",
        _table(_EVIDENCE, map(_evidence, document["records"])),
        "<h2>Missing</h2>",
        _rows(document["missing"], ("handle", "provider", "codes", "reason")),
        "<h2>Handling texts that were acknowledged</h2>",
        _table(("handle", "text"), document["acknowledged"]),
        "<h2>Consents</h2>",
        _rows(document["consents"], ("ref",)),
        f'<script type="application/json" id="export">{_json(document)}</script></body></html>\n',
    ]
    return "\n".join(parts)


def _evidence(claim: Mapping[str, Any]) -> Sequence[str]:
    """How a record stands as evidence; what is not stated is said, never left blank."""
    told = claim["provenance"]
    words = told["instrumentSays"] or told["instrument"] or told["told"]
    amiss = [f"{each['code']} {each['entry'] or ''}".strip() for each in told["gaps"]]
    named = (told["authority"] or "", told["digest"] or "")
    return claim["handle"], words, *named, rulings(told), ", ".join(amiss)


def rulings(told: Mapping[str, Any]) -> str:
    """How it stands in each country that anything is said of."""
    return ", ".join(f"{each['country']} {each['status']}" for each in told["standing"]) or "NO_RULING"


def _about(document: Mapping[str, Any], mandate: Mapping[str, str], digest: str) -> list[tuple[str, str]]:
    told = [(name, document[name]) for name in ("node", "madeAt", "by", "use", "country")]
    told += [(name, ", ".join(document[name])) for name in ("to", "persons")]
    return [*told, *mandate.items(), ("digest of the JSON", digest)]


def _rows(items: Iterable[Mapping[str, Any]], names: Sequence[str]) -> str:
    return _table(names, ([_cell(each[name]) for name in names] for each in items))


def _cell(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{_text(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _text(value: str) -> str:
    return escape(visible(value))


def _json(document: Mapping[str, Any]) -> str:
    """JSON that cannot end the element it stands in, nor begin another."""
    return orjson.dumps(document).decode().replace("<", "\\u003c")
