"""The file that says which of a provider's claims gives which role, and all that can be wrong in it."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.fields import REFERENCE
from gateway.errors import SettingsRejected, SignInRefused
from gateway.role_mapping import DEFAULT, MOST_BYTES, NO_UNIT, RoleMapping, read_mapping
from policy.terms import Role

FILE = """
version: 1
roles:
  - {claim: groups, value: [ofast-analysts, ofast-trainees], role: analyst}
  - {claim: realm_access.roles, value: officer, role: liaison}
  - {claim: ["https://idp.example/roles"], value: CNIL, role: oversight}
unit:
  claim: org.department
  units: {"4711": unit-1, "4712": unit-2}
subject: {claim: employee}
"""


def mapping(tmp_path: Path, text: str) -> RoleMapping:
    (tmp_path / "roles.yaml").write_text(text)
    return read_mapping(tmp_path / "roles.yaml")


@pytest.mark.parametrize(
    ("claims", "roles", "unit"),
    [
        ({"groups": ["x", "ofast-trainees"]}, {Role.ANALYST}, NO_UNIT),
        ({"groups": "ofast-analysts", "org": {"department": "4711"}}, {Role.ANALYST}, "unit-1"),
        ({"realm_access": {"roles": ["officer"]}, "groups": []}, {Role.LIAISON}, NO_UNIT),
        (
            {"https://idp.example/roles": "CNIL", "org": {"department": ["", "4712"]}},
            {Role.OVERSIGHT},
            "unit-2",
        ),
        ({"groups": ["OFAST-ANALYSTS", "analyst", "admin"]}, set(), NO_UNIT),
        ({"groups": {"ofast-analysts": True}, "realm_access": "officer"}, set(), NO_UNIT),
        ({"groups": [["ofast-analysts"], 7, None], "org": {"department": 4711}}, set(), NO_UNIT),
        ({}, set(), NO_UNIT),
    ],
)
def test_roles_and_unit_follow_the_file_and_nothing_else(
    tmp_path: Path, claims: dict[str, Any], roles: set[Role], unit: str
) -> None:
    actor = mapping(tmp_path, FILE).actor("fr.ofast", {"sub": "s", "employee": "e-1"} | claims)
    assert (actor.subject, actor.roles, actor.unit) == ("e-1", roles, unit)


def test_without_a_table_of_units_the_claim_is_the_unit_and_without_a_file_our_own_words_count() -> None:
    told = {"sub": "a", "entente_roles": ["analyst", "root", 3], "entente_unit": "U1"}
    actor = DEFAULT.actor("fr.ofast", told)
    assert (actor.subject, actor.roles, actor.unit) == ("a", {Role.ANALYST}, "U1")
    assert DEFAULT.actor("fr.ofast", {"sub": "a", "entente_unit": "x" * 129}).unit == NO_UNIT
    assert DEFAULT.actor("fr.ofast", {"sub": "a", "entente_unit": "Antenne du Havre"}).unit == NO_UNIT
    assert REFERENCE(NO_UNIT), "the log takes it"


@pytest.mark.parametrize("subject", [None, "", "é", "a b", "x" * 129, "anna@service.example", 7, {"a": 1}])
def test_who_cannot_be_named_at_the_node_is_refused_with_the_way_out(tmp_path: Path, subject: Any) -> None:
    with pytest.raises(SignInRefused, match=r"employee.*name another claim") as refused:
        mapping(tmp_path, FILE).actor("fr.ofast", {"sub": "s", "employee": subject})
    assert refused.value.code == "ID_TOKEN_SUBJECT"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("roles: [", "is not YAML"),
        ("!!python/object/apply:os.system [x]", "is not YAML"),
        ("a: &a [*a]", "is not YAML|Extra inputs|Field required"),
        ("roles: []", "roles: List should have at least 1 item"),
        ("version: 2\nroles: [{claim: a, value: b, role: analyst}]", "version: Input should be 1"),
        ("roles: [{claim: a, value: b, role: king}]", r"roles\.0\.role: Input should be 'analyst'"),
        ("roles: [{claim: a, role: analyst}]", r"roles\.0\.value: Field required"),
        ("roles: [{claim: '', value: b, role: analyst}]", r"roles\.0\.claim"),
        ("roles: [{claim: a, value: b, role: analyst, unless: c}]", r"roles\.0\.unless: Extra inputs"),
        ("roles: [{claim: a, value: 7, role: analyst}]", r"roles\.0\.value"),
        ("roles: [{claim: a, value: b, role: analyst}]\nclearance: x", "clearance: Extra inputs"),
        ("roles: [{claim: a, value: b, role: analyst}]\nroles: []", "'roles' stands twice"),
        ("", "the file: Input should be"),
        ("- a", "the file: Input should be"),
        (
            "roles: [{claim: a, value: b, role: analyst}, {claim: a, value: [c, b], role: oversight}]",
            "'b' in 'a' gives oversight and analyst, which nobody holds together",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsRejected, match=said) as refused:
        mapping(tmp_path, text)
    assert str(refused.value).startswith(str(tmp_path / "roles.yaml"))


def test_a_file_that_is_missing_or_too_large_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsRejected, match="cannot be read"):
        read_mapping(tmp_path / "none.yaml")
    with pytest.raises(SettingsRejected, match="is over"):
        mapping(tmp_path, "#" * (MOST_BYTES + 1))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["analyst", "root", "a.b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON)
def test_only_a_value_that_a_rule_names_gives_a_role(said: Any, unit: Any) -> None:
    actor = DEFAULT.actor("fr.ofast", {"sub": "s", "entente_roles": said, "entente_unit": unit})
    given = isinstance(said, list) and "analyst" in said
    assert actor.roles == ({Role.ANALYST} if given else set())
