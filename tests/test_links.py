"""Links as people and platforms write them, links in disguise, and sentences that are none."""

from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.links import find_links, host_matches

SHORTENERS = frozenset({"bit.ly", "tinyurl.com", "u.to"})


@pytest.mark.parametrize(
    ("text", "target", "host"),
    [
        ("https://bit.ly/AbC.", "https://bit.ly/AbC", "bit.ly"),
        ("HTTP://BIT.LY", "HTTP://BIT.LY", "bit.ly"),
        ("see bit.ly/AbC, ok", "bit.ly/AbC", "bit.ly"),
        ("(docs.example.org/a_(b))", "docs.example.org/a_(b))", "docs.example.org"),
        ("(bit.ly/abc)", "bit.ly/abc", "bit.ly"),
        ("link:bit.ly/abc", "bit.ly/abc", "bit.ly"),
        ("**bit.ly/abc**", "bit.ly/abc", "bit.ly"),
        ("_https://bit.ly/abc_", "https://bit.ly/abc", "bit.ly"),
        ("http://bit.ly:8080/x", "http://bit.ly:8080/x", "bit.ly"),
        ("https://go.bit.ly./x", "https://go.bit.ly./x", "go.bit.ly"),
        ("https://good.example@bit.ly/x", "https://good.example@bit.ly/x", "bit.ly"),
        ("https://bit.ly\\@good.example/", "https://bit.ly\\@good.example/", "bit.ly"),
        ("http://[::1]:80/x", "http://[::1]:80/x", "::1"),
        ("https://localhost/x", "https://localhost/x", "localhost"),
        ("https://m\u00fcnchen.de/x", "https://m\u00fcnchen.de/x", "xn--mnchen-3ya.de"),
        ("https://xn--mnchen-3ya.de", "https://xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("https://x.org/a%20b.co/c", "https://x.org/a%20b.co/c", "x.org"),
        ("www.anything.example/page", "www.anything.example/page", "www.anything.example"),
    ],
)
def test_a_link_is_found_with_its_host(text: str, target: str, host: str) -> None:
    """The host is where a browser would go, whatever stands before it."""
    (link,) = find_links(text)

    assert (link.target, link.host, link.label) == (target, host, "")
    assert text[link.start : link.end] == target


@pytest.mark.parametrize(
    ("text", "target", "label"),
    [
        ("<https://bit.ly/x?a=1&amp;b=2|click me>", "https://bit.ly/x?a=1&b=2", "click me"),
        ("<https://bit.ly/x>", "https://bit.ly/x", ""),
        ("<http://bit.ly|bit.ly>", "http://bit.ly", "bit.ly"),
        ("[click](https://bit.ly/x_(y))", "https://bit.ly/x_(y)", "click"),
        ("[good.example/safe](<https://bit.ly/x>)", "https://bit.ly/x", "good.example/safe"),
    ],
)
def test_a_link_behind_words_is_found_with_them(text: str, target: str, label: str) -> None:
    """Slack and Discord show the words; the reader goes to the target."""
    (link,) = find_links(text, SHORTENERS)

    assert (link.target, link.host, link.label) == (target, "bit.ly", label)
    assert (link.start, link.end) == (0, len(text))


@pytest.mark.parametrize(
    "text",
    [
        "bit[.]ly/AbC",
        "bit(.)ly/AbC",
        "bit[dot]ly/AbC",
        "hxxps://bit.ly/AbC",
        "hxxps[:]//bit[.]ly/AbC",
        "%62it.ly/AbC",
        "bit%2Ely%2FAbC",
        "https://%62it.ly/AbC",
        "bit\u3002ly/AbC",
        "bit\uff0ely/AbC",
        "\uff42\uff49\uff54\uff0e\uff4c\uff59\uff0fAbC",
        "b\u200bit.ly/AbC",
        "https://bit\u200b.ly/AbC",
        "**bit.ly**/AbC",
        "\U0001d5ef\U0001d5f6\U0001d601.ly/AbC",
    ],
)
def test_a_disguised_link_is_found_without_a_list(text: str) -> None:
    """Its shape alone is no accident."""
    (link,) = find_links(f"look {text} now")

    assert link.host == "bit.ly"
    assert link.target.endswith("/AbC")
    assert text.endswith(f"look {text} now"[link.start : link.end])


@pytest.mark.parametrize(
    "text",
    [
        "bit . ly / AbC",
        "bit. ly/AbC",
        "bit,ly/AbC",
        "bit dot ly slash AbC",
        "BIT DOT LY SLASH AbC",
        "bit (dot) ly / AbC",
        "bit \u00b7 ly / AbC",
        "b i t . l y / A b C",
        "www . bit . ly / AbC",
        "https : // bit . ly / AbC",
        "https://bit . ly / AbC",
        "b\u0456t.ly/AbC",
        "https://b\u0456t.ly/AbC",
    ],
)
def test_a_spelled_out_link_is_found_when_its_host_is_known(text: str) -> None:
    """An ordinary sentence may have this shape, so the list decides."""
    (link,) = find_links(f"look, {text} now", SHORTENERS)

    assert link.host == "bit.ly"
    assert link.target.endswith("/AbC")
    assert f"look, {text} now"[link.start : link.end] == text


@pytest.mark.parametrize(
    ("text", "target", "host"),
    [
        ("b1t.ly/7kQz", "b1t.ly/7kQz", "bit.ly"),
        ("www.b1t.ly/7kQz", "www.b1t.ly/7kQz", "bit.ly"),
        ("bit.1y/7kQz", "bit.1y/7kQz", "bit.ly"),
        ("tinyur1.com/7kQz", "tinyur1.com/7kQz", "tinyurl.com"),
        ("https://b!t.ly/7kQz", "bit.ly/7kQz", "bit.ly"),
        ("b!t.ly/7kQz", "bit.ly/7kQz", "bit.ly"),
        ("www.b!t.ly/7kQz", "bit.ly/7kQz", "bit.ly"),
        ("wow!bit.ly/7kQz", "bit.ly/7kQz", "bit.ly"),
        ("wow!t.ly/7kQz", "t.ly/7kQz", "t.ly"),
        ("go2.bit.ly/7kQz", "go2.bit.ly/7kQz", "go2.bit.ly"),
        ("https://x.org/b!t.ly/7kQz", "https://x.org/b!t.ly/7kQz", "x.org"),
        ("https://b1t.ly.example/7kQz", "https://b1t.ly.example/7kQz", "b1t.ly.example"),
    ],
)
def test_a_figure_or_a_sign_stands_for_a_letter_of_a_well_known_host(text: str, target: str, host: str) -> None:
    """What a reader takes for bit.ly, and mends; no host that begins behind the sign."""
    (link,) = find_links(f"look {text} now", {*SHORTENERS, "t.ly"})

    assert (link.target, link.host) == (target, host)


@pytest.mark.parametrize(
    "text",
    [
        "we go to practice.it starts at 5",
        "meet at 3.30 or 3.30/4.15",
        "ok.im going",
        "us vs. them, e.g. this / that",
        "lol...ok",
        "and/or he/she w/o",
        "after practice.water/snacks",
        "bit.ly is a shortener, so is bit . ly",
        "they block b1t.ly and b!t.ly too",
        "9 a.m./10 a.m.",
        "won 21-14, 3/4 done",
        "50%ad",
        "the dot in the / key",
        "I saw u, to / from school",
        "1/2 c. flour / 1 tsp.",
        "connect dot to dot slash line to line",
        "https://",
        "https://. x",
        "write to coach@school.org/sue@school.org",
        "<@U12> <#C1|general> <!here> <:smile:123>",
        "[maybe](tomorrow) / [see](page 4)",
        "\u4f60\u597d\u3002\u5728\u5417/\u4e0d\u5728",
        "TCP/IP, km/h, 24/7, A/C",
        "slash and burn",
    ],
)
def test_an_ordinary_sentence_has_no_link(text: str) -> None:
    """Chat is full of dots and slashes."""
    assert find_links(text, SHORTENERS) == ()


def test_links_are_told_in_the_order_of_the_text() -> None:
    """However each was found."""
    links = find_links("a bit . ly / a, b https://x.org/b c bit[.]ly/c d tinyurl.com/d", SHORTENERS)

    assert [link.target for link in links] == ["bit.ly/a", "https://x.org/b", "bit.ly/c", "tinyurl.com/d"]


def test_a_link_tells_its_host_only() -> None:
    """An address may hold a name or a token, and stays out of logs."""
    (link,) = find_links("<https://x.org/secret|secret>")

    assert "secret" not in repr(link)


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("bit.ly", "bit.ly"),
        ("go.bit.ly", "bit.ly"),
        ("a.b.go.bit.ly", "bit.ly"),
        ("rabbit.ly", None),
        ("bit.ly.example", None),
        ("ly", None),
        ("", None),
    ],
)
def test_a_host_matches_itself_and_its_parents(host: str, found: str | None) -> None:
    """A list names bit.ly once, not each of its names."""
    assert host_matches(host, SHORTENERS) == found


@settings(max_examples=200, deadline=None, database=None)
@given(
    st.lists(
        st.one_of(
            st.characters(),
            st.characters(categories=("Cs", "Mn", "Cf")),
            st.sampled_from(
                ["https://", "bit.ly", "/x", "[", "](", ")", "<", "|", ">", " . ", "%2", "@", "dot ", "\x00"]
            ),
        ),
        max_size=20,
    ).map("".join)
)
def test_places_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    """Whatever is typed, half characters too."""
    places = [place for link in find_links(text, SHORTENERS) for place in (link.start, link.end)]

    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)


@pytest.mark.parametrize(
    "text",
    [
        "a." * 50_000 + "/",
        "a" * 100_000 + "/",
        "a-" * 50_000 + "/",
        "a.co/b " * 14_000,
        "[a](https://x" * 7_000,
        "[a" * 50_000 + "/",
        "<https://x|" * 9_000,
        "https://x.co/" + ")" * 100_000,
        "https://" + "@" * 100_000,
        "https://" + "\u00e9" * 100_000,
        "https://" + "%25" * 30_000,
        "a . " * 25_000 + "/",
        "bit . ly / " * 9_000,
        "b i t . " * 12_000 + "/",
        "tiny url / " * 9_000,
        "bit ly" + " " * 90_000 + "/",
        "b!" * 50_000 + "/",
    ],
    ids=lambda text: text[:8].encode("ascii", "backslashreplace").decode(),
)
def test_a_very_long_text_takes_little_time(text: str) -> None:
    """No text makes the bot slow; a quadratic step would take minutes here."""
    started = perf_counter()
    find_links(text, SHORTENERS)

    assert perf_counter() - started < 3
