"""Answers to notices, from what somebody says to what everybody gets, on a real database."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.actions import Alert, Ask, Copy, Deed, Remove, Show, Tell
from bot.answers import NO_SOURCE, STILL_SAY_WHY
from bot.lists import Belonging
from bot.message import MatterKind, PlaceId, PostId, Where, Words
from bot.moderator import PATIENCE
from bot.people import AccountId, Part, PersonId, TeamId, Tenure
from bot.platform import Answer, Order, OrderKind, Outcome, Readers, Receipt, Tick
from bot.rule import Choice
from bot.standing import Standing
from bot.store import memory
from bot.store.copies import kept
from bot.texts import ENGLISH
from rules.employee_08_photo_consent import PhotoConsent
from rules.student_03_copyright import MAY_BE_SOMEBODYS, Copyright
from tests.cases import docket_of, report
from tests.district import DAY, HIGH, NOON, SOCCER, TENURES, lists, roster
from tests.office import HOUR, OVERDUE, SOCCER_PLACE, Office, answer, order
from tests.store.house import audited, faults, house, place, post, rows
from tests.test_moderator import NOT_A_DATE, entries, outcomes, run

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


async def test_the_same_answer_twice_sends_once(tmp_path: Path) -> None:
    """Platforms tell things twice."""
    office = Office(SOCCER_PLACE, post(), answer(Choice.TEAM), answer(Choice.TEAM))

    await run(tmp_path, office)

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
