"""Holds what is read from DiscordChatExporter's JSON: the words, who could read them, and what is broken or refused."""

import json
import subprocess
import sys
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.replay import History, as_one, open_history
from adapters.replay.discord import DiscordExport
from adapters.replay.discord.pieces import LONGEST, Pieces, messages_begin
from adapters.replay.discord.records import Record, text_of
from adapters.replay.discord.words import message_object
from bot.errors import ConfigurationError
from bot.message import Where, Words
from bot.platform import Heard, Post, Readers, SpaceSeen
from tests.discord_export_files import (
    BOT,
    CAPTAIN,
    COACH,
    HOOK,
    KEY,
    START,
    STUDENT,
    at,
    author,
    channel,
    folder,
    noted,
    packed,
    said,
    written,
)
from tests.journeys import DISTRICT, ROOT, example_configuration, place_in, replayed
from tests.oddities import spoilt
from tests.slack_export_files import said as said_on_slack
from tests.slack_export_files import team


def heard(told: object, path: Path) -> list[Heard]:
    return list(open_history(written(path / "track.json", told)).hear())


def posts(told: object, path: Path) -> list[Post]:
    return [each for each in heard(told, path) if isinstance(each, Post)]


def only(message: object, path: Path, kind: str = "GuildTextChat") -> Post:
    (post,) = posts(channel(message, kind=kind), path)
    return post


def read(told: object, path: Path) -> tuple[DiscordExport, list[Heard]]:
    return of(open_history(written(path / "track.json", told)))


def raw(data: bytes, path: Path) -> tuple[DiscordExport, list[Heard]]:
    (path / "track.json").write_bytes(data)
    return of(open_history(path / "track.json"))


def of(opened: History) -> tuple[DiscordExport, list[Heard]]:
    assert isinstance(opened, DiscordExport)
    return opened, list(opened.hear())


def bodies(found: list[Heard]) -> list[str]:
    every = (words for each in found if isinstance(each, Post) for words in each.words)
    return [words.text for words in every if words.where is Where.BODY]


# A message


def test_the_preview_of_a_link_is_nobodys_words(tmp_path: Path) -> None:
    """Only apps can write what is embedded; beneath what people post stands a stranger's page."""
    record = said(0, "https://lanes.example", embeds=[{"title": "Lanes", "description": "Call 978-555-0147"}])

    assert only(record, tmp_path).words == (Words(Where.BODY, "https://lanes.example"),)


def test_a_message_becomes_the_post_that_is_heard_live(tmp_path: Path) -> None:
    """Ids, times and revisions are the platform's own, so a later live reading finds the same post."""
    post = only(said(0.123, "Practice at 4."), tmp_path)

    assert (post.platform, post.place, post.id, post.author) == ("discord", "555", "9000001", COACH)
    assert (post.revision, post.relayed) == ("", False)
    assert post.sent_at == START + timedelta(milliseconds=123)
    assert post.words == (Words(Where.BODY, "Practice at 4."),)


def test_an_edited_message_is_one_post_as_it_last_read(tmp_path: Path) -> None:
    """Its first words are gone, and that is told; the time is when it was sent, for that is whom it reached."""
    opened, found = read(channel(said(0, timestampEdited="2026-11-16T10:01:00-05:00"), said(1)), tmp_path)
    post = found[1]

    assert isinstance(post, Post)
    assert (post.sent_at, post.revision) == (START, (START + timedelta(seconds=60)).isoformat())
    assert "1 were edited: their earlier words are gone, their last ones are told" in opened.notes
    assert opened.skipped == 0


def test_every_place_of_words_is_read(tmp_path: Path) -> None:
    """The translation is the live one; a caption is as much a message as a body."""
    message = said(
        0,
        "body",
        attachments=[{"id": "1", "url": f"https://cdn.discordapp.com/a/b.pdf?{KEY}", "fileName": "b.pdf"}],
        author=author(app=True),
        embeds=[
            {
                "title": "title",
                "url": "https://forms.example/a?b=1",
                "timestamp": None,
                "description": "description",
                "author": {"name": "author", "url": "https://author.example"},
                "thumbnail": {"url": f"https://media.discordapp.net/x.png?{KEY}"},
                "footer": {"text": "footer", "iconUrl": "https://icon.example"},
                "fields": [{"name": "name", "value": "value", "isInline": False}],
            }
        ],
        stickers=[{"id": "2", "name": "sticker", "format": "Lottie", "sourceUrl": "https://x.example"}],
        forwardedMessage={
            "timestamp": at(-60),
            "content": "forwarded",
            "attachments": [{"fileName": "c.png"}],
            "embeds": [],
            "stickers": [],
        },
        poll={"question": {"text": "question"}, "answers": [{"text": "one"}, {"pollMedia": {"text": "two"}}]},
        reference={"messageId": "1", "channelId": "2", "guildId": "3"},
    )

    assert [(str(where), text) for where, text in only(message, tmp_path).words] == [
        ("body", "body"),
        ("file name", "b.pdf"),
        ("embed", "author"),
        ("embed", "title"),
        ("embed", "description"),
        ("embed", "name"),
        ("embed", "value"),
        ("embed", "footer"),
        ("link target", "https://forms.example/a?b=1"),
        ("link target", "https://author.example"),
        ("sticker", "sticker"),
        ("poll", "question"),
        ("poll", "one"),
        ("poll", "two"),
        ("forward", "forwarded"),
        ("file name", "c.png"),
    ]


@pytest.mark.parametrize("kind", ["Default", "Reply", 0, 19, "20", None])
def test_every_kind_of_message_is_a_post(kind: object, tmp_path: Path) -> None:
    """A picture without a word reaches people too."""
    post = only(noted(0, kind, content=""), tmp_path)

    assert (post.author, post.words) == (COACH, ())


def test_fields_that_older_releases_lack_are_not_missed(tmp_path: Path) -> None:
    """The form grew over the years."""
    message = {"id": 7, "timestamp": at(0), "content": "hi", "author": {"id": int(COACH), "name": "r.okafor"}}
    (post,) = posts({"guild": {}, "channel": {"id": 555}, "messages": [message]}, tmp_path)

    assert (post.id, post.author, post.place) == ("7", COACH, "555")


@pytest.mark.parametrize(
    ("told", "account"),
    [
        (author(BOT, app=True, discriminator="4821"), BOT),
        (author(HOOK, app=True), f"webhook:{HOOK}"),
    ],
)
def test_an_app_is_its_own_author_and_nobody_stands_behind_it(
    told: dict[str, Any], account: str, tmp_path: Path
) -> None:
    """A webhook may call itself anything. People have no discriminator any more either, but they are no apps."""
    post = only(said(0, author=told), tmp_path)

    assert (post.author, post.relayed) == (account, True)


def test_a_reaction_with_an_emoji_of_somebodys_own_is_a_post(tmp_path: Path) -> None:
    """As live: its name is a word under a message."""
    own = {"emoji": {"id": "31", "name": "ask_me_alone", "code": "ask_me_alone"}, "count": 2}
    by = [author(COACH), author(COACH), author(BOT, app=True)]
    thumb = {"emoji": {"id": "", "name": "👍", "code": "thumbsup"}, "count": 1, "users": [author(STUDENT)]}
    opened, found = read(channel(said(0, reactions=[{**own, "users": by}, thumb, own])), tmp_path)
    _, message, reaction = found

    assert isinstance(message, Post)
    assert isinstance(reaction, Post)
    assert (reaction.id, reaction.author) == (f"{message.id}:{COACH}:31", COACH)
    assert reaction.words == (Words(Where.TAG, "ask_me_alone"),)
    assert "1 reactions do not say who made them and are left out" in opened.notes


@pytest.mark.parametrize("kind", ["ChannelPinnedMessage", "GuildMemberJoin", "Call", 6, "8"])
def test_notices_without_words_of_people_are_counted(kind: object, tmp_path: Path) -> None:
    """Nothing is dropped without being told."""
    opened, found = read(channel(noted(0, kind, content="Pinned a message.")), tmp_path)

    assert bodies(found) == []
    assert opened.tally.notices.total() == 1
    assert any("notices by Discord" in note for note in opened.notes)


def test_an_unknown_kind_is_counted_and_read_all_the_same(tmp_path: Path) -> None:
    """Discord adds kinds; the words under them are still somebody's."""
    opened, found = read(channel(noted(0, "46", content="hello"), noted(1, "46", content="")), tmp_path)

    assert bodies(found) == ["hello"]
    assert "2 of type 46, which we do not know: read as posts where they have words" in opened.notes


def test_a_kind_that_is_no_name_is_not_repeated(tmp_path: Path) -> None:
    """What stands in a file may be anything, and notes hold no words of it."""
    opened, _ = read(channel(noted(0, "call 555-0123 now"), noted(1, ["x"])), tmp_path)

    assert not any("555-01" in note for note in opened.notes)
    assert opened.tally.unknown_kinds == {"(no name)": 2}


def test_messages_without_time_author_or_id_are_counted(tmp_path: Path) -> None:
    """They cannot be placed or laid to anybody, and that is told."""
    broken = [
        said(0, timestamp="2026-11-16T15:00:00"),
        said(0, timestamp="0001-01-01T00:00:00+00:00"),
        said(0, author=None),
        said(0, id=""),
    ]
    opened, found = read(channel(*broken, said(3, "the last one")), tmp_path)

    assert bodies(found) == ["the last one"]
    assert opened.tally.skipped == {"have no time": 2, "have no author": 1, "have no id": 1}
    assert opened.skipped == 4


# A place


def test_a_place_is_looked_at_with_its_first_message(tmp_path: Path) -> None:
    """Names, topics and categories are words of people too."""
    first, *_ = heard(channel(said(0), said(1)), tmp_path)

    assert isinstance(first, SpaceSeen)
    assert (first.place, first.change, first.at) == ("555", "export 9000000", START)
    assert first.words == (
        Words(Where.CHANNEL_NAME, "track"),
        Words(Where.TOPIC, "Relays and hurdles"),
        Words(Where.TAG, "Athletics"),
    )


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("GuildPublicThread", (Words(Where.THREAD_NAME, "track"),)),
        ("GuildPrivateThread", (Words(Where.THREAD_NAME, "track"),)),
        ("DirectTextChat", ()),
        ("DirectGroupTextChat", ()),
    ],
)
def test_a_place_shows_what_people_wrote_over_it(kind: str, shown: tuple[Words, ...], tmp_path: Path) -> None:
    """A thread's category is its channel; the name of a direct message is made of its people's."""
    first, *_ = heard(channel(said(0), kind=kind), tmp_path)

    assert isinstance(first, SpaceSeen)
    assert first.words == shown


def test_a_channel_cut_into_several_files_is_looked_at_once(tmp_path: Path) -> None:
    """The exporter can start a new file after so many messages."""
    parts = {"track [part 1].json": channel(said(0)), "track [part 2].json": channel(said(1))}
    _, found = of(open_history(folder(tmp_path, parts)))

    assert [type(each) for each in found] == [SpaceSeen, Post, Post]


def test_a_thread_is_a_post_with_its_name(tmp_path: Path) -> None:
    """Who opens a thread says something by its name. What the exporter writes by itself is nobody's word."""
    opened, found = read(
        channel(noted(0, "ThreadCreated", content="Ask me alone"), noted(1, 18, content="Started a thread.")), tmp_path
    )

    assert [each.words for each in found if isinstance(each, Post)] == [(Words(Where.THREAD_NAME, "Ask me alone"),)]
    assert opened.tally.notices == {"ThreadCreated": 1}


def test_a_group_that_is_renamed_is_looked_at_again(tmp_path: Path) -> None:
    """Text hides there too."""
    renamed = noted(5, "ChannelNameChange", content="Changed the channel name: Only us")
    _, look = heard(channel(renamed, kind="DirectGroupTextChat"), tmp_path)

    assert isinstance(look, SpaceSeen)
    assert look.words == (Words(Where.CHANNEL_NAME, "Only us"),)


# Who could read it


@pytest.mark.parametrize("kind", ["GuildTextChat", "GuildPrivateThread", "DirectGroupTextChat", "of the future"])
def test_nobody_can_say_who_read_a_channel(kind: str, tmp_path: Path) -> None:
    """The file names who wrote, never who could read."""
    opened, found = read(channel(said(0), said(1, by=STUDENT), kind=kind), tmp_path)

    assert all(not each.readers.known for each in found if isinstance(each, (Post, SpaceSeen)))
    assert "2 posts in 1 places: the export does not say who could read them" in opened.notes


def test_a_direct_message_is_read_by_both_once_both_have_written(tmp_path: Path) -> None:
    """No third account can join it, so its first message reached the other one too."""
    files = {
        "a.json": channel(said(0), kind="DirectTextChat"),
        "b.json": channel(said(9, by=STUDENT), kind="DirectTextChat"),
    }
    _, found = of(open_history(folder(tmp_path, files)))

    both = frozenset({COACH, STUDENT})
    assert {each.readers for each in found if isinstance(each, Post)} == {Readers(both, both)}  # type: ignore[arg-type]


def test_a_direct_message_in_which_one_writes_has_unknown_readers(tmp_path: Path) -> None:
    """Somebody read it, and nobody can say who."""
    post = only(said(0), tmp_path, kind="DirectTextChat")

    assert not post.readers.known


def test_an_app_in_a_direct_message_reads_nothing(tmp_path: Path) -> None:
    """Whoever talks to an app talks to nobody."""
    answer = said(1, author=author(BOT, app=True, discriminator="4821"))
    post, _ = posts(channel(said(0), answer, kind="DirectTextChat"), tmp_path)

    assert post.readers.accounts == {COACH}


@pytest.mark.parametrize("turned", [False, True])
def test_a_direct_message_that_is_cut_into_files_has_two_readers_in_each(turned: bool, tmp_path: Path) -> None:
    """Whether they are named one by one or in a folder, and in whatever order."""
    first = written(tmp_path / "a.json", channel(said(0), kind="DirectTextChat"))
    second = written(tmp_path / "b.json", channel(said(1), said(2, by=STUDENT), kind="DirectTextChat"))
    files = [open_history(each) for each in ((second, first) if turned else (first, second))]
    found = [each for each in as_one(files) if isinstance(each, Post)]

    assert [each.readers.accounts for each in found] == [{COACH, STUDENT}] * 3
    assert [each.bytes_read for each in files] == [each.bytes_total for each in files]


def test_an_app_that_is_called_into_a_direct_message_hides_nobody(tmp_path: Path) -> None:
    """Two people talk there, whatever answers them; and while only one has written, nobody knows who the other is."""
    answer = said(1, author=author(BOT, app=True, discriminator="4821"), type="20")
    of_two = posts(channel(said(0), answer, said(2, by=STUDENT), kind="DirectTextChat"), tmp_path)
    of_one = posts(channel(said(0), answer, kind="DirectTextChat"), tmp_path)

    assert [each.readers.accounts for each in of_two] == [{COACH, STUDENT}] * 3
    assert [each.readers.known for each in of_one] == [False] * 2


# Keys


def test_keys_of_addresses_are_nowhere(tmp_path: Path) -> None:
    """They open a file for whoever has them."""
    address = f"https://cdn.discordapp.com/attachments/1/2/plan.pdf?{KEY}"
    message = said(
        0,
        f"see {address} and <{address}> and https://other.example/plan.pdf?a=1&{KEY}",
        attachments=[{"fileName": address, "url": address}],
        author=author(app=True),
        embeds=[{"url": address, "title": address, "fields": [{"name": address, "value": address}]}],
        reactions=[{"emoji": {"id": "1", "name": address, "imageUrl": address}, "users": [author()]}],
    )
    told = channel(message, noted(1, address), noted(2, "ThreadCreated", content=address), topic=address, name=address)
    opened, found = read(told, tmp_path)
    every = [words.text for each in found if isinstance(each, (Post, SpaceSeen)) for words in each.words]

    assert len(every) > 8
    assert not any("hm=" in text or "ex=" in text for text in (*every, *opened.notes))
    assert "https://cdn.discordapp.com/attachments/1/2/plan.pdf" in every
    assert any("https://other.example/plan.pdf?a=1" in text for text in every)


@pytest.mark.parametrize("text", ["https://films.example/watch?v=1&t=90", "it is=5550123 for you", "ex=65a1b2c3"])
def test_what_is_no_key_stays(text: str) -> None:
    """A number cannot be hidden by writing it like a key."""
    assert text_of(text) == text


@pytest.mark.parametrize("row", ["https://cdn.discordapp.com/", "cdn.discordapp.com", "?ex=", "?hm=0", "&is=0123456"])
def test_no_text_takes_longer_than_its_length(row: str) -> None:
    """A crafted message of a megabyte must not hold up the others: square time would take minutes."""
    before = time.process_time()
    message_object(Record(content=row * (1_000_000 // len(row))))

    assert time.process_time() - before < 5


# Order and size


def test_channels_are_merged_by_time(tmp_path: Path) -> None:
    """Rules see a day as it happened, whatever the files are called, in a folder or in a zip."""
    files = {
        "b.json": channel(said(0, "0"), said(30, "30"), id_="1"),
        "a/c.json": channel(said(10, "10"), said(40, "40"), id_="2"),
        "a/d.json": channel(said(20, "20"), id_="3", kind="GuildPublicThread"),
        "empty.json": channel(id_="4"),
    }
    _, loose = of(open_history(folder(tmp_path / "export", files)))
    _, zipped = of(open_history(packed(tmp_path / "export.zip", files)))

    assert bodies(loose) == bodies(zipped) == ["0", "10", "20", "30", "40"]


def test_messages_out_of_order_are_told_of(tmp_path: Path) -> None:
    """The exporter can write the newest first."""
    opened, found = read(channel(said(9, "b"), said(0, "a")), tmp_path)

    assert bodies(found) == ["b", "a"]
    assert any(note.startswith("1 stand before earlier ones") for note in opened.notes)


def test_the_bar_ends_where_it_should_and_hearing_again_starts_anew(tmp_path: Path) -> None:
    """Also where a file is read twice, and where one breaks off."""
    files = {"a.json": channel(said(0), said(1, by=STUDENT), kind="DirectTextChat"), "b.json": channel(said(2))}
    folder(tmp_path, files)
    (tmp_path / "c.json").write_bytes((tmp_path / "b.json").read_bytes()[:-40])
    opened, first = of(open_history(tmp_path))
    notes = opened.notes

    assert opened.bytes_read == opened.bytes_total > 0
    assert (list(opened.hear()), opened.notes) == (first, notes)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_messages_are_found_wherever_the_file_is_cut(size: int) -> None:
    """A file is read bit by bit, and a bit may end within a string, behind a backslash or between two brackets."""
    texts = ['a "quoted" ]} word', "ends in \\", '\\"', "[{", "caf\u00e9 \U0001f680", ""]
    data = json.dumps(channel(*(said(n, text) for n, text in enumerate(texts))), indent=2).encode()
    begins = messages_begin(data)
    assert begins is not None

    rest = [data[start : start + size] for start in range(begins, len(data), size)]
    pieces = Pieces([data[:begins], *rest], begins)

    assert [json.loads(each.data or b"")["content"] for each in pieces] == texts
    assert pieces.counted == len(texts)


def test_a_message_far_too_long_is_passed_by(tmp_path: Path) -> None:
    """It is none, and it is not held in memory."""
    opened, found = read(channel(said(0, "a"), said(1, "x" * (LONGEST + 1)), said(2, "b")), tmp_path)

    assert bodies(found) == ["a", "b"]
    assert opened.skipped == 1
    assert "message 2 (byte " in opened.notes[0]
    assert "is longer than 16 MiB" in opened.notes[0]


def test_a_long_history_takes_little_memory(tmp_path: Path) -> None:
    """A district's years are a gigabyte in one file; it is never loaded whole."""
    path = tmp_path / "track.json"
    head, _, _ = json.dumps(channel()).partition("]")
    with path.open("w", encoding="utf-8") as file:
        file.write(head)
        for number in range(100_000):
            file.write("," * (number > 0) + json.dumps(said(number, f"Message {number} about the relay.")))
        file.write("]}")
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    count, grown = map(int, measured.stdout.split())

    assert path.stat().st_size > 40_000_000
    assert count == 100_000
    assert grown < 8 * 1024


MEASURE = """
import sys
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from adapters.replay import open_history
from bot.platform import Post
history = open_history(Path(sys.argv[1]))
before = getrusage(RUSAGE_SELF).ru_maxrss
count = sum(isinstance(each, Post) for each in history.hear())
print(count, getrusage(RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_replay_does_not_load_the_live_library() -> None:
    """It takes half a second, and an audit talks to nobody."""
    look = "import sys, adapters.replay; print('discord' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "False"


# What is broken


WHOLE = json.dumps(channel(said(0, "rosebud"), said(1, "b"), said(2, "c")), indent=2).encode()


@pytest.mark.parametrize("cut", range(WHOLE.index(b'"messages"') + 13, len(WHOLE), 97))
def test_a_file_that_breaks_off_is_heard_as_far_as_it_goes(cut: int, tmp_path: Path) -> None:
    """A full disk must not cost a year, nor pass in silence."""
    opened, found = raw(WHOLE[:cut], tmp_path)
    whole = WHOLE[:cut].count(b"\n    }")

    assert len(bodies(found)) == whole
    assert opened.skipped == 1
    (note, *_) = opened.notes
    assert note.startswith(f"channel 555, after message {whole} (byte ")
    assert note.endswith("): the file is cut short; the rest is left out")


def test_a_file_that_breaks_off_before_its_messages_is_refused(tmp_path: Path) -> None:
    """There is nothing to hear in it, and the person reads what to do."""
    with pytest.raises(ConfigurationError, match=r"cut short or damaged before its first message\. Export it again"):
        raw(WHOLE[:60], tmp_path)


def test_a_file_that_is_left_out_is_named_by_its_channel(tmp_path: Path) -> None:
    """Whoever audits has to export that channel again. Its name stands there, too, and may be somebody's."""
    folder(tmp_path, {"Rowan High - track [555].json": channel(said(0)), "notes.json": {}})
    (tmp_path / "Direct Messages - rosebud [556].json").write_bytes(WHOLE[:60])
    (tmp_path / "Rowan High - late [557].json").write_bytes(b"")
    notes = "\n".join(of(open_history(tmp_path))[0].notes)

    assert "The file of channel 556 in" in notes
    assert "The file of channel 557 in" in notes
    assert "File 4 in" in notes
    assert "rosebud" not in notes


def test_an_export_that_came_to_nothing_is_refused_as_empty(tmp_path: Path) -> None:
    """Taken for a history without a word, it would pass for a channel in which all is well."""
    with pytest.raises(ConfigurationError, match=r"track\.json is empty\. What is read: our own"):
        raw(b"\n", tmp_path)


def test_one_broken_message_costs_no_other(tmp_path: Path) -> None:
    """It is named by where it stands, without a word of it."""
    opened, found = raw(WHOLE.replace(b'"rosebud"', b"rosebud"), tmp_path)

    assert bodies(found) == ["b", "c"]
    assert opened.skipped == 1
    assert opened.notes[0] == f"channel 555, message 1 (byte {WHOLE.index(b'[') + 6}) is no message, and is left out"


@pytest.mark.parametrize("odd", [b"7", b'"rosebud"', b"null", b"[{}]", b"rosebud", b"[" * 500 + b"]" * 500])
def test_what_stands_between_messages_is_told_of(odd: bytes, tmp_path: Path) -> None:
    """People mend files by hand."""
    opened, found = raw(WHOLE.replace(b'"messages": [', b'"messages": [' + odd + b","), tmp_path)

    assert bodies(found) == ["rosebud", "b", "c"]
    assert opened.skipped == 1
    assert not any("rosebud" in note for note in opened.notes)


@pytest.mark.parametrize("behind", [b"] more", b'], "x": {]', b"]} {}", b"]" + b"[" * 2_000_000])
def test_what_stands_behind_the_messages_is_told_of(behind: bytes, tmp_path: Path) -> None:
    """Two files glued together must not pass for one."""
    opened, found = raw(WHOLE[: WHOLE.rindex(b"]")] + behind, tmp_path)

    assert bodies(found) == ["rosebud", "b", "c"]
    assert "after message 3 (byte " in opened.notes[0]
    assert "something stands there that does not belong there" in opened.notes[0]


def test_a_file_that_lacks_messages_is_told_of(tmp_path: Path) -> None:
    """The exporter counts them, so whoever took some out is seen."""
    opened, _ = read(channel(said(0)) | {"messageCount": 3}, tmp_path)

    assert "channel 555 says that it holds 3 messages; 1 are there" in opened.notes
    assert opened.skipped == 2


def test_a_file_with_more_messages_than_it_says_lacks_none(tmp_path: Path) -> None:
    """Files are put together by hand."""
    opened, _ = read(channel(said(0), said(1)) | {"messageCount": 1}, tmp_path)

    assert "channel 555 says that it holds 1 messages; 2 are there" in opened.notes
    assert opened.skipped == 0


def test_halves_of_characters_are_mended(tmp_path: Path) -> None:
    """Nothing downstream may fail on what no encoder can write; a NUL and a long text are harmless."""
    texts = ["cut \ud83d here", "a\0b", "x" * 100_000, "bad @ byte"]
    data = json.dumps(channel(*(said(n, text) for n, text in enumerate(texts)))).encode()
    opened, found = raw(data.replace(b"@", b"\xff").replace(b'"isPinned": false', b'"odd": ' + b"9" * 5000), tmp_path)

    assert [text[:12] for text in bodies(found)] == ["cut \ufffd here", "a\0b", "x" * 12, "bad \ufffd byte"]
    assert opened.skipped == 0


FULL = said(
    0,
    attachments=[{"fileName": "a"}],
    embeds=[{"title": "a", "author": {"name": "b", "url": "c"}, "footer": {"text": "d"}, "fields": [{"name": "e"}]}],
    stickers=[{"name": "a"}],
    reactions=[{"emoji": {"id": "1", "name": "a"}, "users": [author()]}],
    forwardedMessage={"content": "a", "embeds": [{"title": "b"}]},
    poll={"question": {"text": "a"}, "answers": [{"pollMedia": {"text": "b", "emoji": {"name": "c"}}}]},
)


@pytest.mark.parametrize("kind", ["Default", "ThreadCreated", "ChannelNameChange", "24"])
def test_any_value_anywhere_is_harmless(kind: str, tmp_path: Path) -> None:
    """Other programs write such files too, and people mend them by hand."""
    messages = [{**each, "type": kind} for each in spoilt(FULL) if isinstance(each, dict)]
    found = heard(channel(*messages, said(99, "the last one")), tmp_path)

    assert bodies(found)[-1] == "the last one"
    assert all(isinstance(words.text, str) for each in found if isinstance(each, Post) for words in each.words)


def test_a_damaged_file_in_a_zip_is_told_of(tmp_path: Path) -> None:
    """The rest of the zip is sound."""
    files = {"a.json": channel(said(0, "first"), id_="1"), "b.json": channel(said(1, "second"), id_="2")}
    path = packed(tmp_path / "export.zip", files, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"second", b"sXcond"))
    opened, found = of(open_history(path))

    assert "first" in bodies(found)
    assert opened.skipped == 1


# What is what


def test_what_else_is_in_a_folder_is_told_of(tmp_path: Path) -> None:
    """Its name is not repeated: the file of a direct message is named after its people."""
    files = {
        "track.json": channel(said(0)),
        "mina.json": {"hello": "world"},
        "track.json_Files/wave.json": {"v": "5.5"},
    }
    folder(tmp_path, files)
    (tmp_path / "notes.txt").write_text("hello", "utf-8")
    (tmp_path / "cut.json").write_bytes(WHOLE[:60])
    opened, found = of(open_history(tmp_path))

    assert bodies(found) == ["Bus leaves at 4."]
    assert opened.skipped == 2
    assert not any("mina" in note for note in opened.notes)


def test_a_channel_in_another_format_is_told_of(tmp_path: Path) -> None:
    """Its messages were not looked at; where the channel is there as JSON, too, they were."""
    folder(tmp_path, {"track [555].json": channel(said(0)), "track [555].json_Files/notes [7].txt": {}})
    for name in ("track [555].html", "mina [1200].html", "rowing [1300].csv", "old.zip", "own.jsonl"):
        (tmp_path / name).write_text("Bus leaves at 4.", "utf-8")
    opened, found = of(open_history(tmp_path))

    assert bodies(found) == ["Bus leaves at 4."]
    assert opened.skipped == 4
    assert any(note.startswith("The file of channel 1200 in ") for note in opened.notes)
    assert not any("mina" in note for note in opened.notes)


def test_what_people_attached_makes_no_export_of_slack(tmp_path: Path) -> None:
    """A student may hand in a file that is called as a list of Slack's is."""
    history = open_history(folder(tmp_path, {"track.json": channel(said(0)), "track.json_Files/users.json": []}))

    assert isinstance(history, DiscordExport)


def test_our_own_lines_may_be_called_json(tmp_path: Path) -> None:
    """A file is what it holds, not what it is called."""
    lines = (DISTRICT / "day.jsonl").read_bytes()
    (tmp_path / "day.json").write_bytes(lines)
    (tmp_path / "track.txt").write_bytes(b"\xef\xbb\xbf" + WHOLE)

    ours, theirs = open_history(tmp_path / "day.json"), open_history(tmp_path / "track.txt")

    assert len(list(ours.hear())) == len(lines.splitlines())
    assert len(bodies(list(theirs.hear()))) == 3


@pytest.mark.parametrize(
    "told", [{}, [], [1], {"guild": {}}, {"messages": []}, {"userId": "8:x", "conversations": []}, 7]
)
def test_other_json_is_refused_in_plain_words(told: object, tmp_path: Path) -> None:
    """The person reads what would be read."""
    with pytest.raises(ConfigurationError, match=r"JSON Lines.*Slack.*DiscordChatExporter|Export it again"):
        heard(told, tmp_path)


def test_a_slack_export_is_still_one(tmp_path: Path) -> None:
    """A folder is told by what is in it."""
    history = open_history(team([said_on_slack(0)]).folder(tmp_path))

    assert not isinstance(history, DiscordExport)
    assert bodies(list(history.hear())) == ["Bus leaves at 4."]


def test_the_data_discord_gives_one_person_is_refused(tmp_path: Path) -> None:
    """It holds one side of every talk."""
    folder(tmp_path, {"messages/index.json": {}, "account/user.json": {}})

    with pytest.raises(ConfigurationError, match=r"(?s)a Discord export of a kind.*DiscordChatExporter"):
        open_history(tmp_path)


async def test_it_is_audited_from_end_to_end_and_nothing_twice(tmp_path: Path) -> None:
    """Two exports may overlap, and a message may stand twice in one."""
    first = written(tmp_path / "a.json", channel(said(0), said(0), said(1, by=CAPTAIN)))
    again = written(tmp_path / "b.json", channel(said(1, by=CAPTAIN), said(2)))
    ran = await replayed(place_in(tmp_path), [first, again], DISTRICT / "roster", example_configuration())

    assert ran.summary.messages == 3
