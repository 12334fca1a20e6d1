"""What docs/guarantees.md says is so: its tests, commands, settings and log lines are there."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from streams.settings import Settings


ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/guarantees.md").read_text("utf-8")

FAULTS = ("test_faults_*.py", "test_health.py", "test_watchdog.py")
"""Files whose every test against a broker stands on the page."""


@cache
def _tests(pattern: str) -> dict[str, list[str]]:
    """Return the names of test functions in the files of a pattern, and the files that have each."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").glob(pattern)):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                found.setdefault(node.name, []).append(path.name)
    return found


def _section(title: str) -> str:
    """Return what stands below a heading of the second level."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def _commands() -> list[str]:
    """Return the shell commands of the page without their comments."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    lines = [re.sub(r"\s+#.*", "", line).strip() for block in blocks for line in block.splitlines()]
    return sorted(set(filter(None, lines)))


def test_the_tests_that_the_page_names_are_there() -> None:
    """Each name belongs to exactly one test, so that ``-k NAME`` runs that one."""
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 20
    everywhere = _tests("test_*.py")
    assert {name: everywhere.get(name, []) for name in named if len(everywhere.get(name, ())) != 1} == {}


def test_no_test_of_a_fault_is_left_out() -> None:
    """Whoever adds one says on the page what it shows."""
    names = {name for pattern in FAULTS for name in _tests(pattern)}
    assert sorted(name for name in names if f"`{name}`" not in PAGE) == []


def test_the_files_that_the_page_names_are_there() -> None:
    """In code marks, and behind links."""
    named = re.findall(r"`((?:streams|tests|deploy|docs)/[\w./-]+)`", PAGE)
    linked = re.findall(r"\]\(((?!http)[\w./-]+)\)", PAGE)
    assert [path for path in named if not (ROOT / path).exists()] == []
    assert [path for path in linked if not (ROOT / "docs" / path).exists()] == []


def test_the_settings_that_the_page_names_are_there() -> None:
    """With the defaults that it gives."""
    known = {one.name: one.value for one in Settings().effective()}
    named = set(re.findall(r"`(KABAR_[A-Z_]+)(?:=\d+)?`", PAGE))
    assert len(named) > 5
    assert sorted(named - known.keys() - {"KABAR_TEST_BROKER"}) == []
    said = dict(re.findall(r"`(KABAR_[A-Z_]+)` \((\d+)(?: MB)?\)", PAGE))
    assert said
    for name, number in said.items():
        assert known[name] in {number, f"{number}000000"}, name


def test_the_log_lines_of_the_page_are_written_somewhere() -> None:
    """An operator who looks for the words of a line finds them."""
    table = _section("Something is wrong: what to do").split("| the log says |")[1].split("\n\n")[0]
    words = re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    assert len(words) > 8
    sources = "".join(path.read_text("utf-8") for path in sorted((ROOT / "streams").rglob("*.py")))
    assert [part for part in words if part.rstrip("=:") not in sources] == []


@pytest.mark.parametrize("line", _commands())
def test_the_commands_of_the_page_can_be_run(line: str) -> None:
    """Make knows the target, kabar the command, and pytest finds tests by the words given."""
    words = shlex.split(line)
    if words[0] == "make":
        command = ["make", "--dry-run", *words[1:]]
    elif words[1:3] == ["-m", "pytest"]:
        # As a shell has it.
        given = [
            str(one) for word in words[3:] for one in (sorted(ROOT.glob(word)) if "/" in word else [word])
        ]
        command = [sys.executable, "-m", "pytest", *given, "--collect-only", "-q"]
    else:
        assert words[0] == ".venv/bin/kabar", line
        command = [sys.executable, "-m", "streams", words[1], "--help"]
    done = subprocess.run(command, check=False, capture_output=True, cwd=ROOT, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
