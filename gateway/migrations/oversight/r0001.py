"""The first version."""

from alembic import op

from gateway.databases import FIRST
from gateway.migrations import run

revision = FIRST
down_revision = None


def upgrade() -> None:
    """Make every table."""
    run(op, __file__)
