"""A place whose id Slack has changed is the one it was, for its team and for everything that was written of it."""

import asyncio
from dataclasses import replace
from pathlib import Path

from adapters.slack.renames import Renames
from bot.actions import Remove, Show
from bot.message import PlaceId, PostId
from bot.people import PersonId
from bot.platform import Heard, Outcome, Post
from tests.district import SOCCER
from tests.slack.stage import connected, workspace
from tests.slack.test_acting import appoint, deed


async def test_a_channel_goes_on_under_its_first_id_though_slack_gives_it_another(tmp_path: Path) -> None:
    """Its team, who is in it, what stands there, what is done to that: all of it stands under the id it had first."""
    async with workspace() as space:
        team, coach, first = space.team, space.people["coach"], space.team.id
        found: list[Heard] = []
        async with connected(space, tmp_path) as stage:
            appoint(stage, "principal")
            before = team.say(coach, "Stay after class.")
            await stage.heard()
            for _ in range(2):
                team.move()
            await stage.heard()
            team.say(coach, "Bus at 4.")
            before.edit("Stay after class, please.")
            team.join(space.people["advisor"])
            found += await stage.heard()
            receipt = await stage.slack.perform(deed(Remove("c", PlaceId(first), PostId(f"{first}/{before.ts}"))))
            (looked,) = await stage.looks()
            await stage.slack._note()
        team.say(coach, "Bus at 5.")
        async with connected(space, tmp_path) as stage:
            again = [each for each in await stage.heard() if isinstance(each, Post)]
            put_out = dict(stage.slack._notebook.put_out)

    heard = [each for each in found if isinstance(each, Post)]
    assert {(each.place, each.team) for each in [*heard, *again]} == {(first, SOCCER)}
    assert all(each.id.startswith(f"{first}/") for each in [*heard, *again])
    assert [bool(each.revision) for each in heard] == [False, True]
    assert receipt.outcome is Outcome.DONE
    assert before.deleted
    assert (looked.place, len(looked.readers.accounts)) == (first, 5)
    assert [each.words[0].text for each in again if each.late] == ["Bus at 5."]
    assert put_out == {}


async def test_what_is_ordered_goes_to_a_channel_under_its_id_of_today(tmp_path: Path) -> None:
    """Also after a restart, and whether the settings name the first id or the one of today."""
    async with workspace() as space:
        first = space.team.id
        async with connected(space, tmp_path):
            space.team.move()
            await asyncio.sleep(1)
        for registered in (first, space.team.id):
            space.setup = replace(space.setup, teams={registered: SOCCER})
            async with connected(space, tmp_path) as stage:
                shown = Show("", PersonId("coach"), space.id("coach"), PlaceId(first), f"For {registered}.")
                receipt = await stage.slack.perform(replace(deed(shown), post=PostId("order")))
                assert receipt.outcome is Outcome.DONE
                assert stage.slack.ears.team_of(first) == SOCCER
                assert stage.slack.reception._channel_of(SOCCER) == first
        said = [each.text for each in space.team.messages.values()]

    assert sum("For " in each for each in said) == 2


def test_what_is_told_again_of_an_id_changes_nothing() -> None:
    """Slack tells again what it had no answer to, also after what came later. And a place can get its id back."""
    renames = Renames({})
    moves = [("C1", "C2"), ("C2", "C3")]

    for old, new in (*moves, *moves, moves[0]):
        assert renames.take(old, new) == "C1"
        assert renames.today("C1") == new or (old, new) == moves[0]
    assert renames.today("C1") == "C3"
    assert renames.known({"channel": "C3", "text": "C3"}) == {"channel": "C1", "text": "C3"}
    assert renames.take("C3", "C1") == "C1"
    assert renames.known({"channel": {"id": "C1"}}) == {"channel": {"id": "C1"}}
    assert renames.today("C1") == "C1"
