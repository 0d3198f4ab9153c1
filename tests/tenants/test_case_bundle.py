"""Device evidence in CASE/UCO: a laboratory's file becomes records, and nothing hostile in one does."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.envelope import Defaults
from tenants.errors import Rejected, SourceRejected
from tenants.formats.case_words import CONTEXT, STEPS
from tenants.formats.known import codecs
from tenants.formats.port import Format, Item, Parcel
from tenants.model import load_model
from tenants.record import Reader

MODEL = load_model()
CODEC = codecs(MODEL)[Format.CASE]
FILE = Path(__file__).with_name("files") / "extraction.case.jsonld"
CASE_ID = "case-11f2a6a3-5d6f-4d0f-9f9b-0000000000"


def taken(*nodes: Mapping[str, Any], context: object = CONTEXT) -> list[Any]:
    document = {"@context": context, "@graph": list(nodes)}
    return list(CODEC.read(json.dumps(document).encode()))


def codes(found: list[Any]) -> list[str]:
    return [each.code for each in found if isinstance(each, Rejected)]


def test_a_laboratorys_file_becomes_records_that_the_shelf_takes() -> None:
    found = list(CODEC.read(FILE.read_bytes()))
    rows = {each["id"].removeprefix(CASE_ID): each for each in found if not isinstance(each, Rejected)}
    assert [each.code for each in found if isinstance(each, Rejected)] == ["UNKNOWN_TYPE"]
    assert {name: each["schema"] for name, each in rows.items()} == {
        "10": "Device", "30": "PhoneNumber", "32": "UserAccount", "40": "ExtractedMessage", "50": "Call",
        "60": "Person", "70": "Document", "91": "UnknownLink",
    }  # fmt: skip
    assert rows["10"]["properties"] == {
        "name": ["F-9"], "imei": ["490154203237518"], "make": ["Fonema"], "model": ["F-9"],
        "serialNumber": ["FN9004711"], "exhibit": ["LIL-26-014/1"],
    }  # fmt: skip
    assert rows["40"]["properties"] == {
        "name": ["org.example.veil"],
        "body": ["La boîte XQZU 522017 3 sort jeudi."], "sentAt": ["2026-03-02T17:15:04"],
        "service": ["org.example.veil"], "senderHandle": ["lerouge@veil.example", "Le Rouge"],
        "recipientNumber": ["+46 70 174 06 05"], "recipientHandle": ["kaj"], "device": [f"{CASE_ID}10"],
    }  # fmt: skip
    assert rows["60"]["properties"] == {"name": ["Kajsa (port)"], "phone": ["+46 70 174 06 05"]}
    reader = Reader(MODEL, "fr.ofast", Defaults({"dataset": "devices"}))
    records = {name: reader.read(each) for name, each in rows.items()}
    assert records["60"].envelope.subject_category == "UNCATEGORISED", "a phone book says no category"
    assert records["50"].properties["callerNumber"] == ("+46701740605",)
    stated = records["40"].envelope.provenance
    assert (stated.reference, stated.acquisition, stated.tool and stated.tool.version) == (
        "LIL-26-014/1", "EXTRACTION", "7.57.1.9",
    )  # fmt: skip
    assert [(each.step, each.by) for each in stated.custody] == [
        ("ACQUIRED", "Laboratoire numérique de Lille"),
        ("PROCESSED", "Laboratoire numérique de Lille"),
    ], "in the order of time, whatever that of the file"
    digest = records["70"].envelope.provenance.digest
    assert digest == "sha256:6b51d431df5d7f141cbececcf79edf3dd861c3b4069f0b11661a3eefacbba918"


def facet(kind: str, **told: Any) -> dict[str, Any]:
    said = {f"uco-observable:{name}": value for name, value in told.items()}
    return {"@type": f"uco-observable:{kind}"} | said


def thing(name: str, *facets: Mapping[str, Any], **told: Any) -> dict[str, Any]:
    return {
        "@id": f"kb:{name}",
        "@type": "uco-observable:ObservableObject",
        "uco-core:hasFacet": list(facets),
    } | told


PHONE = thing("a", facet("MobileDeviceFacet", IMEI="490154203237518"))
OTHER = thing("b", facet("MobileDeviceFacet", IMEI="490154203237526"))


def link(source: str, target: str, name: str = "r") -> dict[str, Any]:
    ends = {f"uco-core:{end}": {"@id": f"kb:{at}"} for end, at in (("source", source), ("target", target))}
    return {"@id": f"kb:{name}", "@type": "uco-observable:ObservableRelationship"} | ends


def marked(text: str) -> dict[str, Any]:
    statement = {"@type": "uco-marking:StatementMarking", "uco-marking:statement": text}
    mark = {"@id": "kb:m", "@type": "uco-marking:MarkingDefinition", "uco-marking:definition": [statement]}
    return {"uco-core:objectMarking": [mark]}


DEEP: dict[str, Any] = {"@id": "kb:deep"}
for _ in range(40):
    DEEP = {"@id": "kb:deep", "uco-core:object": [DEEP]}
MESSAGE = facet("MessageFacet", messageText="x", **{"from": {"@id": "kb:nobody"}})
ACTION = {"@id": "kb:i", "@type": "case-investigation:InvestigativeAction"}
ACTION |= {"uco-action:endTime": "2026-03-05T10:00:00"}
HOSTILE: list[tuple[str, list[dict[str, Any]], list[str]]] = [
    ("a kind that has no place here", [thing("a", facet("X509CertificateFacet"))], ["UNKNOWN_TYPE"]),
    ("one identifier, two objects", [PHONE, {**OTHER, "@id": "kb:a"}], ["DUPLICATE_ID"]),
    ("one object twice", [PHONE, PHONE], []),
    ("an object without an identifier", [{**PHONE, "@id": "_:b0"}], ["NO_ID"]),
    ("a link to nothing", [PHONE, link("a", "z")], ["DANGLING"]),
    ("a link to itself", [PHONE, link("a", "a")], ["CYCLE"]),
    ("links that go round", [PHONE, OTHER, link("a", "b", "r1"), link("b", "a", "r2")], []),
    ("a message from an account that is not there", [thing("a", MESSAGE)], ["DANGLING"]),
    ("a marking that is no TLP", [PHONE | marked("eyes only")], ["MARKING_UNKNOWN"]),
    ("nodes without end", [DEEP], ["DEPTH"]),
    ("a keyword that turns the graph around", [PHONE | {"@reverse": {}}], ["KEYWORD"]),
    ("a context within", [PHONE | {"@context": {"uco-core": "urn:x:"}}], ["KEYWORD"]),
    ("a list within a list", [PHONE | {"uco-core:name": [["x"]]}], ["NOT_VALUES"]),
    ("an action without a zone", [ACTION], ["ACTION_TIME"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "nodes", "expected"), HOSTILE, ids=[what for what, _, _ in HOSTILE])
def test_what_is_hostile_or_unknown_is_rejected_by_name(
    what: str, nodes: list[dict[str, Any]], expected: list[str]
) -> None:
    assert codes(taken(*nodes)) == expected, what


CONTEXTS: list[tuple[object, str]] = [
    ("https://example.org/context.jsonld", "CONTEXT_REMOTE"),
    ([dict(CONTEXT), "file:///etc/passwd"], "CONTEXT_REMOTE"),
    ({"@import": "https://example.org/c"}, "CONTEXT_REMOTE"),
    ({"a": "b:x", "b": "a:x"}, "CONTEXT"),
    ({"a": {"@id": "urn:x", "@context": {}}}, "CONTEXT"),
    ({"a": {"@id": "urn:x", "@container": "@graph"}}, "CONTEXT"),
    ({"@propagate": False}, "CONTEXT"),
    (7, "CONTEXT"),
]


@pytest.mark.parametrize(("context", "code"), CONTEXTS)
def test_a_context_is_in_the_document_and_plain_or_the_file_is_not_read(context: object, code: str) -> None:
    with pytest.raises(SourceRejected) as caught:
        taken(PHONE, context=context)
    assert caught.value.code == code


def test_names_mean_what_the_documents_own_context_says() -> None:
    context = {
        "o": CONTEXT["uco-observable"], "core": CONTEXT["uco-core"], "id": "@id", "type": "@type",
        "facets": {"@id": "core:hasFacet", "@container": "@set"}, "@vocab": "urn:other#",
    }  # fmt: skip
    device = {"id": "urn:x:1", "type": "o:MobileDevice"}
    (row,) = taken(
        device | {"facets": [{"type": "o:MobileDeviceFacet", "o:IMEI": 490154203237518, "IMEI": "not this"}]},
        context=context,
    )
    assert (row["schema"], row["properties"]) == (
        "Device",
        {"name": ["490154203237518"], "imei": ["490154203237518"]},
    )


def test_a_tlp_that_is_stated_is_taken() -> None:
    (row,) = taken(PHONE | marked("TLP:AMBER+STRICT for the laboratory"))
    assert row["envelope"] == {"tlp": "AMBER+STRICT"}


STATED = {
    "instrument": "EIO", "authority": "Parquet de Lille", "method": "chip-off", "reference": "LIL-26-014/1",
    "tool": {"name": "Extractor PA", "version": "7"}, "digest": f"sha256:{'b' * 64}",
    "custody": [
        {"at": "2026-03-05T09:10:00Z", "by": "Lab", "step": "ACQUIRED", "after": f"sha256:{'a' * 64}"},
        {"at": "2026-03-05T11:10:00Z", "by": "Lab", "step": "DECRYPTED", "before": f"sha256:{'a' * 64}",
         "after": f"sha256:{'b' * 64}"},
    ],
}  # fmt: skip
EVIDENCE = {
    "id": "d-1", "schema": "ExtractedMessage",
    "properties": {"body": ["x"], "sentAt": ["2026-03-02T17:15:04"], "senderNumber": ["+46701740605"]},
    "envelope": {"owner": "fr.ofast", "tlp": "AMBER", "handling": ["H1"], "provenance": STATED},
}  # fmt: skip


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    (file,) = CODEC.write(Parcel((Item("fr.ofast", row),), {"case": "FR-7", "handling": "H1"}))
    told: dict[str, Any] = json.loads(file.content)
    return told


def test_evidence_is_written_as_actions_with_their_digests() -> None:
    told = written(EVIDENCE)
    actions = [each for each in told["@graph"] if each["@type"] == "case-investigation:InvestigativeAction"]
    assert [each["uco-core:name"] for each in actions] == [STEPS["ACQUIRED"], STEPS["DECRYPTED"]]
    after, before = actions[0]["uco-action:result"], actions[1]["uco-action:object"]
    assert after == before, "the chain closes: what one action made is what the next one took"
    (record,) = [each for each in told["@graph"] if each["@type"] == "case-investigation:ProvenanceRecord"]
    assert {"@id": record["@id"]} in actions[1]["uco-action:result"]
    assert record["case-investigation:exhibitNumber"] == "LIL-26-014/1"
    whole = told["@graph"][0]
    assert "Left out: CONSENTS, GRANTS" in whole["uco-core:description"]


@settings(max_examples=60)
@given(data=st.data())
def test_an_altered_object_takes_its_record_down_with_it(data: st.DataObject) -> None:
    """Whatever object of a record is altered or taken away, the record is not taken as it stands."""
    told = written(EVIDENCE)
    place = data.draw(st.integers(1, len(told["@graph"]) - 1))
    if data.draw(st.booleans()):
        told["@graph"][place]["uco-core:description"] = "altered"
    else:
        del told["@graph"][place]
    found = list(CODEC.read(json.dumps(told).encode()))
    assert not [each for each in found if not isinstance(each, Rejected)]
    assert place == 1 or "CONTRADICTS" in codes(found)
