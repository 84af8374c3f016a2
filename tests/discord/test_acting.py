"""What is done on Discord, from hearing to the deed, through a real house."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import pytest
from simcord import ChannelHandle

from adapters.discord.breaker import WINDOW
from adapters.discord.threads import PrivateThreads
from bot.actions import Close, Deed, DeedId, Disconnect, Relieve, Remove, Restore, Resume, Show, Suspend, Tell
from bot.message import PlaceId, PostId
from bot.notice import Notice
from bot.people import AccountId, PersonId
from bot.platform import Outcome, Post, Receipt, SpaceSeen
from tests.discord.stage import School, moderated, open_school
from tests.test_moderator import outcomes

LONG = " ".join(f"word{number}" for number in range(500))


def notice(returned: str = "") -> Notice:
    """Write a short note."""
    return Notice("We saw it.", "Employee Guidelines 4", "Write to the team.", "Nothing.", "Answer.", returned)


def tell(stage: School, name: str, *, returned: str = "", id_: str = "7") -> Deed:
    """Let somebody be told something."""
    account = AccountId(str(stage.people[name].id))
    return Deed(DeedId(id_), "discord", Tell("c", PersonId(name), account, notice(returned)), post=PostId("1"))


async def alone(stage: School) -> None:
    """Leave one student in the team's channel."""
    for name in ("s2", "s3"):
        stage.guild.remove_member(stage.people[name])
    await stage.env.settle()


async def test_a_message_to_one_student_is_removed_and_given_back(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        await alone(stage)
        async with moderated(stage, tmp_path):
            await stage.people["coach"].send(stage.team, "Stay after class.")
            await stage.until(lambda: "tell done" in outcomes(tmp_path) and "remove done" in outcomes(tmp_path))
        left = [each.content for each in stage.team.history()]

    assert "Stay after class." not in left
    (note,) = stage.notes("coach")
    assert "Stay after class." in note
    assert "Employee Guidelines 4" in note
    assert "violation" not in note.lower()


async def test_who_takes_no_direct_messages_reads_the_note_in_a_thread_of_their_own(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        stage.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
        receipt = await stage.discord.perform(tell(stage, "coach"))
        again = await stage.discord.perform(tell(stage, "coach", id_="8"))
        (thread,) = stage.private.threads
        channel = stage.discord.client.get_channel(thread.id)
        assert isinstance(channel, discord.Thread)
        present = {each.id for each in await channel.fetch_members()}
        notes = [each.content for each in thread.history() if each.content]

    assert (receipt.outcome, again.outcome) == (Outcome.DONE, Outcome.DONE)
    assert present - {stage.discord.client.user.id if stage.discord.client.user else 0} == {stage.people["coach"].id}
    assert len(notes) == 2


async def test_a_note_reaches_who_left_the_thread_of_their_own_or_was_never_let_in(tmp_path: Path) -> None:
    """Anybody may leave a thread, and is out of it once they leave the server: what stands there reaches nobody."""
    async with open_school(tmp_path) as stage:
        stage.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
        stage.env.inject_error("PUT", "/channels/*/thread-members/*", status=403, code=50013, times=1)
        first = await stage.discord.perform(tell(stage, "coach", id_="1"))
        second = await stage.discord.perform(tell(stage, "coach", id_="2"))
        (thread,) = stage.private.threads
        let_in = await present(stage, thread)
        channel = stage.discord.client.get_channel(thread.id)
        assert isinstance(channel, discord.Thread)
        await channel.remove_user(discord.Object(stage.people["coach"].id))
        third = await stage.discord.perform(tell(stage, "coach", id_="3"))
        back = await present(stage, thread)
        stage.guild.remove_member(stage.people["coach"])
        await stage.env.settle()
        gone = await stage.discord.perform(tell(stage, "coach", id_="4"))

    assert [each.outcome for each in (first, second, third)] == [Outcome.REFUSED, Outcome.DONE, Outcome.DONE]
    assert let_in == back == {"coach"}
    assert gone == Receipt(Outcome.REFUSED, "takes no direct messages")


async def test_a_person_who_cannot_be_reached_at_all_is_a_plain_refusal(tmp_path: Path) -> None:
    """Then mail is tried, and then a person is asked: that is the ladder."""
    async with open_school(tmp_path) as stage:
        stage.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
        stage.env.inject_error("POST", "/channels/*/threads", status=403, code=50013, times=None)
        receipt = await stage.discord.perform(tell(stage, "coach"))
        nobody = Deed(DeedId("9"), "discord", Tell("c", PersonId("office"), AccountId(""), notice()))
        unlinked = await stage.discord.perform(nobody)

    assert receipt == Receipt(Outcome.REFUSED, "answered 403 (50013)")
    assert unlinked == Receipt(Outcome.REFUSED, "no account to write to")


async def test_a_long_text_is_given_back_whole(tmp_path: Path) -> None:
    """Nobody loses what they typed; the note with its buttons comes last."""
    async with open_school(tmp_path) as stage:
        deed = tell(stage, "coach", returned=LONG)
        await stage.discord.perform(deed)
        notes = stage.notes("coach")
        found = await stage.discord.find(deed)

    assert len(notes) > 2
    assert all(len(each) <= 2000 for each in notes)
    given_back = "".join("".join(each.split("\n")[1:-1]) for each in notes[:-1])
    assert given_back == LONG
    assert "We saw it." in notes[-1]
    assert found.outcome is Outcome.DONE


async def test_a_note_that_was_not_sent_is_not_found(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        await stage.discord.perform(tell(stage, "coach", id_="1"))
        found = await stage.discord.find(tell(stage, "coach", id_="2"))

    assert found.outcome is Outcome.NOT_DONE


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (403, 50013, Outcome.REFUSED),
        (404, 10008, Outcome.MOOT),
        (404, 10003, Outcome.MOOT),
        (500, 0, Outcome.NOT_DONE),
        (401, 0, Outcome.NOT_DONE),
    ],
)
async def test_what_comes_of_a_removal_is_a_plain_receipt(
    tmp_path: Path, status: int, code: int, outcome: Outcome
) -> None:
    """A removal may be tried again without harm, so a server's fault leaves no doubt."""
    async with open_school(tmp_path) as stage:
        sent = await stage.people["s1"].send(stage.team, "hi")
        stage.env.inject_error("DELETE", "/channels/*/messages/*", status=status, code=code, times=None)
        deed = Deed(DeedId("1"), "discord", Remove("c", PlaceId(str(stage.team.id)), PostId(str(sent.id))))
        receipt = await stage.discord.perform(deed)

    assert receipt.outcome is outcome
    assert receipt.reason == f"answered {status} ({code})"


async def test_a_named_emoji_under_a_message_can_be_removed(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        emoji = stage.guild.create_emoji("you_are_dumb")
        sent = await stage.people["s1"].send(stage.team, "hi")
        await stage.people["s2"].react(sent, f"{emoji.name}:{emoji.id}")
        (reaction,) = [each for each in await stage.heard() if isinstance(each, Post) and ":" in each.id]
        deed = Deed(DeedId("1"), "discord", Remove("c", PlaceId(str(stage.team.id)), reaction.id))
        receipt = await stage.discord.perform(deed)
        last = stage.team.last_message
        assert last is not None

    assert receipt.outcome is Outcome.DONE
    assert last.reactions == []


async def test_nobody_is_written_for_a_webhook(tmp_path: Path) -> None:
    """It reads no notes, and nothing has failed."""
    async with open_school(tmp_path) as stage:
        deed = Deed(DeedId("1"), "discord", Tell("c", PersonId("x"), AccountId("webhook:3"), notice()))
        receipt = await stage.discord.perform(deed)

    assert receipt.outcome is Outcome.MOOT


async def test_a_private_matter_needs_somebody_in_it_who_gets_the_copies(tmp_path: Path) -> None:
    """Nobody of the office is on the server: then it is not shown, and no empty thread is left."""
    async with open_school(tmp_path) as stage:
        for name in ("principal", "director"):
            stage.guild.remove_member(stage.people[name])
        await stage.env.settle()
        coach, student = (AccountId(str(stage.people[each].id)) for each in ("coach", "s1"))
        overseers = (PersonId("principal"), PersonId("director"))
        show = Show("c", PersonId("coach"), coach, PlaceId("private:1"), "Your physical.", (student,), overseers)
        receipt = await stage.discord.perform(Deed(DeedId("1"), "discord", show, post=PostId("1")))

    assert receipt == Receipt(Outcome.REFUSED, "nobody who gets a copy could be let in")
    assert stage.private.threads == []


def private_matter(stage: School, id_: str = "1") -> Deed:
    """Let the coach write to one student, with the principal beside them."""
    coach, student = (AccountId(str(stage.people[each].id)) for each in ("coach", "s1"))
    place, overseers = PlaceId("private:1"), (PersonId("principal"),)
    show = Show("c", PersonId("coach"), coach, place, "Your physical.", (student,), overseers)
    return Deed(DeedId(id_), "discord", show, post=PostId(id_))


async def present(stage: School, thread: ChannelHandle) -> set[str]:
    """Name who is in a thread, but for ourselves."""
    channel = stage.discord.client.get_channel(thread.id)
    assert isinstance(channel, discord.Thread)
    names = {each.id: name for name, each in stage.people.items()}
    return {names[each.id] for each in await channel.fetch_members() if each.id in names}


async def test_a_private_matter_goes_to_no_thread_that_was_for_one_emergency_alone(tmp_path: Path) -> None:
    """Nobody watches over that one, so it is locked: nobody could answer there."""
    async with open_school(tmp_path) as stage:
        first, second = private_matter(stage), private_matter(stage, "2")
        assert isinstance(first.action, Show)
        unwatched = replace(first.action, urgent=True, overseers=(PersonId("nobody"),))
        await stage.discord.perform(replace(first, action=unwatched))

        receipt = await stage.discord.perform(second)

        found = [await present(stage, each) for each in stage.private.threads]
    assert receipt.outcome is Outcome.DONE
    assert found == [{"coach", "s1"}, {"coach", "principal", "s1"}]


async def test_where_we_were_killed_before_anybody_was_let_in_all_are_let_in_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The coach is told that it was sent, so its student has to see it, and who gets the copy."""

    async def ends(*_: object) -> None:
        raise asyncio.CancelledError

    async with open_school(tmp_path) as stage:
        with monkeypatch.context() as interrupted:
            interrupted.setattr(discord.Thread, "add_user", ends)
            with pytest.raises(asyncio.CancelledError):
                await stage.discord.perform(private_matter(stage))
        await stage.restart(tmp_path)
        found = await stage.discord.find(private_matter(stage))
        receipt = await stage.discord.perform(private_matter(stage))
        (thread,) = stage.private.threads
        people = await present(stage, thread)

    assert (found.outcome, receipt.outcome) == (Outcome.NOT_DONE, Outcome.DONE)
    assert people == {"coach", "s1", "principal"}


async def test_who_left_a_private_thread_is_let_in_for_the_next_message(tmp_path: Path) -> None:
    """Whatever goes to the same student goes on in the same thread. One that is there is never taken back."""
    async with open_school(tmp_path) as stage:
        await stage.discord.perform(private_matter(stage))
        (thread,) = stage.private.threads
        channel = stage.discord.client.get_channel(thread.id)
        assert isinstance(channel, discord.Thread)
        await channel.remove_user(discord.Object(stage.people["s1"].id))
        receipt = await stage.discord.perform(private_matter(stage, "2"))
        people = await present(stage, thread)
        stage.env.inject_error("PUT", "/channels/*/thread-members/*", status=403, code=50013, times=None)
        refused = await stage.discord.perform(private_matter(stage, "3"))
        left = [each.id for each in stage.private.threads]

    assert receipt.outcome is Outcome.DONE
    assert people == {"coach", "s1", "principal"}
    assert refused.outcome is Outcome.REFUSED
    assert left == [thread.id]


async def test_whom_a_matter_concerns_is_not_let_in_with_a_later_message(tmp_path: Path) -> None:
    """What was written there before would be theirs to read, though they get the copies of what begins anew."""
    async with open_school(tmp_path) as stage:
        await stage.discord.perform(private_matter(stage))
        relieve = Relieve("c", PlaceId("private:1"), (PersonId("principal"),), (PersonId("director"),))
        await stage.discord.perform(Deed(DeedId("2"), "discord", relieve))
        receipt = await stage.discord.perform(private_matter(stage, "3"))
        (thread,) = stage.private.threads
        people = await present(stage, thread)

    assert receipt.outcome is Outcome.DONE
    assert people == {"coach", "s1", "director"}


async def test_a_private_thread_that_takes_the_place_of_another_is_looked_at(tmp_path: Path) -> None:
    """Or nobody would notice when the last overseer leaves it."""
    async with open_school(tmp_path) as stage:
        await stage.discord.perform(private_matter(stage))
        (gone,) = stage.private.threads
        channel = stage.discord.client.get_channel(gone.id)
        assert isinstance(channel, discord.Thread)
        await channel.delete()
        await stage.env.settle()
        await stage.discord.perform(private_matter(stage, "2"))
        await stage.heard()
        (thread,) = stage.private.threads
        await stage.discord.client.look(PlaceId("private:1"))
        seen = [each for each in await stage.heard() if isinstance(each, SpaceSeen)]

    assert thread.id != gone.id
    assert [each.place for each in seen] == ["private:1"]


async def test_a_private_thread_is_called_by_the_districts_own_day(tmp_path: Path) -> None:
    """One in the evening of the 24th, by the district's clock. Its name tells of nobody."""
    evening = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
    async with open_school(tmp_path) as stage:
        coach, student = (AccountId(str(stage.people[each].id)) for each in ("coach", "s1"))
        show = Show("c", PersonId("coach"), coach, PlaceId("private:1"), "Your physical.", (student,))
        threads = PrivateThreads(stage.discord.client, stage.discord.client.directory, lambda: evening)
        opened = await threads.open(show)

    assert isinstance(opened, discord.Thread)
    assert opened.name == "Private 24 Nov"


async def test_a_pause_ends_by_itself_or_by_a_person(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        account = AccountId(str(stage.people["s1"].id))
        until = datetime.now(UTC).date() + timedelta(days=3)
        await stage.discord.perform(Deed(DeedId("1"), "discord", Suspend("c", account, until)))
        await stage.env.settle()
        member = stage.discord.client.guilds[0].get_member(stage.people["s1"].id)
        assert member is not None
        paused = member.timed_out_until
        await stage.discord.perform(Deed(DeedId("2"), "discord", Resume("c", account)))
        await stage.env.settle()

        assert paused is not None
        assert until <= paused.date() <= until + timedelta(days=2)
        assert member.timed_out_until is None


async def test_what_was_taken_away_is_shown_again(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        action = Restore("c", PlaceId(str(stage.team.id)), PostId("1"), PersonId("s1"), "see you at 4")
        deed = Deed(DeedId("1"), "discord", action)
        receipt = await stage.discord.perform(deed)
        last = stage.team.last_message

    assert receipt.outcome is Outcome.DONE
    assert last is not None
    assert "see you at 4" in last.content


async def test_what_was_shown_again_is_still_its_authors_and_can_be_taken_back(tmp_path: Path) -> None:
    """Somebody may tell an adult of it, who must not be the one that wrote it; and its author may take it back."""
    async with open_school(tmp_path) as stage:
        place, post = PlaceId(str(stage.team.id)), PostId("1")
        restore = Restore("c", place, post, PersonId("coach"), "see you at 4")
        await stage.discord.perform(Deed(DeedId("1"), "discord", restore))
        channel = stage.discord.client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        (message,) = [each async for each in channel.history()]
        origin = stage.discord.client.origin(message)
        removed = await stage.discord.perform(Deed(DeedId("2"), "discord", Remove("c", place, post)))
        left = stage.team.history()

    assert origin == (post, str(stage.people["coach"].id))
    assert removed.outcome is Outcome.DONE
    assert left == []


async def test_what_stands_there_in_part_is_not_taken_for_whole(tmp_path: Path) -> None:
    """A fault between two pieces leaves the first: it is found wanting, and only what is missing is sent."""
    async with open_school(tmp_path) as stage:
        deed = Deed(DeedId("1"), "discord", Restore("c", PlaceId(str(stage.team.id)), PostId("1"), None, LONG))
        await stage.discord.perform(deed)
        whole = [each.content for each in stage.team.history()]
        channel = stage.discord.client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        async for last in channel.history(limit=1):
            await last.delete()
        in_part = await stage.discord.find(deed)
        await stage.discord.perform(deed)
        found = await stage.discord.find(deed)
        again = [each.content for each in stage.team.history()]

    assert len(whole) > 2
    assert in_part.outcome is Outcome.NOT_DONE
    assert found.outcome is Outcome.DONE
    assert again == whole


async def test_what_is_shown_in_part_is_completed_and_taken_away_whole(tmp_path: Path) -> None:
    """A fault between two pieces must not leave the first one standing when the author takes it back."""
    async with open_school(tmp_path) as stage:
        place, coach = PlaceId(str(stage.team.id)), AccountId(str(stage.people["coach"].id))
        deed = Deed(DeedId("1"), "discord", Show("c", PersonId("coach"), coach, place, LONG), post=PostId("9"))
        await stage.discord.perform(deed)
        channel = stage.discord.client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        async for last in channel.history(limit=1):
            await last.delete()
        stage.discord.client.notebook.shown.clear()  # the fault came before anything was noted
        in_part = await stage.discord.find(deed)
        await stage.discord.perform(deed)
        stage.discord.client.notebook.shown.clear()
        found = await stage.discord.find(deed)
        removal = Deed(DeedId("2"), "discord", Remove("c", place, PostId("9")))
        removed = await stage.discord.perform(removal)
        left = [each.content for each in stage.team.history()]

    assert in_part.outcome is Outcome.NOT_DONE
    assert found.outcome is removed.outcome is Outcome.DONE
    assert left == []


async def test_what_was_sent_is_found_however_much_was_written_since(tmp_path: Path) -> None:
    """A team writes hundreds of messages while Discord does not answer us."""
    async with open_school(tmp_path) as stage:
        planned = stage.env.now()
        action = Restore("c", PlaceId(str(stage.team.id)), PostId("1"), PersonId("s1"), "see you at 4")
        deed = Deed(DeedId("1"), "discord", action, planned=planned)
        await stage.discord.perform(deed)
        for number in range(230):
            await stage.people["s1"].send(stage.team, f"line {number}")
        found = await stage.discord.find(deed)
        later = await stage.discord.find(replace(deed, planned=planned + timedelta(days=1)))

    assert found.outcome is Outcome.DONE
    assert later.outcome is Outcome.NOT_DONE


async def test_a_place_that_is_gone_cannot_be_closed(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        receipt = await stage.discord.perform(Deed(DeedId("1"), "discord", Close("c", PlaceId("private:9"))))

    assert receipt == Receipt(Outcome.REFUSED, "no such thread")


async def test_while_discord_refuses_everything_it_is_left_alone(tmp_path: Path) -> None:
    """Ten thousand refusals in ten minutes, and it shuts its door to the whole address."""
    async with open_school(tmp_path) as stage:
        now = datetime.now(UTC)
        for _ in range(1_000):
            stage.discord.breaker.note(403, now - WINDOW + timedelta(seconds=1))
        before = len(stage.env.http_requests)
        doing = asyncio.create_task(stage.discord.perform(tell(stage, "coach")))
        await asyncio.sleep(1)
        meanwhile = len(stage.env.http_requests)
        receipt = await doing

    assert meanwhile == before
    assert receipt.outcome is Outcome.DONE


async def test_a_coach_is_taken_out_of_a_voice_room(tmp_path: Path) -> None:
    """Only out of that room, and only who is still in it."""
    async with open_school(tmp_path) as stage:
        room, other = (stage.guild.create_voice_channel(each) for each in ("bus call", "lounge"))
        await stage.people["coach"].join_voice(room)
        elsewhere = Deed(DeedId("1"), "discord", Disconnect("c", PlaceId(str(other.id)), PersonId("coach")))
        there = Deed(DeedId("2"), "discord", Disconnect("c", PlaceId(str(room.id)), PersonId("coach")))
        missed = await stage.discord.perform(elsewhere)
        receipt = await stage.discord.perform(there)
        await stage.env.settle()

        assert (missed.outcome, receipt.outcome) == (Outcome.MOOT, Outcome.DONE)
        assert stage.people["coach"].id not in stage.guild.voice_states()
