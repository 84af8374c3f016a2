"""What is told of a shortened link whose target is known, and what a further round adds."""

from dataclasses import replace

import msgspec
import pytest

from bot.judge import added_to, found_in, judge
from bot.links import find_links
from bot.message import Message, Where, Words
from bot.platform import Post
from bot.readings.found import Landed
from bot.readings.hosts import known_shorteners
from bot.readings.landing import Landing
from bot.rounds import with_targets
from bot.rule import Measure
from bot.texts import ENGLISH
from rules.general_09_link_shorteners import LinkShorteners
from rules.general_11_anonymizers import Anonymizers
from tests.district import reader, roster
from tests.store.house import chat

RULES = (LinkShorteners(), Anonymizers())


def message(text: str, *hosts: str) -> Message:
    """Let somebody post links, each of which leads to a host."""
    return leading(chat(text=text), *hosts)


def leading(told: Post, *hosts: str) -> Message:
    """Read a post each link of which leads to a host."""
    read = reader().read(roster().recognise(told))
    links = [link for words in told.words for link in find_links(words.text, known_shorteners())]
    found = tuple(
        Landed(link.target, Landing(host, f"https://{host}/")) for link, host in zip(links, hosts, strict=False)
    )
    seen = with_targets(msgspec.structs.replace(read, readings=read.readings.led(found)))
    return msgspec.structs.replace(seen, readings=reader().read(seen).readings.led(found))


@pytest.mark.parametrize(
    ("text", "hosts", "named"),
    [
        ("https://bit.ly/af", ("forms.example",), "forms.example"),
        ("bit . ly / af", ("forms.example",), "forms.example"),
        ("https://bit.ly/af", (), None),
        ("https://bit.ly/af", ("tinyurl.com",), None),
        ("https://bit.ly/af https://bit.ly/bg", ("forms.example", "rides.example"), None),
        ("https://bit.ly/af https://forms.example/x", ("forms.example",), "forms.example"),
    ],
    ids=["plain", "spaced", "not known", "to the next one", "two", "beside another link"],
)
def test_the_note_names_the_place_where_it_is_known(text: str, hosts: tuple[str, ...], named: str | None) -> None:
    """Whoever reads it need not open the link to know; and nothing is named that nobody has found out."""
    (finding,) = LinkShorteners().check(message(text, *hosts))

    said = ENGLISH.say(finding.because)
    assert finding.measures == {Measure.TELL}
    assert ("It leads to" in said) is (named is not None)
    assert (named or "nobody can see where") in said.replace("Nobody", "nobody")


def test_a_link_that_a_platform_tells_twice_is_one() -> None:
    """Slack tells what a link shows and where it leads: for a bare link that is the same, or nearly."""
    told = chat(text="see bit.ly/af")
    told = replace(told, words=(*told.words, Words(Where.LINK_TARGET, "http://bit.ly/af")))

    (finding,) = LinkShorteners().check(leading(told, "forms.example", "forms.example"))

    assert "It leads to forms.example" in ENGLISH.say(finding.because)


def test_the_next_shortened_link_is_evidence_too() -> None:
    """Who looks at it sees one link further, and that it goes on from there."""
    (finding,) = LinkShorteners().check(message("https://bit.ly/af", "tinyurl.com"))

    assert [(each.where, each.text) for each in finding.evidence] == [
        (Where.BODY, "https://bit.ly/af"),
        (Where.LINK_TARGET, "https://tinyurl.com/"),
    ]


def test_a_further_round_adds_what_the_target_is_and_tells_nothing_twice() -> None:
    """The author was told of the shortened link at once; that it hides people is news."""
    first = judge(message("https://bit.ly/af"), RULES)

    second = added_to(found_in(first), judge(message("https://bit.ly/af", "mullvad.net"), RULES, in_round=2))

    assert [each.rule for each in first.standing] == ["link-shorteners"]
    assert [(each.rule, [spoken.text for spoken in each.evidence]) for each in second.standing] == [
        ("anonymizers", ["https://mullvad.net/"])
    ]
