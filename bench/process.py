"""The command as people start it, in a process of its own: how long until the first verdict, and how much memory."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from bench import corpus

IN_A_MEGABYTE = 1024 if sys.platform != "darwin" else 1024 * 1024
"""`ru_maxrss` counts KiB, but bytes on macOS."""


def start_to_first_verdict(folder: Path) -> float:
    """Replay one post with the real command, from starting Python to the table of what came of it: seconds."""
    took, _ = replay(1, folder)
    return took


def replay(posts: int, folder: Path) -> tuple[float, float]:
    """Replay a made-up day with the real command: seconds, and the megabytes it took at most."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        home = Path(name).resolve()
        roster = corpus.write_roster(home / "roster")
        with (home / "day.jsonl").open("wb") as file:
            file.writelines(corpus.day(posts))
        command = [sys.executable, "-m", "bot", "replay", str(home / "day.jsonl"), "--roster", str(roster)]
        start = perf_counter()
        child = subprocess.Popen(
            [*command, "--database", str(home / "day.sqlite")], cwd=home, stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        took = perf_counter() - start
    if child.returncode != 0:
        raise RuntimeError(f"chaperone replay ended with {child.returncode}")
    return took, usage.ru_maxrss / IN_A_MEGABYTE
