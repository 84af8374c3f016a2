"""What every platform has to do, held by one suite for all of them: the door of `bot/platform.py`."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final, Protocol

import pytest

from adapters.replay import Board, Replay, open_history
from adapters.slack.note import marks_in
from bot.actions import Action, Alert, Ask, Deed, DeedId, Lift, Remove, Restore, Restrict, Show, Suspend, Tell
from bot.message import PlaceId, PostId
from bot.notice import Notice
from bot.people import AccountId, Office, PersonId
from bot.platform import Deletion, Heard, Outcome, Platform, Post, moment
from tests.discord.stage import open_school
from tests.slack import stage as slack_stage
from tests.store.house import chat

NOTICE: Final = Notice("We saw it.", "Employee Guidelines 4", "Write to the team.", "Nothing.", "Answer.")


class Front(Protocol):
    """A platform before a test, with somebody on it."""

    @property
    def platform(self) -> Platform:
        """Give the platform itself."""
        ...

    @property
    def place(self) -> PlaceId:
        """Name a team's place."""
        ...

    @property
    def coach(self) -> AccountId:
        """Name the coach's account."""
        ...

    async def write(self, text: str) -> Post:
        """Let the coach write to the team, and give what is heard of it."""
        ...

    async def delete(self, post: Post) -> Heard:
        """Let the coach delete it again, and give what is heard of that."""
        ...

    def seen(self, deed: Deed) -> int:
        """Count how often somebody would see what a deed did."""
        ...


@dataclass
class ReplayFront:
    """A replayed history: what it does stands on its board."""

    folder: Path
    platform: Replay
    place: ClassVar[PlaceId] = PlaceId("gym")
    coach: ClassVar[AccountId] = AccountId("coach")

    async def _hear(self, line: str) -> Heard:
        path = self.folder / "line.jsonl"
        path.write_text(line)
        replay = Replay([open_history(path)], self.platform.board, lambda _: None)
        (heard,) = [each async for each in replay.hear()]
        return heard

    async def write(self, text: str) -> Post:
        line = f'{{"type":"post","at":"2026-11-18T12:00:00-05:00","id":"p1","place":"gym","by":"coach","text":"{text}"'
        heard = await self._hear(line + ',"readers":["coach","s1","s2"]}')
        assert isinstance(heard, Post)
        return heard

    async def delete(self, post: Post) -> Heard:
        return await self._hear(
            f'{{"type":"delete","at":"2026-11-18T12:01:00-05:00","place":"{post.place}","post":"p1"}}'
        )

    def seen(self, deed: Deed) -> int:
        return int(self.platform.board.shows(deed.id))


@asynccontextmanager
async def replayed(folder: Path) -> AsyncIterator[Front]:
    path = folder / "empty.jsonl"
    path.write_text("")
    yield ReplayFront(folder, Replay([open_history(path)], Board(folder / "board"), lambda _: None))


@asynccontextmanager
async def on_discord(folder: Path) -> AsyncIterator[Front]:
    async with open_school(folder) as stage:
        coach = stage.people["coach"]

        class DiscordFront:
            platform = stage.discord
            place = PlaceId(str(stage.team.id))
            coach = AccountId(str(stage.people["coach"].id))

            async def write(self, text: str) -> Post:
                await coach.send(stage.team, text)
                return next(each for each in await stage.heard() if isinstance(each, Post))

            async def delete(self, post: Post) -> Heard:
                message = next(each for each in stage.team.history() if str(each.id) == post.id)
                await coach.delete(message)
                return next(each for each in await stage.heard() if isinstance(each, Deletion))

            def seen(self, deed: Deed) -> int:
                mark = f"Note {deed.id:0>16}"
                notes = [each for name in ("coach", "principal") for each in stage.notes(name)]
                posted = [each.content for each in stage.team.history()]
                return sum(mark in each for each in (*notes, *posted))

        yield DiscordFront()


@asynccontextmanager
async def on_slack(folder: Path) -> AsyncIterator[Front]:
    async with slack_stage.open_school(folder) as stage:
        coach = stage.people["coach"]

        class SlackFront:
            platform = stage.slack
            place = PlaceId(stage.team.id)
            coach = AccountId(stage.people["coach"].id)

            async def write(self, text: str) -> Post:
                stage.team.say(coach, text)
                return next(each for each in await stage.heard() if isinstance(each, Post))

            async def delete(self, post: Post) -> Heard:
                next(each for each in stage.team.messages.values() if f"{stage.team.id}/{each.ts}" == post.id).delete()
                return next(each for each in await stage.heard() if isinstance(each, Deletion))

            def seen(self, deed: Deed) -> int:
                own = f"{deed.id:0>16}"
                return sum(own in marks_in({"metadata": each.metadata}) for each in stage.server.ledger)

        yield SlackFront()


FRONTS: Final = {"replay": replayed, "discord": on_discord, "slack": on_slack}


Opening = Callable[[], AbstractAsyncContextManager[Front]]


@pytest.fixture(params=list(FRONTS))
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Opening:
    """Give what opens a platform. A test opens it itself: the peer is bound to the task that does."""
    return lambda: FRONTS[request.param](tmp_path)


def deed(front: Front, action: Action, id_: str = "1") -> Deed:
    """Write a deed for a platform."""
    return Deed(DeedId(id_), front.platform.name, action, post=PostId("1"))


def notes(front: Front) -> list[Action]:
    """List what tells somebody something."""
    coach, principal = PersonId("coach"), PersonId("principal")
    return [
        Tell("c", coach, front.coach, NOTICE),
        Ask("c", coach, front.coach, NOTICE, datetime.now(UTC).date()),
        Alert("c", principal, Office.PRINCIPAL, NOTICE),
        Show("c", coach, front.coach, front.place, "Bus at 4."),
        Restore("c", front.place, PostId("1"), coach, "Bus at 4."),
    ]


async def test_what_is_heard_names_its_platform_its_place_and_who_reads(opening: Opening) -> None:
    async with opening() as front:
        post = await front.write("Bus at 4.")

        assert post.platform == front.platform.name
        assert (post.place, post.author) == (front.place, front.coach)
        assert [each.text for each in post.words] == ["Bus at 4."]
        assert post.readers.known
        assert len(post.readers.accounts) > 1
        assert post.revision == ""
        assert moment(post).tzinfo is not None


async def test_a_deletion_names_the_post_that_is_gone(opening: Opening) -> None:
    async with opening() as front:
        post = await front.write("oops")
        gone = await front.delete(post)

        assert isinstance(gone, Deletion)
        assert (gone.place, gone.id) == (post.place, post.id)


async def test_acknowledging_raises_nothing(opening: Opening) -> None:
    """What is written is written, whatever the platform makes of it."""
    async with opening() as front:
        await front.platform.acknowledge(await front.write("hi"))
        await front.platform.acknowledge(chat())


@pytest.mark.parametrize("number", range(5))
async def test_what_people_see_is_found_once_it_was_done(opening: Opening, number: int) -> None:
    """Before it is done it is not there; after it, it is; and somebody sees it once."""
    async with opening() as front:
        told = deed(front, notes(front)[number])

        before = await front.platform.find(told)
        receipt = await front.platform.perform(told)
        after = await front.platform.find(told)

        assert before.outcome is Outcome.NOT_DONE
        assert receipt.outcome is Outcome.DONE
        assert after.outcome is Outcome.DONE
        assert front.seen(told) == 1


async def test_one_deed_is_told_from_another(opening: Opening) -> None:
    async with opening() as front:
        first, second = (deed(front, notes(front)[0], id_) for id_ in ("1", "2"))
        await front.platform.perform(first)

        assert (await front.platform.find(second)).outcome is Outcome.NOT_DONE


async def test_what_may_be_done_twice_is_done_again_or_is_there(opening: Opening) -> None:
    """A removal, a restriction, a pause: nobody is harmed by a second one."""
    async with opening() as front:
        post = await front.write("Stay after class.")
        actions: list[Action] = [
            Remove("c", post.place, post.id),
            Restrict("c", front.place),
            Lift("c", front.place),
            Suspend("c", AccountId(min(post.readers.accounts)), datetime.now(UTC).date() + timedelta(days=1)),
        ]
        for number, action in enumerate(actions):
            told = deed(front, action, str(number))
            assert (await front.platform.perform(told)).outcome in {Outcome.DONE, Outcome.REFUSED}, action.kind
            again = await front.platform.perform(told)
            assert again.outcome in {Outcome.DONE, Outcome.MOOT, Outcome.REFUSED}, action.kind


async def test_a_receipt_says_nothing_of_people_or_words(opening: Opening) -> None:
    """It stands in the ledger, which holds neither."""
    async with opening() as front:
        strange = Show("c", PersonId("coach"), front.coach, PlaceId("nowhere"), "canary words")
        receipt = await front.platform.perform(deed(front, strange))

        assert "canary" not in receipt.reason
        assert front.coach not in receipt.reason
