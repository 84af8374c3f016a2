"""What we send is sent whole and once, however long it is and however much was written after it."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.slack.note import LONGEST, SECTION, cut, escaped, marks_in, section
from adapters.slack.sending import marks_of
from bot.actions import Action, Ask, Copy, Deed, DeedId, Remove, Restore, Show, Tell
from bot.message import PlaceId, PostId
from bot.notice import LABELS, Notice
from bot.people import Office, PersonId
from bot.platform import Outcome, Receipt
from bot.rule import Choice
from bot.store import memory
from bot.texts import ENGLISH
from tests.slack.server.channels import Channel
from tests.slack.server.messages import Message
from tests.slack.stage import Stage, moderated, open_school, until
from tests.store.house import house
from tests.test_moderator import entries, outcomes

NOTICE = Notice("We saw it.", "Employee Guidelines 4", "Write to the team.", "Nothing.", "Answer.")
LONG = " ".join(f"word{number}" for number in range(6_000))
"""Of 50,000 characters: more than Slack lets anybody write, and than a message of ours holds."""


def deed(action: Action, id_: str = "1", post: str = "order", planned: datetime | None = None) -> Deed:
    return Deed(DeedId(id_), "slack", action, post=PostId(post), planned=planned or datetime.now(UTC))


def to_the_team(stage: Stage, text: str = LONG) -> Show:
    return Show("c", PersonId("coach"), stage.space.id("coach"), PlaceId(stage.team.id), text)


def note(stage: Stage, text: str = LONG) -> Tell:
    label = ENGLISH.say(LABELS[Choice.TEAM])
    notice = replace(NOTICE, returned=text, choices=(Choice.TEAM,), labels=(label,))
    return Tell("c", PersonId("coach"), stage.space.id("coach"), notice)


def ours(stage: Stage, channel: Channel | None = None) -> list[Message]:
    seen = stage.server.seen(author=stage.server.bot)
    return sorted((each for each in seen if channel in {None, each.channel}), key=lambda each: each.ts)


def words_of(messages: list[Message]) -> list[str]:
    """Read the words that stand in messages, in order, whatever stands around them."""
    return [word for each in messages for word in each.text.split() if word.startswith("word")]


def busy(stage: Stage, channel: Channel, number: int = 1_000) -> None:
    """Let much be written after it. None of it is told to us: it is the looking that is tried here."""
    with stage.server.events.lost():
        for each in range(number):
            channel.say(stage.people["s1"], f"later {each}")


async def carried_out(stage: Stage, doing: Deed) -> Receipt:
    """Do a deed as the house does: what is unknown is looked up, what was not done is done once more."""
    receipt = Receipt(Outcome.NOT_DONE)
    for _ in range(20):
        receipt = await stage.slack.perform(doing)
        while receipt.outcome is Outcome.UNKNOWN:
            receipt = await stage.slack.find(doing)
        if receipt.outcome is not Outcome.NOT_DONE:
            break
    return receipt


# Long texts


@pytest.mark.parametrize("most", [6, 100, SECTION])
@pytest.mark.parametrize("seed", range(20))
def test_a_text_is_cut_and_loses_nothing(most: int, seed: int) -> None:
    """Nor is it cut within an entity, which would show `&am` to whoever reads it."""
    dice = random.Random(seed)
    letters = ["&", "<", ">", " ", "\n", "a", "é", "\U0001f393"]
    text = escaped("".join(dice.choices(letters, k=dice.randint(0, 4 * most))))
    pieces = list(cut(text, most))

    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(0 < len(each) <= most and each.strip() for each in pieces)
    assert all(each.count("&") == each.count(";") for each in pieces)


def test_blank_lines_make_no_block() -> None:
    """Slack refuses a message with a blank block, and with it everything around."""
    blocks = [*section("Bus at 4." + "\n" * 7_000 + "Bring water.")]

    assert [each["text"]["text"].strip() for each in blocks] == ["Bus at 4.", "Bring water."]


@pytest.mark.parametrize("kind", [to_the_team, note])
async def test_a_long_text_is_told_whole_each_part_in_full_and_together(
    tmp_path: Path, kind: Callable[[Stage], Action]
) -> None:
    async with open_school(tmp_path) as stage:
        receipt = await stage.slack.perform(deed(kind(stage)))
        busy(stage, stage.team, 1)
        messages = ours(stage)
        again = await stage.slack.perform(deed(kind(stage)))

        assert (receipt.outcome, again.outcome) == (Outcome.DONE, Outcome.DONE)
        assert words_of(messages) == LONG.split()
        assert len(messages) == len(ours(stage)) >= 5
    for each in messages:
        shown = "".join(block["text"]["text"] for block in each.blocks if block["type"] == "section")
        assert shown == each.text, "the text alone says what the blocks do"
        assert len(each.text) <= LONGEST
        assert each is messages[0] or (each.root is messages[0] and each.broadcast)
    assert [mark for each in messages for mark in marks_in(each.body)] == [*marks_of(f"{1:0>16}", len(messages))]


async def test_the_button_under_a_long_note_stands_under_its_end(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        await stage.slack.perform(deed(note(stage)))
        drawn = ["actions" in {block["type"] for block in each.blocks} for each in ours(stage)]

    assert drawn == [False] * (len(drawn) - 1) + [True]


@pytest.mark.parametrize("kind", [to_the_team, note])
@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("broken", range(5))
async def test_a_long_text_that_broke_off_is_gone_on_with(
    tmp_path: Path, kind: Callable[[Stage], Action], broken: int, *, applied: bool
) -> None:
    """Wherever that was, and whether the part that nobody answered for was posted or not."""
    async with open_school(tmp_path) as stage:
        stage.server.faults.cut("chat.postMessage", spared=broken, applied=applied)
        receipt = await carried_out(stage, deed(kind(stage)))
        messages = ours(stage)

    assert receipt.outcome is Outcome.DONE
    assert words_of(messages) == LONG.split()


async def test_all_of_a_long_text_is_taken_back(tmp_path: Path) -> None:
    """Also the part of which nobody told us that it was posted."""
    async with open_school(tmp_path) as stage:
        stage.server.faults.cut("chat.postMessage", spared=4, applied=True)
        await carried_out(stage, deed(to_the_team(stage)))
        receipt = await stage.slack.perform(deed(Remove("", PlaceId(stage.team.id), PostId("order")), "2"))
        left = [each for each in ours(stage) if not each.deleted]

    assert receipt.outcome is Outcome.DONE
    assert left == []


async def test_what_is_left_of_a_long_text_is_taken_back(tmp_path: Path) -> None:
    """Somebody deleted the first of its messages; the others still stand."""
    async with open_school(tmp_path) as stage:
        await carried_out(stage, deed(to_the_team(stage)))
        ours(stage)[0].deleted = True
        receipt = await stage.slack.perform(deed(Remove("", PlaceId(stage.team.id), PostId("order")), "2"))
        left = [each for each in ours(stage) if not each.deleted]

    assert receipt.outcome is Outcome.DONE
    assert left == []


async def test_a_short_text_that_was_posted_unheard_is_taken_back(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        stage.server.faults.cut("chat.postMessage", applied=True)
        receipt = await carried_out(stage, deed(to_the_team(stage, "Bus at 4.")))
        (message,) = ours(stage)
        await stage.slack.perform(deed(Remove("", PlaceId(stage.team.id), PostId("order")), "2"))

    assert receipt.outcome is Outcome.DONE
    assert message.deleted


# A look-up in a busy place


KINDS: list[Callable[[Stage], Action]] = [
    lambda stage: to_the_team(stage, "Bus at 4."),
    to_the_team,
    lambda stage: Restore("c", PlaceId(stage.team.id), PostId("x"), PersonId("coach"), "Bus at 4."),
]


@pytest.mark.parametrize("kind", KINDS, ids=["short", "long", "restored"])
@pytest.mark.parametrize("applied", [True, False])
async def test_under_a_thousand_later_messages_it_is_known_whether_it_was_posted(
    tmp_path: Path, kind: Callable[[Stage], Action], *, applied: bool
) -> None:
    async with open_school(tmp_path) as stage:
        busy(stage, stage.team, 400)
        doing = deed(kind(stage), planned=datetime.now(UTC))
        stage.server.faults.cut("chat.postMessage", spared=3 if kind is to_the_team else 0, applied=applied)
        receipt = await stage.slack.perform(doing)
        busy(stage, stage.team)
        stage.server.faults.obey_tiers()
        found = await carried_out(stage, doing) if kind is to_the_team else await stage.slack.find(doing)
        messages = ours(stage)

    assert receipt.outcome is Outcome.UNKNOWN
    if kind is to_the_team:
        assert found.outcome is Outcome.DONE
        assert words_of(messages) == LONG.split()
    else:
        assert found.outcome is (Outcome.DONE if applied else Outcome.NOT_DONE)
        assert len(messages) == int(applied)


async def test_nothing_older_than_the_deed_is_looked_through(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        with stage.server.events.lost():
            for number in range(1_000):
                stage.team.say(stage.people["s1"], f"earlier {number}", at=long_ago + timedelta(seconds=number))
        before = len(stage.server.calls("conversations.history"))
        found = await stage.slack.find(deed(to_the_team(stage, "Bus at 4.")))
        asked = len(stage.server.calls("conversations.history")) - before

    assert found.outcome is Outcome.NOT_DONE
    assert asked == 1


async def test_our_clock_may_be_ahead_of_slacks(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        ahead = datetime.now(UTC) + timedelta(minutes=9)
        told = deed(note(stage, "x"), planned=ahead)
        await stage.slack.perform(told)

        assert (await stage.slack.find(told)).outcome is Outcome.DONE


async def test_asked_too_often_meanwhile_the_look_up_waits_and_goes_on(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        told = deed(to_the_team(stage, "Bus at 4."))
        stage.server.faults.cut("chat.postMessage", applied=True)
        await stage.slack.perform(told)
        busy(stage, stage.team)
        stage.server.faults.limit("conversations.history", retry_after=3, spared=2)
        found = await stage.slack.find(told)

    assert found.outcome is Outcome.DONE
    assert stage.server.impatient_calls() == []


async def test_what_cannot_be_known_is_a_case_and_is_not_sent_again(tmp_path: Path) -> None:
    """The history cannot be read to the end: then a person looks, and nobody is told a second time."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        opened = stage.server.hands.command(stage.people["coach"], stage.team, "/chaperone", "team")
        await stage.server.hands.answered(opened)
        assert opened.view is not None
        stage.server.faults.cut("chat.postMessage", applied=True, where=stage.team.id)
        stage.server.faults.refuse("conversations.history", "missing_scope", times=None)
        told = {"team": "soccer", "message": "Bus at 4."}
        await stage.server.hands.answered(stage.server.hands.submit(stage.people["coach"], opened.view, told))
        await until(lambda: "show unknown" in outcomes(tmp_path))
        messages = ours(stage, stage.team)

    assert len(messages) == 1
    (closed,) = [each for each in entries(tmp_path, "closed") if each["outcome"] == "unknown"]
    assert closed["case"]


async def test_in_how_busy_a_place_ever_what_a_house_began_is_found_after_a_restart(tmp_path: Path) -> None:
    """The moment from which it is looked for stands in the ledger."""
    async with open_school(tmp_path) as stage:
        async with moderated(stage, tmp_path):
            stage.server.faults.cut("chat.postMessage", applied=True, where=stage.team.id, times=None)
            stage.server.faults.fail("conversations.history", 503, times=None, where=stage.team.id)
            opened = stage.server.hands.command(stage.people["coach"], stage.team, "/chaperone", "team")
            await stage.server.hands.answered(opened)
            assert opened.view is not None
            told = {"team": "soccer", "message": "Bus at 4."}
            await stage.server.hands.answered(stage.server.hands.submit(stage.people["coach"], opened.view, told))
            await until(lambda: "show unknown" in outcomes(tmp_path))
        stage.server.faults.clear()
        busy(stage, stage.team)
        async with house(tmp_path, datetime.now(UTC)) as opened_again:
            kept = await opened_again.ledger.read(
                lambda connection, master: [*memory.deeds(connection, master, kinds=("show",))]
            )
        ((again, _, _),) = kept
        stage.slack._notebook.shown.clear()
        found = await stage.slack.find(again)

    assert again.planned is not None
    assert datetime.now(UTC) - again.planned < timedelta(minutes=5)
    assert found.outcome is Outcome.DONE


async def test_notes_and_questions_are_found_in_a_busy_conversation_too(tmp_path: Path) -> None:
    """A principal's conversation with us holds many copies."""
    async with open_school(tmp_path) as stage:
        principal = PersonId("principal")
        asked: list[Action] = [
            Copy("c", principal, Office.PRINCIPAL),
            Ask("c", principal, stage.space.id("principal"), NOTICE, datetime.now(UTC).date()),
        ]
        doing = [deed(each, str(number)) for number, each in enumerate(asked)]
        for each in doing:
            stage.server.faults.cut("chat.postMessage", applied=True)
            await stage.slack.perform(each)
        (direct,) = {each.channel for each in stage.server.directs(stage.people["principal"])}
        with stage.server.events.lost():
            for number in range(1_000):
                direct.say(stage.people["principal"], f"later {number}")
        found = [await stage.slack.find(each) for each in doing]

    assert [each.outcome for each in found] == [Outcome.DONE, Outcome.DONE]
