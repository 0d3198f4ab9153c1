"""A schema that logs nothing itself: the desk tells every error by its code, and logs the unexpected."""

import strawberry
from graphql import GraphQLError
from strawberry.types import ExecutionContext


class SilentSchema(strawberry.Schema):
    """strawberry's own log has each error with its text and a trace, also what is an ordinary refusal."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Leave them to whoever asked for the execution."""
