"""Statements of the hot path, straight through the driver, whose caller costs less than SQLAlchemy's."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine

_NAME = re.compile(r"(?<!:):([a-z_][a-z_0-9]*)")
Row = tuple[Any, ...]


class Prepared:
    """One SELECT with named parameters (`:name`), in the spelling of the engine's driver."""

    def __init__(self, engine: Engine, sql: str) -> None:
        self._engine = engine
        self.sql = sql if engine.dialect.name == "sqlite" else _NAME.sub(r"%(\1)s", sql)

    def rows(self, **values: object) -> Sequence[Row]:
        """All rows, in a connection of the pool that is given back."""
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(self.sql, values)
            found: Sequence[Row] = cursor.fetchall()
            cursor.close()
        finally:
            connection.close()
        return found
