"""Puts Chaperone on the district's Slack workspace, as the settings say. Its library is loaded with this."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import rules
from adapters.inbox import Inbox
from adapters.notebook import Notebook
from adapters.slack.grants import Grants
from adapters.slack.home import Look, Page
from adapters.slack.platform import Kept, Slack
from adapters.slack.setup import Counsel, Setup
from adapters.slack.versions import PLATFORM
from bot.case import Case
from bot.config import Configuration
from bot.docket import Docket
from bot.house import HouseFiles
from bot.message import Told
from bot.people import AccountId, PersonId, TeamId
from bot.sheets import case_rows
from bot.slack_secrets import KEY, read_secrets, slack_beside, slack_sealing
from bot.stand import Ground, Stand, build_notice, build_registrar, now, policy_pieces
from bot.store.copies import Kept as KeptCopy
from bot.store.copies import received
from bot.store.record import Recorder
from bot.store.vault import MasterKey


async def stand_on_slack(ground: Ground) -> Stand:
    """Put the adapter on its ground. Marks in its notebook, too, say that it is no first start."""
    plan, stood = ground.plan, await ground.has_stood(PLATFORM)
    files = slack_files(plan.place, ground.house.database.master)
    slack = Slack(
        slack_setup(plan.configuration),
        read_secrets(plan.configuration, plan.place),
        ground.directory(PLATFORM),
        files,
        ground.mark,
        build_notice(plan),
        now,
        first=not stood and not files.notebook.marks,
    )
    slack.reception.registrar = build_registrar(ground, PLATFORM)
    slack.reception.copied, slack.reception.policy = ground.moderator.copied, policy_pieces()
    slack.home.look = _look(ground)
    return Stand(
        slack,
        plan.configuration.settings.slack.rehearse,
        slack.stay_connected,
        slack.close,
        slack.look_again,
        lambda: slack.caught_up,
    )


def slack_setup(configuration: Configuration) -> Setup:
    """Say what the settings say of the district's workspace. In rehearsal no direct messages are read.

    Whoever is read has to be told, and in rehearsal nobody is told anything.
    """
    told = configuration.settings.slack
    reads = told.read_direct_messages and told.counsel_date is not None and not told.rehearse
    return Setup(
        {channel: TeamId(team) for team, channels in told.teams.items() for channel in channels},
        frozenset(told.trusted_apps),
        tuple(AccountId(each) for each in told.alarms),
        AccountId(told.remover) if told.remover else None,
        Counsel(told.counsel_answer, told.counsel_date) if reads and told.counsel_date is not None else None,
        told.transport == "socket",
        told.host,
        told.port,
        told.api_base,
        told.workspace,
    )


def slack_files(place: HouseFiles, master: MasterKey) -> Kept:
    """Open what the adapter keeps between two runs, beside the database."""
    sealing = slack_sealing(slack_beside(place, KEY), master)
    inbox, grants = slack_beside(place, ".inbox"), slack_beside(place, ".grants")
    return Kept(Notebook(slack_beside(place, "")), Inbox(inbox, sealing), Grants(grants, sealing))


def _look(ground: Ground) -> Look:
    """Look up what the app's own page shows somebody: short names and days, as they may see them anyway."""
    recorder = Recorder(ground.house.database.master)
    clauses = tuple(each.clause for each in rules.every())

    async def look(person: PersonId) -> Page:
        docket = Docket(ground.roster, clauses, ground.house.ledger, recorder)
        desk = docket.desk(now())
        cases = [each for each in await docket.waiting() if desk.may_decide(person, each)]
        copies = await ground.house.ledger.read(received, person, desk.day)
        return page_of(cases, ground.moderator.told(person), copies, ground.plan.configuration.settings.zone)

    return look


def page_of(cases: Sequence[Case], told: Sequence[Told], copies: Sequence[KeptCopy], zone: ZoneInfo) -> Page:
    """Write somebody's page out of what there is, each the oldest first: the newest stands first there."""
    return Page(
        tuple("  ".join(row) for row in case_rows([(each, True) for each in reversed(cases)])),
        tuple(f"{each.at.astimezone(zone):%d %b %Y}  {each.clause}" for each in reversed(told)),
        tuple(f"{each.name}  {each.at.astimezone(zone):%d %b %Y}" for each in reversed(copies)),
    )
