"""The networks as they are shipped, opened once for all tests."""

from functools import cache

from bot.readings.labels import Clue, Label, Listeners, Setting, Speaker
from bot.readings.models import Models, open_models

TO_ONE = Setting(Speaker.COACH, Listeners.DM_TO_STUDENT)
IN_GROUP = Setting(Speaker.STUDENT, Listeners.GROUP)
TO_STAFF = Setting(Speaker.STUDENT, Listeners.DM_TO_STAFF)


@cache
def models() -> Models:
    """Open what is shipped."""
    opened = open_models().models
    assert opened is not None
    return opened


def sure(text: str, label: Label, setting: Setting, clues: tuple[Clue, ...] = ()) -> float:
    """Say how sure the models are of one label."""
    return models()([text], [setting], [clues])[0][label]
