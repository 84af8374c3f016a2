"""What people ask for and answer on Discord, drawn and filled in as they would."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Final, cast

import discord
import pytest
from discord.utils import utcnow
from simcord import InteractionResult

from adapters.discord.automod import to_blocked
from adapters.discord.buttons import AppealForm, PicturedForm, SayForm, WhoseForm, _kinds, _pictured, buttons, concern
from adapters.discord.client import Client
from adapters.discord.forms import CodeForm, EmergencyForm, LinkForm, PrivateForm, ReportForm, TeamForm
from adapters.discord.pictures import KEPT, MOST, Picture, Pictures
from bot.actions import Close, Deed, DeedId
from bot.compose import HELD, HELD_NOW, NOT_SENT, write_note
from bot.desk_notices import ONLY_THE_AUTHOR, not_taken
from bot.directory import Choosable, Directory
from bot.lists import LinkedAccount
from bot.message import PlaceId, PostId
from bot.notice import LABELS
from bot.people import AccountId, PersonId
from bot.platform import Order, Outcome, Post, Readers, Report
from bot.registrar import Registrar
from bot.rule import Choice
from bot.stand import policy_pieces
from bot.texts import ENGLISH
from tests.discord.stage import School, moderated, open_school
from tests.district import ROBOTICS, SOCCER, SWIM
from tests.pictures.made import shapes, written
from tests.test_moderator import entries, outcomes

PENNANT: Final = written(shapes())


def shown(result: InteractionResult) -> str:
    """Read what somebody alone was answered."""
    assert result.response is not None
    return result.response.content or ""


async def ask_privately(stage: School, text: str = "Your physical is due.", **told: object) -> InteractionResult:
    """Let the coach write to one student by the command."""
    form = await stage.people["coach"].slash(stage.team, "private", student=str(stage.people["s1"].id))
    values: dict[str, object] = {"kind": "medical", "message": text, "concerns": False, **told}
    return await stage.people["coach"].submit_modal(form, values)


async def test_a_private_matter_opens_a_thread_with_an_overseer_in_it(tmp_path: Path) -> None:
    """Copy first; then the thread of coach, student and who receives the copies; then the message."""
    async with open_school(tmp_path) as stage:
        async with moderated(stage, tmp_path):
            await ask_privately(stage)
            await stage.until(lambda: "show done" in outcomes(tmp_path) and "tell done" in outcomes(tmp_path))
            (thread,) = stage.private.threads
            channel = stage.discord.client.get_channel(thread.id)
            assert isinstance(channel, discord.Thread)
            present = {each.id for each in await channel.fetch_members()}
        (message,) = [each for each in thread.history() if each.content]

    people = {name: each.id for name, each in stage.people.items()}
    assert present >= {people["coach"], people["s1"], people["principal"], people["director"]}
    assert present.isdisjoint({people["s2"], people["s3"], people["parent"]})
    assert "Your physical is due." in message.content
    assert "get a copy of what is written here" in message.content
    assert [each["outcome"] for each in entries(tmp_path, "closed")].count("done") == 4
    assert any("Your private message was sent" in each for each in stage.notes("coach"))
    assert all("physical" not in each for each in stage.notes("principal")), "a copy's note has no words of it"


async def test_a_reply_in_a_private_matter_is_copied_too(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        await ask_privately(stage)
        await stage.until(lambda: bool(stage.private.threads) and "show done" in outcomes(tmp_path))
        (thread,) = stage.private.threads
        await stage.people["s1"].send(thread, "I saw the doctor on Monday.")
        await stage.until(lambda: len(entries(tmp_path, "judged")) > 0 and _copies(tmp_path) == 4)

    assert "remove done" not in outcomes(tmp_path)


def _copies(folder: Path) -> int:
    return outcomes(folder).count("copy done")


async def test_who_coaches_nobody_is_told_so_at_once(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        result = await stage.people["s2"].slash(stage.team, "private", student=str(stage.people["s1"].id))

    assert "Only coaches and advisors" in shown(result)


async def test_a_coach_is_offered_the_students_of_their_own_teams(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        offered = await stage.people["coach"].autocomplete(stage.team, "private", "student", "s")

    assert {each["value"] for each in offered} == {str(stage.people[each].id) for each in ("s1", "s2", "s3")}


async def test_a_message_to_the_team_is_posted_in_its_channel(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        async with moderated(stage, tmp_path):
            form = await stage.people["coach"].slash(stage.private, "team", team="soccer")
            await stage.people["coach"].submit_modal(form, {"message": "Bus at 4."})
            await stage.until(lambda: "show done" in outcomes(tmp_path))
        texts = [each.content for each in stage.team.history()]

    assert any("Bus at 4." in each for each in texts)


async def test_a_message_to_the_team_passes_over_its_forum(tmp_path: Path) -> None:
    """There are only posts with a title; a message that was sent there came back to its coach each time."""
    async with open_school(tmp_path) as stage:
        client, forum = stage.discord.client, stage.guild.create_forum_channel("questions")
        client.setup = replace(client.setup, teams={forum.id: SOCCER, **client.setup.teams})
        form = await stage.people["coach"].slash(stage.private, "team", team="soccer")
        await stage.people["coach"].submit_modal(form, {"message": "Bus at 4."})
        (order,) = [each for each in await stage.heard() if isinstance(each, Order)]

    assert order.post.place == str(stage.team.id)


async def test_an_emergency_is_posted_and_its_reason_asked_for(tmp_path: Path) -> None:
    """The button outlives a restart, and the form behind it takes the reason."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        form = await stage.people["coach"].slash(stage.team, "emergency", team="soccer")
        await stage.people["coach"].submit_modal(form, {"message": "Lightning. Inside, now."})
        await stage.until(lambda: "ask done" in outcomes(tmp_path))
        note = stage.people["coach"].user.dm_channel.last_message
        pressed = await stage.people["coach"].user.click(note, label="Say what it was")
        await stage.people["coach"].user.submit_modal(pressed, {"reason": "A storm came up."})
        await stage.until(lambda: bool(entries(tmp_path, "answered")))

    assert [each["choice"] for each in entries(tmp_path, "answered")] == ["reason"]


@pytest.mark.parametrize(
    ("choice", "asked"),
    [(Choice.REASON, "What was it?"), (Choice.SOURCE, "Who made it?")],
)
def test_what_is_answered_in_words_is_asked_in_a_form(choice: Choice, asked: str) -> None:
    """An emergency and a picture are asked about in the same way, each in its own words."""
    form = SayForm(PostId("1"), choice)

    (label,) = form.children
    assert isinstance(label, discord.ui.Label)
    assert label.text.startswith(asked)
    assert form.title == ENGLISH.say(LABELS[choice])


def test_every_form_is_short_enough_for_discord_to_open_it() -> None:
    """It refuses a form whose title or any question is longer, and then whoever was asked cannot answer."""
    post, people = PostId("1"), tuple(Choosable(AccountId(str(number)), "A") for number in range(100))
    forms: list[discord.ui.Modal] = [
        PrivateForm(AccountId("1"), ()),
        EmergencyForm(AccountId("1")),
        TeamForm(cast("discord.TextChannel", None)),
        LinkForm(),
        CodeForm(),
        ReportForm(people, None),
        WhoseForm(post, people),
        PicturedForm(post, people),
        AppealForm(post),
        *(SayForm(post, each) for each in (Choice.REASON, Choice.SOURCE)),
    ]
    questions = [each.text for form in forms for each in form.children if isinstance(each, discord.ui.Label)]

    assert [each for each in (*(form.title for form in forms), *questions) if len(each) > 45] == []
    assert max(len(form.children) for form in forms) <= 5


async def test_a_student_tells_a_teacher_about_a_message(tmp_path: Path) -> None:
    """The adult is theirs to choose; nobody else sees it; they get a receipt."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        sent = await stage.people["s2"].send(stage.team, "nobody likes you")
        form = await stage.people["s1"].context_menu(stage.team, "Tell a teacher", sent)
        told = {"reason": "1", "adult": ["anybody"], "more": "it was about me", "skip": False}
        await stage.people["s1"].submit_modal(form, told)
        await stage.until(lambda: bool(stage.notes("s1")) and "alert done" in outcomes(tmp_path))

    assert "Thank you." in stage.notes("s1")[0]
    assert all("nobody likes you" not in each for each in stage.notes("coach") + stage.notes("principal"))


async def test_an_author_disagrees_by_the_button_under_the_note(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        for name in ("s2", "s3"):
            stage.guild.remove_member(stage.people[name])
        async with moderated(stage, tmp_path):
            await stage.people["coach"].send(stage.team, "Stay after class.")
            await stage.until(lambda: "tell done" in outcomes(tmp_path))
            user = stage.people["coach"].user
            pressed = await user.click(user.dm_channel.last_message, label="I think this is wrong")
            await user.submit_modal(pressed, {"why": "The team was on the bus."})
            await stage.until(lambda: bool(entries(tmp_path, "appealed")))

    assert len(entries(tmp_path, "appealed")) == 1


async def test_a_refused_order_is_disagreed_with_by_the_button_that_its_note_names(tmp_path: Path) -> None:
    """There is nothing else to answer with. What was typed instead would be told to an adult."""
    async with open_school(tmp_path) as stage:
        for name in ("s2", "s3"):
            stage.guild.remove_member(stage.people[name])
        async with moderated(stage, tmp_path):
            form = await stage.people["coach"].slash(stage.private, "team", team="soccer")
            await stage.people["coach"].submit_modal(form, {"message": "Stay after class."})
            await stage.until(lambda: "tell done" in outcomes(tmp_path))
            user = stage.people["coach"].user
            pressed = await user.click(user.dm_channel.last_message, label="I think this is wrong")
            await user.submit_modal(pressed, {"why": "The others are on the bus."})
            await stage.until(lambda: bool(entries(tmp_path, "appealed")))

    assert any("“I think this is wrong”" in each for each in stage.notes("coach"))


def test_no_note_has_a_button_that_it_does_not_name() -> None:
    """An office is asked to look; there is nothing that it could disagree with."""
    refused, alert = write_note((HELD,), HELD_NOW, NOT_SENT), not_taken(ONLY_THE_AUTHOR)
    drawn = buttons(refused, PostId("1"))

    assert drawn is not None
    assert len(drawn.children) == 1
    assert buttons(refused, PostId("")) is None
    assert buttons(alert, PostId("1")) is None


@pytest.mark.parametrize("section", ["General Guidelines", "Employee Guidelines", "Student Guidelines"])
def test_the_policy_fits_into_messages(section: str) -> None:
    pieces = policy_pieces()[section]

    assert all(0 < len(each) <= 2000 for each in pieces)
    assert section in pieces[0]


async def test_an_account_is_linked_by_the_code_from_the_mail(tmp_path: Path) -> None:
    sent: list[str] = []
    linked: list[LinkedAccount] = []

    async def owner(_: str) -> PersonId | None:
        return PersonId("teacher")

    def send(_: str, code: str) -> None:
        sent.append(code)

    async def link(line: LinkedAccount) -> None:
        linked.append(line)

    async with open_school(tmp_path) as stage:
        stage.discord.client.registrar = Registrar(
            "discord", stage.roster, ("alderbrook.example",), owner, send, link, lambda: "246810", utcnow
        )
        somebody = stage.people["stranger"]
        lobby = stage.guild.create_text_channel("lobby")
        form = await somebody.slash(lobby, "link")
        answered = await somebody.submit_modal(form, {"address": "teacher@alderbrook.example"})
        assert answered.response is not None
        again = await somebody.click(answered.response, label="I have the code")
        result = await somebody.submit_modal(again, {"code": "246810"})

    assert sent == ["246810"]
    assert "code is on its way" in shown(answered)
    assert "Your account is linked." in shown(result)
    assert [each.account for each in linked] == [str(somebody.id)]


async def test_without_mail_nobody_is_asked_for_an_address(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        result = await stage.people["s1"].slash(stage.team, "link")

    assert "Ask the office" in shown(result)


async def test_every_interaction_is_answered_at_once(tmp_path: Path) -> None:
    """Discord waits three seconds. The house may be busy for longer: nobody is behind the server here."""
    async with open_school(tmp_path) as stage:
        form = await stage.people["coach"].slash(stage.team, "team", team="soccer")
        sent = await stage.people["coach"].submit_modal(form, {"message": "Bus at 4."})

    assert sent.deferred


async def test_what_was_typed_is_taken_once_it_is_written(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        form = await stage.people["coach"].slash(stage.team, "team", team="soccer")
        sent = await stage.people["coach"].submit_modal(form, {"message": "Bus at 4."})
        await stage.until(lambda: sent.response is not None and "We have it." in sent.response.content)

        assert entries(tmp_path, "ordered")


async def test_a_picture_waits_until_it_is_known_who_is_in_it(tmp_path: Path) -> None:
    """Nobody is in it: then it is posted, with the picture."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        picture = ("bus.png", PENNANT)
        await stage.people["coach"].slash(stage.team, "photo", picture=picture, text="The new bus!")
        await stage.until(lambda: "ask done" in outcomes(tmp_path))
        before = [each for each in stage.team.history() if each.attachments]
        user = stage.people["coach"].user
        pressed = await user.click(user.dm_channel.last_message, label="Say who is in it")
        await user.click(pressed.response, label="Nobody is in it")
        await stage.until(lambda: "show done" in outcomes(tmp_path))
        (posted,) = [each for each in stage.team.history() if each.attachments]

    assert before == []
    assert "The new bus!" in posted.content
    assert posted.attachments[0].filename == "bus.png"


async def test_a_private_matter_that_its_student_cannot_be_let_into_is_given_back(tmp_path: Path) -> None:
    """The coach must not believe that the student has it."""
    async with open_school(tmp_path) as stage:
        async with moderated(stage, tmp_path):
            form = await stage.people["coach"].slash(stage.team, "private", student=str(stage.people["s1"].id))
            stage.guild.remove_member(stage.people["s1"])
            values = {"kind": "medical", "message": "Your physical is due.", "concerns": False}
            await stage.people["coach"].submit_modal(form, values)
            await stage.until(lambda: "show refused" in outcomes(tmp_path) and bool(stage.notes("coach")))
            await stage.until(lambda: "tell done" in outcomes(tmp_path))
        left = stage.private.threads

    assert left == []
    (note,) = stage.notes("coach")
    assert "It could not be posted." in note
    assert "Your physical is due." in note


async def test_an_emergency_to_one_student_waits_for_nobody(tmp_path: Path) -> None:
    """Nobody of the office is there: it is shown all the same, and nothing can go on in it unseen."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        for name in ("principal", "director"):
            stage.guild.remove_member(stage.people[name])
        await stage.env.settle()
        form = await stage.people["coach"].slash(stage.team, "emergency", student=str(stage.people["s1"].id))
        await stage.people["coach"].submit_modal(form, {"message": "Where are you? Call me."})
        await stage.until(lambda: "show done" in outcomes(tmp_path))
        (handle,) = stage.private.threads
        thread = stage.discord.client.get_channel(handle.id)
        assert isinstance(thread, discord.Thread)
        await stage.env.settle()

        assert any("Where are you?" in each.content for each in handle.history())
        assert thread.locked


async def test_whom_a_matter_concerns_reads_on_no_longer(tmp_path: Path) -> None:
    """The student says that it is about somebody who gets the copies: they go, somebody else comes."""
    async with open_school(tmp_path, ("designee",)) as stage, moderated(stage, tmp_path):
        await ask_privately(stage)
        await stage.until(lambda: "show done" in outcomes(tmp_path) and "tell done" in outcomes(tmp_path))
        (handle,) = stage.private.threads
        message = next(each for each in handle.history() if each.content)
        await stage.people["s1"].click(message, label="This concerns someone who would be copied")
        await stage.until(lambda: "relieve done" in outcomes(tmp_path))
        thread = stage.discord.client.get_channel(handle.id)
        assert isinstance(thread, discord.Thread)
        present = {each.id for each in await thread.fetch_members()}

    assert stage.people["designee"].id in present
    assert {stage.people["principal"].id, stage.people["director"].id}.isdisjoint(present)
    assert {stage.people["coach"].id, stage.people["s1"].id} <= present


async def test_a_thread_that_was_put_away_is_found_again(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        await ask_privately(stage)
        await stage.until(lambda: "show done" in outcomes(tmp_path) and "tell done" in outcomes(tmp_path))
        (handle,) = stage.private.threads
        thread = stage.discord.client.get_channel(handle.id)
        assert isinstance(thread, discord.Thread)
        await thread.edit(archived=True)
        await stage.env.settle()
        place = stage.discord.client.place(thread)
        closed = await stage.discord.perform(Deed(DeedId("1"), "discord", Close("c", place)))
        await stage.env.settle()

    assert closed.outcome is Outcome.DONE


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (500, 0)])
async def test_what_somebody_tells_an_adult_is_kept_where_the_answer_fails(
    tmp_path: Path, status: int, code: int
) -> None:
    """Discord may have given up waiting. What was told counts all the same, and nobody has to tell it twice."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        sent = await stage.people["s2"].send(stage.team, "nobody likes you")
        form = await stage.people["s1"].context_menu(stage.team, "Tell a teacher", sent)
        stage.env.inject_error("POST", "/interactions/*/*/callback", status=status, code=code, times=None)
        told = {"reason": "1", "adult": ["anybody"], "more": "", "skip": False}
        with suppress(AssertionError):
            await stage.people["s1"].submit_modal(form, told)
        await stage.until(lambda: bool(entries(tmp_path, "recalled")) and "tell done" in outcomes(tmp_path))

    assert "Thank you." in stage.notes("s1")[0]


async def test_who_tells_of_an_old_message_is_answered_before_it_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who can read it may have to be asked, and Discord waits three seconds. Who could read it then is not known."""
    async with open_school(tmp_path) as stage:
        sent = await stage.people["s2"].send(stage.team, "nobody likes you")
        form = await stage.people["s1"].context_menu(stage.team, "Tell a teacher", sent)
        await stage.heard()
        seen: list[tuple[bool, bool]] = []
        hear = stage.discord.client.hear

        async def heard(message: discord.Message, *, late: bool = False) -> bool:
            seen.append((await answered.wait(), late))
            return await hear(message, late=late)

        answered = asyncio.Event()
        defer = discord.InteractionResponse.defer

        async def deferred(response: discord.InteractionResponse[Client], **more: bool) -> None:
            await defer(response, **more)
            answered.set()

        monkeypatch.setattr(discord.InteractionResponse, "defer", deferred)
        monkeypatch.setattr(stage.discord.client, "hear", heard)
        told = {"reason": "1", "adult": ["anybody"], "more": "", "skip": False}
        await stage.people["s1"].submit_modal(form, told)
        post, report = await stage.heard()

    assert seen == [(True, True)]
    assert isinstance(post, Post)
    assert post.late
    assert isinstance(report, Report)


async def test_a_report_does_not_wait_for_a_message_that_cannot_be_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_school(tmp_path) as stage:
        sent = await stage.people["s2"].send(stage.team, "nobody likes you")
        form = await stage.people["s1"].context_menu(stage.team, "Tell a teacher", sent)
        await stage.heard()

        async def fail(_: discord.Message, *, late: bool = False) -> bool:
            raise KeyError(late)

        monkeypatch.setattr(stage.discord.client, "hear", fail)
        told = {"reason": "1", "adult": ["anybody"], "more": "", "skip": False}
        await stage.people["s1"].submit_modal(form, told)
        (report,) = await stage.heard()

    assert isinstance(report, Report)


async def test_a_fault_is_told_to_who_asked_and_its_words_to_no_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A form, a command and a button: the library would write down each with all there is to it."""
    async with open_school(tmp_path) as stage:

        async def fail(*_: object) -> None:
            raise ValueError("he said it to me")

        coach = stage.people["coach"]
        form = await coach.slash(stage.team, "team", team="soccer")
        monkeypatch.setattr(stage.discord.client, "take", fail)
        by_form = await coach.submit_modal(form, {"message": "Bus at 4."})
        user = await stage.discord.client.fetch_user(coach.id)
        await user.send("A note.", view=concern(PostId("1")))
        by_button = await coach.user.click(
            coach.user.dm_channel.last_message, label="This concerns someone who would be copied"
        )
        monkeypatch.setattr(Directory, "adults", lambda *_: int("he said it to me"))
        by_command = await coach.slash(stage.team, "report")

    assert all("This did not work" in shown(each) for each in (by_form, by_button, by_command))
    assert all("he said it to me" not in each.getMessage() and not each.exc_info for each in caplog.records)


async def test_nobody_waits_until_somebody_else_is_told_that_we_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discord may be slow to take an answer; the house goes on meanwhile. Closing gives the answer up."""
    async with open_school(tmp_path) as stage:
        form = await stage.people["coach"].slash(stage.team, "team", team="soccer")
        await stage.people["coach"].submit_modal(form, {"message": "Bus at 4."})
        (order,) = await stage.heard()
        ended: list[str] = []

        async def slow(*_: object, **__: object) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("given up")

        monkeypatch.setattr(discord.Interaction, "edit_original_response", slow)
        await asyncio.wait_for(stage.discord.acknowledge(order), timeout=1)
        await asyncio.sleep(0)
        before = [*ended]
        await stage.discord.client.close()

    assert before == []
    assert ended == ["given up"]


async def test_an_answer_that_discord_refuses_is_no_fault_of_the_house(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_school(tmp_path) as stage:
        form = await stage.people["coach"].slash(stage.team, "team", team="soccer")
        await stage.people["coach"].submit_modal(form, {"message": "Bus at 4."})
        (order,) = await stage.heard()
        stage.env.inject_error("PATCH", "/webhooks/*", status=404, code=10015, times=None)
        await stage.discord.acknowledge(order)
        await stage.env.settle()

    assert not [each for each in caplog.records if each.exc_info]


async def test_whoever_writes_privately_sees_who_gets_the_copy(tmp_path: Path) -> None:
    """Before anything is sent: afterwards would be too late."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        form = await stage.people["coach"].slash(stage.team, "private", student=str(stage.people["s1"].id))

    assert "Copies go to: " in str(form.modal)
    assert "principal" in str(form.modal).lower()


@pytest.mark.parametrize("command", ["team", "emergency"])
async def test_a_coach_writes_to_their_own_teams_only(tmp_path: Path, command: str) -> None:
    """Discord takes whatever is typed, not only what is offered."""
    async with open_school(tmp_path) as stage:
        client, other = stage.discord.client, stage.guild.create_text_channel("robotics")
        client.setup = replace(client.setup, teams={**client.setup.teams, other.id: ROBOTICS})
        result = await stage.people["coach"].slash(stage.team, command, team="robotics")

    assert "Choose one of your own teams" in shown(result)


async def test_an_emergency_goes_to_the_team_in_whose_place_it_is_typed(tmp_path: Path) -> None:
    """Who coaches two teams and names none is not taken to mean the one that comes first; elsewhere they are asked."""
    async with open_school(tmp_path) as stage:
        client, coach = stage.discord.client, stage.people["coach"]
        pool, lobby = stage.guild.create_text_channel("swim"), stage.guild.create_text_channel("lobby")
        client.setup = replace(client.setup, teams={**client.setup.teams, pool.id: SWIM})
        for place in (pool, stage.team):
            await coach.submit_modal(await coach.slash(place, "emergency"), {"message": "Lightning. Inside, now."})
        named = await coach.slash(lobby, "emergency", team="swim")
        await coach.submit_modal(named, {"message": "Out of the water."})
        nowhere = await coach.slash(lobby, "emergency")
        orders = [each for each in await stage.heard() if isinstance(each, Order)]

    assert [each.post.place for each in orders] == [str(pool.id), str(stage.team.id), str(pool.id)]
    assert "Choose one of your own teams" in shown(nowhere)


async def test_a_picture_goes_only_where_its_coach_may_write(tmp_path: Path) -> None:
    """Neither to a place of no team of theirs, nor to their team's place where writing was taken away from them."""
    picture = ("bus.png", PENNANT)
    async with open_school(tmp_path) as stage:
        coach, lobby = stage.people["coach"], stage.guild.create_text_channel("lobby")
        elsewhere = await coach.slash(lobby, "photo", picture=picture)
        channel = stage.discord.client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        role = channel.guild.get_role(stage.roles["Coach"].id)
        assert role is not None
        await channel.set_permissions(role, send_messages=False)
        await stage.env.settle()
        closed = await coach.slash(stage.team, "photo", picture=picture)
        orders = [each for each in await stage.heard() if isinstance(each, Order)]

    assert all("of your own team" in shown(each) for each in (elsewhere, closed))
    assert orders == []
    assert len(stage.discord.client.pictures) == 0


async def test_who_is_in_a_picture_is_chosen_among_the_coachs_students(tmp_path: Path) -> None:
    """In a direct message Discord would offer the coach and us. Who has not agreed to be shown is not shown."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        picture = ("bus.png", PENNANT)
        await stage.people["coach"].slash(stage.team, "photo", picture=picture, text="The new bus!")
        await stage.until(lambda: "ask done" in outcomes(tmp_path))
        user = stage.people["coach"].user
        pressed = await user.click(user.dm_channel.last_message, label="Say who is in it")
        form = await user.click(pressed.response, label="Choose who is in it")
        nobody = await user.submit_modal(form, {"students1": []})
        again = await user.click(pressed.response, label="Choose who is in it")
        await user.submit_modal(again, {"students1": [str(stage.people["s1"].id)]})
        await stage.until(lambda: any("This picture cannot be used." in each for each in stage.notes("coach")))
        posted = [each for each in stage.team.history() if each.attachments]

    assert "You have chosen nobody." in shown(nobody)
    assert posted == []
    assert all(str(stage.people[each].id) in str(form.modal) for each in ("s1", "s2", "s3"))


@pytest.mark.parametrize(("students", "menus"), [(0, []), (25, [25]), (26, [25, 1]), (300, [25, 25, 25, 25])])
async def test_many_students_stand_in_several_menus(students: int, menus: list[int]) -> None:
    """Discord takes 25 in each, and five parts in a form."""
    people = tuple(Choosable(AccountId(str(each)), f"s{each}") for each in range(students))
    form = PicturedForm(PostId("1"), people)

    assert [len(each.options) for each in form.menus] == menus
    assert len(form.children) <= 5


async def test_whose_matter_it_is_is_chosen_among_the_coachs_students(tmp_path: Path) -> None:
    """What several could read goes to the one student it is about. Without one student nothing is sent."""
    async with open_school(tmp_path) as stage:
        for name in ("s2", "s3"):
            stage.guild.remove_member(stage.people[name])
        async with moderated(stage, tmp_path):
            await stage.people["coach"].send(stage.team, "The trainer wants to see you.")
            await stage.until(lambda: "tell done" in outcomes(tmp_path))
            user, s1 = stage.people["coach"].user, str(stage.people["s1"].id)
            pressed = await user.click(user.dm_channel.last_message, label="It is private (copy the office)")
            form = await user.click(pressed.response, label="Choose the student")
            nobody = await user.submit_modal(form, {"kind": "medical", "students1": []})
            again = await user.click(pressed.response, label="Choose the student")
            await user.submit_modal(again, {"kind": "medical", "students1": [s1]})
            await stage.until(lambda: "show done" in outcomes(tmp_path))
        (thread,) = stage.private.threads
        shown_there = [each.content for each in thread.history()]

    assert "Choose one student." in shown(nobody)
    assert any("The trainer wants to see you." in each for each in shown_there)


async def test_a_picture_is_not_held_for_ever(tmp_path: Path) -> None:
    """Whoever does not say who is in it sends it again."""
    now = datetime.now(UTC)
    async with open_school(tmp_path) as stage:
        pictures = stage.discord.client.pictures
        pictures.keep("1", Picture("bus.png", b"", now - KEPT))
        pictures.keep("2", Picture("pool.png", b"", now - KEPT + timedelta(hours=1)))
        await stage.discord.tick()

        assert pictures.find("1") is None
        assert pictures.find("2") is not None


def test_of_too_many_pictures_the_oldest_goes() -> None:
    pictures = Pictures()
    for number in range(MOST + 1):
        pictures.keep(str(number), Picture("bus.png", b"", datetime.now(UTC)))

    assert len(pictures) == MOST
    assert pictures.find("0") is None


@pytest.mark.parametrize("choice", Choice)
async def test_a_note_about_what_was_stopped_has_all_its_buttons(choice: Choice) -> None:
    """What is left out silently cannot be answered. Discord's longest ids; asked for anew once, too."""
    longest = 2**63 - 1
    stopped = SimpleNamespace(
        action=discord.AutoModRuleAction(custom_message="No."),
        content="bit.ly/x",
        guild_id=longest,
        rule_id=longest,
        user_id=longest,
    )
    post = to_blocked(cast("discord.AutoModAction", stopped), PlaceId("1"), Readers(), None, datetime.now(UTC))
    assert post is not None
    notice = write_note((HELD,), HELD_NOW, NOT_SENT, (choice,))
    views = [buttons(notice, each) for each in (post.id, PostId(f"{post.id}:{longest}"))]

    assert [len(view.children) for view in views if view is not None] == [2, 2]
    assert [len(each(PostId(f"{post.id}:{longest}")).children) for each in (_kinds, _pictured, concern)] == [3, 2, 1]


async def test_a_button_that_is_left_out_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    concern(PostId("9" * 100))

    assert "a button's id is too long" in capsys.readouterr().out


async def test_a_button_of_an_earlier_run_still_answers(tmp_path: Path) -> None:
    """Everything a button needs stands in its id; nothing of the run that drew it is left."""
    async with open_school(tmp_path) as stage:
        async with moderated(stage, tmp_path):
            form = await stage.people["coach"].slash(stage.team, "emergency", team="soccer")
            await stage.people["coach"].submit_modal(form, {"message": "Lightning. Inside, now."})
            await stage.until(lambda: "ask done" in outcomes(tmp_path))
        note = stage.people["coach"].user.dm_channel.last_message
        assert note is not None
        await stage.restart(tmp_path)
        async with moderated(stage, tmp_path):
            pressed = await stage.people["coach"].user.click(note, label="Say what it was")
            await stage.people["coach"].user.submit_modal(pressed, {"reason": "A storm came up."})
            await stage.until(lambda: bool(entries(tmp_path, "answered")))

    assert [each["choice"] for each in entries(tmp_path, "answered")] == ["reason"]
