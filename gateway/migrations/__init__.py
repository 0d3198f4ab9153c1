"""The versions of a node's databases, a folder each; how one is added: `deploy/docs/database.md`.

A step is `r0002.py` in Alembic's form: `revision`, `down_revision`, `upgrade()`. What it cannot say on both
databases in one way stands beside it, in `r0002.sqlite.sql` and `r0002.postgresql.sql`.
"""

from pathlib import Path
from typing import Any

from gateway.databases import statements


def run(op: Any, step: str) -> None:  # noqa: ANN401  # Alembic's proxy
    """Run the SQL beside `step`, the step's own file, in the words of the database at hand."""
    connection = op.get_bind()
    path = Path(step)
    sql = path.with_name(f"{path.stem}.{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for each in statements(sql):
        connection.exec_driver_sql(each)
