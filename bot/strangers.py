"""What stands in the settings and does nothing: names the roster has not, or whose time is over; void exceptions."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Final

import rules
from bot.checkup import Remark, Weight
from bot.complaints import nearest
from bot.config import Configuration
from bot.judge import excuses_nothing
from bot.lists import Lists
from bot.people import PersonId

Named = tuple[tuple[str, ...], str, str, Collection[str]]
"""Where a name stands, of what it is one, the name, and those that the roster has."""


PLACE_ID: Final = re.compile(r"\d{17,20}|[CDG](?=[A-Z0-9]*\d)[A-Z0-9]{8,}", re.ASCII)
"""How Discord and Slack write the id of a place; a team's name has no figure, or is shorter."""

NAMES_IN_RULES: Final = (("personal-data", "last_names_allowed_in", True), ("district-platforms", "also_set_up", False))
"""Settings of rules that name places, and whether they may name a team as well."""


def void_exceptions(configuration: Configuration) -> Iterator[Remark]:
    """Say which standing exceptions of the settings set nothing aside, whoever granted them."""
    named = {each.name: each for each in rules.every()}
    for number, line in enumerate(configuration.settings.exemptions):
        if line.rule in named and excuses_nothing(named[line.rule], person=bool(line.person)):
            where = ("exemptions", str(number), "rule")
            wrong = f"nothing that '{line.rule}' finds is set aside so. The exception does nothing."
            what = configuration.told(where, f"{'.'.join(where)}: {wrong}")
            yield Remark(Weight.WEAK, what, "Take it out; docs/cases.md says what can be excused.")


def strange_places(configuration: Configuration, lists: Lists, day: date) -> Iterator[Remark]:
    """Say which teams and schools have a place on a platform, but not on the roster, and which teams have ended.

    On a live platform also, which places and teams the rules' own settings name wrongly.
    """
    told, teams = configuration.settings, {each.team for each in lists.teams}
    schools = {each.school for each in lists.teams} | {each.school for each in lists.offices}
    schools |= {school for each in lists.people for school in each.schools}
    named: list[Named] = [
        *((("discord", "teams", each), "team", each, teams) for each in told.discord.teams),
        *((("discord", "private", each), "school", each, schools) for each in told.discord.private),
        *((("slack", "teams", each), "team", each, teams) for each in told.slack.teams),
    ]
    yield from _strange(configuration, named, _ended(lists, day))
    if configuration.is_live:  # in a history a place may be called anything
        yield from _strange_in_rules(configuration, teams)


def _strange_in_rules(configuration: Configuration, teams: Collection[str]) -> Iterator[Remark]:
    for rule, setting, takes_teams in NAMES_IN_RULES:
        told = configuration.settings.rules.get(rule, {}).get(setting)
        for name in told if isinstance(told, list) else ():
            if not isinstance(name, str) or PLACE_ID.fullmatch(name) or (takes_teams and name in teams):
                continue  # what is no name at all is told as a mistake
            near = nearest(name, sorted(teams)) if takes_teams else ""
            what = f"'{name}' is no id of a place{', and the roster has no such team' if takes_teams else ''}.{near}"
            where = ("rules", rule, setting)
            yield Remark(
                Weight.WEAK,
                configuration.told(where, f"{'.'.join(where)}: {what}", name),
                "Write the id as the platform shows it: until then nothing comes of it.",
            )


def strange_exceptions(
    configuration: Configuration, lists: Lists, day: date, known: Collection[PersonId] = ()
) -> Iterator[Remark]:
    """Say which standing exceptions are for nobody on the roster or an ended team, and which nobody on it granted.

    `known` are people whom an earlier roster had.
    """
    people, teams = {*known, *(each.id for each in lists.people)}, {each.team for each in lists.teams}
    lines = [(("exemptions", str(number)), line) for number, line in enumerate(configuration.settings.exemptions)]
    named: list[Named] = [
        *(((*where, "team"), "team", line.team, teams) for where, line in lines if line.team),
        *(((*where, "person"), "person", line.person, people) for where, line in lines if line.person),
    ]
    yield from _strange(configuration, named, _ended(lists, day))
    for where, line in lines:
        if line.approved_by not in people:
            wrong = f"'{line.approved_by}' is not on the roster. The exception holds all the same."
            what = configuration.told((*where, "approved_by"), f"{'.'.join(where)}.approved_by: {wrong}")
            yield Remark(Weight.WEAK, what, "Name whoever granted it by sourcedId.")


def _ended(lists: Lists, day: date) -> dict[str, date]:
    """Find the teams of which no line runs any more, and the day until which the last one ran."""
    last: dict[str, date] = {}
    for each in lists.teams:
        last[each.team] = max(each.until or date.max, last.get(each.team, date.min))
    return {team: until for team, until in last.items() if until < day}


def _strange(configuration: Configuration, named: Iterable[Named], ended: Mapping[str, date]) -> Iterator[Remark]:
    """Say which names the roster has not, and hint at teams that have ended: most begin anew after the summer."""
    for where, kind, name, words in named:
        if name not in words:
            wrong = f"the roster has no {kind} '{name}'.{nearest(name, sorted(words))}"
            what = configuration.told(where, f"{'.'.join(where)}: {wrong}")
            yield Remark(Weight.WEAK, what, "Write it as the roster does: until then nothing comes of it.")
        elif kind == "team" and name in ended:
            over = f"team '{name}' has ended on the roster (its last line ran until {ended[name]})."
            hint = "Take out what is said of it here, or give it its new lines."
            yield Remark(Weight.FINE, configuration.told(where, f"{'.'.join(where)}: {over} {hint}"))
