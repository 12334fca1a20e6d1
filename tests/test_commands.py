"""``kabar`` lists its commands without importing them, and small commands tell the truth."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson
import pytest

import streams
from streams import languages
from streams.__main__ import COMMANDS
from tests.embedded import kabar, spawn


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def test_the_help_lists_every_command_with_its_line() -> None:
    """In the order of the table, each on one line of 80 columns."""
    ran = kabar("--help")
    assert ran.status == 0
    listed = ran.out.partition("Commands:\n")[2].splitlines()
    assert [line.split(maxsplit=1) for line in listed] == [[name, help_] for name, help_ in COMMANDS.items()]
    assert max(map(len, ran.out.splitlines())) <= 80


def test_every_module_of_a_command_is_listed() -> None:
    """A command that is written is a command that can be found."""
    modules = {path.stem for path in Path(streams.__file__).parent.joinpath("commands").glob("*.py")}
    assert {name.replace("-", "_") for name in COMMANDS} == modules - {"__init__"}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_of_its_own(name: str) -> None:
    """With a first line that says what it does, and a word for each option."""
    found = importlib.import_module(f"streams.commands.{name.replace('-', '_')}").command
    assert isinstance(found, click.Command)
    for help_option in ("--help", "-h"):
        ran = kabar(name, help_option)
        assert ran.status == 0
        assert ran.out.startswith(f"Usage: kabar {name} ")
    assert all(option.help for option in found.params if isinstance(option, click.Option))


@pytest.mark.parametrize(
    ("arguments", "said"), [(["no-such-command"], "No such command"), (["--nope"], "No such option")]
)
def test_what_is_no_command_ends_with_2(arguments: list[str], said: str) -> None:
    """And with a pointer to the help."""
    ran = kabar(*arguments)
    assert ran.status == 2
    assert said in ran.err
    assert "kabar -h" in ran.err


def test_the_version_is_that_of_the_package() -> None:
    """One place says it."""
    assert kabar("--version").out == f"kabar {streams.__version__}\n"


def test_output_that_the_terminal_cannot_show_is_escaped() -> None:
    """A locale without UTF-8 ends no command."""
    env = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    ran = spawn("extract", "--explain", stdin="Жертвы".encode(), env=env)
    assert ran.status == 0
    assert "\\u0416" in ran.out


def test_languages_are_listed_in_three_forms() -> None:
    """A table for people, one for the README, and JSON; each has every language."""
    rows = orjson.loads(kabar("languages", "--format", "json").out)
    assert [row["code"] for row in rows] == list(languages.available())
    assert all(row[count] > 0 for row in rows for count in row if count not in ("code", "name"))
    text, markdown = kabar("languages").out, kabar("languages", "--format", "markdown").out
    width = max(len(row["code"]) for row in rows)
    for row in rows:
        assert f"{row['code']:<{width}}  {row['name']}" in text
        assert f"| {row['code']:<{width}} | {row['name']}" in markdown
    widths = {len(line) for line in markdown.splitlines()}
    assert len(widths) == 1
    assert "detected, without data for more: af bg " in text


def test_check_is_silent_about_what_is_right() -> None:
    """One line, status 0."""
    ran = kabar("check")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("settings, rules and ")


@pytest.fixture
def language_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Give what puts a language file into a folder that Kabar takes for its own."""
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    languages.available.cache_clear()

    def write(code: str, content: str) -> None:
        (tmp_path / f"{code}.toml").write_text(content)

    yield write
    languages.available.cache_clear()


def test_check_names_every_mistake_with_file_and_key(
    tmp_path: Path, language_files: Callable[[str, str], None]
) -> None:
    """Settings, rules and two languages at once: each mistake is a line, and the status is 1."""
    language_files("xx", 'code = "xx"\nnaem = "Misspelt"\n')
    language_files("yy", "this is no TOML")
    rules = tmp_path / "rules.toml"
    rules.write_text("[[rule]]\nid = 5\n")
    ran = kabar("check", "--rules", rules, env={"KABAR_BROKER": "x", "KABAR_TLS": "perhaps"})
    assert (ran.status, ran.out) == (1, "")
    lines = ran.err.splitlines()
    assert [line.split(":")[0] for line in lines if "TLS" in line or "BROKER" in line] == ["environment"] * 2
    assert any("rules.toml: " in line for line in lines)
    assert any(line.startswith("xx.toml: ") and "naem" in line for line in lines)
    assert any(line.startswith("yy.toml: ") for line in lines)


def test_check_takes_the_rules_file_from_the_settings(tmp_path: Path) -> None:
    """The file that the worker would read is the one that is checked."""
    rules = tmp_path / "mine.toml"
    rules.write_text("rule = 1")
    ran = kabar("check", env={"KABAR_RULES": str(rules)})
    assert ran.status == 1
    assert "mine.toml" in ran.err
