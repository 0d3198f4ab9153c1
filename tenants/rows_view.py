"""The same answer without the compiler's JSON: rows through the same view, put together in Python.

For what has no single statement; a differential test holds it and the compiled plan to the same answer. The
masks are read from the permit itself, not from the bits that the plan computes with.
"""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

from policy.decision import Access, Branch
from policy.terms import Mode
from tenants.answering import Desk
from tenants.candidates import COMPOUNDS
from tenants.emission import CODES, TEXTS
from tenants.neighbours import MOST_COUNTED
from tenants.plan import Statement
from tenants.profile_told import SCORES, project, told
from tenants.profiles.index import Resembling
from tenants.selection import Selection, check_tree
from tenants.shape import REST

Row = Mapping[str, Any]
#: Row, property and record id of references to records that are not listed.
Lost = set[tuple[object, object, object]]
Run = Callable[[Statement, tuple[object, ...]], Awaitable[Sequence[Row]]]
_LISTING = (Mode.CORE, Mode.RECORD)


async def assemble(
    desk: Desk, access: Access, selection: Selection, run: Run, resembling: Resembling | None = None
) -> Mapping[str, object]:
    """The answer as Python values: the fields of `selection.tree`, or all of them when it is empty."""
    check_tree(selection.tree)
    question = desk.opened(access, selection, resembling)
    values, compiler = desk.values(access, question), desk.compiler
    page, seen, entries, links = [
        await run(statement, statement.arguments(values))
        for statement in (
            compiler.rows(question),
            compiler.summary(question),
            compiler.entries(question),
            compiler.references(question),
        )
    ]
    lost = {(link["record_row"], link["property"], link["end_id"]) for link in links if not link["shown"]}
    first = question.asked.first
    counted = [str(row["subject_category"]) for row in seen if row["counted"] and not row["listed"]]
    answer: dict[str, object] = {
        "__typename": "Answer",
        "hit": bool(seen),
        "contact": _contact(counted, desk.spoc, access.permit.id),
        "records": [_record(access, row, entries, lost) for row in page[:first]],
        "more": len(page) > first,
    }
    if question.asked.ids:
        statement = compiler.neighbours(question)
        answer["neighbours"] = [_neighbours(row) for row in await run(statement, statement.arguments(values))]
    if resembling is not None:
        scores = [_score(access, row) for row in page[:first]]
        answer["profile"] = {**told(resembling), SCORES: scores}
    return {node.key: project(answer[node.name], node.children) for node in selection.tree} or answer


def _neighbours(row: Row) -> dict[str, object]:
    number = int(row["number"])
    return {
        "__typename": "Neighbours", "id": row["start"], "schema": row["schema"],
        "count": min(number, MOST_COUNTED), "tooCommon": number > MOST_COUNTED,
    }  # fmt: skip


def _contact(categories: list[str], spoc: str, reference: str) -> dict[str, object] | None:
    if not categories:
        return None
    kinds = sorted(set(categories))
    return {
        "__typename": "Contact", "count": len(categories), "categories": kinds, "spoc": spoc,
        "reference": reference,
    }  # fmt: skip


def _grants(access: Access, row: Row) -> list[Branch]:
    """The branches through which a row is listed."""
    bits = int(str(row["bits"]))
    return [
        branch
        for number, branch in enumerate(access.permit.branches)
        if bits >> number & 1 and branch.mode in _LISTING
    ]


def _score(access: Access, row: Row) -> dict[str, object]:
    refs, shows = {branch.grant for branch in _grants(access, row)}, access.permit.shows
    exact = bool(refs & set(shows.get(COMPOUNDS, shows.get(REST, ()))))
    return {"__typename": "ProfileScore", "id": row["id"], "score": int(row["score"]), "exact": exact}


def _record(access: Access, row: Row, entries: Sequence[Row], lost: Lost) -> dict[str, object]:
    grants = _grants(access, row)
    refs = {branch.grant for branch in grants}
    shows = access.permit.shows

    def shown(name: str) -> bool:
        return bool(refs & set(shows.get(name, shows.get(REST, ()))))

    properties = json.loads(str(row["properties"]))
    mine = [entry for entry in entries if entry["record_row"] == row["row"] and shown(str(entry["property"]))]
    return {
        "__typename": "Record",
        **{field: row[column] for field, column in (*CODES.items(), *TEXTS.items())},
        "version": row["version"],
        "handling": json.loads(str(row["handling"])),
        "mode": str(max((branch.mode for branch in grants), key=lambda mode: mode.rank)),
        "grants": [branch.grant for branch in grants],
        "masked": sorted(name for name in {*shows, REST} if not shown(name)),
        "properties": list(_properties(row, [item for item in properties if shown(item["name"])], lost)),
        "identifiers": [
            {"__typename": "IdentifierValue", **{key: entry[key] for key in ("kind", "normal", "original")}}
            for entry in mine
        ],
    }


def _properties(row: Row, shown: Sequence[Row], lost: Lost) -> Iterator[dict[str, object]]:
    """The properties without references to records that are not listed."""
    for item in shown:
        name, values = item["name"], item["values"]
        kept = [value for value in values if (row["row"], name, value) not in lost]
        if kept:
            yield {"__typename": "Property", "name": name, "values": kept}
