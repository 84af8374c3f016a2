"""Where a shortened link leads: the value that a rule is given, and the door to whatever finds it out. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.links import Link


@dataclass(frozen=True, slots=True)
class Landing:
    """Where the service behind a shortened link sends whoever opens it: one hop, which may be to another such link."""

    host: str
    """The host of the target, lower case, in its ASCII form, as in `Link`. It may be a literal or inner address."""
    url: str = field(repr=False)
    """The whole target, always http or https. Nobody has opened it."""


class Unknown(StrEnum):
    """Why it is not known where a link leads."""

    NO_SHORTENER = "its host is no known shortening service, so nobody was asked"
    DISGUISED = "it does not lead to the host it seems to name, so nobody was asked"
    PORT = "it names a port on which nobody is asked"
    NOT_PUBLIC = "the service's name leads to an address that is not on the public internet, so nobody was asked"
    NO_SUCH_HOST = "the service's name leads nowhere"
    NO_ANSWER = "the service could not be reached, or broke off"
    NO_TRUST = "the service could not prove who it is"
    TOO_SLOW = "the service did not answer in time"
    TOO_LONG = "the service's answer was too long"
    NO_LINK = "the service does not know this link"
    PAGE = "the service answered with a page of its own"
    STAYS = "the service sends on to itself"
    OTHER_SCHEME = "it leads to something that is no web page"
    UNREADABLE = "the service's answer could not be read"


class Landings(Protocol):
    """Finds out where links lead. Where nothing fits this door, nobody is asked: so by default, and in a replay."""

    async def of(self, link: Link) -> Landing | Unknown:
        """Say where a link leads, or why that is unknown. Never raises for what a link or a service does."""
        ...
