"""Pictures that staff post: who is in them is asked once, and what the consent register says follows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.actions import Alert, Ask, Remove, Tell
from bot.directory import Directory
from bot.lists import Consent
from bot.message import Where, Words
from bot.people import AccountId, PersonId
from bot.platform import Answer, OrderKind, Post, Tick
from bot.rule import Choice
from bot.sheets import case_sheet
from bot.store.record import DOUBTED, Recorder
from bot.store.sealed import decode
from rules.employee_04_group_messages import GroupMessages
from rules.employee_08_photo_consent import PhotoConsent
from rules.employee_09_colleague_image import ColleagueImage
from tests.cases import docket_of
from tests.district import DAY, NOON, lists, roster
from tests.office import Office, answer, order
from tests.store.house import audited, faults, house, post
from tests.test_moderator import entries, run

RULES = (GroupMessages(), PhotoConsent(), ColleagueImage())
REGISTER = tuple(
    Consent(PersonId(who), "website", allowed)
    for who, allowed in (("s1", True), ("s2", True), ("s3", False), ("coach-b", True))
)
DISTRICT = replace(lists(), consents=REGISTER)
A_DAY = timedelta(days=1)


def picture(*, to: tuple[str, ...] = ("s1", "s2", "s3"), by: str = "coach") -> Post:
    """Let somebody on staff post a picture."""
    words = (Words(Where.BODY, "Warmups under the lights."), Words(Where.FILE_NAME, "lights.jpg"))
    return replace(post(by=by, to=to), words=words)


def who(*people: str, by: str = "coach", id_: str = "x1") -> Answer:
    """Let somebody say who is in it, an hour later."""
    return replace(answer(Choice.PICTURED, by=by, pictured=people), id=id_)


def tells(office: Office) -> Iterator[Tell]:
    """Give the notes that were handed over."""
    return (each.action for each in office.done if isinstance(each.action, Tell))


async def happened(folder: Path, *heard: Post | Answer) -> Office:
    """Let things happen, and a day pass."""
    office = Office(*heard, Tick("replay", NOON + A_DAY + timedelta(hours=1)))
    await run(folder, office, district=DISTRICT, rules=RULES)
    return office


@pytest.mark.parametrize("people", [(), ("s1",), ("s1", "s2", "coach-b"), ("coach",)], ids=str)
async def test_where_everybody_may_be_shown_the_picture_stays(tmp_path: Path, people: tuple[str, ...]) -> None:
    """One question, one answer, and nobody else is asked anything."""
    office = await happened(tmp_path, picture(), who(*people))

    (asked,) = tells(office)
    assert asked.clause == "Employee Guidelines 8"
    assert asked.notice.choices == (Choice.PICTURED, Choice.DELETE)
    assert [each.action.kind for each in office.done] == ["tell"]
    assert [each["choice"] for each in entries(tmp_path, "answered")] == ["pictured"]
    assert await faults(tmp_path) == []


@pytest.mark.parametrize(
    ("people", "clauses"),
    [
        (("s3",), ["Employee Guidelines 8"]),
        (("s1", "s9"), ["Employee Guidelines 8"]),
        (("s1", "teacher"), ["Employee Guidelines 9"]),
        (("s3", "teacher"), ["Employee Guidelines 8", "Employee Guidelines 9"]),
        (("nobody we know",), ["Employee Guidelines 8"]),
    ],
    ids=["a no", "not in the register", "a colleague", "both", "unlinked"],
)
async def test_where_somebody_may_not_be_shown_it_is_taken_away(
    tmp_path: Path, people: tuple[str, ...], clauses: list[str]
) -> None:
    """The author gets the text back, and reads whose yes is missing by no name."""
    office = await happened(tmp_path, picture(), who(*people))

    _, *told = tells(office)
    (removed,) = [each.action for each in office.done if isinstance(each.action, Remove)]
    assert removed.post == "p1"
    assert sorted(each.clause for each in told) == clauses
    assert sum("Warmups under the lights." in each.notice.returned for each in told) == 1
    assert not [each for each in office.done if isinstance(each.action, Alert)]
    assert await faults(tmp_path) == []
    await audited(tmp_path)


async def test_whoever_does_not_answer_is_asked_about(tmp_path: Path) -> None:
    """After a day somebody looks at it with them; the picture stays."""
    office = await happened(tmp_path, picture())

    assert [each.action.kind for each in office.done] == ["tell", "alert"]


async def test_only_the_author_says_who_is_in_it(tmp_path: Path) -> None:
    """A note may be shown to others, and a button pressed by anybody."""
    office = await happened(tmp_path, picture(), who("s3", by="coach-b"))

    assert "remove" not in [each.action.kind for each in office.done]
    assert "alert" in [each.action.kind for each in office.done]


async def test_a_second_answer_adds_what_it_tells(tmp_path: Path) -> None:
    """Somebody who had forgotten a student may say so; what follows, follows once."""
    office = await happened(tmp_path, picture(), who("s1"), who("s1", "s3", id_="x2"), who("s3", id_="x3"))

    kinds = [each.action.kind for each in office.done]
    assert kinds.count("remove") == 1
    assert kinds.count("tell") == 2


async def test_a_picture_that_is_ordered_is_asked_about_once(tmp_path: Path) -> None:
    """The order asks by itself, before anything is posted; once it is posted, it is known who is in it."""
    wanted = replace(order(OrderKind.PHOTO, to=("s1", "s2", "s3"), matter=None, opens=False))
    wanted = replace(wanted, post=replace(wanted.post, words=picture().words))
    office = Office(wanted, answer(Choice.PICTURED, about="o1", pictured=("s1", "coach-b")))

    await run(tmp_path, office, district=DISTRICT, rules=RULES)

    assert [each.action.kind for each in office.done] == ["ask", "show"]


@pytest.mark.parametrize(("people", "clause"), [(("s3",), 8), (("s1", "teacher"), 9)])
async def test_an_ordered_picture_is_not_posted_against_the_register(
    tmp_path: Path, people: tuple[str, ...], clause: int
) -> None:
    """And the note quotes the clause that it is about."""
    wanted = order(OrderKind.PHOTO, to=("s1", "s2", "s3"), matter=None, opens=False)
    wanted = replace(wanted, post=replace(wanted.post, words=picture().words))
    office = Office(wanted, answer(Choice.PICTURED, about="o1", pictured=people))

    await run(tmp_path, office, district=DISTRICT, rules=RULES)

    asked, told = (each.action for each in office.done)
    assert isinstance(asked, Ask)
    assert isinstance(told, Tell)
    assert told.notice.rule.startswith(f"Employee Guidelines {clause}:")


async def test_a_picture_that_was_refused_is_not_posted_for_another_answer(tmp_path: Path) -> None:
    """Nobody knows then who is in it: a person looks, under the clause that it is about."""
    wanted = replace(order(OrderKind.PHOTO, to=("s1", "s2", "s3"), matter=None, opens=False))
    wanted = replace(wanted, post=replace(wanted.post, words=picture().words))
    said = [
        replace(answer(Choice.PICTURED, about="o1", pictured=people), id=id_)
        for id_, people in (("a1", ("s3",)), ("a1", ("s3",)), ("a2", ("s1", "s3")), ("a3", ()), ("a3", ()))
    ]
    await run(tmp_path, office := Office(wanted, *said, said[0]), district=DISTRICT, rules=RULES)
    given_up = replace(answer(Choice.PICTURED, about="o1", pictured=("s1",)), id="a4")
    await run(tmp_path, later := Office(given_up), district=DISTRICT, rules=RULES)

    twice = ["This picture cannot be used."] * 2
    otherwise = "You said something else before about who is in this picture. A person will look at it."
    assert office.shown() == later.shown() == []
    assert (office.told(), later.told()) == ([*twice, otherwise], [otherwise])
    assert [each.notice.rule[:22] for each in tells(office)] == ["Employee Guidelines 8:"] * 3
    assert ["case" in each for each in entries(tmp_path, "ordered")] == [False, False, False, True, True]
    async with house(tmp_path) as opened:
        docket = docket_of(opened, DISTRICT)
        shown = [*case_sheet((await docket.waiting())[0], docket.desk(NOON), PersonId("designee"))]
    assert [each for each in shown if "because:" in each] == [f"  because: {DOUBTED.english}"]
    assert await faults(tmp_path) == []
    await audited(tmp_path)


async def test_nobody_is_asked_about_what_is_taken_away(tmp_path: Path) -> None:
    """A picture to one student is gone, whoever is in it; and a private matter is nobody else's to ask about."""
    office = Office(picture(to=("s1",)))
    await run(tmp_path, office, district=DISTRICT, rules=RULES)

    assert [each.action.clause for each in office.done if isinstance(each.action, Tell)] == ["Employee Guidelines 4"]


@pytest.mark.parametrize(
    ("asker", "offered"),
    [
        ("coach", ["coach-b", "coach-parent", "director-coach"]),
        ("advisor", ["principal-advisor", "vice-advisor"]),
        ("teacher", []),
        ("nobody", []),
    ],
)
def test_those_who_lead_the_same_teams_can_be_chosen(asker: str, offered: list[str]) -> None:
    """A student who coaches stands among the students."""
    directory = Directory("replay", roster(DISTRICT), lambda: DAY)

    assert [each.account for each in directory.colleagues_of(AccountId(asker))] == offered


async def test_who_is_in_a_picture_is_kept_with_the_answer(tmp_path: Path) -> None:
    """Sealed, so that it can be looked up when somebody asks, and forgotten."""
    async with house(tmp_path) as opened:
        draft = Recorder(opened.database.master).answered(who("s1", "s2"))

    assert decode(draft.words)["pictured"] == ["s1", "s2"]
    assert "s1" not in str(draft.facts)
