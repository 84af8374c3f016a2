"""Where shortened links lead, asked of real services on this machine."""

import asyncio
from collections.abc import AsyncIterator, Container
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

import pytest

import rules.general_09_link_shorteners as general_09
from adapters.landing import AT_ONCE, HEARD, KEPT, KEPT_FAILURE, AskedLandings
from adapters.public import HeardEnoughError, PublicConnector
from bot.links import find_links
from bot.readings.landing import Landing, Landings, Unknown
from tests.landings.shortener import (
    HOST,
    Shortener,
    certificate,
    is_here,
    leads_here,
    link,
    sends_to,
    shortener,
)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@asynccontextmanager
async def asking(
    service: Shortener,
    shorteners: Container[str] = frozenset({HOST}),
    seconds: float = 3.0,
    remembered: int = 1024,
    now: Clock | None = None,
) -> AsyncIterator[AskedLandings]:
    async with AskedLandings(
        shorteners,
        ports={service.port},
        passes=is_here,
        names=leads_here,
        seconds=seconds,
        remembered=remembered,
        now=now or Clock(),
    ) as landings:
        yield landings


async def land(answer: bytes) -> Landing | Unknown:
    """Ask a service that gives this answer."""
    async with shortener({"/abc": answer}) as service, asking(service) as landings:
        return await landings.of(service.link())


@pytest.mark.parametrize(
    ("location", "host", "url"),
    [
        ("https://found.example/a?b=c#d", "found.example", "https://found.example/a?b=c#d"),
        ("http://found.example", "found.example", "http://found.example"),
        ("HTTPS://FOUND.EXAMPLE/A", "found.example", "https://found.example/A"),
        ("//found.example/a", "found.example", "http://found.example/a"),
        ("///found.example/a", "found.example", "http://found.example/a"),
        ("\\\\found.example\\a", "found.example", "http://found.example/a"),
        ("/\\found.example/a", "found.example", "http://found.example/a"),
        ("https:/found.example/a", "found.example", "https://found.example/a"),
        ("https:found.example/a", "found.example", "https://found.example/a"),
        ("https:\\\\found.example\\a?b=\\", "found.example", "https://found.example/a?b=%5C"),
        ("  https://found.example/a\t", "found.example", "https://found.example/a"),
        ("https://fo\tund.example/a", "found.example", "https://found.example/a"),
        ("https://good.example@found.example/", "found.example", "https://good.example@found.example/"),
        ("https://f\u00f6und.example/", "xn--fund-5qa.example", "https://xn--fund-5qa.example/"),
        ("https://found.example./", "found.example", "https://found.example./"),
        ("http://192.168.1.1/admin", "192.168.1.1", "http://192.168.1.1/admin"),
        ("http://[::1]:631/", "::1", "http://[::1]:631/"),
        ("https://other-short.example/x", "other-short.example", "https://other-short.example/x"),
    ],
)
async def test_the_target_is_read_as_a_browser_reads_it(location: str, host: str, url: str) -> None:
    """Whoever hides a target counts on a reader that is stricter than a browser. Nobody opens it."""
    assert await land(sends_to(location)) == Landing(host, url)


@pytest.mark.parametrize(
    "status",
    ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"],
)
async def test_every_way_to_send_on_counts(status: str) -> None:
    """Services differ in the number they use."""
    assert await land(sends_to("https://found.example/", status)) == Landing("found.example", "https://found.example/")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", Unknown.PAGE),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", Unknown.PAGE),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", Unknown.NO_LINK),
        (b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", Unknown.NO_LINK),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", Unknown.NO_ANSWER),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", Unknown.NO_ANSWER),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", Unknown.UNREADABLE),
        (sends_to(""), Unknown.STAYS),
        (sends_to("/welcome"), Unknown.STAYS),
        (sends_to(f"https://{HOST}/welcome"), Unknown.STAYS),
        (sends_to("https://"), Unknown.UNREADABLE),
        (sends_to("https://[broken/"), Unknown.UNREADABLE),
        (sends_to("https://found.example:99999/"), Unknown.UNREADABLE),
        (sends_to(f"https://{'a' * 300}.example/"), Unknown.UNREADABLE),
        (sends_to("https://a.example/", more="Location: https://b.example/\r\n"), Unknown.UNREADABLE),
        (sends_to("file:///etc/passwd"), Unknown.OTHER_SCHEME),
        (sends_to("javascript:alert(1)"), Unknown.OTHER_SCHEME),
        (sends_to("intent://scan/#Intent;scheme=x;end"), Unknown.OTHER_SCHEME),
        (sends_to("gopher://127.0.0.1:6379/_x"), Unknown.OTHER_SCHEME),
        (sends_to("mailto:somebody@found.example"), Unknown.OTHER_SCHEME),
        (b"SSH-2.0-OpenSSH_9.9\r\n", Unknown.NO_ANSWER),
        (b"", Unknown.NO_ANSWER),
        (b"HTTP/1.1 302 Found\r\nLocation: https://fo", Unknown.NO_ANSWER),
        (b"HTTP/1.1 302 Found\r\nLocation: https://found.example/\x00\r\n\r\n", Unknown.NO_ANSWER),
        (b"HTTP/1.1 302 Found\r\nLocation: https://found.example/" + b"a" * 20_000 + b"\r\n\r\n", Unknown.NO_ANSWER),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_is_no_plain_answer_is_unknown(answer: bytes, why: Unknown) -> None:
    """A reading that does not know says so, and says why."""
    assert await land(answer) is why


async def test_nothing_is_followed() -> None:
    """One hop: the target is told, never asked, and a chain of thirty costs one connection."""
    answers = {f"/{number}": b"" for number in range(30)}
    async with shortener(answers) as service, asking(service, {HOST, "next.example"}) as landings:
        service.answers = {
            path: sends_to(f"http://next.example:{service.port}/{number + 1}") for number, path in enumerate(answers)
        }
        answer = await landings.of(service.link("/0"))

    assert isinstance(answer, Landing)
    assert answer.host == "next.example"
    assert service.connections == 1


async def test_the_question_says_nothing_of_us() -> None:
    """No cookie comes back, no sign-in is passed on, no page is named."""
    answers = {"/abc": sends_to("https://found.example/", more="Set-Cookie: id=7; Path=/\r\n")}
    async with shortener(answers) as service, asking(service, now=(clock := Clock())) as landings:
        typed = f"http://name:secret@{HOST}:{service.port}/abc#part"
        await landings.of(link(typed))
        clock.seconds = KEPT
        await landings.of(link(typed))

    assert len(service.asked) == 2
    assert service.asked[0] == service.asked[1]
    assert sorted(line.partition(":")[0] for line in service.asked[1].splitlines()[1:-1]) == [
        "Accept",
        "Accept-Encoding",
        "Connection",
        "Host",
        "User-Agent",
    ]
    assert service.asked[0].startswith("GET /abc HTTP/1.1\r\n")
    assert "secret" not in service.asked[0]


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard looks at the address that is connected to; behind a proxy that would be the proxy's."""
    async with shortener({"/abc": sends_to("https://found.example/")}) as service, asking(service) as landings:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

        assert isinstance(await landings.of(service.link()), Landing)


@pytest.mark.parametrize(
    ("target", "host", "why"),
    [
        ("https://docs.example/abc", "docs.example", Unknown.NO_SHORTENER),
        ("https://notshort.example/abc", "notshort.example", Unknown.NO_SHORTENER),
        ("https://sh\u043ert.example/abc", HOST, Unknown.DISGUISED),
        ("https://short.example%2eevil.example/abc", HOST, Unknown.DISGUISED),
        ("https://evil.example\\@short.example/abc", HOST, Unknown.DISGUISED),
        ("https://short.example:22/abc", HOST, Unknown.PORT),
        ("https://short.example:6379/abc", HOST, Unknown.PORT),
        ("file://short.example/etc/passwd", HOST, Unknown.DISGUISED),
        ("https://short.example:x/abc", HOST, Unknown.DISGUISED),
        ("ftp://short.example/abc", HOST, Unknown.DISGUISED),
    ],
)
async def test_whatever_is_not_plainly_a_known_service_is_not_asked(target: str, host: str, why: Unknown) -> None:
    """Only a service that is on the list, at its own name and on the web's ports."""
    async with AskedLandings({HOST}, names=leads_here, passes=is_here) as landings:
        assert await landings.of(link(target, host)) is why


@pytest.mark.parametrize(
    "text",
    [
        "http://{host}:{port}/abc",
        "hxxp://{host}:{port}/abc",
        "http://go.{host}:{port}/abc",
        "<http://{host}:{port}/abc|the schedule>",
        "http://short[.]example:{port}/abc",
    ],
)
async def test_a_link_is_asked_about_however_it_was_typed(text: str) -> None:
    """Dressing a link up for filters hides its target from readers too."""
    async with shortener({"/abc": sends_to("https://found.example/")}) as service, asking(service) as landings:
        (found,) = find_links(text.format(host=HOST, port=service.port), {HOST})
        answer = await landings.of(found)

    assert answer == Landing("found.example", "https://found.example/")


async def test_a_service_proves_who_it_is(tmp_path: Path) -> None:
    """Or else whoever sits on the way could say where a link leads. A link without a scheme is asked about so."""
    proves, trusts = certificate(tmp_path)
    answers = {"/abc": sends_to("https://found.example/")}
    async with shortener(answers, proves) as service:
        (question,) = find_links(f"see {HOST}:{service.port}/abc, ok", {HOST})
        async with AskedLandings({HOST}, ports={service.port}, passes=is_here, names=leads_here, trust=trusts) as ours:
            trusted = await ours.of(question)
        async with AskedLandings({HOST}, ports={service.port}, passes=is_here, names=leads_here) as ours:
            unproven = await ours.of(question)

    assert trusted == Landing("found.example", "https://found.example/")
    assert unproven is Unknown.NO_TRUST


async def test_another_hosts_proof_is_none(tmp_path: Path) -> None:
    """The proof is for the name that was typed, not for the address."""
    proves, trusts = certificate(tmp_path, "another.example")
    async with (
        shortener({}, proves) as service,
        AskedLandings({HOST}, ports={service.port}, passes=is_here, names=leads_here, trust=trusts) as landings,
    ):
        assert await landings.of(link(f"https://{HOST}:{service.port}/abc")) is Unknown.NO_TRUST


async def test_a_slow_service_is_left() -> None:
    """A reading has its time; a post never waits for a stranger's server."""
    async with shortener({"/abc": sends_to("https://found.example/")}) as service:
        service.pause = 5
        async with asking(service, seconds=0.2) as landings:
            begun = perf_counter()
            answer = await landings.of(service.link())

    assert answer is Unknown.TOO_SLOW
    assert perf_counter() - begun < 2


async def test_a_service_that_drips_is_left_too() -> None:
    """The time is for the whole answer, not for each byte."""
    async with shortener({"/abc": sends_to("https://found.example/")}) as service:
        service.step, service.pace = 1, 0.05
        async with asking(service, seconds=0.3) as landings:
            answer = await landings.of(service.link())

    assert 1 < service.told < 20
    assert answer is Unknown.TOO_SLOW


@pytest.mark.parametrize(
    "endless",
    [
        b"HTTP/1.1 302 Found\r\n" + b"X-More: and more and more\r\n" * 200_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 200_000,
        b"X" * 5_000_000,
    ],
    ids=["headers", "continue", "noise"],
)
async def test_an_endless_answer_is_cut(endless: bytes) -> None:
    """No service makes us take more than 64 KB: the rest stays in its own house."""
    async with shortener({"/abc": endless}) as service, asking(service) as landings:
        answer = await landings.of(service.link())

    assert answer in {Unknown.TOO_LONG, Unknown.NO_ANSWER}


@pytest.mark.parametrize("body", [50_000_000, 1_000], ids=["large", "small"])
async def test_the_page_behind_the_answer_is_not_read(body: int) -> None:
    """All that is wanted stands in the head. What the system's own buffers hold is no matter of ours."""
    answer = b"HTTP/1.1 302 Found\r\nLocation: https://found.example/\r\nContent-Length: %d\r\n\r\n" % body
    async with shortener({"/abc": answer + b"x" * body}) as service, asking(service) as landings:
        landing = await landings.of(service.link())

    assert landing == Landing("found.example", "https://found.example/")
    assert service.told < HEARD + 16_000_000


async def test_a_socket_hears_no_more_than_it_may() -> None:
    """The cut is made at the socket, so it holds whatever the answer is made of."""
    connector = PublicConnector(hears=10, passes=is_here)
    async with shortener({"/abc": b"x" * 100}) as service:
        ours = connector._socket((2, 1, 0, "", ("127.0.0.1", service.port)))
        ours.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(ours, ("127.0.0.1", service.port))
        await loop.sock_sendall(ours, b"GET /abc HTTP/1.1\r\n\r\n")
        heard = await loop.sock_recv(ours, 4)
        heard += await loop.sock_recv(ours, 100)
        with pytest.raises(HeardEnoughError):
            await loop.sock_recv(ours, 100)
        ours.close()
    await connector.close()

    assert heard == b"x" * 10


async def test_the_same_link_is_asked_about_once_an_hour() -> None:
    """A link that thirty players repeat is one question; a service may change its answer."""
    clock = Clock()
    async with shortener({"/abc": sends_to("https://found.example/")}) as service, asking(service, now=clock) as ours:
        first = [await ours.of(service.link()) for _ in range(5)]
        clock.seconds = KEPT - 1
        await ours.of(service.link())
        before = service.connections
        clock.seconds = KEPT
        await ours.of(service.link())

    assert len(set(first)) == 1
    assert (before, service.connections) == (1, 2)


async def test_a_failure_is_soon_asked_about_again() -> None:
    """A service that was down for a minute is not unknown for an hour."""
    clock = Clock()
    async with shortener({"/abc": b""}) as service, asking(service, now=clock) as landings:
        failed = [await landings.of(service.link()) for _ in range(3)]
        service.answers = {"/abc": sends_to("https://found.example/")}
        clock.seconds = KEPT_FAILURE
        answer = await landings.of(service.link())

    assert failed == [Unknown.NO_ANSWER] * 3
    assert isinstance(answer, Landing)
    assert service.connections <= 3  # aiohttp asks once more where a line breaks before a word is said


async def test_only_so_many_answers_are_remembered() -> None:
    """What strangers write must not fill our memory; what was needed last stays."""
    async with shortener({}) as service, asking(service, remembered=3) as landings:
        for path in ("/a", "/b", "/c", "/a", "/d", "/a", "/b"):
            await landings.of(service.link(path))

    assert [head.split()[1] for head in service.asked] == ["/a", "/b", "/c", "/d", "/b"]


async def test_only_so_many_questions_are_open_at_once() -> None:
    """A flood of links is no flood of connections."""
    async with shortener({}) as service, asking(service) as landings:
        service.pause = 0.05
        await asyncio.gather(*(landings.of(service.link(f"/{number}")) for number in range(20)))

    assert service.connections == 20
    assert service.most_open <= AT_ONCE


async def test_a_name_that_leads_nowhere_is_told() -> None:
    """Services close."""

    async def nowhere(_host: str) -> list[str]:
        raise OSError

    async with AskedLandings({HOST}, names=nowhere) as landings:
        assert await landings.of(link(f"https://{HOST}/abc")) is Unknown.NO_SUCH_HOST


async def test_a_landing_is_judged_as_any_link_is() -> None:
    """The true target goes to the same rules: here the one that knows shortening services."""
    (known, *_) = sorted(general_09.known_shorteners())
    async with shortener({"/abc": sends_to(f"https://{known}/abc")}) as service, asking(service) as landings:
        landing = await landings.of(service.link())

    assert isinstance(landing, Landing)
    (again,) = find_links(landing.url)
    assert again.host == landing.host == known


def test_a_landing_keeps_its_path_out_of_logs() -> None:
    """A path may carry a name or a token."""
    assert "secret" not in repr(Landing("found.example", "https://found.example/secret"))


async def test_it_fits_the_door() -> None:
    """Whoever asks knows the door and not what stands behind it."""
    door: Landings = AskedLandings(frozenset())

    assert await door.of(link(f"https://{HOST}/abc")) is Unknown.NO_SHORTENER
