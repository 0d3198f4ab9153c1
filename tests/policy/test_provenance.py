"""Provenance is read as hostile text; a chain of custody that breaks is told, never mended."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.errors import ProvenanceRejected
from policy.provenance import (
    MOST_BYTES,
    Acquisition,
    Admissibility,
    Custody,
    Gap,
    Ground,
    Instrument,
    Notified,
    Objection,
    Provenance,
    Ruling,
    Step,
    gaps,
    read_provenance,
    read_rulings,
    standing,
    strictest,
    written,
)

A, B, C = (f"sha256:{letter * 64}" for letter in "abc")
START = datetime(2026, 4, 12, 4, tzinfo=UTC)
SHORT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
LONG = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=12)
DIGESTS = st.sampled_from([A, B, C])
DAYS = st.dates(date(2020, 1, 1), date(2027, 1, 1))
COUNTRIES = st.sampled_from(["FR", "SE", "DE"])
RULINGS = st.builds(Ruling, COUNTRIES, st.sampled_from(Admissibility), SHORT, SHORT, DAYS)
OBJECTIONS = st.builds(
    Objection, COUNTRIES, st.sampled_from(Ground), DAYS, st.none() | SHORT, st.none() | DAYS
)
ENTRIES = st.builds(
    Custody,
    st.datetimes(timezones=st.just(UTC)),
    SHORT,
    st.sampled_from(Step),
    st.none() | DIGESTS,
    st.none() | DIGESTS,
)
PROVENANCES = st.builds(
    Provenance,
    instrument=st.none() | st.sampled_from(Instrument).map(str) | LONG,
    authority=st.none() | LONG,
    digest=st.none() | DIGESTS,
    acquisition=st.none() | st.sampled_from(Acquisition),
    custody=st.lists(ENTRIES, max_size=4).map(tuple),
    notified=st.lists(st.builds(Notified, COUNTRIES, DAYS), max_size=2).map(tuple),
    rulings=st.lists(RULINGS, max_size=4).map(tuple),
    objections=st.lists(OBJECTIONS, max_size=3).map(tuple),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([*Provenance.__dataclass_fields__, "colour"])


@given(PROVENANCES)
def test_what_is_written_is_read_back(stated: Provenance) -> None:
    assert read_provenance(stated.text or "{}") == stated
    assert (stated.text is None) == (stated == Provenance())
    assert read_rulings(written(stated.rulings)) == stated.rulings


@given(st.dictionaries(NAMES, JSON, max_size=4) | JSON)
def test_any_json_is_read_or_rejected(told: object) -> None:
    try:
        stated = read_provenance(json.dumps(told))
    except ProvenanceRejected:
        return
    assert isinstance(told, dict)
    assert "colour" not in told
    assert read_provenance(stated.text or "{}") == stated


@pytest.mark.parametrize(
    ("told", "part"),
    [
        ({"colour": "red"}, "colour"),
        ({"digest": "abc"}, "digest"),
        ({"digest": f"{A}\n"}, "digest"),
        ({"authority": ""}, "authority"),
        ({"method": "a\0"}, "method"),
        ({"acquisition": "THEFT"}, "acquisition"),
        ({"custody": [{"at": "2026-04-17T02:25:00", "by": "C3N", "step": "ACQUIRED"}]}, "custody.0.at"),
        ({"custody": [{"at": 1_776_276_000, "by": "C3N", "step": "ACQUIRED"}]}, "custody.0.at"),
        ({"custody": [{"at": "2026-04-17T02:25:00Z", "by": "a\nb", "step": "ACQUIRED"}]}, "custody.0.by"),
        ({"custody": [{"at": "2026-04-17T02:25:00Z", "by": "C3N", "step": "COPIED"}] * 33}, "custody"),
        ({"rulings": [{"country": "se"}]}, "rulings.0.country"),
        ({"rulings": [{"country": "SE", "status": "admitted"}]}, "rulings.0.status"),
        ({"tool": {"name": "reader", "owner": "x"}}, "tool.owner"),
    ],
)
def test_what_is_wrong_is_rejected_by_its_part(told: dict[str, Any], part: str) -> None:
    with pytest.raises(ProvenanceRejected) as caught:
        read_provenance(json.dumps(told))
    assert caught.value.rule == part


def test_what_is_too_large_is_not_read() -> None:
    with pytest.raises(ProvenanceRejected, match="at most 16384"):
        read_provenance(b" " * (MOST_BYTES + 1))
    with pytest.raises(ProvenanceRejected):
        read_rulings('[{"court": "\ud800"}]')


def chain(*digests: tuple[str | None, str | None]) -> tuple[Custody, ...]:
    return tuple(
        Custody(START + timedelta(hours=place), "C3N", Step.COPIED, before, after)
        for place, (before, after) in enumerate(digests)
    )


@given(st.lists(DIGESTS, min_size=1, max_size=6), st.data())
def test_a_chain_holds_and_whatever_is_changed_in_it_shows(digests: list[str], data: st.DataObject) -> None:
    whole = chain(*zip([None, *digests], digests, strict=False))
    assert gaps(Provenance(digest=digests[-1], custody=whole)) == ()
    place = data.draw(st.integers(0, len(whole) - 1))
    forged = f"sha256:{'f' * 64}"
    entry = whole[place]
    other = Custody(entry.at, entry.by, entry.step, entry.before, forged)
    broken = (*whole[:place], other, *whole[place + 1 :])
    last = place == len(whole) - 1
    expected = (len(whole), Gap.CUSTODY_OTHER_ITEM) if last else (place + 2, Gap.CUSTODY_BREAK)
    assert gaps(Provenance(digest=digests[-1], custody=broken)) == (expected,)


def test_each_gap_is_told_at_its_entry() -> None:
    late, early = chain((None, A), (A, B))
    assert gaps(Provenance(custody=(early, late))) == (
        (2, Gap.CUSTODY_TIME),
        (2, Gap.CUSTODY_DIGEST_MISSING),
    )
    assert gaps(Provenance(custody=chain((None, None), (A, B)))) == ((1, Gap.CUSTODY_DIGEST_MISSING),)
    assert gaps(Provenance(acquisition=Acquisition.SEIZURE)) == ((0, Gap.CUSTODY_NOT_STATED),)
    told = Provenance(acquisition=Acquisition.INTERCEPTION, custody=chain((None, A)))
    assert gaps(told) == ((0, Gap.NOTIFICATION_NOT_STATED),)
    notified = Provenance(
        acquisition=Acquisition.INTERCEPTION,
        custody=chain((None, A)),
        notified=(Notified("SE", date(2026, 5, 1)),),
    )
    assert gaps(notified) == ()


def test_an_instrument_is_a_code_or_told_in_words() -> None:
    assert Provenance(instrument="EIO").code is Instrument.EIO
    assert Provenance(instrument="förundersökning").code is Instrument.OTHER
    assert Provenance().code is None


def ruling(status: Admissibility, day: int, country: str = "SE") -> Ruling:
    return Ruling(country, status, "court", f"ref {day}", date(2026, 1, day))


def test_the_latest_ruling_counts_and_of_one_day_the_strictest() -> None:
    early, late = ruling(Admissibility.EXCLUDED, 1), ruling(Admissibility.ADMITTED, 2)
    assert standing(Provenance(rulings=(early,)), [late]) == {"SE": Admissibility.ADMITTED}
    same = ruling(Admissibility.ADMITTED, 1)
    assert standing(Provenance(rulings=(same,)), [early]) == {"SE": Admissibility.EXCLUDED}
    assert standing(Provenance()) == {}
    assert strictest({}) is None


def test_an_open_objection_contests_what_is_not_excluded() -> None:
    raised, other = (Objection(country, Ground.INTEGRITY, date(2026, 1, 1)) for country in ("SE", "FR"))
    stated = Provenance(rulings=(ruling(Admissibility.ADMITTED, 2),), objections=(raised, other))
    assert standing(stated) == {"FR": Admissibility.CONTESTED, "SE": Admissibility.CONTESTED}
    assert standing(stated, [ruling(Admissibility.EXCLUDED, 3)])["SE"] is Admissibility.EXCLUDED
    answered = Objection("SE", Ground.INTEGRITY, date(2026, 1, 1), None, date(2026, 1, 9))
    told = Provenance(rulings=(ruling(Admissibility.ADMITTED, 2),), objections=(answered,))
    assert standing(told) == {"SE": Admissibility.ADMITTED}


@settings(max_examples=50)
@given(st.lists(RULINGS, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_rulings_is_nothing(rulings: list[Ruling], chance: Any) -> None:
    told = standing(Provenance(rulings=tuple(rulings)))
    chance.shuffle(rulings)
    assert standing(Provenance(), rulings) == told
