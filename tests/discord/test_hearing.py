"""What is heard on Discord, through the real library and a Discord that somebody else wrote."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import pytest
from simcord.backend import serializers

from bot.guard import Guard
from bot.message import PlaceId, Where
from bot.people import AccountId
from bot.platform import Deletion, Post, ProfileSeen, Report, SpaceSeen
from tests.discord.live import campus, connected
from tests.discord.server import Server, until
from tests.discord.stage import School, moderated, open_school
from tests.district import SOCCER
from tests.test_moderator import outcomes


def accounts(stage: School, names: Iterable[str]) -> frozenset[AccountId]:
    """Name the accounts of people."""
    return frozenset(AccountId(str(stage.people[each].id)) for each in names)


async def posts(stage: School) -> list[Post]:
    """Take the posts that were heard."""
    return [each for each in await stage.heard() if isinstance(each, Post)]


async def test_a_message_is_heard_with_everybody_who_can_read_it(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        sent = await stage.people["coach"].send(stage.team, "Bus at 4.")
        (post,) = await posts(stage)

    assert (post.place, post.id, post.team) == (PlaceId(str(stage.team.id)), str(sent.id), SOCCER)
    assert post.author == str(stage.people["coach"].id)
    assert [(each.where, each.text) for each in post.words] == [(Where.BODY, "Bus at 4.")]
    readers = accounts(stage, ("coach", "s1", "s2", "s3", "principal", "director"))
    owner = {AccountId(str(stage.guild.owner.id))}
    assert post.readers.accounts == readers | owner, "the owner reads everything, and is nobody the rule counts"
    assert post.readers.members == readers, "and is no member of the place"


async def test_an_edit_is_a_new_revision_however_old_the_message(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        sent = await stage.people["s1"].send(stage.team, "see you at 4")
        await stage.env.advance_time(60)
        await stage.people["s1"].edit(sent, "see you at 5")
        first, second = await posts(stage)

    assert (first.id, first.revision) == (second.id, "")
    assert second.revision
    assert [each.text for each in second.words] == ["see you at 5"]
    assert second.sent_at > first.sent_at


async def test_a_deletion_is_heard(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        sent = await stage.people["s1"].send(stage.team, "oops")
        await stage.people["s1"].delete(sent)
        gone = [each for each in await stage.heard() if isinstance(each, Deletion)]

    assert [(each.place, each.id) for each in gone] == [(str(stage.team.id), str(sent.id))]


async def test_a_forward_has_its_words_in_it(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        sent = await stage.people["s1"].send(stage.team, "who took my shin guards")
        await stage.people["s2"].forward(sent, stage.team)
        _, forwarded = await posts(stage)

    assert [(each.where, each.text) for each in forwarded.words] == [(Where.FORWARD, "who took my shin guards")]


async def test_a_private_thread_is_read_by_who_was_added(tmp_path: Path) -> None:
    """The library itself would say that the whole team reads it."""
    async with open_school(tmp_path) as stage:
        channel = stage.discord.client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        thread = await channel.create_thread(name="captains", type=discord.ChannelType.private_thread)
        for name in ("coach", "s1"):
            await thread.add_user(discord.Object(stage.people[name].id))
        await stage.env.settle()
        handle = next(each for each in stage.team.threads if each.id == thread.id)
        await stage.people["coach"].send(handle, "Only you.")
        post = next(each for each in await posts(stage) if each.place == str(thread.id))

    assert post.readers.members == accounts(stage, ("coach", "s1"))
    assert accounts(stage, ("s2", "s3")).isdisjoint(post.readers.accounts)
    assert post.team == SOCCER


async def test_a_nickname_and_a_topic_are_heard(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        member = stage.discord.client.guilds[0].get_member(stage.people["s1"].id)
        assert member is not None
        await member.edit(nick="Coach Marino")
        profiles = [each for each in await stage.heard() if isinstance(each, ProfileSeen)]
        channel = stage.discord.client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.edit(topic="carpool: 978-555-0142")
        await stage.heard()
        for place in stage.discord.client.guard.take_due(discord.utils.utcnow().replace(year=2099)):
            await stage.discord.client.look(place)
        spaces = [each for each in await stage.heard() if isinstance(each, SpaceSeen)]

    assert "Coach Marino" in [each.text for each in profiles[-1].words]
    seen = next(each for each in spaces if each.place == str(stage.team.id))
    assert "carpool: 978-555-0142" in [each.text for each in seen.words if each.where is Where.TOPIC]


async def seen(stage: School) -> SpaceSeen:
    """Look at the team's channel."""
    await stage.heard()
    await stage.discord.client.look(PlaceId(str(stage.team.id)))
    return next(each for each in await stage.heard() if isinstance(each, SpaceSeen))


def pinned(space: SpaceSeen) -> list[str]:
    """List what is pinned."""
    return [each.text for each in space.words if each.where is Where.PIN]


async def test_what_is_pinned_stands_in_a_place_until_it_is_changed_or_gone(tmp_path: Path) -> None:
    """It is read when there is time; a look never waits for it, and says that it does not know."""
    async with open_school(tmp_path) as stage:
        client, coach = stage.discord.client, stage.people["coach"]
        sent = await coach.send(stage.team, "This is a space of the school.")
        channel = client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.get_partial_message(sent.id).pin()
        first = await seen(stage)
        while client.pins.next_due() is not None:
            await client.read_pins()
        looked_again = PlaceId(str(stage.team.id)) in client.guard.take_due(datetime.max.replace(tzinfo=UTC))
        second = await seen(stage)
        await coach.edit(sent, "This is our space.")
        await stage.env.settle()
        await client.read_pins()
        third = await seen(stage)
        await coach.delete(sent)
        await stage.env.settle()
        await client.read_pins()
        last = await seen(stage)

    assert (first.pins_known, pinned(first)) == (False, [])
    assert looked_again
    assert (second.pins_known, pinned(second)) == (True, ["This is a space of the school."])
    assert (third.pins_known, pinned(third)) == (True, ["This is our space."])
    assert (last.pins_known, pinned(last)) == (True, [])


async def test_pins_that_discord_refuses_are_not_asked_for_again(tmp_path: Path) -> None:
    """And such a place is not taken for one without pins."""
    async with open_school(tmp_path) as stage:
        client = stage.discord.client
        channel = client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.delete()
        known = await client.pins.read(channel)
        due = client.pins.next_due()
        assert client.pins.of(channel) is None

    assert (known, due == stage.team.id) == (False, False)


async def test_an_emoji_of_ones_own_is_heard_by_its_name(tmp_path: Path) -> None:
    """Everybody can use it, and sees what it is called."""
    async with open_school(tmp_path) as stage:
        coach = stage.people["coach"].id
        await stage.heard()
        made = stage.env.backend.create_emoji(stage.guild.id, "losers", coach)
        await stage.env.settle()
        stage.env.backend.edit_emoji(stage.guild.id, made.id, {"name": "benchwarmers"})
        stage.env.backend.create_emoji(stage.guild.id, "heron", coach)
        told = [each for each in await stage.heard() if isinstance(each, SpaceSeen) and each.place.startswith("emoji:")]

    assert [[(words.where, words.text) for words in each.words] for each in told] == [
        [(Where.TAG, "losers")],
        [(Where.TAG, "benchwarmers")],
        [(Where.TAG, "heron")],
    ]


async def test_only_another_picture_is_a_new_picture(tmp_path: Path) -> None:
    """A new nickname beside the old picture gives nobody a picture to look at."""
    async with open_school(tmp_path) as stage:
        backend, coach = stage.env.backend, stage.people["coach"].id
        member = backend.get_guild(stage.guild.id).members[coach]
        for nick, avatar in (("Coach K", None), ("Coach K", "a" * 32), ("Coach Kim", "a" * 32)):
            member.nick, member.avatar = nick, avatar
            backend.announce_member_update(stage.guild.id, coach)
            await stage.env.settle()
        own = {"id": str(coach), "username": "coach", "discriminator": "0", "global_name": None, "avatar": "b" * 32}
        backend.emit(
            "GUILD_MEMBER_UPDATE",
            {
                **serializers.member_payload(backend, backend.get_guild(stage.guild.id), member),
                "user": own,
                "guild_id": str(stage.guild.id),
            },
        )
        seen = [each for each in await stage.heard() if isinstance(each, ProfileSeen)]

    assert [each.new_picture for each in seen if each.account == str(coach)] == [False, True, False, True]


async def test_a_webhook_is_nobody(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        await stage.guild.create_webhook(stage.team, "Coach Marino").send("Meet me after class.")
        (post,) = await posts(stage)

    assert post.relayed
    assert post.author.startswith("webhook:")


async def test_a_message_that_cannot_be_read_whole_is_for_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library may learn of something before we do; nothing is passed over in silence."""

    def fail(_: object) -> None:
        raise KeyError("a new kind of embed")

    async with open_school(tmp_path) as stage:
        monkeypatch.setattr("adapters.discord.telling.words_in", fail)
        sent = await stage.people["coach"].send(stage.team, "Stay after class.")
        (post,) = await posts(stage)

    assert post.id == str(sent.id)
    assert [each.text for each in post.words] == ["Stay after class."]
    assert not post.readers.known
    assert post.relayed


@pytest.mark.parametrize("kind", ["voice", "stage", "news"])
async def test_every_kind_of_channel_is_heard(tmp_path: Path, kind: str) -> None:
    async with open_school(tmp_path) as stage:
        make = getattr(stage.guild, f"create_{kind}_channel")
        channel = make(kind)
        await stage.people["s1"].send(channel, "hi")
        (post,) = await posts(stage)

    assert accounts(stage, ("parent", "stranger", "s2")) <= post.readers.accounts, "not who is connected"


@pytest.mark.parametrize("kind", ["voice", "stage"])
async def test_who_sees_a_room_but_may_not_connect_reads_nothing_in_it(tmp_path: Path, kind: str) -> None:
    """What a coach writes there to the one student who may would else pass as written to all who see its name."""
    async with open_school(tmp_path) as stage:
        room, guild = getattr(stage.guild, f"create_{kind}_channel")("office"), stage.discord.client.guilds[0]
        await stage.env.settle()
        channel, members = (
            guild.get_channel(room.id),
            [guild.get_member(stage.people[each].id) for each in ("coach", "s1")],
        )
        assert channel is not None
        await channel.set_permissions(guild.default_role, connect=False)
        for each in members:
            assert each is not None
            await channel.set_permissions(each, connect=True)
        await stage.heard()
        await stage.people["coach"].send(room, "Only you.")
        (post,) = await posts(stage)

    assert post.readers.accounts & accounts(stage, ("coach", "s1", "s2", "s3", "parent")) == accounts(
        stage, ("coach", "s1")
    )


async def test_what_automod_stops_is_judged_all_the_same(tmp_path: Path) -> None:
    """Nobody has read it; it may be a cry for help."""
    async with open_school(tmp_path) as stage:
        action = discord.AutoModRuleAction()
        trigger = discord.AutoModTrigger(keyword_filter=["*/bit.ly/*"])
        kind = discord.AutoModRuleEventType.message_send
        await stage.discord.client.guilds[0].create_automod_rule(
            name="x", event_type=kind, trigger=trigger, actions=[action], enabled=True
        )
        await stage.people["s1"].send(stage.team, "help https://bit.ly/x please")
        (post,) = await posts(stage)

    assert post.id.startswith("blocked:")
    assert "help" in post.words[0].text
    assert post.author == str(stage.people["s1"].id)


async def test_a_server_whose_members_are_not_known_fails_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can say who reads; then a person is asked, and nothing is removed."""
    async with open_school(tmp_path) as stage:
        monkeypatch.setattr(discord.Guild, "chunked", False)
        stage.discord.client.audiences.forget(stage.guild.id)
        await stage.people["coach"].send(stage.team, "Bus at 4.")
        (post,) = await posts(stage)

    assert not post.readers.known


async def test_who_is_timed_out_still_reads(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        member = stage.discord.client.guilds[0].get_member(stage.people["s2"].id)
        assert member is not None
        await member.timeout(timedelta(hours=1))
        await stage.people["coach"].send(stage.team, "Bus at 4.")
        post = (await posts(stage))[-1]

    assert accounts(stage, ["s2"]) <= post.readers.accounts


async def test_a_channel_that_left_its_category_is_read_by_its_own_permissions(tmp_path: Path) -> None:
    """What a category allows is copied into a channel, never inherited."""
    async with open_school(tmp_path) as stage:
        category = stage.guild.create_category("fall sports")
        channel = stage.guild.create_text_channel("swim", category=category)
        found = stage.discord.client.get_channel(category.id)
        assert isinstance(found, discord.CategoryChannel)
        await found.set_permissions(found.guild.default_role, view_channel=False)
        await stage.people["s1"].send(channel, "hi")
        post = (await posts(stage))[-1]

    assert accounts(stage, ("parent", "stranger")) <= post.readers.accounts


async def test_a_forum_post_is_read_by_who_reads_the_forum(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        forum = stage.guild.create_forum_channel("questions")
        found = stage.discord.client.get_channel(forum.id)
        assert isinstance(found, discord.ForumChannel)
        made = await found.create_thread(name="shin guards?", content="who has a spare pair")
        await stage.env.settle()
        thread = next(each for each in forum.threads if each.id == made.thread.id)
        await stage.people["s1"].send(thread, "me")
        heard = await stage.heard()
        post = next(each for each in heard if isinstance(each, Post) and each.place == str(thread.id))
        await stage.discord.client.look(PlaceId(str(thread.id)))
        seen = [each for each in await stage.heard() if isinstance(each, SpaceSeen)]

    assert accounts(stage, ("parent", "s2")) <= post.readers.accounts
    assert [each.text for each in seen[-1].words if each.where is Where.THREAD_NAME] == ["shin guards?"]


async def test_what_an_event_is_called_is_heard(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        start = (discord.utils.utcnow() + timedelta(days=1)).isoformat()
        stage.guild.create_scheduled_event("burn the mascot", start_time=start, entity_type=3, location="the gym")
        events = [each for each in await stage.heard() if isinstance(each, SpaceSeen)]

    assert "burn the mascot" in [each.text for seen in events for each in seen.words]


async def test_our_own_messages_are_not_heard(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        channel = stage.discord.client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.send("A card of ours.")
        heard = await posts(stage)

    assert heard == []


async def test_a_bot_of_somebody_else_is_nobody_unless_it_is_trusted(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        robot = stage.guild.add_member(stage.env.create_user("robot", bot=True), roles=[stage.roles["Soccer"]])
        await robot.send(stage.team, "hi")
        (unknown,) = await posts(stage)
        stage.discord.client.setup = replace(stage.discord.client.setup, trusted_apps=frozenset({robot.id}))
        await robot.send(stage.team, "hi")
        (trusted,) = await posts(stage)

    assert (unknown.relayed, trusted.relayed) == (True, False)
    assert str(robot.id) not in unknown.readers.accounts


@pytest.mark.parametrize("name", ["s1", "stranger"])
async def test_what_somebody_writes_to_us_alone_is_told_to_an_adult(tmp_path: Path, name: str) -> None:
    """It may be a cry for help, and nobody else reads it. The answer says that an adult looks."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        await stage.people[name].user.send_dm("please help")
        await stage.until(lambda: {"alert done", "tell done"} <= {*outcomes(tmp_path)})
        told = [each for each in stage.notes(name) if each != "please help"]

    assert "Thank you." in told[0]
    assert all("please help" not in each for each in stage.notes("principal") + stage.notes("coach"))


async def test_what_somebody_goes_on_to_write_belongs_to_the_same_case(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        user = stage.people["s1"].user
        first, second = [await user.send_dm(each) for each in ("please help", "it is about the bus")]
        await stage.env.advance_time(601)
        third = await user.send_dm("me again")
        reports = [each for each in await stage.heard() if isinstance(each, Report)]

    assert [each.id for each in reports] == [str(each.id) for each in (first, second, third)]
    assert [each.post for each in reports] == [f"report:{each.id}" for each in (first, first, third)]
    assert [[words.text for words in each.words] for each in reports][:2] == [["please help"], ["it is about the bus"]]
    assert {each.reporter for each in reports} == accounts(stage, ["s1"])


async def test_what_somebody_changes_in_what_they_wrote_to_us_is_told_too(tmp_path: Path) -> None:
    """Who begins with a hello may say in its place what is wrong. It belongs to the same case."""
    async with open_school(tmp_path) as stage:
        user = stage.people["s1"].user
        sent = await user.send_dm("hi")
        await stage.env.advance_time(5)
        await user.edit(sent, "please help")
        first, second = [each for each in await stage.heard() if isinstance(each, Report)]

    assert [words.text for words in second.words] == ["please help"]
    assert (first.post, first.reporter) == (second.post, second.reporter)
    assert first.id != second.id
    assert second.at > first.at


async def test_we_talk_to_no_bot_and_not_to_ourselves(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        await stage.env.create_user("robot", bot=True).send_dm("hi")
        user = await stage.discord.client.fetch_user(stage.people["s1"].id)
        await user.send("A note of ours.")

        assert await stage.heard() == []


async def test_what_we_posted_for_somebody_is_gone_by_the_order_it_was(tmp_path: Path) -> None:
    """Nothing is kept under the number of our own message."""
    async with open_school(tmp_path) as stage:
        channel = stage.discord.client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        posted = await channel.send("**coach:** Bus at 4.")
        stage.discord.client.notebook.shown[str(posted.id)] = ["77", str(stage.people["coach"].id)]
        await posted.delete()
        gone = [each for each in await stage.heard() if isinstance(each, Deletion)]

    assert [each.id for each in gone] == ["77"]


async def test_who_is_together_in_a_room_when_we_come_is_looked_at(tmp_path: Path) -> None:
    """Nobody comes or goes then, so Discord tells of nobody."""
    async with open_school(tmp_path) as stage:
        rooms = [stage.guild.create_voice_channel(each) for each in ("bus call", "alone")]
        for name, room in (("coach", rooms[0]), ("s1", rooms[0]), ("s2", rooms[1])):
            await stage.people[name].join_voice(room)
        client = stage.discord.client
        client.guard = Guard(timedelta(minutes=2))
        client.attend_rooms(client.guilds[0])
        soon, later = (client.guard.take_due(datetime.now(UTC) + timedelta(minutes=each)) for each in (1, 3))

    assert soon == []
    assert later == [str(rooms[0].id)]


@pytest.mark.parametrize("kind", [discord.MessageType.poll_result, discord.MessageType.thread_starter_message])
async def test_what_discord_writes_in_somebodys_name_is_held_against_nobody(
    tmp_path: Path, server: Server, kind: discord.MessageType
) -> None:
    """A poll ends days later, and a student opens a thread on what a coach wrote: neither is the coach's doing."""
    place = campus(server)
    ended = {"type": "poll_result", "fields": [{"name": "poll_question_text", "value": "When?"}]}
    async with connected(place, tmp_path) as live:
        place.team.say(place.people["coach"], embeds=[ended], more={"type": kind.value})
        last = place.team.say(place.people["coach"], "Bus leaves at 4.")
        await until(lambda: live.discord.client.last_heard == last.id)
        heard = [live.discord._heard.get_nowait() for _ in range(live.discord._heard.qsize())]

    assert [each.id for each in heard if isinstance(each, Post)] == [str(last.id)]
