"""The federated baseline: an unsecured strawberry gateway that forwards a lookup to plain strawberry nodes.

python -m tests.bench.serve_gateway PORT NODE_URL…
"""

import asyncio
import sys
from typing import Any

import httpx2
import strawberry
import uvicorn
from fastapi import FastAPI
from strawberry.fastapi import GraphQLRouter
from strawberry.types import Info

from tests.bench.serve_strawberry import DOCUMENT, IdentifierValue, Property

FIELDS = {
    "caseRef": "case_ref", "subjectCategory": "subject_category", "handlingText": "handling_text",
    "recordedAt": "recorded_at",
}  # fmt: skip


@strawberry.type
class Claim:
    """A record as a node told it."""

    id: strawberry.ID
    schema: str
    caption: str | None
    dataset: str
    case_ref: str | None
    owner: str
    subject_category: str
    handling: list[str]
    handling_text: str | None
    source: str
    information: str
    tlp: str
    assessment: str
    version: int
    recorded_at: str
    authority: str | None
    properties: list[Property]
    identifiers: list[IdentifierValue]


@strawberry.type
class NodeAnswer:
    """One node's answer."""

    node: str
    hit: bool
    more: bool
    records: list[Claim]


@strawberry.type
class Query:
    """The gateway's question."""

    @strawberry.field
    async def lookup(self, info: Info[Any, None], value: str, kind: str, first: int = 50) -> list[NodeAnswer]:
        """Ask all nodes."""
        variables = {"value": value, "kind": kind, "first": first}
        client, urls = info.context["client"], info.context["urls"]
        replies = await asyncio.gather(
            *[client.post(url, json={"query": DOCUMENT, "variables": variables}) for url in urls]
        )
        return [
            _answer(url, reply.json()["data"]["lookup"]) for url, reply in zip(urls, replies, strict=True)
        ]


def _answer(url: str, told: dict[str, Any]) -> NodeAnswer:
    return NodeAnswer(
        node=url, hit=told["hit"], more=told["more"], records=[_claim(each) for each in told["records"]]
    )


def _claim(told: dict[str, Any]) -> Claim:
    plain = {FIELDS.get(name, name): value for name, value in told.items()}
    plain["properties"] = [Property(**each) for each in told["properties"]]
    plain["identifiers"] = [IdentifierValue(**each) for each in told["identifiers"]]
    return Claim(**plain)


def application(urls: list[str]) -> FastAPI:
    """The gateway over these nodes."""
    client = httpx2.AsyncClient(trust_env=False, timeout=30)

    async def context() -> dict[str, Any]:
        return {"client": client, "urls": urls}

    app = FastAPI()
    app.include_router(GraphQLRouter(strawberry.Schema(Query), context_getter=context), prefix="/graphql")
    return app


if __name__ == "__main__":
    uvicorn.run(application(sys.argv[2:]), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
