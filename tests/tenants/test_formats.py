"""Every format brings back what it was given, and takes nothing from a file that it cannot vouch for."""

import json
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st
from pymisp import MISPEvent

from tenants.errors import Rejected, SourceRejected
from tenants.formats.cells import escaped, joined, led, parted, unled
from tenants.formats.known import codecs
from tenants.formats.port import Codec, Format, Item, Parcel
from tenants.formats.stix_bundle import EXTENSION, TLP
from tenants.model import load_model

CODECS = codecs(load_model())
KINDS = load_model().kinds
HOSTILE = st.sampled_from(
    [*"=+-@＝;\\'\", \t\r\n\x00\x0b\u2028\u202e\ufeff\uffff😀é<&>]", "; ", "]]>", "\\u{41}"]
)
TEXTS = st.lists(HOSTILE | st.characters(codec="utf-8"), min_size=1, max_size=6).map("".join)
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,8}", fullmatch=True)
NODES = st.sampled_from(["fr.ofast", "se.polisen"])
EVIDENCE = {
    "tool": st.just({"name": "reader", "version": "4"}),
    "custody": st.lists(st.fixed_dictionaries({"by": TEXTS}), min_size=1, max_size=2),
    "rulings": st.just([{"country": "SE", "status": "EXCLUDED", "decided": "2026-06-02"}]),
}  # fmt: skip
WORDS = {
    "owner": NODES, "dataset": st.just("cases"), "case": st.just("FR-2026-0418"),
    "subject_category": st.sampled_from(["WITNESS", "NOT_A_PERSON"]), "handling_text": TEXTS,
    "handling": st.lists(st.sampled_from(["H0", "H1", "H2", "H3"]), min_size=1, unique=True).map(sorted),
    "source": st.sampled_from(["A", "X"]), "information": st.sampled_from(["1", "4"]),
    "tlp": st.sampled_from(["AMBER", "AMBER+STRICT", "RED", "CLEAR"]), "assessment": st.just("FACT"),
    "provenance": st.fixed_dictionaries({"authority": TEXTS}, optional=EVIDENCE),
}  # fmt: skip
SCHEMATA = (
    "Person",
    "Company",
    "UserAccount",
    "Payment",
    "Ownership",
    "Device",
    "PhoneNumber",
    "CryptoWallet",
    "Email",
    "Sim",
    "ExtractedMessage",
    "Call",
    "Document",
)


@st.composite
def rows(draw: st.DrawFn, ids: list[str]) -> Mapping[str, Any]:
    kind = KINDS[draw(st.sampled_from(SCHEMATA))]
    names = draw(st.lists(st.sampled_from(sorted(kind.properties)), max_size=4, unique=True))
    ends = draw(st.sampled_from([kind.ends, ()]))
    refer = st.sampled_from(ids)
    properties = {
        name: draw(st.lists(refer if name in kind.references else TEXTS, min_size=1, max_size=2, unique=True))
        for name in {*names, *ends}
    }
    return {
        "schema": kind.name,
        "properties": properties,
        "envelope": draw(st.fixed_dictionaries({}, optional=WORDS)),
    }


@st.composite
def parcels(draw: st.DrawFn) -> Parcel:
    handles = draw(st.lists(st.tuples(NODES, IDS), min_size=1, max_size=5, unique=True))
    ids = [name for _, name in handles]
    items = [Item(node, {"id": name, **draw(rows(ids))}) for node, name in handles]
    return Parcel(tuple(items), {"export": "x-1", "handling": "H0 H1", "use": "ONWARD"})


def ordered(found: list[Any]) -> list[str]:
    return sorted(
        repr(sorted(each.items())) if not isinstance(each, Rejected) else repr(each) for each in found
    )


def plain(row: Mapping[str, Any]) -> Any:
    """The row with its tables in one order."""
    tables = {name: dict(sorted(row[name].items())) for name in ("properties", "envelope")}
    if stated := tables["envelope"].get("provenance"):
        tables["envelope"]["provenance"] = dict(sorted(stated.items()))
    return {"id": row["id"], "schema": row["schema"], **tables}


def back(codec: Codec, parcel: Parcel) -> list[Any]:
    return [
        each if isinstance(each, Rejected) else plain(each)
        for file in codec.write(parcel)
        for each in codec.read(file.content.encode())
    ]


@pytest.mark.parametrize("name", list(Format))
@settings(max_examples=40)
@given(parcel=parcels())
def test_what_was_written_comes_back_unchanged(name: Format, parcel: Parcel) -> None:
    assert ordered(back(CODECS[name], parcel)) == ordered([plain(each.row) for each in parcel.items])


@pytest.mark.parametrize("name", list(Format))
@settings(max_examples=30)
@given(parcel=parcels(), at=st.floats(0, 1), size=st.integers(0, 40), junk=st.binary(max_size=6))
def test_a_damaged_file_is_rejected_or_read(
    name: Format, parcel: Parcel, at: float, size: int, junk: bytes
) -> None:
    for file in CODECS[name].write(parcel):
        content = file.content.encode()
        start = int(at * len(content))
        found = taken(CODECS[name], content[:start] + junk + content[start + size :])
        assert all(isinstance(each, Mapping | Rejected) for each in found)


@pytest.mark.parametrize("name", list(Format))
@settings(max_examples=30)
@given(junk=st.binary(max_size=60))
def test_what_is_no_file_of_the_format_ends_well(name: Format, junk: bytes) -> None:
    assert all(isinstance(each, Rejected) for each in taken(CODECS[name], junk))


def taken(codec: Codec, content: bytes) -> list[Any]:
    """What a file gives; the rejection of the whole is the only other end."""
    try:
        return list(codec.read(content))
    except SourceRejected as rejected:
        return [rejected]


@given(st.lists(TEXTS, max_size=4))
def test_texts_in_one_cell_come_back(texts: list[str]) -> None:
    cell = joined(texts)
    assert parted(cell, "x") == texts
    assert cell == escaped(cell).replace("\\\\", "\\").replace("\\;", ";") or ";" in cell or "\\" in cell
    assert cell.isprintable() or all(each.isprintable() or each.isspace() for each in cell)
    assert unled(led(cell)) == cell


@pytest.mark.parametrize("cell", ["\\", "a\\", "\\u{110000}", "\\u{ffffff}"])
def test_a_cell_that_nobody_wrote_so_is_rejected(cell: str) -> None:
    with pytest.raises(Rejected, match="ESCAPE"):
        parted(cell, "ftm:name")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
XML: list[tuple[Format, str, str]] = [
    (Format.GRAPHML, f"{BOMB}<graphml>&b;</graphml>", "XML_ENTITIES"),
    (Format.GEXF, f"{BOMB}<gexf>&b;</gexf>", "XML_ENTITIES"),
    (Format.GRAPHML, "<!DOCTYPE graphml SYSTEM 'file:///etc/passwd'><graphml/>", "XML_ENTITIES"),
    (Format.GRAPHML, "<graphml>" + "<a>" * 50 + "</a>" * 50 + "</graphml>", "NOT_A_GRAPH"),
    (Format.GRAPHML, "<svg/>", "NOT_A_GRAPH"),
    (Format.GEXF, "<gexf/>", "NOT_A_GRAPH"),
    (Format.GRAPHML, "<graphml><graph><node id='a'/><node id='a'/></graph></graphml>", "DUPLICATE_ID"),
    (Format.GRAPHML, "<graphml><key id='d0' for='node' attr.name='a'/></graphml>", "NOT_A_GRAPH"),
    (Format.GRAPHML, "<graphml><graph><node id='a'><port name='p'/></node></graph></graphml>", "NOT_A_GRAPH"),
    (Format.GRAPHML, "<graphml><graph>", "XML"),
    (Format.CHART, '"name","name"\r\n', "HEADER"),
    (Format.CHART, "", "HEADER"),
]


@pytest.mark.parametrize(("name", "text", "code"), XML)
def test_a_hostile_file_is_not_read(name: Format, text: str, code: str) -> None:
    with pytest.raises(SourceRejected) as caught:
        list(CODECS[name].read(text.encode()))
    assert caught.value.code == code


PAYMENT = {
    "id": "pay-1", "schema": "Payment", "envelope": {"owner": "fr.ofast"},
    "properties": {"payer": ["p-1", "p-3"], "beneficiary": ["p-2"], "amount": ["9000"]},
}  # fmt: skip
PERSON = {"id": "p-1", "schema": "Person", "envelope": {}, "properties": {"name": ["=Åsa; H"]}}
MARKED = {"handling": ["H1"], "tlp": "AMBER", "source": "B", "information": "2"}
SMALL = Parcel((Item("fr.ofast", PAYMENT), Item("fr.ofast", PERSON)))


@pytest.mark.parametrize("name", [Format.GRAPHML, Format.GEXF])
@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('target="fr.ofast/p-2"', 'target="fr.ofast/p-1"', "ENDS"),
        ("RECORD", "OTHER", "NO_RECORD"),
        ("Payment", "Person", "NO_LINK"),
    ],
)
def test_a_tie_that_was_altered_is_rejected(name: Format, old: str, new: str, code: str) -> None:
    (file,) = CODECS[name].write(SMALL)
    found = CODECS[name].read(file.content.replace(old, new).encode())
    assert code in {each.code for each in found if isinstance(each, Rejected)}


@pytest.mark.parametrize("name", [Format.GRAPHML, Format.GEXF])
def test_a_link_that_is_two_ties_says_the_same_in_both(name: Format) -> None:
    (file,) = CODECS[name].write(SMALL)
    before, _, after = file.content.rpartition("9000")
    found = list(CODECS[name].read(f"{before}9001{after}".encode()))
    assert [each.code for each in found if isinstance(each, Rejected)] == ["CONTRADICTS"]


TWICE_NAMED = Parcel((*SMALL.items, Item("se.polisen", {**PERSON, "envelope": MARKED})))
SAYING = [each for each in Format if "ABOUT" not in CODECS[each].left_out]


@pytest.mark.parametrize("name", SAYING)
def test_a_file_that_can_says_itself_what_is_not_in_it(name: Format) -> None:
    assert len(SAYING) == 5
    (file,) = CODECS[name].write(TWICE_NAMED)
    assert all(code in file.content for code in (*CODECS[name].left_out, "IDS_TWICE"))
    assert "IDS_TWICE" not in CODECS[name].write(SMALL)[0].content


STATED = {"authority": "Lab", "rulings": [{"country": "SE", "status": "EXCLUDED"}]}


@pytest.mark.parametrize("name", list(Format))
def test_every_format_carries_what_is_stated_of_a_record_as_evidence(name: Format) -> None:
    item = Item("fr.ofast", {**PERSON, "envelope": {"provenance": STATED}})
    assert any("EXCLUDED" in each.content for each in CODECS[name].write(Parcel((item,))))


def test_a_chart_names_the_ends_and_begins_no_formula() -> None:
    entities, links = CODECS[Format.CHART].write(SMALL)
    assert '"\'=Åsa\\; H"' in entities.content
    assert links.content.count('"fr.ofast/p-2"') == 4, "two ties, each with its end and that end's label"
    assert "STUB" in entities.content


def stix(**told: Any) -> bytes:
    base = {"type": "identity", "id": "identity--1b4c", "name": "Jean", "identity_class": "individual"}
    return orjson.dumps({"type": "bundle", "objects": [base | told]})


STRANGE: list[tuple[dict[str, Any], str]] = [
    ({"type": "malware"}, "UNKNOWN_TYPE"),
    ({"name": 1}, "UNKNOWN_TYPE"),
    ({"identity_class": "class"}, "UNKNOWN_TYPE"),
    (
        {"object_marking_refs": ["marking-definition--00000000-0000-4000-8000-000000000000"]},
        "MARKING_UNKNOWN",
    ),
    ({"object_marking_refs": "all"}, "MARKING_UNKNOWN"),
    ({"extensions": {EXTENSION: {"record": []}}}, "NOT_A_RECORD"),
    ({"extensions": {EXTENSION: 1}}, "NOT_A_RECORD"),
]


@pytest.mark.parametrize(("told", "code"), STRANGE)
def test_what_stix_cannot_be_vouched_for_is_rejected(told: dict[str, Any], code: str) -> None:
    (found,) = CODECS[Format.STIX].read(stix(**told))
    assert isinstance(found, Rejected)
    assert found.code == code


def test_an_identity_of_another_program_is_taken_under_the_narrowest_of_its_tlp() -> None:
    (found,) = CODECS[Format.STIX].read(stix(object_marking_refs=[TLP["GREEN"], TLP["AMBER+STRICT"]]))
    assert not isinstance(found, Rejected)
    assert (found["schema"], found["properties"]) == ("Person", {"name": ["Jean"]})
    assert found["envelope"] == {"tlp": "AMBER+STRICT"}


@pytest.mark.parametrize("text", ["[]", "{}", '{"type": "bundle", "objects": 1}', "{" * 99, '{"a":1,"a":2}'])
def test_no_bundle_is_none(text: str) -> None:
    found = taken(CODECS[Format.STIX], text.encode())
    assert [each.code for each in found if isinstance(each, Rejected)] or text == "{}"


@pytest.mark.parametrize(
    ("old", "new"), [("Åsa; H", "Åsa; K"), (TLP["AMBER"], TLP["CLEAR"]), ("individual", "group")]
)
def test_an_object_that_contradicts_its_record_is_rejected(old: str, new: str) -> None:
    item = Item("fr.ofast", {**PERSON, "envelope": MARKED})
    (file,) = CODECS[Format.STIX].write(Parcel((item,)))
    before, _, after = file.content.rpartition(old)
    (found,) = CODECS[Format.STIX].read(f"{before}{new}{after}".encode())
    assert isinstance(found, Rejected)
    assert found.code == "CONTRADICTS"


@settings(max_examples=30)
@given(parcel=parcels())
def test_another_library_takes_our_stix(parcel: Parcel) -> None:
    (file,) = CODECS[Format.STIX].write(parcel)
    bundle = stix2.parse(file.content, allow_custom=True, version="2.1")
    assert len(bundle.objects) == len(orjson.loads(file.content)["objects"])


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 2**70) | TEXTS | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=3,
)


def disturbed(draw: st.DrawFn, value: Any) -> Any:
    """The value with something else at one place in it."""
    inside = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    if not inside or draw(st.integers(0, 5)) == 0:
        return draw(JUNK)
    place = draw(st.sampled_from(list(inside)))
    parts = dict(value) if isinstance(value, dict) else list(value)
    parts[place] = disturbed(draw, value[place])
    return parts


@pytest.mark.parametrize("name", [Format.STIX, Format.MISP, Format.CASE])
@settings(max_examples=100)
@given(parcel=parcels(), data=st.data())
def test_anything_anywhere_in_a_document_is_rejected_or_read(
    name: Format, parcel: Parcel, data: st.DataObject
) -> None:
    (file,) = CODECS[name].write(parcel)
    told = disturbed(data.draw, orjson.loads(file.content))
    found = taken(CODECS[name], json.dumps(told).encode())
    assert all(isinstance(each, Mapping | Rejected) for each in found)


def misp(attributes: list[Any], **told: Any) -> list[Any]:
    event = {"Event": {"Tag": [{"name": "tlp:amber"}], "Attribute": attributes, **told}}
    return list(CODECS[Format.MISP].read(orjson.dumps(event)))


def test_attributes_of_another_program_are_taken_under_the_narrowest_of_their_tlp() -> None:
    phone = {"type": "phone-number", "uuid": "5f0c", "value": "+33612345678"}
    green, red = (phone | {"Tag": [{"name": f"tlp:{each}"}]} for each in ("green", "red"))
    found = misp([phone, green, red, {"type": "md5", "uuid": "1", "value": "x"}, phone | {"uuid": 1}])
    assert [each["envelope"]["tlp"] for each in found[:3]] == ["AMBER", "AMBER", "RED"]
    assert (found[0]["id"], found[0]["properties"]) == ("misp-5f0c", {"number": ["+33612345678"]})
    assert [each.code for each in found[3:]] == ["UNKNOWN_TYPE"] * 2
    (strange,) = misp([phone | {"Tag": [{"name": "tlp:ex:chr"}]}])
    assert strange.code == "MARKING_UNKNOWN"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('entente:handling=\\"H1\\"', 'entente:handling=\\"H0\\"', "CONTRADICTS"),
        ("tlp:amber", "tlp:clear", "CONTRADICTS"),
        ('"entente-record"', '"person"', "UNKNOWN_TYPE"),
        ('"comment": "fr.ofast/p-1"', '"comment": "fr.ofast/p-2"', "ENDS"),
    ],
)
def test_a_misp_object_that_contradicts_its_record_is_rejected(old: str, new: str, code: str) -> None:
    (file,) = CODECS[Format.MISP].write(Parcel((Item("fr.ofast", {**PERSON, "envelope": MARKED}),)))
    before, found, after = file.content.rpartition(old)
    assert found
    (row,) = CODECS[Format.MISP].read(f"{before}{new}{after}".encode())
    assert isinstance(row, Rejected)
    assert row.code == code


@settings(max_examples=20)
@given(parcel=parcels())
def test_another_library_takes_our_misp(parcel: Parcel) -> None:
    (file,) = CODECS[Format.MISP].write(parcel)
    told = orjson.loads(file.content)["Event"]
    event = MISPEvent()
    event.load(file.content)
    assert [each.uuid for each in event.objects] == [each["uuid"] for each in told["Object"]]
    for ours, theirs in zip(told["Object"], event.objects, strict=True):
        assert [each.value for each in theirs.attributes] == [each["value"] for each in ours["Attribute"]]
        assert len(theirs.ObjectReference) == len(ours["ObjectReference"])
