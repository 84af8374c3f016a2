"""The reader of words is a program of its own, with limits of its own."""

import resource
from pathlib import Path

import pytest

from adapters.pictures import words
from adapters.pictures.words import CPU_SECONDS, Tesseract
from bot.readings.picture import NoText
from tests.pictures.made import sign


def test_a_reader_of_words_has_its_own_processor_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or else it would have what its worker has used so far, which grows: the kernel ends it, however busy the machine.

    The clock, which would end it too, is put off.
    """
    monkeypatch.setattr(words, "WALL_SECONDS", 600.0)
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\nwhile :; do :; done\n")
    program.chmod(0o755)

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = Tesseract(str(program), "eng").read(sign("Practice"))

    assert told is NoText.GAVE_UP
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert CPU_SECONDS - 0.5 < used < CPU_SECONDS + 0.5


def test_a_program_that_is_not_there_reads_nothing() -> None:
    """It may be taken off the machine while we run."""
    assert Tesseract("/nonexistent/tesseract", "eng").read(sign("Practice")) is NoText.GAVE_UP
