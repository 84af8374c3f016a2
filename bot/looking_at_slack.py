"""Looks at the district's Slack workspace without standing there: what is missing, and what can be seen."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from adapters.around import Surroundings
from adapters.slack import doctor
from adapters.slack.audience import Audiences
from adapters.slack.doctor import NEVER_SHOWN, Looking
from adapters.slack.failures import FAILURES
from adapters.slack.granting import Request, trade
from adapters.slack.platform import identify, refusal
from adapters.slack.renames import Renames
from adapters.slack.versions import PLATFORM
from adapters.slack.web import Web
from bot.checkup import Remark
from bot.errors import ConfigurationError
from bot.lists import Lists
from bot.on_slack import slack_files, slack_setup
from bot.people import AccountId
from bot.slack_secrets import keep_secrets, read_secrets, sealed_secrets
from bot.stand import LivePlan, now
from bot.store.vault import read_master_key


async def examine_slack(plan: LivePlan, lists: Lists, around: Surroundings) -> list[tuple[str, list[Remark]]]:
    """Ask Slack, and say what is missing: of the app, then of the teams' channels."""
    async with _looking(plan, lists) as look:
        overall = [each async for each in doctor.overall(look, around)]
        return [("Slack", overall), ("Channels on Slack", [each async for each in doctor.channels(look)])]


async def cover_slack(plan: LivePlan, lists: Lists) -> list[tuple[str, list[str]]]:
    """List every channel with what can be seen there, and what never can."""
    async with _looking(plan, lists) as look:
        covered = [each async for each in doctor.cover(look)]
    return [("Slack", covered), ("What Slack never shows, and what cannot be done there", [*NEVER_SHOWN])]


@asynccontextmanager
async def _looking(plan: LivePlan, lists: Lists) -> AsyncIterator[Looking]:
    """Ask with the tokens of the settings, beside a Chaperone that may be running."""
    plan.check()
    directory = plan.directory(PLATFORM, lists)
    setup, secrets = slack_setup(plan.configuration), read_secrets(plan.configuration, plan.place)
    kept = slack_files(plan.place, read_master_key(plan.place.key_file, plan.place.database))
    web = Web(secrets.bot_token, setup.api_base, Renames(kept.notebook.renamed), patient=False)
    try:
        yield Looking(web, setup, secrets, directory, Audiences(web), kept.notebook, kept.grants)
    except FAILURES as error:
        raise refusal(error, "bot token", "OAuth & Permissions") from None
    finally:
        kept.inbox.close()
        await web.close()


def check_may_be_read(plan: LivePlan, lists: Lists, account: AccountId) -> None:
    """Say no to reading the direct messages of anybody but a coach or advisor of today.

    Raises:
        ConfigurationError: it says why.
    """
    if not plan.directory(PLATFORM, lists).leads(account):
        raise ConfigurationError(
            f"{account} is not linked to a coach or advisor of a team today, and nobody else is read. Link the "
            "account, or mend the roster."
        )


async def keep_grant(plan: LivePlan, account: AccountId, request: Request, landed: str) -> None:
    """Trade what somebody agreed to for their token, and keep it sealed; one that runs beside takes it up.

    Raises:
        ConfigurationError: it says why, and nothing was kept.
    """
    secret = plan.configuration.slack_client_secret(sealed_secrets(plan.place))
    web = Web("", plan.configuration.settings.slack.api_base, patient=False)
    try:
        grant = await trade(web, request, secret, request.code_in(landed), account)
    finally:
        await web.close()
    kept = slack_files(plan.place, read_master_key(plan.place.key_file, plan.place.database))
    kept.inbox.close()
    kept.grants.take(replace(grant, at=f"{now():%Y%m%dT%H%M%SZ}"))


async def install(plan: LivePlan, told: Mapping[str, str]) -> Path:
    """Ask Slack about the bot token, then keep the app's secrets sealed, in place of any before; say where.

    Raises:
        ConfigurationError: it says why, and nothing was kept.
    """
    slack = plan.configuration.settings.slack
    web = Web(told["token"], slack.api_base, patient=False)
    try:
        await identify(web, slack.workspace)
    finally:
        await web.close()
    return keep_secrets(plan.place, told)
