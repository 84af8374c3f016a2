"""What the models read, in time and later: nothing is dropped, nothing done twice, nothing decided is opened again."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import msgspec
import pytest

from bot.actions import Alert, Deed, Tell
from bot.landed import read_landings
from bot.links import Link
from bot.message import Attached, MatterKind, Message, PostId, Where, Words
from bot.moderator import Moderator
from bot.notice import PLEASE_DELETE, Notice
from bot.people import AccountId, PersonId
from bot.platform import UNKNOWN_READERS, Answer, Decision, Heard, Outcome, Platform, Post, Receipt, Ruling
from bot.readings.found import Trace
from bot.readings.labels import Clue, Label, Setting
from bot.readings.landing import Landing, Unknown
from bot.readings.reader import Reader, Subject
from bot.readings.signs import POINTS, Point, Slow
from bot.readings.topics import Topics
from bot.rounds import ReadingRoom, ReadSlowly
from bot.rule import Choice, Clause, Evidence, Finding, LooksAt, Measure, Rule, traces
from bot.standing import Standing
from bot.store import memory, past
from bot.store.excerpt import Excerpt
from bot.store.record import Recorder
from bot.study import AT_ONCE, Study
from bot.texts import N_
from rules.employee_04_group_messages import GroupMessages
from rules.employee_06_private_numbers import PrivateNumbers
from rules.employee_07_official_platforms import OfficialPlatforms
from rules.general_03_tobacco_drugs_alcohol import TobaccoDrugsAlcohol
from rules.general_09_link_shorteners import LinkShorteners
from rules.general_10_same_standards import SameStandards
from rules.general_11_anonymizers import Anonymizers
from rules.safety_self_harm import SelfHarm
from tests.district import DAY, KNOWN, NOON, roster
from tests.store.house import audited, chat, house, place, post, rows
from tests.test_moderator import Stage, entries, outcomes

MAY_HURT = N_("It may hurt somebody.")
REFUSED = Receipt(Outcome.REFUSED, "not permitted")


@dataclass(frozen=True, slots=True)
class Respect:
    """Finds what may be harsh, as the readings say; a rule like those that come."""

    name: ClassVar[str] = "respect"
    clause: ClassVar[Clause] = Clause("Student Guidelines", 1, "do it in a respectful way")
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = Trace(labels=(Label.HARASSMENT,))

    def check(self, message: Message) -> Iterator[Finding]:
        if message.readings.sign(Label.HARASSMENT):
            yield Finding(self.name, self.clause, frozenset({Measure.REVIEW, Measure.TELL}), MAY_HURT)


@dataclass(frozen=True, slots=True)
class Closeness:
    """Finds signs of closeness that come again; a rule like the one that comes."""

    name: ClassVar[str] = "closeness"
    clause: ClassVar[Clause] = Clause("General Guidelines", 1, "Inappropriate contact")
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = Trace(labels=(Label.BOUNDARY,))

    def check(self, message: Message) -> Iterator[Finding]:
        if message.readings.pair >= 2:
            yield Finding(self.name, self.clause, frozenset({Measure.REVIEW}), MAY_HURT)


@dataclass(frozen=True, slots=True)
class Withheld:
    """Takes everything away at once, and tells its author only once the models have read it."""

    name: ClassVar[str] = "withheld"
    clause: ClassVar[Clause] = Clause("Student Guidelines", 1, "do it in a respectful way")
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = Trace(labels=(Label.HARASSMENT,))

    def check(self, message: Message) -> Iterator[Finding]:
        told = {Measure.TELL} if message.readings.sign(Label.HARASSMENT) else set[Measure]()
        yield Finding(self.name, self.clause, frozenset({Measure.REMOVE, *told}), MAY_HURT)


@dataclass
class Harsh:
    """Stands in for the models: harsh is whatever says so. It may take its time, and may break."""

    pause: float = 0.0
    breaks: bool = False
    points: Mapping[Label, Point] = field(default_factory=lambda: POINTS)
    read: list[str] = field(default_factory=list)
    clues: list[Clue] = field(default_factory=list)
    about: Mapping[Label, str] = field(
        default_factory=lambda: {Label.HARASSMENT: "harsh", Label.BOUNDARY: "our secret"}
    )

    def __call__(
        self, texts: Sequence[str], settings: Sequence[Setting], clues: Sequence[tuple[Clue, ...]]
    ) -> list[dict[str, float]]:
        time.sleep(self.pause)
        if self.breaks:
            raise RuntimeError("canary")
        self.read += texts
        self.clues += (clue for found in clues for clue in found)
        return [{label: float(word in text) for label, word in self.about.items()} for text in texts]


RULES: tuple[Rule, ...] = (GroupMessages(), Respect())
READER = Reader(KNOWN, traces([Respect(), Closeness()]))


async def run(
    folder: Path,
    heard: Sequence[Heard],
    model: Harsh,
    patience: float | None = 1.0,
    *,
    stage: Stage | None = None,
    rules: Sequence[Rule] = RULES,
    forget: date | None = None,
    slow: Mapping[Slow, ReadSlowly] | None = None,
    reader: Reader = READER,
) -> Stage:
    """Let a platform tell everything to a real house with a model, what an earlier run left first."""
    stage = stage or Stage()
    stage.heard = heard
    async with house(folder) as opened:
        recorder, study = Recorder(opened.database.master), Study(Topics(READER.clues, model), patience)
        room = ReadingRoom(study, slow or {})
        moderator = Moderator(roster(), reader, rules, [], Standing(), opened.ledger, recorder, lambda: NOON, room)
        left = await opened.ledger.read(lambda connection, master: [*memory.deeds(connection, master)])
        await moderator.take_up([(deed, state) for deed, state, _ in left], frozenset(), stage)
        await moderator.follow(stage, opened.tasks, asyncio.Event())
        study.close()
        if forget is not None:
            await opened.ledger.forget(forget, NOON)
    return stage


def reads_in_pictures(text: str) -> ReadSlowly:
    """Let words stand in every picture."""

    async def read(messages: Sequence[Message], _: Platform) -> list[Message | None]:
        shown = Words(Where.PICTURE_TEXT, text)
        return [msgspec.structs.replace(each, words=(*each.words, shown)) for each in messages]

    return read


def reads_once_answered(stage: Stage, text: str) -> ReadSlowly:
    """Let words stand in every picture, which is looked at only once somebody has answered."""
    answered, read_now = asyncio.Event(), reads_in_pictures(text)
    stage.looks = lambda: answered.set() if isinstance(stage.acknowledged[-1], Answer) else None

    async def read(messages: Sequence[Message], platform: Platform) -> Sequence[Message | None]:
        await answered.wait()
        return await read_now(messages, platform)

    return read


def judged(folder: Path) -> list[tuple[int, list[str]]]:
    """Say in which rounds something was judged, and by which rules it was found."""
    return [
        (each.get("round", 0), [found["rule"] for found in each.get("found", [])]) for each in entries(folder, "judged")
    ]


class Spoils(Reader):
    """Breaks on one text, but for the first time it is read, as a fault of ours would."""

    reads: int = 0

    def read(self, subject: Subject) -> Subject:
        self.reads += any("spoiled" in each.text for each in subject.words)
        if self.reads > 1 and any("spoiled" in each.text for each in subject.words):
            raise RuntimeError("canary")
        return super().read(subject)


async def test_one_post_that_cannot_be_read_spoils_no_other(tmp_path: Path) -> None:
    """They are read together; that one is for a person, and the others are judged."""
    said = [chat("p1", "harsh words"), chat("p2", "spoiled, harsh"), chat("p3", "harsh again")]

    await run(tmp_path, said, Harsh(pause=0.2), patience=0.05, reader=Spoils(KNOWN, traces([Respect(), Closeness()])))

    assert judged(tmp_path).count((1, ["respect"])) == 2
    assert [each for each in outcomes(tmp_path) if each.startswith("read")] == [
        "read done",
        "read done",
        "read refused",
    ]


async def test_what_is_read_in_time_is_judged_at_once(tmp_path: Path) -> None:
    """The author is told while it is fresh, and there is no second round."""
    stage = await run(tmp_path, [chat(text="harsh words")], Harsh())

    assert judged(tmp_path) == [(0, ["respect"])]
    assert stage.performed == ["tell"]


async def test_what_is_not_read_in_time_is_judged_again(tmp_path: Path) -> None:
    """The platform is answered in time, and nothing goes by unread."""
    stage = await run(tmp_path, [chat("p1", "harsh words"), chat("p2", "kind words")], Harsh(pause=0.2), patience=0.05)

    assert judged(tmp_path) == [(0, []), (0, []), (1, ["respect"])]
    assert stage.performed == ["tell"]
    assert outcomes(tmp_path) == ["read done", "read done", "tell done"]
    assert (await audited(tmp_path)).faults == []


async def test_a_further_round_repeats_nothing(tmp_path: Path) -> None:
    """A message that was removed at once is not removed or told of again."""
    stage = await run(tmp_path, [post(text="At 4.", to=["s1"], by="coach")], Harsh(), rules=[GroupMessages()])
    again = await run(tmp_path, [post("p2", "harsh", to=["s1"])], Harsh(pause=0.2), patience=0.05)

    assert sorted(stage.performed) == ["remove", "tell"]
    assert judged(tmp_path)[1:] == [(0, []), (1, ["group-messages", "respect"])]
    assert sorted(again.performed) == ["remove", "tell", "tell"]


async def test_five_thousand_that_come_at_once_are_all_answered_and_all_read(tmp_path: Path) -> None:
    """A burst is judged by what is read at once; the models read the rest when they can."""
    posts = [chat(f"p{number}", f"words {number}{' harsh' * (number % 500 == 0)}") for number in range(5_000)]
    model, stage = Harsh(), Stage()
    stage.looks = lambda: len(model.read)

    await run(tmp_path, posts, model, stage=stage)

    assert len(stage.acknowledged) == 5_000
    assert sorted(model.read) == sorted({each.words[0].text for each in posts})
    assert stage.seen[199] <= 2 * AT_ONCE + 200
    assert len([found for _, found in judged(tmp_path) if found]) == 10


async def test_what_is_urgent_is_read_first_and_never_put_off(tmp_path: Path) -> None:
    """What staff write to one student does not wait behind the chat of a whole school."""
    model = Harsh()
    posts = [*(chat(f"p{number}", f"words {number}") for number in range(100)), post("last", "Well done today.")]

    await run(tmp_path, posts, model)

    assert model.read[0] == "Well done today."


async def test_the_same_words_are_read_once(tmp_path: Path) -> None:
    """A hundred times "ok" costs one reading."""
    model = Harsh()

    await run(tmp_path, [chat(f"p{number}", "ok") for number in range(100)], model)

    assert model.read == ["ok"]


@pytest.mark.parametrize("first", ["plain", "a call"])
async def test_what_stands_beside_the_same_words_is_never_mixed_up(tmp_path: Path, first: str) -> None:
    """Two messages say the same, and one of them is a call for help by the name of its thread."""
    plain = replace(chat("plain"), words=(Words(Where.BODY, "look"),))
    call = replace(plain, id=PostId("a call"), words=(*plain.words, Words(Where.THREAD_NAME, "i want to kill myself")))
    told = [plain, call] if first == "plain" else [call, plain]

    await run(tmp_path, told, Harsh(), rules=[SelfHarm()], reader=Reader(KNOWN, traces([SelfHarm()])))

    assert judged(tmp_path) == [(0, ["self-harm"] if each is call else []) for each in told]


async def test_nobody_is_warned_before_a_call_for_help_is_read(tmp_path: Path) -> None:
    """A student who swears in despair gets no note about swearing; people get theirs."""
    rules = (SelfHarm(), SameStandards())
    told = post(text="fuck this, this is our secret", by="s1", to=("s2", "s3"))
    model = Harsh(pause=0.2, about={Label.SELF_HARM: "our secret"})

    stage = await run(tmp_path, [told], model, patience=0.05, rules=rules, reader=Reader(KNOWN, traces(rules)))

    assert "tell" not in stage.performed
    assert judged(tmp_path)[-1][0] == 1
    assert "self-harm" in judged(tmp_path)[-1][1]


@pytest.mark.parametrize(
    ("answers", "returned", "asked"), [({}, "that was harsh", False), ({"remove": REFUSED}, "", True)]
)
async def test_a_further_round_tells_what_became_of_the_removal(
    tmp_path: Path, answers: dict[str, Receipt], returned: str, *, asked: bool
) -> None:
    """An earlier round asked for it, and the platform may have refused: then the message stands, with its text."""
    notes = Notes(answers=answers)

    await run(tmp_path, [chat(text="that was harsh")], Harsh(0.2), 0.05, stage=notes, rules=(Withheld(),))

    (note,) = notes.notices
    assert notes.performed == ["remove", "tell"]
    assert note.returned == returned
    assert note.now.startswith(PLEASE_DELETE.english) is asked
    assert ("taken away" in note.next) is not asked


async def test_signs_of_closeness_that_are_read_late_are_counted(tmp_path: Path) -> None:
    """A burst of chat must not be a place to hide in."""
    told = [chat(f"c{number}", f"words {number}") for number in range(2)]
    close = [post("p1", "our secret one", by="s1", to=("coach",)), post("p2", "our secret two", by="s1", to=("coach",))]

    await run(tmp_path, [*told, *close], Harsh(pause=0.2), patience=0.05, rules=[Closeness()])

    assert rows(place(tmp_path).database, "SELECT count(DISTINCT about) FROM pair_signal") == [(2,)]
    assert (4, ["closeness"]) in judged(tmp_path)


async def test_what_was_judged_before_is_not_read_again(tmp_path: Path) -> None:
    """After an outage two days are told again; the models have better things to do."""
    told, model = [chat("p1", "harsh words"), chat("p2", "kind words")], Harsh()
    await run(tmp_path, told, model)
    model.read.clear()

    await run(tmp_path, [*told, chat("p3", "new words")], model)

    assert model.read == ["new words"]
    assert judged(tmp_path) == [(0, ["respect"]), (0, []), (0, [])]


async def test_what_has_no_sentence_is_not_read_later_either(tmp_path: Path) -> None:
    """A voice message or a sticker has nothing for a model, so nobody waits for one."""
    sticker = replace(chat(), words=(Words(Where.STICKER, "harsh"), Words(Where.FILE_NAME, "voice.m4a")))
    model = Harsh()

    await run(tmp_path, [sticker], model, patience=0.0)

    assert model.read == []
    assert outcomes(tmp_path) == []


async def test_a_model_is_told_which_clues_stand_where_it_does_not_read(tmp_path: Path) -> None:
    """It has nothing to say of the name of a file, so it must not outvote what stands there."""
    named = replace(chat("p1", "i want to kill myself"), attached=())
    named = replace(named, words=(*named.words, Words(Where.FILE_NAME, "selling vapes dm me.pdf")))
    model, rules = Harsh(), (SelfHarm(), TobaccoDrugsAlcohol())

    await run(tmp_path, [named], model, rules=rules, reader=Reader(KNOWN, traces(rules)))

    assert {(clue.label, clue.unheard) for clue in model.clues} >= {
        (Label.SELF_HARM, False),
        (Label.SUBSTANCES, True),
    }


async def test_what_a_model_cannot_read_is_for_a_person(tmp_path: Path) -> None:
    """A broken model never lets a message slip by unseen, and stops nothing."""
    await run(tmp_path, [chat(text="harsh words")], Harsh(breaks=True))

    assert outcomes(tmp_path) == ["read refused"]
    assert rows(place(tmp_path).database, "SELECT count(*) FROM open_case") == [(1,)]


async def test_what_was_to_be_read_outlives_a_crash(tmp_path: Path) -> None:
    """That something is read later is written with its judgement, so the next run reads it."""
    async with house(tmp_path) as opened:
        study = Study(Topics(READER.clues, Harsh(pause=0.2)), 0.0)
        moderator = Moderator(
            roster(),
            READER,
            RULES,
            [],
            Standing(),
            opened.ledger,
            Recorder(opened.database.master),
            lambda: NOON,
            ReadingRoom(study),
        )
        await moderator.moderate([chat(text="harsh words")], Stage(), by=0.0)
        study.close()

    stage = await run(tmp_path, [], Harsh())

    assert judged(tmp_path) == [(0, []), (1, ["respect"])]
    assert stage.performed == ["tell"]


async def test_a_further_round_does_not_open_what_was_decided(tmp_path: Path) -> None:
    """What a person decided stands, whatever is read later."""
    unclear = replace(post(text="harsh words"), readers=UNKNOWN_READERS)
    ruling = Decision("replay", "d1", PersonId("principal"), NOON, Ruling.NOT_A_PROBLEM, post=unclear.id)
    async with house(tmp_path) as opened:
        study, recorder = Study(Topics(READER.clues, Harsh()), 0.0), Recorder(opened.database.master)
        moderator = Moderator(
            roster(), READER, RULES, [], Standing(), opened.ledger, recorder, lambda: NOON, ReadingRoom(study)
        )
        await moderator.moderate([unclear], Stage(), by=0.0)
        waiting = rows(place(tmp_path).database, "SELECT count(*) FROM open_case")
        await moderator.moderate([ruling], Stage())
        study.close()

    await run(tmp_path, [], Harsh())

    assert waiting == [(1,)]
    assert judged(tmp_path) == [(0, ["group-messages"]), (1, ["respect"])]
    assert rows(place(tmp_path).database, "SELECT count(*) FROM open_case") == [(0,)]


async def test_signs_of_closeness_are_counted_between_two_people(tmp_path: Path) -> None:
    """One sign says little; the second between the same two, whoever of them writes, is for a person."""
    told = [
        post("p1", "this is our secret"),
        post("p2", "this is our secret", to=("s2",)),
        post("p3", "our secret is safe", by="s1", to=("coach",)),
    ]

    await run(tmp_path, told[:2], Harsh(), rules=[Closeness()])
    once = judged(tmp_path)
    await run(tmp_path, told[2:], Harsh(), rules=[Closeness()])

    assert once == [(0, []), (0, [])]
    assert judged(tmp_path) == [*once, (0, []), (4, ["closeness"])]


async def test_signs_of_closeness_are_forgotten_after_two_weeks(tmp_path: Path) -> None:
    """What was said in the summer is no pattern in the fall, and nothing of it is kept."""
    await run(tmp_path, [post("p1", "this is our secret")], Harsh(), rules=[Closeness()], forget=DAY + timedelta(14))
    kept = rows(place(tmp_path).database, "SELECT count(DISTINCT about) FROM pair_signal")
    later = post("p2", "our secret again", at=NOON + timedelta(15))

    await run(tmp_path, [later], Harsh(), rules=[Closeness()], forget=DAY + timedelta(15))

    assert kept == [(1,)]
    assert [found for _, found in judged(tmp_path) if found] == []
    assert rows(place(tmp_path).database, "SELECT count(DISTINCT about) FROM pair_signal") == [(1,)]


@dataclass
class Known:
    """Knows where links lead; a service on this machine is asked in tests/landings."""

    url: str
    breaks: bool = False

    async def of(self, link: Link) -> Landing | Unknown:
        if self.breaks:
            raise RuntimeError("canary")
        return Landing(urlsplit(self.url).netloc, self.url) if self.url else Unknown.NO_LINK


@dataclass
class Notes(Stage):
    """Keeps what people are told."""

    notices: list[Notice] = field(default_factory=list)

    async def perform(self, deed: Deed) -> Receipt:
        if isinstance(deed.action, Tell):
            self.notices.append(deed.action.notice)
        return await super().perform(deed)

    @property
    def said(self) -> list[str]:
        """Say what the notes saw."""
        return [each.saw for each in self.notices]


def leading(url: str, *services: str, breaks: bool = False) -> Mapping[Slow, ReadSlowly]:
    """Let every link of some services lead somewhere."""
    return {Slow.LANDING: read_landings(Known(url, breaks), frozenset(services or {"bit.ly"}))}


async def follow(
    folder: Path,
    told: Post,
    slow: Mapping[Slow, ReadSlowly] | None,
    *rules: Rule,
    patience: float | None = 1.0,
    pause: float = 0.0,
    stage: Notes | None = None,
) -> Notes:
    """Let somebody post a shortened link."""
    rules, stage = rules or (LinkShorteners(),), stage or Notes()
    reader = Reader(KNOWN, traces(rules))
    await run(folder, [told], Harsh(pause), patience, stage=stage, rules=rules, slow=slow, reader=reader)
    return stage


SHORT = chat(text="look https://bit.ly/3abc")


@pytest.mark.parametrize(
    ("url", "found", "named"),
    [
        ("https://nordvpn.com/deal", ["link-shorteners", "anonymizers"], "It leads to nordvpn.com"),
        ("https://tinyurl.com/3abc", ["link-shorteners"], "Nobody can see where it leads"),
        ("", ["link-shorteners"], "Nobody can see where it leads"),
    ],
    ids=["known", "to the next one", "not known"],
)
async def test_a_short_link_is_judged_by_where_it_leads(tmp_path: Path, url: str, found: list[str], named: str) -> None:
    """A shortener hides nothing for long. Its author is told once, when it is known where it leads or cannot be."""
    notes = await follow(tmp_path, SHORT, leading(url), LinkShorteners(), Anonymizers())

    assert judged(tmp_path) == [(0, []), (2, found)]
    assert notes.performed == ["tell"] * len(found)
    assert named in notes.said[0]
    assert (await audited(tmp_path)).faults == []


async def test_where_nobody_is_asked_its_author_is_told_at_once(tmp_path: Path) -> None:
    """That is how it is set at first: there is nothing to wait for."""
    notes = await follow(tmp_path, SHORT, None)

    assert judged(tmp_path) == [(0, ["link-shorteners"])]
    assert "Nobody can see where it leads" in notes.said[0]


@pytest.mark.parametrize("stays", [True, False], ids=["breaks", "turned off meanwhile"])
async def test_where_it_cannot_be_asked_its_author_is_told_all_the_same(tmp_path: Path, *, stays: bool) -> None:
    """What is held back for a reading must not be lost with it; and a person looks."""
    if stays:
        notes = await follow(tmp_path, SHORT, leading("", breaks=True))
    else:
        rules, slow = (LinkShorteners(),), leading("")
        async with house(tmp_path) as opened:
            recorder, room = Recorder(opened.database.master), ReadingRoom(None, slow)
            moderator = Moderator(
                roster(),
                Reader(KNOWN, traces(rules)),
                rules,
                [],
                Standing(),
                opened.ledger,
                recorder,
                lambda: NOON,
                room,
            )
            await moderator.moderate([SHORT], Notes())
        notes = await follow(tmp_path, chat("p2"), None)

    assert (2, ["link-shorteners"]) in judged(tmp_path)
    assert "Nobody can see where it leads" in notes.said[0]
    assert outcomes(tmp_path) == ["read refused", "tell done"]
    assert rows(place(tmp_path).database, "SELECT count(*) FROM open_case") == [(1,)]


@pytest.mark.parametrize("by", ["s1", "coach"])
async def test_who_is_read_late_is_told_where_the_link_leads_too(tmp_path: Path, by: str) -> None:
    """In a burst the meaning comes first, and where the link leads after it: still one note."""
    told = post(text="look https://bit.ly/3abc", by=by, to=("s2", "s3"))

    notes = await follow(tmp_path, told, leading("https://forms.example/a"), patience=0.05, pause=0.2)

    assert judged(tmp_path) == [(0, []), (1, []), (2, ["link-shorteners"])]
    assert [said.partition(". ")[2].partition(",")[0] for said in notes.said] == ["It leads to forms.example"]


async def test_what_a_link_of_a_coach_leads_to_is_judged_by_every_rule(tmp_path: Path) -> None:
    """A meeting of one's own is one behind a shortened link, too; where it leads is kept as evidence."""
    told = post(text="look https://bit.ly/3abc", to=("s1", "s2", "s3"))
    url, rules = "https://us02web.zoom.us/j/5550100123", (LinkShorteners(), OfficialPlatforms())

    await follow(tmp_path, told, leading(url), *rules)

    async with house(tmp_path) as opened:
        about = Recorder(opened.database.master).about("replay", told.id)
        *_, kept = await opened.ledger.read(past.noticed, about)
    assert judged(tmp_path) == [(0, []), (2, ["link-shorteners", "official-platforms"])]
    assert Evidence(Where.LINK_TARGET, "us02web.zoom.us/j/") in msgspec.convert(kept, Excerpt).evidence


async def test_where_a_link_leads_is_not_given_back_as_what_its_author_wrote(tmp_path: Path) -> None:
    """What is handed back, sent on or restored in somebody's name is what they wrote, and nothing that we read."""
    told = post(text="look https://bit.ly/3abc", to=("s1", "s2", "s3"))

    notes = await follow(tmp_path, told, leading("https://wa.me/19785550122"), LinkShorteners(), PrivateNumbers())

    async with house(tmp_path) as opened:
        about = Recorder(opened.database.master).about("replay", told.id)
        seen = await opened.ledger.read(past.noticed, about)
    assert sorted(notes.performed) == ["remove", "tell", "tell"]
    assert sorted(each.returned for each in notes.notices) == ["", "look https://bit.ly/3abc"]
    assert [each["words"] for each in seen] == [[["body", "look https://bit.ly/3abc"]]] * 2


async def test_a_service_that_the_district_added_is_asked_too(tmp_path: Path) -> None:
    """What the rule finds is what is asked about; what the district allows is not."""
    also, own = LinkShorteners(also=("go.example",)), "https://go.example/a"
    allowed, fine = LinkShorteners(allowed=("bit.ly",)), "https://bit.ly/3abc"

    notes = await follow(tmp_path, chat("p1", own), leading("https://forms.example/a", "go.example"), also)
    await follow(tmp_path, chat("p2", fine), leading("https://forms.example/a"), allowed)
    onward = await follow(tmp_path, chat("p3", fine), leading(own), also)

    assert judged(tmp_path) == [(0, []), (2, ["link-shorteners"]), (0, []), (0, []), (2, ["link-shorteners"])]
    assert "It leads to forms.example" in notes.said[0]
    assert "Nobody can see where it leads" in onward.said[0]


async def test_another_round_does_not_tell_of_a_link_before_it_is_known(tmp_path: Path) -> None:
    """A picture beside it may be looked at first."""
    pictured = replace(SHORT, attached=(Attached("f1", name="a.png"),))

    notes = await follow(
        tmp_path,
        pictured,
        {**leading("https://forms.example/a"), Slow.PICTURE: reads_in_pictures("at https://bit.ly/4abc")},
    )

    assert judged(tmp_path) == [(0, []), (2, ["link-shorteners"])]
    assert notes.performed == ["tell"]


async def test_a_link_that_stands_in_a_picture_alone_waits_for_nothing(tmp_path: Path) -> None:
    """Nobody is asked where it leads, so its author is told when it is read."""
    pictured = replace(chat(), attached=(Attached("f1", name="a.png"),))

    notes = await follow(
        tmp_path,
        pictured,
        {**leading("https://forms.example/a"), Slow.PICTURE: reads_in_pictures("at https://bit.ly/4abc")},
    )

    assert judged(tmp_path) == [(0, []), (3, ["link-shorteners"])]
    assert "Nobody can see where it leads" in notes.said[0]


IN_MATTER = replace(
    post("p1", "The physical.", room="private", matter=MatterKind.MEDICAL), attached=(Attached("f1", name="a.png"),)
)
CONCERNS = Answer("replay", "a1", AccountId("s1"), NOON + timedelta(minutes=5), PostId("p1"), Choice.CONCERNS_COPIED)


async def test_a_further_round_forgets_nothing_about_its_place(tmp_path: Path) -> None:
    """It knows the matter as it was at first; after a restart the next copy would go to whom it concerns."""
    stage = Stage()
    slow = {Slow.PICTURE: reads_once_answered(stage, "harsh")}

    await run(tmp_path, [IN_MATTER, CONCERNS], Harsh(), stage=stage, slow=slow)
    async with house(tmp_path) as opened:
        standing = await opened.ledger.read(memory.standing)

    ((matter, _),) = standing.matters.values()
    assert judged(tmp_path)[-1] == (3, ["respect"])
    assert matter.concerns_copied
    assert (await audited(tmp_path)).faults == []


async def test_a_further_round_alerts_nobody_whom_a_matter_was_said_to_concern_since(tmp_path: Path) -> None:
    """A student cries for help in a picture, which is looked at once the matter is known to concern the offices."""
    reply = post("p2", "see this", by="s1", to=("coach",), room="private", at=NOON + timedelta(minutes=1))
    pictured = replace(reply, attached=(Attached("f2", name="b.png"),))
    stage, rules = Stage(), (GroupMessages(), SelfHarm())
    slow, model = {Slow.PICTURE: reads_once_answered(stage, "our secret")}, Harsh(about={Label.SELF_HARM: "our secret"})
    heard: list[Heard] = [replace(IN_MATTER, attached=()), pictured, CONCERNS]

    await run(tmp_path, heard, model, stage=stage, rules=rules, slow=slow, reader=Reader(KNOWN, traces(rules)))
    async with house(tmp_path) as opened:
        alerts = await opened.ledger.read(lambda open_, master: [*memory.deeds(open_, master, kinds=(Alert.kind,))])

    assert [getattr(deed.action, "to", "") for deed, _, _ in alerts] == ["designee"]
