"""``kabar extract`` reads anything, prints in order, and says what it could not read."""

from __future__ import annotations

import gzip
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import zstandard

from streams.enrichment import Examination, enrich, examine
from streams.records import RawArticle, to_json
from tests.embedded import kabar, process, spawn


if TYPE_CHECKING:
    from collections.abc import Callable

SEED = Path(__file__).parent.parent.parent / "shared" / "seed" / "000_9da16c0b2ff913ca.txt"

TEXT = "Serangan udara menewaskan 70 orang di Palu pada hari Senin, kata Gubernur Rusdy Mastura."
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}
HOSTILE = "Two \x1b]0;owned\x07 soldiers \x9b31m were \u202e killed \x1b[2J in Palu"


def records(out: str) -> list[dict[str, Any]]:
    """Return the records in what was printed, a line each."""
    return [orjson.loads(line) for line in out.splitlines()]


def test_each_article_gives_one_line_in_order(archive: Path) -> None:
    """The line is the record that ``enrich`` makes, byte for byte."""
    ran = kabar("extract", archive)
    assert (ran.status, ran.err) == (0, "")
    assert [record.get("title") for record in records(ran.out)] == [None, "Quiet day", None]
    raw = RawArticle(id="b", title="Quiet day", text="Nothing happened.", published_at="2026-10-01T01:00:00Z")
    assert ran.out.splitlines()[1].encode() == to_json(enrich(raw))


def test_reading_twice_gives_the_same_bytes() -> None:
    """Nothing of the run is in the record; two processes agree, whatever seed their hashes have."""
    if not SEED.exists():
        pytest.skip("the seed article is not there")
    first, second = (spawn("extract", "--alerts", SEED, env={"PYTHONHASHSEED": seed}) for seed in ("1", "2"))
    assert first == second
    assert first.status == 0
    assert len(records(first.out)) == 1


@pytest.mark.parametrize("packed", PACKERS)
def test_archives_of_every_kind_are_read_together(tmp_path: Path, packed: str) -> None:
    """A folder of text, pages and lines, compressed or not, in the order of their names."""
    pack = PACKERS[packed]
    for name, content in (
        ("1.txt", TEXT),
        ("2.html", f"<html><body><p>{TEXT}</p></body></html>"),
        ("3.jsonl", f'{{"text":"{TEXT}"}}\n' * 2),
        ("4.json", f'{{\n"text": "{TEXT}"}}'),
    ):
        (tmp_path / f"{name}{packed}").write_bytes(pack(content.encode()))
    ran = kabar("extract", tmp_path)
    assert ran.status == 0
    assert [record["text"] for record in records(ran.out)] == [TEXT] * 5


@pytest.mark.parametrize(
    "given",
    [TEXT, f"  \n{TEXT}", f'{{"text":"{TEXT}"}}', f"<p>{TEXT}</p>", f'\n\n{{"text":"{TEXT}"}}\n'],
    ids=["text", "text behind blanks", "JSON", "HTML", "JSON behind blanks"],
)
def test_standard_input_may_be_lines_text_or_a_page(given: str) -> None:
    """What it is shows in its first byte."""
    ran = spawn("extract", "-", stdin=given.encode())
    assert (ran.status, ran.err) == (0, "")
    assert [str(record["text"]).strip() for record in records(ran.out)] == [TEXT]


@pytest.mark.parametrize("packed", PACKERS)
def test_standard_input_may_be_compressed(packed: str) -> None:
    """That shows in its first bytes too; no FILES at all means standard input."""
    ran = spawn("extract", stdin=PACKERS[packed](f'{{"text":"{TEXT}"}}\n'.encode() * 2))
    assert (ran.status, ran.err) == (0, "")
    assert [record["text"] for record in records(ran.out)] == [TEXT] * 2


def test_an_article_is_printed_before_the_next_one_is_read() -> None:
    """Standard input may stay open for ever; what came in goes out."""
    with process("extract", "-") as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for number in range(3):
            running.stdin.write(b'{"id":"%d","text":"one more"}\n' % number)
            running.stdin.flush()
            assert orjson.loads(running.stdout.readline())["id"] == str(number)
        running.stdin.close()
        assert running.wait() == 0


def test_what_cannot_be_read_is_said_and_passed_by(tmp_path: Path) -> None:
    """Every fault is a line with its place; all that can be read is printed; the status is 1."""
    bad = tmp_path / "a.jsonl"
    bad.write_bytes(b'{"text":"one"}\n{"text":\n[1]\n{"id":"x"}\n\xff\xfe\n{"text":"two"}\n')
    (tmp_path / "b.txt").write_bytes(b"caf\xe9")
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(b'{"text":"three"}\n' * 9)[:-9])
    (tmp_path / "d.txt").write_text("four")
    ran = kabar("extract", tmp_path)
    assert ran.status == 1
    read = [record["text"] for record in records(ran.out)]
    assert (read[:2], read[-1]) == (["one", "two"], "four")
    said = [line.removeprefix(f"{tmp_path}/") for line in ran.err.splitlines()]
    assert [line.split(": ")[:2] for line in said] == [
        ["a.jsonl:2", "decode/not_json"],
        ["a.jsonl:3", "decode/not_an_object"],
        ["a.jsonl:4", "decode/no_text"],
        ["a.jsonl:5", "decode/not_utf8"],
        ["b.txt:1", "archive/not_utf8"],
        [f"c.jsonl.gz:{len(read) - 2}", "archive/broken"],
    ]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.txt", "a.html", "a.jsonl.gz", "a.jsonl.zst"])
def test_a_file_of_nul_bytes_is_one_fault(tmp_path: Path, name: str) -> None:
    """What a crashed disk leaves behind is said, whatever the file is called."""
    (tmp_path / name).write_bytes(bytes(10_000))
    ran = kabar("extract", tmp_path / name)
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert "Traceback" not in ran.err


def test_a_fault_of_kabars_own_is_said_and_stops_nothing(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An article that sets off a bug is named; its text is not."""

    def faulty(raw: RawArticle) -> Examination:
        if raw.id == "b":
            raise RecursionError(raw.text)
        return examine(raw)

    monkeypatch.setattr("streams.commands.extract.examine", faulty)
    ran = kabar("extract", archive)
    assert (ran.status, len(records(ran.out))) == (1, 2)
    assert "day.jsonl:2: enrich/internal: a fault of Kabar's own: RecursionError" in ran.err
    assert "Nothing happened" not in ran.err


def test_alerts_are_added_to_each_record(tmp_path: Path) -> None:
    """The key ``alerts`` comes on top; the rest of the record stays as it is."""
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.txt").write_text(
        "Harga beras turun di pasar kota pada hari Senin, kata para pedagang di sana."
    )
    plain, alerted = kabar("extract", tmp_path), kabar("extract", "--alerts", tmp_path)
    found = records(alerted.out)
    rules = [[alert["rule"] for alert in record.pop("alerts")] for record in found]
    assert rules == [["mass_casualties"], []]
    assert found == records(plain.out)


def test_a_rules_file_replaces_the_built_in_rules(tmp_path: Path) -> None:
    """By option or by variable."""
    (tmp_path / "a.txt").write_text(TEXT)
    rules = tmp_path / "rules.toml"
    rules.write_text("")
    broken = tmp_path / "broken.toml"
    broken.write_text("[[rule]]\nid = 5\n")
    assert kabar("extract", "--rules", broken, tmp_path).status == 2
    assert "broken.toml" in kabar("extract", tmp_path, env={"KABAR_RULES": str(broken)}).err
    assert kabar("extract", "--rules", tmp_path / "none.toml", tmp_path).status == 2


def test_the_language_option_helps_where_an_article_names_none(tmp_path: Path) -> None:
    """It is a hint: the article's own word comes first, and a text that speaks for itself needs none."""
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"text":"2 tewas"}}\n{{"text":"2 tewas","language":"tl"}}\n{{"text":"{TEXT}"}}\n')
    ran = kabar("extract", "--language", "id", path)
    assert [record["language"]["code"] for record in records(ran.out)] == ["id", "tl", "id"]


def test_pretty_is_the_same_json_indented(archive: Path) -> None:
    """For reading with one's own eyes."""
    plain, pretty = kabar("extract", archive).out, kabar("extract", "--pretty", archive).out
    assert pretty.startswith('{\n  "schema": "kabar.enriched.v1",\n')
    assert orjson.loads("[" + pretty.replace("\n}\n{", "\n},\n{") + "]") == records(plain)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-file.jsonl"], "no-such-file.jsonl: No such file or directory"),
        (["{folder}"], "no archives in this folder"),
        (["{folder}/notes.md"], "not a kind of archive that is read"),
        (["--no-such-option"], "No such option"),
        (["--language", "klingon", "-"], "cannot be detected"),
        (["--pretty", "--explain", "-"], "give one of them"),
        (["-", "-"], "once only"),
        (["\0"], "null"),
    ],
)
def test_wrong_usage_ends_with_2_before_any_work(tmp_path: Path, arguments: list[str], said: str) -> None:
    """The error says what is wrong; nothing is printed, not even what could have been."""
    (tmp_path / "notes.md").write_text("x")
    fine = tmp_path / "fine"
    fine.mkdir()
    (fine / "a.txt").write_text(TEXT)
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "notes.md").write_text("x")
    ran = kabar("extract", fine, *(argument.replace("{folder}", str(folder)) for argument in arguments))
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


def test_a_closed_pipe_ends_it_quietly(tmp_path: Path) -> None:
    """As in ``kabar extract … | head -1``."""
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"text":"{TEXT}"}}\n' * 500)
    with process("extract", path) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline().startswith(b'{"schema"')
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 128 + 13


def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    """No traceback, and not status 0."""
    (tmp_path / "a.txt").write_text(TEXT)
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "streams", "extract", str(tmp_path)]
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert (ran.returncode, ran.stderr) == (1, b"Error: [Errno 28] No space left on device\n")


def test_the_explanation_names_every_figure_and_the_rules_that_made_it(tmp_path: Path) -> None:
    """Spans, values, who says so, what was silenced: all that is in the record, in words."""
    (tmp_path / "a.txt").write_text(TEXT)
    (record,) = records(kabar("extract", tmp_path).out)
    out = kabar("extract", "--explain", tmp_path).out
    (figure,) = record["figures"]
    assert f"[{figure['start']}:{figure['end']}]" in out
    assert " › ".join(figure["rule"]) in out
    assert f"{figure['claimant']['surface']} [" in out
    for keyword in record["keywords"]:
        assert f"[{keyword['start']}:{keyword['end']}]" in out
    for part in ("language   id", "alerts (1)", "words silenced", "numbers that are no figures"):
        assert part in out
    assert "\x1b" not in out


def test_the_explanation_names_what_became_of_an_event(tmp_path: Path) -> None:
    """Who is free, and what was none after all: rules are cancelled by it."""
    (tmp_path / "a.txt").write_text(
        "All 24 hostages were released on Monday, the army said. "
        "The blast in Surabaya was a drill, police said."
    )
    out = kabar("extract", "--explain", tmp_path).out
    assert "findings (2)\n  released asserted all\n     [16:29]" in out
    assert "exercise asserted\n     [84:89]" in out


def on_a_terminal(*arguments: object) -> str:
    """Return what a command shows on a terminal of its own."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "streams", *map(str, arguments)],
        stdout=theirs,
        stderr=theirs,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"},
    ):
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65_536):
                shown += part
        except OSError:  # the other end has closed
            pass
    os.close(ours)
    return shown.decode()


def test_a_terminal_gets_colours_and_nothing_of_what_an_article_hides(tmp_path: Path) -> None:
    """Escape sequences in a text could retitle the window, clear it, or turn its direction."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        orjson.dumps({"title": HOSTILE, "text": HOSTILE, "source": HOSTILE, "url": HOSTILE, "id": HOSTILE})
    )
    shown = on_a_terminal("extract", "--explain", path)
    assert "\x1b[1m" in shown
    assert "soldiers" in shown
    for sequence in ("\x1b]0;", "\x07", "\x9b", "\u202e", "\x1b[2J"):
        assert sequence not in shown


def test_neither_kafka_nor_faust_is_imported(archive: Path) -> None:
    """``extract`` starts fast, and works where no Kafka client does."""
    program = (
        "import sys\nfrom streams.__main__ import main\n"
        "try:\n    main(sys.argv[1:])\nfinally:\n"
        "    print({'faust', 'aiokafka', 'confluent_kafka'} & set(sys.modules), file=sys.stderr)"
    )
    for arguments in (["extract", str(archive)], ["--help"]):
        ran = subprocess.run(
            [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
        )
        assert ran.stderr == "set()\n"
