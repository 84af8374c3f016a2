"""What a coach writes to one student without declaring it: copied, asked about, or taken away, on a real database."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import desk_notices
from bot.actions import Alert, Ask, Copy, Deed, Remove, Tell
from bot.compose import IT_STANDS, MAY_BE_A_MATTER, SEND_IT_PRIVATELY
from bot.console import read_notices
from bot.copying import OFFICE_IS_COPIED
from bot.message import MatterKind, Where, Words
from bot.moderator import Moderator
from bot.notice import IT_IS_GONE, IT_IS_TAKEN_AWAY
from bot.platform import Deletion, Heard, OrderKind, Outcome, Post, Receipt, Ruling, Tick
from bot.readings.labels import Clue, Label, Setting
from bot.readings.reader import Reader
from bot.readings.signs import POINTS, Point
from bot.readings.topics import Topics
from bot.rounds import ReadingRoom
from bot.rule import Choice, Rule, traces
from bot.standing import Standing
from bot.store import copies
from bot.store.record import Recorder
from bot.study import Study
from rules.employee_04_group_messages import LOOKED_PRIVATE, MAY_BE_PRIVATE, GroupMessages
from rules.employee_06_private_numbers import PrivateNumbers
from rules.general_01_inappropriate_contact import InappropriateContact
from rules.general_02_sexual_content import SexualContent
from tests.cases import decision, report, tick
from tests.district import KNOWN, NOON, roster
from tests.office import HOUR, Office, answer, order
from tests.store.house import audited, faults, house, place, post, rows
from tests.test_moderator import entries, outcomes

RULES = (GroupMessages(),)
READER = Reader(KNOWN, traces(RULES))
LATER = Tick("replay", NOON + 5 * HOUR)
SURE, UNSURE, CHAT = "The brace stays on.", "How is that thing?", "Stay after class."


@dataclass
class Medical:
    """Stands in for the models: a brace is surely medical, a thing may be. Nudes are surely sexual."""

    pause: float = 0.0
    points: Mapping[Label, Point] = field(default_factory=lambda: POINTS)

    def __call__(
        self, texts: Sequence[str], settings: Sequence[Setting], clues: Sequence[tuple[Clue, ...]]
    ) -> list[dict[str, float]]:
        time.sleep(self.pause)
        told = ((0.9 if "brace" in each else 0.4 if "thing" in each else 0.0, "nudes" in each) for each in texts)
        return [{Label.MEDICAL: medical, Label.SEXUAL: float(sexual)} for medical, sexual in told]


async def run(
    folder: Path,
    *heard: Heard,
    pause: float = 0.0,
    patience: float | None = 1.0,
    rules: Sequence[Rule] = RULES,
    slowly: float = 0.05,
    office: Office | None = None,
    model: Medical | None = None,
) -> Office:
    """Let a platform tell everything to a real house with a model, one thing after the other."""
    office, reader = office or Office(), Reader(KNOWN, traces(rules))
    office.heard, office.pause = heard, slowly
    async with house(folder) as opened:
        recorder = Recorder(opened.database.master)
        study = Study(Topics(reader.clues, model or Medical(pause)), patience)
        room = ReadingRoom(study)
        moderator = Moderator(roster(), reader, rules, [], Standing(), opened.ledger, recorder, lambda: NOON, room)
        await moderator.follow(office, opened.tasks, asyncio.Event())
        study.close()
    return office


def done(office: Office) -> list[str]:
    """List the kinds of what was done, sorted."""
    return sorted(each.action.kind for each in office.done)


def edited(text: str, *, to: tuple[str, ...] = ("s1",)) -> Post:
    """Let the coach change the message a minute later."""
    return replace(post(text=text, to=to, revision="2"), sent_at=NOON + timedelta(minutes=1))


async def test_what_is_plainly_medical_stays_and_is_copied(tmp_path: Path) -> None:
    """The policy lets it go to one student, and wants the copy; the coach learns how to do it next time."""
    office = await run(tmp_path, post(text=SURE), LATER)

    assert done(office) == ["copy", "copy", "tell"]
    assert office.copied() == ["director", "principal"]
    assert office.told() == [f"{LOOKED_PRIVATE.english} {OFFICE_IS_COPIED.english}"]
    assert await faults(tmp_path) == []


async def test_of_what_was_copied_undeclared_the_coach_can_say_whom_it_concerns(tmp_path: Path) -> None:
    """The offices read of themselves otherwise, message after message: only a coach who declares it saw that button."""
    said, later = answer(Choice.CONCERNS_COPIED), post("p2", SURE, at=NOON + 2 * HOUR)

    office = await run(tmp_path, post(text=SURE), said, later)

    first, *_, last = [each.action.notice for each in office.done if isinstance(each.action, Tell)]
    assert first.choices == (Choice.CONCERNS_COPIED,)
    assert last.choices == ()  # nobody else is left who could get the copy
    assert [each.action.to for each in office.done if isinstance(each.action, Copy) and each.post == "p2"] == [
        "designee"
    ]


async def test_what_is_taken_away_and_copied_is_shown_to_its_author_alone(tmp_path: Path) -> None:
    """Whoever may read notes is not who receives the copy."""
    text = f"{SURE} Call me at 978-555-0199."
    office = await run(tmp_path, post(text=text), rules=(*RULES, PrivateNumbers()))

    notes = await read_notices(place(tmp_path), "a test", "to look", NOON + HOUR)

    assert office.copied() == ["director", "principal"]
    assert text in [each.action.notice.returned for each in office.done if isinstance(each.action, Tell)]
    assert [note.partition("Your text: ")[2] for note in notes if "Your text: " in note] == ["kept, for its author"]


async def test_what_may_be_medical_stands_until_nobody_answers(tmp_path: Path) -> None:
    """Then it is taken away, the coach has the text and every way out, and an office is asked to look."""
    office = await run(tmp_path, post(text=UNSURE), LATER)

    (asked,) = [each.action for each in office.done if isinstance(each.action, Ask)]
    (told,) = [each.action for each in office.done if isinstance(each.action, Tell)]
    assert done(office) == ["alert", "ask", "remove", "tell"]
    assert asked.notice.saw == MAY_BE_PRIVATE.english
    assert "Hours to answer: 4." in asked.notice.now
    assert told.notice.returned == UNSURE
    assert told.notice.choices == asked.notice.choices
    assert [each.action.to for each in office.done if isinstance(each.action, Alert)] == ["director"]
    assert await faults(tmp_path) == []


class Bare(Office):
    """An office where nothing is left to be taken away, though nobody has told that it is gone."""

    async def perform(self, deed: Deed) -> Receipt:
        receipt = await super().perform(deed)
        return Receipt(Outcome.MOOT, "not found") if isinstance(deed.action, Remove) else receipt


@pytest.mark.parametrize("office", [Office(), Bare()], ids=["it was told", "it is found out"])
async def test_of_what_is_gone_when_the_time_is_up_its_author_is_told_nothing_untrue(
    tmp_path: Path, office: Office
) -> None:
    """It is not taken away, and who deleted it may have answered by that; an office hears that it is gone."""
    gone = Deletion("replay", post().place, post().id, NOON + HOUR)
    heard = (post(text=UNSURE), LATER) if isinstance(office, Bare) else (post(text=UNSURE), gone, LATER)

    office = await run(tmp_path, *heard, office=office)

    (alert,) = [each.action.notice for each in office.done if isinstance(each.action, Alert)]
    assert "tell" not in done(office)
    assert alert.next == IT_IS_GONE.english
    assert outcomes(tmp_path) == ["alert done", "ask done", "remove moot", "tell moot"]
    assert (await audited(tmp_path)).faults == []


async def test_who_may_have_lost_their_text_to_us_gets_it_back(tmp_path: Path) -> None:
    """A removal of which nobody knows the end, and a deletion that may be ours: the text is given back."""
    office = Office(answers={"remove": Receipt(Outcome.UNKNOWN)})
    office.finds = Receipt(Outcome.MOOT)

    await run(tmp_path, post(text=UNSURE), LATER, office=office)

    (told,) = [each.action for each in office.done if isinstance(each.action, Tell)]
    assert told.notice.returned == UNSURE


async def test_what_is_read_after_it_is_gone_waits_for_nothing(tmp_path: Path) -> None:
    """A deed that was planned after its post was deleted ends all the same."""
    gone = Deletion("replay", post().place, post().id, NOON + timedelta(seconds=1))

    office = await run(tmp_path, gone, post(text=UNSURE), LATER)

    assert "tell" not in done(office)
    assert await faults(tmp_path) == []
    assert rows(place(tmp_path).database, "SELECT DISTINCT state FROM deed") == [("closed",)]


async def test_before_the_time_is_up_nothing_is_taken_away(tmp_path: Path) -> None:
    """A copy of an ordinary chat would be as wrong as a private matter that is gone."""
    office = await run(tmp_path, post(text=UNSURE), Tick("replay", NOON + 3 * HOUR))

    assert done(office) == ["ask"]


async def test_it_was_private_the_coach_says(tmp_path: Path) -> None:
    """It moves to a private place, copied first, and stands nowhere else."""
    said = answer(Choice.PRIVATE, matter=MatterKind.MEDICAL)

    office = await run(tmp_path, post(text=UNSURE), said, LATER)

    (shown,) = office.shown()
    assert done(office) == ["ask", "copy", "copy", "remove", "show", "tell"]
    assert (shown.text, shown.place, shown.readers) == (UNSURE, "private:coach:s1", ("s1", "s1-phone"))
    assert [each.action.post for each in office.done if isinstance(each.action, Remove)] == ["p1"]
    assert (await audited(tmp_path)).faults == []


async def test_a_coach_takes_it_back_while_it_stands(tmp_path: Path) -> None:
    """Nobody is asked about it any more, and it is gone."""
    office = await run(tmp_path, post(text=UNSURE), answer(Choice.TAKE_BACK), LATER)

    assert done(office) == ["ask", "remove"]
    assert outcomes(tmp_path).count("alert moot") == 1
    assert await faults(tmp_path) == []


async def test_an_answer_that_cannot_be_followed_leaves_it_standing(tmp_path: Path) -> None:
    """Nothing is given back that was not taken, and the wait goes on."""
    office = await run(tmp_path, post(text=UNSURE), answer(Choice.PRIVATE), LATER)

    refused, gone = [each.action.notice for each in office.done if isinstance(each.action, Tell)]
    assert (refused.next, refused.returned) == (IT_STANDS.english, "")
    assert gone.returned == UNSURE
    assert done(office) == ["alert", "ask", "remove", "tell", "tell"]


async def test_nobody_who_answered_is_said_to_have_been_silent(tmp_path: Path) -> None:
    """An answer that could not be followed was one: both are told that it is not settled, be it so or for silence."""
    office = await run(tmp_path, post(text=UNSURE), answer(Choice.PRIVATE), LATER)

    (alert,) = [each.action.notice for each in office.done if isinstance(each.action, Alert)]
    gone = [each.action.notice for each in office.done if isinstance(each.action, Tell)][-1]
    assert gone.saw == "We asked you about a message to one student, and it is not settled yet."
    assert alert.saw == "We asked about a message, and it is not settled yet. coach wrote it on Wednesday, November 18."


async def test_an_edit_that_reaches_enough_is_not_taken_away_for_what_it_was(tmp_path: Path) -> None:
    """What waits is about the version before, and who made it fit has answered by that: no office is asked to look."""
    office = await run(tmp_path, post(text=UNSURE), edited(UNSURE, to=("s1", "s2")), LATER)

    assert done(office) == ["ask"]
    assert outcomes(tmp_path) == ["alert moot", "ask done", "remove moot", "tell moot"]
    assert await faults(tmp_path) == []


@pytest.mark.parametrize("together", [False, True])
async def test_who_makes_it_fit_and_then_changes_it_back_is_asked_about_once(tmp_path: Path, *, together: bool) -> None:
    """Or two edits would keep every office from ever looking, and each further one would alert it again."""
    office = Office()
    texts = (UNSURE, f"{UNSURE} Hm?", UNSURE, UNSURE)
    versions = [
        replace(post(text=text, to=to, revision=str(number or "")), sent_at=NOON + timedelta(minutes=number))
        for number, (text, to) in enumerate(zip(texts, (("s1",), ("s1", "s2"), ("s1",), ("s1",)), strict=True))
    ]
    groups: list[list[Heard]] = [[*versions]] if together else [[each] for each in versions]
    async with house(tmp_path) as opened:
        study, recorder = Study(Topics(READER.clues, Medical()), None), Recorder(opened.database.master)
        room = ReadingRoom(study)
        moderator = Moderator(roster(), READER, RULES, [], Standing(), opened.ledger, recorder, lambda: NOON, room)
        groups.append([LATER])
        for group in groups:
            for deed in await moderator.moderate(group, office):
                await moderator.performer.carry_out(deed, office)
        study.close()

    assert done(office).count("alert") == 1
    assert outcomes(tmp_path).count("alert moot") == 1
    assert await faults(tmp_path) == []


async def test_an_edit_that_is_still_found_wanting_is_asked_about_when_the_first_was_due(tmp_path: Path) -> None:
    """Or whoever edits it every few hours would never be asked about."""
    at_four = Tick("replay", NOON + 4 * HOUR)
    late = replace(edited(f"{UNSURE} Still bad?"), sent_at=NOON + 3 * HOUR)

    office = await run(tmp_path, post(text=UNSURE), late, at_four)

    assert done(office).count("alert") == 1


async def test_an_edit_that_is_plainly_medical_is_copied_and_stays(tmp_path: Path) -> None:
    """The question is answered by it."""
    office = await run(tmp_path, post(text=UNSURE), edited(SURE), LATER)

    assert done(office) == ["ask", "copy", "copy", "tell"]
    assert office.copied() == ["director", "principal"]


async def test_an_edit_of_what_was_copied_is_asked_about_like_any_other(tmp_path: Path) -> None:
    """Its author was told of a copy; that it may be no private matter nobody has asked them yet."""
    office = await run(tmp_path, post(text=SURE), edited(UNSURE), LATER)

    first, *rest = [each.action.kind for each in office.done if not isinstance(each.action, Copy)]
    assert (first, rest[0], sorted(rest[1:])) == ("tell", "ask", ["alert", "remove", "tell"])
    assert office.copied() == ["director", "principal"]
    assert await faults(tmp_path) == []


async def test_an_emergency_that_is_edited_is_asked_about_all_the_same(tmp_path: Path) -> None:
    """Its copy is owed besides; what it was, nobody has said yet."""
    told = replace(post(text="Lightning.", to=("s1", "s2")), emergency=True)
    changed = replace(told, revision="2", words=(Words(Where.BODY, "Lightning. Inside!"),))

    office = await run(tmp_path, told, changed, Tick("replay", NOON + 48 * HOUR))

    assert "alert" in done(office)


async def test_an_edit_that_is_asked_about_again_waits_anew(tmp_path: Path) -> None:
    """Or a second question would let a message stand for ever."""
    office = await run(tmp_path, post(text=UNSURE), edited(f"{UNSURE} Still bad?"), LATER)

    assert done(office).count("remove") == 1
    assert [each.action.notice.returned for each in office.done if isinstance(each.action, Tell)] == [
        f"{UNSURE} Still bad?"
    ]


async def test_a_message_and_its_edit_that_come_at_once_are_told_apart(tmp_path: Path) -> None:
    """After an outage both are written together."""
    office, together = Office(), [post(text=UNSURE), edited(UNSURE, to=("s1", "s2"))]
    async with house(tmp_path) as opened:
        study, recorder = Study(Topics(READER.clues, Medical()), None), Recorder(opened.database.master)
        room = ReadingRoom(study)
        moderator = Moderator(roster(), READER, RULES, [], Standing(), opened.ledger, recorder, lambda: NOON, room)
        deeds = await moderator.moderate(together, office)
        for deed in [*deeds, *await moderator.moderate([LATER], office)]:
            await moderator.performer.carry_out(deed, office)
        study.close()

    assert done(office) == ["ask"]
    assert await faults(tmp_path) == []


async def test_what_is_not_read_yet_is_not_taken_away(tmp_path: Path) -> None:
    """It may be a private matter, and what is taken away cannot be put back: the further round decides."""
    office = await run(tmp_path, post(text=SURE), LATER, pause=0.2, patience=0.05, slowly=0.6)

    assert done(office) == ["copy", "copy", "tell"]
    assert office.told() == [f"{LOOKED_PRIVATE.english} {OFFICE_IS_COPIED.english}"]
    assert await faults(tmp_path) == []


@pytest.mark.parametrize(("text", "comes"), [(UNSURE, ["ask"]), (CHAT, ["remove", "tell"])])
async def test_the_further_round_does_what_the_first_would_have(tmp_path: Path, text: str, comes: list[str]) -> None:
    """Only later."""
    office = await run(tmp_path, post(text=text), pause=0.2, patience=0.05)

    assert done(office) == comes


@dataclass
class Failing(Medical):
    """Breaks on every text."""

    def __call__(
        self, texts: Sequence[str], settings: Sequence[Setting], clues: Sequence[tuple[Clue, ...]]
    ) -> list[dict[str, float]]:
        raise RuntimeError("canary")


async def test_what_the_models_can_not_read_is_judged_without_them(tmp_path: Path) -> None:
    """No text gets round the rule by breaking a model; a person looks as well."""
    office = await run(tmp_path, post(text=CHAT), model=Failing())

    assert done(office) == ["remove", "tell"]
    assert "read refused" in outcomes(tmp_path)


async def test_nothing_is_posted_to_one_student_that_the_models_could_not_read(tmp_path: Path) -> None:
    """There is no further round for what we post ourselves."""
    asked = order(OrderKind.TEAM, text=CHAT, matter=None)
    office = await run(tmp_path, asked, model=Failing())

    assert "show" not in done(office)


async def test_an_edit_that_is_still_to_be_read_breaks_no_silence(tmp_path: Path) -> None:
    """Whether it fits is not known, and it reaches as few as before."""
    heard = (post(text=UNSURE), edited("How is that thing now?"), LATER)
    office = await run(tmp_path, *heard, pause=0.2, patience=0.05, slowly=0.6)

    assert [each.action.to for each in office.done if isinstance(each.action, Alert)] == ["director"]
    assert "alert moot" not in outcomes(tmp_path)
    assert await faults(tmp_path) == []


async def test_a_version_that_was_changed_since_is_left_alone(tmp_path: Path) -> None:
    """Its words are read late; what stands reaches enough."""
    heard = (post(text=CHAT), edited(CHAT, to=("s1", "s2")), LATER)
    office = await run(tmp_path, *heard, pause=0.3, patience=0.01, slowly=0.0)

    assert done(office) == []
    assert await faults(tmp_path) == []


async def test_a_version_that_is_told_after_the_one_that_stands_is_left_alone(tmp_path: Path) -> None:
    """A platform may tell an edit first. It was judged as what it shows, and that reaches enough."""
    office = await run(tmp_path, edited(CHAT, to=("s1", "s2")), post(text=CHAT), LATER)

    assert done(office) == []
    assert len(entries(tmp_path, "judged")) == 2
    assert await faults(tmp_path) == []


async def test_a_version_that_is_told_late_ends_no_wait_about_the_one_that_stands(tmp_path: Path) -> None:
    """Its author was asked what it is, and it stands: that an older version was fine is no answer."""
    between = replace(post(text=CHAT, to=("s1", "s2"), revision="1"), sent_at=NOON + timedelta(seconds=1))

    office = await run(tmp_path, edited(UNSURE), between, post(text=CHAT), LATER)

    assert done(office) == ["alert", "ask", "remove", "tell"]
    assert await faults(tmp_path) == []


async def test_of_two_versions_of_one_moment_the_last_told_is_judged(tmp_path: Path) -> None:
    """They may be named by what they say, which has no order."""
    first, last = (replace(edited(CHAT, to=to), revision=name) for name, to in (("z", ("s1", "s2")), ("a", ("s1",))))

    office = await run(tmp_path, first, last, LATER)

    assert done(office) == ["alert", "remove", "tell"]


async def test_chat_to_one_student_is_removed_as_ever(tmp_path: Path) -> None:
    """Neither ground is there."""
    office = await run(tmp_path, post(text=CHAT))

    assert done(office) == ["remove", "tell"]


async def test_a_matter_that_reads_like_none_is_marked_for_the_weekly_look(tmp_path: Path) -> None:
    """It is copied like any other, and nobody is accused of anything: there is no case."""
    await run(tmp_path, order(text=CHAT), order(text=SURE, id_="o2"))

    async with house(tmp_path) as opened:
        kept = await opened.ledger.read(lambda connection, master: [*copies.kept(connection, master)])
    assert [(each.name, each.listed) for each in kept] == [("CP-0001", True), ("CP-0002", False)]
    assert [each for each in entries(tmp_path) if "case" in each] == []


async def test_what_follows_in_a_private_place_is_not_marked(tmp_path: Path) -> None:
    """A thank you need not name the knee again."""
    begun = post(text=SURE, room="dm", matter=MatterKind.MEDICAL)

    await run(tmp_path, begun, post("p2", CHAT, room="dm"))

    async with house(tmp_path) as opened:
        kept = await opened.ledger.read(lambda connection, master: [*copies.kept(connection, master)])
    assert [each.listed for each in kept] == [False, False]


@pytest.mark.parametrize("kind", [OrderKind.TEAM, OrderKind.PHOTO])
@pytest.mark.parametrize("text", [SURE, UNSURE])
async def test_no_order_shows_one_student_a_private_matter_without_its_copy(
    tmp_path: Path, kind: OrderKind, text: str
) -> None:
    """As a private message its copy goes first, so that is what its author is told, and they have their text."""
    office = await run(tmp_path, order(kind, text=text, opens=False))

    (told,) = [each.action.notice for each in office.done if isinstance(each.action, Tell)]
    assert done(office) == ["tell"]
    assert told.saw == MAY_BE_A_MATTER.english
    assert told.now == SEND_IT_PRIVATELY.english
    assert told.returned == text
    assert await faults(tmp_path) == []


async def test_an_order_that_more_students_read_is_posted_whatever_it_is_about(tmp_path: Path) -> None:
    """The copy is owed for what goes to one student alone."""
    office = await run(tmp_path, order(OrderKind.TEAM, to=("s1", "s2"), text=UNSURE, opens=False))

    assert done(office) == ["show"]


@pytest.mark.parametrize("kind", [OrderKind.EMERGENCY, OrderKind.PRIVATE])
async def test_what_somebody_has_to_be_told_is_sent_whatever_it_is_about(tmp_path: Path, kind: OrderKind) -> None:
    """An assault, or what a doctor said: people look at it after it is sent, and its writer is not told off."""
    asked = order(kind, text="She says her nudes go around. Call me now.")

    office = await run(tmp_path, asked, rules=(*RULES, SexualContent()))

    assert len(office.shown()) == 1
    assert office.copied() == ["director", "principal"]
    assert [each.action.to for each in office.done if isinstance(each.action, Alert)] == ["principal"]
    assert not [each for each in office.told() if "sexual" in each]


async def test_what_a_later_round_finds_again_is_one_copy(tmp_path: Path) -> None:
    """The office would look for a second message that nobody wrote."""
    text = "text me on snapchat, dm me, the brace stays on, my number is 617-555-0123"

    office = await run(
        tmp_path,
        post(text=text),
        pause=0.2,
        patience=0.05,
        slowly=0.8,
        rules=(*RULES, InappropriateContact()),
    )

    async with house(tmp_path) as opened:
        kept = await opened.ledger.read(lambda connection, master: [*copies.kept(connection, master)])
    assert [each.name for each in kept] == ["CP-0001"]
    assert office.copied() == ["director", "principal"]
    assert {0, 1} <= {each.get("round", 0) for each in entries(tmp_path, "judged")}
    assert await faults(tmp_path) == []


FINE, UPHOLD, UNDO, REVERSE = Ruling.NOT_A_PROBLEM, Ruling.UPHOLD, Ruling.UNDO, Ruling.REVERSE
AN_HOUR = 3_600.0
TAKEN_FOR_SILENCE = ["alert", "remove", "tell"]


async def test_what_a_person_found_fine_is_left_alone(tmp_path: Path) -> None:
    """Nothing was taken away, so nothing is given back; and when the time is up, nobody is told of a silence."""
    heard = report(by="s1"), decision(FINE, at=AN_HOUR), tick(AN_HOUR + 40)

    office = await run(tmp_path, post(text=UNSURE), *heard, LATER)

    told = [each.action.notice for each in office.done if isinstance(each.action, Tell)]
    assert done(office) == ["alert", "ask", "tell", "tell"]
    assert [each.saw for each in told][1:] == [desk_notices.FINE.english]
    assert told[1].next == desk_notices.IT_HELPS.english
    assert outcomes(tmp_path).count("alert moot") == 1
    assert (await audited(tmp_path)).faults == []


@pytest.mark.parametrize(
    ("rulings", "comes"),
    [
        ([FINE, UNDO], TAKEN_FOR_SILENCE),
        ([FINE, REVERSE], []),
        ([FINE, REVERSE, UPHOLD], ["remove", "tell"]),
        ([UPHOLD], ["remove", "tell"]),
        ([UPHOLD, REVERSE], []),
    ],
)
async def test_what_comes_of_a_silence_follows_what_stands_in_the_end(
    tmp_path: Path, rulings: list[Ruling], comes: list[str]
) -> None:
    """What does not fit is taken away all the same, but an office that has decided need not be asked to look.

    Whoever was told that it is fine owes no answer: where that is reversed, a person decides.
    """
    decisions = [decision(each, at=AN_HOUR + 10 * number) for number, each in enumerate(rulings)]
    heard: list[Heard] = [post(text=UNSURE), report(by="s1"), *decisions, tick(AN_HOUR + 60)]

    before = done(await run(tmp_path / "before", *heard))
    after = done(await run(tmp_path / "after", *heard, LATER))

    assert sorted((Counter(after) - Counter(before)).elements()) == comes
    assert await faults(tmp_path / "after") == []


async def test_of_what_is_upheld_no_note_says_that_nothing_follows_or_that_nobody_has_decided(tmp_path: Path) -> None:
    """While an answer is awaited the decision says so; what comes without one names no office that is not asked."""
    heard = report(by="s1"), decision(UPHOLD, at=AN_HOUR), tick(AN_HOUR + 40)

    office = await run(tmp_path, post(text=UNSURE), *heard, LATER)

    _, upheld, late = (each.action.notice for each in office.done if isinstance(each.action, Tell))
    assert (upheld.saw, upheld.next) == (desk_notices.NOT_FITTING.english, desk_notices.STILL_ASKED.english)
    assert (late.returned, late.next) == (UNSURE, IT_IS_TAKEN_AWAY.english)


async def test_a_version_that_nobody_decided_about_is_asked_about_anew(tmp_path: Path) -> None:
    """A person found the first fine, which says nothing of what its author makes of it."""
    anew = replace(post(text=f"{UNSURE} Tell me.", revision="2"), sent_at=NOON + 2 * HOUR)
    heard = report(by="s1"), decision(FINE, at=AN_HOUR), tick(AN_HOUR + 40), anew

    office = await run(tmp_path, post(text=UNSURE), *heard, Tick("replay", NOON + 7 * HOUR))

    assert done(office) == ["alert", "alert", "ask", "remove", "tell", "tell", "tell"]


async def test_of_an_emergency_that_is_decided_no_office_hears_a_silence(tmp_path: Path) -> None:
    """A silence climbs from office to office, but somebody has looked."""
    told, found_fine = report(post="o1", by="s1"), decision(FINE, post="o1", at=AN_HOUR)

    office = await run(tmp_path, order(OrderKind.EMERGENCY, text="Get out."), told, found_fine, tick(50 * AN_HOUR))

    assert [each.action.to for each in office.done if isinstance(each.action, Alert)] == ["director"]
    assert outcomes(tmp_path).count("alert moot") >= 1
