"""Pictures on Discord: told of with the post, fetched when they are looked at, and taken away with their message."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest

from bot.actions import Deed, DeedId, Remove
from bot.medium import Medium
from bot.message import Attached, PlaceId, PostId
from bot.platform import Heard, Outcome, Post
from tests.discord.live import Connected, campus, connected
from tests.discord.server import Server, until
from tests.discord.stage import moderated, open_school
from tests.discord.test_live import bodies, done, ended, put_down, start
from tests.discord.test_outages import alone
from tests.pictures.made import PLACE, SKIN, flat, place_of_home, shapes, written
from tests.test_moderator import outcomes

PENNANT = written(shapes())


async def first_post(live: Connected) -> Post:
    """Wait for the first post that is heard."""

    async def listen() -> Post:
        heard: Heard
        async for heard in live.discord.hear():
            if isinstance(heard, Post):
                return heard
        raise AssertionError("nothing more is heard")

    return await asyncio.wait_for(listen(), 100)


async def test_a_post_tells_of_its_files_and_each_can_be_fetched(tmp_path: Path, server: Server) -> None:
    """A list of the snacks is no picture, and is told of as none."""
    place = campus(server)
    files = {"bus.png": PENNANT, "snacks.txt": b"apples"}
    async with connected(place, tmp_path) as live:
        place.team.say(place.people["s1"], "look", files=files)
        post = await first_post(live)
        fetched = [await live.discord.fetch(each) for each in post.attached]

    assert [(each.name, each.size, each.medium) for each in post.attached] == [
        ("bus.png", len(PENNANT), Medium.PICTURE),
        ("snacks.txt", 6, Medium.OTHER),
    ]
    assert fetched == list(files.values())


async def test_what_is_forwarded_can_be_fetched_from_where_it_stands(tmp_path: Path, server: Server) -> None:
    """Who forwards a picture shows it to others."""
    place = campus(server)
    elsewhere = place.guild.text_channel("elsewhere")
    first = elsewhere.say(place.people["s1"], files={"bus.png": PENNANT})
    async with connected(place, tmp_path) as live:
        forwarded = place.team.forward(place.people["s2"], first)
        post = await first_post(live)
        fetched = [await live.discord.fetch(each) for each in post.attached]

    assert post.id == str(forwarded.id)
    assert fetched == [PENNANT]


async def test_what_is_deleted_is_not_fetched(tmp_path: Path, server: Server) -> None:
    """Nobody can see it any more."""
    place = campus(server)
    async with connected(place, tmp_path) as live:
        said = place.team.say(place.people["s1"], files={"bus.png": PENNANT})
        post = await first_post(live)
        said.delete(place.people["s1"])
        fetched = [await live.discord.fetch(each) for each in (*post.attached, Attached("1"))]

    assert fetched == [None, None]


async def test_the_picture_of_an_order_is_looked_at_as_we_hold_it_and_taken_away_where_it_was_posted(
    tmp_path: Path,
) -> None:
    """What we post for a coach is ours to answer for."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        asked = await stage.people["coach"].slash(stage.team, "photo", picture=("bus.png", PENNANT), text="The bus!")
        await stage.until(lambda: "ask done" in outcomes(tmp_path))
        user = stage.people["coach"].user
        pressed = await user.click(user.dm_channel.last_message, label="Say who is in it")
        await user.click(pressed.response, label="Nobody is in it")
        await stage.until(lambda: "show done" in outcomes(tmp_path))
        (order, _), *_ = stage.discord.client.notebook.shown.values()
        held = await stage.discord.fetch(Attached(order))
        deed = Deed(DeedId("1"), "discord", Remove("General Guidelines 2", PlaceId(str(stage.team.id)), PostId(order)))
        receipt = await stage.discord.perform(deed)
        left = [each for each in stage.team.history() if each.attachments]

    assert asked is not None
    assert held == PENNANT
    assert (receipt.outcome, left) == (Outcome.DONE, [])


async def test_where_a_picture_was_taken_is_not_posted(tmp_path: Path) -> None:
    """A telephone writes the place into every photograph. What is no picture is not taken at all."""
    photograph = written(shapes(), "JPEG", exif=place_of_home())
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        coach = stage.people["coach"]
        await coach.slash(stage.team, "photo", picture=("bus.jpg", photograph), text="The bus!")
        await stage.until(lambda: "ask done" in outcomes(tmp_path))
        await coach.slash(stage.team, "photo", picture=("song.png", b"no picture"))
        (held,) = stage.discord.client.pictures

    assert PLACE in photograph
    assert PLACE not in held.content
    assert held.content.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("content", "found"), [(written(flat(SKIN)), True), (PENNANT, False)], ids=["skin", "a pennant"]
)
async def test_the_whole_program_looks_at_pictures(
    tmp_path: Path, server: Server, content: bytes, *, found: bool
) -> None:
    """From the settings alone: fetched, looked at by the real model, and a person asked where it is in doubt."""
    place = campus(server)
    put_down(tmp_path, place)
    process = await start(tmp_path)

    def cases() -> list[dict[str, Any]]:
        return [each for each in bodies(tmp_path, "judged") if each.get("round") == 3 and "case" in each]

    try:
        await until(lambda: bool(bodies(tmp_path, "judged")), 300)
        place.team.say(place.people["s1"], "look", files={"a.png": content})
        await until(lambda: "read done" in done(tmp_path), 300)
    finally:
        process.send_signal(signal.SIGTERM)
    code, said = await asyncio.wait_for(ended(process), 100)

    assert code == 0
    assert bool(cases()) is found
    assert "Pictures are looked at" in said


async def test_the_whole_program_keeps_the_files_of_what_it_takes_away(tmp_path: Path, server: Server) -> None:
    """A coach sends one student a plan: it is there for whoever decides, after it is gone for everybody else."""
    place = campus(server)
    put_down(tmp_path, place)
    process = await start(tmp_path)
    try:
        await until(lambda: bool(bodies(tmp_path, "judged")), 300)
        alone(place)
        place.team.say(place.people["coach"], "just you", files={"plan.pdf": b"CANARY-PLAN", "a.png": PENNANT})
        await until(lambda: "remove done" in done(tmp_path), 300)
    finally:
        process.send_signal(signal.SIGTERM)
    await asyncio.wait_for(ended(process), 100)

    assert [each.get("bytes") for each in bodies(tmp_path, "kept")] == [11, len(PENNANT)]
