"""What happens while the way to Discord is broken: nothing is lost, nothing is done twice."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

import discord
import pytest

from adapters.notebook import Notebook
from bot.actions import Close, Deed, DeedId, Lift, Relieve, Restore, Restrict, Show, Tell
from bot.message import MatterKind, PlaceId, PostId, Where, Words
from bot.notice import Notice
from bot.people import AccountId, PersonId
from bot.platform import Order, OrderKind, Outcome, Post, Readers, SpaceSeen
from tests.discord.channels import MANAGE_THREADS, READ_HISTORY, VIEW, Kind, Overwrite, Thread
from tests.discord.guilds import Role
from tests.discord.live import Campus, Connected, campus, connected
from tests.discord.server import Server, until
from tests.discord.stage import moderated
from tests.test_moderator import entries, outcomes

NOTE: Final = Notice("It was seen.", "Employee Guidelines 4", "Nothing.", "Nothing.", "Ask.")


def judged(folder: Path) -> list[dict[str, object]]:
    """Read the entries of messages that were judged."""
    return [each for each in entries(folder, "judged") if each["subject"] == "message"]


def alone(place: Campus) -> None:
    """Leave one student in the team."""
    for name in ("s2", "s3"):
        next(each for each in place.guild.members.values() if each.user is place.people[name]).leave()


async def test_posts_edits_and_deletions_of_an_outage_are_found(tmp_path: Path, server: Server) -> None:
    """Posts, an edit to an old message, and what is gone; each judged once, marked late, and never acted on twice."""
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        old = place.team.say(place.people["s1"], "see you at 4")
        place.team.say(place.people["s2"], "ok")
        await until(lambda: len(judged(tmp_path)) == 2)
    place.team.say(place.people["s3"], "me too")
    gone = place.team.say(place.people["s3"], "oops")
    gone.delete(place.people["s3"])
    old.edit("see you at 5")
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: len(judged(tmp_path)) == 4)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "last")
        await until(lambda: len(judged(tmp_path)) == 5)

    assert [each.get("late", False) for each in judged(tmp_path)] == [False, False, True, True, False]


async def test_what_a_coach_wrote_meanwhile_to_so_few_is_for_a_person(tmp_path: Path, server: Server) -> None:
    """Who could read it then is not known: others may have left since, and nobody is accused of that."""
    place = campus(server)
    alone(place)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: "restrict done" in outcomes(tmp_path))
    written = place.team.say(place.people["coach"], "Stay after class.")
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: any("case" in each for each in judged(tmp_path)))

    assert not written.deleted


async def test_a_malformed_event_never_ends_the_bot(tmp_path: Path, server: Server) -> None:
    """The library gives up on one it cannot read; the connection is made anew, and what came meanwhile is read."""
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "one")
        await until(lambda: len(judged(tmp_path)) == 1)
        server.gateway.dispatch("MESSAGE_CREATE", {"id": "not a message", "channel_id": str(place.team.id)})
        with server.gateway.losing():
            place.team.say(place.people["s1"], "two")
        await until(lambda: len(judged(tmp_path)) == 2, 60)
        place.team.say(place.people["s1"], "three")
        await until(lambda: len(judged(tmp_path)) == 3)


async def test_a_lost_session_is_read_anew(tmp_path: Path, server: Server) -> None:
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "one")
        await until(lambda: len(judged(tmp_path)) == 1)
        with server.gateway.losing():
            place.team.say(place.people["s1"], "two")
        server.gateway.invalidate()
        await until(lambda: len(judged(tmp_path)) == 2, 60)


@pytest.mark.parametrize("fault", ["cut", "refuse"])
async def test_a_note_that_may_have_been_sent_is_looked_up_and_seen_once(
    tmp_path: Path, server: Server, fault: str
) -> None:
    """The answer is lost after the work was done."""
    place = campus(server)
    alone(place)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        if fault == "cut":
            server.faults.cut("POST", "/channels/*/messages", times=1, applied=True)
        else:
            server.faults.refuse("POST", "/channels/*/messages", 502, times=5, applied=True)
        place.team.say(place.people["coach"], "Stay after class.")
        await until(lambda: "tell done" in outcomes(tmp_path), 60)

    assert len([each for each in server.seen(author=server.bot) if "Stay after class." in each.content]) == 1


async def test_a_rate_limit_is_waited_out(tmp_path: Path, server: Server) -> None:
    place = campus(server)
    alone(place)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        note = server.direct(place.people["coach"])
        server.faults.limit("POST", f"/channels/{note.id}/messages", 0.3)
        place.team.say(place.people["coach"], "Stay after class.")
        await until(lambda: "tell done" in outcomes(tmp_path), 60)

    assert not server.impatient_calls()
    assert "tell refused" not in outcomes(tmp_path)


async def test_a_private_thread_whose_members_cannot_be_asked_for_is_for_a_person(
    tmp_path: Path, server: Server
) -> None:
    """The message is not lost, and nobody pretends to know who reads."""
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        thread = place.team.thread(place.people["coach"], "captains", private=True)
        thread.add(place.people["s1"])
        server.faults.cut("GET", "/channels/*/thread-members", times=None)
        thread.say(place.people["coach"], "Only you.")
        await until(lambda: bool(judged(tmp_path)), 100)

    (entry,) = judged(tmp_path)
    assert entry["readers"] == "unknown"
    assert "case" in entry


async def open_matter(place: Campus, live: Connected, folder: Path) -> Thread:
    """Let the coach write to one student about their health, and give the thread that was opened for it."""
    coach, student = (AccountId(str(place.people[each].id)) for each in ("coach", "s1"))
    readers, words = Readers(frozenset({student}), frozenset({student})), (Words(Where.BODY, "Your physical."),)
    now = datetime.now(UTC)
    post = Post("discord", PlaceId("private:1"), PostId("1"), coach, now, readers, words, matter=MatterKind.MEDICAL)
    live.discord.client.tell(Order(OrderKind.PRIVATE, post, opens=True))
    await until(lambda: "show done" in outcomes(folder), 60)
    (thread,) = place.guild.threads
    return thread


def copied(folder: Path) -> list[dict[str, object]]:
    """Pick the messages of which a copy was owed."""
    owed = [(each, found) for each in judged(folder) for found in cast("list[Any]", each.get("found", []))]
    return [each for each, found in owed if "copy" in found["measures"]]


async def test_what_a_coach_wrote_meanwhile_in_a_private_matter_is_copied_though_the_student_has_left(
    tmp_path: Path, server: Server
) -> None:
    """The student may have read it before they went."""
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        thread = await open_matter(place, live, tmp_path)
    thread.say(place.people["coach"], "Your surgery is on Friday.")
    next(each for each in place.guild.members.values() if each.user is place.people["s1"]).leave()
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: bool(judged(tmp_path)), 60)

    assert copied(tmp_path)


async def test_what_a_coach_writes_in_a_private_matter_while_the_student_is_away_is_copied(
    tmp_path: Path, server: Server
) -> None:
    """Whoever leaves a thread and comes back reads what was written meanwhile. So it is after a start, too."""
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        thread = await open_matter(place, live, tmp_path)
        thread.remove(place.people["s1"])
        thread.say(place.people["coach"], "Your surgery is on Friday.")
        await until(lambda: len(copied(tmp_path)) == 1)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        thread.say(place.people["coach"], "Be there at eight.")
        await until(lambda: len(copied(tmp_path)) == 2)
        thread.add(place.people["s1"])


async def test_what_is_written_in_a_private_matter_that_discord_says_nothing_of_is_copied(
    tmp_path: Path, server: Server
) -> None:
    """The library let the thread go when it was put away, and Discord does not answer what it is."""
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        thread = await open_matter(place, live, tmp_path)
        thread.change({"archived": True})
        await until(lambda: live.discord.client.get_channel(thread.id) is None)
        server.faults.cut("GET", f"/channels/{thread.id}", times=None)
        thread.say(place.people["coach"], "Your surgery is on Friday.")
        await until(lambda: bool(judged(tmp_path)), 100)

    (entry,) = copied(tmp_path)
    assert entry["readers"] == "unknown"
    assert "case" in entry


async def test_what_was_written_in_a_thread_that_was_put_away_is_found(tmp_path: Path, server: Server) -> None:
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: bool(entries(tmp_path, "judged")))
    thread = place.team.thread(place.people["s1"], "bus")
    thread.say(place.people["s1"], "who has a seat left")
    thread.change({"archived": True})
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: bool(judged(tmp_path)), 100)

    assert [each.get("late") for each in judged(tmp_path)] == [True]


@pytest.mark.parametrize("what", ["messages", "threads/archived/public"])
async def test_a_place_of_which_discord_did_not_answer_is_tried_again_without_a_new_connection(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """A connection holds for weeks: so long nobody would get a copy of what was written, nor look at it."""
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "one")
        await until(lambda: len(judged(tmp_path)) == 1)
    back_date(live.discord.client.notebook, timedelta(days=20))
    place.team.say(place.people["s1"], "two", at=datetime.now(UTC) - timedelta(days=18))
    thread = place.team.thread(place.people["s1"], "bus")
    thread.say(place.people["s1"], "who has a seat left", at=datetime.now(UTC) - timedelta(days=18))
    thread.change({"archived": True})
    thread.archived_at -= timedelta(days=17)
    monkeypatch.setattr("adapters.discord.failures.PAUSES", (timedelta(seconds=0.2),))
    monkeypatch.setattr("adapters.discord.platform.NOTED_EVERY", timedelta())
    server.faults.refuse("GET", f"/channels/{place.team.id}/{what}", 503, times=2)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s2"], "three")
        await until(lambda: len(judged(tmp_path)) == 4, 60)
        await until(lambda: not live.discord.client.notebook.unread)

    assert server.gateway.counted["IDENTIFY"] == 2


@pytest.mark.parametrize("archived", [False, True])
async def test_a_thread_that_was_begun_early_in_a_long_outage_is_read_from_its_first_word(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, *, archived: bool
) -> None:
    """It has no mark of its own. How far the other places are read meanwhile says nothing of how long we were away."""
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "one")
        await until(lambda: len(judged(tmp_path)) == 1)
    back_date(live.discord.client.notebook, timedelta(days=20))
    thread = place.team.thread(place.people["s1"], "bus")
    thread.say(place.people["s1"], "who has a seat left", at=datetime.now(UTC) - timedelta(days=18))
    thread.change({"archived": archived})
    thread.archived_at -= timedelta(days=17)
    place.team.say(place.people["s1"], "two")
    monkeypatch.setattr("adapters.discord.platform.NOTED_EVERY", timedelta())
    server.faults.delay("GET", f"/channels/{place.private.id}/messages", 5)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: len(judged(tmp_path)) == 3, 60)


def back_date(notebook: Notebook, by: timedelta) -> None:
    """Let all that is remembered of how far places are read be so much older."""
    milliseconds = by // timedelta(milliseconds=1)
    for page in (notebook.marks, notebook.began):
        page.update({place: str(max(int(last) - (milliseconds << 22), 0)) for place, last in page.items()})
    notebook.write()


async def test_what_was_named_meanwhile_is_looked_at(tmp_path: Path, server: Server) -> None:
    """Titles of posts and threads, also of those put away, events, and emoji: no message carries their names."""
    place = campus(server)
    forum, old = place.guild.channel(Kind.FORUM, "questions"), place.guild.emoji("kill_jordan")
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "one")
        await until(lambda: len(judged(tmp_path)) == 1)
    post, thread = forum.thread(place.people["s1"], "loser of the week"), place.team.thread(place.people["s1"], "bus")
    put_away = place.team.thread(place.people["s1"], "waste of space")
    put_away.say(place.people["s1"], "ok")
    put_away.change({"archived": True})
    event, emoji = place.guild.event("party, bring your own"), place.guild.emoji("jordan_is_a_loser")
    async with connected(place, tmp_path) as live:
        heard = [live.discord._heard.get_nowait() for _ in range(live.discord._heard.qsize())]
    seen = {str(each.place) for each in heard if isinstance(each, SpaceSeen)}

    assert {str(each.id) for each in (post, thread, put_away)} <= seen
    assert {f"event:{event}", f"emoji:{emoji}"} <= seen
    assert f"emoji:{old}" not in seen


async def test_a_place_that_cannot_be_read_is_told_of_and_read_the_next_time(tmp_path: Path, server: Server) -> None:
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "one")
        await until(lambda: len(judged(tmp_path)) == 1)
    place.team.say(place.people["s1"], "two")
    server.faults.refuse("GET", f"/channels/{place.team.id}/messages", 403, 50001, times=None)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "three")
        await until(lambda: len(judged(tmp_path)) == 2)
    unread = Notebook(live.discord.client.notebook.path).unread
    server.faults.planned.clear()
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: len(judged(tmp_path)) == 3)

    assert live.discord.client.notebook.unread == {}
    assert unread == {str(place.team.id): "answered 403 (50001)"}


@pytest.mark.parametrize("by_role", [False, True])
async def test_what_was_written_in_a_place_while_it_was_closed_to_us_is_read_once_it_is_opened(
    tmp_path: Path, server: Server, *, by_role: bool
) -> None:
    """Somebody moved the channel, or took a permission from us, and mended it: Discord tells nothing of meanwhile."""
    place, ours = hideable(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        thread = place.team.thread(place.people["s1"], "bus")
        place.team.say(place.people["s1"], "one")
        await until(lambda: len(judged(tmp_path)) == 1)
        close(place, ours, by_role=by_role)
        await until(lambda: not sees(place, live))
        place.team.say(place.people["s1"], "two")
        thread.say(place.people["s2"], "who has a seat left")
        close(place, ours, by_role=by_role, again=False)
        place.team.say(place.people["s1"], "three")
        await until(lambda: len(judged(tmp_path)) == 4, 100)


async def test_what_was_written_while_a_role_of_ours_was_gone_is_read_once_the_place_is_opened(
    tmp_path: Path, server: Server
) -> None:
    """Somebody tidied up the roles, and let us see the channel by name later."""
    place, ours = hideable(server)
    listener, everyone = place.guild.role("listener", VIEW | READ_HISTORY), place.guild.everyone
    place.guild.members[server.bot.id].change(roles=[ours, listener])
    place.guild.change_role(everyone, 0)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "one")
        await until(lambda: len(judged(tmp_path)) == 1)
        place.team.hidden = True
        place.guild.delete_role(listener)
        await until(lambda: not sees(place, live))
        place.team.say(place.people["s1"], "two")
        place.team.hidden = False
        place.team.set_overwrites(Overwrite(ours.id, is_member=False, allow=VIEW | READ_HISTORY))
        await until(lambda: len(judged(tmp_path)) == 2, 60)


async def test_a_thread_that_was_put_away_while_its_channel_was_closed_for_long_is_read(
    tmp_path: Path, server: Server
) -> None:
    """All other places went on meanwhile, so no outage reaches back that far."""
    place, ours = hideable(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        thread = place.team.thread(place.people["s1"], "bus")
        thread.say(place.people["s1"], "one")
        place.team.say(place.people["s1"], "two")
        await until(lambda: len(judged(tmp_path)) == 2)
        marks, reached = live.discord.client.notebook.marks, live.discord.catching_up._reached
        await until(lambda: str(thread.id) in marks or str(thread.id) in reached)
        live.discord.catching_up.note()
        close(place, ours, by_role=False)
        await until(lambda: not sees(place, live))
        thread.say(place.people["s2"], "three")
        thread.change({"archived": True})
        begun = place.team.thread(place.people["s1"], "snacks")
        begun.say(place.people["s2"], "four")
        begun.change({"archived": True})
        now = datetime.now(UTC) + timedelta(days=12)
        marks["1"] = str(discord.utils.time_snowflake(now))
        live.discord.catching_up._now = lambda: now
        thread.hidden = begun.hidden = False
        close(place, ours, by_role=False, again=False)
        await until(lambda: len(judged(tmp_path)) == 4, 60)


def hideable(server: Server) -> tuple[Campus, Role]:
    """Put up a server whose channels can be hidden from us, and give the one role that is ours."""
    place = campus(server)
    (ours,) = place.guild.members[server.bot.id].roles
    place.guild.change_role(ours, MANAGE_THREADS)
    return place, ours


def sees(place: Campus, live: Connected) -> bool:
    """Say whether we may see the team's channel, as the library knows it."""
    channel = live.discord.client.get_channel(place.team.id)
    assert isinstance(channel, discord.TextChannel)
    return channel.permissions_for(channel.guild.me).view_channel


def close(place: Campus, ours: Role, *, by_role: bool, again: bool = True) -> None:
    """Take from us what we need to see the team's channel, or give it back."""
    hidden = [place.team, *place.guild.threads]
    for each in hidden:
        each.hidden = again
    if by_role:
        place.guild.change_role(place.guild.everyone, 0 if again else VIEW | READ_HISTORY)
    else:
        place.team.set_overwrites(Overwrite(ours.id, is_member=False, deny=VIEW if again else 0))


async def test_a_message_in_a_thread_that_the_library_does_not_know_is_not_passed_over(
    tmp_path: Path, server: Server
) -> None:
    """It is asked for; where Discord does not answer, the message is told with nobody knowing who reads."""
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        with server.gateway.losing():
            thread = place.team.thread(place.people["s1"], "bus")
        thread.say(place.people["s1"], "who has a seat left")
        await until(lambda: bool(judged(tmp_path)), 100)

    assert len(judged(tmp_path)) == 1


async def test_what_was_written_before_we_came_is_never_judged(tmp_path: Path, server: Server) -> None:
    """Not at the first start, nor at a later one that reads two days back."""
    place = campus(server)
    place.team.say(place.people["coach"], "Last year's plan.")
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "one")
        await until(lambda: len(judged(tmp_path)) == 1)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "two")
        await until(lambda: len(judged(tmp_path)) == 2)

    assert len(judged(tmp_path)) == 2


async def test_what_was_written_before_we_came_to_another_server_is_never_judged(
    tmp_path: Path, server: Server
) -> None:
    """Its history is not ours to judge; what is written from then on is, also while we are away."""
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "one")
        await until(lambda: len(judged(tmp_path)) == 1)
    other = server.guild("Alder Brook Middle")
    other.member(place.people["coach"])
    club = other.text_channel("chess")
    club.say(place.people["coach"], "Last year's plan.")
    for text in ("two", "three"):
        async with connected(place, tmp_path, also=(other,)) as live, moderated(live, tmp_path):
            club.say(place.people["s1"], text)
            await until(lambda: any(each["by"] == "student" for each in judged(tmp_path)[1:]))
        club.say(place.people["s2"], f"after {text}")
    async with connected(place, tmp_path, also=(other,)) as live, moderated(live, tmp_path):
        await until(lambda: len(judged(tmp_path)) == 5)

    assert [each["by"] for each in judged(tmp_path)] == ["student"] * 5


async def test_what_was_written_before_we_came_is_not_judged_when_it_is_pinned(tmp_path: Path, server: Server) -> None:
    """Then, and when a thread is opened on it, Discord tells of it anew. Who changes its words changes it now."""
    place = campus(server)
    old = place.team.say(place.people["coach"], "Last year's plan.")
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "one")
        await until(lambda: len(judged(tmp_path)) == 1)
        old.unfurl()
        place.team.say(place.people["s1"], "two")
        await until(lambda: len(judged(tmp_path)) == 2)
        old.edit("This year's plan.")
        await until(lambda: len(judged(tmp_path)) == 3)

    assert [each["by"] for each in judged(tmp_path)] == ["student", "student", "advisor"]


async def test_what_somebody_pins_is_the_places_and_never_theirs(tmp_path: Path, server: Server) -> None:
    """Live and after an outage. Whoever wrote it answers for it as a message; whoever comes by reads it as a pin."""
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        written = place.team.say(place.people["coach"], "Get around the filter with NordVPN.")
        await until(lambda: len(judged(tmp_path)) == 1)
        written.pin(place.people["s1"])
        await until(lambda: live.discord.client.pins.holds(place.team.id, written.id))
        place.team.say(place.people["s2"], "ok")
        await until(lambda: len(judged(tmp_path)) == 2)
    written.pin(place.people["s3"])
    place.team.say(place.people["principal"], "ok")
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: len(judged(tmp_path)) == 3, 60)

    assert [each["by"] for each in judged(tmp_path)] == ["advisor", "student", "employee"]


async def test_what_was_pinned_while_the_connection_was_lost_is_read(tmp_path: Path, server: Server) -> None:
    """A connection that begins anew tells nothing of it, and the next pin may be months away."""
    place = campus(server)
    async with connected(place, tmp_path) as live:
        written = place.team.say(place.people["s1"], "jordan is a waste of space")
        pins, channel = live.discord.client.pins, live.discord.client.get_channel(place.team.id)
        assert isinstance(channel, discord.TextChannel)
        await until(lambda: pins.of(channel) == ())
        with server.gateway.losing():
            written.pin(place.people["s1"])
        server.gateway.invalidate()
        await until(lambda: pins.holds(place.team.id, written.id))


async def test_what_was_put_away_before_we_came_is_never_judged(tmp_path: Path, server: Server) -> None:
    """A later start looks among the threads that were put away for what it missed; this is none of it."""
    place = campus(server)
    thread = place.team.thread(place.people["coach"], "bus")
    thread.say(place.people["coach"], "Last week's plan.")
    thread.change({"archived": True})
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: bool(entries(tmp_path, "judged")))
    thread.change({"archived": False})
    thread.say(place.people["s1"], "who has a seat left")
    thread.change({"archived": True})
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: bool(judged(tmp_path)), 100)
        place.team.say(place.people["s1"], "one")
        await until(lambda: any(not each.get("late") for each in judged(tmp_path)))

    assert [each.get("late", False) for each in judged(tmp_path)] == [True, False]


def shown(place: Campus, id_: str) -> Deed:
    """Let the coach write to one student, with the principal beside them, always in the same thread."""
    coach, student = (AccountId(str(place.people[each].id)) for each in ("coach", "s1"))
    opened_as, overseers = PlaceId("private:1"), (PersonId("principal"),)
    show = Show("c", PersonId("coach"), coach, opened_as, "Your physical.", (student,), overseers)
    return Deed(DeedId(id_), "discord", show, post=PostId(id_))


async def heard(place: Campus, live: Connected) -> None:
    """Let all be heard that happened so far."""
    last = place.team.say(place.people["s2"], "ok")
    await until(lambda: live.discord.client.last_heard == last.id)


async def test_a_private_thread_that_was_put_away_is_woken_and_one_that_was_closed_is_not(
    tmp_path: Path, server: Server
) -> None:
    """Discord puts away what nobody writes in for a day, and then lets nobody in, nor anybody be taken out."""
    place = campus(server)
    principal, director = (place.people[each] for each in ("principal", "director"))
    async with connected(place, tmp_path) as live:
        await live.discord.perform(shown(place, "1"))
        (thread,) = place.guild.threads
        thread.remove(place.people["s1"])
        thread.change({"archived": True})
        await heard(place, live)
        again = await live.discord.perform(shown(place, "2"))
        people = {*thread.members}
        thread.change({"archived": True})
        await heard(place, live)
        relieve = Relieve("c", PlaceId("private:1"), (PersonId("principal"),), (PersonId("director"),))
        relieved = await live.discord.perform(Deed(DeedId("3"), "discord", relieve))
        others = {*thread.members}
        await live.discord.perform(Deed(DeedId("4"), "discord", Close("c", PlaceId("private:1"))))
        await heard(place, live)
        await live.discord.perform(shown(place, "5"))
        threads = [each.id for each in place.guild.threads]

    assert again.outcome is relieved.outcome is Outcome.DONE
    assert {place.people["s1"].id, principal.id} <= people
    assert director.id in others
    assert principal.id not in others
    assert len(threads) == 2
    assert thread.archived
    assert thread.locked


async def test_who_takes_no_direct_messages_reads_all_notes_in_one_thread_though_it_was_put_away(
    tmp_path: Path, server: Server
) -> None:
    """Nobody writes there for a day, and the library lets it go. A note that stands in it is not written again."""
    place = campus(server)
    coach = place.people["coach"]
    coach.takes_direct_messages = False
    first, second = (Deed(DeedId(each), "discord", Tell("c", PersonId("coach"), AccountId(""), NOTE)) for each in "12")
    async with connected(place, tmp_path) as live:
        await live.discord.perform(first)
        (thread,) = place.guild.threads
        thread.remove(coach)
        thread.change({"archived": True})
        await until(lambda: live.discord.client.get_channel(thread.id) is None)
        found = await live.discord.find(first)
        done = await live.discord.perform(second)

    assert found.outcome is done.outcome is Outcome.DONE
    assert place.guild.threads == [thread]
    assert coach.id in thread.members
    assert len(server.seen(channel=thread, author=server.bot)) == 2


async def test_what_was_taken_from_a_thread_is_given_back_and_its_lock_lifted_though_it_was_put_away(
    tmp_path: Path, server: Server
) -> None:
    """Nobody decides within a day, and the library lets a thread go that is put away."""
    place = campus(server)
    async with connected(place, tmp_path) as live:
        thread = place.team.thread(place.people["coach"], "captains", private=True)
        there, post = PlaceId(str(thread.id)), PostId("7")
        await until(lambda: live.discord.client.get_channel(thread.id) is not None)
        restricted = await live.discord.perform(Deed(DeedId("1"), "discord", Restrict("c", there)))
        thread.change({"archived": True})
        await until(lambda: live.discord.client.get_channel(thread.id) is None)
        lifted = await live.discord.perform(Deed(DeedId("2"), "discord", Lift("c", there)))
        thread.change({"archived": True})
        await until(lambda: live.discord.client.get_channel(thread.id) is None)
        restore = Restore("c", there, post, PersonId("coach"), "Warm-ups are yours.")
        restored = await live.discord.perform(Deed(DeedId("3"), "discord", restore, post=post))

    assert restricted.outcome is lifted.outcome is restored.outcome is Outcome.DONE
    assert not thread.locked
    assert server.seen(channel=thread, author=server.bot, text="Warm-ups are yours.")


async def test_a_place_on_a_server_that_is_away_is_closed_once_the_server_is_back(
    tmp_path: Path, server: Server
) -> None:
    """What cannot be done meanwhile does not count as done: nobody would look at it again."""
    place = campus(server)
    alone(place)
    server.gateway.away.add(place.guild.id)
    restrict = Deed(DeedId("1"), "discord", Restrict("c", PlaceId(str(place.team.id))))
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        receipt = await live.discord.perform(restrict)
        server.gateway.come_back(place.guild.id)
        await until(lambda: "restrict done" in outcomes(tmp_path), 100)

    assert receipt.outcome is Outcome.MOOT


async def test_what_is_written_to_us_alone_while_we_do_not_hear_it_is_read(tmp_path: Path, server: Server) -> None:
    """By whoever wrote to us before, or got a note of ours: they go on as if we were there, and wait for help."""
    place = campus(server)
    student, coach = (server.direct(place.people[each]) for each in ("s1", "coach"))
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        student.say(place.people["s1"], "are you there")
        await until(lambda: len(entries(tmp_path, "reported")) == 1)
        note = Deed(DeedId("9"), "discord", Tell("c", PersonId("coach"), AccountId(""), NOTE))
        assert (await live.discord.perform(note)).outcome is Outcome.DONE
        with server.gateway.losing():
            student.say(place.people["s1"], "please help")
        server.gateway.invalidate()
        await until(lambda: len(entries(tmp_path, "reported")) == 2, 60)
    student.say(place.people["s1"], "they hit me")
    coach.say(place.people["coach"], "a student of mine is not safe")
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: len(entries(tmp_path, "reported")) == 4, 60)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        student.say(place.people["s1"], "thanks")
        await until(lambda: len(entries(tmp_path, "reported")) == 5, 60)

    assert not entries(tmp_path, "declined")


async def test_what_could_not_be_read_of_a_talk_is_read_later_whatever_is_written_there_meanwhile(
    tmp_path: Path, server: Server
) -> None:
    """A mark that went on with what is heard would hide a cry for help from every later start."""
    place = campus(server)
    student = server.direct(place.people["s1"])
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        student.say(place.people["s1"], "are you there")
        await until(lambda: len(entries(tmp_path, "reported")) == 1)
    student.say(place.people["s1"], "they hit me")
    server.faults.refuse("GET", f"/channels/{student.id}/messages", 403)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: bool(server.calls("GET", f"/channels/{student.id}/messages")))
        last = student.say(place.people["s1"], "hello")
        await until(lambda: len(entries(tmp_path, "reported")) == 2)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: len(entries(tmp_path, "reported")) == 3, 60)
        talks = live.discord.client.notebook.talks
        await until(lambda: talks[str(student.id)] == str(last.id))

    assert len(entries(tmp_path, "recalled")) == 3


async def test_what_could_not_be_read_of_a_talk_is_tried_again_without_a_new_connection(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection holds for weeks, and somebody waits for help. What is beyond us is not asked for again and again."""
    monkeypatch.setattr("adapters.discord.failures.PAUSES", (timedelta(seconds=0.2),))
    place = campus(server)
    student, coach = (server.direct(place.people[each]) for each in ("s1", "coach"))
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        student.say(place.people["s1"], "are you there")
        coach.say(place.people["coach"], "thanks")
        await until(lambda: len(entries(tmp_path, "reported")) == 2)
    student.say(place.people["s1"], "they hit me")
    server.faults.refuse("GET", f"/channels/{student.id}/messages", 503, times=2)
    server.faults.refuse("GET", f"/channels/{coach.id}/messages", 404, 10003, times=None)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: len(entries(tmp_path, "reported")) == 3, 60)
        last = student.say(place.people["s1"], "hello")
        talks = live.discord.client.notebook.talks
        await until(lambda: talks[str(student.id)] == str(last.id))

    assert len(server.calls("GET", f"/channels/{student.id}/messages")) == 3
    assert len(server.calls("GET", f"/channels/{coach.id}/messages")) == 1
    assert server.gateway.counted["IDENTIFY"] == 2


async def test_with_whom_we_talk_is_known_to_the_next_start_though_we_are_killed_at_once(
    tmp_path: Path, server: Server
) -> None:
    """Discord lists no direct messages for us: a first cry for help that is not written yet would never be found."""
    place = campus(server)
    student = server.direct(place.people["s1"])
    async with connected(place, tmp_path) as live:
        said = student.say(place.people["s1"], "they hit me")
        note = Deed(DeedId("9"), "discord", Tell("c", PersonId("coach"), AccountId(""), NOTE))
        assert (await live.discord.perform(note)).outcome is Outcome.DONE
        await until(lambda: live.discord.client.last_heard == said.id)
        left = Notebook(live.discord.client.notebook.path).talks

    assert {*left} == {str(student.id), str(server.direct(place.people["coach"]).id)}
    assert left[str(student.id)] == str(said.id - 1)


async def test_an_old_message_that_somebody_tells_of_is_heard_also_where_its_thread_was_put_away(
    tmp_path: Path, server: Server
) -> None:
    """It was written before we came, and the library does not know its thread: an adult has to see what it said."""
    place = campus(server)
    thread = place.team.thread(place.people["s2"], "bus")
    written = thread.say(place.people["s2"], "nobody likes you")
    thread.change({"archived": True})
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: server.calls("PUT", "/applications/*/guilds/*/commands"))
        opened = server.interactions.on_message(place.people["s1"], "Tell a teacher", written)
        await until(lambda: opened.answer is not None)
        told: dict[str, str | list[str]] = {"reason": "1", "adult": ["anybody"], "more": ""}
        server.interactions.submit(place.people["s1"], opened, told)
        await until(lambda: bool(entries(tmp_path, "recalled")))

    assert [each["by"] for each in judged(tmp_path)] == ["student"]
