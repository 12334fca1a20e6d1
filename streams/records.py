"""The records that Kabar reads and writes.

Offsets are code points into :attr:`EnrichedArticle.text`, end exclusive, and
``text[start:end] == surface`` holds for each span. Fields are only ever added. No record
holds a wall-clock time of Kabar's own, so the same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec


Number = int | float

Qualifier = Literal["exact", "about", "at_least", "more_than", "at_most", "less_than", "range", "vague"]
Status = Literal["happened", "planned", "denied", "hypothetical", "historical"]
MentionStatus = Literal[
    "asserted", "planned", "negated", "hypothetical", "historical", "commemorative", "fictional"
]
FindingKind = Literal["released", "exercise", "accident", "unfounded", "holds", "revised"]
ActorType = Literal[
    "state", "forces", "agency", "armed_group", "criminal_group", "coalition", "international", "humanitarian"
]
ActorRole = Literal["by", "against", "victim"]
Severity = Literal["low", "medium", "high", "critical"]
VictimRole = Literal["civilian", "combatant", "unknown"]
Scope = Literal["new", "cumulative", "unknown"]
Stance = Literal["said", "claimed", "confirmed", "denied"]
PeopleKind = Literal[
    "killed",
    "wounded",
    "casualties",
    "missing",
    "trapped",
    "rescued",
    "displaced",
    "affected",
    "detained",
    "captured",
    "abducted",
    "hostages",
    "surrendered",
    "personnel",
    "crowd",
]
Kind = Literal[
    PeopleKind,
    # force
    "sorties",
    "strikes",
    "munitions_count",
    "munitions_mass",
    "intercepted",
    "platforms",
    # damage
    "vehicles_destroyed",
    "facilities_destroyed",
    "buildings_destroyed",
    "seized",
    # measures
    "money_cost",
    "money_aid",
    "money_damage",
    "money",
    "supplies",
    "area",
    "distance",
    "duration",
    "percent",
    "other_quantity",
]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What every record has in common: immutable, fields by name."""


class Span(Record, frozen=True):
    """A stretch of an article's text, in code points, end exclusive."""

    start: int
    end: int
    surface: str


class Source(Record, frozen=True):
    """Who published an article."""

    name: str | None = None
    id: str | None = None
    url: str | None = None
    country: str | None = None


class RawArticle(Record, frozen=True):
    """An article as it enters. One of ``title``, ``text`` and ``html`` must hold something.

    ``language`` is a hint, an ISO 639-1 code, used where the text is too short to tell.
    An ``id`` that is missing is derived from the content (SHA-256 of url, title, text,
    html and published_at), so the same article always has the same id.
    """

    id: str = ""
    title: str | None = None
    text: str | None = None
    html: str | None = None
    url: str | None = None
    published_at: str | None = None
    source: Source | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.id:
            content = (self.url, self.title, self.text, self.html, self.published_at)
            # Lone surrogates cannot be encoded; they are replaced for the digest alone.
            joined = "\x1f".join(part or "" for part in content).encode("utf-8", "replace")
            msgspec.structs.force_setattr(self, "id", hashlib.sha256(joined).hexdigest()[:32])


class Language(Record, frozen=True):
    """The language of a text.

    ``code`` is langdetect's (ISO 639-1, and ``zh-cn``/``zh-tw``) or ``und``. ``confidence``
    is the probability the detector gives it, 0 to 1. ``reliable`` says whether to build on
    it. ``reason`` says why where the code is ``und``, unreliable, or taken from the hint.
    """

    code: str
    confidence: float
    reliable: bool
    reason: str | None = None


class Codes(Record, frozen=True):
    """One category in the field's four coding schemes."""

    plover: str | None = None
    cameo: tuple[str, ...] = ()
    acled: str | None = None
    gdelt: tuple[str, ...] = ()


class Category(Record, frozen=True):
    """A conflict category that an article speaks of, with its codes."""

    category: str
    score: float
    hits: int
    codes: Codes


class Evidence(Span, frozen=True):
    """A keyword that an article's conflict score rests on, and how much it weighs in it.

    ``weight`` is what the keyword adds to the evidence: by its category, its status, and whether it
    stands in the title or the lead.
    """

    category: str
    weight: float


class Silence(Span, frozen=True):
    """A word of the keyword lists that does not count here: ``reason`` says why, in words.

    ``domain`` is what it is about instead (sport, film, business …), null where the words around it
    alone silence it. ``status`` is ``fictional`` where it is told and not reported.
    """

    category: str
    reason: str
    domain: str | None = None
    status: MentionStatus | None = None


class Conflict(Record, frozen=True):
    """Whether an article speaks of conflict: yes or no, and a score from 0 to 1.

    The score is calibrated: of articles with 0.8 four in five are news of conflict. ``evidence`` are
    the keywords it rests on, the weightiest first, at most twenty; ``silenced`` what does not count, at
    most fifty.
    """

    value: bool
    score: float
    evidence: tuple[Evidence, ...] = ()
    silenced: tuple[Silence, ...] = ()


class Normalised(Record, frozen=True):
    """A value in the SI unit of its dimension."""

    value: Number | None
    low: Number | None
    high: Number | None
    unit: str


class Counted(Record, frozen=True):
    """What a figure counts: a concept's id, and the words for it in the text."""

    concept: str
    surface: str
    start: int
    end: int


class Party(Record, frozen=True):
    """Whose men, arms or losses a figure is about."""

    name: str
    start: int
    end: int
    surface: str


class Period(Record, frozen=True):
    """The time a figure covers, in the text's words and as an ISO 8601 duration."""

    start: int
    end: int
    surface: str
    duration: str | None


class Claimant(Span, frozen=True):
    """Who says so.

    ``surface`` is the name, at its own place in the text, which may lie sentences before
    the figure. ``inherited`` is true where the sentence itself names no one, and the words
    around it are one speaker's. ``via`` is the medium that passed the words on.
    """

    verb: str
    stance: Stance
    inherited: bool = False
    via: Span | None = None


class Place(Span, frozen=True):
    """A place, as named in the text; ``relation`` is the word before it, such as "in".

    The rest is what the gazetteer has of it: its name in English, ``country`` by ISO 3166-1
    alpha-2 (null: the open sea), degrees of WGS 84, and GeoNames' number. All are null where it
    has none of that name.
    """

    relation: str
    name: str | None = None
    feature: Literal["country", "region", "town"] | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    geonames_id: int | None = None


class Keyword(Span, frozen=True):
    """A place in the text that speaks of a conflict event.

    ``place`` is the place it is said of: the nearest that fits, as a figure's is.
    """

    term: str
    category: str
    status: MentionStatus
    place: Place | None = None


class Actor(Span, frozen=True):
    """A party that the text names: a state, its army or ministry, an armed group, an organisation.

    ``country`` is where it is at home, ISO 3166-1 alpha-2, null where in several. ``role`` is what it
    has to do with an event, where the sentence shows it: it was done ``by`` it, ``against`` it, or its
    people are the ``victim``; null where the sentence shows none.
    """

    id: str
    name: str
    type: ActorType = "armed_group"
    country: str | None = None
    role: ActorRole | None = None


class Weapon(Span, frozen=True):
    """A weapon that the text names.

    ``id`` and ``name`` are those of a model ("shahed") or, where none is named, of its ``family``
    ("cruise_missile"). ``event`` is the category of the nearest keyword in its sentence, and ``status`` that
    keyword's: a weapon that is promised is ``planned``. Both are null where the sentence has none.
    """

    id: str
    name: str
    family: str
    event: str | None = None
    status: MentionStatus | None = None


class Target(Span, frozen=True):
    """A place or thing of a sort that is attacked: a hospital, a bridge, an aid convoy.

    ``id`` is its sort, ``group`` what sorts are summed up by ("medical"). ``hit`` tells that the
    sentence says something was done to it; else it is only mentioned ("taken to hospital"). ``event`` is
    the category of what was done, where a keyword says it, and ``status`` whether it was (asserted,
    planned, negated …).
    """

    id: str
    name: str
    group: str
    hit: bool
    event: str | None = None
    status: MentionStatus | None = None
    place: Place | None = None


class Figure(Span, frozen=True):
    """A figure: what the text says in numbers, where, of what, and on whose word.

    ``value``, ``low`` and ``high`` are in ``unit``. ``value`` is null where the text gives
    only bounds; an open bound is null. ``number`` is the span of the number alone.
    ``rule`` lists the rules that made the figure, in the order they fired.
    """

    number: Span
    value: Number | None
    low: Number | None
    high: Number | None
    qualifier: Qualifier
    unit: str
    unit_surface: str | None
    normalised: Normalised | None
    per: str | None
    counted: Counted | None
    kind: Kind
    party: Party | None
    victim_role: VictimRole | None
    period: Period | None
    scope: Scope
    status: Status
    claimant: Claimant | None
    place: Place | None
    ambiguous: bool
    rule: tuple[str, ...]


class Ruleset(Record, frozen=True):
    """The version of Kabar and the digest of all data files it read with."""

    version: str
    digest: str


class Finding(Span, frozen=True):
    """What the text says became of an event, or what it turned out to be.

    ``kind``: who was held is free (``released``); it was an ``exercise`` or an ``accident``; nobody found a
    sign of it, or the report is taken back (``unfounded``); a truce ``holds``; a number is ``revised``.
    ``low`` is how many are free at least, ``everyone`` whether all are. ``events`` are the categories of
    the keywords in its sentence. ``status`` is as that of a keyword: who will be freed is ``planned``.
    """

    kind: FindingKind
    status: MentionStatus
    low: Number | None = None
    everyone: bool = False
    events: tuple[str, ...] = ()


class EnrichedArticle(Record, frozen=True, tag_field="schema", tag="kabar.enriched.v1"):
    """An article with everything that was read from it.

    ``text`` is the text that was read, title first; ``title_end`` is the end of the title
    in it (0 where there is none). ``text_sha256`` is the SHA-256 of its UTF-8 bytes.
    ``notes`` names what could not be done and why (a language without data, say).
    """

    id: str
    url: str | None
    title: str | None
    published_at: str | None
    source: Source | None
    authors: tuple[str, ...]
    text: str
    title_end: int
    text_sha256: str
    language: Language
    conflict: Conflict
    categories: tuple[Category, ...]
    keywords: tuple[Keyword, ...]
    figures: tuple[Figure, ...]
    places: tuple[Place, ...]
    main_place: Place | None
    actors: tuple[Actor, ...]
    notes: tuple[str, ...]
    ruleset: Ruleset
    weapons: tuple[Weapon, ...] = ()
    targets: tuple[Target, ...] = ()
    findings: tuple[Finding, ...] = ()


class Alert(Record, frozen=True, tag_field="schema", tag="kabar.alert.v1"):
    """A message to a person who will act on it.

    ``id`` is the same whenever the same article raises the same rule. ``figures`` and
    ``keywords`` are the evidence: every number in ``headline`` and ``reason`` is in one of their spans, in
    one of ``mentions`` or is the ``threshold``. ``cancels`` says what would make it void.

    ``threshold`` has what decided about the severity: the ``at_least`` of the level reached and the lower
    bound ``found``, the keyword ``hits`` that were asked for and how many were found. ``score`` is
    the article's :attr:`Conflict.score`. ``mentions`` are what was hit, places, actors and words of a
    watch list, with the fields that such a thing has in the enriched record.
    """

    id: str
    rule: str
    severity: Severity
    score: float
    headline: str
    reason: str
    threshold: dict[str, Any]
    cancels: str
    article_id: str
    article_title: str | None
    article_url: str | None
    published_at: str | None
    source: Source | None
    language: str
    place: Place | None
    claimants: tuple[Claimant, ...]
    figures: tuple[Figure, ...]
    keywords: tuple[Keyword, ...]
    mentions: tuple[Span, ...]
    ruleset: Ruleset


_ENCODER = msgspec.json.Encoder()


def to_json(record: EnrichedArticle | Alert | RawArticle) -> bytes:
    """Return a record as one line of JSON, UTF-8, without a line end.

    The order of keys is the order of the fields: the same record gives the same bytes.
    """
    return _ENCODER.encode(record)
