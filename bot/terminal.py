"""What every command needs: where it prints, what can be typed with it, the settings and the database it works on."""

import getpass
import os
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from bot.config import Configuration, default_configuration, read_configuration
from bot.days import iso_day
from bot.disk import quoted
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from bot.house import HouseFiles

BROKEN = 2
"""The exit code when something has to be mended before anything can be done."""

UNSURE = 1
"""The exit code when it was done, but something in it needs a look."""

NO_SETTINGS = "There is no config.toml here. Name one with --config, or copy config.example.toml."

OUT = Console(highlight=False, emoji=False)
ERR = Console(stderr=True, highlight=False, emoji=False)

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", envvar="CHAPERONE_CONFIG", help="The settings. Else config.toml here, else the example."),
]
DatabaseOption = Annotated[
    Path | None, typer.Option("--database", help="The database, where it is not the configured one.")
]


def read_settings(path: Path | None, *, needed: bool = True) -> Configuration:
    """Find the settings: the file named, else config.toml here, else the example; else defaults, if those will do."""
    found = settings_file(path)
    if found is not None:
        return read_configuration(found)
    if needed:
        raise ConfigurationError(NO_SETTINGS)
    return default_configuration()


def settings_file(path: Path | None) -> Path | None:
    """Name the file of settings: the one named, else config.toml here, else the example; None where there is none."""
    here = (Path(name) for name in ("config.toml", "config.example.toml"))
    return path or next((each for each in here if each.exists()), None)


def place_of(configuration: Configuration, database: Path | None = None) -> "HouseFiles":
    """Find database and key: the configured ones, or the named database with the key beside it."""
    from bot.house import AUDIT, HouseFiles, live_files
    from bot.store.database import purpose_of

    live = live_files(configuration)
    if database is None or database.resolve() == live.database.resolve():
        return live
    return HouseFiles(database, key_beside(database), purpose_of(database) or AUDIT)


def key_beside(database: Path) -> Path:
    """Name the key of a database that is named on the command line."""
    if os.path.isdir(database):  # noqa: PTH112 (the other one raises where this account may not look)
        raise ConfigurationError(f"{database} is a folder. Name a database file.")
    return database.with_name(f"{database.name}.key")


def escape_what_cannot_be_printed() -> None:
    """Print as an escape what an output cannot write, such as a byte of a file's name that is no UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def printing() -> Iterator[None]:
    """Bring out all that is printed meanwhile; quietly nothing more where the reader has gone, as `head` does.

    Raises:
        ConfigurationError: standard output could not be written.
    """
    last = ""
    try:
        yield
    except OSError as error:
        if error.filename is None:  # a file that is named was opened, so it was not standard output that failed
            last = "\n"  # this fails, too, if it was standard output; else a traceback follows
        raise
    finally:
        if sys.stdout is not None:  # it may have been closed from the beginning
            _bring_out(last)


def _bring_out(last: str) -> None:
    try:
        sys.stdout.write(last)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python tries it again at its end
        if not isinstance(error, BrokenPipeError):
            raise ConfigurationError(
                f"Standard output could not be written ({error.strerror}), so what was to be told is not whole. Look "
                "whether the disk that it goes to is full, and what was done, before you type it again."
            ) from error


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal how far a replay is, and nothing in a log file."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        task = progress.add_task("Replaying", total=None)
        yield lambda read, total: progress.update(task, completed=read, total=total)


def day(typed: str) -> date:
    """Read a date as it is typed. Raises `ConfigurationError` with how to write one."""
    found = iso_day(typed)
    if found is None:
        raise ConfigurationError(f"'{typed}' is no date. Write it like 2026-11-30.")
    return found


def own_name() -> str:
    """Give the command as it can be typed here: by its name, or by the path it was started with."""
    if shutil.which("chaperone"):
        return "chaperone"
    if Path(sys.argv[0]).name == "__main__.py":
        return "python -m bot"
    return quoted(Path(os.path.relpath(sys.argv[0])))


def own_account() -> str:
    """Name the account of this process; in a container it may be a bare number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"account {os.getuid()}"


def harmless(text: str) -> str:
    """Show what would drive a terminal as escapes; everything else as it was written."""
    return "".join(
        each if each == "\n" or unicodedata.category(each) not in {"Cc", "Cs"} else ascii(each)[1:-1] for each in text
    )


def print_lines(lines: Iterable[str]) -> None:
    """Print lines that hold what people wrote."""
    for line in lines:
        OUT.print(harmless(line), markup=False, soft_wrap=True)
