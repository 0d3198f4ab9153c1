"""What a person's own key signed is believed only where the log, the paper and the key say the same."""

from dataclasses import replace

import pytest

from audit.approval import Paper, check_approval, signed_by, verifiable
from audit.canonical import JSON, encode
from audit.entry import Entry
from audit.errors import AuditError, FormatRefused, ProofRefused
from tests.audit.approvals import ORIGIN, SAID, approval, leaves, paper


def sealed(signed: Paper, said: JSON = SAID) -> bytes:
    return encode({"approved": said, "assertion": signed.written})


def with_facts(entry: Entry, **facts: JSON) -> Entry:
    return replace(entry, facts={**entry.facts, **facts})


def test_what_holds_names_the_person() -> None:
    added, approved = approval(paper())
    assert check_approval(1, leaves(added, approved), sealed(paper())).subject == "officer-b"


def test_whose_the_key_was_is_what_the_log_says_up_to_there() -> None:
    added, approved = approval(paper())
    for action in ("APPROVAL_KEY_REMOVED", "APPROVAL_KEY_RESET"):
        ended = with_facts(added, action=action)
        others = with_facts(ended, approver="p-1111")
        with pytest.raises(ProofRefused, match="by the log the key was nobody's"):
            check_approval(2, leaves(added, ended, approved), sealed(paper()))
        check_approval(2, leaves(added, others, approved), sealed(paper()))
        check_approval(3, leaves(added, ended, added, approved), sealed(paper()))
    with pytest.raises(ProofRefused, match="was p-1111's"):
        check_approval(1, leaves(with_facts(added, approver="p-1111"), approved), sealed(paper()))
    with pytest.raises(ProofRefused, match="nobody's"):
        check_approval(0, leaves(approved), sealed(paper()))


def test_each_part_of_the_leaf_must_be_the_papers() -> None:
    added, approved = approval(paper())
    other = "sha256:" + "1" * 64
    lies = [
        with_facts(approved, action="GRANT_PROPOSED"),
        with_facts(approved, action="FOLLOW_UP_APPROVED"),
        with_facts(approved, assertion=other),
        with_facts(approved, key=other),
        with_facts(approved, request_id="p-2"),
        with_facts(approved, approver="p-1111"),
        replace(approved, node="se.polisen"),
        replace(approved, subject=other),
        replace(approved, facts={"action": "GRANT_APPROVED"}),
    ]
    for lie in lies:
        with pytest.raises(ProofRefused):
            check_approval(1, leaves(added, lie), sealed(paper()))


@pytest.mark.parametrize(
    "lie",
    [
        replace(paper(), origin="https://desk.example.evil"),
        replace(paper(), rp_id="evil.example"),
        replace(paper(), client_data=b'{"type":"webauthn.get"}'),
        replace(paper(), client_data=b"[" * 5000),
        replace(paper(), client_data=b"[]"),
        replace(paper(), client_data=paper().client_data[:-1] + b',"crossOrigin":true}'),
        replace(paper(), client_data=paper().client_data[:-1] + b',"topOrigin":"https://evil.example"}'),
        replace(paper(), authenticator_data=paper().authenticator_data[:36]),
        replace(paper(), authenticator_data=bytes(32) + paper().authenticator_data[32:]),
        replace(paper(), authenticator_data=paper().authenticator_data[:32] + b"\x01" + bytes(4)),
        replace(paper(), authenticator_data=paper().authenticator_data[:32] + b"\x04" + bytes(4)),
        replace(paper(), authenticator_data=paper().authenticator_data[:-1] + b"\x01"),
        replace(paper(), signature=b"\x00"),
        replace(paper(), key=b"\x30\x00"),
    ],
)
def test_a_paper_that_says_otherwise_than_the_key_signed_is_not_believed(lie: Paper) -> None:
    with pytest.raises(AuditError):
        lie.check()
    added, approved = approval(lie)
    with pytest.raises(AuditError):
        check_approval(1, leaves(added, approved), sealed(lie))


def test_an_origin_of_another_desk_is_refused_although_the_browser_said_it() -> None:
    """The browser's word and the paper's agree; the RP ID is another host's."""
    moved = replace(paper(), origin="https://other.example")
    client = paper().client_data.replace(ORIGIN.encode(), b"https://other.example")
    with pytest.raises(ProofRefused, match=r"no desk of desk\.example"):
        replace(moved, client_data=client).check()


def test_what_is_no_paper_is_refused_by_its_form() -> None:
    whole = dict(paper().written)
    assert Paper.read(whole) == paper()
    lies = [
        None,
        [],
        whole | {"more": ""},
        {name: value for name, value in whole.items() if name != "key"},
        whole | {"node": ""},
        whole | {"node": "x" * 2049},
        whole | {"node": 7},
        whole | {"key": "3"},
        whole | {"key": "ZZ"},
        whole | {"signature": ""},
    ]
    for lie in lies:
        with pytest.raises(FormatRefused):
            Paper.read(lie)
    added, approved = approval(paper())
    with pytest.raises(ProofRefused, match="has not the digest"):
        check_approval(1, leaves(added, approved), sealed(paper(), {"officers": 1}))


def test_keys_of_other_kinds_sign_nothing() -> None:
    assert not verifiable(b"")
    assert not signed_by(b"no key", b"", b"")
