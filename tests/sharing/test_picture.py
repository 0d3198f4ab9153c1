"""The shared picture: signed contributions, and a state that no order or repetition of deliveries changes."""

import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.keys import SigningKey, VerifyKey
from policy.handling import Mark
from policy.terms import Handling, Tlp
from sharing.contributions import (
    Act,
    Content,
    Contribution,
    Member,
    Proposal,
    open_contribution,
    picture_id,
    sign_contribution,
)
from sharing.errors import ContributionRefused
from sharing.jws import sign_statement
from sharing.picture import clusters, difference, state

PARIS, STOCKHOLM, STRANGER = Member("fr.a", "p-1"), Member("se.b", "p-2"), Member("se.b", "p-9")
KEYS = {node: SigningKey.generate(f"{node}/grant") for node in ("fr.a", "se.b")}
PICTURE = picture_id("fr.a", "OPENED-p-1-1")


def keys_of(node: str) -> dict[str, VerifyKey]:
    key = KEYS[node].public
    return {f"{key.name}:{key.key_id.hex()}": key}


def made(act: Act, author: Member, at: int, **told: object) -> Contribution:
    nonce = str(told.pop("nonce", f"{act}-{author.person}-{at}"))
    return sign_contribution(Content(PICTURE, act, author, at, nonce, **told), KEYS[author.node])  # type: ignore[arg-type]


OPENED = made(Act.OPENED, PARIS, 1, case="FR-2026-0418", until=1000, members=(STOCKHOLM,))
PLACED = made(Act.PLACED, PARIS, 2, handles=("fr.a/r-1", "se.b/r-2"))
NOTE = made(Act.NOTE, PARIS, 3, text="seen at the quay", handles=("fr.a/r-1",))
MINE = made(Act.NOTE, PARIS, 4, text="seen at the quay, twice", refs=(NOTE.id,))
THEIRS = made(Act.NOTE, STOCKHOLM, 4, text="seen at the quay, by night", refs=(NOTE.id,))
BOTH = made(Act.NOTE, STOCKHOLM, 6, text="seen at the quay, twice, by night", refs=(MINE.id, THEIRS.id))
SAME = made(Act.SAME, STOCKHOLM, 5, handles=("fr.a/r-1", "se.b/r-2"), proposal=Proposal(900_000, "LIKELY"))
TAKEN = made(Act.ACCEPTED, PARIS, 6, refs=(SAME.id,))
BACK = made(Act.RETRACTED, STOCKHOLM, 8, refs=(SAME.id,))
EVERYTHING = (OPENED, PLACED, NOTE, MINE, THEIRS, BOTH, SAME, TAKEN, BACK)


@given(st.lists(st.sampled_from(EVERYTHING), min_size=len(EVERYTHING)), st.randoms(use_true_random=False))
def test_any_order_any_repetition_and_the_rest_later_give_one_state(
    first: Sequence[Contribution], random: object
) -> None:
    late = [each for each in EVERYTHING if each not in first]
    random.shuffle(late)  # type: ignore[attr-defined]
    assert state([*first, *late, *first]) == state(EVERYTHING)


@given(st.sets(st.sampled_from(EVERYTHING)))
def test_what_is_missing_makes_things_wait_and_breaks_nothing(known: set[Contribution]) -> None:
    told = state(known)
    assert (told is None) == (OPENED not in known)
    if told is not None:
        shown = {version.id for text in told.texts for version in text.versions}
        assert shown <= {each.id for each in known}
        assert not shown & told.waiting


def test_two_who_write_at_once_stand_side_by_side_until_one_text_replaces_both() -> None:
    told = state([OPENED, NOTE, MINE, THEIRS])
    assert told is not None
    ((first, versions),) = [(text.first, {each.id for each in text.versions}) for text in told.texts]
    assert (first, versions) == (NOTE.id, {MINE.id, THEIRS.id})
    told = state([OPENED, NOTE, MINE, THEIRS, BOTH])
    assert told is not None
    assert [[each.id for each in text.versions] for text in told.texts] == [[BOTH.id]]


def test_what_was_edited_by_a_clock_that_is_behind_is_still_one_text() -> None:
    behind = made(Act.NOTE, STOCKHOLM, 2, text="seen at the quay, by night", refs=(NOTE.id,))
    told = state([OPENED, NOTE, MINE, behind])
    assert told is not None
    assert [(each.first, len(each.versions)) for each in told.texts] == [(NOTE.id, 2)]


def test_a_version_that_is_withdrawn_gives_place_to_what_it_replaced() -> None:
    told = state([OPENED, NOTE, MINE, made(Act.RETRACTED, PARIS, 9, refs=(MINE.id,))])
    assert told is not None
    assert [[each.id for each in text.versions] for text in told.texts] == [[NOTE.id]]


def test_nobody_withdraws_what_another_node_wrote() -> None:
    told = state([OPENED, NOTE, made(Act.RETRACTED, STOCKHOLM, 9, refs=(NOTE.id,))])
    assert told is not None
    assert told.texts[0].versions == (NOTE,)


def test_strangers_wait_until_a_member_names_them() -> None:
    by_stranger = made(Act.NOTE, STRANGER, 7, text="hello")
    told = state([OPENED, by_stranger])
    assert told is not None
    assert not told.texts
    assert told.waiting == {by_stranger.id}
    told = state([OPENED, by_stranger, made(Act.JOINED, STOCKHOLM, 2, members=(STRANGER,))])
    assert told is not None
    assert told.texts[0].versions == (by_stranger,)


def test_after_it_is_closed_nothing_is_added() -> None:
    closed = made(Act.CLOSED, PARIS, 5)
    foreign = made(Act.CLOSED, STOCKHOLM, 2)
    told = state([OPENED, PLACED, NOTE, BOTH, SAME, foreign, closed])
    assert told is not None
    assert (told.closed_at, [each.contribution.id for each in told.asserted]) == (5, [SAME.id])
    assert BOTH.id not in {version.id for text in told.texts for version in text.versions}


@pytest.mark.parametrize("tlp", list(Tlp))
def test_every_tlp_can_be_said(tlp: Tlp) -> None:
    assert made(Act.NOTE, PARIS, 7, text="x", mark=Mark(tlp=tlp)).content.mark.tlp is tlp


def test_nobody_opens_anew_what_another_node_opened() -> None:
    with pytest.raises(ContributionRefused, match=r"where se\.b may open"):
        made(Act.OPENED, STOCKHOLM, 0, case="FR-2026-0418", until=1000, nonce="OPENED-p-1-1")


def test_each_node_accepts_for_itself_and_an_assertion_can_be_undone() -> None:
    handles = SAME.content.handles
    proposed, taken, undone = (
        state(each) for each in ([OPENED, SAME], [OPENED, SAME, TAKEN], [OPENED, SAME, TAKEN, BACK])
    )
    assert proposed is not None and taken is not None and undone is not None  # noqa: PT018  # one fact
    assert clusters(handles, proposed.asserted, "se.b") == [handles]
    assert clusters(handles, proposed.asserted, "fr.a") == [(each,) for each in handles]
    assert clusters(handles, taken.asserted, "fr.a") == [handles]
    assert clusters(handles, undone.asserted, "fr.a") == [(each,) for each in handles]


@pytest.mark.parametrize("nonce", ["a", "b", "c", "d"])
def test_of_one_second_a_rejection_counts(nonce: str) -> None:
    rejected = made(Act.REJECTED, PARIS, 6, refs=(SAME.id,), nonce=nonce)
    told = state([OPENED, SAME, TAKEN, rejected])
    assert told is not None
    assert told.asserted[0].rejected == {"fr.a"}


def test_not_the_same_keeps_a_chain_apart_at_its_weakest_link() -> None:
    strong = made(Act.SAME, PARIS, 2, handles=("fr.a/1", "se.b/2"), proposal=Proposal(990_000))
    weak = made(Act.SAME, PARIS, 3, handles=("se.b/2", "eu.c/3"), proposal=Proposal(600_000))
    never = made(Act.NOT_SAME, PARIS, 4, handles=("fr.a/1", "eu.c/3"))
    told = state([OPENED, strong, weak, never])
    assert told is not None
    handles = ("fr.a/1", "se.b/2", "eu.c/3")
    assert clusters(handles, told.asserted, "fr.a") == [("eu.c/3",), ("fr.a/1", "se.b/2")]


def test_the_difference_of_two_days() -> None:
    earlier, later = state([OPENED, PLACED, NOTE]), state([OPENED, PLACED, NOTE, MINE, SAME])
    assert difference(earlier, later).added == tuple(sorted((MINE.id, SAME.id)))
    assert difference(earlier, later).gone == (NOTE.id,)
    assert difference(None, earlier).added == tuple(sorted((PLACED.id, NOTE.id)))


def test_the_picture_inherits_the_strictest_handling_of_what_is_written_in_it() -> None:
    strict = made(Act.NOTE, PARIS, 7, text="from an informant", mark=Mark(frozenset({Handling.H2})))
    told = state([OPENED, NOTE, strict])
    assert told is not None
    assert told.mark.handling == {Handling.H2}


@pytest.mark.parametrize(
    ("act", "told", "match"),
    [
        (Act.SAME, {"handles": ("fr.a/1",)}, "is about 1 handles"),
        (Act.PLACED, {}, "names 0 handles"),
        (Act.NOTE, {"text": " "}, "has a text"),
        (Act.ACCEPTED, {}, "refers to nothing"),
        (Act.CLOSED, {"refs": (NOTE.id,)}, "refers to others"),
        (Act.OPENED, {"case": "FR-1"}, "0 as its end"),
        (Act.OPENED, {"case": "FR-1", "until": 9, "nonce": "another"}, "may open"),
        (Act.NOTE, {"text": "x", "members": (PARIS,)}, "names members"),
        (Act.NOTE, {"text": "x" * 9000}, "text"),
        (Act.NOTE, {"text": "x", "handles": ("fr.a/1", "fr.a/1")}, "stands twice"),
        (Act.NOTE, {"text": "x", "handles": ("nothing",)}, "handles"),
    ],
)
def test_what_is_not_in_shape_is_refused(act: Act, told: dict[str, object], match: str) -> None:
    with pytest.raises(ContributionRefused, match=match):
        made(act, PARIS, 1, **told)


def test_another_nodes_key_a_changed_byte_and_another_spelling_are_refused() -> None:
    with pytest.raises(ContributionRefused, match=r"se\.b/grant"):
        open_contribution(NOTE.statement, keys_of("se.b"))
    with pytest.raises(ContributionRefused, match="not whose keys these are"):
        sign_contribution(dataclasses.replace(NOTE.content, author=STOCKHOLM), KEYS["fr.a"])
    head, payload, signature = NOTE.statement.split(".")
    with pytest.raises(ContributionRefused):
        open_contribution(f"{head}.{payload[:-4]}AAAA.{signature}", keys_of("fr.a"))
    spelt = sign_statement(b'{"act": "NOTE"}', KEYS["fr.a"], "entente-contribution+jwt")
    with pytest.raises(ContributionRefused, match="is missing"):
        open_contribution(spelt, keys_of("fr.a"))
    assert open_contribution(NOTE.statement, keys_of("fr.a")) == NOTE
