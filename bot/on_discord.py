"""Puts Chaperone on the district's Discord servers, as the settings say. Its library is loaded with this."""

from datetime import timedelta
from pathlib import Path

import rules
from adapters.discord.automod import Hosts, KeywordRule, wanted
from adapters.discord.platform import Discord
from adapters.discord.setup import Setup
from adapters.discord.versions import PLATFORM
from adapters.notebook import Notebook
from bot.config import Configuration
from bot.house import HouseFiles
from bot.people import SchoolId, TeamId
from bot.readings.hosts import known_anonymizers, known_shorteners
from bot.rule import Rule
from bot.stand import Ground, Stand, build_notice, build_registrar, now, policy_pieces
from rules.employee_04_group_messages import GroupMessages
from rules.general_09_link_shorteners import LinkShorteners
from rules.general_11_anonymizers import Anonymizers


async def stand_on_discord(ground: Ground) -> Stand:
    """Put the adapter on its ground. Marks in its notebook, too, say that it is no first start."""
    plan, stood = ground.plan, await ground.has_stood(PLATFORM)
    notebook = Notebook(notebook_of(plan.place))
    discord = Discord(
        discord_setup(plan.configuration),
        ground.directory(PLATFORM),
        notebook,
        ground.mark,
        build_notice(plan),
        now,
        first=not stood and not notebook.marks,
    )
    discord.client.registrar = build_registrar(ground, PLATFORM)
    discord.client.copied, discord.client.policy = ground.moderator.copied, policy_pieces()
    token = plan.configuration.discord_token()
    return Stand(
        discord,
        plan.configuration.settings.discord.rehearse,
        lambda: discord.stay_connected(token),
        discord.close,
        discord.client.look_at_servers_again,
        lambda: discord.caught_up,
    )


def notebook_of(place: HouseFiles) -> Path:
    """Name the file in which the adapter remembers ids of Discord's own."""
    return place.database.with_name(f"{place.database.name}.discord")


def discord_setup(configuration: Configuration) -> Setup:
    """Say what the settings say of the district's servers. In rehearsal nothing is changed there by itself."""
    told, built = configuration.settings.discord, configuration.rules(rules.every())
    rule = next(each for each in built if isinstance(each, GroupMessages))
    return Setup(
        frozenset(told.servers),
        {channel: TeamId(team) for team, channels in told.teams.items() for channel in channels},
        {SchoolId(school): channel for school, channel in told.private.items()},
        frozenset(told.advisor_roles),
        frozenset(told.trusted_apps),
        timedelta(seconds=rule.voice_grace_seconds),
        rule.disconnect_voice,
        told.pause_direct_messages and not told.rehearse,
        told.deny_private_threads and not told.rehearse,
        _automod(built) if told.automod and not told.rehearse else (),
        told.api_base.rstrip("/"),
        told.gateway,
    )


def _automod(built: tuple[Rule, ...]) -> tuple[KeywordRule, ...]:
    """Say what Discord itself is to stop: the hosts of the two rules about links, with the district's own settings."""
    short = next(each for each in built if isinstance(each, LinkShorteners))
    hiding = next(each for each in built if isinstance(each, Anonymizers))
    return wanted(
        Hosts(known_shorteners(), short.also, short.allowed), Hosts(known_anonymizers(), hiding.also, hiding.allowed)
    ).rules
