"""What the table of examples cannot show: who posted, rather than what."""

from msgspec.structs import replace

from bot.rule import Measure
from rules.general_11_anonymizers import Anonymizers
from tests.district import roster
from tests.store.house import chat


def test_a_post_by_an_app_or_a_webhook_is_for_a_person_once_an_account() -> None:
    """It hides who wrote it, whatever it says."""
    message = roster().recognise(chat())

    assert list(Anonymizers().check(message)) == []
    (found,) = Anonymizers().check(replace(message, relayed=True))
    assert found.measures == {Measure.REVIEW}
    assert found.about_author
