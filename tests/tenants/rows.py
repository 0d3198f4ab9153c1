"""A small shelf full of awkward records: absent values, case variants, wildcards, hidden ends, doubles."""

import random
from typing import Any

PHONES = ("+33 6 12 34 56 78", "0033612345678", "+46 70 123 45 67", "+32 470 12 34 56")
NAMES = (
    "Jean Exemple",
    "EXEMPLE, jean",
    "Жан Экземпл",
    "Jean-Marie Exempleton",
    "Åsa Öst",
    "Anna Al",
    'Jean "Quote" \\ Ex\u2028emple',
)
CASES = (None, "C-1", "c-1", "C_1", "Cx1", "C-10")
DATASETS = ("cases", "Cases", "ports_a", "portsxa")
RETAIN = (None, "2020-01-01", "2030-01-01", "2040-06-30")


def make_rows(seed: int, number: int = 60) -> list[dict[str, Any]]:
    """Persons, companies, links between them (some dangling), each in an envelope of its own."""
    chance = random.Random(seed)
    rows = [_thing(chance, n) for n in range(number)]
    ids = [row["id"] for row in rows] + ["nobody"]
    edges = [_edge(chance, n, ids) for n in range(number)]
    return rows + edges + [_vehicle(chance, n, ids) for n in range(number // 3)]


def _thing(chance: random.Random, n: int) -> dict[str, Any]:
    person = chance.random() < 0.7
    said: dict[str, list[str]] = {"name": chance.sample(NAMES, chance.randint(1, 2))}
    for name, values in (("phone", PHONES), ("country", ("fr", "se")), ("email", ("a@b.eu", "A@B.EU"))):
        if chance.random() < 0.6:
            said[name] = [chance.choice(values)]
    if person and chance.random() < 0.5:
        said["passportNumber"] = [chance.choice(["12-AB", "12ab", "+33612345678"])]
        said["birthDate"] = ["1980-02-01"]
    category = chance.choice(["SUSPECT_OR_CONVICTED", "WITNESS", None]) if person else None
    envelope = _envelope(chance) | ({"subject_category": category} if category else {})
    return {
        "id": f"{chance.choice('pPq')}-{n}",
        "schema": "Person" if person else "Company",
        "properties": said,
        "envelope": envelope,
    }


def _edge(chance: random.Random, n: int, ids: list[str]) -> dict[str, Any]:
    ends = {"subject": [chance.choice(ids)], "object": chance.sample(ids, chance.choice([1, 1, 2]))}
    return {"id": f"e-{n}", "schema": "UnknownLink", "properties": ends, "envelope": _envelope(chance)}


def _vehicle(chance: random.Random, n: int, ids: list[str]) -> dict[str, Any]:
    """A thing that refers to others, and whose caption has more than one choice."""
    said = {"owner": chance.sample(ids, chance.randint(0, 4)), "proof": chance.sample(ids, 1)}
    said |= {"name": [chance.choice(NAMES)]}
    if chance.random() < 0.6:
        said["registrationNumber"] = [chance.choice(("AB-123-CD", "XY 123"))]
    said = {name: values for name, values in said.items() if values}
    return {"id": f"v-{n}", "schema": "Vehicle", "properties": said, "envelope": _envelope(chance)}


def _envelope(chance: random.Random) -> dict[str, Any]:
    said: dict[str, Any] = {
        "dataset": chance.choice(DATASETS),
        "case": chance.choice(CASES),
        "owner": chance.choice(["fr.ofast", "se.polisen"]),
        "handling": chance.sample(["H0", "H1", "H2", "H3"], chance.randint(0, 3)),
        "source": chance.choice("ABCX"),
        "information": chance.choice("1234"),
        "tlp": chance.choice(["RED", "AMBER+STRICT", "GREEN"]),
        "assessment": chance.choice(["FACT", "ASSESSMENT"]),
        "ongoing": chance.random() < 0.3,
        "retain_until": chance.choice(RETAIN),
        "handling_text": chance.choice([None, 'ask "first"']),
        "provenance": {"authority": chance.choice([None, "JIRS Lille"])},
    }
    return {key: value for key, value in said.items() if value is not None}
