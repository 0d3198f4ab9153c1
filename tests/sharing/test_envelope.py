"""A question and its answer between real nodes, and everything that can be wrong with either."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.canonical import encode
from audit.entry import Kind
from audit.keys import SigningKey
from audit.receipt import ForeignReceipt
from policy.terms import Status
from sharing.directory import Directory, NodeKey
from sharing.encoding import digest
from sharing.envelope import (
    Opened,
    RawReply,
    Rejected,
    Rejection,
    Sealed,
    SealedReply,
    open_answer,
    open_request,
    seal_answer,
    seal_rejection,
    seal_request,
    seal_requests,
)
from sharing.errors import NotSealed
from sharing.jws import sign_statement
from sharing.keys import KeyRing, Use, kid
from sharing.mandate_token import TYP, Bound, known_by, recorded_mandate, seal_mandate
from sharing.message import Answer, Refused, Silence
from sharing.sealed import MAX_REPLY, MAX_REQUEST
from sharing.signature import Pen, content_digest, sign_request, sign_response
from tests.sharing.office import DAY, DOCUMENT, NOW, Office, mandate, question

FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"


async def _asked(office: Office, to: str = SE) -> Sealed:
    return await office[FR].ask(office[to].entry)


def _opened(found: Opened | Rejected) -> Opened:
    assert isinstance(found, Opened), found
    return found


def _receipt_in(body: bytes) -> str:
    """The digest of the receipt in a body that may be anything."""
    try:
        return digest(str(orjson.loads(body)["receipt"]).encode())
    except (ValueError, KeyError, TypeError):
        return digest(b"")


def _resigned(
    office: Office, sealed: Sealed, *, now: int = NOW, body: bytes | None = None, **headers: str
) -> Sealed:
    """The same request after changes, with a good signature of the sender again."""
    body = sealed.body if body is None else body
    fields = dict(sealed.headers) | {"content-digest": content_digest(body)}
    if body != sealed.body and "entente_mandate" not in headers:
        fields["entente-mandate"] = seal_mandate(
            mandate(FR), office[FR].ring, sealed.to.id, Bound(digest(body), _receipt_in(body)), now=now
        )
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    ring = office[FR].ring
    fields |= sign_request(fields, sealed.to.authority, Pen(ring.message, ring.message_kid, now))
    return replace(sealed, headers=fields, body=body)


# ----- the way there


async def test_a_question_arrives_as_it_was_asked(office: Office) -> None:
    sealed = await _asked(office)
    opened = _opened(office.open(sealed))
    assert replace(opened.request, home_receipt="") == sealed.request
    assert opened.request.digest == sealed.request.digest
    assert opened.sender.id == FR
    assert opened.receipt.subject == sealed.request.digest
    assert opened.receipt.kind is Kind.ASKED
    assert opened.once.startswith(f"{office[FR].ring.message_kid}/")
    assert opened.once_until == NOW + 90
    asked, got = mandate(FR), opened.mandate
    assert (got.case, got.purpose, got.legal_basis, got.aim) == (
        asked.case,
        asked.purpose,
        asked.legal_basis,
        asked.aim,
    )
    assert (got.offence, got.subject_category) == (asked.offence, asked.subject_category)
    assert (got.opened_at, got.expires_at) == (asked.opened_at, asked.expires_at)
    assert (got.actor.node, got.actor.roles, got.actor.unit) == (FR, asked.actor.roles, asked.actor.unit)


@pytest.mark.parametrize("known", [True, False])
async def test_a_request_says_whether_its_node_may_be_named_to_others(office: Office, known: bool) -> None:
    asker, asked = office[FR], question(FR)
    receipt = await asker.receipt(Kind.ASKED, asked.digest)
    to = [office[SE].entry]
    (sealed,) = seal_requests(asked, mandate(FR), receipt, asker.ring, to, now=NOW, known=known)
    opened = _opened(office.open(sealed))
    token = opened.paper.request["entente-mandate"]
    assert known_by(token) is known
    assert recorded_mandate(token, FR) == opened.mandate


async def test_partners_cannot_link_the_analyst_by_pseudonym_or_mandate(office: Office) -> None:
    first, again = [_opened(office.open(await _asked(office))).mandate for _ in range(2)]
    other = _opened(office.open(await _asked(office, EU))).mandate
    assert (first.actor.subject, first.id) == (again.actor.subject, again.id)
    assert first.actor.subject != other.actor.subject
    assert first.id != other.id
    assert mandate(FR).actor.subject not in first.actor.subject
    assert first.actor.subject == office[FR].ring.pseudonym(SE, "u-4711")
    assert first.id == office[FR].ring.mandate_alias(SE, "m-17")


async def test_one_body_for_all_nodes_and_home_is_a_partner_too(office: Office) -> None:
    request = question(FR)
    receipt = await office[FR].receipt(Kind.ASKED, request.digest)
    nodes = office.directory.recipients([FR, SE, EU], NOW)
    sealed = seal_requests(request, mandate(FR), receipt, office[FR].ring, nodes, now=NOW)
    assert len({parcel.body for parcel in sealed}) == 1
    assert len({parcel.headers["signature"] for parcel in sealed}) == 3
    assert len({_opened(office.open(parcel)).once for parcel in sealed}) == 3


async def test_nothing_of_the_mandate_or_question_stands_outside_of_the_token_and_body(
    office: Office,
) -> None:
    sealed = await _asked(office)
    clear = repr({name: value for name, value in sealed.headers.items() if name != "entente-mandate"})
    assert "FR-2026-0418" not in clear + repr(sealed)
    assert "+33612345678" not in clear
    rejected = office.open(sealed, now=NOW + 999)
    assert "FR-2026-0418" not in repr(rejected)


async def test_no_receipt_no_seal(office: Office) -> None:
    request, ring, to = question(FR), office[FR].ring, office[SE].entry
    other = await office[FR].receipt(Kind.ASKED, digest(b"another"))
    good = await office[FR].receipt(Kind.ASKED, request.digest)
    foreign = ForeignReceipt.parse(good.text).verify(*office[FR].entry.log_keys)
    with pytest.raises(NotSealed, match=f"digest is {request.digest}, the receipt is for {other.subject}"):
        seal_request(request, mandate(FR), other, ring, to, now=NOW)
    with pytest.raises(NotSealed, match="VerifiedReceipt is no receipt"):
        seal_request(request, mandate(FR), foreign, ring, to, now=NOW)  # type: ignore[arg-type]  # what must fail
    with pytest.raises(NotSealed, match=r"is of se\.polisen"):
        seal_request(request, mandate(SE), good, ring, to, now=NOW)
    with pytest.raises(NotSealed, match="until"):
        seal_request(request, mandate(FR), good, ring, to, now=NOW + 3600)
    with pytest.raises(NotSealed, match="made outside"):
        Sealed(to, {}, b"", request)
    with pytest.raises(NotSealed, match="made outside"):
        SealedReply(200, {}, b"")
    big = question(FR, value="x" * MAX_REQUEST)
    with pytest.raises(NotSealed, match="at most"):
        await office[FR].ask(to, request=big)


async def test_an_answer_needs_its_receipt_and_its_question(office: Office) -> None:
    opened = _opened(office.open(await _asked(office)))
    other = _opened(office.open(await _asked(office)))
    ring = office[SE].ring
    answer = Answer(SE, "q-1", opened.request.digest, Status.NO_HIT, b"{}", (), "r", (), NOW)
    good = await office[SE].receipt(Kind.DISCLOSED, answer.digest)
    assert seal_answer(answer, good, opened, ring, now=NOW).status == 200
    with pytest.raises(NotSealed, match="was asked"):
        seal_answer(answer, good, other, ring, now=NOW)
    with pytest.raises(NotSealed, match="the receipt is for"):
        seal_answer(replace(answer, payload=b"[]"), good, opened, ring, now=NOW)


# ----- what is rejected, step by step

Change = Callable[[Office, Sealed], Sealed]


def _fields(**changes: str | None) -> Change:
    def change(_office: Office, sealed: Sealed) -> Sealed:
        fields = dict(sealed.headers)
        for name, value in changes.items():
            fields.pop(name.replace("_", "-"))
            if value is not None:
                fields[name.replace("_", "-")] = value
        return replace(sealed, headers=fields)

    return change


def _body(edit: Callable[[dict[str, Any]], None]) -> Change:
    def change(office: Office, sealed: Sealed) -> Sealed:
        letter = orjson.loads(sealed.body)
        edit(letter)
        return _resigned(office, sealed, body=encode(letter))

    return change


def _claims(**changes: Any) -> Change:
    def change(office: Office, sealed: Sealed) -> Sealed:
        return _claims_with(office, sealed, office[FR].ring.mandate, **changes)

    return change


def _claims_with(office: Office, sealed: Sealed, key: SigningKey, **changes: Any) -> Sealed:
    claims: dict[str, Any] = {
        "iss": FR,
        "aud": sealed.to.id,
        "sub": "p-1",
        "jti": "j",
        "iat": NOW,
        "exp": NOW + 60,
        "bound": digest(sealed.body),
        "receipt": _receipt_in(sealed.body),
    }
    part: dict[str, Any] = {
        "id": "m-1",
        "purpose": "CROSS_CHECKING",
        "legal_basis": "ER_18_2_A",
        "case": "C-1",
        "offence": "DRUG_TRAFFICKING",
        "subject_category": "LIKELY_OFFENDER",
        "aim": "IDENTIFY_PERSON",
        "roles": ["analyst"],
        "unit": "U-1",
        "from": NOW,
        "until": NOW + 60,
    }
    for name, value in changes.items():
        (part if name.removesuffix("_") in part else claims)[name.removesuffix("_")] = value
    token = sign_statement(orjson.dumps(claims | {"mandate": part}), key, TYP)
    return _resigned(office, sealed, entente_mandate=token)


def _set(path: str, value: Any) -> Change:
    def edit(letter: dict[str, Any]) -> None:
        *way, last = path.split(".")
        target = letter
        for step in way:
            target = target[step]
        target[last] = value

    return _body(edit)


def _wrong_key(office: Office, sealed: Sealed) -> Sealed:
    return _claims_with(office, sealed, office[FR].ring.message)


def _foreign_key(office: Office, sealed: Sealed) -> Sealed:
    return _claims_with(office, sealed, office[EU].ring.mandate)


def _spaced(office: Office, sealed: Sealed) -> Sealed:
    return _resigned(office, sealed, body=sealed.body.replace(b":", b": ", 1))


def _other_receipt(office: Office, sealed: Sealed) -> Sealed:
    letter = orjson.loads(sealed.body)
    letter["question"]["variables"] = {"value": "another"}
    return _resigned(office, sealed, body=encode(letter))


def _flipped_signature(_office: Office, sealed: Sealed) -> Sealed:
    value = sealed.headers["signature"]
    flipped = value[:20] + ("A" if value[20] != "A" else "B") + value[21:]
    return replace(sealed, headers={**sealed.headers, "signature": flipped})


def _by_the_mandate_key(office: Office, sealed: Sealed) -> Sealed:
    ring = office[FR].ring
    signed = sign_request(sealed.headers, sealed.to.authority, Pen(ring.mandate, ring.mandate_kid, NOW))
    return replace(sealed, headers={**sealed.headers, **signed})


def _by_a_stranger(_office: Office, sealed: Sealed) -> Sealed:
    ring = KeyRing.generate("xx.stranger")
    signed = sign_request(sealed.headers, sealed.to.authority, Pen(ring.message, ring.message_kid, NOW))
    return replace(sealed, headers={**sealed.headers, **signed})


def _under_anothers_name(office: Office, sealed: Sealed) -> Sealed:
    signed = sign_request(
        sealed.headers, sealed.to.authority, Pen(office[EU].ring.message, office[FR].ring.message_kid, NOW)
    )
    return replace(sealed, headers={**sealed.headers, **signed})


def _for_another(office: Office, sealed: Sealed) -> Sealed:
    return _resigned(office, sealed, entente_recipient=EU)


def _to_another_address(office: Office, sealed: Sealed) -> Sealed:
    ring = office[FR].ring
    signed = sign_request(
        sealed.headers, office[EU].entry.authority, Pen(ring.message, ring.message_kid, NOW)
    )
    return replace(sealed, headers={**sealed.headers, **signed})


REJECTED: list[tuple[Rejection, Change]] = [
    (Rejection.TOO_LARGE, lambda _o, s: replace(s, body=b"x" * (MAX_REQUEST + 1))),
    (Rejection.TOO_LARGE, lambda o, s: _resigned(o, s, entente_mandate="x" * 5000)),
    (Rejection.MALFORMED, _fields(content_digest=None)),
    (Rejection.MALFORMED, _fields(signature=None)),
    (Rejection.MALFORMED, _fields(entente_mandate="é")),
    (Rejection.MALFORMED, _fields(entente_recipient="a\nb: c")),
    (Rejection.MALFORMED, _fields(content_type="text/html")),
    (Rejection.MALFORMED, _fields(signature_input="sig1=()")),
    (Rejection.MALFORMED, _spaced),
    (Rejection.MALFORMED, _set("question.documentId", "sha256:zz")),
    (Rejection.MALFORMED, _set("question.documentId", "query { all }")),
    (Rejection.MALFORMED, _set("question.query", "{ free }")),
    (Rejection.MALFORMED, _set("question.sender", EU)),
    (Rejection.MALFORMED, _set("question.variables", [])),
    (Rejection.MALFORMED, _set("question.deadline_ms", 0)),
    (Rejection.MALFORMED, _set("question.asked_at", True)),
    (Rejection.MALFORMED, _set("question.query_id", "a b")),
    (Rejection.MALFORMED, _set("extra", 1)),
    (Rejection.MALFORMED, _body(lambda letter: letter.pop("receipt") and None)),
    (Rejection.UNKNOWN_SENDER, _by_a_stranger),
    (Rejection.UNKNOWN_SENDER, _by_the_mandate_key),
    (Rejection.WRONG_RECIPIENT, _for_another),
    (Rejection.CLOCK_SKEW, lambda o, s: _resigned(o, s, now=NOW + 31)),
    (Rejection.EXPIRED, lambda o, s: _resigned(o, s, now=NOW - 90)),
    (Rejection.BAD_SIGNATURE, _flipped_signature),
    (Rejection.BAD_SIGNATURE, _under_anothers_name),
    (Rejection.BAD_SIGNATURE, _to_another_address),
    (Rejection.BAD_SIGNATURE, _fields(entente_mandate="a.b.c")),
    (Rejection.DIGEST_MISMATCH, lambda _o, s: replace(s, body=s.body + b" ")),
    (Rejection.BAD_MANDATE, lambda o, s: _resigned(o, s, entente_mandate="not.a.token")),
    (Rejection.BAD_MANDATE, _wrong_key),
    (Rejection.BAD_MANDATE, _foreign_key),
    (Rejection.BAD_MANDATE, _claims(aud=EU)),
    (Rejection.BAD_MANDATE, _claims(iss=EU)),
    (Rejection.BAD_MANDATE, _claims(bound=digest(b"other"))),
    (Rejection.BAD_MANDATE, _claims(receipt=digest(b"other"))),
    (Rejection.BAD_MANDATE, _claims(exp=NOW + 61)),
    (Rejection.BAD_MANDATE, _claims(iat=NOW - 200, exp=NOW - 140)),
    (Rejection.BAD_MANDATE, _claims(iat=NOW + 31, exp=NOW + 60)),
    (Rejection.BAD_MANDATE, _claims(until=NOW)),
    (Rejection.BAD_MANDATE, _claims(from_=NOW + 31, until=NOW + 99)),
    (Rejection.BAD_MANDATE, _claims(purpose="CURIOSITY")),
    (Rejection.BAD_MANDATE, _claims(known="yes")),
    (Rejection.BAD_MANDATE, _claims(unknown=True)),
    (Rejection.BAD_MANDATE, _claims(roles=[])),
    (Rejection.BAD_MANDATE, _claims(roles=["king"])),
    (Rejection.BAD_MANDATE, _claims(case="a case")),
    (Rejection.BAD_MANDATE, _claims(sub="")),
    (Rejection.BAD_MANDATE, _claims(iat=float(NOW))),
    (Rejection.BAD_MANDATE, _claims(admin=True)),
    (Rejection.BAD_RECEIPT, _set("receipt", "nothing")),
    (Rejection.BAD_RECEIPT, _other_receipt),
]


@pytest.mark.parametrize(
    ("code", "change"), REJECTED, ids=[f"{n}-{code}" for n, (code, _) in enumerate(REJECTED)]
)
async def test_rejections(office: Office, code: Rejection, change: Change) -> None:
    sealed = await _asked(office)
    bad = change(office, sealed)
    found = open_request(bad.headers, bad.body, office.directory, own=SE, now=NOW)
    assert isinstance(found, Rejected)
    assert found.code is code, found.detail
    reply = seal_rejection(found, office[SE].ring, now=NOW)
    assert reply.status == code.http_status
    assert ("signature" in reply.headers) == (found.sender is not None)


async def test_the_unchanged_claims_of_these_tests_are_good(office: Office) -> None:
    sealed = await _asked(office)
    _opened(office.open(_claims()(office, sealed)))
    _opened(office.open(_resigned(office, sealed)))
    _opened(office.open(_resigned(office, sealed, now=NOW + 30)))
    _opened(office.open(_resigned(office, sealed, now=NOW - 89)))


async def test_a_receipt_of_another_kind_or_log_is_no_intent(office: Office) -> None:
    request, ring, to = question(FR), office[FR].ring, office[SE].entry
    for station, kind in ((office[FR], Kind.DISCLOSED), (office[EU], Kind.ASKED)):
        receipt = await station.receipt(kind, request.digest)
        found = office.open(seal_request(request, mandate(FR), receipt, ring, to, now=NOW))
        assert isinstance(found, Rejected)
        assert found.code is Rejection.BAD_RECEIPT


async def test_a_receipt_by_a_key_that_is_not_the_logs(office: Office) -> None:
    liar = replace(office[FR].entry, log_vkey=SigningKey.generate(f"{FR}/log").public.vkey)
    nodes = (liar, office[SE].entry)
    directory = Directory("eu.entente", 2, NOW, NOW + DAY, nodes)
    sealed = await _asked(office)
    found = open_request(sealed.headers, sealed.body, directory, own=SE, now=NOW)
    assert isinstance(found, Rejected)
    assert found.code is Rejection.BAD_RECEIPT


async def test_an_expired_directory_knows_nobody(office: Office) -> None:
    sealed = await office[FR].ask(office[SE].entry, now=office.directory.expires_at)
    found = office.open(sealed, now=office.directory.expires_at)
    assert isinstance(found, Rejected)
    assert (found.code, found.sender) == (Rejection.DIRECTORY_EXPIRED, None)


async def test_keys_rotate_with_an_overlap(office: Office) -> None:
    fr = office[FR]
    new = replace(fr.ring, message=SigningKey.generate(f"{FR}/message"))
    keys = tuple(replace(key, not_after=NOW + 10) if key.use is Use.MESSAGE else key for key in fr.entry.keys)
    entry = replace(fr.entry, keys=(*keys, NodeKey(Use.MESSAGE, new.message.public, NOW - 10, NOW + DAY)))
    directory = Directory("eu.entente", 2, NOW - DAY, NOW + DAY, (entry, office[SE].entry))
    for ring, now, good in (
        (fr.ring, NOW, True),
        (new, NOW, True),
        (fr.ring, NOW + 10, False),
        (new, NOW + 10, True),
    ):
        request = question(FR, now)
        receipt = await fr.receipt(Kind.ASKED, request.digest)
        sealed = seal_request(request, mandate(FR, now), receipt, ring, office[SE].entry, now=now)
        found = open_request(sealed.headers, sealed.body, directory, own=SE, now=now)
        assert isinstance(found, Opened if good else Rejected), found
        if isinstance(found, Rejected):
            assert found.code is Rejection.BAD_SIGNATURE
            assert found.sender == entry


_HEADER_TEXT = st.text(max_size=60) | st.sampled_from(
    ['entente=("@method")', "sha-256=:AAAA:", "application/json"]
)
_NAMES = (
    "content-type",
    "content-digest",
    "entente-recipient",
    "entente-mandate",
    "signature-input",
    "signature",
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(headers=st.dictionaries(st.sampled_from(_NAMES), _HEADER_TEXT), body=st.binary(max_size=300))
async def test_random_bytes_are_rejected_and_raise_nothing(
    office: Office, headers: dict[str, str], body: bytes
) -> None:
    assert isinstance(open_request(headers, body, office.directory, own=SE, now=NOW), Rejected)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(name=st.sampled_from(_NAMES), data=st.data())
async def test_a_changed_character_in_any_field_is_rejected(
    office: Office, name: str, data: st.DataObject
) -> None:
    sealed = await _asked(office)
    value = sealed.headers[name]
    at = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.characters(min_codepoint=1, max_codepoint=300).filter(lambda c: c != value[at]))
    changed = {**sealed.headers, name: value[:at] + other + value[at + 1 :]}
    assert isinstance(open_request(changed, sealed.body, office.directory, own=SE, now=NOW), Rejected)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    junk=st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    )
)
async def test_signed_junk_is_malformed(office: Office, junk: Any) -> None:
    sealed = await _asked(office)
    bad = _resigned(office, sealed, body=orjson.dumps(junk))
    found = office.open(bad)
    assert isinstance(found, Rejected)
    assert found.code is Rejection.MALFORMED


# ----- the way back


async def test_an_answer_comes_back_with_its_receipt(office: Office) -> None:
    sealed = await _asked(office)
    raw = await office[SE].reply(_opened(office.open(sealed)), b'{"hit":true}')
    answer = open_answer(raw, sealed, now=NOW)
    assert isinstance(answer, Answer)
    assert (answer.node, answer.status, answer.payload) == (SE, Status.ANSWERED, b'{"hit":true}')
    assert (answer.grants, answer.revision, answer.masked) == (("g-1@1",), "rev-1", ())
    proof = ForeignReceipt.parse(answer.receipt).verify(*office[SE].entry.log_keys)
    assert proof.subject == answer.digest
    assert proof.digest == answer.receipt_digest
    assert sealed.request.digest.encode() in answer.statement


async def test_a_payload_with_newlines_and_no_payload(office: Office) -> None:
    sealed = await _asked(office)
    opened = _opened(office.open(sealed))
    for payload in (b"", b"\n", b'{\n"hit":true}\n\n', bytes(range(256))):
        answer = open_answer(await office[SE].reply(opened, payload), sealed, now=NOW)
        assert isinstance(answer, Answer)
        assert answer.payload == payload


async def test_a_refusal_is_signed_and_logged_like_an_answer(office: Office) -> None:
    sealed = await _asked(office)
    opened = _opened(office.open(sealed))
    refused = open_answer(await office[SE].refuse(opened, "NO_GRANT", "QUOTA"), sealed, now=NOW)
    assert isinstance(refused, Refused)
    assert (refused.reasons, refused.status) == (("NO_GRANT", "QUOTA"), Status.REFUSED)
    assert ForeignReceipt.parse(refused.receipt).subject == refused.digest
    assert refused.receipt_digest == digest(refused.receipt.encode())
    over = open_answer(await office[SE].refuse(opened, "QUOTA"), sealed, now=NOW)
    assert over.status is Status.OVER_QUOTA


async def test_a_spent_quota_tells_when_it_renews_and_an_older_node_does_not(office: Office) -> None:
    sealed = await _asked(office)
    opened = _opened(office.open(sealed))
    hour = NOW - NOW % 3600 + 3600
    told = open_answer(await office[SE].refuse(opened, "QUOTA", renews_at=hour), sealed, now=NOW)
    assert isinstance(told, Refused)
    assert (told.renews_at, told.status) == (hour, Status.OVER_QUOTA)
    assert b"renews_at" in told.statement
    older = open_answer(await office[SE].refuse(opened, "QUOTA"), sealed, now=NOW)
    assert isinstance(older, Refused)
    assert older.renews_at is None
    assert b"renews_at" not in older.statement, "as nodes without quotas write it"


@pytest.mark.parametrize(
    ("reasons", "later"), [(("QUOTA",), 1), (("QUOTA",), 3600 * 30), (("NO_GRANT",), 0), (("QUOTA",), -7200)]
)
async def test_a_renewal_is_a_whole_hour_of_a_quota(
    office: Office, reasons: tuple[str, ...], later: int
) -> None:
    sealed = await _asked(office)
    renews_at = NOW - NOW % 3600 + 3600 + later
    raw = await office[SE].refuse(_opened(office.open(sealed)), *reasons, renews_at=renews_at)
    found = open_answer(raw, sealed, now=NOW)
    assert isinstance(found, Silence)
    assert (found.status, "renews_at" in found.detail) == (Status.INVALID_ANSWER, True)


async def test_the_same_answer_twice_has_two_digests(office: Office) -> None:
    opened = _opened(office.open(await _asked(office)))
    one, two = (
        Answer(SE, "q-1", opened.request.digest, Status.NO_HIT, b"{}", (), "r", (), NOW) for _ in range(2)
    )
    assert one.digest != two.digest


async def test_a_rejection_of_a_known_sender_is_signed_and_understood(office: Office) -> None:
    sealed = await _asked(office)
    opened = _opened(office.open(sealed))
    for code in (
        Rejection.REPLAYED,
        Rejection.AUDIT_UNAVAILABLE,
        Rejection.UNKNOWN_DOCUMENT,
        Rejection.OVER_QUOTA,
    ):
        reply = seal_rejection(opened.reject(code, "why"), office[SE].ring, now=NOW)
        found = open_answer(_raw(reply), sealed, now=NOW)
        assert isinstance(found, Refused)
        assert (found.reasons, found.receipt, found.receipt_digest) == ((code,), "", "")
        assert found.status is (Status.OVER_QUOTA if code is Rejection.OVER_QUOTA else Status.REFUSED)


async def test_a_rejection_that_nobody_signed_is_no_answer(office: Office) -> None:
    sealed = await _asked(office)
    unsigned = seal_rejection(Rejected(Rejection.UNKNOWN_SENDER, "why"), office[SE].ring, now=NOW)
    found = open_answer(_raw(unsigned), sealed, now=NOW)
    assert isinstance(found, Silence)
    assert found.status is Status.INVALID_ANSWER
    assert "without the fields of a signed reply" in found.detail


def _raw(reply: SealedReply) -> RawReply:
    return RawReply(reply.status, reply.headers, reply.body)


def _signed_again(
    office: Office, sealed: Sealed, raw: RawReply, body: bytes, *, now: int = NOW, node: str = SE
) -> RawReply:
    headers = {"content-type": raw.headers["content-type"], "content-digest": content_digest(body)}
    ring = office[node].ring
    signed = sign_response(headers, sealed.headers, raw.status, Pen(ring.message, ring.message_kid, now))
    return RawReply(raw.status, headers | signed, body)


def _edited(raw: RawReply, payload: bytes | None = None, **changes: Any) -> bytes:
    head, _, tail = raw.body.partition(b"\n")
    letter = orjson.loads(head)
    for name, value in changes.items():
        (letter if name == "receipt" else letter["statement"])[name] = value
    return encode(letter) + b"\n" + (tail if payload is None else payload)


async def _lie(office: Office, sealed: Sealed, lie: str) -> RawReply:  # noqa: C901, PLR0911, PLR0912  # one case for each lie
    raw = await office[SE].reply(_opened(office.open(sealed)), b'{"hit":true}')
    again = await _asked(office)
    elsewhere = await _asked(office, EU)
    match lie:
        case "for another request":
            return await office[SE].reply(_opened(office.open(again)), b'{"hit":true}')
        case "for another request, signed for this one":
            other = await office[SE].reply(_opened(office.open(again)), b'{"hit":true}')
            return _signed_again(office, sealed, other, other.body)
        case "by another node":
            return await office[EU].reply(_opened(office.open(elsewhere)), b'{"hit":true}')
        case "by another node, signed for this one":
            return _signed_again(office, sealed, raw, raw.body, node=EU)
        case "stale":
            return _signed_again(office, sealed, raw, raw.body, now=NOW - 90)
        case "from the future":
            return _signed_again(office, sealed, raw, raw.body, now=NOW + 31)
        case "body changed":
            return replace(raw, body=raw.body + b" ")
        case "status changed":
            return replace(raw, status=201)
        case "another status signed":
            return _signed_again(office, sealed, replace(raw, status=202), raw.body)
        case "payload swapped":
            return _signed_again(office, sealed, raw, _edited(raw, b'{"hit":false}'))
        case "statement changed":
            return _signed_again(office, sealed, raw, _edited(raw, revision="rev-2"))
        case "receipt of nothing":
            return _signed_again(office, sealed, raw, _edited(raw, receipt="c2sp.org/tlog-proof@v1\n"))
        case "receipt for another":
            receipt = await office[SE].receipt(Kind.DISCLOSED, digest(b"other"))
            return _signed_again(office, sealed, raw, _edited(raw, receipt=receipt.text))
        case "receipt of another log":
            subject = digest(encode(orjson.loads(raw.body.partition(b"\n")[0])["statement"]))
            receipt = await office[EU].receipt(Kind.DISCLOSED, subject)
            return _signed_again(office, sealed, raw, _edited(raw, receipt=receipt.text))
        case "receipt of another kind":
            subject = digest(encode(orjson.loads(raw.body.partition(b"\n")[0])["statement"]))
            receipt = await office[SE].receipt(Kind.REFUSED, subject)
            return _signed_again(office, sealed, raw, _edited(raw, receipt=receipt.text))
        case "refused with a payload":
            refusal = await office[SE].refuse(_opened(office.open(sealed)), "NO_GRANT")
            return _signed_again(office, sealed, refusal, _edited(refusal, b"secret"))
        case "content type":
            return replace(raw, headers={**raw.headers, "content-type": "text/html"})
        case "redirect":
            return RawReply(302, {"location": "https://evil.example"}, b"")
        case "too large":
            return replace(raw, body=b"x" * (MAX_REPLY + 1))
        case _:
            name, _, value = lie.partition("=")
            return _signed_again(office, sealed, raw, _edited(raw, **{name: orjson.loads(value)}))


LIES = {
    "for another request": "signature by",
    "for another request, signed for this one": "answers",
    "by another node": "no message key of se.polisen",
    "by another node, signed for this one": "no message key of se.polisen",
    "stale": "EXPIRED",
    "from the future": "CLOCK_SKEW",
    "body changed": "content-digest",
    "status changed": "HTTP status 201",
    "another status signed": "HTTP status 202",
    "payload swapped": "payload has",
    "statement changed": "not of se.polisen/log for",
    "receipt of nothing": "proof",
    "receipt for another": "not of se.polisen/log for",
    "receipt of another log": "of 'eu.europol/log'",
    "receipt of another kind": "receipt for REFUSED",
    "refused with a payload": "payload has",
    "content type": "content type 'text/html'",
    "redirect": "HTTP status 302",
    "too large": "at most",
    'kind="gossip"': "kind",
    'status="REFUSED"': "status",
    'status="MAYBE"': "MAYBE",
    'node="eu.europol"': "answers",
    "grants=[1]": "grants",
    'grants=["g"]': "grants",
    'masked=["\\u202e"]': "masked",
    "answered_at=-1": "answered_at",
    "extra=1": "unknown",
    "salt=null": "salt",
}


@pytest.mark.parametrize("lie", LIES)
async def test_lies_become_invalid_answers(office: Office, lie: str) -> None:
    sealed = await _asked(office)
    found = open_answer(await _lie(office, sealed, lie), sealed, now=NOW)
    assert isinstance(found, Silence), lie
    assert (found.node, found.status) == (SE, Status.INVALID_ANSWER)
    assert LIES[lie] in found.detail, found.detail


async def test_an_unknown_rejection_code_is_no_answer(office: Office) -> None:
    sealed = await _asked(office)
    opened = _opened(office.open(sealed))
    reply = _raw(seal_rejection(opened.reject(Rejection.REPLAYED, ""), office[SE].ring, now=NOW))
    for body in (encode({"code": "BECAUSE"}), encode({"code": "REPLAYED", "more": 1}), b"[]", b""):
        found = open_answer(_signed_again(office, sealed, reply, body), sealed, now=NOW)
        assert isinstance(found, Silence)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    status=st.integers(100, 599),
    headers=st.dictionaries(
        st.sampled_from(["content-type", "content-digest", "signature", "signature-input"]),
        _HEADER_TEXT | st.just("application/vnd.entente.answer"),
    ),
    body=st.binary(max_size=200),
)
async def test_random_replies_are_invalid_and_raise_nothing(
    office: Office, status: int, headers: dict[str, str], body: bytes
) -> None:
    sealed = await _asked(office)
    found = open_answer(RawReply(status, headers, body), sealed, now=NOW)
    assert isinstance(found, Silence)
    assert found.status is Status.INVALID_ANSWER


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=st.binary(max_size=200))
async def test_signed_junk_is_an_invalid_answer(office: Office, body: bytes) -> None:
    sealed = await _asked(office)
    raw = await office[SE].refuse(_opened(office.open(sealed)), "NO_GRANT")
    assert isinstance(open_answer(_signed_again(office, sealed, raw, body), sealed, now=NOW), Silence)


def test_the_digest_is_over_salted_canonical_json() -> None:
    request = replace(question(FR), salt="AAAAAAAAAAAAAAAAAAAAAA")
    assert request.statement == (
        b'{"asked_at":1795000000,"deadline_ms":5000,"documentId":"'
        + DOCUMENT.encode()
        + b'","query_id":"q-1",'
        b'"salt":"AAAAAAAAAAAAAAAAAAAAAA","sender":"fr.ofast","variables":{"value":"+33612345678"}}'
    )
    assert request.digest == "sha256:b8dd4107b388b0e6601ae5773bc825d539a99862deaa238d4e963dd378cb79b5"
    assert question(FR).digest != question(FR).digest


def test_key_ids_are_the_words_of_the_directory(office: Office) -> None:
    ring = office[FR].ring
    assert ring.message_kid == kid(ring.message.public)
    assert office.directory.by_kid[ring.message_kid][0].id == FR
