"""What may stand on an envelope: a mail address, a domain, the name of this very machine."""

import re
from ipaddress import ip_address
from typing import Final

LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
DOMAIN: Final = re.compile(rf"(?=.{{1,253}}\Z){LABEL}(?:\.{LABEL})+")
ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL: Final = re.compile(rf"(?=.{{1,64}}\Z){ATOM}(?:\.{ATOM})*")
LONGEST: Final = 254
"""RFC 5321 allows 256 characters between and with the angle brackets."""


def is_address(text: str) -> bool:
    """Say whether mail can be sent to this: one plain address in ASCII, as schools give them out.

    No quotation marks, blanks, brackets or line breaks, so it can break out of no header and no command.
    """
    local, _, domain = text.rpartition("@")
    return len(text) <= LONGEST and LOCAL.fullmatch(local) is not None and is_domain(domain)


def is_domain(text: str) -> bool:
    """Say whether this is a domain with at least one dot, in ASCII."""
    return DOMAIN.fullmatch(text) is not None


def is_loopback(host: str) -> bool:
    """Say whether what is sent to this host never leaves the machine. A name other than localhost may lead anywhere."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
