"""Envelopes are strict: what is missing gets the careful value, what is wrong is rejected by its key."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.provenance import Provenance
from policy.terms import Assessment, Handling, InformationEvaluation, SourceEvaluation, SubjectCategory, Tlp
from tenants.envelope import Envelope, parse_envelope
from tenants.errors import RecordRejected

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("dataset", "case", "owner", "subject_category", "handling", "handling_text", "source", "information",
        "tlp", "assessment", "ongoing", "provenance", "retain_until", "review_at")  # fmt: skip


def _parse(raw: dict[str, Any], *, person: bool = False, **defaults: Any) -> Envelope:
    return parse_envelope(raw, {"dataset": "cases", **defaults}, "fr.ofast", person=person)


def test_what_is_missing_is_most_careful() -> None:
    envelope = _parse({}, person=True)
    assert envelope.subject_category is SubjectCategory.UNCATEGORISED
    assert (envelope.source, envelope.information) == (SourceEvaluation.X, InformationEvaluation.N4)
    assert (envelope.owner, envelope.tlp, envelope.retain_until) == ("fr.ofast", Tlp.AMBER, None)
    assert _parse({}).subject_category is SubjectCategory.NOT_A_PERSON


def test_everything_said_is_kept() -> None:
    said = {
        "dataset": "wires", "case": "FR-2026-0418", "owner": "se.polisen", "subject_category": "WITNESS",
        "handling": ["H2", "H0", "H2"], "handling_text": "ask first", "source": "B", "information": "2",
        "tlp": "AMBER+STRICT", "assessment": "FACT", "ongoing": True, "retain_until": "2029-01-01",
        "provenance": {
            "instrument": "EIO", "authority": "JIRS", "method": "search", "digest": "sha256:" + "a" * 64,
        },
    }  # fmt: skip
    envelope = _parse(said, person=True)
    assert envelope.handling == (Handling.H0, Handling.H2)
    assert envelope.flags == (True, False, True, False)
    assert envelope.assessment is Assessment.FACT
    assert envelope.retain_until == 1_861_920_000
    assert envelope.provenance == Provenance("EIO", "JIRS", "search", "sha256:" + "a" * 64)


def test_a_loads_category_is_for_persons_and_never_for_things() -> None:
    assert _parse({}, person=True, subject_category="VICTIM").subject_category is SubjectCategory.VICTIM
    assert _parse({}, subject_category="VICTIM").subject_category is SubjectCategory.NOT_A_PERSON
    of_things = _parse({}, person=True, subject_category="NOT_A_PERSON")
    assert of_things.subject_category is SubjectCategory.UNCATEGORISED


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"colour": "red"}, "ENVELOPE_KEY"),
        ({"dataset": "two words"}, "ENVELOPE_CODE"),
        ({"dataset": 7}, "ENVELOPE_CODE"),
        ({"case": "x" * 129}, "ENVELOPE_CODE"),
        ({"owner": "FR"}, "ENVELOPE_CODE"),
        ({"subject_category": "SUSPECT"}, "ENVELOPE_WORD"),
        ({"subject_category": "NOT_A_PERSON"}, "ENVELOPE_CATEGORY"),
        ({"source": "D"}, "ENVELOPE_WORD"),
        ({"information": 2}, "ENVELOPE_WORD"),
        ({"tlp": "amber"}, "ENVELOPE_WORD"),
        ({"handling": "H1"}, "ENVELOPE_HANDLING"),
        ({"handling": ["H9"]}, "ENVELOPE_HANDLING"),
        ({"handling_text": ""}, "ENVELOPE_TEXT"),
        ({"handling_text": "\0"}, "ENVELOPE_TEXT"),
        ({"ongoing": 1}, "ENVELOPE_FLAG"),
        ({"retain_until": "next year"}, "ENVELOPE_DATE"),
        ({"retain_until": 2029}, "ENVELOPE_DATE"),
        ({"provenance": {"colour": "red"}}, "ENVELOPE_PROVENANCE"),
        ({"provenance": {"digest": "abc"}}, "ENVELOPE_PROVENANCE"),
    ],
)
def test_what_is_wrong_is_rejected(said: dict[str, Any], code: str) -> None:
    with pytest.raises(RecordRejected) as caught:
        _parse(said, person=True)
    assert caught.value.code == code
    assert caught.value.field.startswith("envelope")


def test_a_dataset_is_required() -> None:
    with pytest.raises(RecordRejected, match="ENVELOPE_DATASET"):
        parse_envelope({}, {}, "fr.ofast", person=False)


@given(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6), st.booleans())
def test_any_json_is_an_envelope_or_rejected(said: dict[str, Any], person: bool) -> None:
    try:
        envelope = _parse(said, person=person)
    except RecordRejected as rejected:
        assert rejected.code.startswith("ENVELOPE_")  # noqa: PT017  # either outcome is right
    else:
        assert envelope.said == _parse(said, person=person).said
