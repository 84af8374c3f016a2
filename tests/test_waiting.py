"""Deeds that wait: for a moment, or until a copy was accepted."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection

from adapters.rehearsal import Rehearsal
from bot.actions import Action, Actions, Alert, Copy, Deed, DeedId, Remove, Tell, Waiting
from bot.agenda import Agenda
from bot.desk_notices import FINE, MAYBE_NOT_BACK
from bot.house import House
from bot.judge import judge
from bot.medium import Medium
from bot.message import Attached, PlaceId, PostId
from bot.moderator import Moderator
from bot.notice import ASK_WHAT_IT_WAS, IT_IS_GONE, IT_STAYS, IT_WAS_TAKEN_AWAY, LOOK_WITH_THEM, Notice
from bot.people import AccountId, PersonId
from bot.people import Office as Seat
from bot.performer import LATER, OFTEN, SOON
from bot.plan import plan
from bot.platform import Answer, Deletion, Heard, Outcome, Platform, Receipt, Ruling, Tick
from bot.readings.labels import Label
from bot.readings.signs import Sign
from bot.rule import Choice
from bot.standing import Standing
from bot.store import copies, memory, past
from bot.store.database import read_database
from bot.store.draft import Draft
from bot.store.notes import kept_notes
from bot.store.record import Recorder
from bot.store.vault import MasterKey
from bot.summary import summarise
from bot.texts import Text
from tests.cases import after, decision, happen, report, tick
from tests.district import DAY, NOON, reader, roster
from tests.office import Office, order
from tests.office import answer as answering
from tests.store.house import faults, house, place, post, rows
from tests.test_moderator import RULES, Stage, entries, outcomes, run

MINUTE = timedelta(minutes=1)
NOTICE = Notice("saw", "rule", "now", "next", "disagree")
COPY = Copy("c", PersonId("principal"), Seat.PRINCIPAL)
OTHER_COPY = Copy("c", PersonId("director"), Seat.ATHLETIC_DIRECTOR)
ALERT = Alert("c", PersonId("director"), Seat.ATHLETIC_DIRECTOR, NOTICE)
TELL = Tell("c", PersonId("coach"), AccountId("coach"), NOTICE)


@dataclass
class Desk(Stage):
    """A stage whose clock the test moves, and whose copies are refused as often as it says."""

    refusals: int = 0
    now: list[timedelta] = field(default_factory=lambda: [timedelta()])

    async def perform(self, deed: Deed) -> Receipt:
        self.performed.append(deed.action.kind)
        if deed.action.kind == "copy" and self.refusals > 0:
            self.refusals -= 1
            return Receipt(Outcome.NOT_DONE)
        return Receipt(Outcome.DONE)


def moderator_at(opened: House, desk: Desk) -> Moderator:
    """Build a moderator that reads the test's clock."""
    recorder = Recorder(opened.database.master)
    return Moderator(roster(), reader(), RULES, [], Standing(), opened.ledger, recorder, lambda: NOON + desk.now[0])


def planned(opened: House, actions: Actions) -> Draft:
    """Plan by hand what follows from one message."""
    return Recorder(opened.database.master).judged(judge(roster().recognise(post()), RULES), actions)


async def begin(opened: House, moderator: Moderator, desk: Platform, actions: Actions) -> tuple[Deed, ...]:
    """Write deeds down and do what need not wait."""
    written = await opened.ledger.write(planned(opened, actions))
    assert written is not None
    ready = [deed for deed in written.deeds if not moderator.performer.lay_aside(deed, desk)]
    for deed in ready:
        await moderator.performer.carry_out(deed, desk)
    return written.deeds


async def pass_time(moderator: Moderator, desk: Desk, until: timedelta, heard: Sequence[Heard] = ()) -> None:
    """Let time pass, and what became due be done."""
    desk.now[0] = until
    for deed in await moderator.moderate([*heard, Tick("replay", NOON + until)], desk):
        await moderator.performer.carry_out(deed, desk)


def test_the_agenda_gives_what_is_due_first() -> None:
    """Two that are due at once come in the order they were put."""
    agenda = Agenda()
    early, late, also_late = (Deed(DeedId(name), "replay", ALERT) for name in "abc")
    agenda.put(NOON + MINUTE, late)
    agenda.put(NOON + MINUTE, also_late)
    agenda.put(NOON, early)

    assert not agenda.due(NOON - MINUTE)
    assert [agenda.take() for _ in range(3)] == [early, late, also_late]
    assert not agenda.due(NOON + MINUTE)


async def test_what_waits_for_a_moment_is_done_at_that_moment(tmp_path: Path) -> None:
    """Not before, and once."""
    desk = Desk()
    async with house(tmp_path) as opened:
        moderator = moderator_at(opened, desk)
        await begin(opened, moderator, desk, (Waiting(ALERT, NOON + 10 * MINUTE),))
        await pass_time(moderator, desk, 9 * MINUTE)
        before = list(desk.performed)
        await pass_time(moderator, desk, 10 * MINUTE)
        await pass_time(moderator, desk, 11 * MINUTE)

    assert before == []
    assert desk.performed == ["alert"]
    assert outcomes(tmp_path) == ["alert done"]
    assert await faults(tmp_path) == []


@pytest.mark.parametrize("restarted", [False, True])
async def test_what_is_settled_before_its_moment_is_never_done(tmp_path: Path, restarted: bool) -> None:
    """An answer came: nobody is asked any more, also after a restart."""
    desk = Desk()
    async with house(tmp_path) as opened:
        moderator = moderator_at(opened, desk)
        (deed,) = await begin(opened, moderator, desk, (Waiting(ALERT, NOON + 10 * MINUTE),))
        about = planned(opened, (ALERT,)).deeds[0].about
        await opened.ledger.write(Draft("answered", NOON, {"about": about.hex()}, settles=about))
        if not restarted:
            await pass_time(moderator, desk, 20 * MINUTE)
    if restarted:
        async with house(tmp_path) as opened:
            await resume(opened, desk, 20 * MINUTE)

    assert deed.until is not None
    assert desk.performed == []
    assert outcomes(tmp_path) == ["alert moot"]
    assert await faults(tmp_path) == []


async def resume(opened: House, desk: Desk, until: timedelta) -> None:
    """Start anew, as the wiring does, and let time pass."""
    moderator = moderator_at(opened, desk)
    async with opened.database.reading().connect() as connection:
        left = await connection.run_sync(lambda sync: list(memory.deeds(sync, opened.database.master)))
        copied = await connection.run_sync(memory.copied)
    await moderator.performer.take_up([(deed, state) for deed, state, _ in left], copied, desk)
    await pass_time(moderator, desk, until)


async def test_a_moment_survives_a_restart(tmp_path: Path) -> None:
    """What was due while the house was shut is done when it opens."""
    desk = Desk()
    async with house(tmp_path) as opened:
        await begin(opened, moderator_at(opened, desk), desk, (Waiting(ALERT, NOON + 10 * MINUTE),))
    async with house(tmp_path) as opened:
        await resume(opened, desk, 10 * MINUTE)

    assert desk.performed == ["alert"]


@pytest.mark.parametrize("safety", [False, True])
@pytest.mark.parametrize("begun", [False, True])
async def test_what_was_rehearsed_is_not_done_once_it_is_live(tmp_path: Path, *, safety: bool, begun: bool) -> None:
    """Nobody was told of it, so nobody can have failed to answer. Whoever may be in danger never rehearsed."""
    desk, alert = Desk(), replace(ALERT, safety=safety)
    async with house(tmp_path) as opened:
        moderator = moderator_at(opened, desk)
        written = await begin(opened, moderator, Rehearsal(desk), (TELL, Waiting(alert, NOON + 10 * MINUTE)))
        if begun:
            await opened.ledger.write(Recorder(opened.database.master).begun(written[1], NOON + 10 * MINUTE))
    async with house(tmp_path) as opened:
        await resume(opened, desk, 10 * MINUTE)

    assert desk.performed == (["alert"] if safety else [])
    assert outcomes(tmp_path) == [f"alert {'done' if safety else 'rehearsed'}", "tell rehearsed"]
    assert await faults(tmp_path) == []


async def test_what_is_held_is_done_after_the_first_accepted_copy(tmp_path: Path) -> None:
    """In the order it was planned; the second copy lets nothing go twice."""
    desk = Desk()
    held: list[Action] = [TELL]
    async with house(tmp_path) as opened:
        moderator = moderator_at(opened, desk)
        await begin(opened, moderator, desk, (COPY, *(Waiting(each) for each in held), OTHER_COPY))

    assert desk.performed == ["copy", "tell", "copy"]
    assert await faults(tmp_path) == []


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_copy_that_is_not_accepted_is_tried_again_and_holds_the_rest(tmp_path: Path, restarted: bool) -> None:
    """Every five minutes by the platform's clock; what is held stays held, and the copy stays open."""
    desk = Desk(refusals=2)
    async with house(tmp_path) as opened:
        moderator = moderator_at(opened, desk)
        await begin(opened, moderator, desk, (COPY, Waiting(TELL)))
        first = list(desk.performed)
        if not restarted:
            await pass_time(moderator, desk, SOON - MINUTE)
            too_soon = list(desk.performed)
            await pass_time(moderator, desk, SOON)
            await pass_time(moderator, desk, 2 * SOON)
    if restarted:
        too_soon = list(desk.performed)
        async with house(tmp_path) as opened:
            await resume(opened, desk, 2 * SOON)
            await pass_time(moderator_at(opened, desk), desk, 2 * SOON)
        desk.refusals = 0
        async with house(tmp_path) as opened:
            await resume(opened, desk, 2 * SOON)

    assert first == too_soon == ["copy"]
    assert desk.performed == ["copy", "copy", "copy", "tell"]
    assert outcomes(tmp_path) == ["copy done", "tell done"]
    assert await faults(tmp_path) == []


async def test_a_copy_is_tried_less_often_when_it_fails_long(tmp_path: Path) -> None:
    """A mail server may be away for a night; nobody gives up."""
    desk = Desk(refusals=OFTEN + 1)
    async with house(tmp_path) as opened:
        moderator = moderator_at(opened, desk)
        await begin(opened, moderator, desk, (COPY,))
        for number in range(1, OFTEN):
            await pass_time(moderator, desk, number * SOON)
        often = len(desk.performed)
        await pass_time(moderator, desk, OFTEN * SOON)
        await pass_time(moderator, desk, (OFTEN - 1) * SOON + LATER)
        await pass_time(moderator, desk, (OFTEN - 1) * SOON + 2 * LATER)

    assert often == OFTEN
    assert len(desk.performed) == OFTEN + 2
    assert outcomes(tmp_path) == ["copy done"]


async def test_a_kill_between_an_accepted_copy_and_what_it_lets_go_loses_nothing(tmp_path: Path) -> None:
    """The ledger knows that the copy was accepted; the next start goes on from there."""
    desk = Desk()
    async with house(tmp_path) as opened:
        recorder = Recorder(opened.database.master)
        written = await opened.ledger.write(planned(opened, (COPY, Waiting(TELL))))
        assert written is not None
        copy = written.deeds[0]
        await opened.ledger.write(recorder.begun(copy, NOON))
        await opened.ledger.write(recorder.closed(copy, Receipt(Outcome.DONE), NOON))
    async with house(tmp_path) as opened:
        await resume(opened, desk, timedelta())

    assert desk.performed == ["tell"]
    assert rows(place(tmp_path).database, "SELECT DISTINCT state FROM deed") == [("closed",)]


async def test_where_nothing_can_be_taken_away_its_author_is_asked_to_and_has_four_hours(tmp_path: Path) -> None:
    """On Slack, without an administrator's token: nobody is told that it is gone; an office is asked if it stays."""
    stays = replace(post(), removable=False)
    async with house(tmp_path) as opened:
        desk = Desk([])
        moderator = moderator_at(opened, desk)
        told = await moderator.moderate([stays], desk)
        await moderator.moderate([Tick("replay", NOON + timedelta(hours=3, minutes=59))], desk)
        early = [*outcomes(tmp_path)]
        due = await moderator.moderate([Tick("replay", NOON + timedelta(hours=4))], desk)

    (tell,) = [each.action for each in told]
    assert isinstance(tell, Tell)
    assert Choice.DELETE in tell.notice.choices
    assert "we cannot take it away" in tell.notice.now
    assert tell.notice.returned == ""
    assert early == []
    assert [each.action.kind for each in due] == ["alert"]


async def test_what_its_author_has_us_delete_takes_its_files_along(tmp_path: Path) -> None:
    """So that they can be kept as evidence before it goes."""
    plan_of = Attached("f1", 11, Medium.OTHER, "plan.pdf")
    stays = replace(post(), removable=False, attached=(plan_of,))
    async with house(tmp_path) as opened:
        desk = Desk([])
        moderator = moderator_at(opened, desk)
        await moderator.moderate([stays], desk)
        pressed = Answer("replay", "a1", stays.author, NOON + MINUTE, stays.id, Choice.DELETE)
        due = await moderator.moderate([pressed], desk)

    (removal,) = [each.action for each in due if isinstance(each.action, Remove)]
    assert removal.attached == (plan_of,)


@pytest.mark.parametrize("as_asked", [True, False])
async def test_a_deletion_ends_what_an_author_was_asked_and_is_not_written_as_their_answer(
    tmp_path: Path, *, as_asked: bool
) -> None:
    """Who deleted it, the platform may not say. Where we or others are known to delete, it ends nothing."""
    async with house(tmp_path) as opened:
        desk = Desk([])
        moderator = moderator_at(opened, desk)
        await moderator.moderate([replace(post(), removable=False)], desk)
        gone = Deletion("replay", post().place, post().id, NOON + MINUTE, as_asked)
        await moderator.moderate([gone], desk)
        due = await moderator.moderate([Tick("replay", NOON + timedelta(hours=5))], desk)

    ends = [each["reason"] for each in entries(tmp_path, "closed") if each["outcome"] == "moot"]
    assert [each.action.kind for each in due] == ([] if as_asked else ["alert"])
    assert ends == (["deleted"] if as_asked else [])


async def test_of_what_is_gone_an_office_hears_that_it_is_gone(tmp_path: Path) -> None:
    """Somebody deleted it, and nobody knows who: it does not stay as it is, and cannot be looked at together."""
    office = Office()
    async with house(tmp_path) as opened:
        moderator = moderator_at(opened, Desk())
        gone = Deletion("replay", post().place, post().id, NOON + MINUTE)
        for heard in (replace(post(), removable=False), gone, Tick("replay", NOON + timedelta(hours=5))):
            for deed in await moderator.moderate([heard], office):
                await moderator.performer.carry_out(deed, office)

    (alert,) = [each.action.notice for each in office.done if isinstance(each.action, Alert)]
    assert alert.now == ASK_WHAT_IT_WAS.english
    assert alert.next == IT_IS_GONE.english
    assert await faults(tmp_path) == []


async def test_nobody_is_asked_to_delete_what_is_gone(tmp_path: Path) -> None:
    """Where we can take nothing away, the note that waited would say that it is still there."""
    office = Office()
    stays = replace(post(), removable=False)
    async with house(tmp_path) as opened:
        moderator = moderator_at(opened, Desk())
        recorder = Recorder(opened.database.master)
        verdict = judge(roster().recognise(stays), RULES)
        written = await opened.ledger.write(recorder.judged(verdict, (Waiting(TELL, NOON + 4 * 60 * MINUTE),)))
        assert written is not None
        assert all(moderator.performer.lay_aside(deed, office) for deed in written.deeds)
        gone = Deletion("replay", stays.place, stays.id, NOON + MINUTE)
        for heard in (gone, Tick("replay", NOON + timedelta(hours=5))):
            for deed in await moderator.moderate([heard], office):
                await moderator.performer.carry_out(deed, office)

    assert office.done == []
    assert outcomes(tmp_path) == ["tell moot"]


async def test_whose_removal_had_begun_before_a_crash_gets_the_text(tmp_path: Path) -> None:
    """The deletion that is told after it may be our own: the note is owed."""
    desk, at = Desk(), NOON + 4 * 60 * MINUTE
    remove = Remove("c", post().place, post().id)
    async with house(tmp_path) as opened:
        recorder = Recorder(opened.database.master)
        written = await opened.ledger.write(planned(opened, (Waiting(remove, at), Waiting(TELL, at))))
        assert written is not None
        await opened.ledger.write(recorder.begun(written.deeds[0], at))
        await opened.ledger.write(recorder.deleted(Deletion("replay", post().place, post().id, at)))
    async with house(tmp_path) as opened:
        await resume(opened, desk, timedelta(hours=5))

    assert "tell" in desk.performed
    assert await faults(tmp_path) == []


@pytest.mark.parametrize(("tries", "told"), [(1, []), (2, ["tell"])])
async def test_after_a_crash_nobody_is_told_that_we_took_away_what_was_gone(
    tmp_path: Path, tries: int, told: list[str]
) -> None:
    """The ledger knows that nothing was there. At a second try it may be the first that took it: the text is owed."""
    desk, at = Desk(), NOON + 4 * 60 * MINUTE
    remove = Remove("c", post().place, post().id)
    async with house(tmp_path) as opened:
        recorder = Recorder(opened.database.master)
        written = await opened.ledger.write(planned(opened, (Waiting(remove, at), Waiting(TELL, at))))
        assert written is not None
        await opened.ledger.write_all([recorder.begun(written.deeds[0], at) for _ in range(tries)])
        await opened.ledger.write(recorder.closed(written.deeds[0], Receipt(Outcome.MOOT, "not found"), at))
    async with house(tmp_path) as opened:
        await resume(opened, desk, timedelta(hours=5))

    assert desk.performed == told
    assert await faults(tmp_path) == []


async def test_after_a_crash_an_author_gets_back_what_they_had_made_of_it(tmp_path: Path) -> None:
    """Killed between an edit and the note of the removal: the record knows which words were the last."""
    office = Office()
    changed = post(text="Stay, please.", revision="2", at=NOON + MINUTE)
    async with house(tmp_path) as opened:
        moderator = moderator_at(opened, Desk())
        remove, tell, *_ = await moderator.moderate([post()], office)
        await moderator.performer.carry_out(remove, office)
        left = await moderator.moderate([changed], office)
    await run(tmp_path, office, resumed=True)

    assert (tell.action.kind, left) == ("tell", [])
    assert [each.action.notice.returned for each in office.done if isinstance(each.action, Tell)] == ["Stay, please."]
    assert await faults(tmp_path) == []


@pytest.mark.parametrize(
    ("first", "last", "is_there"),
    [(Outcome.REFUSED, Outcome.DONE, False), (Outcome.DONE, Outcome.REFUSED, True)],
)
async def test_the_last_removal_says_whether_a_post_is_still_there(
    tmp_path: Path, first: Outcome, last: Outcome, *, is_there: bool
) -> None:
    """What was refused may be done for the next version, and the other way round."""
    remove = Remove("c", post().place, post().id)
    async with house(tmp_path) as opened:
        recorder = Recorder(opened.database.master)
        about = recorder.about("replay", post().id)
        written = await opened.ledger.write(planned(opened, (remove, Waiting(remove, NOON))))
        assert written is not None
        for deed, outcome in zip(written.deeds, (first, last), strict=True):
            await opened.ledger.write(recorder.begun(deed, NOON))
            await opened.ledger.write(recorder.closed(deed, Receipt(outcome), NOON))
        found = await opened.ledger.ask(past.is_still_there, about)

    assert found is is_there


async def test_what_we_took_away_is_not_called_gone(tmp_path: Path) -> None:
    """The platform tells of that as a deletion, too; who took it away is known then."""
    office = Office()
    async with house(tmp_path) as opened:
        moderator = moderator_at(opened, Desk())
        gone = Deletion("replay", post().place, post().id, NOON + MINUTE)
        for heard in (post(), gone, Tick("replay", NOON + timedelta(hours=5))):
            for deed in await moderator.moderate([heard], office):
                await moderator.performer.carry_out(deed, office)

    (alert,) = [each.action.notice for each in office.done if isinstance(each.action, Alert)]
    assert alert.next == IT_WAS_TAKEN_AWAY.english


@pytest.mark.parametrize(
    ("removal", "now", "next_"),
    [(Outcome.DONE, ASK_WHAT_IT_WAS, IT_WAS_TAKEN_AWAY), (Outcome.REFUSED, LOOK_WITH_THEM, IT_STAYS)],
)
@pytest.mark.parametrize("sure", [True, False])
async def test_a_note_about_a_silence_is_kept_as_it_is_handed_over(
    tmp_path: Path, removal: Outcome, now: Text, next_: Text, *, sure: bool
) -> None:
    """Whoever reads the notes later must not read that a message stays which we took away, at once or in the end.

    It is planned before that is done. Where the platform refuses, the office is told that it is still there.
    """
    office = Office(answers={"remove": Receipt(removal)})
    doubted = roster().recognise(post(text="Is your knee better?"))
    asked = msgspec.structs.replace(doubted, readings=doubted.readings.seeing((Sign(Label.MEDICAL, 0.5, False),)))
    verdict = judge(roster().recognise(post()) if sure else asked, RULES)
    async with house(tmp_path) as opened:
        moderator = moderator_at(opened, Desk())
        written = await opened.ledger.write(
            Recorder(opened.database.master).judged(verdict, plan(verdict, roster().on(DAY).offices))
        )
        assert written is not None
        for deed in written.deeds:
            if not moderator.performer.lay_aside(deed, office):
                await moderator.performer.carry_out(deed, office)
        for deed in await moderator.moderate([Tick("replay", NOON + timedelta(hours=5))], office):
            await moderator.performer.carry_out(deed, office)
        kept = await opened.ledger.read(kept_notes)

    (alert,) = [each.action.notice for each in office.done if isinstance(each.action, Alert)]
    (shown,) = [each for each in kept if " alert to " in each]
    assert (alert.now, alert.next) == (now.english, next_.english)
    assert (str(alert) in shown) is (removal is Outcome.DONE)


@pytest.mark.parametrize("emergency", [False, True])
async def test_a_post_and_its_deletion_heard_together_settle_what_waits_as_heard_apart(
    tmp_path: Path, *, emergency: bool
) -> None:
    """What is gone at once is not asked about, however the two are written."""
    gone = Deletion("replay", PlaceId("room"), PostId("p1"), after(5), as_asked=True)
    apart, together = tmp_path / "apart", tmp_path / "together"
    for folder in (apart, together):
        folder.mkdir()
    await happen(apart, post(emergency=emergency))
    await happen(apart, gone, now=after(5))
    await happen(together, post(emergency=emergency), gone)
    week = timedelta(days=7).total_seconds()
    came = [await happen(each, tick(week), now=after(week)) for each in (apart, together)]
    alerts = [[ended for kind, _, ended in each.deeds if kind == "alert"] for each in came]

    assert alerts[0]
    assert alerts[1] == alerts[0]
    assert set(alerts[0]) == {"moot"}
    assert came[1].asked() == []
    assert await faults(together) == []


def revoking(opened: House) -> Draft:
    """Let somebody say that a message concerns who would be copied."""
    answer = Answer("replay", "a1", AccountId("s1"), NOON, PostId("p1"), Choice.CONCERNS_COPIED)
    return Recorder(opened.database.master).answered(answer, revoked=True)


async def test_a_copy_accepted_as_it_is_revoked_is_closed_once(tmp_path: Path) -> None:
    """Both are written in one group: the copy that was accepted stays so, and only the other is stopped."""
    async with house(tmp_path) as opened:
        recorder = Recorder(opened.database.master)
        written = await opened.ledger.write(planned(opened, (COPY, OTHER_COPY)))
        assert written is not None
        copy = written.deeds[0]
        await opened.ledger.write(recorder.begun(copy, NOON))
        await opened.ledger.write_all([recorder.closed(copy, Receipt(Outcome.DONE), NOON), revoking(opened)])

    assert outcomes(tmp_path) == ["copy done", "copy moot"]
    assert await faults(tmp_path) == []


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("action", [ALERT, TELL])
async def test_what_begins_as_its_message_is_edited_to_fit_is_not_stopped_any_more(
    tmp_path: Path, action: Action, *, grouped: bool
) -> None:
    """Whether the two are written in one group or apart, it ends as it really did, and once."""
    fitting = post(to=("s1", "s2", "s3"), revision="2")
    async with house(tmp_path) as opened:
        recorder = Recorder(opened.database.master)
        written = await opened.ledger.write(planned(opened, (Waiting(action, NOON + MINUTE),)))
        assert written is not None
        deed = written.deeds[0]
        edited = recorder.judged(judge(roster().recognise(fitting), RULES), ())
        drafts = [recorder.begun(deed, NOON), edited]
        for each in [drafts] if grouped else [[draft] for draft in drafts]:
            await opened.ledger.write_all(each)
        await opened.ledger.write(recorder.closed(deed, Receipt(Outcome.DONE), NOON))

    assert edited.anew is not None
    assert rows(place(tmp_path).database, "SELECT count(*) FROM entry WHERE kind = 'closed'") == [(1,)]
    assert outcomes(tmp_path) == [f"{action.kind} done"]
    assert await faults(tmp_path) == []


async def test_copies_planned_in_the_group_that_revokes_them_are_stopped(tmp_path: Path) -> None:
    """And what is held for them; nobody who was named as concerned gets a note."""
    async with house(tmp_path) as opened:
        held = Waiting(TELL, None)
        written, _ = await opened.ledger.write_all([planned(opened, (COPY, OTHER_COPY, held)), revoking(opened)])
        begun = [
            await opened.ledger.write(Recorder(opened.database.master).begun(deed, NOON))
            for deed in (written.deeds if written is not None else ())
        ]

    assert begun == [None, None, None]
    assert outcomes(tmp_path) == ["copy moot", "copy moot", "tell moot"]
    assert await faults(tmp_path) == []


async def test_a_deletion_as_asked_stops_no_copy_that_another_answer_of_its_group_revokes(tmp_path: Path) -> None:
    """To settle is not to revoke: the copy is stopped by the answer alone, and its case ends with that."""
    async with house(tmp_path) as opened:
        recorder = Recorder(opened.database.master)
        await opened.ledger.write(planned(opened, (COPY,)))
        gone = Deletion("replay", PlaceId("room"), PostId("p1"), NOON, as_asked=True)
        await opened.ledger.write_all([recorder.deleted(gone), revoking(opened)])
    moves = rows(place(tmp_path).database, "SELECT kind FROM entry ORDER BY seq DESC LIMIT 3")

    assert [kind for (kind,) in moves] == ["closed", "answered", "deleted"]
    assert await faults(tmp_path) == []


@pytest.mark.parametrize("posted", [False, True])
async def test_what_begins_to_be_posted_as_its_copies_are_moved_is_posted_once(tmp_path: Path, *, posted: bool) -> None:
    """Somebody says that it concerns whoever would be copied; a note comes through before that is written.

    Then the other office gets its copy of what stands; until then the message waits for that copy, and the first is
    not posted any more.
    """
    desk, private = Desk(refusals=2), order()
    concerned = answering(Choice.CONCERNS_COPIED, about="o1", after=MINUTE)
    async with house(tmp_path) as opened:
        moderator, recorder = moderator_at(opened, desk), Recorder(opened.database.master)
        left = list(await moderator.moderate([private], desk))
        for deed in left:
            await moderator.performer.carry_out(deed, desk)
        drafts = await moderator._replies.decide(concerned)
        if posted:
            (show,) = await opened.ledger.read(shows)
            await opened.ledger.write(recorder.begun(show, NOON + MINUTE))
        written = await opened.ledger.write_all(drafts)
        planned = [deed.action.kind for each in written if each is not None for deed in each.deeds]
        await opened.ledger.write_all(drafts)

    assert planned.count("copy") == 1
    assert planned.count("show") == (0 if posted else 1)
    assert ("show moot" in outcomes(tmp_path)) is not posted
    assert await faults(tmp_path) == []


@pytest.mark.parametrize("grouped", [False, True])
async def test_what_was_closed_before_it_began_has_not_begun(tmp_path: Path, *, grouped: bool) -> None:
    """Of two who answer in the same moment the second hears what holds, too, be it written in one group or apart."""
    async with house(tmp_path) as opened:
        written = await opened.ledger.write(planned(opened, (COPY, Waiting(TELL))))
        assert written is not None
        held = written.deeds[1].id
        either = [Draft("viewed", NOON, {}, if_begun=(held, has_begun)) for has_begun in (True, False)]
        if grouped:
            came = (await opened.ledger.write_all([revoking(opened), *either]))[1:]
        else:
            await opened.ledger.write(revoking(opened))
            came = await opened.ledger.write_all(either)

    assert [each is not None for each in came] == [False, True]


def shows(connection: Connection, master: MasterKey) -> list[Deed]:
    """Read the deeds that post something."""
    return [deed for deed, _, _ in memory.deeds(connection, master) if deed.action.kind == "show"]


@dataclass
class Overtaken(Desk):
    """A stage on which somebody revokes a copy while its note is on its way."""

    opened: list[House] = field(default_factory=list)
    answer: Outcome = Outcome.DONE

    async def perform(self, deed: Deed) -> Receipt:
        await self.opened[0].ledger.write(revoking(self.opened[0]))
        self.performed.append(deed.action.kind)
        return Receipt(self.answer)


@pytest.mark.parametrize(
    ("answer", "ended"), [(Outcome.DONE, ["done"]), (Outcome.REHEARSED, ["rehearsed"]), (Outcome.NOT_DONE, [])]
)
async def test_a_note_that_is_revoked_on_its_way_ends_as_it_really_did(
    tmp_path: Path, answer: Outcome, ended: list[str]
) -> None:
    """What was accepted was, and the list of copies says so. What was not is tried no more, and nobody got it."""
    async with house(tmp_path) as opened:
        desk = Overtaken(opened=[opened], answer=answer)
        moderator = moderator_at(opened, desk)
        await begin(opened, moderator, desk, (COPY, Waiting(TELL)))
        await pass_time(moderator, desk, SOON)
        kept = await opened.ledger.read(lambda connection, master: list(copies.kept(connection, master)))
    with read_database(place(tmp_path).database) as connection:
        notes = sum(summarise(connection).notes.values())

    assert desk.performed == ["copy"]
    assert [each.outcome for copy in kept for each in copy.receivers] == ended
    assert notes == (1 if answer is Outcome.DONE else 0)
    assert await faults(tmp_path) == []


async def test_a_note_refused_after_it_was_revoked_opens_no_case(tmp_path: Path) -> None:
    """Nothing waits for it any more: the case would stay for ever, and whoever wrote be told that they wait."""
    async with house(tmp_path) as opened:
        desk = Overtaken(opened=[opened], answer=Outcome.NOT_DONE)
        await begin(opened, moderator_at(opened, desk), desk, (COPY, Waiting(TELL)))

    assert rows(place(tmp_path).database, "SELECT count(*) FROM open_case") == [(0,)]
    assert rows(place(tmp_path).database, "SELECT count(*) FROM entry WHERE kind = 'delayed'") == [(0,)]
    assert await faults(tmp_path) == []


async def test_what_was_overtaken_ends_once_and_begins_no_more(tmp_path: Path) -> None:
    """Its real end closes it for good; what had not begun when it was revoked cannot have come through."""
    async with house(tmp_path) as opened:
        recorder = Recorder(opened.database.master)
        written = await opened.ledger.write(planned(opened, (COPY, OTHER_COPY)))
        assert written is not None
        copy, other = written.deeds
        await opened.ledger.write(recorder.begun(copy, NOON))
        await opened.ledger.write(revoking(opened))
        done, refused = Receipt(Outcome.DONE), Receipt(Outcome.REFUSED)
        steps = [
            await opened.ledger.write(each)
            for each in (
                recorder.begun(copy, NOON),
                recorder.closed(copy, Receipt(Outcome.MOOT), NOON),
                recorder.closed(other, done, NOON),
                recorder.closed(copy, done, NOON),
                recorder.closed(copy, refused, NOON),
            )
        ]

    assert [each is not None for each in steps] == [False, False, False, True, False]
    assert rows(place(tmp_path).database, "SELECT outcome FROM deed ORDER BY id") == [("done",), ("moot",)]
    assert await faults(tmp_path) == []


@pytest.mark.parametrize("ended", [Outcome.REFUSED, Outcome.UNKNOWN])
async def test_nobody_is_told_that_what_could_not_be_given_back_was(ended: Outcome, tmp_path: Path) -> None:
    """A place may be gone, or a right to write there: then a person sees to it."""
    office = Office(
        post("p1"), report(), decision(Ruling.NOT_A_PROBLEM), tick(140), answers={"restore": Receipt(ended)}
    )
    await run(tmp_path, office)

    told = [each.action.notice for each in office.done if isinstance(each.action, Tell) and each.action.to == "coach"]
    assert told[-1].saw == FINE.english
    assert told[-1].next == MAYBE_NOT_BACK.english
    assert await faults(tmp_path) == []
