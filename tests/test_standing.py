import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.actions import Action, Lift, Restrict
from bot.house import House
from bot.judge import judge
from bot.message import MatterKind, PlaceId, PrivacyMatter
from bot.moderator import Moderator
from bot.people import AccountId, PersonId, SchoolId
from bot.plan import plan
from bot.platform import Heard, Outcome, Post, Readers, Receipt, SpaceSeen
from bot.standing import IDLE, Standing
from bot.store import memory
from bot.store.record import Recorder
from rules.employee_04_group_messages import GroupMessages
from rules.student_02_personal_data import PersonalData
from tests.district import NOON, SOCCER, reader, roster
from tests.store.house import house, place, post
from tests.test_moderator import Stage

ROSTER = roster()
ROOM, OTHER = PlaceId("room"), PlaceId("other")
MATTER = PrivacyMatter(
    MatterKind.MEDICAL, "replay p1", opened_by=PersonId("coach"), team=SOCCER, schools=(SchoolId("high"),)
)
A_MINUTE = timedelta(minutes=1)
RESTRICT, LIFT = Restrict("Employee Guidelines 4", ROOM), Lift("", ROOM)


def noted(*posts: Post) -> Standing:
    """Let posts be judged one after the other."""
    standing = Standing()
    for each in posts:
        standing.note(ROSTER.recognise(each, standing.inherited(each)), ())
    return standing


def declared(id_: str = "p1", at: datetime = NOON) -> Post:
    """Let a coach declare a medical matter to one student."""
    return post(id_, matter=MatterKind.MEDICAL, at=at)


def look(minute: int, few: bool, change: str = "", place: PlaceId = ROOM, *, known: bool = True) -> SpaceSeen:
    """Look at a team's place that one student can read, or three."""
    accounts = frozenset(AccountId(each) for each in (("s1",) if few else ("s1", "s2", "s3")))
    at = NOON + minute * A_MINUTE
    return SpaceSeen("replay", place, change or at.isoformat(), at, Readers(accounts, accounts, known), team=SOCCER)


def test_what_follows_in_the_place_belongs_to_the_matter() -> None:
    """The conversation goes on, and so do the copies."""
    standing = noted(declared())

    assert standing.inherited(post("p2")) == MATTER


def test_a_version_is_outdated_once_a_newer_one_was_heard() -> None:
    """Whatever comes in which order: a post without a revision is its first version, and outdates none."""
    standing = Standing()
    first, second, third = post(), post(revision="2", at=NOON + A_MINUTE), post(revision="3", at=NOON + 2 * A_MINUTE)

    heard = [standing.hear_version(each) for each in (first, third, second, first, third)]

    assert heard == [False, False, True, True, False]
    assert standing.is_outdated(second)


def test_a_matter_stays_in_its_own_place() -> None:
    """What the coach writes elsewhere is about something else."""
    standing = noted(declared())

    assert standing.inherited(post("p2", room="other")) is None
    assert standing.inherited(replace(post("p2"), platform="slack")) is None


@pytest.mark.parametrize(
    ("later", "inherits"),
    [(timedelta(), True), (IDLE, True), (IDLE + timedelta(seconds=1), False)],
)
def test_a_matter_ends_when_nobody_spoke_for_fourteen_days(later: timedelta, inherits: bool) -> None:
    """An old matter must not colour what is written months later."""
    standing = noted(declared())

    assert timedelta(days=14) == IDLE
    assert (standing.inherited(post("p2", at=NOON + later)) is not None) is inherits


def test_each_word_keeps_a_matter_alive() -> None:
    """Idle is counted from the last word, the student's answer included."""
    answer = post("p2", by="s1", to=("coach",), at=NOON + timedelta(days=10))
    standing = noted(declared(), post("p3", at=NOON + timedelta(days=10)))

    assert standing.inherited(post("p4", at=NOON + timedelta(days=23))) == MATTER
    assert noted(declared(), answer).inherited(post("p4", at=NOON + timedelta(days=11))) == MATTER


def test_a_teams_place_takes_up_no_matter() -> None:
    """A private matter declared in the team's channel is a mistake, not the channel's new subject."""
    standing = noted(replace(declared(), team=SOCCER))

    assert standing.inherited(post("p2")) is None


def test_a_place_of_two_students_takes_up_no_matter() -> None:
    """What goes to two is no private matter of one."""
    standing = noted(replace(declared(), readers=Readers(frozenset(map(AccountId, ("s1", "s2"))))))

    assert standing.inherited(post("p2")) is None


@pytest.mark.parametrize(
    ("by", "to", "belongs"),
    [
        ("captain-coach", ("s1",), True),
        ("captain-coach", ("s1", "principal"), True),
        ("s1", ("captain-coach",), True),
        ("coach", ("captain-coach",), True),
        ("captain-coach", ("coach", "principal"), True),
        ("captain-coach", ("principal",), True),
        ("coach", ("s1", "captain-coach"), False),
        ("captain-coach", ("coach", "s1"), False),
        ("captain-coach", ("s1", "s2"), False),
    ],
)
def test_a_student_who_coaches_is_the_coach_where_nobody_else_is(by: str, to: tuple[str, ...], belongs: bool) -> None:
    """Of two in a place, one is the student: or the matter would end with its first word, and the next be removed."""
    standing = noted(post(by=by, to=to, matter=MatterKind.MEDICAL))

    assert (standing.inherited(post("p2")) is not None) is belongs


def test_a_matter_delivered_again_late_does_not_age_it() -> None:
    """Platforms tell things twice. A copy that is owed on day 20 must not be lost over that."""
    answer = post("p2", at=NOON + timedelta(days=10))

    standing = noted(declared(), answer, declared())

    assert standing.inherited(post("p3", at=NOON + timedelta(days=20))) == MATTER


def test_that_a_matter_concerns_somebody_is_never_forgotten_while_it_lasts() -> None:
    """Neither over an older word of it nor over the clock of whoever said so; another matter there is another."""
    concerning = replace(declared(), revision="2", concerns_copied=True)
    standing = noted(declared(), post("p2", at=NOON + A_MINUTE), concerning)
    later = ROSTER.recognise(post("p2", at=NOON + 2 * A_MINUTE), MATTER)

    standing.note(later, ())

    assert standing.inherited(post("p3")) == replace(MATTER, concerns_copied=True)
    standing.note(ROSTER.recognise(declared("p4", at=NOON + 2 * IDLE)), ())
    assert standing.inherited(post("p5", at=NOON + 2 * IDLE)) == replace(MATTER, id="replay p4")


def restricted_after(*told: tuple[SpaceSeen, Sequence[Action]]) -> frozenset[PlaceId]:
    """Note looks and what was planned for each."""
    standing = Standing()
    for seen, actions in told:
        standing.note(ROSTER.recognise_space(seen), actions)
    return standing.restricted("replay")


def test_a_restriction_stands_until_it_is_lifted() -> None:
    """The next look is compared with what we did ourselves."""
    closed, opened = (look(0, few=True), [RESTRICT]), (look(1, few=False), [LIFT])

    assert restricted_after(closed) == {ROOM}
    assert restricted_after(closed, (look(1, few=True), [])) == {ROOM}
    assert restricted_after(closed, opened) == frozenset()
    assert restricted_after(closed, opened, (look(2, few=True), [RESTRICT])) == {ROOM}


def test_a_look_that_is_told_late_changes_nothing() -> None:
    """What was true an hour ago is not what stands."""
    closed, opened = (look(0, few=True), [RESTRICT]), (look(2, few=False), [LIFT])

    assert restricted_after(closed, opened, closed) == frozenset()
    assert restricted_after(closed, (look(2, few=True), []), (look(1, few=False), [LIFT])) == {ROOM}


def test_a_restriction_is_one_platforms() -> None:
    """Two platforms may call two places by one id."""
    standing = Standing()
    standing.note(ROSTER.recognise_space(look(0, few=True)), [RESTRICT])

    assert standing.restricted("slack") == frozenset()


def test_a_matter_stays_out_of_what_is_printed() -> None:
    """Neither timing nor form of anything may tell medical from academic."""
    assert "medical" not in repr(noted(declared()))


NUMBER = "my cell is 978-555-0134"
CLAUSE = str(PersonalData.clause)
A_DAY = timedelta(days=1)


def number(id_: str = "n1", day: int = 0, revision: str = "", text: str = NUMBER) -> Post:
    """Let a student give out a telephone number to a friend."""
    return post(id_, text, by="s1", to=("s2",), revision=revision, at=NOON + day * A_DAY)


def told_before(standing: Standing, post_: Post) -> datetime | None:
    """Say when the author of a post was told of personal data before."""
    return standing.remind(ROSTER.recognise(post_)).told_before(CLAUSE)


def judged(*posts: Post) -> Standing:
    """Let posts be judged by the rule about personal data, one after the other."""
    standing = Standing()
    for each in posts:
        message = reader().read(standing.remind(ROSTER.recognise(each)))
        standing.note(message, plan(judge(message, [PersonalData()]), ROSTER.on(message.day).offices))
    return standing


def test_who_was_told_is_reminded_with_the_next_message() -> None:
    """A rule that asks no clock and no database can still tell a second time from the first."""
    standing = judged(number())

    assert told_before(standing, number("n2", day=3)) == NOON
    assert told_before(standing, replace(number("n2", day=3), author=AccountId("s3"))) is None


def test_who_was_never_told_keeps_the_very_same_message() -> None:
    """Nearly everybody; making another message costs time."""
    message = ROSTER.recognise(number())

    assert Standing().remind(message) is message


def test_an_edit_of_the_same_post_is_no_second_time() -> None:
    """Whoever mends a message, and misses a spot, has not done it again."""
    standing = judged(number(), number(revision="2"))

    assert told_before(standing, number(revision="3")) is None


def test_that_a_post_goes_stays_known_with_its_edits() -> None:
    """What is gone, or was asked to be deleted, is not asked about; what is only copied may be."""
    standing, id_ = Standing(), ROSTER.recognise(number()).id
    for taken in (False, True, False):
        standing.tell(PersonId("s1"), CLAUSE, id_, NOON, taken=taken)

    assert standing.remind(ROSTER.recognise(number(revision="2"))).was_taken(CLAUSE)
    assert not standing.remind(ROSTER.recognise(number("n2"))).was_taken(CLAUSE)


def test_the_last_time_counts() -> None:
    """Thirty days run from it."""
    standing = judged(number("n1"), number("n2", day=10), number("n3", day=20))

    assert told_before(standing, number("n4", day=21)) == NOON + 20 * A_DAY
    assert told_before(standing, number("n3", day=21, revision="2")) == NOON + 10 * A_DAY


def test_what_is_told_late_does_not_look_ahead() -> None:
    """A post of Monday cannot repeat what was written on Tuesday."""
    standing = judged(number("n2", day=1))

    assert told_before(standing, number("n1", day=0)) is None


def test_being_told_is_forgotten_after_a_term() -> None:
    """Nobody is followed by it through school."""
    standing = judged(number("n1"), number("n2", day=121))

    assert len(standing.told[PersonId("s1")]) == 1


async def carried(moderator: Moderator, platform: Stage, heard: Heard) -> None:
    """Carry one thing heard to its end, every deed done."""
    for deed in await moderator.moderate([heard], platform):
        await moderator.performer.carry_out(deed, platform)


def moderator_with(opened: House, standing: Standing) -> Moderator:
    """Build a moderator that knows what stands."""
    ledger, recorder = opened.ledger, Recorder(opened.database.master)
    return Moderator(ROSTER, reader(), [GroupMessages(), PersonalData()], [], standing, ledger, recorder, lambda: NOON)


async def told_to_a_house(folder: Path, *heard: Heard, stage: Stage | None = None) -> tuple[Standing, Standing]:
    """Carry what is heard through a real house: what it remembers, and what the store would tell a new one."""
    platform, standing = stage or Stage(), Standing()
    async with house(folder) as opened:
        master = opened.database.master
        moderator = moderator_with(opened, standing)
        for each in heard:
            await carried(moderator, platform, each)
        async with opened.database.reading().connect() as connection:
            rebuilt = await connection.run_sync(memory.standing, master)
    return standing, rebuilt


FEW_THEN_ENOUGH = (look(0, few=True), look(1, few=False))
STORIES: dict[str, tuple[Heard, ...]] = {
    "restricted": (look(0, few=True),),
    "lifted": FEW_THEN_ENOUGH,
    "restricted again": (*FEW_THEN_ENOUGH, look(2, few=True)),
    "two places": (look(0, few=True), look(0, few=True, place=OTHER), look(1, few=False)),
    "nobody can say": (look(0, few=True), look(1, few=False, known=False)),
    "told twice": (look(0, few=True), look(0, few=True)),
    "told late and twice": (*FEW_THEN_ENOUGH, look(0, few=True)),
    "told late for the first time": (look(1, few=False), look(0, few=True, change="late")),
    "a matter": (declared(),),
    "a matter goes on": (declared(), post("p2", at=NOON + A_MINUTE)),
    "a matter told late and twice": (declared(), post("p2", at=NOON + A_MINUTE), declared()),
    "a new kind": (declared(), post("p2", matter=MatterKind.ACADEMIC, at=NOON + A_MINUTE)),
    "a matter found late": (declared(), post("p2", at=NOON + IDLE), replace(post("p3", at=NOON + A_MINUTE), late=True)),
    "an older matter found late": (declared(at=NOON + A_MINUTE), replace(declared("p2"), late=True)),
    "told of a number": (number(),),
    "told of a number twice": (number("n1"), number("n2", day=1)),
    "told of an edit": (number(), number(day=1, revision="2", text=f"{NUMBER}, born 4/12/2010")),
    "told of a number late and twice": (number("n1"), number("n2", day=1), number("n1")),
    "told long ago": (number("n1"), number("n2", day=121)),
    "told that it goes": (post(),),
    "told that it goes and of an edit": (post(), post(text="See me.", revision="2", at=NOON + A_MINUTE)),
    "not told": (number(text="bus at 4"),),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
async def test_what_stands_is_rebuilt_from_the_store(story: tuple[Heard, ...], tmp_path: Path) -> None:
    """A restart must not open a closed place, close an open one, or end a matter."""
    remembered, rebuilt = await told_to_a_house(tmp_path, *story)

    assert rebuilt.restrictions == remembered.restrictions
    assert rebuilt.matters == remembered.matters
    assert rebuilt.told == remembered.told


async def test_a_note_that_was_only_rehearsed_told_nobody(tmp_path: Path) -> None:
    """When the house goes live, the first real note is the first."""
    rehearsing = Stage(answers={"tell": Receipt(Outcome.REHEARSED)})

    _, rebuilt = await told_to_a_house(tmp_path, number(), stage=rehearsing)

    assert rebuilt.told == {}


async def test_a_second_time_waits_for_a_person(tmp_path: Path) -> None:
    """The student alone is told the first time; a case comes only of doing it again."""
    await told_to_a_house(tmp_path, number("n1"), number("n2", day=1))

    with closing(sqlite3.connect(place(tmp_path).database)) as connection:
        cases = connection.execute("SELECT count(*) FROM open_case").fetchone()
        deeds = connection.execute("SELECT kind FROM deed").fetchall()

    assert cases == (1,)
    assert deeds == [("tell",), ("tell",)]


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.NOT_DONE, Outcome.UNKNOWN])
@pytest.mark.parametrize("story", [STORIES["restricted"], STORIES["lifted"]], ids=["restrict", "lift"])
async def test_what_a_platform_did_not_do_does_not_stand(
    outcome: Outcome, story: tuple[Heard, ...], tmp_path: Path
) -> None:
    """A house that never restarts must know of a refusal what a restarted one knows."""
    answers = {"lift" if len(story) > 1 else "restrict": Receipt(outcome)}
    refuses_last = Stage(answers=answers, finds=Receipt(outcome))

    remembered, rebuilt = await told_to_a_house(tmp_path, *story, stage=refuses_last)

    assert rebuilt.restrictions == remembered.restrictions


async def test_an_old_look_told_again_after_a_restart_does_not_keep_a_place_open(tmp_path: Path) -> None:
    """The place was closed and opened before the restart; now it is short again and has to be closed again."""
    await told_to_a_house(tmp_path, *FEW_THEN_ENOUGH)
    stage = Stage()
    async with house(tmp_path) as opened:
        master = opened.database.master
        async with opened.database.reading().connect() as connection:
            standing = await connection.run_sync(memory.standing, master)
        moderator = moderator_with(opened, standing)
        await carried(moderator, stage, look(0, few=True))
        await carried(moderator, stage, look(5, few=True))

    assert stage.performed == ["restrict"]
