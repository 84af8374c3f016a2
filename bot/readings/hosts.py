"""Hosts that shorten links, and hosts that hide who or where somebody is, from public lists."""

from functools import cache
from importlib.resources import files
from typing import Final

_SHORTENERS: Final = ("url_shorteners_peterdavehello.txt", "url_shorteners_ut1.txt")
_OF_ONE_SERVICE: Final = ("hosts_of_one_service.txt",)
_ANONYMIZERS: Final = ("vpn_domains_ut1.txt", "doh_domains_ut1.txt")


@cache
def known_shorteners(also: tuple[str, ...] = ()) -> frozenset[str]:
    """Read the hosts of both public lists but those that lead to one named service, and add `also`.

    `data/NOTICE.md` names the lists' sources and licences.
    """
    return (_hosts(_SHORTENERS) - _hosts(_OF_ONE_SERVICE)).union(also)


@cache
def known_anonymizers() -> frozenset[str]:
    """Read the hosts of both public lists; `data/NOTICE.md` names their source and licence."""
    return _hosts(_ANONYMIZERS)


def _hosts(names: tuple[str, ...]) -> frozenset[str]:
    folder = files("bot.readings") / "data"
    lines = (line.strip().lower() for name in names for line in (folder / name).read_text("utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))
