"""The invented district that unit tests share: one school team of four, and the adults around it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import rules
from bot.lists import Belonging, LinkedAccount, Listed, Lists
from bot.people import AccountId, Office, Part, PersonId, Role, SchoolId, TeamId, Tenure
from bot.readings.likeness import Bearer
from bot.readings.personal import Known
from bot.readings.reader import Reader
from bot.roster import Roster
from bot.rule import traces

DAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
HIGH, MIDDLE = SchoolId("high"), SchoolId("middle")
SOCCER, ROBOTICS, SWIM, CHESS = TeamId("soccer"), TeamId("robotics"), TeamId("swim"), TeamId("chess")

STUDENT, EMPLOYEE = frozenset({Role.STUDENT}), frozenset({Role.EMPLOYEE})
PEOPLE: dict[str, frozenset[Role]] = {
    **dict.fromkeys(
        ("s1", "s2", "s3", "s4", "s9", "adult-student", "captain-coach", "own-child", "other-school"), STUDENT
    ),
    **dict.fromkeys(
        ("coach", "coach-b", "advisor", "teacher", "director", "director-coach", "principal", "principal-advisor"),
        EMPLOYEE,
    ),
    **dict.fromkeys(
        ("vice", "vice-advisor", "vice-director", "designee", "other-principal", "other-director"), EMPLOYEE
    ),
    "substitute": frozenset(),
    "coach-parent": frozenset({Role.EMPLOYEE, Role.GUARDIAN}),
    "parent": frozenset({Role.GUARDIAN}),
    "office": frozenset({Role.EMPLOYEE, Role.ADMINISTRATOR}),
}
PARTS: tuple[tuple[TeamId, str, Part, date | None], ...] = (
    *((SOCCER, each, Part.MEMBER, None) for each in ("s1", "s2", "s3", "s4")),
    *((ROBOTICS, each, Part.MEMBER, None) for each in ("s1", "s2", "s3", "s4")),
    *((SOCCER, each, Part.COACH, None) for each in ("coach", "coach-b", "director-coach", "captain-coach")),
    *((ROBOTICS, each, Part.ADVISOR, None) for each in ("advisor", "principal-advisor", "vice-advisor")),
    (SOCCER, "substitute", Part.COACH, DAY - timedelta(days=1)),
    (SWIM, "s1", Part.MEMBER, None),
    (SWIM, "own-child", Part.MEMBER, None),
    (SWIM, "coach", Part.COACH, None),
    (SWIM, "coach-parent", Part.COACH, None),
    (CHESS, "s9", Part.MEMBER, None),
)
TENURES = (
    Tenure(HIGH, Office.PRINCIPAL, PersonId("principal"), PersonId("vice")),
    Tenure(HIGH, Office.ATHLETIC_DIRECTOR, PersonId("director"), PersonId("vice-director")),
    Tenure(HIGH, Office.SUPERINTENDENT_DESIGNEE, PersonId("designee")),
    Tenure(MIDDLE, Office.PRINCIPAL, PersonId("other-principal")),
    Tenure(MIDDLE, Office.ATHLETIC_DIRECTOR, PersonId("other-director")),
)
EARLIER = Tenure(HIGH, Office.PRINCIPAL, PersonId("office"), PersonId("teacher"), date(2019, 7, 1), date(2022, 6, 30))
"""A term of the principal's office that ended years ago; its deputy still works here."""
KNOWN = Known(
    frozenset({("Maddie", "Kowalski"), ("Jae", "Park"), ("Jordan", "Rice"), ("Tess", "O'Connor")}),
    ("alderbrook.example",),
    ("978-555-0100",),
    ("Millpond Field, 40 Weir Street",),
    (
        Bearer("s1", "Maddie", "Kowalski"),
        Bearer("s2", "Jae", "Park"),
        Bearer("s3", "Jordan", "Rice"),
        Bearer("s9", "Tess", "O'Connor"),
        Bearer("parent", "Yolanda", "Rice"),
        Bearer("coach", "Dana", "Marino", is_staff=True),
        Bearer("teacher", "Sam", "Greer", is_staff=True),
        Bearer("principal", "Ngozi", "Okafor", is_staff=True),
    ),
)


def lists(tenures: tuple[Tenure, ...] = TENURES, away: frozenset[str] = frozenset()) -> Lists:
    """Give the district's lists, with some people departed."""
    return Lists(
        people=tuple(
            Listed(
                PersonId(name),
                roles,
                frozenset({MIDDLE if name.startswith("other") else HIGH}),
                active=name not in away,
            )
            for name, roles in PEOPLE.items()
        ),
        accounts=(
            *(LinkedAccount("replay", AccountId(name), PersonId(name)) for name in PEOPLE),
            LinkedAccount("replay", AccountId("s1-phone"), PersonId("s1")),
        ),
        offices=tenures,
        teams=tuple(Belonging(team, HIGH, "fall", PersonId(name), part, until) for team, name, part, until in PARTS),
    )


def roster(district: Lists | None = None, *, stale: bool = False) -> Roster:
    """Give the district's roster; a stale one is eight days old."""
    return Roster(district or lists(), ZONE, as_of=NOON - timedelta(days=8) if stale else None)


def without(tenures: tuple[Tenure, ...], office: Office) -> tuple[Tenure, ...]:
    """Leave one office out."""
    return tuple(each for each in tenures if each.office is not office)


def ended(tenures: tuple[Tenure, ...], person: str) -> tuple[Tenure, ...]:
    """End one holder's term the day before."""
    return tuple(replace(each, until=DAY - timedelta(days=1)) if each.person == person else each for each in tenures)


@cache
def reader() -> Reader:
    """Give what reads the words, knowing what this district knows, and what any rule has to see."""
    return Reader(KNOWN, traces(rules.every()))
