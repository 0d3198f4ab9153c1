"""The partner door: `POST /federation/graphql`, signed messages only, a plain ASGI route for speed."""

import asyncio
import logging
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.answer import answer
from gateway.away import away
from gateway.beat import on_the_beat
from gateway.body import BodyTooLarge, read_body
from gateway.crowd import BUSY, RETRY_AFTER
from gateway.errors import GatewayError
from gateway.node import Node
from gateway.settings import beat_of
from gateway.signin import refusal
from sharing.envelope import SealedReply
from sharing.sealed import MAX_REQUEST

PATH = "/federation/graphql"
log = logging.getLogger(__name__)


class PartnerDoor:
    """Hands every message to `answer` and sends what comes back, sealed."""

    def __init__(self, node: Node) -> None:
        self._node, self._beat = node, beat_of(node.settings)

    async def __call__(self, request: Request) -> Response:
        """One message; whatever breaks here is told by a code alone."""
        try:
            body = await read_body(request, MAX_REQUEST)
            came = asyncio.get_running_loop().time()
            fields = fields_of(request)
            with self._node.observer.from_afar(fields):
                reply = await answer(self._node, fields, body)
        except BodyTooLarge as error:
            return refusal(error)
        except GatewayError as error:
            return refusal(error)
        except Exception as error:
            if (gone := away(error)) is not None:
                return refusal(gone)
            log.exception("partner door of %s", self._node.id)
            told = {"error": {"code": "INTERNAL", "message": "the node could not answer"}}
            return JSONResponse(told, HTTPStatus.INTERNAL_SERVER_ERROR)
        await on_the_beat(came, self._beat)
        return Response(reply.body, reply.status, fields_to(reply))


def fields_to(reply: SealedReply) -> dict[str, str]:
    """The header fields of a reply; one that asks for patience says for how long, beside the signature."""
    later = {"retry-after": str(RETRY_AFTER)} if reply.status in BUSY else {}
    return dict(reply.headers) | later


def fields_of(request: Request) -> dict[str, str]:
    """Header fields by lower-case name; a field that stands twice is joined as RFC 9110 5.3 says."""
    fields: dict[str, str] = {}
    for name, value in request.headers.items():
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields
