"""Keep who is signed in, and which tokens of an identity provider were used."""

from alembic import op

from gateway.migrations import run

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    run(op, __file__)
