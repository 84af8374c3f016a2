"""What a look at a live platform finds around it: the roster's age and teams, and when something was heard last."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.checkup import Remark, Weight
from bot.lists import Day
from bot.people import TeamId

LONG_SILENT: Final = timedelta(days=1)
"""After so long without any message it is worth a look whether we hear at all."""

LONG_DOWN: Final = 10
"""Minutes."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What no connection can tell."""

    now: datetime
    roster_as_of: datetime | None = None
    """None: the roster's age is not known."""
    roster_limit_days: int = 7
    last_event: datetime | None = None
    minutes_down: int = 0
    """How long nobody listened before this start."""


def roster_age(around: Surroundings) -> Iterator[Remark]:
    """Say how old the roster is."""
    if around.roster_as_of is None:
        what = "Nobody knows how old the roster is: where a message would be removed, a person is asked instead."
        yield Remark(Weight.WEAK, what, "Name its files under roster.path.")
        return
    days = (around.now - around.roster_as_of).days
    if around.now - around.roster_as_of > timedelta(days=around.roster_limit_days):
        mend = "Export the roster anew, and import it."
        what = f"The roster is {_days(days)} old: where a message would be removed, a person is asked instead."
        yield Remark(Weight.BROKEN, what, mend)
    else:
        yield Remark(Weight.FINE, f"The roster is {_days(days)} old.")


def teams(registered: frozenset[TeamId], day: Day, line: str) -> Iterator[Remark]:
    """Compare the teams that have a place in the settings with those of the roster. `line` shows how one is named."""
    known = {each.team for each in day.lists.teams}
    running = {each.team for each in day.lists.teams if each.runs(day.day)}
    for team in sorted(registered - known):
        mend = "Write the team's name as it stands in teams.csv."
        yield Remark(Weight.BROKEN, f"The roster has no team {team}, so nobody counts as a member of it.", mend)
    for team in sorted(registered & known - running):
        yield Remark(Weight.FINE, f"The team {team} runs on no line of the roster today: nobody counts as its member.")
    without = sorted(running - registered)
    if without:
        mend = f"Register the channel of each that has one, under {line.format(without[0])}."
        what = f"These teams have no channel here, so nothing can be sent to them: {', '.join(without)}."
        yield Remark(Weight.WEAK, what, mend)


def heard(around: Surroundings) -> Iterator[Remark]:
    """Say when something was heard last, and how long nobody listened."""
    if around.last_event is None:
        yield Remark(Weight.FINE, "No message was heard yet since Chaperone started.")
    elif around.now - around.last_event > LONG_SILENT:
        mend = "Write something in a team's channel. If this stays, look at the log for what could not be heard."
        yield Remark(Weight.WEAK, f"The last message was heard on {around.last_event:%B %d at %H:%M} UTC.", mend)
    else:
        yield Remark(Weight.FINE, f"The last message was heard on {around.last_event:%B %d at %H:%M} UTC.")
    if around.minutes_down >= LONG_DOWN:
        mend = "Find out why it stopped. What was deleted, or read otherwise before an edit, in that time is lost."
        yield Remark(Weight.WEAK, f"Chaperone was down for {around.minutes_down} minutes.", mend)


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
