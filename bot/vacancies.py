"""Schools whose copies nobody would get: said before a coach is refused for it."""

from collections.abc import Iterator
from datetime import date

from bot.checkup import Remark, Weight
from bot.people import EVERY_OVERSEER, Office, Role
from bot.reach import reach_offices
from bot.roster import Day, Lists


def vacancies(lists: Lists, day: date) -> Iterator[Remark]:
    """Say which schools have nobody who gets copies, or nobody for those that concern who usually gets them."""
    known = Day(lists, day)
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
                f"School '{school}' has no superintendent's designee: what concerns both its principal and its "
                "athletic director reaches nobody there.",
                "Give it a superintendent_designee in offices.csv.",
            )
