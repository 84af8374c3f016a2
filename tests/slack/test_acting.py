"""What the adapter does in a workspace, as its people see it there; and what it says it cannot do."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.slack.grants import Grant
from adapters.slack.note import digest, marks_in
from bot.actions import (
    Action,
    Alert,
    Ask,
    Close,
    Copy,
    Deed,
    DeedId,
    Lift,
    Relieve,
    Remove,
    Restore,
    Restrict,
    Resume,
    Show,
    Suspend,
    Tell,
)
from bot.letter import CopyNotice, Letterhead, note_of_copy
from bot.message import PlaceId, PostId
from bot.notice import Notice, write_request
from bot.people import AccountId, Office, PersonId
from bot.platform import Outcome, Post
from bot.rule import Choice, Finding, Measure
from bot.texts import N_
from rules.employee_04_group_messages import GroupMessages
from tests.district import NOON, ZONE
from tests.slack.server.channels import Kind
from tests.slack.server.messages import Message
from tests.slack.server.tokens import Token
from tests.slack.stage import Stage, moderated, open_school, until
from tests.test_moderator import entries, outcomes

NOTICE = Notice("We saw it.", "Employee Guidelines 4", "Write to the team.", "Nothing.", "Answer.")
MEASURES = frozenset({Measure.REMOVE, Measure.TELL})
FINDING = Finding("group-messages", GroupMessages.clause, MEASURES, N_("It went to one student."))


def deed(action: Action, id_: str = "1", post: str = "", *, ordered: bool = False) -> Deed:
    return Deed(DeedId(id_), "slack", action, post=PostId(post), ordered=ordered)


def tell(stage: Stage, notice: Notice = NOTICE) -> Tell:
    return Tell("c", PersonId("coach"), stage.space.id("coach"), notice)


def grant(stage: Stage, name: str, *scopes: str) -> Token:
    """Let somebody grant something."""
    token = stage.server.grant(stage.people[name], set(scopes))
    stage.slack._grants.take(Grant(stage.space.id(name), token.text, frozenset(scopes)))
    return token


def appoint(stage: Stage, name: str) -> None:
    """Name somebody whose token removes what others wrote."""
    stage.people[name].become(admin=True)
    grant(stage, name, "chat:write")
    stage.slack.setup = stage.slack.ears.setup = replace(stage.slack.setup, remover=stage.space.id(name))


def where(message: Message) -> str:
    return f"{message.channel.id}/{message.ts}"


# Taking away


async def test_without_an_administrators_token_nothing_of_others_is_taken_away(tmp_path: Path) -> None:
    """The bot's own token would be refused, so nobody asks with it; a person looks."""
    async with open_school(tmp_path) as stage:
        message = stage.team.say(stage.people["coach"], "Stay after class.")
        (post,) = [each for each in await stage.said() if isinstance(each, Post)]
        receipt = await stage.slack.perform(deed(Remove("c", post.place, post.id)))

    assert not post.removable
    assert receipt.outcome is Outcome.REFUSED
    assert not message.deleted
    assert stage.server.calls("chat.delete") == []


async def test_with_an_administrators_token_it_is_taken_away(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        appoint(stage, "principal")
        stage.team.join(stage.people["principal"])
        message = stage.team.say(stage.people["coach"], "Stay after class.")
        (post,) = [each for each in await stage.said() if isinstance(each, Post)]
        receipt = await stage.slack.perform(deed(Remove("c", post.place, post.id)))
        again = await stage.slack.perform(deed(Remove("c", post.place, post.id)))

    assert post.removable
    assert receipt.outcome is Outcome.DONE
    assert message.deleted
    assert again.outcome is Outcome.MOOT


@pytest.mark.parametrize("rule", ["admins_delete", "held_for_compliance"])
async def test_a_removal_that_the_workspace_refuses_is_for_a_person(tmp_path: Path, rule: str) -> None:
    """The workspace's settings may keep everything, or let nobody delete."""
    async with open_school(tmp_path) as stage:
        appoint(stage, "principal")
        stage.team.join(stage.people["principal"])
        setattr(stage.server.rules, rule, rule == "held_for_compliance")
        message = stage.team.say(stage.people["coach"], "Stay after class.")
        (first,) = [each for each in await stage.said() if isinstance(each, Post)]
        receipt = await stage.slack.perform(deed(Remove("c", PlaceId(stage.team.id), PostId(where(message)))))
        stage.team.say(stage.people["coach"], "And again.")
        (later,) = [each for each in await stage.said() if isinstance(each, Post)]

    assert receipt.outcome is Outcome.REFUSED
    assert not message.deleted
    assert first.removable
    assert not later.removable, "whoever writes there next is asked, and told nothing that is not so"


async def test_whose_message_could_not_be_taken_away_is_asked_to_delete_it(tmp_path: Path) -> None:
    """They are not told that it is gone, for everybody in the channel still reads it."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        appoint(stage, "principal")
        stage.team.join(stage.people["principal"])
        for name in ("s2", "s3"):
            stage.team.leave(stage.people[name])
        await stage.looks_again()
        stage.server.rules.held_for_compliance = True
        stage.server.faults.delay("chat.delete", 1.0)
        message = stage.team.say(stage.people["coach"], "Stay after class.")
        await until(lambda: {"remove refused", "tell done"} <= set(outcomes(tmp_path)))
        (note,) = stage.notes("coach")

    assert not message.deleted
    assert "taken away" not in note
    assert "Please delete it." in note


async def test_that_a_removal_was_refused_is_known_after_a_restart(tmp_path: Path) -> None:
    """The run that was refused ended before it had told the author."""
    async with open_school(tmp_path) as stage:
        async with moderated(stage, tmp_path):
            appoint(stage, "principal")
            stage.team.join(stage.people["principal"])
            for name in ("s2", "s3"):
                stage.team.leave(stage.people[name])
            await stage.looks_again()
            stage.server.rules.held_for_compliance = True
            stage.server.faults.delay("conversations.open", 100_000)
            stage.team.say(stage.people["coach"], "Stay after class.")
            await until(lambda: "remove refused" in outcomes(tmp_path))
        before = outcomes(tmp_path)
        stage.server.faults.clear()
        async with moderated(stage, tmp_path):
            await until(lambda: "tell done" in outcomes(tmp_path))
        (note,) = stage.notes("coach")

    assert "tell done" not in before
    assert "taken away" not in note
    assert "Please delete it." in note


async def test_a_channel_that_the_administrator_cannot_see_is_not_taken_for_empty(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        appoint(stage, "principal")
        hidden = stage.server.channel("hidden", [stage.people["coach"]], private=True)
        message = hidden.say(stage.people["coach"], "hello")
        (post,) = [each for each in await stage.said() if isinstance(each, Post)]
        receipt = await stage.slack.perform(deed(Remove("c", PlaceId(hidden.id), PostId(where(message)))))

    assert not post.removable, "so its author is asked, and not told that it is gone"
    assert receipt.outcome is Outcome.REFUSED
    assert not message.deleted


async def test_a_channel_that_was_made_private_is_seen_by_who_is_in_it_alone(tmp_path: Path) -> None:
    """Else an author would be told that it is taken away where nobody's token reaches."""
    async with open_school(tmp_path) as stage:
        appoint(stage, "principal")
        before = await stage.slack.ears.can_remove(stage.team.id, None)
        stage.team.kind = Kind.PRIVATE
        stage.team.say(stage.people["coach"], "made it private", subtype="channel_convert_to_private", blocks=())
        await stage.heard()
        await stage.looks()
        after = await stage.slack.ears.can_remove(stage.team.id, None)

    assert (before, after) == (True, False)


async def test_an_administrators_token_that_is_lost_raises_an_alarm(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        appoint(stage, "principal")
        stage.team.join(stage.people["principal"])
        message = stage.team.say(stage.people["coach"], "hello")
        await stage.heard()
        stage.server.faults.refuse("chat.delete", "token_revoked")
        receipt = await stage.slack.perform(deed(Remove("c", PlaceId(stage.team.id), PostId(where(message)))))
        after = stage.team.say(stage.people["coach"], "again")
        posts = [each for each in await stage.said() if isinstance(each, Post)]

    assert receipt.outcome is Outcome.REFUSED
    assert stage.slack._notebook.lapsed
    assert not posts[-1].removable
    assert posts[-1].id == where(after)


async def test_a_button_deletes_with_the_authors_own_token(tmp_path: Path) -> None:
    """Only when they ask for it, and it is offered only to who has granted it."""
    async with open_school(tmp_path) as stage:
        message = stage.team.say(stage.people["coach"], "Stay after class.")
        asks = write_request(FINDING)
        await stage.slack.perform(deed(tell(stage, asks), "1", where(message)))
        grant(stage, "coach", "chat:write")
        await stage.slack.perform(deed(tell(stage, asks), "2", where(message)))
        without, with_it = [str(each.blocks) for each in stage.server.directs(stage.people["coach"])]
        remove = Remove("", PlaceId(stage.team.id), PostId(where(message)))
        unasked = await stage.slack.perform(deed(remove))
        asked = await stage.slack.perform(deed(remove, ordered=True))

    assert Choice.DELETE in asks.choices
    assert "Delete it for me" not in without
    assert "Delete it for me" in with_it
    assert unasked.outcome is Outcome.REFUSED
    assert asked.outcome is Outcome.DONE
    assert message.deleted


async def test_what_an_authors_own_token_cannot_delete_an_administrators_does(tmp_path: Path) -> None:
    """They may have left the channel since. That says nothing of what others write there."""
    async with open_school(tmp_path) as stage:
        appoint(stage, "principal")
        grant(stage, "coach", "chat:write")
        message = stage.team.say(stage.people["coach"], "Stay after class.")
        await stage.said()
        stage.server.faults.refuse("chat.delete", "channel_not_found")
        remove = deed(Remove("c", PlaceId(stage.team.id), PostId(where(message))), ordered=True)
        receipt = await stage.slack.perform(remove)
        stage.team.say(stage.people["coach"], "And again.")
        (later,) = [each for each in await stage.said() if isinstance(each, Post)]

    assert receipt.outcome is Outcome.DONE
    assert message.deleted
    assert later.removable


async def test_what_slack_kept_in_an_archived_channel_can_be_taken_away_once_it_is_open_again(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        appoint(stage, "principal")
        message = stage.team.say(stage.people["coach"], "Stay after class.")
        stage.team.archive(stage.people["coach"])
        await stage.said()
        stage.server.faults.refuse("chat.delete", "is_archived")
        receipt = await stage.slack.perform(deed(Remove("c", PlaceId(stage.team.id), PostId(where(message)))))
        stage.team.unarchive(stage.people["coach"])
        stage.team.say(stage.people["coach"], "And again.")
        (later,) = [each for each in await stage.said() if isinstance(each, Post)]

    assert receipt.outcome is Outcome.REFUSED
    assert later.removable


async def test_an_authors_own_token_is_taken_before_an_administrators(tmp_path: Path) -> None:
    """The administrator need not see the channel, nor be let delete."""
    async with open_school(tmp_path) as stage:
        appoint(stage, "principal")
        grant(stage, "coach", "chat:write")
        stage.server.rules.admins_delete = False
        root = stage.team.say(stage.people["s1"], "When is it?")
        reply = stage.team.say(stage.people["coach"], "Stay after class.", thread=root)
        remove = Remove("", PlaceId(stage.team.id), PostId(where(reply)))
        receipt = await stage.slack.perform(deed(remove, ordered=True))

    assert receipt.outcome is Outcome.DONE
    assert reply.deleted, "an answer under another message, too"
    assert not root.deleted


async def test_an_author_can_have_a_direct_message_deleted_that_their_grant_shows(tmp_path: Path) -> None:
    """The app is not in that conversation, so it cannot ask there who wrote it."""
    async with open_school(tmp_path) as stage:
        grant(stage, "coach", "chat:write", "im:history")
        direct = stage.server.direct(stage.people["coach"], stage.people["s1"])
        message = direct.say(stage.people["coach"], "Stay after class.")
        stage.slack._notebook.informed[direct.id] = stage.space.id("coach")
        remove = Remove("", PlaceId(direct.id), PostId(where(message)))
        receipt = await stage.slack.perform(deed(remove, ordered=True))

    assert receipt.outcome is Outcome.DONE
    assert message.deleted


async def test_it_is_offered_only_where_a_token_reaches(tmp_path: Path) -> None:
    """An administrator's token deletes nothing in a channel that they do not see."""
    async with open_school(tmp_path) as stage:
        appoint(stage, "principal")
        hidden = stage.server.channel("hidden", [stage.people["coach"]], private=True)
        told = [channel.say(stage.people["coach"], "Stay after class.") for channel in (hidden, stage.team)]
        stage.team.join(stage.people["principal"])
        await stage.said()
        await stage.slack.audiences.members(stage.team.id)
        for number, message in enumerate(told):
            await stage.slack.perform(deed(tell(stage, write_request(FINDING)), str(number), where(message)))
        unseen, seen = [str(each.blocks) for each in stage.server.directs(stage.people["coach"])]

    assert "Delete it for me" not in unseen
    assert "Delete it for me" in seen


async def test_nobody_is_offered_to_take_back_what_no_token_takes_away(tmp_path: Path) -> None:
    """They would believe that it is gone. What was not posted can be taken back, and so can what a token reaches."""
    offered = Notice(*("We saw it.",) * 5, choices=(Choice.TEAM, Choice.TAKE_BACK), labels=("Team", "Take it back"))
    async with open_school(tmp_path) as stage:
        stands = where(stage.team.say(stage.people["coach"], "Stay after class."))
        for id_, post in (("1", stands), ("2", "order"), ("3", f"{stage.team.id}/pin:1.1:U1")):
            await stage.slack.perform(deed(tell(stage, offered), id_, post))
        grant(stage, "coach", "chat:write")
        await stage.slack.perform(deed(tell(stage, offered), "4", stands))
        notes = stage.server.directs(stage.people["coach"])

    labels = [[button["text"]["text"] for button in each.blocks[-1]["elements"]] for each in notes]
    assert ["Take it back" in each for each in labels] == [False, True, False, True]


async def test_in_a_house_the_author_is_asked_the_clock_runs_and_a_deletion_ends_it(tmp_path: Path) -> None:
    """Nobody is told that it is gone, for it is not."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        for name in ("s2", "s3"):
            stage.team.leave(stage.people[name])
        message = stage.team.say(stage.people["coach"], "Stay after class.")
        await until(lambda: "tell done" in outcomes(tmp_path))
        planned = [each["does"] for each in entries(tmp_path, "planned")]
        message.delete()
        await until(lambda: "alert moot" in outcomes(tmp_path))

    assert "remove" not in planned
    assert any("Please delete it." in each for each in stage.notes("coach"))


async def test_whose_message_was_gone_before_it_was_heard_is_not_told_that_it_is_still_there(tmp_path: Path) -> None:
    """Events come in any order. Of a silence about what is gone the note does not speak either."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        for name in ("s2", "s3"):
            stage.team.leave(stage.people[name])
        await stage.looks_again()
        with stage.server.events.held() as held:
            stage.team.say(stage.people["coach"], "Stay after class.").delete()
            held.reverse()
        await until(lambda: "tell done" in outcomes(tmp_path))
        (note,) = stage.notes("coach")

    assert "It is gone already." in note
    assert "still there" not in note
    assert "Hours to answer" not in note
    assert "an office" not in note
    assert "Delete it for me" not in note


@pytest.mark.parametrize("answered", [False, True])
async def test_what_was_deleted_while_nobody_listened_leads_no_office_to_its_author(
    tmp_path: Path, *, answered: bool
) -> None:
    """They did what they were asked to; of what stands, or may stand, the office hears."""
    async with open_school(tmp_path) as stage:
        message = stage.team.say(stage.people["coach"], "Stay after class.")
        if answered:
            stage.team.say(stage.people["s1"], "Why?", thread=message)
        alert = Alert("c", PersonId("director"), Office.ATHLETIC_DIRECTOR, NOTICE)
        late = replace(deed(alert, post=where(message)), until=datetime.now(UTC))
        stage.server.faults.refuse("conversations.replies", "missing_scope")
        standing = [(await stage.slack.perform(replace(late, id=DeedId(each)))).outcome for each in ("1", "2")]
        message.delete()
        gone = await stage.slack.perform(replace(late, id=DeedId("3")))
        decided = await stage.slack.perform(replace(late, id=DeedId("4"), ordered=True))

    assert standing == [Outcome.DONE, Outcome.DONE]
    assert gone.outcome is Outcome.MOOT
    assert decided.outcome is Outcome.DONE, "what a person decided is told in any case"


async def leave_one_student_with_who_removes(stage: Stage) -> None:
    """Let a team's channel have one student alone, and an administrator whose token takes away what is written."""
    for name in ("s2", "s3"):
        stage.team.leave(stage.people[name])
    appoint(stage, "principal")
    stage.team.join(stage.people["principal"])
    await until(lambda: stage.team.id in stage.slack.audiences.places_of(stage.space.id("principal")))


async def test_of_a_bookmark_nobody_is_told_that_it_is_gone(tmp_path: Path) -> None:
    """To take the line away that tells of it would leave it above the channel."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        await leave_one_student_with_who_removes(stage)
        stage.team.bookmark(stage.people["coach"], "Plan", "https://example.org/plan")
        await until(lambda: "tell done" in outcomes(tmp_path))

    assert stage.server.calls("chat.delete") == []
    assert "Please delete it." in stage.notes("coach")[0]


# Telling


async def test_a_note_comes_in_our_own_conversation_and_is_pointed_at_where_it_belongs(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        message = stage.team.say(stage.people["coach"], "hello")
        receipt = await stage.slack.perform(deed(tell(stage), post=where(message)))
        (note,) = stage.server.directs(stage.people["coach"])
        (hint,) = [each for each in stage.server.ledger if each.ephemeral]

    assert receipt.outcome is Outcome.DONE
    for part in ("We saw it.", "Employee Guidelines 4", "Write to the team."):
        assert part in note.text, "the whole note stands in the text that is read aloud"
    assert hint.channel is stage.team
    assert hint.seen_by is stage.people["coach"]


async def test_what_people_wrote_is_no_markup(tmp_path: Path) -> None:
    """Given back, it calls nobody and links nowhere."""
    async with open_school(tmp_path) as stage:
        returned = replace(NOTICE, returned="<!channel> & <https://example.org|look>")
        await stage.slack.perform(deed(tell(stage, returned)))
        (note,) = stage.server.directs(stage.people["coach"])

    assert "&lt;!channel&gt; &amp; &lt;https" in note.text


async def test_a_long_text_is_given_back_whole(tmp_path: Path) -> None:
    text = " ".join(f"word{number}" for number in range(6_000))
    async with open_school(tmp_path) as stage:
        receipt = await stage.slack.perform(deed(tell(stage, replace(NOTICE, returned=text))))
        notes = stage.server.directs(stage.people["coach"])
        found = await stage.slack.find(deed(tell(stage)))

    assert receipt.outcome is Outcome.DONE
    assert found.outcome is Outcome.DONE
    joined = " ".join(each.text for each in sorted(notes, key=lambda each: each.ts))
    assert all(f"word{number}" in joined for number in range(6_000))
    assert "We saw it." in max(notes, key=lambda each: each.ts).text


async def test_a_flood_of_copies_becomes_few_messages_that_name_each(tmp_path: Path) -> None:
    """Slack takes one post a second in a conversation: a thousand notes would take a quarter of an hour."""
    async with open_school(tmp_path) as stage:
        copies = [deed(Copy("c", PersonId("principal"), Office.PRINCIPAL), str(number)) for number in range(40)]
        receipts = await asyncio.gather(*(stage.slack.perform(each) for each in copies))
        notes = stage.server.directs(stage.people["principal"])
        found = [await stage.slack.find(each) for each in copies]

    assert {each.outcome for each in receipts} == {Outcome.DONE}
    assert {each.outcome for each in found} == {Outcome.DONE}
    assert len(notes) < 6
    marks = [mark for each in notes for mark in marks_in({"metadata": each.metadata})]
    assert sorted(marks) == sorted(f"{number:0>16}" for number in range(40)), "each stands once"


def test_a_message_that_lists_copies_says_of_each_how_to_read_it() -> None:
    """It asked for the first of them alone, and who asked for that was shown one of six."""
    head = Letterhead("alderbrook.example", ZONE)
    copies = [CopyNotice(number, NOON, PersonId("principal"), Office.PRINCIPAL) for number in range(1, 7)]

    text, blocks = digest([note_of_copy(head, each) for each in copies])

    shown = "\n".join(each["text"]["text"] for each in blocks)
    for each in copies:
        assert f"to show you {each.name}." in text
        assert f"to show you {each.name}." in shown
    assert text.count("What happens next") == 1


async def test_somebody_without_an_account_cannot_be_told(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        receipt = await stage.slack.perform(deed(Copy("c", PersonId("vice"), Office.PRINCIPAL)))
        webhook = await stage.slack.perform(deed(Tell("c", PersonId("x"), AccountId("B0123"), NOTICE)))

    assert receipt.outcome is Outcome.REFUSED
    assert webhook.outcome is Outcome.MOOT


# Unknown outcomes


async def test_a_note_whose_answer_was_lost_is_looked_up_and_not_sent_again(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        told = deed(Ask("c", PersonId("coach"), stage.space.id("coach"), NOTICE, datetime.now(UTC).date()))
        stage.server.faults.cut("chat.postMessage", applied=True)
        receipt = await stage.slack.perform(told)
        found = await stage.slack.find(told)

    assert receipt.outcome is Outcome.UNKNOWN
    assert found.outcome is Outcome.DONE
    assert len(stage.notes("coach")) == 1
    assert len(stage.server.calls("chat.postMessage")) == 1, "the library's own retry is off"


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("method", ["conversations.open", "conversations.history"])
async def test_a_note_is_looked_for_at_each_account_though_one_is_refused(
    tmp_path: Path, method: str, *, applied: bool
) -> None:
    """What cannot be opened got no note. Of what cannot be read nobody can say, unless another one has it."""
    async with open_school(tmp_path) as stage:
        told = deed(Tell("c", PersonId("coach"), stage.space.id("stranger"), NOTICE))
        stage.server.faults.refuse("conversations.open", "user_disabled")
        stage.server.faults.cut("chat.postMessage", applied=applied)
        receipt = await stage.slack.perform(told)
        stage.server.faults.refuse(method, "user_disabled" if method == "conversations.open" else "channel_not_found")
        found = await stage.slack.find(told)

    assert receipt.outcome is Outcome.UNKNOWN
    otherwise = Outcome.NOT_DONE if method == "conversations.open" else Outcome.UNKNOWN
    assert found.outcome is (Outcome.DONE if applied else otherwise)
    assert len(stage.notes("coach")) == applied


@pytest.mark.parametrize("applied", [True, False])
async def test_a_server_fault_leaves_it_unknown_until_it_is_looked_up(tmp_path: Path, *, applied: bool) -> None:
    async with open_school(tmp_path) as stage:
        stage.server.faults.fail("chat.postMessage", 503, applied=applied)
        receipt = await stage.slack.perform(deed(tell(stage)))
        found = await stage.slack.find(deed(tell(stage)))

    assert receipt.outcome is Outcome.UNKNOWN
    assert found.outcome is (Outcome.DONE if applied else Outcome.NOT_DONE)


async def test_asked_too_often_slack_is_left_alone_for_as_long_as_it_says(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        stage.server.faults.limit("chat.postMessage", retry_after=3)
        first = asyncio.create_task(stage.slack.perform(deed(tell(stage))))
        await until(lambda: bool(stage.server.calls("chat.postMessage")))
        await asyncio.sleep(0.5)
        copy = deed(Copy("c", PersonId("principal"), Office.PRINCIPAL), "9")
        others = [stage.slack.perform(each) for each in (deed(tell(stage), "2"), deed(tell(stage), "3"), copy)]
        receipts = await asyncio.gather(first, *others)

    assert {each.outcome for each in receipts} == {Outcome.DONE}
    assert stage.server.impatient_calls() == []
    assert len(stage.notes("coach")) == 3


async def test_posts_in_one_channel_keep_to_one_a_second(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.gather(*(stage.slack.web.post(stage.team.id, str(number)) for number in range(4)))
        took = loop.time() - began

    assert took >= 3
    assert len(stage.server.seen(channel=stage.team, author=stage.server.bot)) == 4


# Places


@pytest.mark.parametrize("kind", [Restrict, Suspend, Resume])
async def test_what_slack_lets_nobody_do_is_refused(tmp_path: Path, kind: type[Action]) -> None:
    async with open_school(tmp_path) as stage:
        coach, today = stage.space.id("coach"), datetime.now(UTC).date()
        actions: dict[type, Action] = {
            Restrict: Restrict("c", PlaceId(stage.team.id)),
            Suspend: Suspend("c", coach, today + timedelta(days=1)),
            Resume: Resume("c", coach),
        }
        receipt = await stage.slack.perform(deed(actions[kind]))
        lifted = await stage.slack.perform(deed(Lift("c", PlaceId(stage.team.id))))

    assert receipt.outcome is Outcome.REFUSED
    assert lifted.outcome is Outcome.DONE


def show(stage: Stage, place: str = "private:1", **more: object) -> Show:
    """Ask for a private matter."""
    base = Show(
        "c",
        PersonId("coach"),
        stage.space.id("coach"),
        PlaceId(place),
        "Your physical is due.",
        (stage.space.id("s1"),),
        (PersonId("principal"),),
        "The principal gets a copy.",
    )
    return replace(base, **more)  # type: ignore[arg-type]  # a test names fields of it


async def test_a_private_matter_opens_a_group_conversation_with_who_gets_the_copy(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        receipt = await stage.slack.perform(deed(show(stage), post="order"))
        (message,) = [each for each in stage.server.seen(author=stage.server.bot) if "physical" in each.text]
        found = await stage.slack.find(deed(show(stage), post="order"))

    people = {stage.people[each] for each in ("coach", "s1", "principal")}
    assert receipt.outcome is Outcome.DONE
    assert people <= set(message.channel.members)
    assert stage.people["s2"] not in message.channel.members
    assert "gets a copy" in message.text
    assert "This concerns someone who would be copied" in str(message.blocks)
    assert stage.slack.ears.place(message.channel.id) == "private:1"
    assert found.outcome is Outcome.DONE


async def test_a_second_matter_among_the_same_people_gets_a_channel_of_its_own(tmp_path: Path) -> None:
    """A group conversation is the same one however often it is opened; two matters must not run into each other."""
    async with open_school(tmp_path) as stage:
        for number in (1, 2):
            receipt = await stage.slack.perform(deed(show(stage, f"private:{number}"), str(number), f"order{number}"))
            assert receipt.outcome is Outcome.DONE
        first, second = [each for each in stage.server.seen(author=stage.server.bot) if "physical" in each.text]

    assert first.channel is not second.channel
    assert set(second.channel.members) >= {stage.people[each] for each in ("coach", "s1", "principal")}
    assert not second.channel.public
    assert not any(each in second.channel.name for each in ("coach", "s1", "physical"))
    assert [stage.slack.ears.place(each.channel.id) for each in (first, second)] == ["private:1", "private:2"]


async def test_without_anybody_to_get_the_copy_nothing_is_shown_but_an_emergency(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        stage.people["principal"].deactivate()
        await stage.heard()
        held = await stage.slack.perform(deed(show(stage), post="order"))
        urgent = await stage.slack.perform(deed(show(stage, urgent=True), "2", "order2"))

        (message,) = [each for each in stage.server.seen(author=stage.server.bot) if "physical" in each.text]

    assert held.outcome is Outcome.REFUSED
    assert urgent.outcome is Outcome.DONE
    assert message.channel.archived, "nothing more is written where nobody watches over it"


async def test_others_watch_over_a_matter_that_goes_on_without_whom_it_concerns(tmp_path: Path) -> None:
    """Nobody can be taken out of a group conversation, so it goes on elsewhere; they are told nothing there."""
    async with open_school(tmp_path) as stage:
        await stage.slack.perform(deed(show(stage), post="order"))
        relieve = Relieve("c", PlaceId("private:1"), (PersonId("principal"),), (PersonId("director"),))
        receipt = await stage.slack.perform(deed(relieve, "2"))
        channel = stage.slack.ears.channel_of(PlaceId("private:1"))
        members = set(await stage.slack.audiences.members(channel))
        again = Relieve("c", PlaceId("private:1"), (PersonId("director"),), (PersonId("principal"),))
        back = await stage.slack.perform(deed(again, "3"))
        after = set(await stage.slack.audiences.members(channel))
        closed = await stage.slack.perform(deed(Close("c", PlaceId("private:1")), "4"))

    assert receipt.outcome is Outcome.DONE
    assert stage.space.id("director") in members
    assert stage.space.id("principal") not in members
    assert {stage.space.id("coach"), stage.space.id("s1")} <= members
    assert back.outcome is Outcome.DONE
    assert stage.space.id("principal") in after
    assert stage.space.id("director") not in after
    assert closed.outcome is Outcome.DONE


@pytest.mark.parametrize("applied", [False, True])
async def test_where_a_matter_goes_on_is_said_there_once_though_the_connection_broke(
    tmp_path: Path, *, applied: bool
) -> None:
    """Else people would find themselves in a channel of which they know nothing."""
    async with open_school(tmp_path) as stage:
        await stage.slack.perform(deed(show(stage), post="order"))
        place = PlaceId("private:1")
        relieve = deed(Relieve("c", place, (PersonId("principal"),), (PersonId("director"),)), "2")
        stage.server.faults.cut("chat.postMessage", applied=applied)
        broken, done = [await stage.slack.perform(relieve) for _ in range(2)]
        channel = stage.server.world.channels[stage.slack.ears.channel_of(place)]

    assert (broken.outcome, done.outcome) == (Outcome.NOT_DONE, Outcome.DONE)
    assert stage.people["director"] in channel.members
    assert [each.text for each in channel.messages.values() if each.by_app] == ["Please write here from now on."]


async def test_of_two_who_are_to_watch_over_a_matter_both_are_let_in_though_one_is_there(tmp_path: Path) -> None:
    """Somebody may have invited them by hand meanwhile, or a crash came between."""
    async with open_school(tmp_path) as stage:
        await stage.slack.perform(deed(show(stage), post="order"))
        place, people = PlaceId("private:1"), [PersonId(each) for each in ("principal", "director", "designee")]
        await stage.slack.perform(deed(Relieve("c", place, (people[0],), (people[1],)), "2"))
        channel = stage.server.world.channels[stage.slack.ears.channel_of(place)]
        channel.invite(stage.people["designee"], stage.people["coach"])
        relieve = Relieve("c", place, (people[1],), (people[2], people[0]))
        receipt = await stage.slack.perform(deed(relieve, "3"))

    assert receipt.outcome is Outcome.DONE
    assert {stage.people["principal"], stage.people["designee"]} <= set(channel.members)
    assert stage.people["director"] not in channel.members


async def test_a_group_conversation_cannot_be_closed_and_that_is_said(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        await stage.slack.perform(deed(show(stage), post="order"))
        receipt = await stage.slack.perform(deed(Close("c", PlaceId("private:1")), "2"))

    assert receipt.outcome is Outcome.REFUSED


async def test_what_we_posted_for_somebody_is_taken_back_by_ourselves(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        shown = show(stage, stage.team.id, readers=(), overseers=())
        await stage.slack.perform(deed(shown, post="order"))
        (message,) = stage.server.seen(author=stage.server.bot, channel=stage.team)
        receipt = await stage.slack.perform(deed(Remove("", PlaceId(stage.team.id), PostId("order")), "2"))

    assert receipt.outcome is Outcome.DONE
    assert message.deleted


@pytest.mark.parametrize("lost", [False, True])
async def test_what_is_given_back_is_still_its_authors(tmp_path: Path, *, lost: bool) -> None:
    """Told an adult about, it is no app's message, whose author might see the case; and it can be taken away again."""
    async with open_school(tmp_path) as stage:
        post = PostId(f"{stage.team.id}/1790000000.000100")
        restore = deed(Restore("c", PlaceId(stage.team.id), post, PersonId("coach"), "Stay after class."), post=post)
        if lost:
            stage.server.faults.cut("chat.postMessage", applied=True)
        done = [(await stage.slack.perform(restore)).outcome, (await stage.slack.find(restore)).outcome]
        (message,) = stage.server.seen(author=stage.server.bot, channel=stage.team)
        origin = stage.slack.ears.origin(stage.team.id, message.ts)
        removed = await stage.slack.perform(deed(Remove("c", PlaceId(stage.team.id), post), "2"))

    assert done == [Outcome.UNKNOWN if lost else Outcome.DONE, Outcome.DONE]
    assert origin == (post, stage.space.id("coach"))
    assert removed.outcome is Outcome.DONE
    assert message.deleted


async def test_a_note_is_found_again_where_the_workspace_gives_no_metadata_back(tmp_path: Path) -> None:
    """Whether an app may read the metadata of its own messages is Slack's to say; the blocks always come back."""
    async with open_school(tmp_path) as stage:
        copies = [deed(Copy("c", PersonId("principal"), Office.PRINCIPAL), str(number)) for number in range(12)]
        told = [deed(tell(stage), "99"), deed(show(stage, stage.team.id, readers=(), overseers=()), "98")]
        await asyncio.gather(*(stage.slack.perform(each) for each in (*copies, *told)))
        for each in stage.server.ledger:
            each.metadata = None
        stage.slack._notebook.shown.clear()
        found = [await stage.slack.find(each) for each in (*copies, *told)]

    assert {each.outcome for each in found} == {Outcome.DONE}


async def test_every_message_says_the_whole_in_its_text(tmp_path: Path) -> None:
    """Notifications and readers aloud take the text alone; and no two buttons of a message say the same."""
    async with open_school(tmp_path) as stage:
        copies = [deed(Copy("c", PersonId("principal"), Office.PRINCIPAL), str(number)) for number in range(8)]
        note = tell(stage, replace(write_request(FINDING), returned="What they wrote."))
        sent = [*copies, deed(note, "20", "order"), deed(show(stage), "21", "order")]
        await asyncio.gather(*(stage.slack.perform(each) for each in sent))
        messages = stage.server.seen(author=stage.server.bot)

    assert len(messages) > 3
    for message in messages:
        for block in message.blocks:
            if block["type"] == "section":
                assert block["text"]["text"].strip() in message.text
        buttons = [each for block in message.blocks if block["type"] == "actions" for each in block["elements"]]
        labels = [each["text"]["text"] for each in buttons]
        assert len(set(labels)) == len(labels)
