"""The door of a node's own people: `POST /graphql`, JSON only, signed in, within budget.

Trusted documents are taken by id; free text only where the node's settings allow it. Batches, GET, multipart
and websockets are not spoken here.
"""

import logging
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any

import orjson
import strawberry
from graphql import DocumentNode, GraphQLError, OperationDefinitionNode
from starlette.requests import Request
from starlette.responses import Response

from audit.errors import (
    AuditUnavailable,
    ErasureRefused,
    FindingRefused,
    KeyUnavailable,
    OversightUnavailable,
    SealRefused,
)
from gateway.ask import Told
from gateway.away import away
from gateway.body import BodyRejected, parse_object, read_body
from gateway.console_files import Console
from gateway.crowd import BUSY, RETRY_AFTER, Crowded
from gateway.errors import GatewayError, NobodyWaits, UnknownDocument, VariablesRejected
from gateway.graphql.analyst import analyst_schema
from gateway.graphql.console_documents import with_console
from gateway.graphql.desk_documents import DEPTH, FIELDS, desk_documents
from gateway.graphql.live import LiveAnswers, wanted_live
from gateway.node import Node
from gateway.sessions import Sessions
from gateway.signin import session_of
from gateway.trusted import TrustedDocument, checked_variables, parse_document
from gateway.visit import Listener, Visit
from policy.errors import PolicyError
from sharing.errors import SharingError
from tenants.errors import CategoryRefused, Rejected, RulingRefused

_KEYS = frozenset({"query", "documentId", "variables", "operationName"})
_KNOWN_DOCUMENTS = 1024
OF_OVERSIGHT = ErasureRefused | FindingRefused | OversightUnavailable | SealRefused
"""What the evidence says to oversight in its own words."""
log = logging.getLogger(__name__)


class AnalystDoor:
    """Answers `/graphql` for one node."""

    def __init__(self, node: Node, sessions: Sessions, console: Console) -> None:
        """Take the shipped documents and the console's; `ConsoleRejected` if these are not acceptable."""
        self._node, self._sessions = node, sessions
        self._schema: strawberry.Schema = analyst_schema()
        self._core = self._schema._schema  # noqa: SLF001  # strawberry has no public name for graphql-core's
        self._documents = with_console(desk_documents(self._core), console)
        self._checked: dict[str, DocumentNode] = {}
        self._live = LiveAnswers()

    async def __call__(self, request: Request) -> Response:
        """One document for one person; every error has a code, none has a stack trace."""
        try:
            session = session_of(self._sessions, request, changing=True)
            self._json_only(request)
            body = parse_object(await read_body(request, self._node.settings.limits.body_bytes))
            variables = self._variables(body)
            visit = Visit(self._node, session, sessions=self._sessions)
            compiled = self._documents.compiled(str(body.get("documentId")))
            if compiled is not None and wanted_live(request):
                return self._live.response(partial(self._result, compiled, visit, variables))
            if compiled is not None:
                return _reply(*await self._answered(compiled, visit, variables))
            text, name = self._text(body), self._name(body)
            self._check_variables(text, name, variables)
        except GatewayError as error:
            return _reply({"errors": [_told(error)]}, error.status)
        if wanted_live(request):
            return self._live.response(partial(self._told_live, text, variables, visit, name))
        return _reply(*await self._executed(text, variables, visit, name))

    async def _answered(
        self, document: TrustedDocument, visit: Visit, variables: dict[str, Any], told: Told | None = None
    ) -> tuple[Mapping[str, Any], int]:
        """A compiled question; like strawberry, it tells every error as data."""
        try:
            async with self._place(visit):
                data = await self._documents.answer(document, visit, variables, told)
        except Exception as error:  # noqa: BLE001  # nothing but a code may reach the client; `_told` logs the rest
            return {"errors": [_told(error)]}, getattr(error, "status", HTTPStatus.OK)
        return {"data": data}, HTTPStatus.OK

    async def _result(
        self, document: TrustedDocument, visit: Visit, variables: dict[str, Any], listener: Listener
    ) -> Mapping[str, Any]:
        """The same, in parts: the status of the response is spent when the first one is sent."""
        result, _ = await self._answered(document, visit, variables, listener.told)
        return result

    async def _executed(
        self, text: str, variables: dict[str, Any], visit: Visit, operation: str | None
    ) -> tuple[Mapping[str, Any], int]:
        """The result of a document that is not compiled, by strawberry."""
        try:
            async with self._place(visit):
                result = await self._schema.execute(
                    text, variable_values=variables, context_value=visit, operation_name=operation
                )
        except Crowded as error:
            return {"errors": [_told(error)]}, error.status
        reply: dict[str, Any] = {"data": result.data}
        if result.errors:
            reply["errors"] = [_told(error) for error in result.errors]
        return reply, HTTPStatus.OK

    async def _told_live(
        self, text: str, variables: dict[str, Any], visit: Visit, operation: str | None, listener: Listener
    ) -> Mapping[str, Any]:
        """The same, in parts."""
        result, _ = await self._executed(text, variables, replace(visit, listener=listener), operation)
        return result

    def _place(self, visit: Visit) -> AbstractAsyncContextManager[None]:
        return self._node.crowds.people.place(visit.session.actor.subject)

    def _json_only(self, request: Request) -> None:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise BodyRejected(f"body: is {kind[:60] or 'of no type'}, application/json is expected")

    def _variables(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if stray := sorted(set(body) - _KEYS):
            raise BodyRejected(f"body: {stray[0][:60]} is not a key of a GraphQL request")
        variables = body.get("variables") or {}
        if not isinstance(variables, dict):
            raise VariablesRejected(f"variables: are a {type(variables).__name__}, an object is expected")
        return variables

    def _text(self, body: Mapping[str, Any]) -> str:
        """A trusted document by id, or free text where the node takes it."""
        limits, text = self._node.settings.limits, body.get("query")
        if "documentId" in body:
            return self._documents.text(str(body["documentId"]))
        if not isinstance(text, str) or not limits.free_documents:
            raise UnknownDocument("document: this node takes trusted documents only")
        if text not in self._checked:
            self._keep(text, limits.document_fields, limits.document_depth)
        return text

    def _keep(self, text: str, fields: int, depth: int) -> None:
        """Remember a document that holds; `DocumentRejected` for one that does not."""
        document = parse_document(self._core, text, fields=fields, depth=depth)
        if len(self._checked) >= _KNOWN_DOCUMENTS:
            self._checked.clear()
        self._checked[text] = document

    def _name(self, body: Mapping[str, Any]) -> str | None:
        """Which of the document's operations is meant."""
        name = body.get("operationName")
        if name is not None and not isinstance(name, str):
            raise BodyRejected(f"body: operationName is a {type(name).__name__}, a text is expected")
        return name

    def _check_variables(self, text: str, name: str | None, variables: Mapping[str, Any]) -> None:
        """Hold the variables to the operation first: strawberry drops those that it does not know.

        Which operation is meant, where that is not plain, is strawberry's to say.
        """
        if text not in self._checked:
            self._keep(text, FIELDS, DEPTH)
        operations = [
            each
            for each in self._checked[text].definitions
            if isinstance(each, OperationDefinitionNode)
            and (name is None or (each.name is not None and each.name.value == name))
        ]
        if len(operations) == 1:
            checked_variables(self._core, operations[0], variables)


def _told(error: Exception) -> dict[str, Any]:
    """What the client learns of an error: a code and our own words, or only that it was ours."""
    origin = error.original_error if isinstance(error, GraphQLError) else error
    where = {"path": error.path} if isinstance(error, GraphQLError) and error.path else {}
    if isinstance(origin, KeyUnavailable):
        log.error("%s", origin)
        return {
            "message": "the node cannot sign now; nothing was sent",
            "extensions": {"code": KeyUnavailable.code},
        } | where
    if isinstance(origin, AuditUnavailable):
        log.error("%s", origin)
        told = {"code": AuditUnavailable.code}
        return {
            "message": "the log cannot append now; nothing was asked or changed",
            "extensions": told,
        } | where
    if isinstance(origin, NobodyWaits):
        log.warning("%s", origin)
    if isinstance(
        origin,
        GatewayError | SharingError | PolicyError | Rejected | CategoryRefused | RulingRefused | OF_OVERSIGHT,
    ):
        return {"message": str(origin), "extensions": {"code": origin.code}} | where
    if (gone := away(origin)) is not None:
        return {"message": str(gone), "extensions": {"code": gone.code}} | where
    if origin is None:
        return {"message": str(getattr(error, "message", "")), "extensions": {"code": "DOCUMENT_REJECTED"}}
    log.error("unexpected %s at %s", type(origin).__name__, where.get("path"), exc_info=origin)
    return {
        "message": "internal error; the details are in the node's own log",
        "extensions": {"code": "INTERNAL"},
    } | where


def _reply(value: Mapping[str, Any], status: int) -> Response:
    later = {"retry-after": str(RETRY_AFTER)} if status in BUSY else {}
    return Response(orjson.dumps(value), status, later, media_type="application/json")
