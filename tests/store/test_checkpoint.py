"""The checkpoint file, which several processes may write."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.store.checkpoint import Checkpoint

THEIRS = (
    "from pathlib import Path; from bot.store.checkpoint import Checkpoint; Checkpoint(2, bytes(32)).write(Path({!r}))"
)


def test_two_processes_write_the_checkpoint_in_one_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither takes the other's draft away: whoever is last is right."""
    path, flush = tmp_path / "c.sqlite.checkpoint", os.fsync

    def another_writes_first(descriptor: int) -> None:
        flush(descriptor)
        subprocess.run([sys.executable, "-c", THEIRS.format(str(path))], check=True)

    monkeypatch.setattr(os, "fsync", another_writes_first)
    Checkpoint(1, bytes(32)).write(path)

    assert Checkpoint.read(path) == Checkpoint(1, bytes(32))
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
