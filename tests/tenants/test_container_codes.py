"""Container codes that do not check: what one slip may have been, said with its reason and never used."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso6346

from tenants.container_codes import Slip, check_digit, checks, plain, suggestions
from tenants.errors import IdentifierRejected
from tenants.identifiers import normalise
from tenants.mapping import load_mapping
from tenants.shelf import Shelf

MAPPING = Path(__file__).parents[2] / "deploy" / "mappings" / "terminal-movements.yaml"
HEADINGS = "Container;ISO;Event;Time;Port;Seal;Voyage;PIN;User;Haulier;Haulier no"
CODES = st.builds(
    lambda owner, serial: f"{owner}U{serial:06d}",
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3),
    st.integers(0, 999_999),
).map(lambda stem: stem + str(iso6346.calc_check_digit(stem)))


@pytest.mark.parametrize(
    ("raw", "slip", "code", "reason"),
    [
        ("XQZU 418O26-6", Slip.MISREAD, "XQZU4180266", "character 8: O looks like 0"),
        ("xqzu 481026 6", Slip.TRANSPOSED, "XQZU4180266", "characters 6 and 7: 81 may be 18"),
        ("XQZU4180226", Slip.OTHER, "XQZU4180266", "character 10: 6 instead of 2"),
        ("XQZV4180266", Slip.MISREAD, "XQZU4180266", "character 4: V looks like U"),
    ],
)
def test_a_slip_is_suggested_with_its_reason(raw: str, slip: Slip, code: str, reason: str) -> None:
    (found,) = [each for each in suggestions(raw) if each.code == code]
    assert (found.slip, found.reason) == (slip, reason)


@pytest.mark.parametrize(
    "raw", ["XQZU 418026-6", "", "XQZU418026", "XQZU41802666", "ÅÄÖU4180266", "12345678901"]
)
def test_what_checks_or_is_no_code_at_all_has_no_suggestion(raw: str) -> None:
    assert not suggestions(raw)


@given(CODES, st.integers(0, 10), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
def test_the_true_code_is_among_the_suggestions_after_any_one_slip(code: str, at: int, read: str) -> None:
    assert checks(code)
    assert check_digit(code) == code[-1]
    read_as = code[:at] + read + code[at + 1 :]
    found = suggestions(read_as)
    assert checks(read_as) or code in {each.code for each in found}
    turned = code[:at] + code[at + 1 : at + 2] + code[at : at + 1] + code[at + 2 :]
    assert checks(turned) or code in {each.code for each in suggestions(turned)}
    for each in found:
        assert checks(each.code)
        assert each.code != read_as
    assert len({each.code for each in found}) == len(found)
    assert [each.slip for each in found] == sorted((each.slip for each in found), key=list(Slip).index)


@given(st.text(max_size=14))
def test_no_text_breaks_the_check(text: str) -> None:
    assert all(checks(each.code) for each in suggestions(text))
    assert check_digit(plain(text)) is None or len(plain(text)) >= 10


def test_a_code_that_does_not_check_is_rejected_with_what_it_may_have_been() -> None:
    with pytest.raises(
        IdentifierRejected, match=r"perhaps XQZU4180266 \(character 8: O looks like 0\)"
    ) as caught:
        normalise("container", "XQZU418O266")
    assert caught.value.code == "CONTAINER_INVALID"


def test_a_terminals_file_is_read_and_its_bad_rows_are_named(shelf: Shelf, tmp_path: Path) -> None:
    source = tmp_path / "gates.csv"
    rows = [
        "XQZU 418026-6;45R1;DISCH;16.04.2026 03:40;FRLEH;EC-0041802;612N;;;;",
        "XQZU 418026-6;45R1;OUT_GATE;17.04.2026 02:14;FRLEH;EC-0041802;;PIN-77;night-shift;Åkeri;559999-0426",
        "XQZU 418O26-6;45R1;OUT_GATE;17.04.2026 02:15;FRLEH;;;;;;",
        "XQZU 418026-6;45R1;VANISHED;17.04.2026 02:16;FRLEH;;;;;;",
        "XQZU 418026-6;45R1;LOAD;17/04/2026;FRLEH;;;;;;",
        "XQZU 418026-6;45R1;LOAD;17.04.2026 02:18;Le-Havre;;;;;;",
    ]
    source.write_text("\n".join([HEADINGS, *rows]), encoding="utf-8-sig")
    report = shelf.loader("fr.ofast", lambda: 0).load_mapped(source, load_mapping(MAPPING))
    assert report.rejects_path is not None
    told = report.rejects_path.read_text(encoding="utf-8")
    assert report.loaded == 5, "one box, one port, one haulier, two movements"
    assert told.count("CONTAINER_INVALID") == 2, "the box and its movement"
    assert "perhaps XQZU4180266 (character 8: O looks like 0)" in told
    assert "VANISHED' is none of IN_GATE" in told
    assert told.count("UNLOCODE_INVALID") == 2, "the port and the movement"
    assert "17/04/2026" in told
