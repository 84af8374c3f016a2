"""Places and profiles are looked at again and again: what is found there is a case about somebody, and a case once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bot.judge import Verdict, judge
from bot.message import PlaceId, PostId, Where, Words
from bot.people import AccountId, PersonId, TeamId
from bot.platform import ProfileSeen, Readers, Ruling, SpaceSeen
from bot.rule import Measure, Rule
from bot.standing import Standing
from bot.store import memory
from bot.store.record import Recorder
from rules.employee_04_group_messages import GroupMessages
from rules.employee_13_disclaimers import Disclaimers
from rules.employee_15_addresses_and_numbers import AddressesAndNumbers
from rules.general_08_tags import Tags
from rules.safety_self_harm import SelfHarm
from rules.safety_threats import Threats
from tests import cases
from tests.cases import after, decision, docket_of, happen
from tests.district import reader, roster
from tests.store.house import faults, house
from tests.test_moderator import Stage, run

ROOM = PlaceId("room")
SHORT, OTHER = "sign up at https://bit.ly/af-camp", "rides at https://tinyurl.com/af-rides"


def look(topic: str, at: float, place: PlaceId = ROOM) -> SpaceSeen:
    """Look at a team's place whose topic says something."""
    everybody = frozenset(map(AccountId, ("s1", "s2", "s3", "coach")))
    words = (Words(Where.CHANNEL_NAME, "#soccer"), Words(Where.TOPIC, topic))
    return SpaceSeen("replay", place, str(at), after(at), Readers(everybody, everybody), words, TeamId("soccer"))


A_DAY = 86_400
"""Seconds."""
FINE = decision(Ruling.NOT_A_PROBLEM, "director", post="space:room", at=100)


async def test_what_was_decided_about_a_place_is_not_asked_at_its_next_look(tmp_path: Path) -> None:
    """A channel is looked at whenever somebody comes or goes."""
    came = await happen(tmp_path, look(SHORT, 0), FINE, look(SHORT, 200), look(SHORT, 300))

    assert came.cases == []
    assert await faults(tmp_path) == []


@pytest.mark.parametrize(
    "later",
    [(look(OTHER, 200),), (look(f"{SHORT}, {OTHER}", 200),), (look("Go Herons", 200), look(SHORT, 300))],
    ids=["other words", "more words", "mended, and there again"],
)
async def test_what_is_new_at_a_place_is_asked_though_something_was_decided(
    tmp_path: Path, later: tuple[SpaceSeen, ...]
) -> None:
    """That one link is fine says nothing of the next one."""
    came = await happen(tmp_path, look(SHORT, 0), FINE, *later)

    assert [each.about.post for each in came.cases] == ["space:room"]


async def test_one_place_says_nothing_of_another(tmp_path: Path) -> None:
    """Two channels may have the same topic."""
    came = await happen(tmp_path, look(SHORT, 0), FINE, look(SHORT, 200, PlaceId("other")))

    assert [each.about.post for each in came.cases] == ["space:other"]


async def test_a_look_that_is_told_late_changes_nothing(tmp_path: Path) -> None:
    """What was mended when it was last looked at is not there again because an old look arrives."""
    came = await happen(tmp_path, look(SHORT, 0), FINE, look(SHORT, 300), look("Go Herons", 200), look(SHORT, 400))

    assert came.cases == []


async def test_pins_that_are_not_known_yet_are_not_mended(tmp_path: Path) -> None:
    """After a start a place is looked at before anybody has read what is pinned there."""
    unread = replace(look("Go Herons", 200), pins_known=False)

    came = await happen(tmp_path, look(SHORT, 0), FINE, unread, look(SHORT, 300))

    assert came.cases == []


async def test_what_was_decided_is_known_after_a_restart(tmp_path: Path) -> None:
    """A platform tells of every place anew when it connects."""
    await happen(tmp_path, look(SHORT, 0), FINE)

    async with house(tmp_path) as opened:
        standing = await opened.ledger.read(memory.standing)

    again = judge(reader().read(roster().recognise_space(look(SHORT, 200))), cases.RULES)
    other = judge(reader().read(roster().recognise_space(look(OTHER, 300))), cases.RULES)
    assert [each.rule for each in standing.found_before(again)] == ["link-shorteners"]
    assert standing.found_before(other) == ()


async def test_coaches_are_told_of_their_place_once_until_it_is_mended(tmp_path: Path) -> None:
    """Whoever comes or goes, and whether we are started anew: the same note twice is one too many."""
    rules = (Disclaimers(must_say=("a space of the school",)),)
    stage = Stage([look("Go Herons", 0), look("Go Herons", A_DAY), look("Go, Herons", 2 * A_DAY)])
    await run(tmp_path, stage, rules=rules)
    again = Stage([look("Go, Herons, go", 3 * A_DAY), look("Go, Herons", 4 * A_DAY)])
    async with house(tmp_path) as opened:
        standing = await opened.ledger.read(memory.standing)

    await run(tmp_path, again, rules=rules, standing=standing)

    assert stage.performed == ["tell"]
    assert again.performed == []


async def test_coaches_are_told_anew_when_it_is_gone_again(tmp_path: Path) -> None:
    """It was mended meanwhile."""
    rules = (Disclaimers(must_say=("a space of the school",)),)
    stage = Stage([look("Go Herons", 0), look("A space of the school", 2 * A_DAY), look("Go Herons", 3 * A_DAY)])

    await run(tmp_path, stage, rules=rules)

    assert stage.performed == ["tell", "tell"]


CRY = "i dont want to be here anymore"
SAFETY: tuple[Rule, ...] = (SelfHarm(), Threats(), Tags())


def shown(about: str, at: float, account: str = "s1") -> ProfileSeen:
    """Look at what somebody says of themselves."""
    return ProfileSeen("replay", AccountId(account), str(at), after(at), (Words(Where.ABOUT, about),))


async def test_a_cry_for_help_in_a_profile_or_a_name_reaches_people(tmp_path: Path) -> None:
    """No message carries it; and a child in danger does not rehearse (rule 12). It is one case each."""
    heard = (shown(CRY, 0), look(CRY, 1), shown(CRY, 2, "nobody"), shown("i like boats", 3), look("Go Herons", 4))

    came = await happen(tmp_path, *heard, rules=SAFETY, rehearse=True)

    assert came.asked() == ["principal", "principal", "principal", "other-principal"]
    assert [(each.about.post, each.about.rules, each.about.safety) for each in came.cases] == [
        ("profile:s1", ("self-harm",), True),
        ("space:room", ("self-harm",), True),
        ("profile:nobody", ("self-harm",), True),
    ]
    assert await faults(tmp_path) == []


async def test_what_only_hints_at_danger_in_a_name_is_for_a_person(tmp_path: Path) -> None:
    """A name is no cry, as a rule. Somebody looks all the same."""
    came = await happen(tmp_path, shown("stab jordan after practice", 0), rules=SAFETY)

    assert came.asked() == []
    assert [each.about.rules for each in came.cases] == [("threats",)]


async def test_people_are_alerted_of_a_place_once_until_it_is_mended(tmp_path: Path) -> None:
    """Whoever comes or goes, a day later, after a decision and after a restart: once is enough. Then it is news."""
    decided = decision(Ruling.NOT_A_PROBLEM, "principal", post="space:room", at=100)
    first = await happen(tmp_path, look(CRY, 0), look(CRY, 10), decided, look(CRY, A_DAY), rules=SAFETY)
    async with house(tmp_path) as opened:
        standing = await opened.ledger.read(memory.standing)
    mended = (look(CRY, 2 * A_DAY), look("Go Herons", 3 * A_DAY), look(CRY, 4 * A_DAY))

    later = await happen(tmp_path, *mended, rules=SAFETY, standing=standing)

    assert first.performed.count("alert") == 1
    assert later.performed.count("alert") == 1


def test_people_are_alerted_of_a_place_once_it_is_sure() -> None:
    """That somebody looked at the same words before alerted nobody."""
    unsure, sure = (
        verdict_of(replace(look(CRY, 0), change=str(each)), measures)
        for each, measures in enumerate(({Measure.REVIEW}, {Measure.REVIEW, Measure.ALERT}))
    )
    standing = Standing()

    assert standing.found_before(unsure) == ()
    assert standing.found_before(unsure) != ()
    assert standing.found_before(sure) == ()
    assert standing.found_before(sure) != ()


def verdict_of(seen: SpaceSeen, measures: set[Measure]) -> Verdict:
    """Find a sign of danger at a place, sure or not."""
    verdict = judge(reader().read(roster().recognise_space(seen)), SAFETY)
    standing = tuple(replace(each, measures=frozenset(measures)) for each in verdict.standing)
    return msgspec.structs.replace(verdict, standing=standing)


async def test_people_are_alerted_of_a_profile_once_a_day_while_it_says_so(tmp_path: Path) -> None:
    """It is told only when it changes. What says "tonight" may be meant anew on another night."""
    heard = (shown(CRY, 0), shown(CRY, 10), shown("fine", 20), shown(CRY, 30), shown(CRY, A_DAY))

    came = await happen(tmp_path, *heard, rules=SAFETY)
    async with house(tmp_path) as opened:
        standing = await opened.ledger.read(memory.standing)

    assert came.performed.count("alert") == 2
    assert standing.sought == {}


async def test_a_case_about_a_profile_is_about_its_owner(tmp_path: Path) -> None:
    """Nobody decides about themselves, and what is about a member of staff is for who stands above them."""
    seen = ProfileSeen("replay", AccountId("coach"), "1", after(0), (Words(Where.ABOUT, "call 978-555-0134"),))
    async with house(tmp_path) as opened:
        verdict = judge(reader().read(roster().recognise_profile(seen)), [AddressesAndNumbers()])
        await opened.ledger.write(Recorder(opened.database.master).judged(verdict, ()))
        docket = docket_of(opened)
        (case,) = await docket.waiting()

        desk = docket.desk(after(0) + timedelta(minutes=1))

    assert (case.about.post, case.about.author, case.about.account) == (PostId("profile:coach"), "coach", "coach")
    assert not desk.may_see(PersonId("coach"), case)
    assert not desk.may_see(PersonId("coach-b"), case)
    assert desk.may_decide(PersonId("principal"), case)


KYS = "kys"


def voice(name: str, at: float, *connected: str) -> SpaceSeen:
    """Look at a voice room of some name, in which somebody may meet."""
    everybody, there = (frozenset(map(AccountId, each)) for each in (("s1", "s2", "s3", "coach"), connected))
    look_ = SpaceSeen("replay", ROOM, str(at), after(at), Readers(everybody, everybody))
    words, minutes = (Words(Where.CHANNEL_NAME, name),), timedelta(minutes=10)
    return replace(look_, words=words, connected=Readers(there, there), connected_for=minutes)


async def test_people_are_alerted_of_the_name_of_a_voice_room_once(tmp_path: Path) -> None:
    """It is looked at whenever somebody comes or goes, day after day and after a restart, in rehearsal, too."""
    looks = (voice(KYS, 0), voice(KYS, A_DAY, "s1"), voice(KYS, 2 * A_DAY, "s1", "s2"))
    first = await happen(tmp_path, *looks, rules=SAFETY, rehearse=True)
    async with house(tmp_path) as opened:
        standing = await opened.ledger.read(memory.standing)

    later = await happen(tmp_path, voice(KYS, 3 * A_DAY), rules=SAFETY, rehearse=True, standing=standing)

    assert (first.performed.count("alert"), later.performed.count("alert")) == (1, 0)
    assert len(later.cases) == 1


def test_each_meeting_in_a_voice_room_is_news_whatever_the_room_is_called() -> None:
    """Who is alone with a student there is not heard of by the name of the room."""
    standing, rules = Standing(), (GroupMessages(), *SAFETY)
    looks = [voice(KYS, at, "coach", "s1") for at in (0, A_DAY)]
    verdicts = [judge(reader().read(roster().recognise_space(each)), rules) for each in looks]

    known = [{each.rule for each in standing.found_before(verdict)} for verdict in verdicts]

    assert {each.rule for each in verdicts[1].standing} >= {"group-messages", "self-harm"}
    assert (known[0], "self-harm" in known[1], "group-messages" in known[1]) == (set(), True, False)


async def test_a_meeting_is_no_news_of_its_room_after_a_restart(tmp_path: Path) -> None:
    """What is found of who meets there is kept out of what is known of the place, as before the restart."""
    rules = (GroupMessages(), *SAFETY)
    met = await happen(tmp_path, voice("room", 0, "coach", "s1"), rules=rules)
    async with house(tmp_path) as opened:
        standing = await opened.ledger.read(memory.standing)

    assert [each.about.rules for each in met.cases] == [("group-messages",)]
    assert not [name for known in standing.found.values() for name in known if "group-messages" in name]
