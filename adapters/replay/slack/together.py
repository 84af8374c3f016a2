"""Several exports of one workspace, heard as one. Of a post that more than one holds, each may tell other readers."""

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from itertools import groupby
from typing import NamedTuple

from bot.message import PlaceId, PostId
from bot.platform import Deletion, Heard, Post, Readers, moment


class Beginning(NamedTuple):
    """Of a place, when the first record of an export is, and who could read it up to then."""

    at: datetime
    readers: Readers


@dataclass(frozen=True, slots=True)
class Told:
    """What one export tells, by its time."""

    heard: Iterator[Heard] = field(repr=False)
    beginnings: Mapping[PlaceId, Beginning] = field(repr=False)
    """Of its places. Known once the first thing was heard."""


def together(exports: Collection[Told]) -> Iterator[Heard]:
    """Merge what exports tell by its time, with the readers they agree on.

    Of one moment, a post comes as an older export has it before a newer one has it edited, and its deletion last. So
    the verdict does not hang on which is named first.
    """
    for _, at_once in groupby(heapq.merge(*(each.heard for each in exports), key=moment), key=moment):
        heard = sorted(at_once, key=_version)
        readers = _readers((each for each in heard if isinstance(each, Post)), exports)
        for each in heard:
            yield replace(each, readers=readers[each.id]) if isinstance(each, Post) else each


def _version(heard: Heard) -> tuple[bool, str]:
    return isinstance(heard, Deletion), heard.revision if isinstance(heard, Post) else ""


def _readers(posts: Iterable[Post], exports: Collection[Told]) -> dict[PostId, Readers]:
    """Say of each post who could read it. A post's id begins with its place."""
    readers: dict[PostId, Readers] = {}
    for post in posts:
        told = readers.get(post.id)
        by_later = _by_later(post, exports) if told is None else [told]
        readers[post.id] = reduce(_of_both, by_later, post.readers)
    return readers


def _by_later(post: Post, exports: Iterable[Told]) -> list[Readers]:
    """Say who could read a post's place by each export that begins there later: it has who has joined or left since.

    Where its own does not list them, a later one cannot say who was there, either.
    """
    beginnings = (each.beginnings.get(post.place) for each in exports if post.readers.known)
    return [each.readers for each in beginnings if each is not None and post.sent_at < each.at]


def _of_both(one: Readers, other: Readers) -> Readers:
    """Join two answers. Whom one has for certain and the other does not know of may have read it.

    An older list has who has gone since without a record; a newer one has who joined before its first record.
    """
    if not (one.known and other.known):
        return one if one.known else other
    of_one, of_other = one.accounts | one.perhaps, other.accounts | other.perhaps
    surely = (one.accounts | other.accounts) & of_one & of_other
    return Readers(surely, surely, perhaps=(of_one | of_other) - surely)
