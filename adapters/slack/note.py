"""How a note looks on Slack: blocks for the eye, and the whole of it as plain text for notifications and readers aloud.

A deed's mark travels as the message's metadata, which nobody sees; by it a note that may have been sent is found again.
It also names a block, for a workspace may not give metadata back to whoever reads the history.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.notice import Notice
from bot.texts import ENGLISH, N_

Block = dict[str, Any]
"""One block of a message or a form, as Slack takes it."""

Said = tuple[str, list[Block]]
"""One message: the whole of it as text, and as blocks."""

LONGEST: Final = 12_000
"""Characters of one message of ours. Slack cuts at 40,000."""

SECTION: Final = 2_900
"""Characters of one block; Slack takes 3,000."""

LONGEST_ENTITY: Final = len("&amp;")

EVENT: Final = "chaperone_deed"
"""What the metadata of our messages is called."""

STAMP: Final = "deed:"
"""Begins the name of a block that a mark has named."""

COPIES_WAIT: Final = N_("{number} copies wait for you.")


def metadata(*marks: str) -> dict[str, Any]:
    """Write the marks of deeds where nobody sees them."""
    return {"event_type": EVENT, "event_payload": {"marks": " ".join(marks)}}


def stamped(blocks: Sequence[Block], *marks: str) -> list[Block]:
    """Name the first blocks of a message by the marks of deeds."""
    named = [{**block, "block_id": f"{STAMP}{mark}"} for block, mark in zip(blocks, marks, strict=False)]
    return [*named, *blocks[len(named) :]]


def marks_in(message: dict[str, Any]) -> frozenset[str]:
    """Read the marks of a message of ours, by whichever way they came."""
    ids = (str(each.get("block_id") or "") for each in message.get("blocks") or () if isinstance(each, dict))
    return _metadata_marks(message) | {each.removeprefix(STAMP) for each in ids if each.startswith(STAMP)}


def _metadata_marks(message: dict[str, Any]) -> frozenset[str]:
    told = message.get("metadata")
    payload = told.get("event_payload") if isinstance(told, dict) and told.get("event_type") == EVENT else None
    marks = payload.get("marks") if isinstance(payload, dict) else None
    return frozenset(marks.split()) if isinstance(marks, str) else frozenset()


def piece_mark(mark: str, piece: int) -> str:
    """Name one piece of what a deed sends; the last has the bare mark."""
    return mark if piece == 0 else f"{mark}.{piece}"


def escaped(text: str) -> str:
    """Keep what people wrote from being read as markup: no mention, no link, no entity."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def section(text: str) -> Iterator[Block]:
    """Show a text in as many blocks as it takes."""
    for piece in cut(text, SECTION):
        yield {"type": "section", "text": {"type": "mrkdwn", "text": piece}}


def pieces(notice: Notice) -> tuple[Said, ...]:
    """Lay a note out as messages in the order they are sent: text given back that is long first, the note last."""
    whole = _layout(notice, notice.returned)
    if len(whole) <= LONGEST:
        return _said(whole)
    given_back = (f"{notice.headings[-1]}:\n{each}" for each in cut(escaped(notice.returned), LONGEST - 200))
    return _said(*given_back, *cut(_layout(notice, ""), LONGEST))


def digest(notices: Sequence[Notice]) -> tuple[str, list[Block]]:
    """Lay several notes of copies out as one: what each is about and what to do, then what holds for all of them.

    What to do names the copy, so no other may stand for it.
    """
    head = ENGLISH.say(COPIES_WAIT.filled(number=str(len(notices))))
    lines = [f"• {escaped(f'{each.saw} {each.now}')}" for each in notices]
    rest = "\n".join(_parts(replace(notices[0], now="")))
    blocks = [block for text in (*lines, rest, f"*{head}*") for block in section(text)]
    return "\n".join([f"*{head}*", *lines, rest]), blocks


def shown(head: str, text: str, told: str) -> tuple[Said, ...]:
    """Lay out what is posted for somebody: the line above it, who says it, then the text, as messages."""
    above = f"_{escaped(told)}_\n\n" if told else ""
    who = f"*{escaped(head)}:*\n" if head else ""
    return _said(*cut(f"{above}{who}{escaped(text)}", LONGEST))


def _said(*texts: str) -> tuple[Said, ...]:
    return tuple((each, [*section(each)]) for each in texts)


def _layout(notice: Notice, returned: str) -> str:
    lines = [f"*{escaped(notice.saw)}*", *_parts(notice)]
    if returned:
        lines.append(f"*{notice.headings[-1]}:*\n{escaped(returned)}")
    return "\n".join(lines)


def _parts(notice: Notice) -> list[str]:
    rule, now, next_, disagree, _, _ = notice.headings
    parts = [(rule, notice.rule), (now, notice.now), (next_, notice.next), (disagree, notice.disagree)]
    return [f"*{heading}:* {escaped(text)}" for heading, text in parts if text]


def cut(text: str, most: int) -> Iterator[str]:
    """Cut a text into pieces that fit, at a line or a blank where there is one, and never within an entity.

    Slack takes no piece that is blank, so such a piece is left out.
    """
    rest = text
    while rest.strip():
        at = len(rest) if len(rest) <= most else _cut_at(rest, most)
        if rest[:at].strip():
            yield rest[:at]
        rest = rest[at:]


def _cut_at(text: str, most: int) -> int:
    at = max(text.rfind("\n", 0, most), text.rfind(" ", 0, most))
    if at > most // 2:
        return at
    entity = text.rfind("&", most - LONGEST_ENTITY + 1, most)
    return entity if entity > 0 and ";" not in text[entity:most] else most
