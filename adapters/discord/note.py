"""How a note looks on Discord: plain text that everybody's client shows, in pieces where it is long, with its mark.

The mark is the last line of each piece. By it a note that may have been sent is found again: the mark of the whole
stands at the piece that is sent last, so where that is found, all are there.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.notice import Notice

LONGEST: Final = 2_000
"""Characters a message may have."""

ROOM: Final = LONGEST - 60
"""Characters left for text beside the mark."""


WHOLE: Final = 0
"""The number of the piece that is sent last: where it stands, nothing is missing."""


def numbers(pieces: int) -> tuple[int, ...]:
    """Number so many pieces in the order they are sent: 1, 2, ..., and the last as the whole."""
    return (*range(1, pieces), WHOLE) if pieces else ()


def mark_line(mark: str, piece: int) -> str:
    """Write the small line that ends each piece of a note."""
    return f"-# Note {mark}" if piece == WHOLE else f"-# Note {mark}, part {piece}"


def mark_of(text: str) -> str:
    """Give the line by which a message of ours is told; of any other message just its last line."""
    return text.rsplit("\n", 1)[-1]


def pieces(notice: Notice, mark: str) -> tuple[str, ...]:
    """Lay a note out as messages in the order they are sent: text given back that is long first, the note last."""
    whole = _layout(notice, notice.returned)
    if len(whole) <= ROOM:
        return _marked([whole], mark)
    given_back = [f"{notice.headings[-1]}:\n{each}" for each in _cut(notice.returned)]
    return _marked([*given_back, _layout(notice, "")], mark)


def shown(text: str, told: str, mark: str) -> tuple[str, ...]:
    """Lay out what is posted for somebody: the line above it, then the text, in pieces with their marks."""
    return _marked([*_cut(f"{told}\n\n{text}" if told else text)], mark)


def _marked(texts: Sequence[str], mark: str) -> tuple[str, ...]:
    return tuple(f"{each}\n{mark_line(mark, number)}" for number, each in zip(numbers(len(texts)), texts, strict=True))


def _layout(notice: Notice, returned: str) -> str:
    rule, now, next_, disagree, _, yours = notice.headings
    parts = [(rule, notice.rule), (now, notice.now), (next_, notice.next), (disagree, notice.disagree)]
    lines = [f"**{notice.saw}**", *(f"**{heading}:** {text}" for heading, text in parts if text)]
    if returned:
        lines.append(f"**{yours}:**\n{returned}")
    return "\n".join(lines)


def _cut(text: str) -> Iterator[str]:
    """Cut a text into pieces that fit, at a line or a blank where there is one."""
    rest = text
    while len(rest) > ROOM - 40:
        most = ROOM - 40
        at = max(rest.rfind("\n", 0, most), rest.rfind(" ", 0, most))
        at = at if at > most // 2 else most
        yield rest[:at]
        rest = rest[at:]
    if rest.strip():
        yield rest
