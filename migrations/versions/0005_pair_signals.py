"""Remember for two weeks that a sign of closeness came between an adult of the school and a student.

Why: crossing a boundary is a pattern over messages; one sign alone says little. Kept are a keyed hash of the two
people, the kind of sign and the day, no words and no names. The release before does not know the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; nothing was counted so far."""
    op.create_table(
        "pair_signal",
        sa.Column("pair", sa.LargeBinary(16), primary_key=True, comment="Keyed hash of the two people"),
        sa.Column("about", sa.LargeBinary(16), primary_key=True, comment="Keyed hash of the post"),
        sa.Column("kind", sa.String(32), primary_key=True, comment="What the sign was: secrecy, a gift"),
        sa.Column("day", sa.Date, nullable=False),
        comment="Signs between two people, forgotten after 14 days.",
    )


def downgrade() -> None:
    """Take it away again, but only while nothing has been written."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM entry")):
        raise RuntimeError("The ledger holds entries, so this step is not undone. Restore a backup instead.")
    op.drop_table("pair_signal")
