"""Moving what a group was told about one student to a private message, on a real database."""

import asyncio
from dataclasses import replace
from pathlib import Path

import msgspec

from bot.actions import Copy, Remove, Tell
from bot.compose import IT_STANDS, NOT_ONE_STUDENT
from bot.judge import judge
from bot.message import MatterKind, Message
from bot.moderator import Moderator
from bot.people import AccountId
from bot.plan import plan
from bot.platform import Answer, Order, OrderKind, Tick
from bot.readings.labels import Label
from bot.readings.reader import Reader, Subject
from bot.readings.signs import Sign
from bot.rule import Choice, Measure, traces
from bot.standing import Standing
from bot.store.record import Recorder
from rules.employee_04_group_messages import GroupMessages
from rules.employee_12_confidential_information import MOVE_IT, ConfidentialInformation
from tests.district import DAY, KNOWN, NOON, roster
from tests.office import HOUR, SOCCER_PLACE, Office, answer
from tests.rules.seen import seen, sign
from tests.store.house import audited, house, post

RULES = (GroupMessages(), ConfidentialInformation())
TEXT = "Amy's knee is worse, the scan is on Monday."
TEAM = ("s1", "s2", "s3")


class SeesLeaks(Reader):
    """Reads as ever, and sees that a group is told of a knee."""

    def read(self, subject: Subject) -> Subject:
        """Add what the readings would see."""
        message = super().read(subject)
        if not isinstance(message, Message) or "knee" not in message.text:
            return message
        readings = message.readings.seeing((Sign(Label.MEDICAL, 0.9, sure=True),), leak=True)
        return msgspec.structs.replace(message, readings=readings)


async def run(folder: Path, *heard: Answer | Tick) -> Office:
    """Let a coach tell the team of a knee, and go on."""
    office = Office(SOCCER_PLACE, post(text=TEXT, to=TEAM, room="soccer"), *heard, pause=0.05)
    async with house(folder) as opened:
        recorder, reader = Recorder(opened.database.master), SeesLeaks(KNOWN, traces(RULES))
        moderator = Moderator(roster(), reader, RULES, [], Standing(), opened.ledger, recorder, lambda: NOON)
        await moderator.follow(office, opened.tasks, asyncio.Event())
    return office


def kinds(office: Office) -> list[str]:
    """List what was done, sorted."""
    return sorted(each.action.kind for each in office.done)


def private(*, student: str | None = "s1") -> Answer:
    """Let the coach choose to move it."""
    chosen = answer(Choice.PRIVATE, matter=MatterKind.MEDICAL)
    return replace(chosen, student=AccountId(student) if student else None)


def test_the_words_that_were_seen_are_shown_to_who_looks() -> None:
    """The coach alone is told; nothing is taken away by itself."""
    found = seen(TEXT, sign(Label.MEDICAL, "knee", text=TEXT), to=TEAM, leak=True)
    verdict = judge(found, RULES)

    (told,) = plan(verdict, roster().on(DAY).offices)

    assert isinstance(told, Tell)
    assert told.notice.now == MOVE_IT.english
    assert told.notice.choices == (Choice.PRIVATE, Choice.DELETE)
    assert [each.text for each in verdict.standing[0].evidence] == ["knee"]
    assert verdict.measures == {Measure.TELL, Measure.REVIEW}


async def test_it_moves_to_the_student_copied_and_is_gone_from_the_group(tmp_path: Path) -> None:
    """One answer, and nothing is lost on the way."""
    office = await run(tmp_path, private(), Tick("replay", NOON + 5 * HOUR))

    (shown,) = office.shown()
    (removed,) = [each.action for each in office.done if isinstance(each.action, Remove)]
    assert kinds(office) == ["copy", "copy", "remove", "show", "tell", "tell"]
    assert (shown.text, shown.place, shown.readers) == (TEXT, "private:coach:s1", ("s1", "s1-phone"))
    assert (removed.place, removed.post) == ("soccer", "p1")
    assert (await audited(tmp_path)).faults == []


async def test_without_a_student_it_stands_and_the_coach_learns_why(tmp_path: Path) -> None:
    """A private message goes to one student; which one is for the coach to say."""
    office = await run(tmp_path, private(student=None))

    (refused,) = [each.action.notice for each in office.done if isinstance(each.action, Tell)][1:]
    assert (refused.saw, refused.next, refused.returned) == (NOT_ONE_STUDENT.english, IT_STANDS.english, "")
    assert kinds(office) == ["tell", "tell"]


async def test_a_student_of_no_team_of_theirs_is_refused_and_it_stands(tmp_path: Path) -> None:
    """Whoever leads no team of the student has no private matter with them."""
    office = await run(tmp_path, private(student="s9"))

    assert kinds(office) == ["tell", "tell"]


async def test_it_is_moved_once(tmp_path: Path) -> None:
    """A second tap sends no second message, and takes nothing else away."""
    again = replace(private(), id="again")

    office = await run(tmp_path, private(), again)

    assert len(office.shown()) == 1
    assert kinds(office).count("remove") == 1


async def test_the_note_about_an_order_offers_nothing_that_cannot_be_done(tmp_path: Path) -> None:
    """What we posted for somebody stands under another name than the order, so nobody could move it."""
    order = Order(OrderKind.TEAM, post("o1", TEXT, to=TEAM, room="soccer"))
    office = Office(SOCCER_PLACE, order)
    async with house(tmp_path) as opened:
        recorder, reader = Recorder(opened.database.master), SeesLeaks(KNOWN, traces(RULES))
        moderator = Moderator(roster(), reader, RULES, [], Standing(), opened.ledger, recorder, lambda: NOON)
        await moderator.follow(office, opened.tasks, asyncio.Event())

    (told,) = [each.action.notice for each in office.done if isinstance(each.action, Tell)]
    assert told.choices == ()
    assert not any(isinstance(each.action, Copy) for each in office.done)
