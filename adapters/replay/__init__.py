"""A platform that replays a history: our own JSON Lines, or an export of Slack or Discord. It ends with it."""

from adapters.replay.board import Board
from adapters.replay.histories import History, as_one, open_history
from adapters.replay.line_reader import OnRoster
from adapters.replay.platform import Replay

__all__ = ["Board", "History", "OnRoster", "Replay", "as_one", "open_history"]
