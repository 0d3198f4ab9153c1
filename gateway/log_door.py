"""The door to the log's files: GET and HEAD below `/log/`, in the tlog-tiles layout, by role.

A registered reader shows its token (`Authorization: Bearer …`), a person the session. Whoever shows a token
is judged by it alone. Tiles never change and may be kept by whoever may read them; all else is fetched anew.
"""

import logging
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from audit.errors import AuditError, AuditUnavailable
from audit.serving import File, Part
from gateway.crowd import RETRY_AFTER, Crowded
from gateway.errors import GatewayError, NotSignedIn
from gateway.node import Node
from gateway.read_log import Caller, LogReads, person
from gateway.sessions import Sessions
from gateway.signin import refusal, session_of
from policy.log_readers import LogReader
from policy.mandate import Actor
from policy.terms import Role

PREFIX = "/log/"
JUSTIFICATION_HEADER = "entente-justification"
_SCHEME = "bearer "
_METHODS = ("GET", "HEAD")
_KEPT = "private, max-age=31536000, immutable"
_TYPES = {Part.CHECKPOINT: "text/plain; charset=utf-8", Part.SEALED: "application/json"}

log = logging.getLogger(__name__)


class MethodNotAllowed(GatewayError):
    """The log's files are read, never written."""

    code = "METHOD_NOT_ALLOWED"
    status = HTTPStatus.METHOD_NOT_ALLOWED


class LogUnavailable(GatewayError):
    """The log cannot be read, or cannot take down who reads it: nothing is shown."""

    code = AuditUnavailable.code
    status = HTTPStatus.SERVICE_UNAVAILABLE


class LogDoor:
    """Serves the files of one node's log."""

    def __init__(self, node: Node, sessions: Sessions) -> None:
        self._node, self._sessions, self._reads = node, sessions, LogReads(node)

    async def __call__(self, request: Request) -> Response:
        """One file, or the reason why not."""
        if request.method not in _METHODS:
            told = MethodNotAllowed(f"{request.method[:20]}: GET or HEAD is expected")
            return _with(refusal(told), allow=", ".join(_METHODS))
        try:
            path = request.scope["path"].removeprefix(PREFIX)
            caller = self._caller(request)
            async with self._node.crowds.people.place(caller.name):
                return _served(await self._reads.read(caller, path), request.method)
        except Crowded as error:
            return _with(refusal(error), **{"retry-after": str(RETRY_AFTER)})
        except NotSignedIn as error:
            return _with(refusal(error), **{"www-authenticate": "Bearer"})
        except GatewayError as error:
            return refusal(error)
        except AuditError as error:
            log.error("log of %s: %s", self._node.id, error)  # noqa: TRY400  # the text says it; no trace needed
            return refusal(LogUnavailable(f"log of {self._node.id}: cannot be read now"))

    def _caller(self, request: Request) -> Caller:
        given = request.headers.get(JUSTIFICATION_HEADER, "")
        shown = request.headers.get("authorization")
        if shown is None:
            actor = session_of(self._sessions, request, changing=False).actor
            return person(self._node, actor, given)
        reader = None
        if shown.lower().startswith(_SCHEME):
            reader = self._node.readers.find(shown[len(_SCHEME) :].strip(), self._node.now())
        if reader is None:
            raise NotSignedIn(f"log of {self._node.id}: the token shown is unknown or has expired")
        actor = Actor(self._node.id, reader.name, frozenset({Role.OVERSIGHT}), "-")
        judged = actor if reader.role is LogReader.OVERSIGHT else None
        return Caller(reader.name, reader.role, judged, given or reader.justification)


def _served(file: File, method: str) -> Response:
    headers = {
        "content-type": _TYPES.get(file.place.part, "application/octet-stream"),
        "content-length": str(len(file.data)),
        "cache-control": _KEPT if file.place.constant else "no-store",
        "vary": "authorization, cookie",
    }
    return Response(b"" if method == "HEAD" else file.data, headers=headers)


def _with(response: Response, **headers: str) -> Response:
    response.headers.update(headers)
    return response
