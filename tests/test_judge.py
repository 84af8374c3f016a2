from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import Alert, Close, Copy, Tell
from bot.judge import FOR_PEOPLE, Exemption, added_to, found_in, judge, unhurried
from bot.message import MatterKind, Message, PlaceId
from bot.people import AccountId, Office, Offices, PersonId, TeamId
from bot.plan import plan
from bot.platform import UNKNOWN_READERS, Readers, SpaceSeen
from bot.readings.found import Readings, Trace
from bot.readings.signs import Slow
from bot.rule import SAFETY, Choice, Clause, Finding, LooksAt, Measure, Rule
from bot.space import Space
from bot.store.deeds import is_judged_anew
from bot.texts import N_
from rules.employee_04_group_messages import GroupMessages
from tests.district import CHESS, DAY, NOON, SOCCER, roster
from tests.store.house import post

CLAUSE = Clause("Employee Guidelines", 4, "shall be sent to more than one member")
A_DAY = timedelta(days=1)
OFFICES = roster().on(DAY).offices
FREE_TIME = roster().recognise(post())
IN_PLACE = roster().recognise(replace(post(), team=SOCCER))
ROOM = roster().recognise_space(SpaceSeen("replay", PlaceId("room"), "1", NOON, Readers(), team=SOCCER))


@dataclass(frozen=True, slots=True)
class Finds:
    """Finds the same in every message."""

    name: ClassVar[str] = "finds"
    clause: ClassVar[Clause] = CLAUSE
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = None

    measures: frozenset[Measure]
    excusable: bool = True
    awaits: Slow | None = None
    discreet: bool = False
    gives_way: bool = False

    def check(self, subject: Message) -> Iterator[Finding]:
        found = Finding(self.name, self.clause, self.measures, N_("because"), excusable=self.excusable)
        yield replace(found, awaits=self.awaits, discreet=self.discreet, gives_way=self.gives_way)


@dataclass(frozen=True, slots=True)
class Awaits(Finds):
    """Finds in every message something of which a slow reading has more to say."""

    name: ClassVar[str] = "awaits"

    awaits: Slow | None = Slow.LANDING


@dataclass(frozen=True, slots=True)
class Nudges(Finds):
    """Nudges whoever writes."""

    name: ClassVar[str] = "nudges"

    measures: frozenset[Measure] = frozenset({Measure.TELL})
    gives_way: bool = True


@dataclass(frozen=True, slots=True)
class Breaks:
    """Finds one thing, then breaks."""

    name: ClassVar[str] = "breaks"
    clause: ClassVar[Clause] = CLAUSE
    looks_at: ClassVar[LooksAt] = (Message, Space)
    trace: ClassVar[Trace | None] = None

    def check(self, subject: Message | Space) -> Iterator[Finding]:
        yield Finding(self.name, self.clause, frozenset({Measure.REMOVE}), N_("because"))
        raise ZeroDivisionError


@dataclass(frozen=True, slots=True)
class Alarms:
    """Finds in every message and every place that somebody may be in danger."""

    name: ClassVar[str] = "alarms"
    clause: ClassVar[Clause] = SAFETY
    looks_at: ClassVar[LooksAt] = (Message, Space)
    trace: ClassVar[Trace | None] = None

    def check(self, subject: Message | Space) -> Iterator[Finding]:
        yield Finding(self.name, self.clause, ALARM, N_("because"), copy_to=frozenset({Office.PRINCIPAL}), safety=True)


ALARM = frozenset({Measure.ALERT, Measure.REVIEW})
REMOVES = Finds(frozenset({Measure.REMOVE}))
TEAM_IS_EXCUSED = Exemption("e", "finds", until=DAY, team=SOCCER)


@given(st.lists(st.sets(st.sampled_from(Measure)).map(lambda each: Finds(frozenset(each))), max_size=6), st.randoms())
def test_the_order_of_rules_changes_no_measure(rules: list[Finds], chance: Random) -> None:
    """Measures join by union: a new rule file cannot change what another one asks for."""
    shuffled = sorted(rules, key=lambda _: chance.random())

    assert judge(FREE_TIME, shuffled).measures == judge(FREE_TIME, rules).measures
    assert judge(FREE_TIME, rules).measures == frozenset().union(*(rule.measures for rule in rules))


def test_nothing_found_asks_for_nothing() -> None:
    """Most messages are let be, and the verdict says so plainly."""
    verdict = judge(FREE_TIME, [])

    assert (verdict.standing, verdict.excused, verdict.measures) == ((), (), frozenset())


def test_a_broken_rule_asks_for_a_person() -> None:
    """A fault in our own code never lets a message slip by unseen, nor acts on what was half found."""
    verdict = judge(FREE_TIME, [Breaks()])

    assert verdict.measures == {Measure.REVIEW}


def test_a_broken_rule_leaves_the_others_standing() -> None:
    """One rule's fault is no amnesty from another."""
    verdict = judge(FREE_TIME, [Breaks(), REMOVES])

    assert verdict.measures == {Measure.REVIEW, Measure.REMOVE}


def test_no_exemption_excuses_a_broken_rule() -> None:
    """Who is excused from a rule is not excused from being looked at when the rule could not be asked."""
    verdict = judge(IN_PLACE, [Breaks()], [replace(TEAM_IS_EXCUSED, rule="breaks")])

    assert verdict.measures == {Measure.REVIEW}


def test_a_rule_is_handed_only_what_it_looks_at() -> None:
    """A rule about messages need not know that places exist."""
    rules: list[Rule] = [REMOVES, Breaks()]

    assert [finding.rule for finding in judge(ROOM, rules).standing] == ["breaks"]


A_SLASH = Trace(("/",))


@dataclass(frozen=True, slots=True)
class Traced:
    """Finds nothing where there is no slash."""

    name: ClassVar[str] = "traced"
    clause: ClassVar[Clause] = CLAUSE
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = A_SLASH

    def check(self, subject: Message) -> Iterator[Finding]:
        yield Finding(self.name, self.clause, frozenset({Measure.REMOVE}), N_("because"))


def test_a_rule_is_not_asked_where_its_trace_is_known_to_be_missing() -> None:
    """Most messages are let be so; where nobody has looked, every rule is asked."""
    known = msgspec.structs.replace(FREE_TIME, readings=Readings(lacks=frozenset({A_SLASH})))

    assert not judge(known, [Traced()]).standing
    assert judge(FREE_TIME, [Traced()]).standing


@pytest.mark.parametrize(
    ("since", "until", "excused"),
    [
        (None, DAY, True),
        (None, DAY - A_DAY, False),
        (DAY, DAY, True),
        (DAY + A_DAY, DAY + A_DAY, False),
        (DAY - A_DAY, DAY + A_DAY, True),
        (DAY - 2 * A_DAY, DAY - A_DAY, False),
    ],
)
def test_an_exemption_holds_on_both_its_days(since: date | None, until: date, excused: bool) -> None:
    """Dates are whole days, both ends included: so people write them."""
    exemption = replace(TEAM_IS_EXCUSED, since=since, until=until)

    verdict = judge(IN_PLACE, [REMOVES], [exemption])

    assert bool(verdict.excused) is excused
    assert verdict.measures == (frozenset() if excused else {Measure.REMOVE})


@pytest.mark.parametrize(
    ("team", "person", "excused"),
    [
        ("soccer", None, True),
        ("chess", None, False),
        (None, "coach", True),
        (None, "coach-b", False),
        ("soccer", "coach", True),
        ("soccer", "coach-b", False),
        ("chess", "coach", False),
    ],
)
def test_an_exemption_is_for_the_team_and_the_person_it_names(
    team: str | None, person: str | None, excused: bool
) -> None:
    """One for a team and a person excuses that person on that team alone."""
    exemption = replace(
        TEAM_IS_EXCUSED,
        team=None if team is None else TeamId(team),
        person=None if person is None else PersonId(person),
    )

    assert bool(judge(IN_PLACE, [REMOVES], [exemption]).excused) is excused


def test_an_exemption_excuses_its_own_rule_only() -> None:
    """Leave to write to a team of one is no leave to post shortened links."""
    verdict = judge(IN_PLACE, [REMOVES], [replace(TEAM_IS_EXCUSED, rule="another")])

    assert verdict.measures == {Measure.REMOVE}


def test_an_exemption_for_a_person_excuses_no_place() -> None:
    """A place is restricted for all its coaches, not for the one who is excused."""
    everywhere = replace(TEAM_IS_EXCUSED, rule="breaks", team=None, person=PersonId("coach"))

    assert not judge(ROOM, [Breaks()], [everywhere]).excused


def test_an_exemption_never_excuses_an_owed_copy() -> None:
    """The exception is from the group rule; the privacy exception keeps its price."""
    owed = Finds(frozenset({Measure.COPY}), excusable=False)

    verdict = judge(IN_PLACE, [owed, REMOVES], [TEAM_IS_EXCUSED])

    assert verdict.measures == {Measure.COPY}
    assert [each.exemption.id for each in verdict.excused] == ["e"]


def test_an_exemption_for_another_team_says_nothing_where_there_is_no_team() -> None:
    """A place of no team is excused by no team's exception."""
    teacher = roster().recognise(post(by="teacher"))

    assert not judge(teacher, [REMOVES], [TEAM_IS_EXCUSED, replace(TEAM_IS_EXCUSED, team=CHESS)]).excused


@pytest.mark.parametrize(
    ("by", "to", "excused"),
    [
        ("coach", ("s1",), True),
        ("coach", ("s1", "parent", "coach-b"), True),
        ("coach", ("s9",), False),
        ("coach", ("s1", "s9"), False),
        ("coach", ("parent",), False),
        ("coach", (), False),
        ("s1", ("coach",), True),
        ("s9", ("coach",), False),
        ("s1", ("coach", "s9"), False),
    ],
)
def test_outside_its_place_a_team_is_excused_only_among_its_own_students(
    by: str, to: tuple[str, ...], excused: bool
) -> None:
    """The team of a coach's that settles who gets the copies excuses nothing towards a student of another team."""
    message = roster().recognise(post(by=by, to=to))

    assert bool(judge(message, [REMOVES], [TEAM_IS_EXCUSED]).excused) is excused


def test_no_team_is_excused_where_nobody_can_say_who_reads() -> None:
    """It may be anybody's student."""
    message = roster().recognise(replace(post(), readers=UNKNOWN_READERS))

    assert message.team is not None
    assert not judge(message, [REMOVES], [TEAM_IS_EXCUSED]).excused


def test_who_gets_the_copies_is_settled_by_a_team_of_the_coach_s_all_the_same() -> None:
    """A private matter of a student from outside is copied as it ever was."""
    message = roster().recognise(post(to=("s9",), matter=MatterKind.MEDICAL))
    copies = [each for each in plan(judge(message, [GroupMessages()]), OFFICES) if isinstance(each, Copy)]

    assert message.team is not None
    assert [each.office for each in copies] == [Office.ATHLETIC_DIRECTOR, Office.PRINCIPAL]


@pytest.mark.parametrize("number", [0, 1, 7])
def test_a_verdict_tells_its_round(number: int) -> None:
    """A judgement is unique by post, revision and round."""
    assert judge(FREE_TIME, [REMOVES], in_round=number).round == number
    assert judge(FREE_TIME, [], in_round=number).round == number


def test_the_same_message_is_judged_alike_again() -> None:
    """Or no replay could be trusted."""
    rules: list[Rule] = [REMOVES, Breaks()]

    assert judge(IN_PLACE, rules, [TEAM_IS_EXCUSED]) == judge(IN_PLACE, rules, [TEAM_IS_EXCUSED])


@given(st.lists(st.frozensets(st.sampled_from(Measure), min_size=1), max_size=4), st.integers(0, 4))
def test_nothing_that_is_found_stands_in_the_way_of_help(found: list[frozenset[Measure]], at: int) -> None:
    """Whatever the other rules want, and in whatever order they are asked: people hear of it, and nothing else is done.

    The rule about safety itself is left alone, and leads: the case rests on it.
    """
    rules: list[Rule] = [Finds(measures) for measures in found]
    rules.insert(min(at, len(rules)), Alarms())

    verdict = judge(FREE_TIME, rules)
    actions = plan(verdict, OFFICES)

    assert verdict.standing[0].safety
    assert verdict.standing[0].measures == ALARM
    assert len(verdict.standing) == len(rules)
    assert verdict.measures <= FOR_PEOPLE
    assert {type(each) for each in actions} <= {Alert, Copy}


@given(st.lists(st.frozensets(st.sampled_from(Measure), min_size=1), min_size=1, max_size=4))
def test_where_nobody_needs_help_what_is_found_stands(found: list[frozenset[Measure]]) -> None:
    """The shield is for help alone, or anybody could hide behind it."""
    verdict = judge(FREE_TIME, [Finds(measures) for measures in found])

    assert [each.measures for each in verdict.standing] == found


def test_what_is_kept_from_its_author_offers_them_no_answer() -> None:
    """Without a note there is nothing to answer, and nobody is asked about a silence."""

    class Asks(Finds):
        def check(self, subject: Message) -> Iterator[Finding]:
            for each in super().check(subject):
                yield replace(each, choices=(Choice.DELETE,), answer_within=timedelta(hours=4))

    asked = judge(FREE_TIME, [Asks(frozenset({Measure.TELL})), Alarms()]).standing[1]

    assert (asked.measures, asked.choices, asked.answer_within) == (frozenset({Measure.REVIEW}), (), None)


def test_the_reason_of_an_emergency_is_asked_for_all_the_same() -> None:
    """Its author declared it, and was told that it would be."""
    verdict = judge(roster().recognise(post(emergency=True)), [GroupMessages(), Alarms()])

    assert [each.measures for each in verdict.standing[1:]] == [{Measure.COPY, Measure.ASK}]


def test_a_place_where_somebody_asks_for_help_is_not_closed() -> None:
    """Not even when nobody from the office is left to get the copies: a person looks."""
    written = post(by="s1", to=("coach",), matter=MatterKind.MEDICAL)
    verdict = judge(roster().recognise(written), [GroupMessages(), Alarms()])

    assert plan(verdict, Offices()) == ()
    assert [type(each) for each in plan(judge(verdict.subject, [GroupMessages()]), Offices())] == [Close, Tell, Tell]


def test_what_a_place_is_called_frees_nobody_from_its_rule() -> None:
    """A coach who names a channel after a cry for help may write to one student there no more than before."""
    both = Readers(*(frozenset({AccountId("coach"), AccountId("s1")}),) * 2)
    seen = SpaceSeen("replay", PlaceId("bus"), "1", NOON, both, connected=both, connected_for=timedelta(minutes=3))
    rule = GroupMessages(disconnect_voice=True)

    for place in (ROOM, roster().recognise_space(seen)):
        first, *others = judge(place, [rule, Alarms()]).standing

        assert first.safety
        assert others == [*judge(place, [rule]).standing] != []


def test_no_standing_exception_excuses_from_safety() -> None:
    """Nobody can be let off from being helped."""
    granted = [Exemption("e", "alarms", DAY), Exemption("f", "finds", DAY)]

    verdict = judge(FREE_TIME, [REMOVES, Alarms()], granted)

    assert [each.rule for each in verdict.standing] == ["alarms"]
    assert [each.finding.rule for each in verdict.excused] == ["finds"]


@pytest.mark.parametrize(
    ("other", "nudged"),
    [
        (Finds(frozenset({Measure.TELL})), False),
        (Finds(frozenset({Measure.ASK})), False),
        (Finds(frozenset({Measure.REMOVE})), False),
        (Finds(frozenset({Measure.REVIEW}), discreet=True), False),
        (Finds(frozenset({Measure.REVIEW})), True),
        (Finds(frozenset({Measure.ALERT, Measure.COPY})), True),
    ],
)
def test_a_nudge_gives_way_to_whatever_else_its_author_hears(other: Rule, *, nudged: bool) -> None:
    """Two notes about one message say two things; and whom nobody may warn is not offered to delete it."""
    verdict = judge(FREE_TIME, [Nudges(), other])

    assert [each.rule for each in verdict.standing] == (["nudges", "finds"] if nudged else ["finds"])


@pytest.mark.parametrize(
    ("removable", "left"), [(True, [{Measure.REVIEW}] * 2), (False, [{Measure.TELL}, {Measure.ASK}])]
)
def test_of_what_is_taken_away_discreetly_no_other_rule_says_anything(
    *, removable: bool, left: list[set[Measure]]
) -> None:
    """Its text would come back with any note, and warn whoever must not be; what stays may be told of."""
    message = msgspec.structs.replace(FREE_TIME, removable=removable)
    takes = Finds(frozenset({Measure.REMOVE, Measure.REVIEW}), discreet=True)
    others = [Awaits(frozenset({measure})) for measure in (Measure.TELL, Measure.ASK)]

    verdict = judge(message, [*others, takes])

    assert [each.measures for each in verdict.standing if each.rule == "awaits"] == left
    assert [each.measures for each in verdict.standing if each.rule == "finds"] == [takes.measures]


def test_a_nudge_gives_way_to_nothing_that_is_excused() -> None:
    """What a standing exception sets aside is told to nobody."""
    verdict = judge(FREE_TIME, [Nudges(), Finds(frozenset({Measure.TELL}))], [Exemption("e", "finds", DAY)])

    assert [each.rule for each in verdict.standing] == ["nudges"]


@pytest.mark.parametrize(
    ("measure", "nudged"), [(Measure.TELL, []), (Measure.ASK, []), (Measure.REMOVE, []), (Measure.REVIEW, ["nudges"])]
)
def test_who_heard_of_a_message_before_is_not_nudged_later(measure: Measure, nudged: list[str]) -> None:
    """They have thought about it by then: they may have said who is in its picture."""
    first = judge(FREE_TIME, [Nudges(), Finds(frozenset({measure}))])
    found = tuple(each for each in found_in(first) if each[0] == "finds")

    assert [each.rule for each in added_to(found, judge(FREE_TIME, [Nudges()])).standing] == nudged


def test_a_nudge_about_a_call_for_help_is_no_case() -> None:
    """Nothing is left of it, and there is nothing in it for a person to look at."""
    verdict = judge(FREE_TIME, [Nudges(), Alarms()])

    assert [each.rule for each in verdict.standing] == ["alarms"]


@pytest.mark.parametrize(
    ("by", "to_come", "told"),
    [
        ("coach", (), ["finds", "awaits"]),
        ("coach", (Slow.PICTURE,), ["finds", "awaits"]),
        ("coach", (Slow.LANDING,), ["finds"]),
        ("coach", (Slow.MEANING,), ["finds", "awaits"]),
        ("s1", (Slow.LANDING,), ["finds"]),
        ("s1", (Slow.MEANING,), []),
    ],
)
def test_nobody_is_told_what_a_reading_to_come_may_change(by: str, to_come: tuple[Slow, ...], told: list[str]) -> None:
    """Whoever was told at once is not told better later; what other people are asked does not wait."""
    said = frozenset({Measure.TELL, Measure.REVIEW})
    message = roster().recognise(post(by=by, to=("s2", "s3")))

    verdict = unhurried(judge(message, [Finds(said), Awaits(said)]), to_come)

    assert [each.rule for each in verdict.standing if Measure.TELL in each.measures] == told
    assert [each.rule for each in verdict.standing if Measure.REVIEW in each.measures] == ["finds", "awaits"]


def test_a_finding_of_which_nothing_is_left_does_not_stand() -> None:
    """A later round finds it as new."""
    tells = Awaits(frozenset({Measure.TELL}))

    assert unhurried(judge(FREE_TIME, [tells]), [Slow.LANDING]).standing == ()


def test_what_waits_for_the_models_is_neither_taken_away_nor_asked_about() -> None:
    """The clause is remembered: what is not found yet does not fit yet."""
    verdict = unhurried(judge(FREE_TIME, [GroupMessages()]), [Slow.MEANING])

    assert verdict.standing == ()
    assert verdict.awaited == {"Employee Guidelines 4"}
    assert unhurried(judge(FREE_TIME, [GroupMessages()]), []).measures == {Measure.REMOVE, Measure.TELL}


@pytest.mark.parametrize(("in_round", "anew"), [(0, True), (1, False), (2, False)])
def test_an_edit_is_judged_anew_at_once_only(in_round: int, *, anew: bool) -> None:
    """A later round only adds: or it would let be what its own first round has planned."""
    verdict = judge(roster().recognise(post(revision="2")), [GroupMessages()], in_round=in_round)

    assert is_judged_anew(verdict) is anew
