"""What browsers bring from persons' keys, and what is sealed of it, as parsers of the table."""

from dataclasses import replace

from audit.approval import check_approval
from audit.canonical import encode
from audit.errors import AuditError
from gateway.errors import GatewayError
from gateway.key_given import Desk
from gateway.webauthn_keys import made, signed
from sharing.approval_keys import ApprovalKey, Person
from sharing.encoding import b64url, unb64url
from tests.audit.approvals import DEVICE, SAID, approval, leaves, paper
from tests.authenticator import Authenticator
from tests.security.parser import Parser

_DESK = Desk("https://desk.example", "desk.example")
_DEVICE = Authenticator(_DESK.origin, private=DEVICE, id=bytes(range(32)))
_CHALLENGE = bytes(32)
_ASKED = {"nonce": "n", "challenge": b64url(_CHALLENGE)}
_NEW, _SAID = _DEVICE.create(_ASKED), _DEVICE.get(_ASKED)
_MADE = made(_NEW, _CHALLENGE, _DESK)
_KEY = ApprovalKey(
    id=_MADE.id,
    person=Person("", "officer-b"),
    label="blue",
    cose=_MADE.cose,
    spki=_MADE.spki,
    aaguid=_MADE.aaguid,
    transports=(),
    synced=False,
    count=0,
    added_at=0,
)


def _attested(data: bytes) -> object:
    return made(replace(_NEW, attestation=b64url(data)), _CHALLENGE, _DESK)


def _said(data: bytes) -> object:
    return signed(replace(_SAID, client_data=b64url(data)), _CHALLENGE, _DESK, _KEY)


KEY_PARSERS = {
    "sealed approval": Parser(
        lambda data: check_approval(1, leaves(*approval(paper())), data),
        (AuditError,),
        (encode({"approved": SAID, "assertion": paper().written}),),
    ),
    "sealed client data": Parser(
        lambda data: replace(paper(), client_data=data).check(), (AuditError,), (paper().client_data,)
    ),
    "key attestation": Parser(_attested, (GatewayError,), (unb64url(_NEW.attestation),)),
    "key client data": Parser(_said, (GatewayError,), (unb64url(_SAID.client_data),)),
}
