"""The reader of words is a program of its own, with limits of its own."""

from pathlib import Path
from time import perf_counter

from adapters.pictures.words import CPU_SECONDS, WALL_SECONDS, Tesseract
from bot.readings.picture import NoText
from tests.pictures.made import sign


def test_a_reader_of_words_has_its_own_processor_time(tmp_path: Path) -> None:
    """Or else it would have what its worker has used so far, which grows: the kernel ends it before the clock does."""
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\nwhile :; do :; done\n")
    program.chmod(0o755)

    begun = perf_counter()
    told = Tesseract(str(program), "eng").read(sign("Practice"))

    assert told is NoText.GAVE_UP
    assert CPU_SECONDS - 0.5 < perf_counter() - begun < WALL_SECONDS - 0.2


def test_a_program_that_is_not_there_reads_nothing() -> None:
    """It may be taken off the machine while we run."""
    assert Tesseract("/nonexistent/tesseract", "eng").read(sign("Practice")) is NoText.GAVE_UP
