"""Pull the plug anywhere: nothing that was written is lost, nothing is done twice, and the next run ends the day."""

import asyncio
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, create_engine, event, select

import migrations
import rules
from adapters.replay import Board, Replay, open_history
from bot.errors import ConfigurationError
from bot.fault import POINTS
from bot.house import open_house
from bot.message import MessageId
from bot.moderator import Moderator
from bot.platform import Heard, Post
from bot.readings.personal import Known
from bot.readings.reader import Reader
from bot.roster import Roster
from bot.standing import Standing
from bot.store import memory
from bot.store.audit import verify
from bot.store.checkpoint import Checkpoint
from bot.store.people import load_lists
from bot.store.record import Recorder
from bot.store.sealed import KINDS, data_key, encode
from bot.store.tables import DEED
from bot.store.vault import MasterKey, read_master_key
from tests.store.history import DAY, PAIR, TEN_DAYS_LATER, District, Line, at, settle
from tests.store.next_release import FOLLOWING, NEXT

KILLED = -signal.SIGKILL
REPLAY = ("heard", "planned", "written", "recorded", "acknowledged", "begun", "performed", "closed")
"""The points every run passes; `test_every_point_is_tried` holds that none is forgotten."""

TWICE = {
    "heard": "written:2",
    "planned": "imported",
    "written": "recorded:3",
    "recorded": "closed:2",
    "acknowledged": "performed:3",
    "begun": "heard:2",
    "performed": "begun:4",
    "closed": "planned:2",
    "migrated": "planned:2",
    "imported": "acknowledged:2",
    # Between committed and done, at other places of the day than the first:
    "planned:2": "performed",
    "written:2": "begun:2",
    "begun:3": "performed",
    "closed:6": "recorded:9",
}
"""Where the first run dies, and where the second does."""

OWN = ("copied before migrating", "forgotten")
"""Points that a plain day does not pass: they have a day of their own below."""


@dataclass
class Kept:
    """What a database comes to, told without anything that is random: it is the same for the same day and key."""

    written: list[tuple[str, bytes]] = field(default_factory=list)
    """Kind and key of what may be written once only."""
    words: list[bytes] = field(default_factory=list)
    deeds: list[tuple[str, bytes, str, str, bytes]] = field(default_factory=list)
    copies: list[tuple[int, bytes]] = field(default_factory=list)
    cases: list[bytes] = field(default_factory=list)


@contextmanager
def looking(district: District) -> Iterator[tuple[Connection, MasterKey]]:
    """Look into a database that nobody has open."""
    place = district.place
    engine = create_engine(f"sqlite:///{place.database}")
    with closing(engine.connect()) as connection:
        yield connection, read_master_key(place.key_file, place.database)
    engine.dispose()


def kept(district: District) -> Kept:
    """Read everything that two runs of the same day must have in common."""
    with looking(district) as (connection, master):
        once = "SELECT kind, key FROM entry WHERE key IS NOT NULL AND kind != 'planned' ORDER BY key"
        sealed = connection.exec_driver_sql("SELECT seq, data_key, sealed FROM excerpt").fetchall()
        keys = {name: data_key(connection, master, name) for _, name, _ in sealed}
        words = (key.open(box, b"entry %d" % seq) for seq, name, box in sealed if (key := keys[name]) is not None)
        about: dict[str, bytes] = {row.id: row.about for row in connection.execute(select(DEED.c.id, DEED.c.about))}
        deeds = (
            (deed.action.kind, about[deed.id], state, outcome, encode(deed.action))
            for deed, state, outcome in memory.deeds(connection, master, kinds=tuple(KINDS))
        )
        copies = "SELECT copy.number, entry.key FROM copy JOIN entry USING (seq) ORDER BY number"
        return Kept(
            [tuple(row) for row in connection.exec_driver_sql(once)],
            sorted(words),
            sorted(deeds),
            [tuple(row) for row in connection.exec_driver_sql(copies)],
            sorted(connection.exec_driver_sql("SELECT id FROM open_case").scalars()),
        )


def nothing_is_done_twice(district: District) -> None:
    """Hold the board against the ledger: each deed that ended as done stands there once, and no deed more often."""
    board = Counter(line.split()[0] for line in district.place.board.read_text(encoding="ascii").splitlines())
    with looking(district) as (connection, _):
        done = connection.exec_driver_sql("SELECT id FROM deed WHERE outcome = 'done' AND tries > 0").scalars().all()
        begun = connection.exec_driver_sql("SELECT count(*) FROM deed WHERE tries > 0").scalar_one()

    assert board == Counter(done)
    assert begun == len(done)


def proves_itself(district: District) -> None:
    """Verify the ledger with what stands beside it."""
    with looking(district) as (connection, _):
        audit = verify(connection, Checkpoint.read(district.place.checkpoint))

    assert audit.faults == []


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> District:
    """Run the day once, in peace."""
    district = settle(tmp_path_factory.mktemp("undisturbed"))
    assert district.run().returncode == 0
    return district


def again(undisturbed: District, path: Path) -> District:
    """Lay out the same district anew, with the same master key, so that what is hashed is the same."""
    district = settle(path)
    shutil.copy2(undisturbed.place.key_file, district.place.key_file)
    return district


@pytest.fixture
def district(tmp_path: Path, undisturbed: District) -> District:
    """Give a district that nothing has happened in."""
    return again(undisturbed, tmp_path)


def test_every_point_is_tried() -> None:
    """A point that is added must be tried here."""
    tried = {each.partition(":")[0] for each in TWICE}

    assert tried | set(OWN) == set(POINTS)


def test_a_day_in_peace_has_something_of_everything(undisturbed: District) -> None:
    """The crashes below would prove little on a day on which nothing happens."""
    found = kept(undisturbed)

    assert {kind for kind, *_ in found.deeds} == {"remove", "tell", "copy", "ask", "restrict", "lift", "show", "alert"}
    assert {state for _, _, state, *_ in found.deeds} <= {"closed", "planned"}
    assert {kind for kind, _ in found.written} == {
        "opened",
        "judged",
        "deleted",
        "reported",
        "recalled",
        "appealed",
        "decided",
        "ordered",
    }
    assert len(found.copies) == 3
    assert len(found.cases) == 3
    nothing_is_done_twice(undisturbed)
    proves_itself(undisturbed)


@dataclass(frozen=True)
class Ends:
    """How three runs ended: two that were killed, and the last."""

    district: District
    first: int
    second: int
    last: subprocess.CompletedProcess[str]


def kill_twice(district: District, first: str, second: str) -> Ends:
    """Run a day that dies twice, then to its end."""
    return Ends(district, district.run(first).returncode, district.run(second).returncode, district.run())


@pytest.fixture(scope="module")
def killed(undisturbed: District, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, "Future[Ends]"]]:
    """Run all days that die, two at a time."""
    threads = ThreadPoolExecutor(2)
    yield {
        first: threads.submit(kill_twice, again(undisturbed, tmp_path_factory.mktemp("killed")), first, second)
        for first, second in TWICE.items()
    }
    threads.shutdown(cancel_futures=True)


@pytest.mark.parametrize("first", TWICE)
def test_killed_twice_the_day_ends_as_in_peace(
    killed: dict[str, "Future[Ends]"], undisturbed: District, first: str
) -> None:
    """Whatever a power cut leaves, the next run finishes it: the same record, nothing lost, nothing done twice."""
    ends = killed[first].result()

    assert (ends.first, ends.second) == (KILLED, KILLED)
    assert ends.last.returncode == 0, ends.last.stderr
    assert kept(ends.district) == kept(undisturbed)
    nothing_is_done_twice(ends.district)
    proves_itself(ends.district)


def test_killed_at_random_the_day_ends_as_in_peace(district: District, undisturbed: District) -> None:
    """Nobody thinks of every place; a fixed seed makes what it finds come back."""
    dice = random.Random(36)
    ends = [district.run(f"{dice.choice(REPLAY)}:{dice.randint(1, 9)}").returncode for _ in range(6)]
    last = district.run()

    assert set(ends) <= {0, KILLED}
    assert ends.count(KILLED) >= 3
    assert last.returncode == 0, last.stderr
    assert kept(district) == kept(undisturbed)
    nothing_is_done_twice(district)
    proves_itself(district)


def test_a_finished_day_told_again_changes_nothing(district: District, undisturbed: District) -> None:
    """Whoever is unsure may always run it again."""
    for _ in range(2):
        assert district.run().returncode == 0

    assert kept(district) == kept(undisturbed)
    nothing_is_done_twice(district)


def test_killed_while_forgetting_the_next_run_forgets(district: District) -> None:
    """The ledger names the key, the file beside the master key does not yet: opening heals it."""
    district.tell(*DAY, TEN_DAYS_LATER)
    died = district.run("forgotten")
    with looking(district) as (connection, _):
        bodies = connection.exec_driver_sql("SELECT body FROM entry WHERE kind = 'forgot'").scalars().all()
        left = connection.exec_driver_sql("SELECT count(*) FROM data_key WHERE forget_after < '2025-11-28'").scalar()
    tombstones = district.place.key_file.with_name("c.key.forgotten")
    before = tombstones.exists()
    last = district.run()

    assert died.returncode == KILLED, died.stderr
    assert before is False
    assert len(bodies) == 1
    assert left == 0
    assert last.returncode == 0, last.stderr
    assert all(key in bodies[0].decode() for key in tombstones.read_text(encoding="ascii").split())
    assert tombstones.read_text(encoding="ascii")
    proves_itself(district)


@pytest.mark.parametrize("crash_at", ["copied before migrating", "migrated"])
def test_killed_while_migrating_the_next_start_migrates(
    district: District, undisturbed: District, crash_at: str
) -> None:
    """A next release stands before the installed one; the copy made first is whole, and the step is taken or not."""
    assert district.run().returncode == 0
    newer = district.path / "migrations"
    shutil.copytree(Path(migrations.__file__).parent, newer, ignore=shutil.ignore_patterns("__pycache__"))
    (newer / "versions" / f"{FOLLOWING}_a_witness.py").write_text(NEXT, encoding="utf-8")
    (newer / "__init__.py").write_text(f'HEAD = "{FOLLOWING}"\n', encoding="utf-8")
    died, last = district.run(crash_at), district.run()
    copies = list(district.path.glob("c.sqlite.before-*"))

    assert died.returncode == KILLED, died.stderr
    assert last.returncode == 0, last.stderr
    assert len(copies) == 1
    assert kept(district) == kept(undisturbed)
    nothing_is_done_twice(district)
    with looking(district) as (connection, _):
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == [FOLLOWING]
    before = District(district.path / "before")
    before.path.mkdir()
    copies[0].rename(before.place.database)
    shutil.copy2(district.place.key_file, before.place.key_file)
    assert kept(before) == kept(undisturbed)


def long_day(number: int) -> list[Line]:
    """Generate chat, with a message to one student now and then."""
    lines = [DAY[0]]
    for each in range(number):
        alone: Line = {"place": "dm", "by": "cora", "text": "Stay after class.", "readers": PAIR}
        line: Line = {"place": "boathouse", "by": "kim", "text": f"stroke {each}"} if each % 40 else alone
        lines.append({"type": "post", "at": at(each * 300 // number), "id": f"p{each}", **line})
    return lines


def ends_as_told(district: District, number: int) -> None:
    """Hold that a long day was judged once, whole, and done once."""
    with looking(district) as (connection, _):
        judged = connection.exec_driver_sql(
            "SELECT count(*), count(DISTINCT key) FROM entry WHERE kind = 'judged'"
        ).one()
        still = connection.exec_driver_sql(
            "SELECT count(*) FROM deed WHERE state != 'closed' AND until IS NULL"
        ).scalar()

    assert tuple(judged) == (number + 1, number + 1)
    assert still == 0
    nothing_is_done_twice(district)
    proves_itself(district)


def test_a_full_disk_is_one_plain_sentence_and_the_next_run_ends_the_day(tmp_path: Path) -> None:
    """The limit strikes in the middle of a write. What was written before stays whole and is built on."""
    district = settle(tmp_path, long_day(1_500))
    full = district.run(file_limit=700_000)
    verified = district.run(command=("audit", "verify"))
    with looking(district) as (connection, _):
        before = connection.exec_driver_sql("SELECT count(*) FROM entry WHERE kind = 'judged'").scalar_one()
    last = district.run()

    assert full.returncode == 2
    assert "could not be read or written" in full.stderr
    assert len(full.stderr.strip().splitlines()) == 1
    assert "Traceback" not in full.stdout + full.stderr
    assert verified.returncode == 0, verified.stdout
    assert 0 < before < 1_500
    assert last.returncode == 0, last.stderr
    ends_as_told(district, 1_500)


def test_a_full_disk_is_one_plain_sentence_while_a_roster_is_imported(tmp_path: Path) -> None:
    """Nothing of the roster is kept, and the next try brings it."""
    district = settle(tmp_path)
    assert district.run().returncode == 0
    users = district.path / "roster" / "users.csv"
    many = "".join(f"m{each},,,true,s1,student,m{each},,Kim,Vale,,,,,,,09,\n" for each in range(3_000))
    users.write_text(users.read_text("utf-8") + many, "utf-8")
    command = ("roster", "import", "roster")
    full = district.run(command=command, file_limit=300_000)
    verified = district.run(command=("audit", "verify"))
    last = district.run(command=command)

    assert full.returncode == 2, full.stderr
    assert "could not be read or written" in full.stderr
    assert len(full.stderr.strip().splitlines()) == 1
    assert verified.returncode == 0, verified.stdout
    assert last.returncode == 0, last.stderr


class Remembers(Replay):
    """A replay that remembers what it was told is written down."""

    def __init__(self, district: District) -> None:
        """Read a district's history."""
        super().__init__([open_history(district.path / "day.jsonl")], Board(district.place.board), lambda _: None)
        self.acknowledged: list[Post] = []

    async def acknowledge(self, heard: Heard) -> None:
        """Remember a post."""
        if isinstance(heard, Post):
            self.acknowledged.append(heard)


def small_disk(connection: Connection) -> None:
    """Let a database grow to 150 pages and no further."""
    connection.exec_driver_sql("PRAGMA max_page_count = 150")


async def test_what_was_acknowledged_before_the_disk_was_full_is_in_the_ledger(tmp_path: Path) -> None:
    """A platform never tells again what was acknowledged, so acknowledging comes after the disk."""
    district = settle(tmp_path, long_day(1_500))
    platform, now = Remembers(district), datetime(2025, 11, 18, tzinfo=UTC)
    with pytest.raises(ExceptionGroup) as stopped:  # noqa: PT012 (the house has to be open for its disk to be full)
        async with open_house(district.place, now) as house:
            event.listen(house.database.writing, "begin", small_disk)
            async with house.database.reading().connect() as connection:
                roster = Roster(await connection.run_sync(load_lists, house.database.master), ZoneInfo("UTC"))
            recorder = Recorder(house.database.master)
            every = tuple(each() for each in rules.every())
            moderator = Moderator(roster, Reader(Known()), every, (), Standing(), house.ledger, recorder, platform.now)
            await moderator.follow(platform, house.tasks, asyncio.Event())
    with looking(district) as (connection, master):
        known = set(connection.exec_driver_sql("SELECT key FROM entry WHERE kind = 'judged'").scalars())

    assert stopped.group_contains(ConfigurationError, match="disk is full")
    assert 0 < len(platform.acknowledged) < 1_500
    assert {
        Recorder(master).judgement(each.sent_at, MessageId(each.platform, each.id, each.revision))
        for each in platform.acknowledged
    } <= known
    proves_itself(district)


def stopped(district: District, when: Callable[[], bool]) -> tuple[int, str, str, float]:
    """Tell a run to stop as soon as something is so: its exit code, what it printed, and how long it took to end."""
    with subprocess.Popen(
        district.arguments(),
        cwd=district.path,
        env=district.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        while running.poll() is None and not when():
            time.sleep(0.001)
        running.send_signal(signal.SIGTERM)
        told = time.monotonic()
        out, error = running.communicate(timeout=60)
        return running.returncode, out, error, time.monotonic() - told


def test_told_to_stop_while_it_opens_it_ends_in_order_and_begins_nothing(tmp_path: Path) -> None:
    """Whoever sees that it is the wrong file stops it in the first seconds."""
    district = settle(tmp_path, long_day(50))
    begun = district.place.database.with_name("c.sqlite.running")

    code, out, error, _ = stopped(district, begun.exists)

    assert code == 0, error
    assert "Stopped before the end, with nothing half done. Run it again to go on." in out
    proves_itself(district)
    assert district.run().returncode == 0
    ends_as_told(district, 50)


def test_told_to_stop_it_ends_in_order_and_the_next_run_goes_on(tmp_path: Path) -> None:
    """A restart of the machine sends SIGTERM and does not wait for long."""
    district = settle(tmp_path, long_day(8_000))
    written = district.place.database.with_name("c.sqlite-wal")

    code, out, error, took = stopped(district, lambda: written.exists() and written.stat().st_size > 500_000)

    assert code == 0, error
    assert took < 5
    assert "Stopped before the end, with nothing half done. Run it again to go on." in out
    with looking(district) as (connection, _):
        assert connection.exec_driver_sql("SELECT count(*) FROM entry WHERE kind = 'judged'").scalar_one() < 8_000
        assert (
            connection.exec_driver_sql(
                "SELECT count(*) FROM deed WHERE state != 'closed' AND until IS NULL"
            ).scalar_one()
            == 0
        )
    proves_itself(district)
    assert district.run().returncode == 0
    ends_as_told(district, 8_000)
