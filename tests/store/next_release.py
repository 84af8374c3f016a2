"""A step that a next release might take, before the one that is installed."""

from typing import Final

import migrations

FOLLOWING: Final = f"{int(migrations.HEAD) + 1:04}"
NEXT: Final = '''\
"""Add a column, as a next release might."""

import sqlalchemy as sa
from alembic import op

revision = "@next@"
down_revision = "@now@"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entry", sa.Column("witness", sa.LargeBinary))


def downgrade() -> None:
    op.drop_column("entry", "witness")
'''.replace("@now@", migrations.HEAD).replace("@next@", FOLLOWING)
