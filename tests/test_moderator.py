import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from bot.actions import Deed
from bot.house import House
from bot.judge import judge
from bot.lists import Lists
from bot.message import Attached, MatterKind, Message, PlaceId, PostId, Where, Words
from bot.moderator import IN_FLIGHT, Moderator
from bot.people import AccountId
from bot.performer import TRIES
from bot.plan import plan
from bot.platform import Appeal, Deletion, Heard, Outcome, Platform, ProfileSeen, Readers, Receipt, Report, SpaceSeen
from bot.readings.found import Trace
from bot.rule import Clause, Finding, LooksAt, Measure, Rule
from bot.standing import IDLE, Standing
from bot.store import memory
from bot.store.notes import kept_notes
from bot.store.record import Recorder
from rules.employee_04_group_messages import GroupMessages
from rules.employee_06_private_numbers import PrivateNumbers
from rules.general_09_link_shorteners import LinkShorteners
from tests.district import NOON, SOCCER, reader, roster
from tests.store.house import audited, chat, faults, house, place, post, rows

A_SECOND = timedelta(seconds=1)
NOT_A_DATE = datetime.min.replace(tzinfo=NOON.tzinfo)
"""A moment that has no day by a clock west of Greenwich."""

RULES = (GroupMessages(), LinkShorteners())


@dataclass
class Stage:
    """A small platform that tells what it is given, and answers as it is told. It looks into the file as it goes."""

    heard: Iterable[Heard] = ()
    answers: Mapping[str, Receipt | Exception] = field(default_factory=dict)
    """By kind of deed; anything else is done."""
    finds: Receipt | Exception = field(default_factory=lambda: Receipt(Outcome.NOT_DONE))
    deaf: bool = False
    """Whether it breaks when it is told that something was written down."""
    looks: Callable[[], object] = lambda: None
    """What is noted at each acknowledgement and each deed."""

    performed: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    acknowledged: list[Heard] = field(default_factory=list)
    seen: list[Any] = field(default_factory=list)
    name: str = "replay"
    carries_all: bool = False
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """What stands in the files that are attached."""

    async def hear(self) -> AsyncIterator[Heard]:
        for each in self.heard:
            yield each

    async def acknowledge(self, heard: Heard) -> None:
        self.acknowledged.append(heard)
        self.seen.append(self.looks())
        if self.deaf:
            raise ConnectionError("canary")

    async def perform(self, deed: Deed) -> Receipt:
        self.performed.append(deed.action.kind)
        self.seen.append(self.looks())
        return _said(self.answers.get(deed.action.kind, Receipt(Outcome.DONE)))

    async def fetch(self, picture: Attached, /) -> bytes | None:
        return self.pictures.get(picture.file)

    async def find(self, deed: Deed) -> Receipt:
        self.found.append(deed.action.kind)
        return _said(self.finds)


def _said(answer: Receipt | Exception) -> Receipt:
    if isinstance(answer, Exception):
        raise answer
    return answer


def moderator_of(
    opened: House,
    standing: Standing | None = None,
    district: Lists | None = None,
    rules: Iterable[Rule] = RULES,
) -> Moderator:
    """Build the moderator of an open house."""
    recorder = Recorder(opened.database.master)
    return Moderator(
        roster(district), reader(), rules, [], standing or Standing(), opened.ledger, recorder, lambda: NOON
    )


async def run(
    folder: Path,
    stage: Stage,
    *,
    stop: bool = False,
    resumed: bool = False,
    district: Lists | None = None,
    door: Platform | None = None,
    standing: Standing | None = None,
    rules: Iterable[Rule] = RULES,
) -> None:
    """Let a platform tell everything to a real house, until every deed was tried; `door` stands in front of it."""
    told = asyncio.Event()
    if stop:
        told.set()
    async with house(folder) as opened:
        moderator = moderator_of(opened, standing, district, rules)
        if resumed:
            async with opened.database.reading().connect() as connection:
                left = await connection.run_sync(lambda sync: list(memory.deeds(sync, opened.database.master)))
                copied = await connection.run_sync(memory.copied)
            await moderator.performer.take_up([(deed, state) for deed, state, _ in left], copied, stage)
        await moderator.follow(door or stage, opened.tasks, told)


def entries(folder: Path, *kinds: str) -> list[dict[str, Any]]:
    """Read the entries of some kinds, or all, in their order."""
    bodies = (json.loads(body) for (body,) in rows(place(folder).database, "SELECT body FROM entry ORDER BY seq"))
    return [each for each in bodies if not kinds or each["kind"] in kinds]


def outcomes(folder: Path) -> list[str]:
    """Say how each deed ended, by its kind."""
    written = entries(folder, "planned", "closed")
    does = {each["deed"]: each["does"] for each in written if each["kind"] == "planned"}
    return sorted(f"{does[each['deed']]} {each['outcome']}" for each in written if each["kind"] == "closed")


def deletion(id_: str = "p1") -> Deletion:
    """Let a post be gone."""
    return Deletion("replay", PlaceId("room"), PostId(id_), NOON + A_SECOND)


async def test_a_message_walks_the_whole_journey(tmp_path: Path) -> None:
    """A coach writes to one student: written, acknowledged, removed, the coach told, and the end written."""
    stage = Stage([post()])

    await run(tmp_path, stage)

    assert sorted(stage.performed) == ["remove", "tell"]
    assert outcomes(tmp_path) == ["remove done", "tell done"]
    assert await faults(tmp_path) == []


async def test_nothing_is_acknowledged_before_it_is_written(tmp_path: Path) -> None:
    """A platform that has been answered never tells again; a crash after that must have lost nothing."""
    stage = Stage([chat(), post("p2"), deletion("p3"), report(), profile()])
    stage.looks = lambda: (len(stage.acknowledged), rows(place(tmp_path).database, UNANSWERED)[0][0])

    await run(tmp_path, stage)

    counted = [each for each in stage.seen if isinstance(each, tuple)]
    assert len(stage.acknowledged) == 5
    assert all(written >= answered for answered, written in counted)


UNANSWERED = "SELECT count(*) FROM entry WHERE kind IN ('judged', 'deleted', 'reported', 'stumbled')"


async def test_nothing_is_done_before_it_is_written_that_it_begins(tmp_path: Path) -> None:
    """After a crash in the middle of a deed, the ledger has to know that it may have been done."""
    stage = Stage([post()])
    stage.looks = lambda: dict(rows(place(tmp_path).database, "SELECT kind, state FROM deed WHERE until IS NULL"))

    await run(tmp_path, stage)

    told, *deeds = stage.seen
    assert told == {"remove": "planned", "tell": "planned"}
    assert [kept[kind] for kind, kept in zip(stage.performed, deeds, strict=True)] == ["begun", "begun"]


async def test_posts_of_a_place_are_written_in_the_order_they_came(tmp_path: Path) -> None:
    """More than fit on their way at once, from three places, with deeds in between."""
    posts = [
        (post if number % 7 == 0 else chat)(f"p{number}", room=f"room{number % 3}", at=NOON + number * A_SECOND)
        for number in range(3 * IN_FLIGHT)
    ]

    await run(tmp_path, Stage(posts))

    written = [datetime.fromisoformat(each["at"]) for each in entries(tmp_path, "judged")]
    assert written == [each.sent_at for each in posts]


async def test_no_more_is_on_its_way_than_there_is_room_for(tmp_path: Path) -> None:
    """A platform that tells faster than the disk writes has to wait, or the memory would not suffice."""
    told: list[int] = []
    stage = Stage()

    def tell() -> Iterator[Heard]:
        for number in range(2 * IN_FLIGHT):
            told.append(number - len(stage.acknowledged))
            yield chat(f"p{number}")

    stage.heard = tell()

    await run(tmp_path, stage)

    assert max(told) <= IN_FLIGHT + 1


@pytest.mark.parametrize(
    ("found", "ended", "case"),
    [
        (Receipt(Outcome.DONE), "remove done", False),
        (Receipt(Outcome.UNKNOWN), "remove unknown", True),
        (TimeoutError(), "remove unknown", True),
    ],
)
async def test_an_outcome_nobody_knows_is_looked_up_and_not_repeated(
    found: Receipt | Exception, ended: str, case: bool, tmp_path: Path
) -> None:
    """Told again blindly, a coach would read the same note twice; what cannot be told waits for a person."""
    stage = Stage([post()], {"remove": Receipt(Outcome.UNKNOWN)}, found)

    await run(tmp_path, stage)

    assert sorted(stage.performed) == ["remove", "tell"]
    assert stage.found == ["remove"]
    assert outcomes(tmp_path)[0] == ended
    assert (await audited(tmp_path)).open_cases == case


async def test_what_is_found_not_to_have_been_done_is_done(tmp_path: Path) -> None:
    """The look-up answers for certain; only then is it safe to try again, and not for ever."""
    stage = Stage([post()], {"remove": Receipt(Outcome.UNKNOWN)}, Receipt(Outcome.NOT_DONE))

    await run(tmp_path, stage)

    assert stage.performed.count("remove") == TRIES
    assert outcomes(tmp_path)[0] == "remove refused"


async def test_what_was_surely_not_done_is_tried_so_often_and_then_a_person_looks(tmp_path: Path) -> None:
    """Each try is written before it is made."""
    stage = Stage([post()], {"tell": Receipt(Outcome.NOT_DONE, "rate limited")})

    await run(tmp_path, stage)

    begun = [each["deed"] for each in entries(tmp_path, "begun")]
    assert sorted(stage.performed) == ["remove", *["tell"] * TRIES]
    assert stage.found == []
    assert len(begun) == 1 + TRIES
    assert [each["reason"] for each in entries(tmp_path, "closed")].count("rate limited") == 1
    assert (await audited(tmp_path)).open_cases == 1


async def test_what_a_platform_refuses_is_not_asked_again(tmp_path: Path) -> None:
    """A Slack bot may not delete what others wrote: a person is asked to."""
    stage = Stage([post()], {"remove": Receipt(Outcome.REFUSED, "not permitted")})

    await run(tmp_path, stage)

    assert sorted(stage.performed) == ["remove", "tell"]
    assert outcomes(tmp_path) == ["remove refused", "tell done"]
    assert (await audited(tmp_path)).open_cases == 1


async def test_a_platform_that_breaks_stops_nobody_else(tmp_path: Path) -> None:
    """A fault in a library is an unknown outcome; its words may quote a message, so they are kept out."""
    posts = [post(f"p{number}", room=f"room{number}") for number in range(5)]
    stage = Stage([*posts, chat("last")], {"remove": ValueError("canary")}, RuntimeError("canary"))

    await run(tmp_path, stage)

    assert stage.performed.count("tell") == 5
    assert outcomes(tmp_path).count("remove unknown") == 5
    assert len(entries(tmp_path, "judged")) == 6
    assert "canary" not in json.dumps(entries(tmp_path))


async def test_a_platform_that_cannot_be_answered_is_still_moderated(tmp_path: Path) -> None:
    """What was written is to be done, whether or not the platform could be told that it was written."""
    stage = Stage([post(), chat("p2")], deaf=True)

    await run(tmp_path, stage)

    assert outcomes(tmp_path) == ["remove done", "tell done"]
    assert [each["kind"] for each in entries(tmp_path) if each["kind"] == "stumbled"] == []


async def test_a_copy_read_in_place_is_kept_and_not_sent(tmp_path: Path) -> None:
    """The principal has it before their eyes; the number is theirs all the same."""
    stage = Stage([post(to=("s1", "principal"), matter=MatterKind.MEDICAL)])

    await run(tmp_path, stage)

    assert sorted(stage.performed) == ["copy", "tell"]
    assert sorted(outcomes(tmp_path)) == ["copy done", "copy done", "tell done"]
    assert [each.get("reason") for each in entries(tmp_path, "closed")].count("read in place") == 1
    assert rows(place(tmp_path).database, "SELECT number FROM copy") == [(1,)]


async def test_a_post_deleted_before_it_was_heard_need_not_be_removed(tmp_path: Path) -> None:
    """The coach was quicker. The note still goes out: it was read for a while."""
    stage = Stage([deletion(), post()])

    await run(tmp_path, stage)

    assert stage.performed == ["tell"]
    assert outcomes(tmp_path) == ["remove moot", "tell done"]


async def test_a_deletion_after_the_removal_is_written_and_nothing_more(tmp_path: Path) -> None:
    """It may well be our own."""
    await run(tmp_path, Stage([post()]))
    second = Stage([deletion(), deletion()])

    await run(tmp_path, second)

    assert second.performed == []
    assert len(entries(tmp_path, "deleted")) == 1
    assert len(second.acknowledged) == 2


async def test_an_edit_that_keeps_the_fault_tells_nobody_twice(tmp_path: Path) -> None:
    """Each version is judged and written; the same fault is one fault."""
    edits = [post(revision=str(number), text=f"version {number}") for number in (1, 2)]
    stage = Stage([post(), *edits])

    await run(tmp_path, stage)

    assert sorted(stage.performed) == ["remove", "tell"]
    assert len(entries(tmp_path, "judged")) == 3


async def test_an_edit_that_adds_a_fault_is_told(tmp_path: Path) -> None:
    """Other words are other evidence."""
    first, second = (f"look https://bit.ly/{code}" for code in ("abc", "xyz"))
    to = ("s1", "s2")
    stage = Stage(
        [post(text="hi", to=to), post(text=first, to=to, revision="1"), post(text=second, to=to, revision="2")]
    )

    await run(tmp_path, stage)

    assert stage.performed == ["tell", "tell"]


async def test_each_version_of_a_private_matter_is_a_copy_of_its_own(tmp_path: Path) -> None:
    """Changed words are a new copy; the same words told again are not."""
    matters = [post(matter=MatterKind.MEDICAL, revision=each) for each in ("", "1", "1")]

    await run(tmp_path, Stage(matters))

    assert rows(place(tmp_path).database, "SELECT number FROM copy ORDER BY number") == [(1,), (2,)]


async def test_an_edit_stays_in_the_matter_of_its_post(tmp_path: Path) -> None:
    """A typo may be mended whenever it is seen; only what is new in a place that was idle for long is no matter."""
    late = NOON + IDLE + A_SECOND
    matter = post(matter=MatterKind.MEDICAL, room="dm")
    await run(tmp_path, Stage([matter]), standing=(standing := Standing()))

    await run(tmp_path, new := Stage([post("p2", room="dm", at=late)]), standing=standing)
    edits = [replace(post(id_, room="dm", at=late + A_SECOND), revision="1") for id_ in ("p2", "p1")]
    await run(tmp_path, mended := Stage(edits), standing=standing)

    assert sorted(new.performed) == ["remove", "tell"]
    assert mended.performed == ["copy", "copy"]
    assert await faults(tmp_path) == []


async def test_an_edit_heard_before_its_post_waits_for_nothing(tmp_path: Path) -> None:
    """It is judged as what it shows, and the post when it comes."""
    stage = Stage([post(revision="1"), post()])

    await run(tmp_path, stage)

    assert sorted(stage.performed) == ["remove", "tell"]
    assert len(entries(tmp_path, "judged")) == 2


async def test_what_is_told_twice_is_written_once_and_answered_twice(tmp_path: Path) -> None:
    """Even when both are on their way at once; a platform repeats until it is answered."""
    stage = Stage([post(), post(), report(), report(), profile(), profile()])

    await run(tmp_path, stage)

    assert len(stage.acknowledged) == 6
    assert sorted(stage.performed) == ["alert", "remove", "tell", "tell"]
    assert len(entries(tmp_path, "judged", "reported")) == 3


async def test_a_second_run_writes_nothing_and_does_nothing(tmp_path: Path) -> None:
    """A run may be repeated whenever somebody is unsure."""
    told: list[Heard] = [
        post(),
        chat("p2"),
        post("p3", matter=MatterKind.MEDICAL, room="dm"),
        post("p4", room="dm"),
        deletion(),
    ]
    told += [report(), profile()]
    await run(tmp_path, Stage(told))
    before, second = entries(tmp_path), Stage(told)

    await run(tmp_path, second)

    assert entries(tmp_path) == before
    assert second.performed == []
    assert sorted(map(repr, second.acknowledged)) == sorted(map(repr, told))


async def test_what_is_told_again_is_not_judged_again(tmp_path: Path) -> None:
    """After an outage days are told anew; only what was not written yet asks for time."""
    told: list[Heard] = [post(), chat("p2"), post("p3", revision="1")]
    await run(tmp_path, Stage(told), rules=(asked := Asking(),))

    await run(tmp_path, Stage([*told, chat("p4"), post("p3", revision="2")]), rules=(again := Asking(),))

    assert asked.seen == [("p1", ""), ("p2", ""), ("p3", "1")]
    assert again.seen == [("p4", ""), ("p3", "2")]


async def test_an_edit_that_makes_a_post_a_private_matter_plans_no_removal_twice(tmp_path: Path) -> None:
    """Its words are sealed in another scope then, but it is the same post that is taken away, and it is already."""
    first = post(text="My cell is 978-555-0134.", to=("s1", "s2"))
    private = replace(first, revision="2", sent_at=NOON + A_SECOND, matter=MatterKind.MEDICAL)
    rules = (PrivateNumbers(),)
    await run(tmp_path, Stage([first]), rules=rules)

    await run(tmp_path, stage := Stage([first, private, chat("p2", at=NOON + 2 * A_SECOND)]), rules=rules)

    assert len(entries(tmp_path, "judged")) == 3
    assert [each["does"] for each in entries(tmp_path, "planned")].count("remove") == 1
    assert "remove" not in stage.performed
    assert await faults(tmp_path) == []


async def test_what_was_written_is_looked_up_after_an_outage_and_while_it_comes(tmp_path: Path) -> None:
    """Looking it up costs time, so a platform that tells only what is new is believed until it repeats itself."""
    asked, stage = Asking(), Stage()
    groups = [
        [post("p1")],
        [post("p2"), replace(post("p1"), late=True)],
        [post("p3"), post("p1")],
        [post("p4"), post("p3")],
        [post("p5"), post("p4")],
    ]
    async with house(tmp_path) as opened:
        moderator = moderator_of(opened, rules=[asked])
        for group in groups:
            await moderator.moderate(group, stage)

    assert [id_ for id_, _ in asked.seen] == ["p1", "p2", "p3", "p1", "p4", "p5"]
    assert len(entries(tmp_path, "judged")) == 5
    assert len(stage.acknowledged) == 9


async def test_each_platform_is_looked_up_by_itself(tmp_path: Path) -> None:
    """One that tells only what is new says nothing of another that is back from an outage."""
    slack = [replace(post(f"s{number}"), platform="slack") for number in (1, 2)]
    await run(tmp_path, Stage([slack[0]], name="slack"))
    asked, new, back = Asking(), Stage(), Stage(name="slack")

    async with house(tmp_path) as opened:
        moderator = moderator_of(opened, rules=[asked])
        await moderator.moderate([post("p1")], new)
        await moderator.moderate(slack, back)

    assert [id_ for id_, _ in asked.seen] == ["p1", "s2"]
    assert back.acknowledged == slack


async def test_a_post_that_cannot_be_judged_is_kept_for_a_person(tmp_path: Path) -> None:
    """Whatever a platform tells us: it is written, it is a case, it is answered, and the others go on."""
    odd = replace(post("odd", text="canary"), sent_at=NOT_A_DATE)
    stage = Stage([chat("p1"), odd, post("p2"), odd])

    await run(tmp_path, stage)

    assert [each["kind"] for each in entries(tmp_path, "judged", "stumbled")] == ["judged", "stumbled", "judged"]
    assert (await audited(tmp_path)).open_cases == 1
    assert sorted(stage.performed) == ["remove", "tell"]
    assert await faults(tmp_path) == []
    assert "canary" not in json.dumps(entries(tmp_path))


async def test_a_post_that_cannot_be_judged_is_answered_too(tmp_path: Path) -> None:
    """It is written down; a platform that is never answered tells it again for ever."""
    odd = replace(post("odd"), sent_at=NOT_A_DATE)
    stage = Stage([odd])

    await run(tmp_path, stage)

    assert stage.acknowledged == [odd]


@pytest.mark.parametrize("text", ["a\ud800b", "\udfff", "\x00", "\U0010ffff", "\x1b[2J", "x" * 1_000_000, ""])
async def test_no_text_breaks_the_journey(text: str, tmp_path: Path) -> None:
    """Half a character, a zero byte, a megabyte: given back as it was written."""
    async with house(tmp_path) as opened:
        stage = Stage([post(text=text)])
        await moderator_of(opened).follow(stage, opened.tasks, asyncio.Event())
        async with opened.database.reading().connect() as connection:
            notes = await connection.run_sync(kept_notes, opened.database.master)

    assert sorted(stage.performed) == ["remove", "tell"]
    assert text in notes[0]
    assert await faults(tmp_path) == []


@pytest.mark.parametrize("name", ["\ud800", "a b/c:d|e", "", "\x00", "'; DROP TABLE entry; --", "ünï\u202ecode"])
async def test_no_id_breaks_the_journey(name: str, tmp_path: Path) -> None:
    """An id is whatever a platform says."""
    odd = replace(post(), id=PostId(name), place=PlaceId(name), revision=name)
    stranger = replace(odd, author=AccountId(name), id=PostId(f"{name}2"))
    stage = Stage([odd, stranger, replace(deletion(), id=PostId(f"{name}3")), replace(report(), id=name)])

    await run(tmp_path, stage)

    assert entries(tmp_path, "stumbled") == []
    assert sorted(stage.performed) == ["alert", "remove", "tell", "tell"]
    assert await faults(tmp_path) == []


async def test_when_told_to_stop_what_is_on_its_way_is_finished(tmp_path: Path) -> None:
    """Nothing new is begun, nothing is left half done."""
    stage = Stage([post(), post("p2")])

    await run(tmp_path, stage, stop=True)

    assert sorted(stage.performed) == ["remove", "tell"]
    assert len(entries(tmp_path, "judged")) == 1


class Stuck(Stage):
    """A platform that begins every deed, and ends none until it is let go."""

    def __init__(self, *heard: Heard) -> None:
        super().__init__(heard)
        self.told = asyncio.Event()
        """Set when all that was heard is written."""
        self.removing = asyncio.Event()
        """Set when each of five posts is being removed."""
        self.free = asyncio.Event()

    async def acknowledge(self, heard: Heard) -> None:
        await super().acknowledge(heard)
        if len(self.acknowledged) == len([*self.heard]):
            self.told.set()

    async def perform(self, deed: Deed) -> Receipt:
        receipt = await super().perform(deed)
        if self.performed.count("remove") == len(FIVE):
            self.removing.set()
        await self.free.wait()
        return receipt


FIVE = tuple(post(f"p{number}", room=f"room{number}") for number in range(1, 6))


def done(folder: Path) -> list[str]:
    """Name the deeds that were done."""
    return [each for each in outcomes(folder) if each.endswith(" done")]


async def test_an_appeal_waits_but_a_little_for_a_slow_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does what comes after it: the deeds before it run beside each other, and beside the journey."""
    monkeypatch.setattr("bot.moderator.PATIENCE", 0.1)
    stage = Stuck(*FIVE, appeal(), chat("last"))
    async with house(tmp_path) as opened:
        following = opened.tasks.create_task(moderator_of(opened).follow(stage, opened.tasks, asyncio.Event()))
        await asyncio.wait_for(stage.told.wait(), 10)
        await asyncio.wait_for(stage.removing.wait(), 10)
        early = done(tmp_path)
        stage.free.set()
        await following

    assert early == []
    assert outcomes(tmp_path).count("remove done") == len(FIVE)
    assert await faults(tmp_path) == []


async def test_when_told_to_stop_an_appeal_waits_for_no_deed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is written and answered; what is begun by then has until the farewell, and is looked up at the next start."""
    monkeypatch.setattr("bot.moderator.PATIENCE", 600.0)
    monkeypatch.setattr("bot.moderator.FAREWELL", 0.1)
    stage, stop = Stuck(*FIVE, appeal()), asyncio.Event()
    async with house(tmp_path) as opened:
        following = opened.tasks.create_task(moderator_of(opened).follow(stage, opened.tasks, stop))
        await asyncio.wait_for(stage.removing.wait(), 10)
        stop.set()
        await asyncio.wait_for(following, 10)

    assert stage.told.is_set()
    assert done(tmp_path) == []
    assert await faults(tmp_path) == []


async def test_what_is_quick_is_done_before_an_appeal_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is about what was done, and must find it done."""
    monkeypatch.setattr("bot.moderator.PATIENCE", 600.0)
    stage = Stage([*FIVE, appeal()])
    stage.looks = lambda: (len(stage.acknowledged), len(done(tmp_path)))

    await run(tmp_path, stage)

    assert (len(FIVE) + 1, 2 * len(FIVE)) in stage.seen


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule with a fault."""

    name: ClassVar[str] = "broken"
    clause: ClassVar[Clause] = GroupMessages.clause
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = None

    def check(self, subject: Message) -> Iterator[Finding]:
        raise RuntimeError(subject.text)


@dataclass(frozen=True, slots=True)
class Asking:
    """A rule that finds nothing, and remembers what it was asked about."""

    name: ClassVar[str] = "asking"
    clause: ClassVar[Clause] = GroupMessages.clause
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = None
    seen: list[tuple[str, str]] = field(default_factory=list)

    def check(self, subject: Message) -> Iterator[Finding]:
        self.seen.append((subject.id.post, subject.id.revision))
        yield from ()


async def test_a_broken_rule_is_a_case_and_not_a_stumble(tmp_path: Path) -> None:
    """The message is judged by the others; a person looks at what one rule could not."""
    async with house(tmp_path) as opened:
        recorder = Recorder(opened.database.master)
        rules: list[Rule] = [Broken(), *RULES]
        moderator = Moderator(roster(), reader(), rules, [], Standing(), opened.ledger, recorder, lambda: NOON)
        await moderator.moderate([post(text="canary")], Stage())

    judged = entries(tmp_path, "judged")
    assert [each["measures"] for each in judged[0]["found"]] == [[Measure.REVIEW], [Measure.REMOVE, Measure.TELL]]
    assert "canary" not in json.dumps(judged)
    assert (await audited(tmp_path)).open_cases == 1


@pytest.mark.parametrize(
    ("begun", "finds", "performed", "outcome"),
    [
        (False, Receipt(Outcome.DONE), ["remove"], "remove done"),
        (True, Receipt(Outcome.DONE), [], "remove done"),
        (True, Receipt(Outcome.UNKNOWN), [], "remove unknown"),
        (True, OSError(), [], "remove unknown"),
        (True, Receipt(Outcome.NOT_DONE), ["remove"], "remove done"),
    ],
)
async def test_a_deed_left_open_is_looked_up_if_it_had_begun(
    begun: bool, finds: Receipt | Exception, performed: list[str], outcome: str, tmp_path: Path
) -> None:
    """What was only planned can be done; what had begun may be done already."""
    stage = Stage(finds=finds)
    async with house(tmp_path) as opened:
        moderator, recorder = moderator_of(opened), Recorder(opened.database.master)
        deed = await left_open(opened)
        if begun:
            await opened.ledger.write(recorder.begun(deed, NOON))
        await moderator.performer.resume(deed, begun=begun, platform=stage)

    assert stage.performed == performed
    assert outcomes(tmp_path) == [outcome]
    assert await faults(tmp_path) == []


async def left_open(opened: House) -> Deed:
    """Plan a removal and go no further."""
    message = roster().recognise(post())
    verdict = judge(message, RULES)
    actions = plan(verdict, roster().on(message.day).offices)[:1]
    written = await opened.ledger.write(Recorder(opened.database.master).judged(verdict, actions))

    assert written is not None
    return written.deeds[0]


class Slow(Stage):
    """A platform on which closing a place takes longer than opening it."""

    def __init__(self, heard: Iterable[Heard]) -> None:
        super().__init__(heard)
        self.ended: list[str] = []

    async def perform(self, deed: Deed) -> Receipt:
        receipt = await super().perform(deed)
        if deed.action.kind == "restrict":
            await asyncio.sleep(0.2)
        self.ended.append(deed.action.kind)
        return receipt


async def test_a_place_is_closed_and_opened_in_that_order(tmp_path: Path) -> None:
    """Two looks in one second: were the opening to overtake the closing, coaches would stay locked out."""
    stage = Slow([look(0, "s1"), look(1, "s1", "s2")])

    await run(tmp_path, stage)

    assert stage.ended == ["restrict", "lift"]


def look(second: int, *accounts: str) -> SpaceSeen:
    """Look at the soccer team's place."""
    readers = frozenset(map(AccountId, accounts))
    at = NOON + second * A_SECOND
    return SpaceSeen("replay", PlaceId("room"), at.isoformat(), at, Readers(readers, readers), team=SOCCER)


def report() -> Report:
    """Let a student tell an adult."""
    return Report("replay", "r1", PostId("p9"), PlaceId("room"), AccountId("s2"), NOON, (Words(Where.BODY, "help"),))


def appeal() -> Appeal:
    """Let the author of the first post disagree."""
    return Appeal("replay", "a1", PostId("p1"), AccountId("coach"), NOON + A_SECOND, (Words(Where.BODY, "no"),))


def profile() -> ProfileSeen:
    """Look at a profile."""
    return ProfileSeen("replay", AccountId("s1"), "1", NOON, (Words(Where.DISPLAY_NAME, "Sam"),))
