"""What of one record decides who may see it: the columns that a policy may filter on, never content.

It is the one statement that reads a record past the policy's view, so that a person of the owning service can
be told why a record is withheld. It still needs an `Access`, so that the look stands in the log before.
"""

from sqlalchemy import Dialect, Text, bindparam, select

from policy.decision import Access
from policy.filters import COLUMNS
from policy.mandate import digest_of
from tenants.errors import QuestionRejected
from tenants.plan import Statement
from tenants.record import ID
from tenants.sight import RECORD


def explained(record_id: str) -> str:
    """The digest of the variables in a question for this one record."""
    return digest_of({"id": record_id})


def columns_statement(
    dialect: Dialect, access: Access, record_id: str
) -> tuple[Statement, tuple[object, ...]]:
    """The statement for one record and its arguments; the access must be one to explain this very record.

    Raises `QuestionRejected` for an id that no record can have, or that the access was not made for.
    """
    if not ID.fullmatch(record_id):
        raise QuestionRejected("ARGUMENT", "id", f"does not match {ID.pattern}")
    if access.permit.question.arguments_digest != explained(record_id):
        raise QuestionRejected("ARGUMENT", "id", "is not what the access was made for")
    wanted = select(*[RECORD.c[name] for name in COLUMNS]).where(RECORD.c.id == bindparam("id", type_=Text))
    compiled = wanted.compile(dialect=dialect)
    return Statement(str(compiled), ("id",), {}), (record_id,)
