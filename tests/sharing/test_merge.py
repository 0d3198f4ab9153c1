"""The merge keeps everything and does not care for order; the payload is read as hostile."""

import random
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.terms import Status
from sharing.answer_shape import Content, Neighbours, read_content
from sharing.errors import MergeRefused, ShapeRefused
from sharing.merge import SameAs, merge
from sharing.message import Answer, Refused, Reply, Silence
from tests.sharing.office import NOW

NODES = ("fr.ofast", "se.polisen", "eu.europol", "de.bka")
DIGEST = "sha256:" + "0" * 64


def record(id: str, **changes: Any) -> dict[str, Any]:  # noqa: A002  # the field's name
    return {
        "id": id,
        "schema": "Person",
        "caption": "Jean Exemple",
        "dataset": "cases",
        "caseRef": None,
        "owner": "fr.ofast",
        "subjectCategory": "SUSPECT_OR_CONVICTED",
        "handling": ["H0", "H2"],
        "handlingText": None,
        "source": "B",
        "information": "2",
        "tlp": "AMBER+STRICT",
        "assessment": "FACT",
        "version": 1,
        "recordedAt": "2026-11-21T07:50:00+00:00",
        "mode": "record",
        "grants": ["g-1@1"],
        "masked": ["birthDate"],
        "properties": [{"name": "name", "values": ["Jean Exemple", "\u202egnp.exe"]}],
        "identifiers": [{"kind": "phone", "normal": "+33612345678", "original": "06 12 34 56 78"}],
        "authority": "OFAST",
    } | changes


def payload(*records: dict[str, Any], **changes: Any) -> bytes:
    return orjson.dumps({"hit": True, "contact": None, "records": list(records), "more": False} | changes)


def answer(node: str, body: bytes, status: Status = Status.ANSWERED, **changes: Any) -> Answer:
    facts: dict[str, Any] = {
        "grants": ("g-1@1",),
        "masked": ("birthDate",),
        "salt": "s",
        "receipt": f"receipt of {node}",
    }
    facts |= changes
    return Answer(node, "q-1", DIGEST, status, body, revision="r-1", answered_at=NOW + 1, **facts)


NO_HIT = b'{"hit":false,"contact":null,"records":[],"more":false}'


# ----- merge


def test_claims_stand_side_by_side() -> None:
    first = answer("fr.ofast", payload(record("p-1", caption="Jean", source="A")))
    second = answer("se.polisen", payload(record("p-1", caption="Johan", source="X")))
    picture = merge("q-1", NOW, [first, second])
    assert [(claim.handle, claim.record.texts["caption"]) for claim in picture.claims] == [
        ("fr.ofast/p-1", "Jean"),
        ("se.polisen/p-1", "Johan"),
    ]
    assert [claim.record.codes["source"] for claim in picture.claims] == ["A", "X"]
    assert [claim.record.handling for claim in picture.claims] == [("H0", "H2")] * 2
    assert {claim.receipt for claim in picture.claims} == {first.receipt_digest, second.receipt_digest}
    assert picture.same_as == (SameAs("phone", "+33612345678", ("fr.ofast/p-1", "se.polisen/p-1")),)
    assert picture.complete


def test_weak_identifiers_and_single_holders_propose_nothing() -> None:
    plate = [{"kind": "plate", "normal": "AB123CD", "original": "AB-123-CD"}]
    empty = [{"kind": "phone", "normal": "", "original": "?"}]
    one = answer("fr.ofast", payload(record("a", identifiers=plate), record("b", identifiers=empty)))
    two = answer(
        "se.polisen", payload(record("a", identifiers=plate), record("b", identifiers=empty), record("c"))
    )
    assert merge("q-1", NOW, [one, two]).same_as == ()


def test_one_status_for_each_node() -> None:
    refused = Refused("se.polisen", "q-1", DIGEST, ("QUOTA", "NO_GRANT"), "r", NOW + 2, "s", "receipt")
    silent = Silence("eu.europol", Status.TIMED_OUT, "nothing came", NOW + 3)
    contact = {"count": 7, "categories": ["WITNESS"], "spoc": "spoc@de", "reference": "R-1"}
    told = answer("de.bka", payload(contact=contact))
    picture = merge("q-1", NOW, [silent, answer("fr.ofast", NO_HIT, Status.NO_HIT), refused, told])
    de, eu, fr, se = picture.nodes
    assert (de.status, de.count, de.contact and de.contact.spoc) == (Status.ANSWERED, 7, "spoc@de")
    assert (eu.status, eu.detail, eu.replied_at, eu.receipt) == (
        Status.TIMED_OUT,
        "nothing came",
        NOW + 3,
        "",
    )
    assert (fr.status, fr.count, fr.replied_at, fr.asked_at) == (Status.NO_HIT, 0, NOW + 1, NOW)
    assert (se.status, se.reasons, se.receipt) == (
        Status.REFUSED,
        ("NO_GRANT", "QUOTA"),
        refused.receipt_digest,
    )
    assert (fr.grants, fr.masked, fr.revision) == (("g-1@1",), ("birthDate",), "r-1")
    assert not picture.complete


def test_neighbours_stand_with_their_node() -> None:
    told = [{"id": "a", "schema": "UnknownLink", "count": 200, "tooCommon": True}]
    body = orjson.dumps({"hit": True, "neighbours": told})
    (status,) = merge("q-1", NOW, [answer("fr.ofast", body)]).nodes
    assert status.neighbours == (Neighbours("a", "UnknownLink", 200, True),)
    for wrong in ({"hit": False, "neighbours": told}, {"hit": True, "neighbours": told * 2}):
        with pytest.raises(ShapeRefused):
            read_content(orjson.dumps(wrong))


def test_complete_means_all_of_everybody() -> None:
    whole = answer("fr.ofast", payload(record("a")))
    assert merge("q-1", NOW, [whole, answer("se.polisen", NO_HIT, Status.NO_HIT)]).complete
    part = merge("q-1", NOW, [whole, answer("se.polisen", payload(record("b"), record("a"), more=True))])
    assert not part.complete
    assert [each.last for each in part.nodes] == ["", "se.polisen/a"], "in the node's own order"
    none = merge("q-1", NOW, [answer("se.polisen", payload(more=True))])
    assert [each.last for each in none.nodes] == [""]
    assert not merge(
        "q-1", NOW, [whole, Refused("se.polisen", "q-1", DIGEST, ("NO_GRANT",), "r", NOW)]
    ).complete
    assert merge("q-1", NOW, []).complete


@pytest.mark.parametrize(
    ("body", "status", "match"),
    [
        (b"junk", Status.ANSWERED, "payload"),
        (NO_HIT, Status.ANSWERED, "hit is False"),
        (payload(record("a")), Status.NO_HIT, "hit is True"),
        (payload(record("a", grants=["g-2@1"])), Status.ANSWERED, "g-2@1 is not in the statement"),
        (payload(record("a"), record("a")), Status.ANSWERED, "twice"),
        (payload(record("a"), hit=False), Status.NO_HIT, "no hit, but"),
    ],
)
def test_a_payload_that_contradicts_itself_is_an_invalid_answer(
    body: bytes, status: Status, match: str
) -> None:
    liar = answer("se.polisen", body, status)
    picture = merge("q-1", NOW, [liar, answer("fr.ofast", payload(record("a")))])
    assert [claim.node for claim in picture.claims] == ["fr.ofast"]
    told = picture.nodes[1]
    assert (told.status, match in told.detail) == (Status.INVALID_ANSWER, True), told.detail
    assert (told.receipt, told.answer_digest) == (liar.receipt_digest, liar.digest)
    assert not picture.complete


def test_replies_must_belong_together() -> None:
    one = answer("fr.ofast", NO_HIT, Status.NO_HIT)
    with pytest.raises(MergeRefused, match="two replies"):
        merge("q-1", NOW, [one, Silence("fr.ofast", Status.TIMED_OUT, "", NOW)])
    with pytest.raises(MergeRefused, match="answers q-1"):
        merge("q-2", NOW, [one])


_SHORT = st.text(max_size=8)
_IDENTIFIERS = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["phone", "imo", "plate"]),
            "normal": st.sampled_from(["1", "2", ""]),
            "original": _SHORT,
        }
    ),
    max_size=3,
)


@st.composite
def _replies(draw: st.DrawFn) -> list[Reply]:
    replies: list[Reply] = []
    for node in draw(st.lists(st.sampled_from(NODES), unique=True)):
        kind = draw(st.sampled_from(["answer", "no hit", "refused", "silent", "junk"]))
        if kind == "answer":
            ids = draw(st.lists(st.sampled_from("abc"), unique=True))
            records = [record(id, caption=draw(_SHORT), identifiers=draw(_IDENTIFIERS)) for id in ids]  # noqa: A001  # the field's name
            replies.append(answer(node, payload(*records, more=draw(st.booleans()))))
        elif kind == "no hit":
            replies.append(answer(node, NO_HIT, Status.NO_HIT))
        elif kind == "refused":
            reasons = draw(st.permutations(["NO_GRANT", "QUOTA"]))
            replies.append(Refused(node, "q-1", DIGEST, tuple(reasons), "r", NOW, "s", "receipt"))
        elif kind == "silent":
            replies.append(Silence(node, Status.UNREACHABLE, draw(_SHORT), NOW))
        else:
            replies.append(answer(node, draw(st.binary(max_size=20))))
    return replies


@given(_replies(), st.randoms())
def test_order_does_not_matter_and_nothing_is_lost(replies: list[Reply], shuffled: random.Random) -> None:
    picture = merge("q-1", NOW, replies)
    other = list(replies)
    shuffled.shuffle(other)
    assert merge("q-1", NOW, iter(other)) == picture
    assert [status.node for status in picture.nodes] == sorted(reply.node for reply in replies)
    given_records = sorted(
        f"{reply.node}/{one['id']}"
        for reply in replies
        if isinstance(reply, Answer) and reply.payload.startswith(b'{"hit":true')
        for one in orjson.loads(reply.payload)["records"]
    )
    assert [claim.handle for claim in picture.claims] == given_records
    for same in picture.same_as:
        holders = {
            claim.handle
            for claim in picture.claims
            if any((i.kind, i.normal) == (same.kind, same.normal) for i in claim.record.identifiers)
        }
        assert set(same.handles) == holders
        assert len(holders) > 1


# ----- the shape


def test_text_is_kept_as_it_came() -> None:
    content = read_content(payload(record("a")))
    assert content.records[0].properties["name"] == ("Jean Exemple", "\u202egnp.exe")
    odd = "\x00\x1b[31m\u2066<script>\ud7ff"
    assert read_content(payload(record("a", caption=odd))).records[0].texts["caption"] == odd


def test_graphql_data_and_the_bare_answer_are_the_same() -> None:
    bare = payload(record("a"))
    assert read_content(b'{"lookup":' + bare + b"}") == read_content(bare)
    with pytest.raises(ShapeRefused):
        read_content(b'{"drop":' + bare + b"}")


def test_a_document_may_select_less() -> None:
    content = read_content(b'{"hit":true,"records":[{"id":"a","schema":"Vessel"}]}')
    (one,) = content.records
    assert (one.id, one.schema, one.owner, one.version, one.texts, one.codes) == (
        "a",
        "Vessel",
        "",
        0,
        {},
        {},
    )
    assert read_content(b'{"hit":true}') == Content(True, None, (), False)


BAD: list[dict[str, Any]] = [
    {"id": "../etc"},
    {"id": ""},
    {"id": None},
    {"schema": "Per son"},
    {"owner": "FR"},
    {"version": -1},
    {"version": True},
    {"version": 1.0},
    {"version": 2**60},
    {"caption": 5},
    {"caption": "x" * 65_537},
    {"dataset": None},
    {"handling": ["H0", None]},
    {"handling": "H0"},
    {"grants": ["g-1"]},
    {"masked": ["a b"]},
    {"recordedAt": "yesterday"},
    {"properties": [{"name": "name"}]},
    {"properties": [{"name": "name", "values": "x"}]},
    {"properties": [{"name": "name", "values": [1]}]},
    {"properties": [{"name": "a", "values": []}, {"name": "a", "values": []}]},
    {"properties": [{"name": "a", "values": ["x"] * 1001}]},
    {"properties": {}},
    {"identifiers": [{"kind": "phone", "normal": "1"}]},
    {"identifiers": [{"kind": "Phone", "normal": "1", "original": "1"}]},
    {"identifiers": [[]]},
    {"__typename": "Record"},
]


@pytest.mark.parametrize("changes", BAD, ids=[str(number) for number in range(len(BAD))])
def test_records_out_of_shape(changes: dict[str, Any]) -> None:
    with pytest.raises(ShapeRefused):
        read_content(payload(record("a") | changes))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"hit":1}',
        b'{"hit":true,"errors":[]}',
        b'{"hit":true,"records":{}}',
        b'{"hit":true,"more":0}',
        b'{"hit":true,"contact":{"count":1}}',
        b'{"hit":true,"contact":{"count":-1,"categories":[],"spoc":"","reference":""}}',
        b'{"lookup":null}',
        b'{"hit":true,"records":[' + b"[" * 2000,
        b'{"hit":true,"records":[' + b"{}," * 10_001 + b"{}]}",
    ],
)
def test_answers_out_of_shape(body: bytes) -> None:
    with pytest.raises(ShapeRefused):
        read_content(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_content_or_refused(body: bytes) -> None:
    with suppress(ShapeRefused):
        assert isinstance(read_content(body), Content)


@given(st.data())
def test_one_wrong_value_anywhere_is_content_or_refused(data: st.DataObject) -> None:
    whole = orjson.loads(
        payload(record("a"), contact={"count": 1, "categories": ["X"], "spoc": "s", "reference": "r"})
    )
    one = whole["records"][0]
    target = data.draw(
        st.sampled_from([whole, whole["contact"], one, one["properties"][0], one["identifiers"][0]])
    )
    key = data.draw(st.sampled_from([*sorted(target), "new"]))
    target[key] = data.draw(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5) | st.just([None])
    )
    try:
        read_content(orjson.dumps(whole))
    except ShapeRefused as error:
        assert str(error).startswith("payload: ")  # noqa: PT017  # both outcomes are right
