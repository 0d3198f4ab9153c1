"""CASE/UCO 1.4.0 in JSON-LD: evidence from devices, each record an object with facets, and the record in it.

Read back, the record counts, and an object that says other than its own record is rejected, with those beside
it. Of what other programs write, `case_foreign` takes what has a place among police records.
"""

from collections.abc import Iterator

import orjson

from tenants.errors import RecordRejected, Rejected, SourceRejected
from tenants.formats.case_foreign import taken
from tenants.formats.case_objects import Told, investigation, objects_of
from tenants.formats.case_words import CONTEXT, NAMES, RECORD
from tenants.formats.json_ld import Graph, Json, Node, nodes_of, read_graph
from tenants.formats.port import LEFT_OUT, Format, Item, Parcel, Row, Written, behind
from tenants.formats.whole_json import MOST_OBJECTS, item_of
from tenants.model import EntityModel


class CaseBundle:
    """See `Codec`."""

    format = Format.CASE
    left_out = LEFT_OUT

    def __init__(self, model: EntityModel) -> None:
        self._model = model

    def write(self, parcel: Parcel) -> tuple[Written, ...]:
        """One graph: the investigation, then each record, then the objects that stand beside records."""
        made = [objects_of(each, self._model) for each in parcel.items]
        own = [told[0] for told in made]
        beside: dict[str, Told] = {each["@id"]: each for told in made for each in told[1:]}
        whole = investigation(parcel.about, [each["@id"] for each in own], behind(self.left_out, parcel))
        document = {"@context": CONTEXT, "@graph": [whole, *own, *beside.values()]}
        text = orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
        return (Written(".case.jsonld", "application/ld+json", f"{text}\n"),)

    def read(self, content: bytes) -> Iterator[Row | Rejected]:
        """Our records in the order of the graph, then what was taken of others."""
        found = read_graph(content, "CASE")
        seen: dict[str, Row] = {}
        beside: set[str] = set()
        for node in found.nodes:
            if isinstance(node, Rejected):
                yield node
            elif RECORD in node.said and node.id not in found.twice:
                try:
                    item = _item(node)
                    beside |= self._held_to(found, node, item)
                except RecordRejected as rejected:
                    yield rejected
                    continue
                before = seen.setdefault(item.handle, item.row)
                if before is item.row:
                    yield item.row
                elif before != item.row:
                    yield RecordRejected("CONTRADICTS", "", f"{item.handle!r:.80} is said in two ways")
        if len(seen) > MOST_OBJECTS:
            raise SourceRejected("TOO_MANY", "", f"over {MOST_OBJECTS} records")
        yield from taken(found, frozenset(beside))

    def _held_to(self, found: Graph, node: Node, item: Item) -> set[str]:
        """The objects beside a record; raises `RecordRejected` when one says otherwise, or is gone."""
        expected = [each for each in nodes_of(objects_of(item, self._model), NAMES) if isinstance(each, Node)]
        if expected[0] != node:
            raise RecordRejected("CONTRADICTS", "", f"{node.id!r:.80} says other than its record")
        for each in expected[1:]:
            if found.by_id.get(each.id) != each:
                raise RecordRejected(
                    "CONTRADICTS", "", f"{each.id!r:.80}, beside {node.id!r:.80}, says otherwise"
                )
        return {each.id for each in expected}


def _item(node: Node) -> Item:
    told = node.said[RECORD]
    record = told[0].value if len(told) == 1 and isinstance(told[0], Json) else None
    if not isinstance(record, dict):
        raise RecordRejected("NOT_A_RECORD", "record", f"{record!r:.80} is no record")
    return item_of(record.get("node"), {name: value for name, value in record.items() if name != "node"})
