"""Holds what is read from a Slack export: the words and where they stand, who could read them, and what is refused."""

import json
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.replay.slack import SlackExport, open_export
from adapters.replay.slack.archive import LIMITS
from adapters.slack.author import author_of
from adapters.slack.words import words_of
from bot.errors import ConfigurationError
from bot.message import Where, Words
from bot.platform import Deletion, Heard, Post, Readers, SpaceSeen
from tests.oddities import spoilt
from tests.slack_export_files import (
    BOT,
    CAPTAIN,
    COACH,
    GRADUATE,
    GUEST,
    NEWCOMER,
    START,
    STUDENT,
    VISITOR,
    Export,
    noted,
    said,
    section,
    team,
    ts,
)

TOKEN = "xoxe-100-200-abcdef0123456789"


def told(opened: SlackExport) -> list[Heard]:
    """Hear what records tell, without what the lists alone say of places."""
    return [each for each in opened.hear() if not from_lists(each)]


def from_lists(each: Heard) -> bool:
    return isinstance(each, SpaceSeen) and each.change.startswith("export ")


def heard(export: Export, path: Path) -> list[Heard]:
    return told(open_export(export.folder(path)))


def looks(export: Export, path: Path) -> list[SpaceSeen]:
    every = open_export(export.folder(path)).hear()
    return [each for each in every if isinstance(each, SpaceSeen) and from_lists(each)]


def posts(export: Export, path: Path) -> list[Post]:
    return [each for each in heard(export, path) if isinstance(each, Post)]


def read(export: Export, path: Path) -> tuple[SlackExport, list[Heard]]:
    opened = open_export(export.folder(path))
    return opened, told(opened)


def only(record: dict[str, Any], path: Path) -> Post:
    (post,) = posts(team([record]), path)
    return post


def texts(post: Post, where: Where = Where.BODY) -> list[str]:
    return [words.text for words in post.words if words.where is where]


def readers(post: Post | SpaceSeen) -> set[str]:
    assert post.readers.known
    return set(post.readers.accounts)


def one_day(second: int, members: Iterable[str] = (COACH, STUDENT, CAPTAIN)) -> dict[str, bytes]:
    """Give the files of an export of one message."""
    return team([said(second)], members=members).files()


def unpacked(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write files as they are."""
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


# A message


def test_a_message_becomes_a_post(tmp_path: Path) -> None:
    """The ids are the platform's own, so that a later live reading finds the same post."""
    post = only(said(0, "Practice at 4."), tmp_path)

    assert (post.platform, post.place, post.id) == ("slack", "C0TRACK", f"C0TRACK/{ts(0)}")
    assert (post.author, post.revision) == (COACH, "")
    assert post.sent_at.timestamp() == pytest.approx(START + 0.0001, abs=1e-6)
    assert post.words == (Words(Where.BODY, "Practice at 4."),)


def test_a_zip_and_its_folder_read_alike(tmp_path: Path) -> None:
    """Some districts unpack the export first."""
    export = team([said(0), said(5, by=STUDENT)], [said(90_000)])
    from_zip = list(open_export(export.zip(tmp_path / "export.zip")).hear())
    from_folder = list(open_export(export.folder(tmp_path / "folder")).hear())

    assert from_zip == from_folder
    assert sum(isinstance(each, Post) for each in from_zip) == 3


def test_an_export_packed_inside_one_more_folder_is_found(tmp_path: Path) -> None:
    """Packing the folder again is what people do after they looked into it."""
    inner = team([said(0)]).files()
    export = Export(raw={f"Our Export/{name}": data for name, data in inner.items()})
    path = tmp_path / "again.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in export.raw.items():
            packed.writestr(name, data)
        packed.writestr("__MACOSX/Our Export/._users.json", b"\0")

    assert len(told(open_export(path))) == 1


@pytest.mark.parametrize("packed", [False, True])
def test_every_export_in_a_folder_is_heard(packed: bool, tmp_path: Path) -> None:
    """Somebody unpacks one year beside the other; what is not heard would count as nothing found."""
    years = {f"{year}/{name}": data for year, at in (("2023", 0), ("2024", 9)) for name, data in one_day(at).items()}
    folder = unpacked(tmp_path / "years", years)
    opened = open_export(Path(shutil.make_archive(str(folder), "zip", folder)) if packed else folder)

    assert [each.id for each in told(opened) if isinstance(each, Post)] == [f"C0TRACK/{ts(0)}", f"C0TRACK/{ts(9)}"]
    assert (opened.notes, opened.skipped) == ((), 0)
    assert opened.bytes_read == opened.bytes_total


def test_the_workspaces_of_an_organization_are_heard(tmp_path: Path) -> None:
    """Their people are listed once, above them all: an app in one of them reads nothing."""
    workspace = one_day(0, members=[COACH, STUDENT, BOT])
    people = workspace.pop("users.json")
    files = {f"teams/high/{name}": data for name, data in workspace.items()}
    path = unpacked(tmp_path, {**files, "org_users.json": people, "channels.json": b"[]"})
    (post,) = (each for each in told(open_export(path)) if isinstance(each, Post))

    assert readers(post) == {COACH, STUDENT}


@pytest.mark.parametrize("name", ["discord/track.json", "2024/track/2024-11-14.json", "2024.zip", "2023/old.zip"])
def test_what_may_hold_messages_and_is_of_no_export_is_told_of(name: str, tmp_path: Path) -> None:
    """A folder of which a part was passed by would look like one in which little happened."""
    files = {f"2023/{each}": data for each, data in one_day(0).items()}
    aside = {"2023/__uploads/F1/users.json": b"no list", "__MACOSX/2023/._channels.json": b"no list"}
    opened = open_export(unpacked(tmp_path, {**files, **aside, name: b"[]"}))

    assert len(told(opened)) == opened.skipped == 1
    assert opened.notes[0].startswith(
        "Files that may hold messages and were not read: 1. They belong to no Slack export"
    )


def test_a_thread_reply_is_in_its_channel(tmp_path: Path) -> None:
    """Whoever reads a Slack channel reads its threads."""
    post = only(said(5, thread_ts=ts(0), parent_user_id=STUDENT), tmp_path)

    assert post.place == "C0TRACK"


def test_an_edited_message_is_one_post_as_it_last_read(tmp_path: Path) -> None:
    """An export keeps the last words only; the time is when it was sent, for that is whom it reached."""
    post = only(said(0, "See you all.", edited={"user": COACH, "ts": ts(60)}), tmp_path)

    assert post.revision == ts(60)
    assert post.sent_at.timestamp() == pytest.approx(START + 0.0001, abs=1e-6)


def test_a_kept_edit_gives_the_words_before_and_after(tmp_path: Path) -> None:
    """Workspaces that keep edits export both."""
    before, after = said(0, "Come alone."), said(0, "Come all.", edited={"user": COACH, "ts": ts(60)})
    record = noted(60, "message_changed", message=after, previous_message=before, hidden=True)
    first, second = posts(team([record]), tmp_path)

    assert (texts(first), first.revision) == (["Come alone."], "")
    assert (texts(second), second.revision) == (["Come all."], ts(60))
    assert first.id == second.id == f"C0TRACK/{ts(0)}"
    assert second.sent_at.timestamp() == pytest.approx(START + 60.0001, abs=1e-6)


def test_a_tombstone_is_a_deletion(tmp_path: Path) -> None:
    """Its text is Slack's own notice, never words of a person."""
    record = noted(0, "tombstone", by="USLACKBOT", text="This message was deleted.", hidden=True)

    (gone,) = heard(team([record]), tmp_path)

    assert isinstance(gone, Deletion)
    assert gone.id == f"C0TRACK/{ts(0)}"


def test_a_kept_deletion_gives_the_words_and_then_the_deletion(tmp_path: Path) -> None:
    """What was deleted had been read."""
    record = noted(60, "message_deleted", deleted_ts=ts(0), previous_message=said(0, "Delete this after reading."))

    post, gone = heard(team([record]), tmp_path)

    assert isinstance(post, Post)
    assert isinstance(gone, Deletion)
    assert post.id == gone.id == f"C0TRACK/{ts(0)}"
    assert texts(post) == ["Delete this after reading."]


TOMBSTONE = noted(0, "tombstone", by="USLACKBOT", text="This message was deleted.", hidden=True, thread_ts=ts(0))


def test_a_message_that_others_answered_is_deleted_by_a_change(tmp_path: Path) -> None:
    """Its thread keeps a tombstone in its place, as live; what was deleted had been read."""
    record = noted(60, "message_changed", message=TOMBSTONE, previous_message=said(0, "Come alone."), hidden=True)

    post, gone = heard(team([record]), tmp_path)

    assert isinstance(post, Post)
    assert isinstance(gone, Deletion)
    assert (texts(post), post.author) == (["Come alone."], COACH)
    assert post.id == gone.id == f"C0TRACK/{ts(0)}"
    assert gone.at.timestamp() == pytest.approx(START + 60.0001, abs=1e-6)


@pytest.mark.parametrize(
    "record",
    [
        noted(90, "message_changed", message=TOMBSTONE, previous_message=TOMBSTONE),
        noted(90, "message_deleted", deleted_ts=ts(0), previous_message=TOMBSTONE),
    ],
)
def test_a_tombstone_that_changes_or_goes_says_nothing_more(record: dict[str, Any], tmp_path: Path) -> None:
    """It does so with the last answer, and was never anybody's message."""
    (gone,) = heard(team([record]), tmp_path)

    assert isinstance(gone, Deletion)
    assert gone.id == f"C0TRACK/{ts(0)}"


def test_words_before_an_edit_have_unknown_readers_when_the_place_changed_since(tmp_path: Path) -> None:
    """Whoever came in between did not read the first words."""
    changed = noted(60, "message_changed", message=said(0, "Later."), previous_message=said(0, "Before."))
    first, second = posts(team([noted(30, "channel_join", NEWCOMER), changed]), tmp_path)

    assert not first.readers.known
    assert second.readers.known


@pytest.mark.parametrize("subtype", ["me_message", "file_share", "thread_broadcast", "bot_message"])
def test_every_kind_of_message_is_a_post(subtype: str, tmp_path: Path) -> None:
    """A picture without a word reaches people too."""
    post = only(noted(0, subtype, text=""), tmp_path)

    assert post.author == COACH
    assert post.words == ()


@pytest.mark.parametrize(
    ("record", "author"),
    [
        ({"bot_id": "B1", "username": "Coach Rivera"}, "B1"),
        ({"user": "U1"}, "U1"),
        ({"username": COACH}, f"username:{COACH}"),
    ],
)
def test_an_app_is_its_own_author_whatever_it_calls_itself(record: dict[str, str], author: str, tmp_path: Path) -> None:
    """A webhook may call itself anything, so its name is never taken for an account."""
    record = {"type": "message", "subtype": "bot_message", "ts": ts(0), "text": "hi", **record}
    post = only(record, tmp_path)

    assert post.author == author
    assert texts(post, Where.DISPLAY_NAME) == ([record["username"]] if "username" in record else [])


@pytest.mark.parametrize(
    ("shape", "author", "relayed"),
    [
        ({"user": COACH}, COACH, False),
        ({"user": COACH, "username": "Coach Rivera"}, COACH, False),
        ({"user": COACH, "bot_id": "B7", "app_id": "A5"}, "B7", True),
        ({"user": COACH, "bot_id": "B7", "subtype": "file_share"}, "B7", True),
        ({"user": COACH, "subtype": "bot_message"}, COACH, True),
        ({"bot_id": "B9", "username": "Reminders", "subtype": "bot_message"}, "B9", True),
        ({"username": "Reminders", "subtype": "bot_message"}, "username:Reminders", True),
        ({"username": COACH}, f"username:{COACH}", True),
        ({"user": COACH, "bot_id": " "}, COACH, False),
        ({"user": COACH, "bot_id": None}, COACH, False),
    ],
)
def test_what_an_app_posts_for_somebody_is_the_apps(
    shape: dict[str, Any], author: str, relayed: bool, tmp_path: Path
) -> None:
    """Nobody answers for words that they did not write; live it is told the same way."""
    record = {"type": "message", "ts": ts(0), "text": "hi", **shape}
    post = only(record, tmp_path)

    assert (post.author, post.relayed) == author_of(record) == (author, relayed)


def test_an_app_may_change_what_it_posted(tmp_path: Path) -> None:
    """Both versions are its own."""
    before, after = (said(0, text, bot_id="B7") for text in ("Shared a file.", "Shared two files."))
    record = noted(60, "message_changed", message=after, previous_message=before)
    found = posts(team([record]), tmp_path)

    assert [(post.author, post.relayed) for post in found] == [("B7", True)] * 2


def test_an_old_comment_on_a_file_is_by_who_wrote_it(tmp_path: Path) -> None:
    """Exports from before 2018 keep author and words apart from the notice."""
    record = {
        "type": "message",
        "subtype": "file_comment",
        "ts": ts(0),
        "text": "<@U0STUDENT|mina> commented on <@U0COACH|r.okafor>'s file: nice shot",
        "file": {
            "id": "F1",
            "name": "relay.jpg",
            "title": "Relay",
            "url_private": f"https://files.slack.com/?t={TOKEN}",
        },
        "comment": {"id": "Fc1", "user": STUDENT, "comment": "nice shot"},
    }
    post = only(record, tmp_path)

    assert (post.author, post.relayed) == (STUDENT, False)
    assert texts(post) == ["nice shot"]
    assert texts(post, Where.FILE_NAME) == ["relay.jpg", "Relay"]


def test_an_old_shared_file_is_read(tmp_path: Path) -> None:
    """Before 2018 a message had one `file`, with its comment inside."""
    file = {"name": "plan.pdf", "title": "Plan", "initial_comment": {"comment": "for you only"}}
    post = only(noted(0, "file_share", text="uploaded a file", file=file, upload=True), tmp_path)

    assert texts(post) == ["uploaded a file", "for you only"]
    assert texts(post, Where.FILE_NAME) == ["plan.pdf", "Plan"]


def test_a_pin_shows_what_was_pinned(tmp_path: Path) -> None:
    """The notice is Slack's; the words under it are the place's now, and not of whoever pinned them."""
    item = {"type": "C", "message": {"text": "Old words &amp; new", "user": COACH}}
    record = noted(0, "pinned_item", text="pinned a message", item=item)
    changed = noted(1, "message_changed", message=record | {"edited": {"user": STUDENT, "ts": ts(1)}})
    deleted = noted(2, "message_deleted", deleted_ts=record["ts"], previous_message=record)
    found = heard(team([record, changed, deleted]), tmp_path)
    seen = [each for each in found if isinstance(each, SpaceSeen)]

    assert [each.words for each in seen if each.words] == [(Words(Where.PIN, "Old words & new"),)] * 2
    assert [each for each in found if isinstance(each, Post)] == []


@pytest.mark.parametrize(
    ("subtype", "more", "words"),
    [
        ("channel_topic", {"topic": "Meet &amp; greet"}, Words(Where.TOPIC, "Meet & greet")),
        ("group_purpose", {"purpose": "Relays"}, Words(Where.TOPIC, "Relays")),
        ("channel_name", {"old_name": "track", "name": "track-team"}, Words(Where.CHANNEL_NAME, "track-team")),
    ],
)
def test_a_topic_or_name_is_a_look_at_the_place(
    subtype: str, more: dict[str, str], words: Words, tmp_path: Path
) -> None:
    """Text hides there, and whoever is in the place then reads it."""
    (seen,) = heard(team([noted(0, subtype, **more)]), tmp_path)

    assert isinstance(seen, SpaceSeen)
    assert (seen.words, seen.change) == ((words,), ts(0))
    assert readers(seen) == {COACH, STUDENT, CAPTAIN}


NAMED: dict[str, Any] = {
    "id": "C0TRACK",
    "name": "track",
    "topic": {"value": "Meet &amp; greet <https://x.example/a|here>", "creator": COACH, "last_set": START},
    "purpose": {"value": "Relays"},
    "members": [COACH, STUDENT],
}
SHOWN = (
    Words(Where.CHANNEL_NAME, "track"),
    Words(Where.TOPIC, "Meet & greet here"),
    Words(Where.LINK_TEXT, "here"),
    Words(Where.LINK_TARGET, "https://x.example/a"),
    Words(Where.TOPIC, "Relays"),
)


def test_a_place_is_looked_at_with_its_first_record(tmp_path: Path) -> None:
    """Most channels are never renamed, and their names, topics and purposes are words of people too."""
    export = Export(channels=[NAMED], days={"track": [[said(20), said(10), said(30)], [said(90_000)]]})
    (look,) = looks(export, tmp_path)
    first, *_ = open_export(tmp_path).hear()

    assert (look.place, look.words) == ("C0TRACK", SHOWN)
    assert look.change.startswith(f"export {ts(10)} ")
    assert look.at.timestamp() == pytest.approx(START + 10.0001, abs=1e-6)
    assert first == look


def test_a_place_is_looked_at_by_its_readers_of_then(tmp_path: Path) -> None:
    """Who came later saw the name later; who founded the channel saw it at once."""
    records = [noted(0, "channel_join", COACH), noted(10, "channel_join", STUDENT), said(20)]
    (look,) = looks(Export(channels=[NAMED], days={"track": [records]}), tmp_path)

    assert readers(look) == {COACH}


def test_a_look_from_the_lists_is_the_same_each_time(tmp_path: Path) -> None:
    """A judgement is written once, however often the export is read."""
    export = Export(channels=[NAMED], days={"track": [[said(0)]]})

    assert looks(export, tmp_path) == looks(export, tmp_path)


@pytest.mark.parametrize(
    ("record", "left"),
    [
        (noted(10, "channel_name", old_name="relay", name="track"), SHOWN[1:]),
        (noted(10, "channel_purpose", purpose="Relays"), SHOWN[:-1]),
        (noted(10, "channel_purpose", purpose="Hurdles"), SHOWN),
        (noted(10, "channel_topic", topic=NAMED["topic"]["value"]), (SHOWN[0], SHOWN[-1])),
    ],
)
def test_what_a_record_tells_is_not_told_of_an_earlier_day(
    record: dict[str, Any], left: tuple[Words, ...], tmp_path: Path
) -> None:
    """The lists are of the day of the export: before it was renamed, nobody read the new name."""
    (look,) = looks(Export(channels=[NAMED], days={"track": [[said(0), record]]}), tmp_path)

    assert look.words == left


def test_the_name_of_a_direct_message_is_no_word_of_anybody(tmp_path: Path) -> None:
    """Slack makes it up of the members' names."""
    listed = {"id": "G0", "name": "mpdm-mina--tomas-1", "purpose": {"value": "Group messaging with: @mina @tomas"}}
    (look,) = looks(Export(mpims=[listed], days={"G0": [[said(0)]]}), tmp_path)

    assert (look.place, look.words) == ("G0", ())


def test_a_place_without_records_is_not_looked_at(tmp_path: Path) -> None:
    """Nobody can say when anybody read its name."""
    assert looks(Export(channels=[NAMED]), tmp_path) == []


@pytest.mark.parametrize("subtype", ["bot_add", "channel_archive", "reply_broadcast", "sh_room_created"])
def test_notices_without_words_of_people_are_counted(subtype: str, tmp_path: Path) -> None:
    """Nothing is dropped without being told."""
    opened, found = read(team([noted(0, subtype, text="added an integration")]), tmp_path)

    assert found == []
    assert opened.tally.notices == {subtype: 1}
    assert any(subtype in note for note in opened.notes)


def test_an_unknown_subtype_is_counted_and_read_all_the_same(tmp_path: Path) -> None:
    """Slack adds subtypes; the words under them are still somebody's."""
    opened, found = read(team([noted(0, "brand_new", text="hello"), noted(1, "brand_new", text="")]), tmp_path)

    assert [texts(each) for each in found if isinstance(each, Post)] == [["hello"]]
    assert opened.tally.unknown_kinds == {"brand_new": 2}
    assert any("brand_new" in note for note in opened.notes)


def test_a_subtype_that_is_no_name_is_not_repeated(tmp_path: Path) -> None:
    """What stands in a record may be anything, and notes hold no words of it."""
    opened, _ = read(team([noted(0, "call 555-0123 now", text="hello")]), tmp_path)

    assert not any("555" in note for note in opened.notes)


def test_records_without_time_or_author_are_counted(tmp_path: Path) -> None:
    """They cannot be placed or laid to anybody, and that is told."""
    broken = [
        {"type": "message", "user": COACH, "text": "no time"},
        {"type": "message", "ts": ts(0), "text": "no author"},
        {"type": "message", "ts": "9" * 400, "user": COACH, "text": "no time either"},
        "a string",
        7,
        None,
    ]
    opened, found = read(team([*broken, said(3)]), tmp_path)

    assert len(found) == 1
    assert opened.tally.skipped == {"have no time": 2, "have no author": 1, "are no record": 3}


# Words


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Salt &amp; pepper &lt;3", "Salt & pepper <3"),
        ("&amp;lt; stays as typed", "&lt; stays as typed"),
        ("Thanks <@U0STUDENT|mina>!", "Thanks @mina!"),
        ("Thanks <@U0STUDENT>!", "Thanks @U0STUDENT!"),
        ("See <#C0TRACK|track>", "See #track"),
        ("<!here> bus", "@here bus"),
        ("<!subteam^S1|@coaches> bus", "@coaches bus"),
        ("<!date^1700000000^{date}|Tuesday> bus", "Tuesday bus"),
        ("a < b and <> and <|x>", "a < b and <> and <|x>"),
    ],
)
def test_the_body_keeps_what_was_typed(text: str, body: str, tmp_path: Path) -> None:
    """Slack writes mentions and entities its own way; a rule reads what a person typed."""
    assert texts(only(said(0, text), tmp_path)) == [body]


def test_a_link_gives_its_text_and_its_target() -> None:
    """What is shown may differ from where it leads."""
    words = words_of({"text": "Fill <https://forms.example/a?b=1&amp;c=2|the form> in, or <https://plain.example>"})

    assert words == (
        Words(Where.BODY, "Fill the form in, or https://plain.example"),
        Words(Where.LINK_TEXT, "the form"),
        Words(Where.LINK_TARGET, "https://forms.example/a?b=1&c=2"),
        Words(Where.LINK_TARGET, "https://plain.example"),
    )


def test_blocks_that_repeat_the_text_add_nothing() -> None:
    """Everything typed into Slack's own box comes twice."""
    line = section(
        {"type": "text", "text": "Thanks "},
        {"type": "user", "user_id": "U0STUDENT"},
        {"type": "text", "text": " & all", "style": {"bold": True}},
        {"type": "emoji", "name": "tada"},
    )
    words = words_of({"text": "Thanks <@U0STUDENT> *&amp; all*:tada:", "blocks": [line]})

    assert words == (Words(Where.BODY, "Thanks @U0STUDENT *& all*:tada:"),)


def test_words_that_only_blocks_hold_are_read() -> None:
    """Posts of apps may have an empty text, or another one."""
    line = section({"type": "text", "text": "text me at 555-0142"})

    assert words_of({"text": "", "blocks": [line]}) == (Words(Where.BODY, "text me at 555-0142"),)
    assert Words(Where.BODY, "text me at 555-0142") in words_of({"text": "Hello", "blocks": [line]})


def test_a_part_of_a_word_does_not_hide_a_word_in_blocks() -> None:
    """'skill' holds 'kill', yet does not say it."""
    words = words_of({"text": "good skill", "blocks": [section({"type": "text", "text": "kill"})]})

    assert Words(Where.BODY, "kill") in words


@pytest.mark.parametrize(
    "block",
    [
        {"type": "section", "text": {"type": "mrkdwn", "text": "needle"}},
        {"type": "section", "fields": [{"type": "plain_text", "text": "needle"}]},
        {"type": "header", "text": {"type": "plain_text", "text": "needle"}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "needle"}]},
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "needle"}}]},
        {"type": "image", "title": {"type": "plain_text", "text": "needle"}, "image_url": "https://x.example/1"},
        {"type": "markdown", "text": "needle"},
        {"type": "video", "title": {"type": "plain_text", "text": "v"}, "description": {"text": "needle"}},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "needle"}]]},
        {"type": "of the future", "inside": {"deep": [{"text": "needle"}]}},
        {"type": ["odd"], "elements": [{"type": {"odd": 1}, "text": "needle"}]},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "needle"}]}],
                }
            ],
        },
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": "needle"}]}],
        },
        section({"type": "odd", "text": {"text": "needle"}}),
        section({"type": "date", "timestamp": 1, "fallback": "needle"}),
    ],
)
def test_every_kind_of_block_is_read(block: dict[str, Any]) -> None:
    """Blocks nest freely, and new kinds come every year."""
    body = "\n".join(words.text for words in words_of({"blocks": [block]}) if words.where is Where.BODY)

    assert "needle" in body


def test_blocks_nested_without_end_are_still_read() -> None:
    """Depth hides nothing and stops nothing."""
    block: dict[str, Any] = {"text": "needle"}
    for _ in range(5000):
        block = {"inside": [block]}

    assert Words(Where.BODY, "needle") in words_of({"blocks": [block]})


def test_links_and_pictures_in_blocks_are_read() -> None:
    """A link's target and a picture's text stand in places of their own."""
    link = section({"type": "link", "url": "https://x.example/a", "text": "here"})
    words = words_of({"blocks": [link, {"type": "image", "alt_text": "a relay", "image_url": "https://x.example/b"}]})

    assert set(words) >= {
        Words(Where.BODY, "here"),
        Words(Where.LINK_TEXT, "here"),
        Words(Where.LINK_TARGET, "https://x.example/a"),
        Words(Where.ALT_TEXT, "a relay"),
    }


def test_attachments_are_read_in_every_field() -> None:
    """Posts of apps keep all their words there."""
    attachment = {
        "pretext": "one",
        "title": "two",
        "title_link": "https://x.example/t",
        "text": "three <https://x.example/u|four>",
        "fields": [{"title": "five", "value": "six"}],
        "footer": "seven",
        "fallback": "eight",
        "blocks": [section({"type": "text", "text": "nine"})],
        "actions": [{"type": "button", "text": "ten", "url": "https://x.example/v"}],
        "files": [{"name": "eleven.txt"}],
        "attachments": [{"text": "twelve"}],
    }
    words = words_of({"attachments": [attachment]})
    embedded = {each.text for each in words if each.where is Where.EMBED}

    assert embedded == {"one", "two", "three four", "five", "six", "seven", "eight", "nine", "ten", "twelve"}
    assert {each.text for each in words if each.where is Where.LINK_TARGET} == {
        f"https://x.example/{letter}" for letter in "tuv"
    }
    assert Words(Where.FILE_NAME, "eleven.txt") in words


def test_a_shared_message_is_a_forward() -> None:
    """The words are somebody else's, brought to new readers."""
    blocks = [
        {"team": "T1", "channel": "C1", "ts": ts(0), "message": {"blocks": [section({"type": "text", "text": "b"})]}}
    ]
    shared = {"is_share": True, "text": "a", "fallback": "a", "message_blocks": blocks}

    assert words_of({"attachments": [shared]}) == (Words(Where.FORWARD, "a"), Words(Where.FORWARD, "b"))


def test_what_slack_shows_of_a_file_is_read() -> None:
    """Names, the text for those who cannot see, a mail's words, what was spoken."""
    file = {
        "name": "a.m4a",
        "title": "b",
        "alt_txt": "c",
        "preview": "d",
        "transcription": {"status": "complete", "preview": {"content": "e"}},
    }

    assert words_of({"files": [file, "odd", None]}) == (
        Words(Where.FILE_NAME, "a.m4a"),
        Words(Where.FILE_NAME, "b"),
        Words(Where.ALT_TEXT, "c"),
        Words(Where.EMBED, "d"),
        Words(Where.EMBED, "e"),
    )


def test_the_preview_of_a_link_is_nobodys_words(tmp_path: Path) -> None:
    """A stranger's page may show a telephone number. A message that is shared stays somebody's words."""
    page = {"from_url": "https://lanes.example", "title": "Lanes", "text": "Call 978-555-0147", "fallback": "Lanes"}
    shared = {"from_url": "https://t.slack.example", "is_share": True, "text": "old news"}
    post = only(said(0, "Bowling", attachments=[page, shared]), tmp_path)

    assert texts(post, Where.EMBED) == []
    assert texts(post, Where.FORWARD) == ["old news"]


def test_tokens_enter_no_words(tmp_path: Path) -> None:
    """Exports carry keys to every file inside addresses; whoever has one can download it."""
    address = f"https://files.slack.com/files-pri/T1-F1/plan.pdf?t={TOKEN}"
    record = said(
        0,
        f"look <{address}|plan> {address} and {TOKEN}",
        files=[{"name": "plan.pdf", "title": address, "url_private": address, "preview": f"see {address}"}],
        file={"name": "x", "url_private_download": address, "initial_comment": {"comment": f"<{address}>"}},
        attachments=[{"text": address, "title_link": address, "from_url": address, "fallback": address}],
        blocks=[
            section({"type": "link", "url": address, "text": f"see {address}"}),
            {"type": "image", "alt_text": address, "image_url": address},
            {"type": "section", "text": {"type": "mrkdwn", "text": f"<{address}|here>"}},
        ],
        username=address,
        bot_id="B1",
    )
    records = [record, noted(1, "channel_topic", topic=address), noted(2, "pinned_item", item={"message": record})]
    opened, found = read(team([*records, noted(3, TOKEN, text="hi")]), tmp_path)
    every = [words.text for each in found if isinstance(each, (Post, SpaceSeen)) for words in each.words]

    assert len(found) == 4
    assert not any("xox" in text or "?t=" in text for text in every)
    assert not any("xox" in note for note in opened.notes)
    assert Words(Where.LINK_TARGET, "https://files.slack.com/files-pri/T1-F1/plan.pdf") in words_of(record)


@pytest.mark.parametrize("row", ["<", "<a|", "https://a-", "https://x.slack.com/", "http://a.", "xoxa.", "&amp;"])
def test_no_text_takes_longer_than_its_length(row: str) -> None:
    """A crafted message of a megabyte must not hold up the others: square time would take minutes."""
    text = row * (1_000_000 // len(row))
    before = time.process_time()
    words_of({"text": text, "blocks": [{"text": {"text": f"{text} end"}}]})

    assert time.process_time() - before < 5


def test_an_ordinary_address_keeps_its_query() -> None:
    """Only Slack's own addresses carry keys; `t=90` on a film is where to begin."""
    target = "https://films.example/watch?v=1&t=90"

    assert Words(Where.LINK_TARGET, target) in words_of({"text": f"<{target.replace('&', '&amp;')}>"})


# Who could read it


def test_membership_is_right_at_every_time(tmp_path: Path) -> None:
    """The list is as of the export; joins and leaves lead from there to any earlier day."""
    records = [
        said(0),
        noted(10, "channel_join", NEWCOMER, inviter=COACH),
        said(20),
        noted(30, "channel_leave", CAPTAIN),
        said(40),
    ]
    before, between, after = posts(team(records, members=[COACH, STUDENT, NEWCOMER]), tmp_path)

    assert readers(before) == {COACH, STUDENT, CAPTAIN}
    assert readers(between) == {COACH, STUDENT, CAPTAIN, NEWCOMER}
    assert readers(after) == {COACH, STUDENT, NEWCOMER}
    assert after.readers.members == after.readers.accounts


def test_who_comes_and_goes_twice_is_counted_each_time(tmp_path: Path) -> None:
    """What came first decides what was before it."""
    moves = ["channel_leave", "channel_join", "channel_leave", "channel_join"]
    records = [each for n, move in enumerate(moves) for each in (said(10 * n), noted(10 * n + 5, move, STUDENT))]
    found = posts(team([*records, said(50)]), tmp_path)

    assert [STUDENT in readers(post) for post in found] == [True, False, True, False, True]


@pytest.mark.parametrize("newest_first", [False, True])
def test_who_could_read_hangs_on_no_order_of_files_or_records(newest_first: bool, tmp_path: Path) -> None:
    """A folder that is packed again has its files in any order, and some tools write the newest record first."""
    moves = ["channel_leave", "channel_join"]
    records = [each for n, move in enumerate(moves) for each in (said(10 * n), noted(10 * n + 5, move, STUDENT))]
    whole = [*records, said(50)]
    one_day = team(whole[::-1]) if newest_first else team(whole[:2], whole[2:])
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in reversed(one_day.files().items()):
            archive.writestr(name, data)
    found = [each for each in told(open_export(path)) if isinstance(each, Post)]

    assert [STUDENT in readers(post) for post in found] == [True, False, True]


def test_who_joins_again_without_having_left_may_have_been_away(tmp_path: Path) -> None:
    """Not everybody who is taken out of a place leaves a record: nobody was a second reader for certain."""
    records = [said(0), noted(10, "channel_join", STUDENT), said(20, by=STUDENT), said(30)]
    found = posts(team([*records, noted(40, "channel_join", STUDENT), said(50)]), tmp_path)

    assert [STUDENT in readers(post) for post in found] == [False, True, False, True]
    assert [set(post.readers.perhaps) for post in found] == [set(), set(), {STUDENT}, set()]


@pytest.mark.parametrize("comes_back", [[], [said(40, by=STUDENT)], [noted(40, "channel_leave", STUDENT)]])
def test_who_left_and_shows_up_again_without_a_join_may_have_been_there(
    comes_back: list[dict[str, Any]], tmp_path: Path
) -> None:
    """A coach who wrote to two is not told of one: the list, or a later sign of the other, says that they came back."""
    left = noted(20, "channel_leave", STUDENT)
    before, after, *_ = posts(team([said(10), left, said(30), *comes_back]), tmp_path)

    assert readers(before) == {COACH, STUDENT, CAPTAIN}
    assert readers(after) == {COACH, CAPTAIN}
    assert after.readers.perhaps == {STUDENT}


def test_who_posts_can_read(tmp_path: Path) -> None:
    """A record of the join may be missing; nobody writes where they cannot read."""
    records = [said(0), said(10, by=NEWCOMER), said(20), said(30, by=NEWCOMER), said(40)]
    found = posts(team(records), tmp_path)

    assert [NEWCOMER in readers(post) for post in found] == [False, True, True, True, False]


def test_who_is_gone_without_having_left_may_read_on(tmp_path: Path) -> None:
    """Nobody can say when they went, nor whether they were there before they first wrote."""
    records = [said(0), said(10, by=NEWCOMER), said(20), said(30, by=NEWCOMER), said(40)]
    opened, found = read(team(records), tmp_path)

    perhaps = [set(post.readers.perhaps) for post in found if isinstance(post, Post)]
    assert perhaps == [{NEWCOMER}, set(), set(), set(), {NEWCOMER}]
    assert any(note.startswith("2 posts may have had further readers") for note in opened.notes)


def test_who_joined_and_is_gone_was_not_there_before(tmp_path: Path) -> None:
    """A join is as good as a list, until the last sign of them."""
    found = posts(team([said(0), noted(10, "channel_join", NEWCOMER), said(20)]), tmp_path)

    assert [set(post.readers.perhaps) for post in found] == [set(), {NEWCOMER}]
    assert all(readers(post) == {COACH, STUDENT, CAPTAIN} for post in found)


def test_who_left_or_is_an_app_is_nobody_who_may_read_on(tmp_path: Path) -> None:
    """A record of leaving says when."""
    records = [said(0, by=NEWCOMER), said(5, by=BOT), noted(10, "channel_leave", NEWCOMER), said(20)]
    *_, last = posts(team(records), tmp_path)

    assert not last.readers.perhaps


def test_bots_and_slackbot_never_count(tmp_path: Path) -> None:
    """The rule counts people."""
    members = [COACH, STUDENT, CAPTAIN, BOT, "USLACKBOT", "B0APP"]
    found = posts(team([said(0, by=BOT), noted(1, "channel_join", BOT), said(2)], members=members), tmp_path)

    assert all(readers(post) == {COACH, STUDENT, CAPTAIN} for post in found)


def test_guests_and_people_of_other_workspaces_are_readers(tmp_path: Path) -> None:
    """Nobody can link a person from another workspace, so they are humans whom nobody knows."""
    members = [COACH, STUDENT, GUEST, VISITOR, "W0NOWHERE"]
    (post,) = posts(team([said(0)], members=members), tmp_path)

    assert readers(post) == set(members)


@pytest.mark.parametrize("place", [[COACH, STUDENT, CAPTAIN], [COACH, STUDENT], [COACH]])
def test_deactivated_people_may_have_read(place: list[str], tmp_path: Path) -> None:
    """An export does not say when somebody was deactivated, however many others there are."""
    (post,) = posts(team([said(0)], members=[*place, GRADUATE]), tmp_path)

    assert readers(post) == set(place)
    assert post.readers.perhaps == {GRADUATE}


def test_deactivated_people_could_read_until_the_last_sign_of_them(tmp_path: Path) -> None:
    """Nobody writes from an account that is deactivated."""
    before, own, after = posts(team([said(0), said(10, by=GRADUATE), said(20)], members=[COACH, GRADUATE]), tmp_path)

    assert readers(before) == readers(own) == {COACH, GRADUATE}
    assert readers(after) == {COACH}
    assert after.readers.perhaps == {GRADUATE}


def test_a_talk_with_a_student_who_has_since_left_is_not_one_with_nobody(tmp_path: Path) -> None:
    """A student who graduated was there when the coach wrote; without them nobody would ever ask."""
    direct = Export(dms=[{"id": "D1", "members": [COACH, GRADUATE]}], days={"D1": [[said(0)]]})
    (post,) = posts(direct, tmp_path)

    assert post.readers.perhaps == {GRADUATE}


def test_a_direct_message_is_read_by_both(tmp_path: Path) -> None:
    """Its folder is its id."""
    export = Export(dms=[{"id": "D1", "members": [COACH, STUDENT]}], days={"D1": [[said(0)]]})
    (post,) = posts(export, tmp_path)

    assert (post.place, readers(post)) == ("D1", {COACH, STUDENT})


@pytest.mark.parametrize("folder", ["mpdm-r.okafor--mina--tomas-1", "G0GROUP"])
def test_a_group_message_is_found_by_name_or_id(folder: str, tmp_path: Path) -> None:
    """Exports of different years name its folder differently."""
    listed = {"id": "G0GROUP", "name": "mpdm-r.okafor--mina--tomas-1", "members": [COACH, STUDENT, CAPTAIN]}
    (post,) = posts(Export(mpims=[listed], days={folder: [[said(0)]]}), tmp_path)

    assert (post.place, readers(post)) == ("G0GROUP", {COACH, STUDENT, CAPTAIN})


@pytest.mark.parametrize("members", [None, []])
def test_a_place_that_lists_nobody_has_unknown_readers(members: list[str] | None, tmp_path: Path) -> None:
    """People wrote there, so a list of nobody (an archived channel) is no list."""
    opened, found = read(team([said(0)], members=members), tmp_path)

    assert [each.readers for each in found if isinstance(each, Post)] == [Readers(known=False)]
    assert opened.tally.unknown_audience == {"C0TRACK": 1}
    assert any("who could read" in note for note in opened.notes)


def test_a_folder_in_no_list_has_unknown_readers(tmp_path: Path) -> None:
    """Its name stands in for the id, and nothing is guessed."""
    (post,) = posts(Export(days={"archery": [[said(0)]]}), tmp_path)

    assert (post.place, post.readers.known) == ("archery", False)


def test_a_name_that_two_places_share_tells_neither(tmp_path: Path) -> None:
    """A private channel may have taken the name of another."""
    export = Export(
        channels=[{"id": "C1", "name": "track", "members": [COACH, STUDENT, CAPTAIN]}],
        groups=[{"id": "G1", "name": "track", "members": [COACH, STUDENT]}],
        days={"track": [[said(0)]]},
    )
    (post,) = posts(export, tmp_path)

    assert (post.place, post.readers.known) == ("track", False)


def test_an_old_list_without_ids_goes_by_names(tmp_path: Path) -> None:
    """Lists cut down by hand still tell who is in a channel."""
    (post,) = posts(
        Export(channels=[{"name": "track", "members": [COACH, STUDENT]}], days={"track": [[said(0)]]}), tmp_path
    )

    assert (post.place, readers(post)) == ("track", {COACH, STUDENT})


# Order and size


def test_channels_are_merged_by_time(tmp_path: Path) -> None:
    """Rules see a day as it happened, whatever the files are called."""
    export = Export(
        days={
            "a": [[said(0), said(30)], [said(60)]],
            "b": [[said(10), said(40), said(90)]],
            "z": [[said(50), said(20)]],
        },
        raw={"a/2024-01-01.json": json.dumps([said(5)]).encode()},
    )
    moments = [post.sent_at.timestamp() - START for post in posts(export, tmp_path)]

    assert [round(each) for each in moments] == [0, 5, 10, 20, 30, 40, 50, 60, 90]


def test_the_bar_ends_where_it_should(tmp_path: Path) -> None:
    """A person waiting wants to know how much is left."""
    opened, _ = read(team([said(0)], [said(90_000)]), tmp_path)

    assert opened.bytes_read == opened.bytes_total > 0


def test_hearing_again_starts_anew(tmp_path: Path) -> None:
    """Nothing is counted twice."""
    opened, first = read(team([said(0), noted(1, "bot_add")]), tmp_path)
    notes = opened.notes

    assert told(opened) == first
    assert opened.notes == notes


def test_a_long_history_takes_little_memory(tmp_path: Path) -> None:
    """A district's years are a million posts; only the files of the hour are held."""
    export = Export()
    days, channels, each = 100, 10, 100
    for day in range(days):
        for channel in range(channels):
            records = [said(86_400 * day + 60 * n + channel, f"Message {n} about the relay.") for n in range(each)]
            export.raw[f"c{channel}/{2000 + day}-11-14.json"] = json.dumps(records).encode()
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, str(export.folder(tmp_path))], capture_output=True, text=True, check=True
    )
    count, before, after = map(int, measured.stdout.split())

    assert count == days * channels * each == 100_000
    assert after < before * 1.5


MEASURE = """
import sys
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from adapters.replay.slack import open_export
from bot.platform import Post
export = open_export(Path(sys.argv[1]))
before = getrusage(RUSAGE_SELF).ru_maxrss
count = sum(isinstance(each, Post) for each in export.hear())
print(count, before, getrusage(RUSAGE_SELF).ru_maxrss)
"""


# Odd bytes


def test_halves_of_characters_are_mended(tmp_path: Path) -> None:
    """Nothing downstream may fail on what no encoder can write; a NUL and a long text are harmless."""
    export = team()
    rows = rb'{"ts":"%s","user":"U0COACH","text":"cut \ud83d here","blocks":[{"text":{"text":"odd \ude00"}}]}'
    export.raw["track/2023-11-14.json"] = b"[" + rows % ts(0).encode() + b"]"
    export.raw["track/2023-11-15.json"] = json.dumps([said(90_000, "a\0b"), said(90_001, "x" * 100_000)]).encode()
    export.raw["track/2023-11-16.json"] = (
        b'[{"ts":"%s","user":"U0COACH","text":"bad \xff byte"}]' % ts(180_000).encode()
    )
    found = posts(export, tmp_path)

    assert [text[:12] for post in found for text in texts(post)] == [
        "cut \ufffd here",
        "odd \ufffd",
        "a\0b",
        "x" * 12,
        "bad \ufffd byte",
    ]
    assert all(words.text.encode() for post in found for words in post.words)


def test_huge_numbers_are_harmless(tmp_path: Path) -> None:
    """A record is JSON, and JSON has no largest number."""
    export = team()
    row = b'{"ts":"%s","user":"U0COACH","text":"hi","n":%s,"m":1e999,"thread_ts":%s}'
    export.raw["track/2023-11-14.json"] = b"[" + row % (ts(0).encode(), b"9" * 9000, b"8" * 30) + b"]"
    opened, found = read(export, tmp_path)

    assert len(found) == 1
    assert opened.notes == ()


FULL: dict[str, Any] = said(
    0,
    "see <https://x.example|this>",
    edited={"user": COACH, "ts": ts(1)},
    blocks=[section({"type": "link", "url": "https://x.example", "text": "this"}), {"type": "image", "alt_text": "a"}],
    attachments=[{"text": "a", "fields": [{"title": "b", "value": "c"}], "fallback": "d", "message_blocks": []}],
    files=[{"name": "a", "initial_comment": {"comment": "b"}, "transcription": {"preview": {"content": "c"}}}],
    file={"name": "a"},
    comment={"user": STUDENT, "comment": "b"},
    item={"message": {"text": "a"}},
    message=said(0),
    previous_message=said(0),
    inviter=COACH,
    bot_id="B1",
    username="a",
    topic="a",
    deleted_ts=ts(0),
    subtype="",
)
SUBTYPES = ("", "bot_message", "file_comment", "pinned_item", "message_changed", "message_deleted", "tombstone")


@pytest.mark.parametrize("subtype", [*SUBTYPES, "channel_join", "channel_leave", "channel_topic", "channel_name"])
def test_no_value_in_a_record_stops_the_reading(subtype: str, tmp_path: Path) -> None:
    """Other programs write exports too, and people mend them by hand."""
    records = [each for each in spoilt({**FULL, "subtype": subtype}) if isinstance(each, dict)]
    found = heard(team([*records, said(99, "the last one")]), tmp_path)

    assert isinstance(found[-1], Post)
    assert texts(found[-1]) == ["the last one"]
    assert all(isinstance(words.text, str) for each in found if isinstance(each, Post) for words in each.words)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'[{"ts": "1"},\n  oops]', "not JSON, line 2, column 3"),
        (b'{"messages": []}', "not a JSON array"),
        (b"", "not JSON, line 1, column 1"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_broken_day_is_told_of_and_the_rest_is_read(data: bytes, told: str, tmp_path: Path) -> None:
    """One bad file must not cost a year, nor pass in silence."""
    export = team([said(0)])
    export.raw["track/2023-11-20.json"] = data
    opened, found = read(export, tmp_path)

    assert len(found) == 1
    assert opened.notes == (f"C0TRACK/2023-11-20.json: {told}; this file is left out",)
    assert opened.bytes_read == opened.bytes_total


def test_a_note_names_a_place_by_id(tmp_path: Path) -> None:
    """The folder of a group message is made of people's names."""
    listed = {"id": "G0GROUP", "name": "mpdm-mina--tomas-1", "members": [STUDENT, CAPTAIN]}
    opened, _ = read(Export(mpims=[listed], raw={"mpdm-mina--tomas-1/2023-11-14.json": b"no"}), tmp_path)

    assert "mina" not in "".join(opened.notes)


@pytest.mark.parametrize("folder", ["FC:F0AB:Season plan for Ana Reyes", "ana-reyes-college", "mpdm-mina--tomas-1"])
def test_a_note_names_no_folder_that_no_list_has(folder: str, tmp_path: Path) -> None:
    """It may be called after anybody: a canvas with comments has its title there."""
    export = team([said(0)])
    export.raw |= {f"{folder}/2023-11-14.json": b"{", "C0LOST/2023-11-14.json": b"{"}
    opened, _ = read(export, tmp_path)

    assert opened.notes == (
        "C0LOST/2023-11-14.json: not JSON, line 1, column 2; this file is left out",
        "a place without an id/2023-11-14.json: not JSON, line 1, column 2; this file is left out",
    )
    assert opened.skipped == 2


CANVASES = b'[{"id": "F0AB", "created": 1700000000, "title": "Season plan", "user": "U0COACH"}]'


@pytest.mark.parametrize("name", ["canvas_in_the_conversation.json", "2023-11-14 (1).json", "x2023-11-14.json"])
def test_only_files_named_after_a_day_are_read_and_the_others_are_counted(name: str, tmp_path: Path) -> None:
    """Slack lists canvases beside the days: nothing in such a list is a message, and nothing in it is broken."""
    export = team([said(0)])
    export.raw |= {f"track/{name}": CANVASES, f"empty/{name}": CANVASES, "track/picture.png": b"", "__M/x.json": b""}
    opened, found = read(export, tmp_path)

    assert len(found) == 1
    assert opened.skipped == 0
    assert opened.notes == ("2 files in channels' folders are not named after a day and are not read",)


# Zips


def test_a_folder_is_found_however_its_accents_are_written(tmp_path: Path) -> None:
    """A Mac writes letters and accents apart."""
    export = Export(
        channels=[{"id": "C1", "name": "équipe-été", "members": [COACH, STUDENT]}],
        days={"e\u0301quipe-e\u0301te\u0301": [[said(0)]]},
    )
    (post,) = told(open_export(export.zip(tmp_path / "export.zip")))

    assert isinstance(post, Post)
    assert post.place == "C1"


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    """It is told by its table of contents, before anything is unpacked."""
    export = team([said(0)])
    export.raw["track/2023-11-20.json"] = b" " * (LIMITS.small + 1)

    with pytest.raises(ConfigurationError, match="zip bomb"):
        open_export(export.zip(tmp_path / "export.zip"))


def test_a_damaged_day_in_a_zip_is_told_of(tmp_path: Path) -> None:
    """The rest of the zip is sound."""
    path = tmp_path / "export.zip"
    files = team([said(0, "first")], [said(90_000, "second")]).files()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    path.write_bytes(path.read_bytes().replace(b"second", b"sXcond"))
    opened = open_export(path)

    assert len(told(opened)) == 1
    assert opened.notes == ("C0TRACK/2023-11-15.json: damaged; this file is left out",)


# What is no Slack export


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"chat.json": b'{"guild": {"id": "1"}, "channel": {}, "messages": []}'}, "Discord"),
        ({"messages/index.json": b"{}", "account/user.json": b"{}"}, "Discord"),
        ({"slackdump.sqlite": b"SQLite format 3\0"}, "slackdump"),
        ({"workspace.json.gz": b"\x1f\x8b", "C1.json.gz": b"\x1f\x8b"}, "slackdump"),
        ({"messages.json": b'{"userId": "8:x", "conversations": []}', "endpoints.json": b"{}"}, "Teams"),
        ({"inbox.mbox": b"From a@school.example"}, "mailbox"),
        ({"channels.json": b"[]", "track/2023-11-14.json": b"[]"}, "no users.json"),
        ({"users.json": b"[]"}, "neither channels.json"),
        ({}, "no users.json"),
    ],
)
def test_a_folder_of_another_tool_is_refused_in_plain_words(files: dict[str, bytes], told: str, tmp_path: Path) -> None:
    """The person reads what it is and where to get the right one."""
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)

    with pytest.raises(ConfigurationError, match=f"(?s){told}.*Import/Export Data"):
        open_export(tmp_path)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"From coach@school.example Mon Nov 13\n", "mailbox"),
        (b'{"guild": {"id": "1"}}', "Discord"),
        (b"SQLite format 3\0", "slackdump"),
        (b"\x1f\x8b\x08", "unpack it first"),
        (b"\0" * 257 + b"ustar", "unpack it first"),
        (b"", "neither a zip nor a folder"),
    ],
)
def test_a_file_of_another_tool_is_refused_in_plain_words(data: bytes, told: str, tmp_path: Path) -> None:
    """A lone file is told by how it begins."""
    path = tmp_path / "history"
    path.write_bytes(data)

    with pytest.raises(ConfigurationError, match=told):
        open_export(path)


def test_what_does_not_exist_is_refused(tmp_path: Path) -> None:
    """A slip in a path is the commonest mistake."""
    with pytest.raises(ConfigurationError, match="does not exist"):
        open_export(tmp_path / "nowhere.zip")


def test_a_broken_list_is_refused(tmp_path: Path) -> None:
    """Without it bots would count as people."""
    export = team([said(0)])
    export.raw["users.json"] = b"[{"

    with pytest.raises(ConfigurationError, match=r"users\.json in it is not JSON, line 1"):
        open_export(export.folder(tmp_path))


def test_odd_entries_in_lists_are_harmless(tmp_path: Path) -> None:
    """Lists are edited by hand before they are handed over."""
    export = team([said(0)])
    export.users += [{}, {"id": 7}, {"id": None, "deleted": True}]
    export.channels += [{}, {"id": ["x"], "name": {}}, {"id": "C9", "members": [None, 3, COACH]}]
    export.raw["dms.json"] = b'[1, "x", null]'

    assert len(heard(export, tmp_path)) == 1
