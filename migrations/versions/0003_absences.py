"""Remember who is away.

Why: a copy goes to the deputy while the holder of an office is away, not only when the office is empty. The table is
new, so the release before goes on as it did.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; the next import fills it."""
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
    )


def downgrade() -> None:
    """Take it away again, but only while nothing has been written."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM entry")):
        raise RuntimeError("The ledger holds entries, so this step is not undone. Restore a backup instead.")
    op.drop_table("absence")
