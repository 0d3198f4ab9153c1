"""Keep a mark that every change of records renews, so that replicas can be compared with their primary."""

from alembic import op

from gateway.migrations import run

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table and, on a server, the triggers."""
    run(op, __file__)
