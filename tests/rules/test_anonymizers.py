"""What the table of examples cannot show: who posted, rather than what."""

from msgspec.structs import replace

from bot.judge import judge
from bot.readings.reader import Reader
from bot.rule import Measure, traces
from rules.general_11_anonymizers import Anonymizers
from tests.district import KNOWN, roster
from tests.store.house import chat


def test_a_post_by_an_app_or_a_webhook_is_for_a_person_once_an_account() -> None:
    """It hides who wrote it, whatever it says."""
    message = roster().recognise(chat())

    assert list(Anonymizers().check(message)) == []
    (found,) = Anonymizers().check(replace(message, relayed=True))
    assert found.measures == {Measure.REVIEW}
    assert found.about_author


def test_it_is_found_without_a_trace_in_the_words() -> None:
    """Most rules are spared a message in whose words nothing of theirs stands; not this one."""
    rules = (Anonymizers(),)
    message = Reader(KNOWN, traces(rules)).read(replace(roster().recognise(chat()), relayed=True))

    assert judge(message, rules).measures == {Measure.REVIEW}
