"""Let deeds wait.

Why: some things are to be done later, or only once a copy was accepted: an office is asked when nobody has answered by
a set time, a suspension ends by itself, a student sees a private message after its copy. And a deed names the entry it
follows from, so that what was planned together is found without reading entries. Both columns are nullable, so the
release before goes on as it did.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add what a deed waits for and follows from, and find quickly what was planned about one thing."""
    op.add_column("deed", sa.Column("cause", BIG, comment="The entry it follows from"))
    op.add_column("deed", sa.Column("until", sa.String(32), comment="A moment, or 'copied'; empty: it need not wait"))
    op.create_index("deed_about", "deed", ["about"])
    connection = op.get_bind()
    planned = connection.execute(sa.text("SELECT deed.id, body FROM deed JOIN entry ON entry.seq = deed.seq")).all()
    for name, body in planned:
        set_cause = sa.text("UPDATE deed SET cause = :cause WHERE id = :name")
        connection.execute(set_cause, {"cause": json.loads(body)["for"], "name": name})


def downgrade() -> None:
    """Take it away again, but only while nothing has been written."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM entry")):
        raise RuntimeError("The ledger holds entries, so this step is not undone. Restore a backup instead.")
    op.drop_index("deed_about", "deed")
    op.drop_column("deed", "until")
    op.drop_column("deed", "cause")
