"""Whoever may be in danger or asks for help: people hear of it at once, and nothing of ours stands in the way."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from bot.actions import Alert, Tell
from bot.message import Message, PlaceId, PostId
from bot.people import Office, PersonId, Tenure
from bot.platform import Heard, Post, Readers, Ruling, SpaceSeen
from bot.readings.labels import Label
from bot.readings.reader import Reader, Subject
from bot.readings.signs import Sign
from bot.rule import Rule
from bot.standing import Sought, Standing
from bot.store import memory
from bot.store.record import Recorder
from rules.employee_04_group_messages import GroupMessages
from rules.employee_06_private_numbers import PrivateNumbers
from rules.general_09_link_shorteners import LinkShorteners
from rules.safety_self_harm import SelfHarm
from rules.safety_threats import Threats
from tests.cases import Came, after, decision, happen, kinds, tick
from tests.district import DAY, HIGH, KNOWN, NOON, TENURES, lists
from tests.store.house import faults, house, post

RULES: tuple[Rule, ...] = (GroupMessages(), PrivateNumbers(), LinkShorteners(), SelfHarm())
STAFFED = lists((*TENURES, Tenure(HIGH, Office.COUNSELOR, PersonId("teacher"))))
NOBODY = Readers(frozenset(), frozenset())
CRY = "i dont want to be here anymore"


class Seeing(Reader):
    """A reader that sees in some texts what the models would."""

    def __init__(self, seen: Mapping[str, Label], rules: tuple[Rule, ...] = RULES) -> None:
        super().__init__(KNOWN, (each.trace for each in rules if each.trace is not None))
        self.seen = seen

    def read(self, subject: Subject) -> Subject:
        found = super().read(subject)
        if not isinstance(found, Message):
            return found
        signs = (Sign(label, 0.9, sure=True) for text, label in self.seen.items() if text in found.text)
        return msgspec.structs.replace(found, readings=found.readings.seeing(tuple(signs)))


async def befall(
    folder: Path, *heard: Heard, now: datetime = NOON, rehearse: bool = False, standing: Standing | None = None
) -> Came:
    """Let things happen where a cry for help is seen."""
    reads = Seeing({CRY: Label.SELF_HARM})
    return await happen(
        folder, *heard, district=STAFFED, rules=RULES, reads=reads, now=now, rehearse=rehearse, standing=standing
    )


async def test_the_counselor_hears_first_then_the_principal(tmp_path: Path) -> None:
    """At once and by name, with who wrote it; the student gets no note, and the message stands."""
    came = await befall(tmp_path, post(text=CRY, by="s1", to=("s2", "coach")))

    alerts = [each for each in came.done("alert") if isinstance(each, Alert)]
    assert [(each.to, each.office) for each in alerts] == [
        ("teacher", Office.COUNSELOR),
        ("principal", Office.PRINCIPAL),
    ]
    assert alerts[0].notice.saw.endswith(" s1 wrote it on Wednesday, November 18.")
    assert alerts[0].notice.rule == "Safety comes first. The policy has no clause of its own for it."


async def test_who_threatens_others_and_themselves_is_heard_for_both(tmp_path: Path) -> None:
    """Both rest on safety, which is no clause of the policy: one alert is not the other."""
    text = f"i will shoot up the school tomorrow, {CRY}"
    rules = (SelfHarm(), Threats())
    reads = Seeing({"shoot up": Label.THREAT, CRY: Label.SELF_HARM}, rules)

    came = await happen(
        tmp_path, post(text=text, by="s1", to=("s2",)), district=STAFFED, rules=rules, reads=reads, now=NOON
    )

    alerts = [each for each in came.done("alert") if isinstance(each, Alert)]
    assert sorted((each.to, each.rule) for each in alerts) == [
        ("principal", "self-harm"),
        ("principal", "threats"),
        ("teacher", "self-harm"),
        ("teacher", "threats"),
    ]


async def test_in_rehearsal_an_alert_about_safety_reaches_its_people(tmp_path: Path) -> None:
    """A child in danger does not rehearse (rule 12). What else the rules want is only written down."""
    came = await befall(tmp_path, post(text=CRY, by="s1", to=("s2",)), post("p2", to=("s3",)), rehearse=True)

    assert came.performed == ["alert", "alert"]
    assert came.asked() == ["teacher", "principal"]
    assert "remove rehearsed" in kinds(came.deeds)


@pytest.mark.parametrize("ruling", [Ruling.UPHOLD, Ruling.NOT_A_PROBLEM])
async def test_whoever_was_in_danger_gets_no_note_about_what_was_decided(tmp_path: Path, ruling: Ruling) -> None:
    """That a cry for help does not fit a rule, or is fine, is nothing a note should say. People talk with them."""
    given = decision(ruling, by="teacher")
    await befall(tmp_path, post(text=CRY, by="s1", to=("s2",)), given)
    later = await befall(tmp_path, tick(140), now=after(140))

    assert later.cases == []
    assert later.told("s1") == []
    assert await faults(tmp_path) == []


async def test_a_suspension_for_a_threat_is_told_all_the_same(tmp_path: Path) -> None:
    """Whoever may not write any more has to know it, and how to disagree."""
    await befall(tmp_path, post(text=CRY, by="s1", to=("s2",)), decision(Ruling.UPHOLD, by="principal", until=DAY))
    later = await befall(tmp_path, tick(140), now=after(140))

    assert later.told("s1") == ["A person looked at your message. It does not fit the rule."]


async def test_a_cry_for_help_is_not_warned_for_what_else_is_in_it(tmp_path: Path) -> None:
    """A shortened link, a swear word, a phone number: whatever it holds, its author hears nothing of it (rule 6)."""
    text = f"{CRY} https://bit.ly/x"
    came = await befall(tmp_path, post(text=text, by="s1", to=("s2", "coach")), post("p2", "https://bit.ly/x", by="s1"))

    assert len(came.told("s1")) == 1
    assert came.performed.count("alert") == 2
    assert [case.about.rules for case in came.cases] == [("link-shorteners", "self-harm")]


def answer(
    text: str = "I am here. Call me: 978-555-0134",
    *,
    by: str = "coach",
    to: tuple[str, ...] = ("s1",),
    room: str = "dm",
    at: float = 600,
) -> Post:
    """Let an adult answer the student, alone as it stands."""
    return post("p2", text, by=by, to=to, room=room, at=after(at))


ASKED = post(text=CRY, by="s1", to=("s2", "coach"))
THREE_DAYS = 3 * 24 * 3600


async def test_the_answer_of_an_adult_stands_and_is_copied(tmp_path: Path) -> None:
    """It goes to one student, and holds a private number: nothing of that matters now (rule 6)."""
    came = await befall(tmp_path, ASKED, answer())

    assert "remove" not in came.performed
    assert sorted(str(getattr(each, "to", "")) for each in came.done("copy")) == ["director", "principal"]
    assert came.told("coach") == [
        "You wrote to one student who may need help. It stands. The office the policy names gets a copy of it."
    ]


async def test_the_answer_of_who_coaches_nothing_is_copied_as_well(tmp_path: Path) -> None:
    """Any adult may answer, and nobody does so unseen. They have no team to write to, so no note speaks of one."""
    came = await befall(tmp_path, ASKED, answer(by="teacher"))

    notes = [each.notice.now for each in came.done("tell") if isinstance(each, Tell)]
    assert [str(getattr(each, "to", "")) for each in came.done("copy")] == ["principal"]
    assert notes == ["Bring in the counselor today, unless you are one."]
    assert await faults(tmp_path) == []


async def test_who_answers_is_told_of_the_copies_once_a_day(tmp_path: Path) -> None:
    """In such an hour nobody needs a note after each line; every line is copied all the same."""
    again = replace(answer("Stay on the line.", at=700), id=PostId("p3"))
    next_day = replace(answer("How are you today?", at=700 + 24 * 3600), id=PostId("p4"))
    came = await befall(tmp_path, ASKED, answer(), again, next_day)

    assert len(came.told("coach")) == 2
    assert came.performed.count("copy") == 3 * 2


async def test_a_note_about_something_else_does_not_spare_it(tmp_path: Path) -> None:
    """Or who lost a message to somebody else that morning would not hear of the copies, nor of the counselor."""
    before = replace(post("p0", "Bring the ball bag.", by="coach", to=("s2",), room="other"), sent_at=after(-600))
    came = await befall(tmp_path, before, ASKED, answer())

    assert [note for note in came.told("coach") if note.startswith("You wrote to one student who may need help.")]


async def test_after_a_restart_it_is_known_who_was_told_of_the_copies(tmp_path: Path) -> None:
    """The next line of the same day needs no note again."""
    before = replace(post("p0", "Bring the ball bag.", by="coach", to=("s2",), room="other"), sent_at=after(-600))
    await befall(tmp_path, before, ASKED, answer())
    async with house(tmp_path) as opened:
        rebuilt = await opened.ledger.read(memory.standing)

    notes = sorted((each.at, each.taken, each.safety) for each in rebuilt.told[PersonId("coach")])

    assert [told[1:] for told in notes] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("answered", "stands"),
    [
        (answer(at=THREE_DAYS), True),
        (answer(at=THREE_DAYS + 1), False),
        (answer(at=-1), False),
        (answer(to=("s2",)), False),
        (answer(to=("s1", "s2"), room="room", at=3600), True),
        (answer(to=("s1", "s2"), room="room", at=3601), False),
        (answer(to=("s1", "s2"), room="another"), False),
        (answer(by="teacher"), True),
        (answer(by="teacher", to=("s1", "s2"), room="another"), False),
    ],
)
async def test_an_answer_is_to_who_asked_and_soon(tmp_path: Path, answered: Post, stands: bool) -> None:
    """Long after, to somebody else or elsewhere before others, the rules hold as they always do."""
    came = await befall(tmp_path, ASKED, answered)

    assert ("remove" not in came.performed) is stands


async def test_an_answer_is_one_still_when_the_student_has_asked_again(tmp_path: Path) -> None:
    """What was written in between may be judged only after that: another place is slow, or a reading of it is."""
    again = post("p1", CRY, by="s1", to=("s2",), at=after(60))
    came = await befall(tmp_path, ASKED, again, answer(at=30))

    assert "remove" not in came.performed


async def test_after_a_restart_every_call_of_late_is_known(tmp_path: Path) -> None:
    """What was heard before it is judged again then, and the answer to an earlier call is no fault of anybody."""
    again = post("p1", CRY, by="s1", to=("s2",), at=after(2 * THREE_DAYS))
    await befall(tmp_path, ASKED, again)
    async with house(tmp_path) as opened:
        rebuilt = await opened.ledger.read(memory.standing)
    came = await befall(tmp_path, answer(), standing=rebuilt)

    assert "remove" not in came.performed


async def test_after_a_restart_it_is_known_who_asked_for_help(tmp_path: Path) -> None:
    """The answer may come in the morning."""
    await befall(tmp_path, post("p0", CRY, by="s3", to=("s2",), at=after(-THREE_DAYS)), ASKED)
    await befall(tmp_path, SpaceSeen("replay", PlaceId("room"), "later", after(2 * THREE_DAYS), NOBODY))
    async with house(tmp_path) as opened:
        recorder = Recorder(opened.database.master)
        await opened.ledger.write(recorder.stood("replay", after(2 * THREE_DAYS)))  # no message was heard until then
        rebuilt = await opened.ledger.read(memory.standing)

    known = dict(rebuilt.sought)
    came = await befall(tmp_path, answer(), standing=rebuilt)

    assert known == {
        "s1": (Sought(NOON, ("replay", PlaceId("room"))),),
        "s3": (Sought(after(-THREE_DAYS), ("replay", PlaceId("room"))),),
    }
    assert "remove" not in came.performed
