"""The master key, and which data key covers what."""

import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.docket import Docket
from bot.errors import ConfigurationError
from bot.house import House, HouseFiles, open_house
from bot.message import MatterKind, PrivacyMatter, Where, Words
from bot.platform import Report
from bot.store.excerpt import View
from bot.store.record import Recorder
from bot.store.sealed import decode
from bot.store.vault import MasterKey
from bot.wiring import look
from tests.district import NOON
from tests.store.house import ROSTER, chat, draft, faults, house, place, post, rows, words_of

KEPT_UNTIL = date(2026, 11, 25)
"""Seven days after the day."""


async def test_where_neither_key_nor_database_is_a_key_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    """The key file is the district's one secret; it is whole before the database is there."""
    deep = HouseFiles(tmp_path / "data" / "c.sqlite", tmp_path / "secret" / "c.key")
    async with open_house(deep, NOON):
        made = deep.key_file.read_text(encoding="ascii")

    assert stat.S_IMODE(deep.key_file.stat().st_mode) == 0o600
    assert len(bytes.fromhex(made)) == 32
    assert [each.name for each in deep.key_file.parent.iterdir()] == ["c.key"]
    async with open_house(deep, NOON):
        assert deep.key_file.read_text(encoding="ascii") == made


async def test_two_districts_never_share_a_key(tmp_path: Path) -> None:
    """Each key is new."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        async with house(tmp_path / name):
            pass

    assert len({place(tmp_path / name).key_file.read_text(encoding="ascii") for name in ("a", "b")}) == 2


async def test_a_database_without_its_key_is_refused_and_no_key_is_made(tmp_path: Path) -> None:
    """A new key would look well and read nothing."""
    async with house(tmp_path):
        pass
    place(tmp_path).key_file.rename(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError) as refused:
        async with house(tmp_path):
            pass

    assert "Put the key file back; without it nothing private can be read." in str(refused.value)
    assert not place(tmp_path).key_file.exists()


async def test_who_follows_the_advice_to_start_afresh_has_a_ledger_that_holds(tmp_path: Path) -> None:
    """By the old database's checkpoint the new ledger looks shortened, or rewritten, for ever."""
    async with house(tmp_path) as open_:
        await open_.ledger.write(draft(open_, post()))
    place(tmp_path).key_file.unlink()
    with pytest.raises(ConfigurationError) as refused:
        async with house(tmp_path):
            pass
    (tmp_path / "away").mkdir()
    for each in (place(tmp_path).database, place(tmp_path).checkpoint):
        each.rename(tmp_path / "away" / each.name)
    async with house(tmp_path) as open_:
        await open_.ledger.write(draft(open_, post()))

    assert "every file beside it whose name begins with c.sqlite" in str(refused.value)
    assert f"an old {place(tmp_path).checkpoint.name} " in str(refused.value)
    assert await faults(tmp_path) == []


def move_away(folder: Path, name: str) -> None:
    """Move every file of a folder whose name begins so into another."""
    (folder / "away").mkdir(exist_ok=True)
    for each in folder.glob(f"{name}*"):
        each.rename(folder / "away" / each.name)


async def test_who_follows_the_advice_for_a_leaked_key_has_another(tmp_path: Path) -> None:
    """A key file that stays where it is is taken for the new database, too, and its name is another."""
    async with house(tmp_path):
        leaked = place(tmp_path).key_file.read_bytes()
    move_away(tmp_path, "c.sqlite")
    move_away(tmp_path, "c.key")
    async with house(tmp_path):
        pass

    assert place(tmp_path).key_file.read_bytes() != leaked
    advice = (Path(__file__).parents[2] / "SECURITY.md").read_text(encoding="utf-8").replace("\n", " ")
    assert "and the key file and every file whose name begins with the key file's" in advice


async def test_a_wrong_key_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    """It is found out before anything is written with it."""
    async with house(tmp_path) as open_:
        await open_.ledger.write(draft(open_, post()))
    before = (
        rows(place(tmp_path).database, "SELECT * FROM data_key"),
        rows(place(tmp_path).database, "SELECT * FROM head"),
    )
    place(tmp_path).key_file.write_text("ab" * 32, encoding="ascii")
    with pytest.raises(ConfigurationError) as refused:
        async with house(tmp_path):
            pass

    assert str(refused.value) == (
        "The master key does not fit this database. Put back the key file that was made with it."
    )
    assert before == (
        rows(place(tmp_path).database, "SELECT * FROM data_key"),
        rows(place(tmp_path).database, "SELECT * FROM head"),
    )


@pytest.mark.parametrize(
    "rubbish", [b"", b"\n", b"swordfish", b"ab" * 31, b"ab" * 33, b"zz" * 32, "clé".encode(), b"\xff\xfe" * 16]
)
async def test_a_key_file_that_holds_no_key_is_refused_and_left_alone(tmp_path: Path, rubbish: bytes) -> None:
    """It may be another file, named by mistake: what stands in it is not shown either."""
    place(tmp_path).key_file.write_bytes(rubbish)
    with pytest.raises(ConfigurationError) as refused:
        async with house(tmp_path):
            pass

    assert str(refused.value) == (
        f"{place(tmp_path).key_file} holds no master key: it should be one line of 64 hexadecimal digits."
    )
    assert place(tmp_path).key_file.read_bytes() == rubbish
    assert not place(tmp_path).database.exists()


@pytest.mark.parametrize("name", ["c.key", "c.sqlite.checkpoint", "c.key.forgotten"])
async def test_a_folder_in_a_files_place_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    """So is what another account owns: it says which file to look at, and nothing was begun."""
    async with house(tmp_path):
        pass
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).mkdir()
    with pytest.raises(ConfigurationError) as refused:
        async with house(tmp_path):
            pass

    assert str(refused.value) == (
        f"{tmp_path / name} could not be read (Is a directory). Look whether it is a file, and whether this account "
        "may read it."
    )


async def test_a_key_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """Its folder is none: no database is made without a key."""
    (tmp_path / "secret").write_text("a file", encoding="utf-8")
    odd = HouseFiles(tmp_path / "c.sqlite", tmp_path / "secret" / "deep" / "c.key")
    with pytest.raises(ConfigurationError) as refused:
        async with open_house(odd, NOON):
            pass

    assert str(odd.key_file) in str(refused.value)
    assert not odd.database.exists()


async def test_a_key_for_which_there_is_no_room_is_told(tmp_path: Path) -> None:
    """What cannot be written is said as plainly as what cannot be read."""
    (tmp_path / "c.key.new").mkdir()
    with pytest.raises(ConfigurationError) as refused:
        async with house(tmp_path):
            pass

    assert str(refused.value).startswith(f"{tmp_path / 'c.key'} could not be written (")
    assert "Look whether the disk is full" in str(refused.value)


async def test_a_key_that_was_kept_elsewhere_fits_again_with_or_without_a_line_end(tmp_path: Path) -> None:
    """People copy it by hand."""
    async with house(tmp_path):
        pass
    key = place(tmp_path).key_file
    key.write_text(f"  {key.read_text(encoding='ascii').strip().upper()}\r\n\n", encoding="ascii")
    async with house(tmp_path) as open_:
        assert await open_.ledger.write(draft(open_, chat()))


async def test_looking_and_verifying_need_no_key(tmp_path: Path) -> None:
    """An auditor proves the ledger without being able to read a word."""
    async with house(tmp_path) as open_:
        await open_.ledger.write(draft(open_, post()))
    place(tmp_path).key_file.unlink()
    summary, audit = await look(place(tmp_path))

    assert audit.faults == []
    assert summary.messages == 1
    assert not place(tmp_path).key_file.exists()


def test_what_is_hashed_under_one_key_means_nothing_under_another() -> None:
    """Two districts' ledgers cannot be matched against each other, and parts do not run together."""
    one, other = MasterKey(b"1" * 32), MasterKey(b"2" * 32)

    assert one.index("judged", "p1") == one.index("judged", "p1")
    assert one.index("judged", "p1") != other.index("judged", "p1")
    assert one.index("ab", "c") != one.index("a", "bc")
    assert len(one.index("judged")) == 16


def test_a_data_key_is_bound_to_its_id() -> None:
    """Swapping two wrapped keys in the table is found out."""
    master = MasterKey(bytes(32))
    key, wrapped = master.new_data_key()

    assert master.unwrap(key.id, wrapped).secret == key.secret
    with pytest.raises(ConfigurationError):
        master.unwrap("0" * 16, wrapped)


async def sealed_with(house_: House, number: int = -1) -> tuple[str, date | None]:
    """Give the data key of an excerpt, the last one written if not said otherwise, and its last day."""
    found = rows(
        house_.database.path,
        "SELECT excerpt.data_key, forget_after FROM excerpt JOIN data_key ON data_key.id = data_key ORDER BY seq",
    )
    name, last = found[number]
    return name, None if last is None else date.fromisoformat(last)


async def test_a_places_unflagged_chat_of_one_day_is_forgotten_after_seven_days(tmp_path: Path) -> None:
    """One key for the place and the day, by the district's clock; another place or day has its own (rule 15)."""
    midnight = NOON.replace(day=19, hour=4, minute=59)
    async with house(tmp_path) as open_:
        for heard in (
            chat("p1"),
            chat("p2", at=midnight),
            chat("p3", room="other"),
            chat("p4", at=midnight.replace(hour=5)),
        ):
            await open_.ledger.write(draft(open_, heard))
        found = [await sealed_with(open_, number) for number in range(4)]

    assert found[0] == found[1] == (found[0][0], KEPT_UNTIL)
    assert found[2][1] == KEPT_UNTIL
    assert found[3][1] == KEPT_UNTIL.replace(day=26)
    assert len({name for name, _ in found}) == 3


async def test_what_coaches_write_is_kept_with_its_audience(tmp_path: Path) -> None:
    """The plan says how long; the place's students are not kept with it."""
    async with house(tmp_path) as open_:
        await open_.ledger.write(draft(open_, chat("p1")))
        await open_.ledger.write(draft(open_, post("p2", to=("s1", "s2", "s3"))))
        students, coach = await sealed_with(open_, 0), await sealed_with(open_, 1)

    assert coach[1] is None
    assert coach[0] != students[0]


async def test_each_case_has_a_key_of_its_own_and_an_edit_shares_it(tmp_path: Path) -> None:
    """A case is decided, and in the end forgotten, as a whole."""
    async with house(tmp_path) as open_:
        for heard in (post("p1"), post("p1", revision="2"), post("p2")):
            await open_.ledger.write(draft(open_, heard))
        found = [await sealed_with(open_, number) for number in range(3)]

    assert found[0] == found[1]
    assert found[2] != found[0]
    assert {last for _, last in found} == {None}


async def test_a_private_matter_and_all_that_follows_in_its_place_share_a_key(tmp_path: Path) -> None:
    """The student's answer too: it is forgotten with the matter, not after seven days."""
    async with house(tmp_path) as open_:
        declared = post("m1", matter=MatterKind.MEDICAL)
        matter = PrivacyMatter(MatterKind.MEDICAL, "replay m1")
        answer = post("m2", by="s1", to=("coach",))
        await open_.ledger.write(draft(open_, declared))
        await open_.ledger.write(draft(open_, answer, matter))
        await open_.ledger.write(draft(open_, post("m3", room="other", matter=MatterKind.MEDICAL)))
        found = [await sealed_with(open_, number) for number in range(3)]
        kept = rows(open_.database.path, "SELECT data_key FROM matter")
        deeds = rows(open_.database.path, "SELECT DISTINCT data_key FROM deed")

    assert found[0] == found[1]
    assert found[2] != found[0]
    assert {last for _, last in found} == {None}
    assert {name for (name,) in kept} == {name for (name,) in deeds} == {found[0][0], found[2][0]}


async def test_reports_views_spaces_and_profiles_have_keys_of_their_own(tmp_path: Path) -> None:
    """Who told an adult is never forgotten with somebody's chat, nor found by its key."""
    heard = post()
    async with house(tmp_path) as open_:
        recorder = Recorder(open_.database.master)
        for each in ("r1", "r2"):
            await open_.ledger.write(
                recorder.reported(Report("replay", each, heard.id, heard.place, heard.author, NOON))
            )
        for _ in range(2):
            await open_.ledger.write(recorder.viewed("notices", View("office", "review"), NOON))
        found = [await sealed_with(open_, number) for number in range(4)]

    assert len({name for name, _ in found}) == 4
    assert {last for _, last in found} == {None}


async def test_a_reported_post_is_kept_with_its_case(tmp_path: Path) -> None:
    """A case that waits for a person is no use once the words it is about are forgotten (rules 7 and 15)."""
    async with house(tmp_path) as open_:
        heard, recorder = chat("p1", "nobody wants you here"), Recorder(open_.database.master)
        await open_.ledger.write(draft(open_, heard))
        await open_.ledger.write(draft(open_, replace(heard, revision="2", words=(Words(Where.BODY, "just kidding"),))))
        report = Report("replay", "r1", heard.id, heard.place, heard.author, NOON)
        await open_.ledger.write(recorder.reported(report))
        await Docket(ROSTER, (), open_.ledger, recorder).take(report)
        await open_.ledger.forget(date(2026, 12, 1), NOON)
        ((seq,),) = rows(place(tmp_path).database, "SELECT seq FROM entry WHERE kind = 'recalled'")
        kept = await words_of(open_, seq)

    assert kept is not None
    assert [each["words"] for each in decode(kept)["seen"]] == [
        [["body", "nobody wants you here"]],
        [["body", "just kidding"]],
    ]


async def test_every_key_has_a_name_that_says_nothing(tmp_path: Path) -> None:
    """Ids stand in the ledger for good once their keys are dropped."""
    async with house(tmp_path) as open_:
        await open_.ledger.write(draft(open_, chat()))
        await open_.ledger.write(draft(open_, post("p2")))
    names = [name for (name,) in rows(place(tmp_path).database, "SELECT id FROM data_key")]

    assert len(set(names)) == len(names) == 3
    assert all(len(bytes.fromhex(name)) == 8 for name in names)
