"""The story archive, ``tests/archives/stories/``: its articles in the order they came in, and their stories.

``python -m tests.quality.story_archive`` prints its raw articles as JSONL, for ``kabar alerts test -``.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any


FOLDER = Path(__file__).parents[1] / "archives" / "stories"

Label = dict[str, Any]


def stories() -> list[Label]:
    """Return the labelled stories, in the order of their files."""
    return [story for file in _files() for story in file.get("stories", ())]


def articles() -> list[Label]:
    """Return all articles with their labels, in the order they came in.

    A copy has the text of the article it is a copy of, with its own edits. ``KeyError`` where that
    one is in none of the files before; ``ValueError`` where an edit finds nothing to replace.
    """
    written: dict[str, Label] = {}
    for file in _files():
        for label in file["articles"]:
            own = dict(label)
            if "copy_of" in own:
                own = _copied(own, written[own["copy_of"]])
            if own["id"] in written:
                raise ValueError(f"{own['id']}: stands twice")
            written[own["id"]] = own
    return sorted(written.values(), key=lambda one: (one.get("arrives", one["published_at"]), one["id"]))


def raw(label: Label) -> bytes:
    """Return an article as it would lie in the raw topic: no hint of its language, a source with its site."""
    host = "/".join(label["url"].split("/")[:3])
    record = {key: label[key] for key in ("id", "url", "published_at", "title", "text")}
    return json.dumps({**record, "source": {"name": label["source"], "url": host}}).encode()


def _files() -> list[Label]:
    return [tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))]


def _copied(label: Label, original: Label) -> Label:
    text = original["text"]
    for old, new in label.get("replace", ()):
        if old not in text:
            raise ValueError(f"{label['id']}: {old!r} is not in the text of {original['id']}")
        text = text.replace(old, new)
    return {"title": original["title"], "language": original["language"], "text": text, **label}


def main() -> None:
    """Print the raw articles, a line each."""
    for label in articles():
        sys.stdout.buffer.write(raw(label) + b"\n")


if __name__ == "__main__":
    main()
