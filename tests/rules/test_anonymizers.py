"""What the table of examples cannot show: who posted, rather than what."""

from msgspec.structs import replace

from bot.judge import judge
from bot.readings.anonymizers import NAMED
from bot.readings.labels import Clue, Label
from bot.readings.reader import Reader
from bot.rule import Measure, traces
from rules.general_11_anonymizers import Anonymizers
from tests.district import KNOWN, roster
from tests.rules.seen import seen, sign
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


def test_a_way_that_has_no_name_is_told() -> None:
    """Nobody can list what people call a way round a filter; what is not sure is let be."""
    text = "put translate in front of the link and it opens"

    (found,) = judge(seen(text, sign(Label.ANONYMIZER), by="s4"), (Anonymizers(),)).standing

    assert found.measures == {Measure.TELL}
    assert judge(seen(text, sign(Label.ANONYMIZER, sure=False), by="s4"), (Anonymizers(),)).standing == ()


def test_of_hosts_and_names_the_settings_alone_decide() -> None:
    """The district's own way in from home is read like any other, and allowed."""
    text = "https://vpn.alderbrook.example/login"
    named = sign(Label.ANONYMIZER)._replace(clues=(Clue(Label.ANONYMIZER, NAMED, 0, len(text), text, 0.95),))

    assert judge(seen(text, named, by="s4"), (Anonymizers(allowed=("vpn.alderbrook.example",)),)).standing == ()
    assert judge(seen(text, named, by="s4"), (Anonymizers(),)).standing
