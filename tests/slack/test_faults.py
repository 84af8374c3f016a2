"""Whatever fails on the way, nobody is told twice and nothing is lost: seeded, so that a failure comes again."""

import asyncio
import random
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.slack.landing import PATIENCE
from adapters.slack.note import marks_in
from adapters.slack.web import ANSWERED_WITHIN
from bot.actions import Action, Copy, Deed, DeedId, Show, Tell
from bot.message import PlaceId, PostId
from bot.notice import Notice
from bot.people import Office, PersonId
from bot.platform import Outcome, Post, Receipt
from tests.haste import FACTOR
from tests.slack.stage import Stage, connected, moderated, open_school, until, workspace
from tests.test_moderator import entries, outcomes

NOTICE = Notice("We saw it.", "Employee Guidelines 4", "Write to the team.", "Nothing.", "Answer.")


def deeds(stage: Stage, number: int) -> list[Deed]:
    """Write deeds of the kinds that people would see twice."""
    coach = stage.space.id("coach")
    kinds: list[Action] = [
        Tell("c", PersonId("coach"), coach, NOTICE),
        Copy("c", PersonId("principal"), Office.PRINCIPAL),
        Show("c", PersonId("coach"), coach, PlaceId(stage.team.id), "Bus at 4."),
    ]
    return [
        Deed(DeedId(str(each)), "slack", kinds[each % len(kinds)], post=PostId(f"order{each}"))
        for each in range(number)
    ]


async def carried_out(stage: Stage, deed: Deed) -> Receipt:
    """Do a deed as the house does: what is unknown is looked up, what was not done is done once more."""
    receipt = Receipt(Outcome.NOT_DONE)
    for _ in range(20):
        receipt = await stage.slack.perform(deed)
        while receipt.outcome is Outcome.UNKNOWN:
            receipt = await stage.slack.find(deed)
        if receipt.outcome is not Outcome.NOT_DONE:
            break
    return receipt


def break_something(stage: Stage, dice: random.Random) -> None:
    """Let one of the next calls fail, before or after the work was done."""
    method = dice.choice(["chat.postMessage", "chat.postMessage", "conversations.history", "conversations.open"])
    match dice.randrange(4):
        case 0:
            stage.server.faults.limit(method, retry_after=dice.randint(1, 3))
        case 1:
            stage.server.faults.fail(method, dice.choice([500, 502, 503]), applied=dice.random() < 0.5)
        case 2:
            stage.server.faults.cut(method, applied=dice.random() < 0.5)
        case _:
            stage.server.faults.refuse(method, "internal_error", applied=dice.random() < 0.5)


@pytest.mark.parametrize("seed", range(8))
async def test_nobody_is_told_twice_and_nothing_is_lost(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    async with open_school(tmp_path) as stage:
        asked = deeds(stage, 24)
        for number in range(0, len(asked), 4):
            for _ in range(3):
                break_something(stage, dice)
            receipts = await asyncio.gather(*(carried_out(stage, each) for each in asked[number : number + 4]))
            assert {each.outcome for each in receipts} == {Outcome.DONE}
        stage.server.faults.clear()
        marks = [mark for each in stage.server.ledger for mark in marks_in({"metadata": each.metadata})]

    assert sorted(marks) == sorted(f"{each.id:0>16}" for each in asked)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_to_events_each_message_is_judged_once(tmp_path: Path, seed: int) -> None:
    """Delivered twice, late, in another order, cut off on their way, lost for good: the history fills the gaps."""
    dice = random.Random(seed)
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        stage.team.say(stage.people["s1"], "first")
        await until(lambda: _messages(tmp_path) == 1)
        await stage.slack._note()
        for number in range(5):
            stage.server.events.times = dice.choice([1, 2, 3])
            match dice.randrange(3):
                case 0:
                    with stage.server.events.held() as held:
                        _say(stage, number)
                        dice.shuffle(held)
                case 1:
                    with stage.server.sockets.losing():
                        _say(stage, number)
                case _:
                    with stage.server.events.lost():
                        _say(stage, number)
        stage.server.events.times = 1
        stage.slack._begun.set()
        await until(lambda: _messages(tmp_path) == 21, 600)
        _say(stage, 9)
        await until(lambda: _messages(tmp_path) >= 25, 600)
        await asyncio.sleep(5)

    assert _messages(tmp_path) == 25


def _say(stage: Stage, number: int) -> None:
    for part in range(4):
        stage.team.say(stage.people["s1"], f"message {number} {part}")


def _messages(folder: Path) -> int:
    return sum(each["subject"] == "message" for each in entries(folder, "judged"))


async def test_with_five_thousand_posts_waiting_an_event_is_acknowledged_in_time(tmp_path: Path) -> None:
    """Nobody judges anything here, as if a model had fallen behind."""
    async with open_school(tmp_path) as stage:
        stage.team.say(stage.people["s1"], "one")
        await until(lambda: not stage.slack.landing.heard.empty())
        post = stage.slack.landing.heard.get_nowait()
        assert isinstance(post, Post)
        for _ in range(5_000):
            stage.slack.landing.tell(post)
        for number in range(20):
            stage.team.say(stage.people["s1"], f"hello {number}")
        await stage.server.settled()
        tries = [each.tries for each in stage.server.events.sent if each.event.get("type") == "message"][-20:]

    assert all(len(each) == 1 and each[0].acked and each[0].seconds < 3 for each in tries)


async def test_with_five_thousand_posts_before_it_a_house_acknowledges_in_time_and_judges_each_once(
    tmp_path: Path,
) -> None:
    """A real house judges them; what it has not come to is kept sealed meanwhile, and written once in the end.

    Judging takes its time by the wall, whatever the loop's clock says, so that Slack and we are patient by it, too.
    """
    async with workspace(ack_seconds=3 * FACTOR) as space, connected(space, tmp_path) as stage:
        await stage.heard()
        stage.slack.landing.patience = PATIENCE * FACTOR
        stage.team.say(stage.people["s1"], "one")
        (post,) = await stage.said()
        assert isinstance(post, Post)
        async with moderated(stage, tmp_path):
            for number in range(5_000):
                stage.slack.landing.tell(replace(post, id=PostId(f"{stage.team.id}/1700000000.{number:06}")))
            for number in range(20):
                stage.team.say(stage.people["s1"], f"hello {number}")
            judged_by_then = _messages(tmp_path)
            await stage.server.settled()
            tries = [each.tries for each in stage.server.events.sent if each.event.get("type") == "message"][-20:]
            await until(lambda: _messages(tmp_path) == 5_020, 3_000)
            await asyncio.sleep(5)

    assert judged_by_then < 1_000, "all the others stood before them"
    assert all(len(each) == 1 and each[0].acked and each[0].seconds < 3 * FACTOR for each in tries)
    assert _messages(tmp_path) == 5_020


@pytest.mark.parametrize("made", [True, False])
async def test_a_post_that_is_answered_too_late_is_looked_up(tmp_path: Path, *, made: bool) -> None:
    """We give up after half a minute; whether it was made by then, only Slack knows."""
    async with open_school(tmp_path) as stage:
        show = Show("c", PersonId("coach"), stage.space.id("coach"), PlaceId(stage.team.id), "Bus at 4.")
        told = Deed(DeedId("1"), "slack", show, post=PostId("order"))
        if made:
            stage.server.faults.delay("chat.postMessage", ANSWERED_WITHIN + 15)
        else:
            stage.server.faults.fail("chat.postMessage", 504, applied=False)
        receipt = await stage.slack.perform(told)
        found = await stage.slack.find(told)
        done = await carried_out(stage, told) if not made else found
        posted = [each for each in stage.server.seen(channel=stage.team) if "Bus at 4." in each.text]

    assert receipt.outcome is Outcome.UNKNOWN
    assert found.outcome is (Outcome.DONE if made else Outcome.NOT_DONE)
    assert done.outcome is Outcome.DONE
    assert len(posted) == 1


async def test_what_people_order_is_done_through_a_storm(tmp_path: Path) -> None:
    """Slack lets nobody in for a while; the order waits, and is done once."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        opened = stage.server.hands.command(stage.people["coach"], stage.team, "/chaperone", "team")
        await stage.server.hands.answered(opened)
        assert opened.view is not None
        stage.server.faults.limit("chat.postMessage", retry_after=5, times=6)
        told = {"team": "soccer", "message": "Bus at 4."}
        await stage.server.hands.answered(stage.server.hands.submit(stage.people["coach"], opened.view, told))
        await until(lambda: "show done" in outcomes(tmp_path), 600)
        posted = [each for each in stage.server.seen(channel=stage.team) if "Bus at 4." in each.text]

    assert len(posted) == 1
