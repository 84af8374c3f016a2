"""Tells people of the district that something we rely on has ended: a grant, or our place in workspace or channel."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from adapters.slack.setup import Setup
from adapters.slack.watch import Watch
from bot.people import AccountId
from bot.texts import ENGLISH, N_

LOG: Final = structlog.get_logger("chaperone.slack")

LAPSED: Final = N_(
    "{name} has taken back what they had granted Chaperone, or it has ended. What hung on it is not done any more. "
    "Talk with them. To see what is missing, run: chaperone doctor."
)

UNREADABLE: Final = N_(
    "The file of what people granted Chaperone was altered, or it is gone. What hung on it is not done any more. Put "
    "the file back from a backup, or let everybody grant anew."
)

PUT_OUT: Final = N_(
    "Chaperone is not in the channel {channel} any more, so it hears nothing that is written there. To let it in "
    "again, write there: /invite @Chaperone. To see where it is, run: chaperone coverage."
)

FOR: Final = timedelta(days=1)
"""How long it is tried to tell somebody whom Slack could not reach."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What somebody is to be told, under a mark, and since when."""

    account: AccountId
    text: str
    mark: str
    since: datetime


class Alarms:
    """Writes an alarm into the log and the notebook, and tells whoever is named for it."""

    def __init__(self, setup: Setup, watch: Watch) -> None:
        """Take whom to tell, and what there was."""
        self._setup = setup
        self._watch = watch
        self._untold: list[Alarm] = []

    async def lapsed(self, account: str) -> None:
        """Let a grant go that has ended, and say so. One that was not there is no news."""
        if not self._watch.grants.drop(account):
            return
        at = self._watch.now()
        LOG.error("a grant has ended", account=account)
        self._watch.notebook.lapsed[account] = at.isoformat()
        self._watch.notebook.write()
        self._raise_lapsed(account, at)
        await self.tell_on()

    def _raise_lapsed(self, account: str, at: datetime) -> None:
        person = self._watch.directory.person(AccountId(account))
        name = self._watch.directory.name(person) if person is not None else account
        self._raise(ENGLISH.say(LAPSED.filled(name=name)), f"lapsed-{account}-{at.isoformat()}", at)

    async def unreadable(self, fault: str) -> None:
        """Say that nobody's grant can be read."""
        LOG.error("the grants cannot be read: what hung on them is not done", fault=fault)
        at = self._watch.now()
        self._raise(ENGLISH.say(UNREADABLE), f"unreadable-{at:%Y%m%dT%H%M%SZ}", at)
        await self.tell_on()

    async def taken_off(self) -> None:
        """Say that the app is in the workspace no more. Nobody there can be told by us."""
        LOG.error("the app was taken off the workspace: nothing is heard and nothing can be done")
        self._watch.notebook.lapsed[""] = self._watch.now().isoformat()
        self._watch.notebook.write()

    async def put_out(self, channel: str) -> None:
        """Say, once, that we are not in a place any more in which we have to be: nothing is heard there."""
        notebook, at = self._watch.notebook, self._watch.now()
        if channel in notebook.put_out:
            return
        LOG.error("the app was put out of a channel: nothing is heard there", place=channel)
        notebook.put_out[channel] = at.isoformat()
        notebook.write()
        self._raise_put_out(channel, at)
        await self.tell_on()

    def _raise_put_out(self, channel: str, at: datetime) -> None:
        today = self._watch.notebook.renamed.get(channel, channel)  # whoever reads it looks for that
        named = " of ".join(filter(None, (today, self._setup.teams.get(channel))))
        self._raise(ENGLISH.say(PUT_OUT.filled(channel=named)), f"out-{channel}-{at.isoformat()}", at)

    def _raise(self, text: str, mark: str, at: datetime) -> None:
        self._untold += [Alarm(each, text, mark, at) for each in self._setup.alarms]

    def take_up(self) -> None:
        """Raise again what an earlier run may have left untold. Whoever has it is not told again: it bears its mark."""
        notebook, since = self._watch.notebook, self._watch.now() - FOR
        for channel, at in notebook.put_out.items():
            if datetime.fromisoformat(at) > since:
                self._raise_put_out(channel, datetime.fromisoformat(at))
        for account, at in notebook.lapsed.items():
            if account and self._watch.grants.of(account) is None and datetime.fromisoformat(at) > since:
                self._raise_lapsed(account, datetime.fromisoformat(at))

    async def tell_on(self) -> None:
        """Tell whoever could not be told yet: Slack may fail just when a grant ends."""
        waiting, self._untold = self._untold, []
        for each in waiting:
            told_at = await self._watch.inform(each.account, each.text, each.mark, each.since)
            if not told_at and self._watch.now() - each.since < FOR:
                self._untold.append(each)
