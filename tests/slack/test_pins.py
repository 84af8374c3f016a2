"""What is pinned in a channel is what the channel shows, and never anything that whoever pinned it has written."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.message import PlaceId, Where
from bot.platform import SpaceSeen
from rules.employee_04_group_messages import GroupMessages
from rules.employee_13_disclaimers import Disclaimers
from rules.general_07_bookmarks import Bookmarks
from rules.general_11_anonymizers import Anonymizers
from tests.slack.stage import Stage, connected, moderated, open_school, until, workspace
from tests.test_moderator import entries

DISCLAIMER = "This is a space of the school."


def pinned(space: SpaceSeen) -> list[str]:
    return [each.text for each in space.words if each.where is Where.PIN]


def judged(folder: Path, subject: str) -> list[dict[str, Any]]:
    return [each for each in entries(folder, "judged") if each["subject"] == subject]


async def of_team(stage: Stage) -> SpaceSeen:
    """Look at the team's channel."""
    stage.slack.look_again()
    (found,) = [each for each in await stage.looks() if each.place == stage.team.id]
    return found


async def known(stage: Stage) -> SpaceSeen:
    """Look at the team's channel once what is pinned there is known, and was looked at."""
    await until(lambda: stage.slack.ears.pins.next_due() is None)
    await stage.looks()
    return await of_team(stage)


async def lose_the_socket(stage: Stage) -> int:
    """Let the connection be lost. Give how many there were."""
    connects = stage.server.sockets.counted["CONNECT"]
    stage.server.sockets.takes_connections = False
    stage.server.sockets.drop()
    await until(lambda: stage.server.sockets.count == 0)
    return connects


async def connect_again(stage: Stage, connects: int) -> None:
    stage.server.sockets.takes_connections = True
    await until(lambda: stage.server.sockets.counted["CONNECT"] > connects, 600)
    await until(lambda: stage.slack.caught_up)


async def test_what_is_pinned_is_nothing_that_whoever_pinned_it_has_written(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        message = stage.team.say(stage.people["coach"], "See me after class.")
        await stage.heard()
        message.pin(stage.people["s1"])
        message.unpin(stage.people["s2"])
        heard = await stage.said()

    assert heard == []


async def test_nobody_answers_for_the_words_of_others_that_they_pinned(tmp_path: Path) -> None:
    """A student keeps what a coach wrote; a coach pins what a student wrote, where that student alone reads it."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path, (GroupMessages(), Anonymizers())):
        by_coach = stage.team.say(stage.people["coach"], "Get around it with https://hide.me")
        by_student = stage.team.say(stage.people["s1"], "You are all losers.")
        await until(lambda: len(judged(tmp_path, "message")) == 2)
        for name in ("s2", "s3"):
            stage.team.leave(stage.people[name])
        await stage.looks_again()
        by_coach.pin(stage.people["s1"])
        by_student.pin(stage.people["coach"])
        await asyncio.sleep(15)

    assert len(judged(tmp_path, "message")) == 2
    assert stage.notes("s1") == []
    assert not any("Please delete it." in each for each in stage.notes("coach"))


async def test_a_channel_shows_what_is_pinned_there_now(tmp_path: Path) -> None:
    """What is rewritten, deleted or taken off the pins is seen anew, without waiting for anything else to happen."""
    async with open_school(tmp_path) as stage:
        await known(stage)
        first, second, third = (stage.team.say(stage.people["s1"], each) for each in ("one", "two", "three"))
        for each in (first, second, third):
            each.pin(stage.people["coach"])
        await stage.heard()
        found = [await known(stage)]
        second.edit("two and a half")
        await stage.heard()
        found.append(await known(stage))
        first.delete()
        third.unpin(stage.people["s2"])
        await stage.heard()
        await until(lambda: stage.slack.ears.pins.next_due() is None)
        found += [each for each in await stage.looks() if each.place == stage.team.id]

    assert [pinned(each) for each in found] == [
        ["three", "two", "one"],
        ["three", "two and a half", "one"],
        ["two and a half"],
    ]
    assert all(each.pins_known for each in found)


async def test_no_look_waits_for_what_is_pinned(tmp_path: Path) -> None:
    """Slack may let anybody ask for it only so often. Until it is known a look says that it is not."""
    async with open_school(tmp_path) as stage:
        await known(stage)
        stage.server.faults.delay("pins.list", 20)
        stage.team.say(stage.people["s1"], DISCLAIMER).pin(stage.people["coach"])
        await stage.heard()
        before = await of_team(stage)
        await until(lambda: stage.slack.ears.pins.next_due() is None)
        (after,) = [each for each in await stage.looks() if each.place == stage.team.id]

    assert (before.pins_known, pinned(before)) == (False, [])
    assert (after.pins_known, pinned(after)) == (True, [DISCLAIMER])


async def test_what_is_pinned_while_it_is_asked_for_is_asked_for_again(tmp_path: Path) -> None:
    """What Slack answers then may be from before."""
    async with open_school(tmp_path) as stage:
        await known(stage)
        stage.server.faults.delay("pins.list", 5)
        stage.team.say(stage.people["s1"], "one").pin(stage.people["coach"])
        asked = len(stage.server.calls("pins.list"))
        await until(lambda: len(stage.server.calls("pins.list")) > asked)
        stage.team.say(stage.people["s1"], "two").pin(stage.people["coach"])
        await until(lambda: stage.slack.ears.pins.next_due() is None)
        found = await known(stage)

    assert pinned(found) == ["two", "one"]


async def test_what_was_pinned_while_the_connection_was_lost_is_read(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        await known(stage)
        connects = await lose_the_socket(stage)
        stage.team.say(stage.people["s1"], "meanwhile").pin(stage.people["coach"])
        await connect_again(stage, connects)
        found = await known(stage)

    assert pinned(found) == ["meanwhile"]


async def test_what_slack_does_not_answer_is_asked_for_again(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        await known(stage)
        stage.server.faults.fail("pins.list", 503, times=5)
        stage.team.say(stage.people["s1"], "one").pin(stage.people["coach"])
        await stage.heard()
        found = await known(stage)

    assert pinned(found) == ["one"]
    assert stage.server.faults.planned[-1].times == 0


@pytest.mark.parametrize("word", ["missing_scope", "not_in_channel"])
async def test_where_pins_cannot_be_read_nothing_is_said_to_be_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    """That is said once in the log, though Slack is asked at each look; once it can be, it is known."""
    async with workspace() as space:
        space.server.faults.refuse("pins.list", word, times=None)
        async with connected(space, tmp_path) as stage:
            space.team.say(space.people["coach"], DISCLAIMER).pin(space.people["coach"])
            found = [await known(stage), await of_team(stage)]
            said = "".join(capsys.readouterr())
            space.server.faults.planned.clear()
            stage.slack.look_again()
            await stage.looks()
            found.append(await known(stage))

    assert [(each.pins_known, pinned(each)) for each in found] == [(False, [])] * 2 + [(True, [DISCLAIMER])]
    assert said.count("what is pinned could not be read") == 1
    assert len(stage.server.calls("pins.list")) > 2


async def test_what_people_write_each_other_alone_is_not_gone_through_for_pins(tmp_path: Path) -> None:
    """Neither a group conversation nor a channel that was opened for a private matter."""
    async with open_school(tmp_path) as stage:
        coach, student = stage.people["coach"], stage.people["s1"]
        group = stage.server.group_direct([coach, student, stage.people["principal"]])
        private = stage.server.channel("private-18-nov", [coach, student], private=True)
        alone = stage.server.direct(student)
        stage.slack._notebook.threads[private.id] = "matter:1"
        for channel in (group, private, alone):
            channel.say(student, "my knee").pin(coach)
        await known(stage)
        asked = len(stage.server.calls("pins.list"))
        for place in (group.id, "matter:1", alone.id):
            stage.slack.ears.guard.changed(PlaceId(place), stage.space.now())
        found = {each.place: each for each in await stage.looks()}
        await asyncio.sleep(5)

    assert set(found) == {group.id, "matter:1"}
    assert all(each.pins_known and not pinned(each) for each in found.values())
    assert len(stage.server.calls("pins.list")) == asked


async def test_a_pinned_disclaimer_is_found_and_an_insult_is_for_a_person(tmp_path: Path) -> None:
    """Its coaches are told nothing while it is pinned; nor is whoever pinned the insult."""
    rules = (Disclaimers(must_say=(DISCLAIMER,)), Bookmarks())
    async with workspace() as space:
        note = space.team.say(space.people["coach"], DISCLAIMER)
        note.pin(space.people["coach"])
        async with connected(space, tmp_path) as stage, moderated(stage, tmp_path, rules):
            await until(lambda: (stage.slack.ears.pins.of(space.team.id) or ()) != ())
            await stage.looks_again()
            before = stage.notes("coach")
            space.team.say(space.people["s1"], "Sam is a fucking loser").pin(space.people["s2"])
            await until(lambda: "bookmarks" in found_in(tmp_path))
            found = found_in(tmp_path)
            note.unpin(space.people["s1"])
            await until(lambda: "disclaimers" in found_in(tmp_path))
            await until(lambda: stage.notes("coach") != [])

    assert before == []
    assert found == {"bookmarks"}
    assert stage.notes("s2") == []


def found_in(folder: Path) -> set[str]:
    """Name the rules that found something in a place."""
    return {finding["rule"] for each in judged(folder, "space") for finding in each.get("found", ())}
