"""The catalogue of texts as Babel reads it, for tests: what the source marks, what is kept, what translations say."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from bot.texts import DOMAIN, FOLDER, PLACEHOLDER, REVIEWED
from tests.journeys import ROOT

PACKAGES: Final = ("bot", "adapters", "rules")
TEMPLATE: Final = FOLDER / f"{DOMAIN}.pot"
TRANSLATIONS: Final = sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))

Texts = dict[str, set[str]]
"""Each text in English, and the files it stands in."""


def marked() -> Texts:
    """Find every text that the source marks."""
    found: Texts = {}
    for package in PACKAGES:
        for file, _, text, *_ in extract_from_dir(ROOT / package, keywords={"N_": None}):
            assert isinstance(text, str)
            found.setdefault(text, set()).add(f"{package}/{file}")
    return found


def kept() -> Texts:
    """Read the texts that the catalogue keeps."""
    return {_english(each): {file for file, _ in each.locations} for each in _messages(TEMPLATE)}


def calls(home: str, name: str) -> Iterator[tuple[str, ast.Call]]:
    """Find every call of what a file defines under a name, there and wherever it is imported."""
    module = home.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    for path in sorted(each for package in PACKAGES for each in (ROOT / package).rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        imported = any(isinstance(node, ast.ImportFrom) and node.module == module for node in nodes)
        if not imported and path != ROOT / home:
            continue
        for node in nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield str(path.relative_to(ROOT)), node


def faults(translation: Path) -> list[str]:
    """List what keeps a translation from shipping: nobody reviewed it, a placeholder is lost, `make texts` is due."""
    with translation.open("rb") as file:
        catalogue = read_po(file)
    strings = {_english(each): str(each.string) for each in _messages(translation) if each.string}
    found = [] if REVIEWED.fullmatch(catalogue.language_team) else ["no person has reviewed it"]
    found += [
        f"placeholders differ: {english}"
        for english, string in strings.items()
        if set(PLACEHOLDER.findall(string)) != set(PLACEHOLDER.findall(english))
    ]
    with translation.with_suffix(".mo").open("rb") as file:
        compiled = {_english(each): str(each.string) for each in read_mo(file) if each.id}
    if compiled != strings:
        found.append("it was not compiled anew")
    return found


def _messages(path: Path) -> list[Message]:
    with path.open("rb") as file:
        return [each for each in read_po(file) if each.id]


def _english(message: Message) -> str:
    return str(message.id)
