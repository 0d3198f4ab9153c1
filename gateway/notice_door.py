"""The notice door: `POST /federation/notice`, signed messages of nodes only, and the types it knows."""

import asyncio
import logging
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.away import away
from gateway.beat import on_the_beat
from gateway.body import read_body
from gateway.consent_notice import CONSENT_TYPES
from gateway.errors import GatewayError
from gateway.followup_notices import on_decision, on_follow_up, on_withdrawal
from gateway.node import Node
from gateway.notices import Handler, receive
from gateway.partner import fields_of, fields_to
from gateway.picture_notices import PICTURE_TYPES
from gateway.recall_notice import RECALL, RECTIFY, on_recall
from gateway.receipts_notice import RECEIPTS, on_receipts
from gateway.reconcile_notice import RECONCILE, on_reconcile
from gateway.settings import beat_of
from gateway.signin import refusal
from gateway.standing_notice import STANDING_TYPES
from sharing.follow_up import DECISION, FOLLOW_UP, WITHDRAWAL
from sharing.sealed import MAX_REQUEST
from sharing.signature import NOTICE_PATH

PATH = NOTICE_PATH
TYPES: Mapping[str, Handler] = MappingProxyType(
    {
        RECEIPTS: on_receipts,
        RECONCILE: on_reconcile,
        RECALL: on_recall,
        RECTIFY: on_recall,
        FOLLOW_UP: on_follow_up,
        DECISION: on_decision,
        WITHDRAWAL: on_withdrawal,
        **CONSENT_TYPES,
        **STANDING_TYPES,
        **PICTURE_TYPES,
    }
)
"""The notices that a node understands; one line for each type."""

log = logging.getLogger(__name__)


class NoticeDoor:
    """Hands every notice to `receive` and sends what comes back, sealed."""

    def __init__(self, node: Node, types: Mapping[str, Handler] = TYPES) -> None:
        self._node, self._types, self._beat = node, types, beat_of(node.settings)

    async def __call__(self, request: Request) -> Response:
        """One notice; whatever breaks here is told by a code alone."""
        try:
            body = await read_body(request, MAX_REQUEST)
            came = asyncio.get_running_loop().time()
            reply = await receive(self._node, self._types, fields_of(request), body)
        except GatewayError as error:
            return refusal(error)
        except Exception as error:
            if (gone := away(error)) is not None:
                return refusal(gone)
            log.exception("notice door of %s", self._node.id)
            told = {"error": {"code": "INTERNAL", "message": "the node could not answer"}}
            return JSONResponse(told, HTTPStatus.INTERNAL_SERVER_ERROR)
        await on_the_beat(came, self._beat)
        return Response(reply.body, reply.status, fields_to(reply))
