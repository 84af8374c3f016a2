"""Orders, from what somebody asks for to what everybody gets, on a real database."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.rehearsal import Rehearsal
from bot.actions import Alert, Ask, Close, Copy, Show, Tell
from bot.compose import AN_OFFICE_READS, CALL_NOW, EMPLOYEE_4, compose
from bot.console import read_notices
from bot.judge import Verdict
from bot.message import PlaceId, PostId
from bot.notice import Notice
from bot.people import AccountId, PersonId, Tenure
from bot.people import Office as Held
from bot.platform import Heard, Order, OrderKind, Outcome, Readers, Receipt, SpaceSeen, Tick
from bot.rule import Choice, Finding, Measure
from bot.standing import Standing
from bot.store import memory
from bot.texts import N_
from bot.wiring import look as look_at
from bot.wiring import take_up
from rules.employee_04_group_messages import GroupMessages
from rules.employee_06_private_numbers import PrivateNumbers
from tests.cases import docket_of
from tests.district import DAY, MIDDLE, NOON, ROBOTICS, SOCCER, TENURES, lists, roster
from tests.office import HOUR, OVERDUE, Office, PowerCutError, answer, order
from tests.store.house import audited, faults, house, place, post
from tests.test_moderator import NOT_A_DATE, entries, moderator_of, outcomes, run


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


async def test_what_concerns_somebody_copied_goes_to_another_office(tmp_path: Path) -> None:
    """Said before sending: neither principal nor athletic director hears of it."""
    office = Office(order(concerns=True))

    await run(tmp_path, office)

    assert office.copied() == ["designee"]
    assert len(office.shown()) == 1


async def test_the_students_answer_is_copied_and_nobody_is_told_off(tmp_path: Path) -> None:
    """Replies belong to the matter."""
    reply = post("p2", "thank you", by="s1", to=("coach",), room="private", at=NOON + HOUR)
    office = Office(order(opens=False), reply)

    await run(tmp_path, office)

    assert sorted(office.copied()) == ["director", "director", "principal", "principal"]
    assert len([each for each in office.done if isinstance(each.action, Tell)]) == 1


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


async def test_an_emergency_that_concerns_who_would_be_copied_goes_to_somebody_else(tmp_path: Path) -> None:
    """Copy, and the question when nobody answers."""
    office = Office(order(OrderKind.EMERGENCY, text="Get out.", concerns=True), Tick("replay", OVERDUE))

    await run(tmp_path, office)

    assert office.copied() == ["designee"]
    assert [each.action.to for each in office.done if isinstance(each.action, Alert)] == ["designee"]


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
