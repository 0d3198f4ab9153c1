"""The shelf alone behind a plain ASGI route: compiled plans, without policy's narrowing, log and signatures.

    python -m tests.bench.serve_shelf DATABASE_URL PORT

Takes a trusted document by id. The access has one branch that lets every record of the data set through.
"""

import sys
from functools import cache

import orjson
import uvicorn
from starlette.types import Receive, Scope, Send

from gateway.graphql.federation import federation_schema
from gateway.trusted import TrustedDocument, TrustedDocuments, trust
from policy.decision import Access, Branch, admit, issue
from policy.filters import Field
from policy.question import Question
from policy.terms import Mode, Operation
from tenants.shelf import open_shelf
from tenants.view import View
from tests.bench.stage import ASKER, mandate

FIELDS = """
  id schema caption dataset caseRef owner subjectCategory handling handlingText
  source information tlp assessment version recordedAt authority
  properties { name values } identifiers { kind normal original }
"""
TEXTS = {
    "lookup": "query Lookup($value: String!, $kind: String, $first: Int) {"
    f" lookup(value: $value, kind: $kind, first: $first) {{ hit more records {{ {FIELDS} }} }} }}",
    "search": "query Search($text: String!, $first: Int) {"
    f" search(text: $text, first: $first) {{ hit more records {{ {FIELDS} }} }} }}",
    "expand": "query Expand($id: ID!, $hops: Int, $first: Int) {"
    f" expand(id: $id, hops: $hops, first: $first) {{ hit more records {{ {FIELDS} }} }} }}",
}


class _Evidence:
    """Stands for the log's receipt."""

    digest = "sha256:" + "0" * 64

    def __init__(self, subject: str) -> None:
        self.subject = subject


def open_access(rows: int = 200) -> Access:
    """Every record of the benchmark's data set, whole."""
    permit = issue(
        id="bench", partner=ASKER, mandate=mandate(0),
        question=Question(Operation.LOOKUP, "sha256:d", "sha256:a"),
        branches=(Branch("bench@1", Mode.RECORD, Field("eq", "dataset", "bench")),),
        shows={"*": ("bench@1",)}, max_rows=rows, obligations=(), revision="none", decided_at=0,
    )  # fmt: skip
    return admit(permit, _Evidence(permit.digest))


@cache
def documents() -> tuple[TrustedDocuments, dict[str, TrustedDocument]]:
    """The documents of this measurement, by id and by name."""
    schema = federation_schema()._schema
    made = {name: trust(schema, text) for name, text in TEXTS.items()}
    return TrustedDocuments(schema, {each.id: each for each in made.values()}), made


class Route:
    """One view behind one path."""

    def __init__(self, view: View) -> None:
        self._view, self._access, self._documents = view, open_access(), documents()[0]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One question."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        told = b"{}"
        if scope["method"] == "POST":
            asked = orjson.loads(body)
            document = self._documents.get(asked["documentId"])
            found = await self._view.read(
                self._access, self._documents.selection(document, asked["variables"])
            )
            told = b'{"data":{"%b":%b}}' % (document.alias.encode(), found.payload)
        fields = [(b"content-type", b"application/json"), (b"content-length", str(len(told)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body", "body": told})


if __name__ == "__main__":
    uvicorn.run(
        Route(open_shelf(sys.argv[1]).view()), host="127.0.0.1", port=int(sys.argv[2]), loop="uvloop",
        http="httptools", ws="none", lifespan="off", access_log=False, server_header=False,
        log_level="warning",
    )  # fmt: skip
