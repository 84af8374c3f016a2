"""`python -m bench`: measure, print a report, keep it as JSON."""

import argparse
import sys
import tempfile
from itertools import chain
from pathlib import Path
from typing import Final

from bench import corpus, reading, scan, sections
from bench.journey import Day
from bench.report import Report, machine
from bench.scorecard import gate

RESULTS: Final = Path("bench-results")


def main() -> int:
    """Measure. The exit code is 0 whatever comes of it, unless `--gate` asks for more."""
    arguments = _arguments()
    size = sections.FULL if arguments.full else sections.QUICK if arguments.quick else sections.USUAL
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        report = _read(size, Path(name)) if arguments.reading else _run(size, Path(name))
    sys.stdout.write(report.markdown() + "\n")
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(report.json() + "\n", encoding="utf-8")
    missed = gate(report.results) if arguments.gate else []
    for each in missed:
        sys.stderr.write(f"{each.target.id}: {each.target.says} misses its target by more than the margin.\n")
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure speed as ratios within one run.")
    much = parser.add_mutually_exclusive_group()
    much.add_argument("--quick", action="store_true", help="three passes, about two minutes")
    much.add_argument("--full", action="store_true", help="seven passes, an open loop and a replay of a million posts")
    parser.add_argument("--reading", action="store_true", help="only how fast texts are read for what they are about")
    parser.add_argument(
        "--json", type=Path, default=RESULTS / "bench.json", metavar="FILE", help="where the numbers go"
    )
    parser.add_argument("--folder", type=Path, default=RESULTS, help="the disk to measure on")
    parser.add_argument("--gate", action="store_true", help="exit with 1 when a ratio misses its target by over 30 %%")
    return parser.parse_args()


def _read(size: sections.Size, folder: Path) -> Report:
    sections_read = (sections.meaning(size, folder), sections.whole(size, folder))
    measured, results = (each for each, _ in sections_read), chain(*(decided for _, decided in sections_read))
    checksum = corpus.checksum(sorted(path.read_bytes() for path in reading.DEV.glob("*.jsonl")))
    return Report("Chaperone's reading", checksum, (), tuple(measured), tuple(results), machine())


def _run(size: sections.Size, folder: Path) -> Report:
    day = Day.of(size.posts, folder)
    texts = corpus.texts(corpus.listed_words(scan.LISTED), size.texts)
    measured, results = [], []
    for section, decided in sections.every(day, size, folder):
        sys.stderr.write(f"{section.name}: measured\n")
        measured.append(section)
        results += decided
    checksum = corpus.checksum((*day.lines, *(text.encode() for text in texts)))
    return Report("Chaperone's speed", checksum, (sections.shares(day),), tuple(measured), tuple(results), machine())


if __name__ == "__main__":
    sys.exit(main())
