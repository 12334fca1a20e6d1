"""Records as nobody should send them, each with a name and what must come of it.

They are made here, the same at every run, and are of no size that has to be stored.
"""

from __future__ import annotations

import gzip
import json
import random
from typing import TYPE_CHECKING, NamedTuple

from streams.decoding import ALIASES, MAX_BYTES
from streams.enrichment import MOST_TEXT


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENRICHED = "enriched"
"""The outcome of what is read; any other is the stage and the type of a dead letter."""

GOOD = (
    "Sedikitnya 12 warga sipil tewas dan puluhan lainnya luka-luka dalam serangan udara di Idlib, "
    "Suriah, kata petugas medis."
)
"""What a good article says."""

LETTERS = ", 100,000 letters"
"""How the names of long texts of one thing end."""

LONG = 400_000
"""Code points of a text that is only just read."""


class Hostile(NamedTuple):
    """A record, and what must come of it: :data:`ENRICHED`, or ``stage/type`` of its dead letter.

    Header names may be bytes, as Kafka has them.
    """

    name: str
    outcome: str
    value: bytes | None
    key: bytes | None = b"key"
    headers: tuple[tuple[str | bytes, bytes | None], ...] = ()

    @property
    def is_odd(self) -> bool:
        """Tell whether the name of a header is no text, which few producers can send."""
        return any(isinstance(name, bytes) for name, _ in self.headers)

    @property
    def size(self) -> int:
        """Return how many bytes there are."""
        named = sum(len(name) + len(value or b"") for name, value in self.headers)
        return len(self.key or b"") + len(self.value or b"") + named


def article(text: str, **more: object) -> bytes:
    """Return an article with a text of one's own."""
    return json.dumps({"text": text, **more}, ensure_ascii=False).encode()


def records() -> list[Hostile]:
    """Return all of them; each name is there once."""
    kinds: tuple[Callable[[], Iterator[Hostile]], ...] = (
        _encodings,
        _no_articles,
        _numbers,
        _types,
        _nesting,
        _sizes,
        _wrapping,
        _html,
        _texts,
        _dense,
    )
    return [record for kind in kinds for record in kind()]


def _encodings() -> Iterator[Hostile]:
    good = article(GOOD)
    yield Hostile("invalid UTF-8", "decode/not_utf8", b'{"text": "\xff\xfe tewas"}')
    yield Hostile("UTF-8 cut in a character", "decode/not_utf8", '{"text": "é'.encode()[:-1])
    yield Hostile("UTF-8 longer than need be", "decode/not_utf8", b'{"text": "\xc0\xaf"}')
    yield Hostile("a surrogate as UTF-8", "decode/not_utf8", b'{"text": "\xed\xa0\x80"}')
    yield Hostile("beyond Unicode", "decode/not_utf8", b'{"text": "\xf5\x80\x80\x80"}')
    yield Hostile("Latin-1", "decode/not_utf8", '{"text": "à Paris"}'.encode("latin-1"))
    yield Hostile("UTF-16", "decode/not_utf8", good.decode().encode("utf-16"))
    yield Hostile("UTF-16 without a mark", "decode/not_json", good.decode().encode("utf-16-le"))
    yield Hostile("a byte order mark", ENRICHED, b"\xef\xbb\xbf" + good)
    yield Hostile("two byte order marks", "decode/not_json", b"\xef\xbb\xbf" * 2 + good)
    yield Hostile("nothing but a mark", "decode/empty", b"\xef\xbb\xbf")
    yield Hostile("a lone surrogate", "decode/not_json", b'{"text": "\\ud800 tewas"}')
    yield Hostile("surrogates in the wrong order", "decode/not_json", b'{"text": "\\udc00\\ud800"}')
    yield Hostile(
        "a surrogate in a field that is not read", "decode/not_json", b'{"text": "x", "n": "\\udfff"}'
    )
    yield Hostile("NUL", "decode/not_json", b"\0")
    yield Hostile("NUL before an article", "decode/not_json", b"\0" + good)
    yield Hostile("NUL behind an article", "decode/not_json", good + b"\0")
    yield Hostile("NUL in a text, bare", "decode/not_json", b'{"text": "a\0b"}')
    yield Hostile("NUL in a text, written out", ENRICHED, b'{"text": "12 orang\\u0000 tewas"}')
    yield Hostile("gzip within", "decode/not_utf8", gzip.compress(good, mtime=0))
    yield Hostile("Avro", "decode/not_utf8", b"\0\0\0\0\x07\xf6\x01" + good)


def _no_articles() -> Iterator[Hostile]:
    good = article(GOOD)
    yield Hostile("a tombstone", "decode/empty", None)
    yield Hostile("empty", "decode/empty", b"")
    yield Hostile("white space", "decode/empty", b" \t\r\n" * 100)
    for name, value in {
        "null": b"null",
        "a boolean": b"true",
        "a number": b"5",
        "a string": b'"12 tewas"',
        "an array": b"[" + good + b"]",
        "an empty array": b"[]",
    }.items():
        yield Hostile(f"{name}, not an object", "decode/not_an_object", value)
    yield Hostile("an empty object", "decode/no_text", b"{}")
    yield Hostile("cut off", "decode/not_json", good[:-5])
    yield Hostile("two in one", "decode/not_json", good + good)
    yield Hostile("two lines", "decode/not_json", good + b"\n" + good)
    yield Hostile("a comma too many", "decode/not_json", b'{"text": "x",}')
    yield Hostile("a comment", "decode/not_json", b'{"text": "x"} // said')
    yield Hostile("single quotes", "decode/not_json", b"{'text': 'x'}")
    yield Hostile("no quotes", "decode/not_json", b"{text: x}")
    yield Hostile("a line end in a string", "decode/not_json", b'{"text": "a\nb"}')
    yield Hostile("XML", "decode/not_json", b"<article>12 tewas</article>")
    yield Hostile("plain text", "decode/not_json", GOOD.encode())
    for schema in ("kabar.enriched.v1", "kabar.alert.v1", "kabar.enriched.v99"):
        value = article(GOOD, schema=schema)
        yield Hostile(f"{schema}, fed back", "decode/own_output", value)
    yield Hostile("a schema that only looks like our own", ENRICHED, article(GOOD, schema="kabar.raw.v1"))
    yield Hostile("a schema that is no text", ENRICHED, article(GOOD, schema=["kabar.enriched.v1"]))


def _numbers() -> Iterator[Hostile]:
    for name in ("NaN", "Infinity", "-Infinity", "1e400", "0x10", "01", "+1", "1_000", "--1", ".5", "1."):
        yield Hostile(f"the number {name}", "decode/not_json", b'{"text": "x", "n": %b}' % name.encode())
    digits = b"9" * 5_000
    yield Hostile("5,000 digits", "decode/not_json", b'{"text": "x", "n": %b}' % digits)
    yield Hostile("5,000 digits for an id", "decode/not_json", b'{"text": "x", "id": %b}' % digits)
    yield Hostile("300 digits for an id", ENRICHED, b'{"text": "x", "id": %b}' % digits[:300])
    yield Hostile("5,000 decimals", ENRICHED, b'{"text": "x", "n": 0.%b}' % digits)
    yield Hostile("the least of numbers", ENRICHED, b'{"text": "x", "published_at": 5e-324}')
    yield Hostile("below the integers", ENRICHED, b'{"text": "x", "id": -9223372036854775809}')


def _types() -> Iterator[Hostile]:
    wrong = "decode/wrong_type"
    for field in ALIASES:
        as_number = ENRICHED if field in ("id", "published_at", "authors") else wrong
        as_boolean = ENRICHED if field == "authors" else wrong
        yield _with(field, "a number", 5, as_number)
        yield _with(field, "a boolean", value=True, outcome=as_boolean)
        yield _with(field, "null", None)
        yield _with(field, "an empty array", [])
        yield _with(field, "an object of objects", {"a": {"b": 1}})
        of_all_kinds: list[object] = [None, 5, True, [], {}, [["x"]]]
        yield _with(field, "an array of all kinds", of_all_kinds, wrong if field == "source" else ENRICHED)
    many = {f"field-{index}": index for index in range(10_000)}
    yield Hostile("10,000 fields that nobody knows", ENRICHED, article(GOOD, **many))
    yield Hostile("a field name of 100 kB", ENRICHED, article(GOOD, **{"x" * 100_000: 1}))
    yield Hostile("field names of programs", ENRICHED, article(GOOD, __proto__={}, constructor=1, **{"": 0}))
    twice = b'{"text": "one", "text": 5, "text": "two"}'
    yield Hostile("the same field three times", ENRICHED, twice)
    yield Hostile("an id of 100 kB", ENRICHED, article(GOOD, id="x" * 100_000))
    yield Hostile("an id that is not printed", ENRICHED, article(GOOD, id="\u202e\x1b[2J\r\n\x07"))
    yield Hostile("a date that is none", ENRICHED, article(GOOD, published_at="31-31-99999"))
    yield Hostile("a date beyond time", ENRICHED, article(GOOD, published_at="99999999999999999999"))
    yield Hostile("a language that is none", ENRICHED, article(GOOD, language="../../etc/passwd"))
    yield Hostile("10,000 authors", ENRICHED, article(GOOD, authors=["Ana"] * 10_000))


def _with(field: str, name: str, value: object, outcome: str = ENRICHED) -> Hostile:
    """Return an article with one field of another type."""
    found = {"title": GOOD, "text": GOOD, field: value}
    return Hostile(f"{field} is {name}", outcome, json.dumps(found).encode())


def _nesting() -> Iterator[Hostile]:
    for depth, outcome in (
        (10, ENRICHED),
        (60, ENRICHED),
        (1_000, "decode/too_deep"),
        (1_000_000, "decode/too_deep"),
    ):
        arrays = b'{"text": "x", "n": ' + b"[" * depth + b"]" * depth + b"}"
        yield Hostile(f"arrays {depth:,} deep", outcome, arrays)
        objects = b'{"text": "x", "n": ' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"
        yield Hostile(f"objects {depth:,} deep", outcome, objects)
    yield Hostile("a million arrays without an end", "decode/too_deep", b"[" * 1_000_000)
    yield Hostile(
        "a million arrays side by side", ENRICHED, b'{"text": "x", "n": [' + b"[]," * 1_000_000 + b"1]}"
    )
    yield Hostile("a million brackets in a string", ENRICHED, article("x", n="[{" * 500_000))
    yield Hostile(
        "a million brackets, one too few", "decode/not_json", b'{"text": "x", "n": ' + b"[]" * 500_000
    )


def _sizes() -> Iterator[Hostile]:
    for byte in (b"{", b"5", b"\xff", b" "):
        outcome = {b"{": "not_json", b"5": "not_an_object", b"\xff": "not_utf8", b" ": "empty"}[byte]
        yield Hostile(f"the byte {byte!r}", f"decode/{outcome}", byte)
    for size in (1_000, 30_000, LONG):
        yield Hostile(f"a text of {size:,} letters", ENRICHED, article(_prose(size)))
    yield Hostile("a text as long as can be", ENRICHED, article("y" * MOST_TEXT))
    yield Hostile("a text one letter too long", "clean/too_large", article("y" * (MOST_TEXT + 1)))
    yield Hostile("8 MB of text", "clean/too_large", article("y" * (MAX_BYTES - 20)))
    yield Hostile("8 MB around a text", ENRICHED, article("y", n="y" * (MAX_BYTES - 40)))
    yield Hostile("10 MB", "decode/too_large", article("y" * 10_000_000))
    yield Hostile("10 MB of nothing", "decode/too_large", bytes(10_000_000))


def _wrapping() -> Iterator[Hostile]:
    good = article(GOOD)
    yield Hostile("no key", ENRICHED, good, key=None)
    yield Hostile("no key and no value", "decode/empty", None, key=None)
    yield Hostile("an empty key", ENRICHED, good, key=b"")
    yield Hostile("a key that is no text", ENRICHED, good, key=b"\xff\x00\x1b[2J")
    yield Hostile("a key of a megabyte", "decode/not_json", b"{", key=b"k" * 1_000_000)
    many = tuple((f"header-{index}", b"x" * 20) for index in range(10_000))
    yield Hostile("10,000 headers", ENRICHED, good, headers=many)
    yield Hostile("10,000 headers on what is not read", "decode/not_json", b"{", headers=many)
    odd = ((b"\xff\xfe", b"x"), (b"", b""), ("none", None))
    yield Hostile("header names that are no text", ENRICHED, good, headers=odd)
    yield Hostile("such headers on what is not read", "decode/not_json", b"{", headers=odd)
    claims = (
        ("source.offset", b"99"),
        ("error.stage", b"none"),
        ("ce_id", b"forged"),
        ("content-type", b"x" * 10_000),
    )
    yield Hostile("headers that are ours", ENRICHED, good, headers=claims)
    yield Hostile("headers that are ours on what is not read", "decode/not_json", b"{", headers=claims)
    trace = (("traceparent", b"\xff" * 10_000), ("tracestate", None))
    yield Hostile("a trace that is none", ENRICHED, good, headers=trace)


def _html() -> Iterator[Hostile]:
    def page(body: str) -> bytes:
        return json.dumps({"html": body}).encode()

    yield Hostile("HTML without an end", ENRICHED, page("<html><body><p>12 orang tewas <b>dan <i"))
    yield Hostile("HTML closed before it begins", ENRICHED, page("</p></div>" * 1_000 + GOOD))
    yield Hostile("HTML tags crossed", ENRICHED, page(f"<b><i>{GOOD}</b></i>" * 500))
    yield Hostile(
        "HTML of no text", "clean/no_text", page("<p> </p><script>12 tewas</script><style>x</style>")
    )
    yield Hostile("a comment without an end", ENRICHED, page(f"<p>{GOOD}</p><!--" + "x" * 100_000))
    yield Hostile("scripts without an end", ENRICHED, page(f"<p>{GOOD}</p>" + "<script>" * 10_000))
    yield Hostile("angle brackets", ENRICHED, page(f"{GOOD} " + "<" * 100_000))
    yield Hostile("ampersands", ENRICHED, page(f"{GOOD} " + "&" * 100_000))
    yield Hostile(
        "character references of all kinds",
        ENRICHED,
        page(f"{GOOD} &#0;&#xD800;&#99999999999;&amp;amp;&lt;p&gt;"),
    )
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    yield Hostile("entities in entities", ENRICHED, page(laughs + f"<p>&b;&b;&b; {GOOD}</p>"))
    yield Hostile(
        "an external entity",
        ENRICHED,
        page('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + f"<p>&a; {GOOD}</p>"),
    )
    yield Hostile("HTML 1,000 deep", ENRICHED, page("<div>" * 1_000 + GOOD))
    yield Hostile("HTML 100,000 deep", "clean/too_deep", page("<div>" * 100_000 + GOOD))
    yield Hostile("HTML 100,000 deep, inline", "clean/too_deep", page("<b>" * 100_000 + GOOD))
    yield Hostile("100,000 paragraphs", ENRICHED, page("<p>x</p>" * 100_000))
    yield Hostile("a page of 300,000 elements", "clean/too_large", page("<html><body>" + "<p>x" * 300_000))
    yield Hostile(
        "an element of 100,000 attributes",
        "clean/too_large",
        page("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x"),
    )
    yield Hostile("an attribute of a megabyte", ENRICHED, page(f'<p title="{"x" * 1_000_000}">{GOOD}</p>'))
    yield Hostile("tables in tables", ENRICHED, page("<table><tr><td>12 tewas" * 300))
    yield Hostile(
        "7 MB of a page around a sentence",
        ENRICHED,
        page(f"<html><body><!--{'x' * 7_000_000}--><p>{GOOD}</p></body></html>"),
    )
    yield Hostile("a text that calls itself HTML", ENRICHED, article("<html>" + _prose(5_000)))


def _texts() -> Iterator[Hostile]:
    zalgo = "".join(letter + "\u0300\u0301\u0302\u0334\u035c\u0489" * 20 for letter in GOOD)
    pieces = {
        "digits": "7",
        "digits in groups": "1 000 ",
        "digits and signs": "-1,5.7e3/",
        "digits of many scripts": "\u0661\u06f2\u096a\uff15\u09ec\u0e57",
        "emoji": "\U0001f4a3",
        "families of emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 ",
        "flags": "\U0001f1ee\U0001f1e9",
        "one letter": "a",
        "one letter in capitals": "A",
        "one sign": ".",
        "spaces between full stops": ". ",
        "quotation marks that open": "\u201c",
        "straight quotation marks": '" ',
        "brackets that open": "(",
        "commas": ", ",
        "hyphens": "-",
        "apostrophes": "'",
        "marks on nothing": "\u0301",
        "words of marks": "e\u0301\u0302 ",
        "zero-width spaces": "12\u200borang\u200btewas\u200b ",
        "zero-width joiners": "\u200d",
        "soft hyphens": "12\u00ad orang\u00ad te\u00adwas ",
        "marks of direction": "\u202e12 orang tewas\u202c ",
        "isolates that stay open": "\u206612 tewas ",
        "byte order marks": "\ufeff12 tewas ",
        "tags": "\U000e0041\U000e0042",
        "variation selectors": "1\ufe0f\u20e3",
        "private characters": "\ue000\U0010ffff",
        "no characters": "\ufffe\uffff x",
        "control characters": "".join(chr(code) for code in range(1, 32)) + "12 tewas",
        "escape sequences": "\x1b[31m12 tewas\x1b[0m\r\n",
        "addresses": "http://a.b/c?d=12 ",
        "mail addresses": "a@b.c 12 ",
        "hashes": "#tewas12 @tewas12 ",
        "Arabic without spaces": "قتلاثناعشرشخصا",
        "Chinese without spaces": "十二人死亡三十人受伤",
        "Thai without spaces": "ผู้เสียชีวิต",
        "Japanese": "十二人が死亡した。",
        "Korean": "12명이 숨졌다. ",
        "scripts mixed": "12 people \u0443\u0431\u0438\u0442\u043e \u0642\u062a\u0644\u0649 \u6b7b ",
        "letters of other scripts in a word": "t\u0435w\u0430s ",
        "wide letters": "\uff11\uff12 \uff4f\uff52\uff41\uff4e\uff47 ",
        "mathematical letters": "𝟙𝟚 𝓀𝒾𝓁𝓁𝒺𝒹 ",
        "ligatures": "\ufb03\ufdfa ",
        "capitals that grow": "\u0130\u1e9e\u0149 ",
        "a word without an end": "pemberontakan",
        "a hyphenated word without an end": "tembak-",
        "an elided word without an end": "l'",
        "an abbreviation without an end": "A.",
        "one word": "tewas ",
        "one sentence": GOOD + " ",
        "one line after the other": "12\n",
        "lines of nothing": "x\n\n\n",
        "number words": "dua puluh ribu ",
        "number words of English": "one hundred and ",
        "a compound without an end": "einhundertundein",
        "figures": "12 orang tewas, ",
        "speakers": "kata polisi, ",
        "places": "di Idlib, ",
    }
    for name, piece in pieces.items():
        text = (f"{GOOD} " + piece * (LONG // 4 // len(piece)))[: LONG // 4]
        yield Hostile(f"{name}{LETTERS}", ENRICHED, article(text))
    yield Hostile("a name of 400,000 capitals and an age", ENRICHED, article("A" * LONG + f", 25. {GOOD}"))
    yield Hostile("a mark on every letter", ENRICHED, article(zalgo))
    yield Hostile("only zero-width characters", ENRICHED, article("\u200b\u200d\ufeff" * 100))
    yield Hostile(
        "only white space of Unicode", "decode/no_text", article("\u00a0\u2003\u3000\u2028\u0085" * 100)
    )
    yield Hostile(
        "only control characters", "clean/no_text", article("".join(chr(code) for code in range(1, 9)) * 100)
    )
    dice = random.Random(0)  # noqa: S311 - it deals out characters
    anything = "".join(
        chr(dice.choice((dice.randrange(32, 0x2FFF), dice.randrange(0x10000, 0x1FFFF))))
        for _ in range(50_000)
    )
    yield Hostile("50,000 characters of any kind", ENRICHED, article(anything))


def _dense() -> Iterator[Hostile]:
    yield Hostile("100,000 numbers", ENRICHED, article("12, " * 100_000))
    yield Hostile("25,000 figures", ENRICHED, article("12 orang tewas. " * 25_000))
    yield Hostile("100,000 figures", "clean/too_large", article("12 orang tewas. " * 100_000))
    yield Hostile("65,000 keywords", ENRICHED, article("tewas " * 65_000))
    french = "Au moins douze civils ont été tués dans une frappe aérienne, selon des médecins. "
    yield Hostile("a word of fourteen meanings", "enrich/too_slow", article(french + "de " * 120_000))


def _prose(size: int) -> str:
    """Return a text of quiet words, of so many letters."""
    words = "para pejabat mengatakan bahwa banyak orang di kota itu pergi ke pasar pada hari Senin "
    return (words * (size // len(words) + 1))[:size]
