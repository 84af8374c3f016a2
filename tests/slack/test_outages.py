"""What happened while nobody listened is found: each place from its mark, with its threads and what was rewritten."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.notebook import Notebook
from adapters.slack.versions import ts_of
from bot.message import PlaceId
from bot.people import TeamId
from bot.platform import Deletion, Heard, Post, Report
from tests.slack.server.server import Server
from tests.slack.stage import Stage, Workspace, connected, moderated, open_school, started, until, workspace
from tests.slack.test_acting import appoint
from tests.test_moderator import entries


def posts(heard: list[Heard]) -> list[Post]:
    return [each for each in heard if isinstance(each, Post)]


def texts(heard: list[Heard]) -> list[str]:
    return [each.text for post in posts(heard) for each in post.words]


async def leave_a_mark(space: Workspace, folder: Path) -> None:
    """Let a first run hear something, so that there is a mark."""
    async with connected(space, folder) as stage:
        await stage.heard()
        space.team.say(space.people["s1"], "before")
        await stage.heard()
        await stage.slack._note()


async def test_at_the_very_first_start_nothing_from_before_is_read(tmp_path: Path) -> None:
    async with workspace() as space:
        space.team.say(space.people["coach"], "long ago")
        async with connected(space, tmp_path) as stage:
            found = posts(await stage.heard())

    assert found == []


async def test_what_was_written_meanwhile_is_found_and_known_to_be_late(tmp_path: Path) -> None:
    """New messages, answers under an old one, and an old one that was rewritten; not what was heard before."""
    async with workspace() as space:
        old = space.team.say(space.people["s1"], "an old one", at=datetime.now(UTC) - timedelta(days=9))
        await leave_a_mark(space, tmp_path)
        rewritten = next(each for each in space.team.messages.values() if each.text == "before")
        space.team.say(space.people["coach"], "one")
        space.team.say(space.people["s2"], "an answer", thread=old)
        rewritten.edit("something else")
        space.team.say(space.people["coach"], "two")
        async with connected(space, tmp_path) as stage:
            found = posts(await stage.heard())

    late = {each.words[0].text: each for each in found if each.late}
    assert set(late) == {"one", "an answer", "something else", "two"}
    assert late["something else"].revision
    ordered = [each.words[0].text for each in found if each.late and not each.revision]
    assert ordered == ["one", "an answer", "two"]


async def test_that_the_beginning_of_a_thread_was_deleted_meanwhile_is_heard(tmp_path: Path) -> None:
    """What Slack shows in its place is nobody's message."""
    async with workspace() as space:
        await leave_a_mark(space, tmp_path)
        root = space.team.say(space.people["coach"], "one")
        space.team.say(space.people["s1"], "an answer", thread=root)
        root.delete()
        async with connected(space, tmp_path) as stage:
            found = await stage.heard()

    assert [each.id for each in found if isinstance(each, Deletion)] == [f"{space.team.id}/{root.ts}"]
    assert [each.words[0].text for each in posts(found) if each.late] == ["an answer"]


async def test_what_was_heard_before_is_written_once(tmp_path: Path) -> None:
    """The window before the mark is told again."""
    async with workspace() as space:
        async with connected(space, tmp_path) as stage, moderated(stage, tmp_path):
            space.team.say(space.people["s1"], "before")
            await until(lambda: messages(tmp_path) == 1)
            await stage.slack._note()
        space.team.say(space.people["s1"], "meanwhile")
        async with connected(space, tmp_path) as stage, moderated(stage, tmp_path):
            await until(lambda: messages(tmp_path) == 2)
            space.team.say(space.people["s1"], "after")
            await until(lambda: messages(tmp_path) > 2)

    assert messages(tmp_path) == 3


def messages(folder: Path) -> int:
    return sum(each["subject"] == "message" for each in entries(folder, "judged"))


async def test_a_socket_that_is_made_anew_reads_what_was_missed(tmp_path: Path) -> None:
    """Slack keeps nothing for an app that has no socket."""
    async with open_school(tmp_path) as stage:
        stage.team.say(stage.people["s1"], "before")
        await stage.heard()
        await stage.slack._note()
        connects = stage.server.sockets.counted["CONNECT"]
        stage.server.sockets.takes_connections = False
        stage.server.sockets.drop()
        await until(lambda: stage.server.sockets.count == 0)
        stage.team.say(stage.people["coach"], "unheard")
        stage.server.sockets.takes_connections = True
        await until(lambda: stage.server.sockets.counted["CONNECT"] > connects, 600)
        await until(lambda: stage.slack.caught_up)
        found = texts(await stage.heard())

    assert "unheard" in found


async def test_a_socket_that_slack_wants_renewed_ends_once_another_is_there(tmp_path: Path) -> None:
    """Slack wants that every few hours. Nothing is missed in between, so nothing is read again, but once a day."""
    async with open_school(tmp_path) as stage:
        await stage.heard()
        sockets, calls = stage.server.sockets, stage.server.calls
        found, asked = list[str](), len(calls("conversations.history"))
        for text in ("one", "two"):
            connects, sockets.takes_connections = sockets.counted["CONNECT"], False
            sockets.refresh()
            await asyncio.sleep(1)
            stage.team.say(stage.people["coach"], text)
            found += texts(await stage.heard())
            sockets.takes_connections = True
            await until(lambda: sockets.counted["CONNECT"] > connects, 600)  # noqa: B023
            await until(lambda: sockets.count == 1)
            if text == "one":
                assert len(calls("conversations.history")) == asked
            stage.space.shift += timedelta(days=1)
        await until(lambda: len(calls("conversations.history")) > asked)
        stage.team.say(stage.people["coach"], "three")
        found += [each for each in texts(await stage.heard()) if each == "three"]

    assert found == ["one", "two", "three"]


async def test_what_slack_gives_no_other_socket_for_is_made_anew_by_the_library(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        connects = stage.server.sockets.counted["CONNECT"]
        stage.server.faults.refuse("apps.connections.open", "internal_error")
        stage.server.sockets.refresh()
        await until(lambda: stage.server.sockets.counted["CONNECT"] > connects, 600)
        await until(lambda: stage.slack.caught_up)
        stage.team.say(stage.people["coach"], "heard")
        found = texts(await stage.heard())

    assert "heard" in found


async def test_accounts_are_read_in_pages_and_once_a_connection(tmp_path: Path) -> None:
    """Asked for one by one, those of a school take minutes, in which nobody knows who reads; and some may be gone."""
    async with open_school(tmp_path) as stage:
        began = len(stage.server.calls("users.list")), len(stage.server.calls("users.info"))
        connects = stage.server.sockets.counted["CONNECT"]
        stage.server.sockets.takes_connections = False
        stage.server.sockets.drop()
        await until(lambda: stage.server.sockets.count == 0)
        stage.people["s3"].deactivate()
        stage.server.sockets.takes_connections = True
        await until(lambda: stage.server.sockets.counted["CONNECT"] > connects, 600)
        await until(lambda: stage.slack.caught_up)
        readers = await stage.slack.audiences.readers(stage.team.id)
        ended = len(stage.server.calls("users.list")), len(stage.server.calls("users.info"))

    assert began == (1, 0)
    assert ended == (2, 0)
    assert readers.accounts == {stage.space.id(each) for each in ("coach", "s1", "s2")}


async def test_hearing_does_not_wait_until_all_accounts_are_read_again(tmp_path: Path) -> None:
    """Of a large workspace that takes minutes, and comes with every new socket; those known serve meanwhile."""
    async with open_school(tmp_path) as stage:
        await stage.heard()
        connects = stage.server.sockets.counted["CONNECT"]
        stage.server.faults.delay("users.list", 20)
        stage.server.sockets.drop()
        await until(lambda: stage.server.sockets.counted["CONNECT"] > connects, 600)
        stage.team.say(stage.people["s1"], "anyone there?")
        (post,) = [each for each in await stage.said() if isinstance(each, Post)]
        still_reading = not stage.slack.caught_up

    assert post.readers.known
    assert still_reading


async def test_it_is_taken_away_also_while_places_are_read_again(tmp_path: Path) -> None:
    """After each connection, and when somebody came. A public channel is seen by an administrator who is not in it."""
    async with open_school(tmp_path) as stage:
        appoint(stage, "principal")
        stage.server.faults.delay("users.list", 300)
        connects = stage.server.sockets.counted["CONNECT"]
        stage.server.sockets.drop()
        await until(lambda: stage.server.sockets.counted["CONNECT"] > connects, 600)
        await asyncio.sleep(2)
        again = stage.team.say(stage.people["coach"], "Stay after class.")
        again.delete(by=stage.people["principal"])
        heard = await stage.said()
        stage.team.join(stage.people["advisor"])
        stage.team.say(stage.people["coach"], "Come to my room.")
        heard += await stage.said()

    assert [each.removable for each in posts(heard)] == [True, True]
    assert [each.as_asked for each in heard if isinstance(each, Deletion)] == [False]


async def test_the_clock_runs_on_while_slack_cannot_be_reached(tmp_path: Path) -> None:
    """The house tries the letters of copies again as time passes; they do not go by Slack."""
    async with open_school(tmp_path) as stage:
        stage.server.faults.delay("conversations.info", 3_000)
        stage.team.join(stage.people["advisor"])
        await until(lambda: bool(stage.server.calls("conversations.info")))
        while not stage.slack.landing.heard.empty():
            stage.slack.landing.heard.get_nowait()
        await asyncio.sleep(10)

        assert stage.slack.landing.heard.qsize() > 5


async def test_that_there_is_no_socket_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The library tries on without a word."""
    async with open_school(tmp_path) as stage:
        stage.server.sockets.takes_connections = False
        stage.server.sockets.drop()
        await until(lambda: stage.slack._socket is not None and not stage.slack._socket.is_open)
        for _ in range(4):
            stage.space.shift += timedelta(seconds=40)
            await stage.slack.tick()
        said = "".join(capsys.readouterr())
        stage.server.sockets.takes_connections = True

    assert said.count("there is no socket to Slack") == 1


async def test_a_mark_moves_only_once_everything_up_to_it_is_written(tmp_path: Path) -> None:
    """A run that is killed meanwhile must not have moved it past what it read and never wrote."""
    async with workspace() as space:
        await leave_a_mark(space, tmp_path)
        lost = space.team.say(space.people["coach"], "one")
        async with connected(space, tmp_path) as stage:
            space.team.say(space.people["coach"], "live")
            await until(lambda: stage.slack.landing.heard.qsize() > 2)
            while not stage.slack.landing.heard.empty():
                each = stage.slack.landing.heard.get_nowait()
                if isinstance(each, Post) and each.id.endswith(lost.ts):
                    continue
                await stage.slack.acknowledge(each)
            await stage.slack._note()
            marks = dict(stage.slack._notebook.marks)

    assert float(marks[space.team.id]) < float(lost.ts)


async def test_no_mark_passes_what_was_missed_before_a_socket_was_made_anew(tmp_path: Path) -> None:
    """A place was read already, others are being read, and the socket breaks: the place has a gap again."""
    async with workspace() as space:
        slow = space.server.channel("slow", [space.people["s1"]])
        await leave_a_mark(space, tmp_path)
        space.server.faults.delay("conversations.history", 25.0, times=None, where=slow.id)
        async with started(space, tmp_path) as stage:
            await until(lambda: space.server.calls("conversations.history", slow) != [], 100)
            await stage.heard()
            assert PlaceId(space.team.id) in stage.slack.catching_up._progress.current
            connects = space.server.sockets.counted["CONNECT"]
            with space.server.events.lost():
                missed = space.team.say(space.people["coach"], "missed")
            space.server.sockets.drop()
            await until(lambda: space.server.sockets.counted["CONNECT"] > connects, 600)
            await until(stage.slack._begun.is_set, 100)
            space.team.say(space.people["s1"], "after")
            await until(lambda: stage.slack.landing.heard.qsize() > 0)
            await stage.heard()
            await stage.slack._note()
            mark = stage.slack._notebook.marks[space.team.id]
            space.server.faults.clear()
            await until(lambda: stage.slack.caught_up, 1_000)
            late = [each.words[0].text for each in posts(await stage.heard()) if each.late]

    assert float(mark) < float(missed.ts)
    assert "missed" in late


async def test_a_place_that_cannot_be_read_is_said_and_the_others_are_read(tmp_path: Path) -> None:
    async with workspace() as space:
        other = space.server.channel("robotics", [space.people["advisor"], space.people["s1"]])
        await leave_a_mark(space, tmp_path)
        space.team.say(space.people["coach"], "one")
        other.say(space.people["advisor"], "two")
        space.server.faults.refuse("conversations.history", "missing_scope", times=None, where=space.team.id)
        async with connected(space, tmp_path) as stage:
            found = texts(await stage.heard())
            unread = dict(stage.slack._notebook.unread)

    assert "two" in found
    assert "one" not in found
    assert unread == {space.team.id: "answered 200 (missing_scope)"}


async def test_a_place_that_could_not_be_read_is_tried_again_ever_more_seldom(tmp_path: Path) -> None:
    """Nothing else is read again for it."""
    async with workspace() as space:
        other = space.server.channel("robotics", [space.people["advisor"], space.people["s1"]])
        await leave_a_mark(space, tmp_path)
        space.team.say(space.people["coach"], "one")
        space.server.faults.refuse("conversations.history", "missing_scope", times=None, where=space.team.id)
        async with connected(space, tmp_path) as stage:
            await stage.heard()
            asked = len(space.server.calls("conversations.history", space.team))
            elsewhere = len(space.server.calls("conversations.history", other))
            for _ in range(120):
                space.shift += timedelta(minutes=1)
                await stage.slack.tick()
                await asyncio.sleep(0.3)
            asked = len(space.server.calls("conversations.history", space.team)) - asked
            space.server.faults.clear()
            space.shift += timedelta(hours=1)
            await stage.slack.tick()
            found = texts(await stage.heard())
            await stage.slack._note()
            unread, behind = dict(stage.slack._notebook.unread), set(stage.slack.catching_up._progress.behind)

    assert 5 <= asked <= 8
    assert len(space.server.calls("conversations.history", other)) == elsewhere
    assert "one" in found
    assert (unread, behind) == ({}, set())


async def test_where_slack_does_not_say_where_we_are_it_is_asked_ever_more_seldom(tmp_path: Path) -> None:
    """A scope may be missing until somebody adds it."""
    async with open_school(tmp_path) as stage:
        stage.server.faults.refuse("users.conversations", "missing_scope", times=None)
        stage.slack._begun.set()
        await stage.heard()
        before = len(stage.server.calls("users.conversations"))
        for _ in range(60):
            stage.space.shift += timedelta(minutes=1)
            await stage.slack.tick()
            await asyncio.sleep(0.3)
        asked = len(stage.server.calls("users.conversations")) - before

    assert 5 <= asked <= 8


async def test_who_wrote_to_us_alone_meanwhile_is_heard_once(tmp_path: Path) -> None:
    """It may be a cry for help."""
    async with workspace() as space:
        await leave_a_mark(space, tmp_path)
        direct = space.server.direct(space.people["s1"])
        direct.say(space.people["s1"], "help me")
        found: list[Heard] = []
        for _ in range(2):
            async with connected(space, tmp_path) as stage:
                found += await stage.heard()
                await stage.slack._note()

    (report,) = [each for each in found if isinstance(each, Report)]
    assert report.reporter == space.id("s1")


async def test_who_talked_with_us_before_is_read_first_and_who_only_got_notes_last(tmp_path: Path) -> None:
    """After an outage a large workspace takes many minutes, and whoever wrote to us alone may need help."""
    async with workspace() as space:
        club = space.server.channel("chess", [space.people["advisor"]])
        talking, noted = (space.server.direct(space.people[each]) for each in ("s1", "s2"))
        async with connected(space, tmp_path) as stage:
            space.team.say(space.people["s1"], "before")
            await stage.slack.hands.inform(space.id("s2"), "A note.", "mark", None)
            talking.say(space.people["s1"], "Can I talk to somebody?")
            await stage.heard()
            await stage.slack._note()
            del stage.slack._notebook.marks[noted.id]  # it came after the first start
        asked = len(space.server.calls("conversations.history"))
        async with connected(space, tmp_path):
            read = [each.args["channel"] for each in space.server.calls("conversations.history")[asked:]]

    assert read == [talking.id, space.team.id, club.id, noted.id]


async def test_what_was_told_us_alone_and_rewritten_meanwhile_is_heard(tmp_path: Path) -> None:
    async with workspace() as space:
        async with connected(space, tmp_path) as stage:
            message = space.server.direct(space.people["s1"]).say(space.people["s1"], "hi")
            (first,) = [each for each in await stage.heard() if isinstance(each, Report)]
            await stage.slack._note()
        message.edit("he scares me")
        found: list[Heard] = []
        for _ in range(2):
            async with connected(space, tmp_path) as stage:
                found += await stage.heard()
                await stage.slack._note()
                assert not stage.slack.catching_up._progress.behind

    told = [each for each in found if isinstance(each, Report)]
    assert {each.words[0].text for each in told} == {"he scares me"}
    assert len({each.id for each in told} - {first.id}) == 1


async def leave_for_weeks(space: Workspace, folder: Path) -> None:
    """Let a first run hear something, and be twenty days ago."""
    await leave_a_mark(space, folder)
    notebook = Notebook(folder / "slack.notebook")
    then = ts_of(datetime.now(UTC) - timedelta(days=20))
    notebook.marks = dict.fromkeys(notebook.marks, then)
    notebook.began = dict.fromkeys(notebook.began, ts_of(datetime.now(UTC) - timedelta(days=90)))
    notebook.write()


async def test_after_a_long_outage_a_place_without_a_mark_is_read_from_its_beginning(tmp_path: Path) -> None:
    """Over a holiday somebody wrote to us alone for the first time; others opened a conversation, or went on in one."""
    student, fortnight = "s1", datetime.now(UTC) - timedelta(days=15)
    async with workspace() as space:
        root = space.team.say(space.people["coach"], "Practice", at=datetime.now(UTC) - timedelta(days=45))
        await leave_for_weeks(space, tmp_path)
        space.server.direct(space.people[student]).say(space.people[student], "he scares me", at=fortnight)
        group = space.server.group_direct([space.people["coach"], space.people[student]])
        group.say(space.people["coach"], "just us two", at=fortnight)
        space.team.say(space.people[student], "an answer", at=fortnight, thread=root)
        async with connected(space, tmp_path) as stage:
            found = await stage.heard()
            await stage.slack._note()
            missed = dict(stage.slack._notebook.missed)

    assert [each.words[0].text for each in found if isinstance(each, Report)] == ["he scares me"]
    assert {each.words[0].text for each in posts(found) if each.late} - {"before"} == {"just us two", "an answer"}
    assert missed == {}


async def test_how_long_an_outage_was_is_known_until_each_place_was_read(tmp_path: Path) -> None:
    """Marks of other places have moved on by then. Whoever mends an outage likes to start it twice."""
    async with workspace() as space:
        await leave_for_weeks(space, tmp_path)
        direct = space.server.direct(space.people["s1"])
        direct.say(space.people["s1"], "he scares me", at=datetime.now(UTC) - timedelta(days=15))
        space.team.say(space.people["coach"], "now")
        space.server.faults.fail("conversations.history", 503, times=None, where=direct.id)
        found = list[Heard]()
        for _ in range(2):
            async with connected(space, tmp_path) as stage:
                found += await stage.heard()
                await stage.slack._note()
                moved = float(stage.slack._notebook.marks[space.team.id])
                space.server.faults.clear()

    assert moved > (datetime.now(UTC) - timedelta(days=1)).timestamp()
    assert [each.words[0].text for each in found if isinstance(each, Report)] == ["he scares me"]


async def test_slack_is_asked_no_faster_than_it_allows(tmp_path: Path) -> None:
    """By its own tiers: whoever asks too often is told when to come again, and nobody asks before."""
    async with workspace() as space:
        rooms = [space.server.channel(f"room-{number}", [space.people["s1"]]) for number in range(60)]
        await leave_a_mark(space, tmp_path)
        for each in rooms:
            each.say(space.people["s1"], f"in {each.name}")
        space.server.faults.ration("conversations.history", 50, 60.0)
        async with connected(space, tmp_path) as stage:
            found = await _all(stage, 60)

    assert len({each for each in found if each.startswith("in room-")}) == 60
    assert impatient(space.server) == []


async def _all(stage: Stage, number: int) -> list[str]:
    found: list[str] = []
    while len(found) < number:
        found += texts(await stage.heard())
    return found


def impatient(server: Server) -> list[object]:
    return [each for each in server.impatient_calls() if each.method == "conversations.history"]


async def test_a_bookmark_that_was_put_there_meanwhile_leaves_no_place_behind(tmp_path: Path) -> None:
    async with workspace() as space:
        await leave_a_mark(space, tmp_path)
        space.team.bookmark(space.people["coach"], "Plan", "https://example.org/plan")
        async with connected(space, tmp_path) as stage:
            found = [each for each in posts(await stage.heard()) if each.late]
            behind = set(stage.slack.catching_up._progress.behind)

    assert [each.removable for each in found] == [False]
    assert behind == set()


async def test_that_we_were_put_out_meanwhile_is_said_and_that_a_channel_was_closed_is_not(tmp_path: Path) -> None:
    async with workspace() as space:
        closed = space.server.channel("robotics", [space.people["advisor"]])
        alarms, teams = (space.id("director"),), {**space.setup.teams, closed.id: TeamId("robotics")}
        space.setup = replace(space.setup, alarms=alarms, teams=teams)
        await leave_a_mark(space, tmp_path)
        space.team.kick(space.server.bot, space.people["coach"])
        closed.archive(space.people["advisor"])
        for _ in range(2):
            async with connected(space, tmp_path) as stage:
                await stage.heard()
                notes = stage.notes("director")

    assert [space.team.id in each for each in notes] == [True]


async def test_what_was_written_before_a_channel_was_archived_meanwhile_is_found_once(tmp_path: Path) -> None:
    """A matter that is over is archived: what was last written in it is copied, whether or not somebody listened."""
    async with workspace() as space:
        club, advisor = space.server.channel("chess", [space.people["advisor"]], private=True), space.people["advisor"]
        await leave_a_mark(space, tmp_path)
        found, asked = list[list[str]](), list[int]()
        for text in ("one", "", "two"):
            if text:
                club.say(advisor, text)
                club.archive(advisor)
            before = len(space.server.calls("conversations.history", club))
            async with connected(space, tmp_path) as stage:
                found.append([each.words[0].text for each in posts(await stage.heard()) if each.place == club.id])
                asked.append(len(space.server.calls("conversations.history", club)) - before)
                if not text:
                    club.unarchive(advisor)
                    await stage.heard()
                await stage.slack._note()

    assert found[:2] == [["one"], []]
    assert asked == [2, 1, 2], "of what is closed only the newest line is asked for, again and again"
    assert found[2][-1] == "two", "it was open again while we listened"


async def test_what_was_written_in_an_archived_channel_that_was_open_meanwhile_is_found(tmp_path: Path) -> None:
    """It was opened, written in and archived again while nobody listened."""
    async with workspace() as space:
        club, advisor = space.server.channel("chess", [space.people["advisor"]], private=True), space.people["advisor"]
        await leave_a_mark(space, tmp_path)
        found = list[list[str]]()
        for text in ("one", "two", ""):
            if text:
                club.unarchive(advisor)
                club.say(advisor, text)
                club.archive(advisor)
            async with connected(space, tmp_path) as stage:
                found.append([each.words[0].text for each in posts(await stage.heard()) if each.place == club.id])
                await stage.slack._note()

    assert [each[-1:] for each in found] == [["one"], ["two"], []]


async def test_an_alarm_that_a_run_left_untold_is_raised_once_by_the_next(tmp_path: Path) -> None:
    """Slack would not let it be told, and the run ended; whoever has it is not told again."""
    async with workspace() as space:
        space.setup = replace(space.setup, alarms=(space.id("director"), space.id("principal")))
        async with connected(space, tmp_path) as stage:
            await stage.heard()
            opened = await stage.slack.hands._direct(space.id("director"))
            space.server.faults.fail("chat.postMessage", 503, times=None, where=opened)
            space.team.kick(space.server.bot, space.people["coach"])
            await stage.heard()
            before = [stage.notes(each) for each in ("director", "principal")]
        space.server.faults.clear()
        for _ in range(2):
            async with connected(space, tmp_path) as stage:
                space.shift += timedelta(seconds=20)
                await stage.slack.tick()
                await stage.heard()
                after = [stage.notes(each) for each in ("director", "principal")]

    assert [len(each) for each in before] == [0, 1]
    assert [[space.team.id in text for text in each] for each in after] == [[True], [True]]


async def test_that_we_were_put_out_of_a_place_that_we_opened_is_said_as_well(tmp_path: Path) -> None:
    async with workspace() as space:
        opened = space.server.channel("matter", [space.people["coach"]])
        space.setup = replace(space.setup, alarms=(space.id("director"),))
        async with connected(space, tmp_path) as stage:
            await stage.heard()
            stage.slack._notebook.threads[opened.id] = PlaceId("private:1")
        opened.kick(space.server.bot, space.people["coach"])
        async with connected(space, tmp_path) as stage:
            await stage.heard()
            notes = stage.notes("director")

    assert [opened.id in each for each in notes] == [True]


async def test_what_was_there_when_we_were_let_in_is_not_ours_to_judge(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        club = stage.server.channel("chess", [stage.people["advisor"]], with_bot=False)
        club.say(stage.people["advisor"], "before you came")
        club.join(stage.server.bot)
        await stage.heard()
        club.say(stage.people["advisor"], "now you are here")
        await stage.heard()
        await stage.slack._note()
        stage.slack._begun.set()
        await until(lambda: stage.slack.caught_up and not stage.slack._begun.is_set())
        found = texts(await stage.heard())

    assert "before you came" not in found


async def test_what_was_there_when_we_were_let_in_meanwhile_is_not_ours_to_judge(tmp_path: Path) -> None:
    async with workspace() as space:
        place = space.server.channel("robotics", [space.people["advisor"], space.people["s1"]], with_bot=False)
        await leave_a_mark(space, tmp_path)
        place.say(space.people["advisor"], "long ago")
        place.invite(space.server.bot, space.people["advisor"])
        place.say(space.people["advisor"], "now")
        found: list[Heard] = []
        for _ in range(2):
            async with connected(space, tmp_path) as stage:
                found += await stage.heard()
                await stage.slack._note()

    assert {each.words[0].text for each in posts(found) if each.place == place.id} == {"now"}


async def test_what_somebody_told_of_before_we_were_let_in_makes_nothing_older_ours_to_judge(tmp_path: Path) -> None:
    async with workspace() as space:
        place = space.server.channel("robotics", [space.people["advisor"], space.people["s1"]], with_bot=False)
        await leave_a_mark(space, tmp_path)
        place.say(space.people["advisor"], "long ago")
        told_of = place.say(space.people["s1"], "nobody likes you")
        async with connected(space, tmp_path) as stage:
            hands = stage.server.hands
            opened = await hands.answered(hands.message_shortcut(stage.people["s1"], told_of, "tell_a_teacher"))
            assert opened.view is not None
            hands.submit(stage.people["s1"], opened.view, {"reason": "1", "adult": "anybody"})
            await stage.heard()
            await stage.slack._note()
            place.invite(stage.server.bot, stage.people["advisor"])
            await stage.heard()
            await stage.slack._note()
        async with connected(space, tmp_path) as stage:
            found = [each for each in posts(await stage.heard()) if each.place == place.id]

    assert found == []
