"""What people ask for and answer on Slack, drawn and filled in as they would."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from adapters.slack.home import Page
from adapters.slack.orders import to_student
from adapters.slack.versions import PLATFORM
from bot.actions import Deed, DeedId, Tell
from bot.lists import LinkedAccount
from bot.message import MatterKind, PostId
from bot.notice import Notice
from bot.people import AccountId, PersonId
from bot.platform import Answer, OrderKind, Post, Report
from bot.registrar import Registrar
from bot.roster import Roster
from bot.rule import Choice
from bot.stand import policy_pieces
from tests.district import ZONE
from tests.slack.server.interactions import Interaction
from tests.slack.server.messages import Message
from tests.slack.server.views import View
from tests.slack.stage import Stage, Workspace, connected, linked, moderated, open_school, until, workspace
from tests.test_moderator import entries, outcomes

NOTICE: Final = Notice("We saw it.", "Employee Guidelines 4", "Write to the team.", "Nothing.", "Answer.")


def command(stage: Stage, who: str, words: str) -> Interaction:
    return stage.server.hands.command(stage.people[who], stage.team, "/chaperone", words)


async def done(stage: Stage, interaction: Interaction) -> Interaction:
    await stage.server.hands.answered(interaction)
    return interaction


async def ask_privately(stage: Stage, text: str = "Your physical is due.") -> Interaction:
    """Let the coach write to one student by the command."""
    opened = await done(stage, command(stage, "coach", "private"))
    assert opened.view is not None
    told = {"student": str(stage.people["s1"].id), "kind": "medical", "message": text}
    return await done(stage, stage.server.hands.submit(stage.people["coach"], opened.view, told))


def posted(stage: Stage, text: str) -> list[Message]:
    return [each for each in stage.server.seen(author=stage.server.bot) if text in each.text]


async def moved_elsewhere(stage: Stage, folder: Path) -> Message:
    """Let the student of a private matter say whom it concerns; give what invites them to where it goes on."""
    await ask_privately(stage)
    await until(lambda: "show done" in outcomes(folder) and "tell done" in outcomes(folder))
    (message,) = posted(stage, "physical")
    await done(stage, stage.server.hands.press(stage.people["s1"], message, "note:concerns_copied"))
    await until(lambda: "relieve done" in outcomes(folder))
    (moved,) = posted(stage, "Please write here from now on.")
    return moved


async def test_a_private_matter_is_copied_first_then_shown_to_the_student(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        async with moderated(stage, tmp_path):
            answered = await ask_privately(stage)
            await until(lambda: "show done" in outcomes(tmp_path) and "tell done" in outcomes(tmp_path))
        (message,) = posted(stage, "physical")
        copies = [each for name in ("principal", "director") for each in stage.server.directs(stage.people[name])]

    assert "We have it." in str(answered.answer)
    people = {stage.people[each] for each in ("coach", "s1", "principal", "director")}
    assert people <= set(message.channel.members)
    assert "get a copy of what is written here" in message.text
    assert all(each.ts < message.ts for each in copies[:1])
    assert all("physical" not in each.text for each in copies), "a copy's note has no words of it"
    assert any("Your private message was sent" in each for each in stage.notes("coach"))


def with_another_account(space: Workspace, name: str) -> None:
    """Let somebody have an account beside the first, which is deactivated: they got a new one."""
    before, new = space.people[name], space.server.user(f"{name}-again")
    known = linked({each: user.id for each, user in space.people.items() if each != "stranger"})
    again = LinkedAccount(PLATFORM, AccountId(new.id), PersonId(name))
    space.roster = Roster(replace(known, accounts=(*known.accounts, again)), ZONE)
    before.deactivate()
    space.people[name] = new


@pytest.mark.parametrize("name", ["s1", "coach", "principal"])
async def test_somebody_is_reached_at_the_account_that_they_use(tmp_path: Path, name: str) -> None:
    """Whoever got a new account keeps the link of the old one; whichever the form has, they get it."""
    async with workspace() as space:
        accounts = [space.people[name].id]
        with_another_account(space, name)
        accounts.append(space.people[name].id)
        async with connected(space, tmp_path) as stage, moderated(stage, tmp_path):
            for number, student in enumerate(accounts if name == "s1" else [space.people["s1"].id]):
                order = to_student(
                    f"V{number}",
                    space.id("coach"),
                    AccountId(student),
                    OrderKind.PRIVATE,
                    "Your physical is due.",
                    stage.space.now(),
                    matter=MatterKind.MEDICAL,
                )
                await stage.slack.landing.tell(order)
                await until(partial(lambda so_far: outcomes(tmp_path).count("show done") > so_far, number))
            await until(lambda: "tell done" in outcomes(tmp_path))
            shown = posted(stage, "physical")
            notes = stage.notes(name)

    assert all(stage.people[name] in each.channel.members for each in shown)
    assert name == "s1" or len(notes) == 1


async def test_a_reply_in_a_private_matter_is_copied_too(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        await ask_privately(stage)
        await until(lambda: "show done" in outcomes(tmp_path) and outcomes(tmp_path).count("copy done") == 2)
        (message,) = posted(stage, "physical")
        message.channel.say(stage.people["s1"], "I saw the doctor on Monday.")
        await until(lambda: outcomes(tmp_path).count("copy done") == 4)


async def test_whom_a_matter_concerns_no_longer_watches_over_it(tmp_path: Path) -> None:
    """The student says that it is about somebody who gets the copies: it goes on without them, and others watch."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        moved = await moved_elsewhere(stage, tmp_path)
        moved.channel.say(stage.people["s1"], "It was the principal.")
        copies = outcomes(tmp_path).count("copy done")
        await until(lambda: outcomes(tmp_path).count("copy done") > copies)
        notes = stage.notes("principal") + stage.notes("director")

    members = set(moved.channel.members)
    assert stage.people["designee"] in members
    assert {stage.people["principal"], stage.people["director"]}.isdisjoint(members)
    assert {stage.people["coach"], stage.people["s1"]} <= members
    assert len(notes) == 2, "the first copies; of what follows they are told nothing"


async def test_a_matter_that_was_moved_goes_on_there_after_a_restart(tmp_path: Path) -> None:
    """Whom it concerns still reads where it began; and where nobody watches over it any more, it is closed."""
    async with workspace() as space:
        async with connected(space, tmp_path) as stage, moderated(stage, tmp_path):
            await stage.looks_again()
            moved = await moved_elsewhere(stage, tmp_path)
        async with connected(space, tmp_path) as stage, moderated(stage, tmp_path):
            await stage.looks_again()
            moved.channel.leave(space.people["designee"])
            await until(lambda: moved.channel.archived)


async def test_a_text_that_was_stopped_goes_to_the_team_when_its_writer_says_so(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        await stage.looks_again()
        group = stage.server.group_direct([stage.people["coach"], stage.people["s1"]])
        group.say(stage.people["coach"], "Bus at 4.")
        await until(lambda: "tell done" in outcomes(tmp_path))
        note = stage.server.directs(stage.people["coach"])[-1]
        await done(stage, stage.server.hands.press(stage.people["coach"], note, "note:team"))
        await until(lambda: "show done" in outcomes(tmp_path))
        (message,) = posted(stage, "*coach:*\nBus at 4.")

    assert message.channel is stage.team
    assert "remove refused" not in outcomes(tmp_path), "they answered, so nobody else hears of it"


async def test_held_when_no_copy_can_be_delivered(tmp_path: Path) -> None:
    """The student sees nothing, and the coach is told that it waits."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        for name in ("principal", "director"):
            direct = stage.server.direct(stage.people[name])
            stage.server.faults.refuse("chat.postMessage", "is_archived", times=None, where=direct.id)
        await ask_privately(stage)
        await until(lambda: any("It is not sent yet" in each for each in stage.notes("coach")))

        assert posted(stage, "physical") == []


async def test_whoever_writes_privately_sees_who_gets_the_copy(tmp_path: Path) -> None:
    """Once the student is chosen, and before anything is sent: afterwards would be too late."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        opened = await done(stage, command(stage, "coach", "private"))
        assert opened.view is not None
        before = str(opened.view.body)
        chosen = str(stage.people["s1"].id)
        await done(stage, stage.server.hands.press(stage.people["coach"], opened.view, "student", chosen=chosen))
        (view,) = stage.server.modals(stage.people["coach"])
        await until(lambda: "Copies go to: " in str(stage.server.modals(stage.people["coach"])[0].body))

    assert "Copies go to: " not in before
    assert "principal" in str(view.body).lower()


async def test_a_coach_is_offered_the_students_of_their_own_teams_and_no_kind_is_chosen(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        opened = await done(stage, command(stage, "coach", "private"))
        assert opened.view is not None
        drawn = str(opened.view.body)

    assert all(str(stage.people[each].id) in drawn for each in ("s1", "s2", "s3"))
    assert str(stage.people["parent"].id) not in drawn
    assert "initial_option" not in drawn


@pytest.mark.parametrize("words", ["private", "team", "emergency"])
async def test_who_coaches_nobody_is_told_so_at_once(tmp_path: Path, words: str) -> None:
    async with open_school(tmp_path) as stage:
        answered = await done(stage, command(stage, "s2", words))

    assert "Only coaches and advisors" in str(answered.answer)
    assert answered.view is None


async def test_a_message_to_the_team_is_posted_in_its_channel(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        async with moderated(stage, tmp_path):
            opened = await done(stage, command(stage, "coach", "team"))
            assert opened.view is not None
            told = {"team": "soccer", "message": "Bus at 4."}
            await done(stage, stage.server.hands.submit(stage.people["coach"], opened.view, told))
            await until(lambda: "show done" in outcomes(tmp_path))
        (message,) = posted(stage, "Bus at 4.")

    assert message.channel is stage.team


async def test_an_emergency_is_posted_and_its_reason_asked_for(tmp_path: Path) -> None:
    """The button outlives a restart: everything it needs stands in it."""
    async with workspace() as space:
        async with connected(space, tmp_path) as stage, moderated(stage, tmp_path):
            await stage.looks()
            opened = await done(stage, command(stage, "coach", "emergency"))
            assert opened.view is not None
            told = {"to": "team:soccer", "message": "Lightning. Inside, now."}
            await done(stage, stage.server.hands.submit(stage.people["coach"], opened.view, told))
            await until(lambda: "ask done" in outcomes(tmp_path))
        note = space.server.directs(space.people["coach"])[-1]
        async with connected(space, tmp_path) as stage, moderated(stage, tmp_path):
            pressed = await done(stage, stage.server.hands.press(stage.people["coach"], note, "note:reason"))
            assert pressed.view is not None
            await done(
                stage, stage.server.hands.submit(stage.people["coach"], pressed.view, {"reason": "A storm came up."})
            )
            await until(lambda: bool(entries(tmp_path, "answered")))

    assert [each["choice"] for each in entries(tmp_path, "answered")] == ["reason"]


async def test_that_an_administrator_deletes_an_emergency_does_not_answer_what_it_was(tmp_path: Path) -> None:
    """We posted it for a coach, who cannot delete it. The reason is due all the same, and the office asks for it."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        stage.people["principal"].become(admin=True)
        opened = await done(stage, command(stage, "coach", "emergency"))
        assert opened.view is not None
        told = {"to": "team:soccer", "message": "Lightning. Inside, now."}
        await done(stage, stage.server.hands.submit(stage.people["coach"], opened.view, told))
        await until(lambda: "ask done" in outcomes(tmp_path))
        (message,) = posted(stage, "Lightning. Inside, now.")
        message.delete(by=stage.people["principal"])
        await until(lambda: bool(entries(tmp_path, "deleted")))

    assert "alert moot" not in outcomes(tmp_path)


async def test_the_same_choices_as_elsewhere_when_it_went_to_one_student(tmp_path: Path) -> None:
    """Send it to the team; a captain; private, by its kind; an emergency; take it back; or disagree."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        for name in ("s2", "s3"):
            stage.team.leave(stage.people[name])
        stage.team.say(stage.people["coach"], "Your physical is due.")
        await until(lambda: "tell done" in outcomes(tmp_path))
        note = stage.server.directs(stage.people["coach"])[-1]
        labels = str(note.blocks)
        pressed = await done(stage, stage.server.hands.press(stage.people["coach"], note, "note:private"))
        await until(lambda: bool(pressed.messages))
        kinds = pressed.messages[-1]
        await done(stage, stage.server.hands.press(stage.people["coach"], kinds, "note:private.medical"))
        await until(lambda: "show done" in outcomes(tmp_path))
        (message,) = [each for each in posted(stage, "physical") if each.channel.members != [stage.people["coach"]]][
            -1:
        ]

    for label in ("Send it to the team", "Add a captain", "It is private", "It was an emergency", "I think this is"):
        assert label in labels
    assert message.channel is not stage.team


async def test_whose_matter_it_is_is_chosen_among_the_coachs_students(tmp_path: Path) -> None:
    """What several could read goes to the one student it is about; to nobody whom the coach does not lead."""
    async with open_school(tmp_path) as stage:
        sent = stage.team.say(stage.people["coach"], "The trainer wants to see one of you.")
        await stage.heard()
        post, coach, hands = PostId(f"{stage.team.id}/{sent.ts}"), stage.people["coach"], stage.server.hands
        notice = replace(NOTICE, choices=(Choice.PRIVATE,), labels=("It is private",))
        tell = Tell("c", PersonId("coach"), stage.space.id("coach"), notice)
        await stage.slack.perform(Deed(DeedId("1"), "slack", tell, post=post))
        pressed = await done(stage, hands.press(coach, stage.server.directs(coach)[-1], "note:private"))
        await until(lambda: bool(pressed.messages))
        opened = await done(stage, hands.press(coach, pressed.messages[-1], "note:private.student"))
        assert opened.view is not None
        offered, body = str(opened.view.blocks), opened.view.body
        told = {"student": str(stage.people["s2"].id), "kind": "medical"}
        sending = hands.submit(coach, opened.view, told)
        (answer,) = await stage.said()
        answered = await done(stage, sending)
        other = {
            "student": {"student": {"type": "static_select", "selected_option": {"value": stage.people["parent"].id}}},
            "kind": {"kind": {"type": "radio_buttons", "selected_option": {"value": "medical"}}},
        }
        forged = {"type": "view_submission", "user": {"id": coach.id}, "view": {**body, "state": {"values": other}}}
        refused = await stage.slack.take(forged)
        after = await stage.said()

    assert all(stage.space.id(each) in offered for each in ("s1", "s2", "s3"))
    assert isinstance(answer, Answer)
    assert (answer.about, answer.choice) == (post, Choice.PRIVATE)
    assert (answer.student, answer.matter) == (stage.space.id("s2"), MatterKind.MEDICAL)
    assert "We have it." in str(answered.answer)
    assert "Choose a student of your own teams" in str(refused)
    assert after == []


async def test_who_leads_nobody_is_told_so_instead_of_an_empty_list(tmp_path: Path) -> None:
    """Slack refuses a menu of nothing, so the form would not open at all."""
    async with open_school(tmp_path) as stage:
        stranger = stage.people["stranger"]
        notice = replace(NOTICE, choices=(Choice.PRIVATE,), labels=("It is private",))
        tell = Tell("c", PersonId("x"), stage.space.id("stranger"), notice)
        await stage.slack.perform(Deed(DeedId("1"), "slack", tell, post=PostId("C1/1.1")))
        note = stage.server.directs(stranger)[-1]
        pressed = await done(stage, stage.server.hands.press(stranger, note, "note:private"))
        await until(lambda: bool(pressed.messages))
        press = stage.server.hands.press(stranger, pressed.messages[-1], "note:private.student")
        opened = await done(stage, press)

    assert opened.view is not None
    assert "We know no student of your teams here." in str(opened.view.blocks)


async def test_an_author_disagrees_by_the_button_under_the_note(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        for name in ("s2", "s3"):
            stage.team.leave(stage.people[name])
        stage.team.say(stage.people["coach"], "Stay after class.")
        await until(lambda: "tell done" in outcomes(tmp_path))
        note = stage.server.directs(stage.people["coach"])[-1]
        pressed = await done(stage, stage.server.hands.press(stage.people["coach"], note, "note:appeal"))
        assert pressed.view is not None
        told = {"why": "It was to the whole team."}
        await done(stage, stage.server.hands.submit(stage.people["coach"], pressed.view, told))
        await until(lambda: bool(entries(tmp_path, "appealed")))


async def test_a_refused_order_is_disagreed_with_by_the_button_that_its_note_names(tmp_path: Path) -> None:
    """There is nothing else to answer with. What was typed instead would be told to an adult."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        for name in ("s2", "s3"):
            stage.team.leave(stage.people[name])
        opened = await done(stage, command(stage, "coach", "team"))
        assert opened.view is not None
        told = {"team": "soccer", "message": "Stay after class."}
        await done(stage, stage.server.hands.submit(stage.people["coach"], opened.view, told))
        await until(lambda: "tell done" in outcomes(tmp_path))
        note = stage.server.directs(stage.people["coach"])[-1]
        pressed = await done(stage, stage.server.hands.press(stage.people["coach"], note, "note:appeal"))
        assert pressed.view is not None
        why = {"why": "The others are on the bus."}
        await done(stage, stage.server.hands.submit(stage.people["coach"], pressed.view, why))
        await until(lambda: bool(entries(tmp_path, "appealed")))

    assert "“I think this is wrong”" in note.text
    assert str(note.blocks).count("'type': 'button'") == 1


async def test_no_note_has_a_button_that_it_does_not_name(tmp_path: Path) -> None:
    """An office is asked to look; there is nothing that it could disagree with."""
    async with open_school(tmp_path) as stage:
        tell = Tell("c", PersonId("principal"), stage.space.id("principal"), NOTICE)
        await stage.slack.perform(Deed(DeedId("1"), "slack", tell, post=PostId("C1/1.1")))
        (note,) = stage.server.directs(stage.people["principal"])

    assert [each["type"] for each in note.blocks] == ["section"]


async def test_a_student_tells_a_teacher_about_a_message(tmp_path: Path) -> None:
    """The adult is theirs to choose; nobody else sees it; they get a receipt."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        sent = stage.team.say(stage.people["s2"], "nobody likes you")
        shortcut = stage.server.hands.message_shortcut(stage.people["s1"], sent, "tell_a_teacher")
        opened = await done(stage, shortcut)
        assert opened.view is not None
        told = {"reason": "1", "adult": "anybody", "more": "it was about me"}
        await done(stage, stage.server.hands.submit(stage.people["s1"], opened.view, told))
        await until(lambda: bool(stage.notes("s1")) and "alert done" in outcomes(tmp_path))

    assert "Thank you." in stage.notes("s1")[0]
    assert all("nobody likes you" not in each for each in stage.notes("coach") + stage.notes("principal"))


async def test_what_is_told_of_where_we_are_not_reaches_an_adult_with_its_words(tmp_path: Path) -> None:
    """In a conversation between two people the shortcut is all we ever see."""
    async with open_school(tmp_path) as stage:
        direct = stage.server.direct(stage.people["s2"], stage.people["s1"])
        sent = direct.say(stage.people["s2"], "nobody likes you")
        opened = await done(stage, stage.server.hands.message_shortcut(stage.people["s1"], sent, "tell_a_teacher"))
        assert opened.view is not None
        interaction = stage.server.hands.submit(stage.people["s1"], opened.view, {"reason": "1", "adult": "anybody"})
        post, report = await stage.said()
        await done(stage, interaction)

    assert isinstance(post, Post)
    assert post.late
    assert not post.readers.known
    assert isinstance(report, Report)
    assert report.post == post.id
    assert report.author == stage.space.id("s2")


@pytest.mark.parametrize("method", ["conversations.members", "users.info"])
async def test_what_is_told_an_adult_and_an_emergency_do_not_wait_until_slack_may_be_asked_again(
    tmp_path: Path, method: str
) -> None:
    """Slack waits three seconds for us, and shows whoever sends something that it failed."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        direct = stage.server.direct(stage.people["s2"], stage.people["s1"])
        sent = direct.say(stage.people["s2"], "nobody likes you")
        told = {"to": "team:soccer", "message": "The bus has crashed. Call home."}
        forms = [
            await done(stage, stage.server.hands.message_shortcut(stage.people["s1"], sent, "tell_a_teacher")),
            await done(stage, command(stage, "coach", "emergency")),
        ]
        stage.slack.audiences.forget_members()
        stage.slack.audiences._accounts.clear()
        stage.server.faults.limit(method, times=None, retry_after=600)
        report, urgent = [each.view for each in forms]
        assert report is not None
        assert urgent is not None
        answers = [
            await done(
                stage, stage.server.hands.submit(stage.people["s1"], report, {"reason": "1", "adult": "anybody"})
            ),
            await done(stage, stage.server.hands.submit(stage.people["coach"], urgent, told)),
        ]
        await until(lambda: bool(posted(stage, "The bus has crashed.")) and bool(entries(tmp_path, "reported")))
        about = [each for each in entries(tmp_path, "judged") if each["subject"] == "message"]

    assert [each.acked for each in answers] == [True, True]
    assert [each["by"] for each in about] == ["student"], "the words come with it, and whose they are"


async def test_whom_a_message_is_from_is_not_asked_to_look_though_we_began_anew_meanwhile(tmp_path: Path) -> None:
    """What the form is about comes back with it; who wrote it counts even where the words are lost."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        direct = stage.server.direct(stage.people["director"], stage.people["s1"])
        sent = direct.say(stage.people["director"], "nobody has to know")
        opened = await done(stage, stage.server.hands.message_shortcut(stage.people["s1"], sent, "tell_a_teacher"))
        assert opened.view is not None
        stage.slack.reception._pointed_at.clear()
        told = {"reason": "1", "adult": "anybody"}
        await done(stage, stage.server.hands.submit(stage.people["s1"], opened.view, told))
        await until(lambda: "alert done" in outcomes(tmp_path))

    assert stage.notes("director") == []
    assert stage.notes("principal") != []


async def test_the_global_shortcut_opens_a_private_message(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        opened = await done(stage, stage.server.hands.shortcut(stage.people["coach"], "private"))
        refused = await done(stage, stage.server.hands.shortcut(stage.people["s1"], "private"))

    assert opened.view is not None
    assert opened.view.callback_id == "form:private"
    assert refused.view is not None
    assert "Only coaches and advisors" in str(refused.view.body)


async def test_the_policy_is_read_by_whoever_asks_alone(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        stage.slack.reception.policy = policy_pieces()
        read = await done(stage, command(stage, "s1", "policy student"))
        lost = await done(stage, command(stage, "s1", "what"))

    assert "Student Guidelines" in str(read.answer)
    assert "tell your teacher right away" in str(read.answer)
    assert "ephemeral" in str(read.answer)
    assert "Write one word after /chaperone" in str(lost.answer)


async def test_an_account_is_linked_with_a_code(tmp_path: Path) -> None:
    linked: list[LinkedAccount] = []
    codes: list[str] = []

    async def owner(_: str) -> PersonId | None:
        return PersonId("teacher")

    async def link(line: LinkedAccount) -> None:
        linked.append(line)

    async with open_school(tmp_path) as stage:
        registrar = Registrar(
            "slack",
            stage.space.roster,
            ("alderbrook.example",),
            owner,
            lambda _, code: codes.append(code),
            link,
            lambda: "123456",
            stage.space.now,
        )
        stage.slack.reception.registrar = registrar
        who = stage.people["stranger"]
        opened = await done(stage, command(stage, "stranger", "link"))
        assert opened.view is not None
        told = {"address": "lee@alderbrook.example"}
        await done(stage, stage.server.hands.submit(who, opened.view, told))
        (view,) = stage.server.modals(who)
        await done(stage, stage.server.hands.submit(who, view, {"code": "123456"}))
        (last,) = stage.server.modals(who)

    assert codes == ["123456"]
    assert [each.account for each in linked] == [who.id]
    assert "Your account is linked" in str(last.body)


async def test_the_apps_own_page_shows_what_there_is_to_do(tmp_path: Path) -> None:
    async def look(person: PersonId) -> Page:
        return Page(("F-0012",), ("24 Nov 2026",), ("CP-0042",)) if person == "principal" else Page()

    async with open_school(tmp_path) as stage:
        stage.slack.home.look = look
        for name in ("principal", "coach", "stranger"):
            await done_home(stage, name)
        drawn = {name: str(home.body) for name in ("principal", "coach", "stranger") if (home := home_of(stage, name))}
        view = home_of(stage, "coach")
        assert view is not None
        opened = await done(stage, stage.server.hands.press(stage.people["coach"], view, "open:private"))

    assert all(each in drawn["principal"] for each in ("F-0012", "24 Nov 2026", "CP-0042", "Tell an adult"))
    assert "Private message" in drawn["coach"]
    assert "Private message" not in drawn["principal"]
    assert "We do not know who you are yet" in drawn["stranger"]
    assert opened.view is not None


async def test_a_long_list_on_the_page_shows_the_newest_and_says_how_many_more(tmp_path: Path) -> None:
    async def look(_: PersonId) -> Page:
        return Page(copies=tuple(f"CP-{number:04}" for number in range(45, 0, -1)))

    async with open_school(tmp_path) as stage:
        stage.slack.home.look = look
        await done_home(stage, "principal")
        home = home_of(stage, "principal")

    assert home is not None
    drawn = str(home.body)
    assert "CP-0045" in drawn
    assert "CP-0026" in drawn
    assert "CP-0025" not in drawn
    assert "and 25 more" in drawn


async def done_home(stage: Stage, name: str) -> None:
    stage.server.hands.open_home(stage.people[name])
    await until(lambda: home_of(stage, name) is not None)


def home_of(stage: Stage, name: str) -> View | None:
    return stage.server.home(stage.people[name])


async def test_a_fault_is_told_to_who_asked_and_its_words_to_no_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_school(tmp_path) as stage:
        opened = await done(stage, command(stage, "coach", "team"))
        assert opened.view is not None

        async def fail(*_: object) -> None:
            raise ValueError("he said it to me")

        monkeypatch.setattr(stage.slack.reception, "_say", fail)
        told = {"team": "soccer", "message": "he said it to me"}
        submitted = await done(stage, stage.server.hands.submit(stage.people["coach"], opened.view, told))

    assert "This did not work" in str(submitted.answer)
    assert all("he said it to me" not in each.getMessage() for each in caplog.records)


async def test_a_press_that_fails_is_told_to_who_pressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would believe that they have answered. In a view there is nowhere to write to them, so Slack tells them."""
    async with open_school(tmp_path) as stage:

        async def fail(*_: object) -> None:
            raise ValueError("he said it to me")

        coach = stage.people["coach"]
        note = Notice(
            "We saw it.", "Employee Guidelines 4", "Now.", "Then.", "Else.", choices=(Choice.TEAM,), labels=("T",)
        )
        action = Tell("c", PersonId("coach"), stage.space.id("coach"), note)
        await stage.slack.perform(Deed(DeedId("1"), "slack", action, post=PostId(f"{stage.team.id}/1.000001")))
        await done_home(stage, "coach")
        page = home_of(stage, "coach")
        assert page is not None
        monkeypatch.setattr(stage.slack.reception, "_say", fail)
        pressed = await done(stage, stage.server.hands.press(coach, stage.server.directs(coach)[-1], "note:team"))
        await until(lambda: bool(pressed.messages))
        monkeypatch.setattr(stage.slack.reception, "_open", fail)
        silent = await stage.server.hands.answered(stage.server.hands.press(coach, page, "open:report"))

    assert "This did not work" in pressed.messages[-1].text
    assert silent.failed


async def test_what_was_filled_in_twice_is_sent_once(tmp_path: Path) -> None:
    """Slack shows an error where we are late, and people press again: it is the same form."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        opened = await done(stage, command(stage, "coach", "team"))
        assert opened.view is not None
        sent = opened.view.body
        told = {"team": "soccer", "message": "Bus at 4."}
        await done(stage, stage.server.hands.submit(stage.people["coach"], opened.view, told))
        fields = {
            "team": {"team": {"type": "static_select", "selected_option": {"value": "soccer"}}},
            "message": {"message": {"type": "plain_text_input", "value": "Bus at 4."}},
        }
        view = {**sent, "callback_id": "form:team", "state": {"values": fields}}
        coach = {"id": stage.people["coach"].id}
        await stage.slack.take({"type": "view_submission", "user": coach, "view": view})
        await until(lambda: "show done" in outcomes(tmp_path))
        await command_answered(stage)

    assert len(posted(stage, "Bus at 4.")) == 1


async def command_answered(stage: Stage) -> None:
    """Let another order go its whole way: whatever came before it has gone its own."""
    opened = await done(stage, command(stage, "coach", "team"))
    assert opened.view is not None
    told = {"team": "soccer", "message": "Later."}
    await done(stage, stage.server.hands.submit(stage.people["coach"], opened.view, told))
    await until(lambda: bool(posted(stage, "Later.")))
