"""Says what is missing on Slack, in plain words, and how to mend it.

It changes nothing, and opens no socket: Slack would share events out between ours and the one that is running.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from adapters.around import Surroundings, heard, roster_age, teams
from adapters.notebook import Notebook
from adapters.slack.audience import Audiences, Conversation
from adapters.slack.failures import FAILURES, code_of
from adapters.slack.grants import Grants
from adapters.slack.setup import Secrets, Setup
from adapters.slack.web import Web
from bot.checkup import Remark, Weight
from bot.directory import Directory
from bot.people import AccountId, PersonId, Role, TeamId

MANIFEST: Final = Path(__file__).with_name("manifest.yaml")

SCOPES: Final[Mapping[str, str]] = {
    "channels:history": "hear public channels",
    "channels:read": "see who is in public channels",
    "chat:write": "post, and send notes",
    "commands": "offer /chaperone and the shortcuts",
    "emoji:read": "hear what emoji are called",
    "files:read": "look at pictures",
    "groups:history": "hear private channels",
    "groups:read": "see who is in private channels",
    "groups:write": "open private channels for private matters",
    "im:history": "hear who writes to it alone, and look its own notes up",
    "im:read": "find who wrote to it alone while it was down",
    "im:write": "send notes",
    "mpim:history": "hear group conversations",
    "mpim:read": "see who is in group conversations",
    "mpim:write": "open group conversations for private matters",
    "pins:read": "read what is pinned",
    "users:read": "tell people from bots and guests",
}
"""What the bot needs, and for what."""

SUBSCRIPTIONS: Final = ("message.channels", "message.groups", "message.mpim", "message.im", "member_joined_channel")
"""Events without which something that people rely on does not work, and which come by themselves before long."""

NEVER_SHOWN: Final = (
    "Direct messages and group conversations between people: Slack shows them to no bot. A coach's own can be read "
    "with a grant of theirs, where the district has turned that on.",
    "Channels that Chaperone is not in, other workspaces, huddles, and what is written in canvases and lists.",
    "What a message said before an edit, and a message that was deleted, while Chaperone was down; and an answer under "
    "a message older than thirty days.",
    "A message before it is delivered: Slack lets nobody stop one beforehand, and no channel can be closed to coaches.",
    "Without an administrator's token nothing that others wrote can be taken away: authors are asked to delete it.",
    "What is pinned or bookmarked cannot be taken away, nobody can be kept from writing, and a group conversation "
    "cannot be closed.",
)
"""What Slack never shows to a bot, and what cannot be done there, for `coverage`."""


@dataclass(frozen=True, slots=True)
class Looking:
    """Everything a look at the workspace needs."""

    web: Web
    setup: Setup
    secrets: Secrets
    directory: Directory
    audiences: Audiences
    notebook: Notebook
    grants: Grants

    @property
    def teams(self) -> Mapping[str, TeamId]:
        """The channels registered for a team, by the ids under which we know them."""
        return self.web.renames.teams(self.setup.teams)


async def overall(look: Looking, around: Surroundings) -> AsyncIterator[Remark]:
    """Say what holds for the whole workspace. Raises what `FAILURES` names where Slack cannot be asked."""
    told = await look.web.ask("auth.test")
    look.audiences.team = str(told.get("team_id"))
    for each in (*_workspace(look, told), *_scopes(await look.web.scopes()), *_subscriptions(look)):
        yield each
    async for each in _transport(look):
        yield each
    async for each in _remover(look):
        yield each
    async for each in _grants(look):
        yield each
    for each in (*_alarms(look), *_registered(look), *roster_age(around), *heard(around)):
        yield each


def _workspace(look: Looking, told: Mapping[str, Any]) -> Iterator[Remark]:
    ours, wanted = told.get("team_id"), look.setup.workspace
    if wanted and ours != wanted:
        mend = f"Copy the token of the app on {wanted}, or write {ours} under slack.workspace."
        yield Remark(Weight.BROKEN, f"The token is of another workspace, {ours}.", mend)


def _scopes(held: frozenset[str]) -> Iterator[Remark]:
    missing = sorted(SCOPES.keys() - held)
    for each in missing:
        mend = f"On the app's page, OAuth & Permissions, Bot Token Scopes: add {each}. Then Reinstall to Workspace."
        yield Remark(Weight.BROKEN, f"Chaperone does not have the scope {each}: it cannot {SCOPES[each]}.", mend)
    if not missing:
        yield Remark(Weight.FINE, "Chaperone has every scope that it needs.")
    unneeded = sorted(held - SCOPES.keys())
    if unneeded:
        mend = "Take them away on the app's page, OAuth & Permissions, unless you know what for."
        yield Remark(Weight.WEAK, f"Chaperone has scopes that it does not need: {', '.join(unneeded)}.", mend)


def _subscriptions(look: Looking) -> Iterator[Remark]:
    """Say which kinds of events have never come: what an app subscribes to, no token of its own tells."""
    for each in SUBSCRIPTIONS:
        if each not in look.notebook.kinds:
            mend = f"On the app's page, Event Subscriptions, Subscribe to bot events: add {each}, if it is not there."
            yield Remark(Weight.WEAK, f"No event {each} was ever heard.", mend)


async def _transport(look: Looking) -> AsyncIterator[Remark]:
    if not look.setup.socket:
        yield Remark(Weight.FINE, f"Events are listened for on {look.setup.host}:{look.setup.port}.")
        return
    try:
        await look.web.ask("auth.test", look.secrets.app_token)
    except FAILURES as error:
        mend = "On the app's page, Basic Information, App-Level Tokens: make one with connections:write, and copy it."
        yield Remark(Weight.BROKEN, f"The app-level token opens no socket ({code_of(error) or 'no answer'}).", mend)
        return
    yield Remark(Weight.FINE, "The app-level token is known to Slack.")


async def _remover(look: Looking) -> AsyncIterator[Remark]:
    remover = look.setup.remover
    if remover is None:
        mend = "Let an administrator of the workspace grant it, and name them under slack.remover."
        yield Remark(Weight.WEAK, "Nothing that others wrote can be taken away: authors are asked to delete it.", mend)
        return
    again = f"Let them grant it: chaperone slack-grant {remover} --to remove."
    grant = look.grants.of(remover, "chat:write")
    if grant is None:
        yield Remark(Weight.BROKEN, "Whoever is named under slack.remover has not granted it.", again)
        return
    try:
        await look.web.ask("auth.test", grant.token)
        answer = await look.web.ask("users.info", user=remover)
    except FAILURES as error:
        yield Remark(Weight.BROKEN, f"The token that removes is not good ({code_of(error) or 'no answer'}).", again)
        return
    if not (answer["user"].get("is_admin") or answer["user"].get("is_owner")):
        mend = "Make them an administrator of the workspace, or name somebody else."
        yield Remark(Weight.BROKEN, "Whoever is named under slack.remover is no administrator.", mend)
        return
    yield Remark(Weight.FINE, "An administrator's token takes away what others wrote, where they can see it.")


async def _grants(look: Looking) -> AsyncIterator[Remark]:
    """Say whose grants have ended, and whether coaches' direct messages are read."""
    for account, since in sorted(look.notebook.lapsed.items()):
        if account and look.grants.of(account) is None:
            to = "remove" if account == look.setup.remover else "read"
            mend = f"Talk with them. To grant it again: chaperone slack-grant {account} --to {to}."
            yield Remark(Weight.BROKEN, f"The grant of {_name(look, account)} ended on {since[:10]}.", mend)
    counsel, reading = look.setup.counsel, [*look.grants.everybody().values()]
    reading = [each for each in reading if "im:history" in each.scopes]
    if counsel is None:
        if reading:
            mend = "Let them take the grants back, or turn slack.read_direct_messages on."
            yield Remark(
                Weight.WEAK, f"{len(reading)} people granted their direct messages, and nobody reads them.", mend
            )
        return
    for each in reading:
        try:
            await look.web.ask("auth.test", each.token)
        except FAILURES as error:
            mend = f"Let them grant it again: chaperone slack-grant {each.account} --to read."
            what = f"The grant of {_name(look, each.account)} is not good ({code_of(error) or 'no answer'})."
            yield Remark(Weight.BROKEN, what, mend)
    yield Remark(
        Weight.FINE,
        f"The direct messages of {len(reading)} coaches with students are read. Counsel answered on {counsel.on}.",
    )


def _alarms(look: Looking) -> Iterator[Remark]:
    if not look.setup.alarms:
        mend = "Name somebody under slack.alarms who looks at Slack each day."
        yield Remark(Weight.WEAK, "Nobody is told when a grant ends, or Chaperone is put out of a channel.", mend)


def _name(look: Looking, account: str) -> str:
    person = look.directory.person(AccountId(account))
    return f"{account} (not linked)" if person is None else look.directory.name(person)


def _registered(look: Looking) -> Iterator[Remark]:
    """Compare what is registered with the roster."""
    return teams(frozenset(look.setup.teams.values()), look.directory.day, 'slack.teams: {} = ["C…"]')


async def channels(look: Looking) -> AsyncIterator[Remark]:
    """Look at each channel of a team, and at what could not be read."""
    for channel, team in sorted(look.setup.teams.items(), key=lambda pair: (pair[1], pair[0])):
        today = look.web.renames.today(channel)
        if today != channel:
            mend = f"Write {today} in its place under slack.teams."
            yield Remark(Weight.WEAK, f"Slack calls the channel {channel} of {team} by another id now, {today}.", mend)
        try:
            place = await look.audiences.place(channel)
        except FAILURES as error:
            mend = f"Invite Chaperone there: /invite @Chaperone. If it is gone, take {channel} out of slack.teams."
            yield Remark(Weight.BROKEN, f"The channel {channel} of {team} cannot be seen ({code_of(error)}).", mend)
            continue
        for each in _channel(place, team):
            yield each
        async for each in _members(look, place, team):
            yield each
    for channel, why in sorted(look.notebook.unseen.items()):
        mend = "Add the scope that is missing, or invite Chaperone there anew. It is tried again within an hour."
        named = look.web.renames.today(channel)
        yield Remark(Weight.BROKEN, f"Slack does not say who is in {named} ({why}).", mend)
    for channel, why in sorted(look.notebook.unread.items()):
        mend = "Invite Chaperone there, and add the scope that is missing. It is tried again within an hour."
        named = look.web.renames.today(channel)
        yield Remark(Weight.WEAK, f"What was written in {named} meanwhile could not be read ({why}).", mend)


def _channel(place: Conversation, team: TeamId) -> Iterator[Remark]:
    if not place.joined:
        mend = "Write /invite @Chaperone there."
        yield Remark(Weight.BROKEN, f"Chaperone is not in #{place.name} of {team}: it hears nothing there.", mend)
    if place.archived:
        mend = "Register another channel of the team, or bring it back."
        yield Remark(Weight.BROKEN, f"#{place.name} of {team} is archived.", mend)
    if place.shared:
        mend = "Take the other organisation out of it, if it has no business there."
        yield Remark(Weight.WEAK, f"#{place.name} of {team} is shared with another organisation.", mend)


async def _members(look: Looking, place: Conversation, team: TeamId) -> AsyncIterator[Remark]:
    """Count the members of a registered team who have no account, or whose account is not in its channel."""
    if not place.joined or place.archived:
        return
    readers = await look.audiences.readers(place.id)
    members = _students_of(look, team)
    unlinked = [each for each in members if not look.directory.accounts(each)]
    elsewhere = [
        each for each in members if each not in unlinked and not readers.accounts & {*look.directory.accounts(each)}
    ]
    if unlinked:
        mend = "Let them type /chaperone link, or add a line for each to accounts.csv."
        what = f"{len(unlinked)} of {len(members)} members of {team} have no linked account: they are not counted."
        yield Remark(Weight.WEAK, what, mend)
    if elsewhere:
        yield Remark(
            Weight.WEAK,
            f"{len(elsewhere)} of {len(members)} members of {team} are not in #{place.name}.",
            "Invite them.",
        )


def _students_of(look: Looking, team: TeamId) -> list[PersonId]:
    day = look.directory.day
    lines = (each for each in day.lists.teams if each.team == team and each.runs(day.day) and not each.part.leads)
    people = {each.person for each in lines}
    return sorted(each for each in people if each in day.people and day.people[each].has(Role.STUDENT))


# Coverage


async def cover(look: Looking) -> AsyncIterator[str]:
    """Go through every channel that we can see: the teams' first, those that we are not in last."""
    look.audiences.team = str((await look.web.ask("auth.test")).get("team_id"))
    pages = look.web.pages(
        "conversations.list", "channels", types="public_channel,private_channel", exclude_archived=True
    )
    found, teams_ = [look.audiences.take_place(each) async for each in pages], look.teams
    for place in sorted(found, key=lambda each: (not each.joined, each.id not in teams_, each.name)):
        yield await _covered(look, place)


async def _covered(look: Looking, place: Conversation) -> str:
    if not place.joined:
        return f"#{place.name}: not heard. Chaperone is not in it."
    readers = await look.audiences.readers(place.id)
    students = {look.directory.person(each) for each in readers.accounts if look.directory.is_student(each)}
    counted = "1 student is in it" if len(students) == 1 else f"{len(students)} students are in it"
    who = counted if readers.known else "nobody can say who is in it"
    team = look.teams.get(place.id)
    return f"#{place.name}: heard, of {f'the team {team}' if team is not None else 'no team'}; {who}."
