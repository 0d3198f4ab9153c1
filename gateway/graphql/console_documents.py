"""The console's own operations: taken from its build like shipped ones, once everything of them is checked.

The file is a JSON object from `sha256:<hex>` to text. It comes from the build and is not believed: a size, a
digest, a name or a document that is not as it must be stops the node at the start.
"""

from collections.abc import Mapping

import orjson
from graphql import FieldNode, GraphQLSchema, OperationDefinitionNode

from gateway.console_files import BUILT_BY, DOCUMENTS, Console
from gateway.errors import ConsoleRejected, DocumentRejected
from gateway.graphql.desk_documents import DEPTH, FIELDS, QUESTIONS, DeskDocuments
from gateway.shipped import document_id
from gateway.trusted import TrustedDocument, TrustedDocuments, parse_document, trust
from tenants.selection import Node

MOST_BYTES = 1_048_576
MOST_DOCUMENTS = 500


def with_console(desk: DeskDocuments, console: Console) -> DeskDocuments:
    """The desk's documents and the console's; `ConsoleRejected` names what is wrong with the latter."""
    if console.documents is None:
        return desk
    texts = _texts(console.documents)
    schema = desk.questions.schema
    questions = [_question(schema, text) for text in texts.values()]
    compiled = {each.id: each for each in questions if each is not None} | dict(desk.questions.by_id)
    return DeskDocuments({**texts, **desk.texts}, TrustedDocuments(schema, compiled))


def _texts(content: bytes) -> Mapping[str, str]:
    """The file's documents by id; each text has the digest that its id says."""
    if not content:
        raise _rejected("is missing or empty")
    if len(content) > MOST_BYTES:
        raise _rejected(f"has {len(content)} bytes, at most {MOST_BYTES} are read")
    try:
        told = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _rejected(f"is not JSON ({error.msg})") from error
    if not isinstance(told, dict):
        raise _rejected(f"is a JSON {type(told).__name__}, an object from id to text is expected")
    if len(told) > MOST_DOCUMENTS:
        raise _rejected(f"has {len(told)} documents, at most {MOST_DOCUMENTS} are taken")
    for identity, text in told.items():
        if not isinstance(text, str):
            kind = type(text).__name__
            raise _rejected(f"{identity[:80]}: is a JSON {kind}, the text of a document is expected")
        if document_id(text) != identity:
            raise _rejected(f"{identity[:80]}: the text has the digest {document_id(text)}")
    return told


def _question(schema: GraphQLSchema, text: str) -> TrustedDocument | None:
    """The document compiled, if it is one plain question; else None, and strawberry executes it."""
    try:
        document = parse_document(schema, text, fields=FIELDS, depth=DEPTH)
    except DocumentRejected as error:
        raise _rejected(f"{document_id(text)}: {error}") from error
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    roots = operations[0].selection_set.selections if len(operations) == 1 else ()
    if len(roots) != 1 or not isinstance(roots[0], FieldNode) or roots[0].name.value not in QUESTIONS:
        return None
    try:
        compiled = trust(schema, text)
    except DocumentRejected:  # valid, but with fragments or directives
        return None
    return None if _names_a_type(compiled.tree) else compiled


def _names_a_type(tree: tuple[Node, ...]) -> bool:
    """Whether `__typename` is asked for, which only an executor can tell."""
    return any(node.name == "__typename" or _names_a_type(node.children) for node in tree)


def _rejected(said: str) -> ConsoleRejected:
    return ConsoleRejected(f"console: {DOCUMENTS} {said}; `{BUILT_BY}` makes it anew")
