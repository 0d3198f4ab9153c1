"""The fields a leaf may hold, each with the only form its values may take.

A leaf is content-free: codes, digests, references, counts, times. A name or a free text fits none of these
forms, and a field that is not listed here is refused, so content cannot slip in. README.md maps each legal
duty to its field.
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

from audit.canonical import MAX_INTEGER
from audit.errors import EntryRefused

MAX_ITEMS = 64

Form: TypeAlias = Callable[[object], bool]


def _text(pattern: str) -> Form:
    match = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: isinstance(value, str) and match(value) is not None


def count(value: object) -> bool:
    """Tell whether the value is a count."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INTEGER


def _flag(value: object) -> bool:
    return isinstance(value, bool)


CODE = _text(r"[A-Z0-9][A-Z0-9_+]{0,63}")
WORD = _text(r"[A-Za-z][A-Za-z0-9_.:+-]{0,127}")
DIGEST = _text(r"(?:sha256|hmac-sha256):[0-9a-f]{64}")
HEX = _text(r"[0-9a-f]{32}")
REFERENCE = _text(r"[A-Za-z0-9][A-Za-z0-9_.:/@#+=~-]{0,255}")
NODE = _text(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?")
TIME = _text(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d))?")


class Shape(Enum):
    """How many values a field holds."""

    ONE = "one value"
    MANY = "a list of at most 64 values"
    BY_NODE = "one value for each of at most 64 nodes"


_ONE: dict[Form, str] = {
    CODE: "purpose legal_basis offence subject_category aim tier tlp outcome status action state mode"
    " severity justification",
    WORD: "role engine use schema",
    DIGEST: "document case query_digest answer_digest counterpart counterpart_leaf target source mandate"
    " request answer variables directory notice root assertion",
    HEX: "intent",
    REFERENCE: "query_id request_id reply_id asker authority unit decision policy_revision grant key"
    " previous_key standing_query reader approver recall dataset origin previous_origin finding witness"
    " consent picture",
    NODE: "home partner destination",
    TIME: "requested_at replied_at retain_until not_before expires_at period_from period_to opened_at",
    count: "results page records rejected approvals serial version quota_left duration_ms candidates samples"
    " size findings contributions",
    _flag: "complete urgent emergency pending truncated self_lookup",
}
_MANY: dict[Form, str] = {
    CODE: "handling reasons evaluation purposes legal_bases subject_categories tiers statements acts formats",
    WORD: "masked fields schemata roles",
    DIGEST: "answers counterparts provenance",
    REFERENCE: "grants consents recipients datasets approvers units rules obligations ranges",
    NODE: "nodes_asked",
}
_BY_NODE: dict[Form, str] = {
    CODE: "nodes_replied",
    DIGEST: "receipts answer_digests leaves",
    TIME: "times_replied",
    count: "results_by_node",
}


def _table() -> Mapping[str, tuple[Shape, Form]]:
    shapes = ((Shape.ONE, _ONE), (Shape.MANY, _MANY), (Shape.BY_NODE, _BY_NODE))
    return MappingProxyType(
        {
            name: (shape, form)
            for shape, forms in shapes
            for form, names in forms.items()
            for name in names.split()
        }
    )


FIELDS = _table()


def check_facts(facts: Mapping[str, object]) -> None:
    """Raise `EntryRefused` for the first field that is unknown or whose value has not its form."""
    for name, value in facts.items():
        shape, form = FIELDS.get(name, (None, None))
        if shape is None or form is None:
            raise EntryRefused(f"leaf field {name!r} is not in the field table")
        if not _fits(value, shape, form):
            raise EntryRefused(
                f"leaf field {name!r}: needs {shape.value} in the form that the field table gives"
            )


def _fits(value: object, shape: Shape, form: Form) -> bool:
    if shape is Shape.ONE:
        return form(value)
    if shape is Shape.MANY:
        return isinstance(value, list | tuple) and len(value) <= MAX_ITEMS and all(map(form, value))
    if not isinstance(value, Mapping) or len(value) > MAX_ITEMS:
        return False
    return all(map(NODE, value)) and all(map(form, value.values()))
