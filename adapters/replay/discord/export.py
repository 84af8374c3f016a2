"""One export, a file or many, heard in time order and in little memory."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from pathlib import Path
from typing import NamedTuple

from adapters.archive import BROKEN, GIB, MIB, Archive, Limits, Source, begin, is_litter, open_archive
from adapters.replay.discord.pieces import LONGEST, Piece, Pieces
from adapters.replay.discord.records import START, Channel, Record, channel_of, moment_of, record_of
from adapters.replay.discord.telling import Telling, account_of, is_answer, new_tally
from adapters.replay.merging import merged
from adapters.replay.tally import Tally
from bot.errors import ConfigurationError
from bot.message import PlaceId
from bot.people import AccountId
from bot.platform import UNKNOWN_READERS, Heard, Readers

LIMITS = Limits(
    files=300_000,
    file_bytes=256 * GIB,
    bytes=1024 * GIB,
    swelling=300,
    small=8 * MIB,
    depth=4,
    endings=(".json",),
)
"""No file is ever held whole, so they may be large. Pictures that the exporter saved beside them are never opened."""

SLACKS = ("users.json", "org_users.json")
"""Where one of these is, it is a Slack export, with a hundred thousand files of which none is ours."""

OUT_OF_ORDER = (
    "stand before earlier ones: what is judged by what came before it may be wrong. Export again in order of time"
)

OF_ANOTHER_KIND = "it may hold messages, and is not what the exporter writes with --format Json"

CHANNEL_ID = re.compile(r"\[(\d{2,20})\]", re.ASCII)

MOST_NAMED = 50
"""Further places that cannot be read are counted only."""


Writers = dict[AccountId, bool]
"""The accounts that write in a direct message, and whether each is an app's."""


class Part(NamedTuple):
    """One file, and the channel it is of. A channel may be cut into several."""

    name: str
    channel: Channel


class Timed(NamedTuple):
    """A message whose time could be read."""

    at: datetime
    record: Record


@dataclass(slots=True)
class DiscordExport:
    """The history of some channels. `hear` may be called again; it starts anew each time."""

    _archive: Archive = field(repr=False)
    _parts: tuple[Part, ...] = field(repr=False)
    _strangers: tuple[str, ...] = field(default=(), repr=False)
    """What was found among the files and is none of ours, in a sentence each."""
    _packed: bool = False
    """Whether it is a zip, which cannot be entered in the middle."""
    tally: Tally = field(default_factory=new_tally)
    bytes_read: int = 0
    """How many of `bytes_total` are behind us."""
    _faults: list[str] = field(default_factory=list, repr=False)
    _miscounts: list[str] = field(default_factory=list, repr=False)
    _missing: int = 0
    """How many messages the files say they hold, and do not."""

    @property
    def bytes_total(self) -> int:
        """Give the size of all files, unpacked; twice for direct messages, which are read twice."""
        return sum(self._archive.sizes[each.name] * (2 if each.channel.for_two else 1) for each in self._parts)

    @property
    def skipped(self) -> int:
        """Count the messages and files that could not be read, and the messages that are missing."""
        return self.tally.skipped.total() + len(self._faults) + len(self._strangers) + self._missing

    @property
    def notes(self) -> tuple[str, ...]:
        """Say, for a person, what was left out or could not be told so far. Names no words and nobody."""
        named = (*self._strangers, *self._faults)
        more = len(named) - MOST_NAMED
        return (
            *named[:MOST_NAMED],
            *([f"{more} further places cannot be read and are left out"] if more > 0 else []),
            *self._miscounts[:MOST_NAMED],
            *self.tally.notes(),
        )

    def hear(self) -> Iterator[Heard]:
        """Bring everything in the order of its time; in one place, messages of one time as they stand in the file."""
        return self.hear_knowing(writers_in([self]))

    def hear_knowing(self, writing: Mapping[PlaceId, Writers]) -> Iterator[Heard]:
        """Bring everything, with who writes in each direct message, also by what other exports have of it."""
        with self._archive.opened() as source:
            readers = {place: _both(accounts) for place, accounts in writing.items()}
            tellings = {
                channel.id: Telling(channel.id, channel.shown, readers.get(channel.id, UNKNOWN_READERS), self.tally)
                for _, channel in self._parts
            }
            begun = sorted(((self._begins(each, source), each) for each in self._parts), key=lambda pair: pair[0])
            for _, part, timed in merged(begun, lambda part: self._timed(part, source)):
                yield from tellings[part.channel.id].heard(timed.at, timed.record)

    def learn_who_writes(self, writing: dict[PlaceId, Writers]) -> None:
        """Begin anew: note who writes in each direct message. Of any other place nobody can say who reads it."""
        self.tally, self.bytes_read, self._faults, self._miscounts = new_tally(), 0, [], []
        self._missing = 0
        with self._archive.opened() as source:
            for part in self._parts:
                if part.channel.for_two:
                    self._note_writers(part, source, writing.setdefault(part.channel.id, {}))

    def _note_writers(self, part: Part, source: Source, accounts: Writers) -> None:
        """Note each account that writes in a direct message, and whether it is an app's.

        What an app answers to a command is left out: somebody may have called it into a talk with somebody else.
        """
        pieces = Pieces(self._chunks(part, source), part.channel.begins)
        try:
            for piece in pieces:
                record = record_of(piece.data) if piece.data else None
                author = record.author if record is not None and isinstance(record.author, dict) else {}
                account, is_app = account_of(author), author.get("isBot") is True
                if record is not None and account is not None and not (is_app and is_answer(record)):
                    accounts[account] = is_app
        except ValueError:
            return  # it is told of when the messages are heard

    def _begins(self, part: Part, source: Source) -> float:
        """Give the time of a file's first message; infinite when none has a time."""
        pieces = Pieces(self._chunks(part, source, counts=False), part.channel.begins)
        try:
            for piece in pieces:
                record = record_of(piece.data) if piece.data else None
                moment = None if record is None else moment_of(record.timestamp)
                if moment is not None:
                    return moment.timestamp()
        except ValueError:
            pass
        return inf

    def _timed(self, part: Part, source: Source) -> Iterator[tuple[float, Timed]]:
        """Read one file's messages as they stand, counting what is none."""
        pieces, latest, number, end = Pieces(self._chunks(part, source), part.channel.begins), 0.0, 0, 0
        try:
            for number, piece in enumerate(pieces, 1):
                end = piece.at + len(piece.data or b"")
                record = self._record(part, number, piece)
                if record is None:
                    continue
                at = moment_of(record.timestamp)
                if at is None:
                    self.tally.skipped["have no time"] += 1
                    continue
                moment = at.timestamp()
                if moment < latest:
                    self.tally.doubtful[OUT_OF_ORDER] += 1
                latest = max(moment, latest)
                yield moment, Timed(at, record)
        except ValueError as error:
            self._faults.append(f"{_named(part)}, after message {number} (byte {end}): {error}; the rest is left out")
        if pieces.counted is not None and pieces.counted != number:
            self._missing += max(pieces.counted - number, 0)
            self._miscounts.append(f"{_named(part)} says that it holds {pieces.counted} messages; {number} are there")

    def _record(self, part: Part, number: int, piece: Piece) -> Record | None:
        record = record_of(piece.data) if piece.data is not None else None
        if record is None:
            why = "no message" if piece.data is not None else f"longer than {LONGEST // MIB} MiB, which is no message"
            self._faults.append(f"{_named(part)}, message {number} (byte {piece.at}) is {why}, and is left out")
        return record

    def _chunks(self, part: Part, source: Source, *, counts: bool = True) -> Iterator[bytes]:
        """Read a file bit by bit. Raises `ValueError` with a word or two when it cannot be read.

        Where one can, it is closed in between: a server may have more channels than a process may open files.
        """
        done, size = 0, self._archive.sizes[part.name]
        try:
            for chunk in _in_one_go(source, part.name) if self._packed else _bit_by_bit(source, part.name):
                done += len(chunk)
                self.bytes_read += len(chunk) if counts else 0
                yield chunk
        except OSError as error:
            raise ValueError(f"it cannot be read ({type(error).__name__})") from error
        except BROKEN as error:
            raise ValueError("it is damaged") from error
        finally:
            self.bytes_read += size - done if counts else 0


def _in_one_go(source: Source, name: str) -> Iterator[bytes]:
    with source(name) as file:
        while chunk := file.read(START):
            yield chunk


def _bit_by_bit(source: Source, name: str) -> Iterator[bytes]:
    done = 0
    while True:
        with source(name) as file:
            file.seek(done)
            chunk = file.read(START)
        if not chunk:
            return
        done += len(chunk)
        yield chunk


def writers_in(exports: Iterable[DiscordExport]) -> dict[PlaceId, Writers]:
    """Begin to hear exports anew: learn who writes in each direct message by all of them, however it is cut up."""
    writing: dict[PlaceId, Writers] = {}
    for each in exports:
        each.learn_who_writes(writing)
    return writing


def _both(accounts: Writers) -> Readers:
    """Name the people in a direct message, once both of its accounts have been seen. An app reads nothing.

    Besides two people, apps may write that one of them has called.
    """
    people = frozenset(each for each, app in accounts.items() if not app)
    return Readers(people, people) if 2 in {len(accounts), len(people)} else UNKNOWN_READERS


def _named(part: Part) -> str:
    """Name a file by its channel's id: the file of a direct message is named after its people."""
    return f"channel {part.channel.id}"


def open_channel(path: Path) -> DiscordExport | None:
    """Open one file; None when it is of another kind. Raises `ConfigurationError` when it is ours and broken."""
    start = begin(path, START)
    try:
        channel = channel_of(start)
    except ValueError as error:
        raise ConfigurationError(f"{path} looks like DiscordChatExporter's, but {error}. Export it again.") from error
    if channel is None:
        return None
    archive = Archive({path.name: path.stat().st_size}, lambda: nullcontext(lambda _: path.open("rb")))
    return DiscordExport(archive, (Part(path.name, channel),))


def open_channels(path: Path) -> DiscordExport | None:
    """Open a folder or zip of files; None when none of them is ours. Raises `ConfigurationError` as `open_archive`."""
    if path.is_file() and not begin(path, START).startswith(b"PK"):
        return None
    archive = open_archive(path, LIMITS)
    if any(name.rpartition("/")[2] in SLACKS and _is_candidate(name) for name in archive.sizes):
        return None
    parts: list[Part] = []
    strangers: list[str] = []
    with archive.opened() as source:
        for number, name in enumerate(archive.sizes, 1):
            if not _is_candidate(name):
                continue
            try:
                with source(name) as file:
                    channel = channel_of(file.read(START))
            except (*BROKEN, ValueError) as error:
                why = str(error) if type(error) is ValueError else "the file cannot be read"
                strangers.append(f"{_unread(number, name)} in {path.name or path} is left out: {why}")
                continue
            if channel is None:
                which = f"{_unread(number, name)} in {path.name or path}"
                strangers.append(f"{which} is not DiscordChatExporter's and is left out")
            else:
                parts.append(Part(name, channel))
    strangers += [f"{each} in {path.name or path} is left out: {OF_ANOTHER_KIND}" for each in _others(archive, parts)]
    return DiscordExport(archive, tuple(parts), tuple(strangers), path.is_file()) if parts else None


def _others(archive: Archive, parts: Sequence[Part]) -> Iterator[str]:
    """Name the files that may hold messages in another form: of a channel without one of ours, packed, or lines."""
    known = {part.channel.id for part in parts}
    for number, name in enumerate(archive.sizes, 1):
        ids = set(CHANNEL_ID.findall(name.rpartition("/")[2]))
        is_of_a_channel = name.lower().endswith((".html", ".csv", ".txt")) and ids and not ids & known
        if (is_of_a_channel or name.lower().endswith((".zip", ".jsonl"))) and not _is_aside(name):
            yield _unread(number, name)


def _unread(number: int, name: str) -> str:
    """Name a file by the channel's id, which the exporter puts into its name: the rest of that may name people."""
    ids = CHANNEL_ID.findall(name)
    return f"The file of channel {ids[-1]}" if ids else f"File {number}"


def _is_candidate(name: str) -> bool:
    """Say whether a file may hold messages. What people attached stands in a folder of its own."""
    return name.lower().endswith(".json") and not _is_aside(name)


def _is_aside(name: str) -> bool:
    return is_litter(name) or any(folder.endswith("_Files") for folder in name.split("/")[:-1])
