"""Reads what DiscordChatExporter writes with `--format Json`, one file a channel or thread, as a history to audit.

A file is one JSON object that may be larger than memory. It is cut into its messages while it is read, and each is put
into the shape of Discord's own message object, so that its words are found by what finds them live.

An export keeps a message as it last read. An edited message is therefore one post: at the time it was written, with the
words it shows now, its revision the time of the edit, as live. It does not say who could read a channel.

The form is known from use, not from a description of it: fields may be missing, and what we do not know is passed over.
"""

from adapters.replay.discord.export import DiscordExport, open_channel, open_channels, writers_in

__all__ = ["DiscordExport", "open_channel", "open_channels", "writers_in"]
