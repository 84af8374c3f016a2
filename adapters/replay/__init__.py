"""A platform that replays a history: our own JSON Lines or a Slack export. It ends when the history has ended."""

from adapters.replay.platform import Replay

__all__ = ["Replay"]
