"""Make the ledger, its working tables and the people.

Why: the first step. `entry` is append-only: the database itself refuses update, delete, replace and truncate (which
SQLite does as a delete). Later steps only add nullable columns to it, so that the proof never has to be rebuilt.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make every table and the refusals."""
    _ledger()
    _words()
    _working_tables()
    _people()
    for trigger in REFUSALS:
        op.execute(trigger)


def downgrade() -> None:
    """Take everything away again, but only while nothing has been written."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM entry")):
        raise RuntimeError("The ledger holds entries, so this step is not undone. Restore a backup instead.")
    for name in ("entry_is_never_updated", "entry_is_never_deleted", "entry_is_never_replaced"):
        op.execute(f"DROP TRIGGER {name}")
    for table in (
        "consent",
        "belonging",
        "tenure",
        "account",
        "person",
        "matter",
        "open_case",
        "copy",
        "deed",
        "excerpt",
        "data_key",
        "head",
        "entry",
    ):
        op.drop_table(table)


REFUSALS = (
    """CREATE TRIGGER entry_is_never_updated BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END""",
    """CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'the ledger is never shortened'); END""",
    # INSERT OR REPLACE deletes without asking the trigger above, so what is there already is refused here.
    """CREATE TRIGGER entry_is_never_replaced BEFORE INSERT ON entry
    WHEN NEW.seq <= (SELECT seq FROM head) OR EXISTS (SELECT 1 FROM entry WHERE key = NEW.key)
    BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END""",
)


def _ledger() -> None:
    op.create_table(
        "entry",
        sa.Column("seq", BIG, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("key", sa.LargeBinary(16), unique=True, comment="Keyed hash of what may be written once only"),
        sa.Column("digest", sa.LargeBinary(32), comment="SHA-256 of the sealed words the entry rests on"),
        sa.Column("body", sa.LargeBinary, nullable=False, comment="The very bytes that are hashed"),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        comment="The ledger. The database refuses to change it.",
    )
    op.create_table(
        "head",
        sa.Column("chain", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        comment="The last entry of the chain, moved last in each transaction.",
    )
    op.execute(sa.text("INSERT INTO head (chain, seq, hash) VALUES (1, 0, :first)").bindparams(first=bytes(32)))


def _words() -> None:
    op.create_table(
        "data_key",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("scope", sa.LargeBinary(16), nullable=False, unique=True, comment="Keyed hash of the scope"),
        sa.Column("wrapped", sa.LargeBinary, nullable=False, comment="The key, sealed with the master key"),
        sa.Column("forget_after", sa.Date, comment="The last day its words are kept"),
        comment="Dropping a row forgets everything sealed with it.",
    )
    op.create_table(
        "excerpt",
        sa.Column("seq", BIG, primary_key=True, autoincrement=False),
        sa.Column("data_key", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        comment="The words an entry rests on, sealed; its number is the entry's.",
    )


def _working_tables() -> None:
    op.create_table(
        "deed",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("key", sa.LargeBinary(16), nullable=False, comment="The key of the entry that planned it"),
        sa.Column("about", sa.LargeBinary(16), nullable=False, comment="Keyed hash of the post or place"),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(8), nullable=False, comment="planned, begun or closed"),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False, comment="The entry that planned it"),
        sa.Column("data_key", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False, comment="The action with its words, sealed"),
        comment="The working table: it may be updated, and the ledger can rebuild it.",
    )
    op.create_index("deed_open", "deed", ["id"], sqlite_where=sa.text("state <> 'closed'"))
    op.create_table(
        "copy",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False, comment="CP-0042 is number 42"),
        sa.Column("seq", sa.BigInteger, nullable=False, unique=True, comment="The entry that holds the words"),
    )
    op.create_table(
        "open_case",
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False, comment="The entry that opened it"),
        comment="An index of what waits for a person; the ledger can rebuild it.",
    )
    op.create_table(
        "matter",
        sa.Column("place", sa.LargeBinary(16), primary_key=True),
        sa.Column("data_key", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        comment="The private matter a place is about, so that what follows there is copied too.",
    )


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.String, primary_key=True, comment="OneRoster's sourcedId"),
        sa.Column("roles", sa.String, nullable=False),
        sa.Column("schools", sa.String, nullable=False),
        sa.Column("band", sa.String(16)),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("data_key", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False, comment="The person's names"),
    )
    op.create_table(
        "account",
        sa.Column("platform", sa.String(32), primary_key=True),
        sa.Column("account", sa.String, primary_key=True),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("band", sa.String(16)),
    )
    op.create_table(
        "tenure",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("school", sa.String, nullable=False),
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("deputy", sa.String),
        sa.Column("since", sa.Date),
        sa.Column("until", sa.Date),
    )
    op.create_table(
        "belonging",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("team", sa.String, nullable=False),
        sa.Column("school", sa.String, nullable=False),
        sa.Column("season", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("part", sa.String(16), nullable=False),
        sa.Column("until", sa.Date),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("student", sa.String, nullable=False),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("allowed", sa.Boolean, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("data_key", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False, comment="Where the signed answer is kept"),
        sa.UniqueConstraint("student", "scope"),
    )
