"""Notices: what is said is what is opened, and every step of opening one has its name."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import MAX_SIZE, encode
from audit.entry import Kind
from sharing.codes import Rejection
from sharing.directory import Directory
from sharing.encoding import digest
from sharing.errors import NotSealed
from sharing.notice import (
    DONE,
    Notice,
    NoticeReply,
    OpenedNotice,
    Unanswered,
    open_notice,
    open_notice_reply,
    seal_notice,
    seal_notice_reply,
)
from sharing.opened import Rejected
from sharing.sealed import MAX_NOTICE_REPLY, NOTICE_REPLY, RawReply, SealedNotice
from sharing.sealing import seal_rejection
from sharing.signature import (
    LIFE,
    NOTICES,
    SKEW,
    Headers,
    Pen,
    content_digest,
    sign_request,
    sign_response,
)
from tests.sharing.office import DAY, NOW, Office, open_office

FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
BODY = {"hours": ["2026-11-21T09"], "n": 7}


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    opened = await open_office(FR, SE)
    yield opened
    await opened.close()


async def _opened(office: Office) -> OpenedNotice:
    opened = office.open_notice(await office[FR].tell(office[SE].entry, body=BODY))
    assert isinstance(opened, OpenedNotice)
    return opened


def _open(office: Office, headers: Headers, body: bytes, now: int = NOW) -> OpenedNotice | Rejected:
    return open_notice(headers, body, office.directory, own=SE, now=now)


async def test_what_is_said_is_what_is_opened_and_what_is_replied_is_read(office: Office) -> None:
    sealed = await office[FR].tell(office[SE].entry, body=BODY)
    opened = office.open_notice(sealed)
    assert isinstance(opened, OpenedNotice)
    assert (opened.notice.type, opened.notice.sender, opened.notice.to) == ("PING", FR, SE)
    assert (opened.notice.body, opened.notice.digest) == (BODY, sealed.notice.digest)
    assert opened.partner.once.startswith(opened.partner.key_id)
    assert opened.partner.once_until == NOW + LIFE + SKEW
    assert opened.receipt.subject == sealed.notice.digest
    reply = open_notice_reply(await office[SE].reply_to(opened, {"lines": []}), sealed, now=NOW)
    assert isinstance(reply, NoticeReply)
    assert (reply.node, reply.status, reply.body) == (SE, DONE, {"lines": []})
    assert reply.notice == opened.notice.digest
    assert reply.receipt


async def test_a_notice_is_sealed_against_its_own_receipt_only(office: Office) -> None:
    notice = Notice("PING", FR, SE, {}, NOW)
    ring, there = office[FR].ring, office[SE].entry
    other = await office[FR].receipt(Kind.ADMINISTRATION, "sha256:" + "00" * 32)
    with pytest.raises(NotSealed, match="the receipt is for"):
        seal_notice(notice, other, ring, there, now=NOW)
    with pytest.raises(NotSealed, match="is no receipt"):
        seal_notice(notice, other.text, ring, there, now=NOW)  # type: ignore[arg-type]  # what is shown here
    receipt = await office[FR].receipt(Kind.ADMINISTRATION, notice.digest)
    with pytest.raises(NotSealed, match=f"is of {FR} to {SE}"):
        seal_notice(notice, receipt, ring, office[FR].entry, now=NOW)
    large = replace(notice, body={"x": "x" * MAX_SIZE})
    receipt = await office[FR].receipt(Kind.ADMINISTRATION, large.digest)
    with pytest.raises(NotSealed, match="bytes, at most"):
        seal_notice(large, receipt, ring, there, now=NOW)
    with pytest.raises(NotSealed, match="made outside"):
        SealedNotice(there, {}, b"", notice)


async def test_a_reply_is_sealed_against_its_own_receipt_only(office: Office) -> None:
    opened, ring = await _opened(office), office[SE].ring
    reply = NoticeReply(SE, opened.notice.digest, DONE, {}, NOW)
    other = await office[SE].receipt(Kind.ADMINISTRATION, opened.notice.digest)
    with pytest.raises(NotSealed, match="the receipt is for"):
        seal_notice_reply(reply, other, opened, ring, now=NOW)
    stray = replace(reply, notice="sha256:" + "00" * 32)
    receipt = await office[SE].receipt(Kind.ADMINISTRATION, stray.digest)
    with pytest.raises(NotSealed, match=f"{SE} got"):
        seal_notice_reply(stray, receipt, opened, ring, now=NOW)
    large = replace(reply, body={"x": "x" * MAX_NOTICE_REPLY})
    receipt = await office[SE].receipt(Kind.ADMINISTRATION, large.digest)
    with pytest.raises(NotSealed, match="bytes, at most"):
        seal_notice_reply(large, receipt, opened, ring, now=NOW)


Change = Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda headers, body: (headers, body + b"x" * MAX_SIZE), Rejection.TOO_LARGE),
        (lambda headers, body: (headers | {"content-type": "text/plain"}, body), Rejection.MALFORMED),
        (lambda headers, body: ({**headers, "content-digest": "a\n"}, body), Rejection.MALFORMED),
        (lambda headers, body: (headers | {"signature": "x"}, body), Rejection.MALFORMED),
        (lambda headers, body: (headers | {"entente-recipient": EU}, body), Rejection.WRONG_RECIPIENT),
        (lambda headers, body: (headers | {"content-digest": content_digest(b"")}, body), "BAD_SIGNATURE"),
        (lambda headers, body: (headers, body + b" "), Rejection.DIGEST_MISMATCH),
        (
            lambda headers, body: (
                headers | {"signature-input": headers["signature-input"].replace(FR, EU)},
                body,
            ),
            Rejection.UNKNOWN_SENDER,
        ),
    ],
)
async def test_each_step_of_the_envelope_has_its_code(office: Office, change: Change, code: str) -> None:
    sealed = await office[FR].tell(office[SE].entry)
    rejected = _open(office, *change(dict(sealed.headers), sealed.body))
    assert isinstance(rejected, Rejected)
    assert rejected.code == code


@pytest.mark.parametrize(
    ("after", "code"),
    [
        (-SKEW - 1, Rejection.CLOCK_SKEW),
        (LIFE + SKEW, Rejection.EXPIRED),
        (400 * DAY, Rejection.DIRECTORY_EXPIRED),
    ],
)
async def test_a_notice_lives_as_long_as_a_question(office: Office, after: int, code: str) -> None:
    rejected = office.open_notice(await office[FR].tell(office[SE].entry), now=NOW + after)
    assert isinstance(rejected, Rejected)
    assert rejected.code == code


async def test_a_question_is_no_notice_and_a_notice_no_question(office: Office) -> None:
    question = await office[FR].ask(office[SE].entry)
    asked = _open(office, question.headers, question.body)
    notice = await office[FR].tell(office[SE].entry)
    told = office.open(replace(question, headers=notice.headers, body=notice.body))
    for each in (asked, told):
        assert isinstance(each, Rejected)
        assert each.code is Rejection.MALFORMED


def _signed(office: Office, body: bytes) -> dict[str, str]:
    """Header fields with a good signature of FR over any body."""
    headers = {"content-type": "application/vnd.entente.notice+json", "entente-recipient": SE}
    headers |= {"content-digest": content_digest(body)}
    ring = office[FR].ring
    pen = Pen(ring.message, ring.message_kid, NOW)
    return headers | sign_request(headers, office[SE].entry.authority, pen, NOTICES)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"from": EU}, Rejection.MALFORMED),
        ({"to": EU}, Rejection.WRONG_RECIPIENT),
        ({"type": "ping"}, Rejection.MALFORMED),
        ({"type": "P" * 41}, Rejection.MALFORMED),
        ({"at": "now"}, Rejection.MALFORMED),
        ({"body": []}, Rejection.MALFORMED),
        ({"more": 1}, Rejection.MALFORMED),
        ({"body": {"other": 1}}, Rejection.BAD_RECEIPT),
    ],
)
async def test_a_well_signed_body_is_read_strictly(
    office: Office, changes: dict[str, Any], code: Rejection
) -> None:
    notice = Notice("PING", FR, SE, {}, NOW)
    receipt = await office[FR].receipt(Kind.ADMINISTRATION, notice.digest)
    told: dict[str, Any] = {"type": "PING", "from": FR, "to": SE, "body": {}, "at": NOW, "salt": notice.salt}
    body = encode({"notice": told | changes, "receipt": receipt.text})
    rejected = _open(office, _signed(office, body), body)
    assert isinstance(rejected, Rejected)
    assert rejected.code is code


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"notice": {}}', b"\xff", b"[" * 2000])
async def test_well_signed_rubbish_is_malformed(office: Office, body: bytes) -> None:
    rejected = _open(office, _signed(office, body), body)
    assert isinstance(rejected, Rejected)
    assert rejected.code is Rejection.MALFORMED


async def test_the_receipt_must_be_the_senders_and_of_this_kind(office: Office) -> None:
    notice = Notice("PING", FR, SE, {}, NOW)
    for station, kind in ((SE, Kind.ADMINISTRATION), (FR, Kind.ASKED)):
        receipt = await office[station].receipt(kind, notice.digest)
        body = b'{"notice":%b,"receipt":%b}' % (notice.statement, encode(receipt.text))
        rejected = _open(office, _signed(office, body), body)
        assert isinstance(rejected, Rejected)
        assert rejected.code is Rejection.BAD_RECEIPT


@pytest.mark.parametrize("code", list(Rejection))
async def test_a_rejection_comes_back_as_its_code(office: Office, code: Rejection) -> None:
    sealed = await office[FR].tell(office[SE].entry)
    opened = office.open_notice(sealed)
    assert isinstance(opened, OpenedNotice)
    told = seal_rejection(opened.reject(code, "x"), office[SE].ring, now=NOW)
    answer = open_notice_reply(RawReply(told.status, told.headers, told.body), sealed, now=NOW)
    assert isinstance(answer, Unanswered)
    assert answer.code == code


async def _replied(office: Office) -> tuple[SealedNotice, RawReply]:
    sealed = await office[FR].tell(office[SE].entry, body=BODY)
    opened = office.open_notice(sealed)
    assert isinstance(opened, OpenedNotice)
    return sealed, await office[SE].reply_to(opened, {"lines": [1, 2]})


@pytest.mark.parametrize(
    "change",
    [
        lambda reply: replace(reply, body=reply.body + b"x"),
        lambda reply: replace(reply, body=b"x" * (MAX_NOTICE_REPLY + 1)),
        lambda reply: replace(reply, status=500),
        lambda reply: replace(reply, headers={}),
        lambda reply: replace(reply, headers={"content-type": NOTICE_REPLY}),
        lambda reply: replace(reply, headers=reply.headers | {"content-type": "text/html"}),
        lambda reply: replace(reply, headers=reply.headers | {"signature": reply.headers["signature"][:-9]}),
    ],
)
async def test_a_bad_reply_is_invalid(office: Office, change: Callable[[RawReply], RawReply]) -> None:
    sealed, reply = await _replied(office)
    answer = open_notice_reply(change(reply), sealed, now=NOW)
    assert isinstance(answer, Unanswered)
    assert (answer.node, answer.code) == (SE, "INVALID_ANSWER")


async def test_a_reply_to_another_notice_or_of_another_time_is_invalid(office: Office) -> None:
    sealed, reply = await _replied(office)
    other, _ = await _replied(office)
    for notice, now in ((other, NOW), (sealed, NOW + LIFE + SKEW)):
        assert isinstance(open_notice_reply(reply, notice, now=now), Unanswered)


@pytest.mark.parametrize(
    ("statement", "payload"),
    [
        ({}, b'{"a": 1}'),
        ({}, b"[]"),
        ({}, b'{"a":1.5}'),
        ({}, b'{"a":' * 40 + b"1" + b"}" * 40),
        ({"status": "done"}, b"{}"),
        ({"node": FR}, b"{}"),
        ({"notice": "sha256:" + "00" * 32}, b"{}"),
        ({"payload": "sha256:" + "00" * 32}, b"{}"),
        ({"more": 1}, b"{}"),
        ({"answered_at": -1}, b"{}"),
        ({"salt": "another, so that the receipt is for something else"}, b"{}"),
        ({"salt": "another"}, b"{}"),
    ],
)
async def test_a_well_signed_reply_is_read_strictly(
    office: Office, statement: dict[str, Any], payload: bytes
) -> None:
    sealed = await office[FR].tell(office[SE].entry)
    reply = NoticeReply(SE, sealed.notice.digest, DONE, {}, NOW)
    receipt = await office[SE].receipt(Kind.ADMINISTRATION, reply.digest)
    told: dict[str, Any] = {"node": SE, "notice": reply.notice, "status": DONE, "payload": digest(payload)}
    told |= {"answered_at": NOW, "salt": reply.salt} | statement
    body = encode({"receipt": receipt.text, "statement": told}) + b"\n" + payload
    headers = {"content-type": NOTICE_REPLY, "content-digest": content_digest(body)}
    ring = office[SE].ring
    headers |= sign_response(headers, sealed.headers, 200, Pen(ring.message, ring.message_kid, NOW))
    answer = open_notice_reply(RawReply(200, headers, body), sealed, now=NOW)
    assert isinstance(answer, Unanswered)
    assert answer.code == "INVALID_ANSWER"


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text('abc äé\u20ac"\\', max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=3), inner, max_size=4),
    max_leaves=9,
)


@given(st.dictionaries(st.text("abc", max_size=5), JSONS, max_size=5), st.integers(0, 2**40))
def test_a_digest_holds_every_part(body: dict[str, Any], at: int) -> None:
    notice = Notice("PING", FR, SE, body, at, "salt-salt")
    others = [
        replace(notice, type="PONG"),
        replace(notice, sender=EU),
        replace(notice, to=EU),
        replace(notice, body=body | {"x": 1}),
        replace(notice, at=at + 1),
        replace(notice, salt="other"),
    ]
    assert len({notice.digest, *(each.digest for each in others)}) == len(others) + 1
    assert replace(notice, receipt="x").digest == notice.digest


FIELDS = st.dictionaries(st.sampled_from(["content-type", "signature", "entente-recipient"]), st.text())
NOBODY = Directory("eu.entente", 1, NOW - DAY, NOW + DAY, ())


@given(FIELDS, st.binary())
def test_anything_from_anywhere_is_rejected(headers: dict[str, str], body: bytes) -> None:
    assert isinstance(open_notice(headers, body, NOBODY, own=SE, now=NOW), Rejected)
