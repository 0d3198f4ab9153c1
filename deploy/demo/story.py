"""The scripted case: records written by hand in `case/<node>.yaml`, the same for every seed and size."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypedDict

import yaml

from deploy.demo import profiles

NODES = ("fr.ofast", "se.polisen", "eu.europol")
_STORY = Path(__file__).parent / "case"
_PROFILE = "profile: "

Envelope = dict[str, object]


class Record(TypedDict):
    """One JSON line: a FollowTheMoney entity and its envelope."""

    id: str
    schema: str
    properties: dict[str, list[str]]
    envelope: Envelope


def records(node: str) -> Iterator[Record]:
    """The story's records at `node`, links after their ends."""
    story = yaml.safe_load((_STORY / f"{node}.yaml").read_text(encoding="utf-8"))
    for record_id, schema, properties, *differences in story["records"]:
        category = story["person"] if schema == "Person" else "NOT_A_PERSON"
        envelope = {
            **story["envelope"],
            "subject_category": category,
            **(differences[0] if differences else {}),
        }
        yield {
            "id": record_id,
            "schema": schema,
            "properties": {name: _values(value, record_id) for name, value in properties.items()},
            "envelope": {key: value for key, value in envelope.items() if value is not None},
        }


def questions() -> Mapping[str, object]:
    """The hand-written part of the truth: questions, grants, members of the network, decoys."""
    loaded: Mapping[str, object] = yaml.safe_load((_STORY / "truth.yaml").read_text(encoding="utf-8"))
    return loaded


def _values(value: str | list[str], record_id: str) -> list[str]:
    if isinstance(value, list):
        return value
    if not value.startswith(_PROFILE):
        return [value]
    lot, spread = value.removeprefix(_PROFILE).split("/")
    return profiles.compounds(lot, float(spread), record_id)
