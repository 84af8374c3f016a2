"""Whom somebody chooses on Slack: a menu where they fit one, a search among them where they do not."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from adapters.slack import forms
from adapters.slack.door import PATH
from bot.actions import Deed, DeedId, Tell
from bot.lists import Belonging, LinkedAccount, Listed, Lists
from bot.message import PostId
from bot.notice import LABELS, Notice
from bot.people import AccountId, Part, PersonId, Role
from bot.platform import Answer
from bot.roster import Roster
from bot.rule import Choice
from bot.texts import ENGLISH
from rules.employee_08_photo_consent import PhotoConsent
from rules.student_03_copyright import Copyright
from tests.district import DAY, HIGH, SOCCER, ZONE
from tests.haste import FACTOR
from tests.pictures.made import shapes, written
from tests.slack.server.interactions import Interaction
from tests.slack.server.views import View
from tests.slack.stage import Stage, connected, moderated, open_school, until, workspace
from tests.test_moderator import entries, outcomes

PENNANT: Final = written(shapes())
MANY: Final = 250
GIVEN, FAMILY = ("Ana", "Björn", "Chloe", "Dana", "Éva"), ("O'Neil", "Smith-Lopez", "Park", "Rice", "Marino")


def name_of(number: int) -> tuple[str, str]:
    return f"{GIVEN[number % 5]} {number}", FAMILY[number // 5 % 5]


def with_students(lists: Lists, many: int) -> Lists:
    """Let a team have many students more, each with an account."""
    ids = [f"k{number}" for number in range(many)]
    students = frozenset({Role.STUDENT})
    named = [(PersonId(id_), *name_of(number)) for number, id_ in enumerate(ids)]
    people = (Listed(id_, students, frozenset({HIGH}), given_name=one, family_name=two) for id_, one, two in named)
    accounts = (LinkedAccount("slack", AccountId(f"UKID{number:05}"), PersonId(id_)) for number, id_ in enumerate(ids))
    teams = (Belonging(SOCCER, HIGH, "fall", PersonId(id_), Part.MEMBER, None) for id_ in ids)
    return replace(
        lists, people=(*lists.people, *people), accounts=(*lists.accounts, *accounts), teams=(*lists.teams, *teams)
    )


@asynccontextmanager
async def crowded(folder: Path, many: int = MANY, port: int = 0) -> AsyncIterator[Stage]:
    """Open a school whose soccer team has many students; by HTTP where a port is given.

    To look through many people takes its time by the wall, so Slack's three seconds are the wall's, too.
    """
    async with workspace(ack_seconds=3 * FACTOR) as space:
        space.server.interactions.trigger_seconds = 3 * FACTOR
        space.setup = replace(space.setup, socket=not port, port=port)
        space.roster = Roster(with_students(space.roster.on(DAY).lists, many), ZONE)
        async with connected(space, folder) as stage:
            await stage.heard()
            yield stage


async def done(stage: Stage, interaction: Interaction) -> Interaction:
    await stage.server.hands.answered(interaction)
    return interaction


async def opened(stage: Stage, words: str, who: str = "coach") -> View:
    hands = stage.server.hands
    made = await done(stage, hands.command(stage.people[who], stage.team, "/chaperone", words))
    assert made.view is not None
    return made.view


async def typed(stage: Stage, view: View, field: str, text: str, who: str = "coach") -> list[str]:
    """Type into a field, and read the names that it offers."""
    made = await done(stage, stage.server.hands.options(stage.people[who], view, field, text))
    assert made.acked
    assert made.refused == []
    return [each["text"]["text"] for each in made.options]


async def noted(stage: Stage, who: str, choice: Choice) -> PostId:
    """Hand somebody a note about a post of theirs that can be answered by one choice."""
    post = PostId(f"{stage.team.id}/{stage.team.say(stage.people[who], 'look').ts}")
    await stage.heard()
    label = ENGLISH.say(LABELS[choice])
    notice = Notice("We saw it.", "A rule", "Now.", "Then.", "Else.", choices=(choice,), labels=(label,))
    tell = Tell("c", PersonId(who), stage.space.id(who), notice)
    await stage.slack.perform(Deed(DeedId("1"), "slack", tell, post=post))
    return post


async def asked_who(stage: Stage, who: str, button: str = "students") -> Interaction:
    """Press the button under the last note that asks who is in a picture, and one of the two behind it."""
    hands, person = stage.server.hands, stage.people[who]
    pressed = await done(stage, hands.press(person, stage.server.directs(person)[-1], "note:pictured"))
    await until(lambda: bool(pressed.messages))
    return await done(stage, hands.press(person, pressed.messages[-1], f"note:pictured.{button}"))


# More people than a menu holds


async def test_a_student_among_many_is_found_by_a_part_of_the_name_and_written_to(tmp_path: Path) -> None:
    """Of 253 students of the coach's, a menu would show a hundred: who is not among those could not be written to."""
    async with crowded(tmp_path) as stage:
        view = await opened(stage, "private")
        first = await typed(stage, view, "student", "")
        found = await typed(stage, view, "student", "lopez eva 249")
        coach, hands = stage.people["coach"], stage.server.hands
        last = await typed(stage, view, "student", "marino 249")
        await done(stage, hands.press(coach, view, "student", chosen="UKID00249"))
        told = {"student": "UKID00249", "kind": "medical", "message": "Your physical is due."}
        sending = hands.submit(coach, view, told)
        (order,) = await stage.said()
        sent = await done(stage, sending)

    assert len(first) == forms.MOST_IN_A_MENU
    assert found == []
    assert last == ["Éva 249 Marino"]
    assert str(order.post.readers.accounts) == "frozenset({'UKID00249'})"  # type: ignore[union-attr]
    assert "We have it." in str(sent.answer)


async def test_by_http_many_are_searched_too(tmp_path: Path, unused_tcp_port: int) -> None:
    async with crowded(tmp_path, port=unused_tcp_port) as stage:
        await stage.server.post_to(f"http://127.0.0.1:{unused_tcp_port}{PATH}")
        view = await opened(stage, "private")

        assert await typed(stage, view, "student", "marino 249") == ["Éva 249 Marino"]


async def test_who_is_chosen_stays_when_the_form_names_who_gets_the_copies(tmp_path: Path) -> None:
    async with crowded(tmp_path) as stage, moderated(stage, tmp_path):
        view = await opened(stage, "private")
        await typed(stage, view, "student", "249")
        await done(stage, stage.server.hands.press(stage.people["coach"], view, "student", chosen="UKID00249"))
        await until(lambda: "Copies go to: " in str(stage.server.modals(stage.people["coach"])[0].body))

        assert "Éva 249 Marino" in str(view.state)


async def test_an_emergency_reaches_one_of_many_students_or_a_team(tmp_path: Path) -> None:
    async with crowded(tmp_path) as stage:
        view = await opened(stage, "emergency")
        team = await typed(stage, view, "to", "soc")
        student = await typed(stage, view, "to", "ana 245")
        coach, hands = stage.people["coach"], stage.server.hands
        sending = hands.submit(coach, view, {"to": "student:UKID00245", "message": "Come to the office."})
        (order,) = await stage.said()
        await done(stage, sending)

    assert team == ["soccer"]
    assert student == ["Ana 245 Marino"]
    assert "UKID00245" in str(order.post.readers)  # type: ignore[union-attr]


async def test_only_who_may_be_chosen_is_ever_offered(tmp_path: Path) -> None:
    """Whoever asks: a student gets no list of students out of a form, whatever field they name."""
    async with crowded(tmp_path) as stage:
        report = await opened(stage, "report", "s1")
        private = await opened(stage, "private")
        asked = {"type": "block_suggestion", "user": {"id": stage.people["s1"].id}, "value": "", "view": {}}
        answers = [await stage.slack.take({**asked, "action_id": each}) for each in ("student", "to", "pictured", "x")]
        adults = await stage.slack.take({**asked, "action_id": "adult"})
        strangers = await typed(stage, private, "student", stage.people["parent"].name)

    assert answers == [{"options": []}] * 4
    assert "principal" in str(adults)
    assert "external" not in str(report.blocks), "few adults stand in a menu"
    assert strangers == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["Zoë Smith-Lopez", "Shane O'Neil", "Annabel Zo"]),
        ("zo", ["Zoë Smith-Lopez", "Annabel Zo"]),
        ("ZOE", ["Zoë Smith-Lopez"]),
        ("lopez zoë", ["Zoë Smith-Lopez"]),
        ("smith-lo", ["Zoë Smith-Lopez"]),
        ("oneil", ["Shane O'Neil"]),
        ("o'n", ["Shane O'Neil", "Annabel Zo"]),
        ("an", ["Annabel Zo", "Shane O'Neil"]),
        ("quinn", []),
        ("<@U1>", []),
    ],
)
def test_a_name_is_found_however_it_is_typed(text: str, found: list[str]) -> None:
    people = [("1", "Zoë Smith-Lopez"), ("2", "Shane O'Neil"), ("3", "Annabel Zo")]

    assert [each["text"]["text"] for each in forms.fitting(text, people)["options"]] == found


async def test_among_ten_thousand_people_an_answer_comes_in_time(tmp_path: Path) -> None:
    """Slack waits three seconds."""
    async with crowded(tmp_path, 10_000) as stage:
        view = await opened(stage, "private")
        began = time.perf_counter()
        found = await typed(stage, view, "student", "9999")
        seconds = time.perf_counter() - began

    assert found == ["Éva 9999 Marino"]
    assert seconds < 3


# Pictures


async def test_who_is_in_a_picture_that_stands_is_chosen_and_who_has_not_agreed_is_not_shown(tmp_path: Path) -> None:
    """The same questions as on Discord, and what follows from the answer comes from the same code."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path, (PhotoConsent(),)):
        stage.team.say(stage.people["coach"], "The new bus!", files={"bus.png": PENNANT})
        await until(lambda: "tell done" in outcomes(tmp_path))
        form = await asked_who(stage, "coach")
        assert form.view is not None
        coach, hands, drawn = stage.people["coach"], stage.server.hands, str(form.view.blocks)
        with pytest.raises(ValueError, match="pictured is empty"):
            hands.submit(coach, form.view, {})
        told = {"pictured": [stage.people[each].id for each in ("s1", "s2")]}
        sent = await done(stage, hands.submit(coach, form.view, told))
        await until(lambda: outcomes(tmp_path).count("tell done") == 2)
        (answered,) = entries(tmp_path, "answered")
        notes = stage.notes("coach")

    assert "We have it." in str(sent.answer)
    assert "If somebody in it is not listed" in drawn
    assert answered["choice"] == "pictured"
    assert "The office has no yes for somebody in your picture." in notes[-1]


async def test_that_nobody_is_in_a_picture_ends_the_wait_for_an_answer(tmp_path: Path) -> None:
    """Without the button, an office would have been asked a day later."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path, (PhotoConsent(),)):
        stage.team.say(stage.people["coach"], "The new bus!", files={"bus.png": PENNANT})
        await until(lambda: "tell done" in outcomes(tmp_path))
        pressed = await asked_who(stage, "coach", "nobody")
        await until(lambda: bool(entries(tmp_path, "answered")) and bool(pressed.messages))
        await until(lambda: "alert moot" in outcomes(tmp_path))

    assert "We have it." in pressed.messages[-1].text


async def test_a_picture_of_many_is_answered_with_a_search_and_nobody_who_was_not_offered(tmp_path: Path) -> None:
    async with crowded(tmp_path) as stage:
        post = await noted(stage, "coach", Choice.PICTURED)
        form = await asked_who(stage, "coach")
        assert form.view is not None
        names = await typed(stage, form.view, "pictured", "249")
        await typed(stage, form.view, "pictured", "marino 24")
        coach, hands, drawn = stage.people["coach"], stage.server.hands, form.view.body
        sending = hands.submit(coach, form.view, {"pictured": ["UKID00248", "UKID00249"]})
        (answer,) = await stage.said()
        await done(stage, sending)
        parent = {"type": "multi_external_select", "selected_options": [{"value": stage.people["parent"].id}]}
        view = {**drawn, "state": {"values": {"pictured": {"pictured": parent}}}}
        refused = await stage.slack.take({"type": "view_submission", "user": {"id": coach.id}, "view": view})
        nobody = {"type": "multi_external_select", "selected_options": []}
        view = {**drawn, "state": {"values": {"pictured": {"pictured": nobody}}}}
        empty = await stage.slack.take({"type": "view_submission", "user": {"id": coach.id}, "view": view})

    assert names == ["Éva 249 Marino"]
    assert isinstance(answer, Answer)
    assert (answer.about, answer.choice) == (post, Choice.PICTURED)
    assert answer.pictured == (AccountId("UKID00248"), AccountId("UKID00249"))
    assert "from the list" in str(refused)
    assert "You have chosen nobody." in str(empty)


async def test_who_leads_nobody_is_told_so_instead_of_an_empty_menu(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        await noted(stage, "principal", Choice.PICTURED)
        form = await asked_who(stage, "principal")

    assert form.view is not None
    assert "We know no student of your teams here." in str(form.view.blocks)


async def test_a_student_says_in_words_where_a_picture_is_from(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path, (Copyright(),)):
        student, hands = stage.people["s1"], stage.server.hands
        stage.team.say(student, "look", files={"bus.png": PENNANT})
        await until(lambda: "tell done" in outcomes(tmp_path))
        note = stage.server.directs(student)[-1]
        pressed = await done(stage, hands.press(student, note, "note:source"))
        assert pressed.view is not None
        title, drawn = pressed.view.title, str(pressed.view.blocks)
        sent = await done(stage, hands.submit(student, pressed.view, {"source": "I drew it."}))
        await until(lambda: bool(entries(tmp_path, "answered")))

    assert "Who made it?" in drawn
    assert title == "Say where it is from"
    assert [each["choice"] for each in entries(tmp_path, "answered")] == ["source"]
    assert "We have it." in str(sent.answer)
    assert outcomes(tmp_path).count("tell done") == 1, "nothing more follows"
