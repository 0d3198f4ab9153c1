"""Parsers of what a partner's node says behind its signature: a node that was taken over signs as well."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from types import SimpleNamespace

import orjson

from audit.canonical import encode
from audit.cosignature import Cosigner
from audit.errors import AuditError
from audit.feeding import Offer, RawReply
from audit.keys import SignatureType, SigningKey
from audit.line import Side
from audit.note import sign_note
from gateway.reconcile_notice import read_lines, read_span
from policy.errors import PolicyError
from policy.terms import Mode
from policy.verdicts import parse_answer, parse_verdict
from sharing.answer_shape import read_content
from sharing.arrival import No
from sharing.consents import TYP as CONSENT
from sharing.consents import open_consent, sign_consent
from sharing.contributions import TYP as CONTRIBUTION
from sharing.contributions import Act, Content, Member, open_contribution, picture_id, sign_contribution
from sharing.directory import Directory, DirectoryNode
from sharing.encoding import b64url, unb64url
from sharing.errors import SharingError
from sharing.follow_up import FollowUp, FollowUpDecision, FollowUpWithdrawal
from sharing.grants import TYP as GRANT
from sharing.grants import GrantRule
from sharing.jws import sign_statement
from sharing.keys import kid
from sharing.mandate_parts import mandate_of, parts_of
from sharing.mandate_token import recorded_mandate
from sharing.notice_opening import _notice, _reply
from sharing.opening import _request
from sharing.opening_reply import _answer
from sharing.pack_keys import DIRECTORY_TYPE, read_keys
from sharing.papers import read_bundle
from sharing.picture_arrival import opened_of, read_batch
from sharing.picture_sync import read_summary
from sharing.profile_shape import read_matching
from sharing.reading import exact
from sharing.recall import Sort, read_recall
from sharing.recorded_reply import recorded_reply
from sharing.signature import REQUEST_COVERS, parse_stamp
from sharing.standing_notice import Given, Placed, deconfliction_read, lookup_read, stop_read
from tests.security.parser import NOW, Parser, said, stated, text_of
from tests.sharing.office import mandate
from tests.sharing.test_consents import BOTH, TERMS
from tests.sharing.test_grants import KEY as GRANT_KEY
from tests.sharing.test_grants import grant

SE, FR = "se.polisen", "fr.ofast"
SHA = f"sha256:{'a' * 64}"
SIGNER = SigningKey.from_seed(f"{SE}/grant", b"g" * 32)
KEYS = {kid(SIGNER.public): SIGNER.public}
FEDERATION = SigningKey.from_seed("eu.entente/directory", b"f" * 32)
WITNESS = SigningKey.from_seed("w.example", b"w" * 32, SignatureType.COSIGNATURE)
PICTURE = picture_id(SE, "opening")
HEAD = "fr.ofast/log\n1\n" + "A" * 43 + "=\n"
OFFER = Offer(Cosigner(WITNESS.public), sign_note(HEAD, SigningKey.from_seed("fr.ofast/log", b"l" * 32)), 0)


def signed(read: Callable[[str], object], key: SigningKey, typ: str, payload: bytes) -> Parser:
    """A parser of statements, for any payload under a signature that holds."""
    return Parser(lambda data: read(sign_statement(data, key, typ)), (SharingError,), (payload,))


def payload_of(statement: str) -> bytes:
    """What was signed."""
    return unb64url(statement.split(".")[1])


CONSENT_PAYLOAD = payload_of(sign_consent(TERMS, BOTH, SIGNER, officers=2).statement)
OPENING = Content(PICTURE, Act.OPENED, Member(SE, "p-1"), NOW, "opening", until=NOW + 99, case="SE-1")
CONTRIBUTION_PAYLOAD = payload_of(sign_contribution(OPENING, SIGNER).statement)
CARD = {"use": "log", "vkey": FEDERATION.public.vkey, "not_before": 1, "not_after": 2}
LISTED = {"nodes": [{"id": SE, "log_vkey": FEDERATION.public.vkey, "keys": [CARD]}]}
DATES = {"version": 1, "issued_at": 1, "expires_at": 2}
PLACED = Placed("w-1", "phone", "+46701", NOW, NOW + 9, NOW + 60, known=True, round=2, mandate=mandate(SE))
AT = "2026-11-18T13:06:40.000+00:00"
LINE = [Side.ASKER.value, SHA, "q-1", AT, AT, 1, "", "", "", "", "", ""]
TOKEN_PARTS = {name: each for name, each in parts_of(mandate(SE)).items() if name != "subject"}
NAMES = ("iss", "aud", "sub", "jti", "bound", "receipt")
CLAIMS = encode(dict.fromkeys(NAMES, "x") | {"iat": 1, "exp": 2, "mandate": TOKEN_PARTS})
SIGNED = (
    f'entente={REQUEST_COVERS};created=1;keyid="k";alg="ed25519";expires=2;nonce="{"n" * 16}";tag="entente"'
)
SAID = {
    "kind": "ANSWER",
    "node": SE,
    "query_id": "q",
    "request": SHA,
    "revision": "r",
    "answered_at": 1,
    "salt": "s",
}
PROFILE = {
    "comparable": False,
    "reason": "X",
    "treatment": None,
    "measure": None,
    "threshold": None,
    "same": None,
    "different": None,
    "points": [],
    "scores": [],
}
CONTACT = {"count": 1, "categories": [], "spoc": "x", "reference": "r"}
PAPER = {"asker": FR, "asked": SE, "authority": "x", "request": {"a": "b"}}
DECISION = {"allow": False, "reasons": ["NO_GRANT"], "rules": {"ask.x": ["y"]}, "revision": "r"}
ANSWER = {"mode": "none", "grants": [], "branches": [], "shows": [], "max_rows": 0, "obligations": []}


def asked_of() -> DirectoryNode:
    """Whom the messages are of."""
    log = SigningKey.from_seed(f"{SE}/log", b"l" * 32).public.vkey
    return DirectoryNode(SE, "P", "SE", "https://se.example", "s@x", (), f"{SE}/log", log)


PARTNER = asked_of()
ASKED = SimpleNamespace(to=PARTNER, request=SimpleNamespace(query_id="q", digest=SHA))
NOTICED = SimpleNamespace(to=PARTNER, notice=SimpleNamespace(digest=SHA))
QUESTION = {
    "query_id": "q",
    "documentId": SHA,
    "variables": {},
    "sender": SE,
    "asked_at": 1,
    "deadline_ms": 9,
}
NOTICE = {"type": "RECALL", "from": SE, "to": FR, "at": 1, "body": {}, "salt": "s"}
ANSWERED = SAID | {
    "status": "NO_HIT",
    "payload": f"sha256:{sha256(b'').hexdigest()}",
    "grants": [],
    "masked": [],
}
REPLIED = {"node": SE, "notice": SHA, "status": "DONE", "payload": SHA, "answered_at": 1, "salt": "s"}


def with_receipt(name: str, told: Mapping[str, object]) -> bytes:
    """A message with a receipt in it, which is none."""
    return encode({name: told, "receipt": "x"})


def witnessed(data: bytes) -> object:
    """A witness's reply of any status: three digits, then the body."""
    status = int(data[:3]) if data[:3].isdigit() else 200
    return OFFER.read(RawReply(status, "text/plain", data[3:]), NOW)


def stamp(data: bytes) -> object:
    """The two header fields of a signature, a line each."""
    first, _, second = data.decode("latin-1").partition("\n")
    return parse_stamp({"signature-input": first, "signature": second}, REQUEST_COVERS)


def given(record: dict[str, object]) -> bytes:
    """An answer with one record."""
    return orjson.dumps({"hit": True, "records": [record]})


WHO_FOLLOWS: Mapping[str, object] = {"id": "f-1", "request": SHA, "query_id": "q-1", "tier": "core"}
PARTNER_PARSERS: Mapping[str, Parser] = {
    "recall": said(
        lambda body: read_recall(Sort.RECALL, body),
        SharingError,
        id="a" * 32,
        grant="",
        records=[["R-1", 1]],
        reason="ENTERED_IN_ERROR",
        due=NOW,
    ),
    "follow up": said(
        lambda body: FollowUp.read(SE, body),
        SharingError,
        **WHO_FOLLOWS,
        reference="",
        reason="X",
        urgency="ORDINARY",
        mandate=parts_of(mandate(SE)),
        variables={},
    ),
    "follow up decision": said(
        lambda body: FollowUpDecision.read(SE, body),
        SharingError,
        id="f-1",
        item="i-1",
        request=SHA,
        state="ANSWERED",
        reason="",
        tier="core",
        until=NOW,
    ),
    "follow up withdrawal": said(
        lambda body: FollowUpWithdrawal.read(SE, body),
        SharingError,
        **WHO_FOLLOWS,
        item="i-1",
        reason="X",
        urgency="ORDINARY",
    ),
    "standing question": said(lambda body: Placed.read(SE, body), SharingError, **PLACED.body, id="x"),
    "alert": said(
        lambda body: Given.read(SE, body),
        SharingError,
        **Given("w-1", Mode.CORE, NOW, "d-1", "R-1", ("H2",)).body,
        id="x",
    ),
    "standing end": said(stop_read, SharingError, question="w-1", id="x"),
    "deconfliction": said(deconfliction_read, SharingError, question="w-1", service=SE, id="x"),
    "lookup told": said(lookup_read, SharingError, query="q-1", service=SE, id="x"),
    "contributions": said(
        read_batch, SharingError, ValueError, id="a" * 32, picture=PICTURE, contributions=["x"], withheld=[]
    ),
    "picture summary": said(
        lambda body: read_summary(exact(body, frozenset({"buckets"}))), SharingError, buckets=[""] * 256
    ),
    "reconciled lines": said(
        lambda body: read_lines(body, "lines", 64, (SE, FR)), SharingError, KeyError, lines=[LINE]
    ),
    "reconciled span": said(read_span, SharingError, KeyError, after="", upto=SHA),
    "consent": signed(lambda text: open_consent(text, KEYS), SIGNER, CONSENT, CONSENT_PAYLOAD),
    "grant": signed(GrantRule.of(GRANT_KEY.public).open, GRANT_KEY, GRANT, payload_of(grant().statement)),
    "contribution": signed(
        lambda text: open_contribution(text, KEYS), SIGNER, CONTRIBUTION, CONTRIBUTION_PAYLOAD
    ),
    "unsigned contribution": Parser(
        text_of(lambda text: opened_of(PICTURE, [text], lambda _: KEYS)), (), (b"e30.e30.AA",)
    ),
    "pack directory": signed(
        lambda text: read_keys(text, FEDERATION.public),
        FEDERATION,
        DIRECTORY_TYPE,
        orjson.dumps(LISTED | DATES),
    ),
    "directory nodes": signed(
        lambda text: Directory.open(text, [FEDERATION.public], now=NOW),
        FEDERATION,
        DIRECTORY_TYPE,
        payload_of(Directory("eu.entente", 1, NOW - 1, NOW + 9, ()).sign(FEDERATION)),
    ),
    "mandate": stated(
        lambda value: mandate_of(SE, value), SharingError, ValueError, seed=parts_of(mandate(SE))
    ),
    "mandate token": Parser(
        lambda data: recorded_mandate(f"e30.{b64url(data)}.AA", SE), (ValueError,), (CLAIMS,)
    ),
    "answer": Parser(
        read_content,
        (SharingError,),
        (
            orjson.dumps({"hit": False}),
            given({"id": "R-1", "schema": "Person", "properties": [{"name": "name", "values": ["A"]}]}),
            orjson.dumps(
                {"hit": True, "contact": {"count": 1, "categories": [], "spoc": "x", "reference": "r"}}
            ),
        ),
    ),
    "answer statement": Parser(
        lambda data: recorded_reply(data.decode("utf-8", "replace")),
        (SharingError,),
        (b'{"code":"REPLAYED"}', encode(SAID)),
    ),
    "question": Parser(
        lambda data: _request(data, PARTNER), (No,), (with_receipt("question", QUESTION | {"salt": "s"}),)
    ),
    "notice": Parser(lambda data: _notice(data, PARTNER), (No,), (with_receipt("notice", NOTICE),)),
    "notice reply": Parser(
        lambda data: _reply(data, NOTICED),
        (AuditError, ValueError),
        (with_receipt("statement", REPLIED) + b"\n{}",),
    ),
    "sealed answer": Parser(
        lambda data: _answer(data, ASKED),
        (AuditError, ValueError),
        (with_receipt("statement", ANSWERED) + b"\n", with_receipt("statement", ANSWERED | {"kind": []})),
    ),
    "profile": stated(read_matching, SharingError, ValueError, seed=PROFILE),
    "papers": Parser(read_bundle, (SharingError,), (encode({"v": 1, "papers": [PAPER]}),)),
    "signature fields": Parser(
        stamp, (SharingError, ValueError), (f"{SIGNED}\nentente=:{'A' * 86}==:".encode(),)
    ),
    "witness reply": Parser(witnessed, (), (b"200", b"4097", "200\u2014 w.example AAAAAAA=\n".encode())),
    "decision": stated(parse_verdict, PolicyError, seed=DECISION),
    "answering decision": stated(parse_answer, PolicyError, seed=DECISION | ANSWER),
}
