"""Papers: written as they are read, bounded in size, refused when they are anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import encode
from audit.sealing import MAX_PLAINTEXT
from sharing.errors import FieldRefused
from sharing.papers import MOST_BYTES, Paper, bundle, read_bundle

FIELDS = st.dictionaries(st.sampled_from(["content-type", "signature"]), st.text(max_size=20), min_size=1)
PAPERS = st.builds(
    Paper,
    asker=st.just("fr.ofast"),
    asked=st.just("se.polisen"),
    authority=st.just("127.0.0.1:1"),
    request=FIELDS,
    intent_receipt=st.text(max_size=40),
    status=st.sampled_from([0, 200, 401]),
    reply=st.one_of(st.just({}), FIELDS),
    statement=st.text(max_size=40),
    outcome_receipt=st.text(max_size=40),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=9)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["asker", "asked", "x"]), inner)
    ),
)


@given(st.lists(PAPERS, max_size=5))
def test_papers_are_read_as_they_were_written(papers: list[Paper]) -> None:
    assert read_bundle(bundle(papers)) == tuple(papers)


@given(
    st.one_of(st.binary(max_size=200), JSON.map(encode), JSON.map(lambda v: encode({"v": 1, "papers": v})))
)
def test_what_is_no_bundle_is_refused(data: bytes) -> None:
    try:
        read_bundle(data)
    except FieldRefused:
        return
    assert data == b'{"papers":[],"v":1}'


@pytest.mark.parametrize(
    "wrong", [{"status": True}, {"status": "200"}, {"request": {"a": 1}}, {"other": "x"}]
)
def test_a_part_in_another_form_is_refused(wrong: dict[str, object]) -> None:
    paper = Paper("fr.ofast", "se.polisen", "127.0.0.1:1", {"signature": "x"}).written
    with pytest.raises(FieldRefused):
        Paper.read({**paper, **wrong})


def test_a_receipt_of_any_length_leaves_a_paper_of_bounded_size() -> None:
    long = Paper(
        "fr.ofast", "se.polisen", "127.0.0.1:1", {"a": "b"}, status=200, outcome_receipt='"' * 16_384
    )
    data = bundle([long] * 5)
    assert len(data) < MAX_PLAINTEXT
    assert all(each.outcome_receipt == "" and each.status == 200 for each in read_bundle(data))


def test_a_paper_within_the_bound_is_kept_whole() -> None:
    paper = Paper(
        "fr.ofast", "se.polisen", "127.0.0.1:1", {"a": "b"}, outcome_receipt="r" * (MOST_BYTES - 500)
    )
    assert read_bundle(bundle([paper])) == (paper,)
