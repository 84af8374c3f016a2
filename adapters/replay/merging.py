"""Many files heard as one, by time, with no more of them open than overlap."""

from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush, heapreplace
from typing import TypeVar

File = TypeVar("File")
Record = TypeVar("Record")


def merged(
    files: Iterable[tuple[float, File]], timed: Callable[[File], Iterator[tuple[float, Record]]]
) -> Iterator[tuple[float, File, Record]]:
    """Merge files by time. They come in the order of their first records, and `timed` gives one file's by their time.

    A file is opened only when the time of its first record has come. Of one time, the earlier file is first.
    """
    waiting = iter((*enumerate(files), None))
    upcoming = next(waiting)
    heap: list[tuple[float, int, Record, File, Iterator[tuple[float, Record]]]] = []
    while heap or upcoming:
        while upcoming and (not heap or upcoming[1][0] <= heap[0][0]):
            number, (_, file) = upcoming
            records = timed(file)
            for moment, record in records:
                heappush(heap, (moment, number, record, file, records))
                break
            upcoming = next(waiting)
        if not heap:
            continue
        moment, number, record, file, records = heap[0]
        yield moment, file, record
        following = next(records, None)
        if following is None:
            heappop(heap)
        else:
            heapreplace(heap, (following[0], number, following[1], file, records))
