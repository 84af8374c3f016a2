"""What people can choose from: nobody is taken for somebody else."""

from dataclasses import replace

from bot.directory import Directory
from bot.people import AccountId
from tests.district import DAY, lists, roster

NAMED = {
    "s1": ("José", "García"),
    "s2": ("JOSE", "Garcia"),
    "s3": ("Ada", "Lee"),
    "coach-b": ("Ada", "Lee"),
    "s4": ("Robin", "Vale"),
    "own-child": ("Robin", "Vale"),
}
GONE = frozenset({"own-child"})


def directory() -> Directory:
    """Give a district in which two students of one team have the same name, and a student has a coach's."""
    district = lists(away=GONE)
    people = tuple(
        replace(each, given_name=named[0], family_name=named[1]) if (named := NAMED.get(each.id)) else each
        for each in district.people
    )
    return Directory("replay", roster(replace(district, people=people)), lambda: DAY)


def test_two_students_of_one_name_are_told_apart() -> None:
    """Whoever picks the wrong one tells somebody else's private matter. What other clubs they are in is not told."""
    students = directory().students_of(AccountId("coach"))

    names = {str(each.account): each.name for each in students}
    assert names["s1-phone"] == "José García (s1, soccer, swim)"
    assert names["s2"] == "JOSE Garcia (s2, soccer)"
    assert len(set(names.values())) == len(names)


def test_a_student_and_a_coach_of_one_name_are_told_apart() -> None:
    """Both may stand in one list, of who is in a picture; and a student chooses whom to tell."""
    found = directory()

    assert {each.name for each in found.students_of(AccountId("coach")) if each.account == "s3"} == {
        "Ada Lee (s3, soccer)"
    }
    assert {each.name for each in found.adults(AccountId("s1")) if each.account == "coach-b"} == {
        "Ada Lee (coach-b, soccer)"
    }


def test_whoever_has_a_name_of_their_own_stands_there_by_it_alone() -> None:
    """Most people do, and a list that is easy to read is read. Who has left is nobody's namesake."""
    assert {each.name for each in directory().students_of(AccountId("coach")) if each.account == "s4"} == {"Robin Vale"}
