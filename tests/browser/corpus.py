"""Articles for tests in a browser: letters that JavaScript counts twice, and text that would be code."""

from __future__ import annotations

from typing import Any


def attack(number: int, place: str = "Idlib", **more: object) -> dict[str, Any]:
    """Return a raw article that raises an alert, each with a toll of its own."""
    dead = 20 + number
    return {
        "id": f"attack-{number}",
        "title": f"Air strike kills {dead} in {place}",
        "text": f"At least {dead} people were killed and {dead + 40} wounded in an air "
        f"strike on {place}, "
        "a hospital official said on Monday. The army claimed it had destroyed 3 tanks.",
        "language": "en",
        "source": "Test Wire",
        "url": f"https://news.example.org/attack-{number}",
        "published_at": f"2026-10-{1 + number % 28:02}T10:00:00Z",
        **more,
    }


# Before their figures are letters beyond the Basic Multilingual Plane: one code point, two UTF-16 units.
WIDE: tuple[dict[str, Any], ...] = (
    {
        "id": "wide-en",
        "title": "🚨🔴 Breaking: at least 12 killed in Kharkiv",
        "text": "👩‍👩‍👧‍👦 𝔘𝔭𝔡𝔞𝔱𝔢 🇺🇦: At least 12 people were killed 😢 and between 30 and "
        "40 wounded "
        "in a missile strike on Kharkiv, the governor said. 💥💥 Rescuers 🚒 found "
        "5 more bodies 🕯️ under the rubble.",
        "language": "en",
        "source": "Wide 🌍 Wire",
        "url": "https://news.example.org/wide-en",
    },
    {
        "id": "wide-ar",
        "title": "🚨 عاجل: مقتل ١٥ مدنيا في غارة على إدلب",
        "text": "🔴🔴 إدلب — قُتل 15 مدنيا 😔 وأصيب أكثر من 30 آخرين بجروح في غارة جوية "
        "على إدلب، بحسب مصدر طبي. "
        "💥 وقال متحدث باسم الجيش إن القوات دمرت 3 دبابات.",
        "language": "ar",
        "source": "وكالة النيل",
        "url": "https://news.example.org/wide-ar",
    },
    {
        "id": "wide-ar-latin",
        "title": "Idlib (إدلب) strike kills 17",
        "text": "إدلب 🇸🇾 — Seventeen civilians were killed in an air strike on Idlib "
        "(إدلب), the White Helmets "
        "(الخوذ البيضاء 🪖) said. The ministry put the toll at 14. 🕊️ More than "
        "1,200 people were displaced.",
        "language": "en",
        "source": "Levant Desk",
        "url": "https://news.example.org/wide-ar-latin",
    },
    {
        "id": "wide-zh",
        "title": "𠮷林社：空袭造成至少16名平民死亡",
        "text": "𠮷𠮷 缅甸腊戍消息 🚨，空袭造成至少16名平民死亡、30余人受伤，当地救援组织说。"
        "军方称击毙武装人员约40人。",
        "language": "zh",
        "source": "𠮷林社",
        "url": "https://news.example.org/wide-zh",
    },
    {
        "id": "wide-fa",
        "title": "⚠️🔥 دست‌کم ۲۳ کشته در انفجار قندوز",
        "text": "🕌 قندوز – دست‌کم ۲۳ نفر کشته و ۵۰ نفر زخمی شدند 😢، یک مقام محلی گفت. "
        "🚑🚑 طالبان شمار کشته‌ها را ۱۲ نفر اعلام کرد.",
        "language": "fa",
        "source": "خبرگزاری کویر",
        "url": "https://news.example.org/wide-fa",
    },
)

_MARKUP = (
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg onload=window.pwned=1>",
    '"><iframe src=javascript:window.pwned=1></iframe>',
    "</title></textarea><script>window.pwned=1</script>",
    "{{constructor.constructor('window.pwned=1')()}}",
    '<a href="javascript:window.pwned=1">press</a>',
    "<style>*{display:none}</style>",
    "<form action=https://elsewhere.example><input name=q autofocus onfocus=window.pwned=1>",
    '<math><mtext><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.pwned=1&gt;">',
    "\u202e\u2066<b onmouseover=window.pwned=1>over</b>",
)

_ADDRESSES = (
    "javascript:window.pwned=1//https://news.example.org",
    " java\tscript:window.pwned=1",
    "data:text/html,<script>window.pwned=1</script>",
    "vbscript:window.pwned",
    "https://user:secret@elsewhere.example/",
    "file:///etc/passwd",
    "//elsewhere.example/x",
    'https://news.example.org/"onmouseover="window.pwned=1',
    "blob:https://elsewhere.example/1",
    "ftp://elsewhere.example/x",
    "https://news.example.org/fine",
)


def hostile() -> list[dict[str, Any]]:
    """Return articles that raise alerts, with code in every field that reaches the page."""
    return [
        {
            "id": f"hostile-{number} <b>&amp;",
            "title": f"{markup} 31 killed in Idlib {markup}",
            "text": f"{markup} At least {31 + number} people were killed in an air strike on Idlib, "
            f"{markup} a hospital official said.\n\nThe army {markup} denied that 12 "
            f"civilians were killed. {markup}",
            "source": {"name": f"Source {markup}", "url": address},
            "authors": [f"Author {markup}"],
            "url": address,
            "language": "en",
            "published_at": "2026-10-03T10:00:00Z",
        }
        for number, (markup, address) in enumerate(zip(_MARKUP, _ADDRESSES, strict=True))
    ] + [
        {
            "id": "hostile-html",
            "title": "Market bombing <img src=x onerror=window.pwned=1>",
            "html": "<html><body><p>At least 44 people were killed in a bombing in Nyala, "
            "police said.</p>"
            "<p>&lt;img src=x onerror=window.pwned=1&gt; <b "
            "onclick='window.pwned=1'>Thirty</b> were wounded in the attack.</p>"
            "<script>window.pwned=1</script></body></html>",
            "language": "en",
            "source": "Html <script>window.pwned=1</script>",
        }
    ]
