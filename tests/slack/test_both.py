"""Discord and Slack side by side in one house: each heard, each told, and neither does what is the other's."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from tests.discord.live import campus
from tests.discord.server import TOKEN, open_server
from tests.discord.test_live import bodies, done, ended
from tests.discord.test_outages import alone
from tests.slack.stage import until, workspace
from tests.slack.test_live import put_down

DISCORD = """
[discord]
servers = [{guild}]
rehearse = false
teams = {{ soccer = [{team}] }}
private = {{ high = {private} }}
api_base = "{rest}"
gateway = "{gateway}"
"""


async def test_each_platform_is_heard_and_told_by_itself(tmp_path: Path) -> None:
    """Stopped with deeds to do on both, each is taken up where it belongs."""
    async with open_server() as discord, workspace() as space:
        place = campus(discord)
        put_down(tmp_path, space)
        address = discord.address
        with (tmp_path / "config.toml").open("a") as settings:
            settings.write(
                DISCORD.format(
                    guild=place.guild.id,
                    team=place.team.id,
                    private=place.private.id,
                    rest=address.rest,
                    gateway=address.gateway,
                )
            )
        with (tmp_path / "roster" / "accounts.csv").open("a") as accounts:
            accounts.write("".join(f"discord,{user.id},{name},\n" for name, user in place.people.items()))
        alone(place)
        for name in ("s2", "s3"):
            space.team.leave(space.people[name])
        environment = {
            "CHAPERONE_SLACK__TOKEN": space.server.token,
            "CHAPERONE_SLACK__APP_TOKEN": space.server.app_token,
            "CHAPERONE_DISCORD__TOKEN": TOKEN,
            "PATH": "/usr/bin",
            "PYTHONPATH": str(Path.cwd()),
        }
        command = "import sys; from bot.cli import main; sys.argv = ['chaperone', 'run']; main()"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", command, cwd=tmp_path, env=environment, stdout=PIPE, stderr=PIPE
        )
        try:
            await until(lambda: len(bodies(tmp_path, "stood")) == 2, 900)
            removed = place.team.say(place.people["coach"], "Stay after class.")
            stays = space.team.say(space.people["coach"], "Come to my room.")
            await until(lambda: "remove done" in done(tmp_path) and done(tmp_path).count("tell done") == 2, 900)
        finally:
            process.send_signal(signal.SIGTERM)
        code, said = await asyncio.wait_for(ended(process), 300)
        on_slack = [each.text for each in space.server.seen(author=space.server.bot)]
        on_discord = [each.content for each in discord.seen(author=discord.bot)]

    assert code == 0, said
    assert removed.deleted
    assert not stays.deleted
    assert sum("Stay after class." in each for each in on_discord) == 1
    assert sum("Please delete it." in each for each in on_slack) == 1
    assert not any("Stay after class." in each for each in on_slack)
    assert not any("Come to my room." in each for each in on_discord)
