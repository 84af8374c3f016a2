"""What is done on Discord, from hearing to the deed, through a real house."""

from pathlib import Path

from tests.discord.stage import moderated, open_school
from tests.test_moderator import outcomes


async def test_a_message_to_one_student_is_removed_and_given_back(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        for name in ("s2", "s3"):
            stage.guild.remove_member(stage.people[name])
        async with moderated(stage, tmp_path):
            await stage.people["coach"].send(stage.team, "Stay after class.")
            await stage.until(lambda: bool(stage.notes("coach")))
            await stage.until(lambda: "tell done" in outcomes(tmp_path))
        left = [each.content for each in stage.team.history()]

    assert "Stay after class." not in left
    (note,) = stage.notes("coach")
    assert "Stay after class." in note
    assert "Employee Guidelines 4" in note
    assert "violation" not in note.lower()
