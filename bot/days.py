"""One way to read a day, wherever somebody types one."""

import re
from datetime import date
from typing import Final

ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def iso_day(typed: str) -> date | None:
    """Read a day like 2026-11-30; None where it is none. Python itself would take 20261130 and 2026-W48-1, too."""
    try:
        return date.fromisoformat(typed) if ISO_DATE.fullmatch(typed) else None
    except ValueError:
        return None
