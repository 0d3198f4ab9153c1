"""The order of a search over several nodes hangs on what was said, not on who said it first."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ranking import ranked
from gateway.show import picture_shown
from sharing.merge import Claim, merge
from tenants.resemblance import How, resemblance
from tests.sharing.office import NOW
from tests.sharing.test_merge import answer, payload, record

NODES = ("fr.ofast", "se.polisen", "eu.europol")
NAMES = st.sampled_from(["Magnus Lindqvist", "Lindkvist Magnus", "Магнус Линдквист", "Lindqvists", "!"])


def _claims(said: Sequence[Sequence[str]], chance: random.Random) -> list[Claim]:
    """One node for each list of names, replying in any order."""
    replies = [
        answer(node, payload(*[_record(f"r-{n}", name) for n, name in enumerate(names)], hit=bool(names)))
        for node, names in zip(NODES, said, strict=False)
        if names
    ]
    chance.shuffle(replies)
    return list(merge("q-1", NOW, replies).claims)


def _record(id_: str, name: str) -> dict[str, object]:
    return record(id_, caption=name, properties=[{"name": "name", "values": [name]}])


@given(said=st.lists(st.lists(NAMES, max_size=4), max_size=3), text=NAMES, seed=st.integers(0, 2**16))
def test_any_order_of_replies_gives_one_order(said: list[list[str]], text: str, seed: int) -> None:
    chance = random.Random(seed)
    one, other = _claims(said, chance), _claims(said, chance)
    chance.shuffle(other)
    assert ranked(text, one) == ranked(text, other)
    places = ranked(text, one)
    assert sorted(each.handle for each in places) == sorted(claim.handle for claim in one)
    assert [each.score for each in places] == sorted((each.score for each in places), reverse=True)
    assert all(0 <= each.score <= 1000 for each in places)


@pytest.mark.parametrize(
    ("text", "name", "how"),
    [
        ("Lindqvist", "lindqvist", How.EXACT),
        ("Чайковский", "Chaikovsky", How.SCRIPT),
        ("Lindkvist", "Lindqvist", How.SPELLING),
        ("Lind", "Lindqvist", How.PART),
        ("Mohammed", "محمد", How.SOUND),
    ],
)
def test_why_names_the_words_and_how_they_met(text: str, name: str, how: How) -> None:
    (met,) = resemblance(text, name).met
    assert met.how is how
    assert met.asked == text.casefold()
    assert met.held == name.casefold()


def test_masked_names_have_no_score_and_come_last() -> None:
    hidden = record("r-0", caption=None, properties=[])
    claims = merge("q-1", NOW, [answer("fr.ofast", payload(hidden, _record("r-1", "Lindqvists")))]).claims
    assert [(each.handle, each.score > 0) for each in ranked("lindqvist", claims)] == [
        ("fr.ofast/r-1", True),
        ("fr.ofast/r-0", False),
    ]
    shown = picture_shown(merge("q-1", NOW, [answer("fr.ofast", payload(hidden))]), ranked("x", claims[:1]))
    assert shown["ranked"] == [{"handle": "fr.ofast/r-0", "score": 0, "name": None, "why": []}]
