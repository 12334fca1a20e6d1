"""Every environment variable that Kabar reads: typed, with its default and one line of help.

The table is :class:`Settings`: its field ``topic_raw`` is the variable ``KABAR_TOPIC_RAW``. A
``KABAR_*`` variable that is not in it is an error that names the nearest one that is, an
empty variable counts as one that is not set, and nothing that was asked for to keep a
connection safe is ever dropped in silence.
"""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from streams.options import (
    Option,
    brokers,
    choice,
    file,
    host,
    hosts,
    hours,
    name,
    origins,
    output,
    seconds,
    share,
    switch,
    text,
    whole,
)


if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "KABAR_"

GROUP_OF_THE_DESK: Final = ".desk"
"""What stands behind KABAR_GROUP in the name of the desks' consumer group."""

OF_THE_TESTS: Final = frozenset({"KABAR_TEST_BROKER"})
"""Variables that only the tests read."""

MASK: Final = "********"


class SettingsError(ValueError):
    """One line for each setting that is wrong: its name, and what is accepted."""


class Effective(NamedTuple):
    """A setting as it is in force; a secret's ``value`` is masked."""

    name: str
    value: str
    origin: str
    help: str


def _as(option: Option) -> dict[str, Option]:
    return {"option": option}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What is set. Times are in seconds, sizes in bytes."""

    # The brokers, and what is read and written there.
    broker_url: tuple[str, ...] = field(
        default=("localhost:9092",), metadata=_as(brokers("the brokers to start from"))
    )
    topic_raw: str = field(
        default="news.article.raw", metadata=_as(name("the topic that articles are read from"))
    )
    topic_enriched: str = field(
        default="news.article.enriched", metadata=_as(name("the topic that enriched articles go to"))
    )
    topic_alert: str = field(default="news.alert", metadata=_as(name("the topic that alerts go to")))
    topic_story: str = field(
        default="news.story", metadata=_as(name("the topic that stories go to: alerts of one event, folded"))
    )
    topic_report: str = field(
        default="news.story.report",
        metadata=_as(name("the topic that the desk keeps its state in: what each article tells")),
    )
    topic_dead_letter: str = field(
        default="news.article.dead-letter",
        metadata=_as(name("the topic that articles go to which cannot be read")),
    )
    group: str = field(
        default="kabar", metadata=_as(name("the consumer group; workers of one group share the partitions"))
    )
    rules: Path | None = field(
        default=None, metadata=_as(file("the alert rules, a TOML file; Kabar's own where not set"))
    )

    # Topics that are not there yet.
    create_topics: bool = field(
        default=False, metadata=_as(switch("let the worker create the topics that are missing"))
    )
    topic_partitions: int = field(
        default=6, metadata=_as(whole(1, 10_000, "partitions", "partitions of a topic that Kabar creates"))
    )
    topic_replication: int = field(
        default=1, metadata=_as(whole(1, 100, "replicas", "replicas of a topic that Kabar creates"))
    )

    # The safety of the connection.
    tls: bool = field(
        default=False,
        metadata=_as(switch("encrypt the connection, and check the broker's certificate and name")),
    )
    tls_ca: Path | None = field(
        default=None,
        metadata=_as(file("who may sign the broker's certificate (PEM); the system's list where not set")),
    )
    tls_cert: Path | None = field(
        default=None, metadata=_as(file("the certificate to show to the broker (PEM)"))
    )
    tls_key: Path | None = field(default=None, metadata=_as(file("the key of that certificate (PEM)")))
    sasl_mechanism: str | None = field(
        default=None,
        metadata=_as(
            choice("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", help_="how to log in; no login where not set")
        ),
    )
    sasl_username: str | None = field(default=None, metadata=_as(text("the user to log in as")))
    sasl_password: str | None = field(
        default=None, metadata=_as(text("the password to log in with", secret=True))
    )
    sasl_without_tls: bool = field(
        default=False,
        metadata=_as(switch("allow to log in over a connection that anyone on the way can read")),
    )

    # Limits.
    session_timeout: float = field(
        default=30.0,
        metadata=_as(seconds(1, 300, "how long a silent worker keeps its partitions before others get them")),
    )
    delivery_timeout: float = field(
        default=120.0,
        metadata=_as(
            seconds(1, 3600, "how long the worker waits for a result to be delivered before it exits")
        ),
    )
    stall_timeout: float = field(
        default=300.0,
        metadata=_as(
            seconds(
                2,
                86_400,
                "how long a worker that has articles and a broker may get nothing done before it exits",
            )
        ),
    )
    stop_timeout: float = field(
        default=8.0, metadata=_as(seconds(0.5, 600, "how long a stop may take before it is forced"))
    )
    in_flight_articles: int = field(
        default=200,
        metadata=_as(whole(1, 10_000, "articles", "articles whose results may be under way at a time")),
    )
    in_flight_bytes: int = field(
        default=32_000_000,
        metadata=_as(
            whole(1_000_000, 2_000_000_000, "bytes", "size of the results that may be under way at a time")
        ),
    )
    record_bytes: int = field(
        default=1_000_000,
        metadata=_as(
            whole(
                10_000,
                100_000_000,
                "bytes",
                "the largest record to send; at most the broker's message.max.bytes",
            )
        ),
    )
    dead_letter_limit: float = field(
        default=1.0,
        metadata=_as(
            share("the share of dead letters among the last articles at which the worker stops; 0: never")
        ),
    )
    dead_letter_window: int = field(
        default=5_000,
        metadata=_as(
            whole(10, 1_000_000, "articles", "how many of the last articles that share is taken of")
        ),
    )
    compression: str | None = field(
        default=None,
        metadata=_as(
            choice(
                "gzip", "lz4", "snappy", "zstd", help_="how results are compressed; not at all where not set"
            )
        ),
    )

    story_reports: int = field(
        default=40_000,
        metadata=_as(
            whole(1_000, 10_000_000, "reports", "articles that the desk keeps in mind, some 7 kB each")
        ),
    )

    # What others see of the worker.
    heartbeat: Path | None = field(
        default=None,
        metadata=_as(
            output("the file by which `kabar health` knows that worker or desk is well; none where not set")
        ),
    )

    web_port: int | None = field(
        default=None,
        metadata=_as(
            whole(1, 65535, "port", "the port of /healthz, /readyz and /metrics; none where not set")
        ),
    )
    web_host: str = field(
        default="127.0.0.1", metadata=_as(host("the address to open that port at; 0.0.0.0 is all there are"))
    )

    # The dashboard.
    dashboard_host: str = field(
        default="127.0.0.1",
        metadata=_as(
            host("the address the dashboard listens at; 0.0.0.0 is all there are, and asks for a token")
        ),
    )
    dashboard_port: int = field(
        default=8480,
        metadata=_as(whole(0, 65535, "port", "the port the dashboard listens at; 0: any one that is free")),
    )
    dashboard_token: str | None = field(
        default=None,
        metadata=_as(text("what a reader of the dashboard has to show; nothing where not set", secret=True)),
    )
    dashboard_without_token: bool = field(
        default=False,
        metadata=_as(switch("let the dashboard listen elsewhere than at the loopback without a token")),
    )
    dashboard_hosts: tuple[str, ...] = field(
        default=(),
        metadata=_as(
            hosts("the names the dashboard is called by, beside the loopback's; at other addresses: any")
        ),
    )
    dashboard_origins: tuple[str, ...] = field(
        default=(),
        metadata=_as(origins("whose web pages may read the dashboard's API; its own alone where not set")),
    )
    dashboard_hours: float = field(
        default=24.0,
        metadata=_as(hours(0, 8760, "how far back the dashboard begins to read; 0: with what comes new")),
    )
    dashboard_articles: int = field(
        default=10_000,
        metadata=_as(whole(10, 1_000_000, "articles", "how many articles the dashboard keeps")),
    )
    dashboard_alerts: int = field(
        default=5_000,
        metadata=_as(
            whole(10, 1_000_000, "alerts", "how many alerts the dashboard keeps, and how many stories")
        ),
    )
    dashboard_memory: int = field(
        default=160_000_000,
        metadata=_as(
            whole(
                8_000_000, 64_000_000_000, "bytes", "the memory that what it keeps may take; the oldest goes"
            )
        ),
    )
    dashboard_clients: int = field(
        default=100,
        metadata=_as(whole(1, 10_000, "clients", "how many may read the dashboard's stream at a time")),
    )
    dashboard_behind: int = field(
        default=2_000,
        metadata=_as(
            whole(
                10,
                1_000_000,
                "records",
                "how far a reader of the stream may fall behind before it is cut off",
            )
        ),
    )

    # The log.
    log_level: str = field(
        default="INFO",
        metadata=_as(choice("DEBUG", "INFO", "WARNING", "ERROR", help_="the least that is logged")),
    )
    log_format: str = field(
        default="text", metadata=_as(choice("text", "json", help_="how a line of the log is written"))
    )

    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each variable's value came from, by its name; the ones missing are defaults."""

    def outputs(self) -> tuple[str, str, str]:
        """Return the topics that the worker writes to."""
        return (self.topic_enriched, self.topic_alert, self.topic_dead_letter)

    def effective(self) -> list[Effective]:
        """Return every setting as it is in force, secrets masked."""
        found = []
        for variable, key, option in _table():
            value = getattr(self, key)
            shown = MASK if option.secret and value else _shown(value, option)
            found.append(Effective(variable, shown, self.origins.get(variable, "default"), option.help))
        return found


def _table() -> list[tuple[str, str, Option]]:
    """Return name, field and option of each variable."""
    rows = [(f.name, f.metadata.get("option")) for f in fields(Settings)]
    return [(PREFIX + key.upper(), key, option) for key, option in rows if option]


def _shown(value: object, option: Option) -> str:
    """Return a value as one would write it into its variable."""
    if value is None:
        return ""
    if option.show is not None:
        return option.show(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    return f"{value:g}" if isinstance(value, float) else str(value)


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings in ``environ`` (the process's own where it is None).

    Raises :class:`SettingsError`, with a line for each variable that is wrong.
    """
    environ = os.environ if environ is None else environ
    errors = _unknown(environ)
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for variable, key, option in _table():
        try:
            given, origin = _given(environ, variable, option)
        except SettingsError as error:
            errors.append(str(error))
            continue
        if given is None:
            continue
        origins[variable] = origin
        try:
            values[key] = option.parse(given)
        except ValueError as error:
            why = f": {error}" if str(error) else ""
            # A password in an address does not belong there, and into no log either.
            shown = re.sub(r"[^/;,]*@", f"{MASK}@", given)
            errors.append(f"{variable} is {shown!r}{why}; it takes {option.accepts}")
    settings = Settings(**values, origins=origins)
    errors += _contradictions(settings, asked=origins)
    if errors:
        raise SettingsError("\n".join(errors))
    return settings


def _given(environ: Mapping[str, str], variable: str, option: Option) -> tuple[str | None, str]:
    """Return what is set, by the variable or by the file that ``NAME_FILE`` names, and by which."""
    given = environ.get(variable, "").strip() or None
    path = environ.get(f"{variable}_FILE", "").strip() if option.from_file else ""
    if not path:
        return given, "environment"
    if given is not None:
        raise SettingsError(f"{variable} and {variable}_FILE are both set; set one of them")
    try:
        held = Path(path).read_text(encoding="utf-8").strip("\r\n")
    except UnicodeDecodeError:
        raise SettingsError(f"{variable}_FILE: {path!r} cannot be read: not UTF-8") from None
    except OSError as error:
        raise SettingsError(f"{variable}_FILE: {path!r} cannot be read: {error.strerror}") from None
    if not held:
        raise SettingsError(f"{variable}_FILE: {path!r} is empty")
    return held, f"file {path}"


def _unknown(environ: Mapping[str, str]) -> list[str]:
    known = [variable for variable, _, _ in _table()]
    known += [f"{variable}_FILE" for variable, _, option in _table() if option.from_file]
    found = []
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and variable not in known and variable not in OF_THE_TESTS:
            nearest = difflib.get_close_matches(variable, known, n=1, cutoff=0.0)[0]
            found.append(f"{variable} is not a setting of Kabar; the nearest one is {nearest}")
    return found


def _contradictions(settings: Settings, asked: Mapping[str, str]) -> list[str]:
    """Return what does not go together; above all what would leave a connection less safe than asked for.

    ``asked`` holds the variables that were set, even where their value was refused.
    """
    found = []
    login = "KABAR_SASL_MECHANISM" in asked
    for part in ("KABAR_SASL_USERNAME", "KABAR_SASL_PASSWORD"):
        if part in asked and not login:
            found.append(f"{part} is set without KABAR_SASL_MECHANISM: nobody would log in")
        if part not in asked and login:
            found.append(f"KABAR_SASL_MECHANISM is set without {part} (or {part}_FILE)")
    if login and not settings.tls and not settings.sasl_without_tls:
        found.append(
            "KABAR_SASL_MECHANISM is set without KABAR_TLS=1: anyone on the way could read the login "
            "(KABAR_SASL_WITHOUT_TLS=1 allows that)"
        )
    found += [
        f"{part} is set without KABAR_TLS=1: nothing would be encrypted"
        for part in ("KABAR_TLS_CA", "KABAR_TLS_CERT", "KABAR_TLS_KEY")
        if part in asked and not settings.tls
    ]
    if ("KABAR_TLS_CERT" in asked) != ("KABAR_TLS_KEY" in asked):
        found.append("KABAR_TLS_CERT and KABAR_TLS_KEY belong together; one of them is not set")
    for part, least in (
        ("DELIVERY_TIMEOUT", settings.delivery_timeout),
        ("SESSION_TIMEOUT", settings.session_timeout),
    ):
        if settings.stall_timeout <= least:
            found.append(
                f"KABAR_STALL_TIMEOUT ({settings.stall_timeout:g}) must be longer than "
                f"KABAR_{part} ({least:g}), in which a worker is given time to recover"
            )
    topics = (settings.topic_raw, *settings.outputs(), settings.topic_story, settings.topic_report)
    if len(set(topics)) < len(topics):
        found.append(f"the six KABAR_TOPIC_* must be six topics; they are {', '.join(topics)}")
    return found
