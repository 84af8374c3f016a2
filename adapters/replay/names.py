"""How the posts of our own lines are named: by their place and their id together, as Slack's are."""

from collections.abc import Iterable, Mapping
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


def by_ids(posts: Iterable[PostId]) -> dict[str, PostId]:
    """Find named posts by the id that a line gives them; what has no place is left out."""
    found: dict[str, PostId] = {}
    for name in posts:
        _, placed, id_ = name.rpartition("/")
        if placed:
            given = _given(id_)
            found[given] = name if found.get(given) in {None, name} else SEVERAL
    return found


def id_alone(place: str, name: PostId) -> PostId:
    """Give the id in the name of a post, by which alone an earlier Chaperone named it."""
    return PostId(_given(name.removeprefix(f"{place}/")))


def _given(id_: str) -> str:
    """Write an id as its line gives it: `escaped`, undone."""
    return id_.replace("%2F", "/").replace("%25", "%")


@dataclass(slots=True)
class Names:
    """Finds a post by its id alone: among those that were heard lately, and those that had notices in earlier runs."""

    heard: Lately[str, PostId] = field(default_factory=Lately)
    earlier: Mapping[str, PostId] = field(default_factory=dict, repr=False)

    def hear(self, place: str, id_: str) -> PostId:
        """Name a post, and know it by its id from now on."""
        name = named(place, id_)
        self.heard.put(id_, name if self.heard.get(id_) in {None, name} else SEVERAL)
        return name

    def meant(self, post: str, place: str) -> PostId:
        """Name the post that somebody speaks of: in the place they say, or else wherever it was heard.

        Raises:
            ValueError: it was heard in several places, or so much was heard that nobody can say.
        """
        if place:
            there = named(place, post)
            is_look = post.startswith(LOOKS) and self._known(post) not in {there, SEVERAL}
            return PostId(post) if is_look else there
        name = self._found(post)
        if name == SEVERAL:
            raise ValueError("posts of this id were heard in several places; say in 'place' which is meant")
        if not self.heard.is_complete and not (name is None and post.startswith(LOOKS)):
            raise ValueError(
                f"more than {self.heard.at_least:,} posts were heard, and another of this id may be among those before"
                " them; say in 'place' which is meant"
            )
        return PostId(post) if name is None else name

    def _known(self, id_: str) -> PostId | None:
        """Look up what has this id, in this run and before."""
        heard, earlier = self.heard.get(id_), self.earlier.get(id_)
        if heard is None or earlier is None:
            return earlier if heard is None else heard
        return heard if heard == earlier else SEVERAL

    def _found(self, post: str) -> PostId | None:
        """Look a post up by its id; what an answer to it led to, by the id of the answer behind it."""
        known = self._known(post)
        first, led_to, answer = post.rpartition(":")
        if known is not None or not led_to:
            return known
        name = self._found(first)
        return PostId(f"{name}:{escaped(answer)}") if name else name
