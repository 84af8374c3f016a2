"""Words, names and accounts are nowhere in the clear: not in any file, not in what is printed, not in an error."""

import asyncio
import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from bot.actions import Deed
from bot.errors import ConfigurationError
from bot.house import House
from bot.lists import Listed, Lists
from bot.message import MatterKind
from bot.moderator import Moderator
from bot.people import PersonId, Role
from bot.platform import Outcome, Receipt, Report
from bot.roster import Roster
from bot.standing import Standing
from bot.store import memory
from bot.store.draft import Draft
from bot.store.people import load_lists, save_lists
from bot.store.record import Recorder
from bot.store.sealed import data_key, decode, encode
from bot.store.vault import MasterKey, Scope
from tests.district import NOON, reader
from tests.roster_files import CONSENTS, USERS_1_1, V1_1, changed
from tests.store.history import DAY, District, Line, at, settle
from tests.store.house import ROSTER, RULES, draft, house, place, post, rows, tamper, words_of

WORD = "kumquat"
"""Every canary has it, and nothing of ours does."""

NAMED = changed(
    V1_1,
    users=USERS_1_1.replace("Kim", f"Kim{WORD}").replace("Quill,,,", f"Quill{WORD},,,cora@{WORD}.example"),
    consent=CONSENTS.replace("folder 12", f"folder {WORD}"),
)
SAID: tuple[Line, ...] = (
    *(
        {key: f"{value} {WORD}" if key in {"text", "reason", "name"} else value for key, value in each.items()}
        for each in DAY
    ),
    {
        "type": "post",
        "at": at(20),
        "id": f"id{WORD}",
        "place": f"room {WORD}",
        "by": f"nobody{WORD}",
        "text": f"hey {WORD}",
        "forward": WORD,
        "thread": WORD,
        "files": [{"name": f"{WORD}.pdf", "alt": WORD}],
        "links": [{"text": WORD, "target": f"https://bit.ly/{WORD}"}],
        "readers": ["kim", f"reader{WORD}"],
    },
    {"type": "profile", "at": at(21), "account": f"other{WORD}", "name": WORD, "about": WORD},
    {
        "type": "edit",
        "at": at(22),
        "post": "p2",
        "place": "dm",
        "by": "cora",
        "text": f"bit.ly/{WORD}",
        "readers": ["kim"],
    },
)


def shows(path: Path, word: str = WORD) -> list[str]:
    """Name the files of a folder that hold a word, in either byte order that a database could keep it in."""
    spelt = [word.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    files = (each for each in path.iterdir() if each.is_file() and each.suffix != ".jsonl")
    return [each.name for each in files if any(word in each.read_bytes().lower() for word in spelt)]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> District:
    """Lay out a district that says the canary everywhere."""
    return settle(tmp_path_factory.mktemp("told"), SAID, NAMED)


def test_no_file_and_no_output_shows_a_word_a_name_or_a_strangers_account(told: District) -> None:
    """The database, its log, its lock, the board, the checkpoint, the key file and all that is printed."""
    killed = told.run("begun:3")
    midway = shows(told.path)
    ended = told.run()

    assert killed.returncode == -9
    assert ended.returncode == 0
    assert WORD not in (killed.stdout + killed.stderr + ended.stdout + ended.stderr).lower()
    assert midway == []
    assert shows(told.path) == []
    assert (told.path / "c.sqlite.board").stat().st_size > 0
    assert len(rows(told.place.database, "SELECT 1 FROM excerpt")) > len(DAY)


def test_the_ledgers_bodies_hold_no_account_person_post_or_place(told: District) -> None:
    """The ledger outlives what is forgotten, so nothing in it may lead to anybody."""
    told.run()
    bodies = b"\n".join(body for (body,) in rows(told.place.database, "SELECT body FROM entry"))
    inside = {
        name
        for table, column in (("account", "account"), ("account", "person"), ("person", "id"), ("belonging", "team"))
        for (name,) in rows(told.place.database, f"SELECT {column} FROM {table}")
    }

    assert inside >= {"cora", "kim", "k1", "c1", "rowing"}
    for private in inside | {"boathouse", "thread", "dm", "p5", "r-5517", "o1", "r1"}:
        assert f'"{private}"'.encode() not in bodies
        assert f" {private} ".encode() not in bodies
    assert bodies.isascii()


def test_a_line_that_cannot_be_read_is_reported_without_its_words(told: District, tmp_path: Path) -> None:
    """Whoever misspells a field may have put words into it."""
    good = DAY[2]
    bad = [
        {**good, "matter": WORD},
        {**good, "type": WORD},
        {**good, "at": WORD},
        {**good, "text": {"x": WORD}},
        {**good, "readers": [[WORD]]},
    ]
    district = settle(tmp_path, bad)
    with (tmp_path / "day.jsonl").open("a", encoding="utf-8") as file:
        file.write(f'{{"type": "post", "text": "{WORD}\n{WORD}\n')
    ended = district.run()

    assert ended.returncode == 1
    assert "7 lines or records could not be read" in ended.stdout
    assert WORD not in ended.stdout + ended.stderr


class Breaks:
    """A platform whose library fails, with words in its complaint."""

    name = "replay"
    carries_all = False

    async def acknowledge(self, heard: object) -> None:
        """Fail."""
        raise RuntimeError(f"403 {WORD}")

    async def perform(self, deed: Deed) -> Receipt:
        """Fail."""
        raise RuntimeError(f"{deed.id} {WORD}")

    async def find(self, deed: Deed) -> Receipt:
        """Fail."""
        raise RuntimeError(WORD)


async def test_what_fails_is_logged_without_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A library's own message may quote what it was given."""
    logging.captureWarnings(capture=False)
    async with house(tmp_path) as open_:
        recorder = Recorder(open_.database.master)
        moderator = Moderator(ROSTER, reader(), RULES, (), Standing(), open_.ledger, recorder, lambda: NOON)
        written = await open_.ledger.write(draft(open_, post(text=WORD)))
        assert written is not None
        with structlog.testing.capture_logs() as logs:
            for deed in written.deeds:
                await moderator.performer.carry_out(deed, Breaks())  # type: ignore[arg-type]  # it never hears anything
            for deed in await moderator.moderate([post("p2", WORD)], Breaks()):  # type: ignore[arg-type]
                await moderator.performer.carry_out(deed, Breaks())  # type: ignore[arg-type]
        while_open = shows(tmp_path)

    said = capsys.readouterr()
    assert len(logs) > len(written.deeds)
    assert WORD not in repr(logs) + said.out + said.err
    assert while_open == shows(tmp_path) == []
    outcomes = rows(place(tmp_path).database, "SELECT DISTINCT outcome FROM deed WHERE state = 'closed'")
    assert outcomes == [(str(Outcome.UNKNOWN),)]


async def test_a_failing_database_is_told_without_words(tmp_path: Path) -> None:
    """SQLAlchemy's own errors quote the statement and its values."""
    async with house(tmp_path) as open_:
        tamper(
            place(tmp_path).database, "CREATE TRIGGER no BEFORE INSERT ON excerpt BEGIN SELECT RAISE(ABORT, 'x'); END"
        )
        with pytest.raises(ConfigurationError) as refused:
            await open_.ledger.write(draft(open_, post(text=WORD)))

    error: BaseException | None = refused.value
    assert WORD not in repr(error) + str(error)


def test_values_show_no_words_when_they_are_printed() -> None:
    """A traceback or a debugger prints values."""
    told = post(text=WORD, matter=MatterKind.MEDICAL)
    message = ROSTER.recognise(told)
    master = MasterKey(bytes(32))
    key, _ = master.new_data_key()
    values = (
        told,
        message,
        Report("replay", "r", told.id, told.place, told.author, NOON, told.words),
        Scope(WORD),
        Draft("judged", NOON, {}, words=WORD.encode(), matter=(b"", WORD.encode())),
    )

    assert WORD not in "".join(map(repr, values))
    assert "medical" not in repr(told) + repr(message)
    assert key.secret.hex() not in repr(key) + repr(master)
    assert repr(key.secret)[2:-1] not in repr(key)


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "",
        "lone \ud800 and \udfff, turned round \udc00\ud800",
        "a NUL \x00 inside, and one at the end\x00",
        "Ω≈ç√ 🐍 \u202e right to left",
        'quotes " and \\ and \x1f',
        "x" * 100_000,
        "🐍\ud800" * 25_000,
    ],
    ids=["plain", "empty", "surrogates", "NUL", "unicode", "quotes", "100 KB", "100 KB of surrogates"],
)
async def test_any_words_come_back_as_they_were(tmp_path: Path, text: str) -> None:
    """Evidence is what was written, however broken; the note that gives it back too."""
    async with house(tmp_path) as open_:
        written = await open_.ledger.write(draft(open_, post(text=text)))
        assert written is not None
        words = await words_of(open_, written.seq)
        async with open_.database.reading().connect() as connection:
            back = await connection.run_sync(lambda sync: list(memory.deeds(sync, open_.database.master)))

    assert words is not None
    assert decode(words)["words"] == [["body", text]]
    assert [deed for deed, *_ in back] == list(written.deeds)


async def test_broken_ids_are_written_like_any_other(tmp_path: Path) -> None:
    """A platform's ids are only texts; a lone surrogate in one must not stop the house."""
    odd = "id\ud800\x00"
    async with house(tmp_path) as open_:
        once = await open_.ledger.write(draft(open_, post(odd, room=odd, by=odd, to=("s1",), revision=odd)))
        twice = await open_.ledger.write(draft(open_, post(odd, room=odd, by=odd, to=("s1",), revision=odd)))

    assert once is not None
    assert twice is None


async def stored(house_: House) -> list[tuple[int, str, bytes]]:
    """Write two posts of one place's day, sealed with one key, and give their rows."""
    results = await asyncio.gather(
        *(house_.ledger.write(draft(house_, post(each, by="s1", to=("s2",)))) for each in "ab")
    )
    assert all(results)
    return rows(house_.database.path, "SELECT seq, data_key, sealed FROM excerpt ORDER BY seq")


async def test_an_excerpt_opens_with_its_key_in_its_own_row_only(tmp_path: Path) -> None:
    """A row's number is sealed in: words cannot be put under another entry, nor altered."""
    async with house(tmp_path) as open_:
        (first, name, sealed), (second, other, _) = await stored(open_)
        async with open_.database.reading().connect() as connection:
            key = await connection.run_sync(data_key, open_.database.master, name)
    assert key is not None

    assert name == other
    assert decode(key.open(sealed, b"entry %d" % first))["author"] == "s1"
    with pytest.raises(ConfigurationError):
        key.open(sealed, b"entry %d" % second)
    for place_ in (0, 12, len(sealed) // 2, len(sealed) - 1):
        altered = bytearray(sealed)
        altered[place_] ^= 1
        with pytest.raises(ConfigurationError):
            key.open(bytes(altered), b"entry %d" % first)


async def test_the_same_words_are_never_sealed_to_the_same_bytes(tmp_path: Path) -> None:
    """Equal ciphertexts would tell that two messages say the same."""
    async with house(tmp_path) as open_:
        for number in range(20):
            await open_.ledger.write(draft(open_, post(f"p{number}", "yes", by="s1", to=("s2",))))
    sealed = [box for (box,) in rows(place(tmp_path).database, "SELECT sealed FROM excerpt")]

    assert len({box[:12] for box in sealed}) == len(sealed) == 20


async def test_names_come_back_with_the_key_and_stand_nowhere_else(told: District) -> None:
    """The roster's names are sealed person by person."""
    told.run()
    found = told.run(command=("notices", "--purpose", f"review {WORD}"))
    printed = [json.dumps(each) for each in rows(told.place.database, "SELECT id, roles, schools, band FROM person")]

    assert found.returncode == 0
    assert WORD in found.stdout
    assert WORD not in "".join(printed)
    assert shows(told.path) == []


async def kept(house_: House) -> Lists:
    """Read the people back."""
    async with house_.database.reading().connect() as connection:
        return await connection.run_sync(load_lists, house_.database.master)


async def keep(house_: House, lists: Lists) -> None:
    """Put people in place of those before."""
    async with house_.database.engine.begin() as connection:
        await connection.run_sync(save_lists, house_.database.master, lists)


async def test_a_mail_address_is_forgotten_with_the_persons_names(tmp_path: Path) -> None:
    """It is sealed with the person's key, so that who is forgotten can be written to no more."""
    person = Listed(PersonId("p1"), frozenset({Role.EMPLOYEE}), mail_address=f"{WORD}@example.org")
    async with house(tmp_path) as open_:
        await keep(open_, Lists((person,)))
        before = await kept(open_)
        tamper(place(tmp_path).database, "DELETE FROM data_key")
        after = await kept(open_)

    assert before.people == (person,)
    assert after.people == (replace(person, mail_address=""),)
    assert shows(tmp_path) == []


async def test_a_person_kept_before_addresses_were_read_is_still_known(tmp_path: Path) -> None:
    """A database of an earlier day has two parts in the row; the next import adds the third."""
    person = Listed(PersonId("p1"), frozenset({Role.EMPLOYEE}), given_name="Pia", family_name="Rowan")
    async with house(tmp_path) as open_:
        await keep(open_, Lists((person,)))
        ((name, wrapped),) = rows(
            place(tmp_path).database, "SELECT data_key, wrapped FROM person JOIN data_key ON data_key = data_key.id"
        )
        sealed = open_.database.master.unwrap(name, wrapped).seal(encode(["Pia", "Rowan"]), b"person")
        tamper(place(tmp_path).database, f"UPDATE person SET sealed = x'{sealed.hex()}'")

        assert (await kept(open_)).people == (person,)


def test_a_roster_that_stands_by_itself_shows_no_name() -> None:
    """Rosters are printed in tracebacks as well."""
    lists = Roster(ROSTER.on(NOON.date()).lists, ROSTER.zone)

    assert "given_name" not in repr(lists.on(NOON.date()).lists.people[0])
