"""The app's own tokens and secrets: what each looks like, and how all of them are kept, sealed in one file."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from adapters.sealing import Sealing
from bot.disk import put
from bot.errors import ConfigurationError

ROW: Final = b"secrets of Slack"


@dataclass(frozen=True, slots=True)
class Form:
    """What a secret of the app is called, how it looks, and where on the app's page it stands."""

    what: str
    pattern: re.Pattern[str]
    looks: str
    page: str

    def check(self, typed: str) -> str:
        """Take the blanks around it away, and give it.

        Raises:
            ConfigurationError: it is something else. What was typed is not repeated.
        """
        secret = typed.strip()
        if not self.pattern.fullmatch(secret):
            raise ConfigurationError(
                f"This is no {self.what}: one {self.looks}. Copy it from the app's page, under {self.page}. Nothing "
                "was kept."
            )
        return secret


_SECRET: Final = re.compile(r"[0-9A-Za-z]{16,}")
_LOOKS: Final = "is letters and digits alone, 16 or more"

FORMS: Final[Mapping[str, Form]] = {
    "token": Form("bot token", re.compile(r"xoxb-[0-9A-Za-z-]+"), "begins with xoxb-", "OAuth & Permissions"),
    "app_token": Form(
        "app-level token", re.compile(r"xapp-[0-9A-Za-z-]+"), "begins with xapp-", "Basic Information, App-Level Tokens"
    ),
    "signing_secret": Form("signing secret", _SECRET, _LOOKS, "Basic Information, App Credentials"),
    "client_secret": Form("client secret", _SECRET, _LOOKS, "Basic Information, App Credentials"),
}
"""Every secret of the app, by the name it has in the settings."""


def read_installation(path: Path, sealing: Sealing) -> Mapping[str, str]:
    """Open what was kept: secrets by the names they have in the settings.

    Raises:
        ConfigurationError: it was altered or cannot be read.
    """
    try:
        told = json.loads(sealing.open(path.read_bytes(), ROW))
    except OSError as error:
        raise ConfigurationError(f"{path} could not be read ({type(error).__name__}). Mend who may read it.") from None
    except (ConfigurationError, ValueError):
        told = None
    if not isinstance(told, dict) or not all(isinstance(each, str) for each in told.values()):
        raise ConfigurationError(
            f"{path} was altered. Put it back from a backup, or run `chaperone slack-install` again."
        ) from None
    return told


def keep_installation(path: Path, sealing: Sealing, told: Mapping[str, str]) -> None:
    """Seal the secrets into the file, in place of all that stood there."""
    put(path, sealing.seal(json.dumps(dict(told)).encode(), ROW))
