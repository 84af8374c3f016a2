"""Measures what looking at pictures costs: `python -m tests.pictures.measure` prints a table of made pictures.

For each: what was answered, the time by the clock, the most address space and memory of the worker so far since its
start, and by how much the process that asks grew at its most.
"""

import asyncio
import gc
import random
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import numpy as np
from PIL import Image

from adapters.pictures.examiner import Examiner, find_tesseract
from bot.readings.picture import PictureSeen
from tests.pictures.made import SKIN, bomb, flat, moving, shapes, sign, written


def smooth(width: int, height: int) -> Image.Image:
    """Draw a sky of soft colours: what compresses like a photograph."""
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)


def pictures() -> Iterator[tuple[str, bytes]]:
    """Make the pictures of the table."""
    yield "shapes, PNG", written(shapes())
    yield "skin tone, PNG", written(flat(SKIN))
    yield "grey, PNG", written(flat((117, 117, 117)))
    yield "white, PNG", written(flat((255, 255, 255)))
    yield "sign, PNG", written(sign("Practice is at four\nBring water"))
    yield "telephone, JPEG 12 MP", written(smooth(4000, 3000), "JPEG", quality=85)
    yield "JPEG 25 MP", written(smooth(5000, 5000), "JPEG", quality=85)
    yield "PNG 25 MP", bomb(5000, 5000)
    yield "PNG 25 MP, see-through", written(Image.new("RGBA", (5000, 5000), (9, 80, 9, 99)))
    yield "GIF 25 MP", written(Image.new("P", (5000, 5000), 3), "GIF")
    for side in (3500, 4000, 4300, 4600, 5000):
        yield f"WebP {side * side / 1e6:.0f} MP", written(smooth(side, side), "WEBP", quality=50)
    for count in (40, 120, 240, 480):
        turning = [shapes((400, 300)).rotate(each) for each in range(count)]
        yield f"GIF of {count} frames, 400 x 300", moving(turning)
    yield (
        "noise, PNG 9.7 MB",
        written(Image.frombytes("RGB", (1800, 1800), random.Random(2).randbytes(3 * 1800 * 1800)), compress_level=0),
    )


def status(process: int | str) -> dict[str, float]:
    """Read the memory of a process, in MB."""
    lines = (Path("/proc") / str(process) / "status").read_text("utf-8").splitlines()
    return {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.startswith("Vm")}


async def measure() -> None:
    """Print the table, and how many small pictures are looked at in a second."""
    print(
        "| picture | answer | seconds | worker: space, memory (MB) | asker grew (MB) |\n| --- | --- | --- | --- | --- |"
    )
    async with Examiner(find_tesseract()) as examiner:
        for name, content in pictures():
            await _row(examiner, name, content)
    async with Examiner(None) as examiner:
        begun = perf_counter()
        at_rest = status((await examiner._ready()).pid)
        started = perf_counter()
        await examiner.examine(small := written(shapes()))
        for _ in range(200):
            await examiner.examine(small)
        print(f"\nStart: {started - begun:.2f} s. Then {200 / (perf_counter() - started):.0f} pictures a second.")
        print(f"A worker without a picture: {at_rest['VmSize']:.0f} MB of space, {at_rest['VmRSS']:.0f} MB of memory.")


async def _row(examiner: Examiner, name: str, content: bytes) -> None:
    gc.collect()
    await asyncio.to_thread(Path("/proc/self/clear_refs").write_text, "5")
    before, begun = status("self")["VmRSS"], perf_counter()
    reading = (await examiner.examine(content)).reading
    took, grew = perf_counter() - begun, status("self")["VmHWM"] - before
    worker = status(examiner._worker.pid) if examiner._worker else {}
    answer = reading.band.name if isinstance(reading, PictureSeen) else reading.reason.name
    space = f"{worker['VmPeak']:.0f}, {worker['VmHWM']:.0f}" if worker else "ended"
    print(f"| {name} | {answer} | {took:.2f} | {space} | {grew:.1f} |")


if __name__ == "__main__":
    asyncio.run(measure())
