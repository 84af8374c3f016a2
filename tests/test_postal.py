"""Copies leave the house: by a real mail server, through crashes and refusals, each exactly once."""

import asyncio
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog

from adapters.mail import Mail, Server, open_mail
from adapters.postal import Postal
from bot.actions import Copy, Deed, DeedId, Remove, Tell
from bot.ladder import Way, ladder
from bot.letter import Letter, Letterhead, write_waiting
from bot.message import PlaceId, PostId
from bot.notice import Notice
from bot.people import AccountId, Office, PersonId
from bot.platform import Outcome, Receipt
from bot.store.vault import MasterKey
from tests.journeys import DISTRICT
from tests.postbox import Postbox, answers, hangs_up, open_postbox
from tests.test_moderator import Stage

COPY = Deed(DeedId("1"), "replay", Copy("c", PersonId("p"), Office.PRINCIPAL), copy=42)
REMOVE = Deed(DeedId("2"), "replay", Remove("c", PlaceId("gym"), PostId("p1")))
LETTER = Letter("office@example.org", "Copy for you: CP-0042", "<0042@example.org>", "A copy waits.\n")
FOR_NOW, FOR_GOOD = "450 later", "550 nobody here"
ZONE = ZoneInfo("America/New_York")


@pytest.fixture
async def box() -> AsyncIterator[Postbox]:
    """Give a server on loopback that speaks plainly."""
    async with open_postbox() as opened:
        yield opened


def server(port: int) -> Server:
    """Name a server on loopback."""
    return Server("127.0.0.1", port, "chaperone@example.org", "none", timeout=5)


def postal(mail: Mail, stage: Stage, letter: Letter | None = LETTER) -> Postal:
    """Put mail beside a platform; the roster has an address, or none."""
    return Postal(stage, mail, lambda _: letter)


async def told(box: Postbox, stage: Stage, deed: Deed = COPY, letter: Letter | None = LETTER) -> Receipt:
    """Let one deed be done."""
    async with open_mail(server(box.port), lambda: datetime.now(UTC)) as mail:
        return await postal(mail, stage, letter).perform(deed)


def test_a_copy_goes_by_mail_first_and_everything_else_where_people_write() -> None:
    """What is no note climbs no ladder."""
    both = (Way.NOTE, Way.MAIL)

    assert ladder(COPY.action, both) == (Way.MAIL, Way.NOTE)
    assert ladder(COPY.action, (Way.NOTE,)) == (Way.NOTE,)
    assert ladder(COPY.action, ()) == ()
    assert ladder(REMOVE.action, both) == ()


async def test_an_accepted_letter_is_enough(box: Postbox) -> None:
    """The platform is not asked to tell it once more."""
    stage = Stage()

    receipt = await told(box, stage)

    assert receipt.outcome is Outcome.DONE
    assert stage.performed == []
    assert list(box.by_id) == [LETTER.message_id]


@pytest.mark.parametrize("letter", [None, LETTER], ids=["no address", "an address that does not exist"])
async def test_where_mail_cannot_reach_somebody_the_platform_does(box: Postbox, letter: Letter | None) -> None:
    """One channel that accepts is enough."""
    box.steps["RCPT"] = answers(FOR_GOOD)
    stage = Stage()

    receipt = await told(box, stage, letter=letter)

    assert receipt.outcome is Outcome.DONE
    assert stage.performed == ["copy"]


async def test_why_a_letter_was_not_taken_stands_in_the_log_without_whose_it_is(box: Postbox) -> None:
    """The platform tells them all the same, so nobody else would notice that no mail leaves for days."""
    box.steps["RCPT"] = answers(FOR_GOOD)
    with structlog.testing.capture_logs() as logs:
        await told(box, Stage())

    assert [(each["event"], each["reason"]) for each in logs] == [("the mail server took no letter", "answered 550")]
    assert LETTER.to not in str(logs)


@pytest.mark.parametrize(
    ("by_mail", "by_note", "outcome"),
    [
        (FOR_NOW, Outcome.REFUSED, Outcome.NOT_DONE),
        (FOR_NOW, Outcome.NOT_DONE, Outcome.NOT_DONE),
        (FOR_GOOD, Outcome.NOT_DONE, Outcome.NOT_DONE),
        (FOR_GOOD, Outcome.REFUSED, Outcome.REFUSED),
        (FOR_GOOD, Outcome.UNKNOWN, Outcome.UNKNOWN),
    ],
)
async def test_what_may_be_taken_later_is_not_given_up(
    box: Postbox, by_mail: str, by_note: Outcome, outcome: Outcome
) -> None:
    """Only when every way refuses for good is it refused."""
    box.steps["RCPT"] = answers(by_mail)

    receipt = await told(box, Stage(answers={"copy": Receipt(by_note)}))

    assert receipt.outcome is outcome


async def test_after_an_unknown_outcome_the_same_letter_goes_again(box: Postbox) -> None:
    """Mail cannot be looked up: it is found not done, sent once more, and there is still one letter."""
    box.steps["ANSWER"] = hangs_up()
    async with open_mail(server(box.port), lambda: datetime.now(UTC)) as mail:
        door = postal(mail, Stage())
        outcomes = [
            (await door.perform(COPY)).outcome,
            (await door.find(COPY)).outcome,
            (await door.perform(COPY)).outcome,
        ]

    assert outcomes == [Outcome.UNKNOWN, Outcome.NOT_DONE, Outcome.DONE]
    assert len(box.arrived) == 2
    assert len(box.by_id) == 1


async def test_what_is_no_copy_goes_to_the_platform_alone(box: Postbox) -> None:
    """Mail knows nothing of removals."""
    stage = Stage(finds=Receipt(Outcome.UNKNOWN))

    receipt = await told(box, stage, REMOVE)
    async with open_mail(server(box.port), lambda: datetime.now(UTC)) as mail:
        found = await postal(mail, stage).find(REMOVE)

    assert (receipt.outcome, found.outcome) == (Outcome.DONE, Outcome.UNKNOWN)
    assert box.envelopes == []


SETTINGS = """
[district]
name = "Alder Brook"
[store]
database = "c.sqlite"
key_file = "c.key"
[roster]
path = "{district}/roster"
[replay]
files = ["{district}/day.jsonl"]
mail = true
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
from_address = "chaperone@example.org"
"""


async def run(folder: Path, port: int, crash_at: str = "") -> int:
    """Start the real program in a folder, with mail to a port; perhaps kill it at a point."""
    (folder / "config.toml").write_text(SETTINGS.format(district=DISTRICT, port=port), encoding="utf-8")
    ran = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        cwd=folder,
        env={**os.environ, "CHAPERONE_CRASH_AT": crash_at},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await ran.wait()


def copies(folder: Path, which: str) -> list[tuple[object, ...]]:
    """Find the deeds of copies of which something is true."""
    with closing(sqlite3.connect(folder / "c.sqlite")) as connection:
        return connection.execute(f"SELECT id FROM deed WHERE kind = 'copy' AND {which}").fetchall()


async def every_letter(folder: Path, box: Postbox) -> set[str]:
    """Run the day once in peace, and name the letters that came."""
    await asyncio.to_thread(folder.mkdir)
    assert await run(folder, box.port) == 0
    return {str(each.message["Subject"]) + str(each.message["To"]) for each in box.arrived}


@pytest.mark.parametrize(
    "point", ["planned:9", "written:2", "recorded:60", "acknowledged:60", "begun:7", "performed:5", "closed:9"]
)
async def test_killed_anywhere_each_letter_comes_once(tmp_path: Path, box: Postbox, point: str) -> None:
    """Who tells letters apart by their Message-ID holds each once, and misses none.

    What was on its way at the kill goes again: what was sent, and what was answered and not written down yet.
    """
    wanted = await every_letter(tmp_path / "peace", box)
    box.arrived.clear()
    died = await run(tmp_path, box.port, point)
    last = await run(tmp_path, box.port)
    calm = len(box.arrived)
    again = await run(tmp_path, box.port)

    assert (died, last, again) == (-9, 0, 0)
    assert {str(each.message["Subject"]) + str(each.message["To"]) for each in box.arrived} == wanted
    assert len(box.by_id) == len(wanted)
    assert max(Counter(str(each.message["Message-ID"]) for each in box.arrived).values()) <= 2
    assert len(box.arrived) == calm


async def test_while_the_server_is_away_copies_are_kept_and_told_when_it_is_back(tmp_path: Path, box: Postbox) -> None:
    """A replay's board reaches nobody, so it stands in for no letter; the next start sends what is missing."""
    wanted = await every_letter(tmp_path / "peace", box)
    box.arrived.clear()
    box.steps["RCPT"] = answers(FOR_NOW, times=10_000)
    first = await run(tmp_path, box.port)
    short = len(box.by_id)
    del box.steps["RCPT"]
    second = await run(tmp_path, box.port)

    assert (first, second) == (0, 0)
    assert short < len(wanted)
    missing = wanted - {str(each.message["Subject"]) + str(each.message["To"]) for each in box.arrived}
    assert len(missing) == len(copies(tmp_path, "outcome = 'moot'")), "said meanwhile: it concerns who would be copied"
    assert copies(tmp_path, "state <> 'closed'") == []
    assert len(box.by_id) == len(box.arrived) == len(wanted) - len(missing)


async def test_without_any_way_the_note_is_tried_again(box: Postbox) -> None:
    """No address on the roster, and a platform that gives no notes: it waits, and is alarmed."""
    async with open_mail(server(box.port), lambda: datetime.now(UTC)) as mail:
        receipt = await Postal(Stage(), mail, lambda _: None, notes=False).perform(COPY)

    assert receipt == Receipt(Outcome.NOT_DONE, "no way there")


async def test_no_letter_holds_a_word_of_what_was_copied(tmp_path: Path, box: Postbox) -> None:
    """No student, no kind, no school, no word."""
    await every_letter(tmp_path / "peace", box)
    everything = " ".join(each.text + str(each.message) for each in box.arrived).lower()

    assert len(box.arrived) >= 10
    for word in ("luz", "dizzy", "medical", "academic", "millpond", "abhs", "marino"):
        assert word not in everything


@pytest.mark.parametrize(("by_note", "letters"), [(Outcome.DONE, 0), (Outcome.REFUSED, 1)])
async def test_who_takes_no_private_notes_is_told_by_mail_that_one_waits(
    box: Postbox, by_note: Outcome, letters: int
) -> None:
    """Where people write comes first; the letter holds no word of the note."""
    notice = Notice("canary saw", "rule", "canary now", "next", "disagree")
    tell = Deed(DeedId("7"), "replay", Tell("c", PersonId("p"), AccountId("p"), notice))
    letter = write_waiting(Letterhead("example.org", ZONE), tell.id, "p@example.org", MasterKey(bytes(32)).index)
    stage = Stage(answers={"tell": Receipt(by_note)})

    receipt = await told(box, stage, tell, letter)

    assert receipt.outcome is Outcome.DONE
    assert stage.performed == ["tell"]
    assert [str(each.message["Subject"]) for each in box.arrived] == ["A note for you"] * letters
    assert "canary" not in letter.text


@pytest.mark.parametrize(("alerts", "subject"), [(True, "Please look today"), (False, "A note for you")])
def test_no_letter_about_a_note_says_that_it_can_be_left_at_that(*, alerts: bool, subject: str) -> None:
    """A counselor without an account in the chat hears by this letter alone that somebody may be in danger."""
    head, index = Letterhead("example.org", ZONE), MasterKey(bytes(32)).index

    letter = write_waiting(head, "7", "p@example.org", index, alerts=alerts)

    assert letter.subject == subject
    assert "You can leave it at that" not in letter.text
    assert "copy" not in letter.text
    assert ("It asks you to look at something today." in letter.text) is alerts
    assert "Ask whoever runs Chaperone in your district what waits for you." in letter.text
