"""Several exports of one workspace, heard as one. Of a post that more than one holds, each may tell other readers."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from bot.message import PostId
from bot.platform import Heard, Post, Readers, moment


def together(exports: Iterable[Iterable[Heard]]) -> Iterator[Heard]:
    """Merge what exports tell by its time; what is of one moment comes in their order, with the readers they agree on.

    So the verdict does not hang on which is named first.
    """
    for _, at_once in groupby(heapq.merge(*exports, key=moment), key=moment):
        heard = list(at_once)
        readers = _readers(each for each in heard if isinstance(each, Post))
        for each in heard:
            yield replace(each, readers=readers[each.id]) if isinstance(each, Post) else each


def _readers(posts: Iterable[Post]) -> dict[PostId, Readers]:
    """Say of each post who could read it. A post's id begins with its place."""
    readers: dict[PostId, Readers] = {}
    for post in posts:
        told = readers.get(post.id)
        readers[post.id] = post.readers if told is None else _of_both(told, post.readers)
    return readers


def _of_both(one: Readers, other: Readers) -> Readers:
    """Join two answers. Whom one has for certain and the other does not know of may have read it.

    An older list has who has gone since without a record; a newer one has who joined before its first record.
    """
    if not (one.known and other.known):
        return one if one.known else other
    of_one, of_other = one.accounts | one.perhaps, other.accounts | other.perhaps
    surely = (one.accounts | other.accounts) & of_one & of_other
    return Readers(surely, surely, perhaps=(of_one | of_other) - surely)
