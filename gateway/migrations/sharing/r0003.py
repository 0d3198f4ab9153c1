"""Keep the keys with which persons approve."""

from alembic import op

from gateway.migrations import run

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    run(op, __file__)
