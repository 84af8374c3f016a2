"""What both doctors say of what is around a platform."""

from dataclasses import replace
from datetime import timedelta

from adapters.around import teams
from bot.checkup import Weight
from bot.lists import Day
from bot.people import TeamId
from tests.district import DAY, lists


def test_a_team_that_has_ended_is_no_mistake() -> None:
    """Each summer they all have; most begin anew."""
    told = lists()
    over = DAY - timedelta(days=1)
    ended = tuple(replace(each, until=over) if each.team == "soccer" else each for each in told.teams)
    day = Day(replace(told, teams=ended), DAY)
    registered = frozenset({TeamId("soccer"), TeamId("soccr"), *(each.team for each in ended if each.runs(DAY))})

    found = [*teams(registered, day, "discord.teams: {} = [ID]")]

    assert [(each.weight, each.what.split(",")[0]) for each in found] == [
        (Weight.BROKEN, "The roster has no team soccr"),
        (Weight.FINE, "The team soccer runs on no line of the roster today: nobody counts as its member."),
    ]
