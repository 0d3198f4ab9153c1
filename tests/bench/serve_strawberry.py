"""The baseline: strawberry and FastAPI as their documentation shows them, on the same shelf, unsecured.

    python -m tests.bench.serve_strawberry SHELF PORT

`/objects/graphql` reads SQLModel objects, `/rows/graphql` rows. Asynchronous resolvers, `GraphQLRouter`, no
policy, no log, no signatures. Answers the partner's questions with the fields that a record has by itself.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import strawberry
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, create_engine, select
from sqlmodel import Session, col
from sqlmodel import select as select_objects
from strawberry.fastapi import GraphQLRouter
from strawberry.types import Info

from tenants.identifiers import normalise
from tenants.tables import IdentifierRow, RecordRow

RECORD, IDENTIFIER = RecordRow.metadata.tables["record"], RecordRow.metadata.tables["identifier"]
DOCUMENT = """
query Lookup($value: String!, $kind: String, $first: Int) {
  lookup(value: $value, kind: $kind, first: $first) {
    hit
    more
    records {
      id schema caption dataset caseRef owner subjectCategory handling handlingText
      source information tlp assessment version recordedAt authority
      properties { name values }
      identifiers { kind normal original }
    }
  }
}
"""


@strawberry.type
class Property:
    """A property and its values."""

    name: str
    values: list[str]


@strawberry.type
class IdentifierValue:
    """An identifier."""

    kind: str
    normal: str
    original: str


@strawberry.type
class Record:
    """A record."""

    row: strawberry.Private[Any]
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

    @strawberry.field
    async def properties(self) -> list[Property]:
        """What is said of it."""
        return [
            Property(name=each["name"], values=each["values"]) for each in json.loads(self.row.properties)
        ]

    @strawberry.field
    async def identifiers(self) -> list[IdentifierValue]:
        """Its identifiers."""
        return [IdentifierValue(**each) for each in json.loads(self.row.identifiers)]


@strawberry.type
class Answer:
    """The answer."""

    hit: bool
    more: bool
    records: list[Record]


def record_of(row: Any) -> Record:
    """A row or an object as the published type."""
    return Record(
        row=row, id=row.id, schema=getattr(row, "schema_", None) or row.schema, caption=row.caption,
        dataset=row.dataset, case_ref=row.case_ref, owner=row.owner, subject_category=row.subject_category,
        handling=json.loads(row.handling), handling_text=row.handling_text, source=row.source_evaluation,
        information=row.information_evaluation, tlp=row.tlp, assessment=row.assessment, version=row.version,
        recorded_at=row.recorded_at, authority=row.authority,
    )  # fmt: skip


def rows(engine: Engine, kind: str, normal: str, most: int) -> Sequence[Any]:
    """Records with an identifier, as rows."""
    wanted = select(IDENTIFIER.c.record_row).where(IDENTIFIER.c.normal == normal, IDENTIFIER.c.kind == kind)
    with engine.connect() as connection:
        found = connection.execute(
            select(RECORD).where(RECORD.c.row.in_(wanted)).order_by(RECORD.c.id).limit(most)
        )
        return found.all()


def objects(engine: Engine, kind: str, normal: str, most: int) -> Sequence[Any]:
    """The same as SQLModel objects."""
    wanted = select_objects(IdentifierRow.record_row).where(
        col(IdentifierRow.normal) == normal, col(IdentifierRow.kind) == kind
    )
    with Session(engine, expire_on_commit=False) as session:
        statement = (
            select_objects(RecordRow).where(col(RecordRow.row).in_(wanted)).order_by(col(RecordRow.id))
        )
        return session.exec(statement.limit(most)).all()


@strawberry.type
class Query:
    """The baseline's questions."""

    @strawberry.field
    async def lookup(
        self, info: Info[Any, None], value: str, kind: str | None = None, first: int | None = 50
    ) -> Answer:
        """Exact lookup."""
        found = normalise(kind or "phone", value)
        most = first or 50
        read = info.context["read"](info.context["engine"], found.kind, found.normal, most + 1)
        return Answer(
            hit=bool(read), more=len(read) > most, records=[record_of(each) for each in read[:most]]
        )


def application(shelf: Path) -> FastAPI:
    """Both forms, in one application."""
    engine = create_engine(f"sqlite:///{shelf}", connect_args={"check_same_thread": False})
    schema = strawberry.Schema(Query)
    app = FastAPI()
    for name, read in (("objects", objects), ("rows", rows)):
        app.include_router(
            GraphQLRouter(schema, context_getter=_bound(engine, read)), prefix=f"/{name}/graphql"
        )
    return app


def _bound(engine: Engine, read: Any) -> Any:
    async def context() -> dict[str, Any]:
        return {"engine": engine, "read": read}

    return context


if __name__ == "__main__":
    uvicorn.run(application(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
