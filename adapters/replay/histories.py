"""The files a replay reads: our own JSON Lines, and exports of Slack and Discord, told apart by what they hold."""

import heapq
import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, Protocol

import msgspec

from adapters.archive import begin
from adapters.replay.discord import DiscordExport, open_channel, open_channels, writers_in
from adapters.replay.line_reader import NOTHING_LISTED, LineReader, OnRoster
from adapters.replay.lines import (
    NO_TIME,
    AnyLine,
    SpaceLine,
    decoded,
    words_of_fields,
)
from adapters.replay.names import Names, by_ids
from adapters.replay.retold import Retold
from adapters.replay.slack import SlackExport, open_export
from adapters.replay.slack.others import told_by_start
from adapters.replay.slack.together import together
from bot.disk import is_there
from bot.errors import ConfigurationError
from bot.message import PostId
from bot.platform import Heard, moment

MIB: Final = 1024 * 1024
LONGEST_LINE: Final = 4 * MIB
"""Bytes. A longer line is no message; it is reported and skipped."""

MOST_NAMED: Final = 10
"""Further lines that could not be read are counted only."""
LONGEST_NAME: Final = 64
"""A longer text is no name of a team, and is not repeated."""


READ: Final = (
    "our own JSON Lines; a Slack export (a zip or a folder); what DiscordChatExporter writes with --format Json"
    " (one file, or a folder or zip of them)"
)
LOOKED_AT: Final = MIB
"""Bytes in which a line of our own is looked for, where a file looks like something else."""


class Typed(msgspec.Struct):
    """What every line of ours has."""

    type: str


class History(Protocol):
    """Something that can be heard from its beginning to its end, in the order of its time."""

    @property
    def bytes_total(self) -> int:
        """Give its size, for a progress bar."""
        ...

    @property
    def bytes_read(self) -> int:
        """Say how much of it is behind us."""
        ...

    @property
    def skipped(self) -> int:
        """Count what could not be read, or not in order."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """Say what could not be read or told, for a person. Names no words and nobody."""
        ...

    def hear(self) -> Iterator[Heard]:
        """Bring everything."""
        ...


def open_history(path: Path) -> History:
    """Open a file or folder. Raises `ConfigurationError` when there is nothing, or nothing we can read."""
    if not is_there(path):
        raise ConfigurationError(f"There is no {path}. Name one of what is read: {READ}.")
    if not path.is_dir() and not path.is_file():
        raise ConfigurationError(
            f"{path} is neither a file nor a folder: a pipe, say. A history is read more than once, so save what comes "
            "from it to a file, and name that."
        )
    start = begin(path)
    if path.is_dir() or path.suffix.lower() == ".zip" or start.startswith(b"PK"):
        return open_channels(path) or open_export(path)  # which says what is wrong with it
    discord = open_channel(path)
    if discord is not None:
        return discord
    told = told_by_start(start)
    if (told or path.suffix.lower() == ".json") and not _is_lines(path):
        other = "holds JSON of a kind we do not read" if start.strip() else "is empty"
        what = f"looks like {told}" if told else other
        raise ConfigurationError(f"{path} {what}. What is read: {READ}.")
    if _holds_other_things(path):
        raise ConfigurationError(f"{path} holds no line that is a JSON object. What is read: {READ}.")
    return JsonLines(path)


def _is_lines(path: Path) -> bool:
    """Say whether a file holds lines of our own format: at least one near its beginning is an object with a type."""
    with path.open("rb") as file:
        start = file.read(LOOKED_AT)
    return any(_is_line(each) for each in start.removeprefix(BOM_UTF8).splitlines())


def _is_line(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=Typed)
    except (ValueError, RecursionError):
        return False
    return True


def _holds_other_things(path: Path) -> bool:
    """Say whether a file holds something, but no line that is an object. It is read up to the first one."""
    holds_something = False
    with path.open("rb") as file:
        for text in JsonLines(path).texts(file):
            if text and _is_object(text):
                return False
            holds_something |= text != b""
    return holds_something


def _is_object(line: bytes) -> bool:
    """Say whether a line is an object, also one with half an emoji or a byte in it that is no UTF-8."""
    try:
        return isinstance(json.loads(line.decode(errors="replace")), dict)
    except (ValueError, RecursionError):
        return False


@dataclass(slots=True)
class JsonLines:
    """A file of our own format. A line that is none is reported, with its number, and skipped."""

    path: Path
    bytes_read: int = 0
    notes: list[str] = field(default_factory=list)
    _unread: int = 0
    _out_of_order: int = 0
    _unknown_teams: set[str] = field(default_factory=set, repr=False)

    @property
    def bytes_total(self) -> int:
        """Give the file's size."""
        return self.path.stat().st_size

    @property
    def skipped(self) -> int:
        """Count the lines that could not be read, and those that are earlier than the line before them."""
        return self._unread + self._out_of_order

    def hear(self) -> Iterator[Heard]:
        """Read line by line, in constant memory."""
        return as_one([self])

    def lines(self) -> Iterator["Numbered"]:
        """Read line by line what is to be understood beside the lines of other files."""
        is_empty, before = True, NO_TIME
        with self.path.open("rb") as file:
            for number, text in enumerate(self.texts(file), 1):
                is_empty &= text == b""
                if text is None:
                    self.skip(number, f"it is longer than {LONGEST_LINE // MIB} MiB, which is no message")
                    continue
                if not text:
                    continue
                try:
                    line = decoded(text)
                except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
                    self.skip(number, _wordless(error))
                else:
                    if line.at < before:
                        self._tell_that_it_is_earlier(number)
                    before = line.at
                    yield Numbered(self, number, line)
        if is_empty:
            self.notes.append(f"{self.path.name} is empty.")

    def texts(self, file: BinaryIO) -> Iterator[bytes | None]:
        """Give each line without blanks around it; None for one that is too long, read to its end and let go."""
        while line := file.readline(LONGEST_LINE):
            too_long = len(line) == LONGEST_LINE and not line.endswith(b"\n")
            first = self.bytes_read == 0
            self.bytes_read += len(line)
            rest = line
            while rest and too_long and not rest.endswith(b"\n"):
                rest = file.readline(LONGEST_LINE)
                self.bytes_read += len(rest)
            yield None if too_long else (line.removeprefix(BOM_UTF8) if first else line).strip()

    def _tell_that_it_is_earlier(self, number: int) -> None:
        """Say once that lines are not in order: what rests on what was said before may be judged wrong. Count each."""
        if not self._out_of_order:
            self.notes.append(
                f"{self.path.name}, line {number} is earlier than the line before it: the file is heard as it stands,"
                " and what is judged by what came before it may be wrong. Sort its lines by 'at'."
            )
        self._out_of_order += 1

    def tell_of_team(self, number: int, team: str) -> None:
        """Say of each team that the roster has not, once, where it is named first; of ten at the most."""
        if team in self._unknown_teams or len(self._unknown_teams) == MOST_NAMED:
            return
        self._unknown_teams.add(team)
        named = f"'{team}'" if team.isprintable() and len(team) <= LONGEST_NAME else "a team"
        self.notes.append(
            f"{self.path.name}, line {number} names {named}, which the roster does not have: its place counts as no"
            " team's. Correct the line's 'team', or add it to teams.csv."
        )

    def skip(self, number: int, why: str) -> None:
        """Say that a line is skipped, and why; after ten only count it."""
        self._unread += 1
        if self._unread <= MOST_NAMED:
            self.notes.append(f"{self.path.name}, line {number} is skipped: {why}.")
        if self._unread == MOST_NAMED + 1:
            self.notes.append(f"{self.path.name}: further lines that cannot be read are counted only.")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line of a file, decoded by itself: what it tells may rest on lines of other files."""

    file: JsonLines
    number: int
    line: AnyLine = field(repr=False)

    def understood(self, reader: LineReader, retold: Retold) -> Heard | None:
        """Say what it tells; None where an earlier line told it, or where it cannot be read, which is reported."""
        try:
            heard = reader.understand(self.line)
            if isinstance(self.line, SpaceLine) and reader.listed.has_no(self.line.team or ""):
                self.file.tell_of_team(self.number, self.line.team or "")
            return None if retold.is_again(self.line, heard) else heard
        except (ValueError, OverflowError, RecursionError) as error:
            self.file.skip(self.number, _wordless(error))
            return None


def as_one(
    histories: Sequence[History], earlier: Iterable[PostId] = (), listed: OnRoster = NOTHING_LISTED
) -> Iterator[Heard]:
    """Hear histories as one, by time; what is of one moment comes in their order, who can read a place first.

    A line of ours is understood only once its time has come: what a file says of a place holds in the others as well.
    `earlier` are posts of earlier runs that somebody may speak of; `listed` is what the roster has.
    """
    reader, retold = LineReader(names=Names(earlier=by_ids(earlier)), listed=listed), Retold()
    for each in heapq.merge(*_told(histories), key=_time):
        heard = each.understood(reader, retold) if isinstance(each, Numbered) else each
        if heard is not None:
            yield heard


def _told(histories: Sequence[History]) -> Iterator[Iterator[Numbered | Heard]]:
    """Begin to hear each; exports of one platform together, since one may know what another does not."""
    slack = iter([together([told for each in histories if isinstance(each, SlackExport) for told in each.told()])])
    writing = writers_in(each for each in histories if isinstance(each, DiscordExport))
    for each in histories:
        match each:
            case JsonLines():
                yield each.lines()
            case DiscordExport():
                yield each.hear_knowing(writing)
            case SlackExport():
                yield from slack
            case _:
                yield each.hear()


def _time(told: Numbered | Heard) -> tuple[datetime, bool]:
    if isinstance(told, Numbered):
        return told.line.at, not isinstance(told.line, SpaceLine)
    return moment(told), True


VALUE: Final = re.compile(r"(Invalid (?:enum )?value) '.*'( - at `[$][^`]*`)?", re.DOTALL)
FIELD: Final = re.compile(r"unknown field `(?![a-z_]{1,24}`)[^`]*.*`", re.DOTALL)
"""A field's name is worth repeating when it looks like one."""
INVALID: Final = re.compile(r"Invalid (?:enum )?value .*- at `[$][.]([a-z_]+)`", re.DOTALL)


def _wordless(error: Exception) -> str:
    """Say what is wrong with a line, and leave out what the library quotes of it."""
    match error:
        case RecursionError():
            return "it is nested too deeply"
        case OverflowError():
            return "a number in it is too large"
        case UnicodeDecodeError():
            return "it is not UTF-8"
        case _:
            invalid = INVALID.fullmatch(str(error))
            if invalid is not None and invalid[1] in words_of_fields():
                return f"its '{invalid[1]}' is none of: {', '.join(words_of_fields()[invalid[1]])}"
            return FIELD.sub("a field there is not", VALUE.sub(r"\1\2", str(error)))
