"""What README.md and CONTRIBUTING.md say is so: examples are real, commands are there."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from streams.alerts import load_rules
from streams.enrichment import read
from streams.records import to_json
from streams.settings import Settings


ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def blocks(language: str, text: str = README) -> list[str]:
    """Return the fenced blocks of a language in a document."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def shell_lines() -> list[str]:
    """Return the shell commands of the README without their comments."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [stripped for line in lines if (stripped := re.sub(r"\s+#.*", "", line).strip())]


def assert_within(part: Any, whole: Any, path: str = "") -> None:  # noqa: ANN401 - any JSON value
    """Check that an abridged value says nothing that the whole one does not."""
    if isinstance(part, dict):
        for key, value in part.items():
            assert key in whole, f"{path}.{key}"
            assert_within(value, whole[key], f"{path}.{key}")
    elif isinstance(part, list):
        assert len(part) == len(whole), path
        for index, (one, other) in enumerate(zip(part, whole, strict=True)):
            assert_within(one, other, f"{path}[{index}]")
    else:
        assert part == whole, path


def test_the_example_of_the_readme_is_what_comes_out() -> None:
    """The raw article of the first screen gives the enriched one and the alert beside it."""
    raw, enriched, alert = (json.loads(block) for block in blocks("json"))
    reading = read(json.dumps(raw).encode(), load_rules())
    assert_within(enriched, json.loads(to_json(reading.article)))
    assert len(reading.alerts) == 1
    assert_within(alert, json.loads(to_json(reading.alerts[0])))


def test_the_python_of_the_readme_runs() -> None:
    """The snippet runs as it stands."""
    for block in blocks("python"):
        subprocess.run([sys.executable, "-c", block], check=True, cwd=ROOT)


def test_the_language_table_of_the_readme_is_current() -> None:
    """The table is what the command prints."""
    table = subprocess.run(
        [sys.executable, "-m", "streams", "languages", "--format", "markdown"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    ).stdout
    assert table.strip() in README


@pytest.mark.parametrize("line", [line for line in shell_lines() if "kabar extract" in line])
def test_extract_commands_of_the_readme_run(line: str) -> None:
    """They print records; the sample archive's broken lines make the status 1."""
    words = shlex.split(line.replace(".venv/bin/kabar", f"{shlex.quote(sys.executable)} -m streams"))
    done = subprocess.run(words, check=False, capture_output=True, cwd=ROOT)
    assert done.returncode == 1
    assert len(done.stdout) > 10_000


@pytest.mark.parametrize("line", [line for line in shell_lines() if line.startswith(".venv/bin/kabar")])
def test_kabar_commands_of_the_readme_are_there(line: str) -> None:
    """Each command that the README names has a help text."""
    name = shlex.split(line)[1]
    done = subprocess.run(
        [sys.executable, "-m", "streams", name, "--help"], check=True, capture_output=True, cwd=ROOT
    )
    assert b"Usage" in done.stdout


@pytest.mark.parametrize("line", [line for line in shell_lines() if line.startswith("make ")])
def test_make_targets_of_the_readme_are_there(line: str) -> None:
    """Make knows each target."""
    subprocess.run(["make", "--dry-run", *shlex.split(line)[1:]], check=True, capture_output=True, cwd=ROOT)


def test_every_command_is_named_in_the_documents() -> None:
    """No command of kabar is a secret."""
    listed = subprocess.run(
        [sys.executable, "-m", "streams", "--help"], check=True, capture_output=True, text=True
    )
    commands = re.findall(r"^  ([a-z-]+)  +", listed.stdout.split("Commands:")[1], re.MULTILINE)
    assert len(commands) > 8
    documents = README + CONTRIBUTING + (ROOT / "CHANGELOG.md").read_text("utf-8")
    missing = [name for name in commands if f"`{name}`" not in documents and f"kabar {name}" not in documents]
    assert missing == []


def test_modules_and_files_that_the_documents_name_are_there() -> None:
    """Paths in code marks and links exist."""
    named = re.findall(
        r"`((?:streams|tests|deploy|requirements)/[\w./-]+)`|\]\(((?!http)[\w./-]+)\)", README + CONTRIBUTING
    )
    paths = [one or other for one, other in named]
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_no_file_names_a_package_registry_or_this_machine() -> None:
    """Addresses of registries and paths of one machine stand nowhere in the repository."""
    listed = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    pattern = re.compile(r"https?://[^ ]*(?:py" + r"pi|python" + r"hosted|npm" + r"js|maven)", re.IGNORECASE)
    found = []
    for name in listed.splitlines():
        path = ROOT / name
        if path.is_file() and pattern.search(path.read_text("utf-8", errors="ignore")):
            found.append(name)
    assert found == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    """Tests by their names, files in code marks and behind links, settings."""
    text = page.read_text("utf-8")
    tests = "".join(path.read_text("utf-8") for path in sorted((ROOT / "tests").rglob("*.py")))
    assert [name for name in re.findall(r"`(test_\w+)`", text) if f"def {name}(" not in tests] == []
    named = re.findall(r"`((?:streams|tests|deploy|docs)/[\w./-]+)`", text)
    named += [f"docs/{link}" for link in re.findall(r"\]\(((?!http)[\w./-]+)\)", text)]
    assert [path for path in named if not (ROOT / path).exists()] == []
    known = {one.name for one in Settings().effective()} | {"KABAR_TEST_BROKER"}
    settings = set(re.findall(r"`(KABAR_[A-Z_]+)", text))
    assert sorted(name for name in settings if name.removesuffix("_FILE") not in known) == []
