"""Whole journeys of what people say: told to an adult, disagreed with, decided, undone, reversed."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from bot import desk_notices
from bot.actions import Alert, Copy, ReadLater, Restore, Tell
from bot.case import About
from bot.console import Sitting, list_cases
from bot.desk import Declined, Filed
from bot.desk_notices import ABOVE_DECIDES, IT_IS_OPEN, NOBODY_LOOKS_YET, NOBODY_YET
from bot.errors import ConfigurationError
from bot.lists import Lists
from bot.message import MatterKind, Message, PlaceId, PostId
from bot.notice import Notice
from bot.people import Absence, AccountId, Office, PersonId, Tenure
from bot.platform import (
    UNKNOWN_READERS,
    Answer,
    Decision,
    Heard,
    Outcome,
    Post,
    Readers,
    Receipt,
    Report,
    Ruling,
    SpaceSeen,
)
from bot.readings.found import Trace
from bot.rule import Choice, Clause, Finding, LooksAt, Measure, Rule
from bot.sheets import FAILED, case_sheet
from bot.standing import Standing
from bot.store import cases, memory, past
from bot.store.database import read_database
from bot.store.record import Recorder
from bot.store.sealed import KINDS, decode, encode
from bot.summary import summarise
from bot.texts import ENGLISH, N_
from bot.wiring import take_up
from rules.employee_04_group_messages import AUDIENCE_UNKNOWN, NO_LONGER_LEADS, GroupMessages
from rules.general_09_link_shorteners import LinkShorteners
from rules.safety_self_harm import SelfHarm
from tests.cases import RULES, Came, after, appeal, decision, docket_of, happen, kinds, report, tick
from tests.district import DAY, HIGH, NOON, SOCCER, TENURES, ZONE, lists, without
from tests.office import SOCCER_PLACE, PowerCutError, answer, order
from tests.store.house import chat, draft, faults, house, place, post
from tests.test_moderator import Stage, entries, moderator_of

UPHOLD, FINE, ESCALATE, SKIP = Ruling.UPHOLD, Ruling.NOT_A_PROBLEM, Ruling.ESCALATE, Ruling.SKIP
UNDO, REVERSE = Ruling.UNDO, Ruling.REVERSE
FRIDAY, MONDAY = DAY + timedelta(days=2), DAY + timedelta(days=5)
DAYS, HALF = 86_400, 43_200
"""Seconds: the next day begins half a day after noon."""


def said(declined: Declined) -> str:
    """Give the sentence that somebody reads."""
    return ENGLISH.say(declined.because)


async def test_what_was_changed_while_it_was_taken_away_is_given_back_as_it_was_changed(tmp_path: Path) -> None:
    """From the edit nothing new follows; it is what its author disagrees about all the same."""
    first, changed = post(text="Bus at 4."), post(text="Bus at 5, not 4.", revision="2", at=after(5))
    came = await happen(tmp_path, first, changed, appeal(), decision(FINE), tick(140))

    assert [each.text for each in came.done("restore") if isinstance(each, Restore)] == ["Bus at 5, not 4."]
    assert await faults(tmp_path) == []


async def test_a_report_about_an_edit_that_is_told_before_its_post_shows_what_stands(tmp_path: Path) -> None:
    """What is kept stands in the order it was written, whenever it was heard."""
    changed = replace(chat("p1", "see you at 5"), revision="2", sent_at=after(5))
    came = await happen(tmp_path, changed, chat("p1", "see you at 4"), report())

    (case,) = came.cases
    assert case.about.text == "see you at 5"


async def sheet(
    folder: Path,
    *heard: Heard,
    district: Lists | None = None,
    rules: tuple[Rule, ...] = RULES,
    answers: Mapping[str, Receipt | Exception] | None = None,
) -> list[str]:
    """Lay out the one case that comes of it, as who decides it reads it."""
    (case,) = (await happen(folder, *heard, district=district, rules=rules, answers=answers)).cases
    async with house(folder) as opened:
        return [*case_sheet(case, docket_of(opened, district).desk(after(60)), PersonId("designee"))]


async def test_a_case_says_why_a_rule_asks_for_a_person(tmp_path: Path) -> None:
    """A quotation alone does not say that the term of who wrote it has ended."""
    shown = await sheet(tmp_path, replace(chat("p1"), author=AccountId("substitute"), team=SOCCER))

    assert shown[shown.index("Found by: group-messages") + 1] == f"  because: {NO_LONGER_LEADS.english}"


async def test_a_case_says_that_nobody_knows_who_could_read(tmp_path: Path) -> None:
    """Without the line it would look as if nobody could."""
    shown = await sheet(tmp_path, replace(post("p1"), readers=UNKNOWN_READERS))

    assert "Who could read it is not known." in shown
    assert f"  because: {AUDIENCE_UNKNOWN.english}" in shown


async def test_a_case_says_that_what_is_owed_could_reach_nobody(tmp_path: Path) -> None:
    """No rule asks for a person there."""
    matter = replace(post("p1"), matter=MatterKind.MEDICAL)
    shown = await sheet(tmp_path, matter, district=lists(()))

    assert "  because: What it asks for could reach nobody, neither as a copy nor as an alert." in shown


async def test_a_case_about_a_copy_that_waits_says_so_and_that_it_is_kept(tmp_path: Path) -> None:
    """It opens while nobody accepts the note; the copy itself is never lost."""
    matter, refused = replace(post("p1"), matter=MatterKind.MEDICAL), {"copy": Receipt(Outcome.NOT_DONE)}
    shown = await sheet(tmp_path, matter, answers=refused)

    assert "because of a copy with a note that was not accepted yet" in shown[0]
    assert shown[1:] == ["  what it says is for who receives the copy"]


@pytest.mark.parametrize(
    ("ruling", "until", "kind", "says"),
    [
        (UPHOLD, date(2026, 11, 20), "suspend", "keeping its author from writing until 2026-11-20"),
        (FINE, None, "restore", "giving it back"),
    ],
)
async def test_a_case_says_what_could_not_be_done(
    ruling: Ruling, until: date | None, kind: str, says: str, tmp_path: Path
) -> None:
    """On Slack nobody is kept from writing: a person has to see to it, and to know what."""
    decided = decision(ruling, until=until)
    shown = await sheet(tmp_path, post("p1"), report(), decided, tick(140), answers={kind: Receipt(Outcome.REFUSED)})

    assert shown[1] == f"Not done, or nobody can tell: {says}"


def test_every_deed_that_may_fail_has_its_words() -> None:
    """The notes of copies are tried for ever, and what is read later is not asked of anybody."""
    assert FAILED.keys() == KINDS.keys() - {Copy.kind, ReadLater.kind}


async def test_a_case_without_reasons_says_none(tmp_path: Path) -> None:
    """Earlier releases kept none; what was forgotten has none any more."""
    (case,) = (await happen(tmp_path, replace(post("p1"), readers=UNKNOWN_READERS))).cases
    async with house(tmp_path) as opened:
        desk = docket_of(opened).desk(after(60))
        old = replace(case, about=replace(case.about, because=()))
        bare = replace(case, about=About("replay", PostId("p1"), PlaceId("room")))
        shown = [*case_sheet(old, desk, PersonId("designee")), *case_sheet(bare, desk, PersonId("designee"))]

    assert not [each for each in shown if "because:" in each]


@dataclass(frozen=True, slots=True)
class Doubts:
    """Ask for a person about anything."""

    name: ClassVar[str] = "doubts"
    clause: ClassVar[Clause] = LinkShorteners.clause
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = None

    def check(self, message: Message) -> Iterator[Finding]:
        yield Finding(self.name, self.clause, frozenset({Measure.REVIEW}), N_("because"))


async def test_a_case_and_the_table_name_the_clause_that_asks_for_a_person(tmp_path: Path) -> None:
    """Not the one under which the same message was taken away: nobody has to decide about that."""
    shown = await sheet(tmp_path, post("p1"), rules=(GroupMessages(), Doubts()))
    with read_database(place(tmp_path).database) as connection:
        summary = summarise(connection)

    assert [*summary.waiting] == [str(Doubts.clause)]
    assert f"The rule: {Doubts.clause.in_full}" in shown


async def test_when_somebody_told_is_not_when_it_was_written(tmp_path: Path) -> None:
    """Earlier releases kept no moment with what a post said."""
    async with house(tmp_path) as opened:
        docket, recorder = docket_of(opened), Recorder(opened.database.master)
        await opened.ledger.write(draft(opened, chat("p1")))
        (kept,) = await opened.ledger.read(past.versions, recorder.about("replay", PostId("p1")), NOON, after(60))
        seen, of = [{name: each for name, each in kept.items() if name != "at"}], recorder.case_of("replay", "p1")
        case = await opened.ledger.read(cases.read, of, seen)
        assert case is not None
        filed = docket.desk(NOON).report(report(), case)
        assert isinstance(filed, Filed)
        await opened.ledger.write(recorder.filed(filed, case, seen))
        (waits,) = await docket.waiting()

    assert (waits.about.text, waits.about.at) == ("see you there", None)


async def test_telling_an_adult_reaches_the_own_coach_and_gives_a_receipt(tmp_path: Path) -> None:
    """Whoever is right, without having to choose: the place's own coach, when it is about another student."""
    came = await happen(tmp_path, chat("p1"), report(team=SOCCER))

    assert came.asked() == ["coach"]
    assert came.told("s2") == ["Thank you. A person will look. We do not tell the other person who reported."]
    assert [each.why for each in came.cases] == ["reported"]
    assert await faults(tmp_path) == []


async def test_the_receipt_names_who_will_look(tmp_path: Path) -> None:
    """A student knows whom to ask, and that the other one is not told."""
    named = lists()
    people = tuple(
        replace(each, given_name="Ana", family_name="Rivera") if each.id == "advisor" else each for each in named.people
    )

    came = await happen(tmp_path, chat("p1"), report(adult="advisor"), district=replace(named, people=people))

    assert came.asked() == ["advisor"]
    assert came.told("s2") == ["Thank you. Ana Rivera will look. We do not tell the other person who reported."]


async def test_a_report_may_skip_the_coach(tmp_path: Path) -> None:
    """The coaches of the team neither are asked nor may see it: also not the athletic director who coaches it."""
    coaching = (*without(TENURES, Office.ATHLETIC_DIRECTOR), replace(TENURES[1], person=PersonId("director-coach")))
    came = await happen(tmp_path, chat("p1"), report(team=SOCCER, skip_coach=True), district=lists(coaching))

    async with house(tmp_path) as opened:
        desk = docket_of(opened, lists(coaching)).desk(after(60))
        (case,) = came.cases
        seeing = sorted(person for person in desk.day.people if desk.may_see(person, case))

    assert came.asked() == ["vice-director"]
    assert seeing == ["designee", "principal", "vice-director"]


async def test_who_is_away_is_not_asked_to_look(tmp_path: Path) -> None:
    """Their deputy is, and may; another coach of the place; and for an adult who was chosen, who can decide."""
    away = (Absence(PersonId(each), DAY, DAY) for each in ("coach", "director", "teacher"))
    district = replace(lists(), absences=tuple(away))
    heard = chat("p1"), post("p2", to=("s1", "s2")), chat("p3")
    asks = report(team=SOCCER), report("r2", post="p2"), report("r3", post="p3", adult="teacher")
    came = await happen(tmp_path, *heard, *asks, district=district)
    async with house(tmp_path) as opened:
        docket = docket_of(opened, district)
        desk = docket.desk(NOON)
        about_the_coach = (await docket.waiting())[1]

    assert came.asked() == ["coach-b", "vice-director", "vice-director"]
    assert desk.may_decide(PersonId("vice-director"), about_the_coach)


@pytest.mark.parametrize("before", [(), (report("r0", by="s3"),)], ids=["the first", "another before it"])
async def test_a_report_that_a_power_cut_kept_from_its_case_is_put_there_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: tuple[Report, ...]
) -> None:
    """Not every platform tells it again; whom the student chose and left out counts all the same."""
    told, stages = report("r1", team=SOCCER, adult="teacher", skip_coach=True), [Stage(), Stage()]

    def cut(point: str) -> None:
        if point == "recorded":
            raise PowerCutError

    await happen(tmp_path, chat("p1"), *before)
    async with house(tmp_path) as opened:
        monkeypatch.setattr("bot.moderator.point", cut)
        with pytest.raises(PowerCutError):
            await moderator_of(opened).moderate([told], Stage())
    monkeypatch.undo()
    for stage in stages:
        async with house(tmp_path) as opened:
            await take_up(opened, moderator_of(opened), stage, after(60))
    async with house(tmp_path) as opened:
        (case,) = await docket_of(opened).waiting()

    assert [each.performed for each in stages] == [["alert", "tell"], []]
    assert [each.id for each in case.papers] == [*(each.id for each in before), "r1"]
    assert case.papers[-1].asked == ("teacher",)
    assert "coach" in case.papers[-1].left_out
    assert await faults(tmp_path) == []


async def test_about_a_coach_the_chosen_adult_knows_and_who_stands_above_decides(tmp_path: Path) -> None:
    """A trusted teacher may be told; deciding about a colleague is not theirs."""
    came = await happen(tmp_path, post("p1"), report(adult="teacher"))

    looks = [each.notice for each in came.done("alert") if isinstance(each, Alert)]
    assert came.asked() == ["teacher", "director"]
    assert [each.next for each in looks] == [ABOVE_DECIDES.english, IT_IS_OPEN.english]
    assert ["hand it on" in each.disagree for each in looks] == [False, True]


async def test_a_report_about_the_principal_goes_above(tmp_path: Path) -> None:
    """Neither the principal nor anybody who works for the principal ever learns of it."""
    talk = post("p1", by="principal", to=("s1", "s2"))
    came = await happen(tmp_path, talk, report(office=Office.PRINCIPAL))
    async with house(tmp_path) as opened:
        desk, (case,) = docket_of(opened).desk(after(60)), came.cases
        seeing = sorted(person for person in desk.day.people if desk.may_see(person, case))

    assert came.asked() == ["designee"]
    assert seeing == ["designee"]


async def test_where_nobody_can_be_asked_nobody_is_told_that_a_person_will_look(tmp_path: Path) -> None:
    """Nobody stands above a principal where no school has a designee. The case waits for one."""
    talk, nobody = post("p1", by="principal", to=("s1", "s2")), lists(without(TENURES, Office.SUPERINTENDENT_DESIGNEE))
    came = await happen(tmp_path, talk, report(), appeal(by="principal", at=50), tick(100), district=nobody)

    (reporter,), (author,) = (came.told(each) for each in ("s2", "principal"))
    assert came.asked() == []
    assert reporter == NOBODY_YET.english
    assert author == NOBODY_LOOKS_YET.english
    assert len(came.cases) == 1


async def test_an_alert_that_failed_is_kept_from_whom_the_report_concerns(tmp_path: Path) -> None:
    """It is a case of its own, and it says as much about who told and about whom as the first."""
    talk = post("p1", by="principal", to=("s1", "s2"))
    refused = {"alert": Receipt(Outcome.REFUSED)}
    came = await happen(tmp_path, talk, report(by="teacher"), answers=refused)
    async with house(tmp_path) as opened:
        desk = docket_of(opened).desk(after(60))
        seeing = {case.why: [person for person in desk.day.people if desk.may_see(person, case)] for case in came.cases}

    assert seeing == {"reported": ["designee"], "closed": ["designee"]}


async def test_there_is_no_case_for_whom_a_private_matter_concerns(tmp_path: Path) -> None:
    """Neither with the words nor about a copy's note that waits; nor for the deputy of whom it concerns."""
    private = post("p1", "She says that the principal frightens her.", matter=MatterKind.MEDICAL)
    async with house(tmp_path) as opened:
        recorder, judged = Recorder(opened.database.master), draft(opened, private)
        words = encode({**decode(judged.words), "concerned": ["principal"]})
        case = recorder.case_of("replay", "p1")
        written = await opened.ledger.write(msgspec.structs.replace(judged, words=words, case=case))
        assert written is not None
        (note, *_) = (each for each in written.deeds if isinstance(each.action, Copy))
        await opened.ledger.write(recorder.delayed(note, (), after(30)))
        desk, waiting = docket_of(opened).desk(after(60)), await docket_of(opened).waiting()
        seeing = {case.why: [person for person in desk.day.people if desk.may_see(person, case)] for case in waiting}

    assert sorted(seeing["judged"]) == ["designee", "director"]
    assert sorted(seeing["delayed"]) == ["designee", "director"]  # nobody of another school either: they get no copy
    assert [each.about.words for each in waiting if each.why == "delayed"] == [()]


@pytest.mark.parametrize("answers", [{}, {"copy": Receipt(Outcome.NOT_DONE)}])
async def test_a_private_order_that_concerns_the_offices_opens_no_case_for_them(
    answers: dict[str, Receipt | Exception], tmp_path: Path
) -> None:
    """Whether its copy's note waits or nobody is left to be copied: neither office learns of it."""
    offices = TENURES if answers else without(TENURES, Office.SUPERINTENDENT_DESIGNEE)
    came = await happen(tmp_path, order(concerns=True), district=lists(offices), answers=answers)
    async with house(tmp_path) as opened:
        desk = docket_of(opened, lists(offices)).desk(after(60))
        seeing = {person for case in came.cases for person in desk.day.people if desk.may_see(person, case)}

    assert len(came.cases) == 1
    assert not seeing & {"principal", "vice", "director", "vice-director"}


async def test_a_word_that_owes_no_copy_is_a_case_for_nobody_whom_its_matter_concerns(tmp_path: Path) -> None:
    """An administrator's is not copied; what the student says of it is about the same people."""
    word = post("p2", "I believe you.", by="office", to=("coach", "s1"), room="private", at=after(5))
    came = await happen(tmp_path, order(opens=False, concerns=True), word, report(post="p2", by="s1"))

    assert came.asked() == ["designee"]
    assert [each.about.concerned for each in came.cases] == [("director", "principal")]


@pytest.mark.parametrize("said_then", [appeal(post="o1", at=600), report(post="o1", by="s1", at=600)])
async def test_said_after_it_was_sent_no_case_about_it_is_for_whom_it_concerns(
    said_then: Heard, tmp_path: Path
) -> None:
    """Neither one that somebody disagrees in, nor one that somebody tells an adult in."""
    concerns = answer(Choice.CONCERNS_COPIED, about="o1", by="s1", after=timedelta(minutes=5))
    came = await happen(tmp_path, order(opens=False), concerns, said_then)

    assert came.asked() == ["designee"]
    assert [each.about.concerned for each in came.cases] == [("director", "principal")]


async def test_what_broke_before_it_was_judged_is_kept_from_whom_it_concerns(tmp_path: Path) -> None:
    """Its author, or who told, is read from what was heard; whoever it is, somebody may look."""
    never = datetime.min.replace(tzinfo=UTC)
    odd = replace(post("p1", by="director"), sent_at=never)
    came = await happen(tmp_path, odd, replace(report(by="principal", post="p2"), at=never))
    async with house(tmp_path) as opened:
        desk = docket_of(opened).desk(after(60))
        seeing = [sorted(person for person in desk.day.people if desk.may_see(person, case)) for case in came.cases]

    assert [each.why for each in came.cases] == ["stumbled", "reported", "stumbled"]
    assert seeing == [["designee", "principal"], ["designee", "director", "vice"], ["designee", "director", "vice"]]


async def test_a_report_from_before_our_time_knows_its_subject_from_the_platform(tmp_path: Path) -> None:
    """The post was never heard; who wrote it says whom to keep away."""
    came = await happen(tmp_path, report(author="director"))

    assert came.asked() == ["principal"]


async def test_what_happened_elsewhere_opens_the_same_kind_of_case(tmp_path: Path) -> None:
    """Student 7: conduct on other platforms counts. A report need not be about a message of ours to be looked into."""
    came = await happen(tmp_path, report(post="report:r1", office=Office.PRINCIPAL), decision(UPHOLD, post="report:r1"))

    assert came.asked() == ["principal"]
    assert came.told("s2")[0].startswith("Thank you.")
    assert came.cases == []
    assert [each["ruling"] for each in entries(tmp_path, "decided")] == ["uphold"]


async def test_the_reported_person_never_learns_who_told(tmp_path: Path) -> None:
    """Nothing they are shown, before or after, names the reporter or quotes the reason."""
    came = await happen(
        tmp_path,
        post("p1", to=("s1", "s2")),
        report(),
        decision(UPHOLD),
        tick(140),
        appeal(at=150),
        decision(FINE, "designee", at=160),
        tick(200),
    )
    shown = [str(getattr(action, "notice", "")) for _, action, _ in came.deeds if getattr(action, "to", "") == "coach"]

    assert len(shown) == 3
    assert not any("s2" in each or "canary" in each or "report" in each.lower() for each in shown)


async def test_no_entry_holds_words_or_names(tmp_path: Path) -> None:
    """Reasons, reporters and who decides are sealed (rule 13)."""
    await happen(tmp_path, chat("p1"), report(), decision(UPHOLD, reason="canary"), tick(140), appeal(by="s1", at=150))

    told = json.dumps(entries(tmp_path))
    assert "canary" not in told
    assert not any(f'"{each}"' in told for each in ("s1", "s2", "principal", "p1", "r1", "a1"))


async def test_upheld_the_author_is_told_and_the_case_is_closed(tmp_path: Path) -> None:
    """What follows waits for 30 seconds, in which it can be undone."""
    early = await happen(tmp_path, post("p1", to=("s1", "s2")), report(), decision(UPHOLD), tick(129))
    later = await happen(tmp_path, tick(130), now=after(130))

    assert early.cases == []
    assert early.told("coach") == []
    assert later.told("coach") == ["A person looked at your message. It does not fit the rule."]
    assert await faults(tmp_path) == []


async def test_two_people_have_looked_only_where_one_decided_before_the_author_disagreed(tmp_path: Path) -> None:
    """Who disagrees with a rule is looked at by one person, and may still disagree with that."""
    first = await happen(tmp_path, post("p1"), appeal(), decision(UPHOLD), tick(140))
    second = await happen(tmp_path, appeal("a2", at=150), decision(UPHOLD, "designee", at=160), tick(200))
    (one,), (*_, two) = _notes(first, "It does not fit"), _notes(second, "It does not fit")

    assert (one.saw, one.disagree) == (desk_notices.NOT_FITTING.english, desk_notices.DISAGREE.english)
    assert (two.saw, two.disagree) == (desk_notices.STILL_NOT_FITTING.english, desk_notices.TWO_LOOKED.english)


def _notes(came: Came, saw: str) -> list[Notice]:
    """Give the notes whose first part says something."""
    return [each.notice for each in came.done("tell") if isinstance(each, Tell) and saw in each.notice.saw]


@pytest.mark.parametrize("posted", [True, False])
async def test_what_an_answer_sent_on_is_not_put_back_as_well(tmp_path: Path, *, posted: bool) -> None:
    """The same text would stand twice. What could not be posted was not sent on."""
    heard = SOCCER_PLACE, post("p1"), answer(Choice.TEAM), report(by="s1", at=4000), decision(FINE, at=4100), tick(4200)
    refused = {} if posted else {"show": Receipt(Outcome.REFUSED)}

    came = await happen(tmp_path, *heard, answers=refused)
    (told,) = _notes(came, desk_notices.FINE.english)

    assert len(came.done("show")) == posted
    assert len(came.done("restore")) == (not posted)
    follows = (desk_notices.IT_HELPS, desk_notices.SENT_ON) if posted else (desk_notices.GIVEN_BACK,)
    assert told.next == ENGLISH.say(*follows)
    assert await faults(tmp_path) == []


def lone(id_: str) -> Post:
    """Let a student with one account write to others: nothing is found."""
    return replace(chat(id_), author=AccountId("s4"))


async def test_who_is_suspended_writes_with_no_other_account_either(tmp_path: Path) -> None:
    """A student with a second account would go on with that. Each has its end; put right, each is freed."""
    came = await happen(tmp_path, chat("p1"), report(), decision(UPHOLD, until=FRIDAY), tick(140))
    freed = await happen(tmp_path, decision(REVERSE, at=200), tick(240), now=after(200))

    assert sorted(getattr(each, "account", "") for each in came.done("suspend")) == ["s1", "s1-phone"]
    assert sorted(getattr(each, "account", "") for each in freed.done("resume")) == ["s1", "s1-phone"]
    assert kinds(each for each in freed.deeds if each[1].kind == "resume") == ["resume done"] * 2 + ["resume moot"] * 2
    assert await faults(tmp_path) == []


@pytest.mark.parametrize("ended", [Outcome.REFUSED, Outcome.UNKNOWN])
async def test_who_is_suspended_sends_nothing_through_us_whatever_the_platform_can(
    ended: Outcome, tmp_path: Path
) -> None:
    """Slack keeps nobody from writing: a person sees to it. Until it ends, that is no way round through us."""
    end = (date(2026, 11, 21) - DAY).days * 86_400 - 12 * 3_600
    refused: dict[str, Receipt | Exception] = {"suspend": Receipt(ended), "resume": Receipt(ended)}
    known = Standing()
    heard: list[Heard] = [post("p1"), report(), decision(UPHOLD, until=FRIDAY), tick(140)]
    await happen(tmp_path, *heard, answers=refused, standing=known)
    async with house(tmp_path) as opened:
        rebuilt = await opened.ledger.read(memory.standing)
    suspended = set(known.suspended)
    await happen(tmp_path, tick(end), now=after(end), answers=refused, standing=known)

    assert rebuilt.suspended == suspended == {("replay", AccountId("coach"))}
    assert known.suspended == set()


async def test_a_suspension_has_an_end_and_lifts_itself(tmp_path: Path) -> None:
    """It ends when the last day has ended by the district's clock, and the report path stays open meanwhile."""
    end = (date(2026, 11, 21) - DAY).days * 86_400 - 12 * 3_600
    came = await happen(tmp_path, lone("p1"), report(), decision(UPHOLD, until=FRIDAY), tick(140))
    still = await happen(tmp_path, report("r2", by="s4", post="p9", at=200), tick(end - 1), now=after(200))
    ended = await happen(tmp_path, tick(end), now=after(end))

    assert len(came.done("suspend")) == 1
    assert still.done("resume") == []
    assert still.told("s4")[-1].startswith("Thank you.")
    assert len(ended.done("resume")) == 1
    assert await faults(tmp_path) == []


async def test_not_a_problem_gives_back_tells_and_counts_against_the_rule(tmp_path: Path) -> None:
    """A coach's message was removed by a rule, and was right after all."""
    came = await happen(tmp_path, post("p1"), appeal(at=20), decision(FINE, at=100), tick(130))
    with read_database(place(tmp_path).database) as connection:
        summary = summarise(connection)

    assert len(came.done("restore")) == 1
    assert came.told("coach")[-1] == "A person looked at your message. It is fine."
    assert came.cases == []
    assert summary.cleared == {"group-messages": 1}
    assert await faults(tmp_path) == []


async def test_what_its_author_wished_to_delete_is_not_given_back(tmp_path: Path) -> None:
    """One tap deletes, for good: that it was fine all the same is no reason to show it again."""
    wish = Answer("replay", "tap", AccountId("s1"), after(5), PostId("p1"), Choice.DELETE)
    link = post("p1", "look https://bit.ly/abc", by="s1", to=("s2", "s3"))
    came = await happen(tmp_path, link, wish, appeal(by="s1"), decision(FINE), tick(140))

    assert len(came.done("remove")) == 1
    assert came.done("restore") == []
    assert came.told("s1")[-1] == "A person looked at your message. It is fine."


async def test_an_appeal_opens_the_case_and_somebody_else_decides(tmp_path: Path) -> None:
    """Who decided does not judge the own decision, and the author is told who does not."""
    first: list[Heard] = [post("p1"), report(), decision(UPHOLD, "director"), tick(140), appeal(at=150)]
    opened = await happen(tmp_path, *first)
    again = await happen(tmp_path, decision(FINE, "director", at=160), now=after(160))
    other = await happen(tmp_path, decision(FINE, "principal", at=170), tick(210), now=after(170))

    assert [each.is_appealed for each in opened.cases] == [True]
    assert opened.asked()[-1] == "principal"
    assert [each.name for each in again.cases] == [each.name for each in opened.cases]
    assert other.cases == []
    assert other.told("coach")[-1].startswith("A person looked at your message again. It is fine")
    assert len(other.done("restore")) == 1


async def test_an_appeal_that_nobody_is_left_to_decide_is_declined(tmp_path: Path) -> None:
    """Only the designee stands above a principal, and has decided: the author is told so, and the case stays closed."""
    came = await happen(
        tmp_path,
        post("p1", by="principal", to=("s1", "s2")),
        report(),
        decision(UPHOLD, "designee"),
        tick(140),
        appeal(by="principal", at=150),
        tick(200),
    )
    notes = [action.notice for _, action, _ in came.deeds if isinstance(action, Tell) and action.to == "principal"]

    assert came.cases == []
    assert came.asked() == ["designee"]
    assert notes[-1].saw == "What you asked for was not done. Nothing is changed."
    assert notes[-1].now.startswith("Nobody is left who could look again and did not decide it before.")
    assert await faults(tmp_path) == []


async def test_appeals_climb_and_end(tmp_path: Path) -> None:
    """From office to office, never down to the deputy of who decided; after the highest they are declined."""
    climb: list[Heard] = [post("p1"), appeal("a0", at=20)]
    for number, each in enumerate(("director", "principal", "designee"), 1):
        at = 100 * number
        climb += [decision(UPHOLD, each, at=at), tick(at + 40), appeal(f"a{number}", at=at + 50)]
    came = await happen(tmp_path, *climb, now=after(400))

    assert came.asked() == ["director", "principal", "designee"]
    assert came.cases == []
    assert [each["kind"] for each in entries(tmp_path, "appealed", "declined")] == ["appealed"] * 3 + ["declined"]
    assert await faults(tmp_path) == []


async def test_who_disagrees_has_answered(tmp_path: Path) -> None:
    """Whoever looks because of the appeal need not be asked again, because the note was not answered."""
    came = await happen(tmp_path, post("p1"), appeal(at=20), tick(5 * 3600))

    assert came.asked() == ["director"]
    assert await faults(tmp_path) == []


@pytest.mark.parametrize("tenures", [TENURES, ()])
async def test_who_disagrees_about_safety_is_promised_no_note_but_a_person(
    tenures: tuple[Tenure, ...], tmp_path: Path
) -> None:
    """No note about a decision follows there, so whoever looks is asked to talk with them; and it is not said why."""
    rules = (*RULES, SelfHarm())
    heard = (post("p1", "i want to kill myself", by="s1", to=("s2",)), appeal(by="s1"), decision(UPHOLD), tick(140))
    came = await happen(tmp_path, *heard, rules=rules, district=lists(tenures), now=after(140))

    receipt, *others = [each.notice for each in came.done("tell") if isinstance(each, Tell) and each.to == "s1"]
    looks = [each.notice for each in came.done("alert") if isinstance(each, Alert)][1:]
    assert others == []
    assert receipt.next.startswith(desk_notices.NO_NOTE.english)
    assert (desk_notices.THEY_TALK_WITH_YOU.english in receipt.next) == bool(tenures)
    assert all(desk_notices.TALK_WITH_THEM.english in each.now for each in looks)
    assert "Safety" not in receipt.rule
    assert bool(looks) == bool(tenures)


async def test_disagreeing_again_and_again_asks_nobody_anew(tmp_path: Path) -> None:
    """Every appeal is kept and has a receipt; the adult who looks is asked once."""
    came = await happen(tmp_path, post("p1"), *(appeal(f"a{each}", at=20 + each) for each in range(3)))

    assert came.asked() == ["director"]
    assert len(came.told("coach")) == 4
    assert len(entries(tmp_path, "appealed")) == 3


async def test_only_the_author_can_disagree(tmp_path: Path) -> None:
    """Anybody else is told so in a sentence, and nothing is opened."""
    came = await happen(tmp_path, post("p1"), appeal(by="s2"))

    assert came.cases == []
    assert came.told("s2") == ["What you asked for was not done. Nothing is changed."]
    assert entries(tmp_path, "appealed") == []


async def test_in_a_rehearsal_reports_and_decisions_are_done_all_the_same(tmp_path: Path) -> None:
    """A student who tells an adult does not rehearse (rule 12). What only the rules want is not done."""
    came = await happen(tmp_path, post("p1"), report(), decision(UPHOLD), rehearse=True)
    later = await happen(tmp_path, tick(140), now=after(140), rehearse=True)

    assert came.performed == ["alert", "tell"]
    assert later.performed == ["tell"]
    assert "remove rehearsed" in kinds(later.deeds)


async def test_undone_within_thirty_seconds_it_never_was(tmp_path: Path) -> None:
    """Nothing of it happens, and the case waits as before."""
    came = await happen(
        tmp_path,
        post("p1"),
        report(),
        decision(FINE, until=None),
        decision(UNDO, at=129),
        tick(1000),
    )

    assert "restore moot" in kinds(came.deeds)
    assert came.done("restore") == []
    assert len(came.cases) == 1
    assert await faults(tmp_path) == []


@pytest.mark.parametrize(("by", "at"), [("principal", 130.0), ("designee", 110.0)])
async def test_undo_is_for_who_decided_and_for_thirty_seconds(by: str, at: float, tmp_path: Path) -> None:
    """Later, or by somebody else, it is a new decision, with a reason, for ever on record."""
    came = await happen(tmp_path, post("p1"), report(), decision(FINE), decision(UNDO, by, at=at), tick(200))

    assert came.cases == []
    assert len(came.done("restore")) == 1
    assert [each["kind"] for each in entries(tmp_path, "declined")] == ["declined"]


async def test_what_is_under_way_cannot_be_undone(tmp_path: Path) -> None:
    """Whoever undid it waited for a turn while the student was suspended. It is declined, and the suspension ends."""
    end = (date(2026, 11, 21) - DAY).days * DAYS - HALF
    await happen(tmp_path, lone("p1"), report(), decision(UPHOLD, until=FRIDAY), tick(131), now=after(131))
    async with house(tmp_path, after(129.5)) as opened:
        answer = await docket_of(opened).take(decision(UNDO, at=129.5))
    ended = await happen(tmp_path, tick(end), now=after(end))

    assert answer.declined is not None
    assert "was decided more than 30 seconds ago. Reverse it" in said(answer.declined)
    assert [each["ruling"] for each in entries(tmp_path, "decided")] == ["uphold"]
    assert (len(ended.done("suspend")), len(ended.done("resume")), ended.cases) == (1, 1, [])
    assert await faults(tmp_path) == []


@pytest.mark.parametrize("undone_first", [False, True])
async def test_an_undo_and_what_it_undoes_are_never_written_together(undone_first: bool, tmp_path: Path) -> None:
    """Both had read the case before either wrote, and stand in one transaction: what begins there is not undone."""
    await happen(tmp_path, lone("p1"), report(), decision(UPHOLD, until=FRIDAY))
    async with house(tmp_path) as opened:
        recorder = Recorder(opened.database.master)
        case = await opened.ledger.read(cases.read, recorder.case_of("replay", "p1"))
        ((deed, _, _),) = await opened.ledger.read(
            lambda connection, master: [*memory.deeds(connection, master, kinds=("suspend",))]
        )
        assert case is not None
        filed = docket_of(opened).desk(after(110)).decide(decision(UNDO, at=110), case)
        assert isinstance(filed, Filed)
        drafts = [recorder.begun(deed, after(110)), recorder.filed(filed, case)]
        written = await opened.ledger.write_all(drafts[::-1] if undone_first else drafts)

    assert [each is not None for each in written] == ([False, True] if undone_first else [True, False])
    assert await faults(tmp_path) == []


async def test_undone_a_suspension_that_was_cut_short_has_its_end_again(tmp_path: Path) -> None:
    """Or its author would be suspended for ever."""
    end = (date(2026, 11, 21) - DAY).days * 86_400 - 12 * 3_600
    came = await happen(
        tmp_path,
        post("p1"),
        report(),
        decision(UPHOLD, until=FRIDAY),
        tick(140),
        decision(REVERSE, at=200),
        decision(UNDO, at=210),
        tick(end),
    )

    assert kinds(each for each in came.deeds if each[0] == "resume") == ["resume done", "resume moot", "resume moot"]
    assert came.cases == []


def two_suspensions(first: date, second: date) -> list[Heard]:
    """Let one account be suspended by two cases, decided in this order."""
    return [
        lone("p1"),
        lone("p2"),
        report("r1", post="p1"),
        report("r2", post="p2"),
        decision(UPHOLD, post="p1", until=first),
        decision(UPHOLD, post="p2", at=110, until=second),
        tick(140),
    ]


@pytest.mark.parametrize("days", [(FRIDAY, MONDAY), (MONDAY, FRIDAY), (MONDAY, MONDAY)])
async def test_of_two_suspensions_the_last_one_frees_the_account(days: tuple[date, date], tmp_path: Path) -> None:
    """Whichever was decided first; also when nothing is heard until both are over."""
    friday, monday = DAYS * 3 - HALF, DAYS * 6 - HALF
    early = await happen(tmp_path / "heard", *two_suspensions(*days), tick(friday + 1), tick(monday - 1))
    late = await happen(tmp_path / "heard", tick(monday), now=after(monday))
    at_once = await happen(tmp_path / "quiet", *two_suspensions(*days), tick(monday + 1))

    assert early.done("resume") == []
    assert kinds(each for each in late.deeds if each[0] == "resume") == ["resume done", "resume moot"]
    assert kinds(each for each in at_once.deeds if each[0] == "resume") == ["resume done", "resume moot"]
    assert await faults(tmp_path / "heard") == []


@pytest.mark.parametrize("quiet", [True, False], ids=["quiet", "heard between"])
async def test_a_suspension_ends_also_when_it_is_decided_as_its_last_day_ends(*, quiet: bool, tmp_path: Path) -> None:
    """It can be undone until after midnight, so it begins and ends then: in this order, or it would never end."""
    between = [] if quiet else [tick(HALF + 5)]
    late, known = decision(UPHOLD, at=HALF - 15, until=DAY), Standing()
    came = await happen(tmp_path, lone("p1"), report(), late, *between, tick(HALF + 20), standing=known)

    assert [each for each in came.performed if each in {"suspend", "resume"}] == ["suspend", "resume"]
    assert known.suspended == set()
    assert await faults(tmp_path) == []


@pytest.mark.parametrize("days", [(FRIDAY, MONDAY), (MONDAY, FRIDAY), (MONDAY, MONDAY)])
async def test_of_two_suspensions_the_shorter_shortens_nothing(days: tuple[date, date], tmp_path: Path) -> None:
    """Neither on the platform, which knows the last one alone, nor in what its author is told."""
    came = await happen(tmp_path, *two_suspensions(*days))
    told = [action.notice.next for _, action, _ in came.deeds if isinstance(action, Tell) and action.to == "s4"]

    assert [getattr(each, "until", None) for each in came.done("suspend")] == [days[0], MONDAY]
    assert ENGLISH.say(desk_notices.SUSPENDED.filled(day=ENGLISH.say_day(MONDAY))) == told[-1]


async def test_of_a_suspension_that_is_put_right_nothing_is_given_back_while_another_runs(tmp_path: Path) -> None:
    """Its author is told until when they cannot write."""
    came = await happen(tmp_path, *two_suspensions(MONDAY, FRIDAY), decision(REVERSE, post="p1", at=200), tick(240))
    told = [action.notice.next for _, action, _ in came.deeds if isinstance(action, Tell) and action.to == "s4"]

    assert told[-1].startswith(desk_notices.IT_HELPS.english)
    assert told[-1].endswith(ENGLISH.say(desk_notices.SUSPENDED.filled(day=ENGLISH.say_day(FRIDAY))))


async def test_a_suspension_that_is_put_right_leaves_another_one(tmp_path: Path) -> None:
    """Each case ends its own; when both are put right, the account is free at once."""
    one = await happen(tmp_path, *two_suspensions(MONDAY, FRIDAY), decision(REVERSE, post="p1", at=200), tick(240))
    both = await happen(tmp_path, decision(REVERSE, post="p2", at=300), tick(340), now=after(300))

    assert one.done("resume") == []
    assert len(both.done("resume")) == 1
    assert await faults(tmp_path) == []


async def test_upheld_again_a_suspension_runs_on_and_ends_once(tmp_path: Path) -> None:
    """Whoever decides the appeal need not name the day again; reversed, nothing of it is left waiting."""
    first: list[Heard] = [post("p1"), report(), decision(UPHOLD, "director", until=FRIDAY), tick(140), appeal(at=150)]
    again = await happen(tmp_path, *first, decision(UPHOLD, "principal", at=200), tick(240))
    ended = await happen(tmp_path, decision(REVERSE, "designee", at=300), tick(340), now=after(300))

    assert kinds(each for each in again.deeds if each[0] == "resume") == ["resume moot", "resume planned"]
    assert kinds(each for each in ended.deeds if each[0] == "resume") == ["resume done", "resume moot", "resume moot"]
    assert await faults(tmp_path) == []


async def test_reversed_everything_is_put_right(tmp_path: Path) -> None:
    """The suspension ends at once, the post is given back, the author is told: a new event, never an edit."""
    came = await happen(
        tmp_path,
        post("p1"),
        report(),
        decision(UPHOLD, until=FRIDAY),
        tick(140),
        decision(REVERSE, "designee", at=10_000),
        tick(10_030),
    )
    with read_database(place(tmp_path).database) as connection:
        summary = summarise(connection)

    assert len(came.done("suspend")) == len(came.done("resume")) == len(came.done("restore")) == 1
    assert came.told("coach")[-1].startswith("A person looked at your message again.")
    assert [each["ruling"] for each in entries(tmp_path, "decided")] == ["uphold", "reverse"]
    assert (+summary.upheld, summary.cleared) == ({}, {"group-messages": 1})
    assert await faults(tmp_path) == []


async def test_what_was_cleared_and_is_reversed_is_open_again(tmp_path: Path) -> None:
    """Nobody is told before it is decided anew."""
    came = await happen(tmp_path, post("p1"), report(), decision(FINE), tick(140), decision(REVERSE, at=200), tick(300))

    assert len(came.cases) == 1
    assert await faults(tmp_path) == []


async def test_handed_on_somebody_above_decides(tmp_path: Path) -> None:
    """And not who handed it on, nor anybody below."""
    came = await happen(
        tmp_path,
        post("p1"),
        report(),
        decision(ESCALATE, "director"),
        decision(UPHOLD, "director", at=110),
        tick(140),
    )
    decided = await happen(tmp_path, decision(UPHOLD, "principal", at=200), now=after(200))

    assert came.asked()[-1] == "principal"
    assert len(came.cases) == 1
    assert decided.cases == []


async def test_skipped_it_still_waits(tmp_path: Path) -> None:
    """That somebody looked is on record."""
    came = await happen(tmp_path, post("p1"), report(), decision(SKIP, reason=""))

    assert len(came.cases) == 1
    assert [each["ruling"] for each in entries(tmp_path, "decided")] == ["skip"]


async def test_of_two_who_decide_at_once_the_second_is_told(tmp_path: Path) -> None:
    """One decision counts. The other is written nowhere but in the answer."""
    came = await happen(
        tmp_path, post("p1"), report(), decision(UPHOLD, "principal"), decision(FINE, "designee"), tick(200)
    )

    assert [each["ruling"] for each in entries(tmp_path, "decided")] == ["uphold"]
    assert came.told("designee") == ["What you asked for was not done. Nothing is changed."]
    assert came.done("restore") == []


async def test_two_hands_at_the_same_moment_write_one_paper(tmp_path: Path) -> None:
    """Both read the case before either wrote: the ledger itself lets only one of them be its next paper."""
    await happen(tmp_path, post("p1"), report())
    async with house(tmp_path) as opened:
        docket = docket_of(opened)
        answers = await asyncio.gather(
            docket.take(decision(UPHOLD, "principal")), docket.take(decision(FINE, "designee"))
        )

    declined = [each.declined for each in answers if each.declined is not None]
    assert [said(each).startswith("F-0") and " is decided: " in said(each) for each in declined] == [True]
    assert len(entries(tmp_path, "decided")) == 1
    assert await faults(tmp_path) == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (decision(FINE, at=200), "is decided: uphold, by A person."),
        (decision(UPHOLD, at=200, reason="x" * 100_000), "The reason is 100,000 characters long."),
        (decision(REVERSE, at=200, reason=" "), "Say why"),
        (decision(UNDO, "designee", at=101), "you cannot undo it"),
        (decision(REVERSE, at=200, until=FRIDAY), "Only with uphold"),
        (decision(FINE, "coach", at=200), "There is no case about this for you."),
        (decision(FINE, "director", at=200, post="p77"), "There is no case about this for you."),
    ],
)
async def test_what_cannot_be_is_one_plain_sentence(wrong: Decision, words: str, tmp_path: Path) -> None:
    """Nothing is half done: no decision is written, and nobody but who decided is told anything."""
    await happen(tmp_path, post("p1"), report(), decision(UPHOLD))
    before = entries(tmp_path, "decided", "recalled", "appealed")
    async with house(tmp_path) as opened:
        answer = await docket_of(opened).take(wrong)

    assert answer.declined is not None
    assert words in said(answer.declined)
    assert entries(tmp_path, "decided", "recalled", "appealed") == before
    assert {deed.action.to for deed in answer.deeds if isinstance(deed.action, Tell)} == {wrong.by}
    assert len(answer.deeds) == 1


async def test_no_case_is_reached_while_another_chaperone_runs(tmp_path: Path) -> None:
    """One process has the database: whoever sits at the desk is told so, and reads nothing."""
    sitting = Sitting(place(tmp_path), ZONE, PersonId("principal"), "a test", after(60))
    async with house(tmp_path):
        with pytest.raises(ConfigurationError, match="is in use by another Chaperone"):
            await list_cases(sitting)


def alone(coach: str, student: str, at: float = 0) -> SpaceSeen:
    """Show a voice room that an advising principal and the director may look into, with two who met there."""
    may_enter = frozenset(map(AccountId, ("coach", "coach-b", "s1", "s2", "principal-advisor", "director-coach")))
    met = frozenset({AccountId(coach), AccountId(student)})
    readers, connected = Readers(may_enter, may_enter), Readers(met, met)
    three = timedelta(minutes=3)
    return SpaceSeen("replay", PlaceId("bus"), str(at), after(at), readers, connected=connected, connected_for=three)


def with_advising_principal() -> Lists:
    """Let somebody who advises a club be the principal, and may so look into every room."""
    tenure = next(each for each in TENURES if each.person == "principal")
    others = without(TENURES, Office.PRINCIPAL)
    return lists((replace(tenure, person=PersonId("principal-advisor")), *others))


BUS = "space:bus"


async def test_who_is_alerted_of_a_meeting_sees_who_met_and_decides_it(tmp_path: Path) -> None:
    """Who may enter a room was not in it: the case is about who was, and names them."""
    district = with_advising_principal()
    shown = await sheet(tmp_path, alone("coach", "s1"), alone("coach-b", "s2", 600), district=district)
    decided = decision(FINE, "principal-advisor", post=BUS, at=700)
    came = await happen(tmp_path, decided, tick(800), district=district, now=after(800))

    met = [each.partition(": ")[2] for each in shown if each.startswith("Together there")]
    assert met == ["coach, s1", "coach-b, s2"]
    assert "principal-advisor" in came.asked()
    assert (came.told("principal-advisor"), came.cases) == ([], [])


async def test_whoever_was_told_that_a_person_looks_at_a_meeting_is_told_what_came_of_it(tmp_path: Path) -> None:
    """A place has no author, and a coach who was promised an answer waits for one all the same."""
    came = await happen(
        tmp_path,
        alone("coach", "s1"),
        appeal(post=BUS),
        decision(FINE, post=BUS),
        tick(200),
        now=after(200),
    )

    assert came.told("coach")[-1] == ENGLISH.say(desk_notices.FINE_THERE)
    assert came.told("s1") == []


async def test_a_meeting_that_was_decided_keeps_nobody_from_the_next(tmp_path: Path) -> None:
    """Who was alone in a room once may look after it again; the case is about those who met since."""
    district, was_alone = with_advising_principal(), alone("principal-advisor", "s1")
    heard = (was_alone, decision(FINE, "designee", post=BUS), tick(200), alone("coach", "s2", 600))
    (case,) = (await happen(tmp_path, *heard, now=after(600), district=district)).cases
    async with house(tmp_path) as opened:
        desk = docket_of(opened, district).desk(after(600))

    assert [each.people for each in case.meetings] == [("coach", "s2")]
    assert desk.may_decide(PersonId("principal-advisor"), case)


async def test_whoever_met_before_reads_nothing_of_what_was_said_of_that(tmp_path: Path) -> None:
    """The director looks after the next meeting in the room, and reads no word of the case about their own."""
    heard = (alone("director-coach", "s1"), decision(UPHOLD, post=BUS, reason="I spoke with them."), tick(200))
    (case,) = (await happen(tmp_path, *heard, alone("coach", "s2", 600), now=after(600))).cases
    async with house(tmp_path) as opened:
        desk = docket_of(opened).desk(after(600))
        lines = {each: [*case_sheet(case, desk, PersonId(each))] for each in ("director-coach", "principal")}

    read = {each for each, shown in lines.items() if "  I spoke with them." in shown}
    assert read == {"principal"}


async def test_a_meeting_that_waits_again_is_decided_by_nobody_who_met_there(tmp_path: Path) -> None:
    """What was found fine and is reversed is open again: it waits for somebody beside what came after it."""
    district, was_alone = with_advising_principal(), alone("principal-advisor", "s1")
    second = Tenure(HIGH, Office.SUPERINTENDENT_DESIGNEE, PersonId("office"))
    district = replace(district, offices=(*district.offices, second))
    fine, again = decision(FINE, "designee", post=BUS), decision(REVERSE, "office", post=BUS, at=300)
    heard = (was_alone, fine, tick(200), again, tick(400), alone("coach", "s2", 600))
    (case,) = (await happen(tmp_path, *heard, now=after(600), district=district)).cases
    async with house(tmp_path) as opened:
        desk = docket_of(opened, district).desk(after(600))

    assert [each.people for each in case.meetings] == [("principal-advisor", "s1"), ("coach", "s2")]
    assert not desk.may_decide(PersonId("principal-advisor"), case)
    assert desk.may_decide(PersonId("designee"), case)
