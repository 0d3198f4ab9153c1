"""What reports count: sums, what is counted once, periods, units; laws that hold for any records."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.handling import DataUse
from policy.terms import LegalBasis, Purpose, Status
from sharing.labels import of_basis, of_property, of_purpose, of_schema, of_status, of_use
from sharing.reports.amounts import Range, based, number, written
from sharing.reports.catalogue import catalogue, substance
from sharing.reports.counting import Counted, Item, count
from sharing.reports.terms import Aside, Matter
from sharing.wording import Language

SERVICES = ("eu.europol", "fr.ofast", "se.polisen")
GAP = "\N{NO-BREAK SPACE}"


def item(handle: str, schema: str = "Seizure", **said: str) -> Item:
    """A record at a node; `said` over what a seizure in April says."""
    told = (
        {"drug": "cocaine", "quantity": "10", "unit": "kg", "date": "2026-04-18"}
        if schema == "Seizure"
        else {}
    )
    return Item(
        handle, handle.partition("/")[0], schema, {name: (text,) for name, text in (told | said).items()}
    )


def joint(told: Counted) -> dict[str, Range]:
    return {f"{each.line.what}{each.line.unit}": each.amount for each in told.figures if not each.service}


@st.composite
def records(draw: st.DrawFn) -> tuple[list[Item], list[list[str]]]:
    """Seizures of several services, some of them held to be the same."""
    found = [
        item(
            f"{draw(st.sampled_from(SERVICES))}/sz-{place}",
            drug=draw(st.sampled_from(["cocaine", "kokain", "heroin"])),
            quantity=draw(st.sampled_from(["1", "2.5", "40", "x"])),
            unit=draw(st.sampled_from(["kg", "g", "tablets"])),
            date=draw(st.sampled_from(["2026-04-18", "2026-04", "2026", "2026-05-01", ""])),
        )
        for place in range(draw(st.integers(0, 8)))
    ]
    handles = [each.handle for each in found]
    pairs = st.lists(st.sampled_from(handles), min_size=2, max_size=3, unique=True)
    return found, draw(st.lists(pairs, max_size=2)) if len(handles) > 2 else []


@given(records())
def test_services_add_up_to_the_joint_figure_unless_something_is_the_same(
    told: tuple[list[Item], list[list[str]]],
) -> None:
    items, same = told
    apart, together = count(items), count(items, same)
    for line in {each.line for each in together.figures}:
        own, one = (
            [each.amount for each in one.figures if each.line == line and each.service]
            for one in (apart, together)
        )
        (least,) = (each.amount for each in together.figures if each.line == line and not each.service)
        (most,) = (each.amount for each in apart.figures if each.line == line and not each.service)
        assert (most.low, most.high) == (sum(each.low for each in own), sum(each.high for each in own))
        assert least.low <= most.low
        assert least.high <= most.high
        assert least.high >= max(each.high for each in one)
    assert {each.line for each in apart.figures} == {each.line for each in together.figures}


@given(records(), st.randoms())
def test_the_order_of_records_and_groups_says_nothing(
    told: tuple[list[Item], list[list[str]]], chance: object
) -> None:
    items, same = told
    other = sorted(items, key=lambda each: hash((each.handle, chance.random())))  # type: ignore[attr-defined]
    assert count(items, same) == count(other, [group[::-1] for group in reversed(same)])


@given(records())
def test_every_record_is_in_a_figure_or_aside_and_one_more_makes_nothing_less(
    told: tuple[list[Item], list[list[str]]],
) -> None:
    items, same = told
    whole = count(items, same, "2026-04")
    counted = {handle for each in whole.figures for handle in each.handles}
    assert counted | set(whole.asides) == {each.handle for each in items}
    assert counted & set(whole.asides) == set()
    less, more = joint(count(items[:-1], same, "2026-04")), joint(whole)
    assert all(less[line].high <= more[line].high for line in less)


@pytest.mark.parametrize(
    ("date", "why"),
    [
        ("2026-04-18", None),
        ("2026-04-30T23:59", None),
        ("2026-04", None),
        ("2026", Aside.UNDATED),
        ("", Aside.UNDATED),
        ("the 18th", Aside.UNDATED),
        ("2026-05-01", Aside.ELSEWHEN),
        ("2025", Aside.ELSEWHEN),
    ],
)
def test_a_month_counts_what_lies_in_it_as_a_whole(date: str, why: Aside | None) -> None:
    assert count([item("fr.ofast/1", date=date)], (), "2026-04").asides.get("fr.ofast/1") is why


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"eventCount": "12"}, Aside.STATISTIC),
        ({"quantity": "-1"}, Aside.UNREADABLE),
        ({"quantity": "612 kg"}, Aside.UNREADABLE),
        ({"quantity": "NaN"}, Aside.UNREADABLE),
        ({"quantity": "1" * 40}, Aside.UNREADABLE),
        ({"unit": ""}, Aside.UNREADABLE),
        ({"drug": " "}, Aside.UNREADABLE),
    ],
)
def test_what_counts_for_nothing_says_why(said: dict[str, str], why: Aside) -> None:
    told = count([item("fr.ofast/1", **said)])
    assert (told.figures, told.asides) == ((), {"fr.ofast/1": why})


def test_several_values_are_no_number() -> None:
    two = Item(
        "fr.ofast/1", "fr.ofast", "Seizure", {"drug": ["cocaine"], "quantity": ["1", "2"], "unit": ["kg"]}
    )
    assert count([two]).asides == {"fr.ofast/1": Aside.SEVERAL}


def test_arrests_goods_and_cash_each_count_in_their_own_unit() -> None:
    told = count(
        [
            item("fr.ofast/a", "Arrest", persons="3"),
            item("se.polisen/a", "Arrest", persons="2", date="2026-04-18"),
            item("fr.ofast/w", "SeizedGoods", goodsKind="WEAPON", quantity="2"),
            item("fr.ofast/v", "SeizedGoods", goodsKind="vehicle", quantity="1", unit="pièces"),
            item("fr.ofast/x", "SeizedGoods", goodsKind="crane", quantity="1"),
            item("fr.ofast/c", "SeizedGoods", goodsKind="CASH", amount="120000.50", currency="eur"),
            item("se.polisen/c", "SeizedGoods", goodsKind="CASH", amount="900", currency="SEK"),
            item("se.polisen/d", "SeizedGoods", goodsKind="CASH", amount="900"),
            item("fr.ofast/p", "Person"),
        ]
    )
    found = [each for each in told.figures if not each.service]
    named = {(each.line.what or each.line.matter, each.line.unit): each.amount.low for each in found}
    assert named == {
        (Matter.ARREST, "person"): Decimal(5),
        ("WEAPON", "piece"): Decimal(2),
        ("VEHICLE", "piece"): Decimal(1),
        ("OTHER", "piece"): Decimal(1),
        (Matter.CASH, "EUR"): Decimal("120000.50"),
        (Matter.CASH, "SEK"): Decimal(900),
    }
    assert told.asides == {"se.polisen/d": Aside.UNREADABLE}
    assert told.maybe == (("fr.ofast/a", "se.polisen/a"),)


def test_the_same_seizure_of_two_services_counts_once_only_where_somebody_says_so() -> None:
    two = [
        item("fr.ofast/1", quantity="612"),
        item("se.polisen/1", drug="Kokain", quantity="610000", unit="g"),
    ]
    told = count(two)
    assert joint(told) == {"cocaineg": Range(Decimal(1_222_000), Decimal(1_222_000))}
    assert told.maybe == (("fr.ofast/1", "se.polisen/1"),)
    said = count(two, [["fr.ofast/1", "se.polisen/1"]])
    assert joint(said) == {"cocaineg": Range(Decimal(610_000), Decimal(612_000))}
    assert (said.maybe, said.once) == ((), (("fr.ofast/1", "se.polisen/1"),))


def test_a_record_of_two_cases_joins_what_both_hold_to_be_the_same() -> None:
    three = [item("fr.ofast/1"), item("se.polisen/1"), item("eu.europol/1")]
    told = count(three, [["fr.ofast/1", "se.polisen/1"], ["se.polisen/1", "eu.europol/1"]])
    assert joint(told)["cocaineg"].high == Decimal(10_000)


@pytest.mark.parametrize(
    ("amount", "unit", "language", "says"),
    [
        ("612", "kg", Language.FR, f"612{GAP}kg"),
        ("1234.5", "kg", Language.SV, f"1{GAP}234,5{GAP}kg"),
        ("1234.5", "kg", Language.EN, f"1{GAP}234.5{GAP}kg"),
        ("0.5", "g", Language.FR, f"0,5{GAP}g"),
        ("2", "lb", Language.EN, f"907.18474{GAP}g"),
        ("120", "Comprimés", Language.EN, f"120{GAP}tablets"),
        ("3", "blister  packs", Language.EN, f"3{GAP}blister packs"),
        ("100", "t", Language.EN, f"100{GAP}000{GAP}kg"),
        ("1", "pieces", Language.FR, f"1{GAP}pièce"),
        ("2", "pieces", Language.FR, f"2{GAP}pièces"),
    ],
)
def test_quantities_as_they_are_read_and_written(
    amount: str, unit: str, language: Language, says: str
) -> None:
    read = number(amount)
    assert read is not None
    base, code = based(read, unit)
    assert written(Range(base, base), code, language) == says


def test_from_one_to_three_is_many() -> None:
    assert written(Range(Decimal(1), Decimal(3)), "person", Language.EN) == f"1\N{EN DASH}3{GAP}persons"


@pytest.mark.parametrize("language", list(Language))
def test_codes_of_the_vocabulary_are_told_in_words_of_their_own(language: Language) -> None:
    told = (
        [of_purpose(each, language) for each in Purpose],
        [of_basis(each, language) for each in LegalBasis],
        [of_use(each, language) for each in DataUse],
        [of_status(each, language) for each in Status],
    )
    for words in told:
        assert len(set(words)) == len(words)
        assert not {each for each in words if "_" in each or each.isupper()}
    assert of_status("THEIR_OWN_CODE", language) == "THEIR_OWN_CODE"


def test_every_spelling_is_of_one_thing_and_labels_are_there() -> None:
    words = catalogue()
    spelt = [word for code, unit in words.units.items() for word in (code, *unit.spelt)]
    named = [word for code, known in words.substances.items() for word in (code, *known)]
    assert len(spelt) == len(set(spelt))
    assert len(named) == len(set(named))
    assert all(word == word.casefold() for word in (*spelt, *named))
    assert substance("  KOKAIN ") == "cocaine"
    assert substance("2C-B") == "2c-b"
    assert of_schema("Arrest", Language.SV) == "Gripande"
    assert of_property("persons", Language.FR) == "Nombre de personnes"
    assert of_property("noSuchThing", Language.FR) == "noSuchThing"
