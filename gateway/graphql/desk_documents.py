"""The desk's own documents: what the command line and the console send, known by id.

A question among them is compiled: its variables are checked by graphql-core, the use case is called, and the
answer is projected along the document, without an executor in between. Everything else is executed by
strawberry; a differential test holds both to the same answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import GraphQLSchema

from gateway.ask import Told, ask, asking_of
from gateway.errors import UnknownDocument
from gateway.projection import project
from gateway.shipped import document_id, shipped_texts
from gateway.trusted import TrustedDocument, TrustedDocuments, trust
from gateway.visit import Visit
from policy.terms import Operation

QUESTIONS = frozenset(Operation) - {Operation.PROFILE}
"""Those that the desk asks as they are; what resembles a profile is compared at home as well."""
FIELDS = 500
DEPTH = 12


@dataclass(frozen=True, slots=True)
class DeskDocuments:
    """Texts by id; `questions` are those that are compiled."""

    texts: Mapping[str, str]
    questions: TrustedDocuments

    def text(self, identity: str) -> str:
        """The document's text, or `UnknownDocument`."""
        try:
            return self.texts[identity]
        except KeyError:
            raise UnknownDocument(f"document {identity[:80]}: is not known to this desk") from None

    def compiled(self, identity: str) -> TrustedDocument | None:
        """The document, if it is a question."""
        return self.questions.by_id.get(identity)

    async def answer(
        self, document: TrustedDocument, visit: Visit, variables: Mapping[str, Any], told: Told | None = None
    ) -> Mapping[str, Any]:
        """The `data` of a compiled question; `told` gets that of each node's own answer as it comes."""

        def data(picture: Mapping[str, Any]) -> Mapping[str, Any]:
            return {document.alias: project(document.tree, picture)}

        selection = self.questions.selection(document, variables)
        asking = asking_of(selection.operation, selection.arguments)
        return data(await ask(visit, asking, None if told is None else lambda part: told(data(part))))


@cache
def desk_documents(schema: GraphQLSchema) -> DeskDocuments:
    """The shipped documents; a question is compiled now.

    All others are checked against the schema when they are first asked for (`AnalystDoor`), and every one of
    them by the tests: to do it at each start would take a second of it.
    """
    shipped = shipped_texts("desk")
    questions = [trust(schema, shipped[name.value]) for name in Operation if name in QUESTIONS]
    texts = {document_id(text): text for text in shipped.values()}
    return DeskDocuments(texts, TrustedDocuments(schema, {each.id: each for each in questions}))
