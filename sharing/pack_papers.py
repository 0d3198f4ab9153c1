"""What one paper proves: who signed the request, under which mandate, and what was replied to it.

Pure; standard library and `audit` only. Every function raises `FieldRefused` or `AuditError` that names what
does not hold.
"""

from binascii import a2b_base64
from collections.abc import Mapping
from typing import Any

from audit.canonical import parse_object
from audit.receipt import ForeignReceipt, VerifiedReceipt
from sharing.encoding import digest
from sharing.errors import FieldRefused
from sharing.pack_keys import MANDATE_TYPE, Keys, json_object, jws_kid, jws_payload
from sharing.papers import Paper
from sharing.signature import (
    LIFE,
    QUESTIONS,
    REQUEST_FIELDS,
    RESPONSE_COVERS,
    RESPONSE_FIELDS,
    SKEW,
    content_digest,
    parse_stamp,
    plain_fields,
    verify_request,
    verify_response,
)

REJECTION = "application/vnd.entente.rejection+json"
_SIGNED = ("signature-input", "signature")


def check_request(paper: Paper, keys: Keys) -> Mapping[str, Any]:
    """The mandate's claims, once the request holds.

    1. The asker's message key, in its time, signed these fields for the asked node's address.
    2. The mandate is a JWS of the asker's mandate key, for the asked node, bound to the signed body's digest,
       issued within a minute and the clocks' tolerance of the signature.
    """
    if not plain_fields(paper.request, (*REQUEST_FIELDS, *_SIGNED)):
        raise FieldRefused("request: a signed field is missing or not printable")
    stamp = parse_stamp(paper.request, QUESTIONS.covers)
    key = keys.key(stamp.keyid, paper.asker, "message", stamp.created)
    if not verify_request(stamp, paper.request, paper.authority, key):
        raise FieldRefused(f"request: the signature is not of {stamp.keyid} over these fields")
    if paper.request["entente-recipient"] != paper.asked:
        raise FieldRefused(f"request: was for {paper.request['entente-recipient'][:80]}, not {paper.asked}")
    token = paper.request["entente-mandate"]
    kid = jws_kid(token)
    signer = keys.key(kid, paper.asker, "mandate", stamp.created)
    claims = json_object(jws_payload(token, kid, MANDATE_TYPE, signer))
    wanted = {"iss": paper.asker, "aud": paper.asked, "bound": body_digest(paper.request)}
    for name, value in wanted.items():
        if claims.get(name) != value:
            raise FieldRefused(f"mandate: {name} is {str(claims.get(name))[:80]!r}, not {value!r}")
    issued = claims.get("iat")
    if not isinstance(issued, int) or abs(issued - stamp.created) > LIFE + SKEW:
        raise FieldRefused(f"mandate: issued at {issued}, the request was signed at {stamp.created}")
    return claims


def check_reply(paper: Paper, keys: Keys) -> None:
    """The asked node's message key, in its time, signed a reply to exactly this request.

    A rejection's whole body is in the paper and has the signed digest.
    """
    if not plain_fields(paper.reply, (*RESPONSE_FIELDS, *_SIGNED)):
        raise FieldRefused("reply: a signed field is missing or not printable")
    stamp = parse_stamp(paper.reply, RESPONSE_COVERS)
    key = keys.key(stamp.keyid, paper.asked, "message", stamp.created)
    if not verify_response(stamp, paper.reply, paper.request, paper.status, key):
        raise FieldRefused(f"reply: the signature is not of {stamp.keyid} over this reply to this request")
    rejected = paper.reply["content-type"] == REJECTION
    if rejected and paper.reply["content-digest"] != content_digest(paper.statement.encode()):
        raise FieldRefused("reply: the rejection's body has not the signed digest")


def check_receipt(text: str, node: str, keys: Keys) -> VerifiedReceipt:
    """The receipt, once a log key of the node has signed a tree that holds its leaf."""
    receipt = ForeignReceipt.parse(text)
    if node not in keys.logs:
        raise FieldRefused(f"receipt: {node} is not in directory {keys.version}")
    return receipt.verify(*keys.logs[node])


def check_statement(paper: Paper, receipt: VerifiedReceipt, request: str) -> Mapping[str, Any]:
    """The reply's statement, once the receipt is for it and it answers this request, in the node's name."""
    if receipt.subject != digest(paper.statement.encode()):
        raise FieldRefused(f"receipt of {paper.asked}: is for {receipt.subject}, not for the statement")
    statement = parse_object(paper.statement.encode())
    if (statement.get("node"), statement.get("request")) != (paper.asked, request):
        raise FieldRefused(f"statement: is of {statement.get('node')} to {statement.get('request')}")
    return statement


def body_digest(fields: Mapping[str, str]) -> str:
    """`sha256:<hex>` of the signed body, from its Content-Digest; `FieldRefused` if that is none."""
    value = fields["content-digest"]
    try:
        raw = a2b_base64(value.removeprefix("sha-256=:").removesuffix(":"), strict_mode=True)
    except ValueError as error:
        raise FieldRefused(f"content-digest: {value[:80]!r} is none") from error
    return f"sha256:{raw.hex()}"
