"""What can be answered to a note, as buttons. Everything a button needs is in its value, so it outlives a restart."""

from typing import Final

from adapters.slack.note import Block, escaped
from adapters.wording import CHOOSE, CHOOSE_ONE, DISAGREE, KINDS, NOBODY, invites_to_disagree
from bot.message import PostId
from bot.notice import LABELS, Notice
from bot.rule import Choice
from bot.texts import ENGLISH

NOTE: Final = "note:"
"""Begins the action of every button under a note; the rest is what it answers."""

APPEAL: Final = "appeal"


def buttons(notice: Notice, post: PostId, beyond_us: frozenset[Choice]) -> list[Block]:
    """Draw what can be answered to a note about a post, but for what we could not follow."""
    if not post:
        return []
    offered = [
        button(choice.name.lower(), post, label)
        for choice, label in zip(notice.choices, notice.labels, strict=True)
        if choice not in beyond_us
    ]
    if invites_to_disagree(notice):
        offered.append(button(APPEAL, post, ENGLISH.say(DISAGREE)))
    return [{"type": "actions", "elements": offered}] if offered else []


def concern(post: PostId) -> list[Block]:
    """Draw the one button under a private matter: whoever reads it can say that a copy would go to the wrong person."""
    choice = Choice.CONCERNS_COPIED
    return [{"type": "actions", "elements": [button(choice.name.lower(), post, ENGLISH.say(LABELS[choice]))]}]


def button(what: str, post: str, label: str) -> Block:
    """Draw one button."""
    return {"type": "button", "action_id": f"{NOTE}{what}", "value": post, "text": plain(label)}


def plain(text: str, most: int = 75) -> Block:
    """Write a text without markup, as labels are."""
    return {"type": "plain_text", "text": text[:most]}


def kinds(post: PostId, label: str) -> list[Block]:
    """Offer both kinds of matter, and to choose whose it is; neither kind is chosen beforehand."""
    offered = [button(f"private.{kind}", post, ENGLISH.say(each)) for kind, each in KINDS.items()]
    offered.append(button("private.student", post, ENGLISH.say(CHOOSE_ONE)))
    return _offer(label, offered)


def pictured(post: PostId, label: str) -> list[Block]:
    """Offer to choose who is in a picture, or to say that nobody is."""
    people, nobody = ENGLISH.say(CHOOSE), ENGLISH.say(NOBODY)
    return _offer(label, [button("pictured.students", post, people), button("pictured.nobody", post, nobody)])


def _offer(label: str, offered: list[Block]) -> list[Block]:
    asked = {"type": "section", "text": {"type": "mrkdwn", "text": escaped(label)}}
    return [asked, {"type": "actions", "elements": offered}]
