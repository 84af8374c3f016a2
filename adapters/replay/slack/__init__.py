"""Reads the export of a Slack workspace, a zip or a folder, as a history to audit.

It is read twice. First, quickly: when each day file begins, and who joined and left. Then in time order, holding only
those day files whose hours overlap, so that any length of history takes the same memory.

An export keeps a message as it last read. An edited message is therefore one post: at the time it was written, with the
words it shows now, its revision the time of the edit; the first words are gone. A workspace that keeps every edit
(`message_changed`) gives the earlier words too, and tells those after the edit at the time of the edit.

The lists say what a channel was called on the day of the export, not since when. With its first record it is looked at
under that name, topic and purpose, by whoever could read it then, save where a later record tells them.
"""

from adapters.replay.slack.export import PLATFORM, SlackExport, open_export

__all__ = ["PLATFORM", "SlackExport", "open_export"]
