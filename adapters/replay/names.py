"""How the posts of our own lines are named: by their place and their id together, as Slack's are."""

from dataclasses import dataclass, field
from typing import Final

from adapters.replay.lately import Lately
from bot.message import PostId

ESCAPED: Final = str.maketrans({"%": "%25", "/": "%2F"})
"""What an id may hold that would make it look like another's place."""

SEVERAL: Final = PostId("")
"""Stands for an id that was heard in several places."""

LOOKS: Final = ("space:", "profile:")
"""How a place and an account are named where a case is about them: nobody wrote such a post, so it has no place."""


def escaped(id_: str) -> str:
    """Write an id, of a post or of an answer, so that no part of it looks like a place."""
    return id_.translate(ESCAPED)


def named(place: str, id_: str) -> PostId:
    """Name a post by its place and its id. Two tools may both count from one, and two places have a first post each."""
    return PostId(f"{place}/{escaped(id_)}")


@dataclass(slots=True)
class Names:
    """Finds a post by its id alone, among those that were heard lately."""

    heard: Lately[str, PostId] = field(default_factory=Lately)

    def hear(self, place: str, id_: str) -> PostId:
        """Name a post, and know it by its id from now on."""
        name = named(place, id_)
        self.heard.put(id_, name if self.heard.get(id_) in {None, name} else SEVERAL)
        return name

    def meant(self, post: str, place: str) -> PostId:
        """Name the post that somebody speaks of: in the place they say, or else wherever it was heard.

        Raises:
            ValueError: it was heard in several places, or too long ago to know where.
        """
        if place:
            name = named(place, post)
            is_look = post.startswith(LOOKS) and self.heard.get(post) not in {name, SEVERAL}
            return PostId(post) if is_look else name
        name = self._lately(post)
        if name == SEVERAL:
            raise ValueError("posts of this id were heard in several places; say in 'place' which is meant")
        if name is None and not self.heard.is_complete and not post.startswith(LOOKS):
            raise ValueError(
                f"no post of this id is among the last {self.heard.at_least:,}; say in 'place' where it is"
            )
        return PostId(post) if name is None else name

    def _lately(self, post: str) -> PostId | None:
        """Look a post up by its id; what an answer to it led to, by the id of the answer behind it."""
        known = self.heard.get(post)
        first, led_to, answer = post.rpartition(":")
        if known is not None or not led_to:
            return known
        name = self._lately(first)
        return PostId(f"{name}:{escaped(answer)}") if name else name
