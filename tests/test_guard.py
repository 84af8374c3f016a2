"""When places are looked at again."""

from datetime import timedelta

from bot.guard import SETTLING, Guard
from bot.message import PlaceId
from tests.district import NOON

GYM, ROOM = PlaceId("gym"), PlaceId("room")
GRACE = timedelta(minutes=2)


def test_many_changes_are_one_look() -> None:
    """A season begins with a hundred joins; the place is looked at once."""
    guard = Guard(GRACE)
    for number in range(100):
        guard.changed(GYM, NOON + number * SETTLING / 200)

    assert guard.take_due(NOON) == []
    assert guard.take_due(NOON + SETTLING) == [GYM]
    assert guard.take_due(NOON + timedelta(days=1)) == []


def test_changes_that_go_on_do_not_put_off_the_look() -> None:
    """Whoever keeps changing a channel must not keep it open by that."""
    guard = Guard(GRACE)
    guard.changed(GYM, NOON)
    guard.changed(GYM, NOON + SETTLING / 2)

    assert guard.take_due(NOON + SETTLING) == [GYM]


def test_what_was_put_off_is_looked_at_at_once_when_it_changes() -> None:
    guard = Guard(GRACE)
    guard.changed(GYM, NOON + timedelta(hours=1))
    guard.changed(GYM, NOON)

    assert guard.take_due(NOON + SETTLING) == [GYM]
    assert guard.take_due(NOON + timedelta(days=1)) == []


def test_a_room_is_looked_at_once_its_people_have_stayed() -> None:
    guard = Guard(GRACE)
    guard.gathered(ROOM, NOON, several=True)

    assert guard.take_due(NOON + GRACE - timedelta(seconds=1)) == []
    assert guard.take_due(NOON + GRACE) == [ROOM]
    assert guard.together(ROOM, NOON + GRACE) == GRACE


def test_who_comes_or_goes_begins_the_time_anew() -> None:
    guard = Guard(GRACE)
    guard.gathered(ROOM, NOON, several=True)
    guard.gathered(ROOM, NOON + timedelta(minutes=1), several=True)

    assert guard.take_due(NOON + GRACE) == []
    assert guard.together(ROOM, NOON + GRACE) == timedelta(minutes=1)


def test_a_room_with_one_person_is_not_looked_at() -> None:
    guard = Guard(GRACE)
    guard.gathered(ROOM, NOON, several=True)
    guard.gathered(ROOM, NOON + timedelta(minutes=1), several=False)

    assert guard.take_due(NOON + timedelta(hours=1)) == []
