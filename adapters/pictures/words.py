"""Reads the words in a picture by tesseract, a program of its own, where it is installed."""

import contextlib
import resource
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from PIL import Image

from bot.readings.picture import NoText

SURE: Final = 70.0
"""Tesseract says of each word how sure it is, 0 to 100. What it is less sure of is often a pattern on a shirt."""

LONGEST_SIDE: Final = 2000
"""A larger picture is made smaller first: that is still several times what a screen shows."""

MOST_LETTERS: Final = 20_000
CPU_SECONDS: Final = 2
WALL_SECONDS: Final = 4.0


@dataclass(frozen=True, slots=True)
class Tesseract:
    """The program, and the languages it is to read."""

    program: str
    languages: str

    def read(self, picture: Image.Image) -> str | NoText:
        """Give the words that are surely there, line by line. The picture goes through a pipe, never to a disk."""
        grey = picture.convert("L")
        grey.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        content = b"P5 %d %d 255\n" % grey.size + grey.tobytes()
        try:
            said = self._said(content)
        except (OSError, subprocess.SubprocessError):
            return NoText.GAVE_UP
        return NoText.GAVE_UP if said is None else _sure(said)

    def _said(self, content: bytes) -> str | None:
        command = [self.program, "stdin", "stdout", "-l", self.languages, "--dpi", "150", "tsv"]
        with subprocess.Popen(  # noqa: S603 (a fixed program, no shell, and nothing of the picture in the command)
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(process.pid, resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
            try:
                said, _ = process.communicate(content, timeout=WALL_SECONDS)
            finally:
                process.kill()
        return said.decode("utf-8", "replace") if process.returncode == 0 else None


def _sure(table: str) -> str:
    """Read tesseract's table: level, page, block, paragraph, line, word, four of place, sureness, text."""
    lines: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) == 12 and cells[11].strip() and float(cells[10]) >= SURE:
            lines[tuple(cells[1:5])].append(cells[11])
    return "\n".join(map(" ".join, lines.values()))[:MOST_LETTERS]
