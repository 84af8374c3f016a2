"""What opens Slack to us: from the environment, else sealed beside the database, else from files of the district's."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from adapters.sealing import Sealing
from adapters.slack.installation import keep_installation, read_installation
from adapters.slack.setup import Secrets
from bot.config import Configuration
from bot.disk import is_there, unreadable, unwritable
from bot.errors import ConfigurationError
from bot.house import HouseFiles
from bot.store.vault import MasterKey, read_master_key

KEY: Final = ".key"
SECRETS: Final = ".secrets"


def slack_beside(place: HouseFiles, what: str) -> Path:
    """Name a file of the Slack adapter's, beside the database."""
    return place.database.with_name(f"{place.database.name}.slack{what}")


def slack_sealing(path: Path, master: MasterKey) -> Sealing:
    """Seal with a data key of the adapter's own, wrapped by the master key; made where there is none.

    Raises:
        ConfigurationError: the file holds no key of this district, or could not be read or made.
    """
    if not is_there(path):
        try:
            _make_key(path, master)
        except OSError as error:
            raise unwritable(path, error) from error
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        key = master.unwrap(told["name"], bytes.fromhex(told["wrapped"]))
    except OSError as error:
        raise unreadable(path, error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{path} holds no key. Put it back from a backup, or move it away with the grants, the secrets and the "
            "inbox beside it."
        ) from error
    return Sealing(key.seal, key.open)


def _make_key(path: Path, master: MasterKey) -> None:
    """Write a new key, wrapped, for its owner alone. Raises `OSError`."""
    key, wrapped = master.new_data_key()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps({"name": key.id, "wrapped": wrapped.hex()}))
        file.flush()
        os.fsync(file.fileno())


def read_secrets(configuration: Configuration, place: HouseFiles) -> Secrets:
    """Read what is needed to be heard and to hear.

    Raises:
        ConfigurationError: something is nowhere, or what is sealed was altered.
    """
    sealed = sealed_secrets(place)
    return Secrets(
        configuration.slack_token(sealed),
        configuration.slack_app_token(sealed),
        configuration.slack_signing_secret(sealed),
    )


def sealed_secrets(place: HouseFiles) -> Mapping[str, str]:
    """Open what `chaperone slack-install` kept, by the names of the settings; nothing where it kept nothing.

    No key is made here: with a new one nothing could be opened.

    Raises:
        ConfigurationError: it was altered, or a key is gone that it was sealed with.
    """
    path, key = slack_beside(place, SECRETS), slack_beside(place, KEY)
    if not is_there(path):
        return {}
    for each in (place.key_file, key):
        if not is_there(each):
            raise ConfigurationError(
                f"{path} cannot be opened without {each}. Put that back from a backup. Where there is none, move "
                "the files of Slack beside the database away, and run `chaperone slack-install` again."
            )
    return read_installation(path, slack_sealing(key, read_master_key(place.key_file, place.database)))


def keep_secrets(place: HouseFiles, told: Mapping[str, str]) -> Path:
    """Seal the app's secrets, in place of any kept before; say where. The master key is made where nothing is yet.

    Raises:
        ConfigurationError: a key is gone or does not fit, or it could not be written. Nothing was replaced then.
    """
    path = slack_beside(place, SECRETS)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        master = read_master_key(place.key_file, place.database)
        keep_installation(path, slack_sealing(slack_beside(place, KEY), master), told)
    except OSError as error:
        raise ConfigurationError(
            f"{path} could not be written ({type(error).__name__}). Mend the folder, and run it again."
        ) from None
    return path


def set_aside(configuration: Configuration, told: Mapping[str, str]) -> Iterator[str]:
    """Say what else of these secrets there is: what wins over them, and what is not read any more."""
    for name in told:
        variable, file = configuration.slack_source(name)
        if variable:
            yield f"{variable} is set, and wins over what is sealed. Unset it."
        if file.exists():
            yield f"{file} is not read any more. Delete it: it is not sealed."
