"""`chaperone run` itself, as a process of its own, on our small Slack: started, stopped, killed, refused."""

import asyncio
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Final

import pytest

from adapters.slack.granting import REDIRECT
from tests.discord.test_live import USERS, bodies, done, ended
from tests.slack.stage import Workspace, until, workspace

SETTINGS: Final = """
[district]
mail_domains = ["alderbrook.example"]
[store]
database = "chaperone.sqlite"
key_file = "chaperone.key"
[roster]
path = "roster"
[slack]
workspace = "{workspace}"
rehearse = {rehearse}
client_id = "{client_id}"
remover = "{remover}"
teams = {{ soccer = ["{team}"] }}
api_base = "{api_base}"
"""


def put_down(folder: Path, space: Workspace, *, rehearse: bool = False) -> None:
    """Write the settings and the roster of a district that has just begun."""
    roster = folder / "roster"
    roster.mkdir(exist_ok=True)
    known = [each for each in ("coach", "s1", "s2", "s3", "principal", "director") if each in space.people]
    files = {
        "users.csv": USERS,
        "orgs.csv": "sourcedId,name,type\nhigh,Alder Brook High,school\n",
        "teams.csv": "team,school,season,person,role,until\nsoccer,high,fall,coach,coach,\n"
        + "".join(f"soccer,high,fall,{each},member,\n" for each in ("s1", "s2", "s3")),
        "offices.csv": "school,office,person,deputy,from,until\nhigh,principal,principal,,,\n"
        "high,athletic_director,director,,,\n",
        "accounts.csv": "platform,account,person,age_band\n"
        + "".join(f"slack,{space.id(name)},{name},\n" for name in known),
    }
    for name, text in files.items():
        (roster / name).write_text(text)
    told = SETTINGS.format(
        workspace=space.server.team.id,
        rehearse=str(rehearse).lower(),
        client_id=space.server.client_id,
        remover=space.id("principal"),
        team=space.team.id,
        api_base=space.server.api_url.rstrip("/"),
    )
    (folder / "config.toml").write_text(told)


async def start(folder: Path, space: Workspace, *words: str, token: str = "", app_token: str = "") -> Process:
    """Type a command as the IT person would, with what opens Slack in the environment."""
    typed = f"import sys; from bot.cli import main; sys.argv = {['chaperone', *(words or ('run',))]!r}; main()"
    environment = {
        "CHAPERONE_SLACK__TOKEN": token or space.server.token,
        "CHAPERONE_SLACK__APP_TOKEN": app_token or space.server.app_token,
        "CHAPERONE_SLACK__CLIENT_SECRET": space.server.client_secret,
        "PATH": "/usr/bin",
        "PYTHONPATH": str(Path.cwd()),
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", typed, cwd=folder, env=environment, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )


def alone(space: Workspace) -> None:
    """Leave the coach with one student."""
    for name in ("s2", "s3"):
        space.team.leave(space.people[name])


async def grant_removal(folder: Path, space: Workspace) -> str:
    """Let the principal grant it by the command, typing what the browser shows."""
    space.people["principal"].become(admin=True)
    space.team.join(space.people["principal"])
    process = await start(folder, space, "slack-grant", space.id("principal"), "--to", "remove")
    assert process.stdin is not None
    assert process.stdout is not None
    shown = ""
    while "client_id=" not in shown:
        shown = (await process.stdout.readline()).decode()
    landed = space.server.consent(space.people["principal"], shown.strip())
    assert landed.startswith(REDIRECT)
    process.stdin.write(f"{landed}\n".encode())
    code, said = await asyncio.wait_for(ended(process), 300)
    assert code == 0, said
    return said


async def test_it_runs_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """One process from the settings alone: it hears, judges, asks, is granted more, removes, tells, ends cleanly."""
    async with workspace() as space:
        put_down(tmp_path, space)
        process = await start(tmp_path, space)
        try:
            await until(lambda: bool(bodies(tmp_path, "stood")), 600)
            alone(space)
            asked = space.team.say(space.people["coach"], "Stay after class.")
            await until(lambda: "tell done" in done(tmp_path), 600)
            space.server.hands.open_home(space.people["coach"])
            await until(lambda: space.server.home(space.people["coach"]) is not None, 600)
            page = space.server.home(space.people["coach"])
            await grant_removal(tmp_path, space)
            await asyncio.sleep(30)
            taken = space.team.say(space.people["coach"], "Come to my room.")
            await until(lambda: "remove done" in done(tmp_path), 600)
            await until(lambda: done(tmp_path).count("tell done") > 1, 600)
        finally:
            process.send_signal(signal.SIGTERM)
        code, said = await asyncio.wait_for(ended(process), 300)
        notes = [each.text for each in space.server.directs(space.people["coach"])]

    assert code == 0, said
    assert page is not None
    assert "Employee Guidelines 4" in str(page.body), "the coach's own record"
    assert not asked.deleted
    assert taken.deleted
    assert any("Please delete it." in each for each in notes)
    assert any("Your message is taken away." in each and "Come to my room." in each for each in notes)
    assert "Stopped." in said
    assert not any(each in said for each in ("Stay after class", "Come to my room", space.server.token))


async def test_in_rehearsal_everything_is_written_and_nothing_done(tmp_path: Path) -> None:
    async with workspace() as space:
        put_down(tmp_path, space, rehearse=True)
        alone(space)
        process = await start(tmp_path, space)
        try:
            await until(lambda: bool(bodies(tmp_path, "stood")), 600)
            space.team.say(space.people["coach"], "Stay after class.")
            await until(lambda: "tell rehearsed" in done(tmp_path), 600)
        finally:
            process.send_signal(signal.SIGTERM)
        _, said = await asyncio.wait_for(ended(process), 300)
        seen = space.server.seen(author=space.server.bot)

    assert seen == []
    assert "Rehearsal" in said


async def test_a_process_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    """What was posted while nobody listened is found; what was told is not told again."""
    async with workspace() as space:
        put_down(tmp_path, space)
        alone(space)
        process = await start(tmp_path, space)
        await until(lambda: bool(bodies(tmp_path, "stood")), 600)
        space.team.say(space.people["coach"], "Stay after class.")
        await until(lambda: "message" in [each["subject"] for each in bodies(tmp_path, "judged")], 600)
        process.kill()
        await ended(process)
        space.team.say(space.people["coach"], "And bring your shoes.")
        again = await start(tmp_path, space)
        try:
            await until(lambda: done(tmp_path).count("tell done") == 1, 600)
            await until(lambda: any("case" in each for each in bodies(tmp_path, "judged")), 600)
        finally:
            again.send_signal(signal.SIGTERM)
        code, said = await asyncio.wait_for(ended(again), 300)
        notes = [each.text for each in space.server.seen(author=space.server.bot)]

    assert code == 0, said
    assert sum("Please delete it." in each for each in notes) == 1
    assert not any("And bring your shoes." in each for each in notes), "who read it then is for a person to find out"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("token", "does not know this bot token"), ("app_token", "does not know this app-level token")],
)
async def test_what_slack_refuses_is_said_in_plain_words(tmp_path: Path, wrong: str, said: str) -> None:
    async with workspace() as space:
        put_down(tmp_path, space)
        secret = "xoxb-1-wrong" if wrong == "token" else "xapp-1-wrong"
        process = await start(tmp_path, space, **{wrong: secret})
        code, told = await asyncio.wait_for(ended(process), 600)

    assert code == 2
    assert said in told
    assert "Traceback" not in told
    assert secret not in told


async def test_the_doctor_does_not_wait_for_a_slack_that_is_not_there(tmp_path: Path) -> None:
    async with workspace() as space:
        put_down(tmp_path, space)
        config = tmp_path / "config.toml"
        config.write_text(config.read_text().replace(space.server.api_url.rstrip("/"), "http://127.0.0.1:9/api"))
        code, told = await asyncio.wait_for(ended(await start(tmp_path, space, "doctor")), 600)

    assert code == 2
    assert "Slack could not be reached" in told
    assert "Traceback" not in told


async def test_the_doctor_and_coverage_look_without_touching_anything(tmp_path: Path) -> None:
    async with workspace() as space:
        put_down(tmp_path, space)
        code, told = await asyncio.wait_for(ended(await start(tmp_path, space, "doctor")), 600)
        covered, channels = await asyncio.wait_for(ended(await start(tmp_path, space, "coverage")), 600)
        asked = {each.method for each in space.server.requests}

    assert code in {0, 1}, told
    assert "Chaperone has every scope that it needs." in told
    assert "has not granted it" in told
    assert covered == 0
    assert "#soccer: heard, of the team soccer; 3 students are in it." in channels
    assert "Slack never shows" in channels
    assert not re.search(r"post|open|create|invite|delete", " ".join(asked))


@pytest.mark.parametrize(
    ("who", "allowed", "why"),
    [
        ("principal", True, "is not linked to a coach or advisor of a team today"),
        ("coach", False, "does not turn slack.read_direct_messages on"),
    ],
)
async def test_a_grant_to_be_read_is_refused_for_anybody_but_a_coach_and_where_nobody_is_read(
    tmp_path: Path, who: str, why: str, *, allowed: bool
) -> None:
    """Nothing is asked of them, and nothing is kept."""
    async with workspace() as space:
        put_down(tmp_path, space)
        if allowed:
            settings, counsel = tmp_path / "config.toml", 'counsel_answer = "Allowed."\ncounsel_date = 2026-09-01'
            told = settings.read_text().replace("[slack]\n", f"[slack]\nread_direct_messages = true\n{counsel}\n", 1)
            settings.write_text(told)
        process = await start(tmp_path, space, "slack-grant", space.id(who), "--to", "read")
        code, said = await asyncio.wait_for(ended(process), 300)

    assert code == 2
    assert why in " ".join(said.split())
    assert not (tmp_path / "chaperone.sqlite.slack.grants").exists()
