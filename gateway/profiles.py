"""Which chemical profiles support a common source with one: asked of all nodes, compared with what they show.

1 the profile is read: a record, asked for at its node, or what a laboratory has just measured. 2 It is a
question to every node, under the mandate, decided and logged like any. Each node answers by its own
calibration and nothing below its threshold. 3 What is shown is compared compound by compound, here. Nothing
is merged, and no method is compared with another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from audit.canonical import JSON
from gateway.ask import Asking, Unasked, ask, inquire, split_handle
from gateway.errors import NotAllowed, VariablesRejected
from gateway.show import Shown, claim_shown, picture_shown, refusal_shown
from gateway.visit import Visit
from policy.terms import Handling, Operation
from sharing.merge import Claim, NodeStatus, Picture
from sharing.profile_shape import SCALE, ProfileMatching, ProfilePoint, ProfileScore
from sharing.profile_words import cannot_say, of_band, of_reason, of_support
from sharing.wording import Language
from tenants.errors import RecordRejected
from tenants.profiles.calibration import Rate
from tenants.profiles.comparing import compare
from tenants.profiles.compounds import Profile, read_profile
from tenants.profiles.scoring import Measure, Treatment
from tenants.record import PROFILE

MOST = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """The profile to compare: `handle` where it is a record."""

    profile: Profile
    laboratory: str = ""
    measured_at: str = ""
    handle: str = ""
    queries: tuple[str, ...] = field(default=())


async def match_profile(
    visit: Visit, wanted: Wanted, mandate: str, nodes: list[str] | None, language: Language
) -> Shown:
    """What supports a common source with the profile, best first; no `nodes` means all."""
    variables: dict[str, JSON] = {
        "method": wanted.profile.method,
        "version": wanted.profile.version,
        "compounds": [str(each) for each in wanted.profile.compounds],
        "first": MOST,
    }
    found = await inquire(visit, Asking(Operation.PROFILE, variables, mandate, nodes))  # 2
    asked = _asked(wanted)
    if isinstance(found, Unasked):
        refused = refusal_shown(visit.node.id, found.request, found.refusal)
        told = [{"status": each, **_NOTHING} for each in refused["nodes"]]
        return {
            "queryId": refused["queryId"], "queries": list(wanted.queries), "complete": False, "asked": asked,
            "nodes": told, "matches": [], "cannotSay": cannot_say(language),
        }  # fmt: skip
    matches = sorted(
        _matches(wanted, found, language), key=lambda each: (-each["score"], str(each["handle"]))
    )  # 3
    return {
        "queryId": found.query_id,
        "queries": [*wanted.queries, found.query_id],
        "complete": found.complete,
        "asked": asked,
        "nodes": [
            _node(*each, language) for each in zip(found.nodes, picture_shown(found)["nodes"], strict=True)
        ],
        "matches": matches,
        "cannotSay": cannot_say(language),
    }


async def profile_of(visit: Visit, handle: str, mandate: str) -> Wanted:
    """The profile of a record, as its node shows it.

    `NotAllowed` when it is not shown, its compounds are withheld, or it is another service's under H2: asking
    everybody with it would pass it on.
    """
    owner, record_id = split_handle(handle)
    first = await ask(visit, Asking(Operation.ENTITY, {"id": record_id}, mandate, [owner]))
    record = next((each["record"] for each in first["claims"] if each["handle"] == handle), None)
    if record is None or record["schema"] != PROFILE:
        raise NotAllowed(
            f"profile {handle[:80]}: its node does not show it, so nothing can be compared with it"
        )
    if Handling.H2.value in record["handling"] and record["owner"] != visit.node.id:
        raise NotAllowed(
            f"profile {handle[:80]}: {record['owner']} must consent (H2) before others are asked with it"
        )
    values = _values(record)
    if "compounds" not in values:
        raise NotAllowed(
            f"profile {handle[:80]}: its compounds are withheld, so nothing can be compared with it"
        )
    told = typed(
        _first(values, "method"), _first(values, "methodVersion"), values["compounds"],
        _first(values, "laboratory"), _first(values, "measuredAt"),
    )  # fmt: skip
    return Wanted(told.profile, told.laboratory, told.measured_at, handle, (str(first["queryId"]),))


def typed(
    method: str, version: str, compounds: Sequence[str], laboratory: str = "", measured_at: str = ""
) -> Wanted:
    """A profile that is no record yet; `VariablesRejected` names what is wrong with it."""
    try:
        return Wanted(read_profile(method, version, compounds), laboratory, measured_at)
    except RecordRejected as error:
        raise VariablesRejected(f"profile: {error}") from error


def _asked(wanted: Wanted) -> Shown:
    return {
        "handle": wanted.handle or None,
        "method": wanted.profile.method,
        "version": wanted.profile.version,
        "compounds": [str(each) for each in wanted.profile.compounds],
        "laboratory": wanted.laboratory or None,
        "measuredAt": wanted.measured_at or None,
    }


_NOTHING: Shown = {
    "comparable": None, "reason": None, "meaning": None, "treatment": None, "measure": None,
    "threshold": None, "samePairs": None, "differentPairs": None,
}  # fmt: skip


def _node(status: NodeStatus, shown: Shown, language: Language) -> Shown:
    """How a node answered, and by what it compares; a silent or refusing node says nothing of that."""
    found = status.profile
    if found is None:
        return {"status": shown, **_NOTHING}
    return {
        "status": shown,
        "comparable": found.comparable,
        "reason": found.reason or None,
        "meaning": of_reason(found.reason, language) if found.reason else None,
        "treatment": found.treatment or None,
        "measure": found.measure or None,
        "threshold": found.threshold / SCALE if found.comparable else None,
        "samePairs": found.same or None,
        "differentPairs": found.different or None,
    }


def _matches(wanted: Wanted, found: Picture, language: Language) -> Iterator[dict[str, Any]]:
    by_node = {each.node: each.profile for each in found.nodes if each.profile is not None}
    scores = {
        (node, each.id): (profile, each) for node, profile in by_node.items() for each in profile.scores
    }
    for claim in found.claims:
        scored = scores.get((claim.node, claim.record.id))
        if scored is not None and claim.handle != wanted.handle:
            yield _match(wanted, claim, *scored, language)


def _match(
    wanted: Wanted, claim: Claim, by: ProfileMatching, scored: ProfileScore, language: Language
) -> dict[str, Any]:
    shown = claim_shown(claim)
    values = _values(shown["record"])
    point = _at(by, scored.score)
    false, true = Rate(point.different, by.different), Rate(point.same, by.same)
    meaning = of_support(point.score / SCALE, (false.count, false.of), (true.count, true.of), language)
    return {
        "handle": claim.handle,
        "node": claim.node,
        "score": scored.score / SCALE,
        "exact": scored.exact,
        "meaning": meaning if scored.exact else f"{meaning} {of_band(language)}",
        "falsePositive": _rate(false),
        "truePositive": _rate(true),
        "laboratory": _laboratory(wanted.laboratory, _first(values, "laboratory")),
        "ageDays": _days(wanted.measured_at, _first(values, "measuredAt")),
        "sample": _reference(claim.node, _first(values, "sample")),
        "compounds": _compounds(wanted, by, values) if scored.exact else [],
        "claim": shown,
    }


def _at(by: ProfileMatching, score: int) -> ProfilePoint:
    """What the node counted at the last step not above the score; all pairs where it told of none."""
    below = [each for each in by.points if each.score <= score]
    return below[-1] if below else ProfilePoint(0, by.same, by.different)


def _rate(rate: Rate) -> Shown:
    low, high = rate.bounds
    return {"rate": rate.value, "low": low, "high": high, "count": rate.count, "pairs": rate.of}


def _laboratory(one: str, other: str) -> str:
    if not one or not other:
        return "NOT_TOLD"
    return "SAME" if one.casefold() == other.casefold() else "OTHER"


def _days(one: str, other: str) -> int | None:
    """Days between two measurements; None where a day is withheld, or told by month or year only."""
    try:
        return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)
    except ValueError:
        return None


def _reference(node: str, record: str) -> str | None:
    return f"{node}/{record}" if record else None


def _compounds(wanted: Wanted, by: ProfileMatching, values: Mapping[str, Sequence[str]]) -> list[Shown]:
    """Compound by compound, what keeps the two apart most first; nothing where the partner's do not read."""
    try:
        other = read_profile(wanted.profile.method, wanted.profile.version, values.get("compounds", ()))
        compared = compare(wanted.profile, other, Treatment(by.treatment), Measure(by.measure))
    except (RecordRejected, ValueError):
        return []
    return [each.shown for each in compared]


def _values(record: Shown) -> Mapping[str, Sequence[str]]:
    return {each["name"]: each["values"] for each in record["properties"]}


def _first(values: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(values.get(name, ())), "")
