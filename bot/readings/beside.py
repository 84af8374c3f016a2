"""What stands beside a place in a text: where it is asked what a number or a name is. Pure."""

from typing import Final

NEAR: Final = 48
"""How many characters on either side are asked: some eight words. What is said farther off is about something else."""


def before(text: str, start: int) -> str:
    """Give what stands near, before a place."""
    return text[max(0, start - NEAR) : start]


def behind(text: str, end: int) -> str:
    """Give what stands near, behind a place."""
    return text[end : end + NEAR]
