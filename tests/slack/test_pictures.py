"""Pictures on Slack: told of with the post, fetched with our own token, and from Slack alone."""

from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError

from bot.medium import Medium
from bot.message import Attached
from bot.pictures import look_at_pictures
from bot.platform import NotOursError, Post
from tests.district import roster
from tests.pictures.made import shapes, written
from tests.slack.server.files import Upload
from tests.slack.stage import Stage, open_school
from tests.store.house import chat
from tests.test_looking import Eyes

PENNANT = written(shapes())


async def only_post(stage: Stage) -> Post:
    (post,) = await stage.said()
    assert isinstance(post, Post)
    return post


async def test_a_post_tells_of_its_files_and_each_can_be_fetched(tmp_path: Path) -> None:
    """A list of the snacks is no picture, and is told of as none."""
    files = {"bus.png": PENNANT, "snacks.txt": b"apples"}
    async with open_school(tmp_path) as stage:
        stage.team.say(stage.people["s1"], "look", files=files)
        post = await only_post(stage)
        fetched = [await stage.slack.fetch(each) for each in post.attached]

    assert [(each.name, each.size, each.medium) for each in post.attached] == [
        ("bus.png", len(PENNANT), Medium.PICTURE),
        ("snacks.txt", 6, Medium.OTHER),
    ]
    assert fetched == list(files.values())


async def test_what_is_deleted_is_not_fetched(tmp_path: Path) -> None:
    """Nobody can see it any more."""
    async with open_school(tmp_path) as stage:
        stage.team.say(stage.people["s1"], files={"bus.png": PENNANT})
        post = await only_post(stage)
        stage.server.world.files[post.attached[0].file].deleted = True
        fetched = [await stage.slack.fetch(each) for each in post.attached]
        with pytest.raises(SlackApiError, match="file_not_found"):  # it may be there, and hidden from us
            await stage.slack.fetch(Attached("F0NOWHERE"))

    assert fetched == [None]


async def test_of_a_file_from_elsewhere_it_is_seen_what_it_is(tmp_path: Path) -> None:
    """Of a shared channel's files an event gives the id alone: what comes is looked at if it is a picture."""
    eyes = Eyes()
    async with open_school(tmp_path) as stage:
        stage.team.say(stage.people["s1"], files={"bus.png": PENNANT, "snacks.txt": Upload(b"apples")})
        files = list(stage.server.world.files.values())
        for each in files:
            each.needs_a_look = True
        attached = tuple(Attached(each.id, medium=Medium.UNKNOWN) for each in files)
        fetched = [await stage.slack.fetch(each) for each in attached]
        posted = roster().recognise(replace(chat(), attached=attached))
        (seen,) = await look_at_pictures(eyes)([posted], stage.slack)

    assert fetched == [PENNANT, b"apples"]
    assert eyes.looked == [PENNANT]
    assert seen is not None
    assert len(seen.readings.pictures) == 1


async def test_a_large_file_comes_whole(tmp_path: Path) -> None:
    """A network brings it in pieces."""
    large = PENNANT * (3_000_000 // len(PENNANT))
    async with open_school(tmp_path) as stage:
        stage.team.say(stage.people["s1"], files={"all.png": large})
        post = await only_post(stage)
        fetched = await stage.slack.fetch(post.attached[0])

    assert fetched == large


async def test_the_token_goes_to_slack_alone(tmp_path: Path, unused_tcp_port: int) -> None:
    """An address that somebody smuggled in is not asked, least of all with what opens the workspace."""
    asked: list[str | None] = []

    async def take(request: web.Request) -> web.Response:
        asked.append(request.headers.get("Authorization"))
        return web.Response(body=PENNANT, content_type="image/png")

    app = web.Application()
    app.router.add_get("/{path:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    async with open_school(tmp_path) as stage:
        stage.team.say(stage.people["s1"], files={"bus.png": PENNANT})
        post = await only_post(stage)
        stage.server.world.base = f"http://127.0.0.1:{unused_tcp_port}"
        with pytest.raises(NotOursError):
            await stage.slack.fetch(post.attached[0])
    await runner.cleanup()

    assert asked == []


async def test_a_file_that_we_may_not_see_is_for_a_person(tmp_path: Path) -> None:
    """Others may see it: that it is not shown to us does not mean that it is gone."""
    async with open_school(tmp_path) as stage:
        stage.team.say(stage.people["s1"], files={"bus.png": PENNANT})
        post = await only_post(stage)
        for token in stage.server.installation.tokens.values():
            token.scopes = token.scopes - {"files:read"} | {"files:write"}
        with pytest.raises(Exception, match="missing_scope"):
            await stage.slack.fetch(post.attached[0])
