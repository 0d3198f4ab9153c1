"""The witness door: `POST /witness/add-checkpoint` of c2sp.org/tlog-witness, for the logs that a node knows.

No sign-in and no message signature: what counts is the log's own signature on its checkpoint.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from audit.errors import AuditError
from audit.keys import VerifyKey
from audit.submission import MAX_SUBMISSION
from audit.witness import LogKeys, Witness, WitnessReply
from gateway.body import BodyTooLarge, read_body
from gateway.errors import GatewayError
from gateway.signin import refusal
from gateway.watch import read_policy
from sharing.directory import Directory
from sharing.errors import SharingError

PATH = "/witness/add-checkpoint"
log = logging.getLogger(__name__)


class WitnessDoor:
    """Hands every submission to the witness, in a thread, since it waits for a disk."""

    def __init__(self, witness: Witness, clock: Callable[[], float], cosigned: Callable[[], None]) -> None:
        self._witness, self._clock, self._cosigned = witness, clock, cosigned

    async def __call__(self, request: Request) -> Response:
        """One submission; what breaks here is told by a code alone."""
        now = int(self._clock())
        try:
            body = await read_body(request, MAX_SUBMISSION)
            reply = await asyncio.to_thread(self._witness.add_checkpoint, body, now)
        except (BodyTooLarge, GatewayError) as error:
            return refusal(error)
        except AuditError as error:
            log.error("witness %s: %s", self._witness.public.name, error)  # noqa: TRY400  # the text says it
            told = {"error": {"code": error.code, "message": "the witness cannot keep what it sees"}}
            return JSONResponse(told, HTTPStatus.SERVICE_UNAVAILABLE)
        self._tell(reply)
        return Response(reply.body, reply.status, {"content-type": reply.content_type})

    def _tell(self, reply: WitnessReply) -> None:
        if reply.status is HTTPStatus.OK:
            self._cosigned()
        elif reply.status is HTTPStatus.UNPROCESSABLE_ENTITY:
            why = reply.body.decode("utf-8", "replace").strip()
            log.warning("WITNESS_REFUSED: %s: %s", self._witness.public.name, why)


def known_logs(directory_now: Callable[[], Directory | None], policy: Path | None) -> LogKeys:
    """The keys by origin: of the directory in force, and of the policy file as it is at start.

    A directory that cannot be used makes its logs unknown: nothing is cosigned for them. So is a log that
    ended since its key was in other hands: its node has another origin now, and only a thief goes on with it.
    """
    more = read_policy(policy).logs if policy else ()

    def keys_of(origin: str) -> Sequence[VerifyKey]:
        try:
            directory = directory_now()
        except SharingError as error:
            log.error("witness: %s: %s", error.code, error)  # noqa: TRY400  # the text says it
            directory = None
        nodes = [node for node in (directory.nodes if directory else ()) if node.log_origin == origin]
        known = [key for node in nodes for key in node.log_keys]
        return [key for key in (*known, *more) if key.name == origin]

    return keys_of
