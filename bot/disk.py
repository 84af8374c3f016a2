"""Files: put in place whole, and what their faults say to a person: no leave to read, a folder, no room."""

import os
import shlex
import sqlite3
from pathlib import Path

from bot.errors import ConfigurationError


def is_there(path: Path) -> bool:
    """Say whether there is anything of this name. Raises `ConfigurationError` where this account may not look."""
    try:
        return path.exists()
    except OSError as error:
        raise unreadable(path, error) from error


def is_empty(path: Path) -> bool:
    """Say whether a file is there and holds nothing. Raises `ConfigurationError` where this account may not look."""
    return is_there(path) and path.stat().st_size == 0


def others_may_read(path: Path) -> bool:
    """Say whether other accounts of this machine may read a file, or write it, and may come as far as to it."""
    try:
        file, folders = path.stat(), [each.stat() for each in path.resolve().parents]
    except OSError:
        return False  # whoever needs it says better what is wrong with it
    own = {0, file.st_uid}  # a closed folder of a third account lets that account in
    return bool(file.st_mode & 0o066) and all(each.st_mode & 0o011 or each.st_uid not in own for each in folders)


def put(path: Path, content: bytes) -> None:
    """Put a file in place of the one before: whole, durable, for its own account alone (0600). Raises `OSError`."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def quoted(path: Path) -> str:
    """Write a path as it can be typed into a shell, also where a part of it cannot be printed."""
    if str(path).isprintable():
        return shlex.quote(str(path))
    return f"$'{''.join(_typed(each) for each in os.fsencode(path))}'"


def _typed(byte: int) -> str:
    plain = 0x20 <= byte < 0x7F and chr(byte) not in "'\\"
    return chr(byte) if plain else f"\\{byte:03o}"


def unreadable(path: Path, error: OSError) -> ConfigurationError:
    """Say that a file could not be read, why, and what to look at."""
    return ConfigurationError(
        f"{path} could not be read ({_why(error)}). Look whether it is a file, and whether this account may read it."
    )


def unwritable(path: Path, error: OSError | sqlite3.Error) -> ConfigurationError:
    """Say that a file could not be written, why, and what to look at."""
    return ConfigurationError(
        f"{path} could not be written ({_why(error)}). Look whether the disk is full and whether this account may "
        "write there."
    )


def _why(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error)
