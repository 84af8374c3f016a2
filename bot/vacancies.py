"""Schools whose copies nobody would get: said before a coach is refused for it."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from bot.checkup import Remark, Weight
from bot.lists import Day, Lists
from bot.people import EVERY_OVERSEER, Office, Role
from bot.reach import reach_offices

DESIGNEE: Final = frozenset({Office.SUPERINTENDENT_DESIGNEE})


def vacancies(lists: Lists, day: date) -> Iterator[Remark]:
    """Say which schools have nobody who gets copies, or nobody for what concerns who usually does."""
    known = Day(lists, day)
    every = (reach_offices(school, DESIGNEE, frozenset(), day, known.offices) for school in known.offices.schools)
    others = "" if any(every) else ", and no other school has one: nobody may look into what is about its principal"
    schools = {school for each in known.people.values() if each.has(Role.STUDENT) for school in each.schools}
    for school in sorted(schools | {each.school for each in known.teams.values()}):
        reached = dict(reach_offices(school, EVERY_OVERSEER, frozenset(), day, known.offices))
        if not reached:
            yield Remark(
                Weight.WEAK,
                f"School '{school}': nobody gets copies, so no private matter of its students can be sent.",
                "Give it a principal, an athletic director or a superintendent_designee in offices.csv.",
            )
        elif Office.SUPERINTENDENT_DESIGNEE not in reached:
            yield Remark(
                Weight.WEAK,
                f"School '{school}' has no superintendent's designee{others}. What concerns both its principal and its "
                "athletic director reaches nobody there.",
                "Give it a superintendent_designee in offices.csv.",
            )
