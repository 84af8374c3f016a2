from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.actions import Copy
from bot.judge import Exemption, Verdict, judge
from bot.lists import Belonging, Lists
from bot.message import MatterKind, Message, PlaceId, PostId, Told, Where, Words
from bot.people import AccountId, Office, Part, PersonId, TeamId, Tenure
from bot.plan import needs_a_person, plan
from bot.platform import UNKNOWN_READERS, Post, Readers, SpaceSeen
from bot.roster import Roster
from bot.rule import Choice, Measure
from bot.space import Space
from rules.employee_04_group_messages import GroupMessages
from tests import district
from tests.rules.tables import Row, label, tables
from tests.rules.test_examples import signs
from tests.store.house import post as house_post

REVIEW = {Measure.REVIEW}
MESSAGES, SPACES, COPIES = tables(Path(__file__).with_name("employee_04_group_messages.md"))
PLACES = {"": "soccer", "thread": "soccer", "edited": "soccer", "stale roster": "soccer", "unknown": "soccer"}
PLACES |= {"club": "robotics", "team of one": "swim", "athletics": "soccer"}


def accounts(cell: str) -> Readers:
    """Read a cell of readers. A person named twice reads from two accounts."""
    names = [each.strip() for each in cell.split(",") if each.strip()]
    bare = [name.removesuffix(" (server)") for name in names]
    twice = {name for name in bare if bare.count(name) > 1}
    everybody = frozenset(AccountId(name) for name in (*bare, *(f"{name}-phone" for name in twice)))
    by_server = frozenset(AccountId(name.removesuffix(" (server)")) for name in names if name.endswith(" (server)"))
    return Readers(everybody, everybody - by_server)


def words(cell: str) -> tuple[Words, ...]:
    """Read a cell of text; `[file: x]` and the like stand for what is not a body."""
    kinds = {"file": Where.FILE_NAME, "poll": Where.POLL, "sticker": Where.STICKER}
    kinds |= {"forward": Where.FORWARD, "thread": Where.THREAD_NAME}
    kind, _, text = cell.strip("[]").partition(": ")
    return (Words(kinds[kind], text),) if cell.startswith("[") else (Words(Where.BODY, cell),)


def recognised(row: Row, roster: Roster) -> Message:
    """Turn a row into the message a rule is handed."""
    place, declared = row.get("place", row.get("team", "")), row["declared"]
    author = "s2" if row["author"] == "student" else row["author"]
    post = Post(
        "replay",
        PlaceId("p"),
        PostId("1"),
        AccountId(author),
        district.NOON,
        UNKNOWN_READERS if place == "unknown" else accounts(row.get("readers", row.get("reader", ""))),
        words(row.get("text", "x")),
        "2" if place == "edited" else "",
        TeamId(PLACES[place]) if place in PLACES else None,
        MatterKind(declared) if declared in {"medical", "academic"} else None,
        declared == "emergency",
    )
    message = roster.recognise(post)
    found = message.readings.seeing(tuple(signs(row.get("read", ""), "")))
    return msgspec.structs.replace(message, readings=found, answers_help=declared == "answers help")


def settled(row: Row) -> tuple[GroupMessages, list[Exemption]]:
    """Read the settings of a row: the rule, and the standing exception for a team of one."""
    match row.get("settings", "").replace("=", " ").split():
        case ["exempt", "until", day]:
            return GroupMessages(), [Exemption("x", "group-messages", date.fromisoformat(day), team=TeamId("swim"))]
        case ["fewest_students", "all"]:
            return GroupMessages(fewest_students="all"), []
        case ["require_administrator", "true"]:
            return GroupMessages(require_administrator=True), []
        case _:
            return GroupMessages(), []


def listed(row: Row) -> Lists:
    """Read the lists of a row: its author may hold an office, or have assisted the coach of the team until a day."""
    known = district.lists(_seated(row))
    match row["settings"].split():
        case ["assisted", "until", day]:
            until, author = date.fromisoformat(day), PersonId(row["author"])
            part = Belonging(district.SOCCER, district.HIGH, "summer", author, Part.COACH, until)
            return replace(known, teams=(*known.teams, part))
        case _:
            return known


def judged(subject: Message | Space, row: Row) -> Verdict:
    """Judge a row by its settings."""
    rule, exemptions = settled(row)
    return judge(subject, [rule], exemptions)


@pytest.mark.parametrize("row", MESSAGES, ids=label)
def test_a_message_is_found_as_the_page_says(row: Row) -> None:
    """The page is what a principal reads; it must be true."""
    roster = district.roster(listed(row), stale=row["place"] == "stale roster")

    verdict = judged(recognised(row, roster), row)

    assert ", ".join(sorted(verdict.measures)) == row["found"]


@pytest.mark.parametrize("row", SPACES, ids=label)
def test_a_space_is_found_as_the_page_says(row: Row) -> None:
    """A coach loses the power to speak before anybody is written to."""
    roster = district.roster(stale=row["place"] == "stale roster")
    connected, _, seconds = row["connected"].partition(": ")
    seen = SpaceSeen(
        "replay",
        PlaceId("p"),
        "1",
        district.NOON,
        UNKNOWN_READERS if row["place"] == "unknown" else accounts(row["space readers"]),
        team=TeamId(PLACES[row["place"]]) if row["place"] in PLACES else None,
        connected=accounts(connected) if connected else None,
        connected_for=timedelta(seconds=float(seconds.removesuffix(" s") or 0)),
    )

    verdict = judged(roster.recognise_space(seen), row)

    assert ", ".join(sorted(verdict.measures)) == row["found"]


@pytest.mark.parametrize("row", COPIES, ids=label)
def test_a_copy_goes_to_whom_the_page_says(row: Row) -> None:
    """A copy in the wrong hands hurts a child; one in nobody's breaks the policy."""
    tenures: tuple[Tenure, ...] = district.TENURES
    away: set[str] = set()
    for change in filter(None, row["offices"].split(", ")):
        match change.split():
            case ["principal", "away"]:
                tenures = district.ended(tenures, "principal")
            case ["vice", "away"]:
                away.add("vice")
            case ["an", "earlier", "term"]:
                tenures = (district.EARLIER, *tenures)
            case ["no", "designee"]:
                tenures = district.without(tenures, Office.SUPERINTENDENT_DESIGNEE)
            case _:
                tenures = ()
    roster = district.roster(district.lists(_seated(row, tenures), frozenset(away)))
    message = recognised(row, roster)
    verdict = judge(message, [GroupMessages()])

    actions = plan(verdict, roster.on(message.day).offices)

    copies = sorted(f"{each.office}: {each.to}{_read(each)}" for each in actions if isinstance(each, Copy))
    assert ", ".join(copies) == ("" if row["copied"].startswith("nobody") else row["copied"])
    assert needs_a_person(verdict, actions) == row["copied"].startswith("nobody")


def _read(copy: Copy) -> str:
    return " (read in place)" if copy.read_in_place else ""


def _seated(row: Row, tenures: tuple[Tenure, ...] = district.TENURES) -> tuple[Tenure, ...]:
    """Put the row's author into the office that their name begins with, if it names one."""
    if not row["author"].startswith(("director", "principal", "vice")):
        return tenures
    return tuple(_seat(each, row["author"]) for each in tenures)


def _seat(tenure: Tenure, author: str) -> Tenure:
    """Put the row's author into the office its name begins with."""
    office, _, _ = author.partition("-")
    if tenure.person == office:
        return replace(tenure, person=PersonId(author))
    if tenure.deputy == office:
        return replace(tenure, deputy=PersonId(author))
    return tenure


def test_what_was_found_after_an_outage_is_for_a_person() -> None:
    """Who could read it then is not known: others may have left since."""
    message = msgspec.structs.replace(district.roster().recognise(house_post()), late=True)

    (found,) = GroupMessages().check(message)

    assert found.measures == {Measure.REVIEW}


def test_what_is_written_in_a_private_matter_is_copied_though_its_student_has_left() -> None:
    """They may have read it before they went, or come back and read on."""
    roster = district.roster()
    (row, *_) = [each for each in MESSAGES if (each["author"], each["declared"]) == ("coach", "medical")]
    matter = recognised(row, roster).matter
    alone = replace(house_post(), author=AccountId("coach"), readers=accounts("parent"))

    (found,) = GroupMessages().check(roster.recognise(alone, matter))

    assert found.measures == {Measure.COPY, Measure.TELL}


@pytest.mark.parametrize(
    ("rule", "found"), [(GroupMessages(), []), (GroupMessages(3), [REVIEW]), (GroupMessages(2, True), [REVIEW])]
)
def test_who_may_have_read_besides_may_have_been_who_was_missing(
    rule: GroupMessages, found: list[set[Measure]]
) -> None:
    """A history cannot always say who read, and nothing is held against somebody on a guess."""
    told = replace(accounts("s1, s2"), perhaps=frozenset({AccountId("gone")}))
    message = district.roster().recognise(replace(house_post(), readers=told))

    assert [each.measures for each in rule.check(message)] == found


@pytest.mark.parametrize(
    ("rule", "to", "offered"),
    [
        (GroupMessages(), ("s1",), True),
        (GroupMessages("all"), ("s1",), True),
        (GroupMessages(3), ("s1",), False),
        (GroupMessages(3), ("s1", "s2"), True),
        (GroupMessages(2, True), ("s1",), False),
        (GroupMessages(2, True), ("s1", "principal"), True),
    ],
)
def test_a_captain_is_offered_only_where_one_more_student_is_enough(
    rule: GroupMessages, to: tuple[str, ...], *, offered: bool
) -> None:
    """Or the coach would be told to add one, and be refused."""
    message = district.roster().recognise(house_post(to=to))

    (found,) = rule.check(message)

    assert (Choice.CAPTAIN in found.choices) is offered
    assert found.remedy is not None
    assert ("captain" in found.remedy.english) is offered


@pytest.mark.parametrize(("taken", "measures"), [(True, {Measure.REMOVE, Measure.TELL}), (False, {Measure.ASK})])
def test_an_edit_that_may_be_private_is_asked_about_unless_the_message_had_to_go(
    taken: bool, measures: set[Measure]
) -> None:
    """A question would let stand again what was taken away; who was told of a copy was not asked yet."""
    message = district.roster().recognise(house_post(revision="2"))
    told = (Told(district.NOON, str(GroupMessages.clause), message.id.platform, message.id.post, taken),)
    read = message.readings.seeing(tuple(signs("medical?", "")))

    (found,) = GroupMessages().check(msgspec.structs.replace(message, told=told, readings=read))

    assert found.measures == measures
