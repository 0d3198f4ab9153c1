"""Let the log's tables be added to and nothing else, by triggers."""

from alembic import op

from gateway.migrations import run

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the triggers."""
    run(op, __file__)
