"""The truth file: the hand-written part, and what follows from the story's records."""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from deploy.demo import story
from deploy.demo.story import NODES, Record

#: From 1 January 2026 to 1 January 2031, Unix seconds.
NOT_BEFORE, EXPIRES_AT = 1_767_225_600, 1_924_992_000
#: Which properties of the story carry which kind of identifier that more than one node may know.
_CARRIERS = {
    "containerCode": "container", "imoNumber": "imo", "mmsi": "mmsi", "iban": "iban", "publicKey": "wallet",
    "walletAddress": "wallet", "registrationNumber": "document", "billOfLading": "document", "phone": "phone",
    "number": "phone", "senderNumber": "phone", "recipientNumber": "phone", "callerNumber": "phone",
    "receiverNumber": "phone",
}  # fmt: skip
_EDGES = {
    "UnknownLink": ("subject", "object"), "Associate": ("person", "associate"),
    "Payment": ("payer", "beneficiary"),
    "Directorship": ("director", "organization"), "Ownership": ("owner", "asset"),
    "Employment": ("employee", "employer"), "Representation": ("agent", "client"),
    "ContainerMovement": ("container", "place"),
}  # fmt: skip
_TRUNK = {"fr": "+33", "se": "+46"}


def truth(seed: int, size: str, files: Mapping[str, object]) -> dict[str, object]:
    """The whole truth file; `files` names what was written, with counts and digests."""
    told = story.questions()
    grants = told["grants"]
    if not isinstance(grants, dict):
        raise TypeError(f"grants of truth.yaml: {type(grants).__name__} instead of a mapping")
    members = told["members"]
    return {
        "format": 1,
        "seed": seed,
        "size": size,
        "now": told["now"],
        "files": files,
        "questions": told["questions"],
        "grants": {node: [_grant(node, grant) for grant in grants.get(node, ())] for node in NODES},
        "withheld": told["withheld"],
        "members": members,
        "links": {node: list(_links(node)) for node in NODES},
        "joint_path": told["joint_path"],
        "shared_identifiers": list(_shared()),
        "same_as": list(_same_as(members)),
        "not_same_as": told["not_same_as"],
        "same_profile": told["same_profile"],
        "containers": told["containers"],
        "money": told["money"],
        "vessels": told["vessels"],
        "chronicle": told["chronicle"],
        "notes": told["notes"],
        "provenance": told["provenance"],
        "decoys": told["decoys"],
        "hostile": told["hostile"],
    }


def normal(kind: str, text: str, country: str | None) -> str:
    """The compared form of a story identifier; good for these values, no general parser."""
    code = re.sub(r"[\W_]+", "", text).upper()
    match kind:
        case "imo":
            return code.removeprefix("IMO")
        case "wallet":
            return text
        case "phone":
            return _e164(text, country)
        case _:
            return code


def _e164(text: str, country: str | None) -> str:
    digits = re.sub(r"[^\d+]", "", text.replace("(0)", ""))
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return digits if digits.startswith("+") else f"{_TRUNK[country or '']}{digits[1:]}"


def _grant(node: str, said: Mapping[str, object]) -> dict[str, object]:
    return {"version": 1, "owner": node, "not_before": NOT_BEFORE, "expires_at": EXPIRES_AT, **said}


def _links(node: str) -> Iterator[dict[str, str]]:
    for record in story.records(node):
        ends = _EDGES.get(record["schema"])
        if ends:
            source, target = (record["properties"][end][0] for end in ends)
            yield {"record": record["id"], "schema": record["schema"], "source": source, "target": target}


def _shared() -> Iterator[dict[str, object]]:
    """Identifiers that at least two nodes know, with each node's spellings and records."""
    known: dict[tuple[str, str], dict[str, dict[str, set[str]]]] = {}
    for node in NODES:
        for record in story.records(node):
            for kind, compared, text in _identifiers(record):
                held = known.setdefault((kind, compared), {}).setdefault(
                    node, {"spellings": set(), "records": set()}
                )
                held["spellings"].add(text)
                held["records"].add(record["id"])
    for (kind, compared), nodes in sorted(known.items()):
        if len(nodes) > 1:
            held_by = {
                node: {what: sorted(values) for what, values in held.items()} for node, held in nodes.items()
            }
            yield {"kind": kind, "normal": compared, "nodes": held_by}


def _identifiers(record: Record) -> Iterator[tuple[str, str, str]]:
    properties = record["properties"]
    country = properties.get("country", [None])[0]
    for name, values in properties.items():
        kind = _CARRIERS.get(name)
        if kind == "document" and record["schema"] == "RoadVehicle":
            kind = "plate"
        for text in values if kind else ():
            yield kind or "", normal(kind or "", text, country), text


def _same_as(members: object) -> Iterator[dict[str, str]]:
    """Every pair of handles of one member that lie at different nodes."""
    if not isinstance(members, list):
        raise TypeError(f"members of truth.yaml: {type(members).__name__} instead of a list")
    for member in members:
        for left, right in combinations(member["handles"], 2):
            yield {"left": left, "right": right, "name": member["name"]}
