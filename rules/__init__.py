"""The policy, one file a rule. `ls rules` reads as its table of contents."""

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import Final

from bot.rule import Clause, Rule

FOLDER: Final = Path(__file__).parent


@cache
def every() -> tuple[type[Rule], ...]:
    """Find every rule, in the policy's order: the one class of each file here that names a clause."""
    modules = sorted(each.name for each in pkgutil.iter_modules([str(FOLDER)]))
    return tuple(_rule_of(name) for name in modules)


def _rule_of(module: str) -> type[Rule]:
    """Find the rule that a file holds. A file that holds none is a mistake of ours, and says so."""
    members = vars(importlib.import_module(f"rules.{module}")).values()
    own = (each for each in members if isinstance(each, type) and each.__module__ == f"rules.{module}")
    found = next((each for each in own if isinstance(getattr(each, "clause", None), Clause)), None)
    if found is None:
        raise ImportError(f"rules/{module}.py holds no rule: a rule is a class that names its clause")
    rule: type[Rule] = found
    return rule
