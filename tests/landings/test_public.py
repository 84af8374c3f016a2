"""A hundred ways into a house from outside, and no connection made by any of them."""

import ipaddress
import socket
from collections.abc import Iterable, Iterator
from itertools import cycle

import pytest

from adapters.landing import AskedLandings
from adapters.public import NotPublicError, PublicConnector, is_public, look_up
from bot.readings.landing import Landing, Unknown
from tests.landings.connects import connects
from tests.landings.shortener import HOST, link, sends_to, shortener

LITERALS = [
    "127.0.0.1",
    "127.0.0.2",
    "127.1.2.3",
    "127.255.255.254",
    "127.1",
    "127.0.1",
    "0",
    "0.0.0.0",
    "0.1.2.3",
    "2130706433",
    "2130706434",
    "0x7f000001",
    "0x7F.1",
    "0x7f.0.0.1",
    "0x7f.0x0.0x0.0x1",
    "017700000001",
    "0177.0.0.1",
    "0177.1",
    "00177.00.00.01",
    "10.0.0.1",
    "10.255.255.255",
    "167772161",
    "0x0a000001",
    "012.0.0.1",
    "172.16.0.1",
    "172.31.255.254",
    "0xac100001",
    "192.168.0.1",
    "192.168.1.254",
    "3232235521",
    "0xc0a80001",
    "0300.0250.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.254",
    "169.254.169.254",
    "169.254.0.1",
    "2852039166",
    "0xa9fea9fe",
    "0xa9.0xfe.0xa9.0xfe",
    "0251.0376.0251.0376",
    "169.16689662",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "168.63.129.16",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "4294967295",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:8.8.8.8]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b::8.8.8.8]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2002:808:808::1]",
    "[2001::1]",
    "[2001:0:7f00:1::]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[fc00::1]",
    "[fd00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[ff0e::1]",
    "[100::1]",
    "[5f00::1]",
    "[4000::1]",
    "localhost",
    "LOCALHOST",
    "localhost.",
]

LEADS_INSIDE = [
    ["127.0.0.1"],
    ["::1"],
    ["10.0.0.7"],
    ["172.20.0.7"],
    ["192.168.7.7"],
    ["169.254.169.254"],
    ["fe80::1"],
    ["fd12::7"],
    ["::ffff:127.0.0.1"],
    ["64:ff9b::a9fe:a9fe"],
    ["0.0.0.0"],
    ["224.0.0.251"],
    ["8.8.8.8", "127.0.0.1"],
    ["127.0.0.1", "8.8.8.8"],
    ["2606:4700::1111", "::1"],
]


@pytest.mark.parametrize("typed", LITERALS)
@pytest.mark.parametrize("listed", [True, False], ids=["listed", "unlisted"])
async def test_an_address_inside_is_never_connected_to(typed: str, listed: bool) -> None:
    """Not even if a list of services named it. Something listens where most of them lead."""
    host = typed.strip("[]").lower().rstrip(".")
    async with shortener({"/abc": sends_to("https://found.example/")}) as service:
        known = frozenset({host, "localhost"} if listed else {HOST})
        with connects() as heard:
            async with AskedLandings(known, ports=frozenset({service.port, 80, 443})) as landings:
                answers = [
                    await landings.of(link(f"http://{typed}:{service.port}/abc", host)),
                    await landings.of(link(f"http://{typed}/abc", host)),
                    await landings.of(link(f"https://{typed}/abc", host)),
                ]

    assert heard == []
    assert service.connections == 0
    assert not any(isinstance(each, Landing) for each in answers)


@pytest.mark.parametrize("addresses", LEADS_INSIDE, ids=", ".join)
async def test_a_known_service_whose_name_leads_inside_is_not_asked(addresses: list[str]) -> None:
    """Names of services expire, and whoever buys one may let it lead anywhere. One bad address is enough."""

    async def names(_host: str) -> Iterable[str]:
        return addresses

    async with shortener({"/abc": sends_to("https://found.example/")}) as service:
        with connects() as heard:
            async with AskedLandings({HOST}, ports={service.port}, names=names) as landings:
                answer = await landings.of(service.link())

    assert heard == []
    assert answer is Unknown.NOT_PUBLIC


async def test_a_name_that_changes_its_address_between_two_questions_gains_nothing() -> None:
    """DNS rebinding: the first answer is harmless, the second leads inside. What is looked at is what is connected."""
    turns: Iterator[list[str]] = cycle([["127.0.0.2"], ["127.0.0.1"]])

    async def names(_host: str) -> Iterable[str]:
        return next(turns)

    async with shortener({}) as service:
        with connects() as heard:
            async with AskedLandings(
                {HOST}, ports={service.port}, names=names, passes=lambda address: str(address) == "127.0.0.2"
            ) as landings:
                answers = [await landings.of(service.link(f"/{number}")) for number in range(6)]

    assert set(heard) == {"127.0.0.2"}
    assert answers == [Unknown.NO_ANSWER, Unknown.NOT_PUBLIC] * 3
    assert service.connections == 0


async def test_a_socket_is_refused_where_no_name_was_looked_up() -> None:
    """A literal goes past the names: the guard stands where the socket is made."""
    connector = PublicConnector(hears=1)
    target = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("169.254.169.254", 80))

    with pytest.raises(NotPublicError):
        connector._socket(target)

    await connector.close()


async def test_what_is_heard_of_is_what_is_connected_to() -> None:
    """The tests above show nothing if the ear is deaf."""
    async with shortener({"/abc": sends_to("https://found.example/")}) as service:
        with connects() as heard:
            async with AskedLandings(
                {HOST}, ports={service.port}, names=_here, passes=lambda address: address.is_loopback
            ) as landings:
                answer = await landings.of(service.link())

    assert heard == ["127.0.0.1"]
    assert answer == Landing("found.example", "https://found.example/")


async def _here(_host: str) -> Iterable[str]:
    return ["127.0.0.1"]


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "100.63.255.255", "172.32.0.1", "192.169.0.1", "2606:4700:4700::1111", "2a00:1450:4001::1"],
)
def test_the_public_internet_passes(address: str) -> None:
    """A guard that lets nothing through would pass every other test here."""
    assert is_public(ipaddress.ip_address(address))


async def test_the_system_knows_the_odd_forms_of_this_machine() -> None:
    """Why they are in the table: a name's look-up turns them into an address."""
    assert list(await look_up("2130706433")) == ["127.0.0.1"]
    assert list(await look_up("0x7f.1")) == ["127.0.0.1"]


def test_the_table_is_as_long_as_it_says() -> None:
    """A hundred ways, none of them twice."""
    assert len(set(LITERALS)) == len(LITERALS)
    assert len(LITERALS) + len(LEADS_INSIDE) >= 100


@pytest.mark.parametrize("typed", [each.strip("[]") for each in LITERALS if each.startswith("[")])
def test_no_coat_of_ipv6_passes(typed: str) -> None:
    """However it is written, and whichever IPv4 address is inside."""
    assert not is_public(ipaddress.ip_address(typed))
