"""Files of others are unchanged; the dashboard's page has no code that makes markup of text."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import streams


STATIC = Path(streams.__file__).parent / "dashboard" / "static"
TESTS = Path(__file__).parent
VENDORED = (STATIC / "vendor", TESTS / "browser" / "vendor", TESTS / "vendor")
OWN = sorted(path for path in STATIC.rglob("*") if path.is_file() and "vendor" not in path.parts)


@pytest.mark.parametrize("folder", VENDORED, ids=["page", "browser", "tests"])
def test_vendored_files_are_those_that_were_published(folder: Path) -> None:
    """Each has its version in its path, its licence beside it and the digest written down; none is extra."""
    listed = tomllib.loads((folder / "vendored.toml").read_text())
    expected = {
        Path(f"{name}-{package['version']}", file): digest
        for name, package in listed.items()
        for file, digest in package["sha256"].items()
    }
    found = {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "vendored.toml"
    }
    assert found == expected
    for name, package in listed.items():
        assert package["licence"]
        assert Path(f"{name}-{package['version']}", "LICENSE") in found


def test_the_page_is_part_of_the_package(tmp_path: Path) -> None:
    """Every file of it is in the wheel."""
    root = Path(streams.__file__).parent.parent
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    page = {path.relative_to(root).as_posix() for path in STATIC.rglob("*") if path.is_file()}
    assert page
    assert page <= names


FORBIDDEN = (
    r"\b(inner|outer)HTML\b",
    r"\binsertAdjacentHTML\b",
    r"\bcreateContextualFragment\b",
    r"\bDOMParser\b",
    r"\bsetHTMLUnsafe\b",
    r"\bdocument\.write",
    r"\beval\(",
    r"\bnew Function\b",
    r"\bset(Timeout|Interval)\(\s*[\"'`]",
    r"setAttribute\(\s*[\"'](style|on\w+|srcdoc)",
)


@pytest.mark.parametrize("path", [path for path in OWN if path.suffix == ".js"], ids=lambda path: path.name)
def test_scripts_make_no_markup_of_strings(path: Path) -> None:
    """What an article says reaches the page as text alone."""
    source = path.read_text()
    assert not [pattern for pattern in FORBIDDEN if re.search(pattern, source)]


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_the_page_asks_nobody_else_for_anything(path: Path) -> None:
    """No address of another host is loaded, and nothing in the page runs or styles in line."""
    source = path.read_text()
    addresses = re.findall(r"https?://[^\s\"'<>`)]+|[\"'(]//[^\s\"'<>`)]+", source)
    # Names of vocabularies are no addresses, and a comment's example is reserved for examples.
    assert [one for one in addresses if not re.match(r"http://www\.w3\.org/|https://\S*\.example", one)] == []
    if path.suffix == ".html":
        assert not re.search(r"\sstyle\s*=|\son\w+\s*=|<style|javascript:", source)
        assert re.findall(r"<script(?![^>]*\ssrc=)", source) == []
