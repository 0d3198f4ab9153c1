"""A row: what one leaf says, in the few fields that oversight searches by. A pure function of the leaf."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from audit.canonical import parse_object
from audit.entry import Kind
from audit.errors import FormatRefused, StoreRefused
from audit.merkle import leaf_hash

HOUR = len("2026-01-31T23")
DAY = len("2026-01-31")


@dataclass(frozen=True, slots=True)
class Row:
    """One leaf. Texts are empty and `results` is None where the leaf says nothing of it.

    `asker` is the pseudonym of who asked or, for an act of oversight or administration, of who did it.
    `request` is the digest of the exchange's request. `nodes` are those that asked, were asked or replied;
    `replies` are the outcome node by node (`se.polisen=REFUSED`), `statuses` the outcomes without the nodes.
    `case` is the keyed digest of the reference. `sealed` says that something was sealed beside the leaf;
    whether it still is, the log knows.
    """

    index: int
    leaf_hash: str
    kind: str
    operation: str
    at: str
    at_ms: int
    entry_id: str
    intent: str
    query_id: str
    request: str
    asker: str
    role: str
    unit: str
    partner: str
    nodes: tuple[str, ...]
    purpose: str
    legal_basis: str
    offence: str
    case: str
    query_digest: str
    replies: tuple[str, ...]
    statuses: tuple[str, ...]
    reasons: tuple[str, ...]
    tier: str
    action: str
    results: int | None
    retain_until: str
    sealed: bool
    self_lookup: bool

    @property
    def day(self) -> str:
        """The date in UTC."""
        return self.at[:DAY]

    @property
    def hour(self) -> str:
        """Date and hour in UTC."""
        return self.at[:HOUR]


def row_of(index: int, leaf: bytes) -> Row:
    """Return the row of a leaf; `StoreRefused` if no log can have written it."""
    try:
        record = parse_object(leaf)
        at = datetime.fromisoformat(record["at"])
    except (FormatRefused, KeyError, TypeError, ValueError) as error:
        raise StoreRefused(f"index: leaf {index} is no record of a log; verify the log") from error
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return Row(
        index=index,
        leaf_hash=f"sha256:{leaf_hash(leaf).hex()}",
        at=at.astimezone(UTC).isoformat(timespec="milliseconds"),
        at_ms=round(at.timestamp() * 1000),
        entry_id=_text(record, "id"),
        request=_request(record),
        asker=_text(record, "asker") or _text(record, "reader") or _text(record, "approver"),
        partner=_text(record, "partner") or _text(record, "destination") or _text(record, "home"),
        nodes=_nodes(record),
        replies=tuple(f"{node}={status}" for node, status in record.get("nodes_replied", {}).items()),
        statuses=_statuses(record),
        reasons=tuple(record.get("reasons", ())),
        results=_results(record),
        retain_until=_text(record, "retain_until")[:DAY],
        sealed="commitment" in record,
        self_lookup=record.get("self_lookup") is True,
        **{name: _text(record, name) for name in _SAME},
    )


_SAME = (
    "kind",
    "operation",
    "intent",
    "query_id",
    "role",
    "unit",
    "purpose",
    "legal_basis",
    "offence",
    "case",
    "query_digest",
    "tier",
    "action",
)


def _text(record: Mapping[str, Any], name: str) -> str:
    return str(record.get(name, ""))


def _request(record: Mapping[str, Any]) -> str:
    """The request's digest: a fact, or what the asking side's own entry is about."""
    if "request" in record:
        return str(record["request"])
    asks = record.get("kind") == Kind.ASKED or (record.get("kind") == Kind.REFUSED and "intent" not in record)
    return _text(record, "subject") if asks else ""


def _nodes(record: Mapping[str, Any]) -> tuple[str, ...]:
    single = (record[name] for name in ("partner", "destination", "home") if name in record)
    return tuple(sorted({*record.get("nodes_asked", ()), *record.get("nodes_replied", {}), *single}))


def _statuses(record: Mapping[str, Any]) -> tuple[str, ...]:
    own = (record["status"],) if "status" in record else ()
    return tuple(sorted({*record.get("nodes_replied", {}).values(), *own}))


def _results(record: Mapping[str, Any]) -> int | None:
    found = record.get("results_by_node", {}).values() or (record.get("results"),)
    counts = [each for each in found if isinstance(each, int)]
    return sum(counts) if counts else None
