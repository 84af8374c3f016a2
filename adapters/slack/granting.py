"""How somebody grants us to act as they could: they agree on Slack's own page, and what it gives is traded for a token.

No public address is needed. Slack sends the browser to a page that is nowhere; what counts stands in its address.
"""

import secrets
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.failures import FAILURES, reason_of
from adapters.slack.grants import Grant
from adapters.slack.web import Web
from bot.errors import ConfigurationError
from bot.people import AccountId

REDIRECT: Final = "https://localhost/chaperone"
"""Where Slack sends the browser; it stands in the manifest, too."""

TO_REMOVE: Final = ("chat:write",)
"""What an administrator grants, so that what others wrote can be taken away; or an author, to delete their own."""

TO_READ: Final = ("im:history", "im:read", "chat:write")
"""What a coach grants, so that their direct messages with students are read, and deleted when they ask for it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody is asked to grant."""

    client_id: str
    scopes: tuple[str, ...]
    api_base: str = ""
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    """Comes back with the answer, so that no other answer is taken for it."""

    @property
    def address(self) -> str:
        """Give the page on which they agree."""
        base = (self.api_base or AsyncWebClient.BASE_URL).rstrip("/").removesuffix("/api")
        asked = {"client_id": self.client_id, "user_scope": ",".join(self.scopes), "redirect_uri": REDIRECT}
        return f"{base}/oauth/v2/authorize?{urlencode({**asked, 'state': self.state})}"

    def code_in(self, landed: str) -> str:
        """Read the code out of the address that the browser landed on.

        Raises:
            ConfigurationError: it is no such address, they declined, or it answers something else.
        """
        told = {name: values[0] for name, values in parse_qs(urlsplit(landed.strip()).query).items()}
        if told.get("error"):
            raise ConfigurationError("They declined, so nothing is granted.")
        if not told.get("code") or told.get("state") != self.state:
            raise ConfigurationError(
                "This is not the address that the browser landed on. Open the page again, and copy the whole address."
            )
        return told["code"]


async def trade(web: Web, request: Request, client_secret: str, code: str, account: AccountId) -> Grant:
    """Trade a code for the token of whoever agreed, asking with no token at all.

    Raises:
        ConfigurationError: Slack does not take the code, somebody else agreed, or not to everything.
    """
    try:
        answer = await web.ask(
            "oauth.v2.access",
            client_id=request.client_id,
            client_secret=client_secret,
            code=code,
            redirect_uri=REDIRECT,
        )
    except FAILURES as error:
        raise ConfigurationError(f"Slack did not take it ({reason_of(error)}). Try again from the beginning.") from None
    told = answer.get("authed_user") or {}
    scopes = frozenset(str(told.get("scope") or "").split(","))
    if told.get("id") != account:
        raise ConfigurationError(f"Somebody else agreed, so it was not kept. {account} has to be signed in to Slack.")
    missing = sorted(set(request.scopes) - scopes)
    if missing:
        raise ConfigurationError(
            f"Slack did not grant {', '.join(missing)}. Add it on the app's page, User Token Scopes."
        )
    return Grant(account, str(told["access_token"]), scopes)
