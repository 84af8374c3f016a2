"""Reaches nothing but the public internet: the guard for addresses that strangers chose.

Whoever writes a link chooses a name, and whoever owns the name chooses its address, anew each time it is asked for. So
what counts is not the name and not the answer that was looked at before, but the very address of the socket that is
about to connect.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from aiohttp import AddrInfoType, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LookUp = Callable[[str], Awaitable[Iterable[str]]]
"""From a host's name to its addresses as text. Raises OSError where it has none."""

_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is given out. Whatever lies outside is local, reserved or a coat for IPv4 (::ffff:0:0/96, NAT64)."""

_NEVER: Final = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24",  # set aside for protocols; older Pythons know only a part of it
            "168.63.129.16/32",  # the inside of one cloud, though it is numbered as if it were outside
            "192.88.99.0/24",  # 6to4 relays
            "2001::/23",  # protocols of their own, Teredo among them: it holds an IPv4 address
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4 holds an IPv4 address
            "3fff::/20",  # documentation, since 2024
        ),
    )
)


class NotPublicError(OSError):
    """An address does not belong to the public internet. It names no address: who reads a log learns nothing of us."""


def is_public(address: Address) -> bool:
    """Say whether an address belongs to the public internet. When in doubt it does not.

    IPv6 addresses that carry an IPv4 address inside never do, whichever it is.
    """
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address not in _UNICAST:
        return False
    return all(address not in network for network in _NEVER if network.version == address.version)


async def look_up(host: str) -> Iterable[str]:
    """Ask the system for the addresses of a host."""
    answers = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return dict.fromkeys(str(answer[4][0]) for answer in answers)


class PublicConnector(TCPConnector):
    """Connects to addresses that pass, and lets each connection hear so many bytes at most.

    A name is refused whole when one of its addresses does not pass, before any socket is made. An address that came
    past the names, as a literal does, is refused where its socket would be made.
    """

    def __init__(self, hears: int, passes: Callable[[Address], bool] = is_public, names: LookUp = look_up) -> None:
        """Take how many bytes a connection may hear, and what tests put in place of the internet."""
        self._hears = hears
        self._passes = passes
        super().__init__(
            resolver=_Resolver(passes, names),
            use_dns_cache=False,
            force_close=True,
            socket_factory=self._socket,
        )

    def _socket(self, target: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = target
        _refuse_unless_all(self._passes, [str(address[0])])
        return _Socket(family, kind, protocol, hears=self._hears)


class _Resolver(AbstractResolver):
    def __init__(self, passes: Callable[[Address], bool], names: LookUp) -> None:
        self._passes = passes
        self._names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = _refuse_unless_all(self._passes, await self._names(host))
        return [
            ResolveResult(hostname=host, host=str(each), port=port, family=_family(each), proto=0, flags=0)
            for each in found
            if family in {socket.AF_UNSPEC, _family(each)}
        ]

    async def close(self) -> None:
        """Nothing is held."""


def _family(address: Address) -> socket.AddressFamily:
    return socket.AF_INET if address.version == 4 else socket.AF_INET6


def _refuse_unless_all(passes: Callable[[Address], bool], addresses: Iterable[str]) -> list[Address]:
    read = [ipaddress.ip_address(each) for each in addresses]
    if not all(passes(each) for each in read):
        raise NotPublicError
    return read


class _Socket(socket.socket):
    """A socket that breaks off once it heard enough, whatever kind of bytes they are."""

    def __init__(self, family: int, kind: int, protocol: int, *, hears: int) -> None:
        super().__init__(family, kind, protocol)
        self._left = hears

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Hear so many bytes at most, and no more than are left."""
        if self._left <= 0:
            raise HeardEnoughError
        heard = super().recv(min(size, self._left), flags)
        self._left -= len(heard)
        return heard


class HeardEnoughError(ConnectionAbortedError):
    """A connection told more than it may."""
