"""Every table, as SQLAlchemy Core. A test holds that the migrations make exactly these."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

METADATA = MetaData()


class Bytes(LargeBinary):
    """Bytes as the drivers take and give them: wrapping and unwrapping each value would cost more than storing it."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> None:
        """Leave what is written as it is."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Leave what is read as it is."""


ENTRY = Table(
    "entry",
    METADATA,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("key", Bytes(16), unique=True, comment="Keyed hash of what may be written once only"),
    Column("digest", Bytes(32), comment="SHA-256 of the sealed words the entry rests on"),
    Column("body", Bytes, nullable=False, comment="The very bytes that are hashed"),
    Column("hash", Bytes(32), nullable=False),
    comment="The ledger. The database refuses to change it.",
)
HEAD = Table(
    "head",
    METADATA,
    Column("chain", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Bytes(32), nullable=False),
    comment="The last entry of the chain, moved last in each transaction.",
)
DATA_KEY = Table(
    "data_key",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("scope", Bytes(16), nullable=False, unique=True, comment="Keyed hash of what is forgotten as a whole"),
    Column("wrapped", Bytes, nullable=False, comment="The key, sealed with the master key"),
    Column("forget_after", Date, comment="The last day its words are kept; empty while a retention plan keeps them"),
    comment="Dropping a row forgets everything sealed with it.",
)
EXCERPT = Table(
    "excerpt",
    METADATA,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("data_key", String(16), nullable=False),
    Column("sealed", Bytes, nullable=False),
    comment="The words an entry rests on, sealed; its number is the entry's.",
)
DEED = Table(
    "deed",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("key", Bytes(16), nullable=False, comment="The key of the entry that planned it"),
    Column("about", Bytes(16), nullable=False, comment="Keyed hash of the post or place it is about"),
    Column("platform", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(8), nullable=False, comment="planned, begun or closed"),
    Column("outcome", String(16), nullable=False, default=""),
    Column("tries", Integer, nullable=False, default=0),
    Column("seq", BigInteger, nullable=False, comment="The entry that planned it"),
    Column("data_key", String(16), nullable=False),
    Column("sealed", Bytes, nullable=False, comment="The action with its words, sealed"),
    Column("cause", BigInteger().with_variant(Integer, "sqlite"), comment="The entry it follows from"),
    Column("until", String(32), comment="A moment, or 'copied'; empty: it need not wait"),
    Index("deed_open", "id", sqlite_where=text("state <> 'closed'")),
    Index("deed_about", "about"),
    comment="The working table: it may be updated, and the ledger can rebuild it.",
)
COPY = Table(
    "copy",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="CP-0042 is number 42"),
    Column("seq", BigInteger, nullable=False, unique=True, comment="The entry whose excerpt holds the words"),
)
OPEN_CASE = Table(
    "open_case",
    METADATA,
    Column("id", Bytes(16), primary_key=True),
    Column("seq", BigInteger, nullable=False, comment="The entry that opened it"),
    comment="An index of what waits for a person; the ledger can rebuild it.",
)
MATTER = Table(
    "matter",
    METADATA,
    Column("place", Bytes(16), primary_key=True),
    Column("data_key", String(16), nullable=False),
    Column("sealed", Bytes, nullable=False),
    comment="The private matter a place is about, so that what follows there is copied too.",
)
PAIR_SIGNAL = Table(
    "pair_signal",
    METADATA,
    Column("pair", Bytes(16), primary_key=True, comment="Keyed hash of the two people"),
    Column("about", Bytes(16), primary_key=True, comment="Keyed hash of the post"),
    Column("kind", String(32), primary_key=True, comment="What the sign was: secrecy, a gift"),
    Column("day", Date, nullable=False),
    comment="Signs between two people, forgotten after 14 days.",
)
PERSON = Table(
    "person",
    METADATA,
    Column("id", String, primary_key=True, comment="OneRoster's sourcedId"),
    Column("roles", String, nullable=False),
    Column("schools", String, nullable=False),
    Column("band", String(16)),
    Column("active", Boolean, nullable=False),
    Column("data_key", String(16), nullable=False),
    Column("sealed", Bytes, nullable=False, comment="The person's names"),
)
ACCOUNT = Table(
    "account",
    METADATA,
    Column("platform", String(32), primary_key=True),
    Column("account", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("band", String(16)),
    Column("confirmed", Boolean),
)
TENURE = Table(
    "tenure",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("school", String, nullable=False),
    Column("office", String(32), nullable=False),
    Column("person", String, nullable=False),
    Column("deputy", String),
    Column("since", Date),
    Column("until", Date),
)
BELONGING = Table(
    "belonging",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("team", String, nullable=False),
    Column("school", String, nullable=False),
    Column("season", String, nullable=False),
    Column("person", String, nullable=False),
    Column("part", String(16), nullable=False),
    Column("until", Date),
)
ABSENCE = Table(
    "absence",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("person", String, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
)
CONSENT = Table(
    "consent",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("student", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("allowed", Boolean, nullable=False),
    Column("until", Date),
    Column("data_key", String(16), nullable=False),
    Column("sealed", Bytes, nullable=False, comment="Where the signed answer is kept"),
    UniqueConstraint("student", "scope"),
)
