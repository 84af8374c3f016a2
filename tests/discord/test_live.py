"""`chaperone run` itself, as a process of its own, on our small Discord: started, stopped, killed, refused."""

import asyncio
import json
import re
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web
from aiohttp.test_utils import RawTestServer
from aiosmtpd.smtp import Session

from bot.config import read_configuration
from bot.errors import ConfigurationError
from bot.examining import cover
from bot.house import HouseFiles
from bot.stand import LivePlan
from tests.discord.live import Campus, campus
from tests.discord.server import TOKEN, Server, point_at, until
from tests.discord.test_outages import alone
from tests.open_folder import open_folder
from tests.postbox import open_postbox

__all__ = ["open_folder"]

USERS: Final = """sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,email,grades
coach,true,high,teacher,coach,Sam,Rivera,sam.rivera@alderbrook.example,
principal,true,high,administrator,principal,Dana,Ortiz,dana.ortiz@alderbrook.example,
director,true,high,administrator,director,Kim,Lee,kim.lee@alderbrook.example,
s1,true,high,student,s1,Ann,Bell,,10
s2,true,high,student,s2,Ben,Cole,,10
s3,true,high,student,s3,Cy,Dunn,,10
"""
SETTINGS: Final = """
[district]
mail_domains = ["alderbrook.example"]
[store]
database = "chaperone.sqlite"
key_file = "chaperone.key"
[roster]
path = "roster"
[discord]
servers = [{guild}]
rehearse = {rehearse}
teams = {{ soccer = [{team}] }}
private = {{ high = {private} }}
api_base = "{rest}"
gateway = "{gateway}"
"""


def put_down(folder: Path, place: Campus, *, rehearse: bool = False) -> None:
    """Write the settings and the roster of a district that has just begun."""
    roster = folder / "roster"
    roster.mkdir(exist_ok=True)
    files = {
        "users.csv": USERS,
        "orgs.csv": "sourcedId,name,type\nhigh,Alder Brook High,school\n",
        "teams.csv": "team,school,season,person,role,until\nsoccer,high,fall,coach,coach,\n"
        + "".join(f"soccer,high,fall,{each},member,\n" for each in ("s1", "s2", "s3")),
        "offices.csv": "school,office,person,deputy,from,until\nhigh,principal,principal,,,\n"
        "high,athletic_director,director,,,\n",
        "accounts.csv": "platform,account,person,age_band\n"
        + "".join(f"discord,{user.id},{name},\n" for name, user in place.people.items()),
    }
    for name, text in files.items():
        (roster / name).write_text(text)
    address = place.server.address
    told = SETTINGS.format(
        guild=place.guild.id,
        team=place.team.id,
        private=place.private.id,
        rest=address.rest,
        gateway=address.gateway,
        rehearse=str(rehearse).lower(),
    )
    (folder / "config.toml").write_text(told)


async def start(folder: Path, token: str = TOKEN) -> Process:
    """Start it as the IT person would."""
    command = "import sys; from bot.cli import main; sys.argv = ['chaperone', 'run']; main()"
    environment = {"CHAPERONE_DISCORD__TOKEN": token, "PATH": "/usr/bin", "PYTHONPATH": str(Path.cwd())}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", command, cwd=folder, env=environment, stdout=PIPE, stderr=PIPE
    )


async def ended(process: Process) -> tuple[int | None, str]:
    """Wait for its end, and read what it said."""
    out, err = await process.communicate()
    return process.returncode, (out + err).decode()


def bodies(folder: Path, kind: str) -> list[dict[str, Any]]:
    """Read entries beside the process that writes them."""
    database = folder / "chaperone.sqlite"
    if not database.exists():
        return []
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            rows = connection.execute("SELECT body FROM entry WHERE kind = ? ORDER BY seq", (kind,)).fetchall()
        except sqlite3.OperationalError:
            return []
    return [json.loads(body) for (body,) in rows]


def done(folder: Path) -> list[str]:
    """Say which deeds were done. What is closed is read first: while we read, another may be planned and closed."""
    closed = bodies(folder, "closed")
    does = {each["deed"]: each["does"] for each in bodies(folder, "planned")}
    return [f"{does[each['deed']]} {each['outcome']}" for each in closed]


async def test_it_runs_until_it_is_told_to_stop(tmp_path: Path, server: Server) -> None:
    """One process from the settings alone: it hears, judges, removes, tells, and ends cleanly."""
    place = campus(server)
    put_down(tmp_path, place)
    process = await start(tmp_path)
    try:
        await until(lambda: "restrict done" in done(tmp_path) or bool(bodies(tmp_path, "judged")), 300)
        alone(place)
        written = place.team.say(place.people["coach"], "Stay after class.")
        await until(lambda: "tell done" in done(tmp_path) and "remove done" in done(tmp_path), 300)
    finally:
        process.send_signal(signal.SIGTERM)
    code, said = await asyncio.wait_for(ended(process), 100)

    assert code == 0
    assert written.deleted
    assert "Stopped." in said
    assert "Stay after class" not in said
    assert TOKEN not in said


async def test_in_rehearsal_everything_is_written_and_nothing_done(tmp_path: Path, server: Server) -> None:
    place = campus(server)
    put_down(tmp_path, place, rehearse=True)
    alone(place)
    process = await start(tmp_path)
    try:
        await until(lambda: "restrict rehearsed" in done(tmp_path), 300)
        written = place.team.say(place.people["coach"], "Stay after class.")
        await until(lambda: "remove rehearsed" in done(tmp_path), 300)
    finally:
        process.send_signal(signal.SIGTERM)
    _, said = await asyncio.wait_for(ended(process), 100)

    assert not written.deleted
    assert server.seen(author=server.bot) == []
    assert "Rehearsal" in said


async def test_a_process_that_is_killed_goes_on_where_it_was(tmp_path: Path, server: Server) -> None:
    """What was posted while nobody listened is found; what was told is not told again."""
    place = campus(server)
    put_down(tmp_path, place)
    alone(place)
    process = await start(tmp_path)
    await until(lambda: "restrict done" in done(tmp_path), 300)
    place.team.say(place.people["coach"], "Stay after class.")
    await until(lambda: "message" in [each["subject"] for each in bodies(tmp_path, "judged")], 300)
    process.kill()
    await ended(process)
    place.team.say(place.people["coach"], "And bring your shoes.")
    again = await start(tmp_path)
    try:
        await until(
            lambda: bool({"remove done", "remove moot"} & set(done(tmp_path))), 300
        )  # moot: done before the kill
        await until(lambda: done(tmp_path).count("tell done") == 1, 300)
        await until(lambda: any("case" in each for each in bodies(tmp_path, "judged")), 300)
    finally:
        again.send_signal(signal.SIGTERM)
    code, _ = await asyncio.wait_for(ended(again), 100)
    notes = [each.content for each in server.seen(author=server.bot)]

    assert code == 0
    assert sum("Stay after class." in each for each in notes) == 1
    assert not any("And bring your shoes." in each for each in notes), "who read it then is for a person to find out"


@pytest.mark.parametrize(
    ("token", "unapproved", "said"),
    [("a-wrong.token", False, "does not know this token"), (TOKEN, True, "Server Members Intent")],
)
async def test_what_discord_refuses_is_said_in_plain_words(
    tmp_path: Path, server: Server, token: str, unapproved: bool, said: str
) -> None:
    place = campus(server)
    put_down(tmp_path, place)
    if unapproved:
        server.gateway.approved = 0
    code, told = await asyncio.wait_for(ended(await start(tmp_path, token)), 300)

    assert code == 2
    assert said in told
    assert "Traceback" not in told
    assert token not in told


async def command(folder: Path, *words: str) -> tuple[int | None, str]:
    """Type a command beside it."""
    typed = f"import sys; from bot.cli import main; sys.argv = {['chaperone', *words]!r}; main()"
    environment = {"PATH": "/usr/bin", "PYTHONPATH": str(Path.cwd())}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", typed, cwd=folder, env=environment, stdout=PIPE, stderr=PIPE
    )
    return await asyncio.wait_for(ended(process), 300)


async def test_a_case_is_decided_while_it_runs(tmp_path: Path, server: Server) -> None:
    """The principal lists the cases, looks at one and decides it; what follows is done by the process that runs."""
    place = campus(server)
    put_down(tmp_path, place)
    process = await start(tmp_path)
    try:
        await until(lambda: bool(bodies(tmp_path, "judged")), 300)
        stranger = server.user("Alex Rivera")
        place.guild.member(stranger)
        alone(place)
        place.team.say(stranger, "Come to my office, only you.")
        await until(lambda: any("case" in each for each in bodies(tmp_path, "judged")), 300)
        code, listed = await command(tmp_path, "case", "list", "--as", "principal")
        name = re.search(r"F-[0-9]{4}", listed)
        assert name is not None, listed
        looked, shown = await command(
            tmp_path, "case", "show", name[0], "--as", "principal", "--purpose", "I decide it"
        )
        decided, said = await command(
            tmp_path, "case", "decide", name[0], "not-a-problem", "--as", "principal", "--reason", "A visiting coach."
        )
        place.team.say(place.people["s1"], "ok")
        await until(lambda: [each["subject"] for each in bodies(tmp_path, "judged")].count("message") == 2, 300)
    finally:
        process.send_signal(signal.SIGTERM)
    ran, _ = await asyncio.wait_for(ended(process), 100)

    assert (code, looked, decided, ran) == (0, 0, 0, 0), said
    assert "Come to my office" in shown
    assert len(bodies(tmp_path, "decided")) == 1
    audit, verified = await command(tmp_path, "audit", "verify")
    assert audit == 0, verified


async def test_the_doctor_and_coverage_look_without_touching_anything(
    tmp_path: Path, server: Server, open_folder: Path
) -> None:
    """Before the first start there is no record; beside a running one they look, too."""
    place, token = campus(server), open_folder / "discord.token"
    put_down(tmp_path, place)
    token.write_text(TOKEN)
    token.chmod(0o644)
    told = (tmp_path / "config.toml").read_text()
    (tmp_path / "config.toml").write_text(f'{told}token_file = "{token}"\n')
    code, said = await command(tmp_path, "doctor")
    covered, channels = await command(tmp_path, "coverage")
    writes = [each for each in server.requests if each.method != "GET"]

    assert code in {0, 1}, said
    assert "To mend it:" in said
    assert f"To mend it: chmod 600 {token}" in said
    assert "AutoMod does not have the rule 'Chaperone: short links 1'." in said
    assert covered == 0
    assert "#soccer: watched, of the team soccer; 3 students can read it" in channels
    assert "Direct messages" in channels
    assert writes == []


KIND_OF_FAULT: Final = r"^Discord could not be reached \([A-Za-z]+\)\. Look at the network"


@pytest.mark.parametrize("status", [None, 403, 200])
async def test_a_discord_that_is_not_there_is_one_sentence(tmp_path: Path, server: Server, status: int | None) -> None:
    """Nothing listens, or what answers is the page of a filter, or one to sign in at."""

    async def page(_: web.BaseRequest) -> web.Response:
        return web.Response(status=status or 200, text="<html>Sign in</html>", content_type="text/html")

    put_down(tmp_path, campus(server))
    (tmp_path / "discord.token").write_text(TOKEN)
    async with RawTestServer(page) as other:
        rest = "http://127.0.0.1:9/api" if status is None else str(other.make_url("/api"))
        told = (tmp_path / "config.toml").read_text().replace(server.address.rest, rest)
        (tmp_path / "config.toml").write_text(told + 'token_file = "discord.token"\n')
        place = HouseFiles(tmp_path / "chaperone.sqlite", tmp_path / "chaperone.key")
        plan = LivePlan(place, read_configuration(tmp_path / "config.toml"), lambda _: None)
        with point_at(server.address), pytest.raises(ConfigurationError, match=KIND_OF_FAULT):
            await cover(plan)


async def test_what_was_there_before_us_is_let_be_at_every_start(tmp_path: Path, server: Server) -> None:
    """That it was the first start is written once; a history replayed into the same record says nothing of it."""
    place = campus(server)
    put_down(tmp_path, place)
    place.team.say(place.people["s1"], "call me at 978-555-0142")
    for _ in range(2):
        process = await start(tmp_path)
        try:
            await until(lambda: bool(bodies(tmp_path, "stood")), 300)
            place.team.say(place.people["s1"], "ok")
            await until(lambda: "message" in [each["subject"] for each in bodies(tmp_path, "judged")], 300)
        finally:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(ended(process), 100)

    assert len(bodies(tmp_path, "stood")) == 1
    assert done(tmp_path).count("tell done") == 0, "the number was written before we came"


FILLING_IN = 1.0
"""Seconds that somebody takes to fill in a form: discord.py knows a form only once Discord has answered it."""


async def test_an_account_is_linked_with_a_code_by_mail(tmp_path: Path, server: Server) -> None:
    """Whoever gives an address is answered before any mail is: how long it takes says nothing of whose it is."""
    place = campus(server)
    put_down(tmp_path, place)
    accounts = tmp_path / "roster" / "accounts.csv"
    lines = accounts.read_text().splitlines(keepends=True)
    accounts.write_text("".join(each for each in lines if ",director," not in each))
    answered = asyncio.Event()

    async def held(_: Session, __: str) -> None:
        await answered.wait()

    async with open_postbox() as box:
        box.steps["DATA"] = held
        with (tmp_path / "config.toml").open("a") as settings:
            told = (
                f'host = "127.0.0.1"\nport = {box.port}\nsecurity = "none"\nfrom_address = "chat@alderbrook.example"\n'
            )
            settings.write(f"[mail]\n{told}")
        director, process = place.people["director"], await start(tmp_path)
        try:
            await until(lambda: place.guild.id in server.world.commands and bool(bodies(tmp_path, "stood")), 300)
            asked = server.interactions.slash(director, place.team, "link")
            await until(lambda: asked.answer, 300)
            await asyncio.sleep(FILLING_IN)
            sent = server.interactions.submit(director, asked, {"address": "Kim.Lee@alderbrook.example"})
            await until(lambda: sent.message is not None and not sent.loading, 300)
            assert sent.message is not None
            before = len(box.arrived)
            answered.set()
            await until(lambda: any(each.message["Subject"] == "Your code" for each in box.arrived), 300)
            letter = next(each for each in box.arrived if each.message["Subject"] == "Your code")
            code = re.search(r"[0-9]{6}", letter.text)
            assert code is not None
            form = server.interactions.press(director, sent.message, "link:code")
            await until(lambda: form.answer, 300)
            await asyncio.sleep(FILLING_IN)
            typed = server.interactions.submit(director, form, {"code": code[0]})
            await until(lambda: typed.answer is not None and not typed.loading, 300)
        finally:
            process.send_signal(signal.SIGTERM)
        ran, said = await asyncio.wait_for(ended(process), 100)

    assert before == 0
    assert letter.receivers == ("kim.lee@alderbrook.example",)
    assert sent.message.content.startswith("If this is your district address")
    assert typed.message is not None
    assert typed.message.content == "Your account is linked. Thank you."
    assert ran == 0, said
    assert not {code[0], "kim.lee@alderbrook.example"} & set(said.split())
