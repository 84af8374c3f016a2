"""Says what is missing on each Discord server, in plain words, and how to mend it. It changes and asks nothing.

Everything is read from what the connection holds already; what it does not hold comes in as `Around`. Read it after
`Client.know_everybody`, with the members of each server known.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

import discord
from discord.abc import GuildChannel

from adapters.around import Surroundings, heard, roster_age, teams
from adapters.discord.audience import VOICE, Place, can_see
from adapters.discord.automod import Doing, Step
from adapters.discord.client import Client
from bot.checkup import Remark, Weight
from bot.message import PlaceId
from bot.people import AccountId, Office, PersonId, Role, SchoolId, TeamId

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "view_channel": "View Channels",
        "read_message_history": "Read Message History",
        "send_messages": "Send Messages",
        "send_messages_in_threads": "Send Messages in Threads",
        "create_public_threads": "Create Public Threads",
        "create_private_threads": "Create Private Threads",
        "attach_files": "Attach Files",
        "manage_messages": "Manage Messages",
        "manage_threads": "Manage Threads",
        "manage_roles": "Manage Roles",
        "manage_guild": "Manage Server",
        "moderate_members": "Timeout Members",
        "view_audit_log": "View Audit Log",
        "connect": "Connect",
        "speak": "Speak",
        "move_members": "Move Members",
        "kick_members": "Kick Members",
        "ban_members": "Ban Members",
        "manage_channels": "Manage Channels",
        "manage_webhooks": "Manage Webhooks",
    }
)
"""What Discord calls permissions. On a channel's own page, Manage Roles is called Manage Permissions."""

IN_VOICE: Final = ("connect", "speak")
IN_PRIVATE: Final = (
    *("view_channel", "read_message_history", "send_messages", "send_messages_in_threads"),
    *("create_private_threads", "manage_threads", "manage_messages"),
)
IN_TEAMS: Final = (*IN_PRIVATE, "create_public_threads", "attach_files", "manage_roles")
ON_SERVER: Final = ("moderate_members", "manage_guild", "view_audit_log")

PERMISSIONS: Final = discord.Permissions(**dict.fromkeys((*IN_TEAMS, *IN_VOICE, *ON_SERVER), True))
"""What we have to hold. Discord lets nobody deny others what they do not hold themselves, so `TAKEN` is among it."""

POWERS: Final = (
    *("kick_members", "ban_members", "moderate_members", "manage_guild", "manage_channels", "manage_roles"),
    *("manage_threads", "manage_messages", "manage_webhooks"),
)
"""With any of these a coach gets around something: a pause of direct messages, AutoMod, a closed place, a thread."""

WRITING: Final = ("send_messages", "create_public_threads", "create_private_threads")

FLAGS: Final = {
    "gateway_guild_members": "Server Members Intent",
    "gateway_message_content": "Message Content Intent",
}

NEVER_SHOWN: Final = (
    "Direct messages and group messages between people: Discord shows them to no bot. Only their pause on these "
    "servers, and rules that people keep, stand against them.",
    "Other servers, friends lists, and what people do elsewhere: Discord shows none of it to a bot.",
    "What is said aloud, shown by camera or shared as a screen in a voice room. Who is connected, and for how long, is "
    "seen.",
    "What a message said before an edit, and a message that was deleted, while Chaperone was down.",
    "A message before it is delivered: Chaperone takes it away after it was posted. Who has read it, or saw it on a "
    "locked screen, has read it. Only a closed place and AutoMod stop one beforehand.",
    "Whatever the server's owner and administrators write cannot be prevented, and nobody can time them out.",
)
"""What Discord never shows to a bot, and what cannot be done there, for `coverage`."""


@dataclass(frozen=True, slots=True)
class Around(Surroundings):
    """What the connection to a server cannot tell. `automod` is of the one server that is examined."""

    automod: Sequence[Step] = ()
    """What there is to do so that AutoMod is as it should be, and what cannot be done."""


def invitation(application_id: int) -> str:
    """Give the link by which whoever manages a server lets the bot in, with exactly what it needs."""
    return discord.utils.oauth_url(application_id, permissions=PERMISSIONS)


# The application


def overall(client: Client, around: Around) -> Iterator[Remark]:
    """Say what holds for all servers: what Discord grants, where we stand, how old the roster is, what was heard."""
    yield from _intents(client)
    yield from _servers(client)
    yield from _registered(client)
    yield from roster_age(around)
    yield from heard(around)


def _intents(client: Client) -> Iterator[Remark]:
    for flag, name in FLAGS.items():
        flags = client.application_flags
        if not (getattr(flags, flag) or getattr(flags, f"{flag}_limited")):
            mend = f"On the application's page, under Bot, switch on {name}. Then start Chaperone again."
            yield Remark(Weight.BROKEN, f"Discord does not grant the {name}.", mend)


def _servers(client: Client) -> Iterator[Remark]:
    joined = {each.id for each in client.guilds}
    for each in sorted(client.setup.servers - joined):
        mend = "Open the invitation link as somebody who manages that server, or take the id out of discord.servers."
        yield Remark(Weight.BROKEN, f"Chaperone is not on the server {each}.", mend)
    for guild in sorted(client.guilds, key=lambda guild: guild.id):
        if not client.serves(guild):
            mend = f"Add {guild.id} to discord.servers, or take the bot off that server."
            yield Remark(Weight.WEAK, f"Chaperone is on {guild.name}, which is not configured: it hears nothing.", mend)


def _registered(client: Client) -> Iterator[Remark]:
    """Compare what is registered with what is there and with the roster."""
    setup, lists = client.setup, client.directory.day
    places = [*setup.teams.items(), *((id_, f"private matters of {school}") for school, id_ in setup.private.items())]
    for id_, whose in places:
        if id_ in setup.teams and isinstance(client.get_channel(id_), discord.CategoryChannel):
            mend = "Register the channels in it, each by its own id."
            yield Remark(Weight.BROKEN, f"{id_} ({whose}) is a category, so none of its channels is registered.", mend)
        elif client.get_channel(id_) is None:
            mend = "Copy its id anew, or take it out of the settings. A thread that was put away is found nowhere."
            yield Remark(Weight.BROKEN, f"The channel {id_} ({whose}) is on none of our servers.", mend)
    running = {each.team: each.school for each in lists.lists.teams if each.runs(lists.day)}
    yield from teams(frozenset(setup.teams.values()), lists, "discord.teams: {} = [ID]")
    schools = {running[each] for each in setup.teams.values() if each in running}
    for school in sorted(schools - setup.private.keys()):
        mend = f"Make a channel for them, and name it under discord.private: {school} = ID."
        yield Remark(Weight.BROKEN, f"The school {school} has no channel for private matters: they are refused.", mend)


# One server


def examine(client: Client, guild: discord.Guild, around: Around) -> Iterator[Remark]:
    """Say what is missing on one server."""
    permissions = [*_permissions(client, guild)]
    yield from permissions or [Remark(Weight.FINE, "Chaperone has every permission that it needs.")]
    yield from _role_order(client, guild)
    if guild.chunked:
        yield from _escaping(client, guild)
        yield from _roles_of_coaches(client, guild)
    else:
        mend = "Switch on the Server Members Intent, and start Chaperone again."
        yield Remark(Weight.BROKEN, "Not all members are known, so nobody can say who reads what.", mend)
    for school, channel in _of_server(guild, client.setup.private):
        yield from _private(client, guild, school, channel)
    if guild.chunked:
        yield from _private_threads(client, guild)
        yield from _unlinked(client, guild)
        yield from _teams(client, guild)
    yield from _pause(client, guild, around.now)
    yield from _automod(around.automod)
    yield from _unread(client, guild)


def _of_server(
    guild: discord.Guild, registered: Mapping[SchoolId, int]
) -> Iterator[tuple[SchoolId, GuildChannel | discord.Thread]]:
    found = ((school, guild.get_channel_or_thread(id_)) for school, id_ in sorted(registered.items()))
    yield from ((school, channel) for school, channel in found if channel is not None)


def _team_places(client: Client, guild: discord.Guild) -> list[Place]:
    found = (guild.get_channel_or_thread(each) for each in client.setup.teams)
    return [each for each in found if each is not None]


def _permissions(client: Client, guild: discord.Guild) -> Iterator[Remark]:
    """Name each permission that we lack, with the channels where we do; a channel we cannot see lacks that alone."""
    ours = guild.me.guild_permissions
    if ours.administrator:
        mend = "Take Administrator from its role, and give it what the invitation link asks for."
        yield Remark(Weight.WEAK, "Chaperone is an administrator, which it does not need.", mend)
        return
    needs = [
        (each, (*IN_TEAMS, *(IN_VOICE if isinstance(each, VOICE) else ()))) for each in _team_places(client, guild)
    ]
    needs += [(each, IN_PRIVATE) for _, each in _of_server(guild, client.setup.private)]
    for name in (*IN_TEAMS, *IN_VOICE):
        asked = [channel for channel, wanted in needs if name in wanted]
        lacking = [each for each in asked if _lacks(each, guild.me, name)]
        if lacking:
            yield _missing(name, lacking, everywhere=not getattr(ours, name) and len(lacking) == len(asked))
        elif not asked and not getattr(ours, name) and name not in IN_VOICE:
            yield _missing(name, [], everywhere=True)
    also = ("move_members",) if client.setup.takes_out_of_voice else ()
    yield from (_missing(name, [], everywhere=True) for name in (*ON_SERVER, *also) if not getattr(ours, name))


def _lacks(channel: Place, member: discord.Member, name: str) -> bool:
    allowed = channel.permissions_for(member)
    return not getattr(allowed, name) and (allowed.view_channel or name == "view_channel")


def _missing(name: str, channels: Sequence[Place], *, everywhere: bool) -> Remark:
    weight = Weight.WEAK if name == "view_audit_log" else Weight.BROKEN
    called = NAMES[name]
    if everywhere:
        mend = f"Server Settings, Roles, Chaperone's role: allow {called}."
        return Remark(weight, f"Chaperone does not have the permission {called} on this server.", mend)
    on_page = "Manage Permissions" if name == "manage_roles" else called
    mend = f"Edit the channel, Permissions, Chaperone's role: allow {on_page}."
    return Remark(weight, f"Chaperone does not have the permission {called} in {_channels(channels)}.", mend)


def _channels(channels: Iterable[Place]) -> str:
    return ", ".join(sorted(f"#{each.name}" for each in channels))


def _role_order(client: Client, guild: discord.Guild) -> Iterator[Remark]:
    """Say which roles stand above ours: whoever holds one cannot be timed out."""
    above = [each for each in guild.roles if each > guild.me.top_role]
    mend = "Server Settings, Roles: drag Chaperone's role above it."
    for each in above:
        if each.name in client.setup.advisor_roles:
            yield Remark(Weight.BROKEN, f"The role {each.name} stands above Chaperone's own.", mend)
        elif guild.chunked and any(_is_watched(client, member) for member in each.members):
            what = f"The role {each.name} stands above Chaperone's own: its coaches and students cannot be timed out."
            yield Remark(Weight.WEAK, what, mend)


def _is_watched(client: Client, member: discord.Member) -> bool:
    """Say whether somebody is a coach, an advisor or a student."""
    return not member.bot and (client.is_advisor(member) or client.directory.is_student(_account(member)))


def _account(member: discord.Member) -> AccountId:
    return AccountId(str(member.id))


def _name(client: Client, member: discord.Member) -> str:
    """Name somebody as the roster does; who is not on it, as the server does."""
    person = client.directory.person(_account(member))
    return f"{member.display_name} (not linked)" if person is None else client.directory.name(person)


def _people(guild: discord.Guild) -> list[discord.Member]:
    return [each for each in guild.members if not each.bot]


def _escaping(client: Client, guild: discord.Guild) -> Iterator[Remark]:
    """Name the coaches and advisors whom nothing holds, or whom something does not."""
    for each in [member for member in _people(guild) if client.is_advisor(member)]:
        name = _name(client, each)
        if each.id == guild.owner_id:
            mend = "Server Settings, Members: hand the server over to an account of the district's office."
            yield Remark(Weight.BROKEN, f"{name} leads a team and owns this server: nothing holds an owner.", mend)
        elif each.guild_permissions.administrator:
            mend = "Take Administrator from every role of theirs."
            what = f"{name} leads a team and is an administrator: nothing holds an administrator."
            yield Remark(Weight.BROKEN, what, mend)
        elif held := _powers(client, guild, each):
            mend = "Take it from their roles, and from their channels. Whoever leads a team must hold none of these."
            what = f"{name} leads a team and holds {', '.join(held)}, and so gets around what is closed or paused."
            yield Remark(Weight.WEAK, what, mend)


def _powers(client: Client, guild: discord.Guild, member: discord.Member) -> list[str]:
    """List what somebody holds on the server, or in a channel that is registered."""
    held = member.guild_permissions.value
    for channel in (*_team_places(client, guild), *(each for _, each in _of_server(guild, client.setup.private))):
        held |= channel.permissions_for(member).value
    return [NAMES[each] for each in POWERS if getattr(discord.Permissions(held), each)]


def _roles_of_coaches(client: Client, guild: discord.Guild) -> Iterator[Remark]:
    there = {each.name for each in guild.roles}
    for name in sorted(client.setup.advisor_roles - there):
        mend = "Make it and give it to whom it is for, or take its name out of discord.advisor_roles."
        yield Remark(Weight.WEAK, f"There is no role called {name} here.", mend)
    named = client.setup.advisor_roles
    leading = [each for each in _people(guild) if client.directory.leads(_account(each))]
    without = [each for each in leading if named.isdisjoint(role.name for role in each.roles)]
    if without:
        names = ", ".join(sorted(_name(client, each) for each in without))
        mend = "Give them the role. Until then what is closed is closed to each of them by name."
        yield Remark(Weight.WEAK, f"These lead a team and hold no role of coaches and advisors: {names}.", mend)


# Private matters


def _private(client: Client, guild: discord.Guild, school: SchoolId, channel: Place) -> Iterator[Remark]:
    """Look at a school's channel for private matters."""
    if not isinstance(channel, discord.TextChannel):
        mend = "Make a text channel for them, and name that under discord.private: only there private threads can hang."
        yield Remark(Weight.BROKEN, f"#{channel.name}, for the private matters of {school}, is no text channel.", mend)
        return
    writing = _writing_roles(guild, channel)
    if writing:
        mend = f"Edit the channel, Permissions: deny {_listed(WRITING)} to @everyone, and to each role that allows it."
        what = f"People can write or open threads in #{channel.name} themselves: {', '.join(writing)}."
        yield Remark(Weight.BROKEN, what, mend)
    if guild.chunked:
        yield from _mute(guild, channel)
        yield from _blind(client, guild, school, channel)
        yield from _overseers(client, guild, school, channel)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(NAMES[each] for each in names)


def _writing_roles(guild: discord.Guild, channel: GuildChannel) -> list[str]:
    """Name the roles whose holders see a channel and can begin something in it. Administrators always can."""
    ours = {each for each in guild.me.roles if not each.is_default()}
    roles = [each for each in guild.roles if not each.is_bot_managed() and not each.permissions.administrator]
    roles = [each for each in roles if each not in ours]
    able = (each for each in roles if channel.permissions_for(each).view_channel and _can_begin(channel, each))
    return sorted(each.name for each in able)


def _can_begin(channel: GuildChannel, whose: discord.Role | discord.Member) -> bool:
    allowed = channel.permissions_for(whose)
    return any(getattr(allowed, each) for each in WRITING)


def _mute(guild: discord.Guild, channel: GuildChannel) -> Iterator[Remark]:
    allowed = (channel.permissions_for(each) for each in _people(guild))
    number = sum(each.view_channel and not each.send_messages_in_threads for each in allowed)
    if number:
        mend = f"Edit the channel, Permissions, @everyone: allow {NAMES['send_messages_in_threads']}."
        yield Remark(Weight.BROKEN, f"{number} who see #{channel.name} could not answer in a private matter.", mend)


def _blind(client: Client, guild: discord.Guild, school: SchoolId, channel: GuildChannel) -> Iterator[Remark]:
    """Count whom a private matter would not reach: nobody can be added to a thread whose channel they cannot see."""
    concerned = [each for each in _people(guild) if school in client.directory.schools(_account(each))]
    watched = [each for each in concerned if _is_watched(client, each)]
    number = sum(not channel.permissions_for(each).view_channel for each in watched)
    if number:
        mend = "Allow View Channel there to their roles. They see an empty channel, and only their own threads."
        what = f"{number} of {len(watched)} coaches and students of {school} here cannot see #{channel.name}: "
        yield Remark(Weight.WEAK, f"{what}a private matter does not reach them.", mend)


def _overseers(client: Client, guild: discord.Guild, school: SchoolId, channel: GuildChannel) -> Iterator[Remark]:
    """Say whether somebody who gets the copies could be let in: without them a private matter is refused."""
    directory = client.directory
    asked = (Office.PRINCIPAL, Office.ATHLETIC_DIRECTOR)
    held = [directory.day.offices.reached(school, each, directory.day.day, frozenset()) for each in asked]
    reached = [each is not None and _can_see(client, guild, each, channel) for each in held]
    missing = [str(office).replace("_", " ") for office, sees in zip(asked, reached, strict=True) if not sees]
    mend = "Fill offices.csv, link the account of whoever holds the office or stands in, and let them see the channel."
    if not any(reached):
        what = f"Neither the principal nor the athletic director of {school} can be let into #{channel.name}"
        yield Remark(Weight.BROKEN, f"{what}, nor who stands in: private matters are refused.", mend)
    elif missing:
        what = f"The {missing[0]} of {school}, or who stands in, cannot be let into #{channel.name}"
        yield Remark(Weight.WEAK, f"{what}: a matter that only they get the copy of is refused.", mend)


def _can_see(client: Client, guild: discord.Guild, person: PersonId, channel: GuildChannel) -> bool:
    """Say whether any account of somebody's sees a channel: with that one they are let in."""
    members = (guild.get_member(int(each)) for each in client.directory.accounts(person) if each.isdecimal())
    return any(channel.permissions_for(each).view_channel for each in members if each is not None)


# People


def _private_threads(client: Client, guild: discord.Guild) -> Iterator[Remark]:
    """Name the channels in which coaches or students can talk apart, seen only by who was added."""
    watched = [each for each in _people(guild) if _is_watched(client, each) and not _holds_all(each)]
    private = set(client.setup.private.values())
    text = [each for each in guild.text_channels if each.id not in private]
    able = {each: [one for one in watched if _opens_threads(each, one)] for each in text}
    channels = [each for each, people in able.items() if people]
    if channels:
        number = len({one.id for people in able.values() for one in people})
        mend = "Deny Create Private Threads to @everyone, and to each role that allows it, on the server and there."
        what = f"{number} coaches and students can open private threads, in {_channels(channels)}."
        yield Remark(Weight.WEAK, what, mend)


def _holds_all(member: discord.Member) -> bool:
    """Say whether somebody is an owner or administrator, to whom nothing can be denied."""
    return member.guild_permissions.administrator


def _opens_threads(channel: discord.TextChannel, member: discord.Member) -> bool:
    allowed = channel.permissions_for(member)
    return allowed.view_channel and allowed.create_private_threads


def _unlinked(client: Client, guild: discord.Guild) -> Iterator[Remark]:
    strangers = [each for each in _people(guild) if client.directory.person(_account(each)) is None]
    leading = [each for each in strangers if client.is_advisor(each)]
    if leading:
        names = ", ".join(sorted(each.display_name for each in leading))
        mend = "Let them type /link, or add a line for each to accounts.csv."
        yield Remark(Weight.BROKEN, f"These hold a role of coaches, and nobody knows who they are: {names}.", mend)
    if strangers:
        mend = "Let them type /link, or add a line for each to accounts.csv. Take whom nobody knows off the server."
        what = f"{len(strangers)} of {len(_people(guild))} members are linked to nobody: they count as no student."
        yield Remark(Weight.WEAK, what, mend)


def _teams(client: Client, guild: discord.Guild) -> Iterator[Remark]:
    """Count the members of each registered team who have no account, or whose account is not here."""
    there = {client.setup.teams[each] for each in client.setup.teams if guild.get_channel_or_thread(each) is not None}
    for team in sorted(there):
        members = _members(client, team)
        unlinked = [each for each in members if not client.directory.accounts(each)]
        elsewhere = [each for each in members if each not in unlinked and not _is_here(client, guild, each)]
        if unlinked:
            mend = "Let them type /link, or add a line for each to accounts.csv."
            what = f"{len(unlinked)} of {len(members)} members of {team} have no linked account: they are not counted."
            yield Remark(Weight.WEAK, what, mend)
        if elsewhere:
            mend = "Invite them."
            yield Remark(Weight.WEAK, f"{len(elsewhere)} of {len(members)} members of {team} are not here.", mend)


def _members(client: Client, team: TeamId) -> list[PersonId]:
    """List the active students of a team."""
    day = client.directory.day
    lines = (each for each in day.lists.teams if each.team == team and each.runs(day.day) and not each.part.leads)
    return sorted({each.person for each in lines if _is_student(client, each.person)})


def _is_student(client: Client, person: PersonId) -> bool:
    known = client.directory.day.people.get(person)
    return known is not None and known.has(Role.STUDENT)


def _is_here(client: Client, guild: discord.Guild, person: PersonId) -> bool:
    accounts = (each for each in client.directory.accounts(person) if each.isdecimal())
    return any(guild.get_member(int(each)) is not None for each in accounts)


# What is kept in step


def _pause(client: Client, guild: discord.Guild, now: datetime) -> Iterator[Remark]:
    until = guild.dms_paused_until
    if until is not None and until > now:
        yield Remark(Weight.FINE, f"Direct messages between people are paused until {until:%B %d at %H:%M} UTC.")
    elif client.setup.pause_direct_messages:
        mend = "Allow Chaperone Manage Server. If it has that, pause them by hand: Server Settings, Safety Setup."
        yield Remark(
            Weight.BROKEN, "Direct messages between people are not paused, though the settings ask for it.", mend
        )


def _automod(steps: Sequence[Step]) -> Iterator[Remark]:
    seen_to = "Leave Chaperone running: it is seen to within the hour."
    mends = {
        Doing.DELETE: seen_to,
        Doing.MAKE: seen_to,
        Doing.MEND: seen_to,
        Doing.NO_ROOM: "Server Settings, AutoMod: take out a rule of words that you do not need.",
        Doing.NOT_ALLOWED: "Allow Chaperone Manage Server.",
        Doing.FAILED: "It is tried again. If this stays, look at AutoMod in the server's settings.",
    }
    yield from (Remark(Weight.WEAK, str(each), mends[each.doing]) for each in steps)


def _unread(client: Client, guild: discord.Guild) -> Iterator[Remark]:
    for place, why in sorted(client.notebook.unread.items()):
        channel = client.channel_of(PlaceId(place))
        if channel is not None and channel.guild == guild:
            allow = f"Allow Chaperone View Channel and {NAMES['read_message_history']} there, if it lacks them."
            mend = f"{allow} It is read by itself once it can be."
            yield Remark(Weight.WEAK, f"What was written in #{channel.name} meanwhile could not be read ({why}).", mend)


# Coverage


@dataclass(frozen=True, slots=True)
class Covered:
    """One channel, and what we see of it."""

    name: str
    sees: bool
    """Whether we can read it."""
    team: TeamId | None = None
    private_of: SchoolId | None = None
    """The school whose private matters hang under it."""
    students: int | None = None
    """How many students can read it; None where nobody can say."""

    def __str__(self) -> str:
        """Say it in a line."""
        if not self.sees:
            return f"#{self.name}: not seen. Nothing written there is heard."
        students = "nobody can say how many students read it" if self.students is None else _read_by(self.students)
        if self.private_of is not None:
            return f"#{self.name}: private matters of {self.private_of}; {students}."
        if self.team is not None:
            return f"#{self.name}: watched, of the team {self.team}; {students}."
        return f"#{self.name}: heard, but of no team, so never closed to coaches; {students}."


def _read_by(students: int) -> str:
    return "1 student can read it" if students == 1 else f"{students} students can read it"


def cover(client: Client, guild: discord.Guild) -> Iterator[Covered]:
    """Go through every channel of a server: the teams' first, those that nobody lets us see last."""
    private = {channel: school for school, channel in client.setup.private.items()}
    channels = [each for each in guild.channels if not isinstance(each, discord.CategoryChannel)]
    found = [
        Covered(each.name, can_see(each, guild.me), client.team_of(each), private.get(each.id), _students(client, each))
        for each in channels
    ]
    yield from sorted(found, key=lambda each: (not each.sees, each.team is None, each.private_of is None, each.name))


def _students(client: Client, channel: GuildChannel) -> int | None:
    """Count the students who can read a channel, as the rule counts them: by person, not by account."""
    readers = client.audiences.of(channel)
    if not readers.known:
        return None
    return len({client.directory.person(each) for each in readers.accounts if client.directory.is_student(each)})
