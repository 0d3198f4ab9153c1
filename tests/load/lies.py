"""A partner that lies: each of its answers is false in another way, and it writes down which one was how.

It is a real node behind a false mouth: what it discloses stands in its log, what it sends is something else.
Some lies are signed with its own keys, for a partner can sign what it likes.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response

from audit.canonical import JSON, encode, parse_object
from gateway.answer import answer
from gateway.body import read_body
from gateway.node import Node
from gateway.partner import fields_of
from policy.terms import Status
from sharing.opened import Opened
from sharing.opening import open_request
from sharing.sealed import ANSWER, MAX_REPLY, MAX_REQUEST, RawReply, SealedReply
from sharing.sealing import _respond
from sharing.signature import Headers, Pen

DEEP = 20_000


@dataclass(frozen=True)
class Question:
    """What was asked, the true answer to it, and the first answer that was ever given."""

    node: Node
    opened: Opened
    true: RawReply
    first: RawReply

    def signed(self, body: bytes) -> RawReply:
        """Whatever it is, signed as an answer to this very question."""
        keys = self.node.post.keys
        pen = Pen(keys.message, keys.message_kid, self.node.now())
        return _raw(_respond(200, ANSWER, body, self.opened.bound, pen))

    @property
    def parts(self) -> tuple[dict[str, JSON], bytes]:
        """Letter and payload of the true answer."""
        head, _, payload = self.true.body.partition(b"\n")
        return dict(parse_object(head)), payload


def _raw(reply: SealedReply) -> RawReply:
    return RawReply(reply.status, dict(reply.headers), reply.body)


def _bad_signature(asked: Question) -> RawReply:
    said = asked.true.headers["signature"]
    place = said.index(":") + 5
    bent = said[:place] + ("A" if said[place] != "A" else "B") + said[place + 1 :]
    return RawReply(asked.true.status, {**asked.true.headers, "signature": bent}, asked.true.body)


def _wrong_digest(asked: Question) -> RawReply:
    return RawReply(asked.true.status, asked.true.headers, asked.true.body + b" ")


def _other_payload(asked: Question) -> RawReply:
    """The statement with the digest of one payload, and another one below it, signed."""
    letter, payload = asked.parts
    return asked.signed(encode(letter) + b"\n" + payload + b" ")


def _wrong_receipt(asked: Question) -> RawReply:
    """The true answer with the receipt of another disclosure, signed."""
    letter, payload = asked.parts
    other = parse_object(asked.first.body.partition(b"\n")[0])["receipt"]
    return asked.signed(encode({**letter, "receipt": other}) + b"\n" + payload)


def _replayed(asked: Question) -> RawReply:
    return asked.first


def _too_large(asked: Question) -> RawReply:
    return RawReply(200, asked.true.headers, bytes(MAX_REPLY + 1))


def _deep(asked: Question) -> RawReply:
    return asked.signed(b'{"receipt":"x","statement":' + b"[" * DEEP + b"]" * DEEP + b"}\n{}")


def _garbage(asked: Question) -> RawReply:
    return RawReply(200, {"content-type": ANSWER}, os.urandom(4096))


def _signed_garbage(asked: Question) -> RawReply:
    return asked.signed(os.urandom(4096))


def _error_page(asked: Question) -> RawReply:
    return RawReply(502, {"content-type": "text/html"}, b"<h1>Bad Gateway</h1>")


def _truth(asked: Question) -> RawReply:
    return asked.true


LIES: Mapping[str, Callable[[Question], RawReply]] = MappingProxyType(
    {
        "bad signature": _bad_signature,
        "wrong digest": _wrong_digest,
        "another payload than the one stated": _other_payload,
        "receipt of another answer": _wrong_receipt,
        "an old answer again": _replayed,
        "too large": _too_large,
        "deep JSON": _deep,
        "garbage": _garbage,
        "signed garbage": _signed_garbage,
        "an error page": _error_page,
        "the truth": _truth,
    }
)
TOLD: Mapping[str, frozenset[Status]] = MappingProxyType(
    {
        **{lie: frozenset({Status.INVALID_ANSWER}) for lie in LIES},
        "the truth": frozenset({Status.ANSWERED, Status.NO_HIT}),
    }
)
"""What the asker is told of each."""


@dataclass
class Liar:
    """A partner door: the node's own answer is logged, and something else is sent."""

    node: Node
    kept: Path
    _turns: "cycle[str]" = field(default_factory=lambda: cycle(LIES))
    _first: list[RawReply] = field(default_factory=list)

    async def __call__(self, request: Request) -> Response:
        """One question over HTTP."""
        reply = await self.reply(fields_of(request), await read_body(request, MAX_REQUEST))
        return Response(reply.body, reply.status, dict(reply.headers))

    async def reply(self, headers: Headers, body: bytes) -> RawReply:
        """One question; the first answer is true, and so is that to what is no question."""
        node = self.node
        opened = open_request(headers, body, node.post.directory, own=node.id, now=node.now())
        true = _raw(await answer(node, headers, body))
        if not isinstance(opened, Opened):
            return true
        lie = next(self._turns) if self._first else "the truth"
        self._first = self._first or [true]
        with self.kept.open("a") as file:  # a line, in a test
            file.write(json.dumps({"query": opened.request.query_id, "lie": lie}) + "\n")
        return LIES[lie](Question(node, opened, true, self._first[0]))
