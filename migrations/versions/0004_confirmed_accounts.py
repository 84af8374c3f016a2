"""Remember which accounts their owners linked themselves.

Why: somebody who types the code that was sent to their district address has proved whose account it is. The next
import of accounts.csv, which knows nothing of it, must not take that away. The release before does not read the column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nobody has linked anything yet."""
    op.add_column("account", sa.Column("confirmed", sa.Boolean, nullable=True))


def downgrade() -> None:
    """Take it away again, but only while nothing has been written."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM entry")):
        raise RuntimeError("The ledger holds entries, so this step is not undone. Restore a backup instead.")
    op.drop_column("account", "confirmed")
