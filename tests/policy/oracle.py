"""A second opinion on every decision, in Python and by other means than the Rego, grant by grant."""

from typing import Any

Json = dict[str, Any]


def decide(rule: str, document: Json, law: Json) -> Json:
    """What `data.entente.<rule>` must be for a well-formed document."""
    if rule == "answer.decision":
        return _answer(document, law)
    faults = _oversight(document) if rule == "oversee.decision" else _asking(document, law)
    return _no({fault: set() for fault in faults}, law) if faults else _yes(law)


def _asking(document: Json, law: Json) -> set[str]:
    faults = _mandate(document, law)
    if "analyst" not in document["actor"]["roles"]:
        faults.add("role-not-analyst")
    if document["actor"]["node"] != document["node"]:
        faults.add("actor-not-of-partner")
    return faults


def _oversight(document: Json) -> set[str]:
    roles = set(document["actor"]["roles"])
    checks = {
        "role-not-oversight": "oversight" not in roles,
        "roles-conflict": bool(roles & {"analyst", "liaison"}),
        "actor-not-of-partner": document["actor"]["node"] != document["node"],
        "act-missing": document["act"] is None,
        "justification-missing": document["justification"] is None,
    }
    return {rule for rule, broken in checks.items() if broken}


def _mandate(document: Json, law: Json) -> set[str]:
    mandate, roles, now = document["mandate"], set(document["actor"]["roles"]), document["now"]
    category, purpose = mandate["subject_category"], mandate["purpose"]
    uncategorised = category == "UNCATEGORISED"
    checks = {
        "mandate-not-open": not mandate["opened_at"] - 30 <= now < mandate["expires_at"],
        "actor-not-of-partner": document["actor"]["node"] != document["partner"],
        "basis-unfit": mandate["legal_basis"] not in law["bases"][purpose],
        "uncategorised": uncategorised,
        "category-out-of-reach": not uncategorised and category not in _reach(purpose),
        "case-missing": mandate["case"] is None,
        "offence-missing": mandate["offence"] is None,
        "aim-missing": mandate["aim"] is None,
        "roles-conflict": "oversight" in roles and bool(roles & {"analyst", "liaison"}),
    }
    return {rule for rule, broken in checks.items() if broken}


def _reach(purpose: str) -> set[str]:
    """Annex II A for cross-checking, II B for all else, and objects (Europol Regulation)."""
    first = {"SUSPECT_OR_CONVICTED", "LIKELY_OFFENDER", "NOT_A_PERSON"}
    return (
        first
        if purpose == "CROSS_CHECKING"
        else first | {"WITNESS", "VICTIM", "CONTACT_OR_ASSOCIATE", "INFORMANT"}
    )


def _answer(document: Json, law: Json) -> Json:
    faults: dict[str, set[str]] = {rule: set() for rule in _mandate(document, law)}
    covering = []
    addressed = [grant for grant in document["grants"] if _touches(grant, document)]
    for grant in addressed:
        broken = _lifecycle(grant, document["now"]) or _shortfall(grant, document)
        for rule in broken:
            faults.setdefault(rule, set()).add(grant["ref"])
        if not broken:
            covering.append(grant)
    if not addressed:
        faults["no-grant"] = set()
    if not covering or _mandate(document, law):
        nothing = {
            "mode": "none",
            "grants": [],
            "branches": [],
            "shows": [],
            "max_rows": 0,
            "obligations": [],
        }
        return _no(faults, law) | nothing
    covering.sort(key=lambda grant: grant["ref"])
    return _yes(law) | {
        "mode": max((grant["mode"] for grant in covering), key=("hit", "contact", "core", "record").index),
        "grants": [grant["ref"] for grant in covering],
        "branches": [_branch(grant, document) for grant in covering],
        "shows": _shows(covering, document["question"]["fields"], law),
        "max_rows": min(grant["max_rows"] for grant in covering),
        "obligations": ["NOTIFY_PROVIDER"] if document["mandate"]["purpose"] == "THREAT_TO_LIFE" else [],
    }


def _touches(grant: Json, document: Json) -> bool:
    question = document["question"]
    datasets, schemata = set(question["datasets"]), set(question["schemata"])
    return (
        grant["owner"] == document["node"]
        and document["partner"] in grant["recipients"]
        and (grant["dataset"] == "*" or not datasets or grant["dataset"] in datasets)
        and bool(grant["schemata"])
        and ("*" in grant["schemata"] or not schemata or bool(schemata & set(grant["schemata"])))
    )


def _lifecycle(grant: Json, now: int) -> set[str]:
    broken = set()
    if grant["mode"] not in ("hit", "contact", "core", "record"):
        broken.add("grant-shows-nothing")
    if grant["revoked_at"] is not None:
        broken.add("grant-revoked")
    elif grant["expires_at"] <= now:
        broken.add("grant-expired")
    elif grant["not_before"] > now:
        broken.add("grant-not-yet")
    return broken


def _shortfall(grant: Json, document: Json) -> set[str]:
    mandate, actor = document["mandate"], document["actor"]
    checks = {
        "purpose-not-covered": mandate["purpose"] not in grant["purposes"],
        "basis-not-covered": mandate["legal_basis"] not in grant["legal_bases"],
        "category-not-covered": not set(grant["categories"]) & _reach(mandate["purpose"]),
        "case-not-covered": bool(grant["cases"]) and mandate["case"] not in grant["cases"],
        "role-not-covered": not set(actor["roles"]) & set(grant["roles"]),
        "unit-not-covered": bool(grant["units"]) and actor["unit"] not in grant["units"],
    }
    return {rule for rule, broken in checks.items() if broken}


def _branch(grant: Json, document: Json) -> Json:
    def one(operator: str, column: str, value: object) -> Json:
        return {"type": "field", "operator": operator, "field": column, "value": value}

    parts = []
    if grant["dataset"] != "*":
        parts.append(one("eq", "dataset", grant["dataset"]))
    if "*" not in grant["schemata"]:
        parts.append(one("in", "schema", sorted(grant["schemata"])))
    parts += [one("in", "case_ref", sorted(grant["cases"]))] if grant["cases"] else []
    parts += [one("in", "id", sorted(grant["record_ids"]))] if grant["record_ids"] else []
    reached = set(grant["categories"]) & _reach(document["mandate"]["purpose"])
    parts.append(one("in", "subject_category", sorted(reached)))
    parts.append(one("gt", "retain_until", document["now"]))
    onward = [one("eq", "owner", document["node"]), one("eq", "h2", value=False)]
    for owner, ids in sorted(_permitted(document).items()):
        both = [one("eq", "owner", owner), one("in", "id", sorted(ids))]
        onward.append({"type": "compound", "operator": "and", "value": both})
    parts.append({"type": "compound", "operator": "or", "value": onward})
    if document["partner"] != document["node"]:
        parts.append(one("eq", "ongoing", value=False))
    row_filter = {"type": "compound", "operator": "and", "value": parts}
    return {"grant": grant["ref"], "mode": grant["mode"], "filter": row_filter}


def _permitted(document: Json) -> dict[str, set[str]]:
    """By owner, the records that a consent lets this partner have for this purpose, now."""
    found: dict[str, set[str]] = {}
    for consent in document["consents"]:
        parties = (consent["use"], consent["recipient"]) == ("ONWARD", document["node"])
        named = document["partner"] in consent["to"]
        meant = document["mandate"]["purpose"] in consent["purposes"]
        period = range(consent["not_before"], consent["expires_at"])
        lasts = document["now"] in period and consent["withdrawn_at"] is None
        if parties and named and meant and lasts:
            found.setdefault(consent["provider"], set()).update(consent["records"])
    return found


def _shows(covering: list[Json], fields: list[str], law: Json) -> list[Json]:
    core, everything, asked = set(law["core"]), "*" in fields, set(fields)
    masked = {name for grant in covering for name in grant["masked"]} - {"*"}

    def shown_by(name: str) -> list[str]:
        tiers = {"record", "core"} if name in core else {"record"}
        return [
            grant["ref"]
            for grant in covering
            if grant["mode"] in tiers and not {name, "*"} & set(grant["masked"])
        ]

    named = (asked | core | masked) if everything else asked
    groups = [
        {"fields": sorted(named & core - masked), "grants": _plain(covering, {"record", "core"})},
        {"fields": sorted(named - core - masked), "grants": _plain(covering, {"record"})},
    ]
    groups += [{"fields": [name], "grants": shown_by(name)} for name in sorted(named & masked)]
    return groups if everything else [*groups, {"fields": ["*"], "grants": []}]


def _plain(covering: list[Json], tiers: set[str]) -> list[str]:
    return [grant["ref"] for grant in covering if grant["mode"] in tiers and "*" not in grant["masked"]]


def _yes(law: Json) -> Json:
    return {"allow": True, "reasons": [], "rules": {}, "revision": law["revision"]}


def _no(faults: dict[str, set[str]], law: Json) -> Json:
    return {
        "allow": False,
        "reasons": sorted({law["reasons"][rule] for rule in faults}),
        "rules": {rule: sorted(refs) for rule, refs in faults.items()},
        "revision": law["revision"],
    }


def denied(rule: str) -> Json:
    """The default of `rule`, for input that is not well formed."""
    short = {"allow": False, "reasons": ["POLICY"], "rules": {"malformed-input": []}, "revision": ""}
    nothing = {"mode": "none", "grants": [], "branches": [], "shows": [], "max_rows": 0, "obligations": []}
    return short | nothing if rule == "answer.decision" else short
