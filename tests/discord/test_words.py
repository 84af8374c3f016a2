"""Every word a person can read, from Discord's own message object as its documentation shows it."""

from typing import Any

import pytest

from adapters.discord.versions import revision_of
from adapters.discord.words import DEEPEST, words_of
from bot.message import Where, Words
from tests.district import NOON

EMBED: dict[str, Any] = {
    "provider": {"name": "Tube"},
    "author": {"name": "a channel", "url": "https://tube.example/a"},
    "title": "a title",
    "description": "a description",
    "url": "https://tube.example/v",
    "fields": [{"name": "a field", "value": "its value"}],
    "footer": {"text": "a footer"},
}
POLL: dict[str, Any] = {
    "question": {"text": "Who is worst?"},
    "answers": [{"poll_media": {"text": "Ann"}}, {"poll_media": {"text": "Ben", "emoji": {"name": "clown"}}}],
}
NESTED: list[dict[str, Any]] = [
    {
        "type": 17,
        "components": [
            {"type": 10, "content": "a text"},
            {
                "type": 9,
                "components": [{"type": 10, "content": "inside"}],
                "accessory": {"type": 2, "label": "a button"},
            },
            {"type": 12, "items": [{"description": "what the picture shows"}]},
        ],
    },
    {"type": 1, "components": [{"type": 2, "label": "Go", "url": "https://go.example"}]},
    {
        "type": 1,
        "components": [{"type": 3, "placeholder": "pick", "options": [{"label": "one", "description": "first"}]}],
    },
]


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ({"content": "hi"}, [(Where.BODY, "hi")]),
        ({"content": ""}, []),
        ({}, []),
        (
            {"attachments": [{"filename": "a.png", "title": "A", "description": "a bus"}]},
            [(Where.FILE_NAME, "A"), (Where.FILE_NAME, "a.png"), (Where.ALT_TEXT, "a bus")],
        ),
        (
            {"attachments": [{"filename": "voice-message.ogg"}], "flags": 8192},
            [(Where.FILE_NAME, "voice-message.ogg")],
        ),
        ({"sticker_items": [{"name": "loser"}]}, [(Where.STICKER, "loser")]),
        ({"thread": {"name": "only us"}}, [(Where.THREAD_NAME, "only us")]),
        (
            {"poll": POLL},
            [(Where.POLL, "Who is worst?"), (Where.POLL, "Ann"), (Where.POLL, "Ben"), (Where.TAG, "clown")],
        ),
        (
            {"message_snapshots": [{"message": {"content": "old", "embeds": [{"title": "t"}]}}]},
            [(Where.FORWARD, "old"), (Where.EMBED, "t")],
        ),
        (
            {"embeds": [EMBED]},
            [
                *((Where.EMBED, each) for each in ("Tube", "a channel", "a title", "a description", "a field")),
                *((Where.EMBED, each) for each in ("its value", "a footer")),
                (Where.LINK_TARGET, "https://tube.example/v"),
                (Where.LINK_TARGET, "https://tube.example/a"),
            ],
        ),
        (
            {"components": NESTED},
            [
                (Where.EMBED, "a text"),
                (Where.EMBED, "inside"),
                (Where.EMBED, "a button"),
                (Where.ALT_TEXT, "what the picture shows"),
                (Where.EMBED, "Go"),
                (Where.LINK_TARGET, "https://go.example"),
                (Where.EMBED, "pick"),
                (Where.EMBED, "one"),
                (Where.EMBED, "first"),
            ],
        ),
    ],
)
def test_every_part_is_read(message: dict[str, Any], read: list[tuple[Where, str]]) -> None:
    assert [tuple(each) for each in words_of(message)] == read


def test_the_address_of_a_file_is_no_word() -> None:
    """It carries a token."""
    file = {"filename": "a.png", "url": "https://cdn.example/a.png?ex=1&hm=canary", "proxy_url": "canary"}

    assert all("canary" not in each.text for each in words_of({"attachments": [file]}))


def test_what_is_nested_without_end_is_read_no_further() -> None:
    inner: dict[str, Any] = {"type": 10, "content": "deep"}
    for _ in range(DEEPEST + 5):
        inner = {"type": 17, "components": [inner]}

    assert words_of({"components": [inner]}) == ()


def test_a_version_is_the_same_whenever_it_is_read() -> None:
    """So that what is read again after an outage is known; and the preview of a link is news once."""
    plain = (Words(Where.BODY, "https://tube.example/v"),)
    preview = (*plain, Words(Where.EMBED, "a title"))

    assert revision_of(None, plain) == ""
    assert revision_of(None, preview) == revision_of(None, preview) != ""
    assert revision_of(NOON, plain) == NOON.isoformat()
    assert revision_of(NOON, preview) not in {revision_of(None, preview), revision_of(NOON, plain)}
