"""Orders and answers, from what somebody asks for to what everybody gets, on a real database."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.rehearsal import Rehearsal
from bot.actions import Alert, Ask, Close, Copy, Deed, Remove, Show, Tell
from bot.compose import AN_OFFICE_READS, CALL_NOW, EMPLOYEE_4, NO_SOURCE, STILL_SAY_WHY, compose
from bot.console import read_notices
from bot.judge import Verdict
from bot.message import MatterKind, PlaceId, PostId, Where, Words
from bot.moderator import PATIENCE
from bot.notice import Notice
from bot.people import AccountId, Part, PersonId, TeamId, Tenure
from bot.people import Office as Held
from bot.platform import Answer, Heard, Order, OrderKind, Outcome, Readers, Receipt, SpaceSeen, Tick
from bot.roster import Belonging
from bot.rule import Choice, Finding, Measure
from bot.standing import Standing
from bot.store import memory
from bot.store.copies import kept
from bot.texts import ENGLISH, N_
from bot.wiring import look as look_at
from bot.wiring import take_up
from rules.employee_04_group_messages import GroupMessages
from rules.employee_06_private_numbers import PrivateNumbers
from rules.employee_08_photo_consent import PhotoConsent
from rules.student_03_copyright import MAY_BE_SOMEBODYS, Copyright
from tests.cases import docket_of, report
from tests.district import DAY, HIGH, MIDDLE, NOON, ROBOTICS, SOCCER, TENURES, lists, roster
from tests.store.house import audited, faults, house, place, post, rows
from tests.test_moderator import NOT_A_DATE, Stage, entries, moderator_of, outcomes, run

HOUR = timedelta(hours=1)
OVERDUE = NOON + 36 * HOUR
"""Midnight of the district, when the day is over on which the reason of an emergency at NOON is due."""
SOCCER_PLACE = SpaceSeen(
    "replay",
    PlaceId("soccer"),
    "1",
    NOON - HOUR,
    Readers(frozenset(map(AccountId, ("coach", "s1", "s2", "s3")))),
    team=SOCCER,
)


class Office(Stage):
    """A stage that keeps what it was asked to do."""

    def __init__(
        self, *heard: Heard, answers: dict[str, Receipt | Exception] | None = None, pause: float = 0.0
    ) -> None:
        super().__init__(heard, answers or {})
        self.pause = pause
        self.refuses = 0
        """So many notes of copies are not accepted at first."""
        self.accepted: list[str] = []
        self.done: list[Deed] = []

    async def hear(self) -> AsyncIterator[Heard]:
        for each in self.heard:
            yield each
            await asyncio.sleep(self.pause)

    async def perform(self, deed: Deed) -> Receipt:
        self.done.append(deed)
        if isinstance(deed.action, Copy):
            self.refuses -= 1
            if self.refuses >= 0:
                return Receipt(Outcome.NOT_DONE)
            self.accepted.append(deed.action.to)
        return await super().perform(deed)

    def shown(self) -> list[Show]:
        return [each.action for each in self.done if isinstance(each.action, Show)]

    def told(self) -> list[str]:
        return [each.action.notice.saw for each in self.done if isinstance(each.action, Tell)]

    def copied(self) -> list[str]:
        return [each.action.to for each in self.done if isinstance(each.action, Copy)]


def order(
    kind: OrderKind = OrderKind.PRIVATE,
    *,
    to: tuple[str, ...] = ("s1",),
    by: str = "coach",
    text: str = "Your physical.",
    matter: MatterKind | None = MatterKind.MEDICAL,
    concerns: bool = False,
    opens: bool = True,
    id_: str = "o1",
) -> Order:
    """Let a coach ask for something to be sent; as it stands, a private matter to a student of the team."""
    written = post(
        id_,
        text,
        by=by,
        to=to,
        room="private",
        matter=matter if kind is OrderKind.PRIVATE else None,
        emergency=kind is OrderKind.EMERGENCY,
    )
    return Order(kind, replace(written, concerns_copied=concerns), opens)


def answer(
    choice: Choice,
    *,
    about: str = "p1",
    by: str = "coach",
    after: timedelta = HOUR,
    matter: MatterKind | None = None,
    pictured: tuple[str, ...] = (),
) -> Answer:
    """Let somebody answer a notice, by default an hour later."""
    return Answer(
        "replay",
        f"{by} {choice} {about}",
        AccountId(by),
        NOON + after,
        PostId(about),
        choice,
        matter,
        tuple(map(AccountId, pictured)),
    )


ALONE = Readers(frozenset(map(AccountId, ("coach", "s1"))))
ROWING = TeamId("rowing")
WITH_ROWING = replace(
    lists(),
    teams=(
        *lists().teams,
        Belonging(ROWING, HIGH, "fall", PersonId("coach"), Part.COACH),
        Belonging(ROWING, HIGH, "fall", PersonId("s1"), Part.MEMBER),
    ),
)
"""The coach leads a second team that the student is on."""


async def test_a_private_matter_is_copied_before_the_student_sees_it(tmp_path: Path) -> None:
    """Copy, then the message with the line that says who gets one, then the receipt for the coach."""
    office = Office(order())

    await run(tmp_path, office)

    assert [each.action.kind for each in office.done] == ["copy", "copy", "show", "tell"] or [
        each.action.kind for each in office.done
    ] == ["copy", "show", "tell", "copy"]
    (shown,) = office.shown()
    assert shown.text == "Your physical."
    assert shown.readers == ("s1",)
    assert "a copy of what is written here" in shown.told
    assert entries(tmp_path, "ordered")[0]["copy"] == 1
    assert "Your physical." not in json.dumps(entries(tmp_path))
    assert await faults(tmp_path) == []


async def test_an_order_that_is_told_again_is_carried_out_once(tmp_path: Path) -> None:
    """A platform that was not answered tells it anew, in the same run or after an outage."""
    await run(tmp_path, first := Office(order(), order()))
    before = entries(tmp_path)

    await run(tmp_path, again := Office(order()))

    assert len(first.shown()) == 1
    assert sorted(first.copied()) == ["director", "principal"]
    assert again.done == []
    assert entries(tmp_path) == before


async def test_what_was_to_be_sent_privately_is_shown_to_its_author_alone(tmp_path: Path) -> None:
    """Whoever may read notes has no business with a medical matter; a removed message is shown as before."""
    refused = order(text="Your sports physical.", matter=None)
    office = Office(post("p1", "Stay after class."), refused, answer(Choice.TEAM))

    await run(tmp_path, office)
    notes = await read_notices(place(tmp_path), "a test", "to look", NOON + 2 * HOUR)

    given_back = [note.partition("Your text: ")[2] for note in notes if "Your text: " in note]
    assert sorted(given_back) == ["Stay after class.", "kept, for its author", "kept, for its author"]
    told = [each.action.notice.returned for each in office.done if isinstance(each.action, Tell)]
    assert sorted(each for each in told if each) == ["Stay after class.", "Stay after class.", "Your sports physical."]


@pytest.mark.parametrize(
    ("given", "answers", "cause"),
    [
        (order(), {"show": Receipt(Outcome.REFUSED)}, "returned"),
        (replace(order(), post=replace(order().post, sent_at=NOT_A_DATE)), {}, "stumbled"),
    ],
)
async def test_a_private_matter_that_was_not_sent_is_shown_to_its_author_alone(
    tmp_path: Path, given: Order, answers: dict[str, Receipt | Exception], cause: str
) -> None:
    """It is as private when the platform refuses it, or when we fail over it, as when it was sent."""
    await run(tmp_path, office := Office(given, answers=answers))
    notes = await read_notices(place(tmp_path), "a test", "to look", NOON + HOUR)

    text = given.post.words[0].text
    assert len(entries(tmp_path, cause)) == 1
    assert text in [each.action.notice.returned for each in office.done if isinstance(each.action, Tell)]
    assert [note.partition("Your text: ")[2] for note in notes if "Your text: " in note] == ["kept, for its author"]
    assert all(text not in note for note in notes)


@pytest.mark.parametrize("by", ["coach", "principal"])
async def test_what_is_taken_away_from_a_private_matter_is_shown_to_its_author_alone(tmp_path: Path, by: str) -> None:
    """Whoever gets the copies reads it there, and nobody in the notes; be its author who gets them, and owes none."""
    reader = "s1" if by == "coach" else "coach"
    text = "Your seizure medicine: call me at 978-555-0199."
    word = post("p2", text, by=by, to={reader, "s1"}, room="private", at=NOON + HOUR)
    await run(tmp_path, office := Office(order(opens=False), word), rules=(GroupMessages(), PrivateNumbers()))

    notes = await read_notices(place(tmp_path), "a test", "to look", NOON + 2 * HOUR)

    assert text in [each.action.notice.returned for each in office.done if isinstance(each.action, Tell)]
    assert [note.partition("Your text: ")[2] for note in notes if "Your text: " in note] == ["kept, for its author"]


async def test_what_was_given_back_does_not_count_as_sent(tmp_path: Path) -> None:
    """A principal reads how many private messages went to students."""
    await run(tmp_path, Office(order(matter=None), order(id_="o2")))
    summary, _ = await look_at(place(tmp_path))

    assert summary.orders == {"private": 2}
    assert summary.done["show"] == 1


async def test_without_an_accepted_copy_the_student_sees_nothing(tmp_path: Path) -> None:
    """It is held, the coach is told why, and it is tried again."""
    office = Office(order(), answers={"copy": Receipt(Outcome.NOT_DONE)})

    await run(tmp_path, office)

    assert office.shown() == []
    assert office.told() == ["It is not sent yet, because no copy could be handed over."]
    assert outcomes(tmp_path) == ["tell done"]
    assert (await audited(tmp_path)).open_cases == 1


@pytest.mark.parametrize(
    ("answer", "saw"),
    [(Outcome.REFUSED, "It could not be posted."), (Outcome.UNKNOWN, "We cannot tell whether it was posted.")],
)
async def test_what_could_not_be_posted_is_given_back_and_not_told_as_sent(
    tmp_path: Path, answer: Outcome, saw: str
) -> None:
    """The copy is kept; the writer must not believe that the student has read it. A person looks, too."""
    office = Office(order(), answers={"show": Receipt(answer)})
    office.finds = Receipt(Outcome.UNKNOWN)

    await run(tmp_path, office)

    assert office.told() == [saw]
    (told,) = (each.action for each in office.done if isinstance(each.action, Tell))
    assert told.notice.returned == order().post.words[0].text
    assert (await audited(tmp_path)).open_cases == 1
    assert await faults(tmp_path) == []


class PowerCutError(Exception):
    """Ends a run where it stands."""


@pytest.mark.parametrize(
    ("after", "at", "saw"),
    [
        ("show", "performed", "We cannot tell whether it was posted."),
        ("show", "closed", "It could not be posted."),
        ("tell", "closed", "It could not be posted."),
    ],
)
async def test_what_a_power_cut_keeps_from_being_posted_is_given_back_once_and_never_told_as_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: str, at: str, saw: str
) -> None:
    """Cut off while it is posted, once that has failed, or once the writer has heard of it: the next start knows."""
    before, back = Office(answers={"show": Receipt(Outcome.REFUSED)}), Office()
    back.finds = Receipt(Outcome.UNKNOWN)

    def cut(point: str) -> None:
        if point == at and before.done[-1].action.kind == after:
            raise PowerCutError

    async with house(tmp_path) as opened:
        moderator = moderator_of(opened)
        copy, _ = await moderator.moderate([order()], before)
        monkeypatch.setattr("bot.performer.point", cut)
        with pytest.raises(PowerCutError):
            await moderator.performer.carry_out(copy, before)
    monkeypatch.undo()
    async with house(tmp_path) as opened:
        await take_up(opened, moderator_of(opened), back, NOON)

    (told,) = (each.action for each in [*before.done, *back.done] if isinstance(each.action, Tell))
    assert str(told.notice.saw) == saw
    assert told.notice.returned == order().post.words[0].text
    assert back.shown() == []
    assert await faults(tmp_path) == []


async def test_the_alarm_about_a_copy_ends_when_its_note_is_accepted(tmp_path: Path) -> None:
    """Nobody has to close what has mended itself."""
    away = Office(order(), answers={"copy": Receipt(Outcome.NOT_DONE)})
    back = Office(Tick("replay", NOON + HOUR))

    await run(tmp_path, away)
    before = (await audited(tmp_path)).open_cases
    await run(tmp_path, back, resumed=True)

    assert before == 1
    assert (await audited(tmp_path)).open_cases == 0
    assert len(back.shown()) == 1
    assert await faults(tmp_path) == []


@pytest.mark.parametrize(
    ("given", "saw"),
    [
        (order(text="  "), "There is nothing in it to send."),
        (order(by="s2", to=("s1",)), "Only coaches and advisors can send this way."),
        (order(to=("s1", "s2")), "A private message goes to one student, and this one does not."),
        (order(to=("other",)), "A private message goes to one student, and this one does not."),
        (order(matter=None), "You have not said what kind of matter it is."),
    ],
)
async def test_what_cannot_be_sent_is_given_back_with_a_plain_reason(tmp_path: Path, given: Order, saw: str) -> None:
    """Nothing is posted, nothing is copied, nothing is lost. Nobody has to look at who could have read it."""
    office = Office(given)

    await run(tmp_path, office)

    assert (await audited(tmp_path)).open_cases == 0
    assert office.shown() == []
    assert office.copied() == []
    assert office.told() == [saw]
    (told,) = (each.action for each in office.done if isinstance(each.action, Tell))
    assert told.notice.returned.strip() == given.post.words[0].text.strip()
    assert await faults(tmp_path) == []


async def test_who_may_not_send_an_emergency_reads_what_to_do_now(tmp_path: Path) -> None:
    """A teacher who tells of a fire cannot wait for the office to say who may write there."""
    office = Office(order(OrderKind.EMERGENCY, by="teacher", text="There is a fire in the gym."))

    await run(tmp_path, office)

    (told,) = (each.action for each in office.done if isinstance(each.action, Tell))
    assert told.notice.now == "Call the office now, or tell people in another way."


async def test_a_message_to_the_team_is_judged_before_it_is_posted(tmp_path: Path) -> None:
    """It goes out when enough can read it; to one student it is given back with the clause."""
    fine = order(OrderKind.TEAM, to=("s1", "s2"), text="Bus at 4.", opens=False)
    lonely = order(OrderKind.TEAM, to=("s1",), text="Stay after.", opens=False, id_="o2")
    office = Office(fine, lonely)

    await run(tmp_path, office)

    assert [each.text for each in office.shown()] == ["Bus at 4."]
    assert [each.startswith("It was not sent, because it may not fit.") for each in office.told()] == [True]


@pytest.mark.parametrize("kind", [OrderKind.TEAM, OrderKind.EMERGENCY, OrderKind.PHOTO])
async def test_nobody_writes_by_order_to_a_team_they_do_not_lead(tmp_path: Path, kind: OrderKind) -> None:
    """We would post it where the coach could not write. The writer's own team gets it, and is asked who is pictured."""
    own, other = (order(kind, to=("s1", "s2"), text="Bus at 4.", opens=False, id_=id_) for id_ in ("o1", "o2"))
    office = Office(
        *(replace(each, post=replace(each.post, team=team)) for each, team in ((own, SOCCER), (other, ROBOTICS)))
    )

    await run(tmp_path, office)

    assert [deed.post for deed in office.done if isinstance(deed.action, Show | Ask)][:1] == ["o1"]
    assert not [deed for deed in office.done if isinstance(deed.action, Show | Ask) and deed.post == "o2"]
    assert office.told() == ["You can write this way only to your own teams and clubs."]


async def test_an_emergency_goes_at_once_and_its_silence_climbs(tmp_path: Path) -> None:
    """Posted, copied, asked about; when the next school day is over, an office is asked if nobody answered."""
    office = Office(
        order(OrderKind.EMERGENCY, text="Lightning. Inside, now."), Tick("replay", OVERDUE - timedelta(seconds=1))
    )
    late = Office(Tick("replay", OVERDUE))

    await run(tmp_path, office)
    before = [each.action.kind for each in office.done]
    await run(tmp_path, late, resumed=True)

    assert before[0] == "show"
    assert sorted(before) == ["ask", "copy", "copy", "show"]
    assert [each.action.kind for each in late.done] == ["alert"]


async def test_an_answered_emergency_is_not_asked_about_again(tmp_path: Path) -> None:
    """The reason is sealed; the ledger tells that it came."""
    office = Office(
        order(OrderKind.EMERGENCY, text="Lightning."),
        replace(answer(Choice.REASON, about="o1"), text="A thunderstorm came up."),
        Tick("replay", NOON + 48 * HOUR),
    )

    await run(tmp_path, office)

    assert "alert" not in [each.action.kind for each in office.done]
    assert [each["choice"] for each in entries(tmp_path, "answered")] == ["reason"]
    assert "thunderstorm" not in json.dumps(entries(tmp_path))


async def test_where_a_picture_is_from_is_kept_and_nothing_follows(tmp_path: Path) -> None:
    """A student who was asked, and answered, hears no more of it; an empty answer is none."""
    shared = replace(post(by="s1", to=("s2", "s3")), words=(Words(Where.FILE_NAME, "cat.gif"),))
    said = replace(answer(Choice.SOURCE, by="s1"), text="I drew it.")
    office = Office(shared, replace(said, text="  "), replace(said, id="x2"))

    await run(tmp_path, office, rules=(Copyright(),))

    assert office.told() == [ENGLISH.say(MAY_BE_SOMEBODYS), ENGLISH.say(NO_SOURCE)]
    notes = [each.action.notice for each in office.done if isinstance(each.action, Tell)]
    assert [each.rule for each in notes] == [Copyright.clause.in_full] * 2
    assert [each["choice"] for each in entries(tmp_path, "answered")] == ["source", "source"]
    assert "drew" not in json.dumps(entries(tmp_path))


async def test_nobody_answers_and_the_athletic_director_is_asked(tmp_path: Path) -> None:
    """Four hours after a message went to one student."""
    office = Office(post(), Tick("replay", NOON + 4 * HOUR))

    named = lists()
    coach = next(each for each in named.people if each.id == "coach")
    known = replace(coach, given_name="Sam", family_name="Rivera")
    people = tuple(known if each is coach else each for each in named.people)

    await run(tmp_path, office, district=replace(named, people=people))

    (alert,) = (each.action for each in office.done if isinstance(each.action, Alert))
    assert alert.to == "director"
    assert alert.notice.saw.endswith(f" Sam Rivera wrote it on {ENGLISH.say_day(DAY)}.")


@pytest.mark.parametrize(
    ("choice", "matter", "place", "readers"),
    [
        (Choice.TEAM, None, "soccer", ()),
        (Choice.PRIVATE, MatterKind.MEDICAL, "private:coach:s1", ("s1", "s1-phone")),
        (Choice.EMERGENCY, None, "private:coach:s1", ("s1", "s1-phone")),
    ],
)
async def test_a_message_to_one_student_has_ways_out(
    tmp_path: Path, choice: Choice, matter: MatterKind | None, place: str, readers: tuple[str, ...]
) -> None:
    """The text is never lost: it goes where the coach says, and nobody is asked about it any more."""
    office = Office(
        SOCCER_PLACE, post(text="Stay after class."), answer(choice, matter=matter), Tick("replay", NOON + 5 * HOUR)
    )

    await run(tmp_path, office)

    (shown,) = office.shown()
    assert (shown.text, shown.place, shown.readers) == ("Stay after class.", place, readers)
    assert ("alert" in [each.action.kind for each in office.done]) is False
    assert bool(office.copied()) is (choice is not Choice.TEAM)
    assert await faults(tmp_path) == []


@pytest.mark.parametrize("also", ["coach-b", "parent", "designee"])
async def test_what_one_student_and_adults_read_is_moved_to_the_student_with_one_answer(
    tmp_path: Path, also: str
) -> None:
    """Nobody has to say which student is meant where there is only one."""
    office = Office(
        post(text="Your physical.", to=("s1", also)), answer(Choice.PRIVATE, matter=MatterKind.MEDICAL), pause=0.05
    )

    await run(tmp_path, office)

    (shown,) = office.shown()
    assert (shown.place, shown.readers) == ("private:coach:s1", ("s1", "s1-phone"))
    assert sorted(office.copied()) == ["director", "principal"]


@pytest.mark.parametrize("removable", [False, True])
async def test_what_is_sent_on_and_given_back_is_the_newest_version(tmp_path: Path, *, removable: bool) -> None:
    """Nothing new follows from an edit that changes only words; its words are what its author means all the same."""
    first, changed = post(text="Bus at 4."), post(text="Bus at 5, not 4.", revision="2", at=NOON + HOUR / 2)
    versions = (replace(each, removable=removable) for each in (first, changed))
    office = Office(SOCCER_PLACE, *versions, answer(Choice.TEAM))

    await run(tmp_path, office)

    assert [each.text for each in office.shown()] == ["Bus at 5, not 4."]
    returned = [each.action.notice.returned for each in office.done if isinstance(each.action, Tell)]
    assert returned == (["Bus at 5, not 4."] if removable else [""])
    assert await faults(tmp_path) == []


async def test_a_version_that_was_heard_late_is_not_the_newest(tmp_path: Path) -> None:
    """An edit may be told before its post."""
    first, changed = post(text="Bus at 4."), post(text="Bus at 5, not 4.", revision="2", at=NOON + HOUR / 2)
    versions = (replace(each, removable=False) for each in (changed, first))
    office = Office(SOCCER_PLACE, *versions, answer(Choice.TEAM))

    await run(tmp_path, office)

    assert [each.text for each in office.shown()] == ["Bus at 5, not 4."]


@pytest.mark.parametrize("revisions", ["za", "az"])
async def test_of_two_versions_of_one_moment_the_last_told_is_sent_on(tmp_path: Path, revisions: str) -> None:
    """They may be named by what they say, which has no order."""
    texts = zip(revisions, ("Bus at 5.", "Bus at 6."), strict=True)
    edits = (post(text=text, revision=name, at=NOON + HOUR / 2) for name, text in texts)
    versions = (replace(each, removable=False) for each in (post(text="Bus at 4."), *edits))
    office = Office(SOCCER_PLACE, *versions, answer(Choice.TEAM))

    await run(tmp_path, office)

    assert [each.text for each in office.shown()] == ["Bus at 6."]


async def test_taking_it_back_sends_nothing_and_settles_it(tmp_path: Path) -> None:
    """The text was given back already."""
    office = Office(post(), answer(Choice.TAKE_BACK), Tick("replay", NOON + 5 * HOUR))

    await run(tmp_path, office)

    assert sorted(each.action.kind for each in office.done) == ["remove", "tell"]
    assert outcomes(tmp_path) == ["alert moot", "remove done", "tell done"]


@pytest.mark.parametrize(
    ("choice", "saw"),
    [
        (Choice.TEAM, "We know no place where the whole team can read."),
        (Choice.CAPTAIN, "We know no captain of the team who could be added."),
        (Choice.PRIVATE, "You have not said what kind of matter it is."),
    ],
)
async def test_an_answer_that_cannot_be_followed_gives_the_text_back_with_a_reason(
    tmp_path: Path, choice: Choice, saw: str
) -> None:
    """No place of the team was seen, no captain is on the roster, no kind was chosen."""
    office = Office(post(text="Stay after class."), answer(choice))

    await run(tmp_path, office)

    assert office.shown() == []
    assert office.told()[-1] == saw
    last = [each.action for each in office.done if isinstance(each.action, Tell)][-1]
    assert last.notice.returned == "Stay after class."


async def test_somebody_elses_answer_changes_nothing(tmp_path: Path) -> None:
    """Only the writer can say where the text goes."""
    office = Office(SOCCER_PLACE, post(), answer(Choice.TEAM, by="coach-b"))

    await run(tmp_path, office)

    assert office.shown() == []
    assert len(office.told()) == 1


@pytest.mark.parametrize(
    ("choice", "by", "asked"),
    [
        (Choice.TAKE_BACK, "coach-b", True),
        (Choice.TAKE_BACK, "s1", True),
        (Choice.SEEN, "coach", True),
        (Choice.TAKE_BACK, "coach", False),
    ],
)
async def test_only_the_writer_ends_the_wait_for_an_answer(
    tmp_path: Path, choice: Choice, by: str, *, asked: bool
) -> None:
    """Or a student could spare a coach the office's question; and to have read it says nothing."""
    office = Office(post(), answer(choice, by=by), Tick("replay", NOON + 5 * HOUR))

    await run(tmp_path, office)

    assert ("alert" in [each.action.kind for each in office.done]) is asked
    assert await faults(tmp_path) == []


@pytest.mark.parametrize("measures", [{Measure.ALERT}, {Measure.ALERT, Measure.REMOVE}])
@pytest.mark.parametrize("kind", OrderKind)
def test_whatever_comes_of_an_order_an_alert_about_its_words_is_sent(kind: OrderKind, measures: set[Measure]) -> None:
    """What is worth an adult's eyes in a channel is worth them here, and more so where it was refused."""
    given = order(kind)
    day, message = roster().on(DAY), roster().recognise(given.post)
    found = Finding("any", EMPLOYEE_4, frozenset(measures), N_("because"), copy_to=frozenset({Held.PRINCIPAL}))

    actions = compose(given, message, Verdict(message, (found,)), day)

    assert [each.to for each in actions if isinstance(each, Alert)] == ["principal"]


@pytest.mark.parametrize("kind", OrderKind)
def test_no_content_stops_an_emergency(kind: OrderKind) -> None:
    """A false alarm costs less than a late one. Whatever else is sent waits for other words."""
    given = order(kind, to=("s1",) if kind is OrderKind.PRIVATE else ("s1", "s2"))
    day, message = roster().on(DAY), roster().recognise(given.post)
    owed = frozenset({Held.PRINCIPAL})
    found = [
        Finding("any", EMPLOYEE_4, frozenset({measure}), N_("because"), copy_to=owed)
        for measure in (Measure.REMOVE, Measure.COPY)
    ]
    found = found if message.emergency or message.matter else found[:1]

    actions = compose(given, message, Verdict(message, tuple(found)), day)

    assert any(isinstance(each, Show) for each in actions) is (kind is OrderKind.EMERGENCY)


async def test_the_team_reads_in_its_own_channel_not_in_its_latest_thread(tmp_path: Path) -> None:
    """A thread of two is a place of the team as well; what goes to the team goes where most can read."""
    readers = Readers(frozenset(map(AccountId, ("coach", "s1"))))
    thread = replace(SOCCER_PLACE, place=PlaceId("soccer/gloves"), at=NOON - HOUR / 2, readers=readers)
    office = Office(SOCCER_PLACE, thread, post(text="Stay after class."), answer(Choice.TEAM))

    await run(tmp_path, office)

    assert [each.place for each in office.shown()] == ["soccer"]


async def test_what_was_written_in_a_teams_place_goes_to_that_team(tmp_path: Path) -> None:
    """The coach leads another team that the student is on, too; its name comes first."""
    rowing = replace(SOCCER_PLACE, place=PlaceId("rowing"), team=ROWING)
    thread = replace(SOCCER_PLACE, place=PlaceId("soccer/gloves"), at=NOON - HOUR / 2, readers=ALONE)
    gloves = replace(post(text="Bring gloves."), place=thread.place, team=SOCCER, readers=ALONE)
    office = Office(SOCCER_PLACE, rowing, thread, gloves, answer(Choice.TEAM))

    await run(tmp_path, office, district=WITH_ROWING)

    assert [each.place for each in office.shown()] == ["soccer"]


async def test_which_of_two_teams_is_meant_is_not_guessed(tmp_path: Path) -> None:
    """The wrong one would read what was meant for one student; the coach can write to the right one."""
    rowing = replace(SOCCER_PLACE, place=PlaceId("rowing"), team=ROWING)
    office = Office(SOCCER_PLACE, rowing, post(text="Bring gloves."), answer(Choice.TEAM))

    await run(tmp_path, office, district=WITH_ROWING)

    assert office.shown() == []
    last = [each.action.notice for each in office.done if isinstance(each.action, Tell)][-1]
    assert last.saw == "You lead more than one team or club, so we cannot tell which one you mean."
    assert last.returned == "Bring gloves."


async def test_a_private_message_that_is_not_sent_is_no_case(tmp_path: Path) -> None:
    """Its writer is told. Only where nobody could be reached with a copy has a person something to mend."""
    office = Office(order(text="  "))

    await run(tmp_path, office)

    assert office.told() == ["There is nothing in it to send."]
    assert not any("case" in each for each in entries(tmp_path))


async def test_a_private_message_that_is_not_sent_opens_no_matter_and_changes_none(tmp_path: Path) -> None:
    """Not after a restart either, or what follows in its place would be copied that is taken away before one."""
    matter, empty, later = order(concerns=True, opens=False), order(text="  ", opens=False, id_="o2"), 15 * 24 * HOUR
    changing = replace(empty, post=replace(empty.post, sent_at=NOON + later))
    opening = replace(changing, post=replace(changing.post, id=PostId("o3"), place=PlaceId("other")))
    standing = Standing()

    await run(tmp_path, Office(matter, changing, opening), standing=standing)

    async with house(tmp_path) as opened:
        recalled = await opened.ledger.read(memory.standing)
    assert [at for _, at in standing.matters.values()] == [NOON]
    assert recalled.matters == standing.matters
    assert await faults(tmp_path) == []


async def test_where_nobody_could_be_copied_a_person_has_to_look(tmp_path: Path) -> None:
    """The district has to name somebody."""
    office = Office(order())

    await run(tmp_path, office, district=lists(()))

    assert office.told() == ["Nobody could get the copy of it, so it was not sent."]
    assert [("case" in each) for each in entries(tmp_path, "ordered")] == [True]


async def test_whom_a_matter_concerns_is_not_asked_about_it_either(tmp_path: Path) -> None:
    """An emergency in the same place, not answered: neither its copy nor the question reaches them."""
    urgent = order(OrderKind.EMERGENCY, text="Come to the office, now.", opens=False, id_="o2")
    later = replace(urgent, post=replace(urgent.post, sent_at=NOON + HOUR))
    office = Office(order(concerns=True, opens=False), later, Tick("replay", NOON + 48 * HOUR))

    await run(tmp_path, office)

    assert office.copied() == ["designee", "designee"]
    assert [each.action.to for each in office.done if isinstance(each.action, Alert)] == ["designee"]


async def test_the_same_answer_twice_sends_once(tmp_path: Path) -> None:
    """Platforms tell things twice."""
    office = Office(SOCCER_PLACE, post(), answer(Choice.TEAM), answer(Choice.TEAM))

    await run(tmp_path, office)

    assert len(office.shown()) == 1


async def test_what_concerns_somebody_copied_goes_to_another_office(tmp_path: Path) -> None:
    """Said before sending: neither principal nor athletic director hears of it."""
    office = Office(order(concerns=True))

    await run(tmp_path, office)

    assert office.copied() == ["designee"]
    assert len(office.shown()) == 1


@pytest.mark.parametrize("by", ["coach", "s1"])
async def test_said_afterwards_it_goes_to_another_office_from_then_on(tmp_path: Path, by: str) -> None:
    """The coach or the student can say so; what was sent is copied there too, and so is the student's answer."""
    reply = post("p2", "ok", by="s1", to=("coach",), room="private", at=NOON + 2 * HOUR)
    office = Office(order(opens=False), answer(Choice.CONCERNS_COPIED, about="o1", by=by), reply, pause=0.1)

    await run(tmp_path, office)

    assert sorted(office.copied()) == ["designee", "designee", "director", "principal"]
    assert await faults(tmp_path) == []


@pytest.mark.parametrize(
    ("heard", "saw", "disagree"),
    [
        ((order(opens=False), answer(Choice.CONCERNS_COPIED, about="o1", by="s1")), "We heard you.", "talk with an ad"),
        ((order(opens=False), answer(Choice.CONCERNS_COPIED, about="o1")), "We heard you.", "I think this is wrong"),
        ((answer(Choice.TEAM, about="never"),), "The message you answer about", "call the office."),
        ((replace(order(), post=replace(order().post, sent_at=NOT_A_DATE)),), "It was not sent", "call the office."),
    ],
    ids=["the student", "the coach", "forgotten", "our fault"],
)
async def test_nobody_is_told_to_answer_what_would_not_be_taken(
    tmp_path: Path, heard: tuple[Order | Answer, ...], saw: str, disagree: str
) -> None:
    """Only who wrote something can say that we are wrong about it, as long as it is kept."""
    await run(tmp_path, office := Office(*heard, pause=0.1))

    notices = [each.action.notice for each in office.done if isinstance(each.action, Tell)]
    (told,) = [each for each in notices if each.saw.startswith(saw)]
    assert disagree in told.disagree
    assert ("I think this is wrong" in told.disagree) == (disagree == "I think this is wrong")


async def test_whoever_says_so_second_is_heard_and_nothing_is_copied_twice(tmp_path: Path) -> None:
    """The coach and the student may both say it; the designee gets one copy of one message."""
    said = (answer(Choice.CONCERNS_COPIED, about="o1", by=by) for by in ("coach", "s1"))
    office = Office(order(opens=False), *said, pause=0.1)

    await run(tmp_path, office)

    assert sorted(office.copied()) == ["designee", "director", "principal"]
    assert rows(place(tmp_path).database, "SELECT number FROM copy") == [(1,), (2,)]
    assert [each.action.kind for each in office.done].count("relieve") == 1
    heard = "We heard you. From now on somebody else gets the copies."
    assert office.told().count(heard) == 2


async def test_what_was_said_with_the_order_is_copied_no_second_time(tmp_path: Path) -> None:
    """The student says what the coach has said already."""
    office = Office(order(opens=False, concerns=True), answer(Choice.CONCERNS_COPIED, about="o1", by="s1"), pause=0.1)

    await run(tmp_path, office)

    assert office.copied() == ["designee"]
    assert office.told().count("We heard you. From now on somebody else gets the copies.") == 1


@pytest.mark.parametrize("about", ["o1", "p2"])
async def test_what_was_copied_of_the_same_matter_goes_there_too_and_is_opened_by_nobody_else(
    tmp_path: Path, about: str
) -> None:
    """The student may have named whoever is copied in another message than the one that is answered."""
    asked = post("p2", "it was the director who said it", by="s1", to=("coach",), room="private", at=NOON + HOUR)
    other = post("p3", "thank you", by="s1", to=("coach",), room="private", at=NOON + 2 * HOUR)
    said = answer(Choice.CONCERNS_COPIED, about=about, by="s1", after=timedelta(hours=3))
    office = Office(order(opens=False), asked, other, said, said, pause=0.1)

    await run(tmp_path, office)

    assert office.copied().count("designee") == 3
    assert office.told().count("We heard you. From now on somebody else gets the copies.") == 1
    async with house(tmp_path) as open_:
        found = await open_.ledger.read(lambda connection, master: [*kept(connection, master)])
    told = {each.copy.to for copy in found for each in copy.receivers}
    assert {each for each in told for copy in found if copy.goes_to(each, DAY, roster().on(DAY).offices)} == {
        "designee"
    }
    assert await faults(tmp_path) == []


class SlowOffice(Office):
    """An office in which posting for somebody takes until somebody has answered about it, and further."""

    async def perform(self, deed: Deed) -> Receipt:
        if isinstance(deed.action, Show):
            await asyncio.sleep(PATIENCE + 0.5)
        return await super().perform(deed)


async def test_said_while_it_is_being_posted_it_is_posted_once_and_its_room_changes_hands_after(tmp_path: Path) -> None:
    """What has begun is not held any more; who is in the room goes out of it once there is one."""
    said = answer(Choice.CONCERNS_COPIED, about="o1", by="s1", after=timedelta(minutes=1))
    office = SlowOffice(order(), said, pause=0.1)

    await run(tmp_path, office)

    done = [each.action.kind for each in office.done]
    assert done.count("show") == 1
    assert done.index("show") < done.index("relieve")
    assert sorted(office.copied()) == ["designee", "director", "principal"]
    assert "Your private message was sent, and the office has its copy." in office.told()
    assert [each for each in outcomes(tmp_path) if each.endswith("moot")] == []
    assert await faults(tmp_path) == []


@pytest.mark.parametrize(
    ("offices", "saw"),
    [
        (TENURES, "We heard you. From now on somebody else gets the copies."),
        (TENURES[:2], "We heard you. We know nobody else who could get the copies."),
    ],
)
async def test_whoever_says_so_is_told_whether_somebody_else_is_copied(
    tmp_path: Path, offices: tuple[Tenure, ...], saw: str
) -> None:
    """Nobody is promised an office that the district does not have; then a person looks."""
    alone = tuple(replace(each, deputy=None) for each in offices)
    office = Office(order(opens=False), answer(Choice.CONCERNS_COPIED, about="o1", by="s1"), pause=0.1)

    await run(tmp_path, office, district=lists(alone))

    assert saw in office.told()
    assert ("case" in entries(tmp_path, "ordered")[-1]) == ("nobody else" in saw)


async def test_the_students_answer_is_copied_and_nobody_is_told_off(tmp_path: Path) -> None:
    """Replies belong to the matter."""
    reply = post("p2", "thank you", by="s1", to=("coach",), room="private", at=NOON + HOUR)
    office = Office(order(opens=False), reply)

    await run(tmp_path, office)

    assert sorted(office.copied()) == ["director", "director", "principal", "principal"]
    assert len([each for each in office.done if isinstance(each.action, Tell)]) == 1


async def test_a_picture_waits_until_it_is_known_who_is_in_it(tmp_path: Path) -> None:
    """Nobody in it: posted. A student without a yes in the register: not, and no name is told."""
    asked = order(OrderKind.PHOTO, to=("s1", "s2"), text="Team photo", opens=False)
    again = replace(asked, post=replace(asked.post, id=PostId("o2")))
    office = Office(
        asked, answer(Choice.PICTURED, about="o1"), again, answer(Choice.PICTURED, about="o2", pictured=("s1",))
    )

    await run(tmp_path, office)

    asks = [each.action for each in office.done if isinstance(each.action, Ask)]
    assert [each.notice.choices for each in asks] == [(Choice.PICTURED,)] * 2
    assert {each.notice.rule for each in asks} == {PhotoConsent.clause.in_full}
    assert len(office.shown()) == 1
    assert office.told() == ["This picture cannot be used."]


async def test_one_tap_deletes(tmp_path: Path) -> None:
    """The writer's own post, and nobody else's."""
    link = post("p1", "look https://bit.ly/abc", by="s1", to=("s2", "s3"))
    office = Office(link, answer(Choice.DELETE, by="s2"), answer(Choice.DELETE, by="s1", after=2 * HOUR))

    await run(tmp_path, office)

    assert [each.action.kind for each in office.done if isinstance(each.action, Remove)] == ["remove"]


async def test_an_answer_about_what_is_not_kept_is_plain(tmp_path: Path) -> None:
    """Forgotten, or never seen."""
    office = Office(answer(Choice.TEAM, about="never"))

    await run(tmp_path, office)

    assert office.told() == ["The message you answer about is not known here, or not kept any more."]
    (note,) = [each.action.notice for each in office.done if isinstance(each.action, Tell)]
    assert (note.next, note.returned) == ("Nothing was sent or changed.", "")


def look(change: str, *readers: str, at: timedelta = HOUR) -> SpaceSeen:
    """Look at the private place."""
    seen = Readers(frozenset(map(AccountId, readers)), frozenset(map(AccountId, readers)))
    return SpaceSeen("replay", PlaceId("private"), change, NOON + at, seen)


async def test_when_the_overseer_is_gone_the_place_is_closed_and_all_are_told(tmp_path: Path) -> None:
    """A private place stays private between two only as long as somebody from the office can read it."""
    office = Office(order(opens=False), look("1", "coach", "s1", "principal"), look("2", "coach", "s1", at=2 * HOUR))

    await run(tmp_path, office)

    assert [each.action.place for each in office.done if isinstance(each.action, Close)] == ["private"]
    told = [each.action.to for each in office.done if isinstance(each.action, Tell)]
    assert sorted(told) == ["coach", "coach", "s1"]
    now = {each.now for each in notes_of_closing(office)}
    assert now == {"This place is closed. The coach can send a new private message."}
    assert await faults(tmp_path) == []


def notes_of_closing(office: Office) -> list[Notice]:
    """Read what people were told when nobody from the office was left in a private place."""
    told = [each.action.notice for each in office.done if isinstance(each.action, Tell)]
    return [each for each in told if each.saw.startswith("Nobody from the office")]


async def test_nobody_is_told_that_a_place_is_closed_that_could_not_be(tmp_path: Path) -> None:
    """On Slack a group conversation cannot be: there coach and student would write on alone, and believe otherwise."""
    looks = look("1", "coach", "s1", "principal"), look("2", "coach", "s1", at=2 * HOUR)
    office = Office(order(opens=False), *looks, answers={"close": Receipt(Outcome.REFUSED)})

    await run(tmp_path, office)

    notes = notes_of_closing(office)
    assert len(notes) == 2
    for note in notes:
        assert note.now.startswith("We could not close this place. Please do not write here any more.")
        assert note.next.startswith("A person will look at it.")


CONCERNED = answer(Choice.CONCERNS_COPIED, about="o1", by="s1")
LATER = 2 * HOUR


@pytest.mark.parametrize(
    "happened",
    [
        (look("1", "coach", "s1", "principal"), CONCERNED, look("2", "coach", "s1", "designee", at=LATER)),
        (look("1", "coach", "s1", "principal"), look("2", "coach", "s1", "vice", at=LATER)),
        (look("2", "coach", "s1", "principal", at=LATER), look("1", "coach", "s1")),
    ],
    ids=["the designee", "a deputy", "a look told late"],
)
async def test_a_place_that_somebody_watches_over_is_not_closed(tmp_path: Path, happened: tuple[Heard, ...]) -> None:
    """Whoever gets the copies watches over it, whatever else the roster calls them; closing it is for good."""
    office = Office(order(opens=False), *happened)

    await run(tmp_path, office)

    assert [each for each in office.done if isinstance(each.action, Close)] == []
    assert "Nobody from the office can read this private place any more." not in office.told()


async def test_a_place_is_closed_when_a_deputy_who_watched_over_it_is_gone(tmp_path: Path) -> None:
    """Whom a look has found there watched over it, too."""
    office = Office(order(opens=False), look("1", "coach", "s1", "vice"), look("2", "coach", "s1", at=LATER))

    await run(tmp_path, office)

    assert [each.action.place for each in office.done if isinstance(each.action, Close)] == ["private"]


async def test_a_place_no_overseer_ever_read_is_not_closed_for_it(tmp_path: Path) -> None:
    """Where copies go by mail, the office never reads in place."""
    office = Office(order(opens=False), look("1", "coach", "s1"), look("2", "coach", "s1", at=2 * HOUR))

    await run(tmp_path, office)

    assert [each for each in office.done if isinstance(each.action, Close)] == []


async def test_when_nobody_is_left_to_copy_the_place_is_closed(tmp_path: Path) -> None:
    """The offices' terms end while the conversation goes on: what was just written waits for a person."""
    ending = tuple(replace(each, until=DAY, deputy=None) for each in TENURES)
    elsewhere = Tenure(MIDDLE, Held.SUPERINTENDENT_DESIGNEE, PersonId("office"))  # gets no copies, and decides
    reply = post("p2", "thank you", by="s1", to=("coach",), room="private", at=NOON + 24 * HOUR)
    office = Office(order(opens=False), reply)

    await run(tmp_path, office, district=lists((*ending, elsewhere)))

    assert [each.action.place for each in office.done if isinstance(each.action, Close)] == ["private"]
    told = [each.action for each in office.done if isinstance(each.action, Tell)]
    closing = [each for each in told if each.notice.saw.startswith("Nobody is left who could get the copies")]
    assert sorted(each.to for each in closing) == ["coach", "s1"]
    can_answer = [each.to for each in closing if "I think this is wrong" in each.notice.disagree]
    assert can_answer == ["s1"], "who wrote what closed it"
    assert {each.notice.next for each in closing} == {"A person will look at it. Nobody has decided anything yet."}
    assert len(entries(tmp_path, "judged")) == 1
    assert "case" in entries(tmp_path, "judged")[0]


async def test_a_word_of_whoever_gets_the_copies_closes_nothing_and_opens_no_case(tmp_path: Path) -> None:
    """The designee gets them, since it concerns the principal, and writes in the place: it goes on."""
    word = post("p2", "I will call home.", by="designee", to=("coach", "s1"), room="private", at=NOON + HOUR)
    office = Office(order(opens=False, concerns=True), word)

    await run(tmp_path, office)

    assert [each for each in office.done if isinstance(each.action, Close)] == []
    assert [each.action.to for each in office.done if isinstance(each.action, Copy)] == ["designee"]
    assert ["case" in each for each in entries(tmp_path, "judged")] == [False]
    assert await faults(tmp_path) == []


async def test_in_rehearsal_what_people_ask_for_is_done_all_the_same(tmp_path: Path) -> None:
    """They count on it; what would follow from a message by itself is only written down."""
    office = Office(order(), post("p2", to=("s2",)), answer(Choice.EMERGENCY, about="p2"))

    await run(tmp_path, office, door=Rehearsal(office))

    assert {each.action.kind for each in office.done} == {"copy", "show", "tell", "ask"}
    assert len(office.shown()) == 2
    assert sorted(each for each in outcomes(tmp_path) if each.endswith("rehearsed")) == [
        "remove rehearsed",
        "tell rehearsed",
    ]


async def test_said_before_a_note_was_accepted_it_reaches_nobody_whom_it_concerns(tmp_path: Path) -> None:
    """The notes that are still tried are stopped, and so is the alarm; another office gets it first."""
    said = answer(Choice.CONCERNS_COPIED, about="o1", by="s1", after=timedelta(minutes=1))
    office = Office(order(), said, Tick("replay", NOON + 3 * HOUR), pause=0.1)
    office.refuses = 2

    await run(tmp_path, office)

    assert office.copied() == ["director", "principal", "designee"]
    assert office.accepted == ["designee"]
    assert len(office.shown()) == 1
    assert (await audited(tmp_path)).open_cases == 0
    assert await faults(tmp_path) == []


async def test_a_refused_note_is_tried_again_and_its_message_is_sent_then(tmp_path: Path) -> None:
    """An address is mended, a platform lets us in again: nothing is given up."""
    refusing = Office(order(), answers={"copy": Receipt(Outcome.REFUSED)})
    mended = Office(Tick("replay", NOON + HOUR))

    await run(tmp_path, refusing)
    before = (await audited(tmp_path)).open_cases
    await run(tmp_path, mended, resumed=True)

    assert (refusing.shown(), before) == ([], 1)
    assert len(mended.shown()) == 1
    assert (await audited(tmp_path)).open_cases == 0


async def test_two_taps_send_once_and_say_so(tmp_path: Path) -> None:
    """Whatever the second one is."""
    twice = replace(answer(Choice.TEAM), id="another")
    office = Office(SOCCER_PLACE, post(), answer(Choice.TEAM), twice, answer(Choice.EMERGENCY))

    await run(tmp_path, office)

    assert len(office.shown()) == 1
    assert office.told()[-2:] == ["Your text was sent on before, so it is not sent again."] * 2


@pytest.mark.parametrize(
    ("choice", "saw"),
    [
        (Choice.CAPTAIN, "Your text was sent on before, so it is not sent again."),
        (Choice.TAKE_BACK, "Your text was sent on before, so it is not taken back."),
    ],
)
async def test_what_was_sent_on_is_not_said_to_be_unseen_or_taken_back(
    tmp_path: Path, choice: Choice, saw: str
) -> None:
    """The team has read it, whatever could have come of a second answer; no captain is on the roster."""
    office = Office(SOCCER_PLACE, post(), answer(Choice.TEAM), answer(choice))

    await run(tmp_path, office)

    last = [each.action.notice for each in office.done if isinstance(each.action, Tell)][-1]
    assert (last.saw, last.returned) == (saw, "")


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNKNOWN])
async def test_what_could_not_be_posted_may_be_sent_on_again_and_then_once(tmp_path: Path, outcome: Outcome) -> None:
    """It was given back, and the writer was told so: their next answer is followed."""
    privately, third = answer(Choice.PRIVATE, matter=MatterKind.MEDICAL), replace(answer(Choice.TEAM), id="x3")
    failing = Office(post(text="Bus at 4."), privately, pause=0.05, answers={"show": Receipt(outcome)})
    failing.finds = Receipt(Outcome.UNKNOWN)
    mended = Office(SOCCER_PLACE, answer(Choice.TEAM), third, pause=0.05)

    await run(tmp_path, failing)
    await run(tmp_path, mended)

    assert [(each.place, each.text) for each in mended.shown()] == [("soccer", "Bus at 4.")]
    assert mended.told() == ["Your text was sent on before, so it is not sent again."]
    assert await faults(tmp_path) == []


async def test_a_report_about_what_was_sent_on_always_shows_its_words(tmp_path: Path) -> None:
    """The key of what is sent once says nothing of when it was, so it may sort before every judgement of that time."""
    names = [f"p{each}" for each in range(20)]
    office = Office(SOCCER_PLACE, *map(post, names), *(answer(Choice.TEAM, about=each) for each in names))
    await run(tmp_path, office)
    sent_on = [each.post for each in office.done if isinstance(each.action, Show)]

    await run(tmp_path, Office(*(report(each, post=each, at=120) for each in sent_on)))

    async with house(tmp_path) as opened:
        reported = [each.about for each in await docket_of(opened).waiting() if each.why == "reported"]
    assert len(sent_on) == len(reported) == len(names)
    assert {each.words for each in reported} == {("Stay after class.",)}


@pytest.mark.parametrize(("reason", "concerns"), [(5, 10), (10, 5), (None, 5)])
async def test_a_reason_ends_the_wait_for_it_whoever_gets_the_copies(
    tmp_path: Path, reason: int | None, concerns: int
) -> None:
    """Given before or after it was said that it concerns somebody copied; without one, another office is asked."""
    minute = timedelta(minutes=1)
    answers = {concerns: answer(Choice.CONCERNS_COPIED, about="o1", by="s1", after=concerns * minute)}
    if reason is not None:
        answers[reason] = replace(answer(Choice.REASON, about="o1", after=reason * minute), text="A fire alarm.")
    said = [answers[each] for each in sorted(answers)]
    office = Office(order(OrderKind.EMERGENCY, text="Get out."), *said, Tick("replay", NOON + 48 * HOUR), pause=0.05)

    await run(tmp_path, office)

    alerted = [each.action.to for each in office.done if isinstance(each.action, Alert)]
    assert sorted(office.copied()) == ["designee", "director", "principal"]
    assert alerted == (["designee"] if reason is None else [])
    assert await faults(tmp_path) == []


@pytest.mark.parametrize(("by", "given"), [("coach", False), ("coach", True), ("s1", False)])
async def test_who_owes_a_reason_is_not_told_that_nothing_is_left_to_do(
    tmp_path: Path, by: str, *, given: bool
) -> None:
    """A coach can say of an emergency whom it concerns; what it was is asked for all the same, and of nobody else."""
    reason = replace(answer(Choice.REASON, about="o1", after=HOUR / 2), text="A fire alarm.")
    said = answer(Choice.CONCERNS_COPIED, about="o1", by=by)
    answers = [reason, said] if given else [said]
    office = Office(order(OrderKind.EMERGENCY, text="Get out."), *answers, pause=0.05)

    await run(tmp_path, office)

    (asked,) = [each.action for each in office.done if isinstance(each.action, Ask)]
    (told,) = [each.action for each in office.done if isinstance(each.action, Tell)]
    assert asked.notice.choices == (Choice.REASON, Choice.CONCERNS_COPIED)
    assert (STILL_SAY_WHY.english in told.notice.now) == (by == "coach" and not given)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 100_000])
async def test_a_reason_that_is_none_settles_nothing(tmp_path: Path, reason: str) -> None:
    """Empty, or longer than anybody would read: the coach is told, and the office is still asked."""
    given = replace(answer(Choice.REASON, about="o1"), text=reason)
    office = Office(order(OrderKind.EMERGENCY, text="Lightning."), given, Tick("replay", OVERDUE))

    await run(tmp_path, office)

    assert office.told() == ["We could not take down what the emergency was."]
    assert [each.action.kind for each in office.done].count("alert") == 1


async def test_an_emergency_that_concerns_who_would_be_copied_goes_to_somebody_else(tmp_path: Path) -> None:
    """Copy, and the question when nobody answers."""
    office = Office(order(OrderKind.EMERGENCY, text="Get out.", concerns=True), Tick("replay", OVERDUE))

    await run(tmp_path, office)

    assert office.copied() == ["designee"]
    assert [each.action.to for each in office.done if isinstance(each.action, Alert)] == ["designee"]


@pytest.mark.parametrize("restarts", [False, True])
async def test_what_follows_an_emergency_goes_to_somebody_else_too(tmp_path: Path, *, restarts: bool) -> None:
    """The student said in that place that it concerns somebody copied: no later copy reaches them, for two weeks."""
    said = answer(Choice.CONCERNS_COPIED, about="o1", by="s1", after=HOUR)
    soon, late = (
        replace(post(id_, room="private", to=("s1",), emergency=True), sent_at=NOON + after)
        for id_, after in (("p2", 2 * HOUR), ("p3", 15 * 24 * HOUR))
    )
    first, standing = Office(order(OrderKind.EMERGENCY, text="Get out."), said), Standing()
    await run(tmp_path, first, standing=standing)
    async with house(tmp_path) as opened:
        recalled = await opened.ledger.read(memory.standing)
    then = Office(soon, late)

    await run(tmp_path, then, standing=recalled if restarts else standing)

    assert sorted(first.copied()) == ["designee", "director", "principal"]
    assert sorted(then.copied()) == ["designee", "director", "principal"]
    assert [each.post for each in then.done if isinstance(each.action, Copy) and each.action.to == "designee"] == ["p2"]
    assert recalled.concerned == standing.concerned


@pytest.mark.parametrize("declared", [HOUR / 2, 2 * HOUR])
async def test_what_was_said_of_an_emergency_holds_for_a_private_matter_in_its_place(
    tmp_path: Path, declared: timedelta
) -> None:
    """Whether that began before it was said or after: whom it concerns gets no copy from then on."""
    emergency, private = order(OrderKind.EMERGENCY, text="Get out.", opens=False), order(opens=False, id_="o2")
    private = replace(private, post=replace(private.post, sent_at=NOON + declared))
    said = answer(Choice.CONCERNS_COPIED, about="o1", by="s1", after=HOUR)
    word = post("p2", "See you there.", to=("s1",), room="private", at=NOON + 3 * HOUR)
    later = Office(word)

    await run(tmp_path, Office(emergency, *((private, said) if declared < HOUR else (said, private)), pause=0.05))
    async with house(tmp_path) as opened:
        recalled = await opened.ledger.read(memory.standing)
    await run(tmp_path, later, standing=recalled)

    assert later.copied() == ["designee"]


async def test_an_emergency_says_no_more_than_is_copied(tmp_path: Path) -> None:
    """What follows there is judged by its own words; only in a private matter all of it is copied."""
    said = answer(Choice.CONCERNS_COPIED, about="o1", by="s1", after=HOUR)
    office = Office(order(OrderKind.EMERGENCY, text="Get out."), said)

    await run(tmp_path, office)

    (shown,), (told,) = office.shown(), [each.action for each in office.done if isinstance(each.action, Tell)]
    assert shown.told.endswith("get a copy of this message.")
    assert told.notice.now == "You do not need to do anything."


@pytest.mark.parametrize("also", ["nobody-knows", "coach-b", "parent"])
async def test_a_private_message_is_for_the_student_alone(tmp_path: Path, also: str) -> None:
    """Not for somebody unknown, another coach or a parent who could read along."""
    office = Office(order(to=("s1", also)))

    await run(tmp_path, office)

    assert office.shown() == []
    assert office.told() == ["A private message goes to one student, and this one does not."]


async def test_whoever_is_paused_sends_nothing_through_us(tmp_path: Path) -> None:
    """A pause would be none if the bot went round it, least of all to one student."""
    standing = Standing(suspended={("replay", AccountId("coach"))})
    office = Office(order(), order(OrderKind.EMERGENCY, id_="o2", text="Help."))

    await run(tmp_path, office, standing=standing)

    assert office.shown() == []
    assert office.told() == ["You cannot send this way now. A person has paused your account."] * 2


@pytest.mark.parametrize("by", ["coach", "designee"])
async def test_an_office_reads_at_once_what_a_pause_keeps_from_a_student_in_need(tmp_path: Path, by: str) -> None:
    """Nobody goes round a pause, and what the student needs to hear must not stay with who cannot send it."""
    standing = Standing(suspended={("replay", AccountId(by))})
    office = Office(order(OrderKind.EMERGENCY, by=by, text="Your mother fell."))

    await run(tmp_path, office, standing=standing)

    async with house(tmp_path) as opened:
        (case,) = await docket_of(opened).waiting()
    (told,) = [each.action.notice for each in office.done if isinstance(each.action, Tell)]
    alerts = [each.action for each in office.done if isinstance(each.action, Alert)]
    assert (office.shown(), office.copied()) == ([], [])
    assert (told.now, told.returned) == (CALL_NOW.english, "Your mother fell.")
    assert [each.to for each in alerts] == (["principal"] if by == "coach" else [])
    assert (AN_OFFICE_READS.english in told.next) == bool(alerts)
    assert (case.about.words, case.about.unseen) == (("Your mother fell.",), True)
    assert await faults(tmp_path) == []


async def test_a_pause_holds_up_no_emergency_for_a_whole_team(tmp_path: Path) -> None:
    """It may be a fire. It is copied, and what it was is asked for, as of everybody."""
    standing = Standing(suspended={("replay", AccountId("coach"))})
    office = Office(order(OrderKind.EMERGENCY, to=("s1", "s2"), text="Fire in the gym, get out.", opens=False))

    await run(tmp_path, office, standing=standing)

    assert [each.text for each in office.shown()] == ["Fire in the gym, get out."]
    assert sorted(office.copied()) == ["director", "principal"]
    assert [each.action.kind for each in office.done].count("ask") == 1


@pytest.mark.parametrize(
    ("given", "answers"),
    [
        (order(OrderKind.EMERGENCY, text="Fire."), {"show": Receipt(Outcome.REFUSED)}),
        (replace(order(OrderKind.EMERGENCY), post=replace(order().post, sent_at=NOT_A_DATE)), {}),
    ],
)
async def test_whose_emergency_failed_is_not_advised_to_send_it_as_one(
    tmp_path: Path, given: Order, answers: dict[str, Receipt | Exception]
) -> None:
    """Nobody has seen it: they are to call."""
    await run(tmp_path, office := Office(given, answers=answers))

    (told,) = [each.action.notice for each in office.done if isinstance(each.action, Tell)]
    assert told.now == "Call the office now, or tell people in another way."


async def test_who_coaches_no_longer_is_not_sent_to_the_teams_place(tmp_path: Path) -> None:
    """They may not write there either."""
    await run(tmp_path, office := Office(order(by="teacher")))

    (told,) = [each.action.notice for each in office.done if isinstance(each.action, Tell)]
    assert told.saw == "Only coaches and advisors can send this way."
    assert told.now == "Ask the office. It knows who can write there."


async def test_a_silence_about_an_emergency_climbs_from_office_to_office(tmp_path: Path) -> None:
    """A school day each: the athletic director, the principal, the superintendent's designee."""
    ticks = [Tick("replay", NOON + number * 24 * HOUR) for number in range(1, 5)]
    office = Office(order(OrderKind.EMERGENCY, text="Lightning."), *ticks, pause=0.05)

    await run(tmp_path, office)

    asked = [each.action.to for each in office.done if isinstance(each.action, Alert)]
    assert asked == ["director", "principal", "designee"]


async def test_an_order_we_fail_over_is_given_back(tmp_path: Path) -> None:
    """The coach does not believe that it was sent, and a person looks at our fault."""
    impossible = order()
    office = Office(replace(impossible, post=replace(impossible.post, sent_at=NOT_A_DATE)))

    await run(tmp_path, office)

    assert office.told() == ["It was not sent, because of a fault of ours. A person will look at it."]
    assert len(entries(tmp_path, "stumbled")) == 1
    assert (await audited(tmp_path)).open_cases == 1


async def test_of_what_is_not_sent_no_note_says_that_it_went_anywhere(tmp_path: Path) -> None:
    """The same reason stands under what was posted and taken away, and under what nobody has seen."""
    await run(tmp_path, office := Office(order(OrderKind.TEAM, opens=False)))

    (told,) = office.told()
    assert told.startswith("It was not sent, because it may not fit. Fewer students could read this")


async def test_who_gets_copies_is_said_in_a_whole_sentence(tmp_path: Path) -> None:
    """A student reads it first of all, and a coach in the form, before anything is sent."""
    named = lists()
    people = tuple(replace(each, given_name=each.id.title(), family_name="Brooks") for each in named.people)
    named = replace(named, people=people)

    await run(tmp_path, office := Office(order()), district=named)
    async with house(tmp_path) as opened:
        copied = moderator_of(opened, district=named).copied(order())

    (shown,) = office.shown()
    assert shown.told.startswith("The athletic director (Director Brooks) and the principal (Principal Brooks) get")
    assert ", ".join(copied) == "the athletic director (Director Brooks), the principal (Principal Brooks)"
