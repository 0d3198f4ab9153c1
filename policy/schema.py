"""The JSON schema of what enters the Rego, made from the vocabulary and the dataclasses.

`policy/rego/input.schema.json` is its golden file: `opa check --schema` reads it, so a rule that names a
field which nobody sends does not pass. `python -m policy.schema` prints it anew.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, get_args, get_origin, get_type_hints

from policy.grants import GrantTerms
from policy.mandate import Actor, Mandate
from policy.onward import MAX_CONSENTS, OnwardConsent
from policy.question import Question

TARGET: Final = Path(__file__).parent / "rego/input.schema.json"
_CODE: Final = {"type": "string", "pattern": "^[A-Za-z0-9_.:/*-]{1,128}$"}
_TIME: Final = {"type": "integer", "minimum": 0}
_MAYBE: Final = {"type": ["string", "null"]}


def input_schema() -> dict[str, Any]:
    """The schema, as JSON."""
    grant = _properties(GrantTerms, without={"id", "version", "quota"}) | {"ref": _CODE}
    consent = _properties(OnwardConsent, without={"id", "version"})
    mandate = _properties(Mandate, without={"actor"}) | {"case": _MAYBE, "offence": _MAYBE}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Input of data.entente.ask, answer and oversee",
        **_object(
            {
                "now": _TIME,
                "node": _CODE,
                "partner": _CODE,
                "actor": _object(_properties(Actor) | {"unit": _MAYBE}),
                "mandate": _object(mandate),
                "question": _object(_properties(Question, without={"arguments_digest"})),
                "grants": {"type": "array", "maxItems": 50, "items": _object(grant)},
                "consents": {"type": "array", "maxItems": MAX_CONSENTS, "items": _object(consent)},
                "act": _MAYBE,
                "justification": _MAYBE,
            }
        ),
    }


def text() -> str:
    """The golden file's text."""
    return json.dumps(input_schema(), indent=1, sort_keys=True) + "\n"


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": dict(properties)}


def _properties(kind: type, without: frozenset[str] | set[str] = frozenset()) -> dict[str, Any]:
    hints = get_type_hints(kind)
    names = [each.name for each in fields(kind) if each.init and each.name not in without]
    return {name: _of(hints[name]) for name in names}


def _of(hint: Any) -> dict[str, Any]:  # noqa: ANN401  # a type hint is of any type
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"type": "string", "enum": [word.value for word in hint]}
    if get_origin(hint) in (tuple, frozenset):
        return {"type": "array", "maxItems": 256, "items": _of(get_args(hint)[0])}
    if hint is str:
        return _CODE
    return _TIME if hint is int else {"type": ["integer", "null"], "minimum": 0}


if __name__ == "__main__":
    sys.stdout.write(text())
