"""What may go to a terminal, and the bars and colours that go there alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import regex


if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import Console
    from rich.progress import Progress
    from rich.text import Text


# Control characters (escape sequences begin with one), lone surrogates, line and paragraph
# separators, and the marks that turn the direction of all text behind them.
_UNSAFE = regex.compile(r"[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]")
_GAPS = regex.compile(r"\s++")

SEVERITY_STYLES = {"critical": "bold white on red", "high": "bold red", "medium": "yellow", "low": "cyan"}
"""How each severity of an alert is coloured."""


def printable(text: str | None, limit: int | None = None) -> str:
    """Return ``text`` as one line that does nothing to a terminal but show.

    Text of articles is anybody's: escape sequences in it could retitle the window or hide
    lines. ``limit`` cuts to so many characters, the last of them an ellipsis.
    """
    line = _GAPS.sub(" ", _UNSAFE.sub(" ", text or "")).strip()
    return line if limit is None or len(line) <= limit else line[: limit - 1].rstrip() + "…"


def escaped(value: bytes) -> str:
    r"""Return bytes as text that shows what is in them, lines kept, and does nothing to a terminal.

    What is not UTF-8, and what a terminal would obey, is written as ``\x1b`` or ``\u202e``.
    """
    text = value.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    return "\n".join(_UNSAFE.sub(_escape, line) for line in text.split("\n"))


def _escape(match: regex.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - as Python writes it


def console(stream: TextIO | None = None) -> Console:
    """Return a console on ``stream`` (standard output); coloured on a terminal only.

    Where it is not a terminal lines are never wrapped: whoever reads it wants one line as one.
    """
    from rich.console import Console  # noqa: PLC0415 - the worker makes text printable and prints none

    stream = stream or sys.stdout
    terminal = stream.isatty()
    return Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=not terminal)


def write(on: Console, text: Text) -> None:
    """Print lines; on a terminal one that is too long goes on below, set in by two more."""
    from rich.text import Text  # noqa: PLC0415 - as above

    if not on.is_terminal:
        on.print(text)
        return
    for line in text.split("\n", allow_blank=True):
        indent = len(line.plain) - len(line.plain.lstrip(" "))
        first, *rest = line[indent:].wrap(on, max(on.width - indent - 2, 20)) or [line]
        on.print(Text(" " * indent) + first, no_wrap=True, overflow="ignore", crop=False)
        for more in rest:
            on.print(Text(" " * (indent + 2)) + more, no_wrap=True, overflow="ignore", crop=False)


def progress(
    description: str, *, unit: str | None = None, on: Console | None = None, hidden: bool = False
) -> Progress:
    """Return a progress bar on standard error, or on ``on``; silent where that is no terminal.

    With ``unit`` it counts things of that name, else it shows a share.
    """
    from rich import progress as rich  # noqa: PLC0415 - as above

    bar = on or console(sys.stderr)
    counts = [rich.MofNCompleteColumn(), rich.TextColumn(unit)] if unit else [rich.TaskProgressColumn()]
    return rich.Progress(
        rich.SpinnerColumn(),
        rich.TextColumn(description),
        rich.BarColumn(),
        *counts,
        rich.TimeElapsedColumn(),
        console=bar,
        disable=hidden or not bar.is_terminal,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
