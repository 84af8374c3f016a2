"""What happens in a workspace, heard by the adapter through unmodified Bolt, on our own small Slack."""

from pathlib import Path

from bot.message import Where
from bot.platform import Post
from tests.slack.stage import open_school


async def test_a_message_is_heard_with_everybody_who_is_there(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        stage.team.say(stage.people["coach"], "Bus at 4.")
        (post,) = await stage.said()

    assert isinstance(post, Post)
    assert (post.place, post.author) == (stage.team.id, stage.space.id("coach"))
    assert post.readers.accounts == {stage.space.id(each) for each in ("coach", "s1", "s2", "s3")}
    assert [tuple(each) for each in post.words] == [(Where.BODY, "Bus at 4.")]
    assert post.team == "soccer"
