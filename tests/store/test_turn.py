"""Who may write, and what is left of a request that was given up."""

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.store.turn import Turn


def test_who_waits_no_longer_asks_no_longer(tmp_path: Path) -> None:
    """Whoever writes would otherwise lend its turn to nobody, and everything would wait for seconds."""
    path = tmp_path / "a.db"
    first, second = Turn(path), Turn(path)
    first.take()
    with pytest.raises(ConfigurationError, match="is in use by another Chaperone"):
        second.take(patience=0.2)

    assert not first.is_asked_for
    first.give_up()
    second.take()
    second.give_up()
