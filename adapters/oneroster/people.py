"""The standard's own files: orgs.csv, users.csv and, from 1.2 on, roles.csv.

Only the columns named in `read` are looked at. demographics.csv is never opened, so no birth date is ever met.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from adapters.oneroster.files import Bundle
from adapters.oneroster.remarks import Once, Remarks, Row
from adapters.oneroster.tables import Layout, rows
from bot.address import is_address
from bot.lists import Listed
from bot.people import AgeBand, PersonId, Role, SchoolId

ORGS = Layout(
    "orgs.csv",
    ("sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"),
    ("sourcedId", "status", "type"),
    frozenset({"status", "type"}),
)
USERS_1_1 = Layout(
    "users.csv",
    (
        *("sourcedId", "status", "dateLastModified", "enabledUser", "orgSourcedIds", "role", "username", "userIds"),
        *("givenName", "familyName", "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds"),
        *("grades", "password"),
    ),
    ("sourcedId", "status", "enabledUser", "orgSourcedIds", "role", "givenName", "familyName", "email", "grades"),
    frozenset({"status", "email", "grades"}),
)
USERS_1_2 = Layout(
    "users.csv",
    (
        *("sourcedId", "status", "dateLastModified", "enabledUser", "username", "userIds", "givenName", "familyName"),
        *("middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password"),
        *("userMasterIdentifier", "resourceSourcedIds", "preferredGivenName", "preferredMiddleName"),
        *("preferredFamilyName", "primaryOrgSourcedId", "pronouns"),
    ),
    ("sourcedId", "status", "enabledUser", "givenName", "familyName", "email", "grades"),
    frozenset({"status", "email", "grades"}),
)
ROLES_1_2 = Layout(
    "roles.csv",
    (
        *("sourcedId", "status", "dateLastModified", "userSourcedId", "roleType", "role", "beginDate", "endDate"),
        *("orgSourcedId", "userProfileSourcedId"),
    ),
    ("status", "userSourcedId", "role", "beginDate", "endDate", "orgSourcedId"),
    frozenset({"status", "beginDate", "endDate"}),
)

STUDENT = frozenset({Role.STUDENT})
GUARDIAN = frozenset({Role.GUARDIAN})
EMPLOYEE = frozenset({Role.EMPLOYEE})
ADMINISTRATOR = frozenset({Role.EMPLOYEE, Role.ADMINISTRATOR})
"""A principal too: the *office* of principal, which receives copies, comes from offices.csv alone."""

ROLES = {
    "student": STUDENT,
    **dict.fromkeys(("guardian", "parent", "relative"), GUARDIAN),
    **dict.fromkeys(("teacher", "aide", "proctor", "counselor"), EMPLOYEE),
    **dict.fromkeys(("administrator", "principal", "siteAdministrator"), ADMINISTRATOR),
    **dict.fromkeys(("districtAdministrator", "systemAdministrator"), ADMINISTRATOR),
}
STANDING = {"": True, "active": True, "inactive": False, "tobedeleted": False}
ENABLED = {"true": True, "false": False}

BANDS = {
    **dict.fromkeys(("IT", "PR", "PK", "TK", "KG", "K"), AgeBand.UNDER_13),
    **{f"{grade:02}": AgeBand.UNDER_13 for grade in range(1, 9)},
    **dict.fromkeys(("09", "10"), AgeBand.TEEN_13_TO_15),
    **dict.fromkeys(("11", "12"), AgeBand.TEEN_16_TO_17),
}
"""A grade stands for its youngest pupils. Some start grade 8 at twelve, so all of grade 8 counts as under 13."""

WITHOUT_BAND = frozenset({"", "13", "PS", "UG", "OTHER"})
"""Grades of OneRoster's that may be of any age."""

YOUNGEST_FIRST = (AgeBand.UNDER_13, None, AgeBand.TEEN_13_TO_15, AgeBand.TEEN_16_TO_17)
"""Of several grades the strictest counts; an unknown one may be any age, but does not hide one that is too young."""


@dataclass(slots=True)
class Parts:
    """What somebody is to the district, and where."""

    roles: set[Role] = field(default_factory=set)
    schools: set[SchoolId] = field(default_factory=set)


def read_schools(bundle: Bundle, remarks: Remarks) -> dict[SchoolId, str]:
    """Read orgs.csv: each organisation's id and type. A district or department is listed there too."""
    once = Once("this sourcedId")
    schools: dict[SchoolId, str] = {}
    for row in rows(bundle, ORGS, remarks):
        school = SchoolId(row.needed("sourcedId"))
        if not once.repeats(row, school) and row.choice("status", STANDING) is not False:
            schools[school] = row.get("type")
    return schools


def read_people_1_1(
    bundle: Bundle, schools: Mapping[SchoolId, str], remarks: Remarks, holders: Collection[PersonId]
) -> tuple[Listed, ...]:
    """Read the people of OneRoster 1.1, where users.csv says everything. `holders` hold or deputise for an office."""
    once = Once("this sourcedId")
    people = []
    for row in rows(bundle, USERS_1_1, remarks):
        active = _is_active(row)
        word = row.get("role")
        roles = row.choice("role", ROLES) if active else ROLES.get(word)
        parts = Parts(set(roles or ()), _known(row, "orgSourcedIds", schools))
        person = _listed(row, parts, active, holders)
        if not once.repeats(row, person.id):
            people.append(person)
    return tuple(people)


def read_people_1_2(
    bundle: Bundle, schools: Mapping[SchoolId, str], remarks: Remarks, on: date | None, holders: Collection[PersonId]
) -> tuple[Listed, ...]:
    """Read the people of OneRoster 1.2, where roles.csv says who is what. Who has no role there is not active."""
    once = Once("this sourcedId")
    roles = _read_roles(bundle, schools, remarks, on)
    people = []
    for row in rows(bundle, USERS_1_2, remarks):
        parts = roles.get(PersonId(row.get("sourcedId")))
        active = _is_active(row)
        if active and parts is None:
            row.odd("roles.csv gives this person no role that runs today, so they count as inactive.")
        person = _listed(row, parts or Parts(), active and parts is not None, holders)
        if not once.repeats(row, person.id):
            people.append(person)
    strangers = len(roles.keys() - {each.id for each in people})
    if strangers:
        remarks.odd("roles.csv", f"people who are not in users.csv were passed over: {strangers}.")
    return tuple(people)


def _read_roles(
    bundle: Bundle, schools: Mapping[SchoolId, str], remarks: Remarks, on: date | None
) -> dict[PersonId, Parts]:
    """Gather each person's roles, primary and secondary alike."""
    held: dict[PersonId, Parts] = {}
    for row in rows(bundle, ROLES_1_2, remarks):
        if row.choice("status", STANDING) is False or not _runs(row, on):
            continue
        parts = held.setdefault(PersonId(row.needed("userSourcedId")), Parts())
        parts.roles |= row.choice("role", ROLES) or frozenset()
        parts.schools |= _known(row, "orgSourcedId", schools)
    return held


def _runs(row: Row, on: date | None) -> bool:
    begin, end = row.day("beginDate"), row.day("endDate")
    if on is None:
        return True
    return (begin is None or begin <= on) and (end is None or on <= end)


def _listed(row: Row, parts: Parts, active: bool, holders: Collection[PersonId]) -> Listed:
    person = PersonId(row.needed("sourcedId"))
    if Role.STUDENT in parts.roles and not _are_known(row.get("grades")):
        row.odd("its grades name one that is not OneRoster's, which writes 09, 11 or KG. It tells no age band.")
    reached = active and Role.STUDENT not in parts.roles and (Role.EMPLOYEE in parts.roles or person in holders)
    return Listed(
        person,
        frozenset(parts.roles),
        frozenset(parts.schools),
        band_of(row.get("grades")) if Role.STUDENT in parts.roles else None,
        row.get("givenName"),
        row.get("familyName"),
        active,
        _mail_address(row) if reached else "",
    )


def _mail_address(row: Row) -> str:
    """Read where letters go. Who has none can still be reached otherwise, so a wrong one stops nothing."""
    cell = row.get("email")
    if not cell or is_address(cell):
        return cell
    row.odd("its email is not one plain mail address, so it was left out and no letter goes there.")
    return ""


@lru_cache(maxsize=256)
def band_of(grades: str) -> AgeBand | None:
    """Tell an age band from a `grades` cell, such as `09` or `11,12`; None when it tells nothing."""
    bands = {BANDS.get(_grade(each.strip())) for each in grades.split(",")}
    return next(each for each in YOUNGEST_FIRST if each in bands)


@lru_cache(maxsize=256)
def _are_known(grades: str) -> bool:
    """Say whether a `grades` cell holds nothing but grades of the standard's."""
    return {_grade(each.strip()) for each in grades.split(",")} <= BANDS.keys() | WITHOUT_BAND


def _grade(word: str) -> str:
    """Write a grade as the standard does: a spreadsheet takes the nought from 09."""
    return word.zfill(2) if word.isdigit() else word.upper()


def _is_active(row: Row) -> bool:
    standing = row.choice("status", STANDING)
    enabled = ENABLED.get(row.get("enabledUser").lower())
    if enabled is None:
        row.wrong("its enabledUser is neither true nor false. Write one of the two.")
    return bool(standing and enabled)


def _known(row: Row, column: str, schools: Mapping[SchoolId, str]) -> set[SchoolId]:
    named = {SchoolId(each.strip()) for each in row.get(column).split(",") if each.strip()}
    known = named & schools.keys()
    if known < named:
        row.odd(f"its {column} names a school that orgs.csv does not list. That school was passed over.")
    return known
