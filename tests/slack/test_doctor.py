"""What a look at the workspace finds, and what it says cannot be seen or done there."""

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from adapters.around import Surroundings
from adapters.slack import doctor
from adapters.slack.audience import Audiences
from adapters.slack.doctor import NEVER_SHOWN, SUBSCRIPTIONS, Looking
from adapters.slack.granting import REDIRECT, TO_READ, TO_REMOVE, Request, trade
from adapters.slack.grants import Grant, Grants
from adapters.slack.renames import Renames
from adapters.slack.setup import Counsel, Secrets
from adapters.slack.web import Web
from bot.checkup import Remark, Weight
from bot.directory import Directory
from bot.errors import ConfigurationError
from tests.district import SOCCER, ZONE
from tests.journeys import ROOT
from tests.slack.stage import Workspace, kept, workspace

NOW: Final = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)
AROUND: Final = Surroundings(NOW, NOW - timedelta(days=2), last_event=NOW - timedelta(minutes=5))


def said(remarks: Iterable[Remark]) -> str:
    """Give everything that is not fine, each with how to mend it."""
    return "\n".join(f"{each.weight} {each.what} {each.mend}" for each in remarks if each.weight is not Weight.FINE)


@asynccontextmanager
async def looking(space: Workspace, folder: Path) -> AsyncIterator[Looking]:
    """Look as the doctor does."""
    server, files = space.server, kept(folder)
    web = Web(server.token, server.api_url, Renames(files.notebook.renamed))
    files.notebook.kinds.update(dict.fromkeys(SUBSCRIPTIONS, "2026-11-18"))
    directory = Directory("slack", space.roster, lambda: datetime.now(ZONE).date())
    secrets = Secrets(server.token, server.app_token)
    try:
        yield Looking(web, space.setup, secrets, directory, Audiences(web), files.notebook, files.grants)
    finally:
        files.inbox.close()
        await web.close()


async def found(look: Looking) -> str:
    overall = [each async for each in doctor.overall(look, AROUND)]
    return said([*overall, *[each async for each in doctor.channels(look)]])


def appointed(space: Workspace, look: Looking) -> Looking:
    """Name an administrator who has granted to remove."""
    space.people["principal"].become(admin=True)
    token = space.server.grant(space.people["principal"], {"chat:write"})
    look.grants.take(Grant(space.id("principal"), token.text, frozenset({"chat:write"})))
    return replace(look, setup=replace(look.setup, remover=space.id("principal")))


async def test_a_workspace_that_is_set_up_as_the_guide_says_lacks_only_what_the_roster_lacks(tmp_path: Path) -> None:
    async with workspace() as space, looking(space, tmp_path) as look:
        whole = await found(appointed(space, look))

    assert "broken" not in whole
    assert "These teams have no channel here" in whole
    assert "1 of 4 members of soccer have no linked account" in whole


async def test_missing_scopes_are_named_with_what_they_are_for(tmp_path: Path) -> None:
    async with workspace() as space, looking(space, tmp_path) as look:
        space.server.installation.bot.scopes -= {"mpim:write", "pins:read"}
        space.server.installation.bot.scopes |= {"admin"}
        whole = await found(look)

    assert "does not have the scope mpim:write: it cannot open group conversations for private matters" in whole
    assert "does not have the scope pins:read" in whole
    assert "scopes that it does not need: admin" in whole


async def test_events_that_never_came_are_named(tmp_path: Path) -> None:
    """No token of the app's own tells what it subscribes to."""
    async with workspace() as space, looking(space, tmp_path) as look:
        del look.notebook.kinds["message.groups"]
        whole = await found(look)

    assert "No event message.groups was ever heard." in whole
    assert "No event message.channels" not in whole


async def test_the_token_for_sockets_is_looked_at_and_no_socket_opened(tmp_path: Path) -> None:
    """A second socket would take events from the one that is running."""
    async with workspace() as space, looking(space, tmp_path) as look:
        sound = await found(look)
        wrong = await found(replace(look, secrets=Secrets(space.server.token, "xapp-wrong")))
        opened = space.server.calls("apps.connections.open")

    assert "app-level token" not in sound
    assert "The app-level token opens no socket" in wrong
    assert opened == []


async def test_what_a_token_can_take_away_is_said(tmp_path: Path) -> None:
    async with workspace() as space, looking(space, tmp_path) as look:
        without = await found(look)
        named = await found(replace(look, setup=replace(look.setup, remover=space.id("director"))))
        good = appointed(space, look)
        sound = await found(good)
        space.people["principal"].become(admin=False)
        lowered = await found(good)

    assert "Nothing that others wrote can be taken away" in without
    assert "has not granted it" in named
    assert "remove" not in sound.replace("removed", "")
    assert "is no administrator" in lowered


async def test_that_nobody_is_named_for_alarms_is_said(tmp_path: Path) -> None:
    """What ends in silence is found out too late."""
    async with workspace() as space, looking(space, tmp_path) as look:
        without = await found(look)
        named = await found(replace(look, setup=replace(look.setup, alarms=(space.id("director"),))))

    assert "Nobody is told when a grant ends, or Chaperone is put out of a channel." in without
    assert "Nobody is told when" not in named


async def test_a_grant_that_ended_is_named(tmp_path: Path) -> None:
    async with workspace() as space, looking(space, tmp_path) as look:
        token = space.server.grant(space.people["coach"], set(TO_READ))
        look.grants.take(Grant(space.id("coach"), token.text, frozenset(TO_READ)))
        unread = await found(look)
        counsel = replace(look.setup, counsel=Counsel("Yes.", date(2026, 9, 1)))
        reading = replace(look, setup=counsel)
        sound = await found(reading)
        space.server.revoke(token)
        revoked = await found(reading)
        look.grants.drop(space.id("coach"))
        look.notebook.lapsed[space.id("coach")] = NOW.isoformat()
        lapsed = await found(reading)

    assert "granted their direct messages, and nobody reads them" in unread
    assert "The grant of" not in sound
    assert "is not good (token_revoked)" in revoked
    assert "ended on 2026-11-18" in lapsed
    assert all(re.search(r"slack-grant U\w+ --to read\.", each) for each in (revoked, lapsed))


async def test_channels_that_are_not_as_they_should_be_are_named(tmp_path: Path) -> None:
    async with workspace() as space, looking(space, tmp_path) as look:
        outside = space.server.channel("outside", [space.people["coach"]], with_bot=False)
        shared = space.server.channel("shared", [space.people["coach"]], shared=True)
        old = space.server.channel("old", [space.people["coach"]])
        old.archive(space.people["coach"])
        teams = {space.team.id: SOCCER, outside.id: SOCCER, shared.id: SOCCER, old.id: SOCCER, "C0GONE000": SOCCER}
        space.team.leave(space.people["s3"])
        look.notebook.unseen["C0UNSEEN0"] = "answered 200 (missing_scope)"
        whole = await found(replace(look, setup=replace(look.setup, teams=teams)))

    assert "Chaperone is not in #outside" in whole
    assert "#old of soccer is archived" in whole
    assert "#shared of soccer is shared with another organisation" in whole
    assert "The channel C0GONE000 of soccer cannot be seen (channel_not_found)" in whole
    assert "1 of 4 members of soccer are not in #soccer" in whole
    assert "Slack does not say who is in C0UNSEEN0 (answered 200 (missing_scope))" in whole


async def test_a_channel_that_has_another_id_by_now_is_named_until_the_settings_say_so(tmp_path: Path) -> None:
    async with workspace() as space, looking(space, tmp_path) as look:
        old = space.team.id
        space.team.move()
        look.web.renames.take(old, space.team.id)
        before = await found(look)
        mended = replace(look, setup=replace(look.setup, teams={space.team.id: SOCCER}))
        after, covered = await found(mended), [each async for each in doctor.cover(mended)]

    assert f"Write {space.team.id} in its place" in before
    assert f"{old} of" not in after
    assert [each for each in covered if "of the team soccer" in each]


async def test_a_token_of_another_workspace_is_named(tmp_path: Path) -> None:
    async with workspace() as space, looking(space, tmp_path) as look:
        whole = await found(replace(look, setup=replace(look.setup, workspace="T0OTHER00")))

    assert "The token is of another workspace" in whole


async def test_coverage_lists_every_channel_and_says_what_is_never_shown(tmp_path: Path) -> None:
    async with workspace() as space, looking(space, tmp_path) as look:
        space.server.channel("lobby", [space.people["parent"]])
        space.server.channel("hidden", [space.people["coach"]], with_bot=False)
        listed = [each async for each in doctor.cover(look)]

    assert listed == [
        "#soccer: heard, of the team soccer; 3 students are in it.",
        "#lobby: heard, of no team; 0 students are in it.",
        "#hidden: not heard. Chaperone is not in it.",
    ]
    assert any("Direct messages" in each for each in NEVER_SHOWN)


# Grants


async def test_somebody_grants_on_slacks_own_page(tmp_path: Path) -> None:
    async with workspace() as space, looking(space, tmp_path) as look:
        request = Request(space.server.client_id, TO_REMOVE, space.server.api_url)
        landed = space.server.consent(space.people["principal"], request.address)
        secret, web = space.server.client_secret, Web("", space.server.api_url)
        grant = await trade(web, request, secret, request.code_in(landed), space.id("principal"))
        await web.close()
        look.grants.take(grant)
        sealed = (tmp_path / "slack.grants").read_bytes()
        read = Grants(tmp_path / "slack.grants", look.grants._sealing)

    assert landed.startswith(REDIRECT)
    assert read.of(space.id("principal"), "chat:write") == grant
    assert grant.token.encode() not in sealed, "tokens are sealed at rest"
    assert grant.token not in repr(grant)


async def test_what_somebody_else_agreed_to_is_not_kept(tmp_path: Path) -> None:
    async with workspace() as space, looking(space, tmp_path):
        request = Request(space.server.client_id, TO_REMOVE, space.server.api_url)
        landed, web = space.server.consent(space.people["s1"], request.address), Web("", space.server.api_url)
        with pytest.raises(ConfigurationError, match="Somebody else agreed"):
            await trade(web, request, space.server.client_secret, request.code_in(landed), space.id("principal"))
        with pytest.raises(ConfigurationError, match="did not take it"):
            await trade(web, request, space.server.client_secret, request.code_in(landed), space.id("s1"))
        await web.close()
        declined = space.server.decline(space.people["s1"], request.address)
        with pytest.raises(ConfigurationError, match="declined"):
            request.code_in(declined)


@pytest.mark.parametrize("landed", ["", "https://localhost/chaperone?code=1&state=other", "https://example.org"])
def test_an_address_that_answers_something_else_is_refused(landed: str) -> None:
    with pytest.raises(ConfigurationError, match="not the address"):
        Request("1.2", TO_READ).code_in(landed)


def test_the_guide_names_what_the_log_and_the_refusals_say() -> None:
    """Whoever looks for a line finds it, as it is written."""
    guide = (ROOT / "docs" / "slack.md").read_text("utf-8")
    _, _, refusals = guide.partition("## What each refusal means")
    said = [
        each for row in re.findall(r"^\| (`.*?`) \|", refusals, re.MULTILINE) for each in re.findall(r"`([^`]+)`", row)
    ]
    code = "".join(each.read_text("utf-8") for each in (ROOT / "adapters" / "slack").glob("*.py"))
    code += "".join(
        (ROOT / "bot" / name).read_text("utf-8") for name in ("config.py", "settings.py", "slack_secrets.py")
    )
    joined = re.sub(r'"\s+f?"', "", code)

    assert len(said) > 12
    for line in said:
        for part in filter(None, (each.strip() for each in line.split("…"))):
            words = part.replace("this bot token.", "this {what}.").replace("app-level token.", "app-level token")
            assert words in joined, line
