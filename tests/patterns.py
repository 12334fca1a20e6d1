"""Every regular expression of Kabar: those that are written out, and those made at run time.

``python -m tests.patterns`` prints those that are made while modules are loaded and a text is
read in each language, as JSON: what has been made already in another process cannot be seen.
"""

from __future__ import annotations

import ast
import functools
import importlib
import json
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import regex

import streams


if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(streams.__file__).parent

_TEXT = "“12 killed.” 1 000, 2015 200.\n\nA. 12, 13."
"""Numbers, quotations and paragraphs, in no language in particular."""

_FUNCTIONS = ("compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub")


class Expression(NamedTuple):
    """A regular expression and where it stands, as ``file.py:line``; ``module`` is re or regex."""

    place: str
    module: str
    pattern: str
    flags: int

    def compiled(self) -> regex.Pattern[str]:
        """Return it as one of ``regex``, which tells more than ``re``."""
        return regex.compile(self.pattern, self.flags)


def written() -> tuple[list[Expression], set[str]]:
    """Return what is written out, and the places where something is made at run time."""
    found: list[Expression] = []
    made: set[str] = set()
    for path in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (module := _module(node.func)):
                place = f"{path.relative_to(FOLDER)}:{node.lineno}"
                pattern = node.args[0]
                if isinstance(pattern, ast.Constant):
                    found.append(Expression(place, module, _text(pattern.value), _flags(node)))
                else:
                    made.add(place)
    return found, made


@functools.cache
def made() -> list[Expression]:
    """Return what a process makes that loads everything and reads a text in each language."""
    printed = subprocess.run(
        [sys.executable, "-m", "tests.patterns"], check=True, capture_output=True, cwd=FOLDER.parent
    ).stdout
    return [Expression(*one) for one in json.loads(printed)]


def _module(function: ast.expr) -> str | None:
    """Return re or regex where a function is one of theirs that takes a pattern."""
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        named = function.value.id
        return named if named in ("re", "regex") and function.attr in _FUNCTIONS else None
    return None


def _text(pattern: object) -> str:
    return pattern.decode("latin-1") if isinstance(pattern, bytes) else str(pattern)


def _flags(node: ast.Call) -> int:
    names = [
        one.attr
        for given in (*node.args[1:], *node.keywords)
        for one in ast.walk(given)
        if isinstance(one, ast.Attribute)
        and isinstance(one.value, ast.Name)
        and one.value.id in ("re", "regex")
    ]
    return sum(int(getattr(regex, name)) for name in names)


def _recorded(found: dict[Expression, None], module: Any, name: str) -> Callable[..., Any]:  # noqa: ANN401 - re or regex
    function = getattr(module, name)

    def recorded(pattern: Any, *more: Any, **named: Any) -> Any:  # noqa: ANN401 - as the function has it
        caller = sys._getframe(1)
        path = Path(caller.f_code.co_filename)
        if path.is_relative_to(FOLDER) and isinstance(pattern, str):
            flags = more[0] if name == "compile" and more else named.get("flags", 0)
            place = f"{path.relative_to(FOLDER)}:{caller.f_lineno}"
            found[Expression(place, module.__name__, pattern, int(flags))] = None
        return function(pattern, *more, **named)

    return recorded


def _main() -> None:
    found: dict[Expression, None] = {}
    for module in (re, regex):
        for name in _FUNCTIONS:
            setattr(module, name, _recorded(found, module, name))
    for one in pkgutil.walk_packages(streams.__path__, "streams."):
        if not one.name.endswith("__main__"):
            importlib.import_module(one.name)
    streams.enrich(streams.RawArticle(text=_TEXT))
    enrichment = importlib.import_module("streams.enrichment")
    for code in streams.languages.available():
        known = streams.records.Language(code=code, confidence=1.0, reliable=True)
        vars(enrichment)["detect_language"] = lambda *_, known=known, **__: known
        streams.enrich(streams.RawArticle(text=_TEXT))
    print(json.dumps(list(found)))  # noqa: T201 - that is what it is for


if __name__ == "__main__":
    _main()
