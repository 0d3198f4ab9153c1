"""The partner door: `POST /federation/graphql`, signed messages only, a plain ASGI route for speed."""

import logging
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.answer import answer
from gateway.body import BodyTooLarge, read_body
from gateway.errors import GatewayError
from gateway.node import Node
from gateway.signin import refusal
from sharing.sealed import MAX_REQUEST

PATH = "/federation/graphql"
log = logging.getLogger(__name__)


class PartnerDoor:
    """Hands every message to `answer` and sends what comes back, sealed."""

    def __init__(self, node: Node) -> None:
        self._node = node

    async def __call__(self, request: Request) -> Response:
        """One message; whatever breaks here is told by a code alone."""
        try:
            body = await read_body(request, MAX_REQUEST)
            fields = fields_of(request)
            with self._node.observer.from_afar(fields):
                reply = await answer(self._node, fields, body)
        except BodyTooLarge as error:
            return refusal(error)
        except GatewayError as error:
            return refusal(error)
        except Exception:
            log.exception("partner door of %s", self._node.id)
            told = {"error": {"code": "INTERNAL", "message": "the node could not answer"}}
            return JSONResponse(told, HTTPStatus.INTERNAL_SERVER_ERROR)
        return Response(reply.body, reply.status, dict(reply.headers))


def fields_of(request: Request) -> dict[str, str]:
    """Header fields by lower-case name; a field that stands twice is joined as RFC 9110 5.3 says."""
    fields: dict[str, str] = {}
    for name, value in request.headers.items():
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields
