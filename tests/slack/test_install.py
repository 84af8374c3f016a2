"""The app's own tokens: typed unseen, tried, sealed; read by everything that asks Slack; refused when altered."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from adapters.slack.installation import FORMS
from adapters.slack.setup import Secrets
from bot.checking import check
from bot.checkup import lines
from bot.config import read_configuration
from bot.errors import ConfigurationError
from bot.house import HouseFiles
from bot.looking_at_slack import install
from bot.slack_secrets import KEY, keep_secrets, read_secrets, sealed_secrets, set_aside, slack_beside, slack_sealing
from bot.stand import LivePlan, now
from bot.store.vault import read_master_key
from tests.discord.test_live import bodies, ended
from tests.slack.server.tokens import Token
from tests.slack.stage import Workspace, until, workspace
from tests.slack.test_live import put_down

KEPT: Final = "chaperone.sqlite.slack.secrets"
TOLD: Final = {"token": "xoxb-1-one", "app_token": "xapp-1-one", "client_secret": "c" * 32}
SETTINGS: Final = """
[store]
database = "chaperone.sqlite"
key_file = "chaperone.key"
[slack]
workspace = "{workspace}"
"""


def plan_in(folder: Path) -> LivePlan:
    """Read the settings of a folder as the command does."""
    place = HouseFiles(folder / "chaperone.sqlite", folder / "chaperone.key")
    return LivePlan(place, read_configuration(folder / "config.toml"), lambda _: None)


def small(folder: Path, more: str = "", workspace: str = "T0123ABCD") -> LivePlan:
    """Write the least that names a workspace, and read it."""
    (folder / "config.toml").write_text(SETTINGS.format(workspace=workspace) + more)
    return plan_in(folder)


def secrets_of(space: Workspace) -> dict[str, str]:
    server = space.server
    return {"token": server.token, "app_token": server.app_token, "client_secret": server.client_secret}


async def type_in(folder: Path, *words: str, stdin: int = PIPE, out: int = PIPE) -> Process:
    """Type a command with no secret in the environment."""
    typed = f"import sys; from bot.cli import main; sys.argv = {['chaperone', *words]!r}; main()"
    environment = {"PATH": "/usr/bin", "PYTHONPATH": str(Path.cwd())}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", typed),
        cwd=folder,
        env=environment,
        stdin=stdin,
        stdout=out,
        stderr=out,
        start_new_session=stdin != PIPE,
    )


async def type_lines(folder: Path, words: tuple[str, ...], *told: str) -> tuple[int | None, str]:
    process = await type_in(folder, *words)
    out, err = await asyncio.wait_for(process.communicate("".join(f"{each}\n" for each in told).encode()), 600)
    return process.returncode, (out + err).decode()


def found_in(folder: Path, secret: str) -> list[Path]:
    """Name the files in which somebody could read a secret."""
    return [each for each in folder.rglob("*") if each.is_file() and secret.encode() in each.read_bytes()]


def left_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


# The command


async def test_what_was_installed_opens_slack_to_everything_that_asks_it(tmp_path: Path) -> None:
    """No token stands in the environment or in a file: the doctor, the coverage, a grant and the live run read it."""
    async with workspace() as space:
        put_down(tmp_path, space)
        told = secrets_of(space)
        installed, said = await type_lines(tmp_path, ("slack-install",), *told.values())
        readable = [path for each in told.values() for path in found_in(tmp_path, each)]
        _, examined = await type_lines(tmp_path, ("doctor",))
        covered, listed = await type_lines(tmp_path, ("coverage",))
        process = await type_in(tmp_path, "slack-grant", space.id("principal"), "--to", "remove")
        assert process.stdin is not None
        assert process.stdout is not None
        shown = ""
        while "client_id=" not in shown:
            shown = (await process.stdout.readline()).decode()
        process.stdin.write(f"{space.server.consent(space.people['principal'], shown.strip())}\n".encode())
        granted, answered = await asyncio.wait_for(ended(process), 600)
        running = await type_in(tmp_path, "run")
        try:
            await until(lambda: bool(bodies(tmp_path, "stood")), 600)
        finally:
            running.send_signal(signal.SIGTERM)
        ran, whole = await asyncio.wait_for(ended(running), 600)

    assert installed == 0, said
    assert "bot token, app-level token, client secret" in said
    assert readable == []
    assert (tmp_path / KEPT).stat().st_mode & 0o777 == 0o600
    assert "Chaperone has every scope that it needs." in examined
    assert "The app-level token is known to Slack." in examined
    assert covered == 0, listed
    assert granted == 0, answered
    assert ran == 0, whole
    assert not any(each in said + examined + listed + answered + whole for each in told.values())


async def test_on_a_terminal_what_is_typed_is_not_shown(tmp_path: Path) -> None:
    async with workspace() as space:
        put_down(tmp_path, space)
        ours, theirs = os.openpty()
        process = await type_in(tmp_path, "slack-install", stdin=theirs, out=theirs)
        os.close(theirs)
        shown, told = "", secrets_of(space)
        for name, secret in told.items():
            while f"The {FORMS[name].what} (it is not shown)" not in shown:
                shown += (await asyncio.to_thread(os.read, ours, 4096)).decode()
            await asyncio.sleep(2)
            os.write(ours, f"{secret}\n".encode())
        while "at its next start" not in shown:
            shown += (await asyncio.to_thread(os.read, ours, 4096)).decode()
        code = await asyncio.wait_for(process.wait(), 600)
        os.close(ours)

    assert code == 0, shown
    assert not any(each in shown for each in told.values())
    assert sealed_secrets(plan_in(tmp_path).place) == told


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (("xapp-1-swapped", "xoxb-1-swapped", "c" * 32), "This is no bot token: one begins with xoxb-."),
        (("xoxb-1-good", "xoxb-1-again", "c" * 32), "This is no app-level token: one begins with xapp-."),
        (("xoxb-1-good", "xapp-1-good", "not a secret-"), "This is no client secret"),
        (("xoxb-1-good",), "Standard input has no line with the app-level token."),
        ((), "Standard input has no line with the bot token."),
    ],
)
async def test_what_cannot_be_meant_is_refused_before_slack_is_asked(
    tmp_path: Path, typed: tuple[str, ...], why: str
) -> None:
    small(tmp_path, 'client_id = "1.2"\napi_base = "http://127.0.0.1:9/api"\n')
    code, said = await type_lines(tmp_path, ("slack-install",), *typed)

    assert code == 2
    assert why in " ".join(said.split())
    assert "Nothing was kept" in " ".join(said.split())
    assert "Traceback" not in said
    assert not any(each in said for each in typed)
    assert left_in(tmp_path) == ["config.toml"]


async def test_for_http_the_signing_secret_is_asked_for_and_no_client_secret_without_a_client(tmp_path: Path) -> None:
    async with workspace() as space:
        server = space.server
        told = f'transport = "http"\napi_base = "{server.api_url.rstrip("/")}"\n'
        plan = small(tmp_path, told, server.team.id)
        code, said = await type_lines(tmp_path, ("slack-install",), server.token, server.signing_secret)

    assert code == 0, said
    assert read_secrets(plan.configuration, plan.place) == Secrets(server.token, "", server.signing_secret)


# What Slack says of the bot token


async def test_what_slack_does_not_take_is_not_kept_and_what_was_kept_stays(tmp_path: Path) -> None:
    async with workspace() as space:
        put_down(tmp_path, space)
        plan, told = plan_in(tmp_path), secrets_of(space)
        await install(plan, told)
        before = (tmp_path / KEPT).read_bytes()
        with pytest.raises(ConfigurationError, match="does not know this bot token") as unknown:
            await install(plan, told | {"token": "xoxb-1-wrong"})
        settings = tmp_path / "config.toml"
        settings.write_text(settings.read_text().replace(space.server.team.id, "T0OTHER00"))
        with pytest.raises(ConfigurationError, match="of another workspace") as elsewhere:
            await install(plan_in(tmp_path), told)
        settings.write_text(settings.read_text().replace(space.server.api_url.rstrip("/"), "http://127.0.0.1:9/api"))
        with pytest.raises(ConfigurationError, match="could not be reached") as nowhere:
            await install(plan_in(tmp_path), told)

    assert (tmp_path / KEPT).read_bytes() == before
    for each in (unknown, elsewhere, nowhere):
        assert "xoxb" not in str(each.value)


async def test_a_token_that_was_made_anew_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    async with workspace() as space:
        put_down(tmp_path, space)
        plan, told, installation = plan_in(tmp_path), secrets_of(space), space.server.installation
        await install(plan, told)
        space.server.revoke(installation.bot)
        new = Token("xoxb-made-anew", "bot", space.server.bot, installation.setup.bot_scopes)
        installation.tokens[new.text] = new
        await install(plan, {"token": new.text, "app_token": told["app_token"]})

    assert sealed_secrets(plan.place) == {"token": new.text, "app_token": told["app_token"]}
    assert not (tmp_path / f"{KEPT}.new").exists()


# What is kept


def test_the_environment_goes_first_then_what_is_sealed_then_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = 'token_file = "token"\napp_token_file = "app"\n'
    plan = small(tmp_path, files)
    (tmp_path / "token").write_text("xoxb-file\n")
    (tmp_path / "app").write_text("xapp-file\n")
    by_files = read_secrets(plan.configuration, plan.place)
    keep_secrets(plan.place, {"token": "xoxb-sealed"})
    sealed = read_secrets(plan.configuration, plan.place)
    monkeypatch.setenv("CHAPERONE_SLACK__TOKEN", "xoxb-environment")
    again = plan_in(tmp_path)
    first = read_secrets(again.configuration, again.place)
    aside = "\n".join(set_aside(again.configuration, {"token": ""}))

    assert by_files == Secrets("xoxb-file", "xapp-file")
    assert sealed == Secrets("xoxb-sealed", "xapp-file")
    assert first == Secrets("xoxb-environment", "xapp-file")
    assert "CHAPERONE_SLACK__TOKEN is set, and wins over what is sealed." in aside
    assert f"{tmp_path / 'token'} is not read any more." in aside
    assert "xoxb" not in aside


def test_without_any_it_is_said_how_to_bring_them(tmp_path: Path) -> None:
    plan = small(tmp_path)
    with pytest.raises(ConfigurationError, match="Run `chaperone slack-install`, or write the token"):
        plan.check()

    assert left_in(tmp_path) == ["config.toml"], "looking makes no key"


@pytest.mark.parametrize(
    "altered",
    [
        pytest.param(lambda kept: kept[:-1] + bytes([kept[-1] ^ 1]), id="a bit turned"),
        pytest.param(lambda _: b"", id="emptied"),
        pytest.param(lambda _: b"xoxb-1-plain, written there by hand", id="written by hand"),
        pytest.param(lambda kept: kept[:20], id="cut off"),
    ],
)
def test_what_was_altered_is_refused_and_installing_again_mends_it(
    tmp_path: Path, altered: Callable[[bytes], bytes]
) -> None:
    plan = small(tmp_path)
    path = keep_secrets(plan.place, TOLD)
    path.write_bytes(altered(path.read_bytes()))
    with pytest.raises(ConfigurationError, match=r"was altered.*run `chaperone slack-install` again") as refusal:
        plan.check()
    checked = "\n".join(lines(check(tmp_path / "config.toml", now())))
    keep_secrets(plan.place, TOLD)

    assert "xoxb" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert f"{path} was altered." in checked
    assert sealed_secrets(plan.place) == TOLD


def test_another_files_sealed_words_are_not_taken_for_it(tmp_path: Path) -> None:
    """What is sealed as grants opens as grants alone."""
    plan = small(tmp_path)
    path = keep_secrets(plan.place, TOLD)
    sealing = slack_sealing(slack_beside(plan.place, KEY), read_master_key(plan.place.key_file, plan.place.database))
    path.write_bytes(sealing.seal(b'{"token": "xoxb-1-one"}', b"grants of Slack"))
    with pytest.raises(ConfigurationError, match="was altered"):
        sealed_secrets(plan.place)


@pytest.mark.parametrize("gone", ["chaperone.key", "chaperone.sqlite.slack.key"])
def test_without_a_key_it_is_refused_and_none_is_made(tmp_path: Path, gone: str) -> None:
    """A new key would open nothing, and hide that the old one is gone."""
    plan = small(tmp_path)
    keep_secrets(plan.place, TOLD)
    (tmp_path / gone).unlink()
    with pytest.raises(ConfigurationError, match="cannot be opened without"):
        plan.check()

    assert not (tmp_path / gone).exists()


def test_what_cannot_be_written_leaves_what_was_kept(tmp_path: Path) -> None:
    plan = small(tmp_path)
    path = keep_secrets(plan.place, TOLD)
    path.with_name(f"{path.name}.new").mkdir()
    with pytest.raises(ConfigurationError, match="could not be written") as refusal:
        keep_secrets(plan.place, TOLD | {"token": "xoxb-1-two"})

    assert "xoxb" not in str(refusal.value)
    assert sealed_secrets(plan.place) == TOLD
