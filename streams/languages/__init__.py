"""What Kabar knows of a language: one TOML file each, checked on load.

The words of a language stand in ``streams/languages/<code>.toml`` and nowhere else. A list
of forms may use braces, ``"luncur{kan,}"``, which stand for each of their parts in turn.
Behaviour that some languages share is switched on in the file (``noun_head``,
``enclitics``, …) and is code that knows no language.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from streams import toml
from streams.errors import DataError
from streams.records import MentionStatus, Qualifier, Stance


FOLDER = Path(__file__).parent

Forms = list[str]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a language file; a key that is not known is an error."""


class Sided(Strict, frozen=True):
    """Words by the side of the number they stand on."""

    before: Forms = []
    after: Forms = []


class Script(Strict, frozen=True):
    """How words are written.

    ``spaces``: words are set apart by spaces. ``proclitics`` and ``enclitics`` may be
    joined to any word that is in the file; ``loose_proclitics`` also before another one, and to
    short words. ``prefixes`` (an article) and ``endings`` (a case) are joined to words and are
    part of them. ``capitals``: names have a capital; where they have none, speakers and places
    are known by the words around them, by ``places.names`` and by ``speakers.sources``.
    ``noun_head``: in a group of nouns the first or the last says what is meant ("bom mobil",
    "car bomb"). ``participles_first``: a verb's form may stand between a number and its noun
    though the first noun is the head ("12 погибших жителей города"); so it is wherever the last
    one is. ``participle_endings`` tell such a form from a verb whose subject follows, and an
    adjective whose noun does ("3 ракетних та 62 авіаційних ударів").
    ``elisions`` are words joined to the next by an apostrophe ("l'armée").
    ``compounds``: words are joined to one, and the last says what is meant
    ("Panzerabwehrraketen", "zweihundertfünfzig").
    ``capital_nouns``: each noun has a capital, so that one the data knows is no name.
    ``verb_second``: what stands before a verb may be an adverb, and its subject then follows
    ("Am Montag sagte die Polizei"). ``verb_last``: a verb ends its clause, so that what
    changes its meaning stands behind ("göndermeyi planlıyor"), and a dot behind digits that of
    an ordinal. ``inflections``: what words may take on, by the sign that a form ends in:
    ``"+" = ["{ler,}{in,}"]`` makes "asker+" stand for "asker", "askerler", "askerin" and
    "askerlerin"; they may be set apart by an apostrophe. A noun that ends so, and one behind
    it, are of two groups where the ending is in ``apart`` ("30 yaralı | hastaneye").
    ``moods`` are the signs of verbs whose ending itself tells a status: ``negated = "!"`` makes what ends
    so in no event, whatever list its stem stands in.
    ``partitives`` are the endings of a noun that a number behind it is a part of ("gemilerden 3'ü").
    ``apostrophe_joins``: an apostrophe between two letters is a letter of the word, so that
    none begins or ends there ("сім'я").
    ``abbreviations`` do not end a sentence.

    Where words are not set apart by spaces: ``words`` are known and mean nothing here, so that
    no shorter one is seen in them; ``name_letters`` are those that foreign names are spelled
    with. ``classifiers`` stand between a number and its noun, which may then also stand before
    the number, ``event_classifiers`` where the noun may be a verb; ``attributive`` words stand
    between a noun and all that is said of it before. ``object_markers`` stand before an object,
    and are cues of status only elsewhere; ``object_verbs`` say behind it what became of it.
    """

    spaces: bool = True
    words: Forms = []
    name_letters: str = ""
    classifiers: Forms = []
    event_classifiers: Forms = []
    attributive: Forms = []
    object_markers: Forms = []
    object_verbs: Forms = []
    proclitics: Forms = []
    loose_proclitics: Forms = []
    enclitics: Forms = []
    prefixes: Forms = []
    endings: Forms = []
    capitals: bool = True
    noun_head: Literal["first", "last"] = "last"
    participles_first: bool = False
    participle_endings: Forms = []
    elisions: Forms = []
    compounds: bool = False
    capital_nouns: bool = False
    verb_second: bool = False
    verb_last: bool = False
    inflections: dict[str, Forms] = {}
    moods: dict[MentionStatus, str] = {}
    apostrophe_joins: bool = False
    apart: Forms = []
    partitives: Forms = []
    abbreviations: Forms = []


class Digits(Strict, frozen=True):
    """The decimal sign, and the signs that may group thousands (spaces always may).

    ``decimals`` are further decimal signs, such as the stroke of "1/5 million".
    ``round_thousands``: some write thousands with the decimal sign, so that "1.400" are those.
    """

    decimal: str
    thousands: list[str]
    decimals: list[str] = []
    round_thousands: bool = False


class Numerals(Strict, frozen=True):
    """Number words. Keys are values: ``20 = ["twenty"]``.

    ``cardinals`` add up, ``multipliers`` multiply what stands before them, ``teens`` add
    ten to the digit before them. ``fractions`` ("1/2") stand alone or before a multiplier,
    ``denominators`` behind a cardinal. ``indefinite`` ("20..99") have only bounds.
    ``glued`` multiply and may be joined to digits ("5k"). ``joiners`` may stand inside a
    number. ``point`` and ``minus`` are the signs as words. ``articles`` are "one" before
    a multiplier and nowhere else ("a million"); ``singular`` are "one" where a verb says what
    happened to that one ("seorang"), and no part of a longer number where ``singular_alone``
    ("$2 billion a month"); ``further`` behind them are ordinals that stand for one more person
    ("ein dritter"). ``approximate`` are words of a number that mean it only
    roughly ("une centaine", "treintena"), ``inverted`` nouns right before one make it so.
    ``ordinals`` are known and are no figures. ``inside``
    are words for "more than" between a number and its multiplier. ``over`` stands between a
    denominator and what it divides. ``positional``: digits as words may stand in a row as those
    in figures do, and two of them are the ends of a range ("two-three hundred").
    ``weak_one``: "one" as a word counts only where it is told what happened.
    ``units_first``: a joiner may stand between a digit and the tens behind it ("three and twenty").
    ``endings`` are those that a number may take, in words or behind an apostrophe: with those
    of ``part`` it is a part of something ("12'si", "beşi"). ``digits_follow``: digits go on
    behind a multiplier without another ("2 bin 500").
    ``joined_parts``: a joiner stands between all parts of a number ("twenty and three", "2
    thousand and 300"). ``one_word``: all words of a number may be written as one
    ("ikibinüçyüz"); so it is wherever words are joined to one. ``tenths`` are ten per cent
    behind a number ("三成" is 30 %).
    """

    cardinals: dict[str, Forms]
    multipliers: dict[str, Forms]
    teens: Forms = []
    fractions: dict[str, Forms] = {}
    denominators: dict[str, Forms] = {}
    indefinite: dict[str, Forms] = {}
    glued: dict[str, Forms] = {}
    joiners: Forms = []
    point: Forms = []
    minus: Forms = []
    singular: Forms = []
    singular_alone: bool = False
    further: Forms = []
    articles: Forms = []
    approximate: Forms = []
    inverted: Forms = []
    ordinals: Forms = []
    ordinal_before: Forms = []
    ordinal_prefixes: Forms = []
    ordinal_suffixes: Forms = []
    approximate_suffixes: Forms = []
    decade_suffixes: Forms = []
    inside: Forms = []
    over: Forms = []
    positional: bool = False
    weak_one: bool = False
    units_first: bool = False
    endings: dict[Literal["part", "case"], Forms] = {}
    digits_follow: bool = False
    joined_parts: bool = False
    one_word: bool = False
    tenths: Forms = []


class Ranges(Strict, frozen=True):
    """Words that join two numbers to a range: "to"; "between" … "and".

    Behind a word of ``corrections`` ("rose") and one of ``starts`` ("from") two numbers are
    before and after, and no range. ``side_by_side``: so do two numbers in words ("beş altı").
    """

    to: Forms = []
    between: Forms = []
    between_and: Forms = []
    corrections: Forms = []
    starts: Forms = []
    side_by_side: bool = False


class NotFigures(Strict, frozen=True):
    """Words that make the number beside them a name, a date, an age, a time ….

    ``age_links`` stand between a person and an age ("un niño de 12 años"), of a noun in no list too
    where a verb says what happened to a person; ``aged_things`` are nouns of what lasts ("un acuerdo
    de 10 años"). ``score_links``
    between the numbers of a score, ``share_links`` those of a share ("one in four").
    """

    named_before: Forms = []
    named_after: Forms = []
    clock_before: Forms = []
    clock_after: Forms = []
    age_before: Forms = []
    age_after: Forms = []
    age_links: Forms = []
    aged_things: Forms = []
    year_before: Forms = []
    dates_after: Forms = []
    score_words: Forms = []
    score_links: Forms = []
    share_links: Forms = []
    idioms: Forms = []


class Time(Strict, frozen=True):
    """Units of time, months, days, and the words that make a length of time a period.

    ``windows`` are words that are a period by themselves ("за добу").
    ``ages_in_years``: years behind a person are an age ("anak 12 tahun").
    ``ago`` behind a length of time says when, and so does ``ago_before`` before one ("hace
    cinco años"); ``lasting`` before one says how long, so that
    the length is a figure of its own and not only the frame of another. ``day_links`` may
    stand between a day and its month ("12th of May"); behind a word of ``compared`` a year is what a
    figure is held against ("36% more than in 2023"), and the sentence does not speak of it;
    ``month_first``: "May 12"; ``capital_months``: a short one without a capital is another word
    ("may"). ``day_marks`` and ``year_marks`` make a day or a year of the number before them; months
    then have names that hold numbers. ``years`` are the numbers that can be a year, each range with what must
    be added to come to the years of the Gregorian calendar.
    """

    units: dict[Literal["second", "minute", "hour", "day", "week", "month", "year", "decade"], Forms]
    months: Forms
    weekdays: Forms = []
    period_before: Forms = []
    period_after: Forms = []
    period_endings: Forms = []
    ago: Forms = []
    ago_before: Forms = []
    lasting: Forms = []
    since: Forms = []
    since_after: Forms = []
    compared: Forms = []
    windows: dict[Literal["day", "night", "week", "month", "year"], Forms] = {}
    ages_in_years: bool = True
    month_first: bool = False
    capital_months: bool = True
    day_links: Forms = []
    year_words: Forms = []
    years: dict[str, int] = msgspec.field(default_factory=lambda: {"1800..2100": 0})
    day_marks: Forms = []
    year_marks: Forms = []


class Rates(Strict, frozen=True):
    """Words such as "per", and words that mean "a day" by themselves ("daily").

    Those of ``before`` mean it before the number: "günde 5 kişi".
    """

    markers: Forms = []
    adverbs: dict[str, Forms] = {}
    before: dict[str, Forms] = {}


class Predicate(Strict, frozen=True):
    """Verbs and nouns that say what happened, by the side on which their figure stands.

    ``right``: the figure follows ("killing 12"). ``left``: it comes before ("12 were
    killed"). ``either``: both are said.
    """

    right: Forms = []
    left: Forms = []
    either: Forms = []


class Attribution(Strict, frozen=True):
    """Verbs of saying.

    ``speaker``: on which side of the verb its speaker stands, or ``previous`` where it is
    the one named before ("he said", "tuturnya"), or ``subject`` where it is the one
    of whom its own sentence tells ("by their own account"), or ``source`` where all that follows up to
    the next sign is one ("according to"), or ``clause`` where the verb ends a clause that its
    speaker begins ("Bakan, 12 kişinin öldüğünü söyledi"); where none does, the one before is
    meant.
    """

    speaker: Literal["before", "after", "either", "previous", "source", "clause", "subject"]
    stance: Stance
    forms: Forms


class Speakers(Strict, frozen=True):
    """Who can speak without a capital letter ("officials"), and what is no name.

    ``via``: words before the medium that passed the words on. ``titles`` may stand between
    a verb and a name; ``connectors`` stand inside one ("of the").
    ``between`` are words for when, how and to whom between a verb and the speaker behind it
    ("informó [este sábado] [en un comunicado] el gobernador").
    ``asides`` open words between a speaker and his verb, where words are not set apart, and
    ``when`` are words for a time there; ``names`` are those of people, known where no capital
    shows one.
    ``not_names``: capitalised words that begin sentences. ``clause_openers`` stand before
    the speaker where the verb ends the clause ("wie die Polizei mitteilte"). ``genitives`` are
    the endings behind an apostrophe with which a name goes on ("BM'nin Suriye temsilcisi");
    with any other it is no speaker. ``nationalities`` are adjectives that name a party where
    no capital does; a word of ``quoted`` stands between a medium and the source it quotes.
    """

    sources: Forms = []
    via: Forms = []
    not_names: Forms = []
    clause_openers: Forms = []
    articles: Forms = []
    connectors: Forms = []
    pronouns: Forms = []
    modifiers: Forms = []
    between: Forms = []
    asides: Forms = []
    when: Forms = []
    names: Forms = []
    nationalities: Forms = []
    quoted: Forms = []
    genitives: Forms = []


class Places(Strict, frozen=True):
    """Words before a place name, and words that are no place though capitalised.

    ``names`` are known where no capital shows a name. Where each noun has a capital, only behind
    a word of ``sure`` and of ``heads`` is a name a place that the gazetteer lacks.
    Before a place that something came from, and is not counted in, stands a word of ``whence``
    ("launched [from] the Crimea").
    Where places are known by what is behind: ``endings`` are those of a place's name behind an
    apostrophe ("Halep'te"), ``toward`` those that are so where a word of events follows
    ("Kiev'e saldırı"), ``after`` words behind the name ("Halep kentinde").
    ``nominatives`` lead from a case to the form that the gazetteer has: "е>а" makes "Москве"
    "Москва", "у>" makes "Ираку" "Ирак". ``sides`` are joined before the name of a country or a region
    that they are a part of ("Südlibanon").
    ``nations`` are words that tell a country without naming it, by its code: adjectives, the name
    of its parliament or its money ("Egyptian", "Knesset"). They help to choose among places of one
    name, and say where an article plays that names none. ``wider`` are words that hold the
    name of a country or town and are not in it: "Gulf of Oman", "US dollars".
    """

    before: Forms = []
    whence: Forms = []
    sure: Forms = []
    names: Forms = []
    after: Forms = []
    endings: Forms = []
    toward: Forms = []
    nominatives: list[str] = []
    sides: list[str] = []
    nations: dict[str, Forms] = {}
    heads: Forms = []
    joiners: Forms = []
    not_places: Forms = []
    wider: Forms = []


class Together(Strict, frozen=True):
    """Words that mean an event, or none, only where one of ``beside`` stands near in their sentence.

    At most ``most`` words away, on either side or only on the one that ``side`` names: "dropped … bombs", "a
    parcel … blew up". They are strong then, or ``weak``.
    """

    words: Forms
    beside: Forms
    side: Literal["before", "behind", "either"] = "either"
    most: int = 7
    weak: bool = False


class Keywords(Strict, frozen=True):
    """Forms of a category.

    ``strong`` ones mean it by themselves; ``weak`` ones have other meanings too and count
    only where nothing else silences them. ``leaning`` ones count as weak ones do, and only where
    their sentence has another word of something done by force ("drones" beside "attack").
    ``counted`` are verbs that mean it where a number of
    soldiers or arms stands behind them ("send 1,500 troops"). ``general`` are those of the weak ones that are
    of other means where the text names such alone ("bombed or shelled"). ``together`` are groups of
    words that mean it where another word stands near.
    """

    strong: Forms = []
    weak: Forms = []
    leaning: Forms = []
    counted: Forms = []
    general: Forms = []
    together: list[Together] = []


class Collocation(Strict, frozen=True, rename={"with_": "with"}):
    """Words that mean something only beside others, by names of ``groups``.

    A word of ``words`` is reported as one of ``category`` where a word of each group of ``with`` stands
    in its sentence, with at most ``within`` words between: on one side of it, or on either. Without a
    ``category`` it is ordinary there, and no event; ``why`` says that to whoever reads the file.
    """

    words: list[str]
    with_: list[str]
    category: str | None = None
    within: int = 8
    side: Literal["either", "before", "behind"] = "either"
    why: str = ""


class Relatives(Strict, frozen=True):
    """Relative clauses: "three people who tried to flee were shot".

    ``pronouns`` open one right behind a noun, with the comma where there always is one (", die").
    ``governing`` words right before a verb make it none that ends the clause ("for", "accused of").
    """

    pronouns: Forms = []
    governing: Forms = []


class Language(Strict, frozen=True):
    """Everything that is known of one language.

    ``duals`` are nouns that are two by themselves ("two soldiers" as one word), by concept or
    unit. ``singles`` are one by themselves right behind a verb or noun that says what happened
    to people ("death of [a] soldier"), where the language has no word for "a"; with
    ``singles_before`` also right before one ("[a] soldier died"), or, where verbs come last, in
    its clause; with ``singles_opening`` where they open a clause before one ("said that [a] soldier died").
    ``silencers`` are phrases in which a word of the keywords means nothing, ``silenced`` groups of two words
    that mean nothing together. ``missing`` say of the event at the beginning of their clause that there
    was none, where that stands behind it ("Столкновений на границе не было").
    ``groups`` are words by a name that ``collocations`` call them by: what they mean beside each other.
    """

    code: str
    name: str
    script: Script
    digits: Digits
    numerals: Numerals
    qualifiers: dict[Qualifier, Sided]
    ranges: Ranges
    not_figures: NotFigures
    time: Time
    rates: Rates
    units: dict[str, Forms]
    concepts: dict[str, Forms]
    fillers: Forms
    noun_ends: Forms
    clause_ends: Forms
    conjunctions: Forms
    parts: Forms
    links: Forms
    part_of: Forms
    predicates: dict[str, Predicate]
    scope: dict[Literal["new", "cumulative"], Forms]
    status: dict[MentionStatus, Forms]
    possessives: Forms
    attributions: list[Attribution]
    speakers: Speakers
    places: Places
    keywords: dict[str, Keywords]
    silencers: Forms
    domains: dict[str, Forms]
    silenced: list[Together] = []
    missing: Forms = []
    relatives: Relatives = Relatives()
    singles: Forms = []
    singles_before: bool = False
    singles_opening: bool = False
    duals: dict[str, Forms] = {}
    groups: dict[str, Forms] = {}
    collocations: list[Collocation] = []


@cache
def available() -> tuple[str, ...]:
    """Return the codes of the languages that have a data file, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml") if not path.stem.startswith("_")))


def load(code: str) -> Language:
    """Return the language with this code.

    Raises :class:`LookupError` that lists the languages there are, and
    :class:`streams.errors.DataError` where the file has a mistake.
    """
    if code not in available():
        raise LookupError(f"no language data for {code!r}; there is data for: {', '.join(available())}")
    return load_file(FOLDER / f"{code}.toml")


@cache
def load_file(path: Path) -> Language:
    """Return the language in a file; mistakes name file and key."""
    try:
        language = toml.decode(path.read_bytes(), Language)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name}: {error}") from None
    if language.code != path.stem:
        raise DataError(f"{path.name}: code: is {language.code!r}; the file's name says {path.stem!r}")
    return language
