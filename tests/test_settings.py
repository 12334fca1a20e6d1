"""Settings: typed, complete, and never less safe than what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest
from click.testing import CliRunner

from streams.__main__ import cli
from streams.settings import MASK, Settings, SettingsError, load


if TYPE_CHECKING:
    from pathlib import Path


def _error(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load(environ)
    return str(caught.value)


_LOGIN = {"KABAR_SASL_MECHANISM": "PLAIN", "KABAR_SASL_USERNAME": "ana", "KABAR_SASL_PASSWORD": "s3cret"}


def test_nothing_set_gives_the_defaults() -> None:
    """An empty environment, or one with variables of others, gives what the documentation says."""
    settings = load({"PATH": "/bin", "BROKER_URL": "kafka://other"})
    assert settings == Settings()
    assert settings.broker_url == ("localhost:9092",)
    assert settings.topic_raw == "news.article.raw"
    assert settings.outputs() == ("news.article.enriched", "news.alert", "news.article.dead-letter")
    assert settings.group == "kabar"


def test_an_empty_variable_counts_as_not_set() -> None:
    """Compose files pass variables on that are empty."""
    assert load({"KABAR_GROUP": "", "KABAR_RULES": "  ", "KABAR_TLS": ""}) == Settings()


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("KABAR_BROKER", "KABAR_BROKER_URL"),
        ("KABAR_TOPICS_RAW", "KABAR_TOPIC_RAW"),
        ("KABAR_SASL_PASSWORD_FILES", "KABAR_SASL_PASSWORD_FILE"),
        ("KABAR_TLS_CERTIFICATE", "KABAR_TLS_CERT"),
    ],
)
def test_an_unknown_variable_is_an_error_that_names_the_nearest(variable: str, nearest: str) -> None:
    """A typing error must not silently leave a default in force."""
    assert _error({variable: "1"}) == f"{variable} is not a setting of Kabar; the nearest one is {nearest}"


def test_the_variable_of_the_tests_is_known() -> None:
    """Tests are run with KABAR_TEST_BROKER, and the commands they run inherit it."""
    assert load({"KABAR_TEST_BROKER": "localhost:9092"}) == Settings()


@pytest.mark.parametrize(
    ("given", "brokers"),
    [
        ("kafka://one:9093", ("one:9093",)),
        ("kafka://one", ("one:9092",)),
        ("one:1;two:2", ("one:1", "two:2")),
        ("kafka://one:1;two:2", ("one:1", "two:2")),
        ("kafka://one:1,kafka://two:2/", ("one:1", "two:2")),
        ("kafka://[::1]:9092", ("[::1]:9092",)),
    ],
)
def test_brokers_are_read_as_people_write_them(given: str, brokers: tuple[str, ...]) -> None:
    """One or more, with scheme and port or without."""
    assert load({"KABAR_BROKER_URL": given}).broker_url == brokers


@pytest.mark.parametrize(
    "given", ["http://one:1", "kafka://", "kafka://one:port", "kafka://one:0", "kafka://one:70000"]
)
def test_a_broker_that_is_none_is_refused(given: str) -> None:
    """The message says what is accepted."""
    assert _error({"KABAR_BROKER_URL": given}).endswith(
        "it takes kafka://host:port, more of them after a ';'"
    )


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    """Where it would end up in logs, the message points to where it belongs."""
    message = _error({"KABAR_BROKER_URL": "kafka://one:1;kafka://ana:s3cret@two:2"})
    assert "KABAR_SASL_USERNAME" in message
    assert "s3cret" not in message
    assert "ana" not in message


def test_encryption_in_an_address_is_refused() -> None:
    """A scheme that asks for TLS would be a wish that nobody hears."""
    assert "KABAR_TLS=1" in _error({"KABAR_BROKER_URL": "kafka+ssl://one:1"})


@pytest.mark.parametrize(
    ("variable", "value", "accepted"),
    [
        ("KABAR_CREATE_TOPICS", "maybe", "1 or 0"),
        ("KABAR_TOPIC_PARTITIONS", "0", "from 1 to 10000"),
        ("KABAR_TOPIC_PARTITIONS", "2.5", "a whole number"),
        ("KABAR_SESSION_TIMEOUT", "nan", "seconds from 1 to 300"),
        ("KABAR_SESSION_TIMEOUT", "-1", "seconds from 1 to 300"),
        ("KABAR_LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING or ERROR"),
        ("KABAR_TOPIC_RAW", "no spaces", "letters, digits"),
        ("KABAR_TOPIC_RAW", "..", "letters, digits"),
        ("KABAR_GROUP", "ö", "letters, digits"),
        ("KABAR_RULES", "/no/such/file", "there is no such file"),
        ("KABAR_COMPRESSION", "rar", "gzip, lz4, snappy or zstd"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_with_what_can(variable: str, value: str, accepted: str) -> None:
    """The message holds the variable, the value and what is accepted."""
    message = _error({variable: value})
    assert message.startswith(f"{variable} is {value!r}")
    assert accepted in message


def test_every_mistake_is_named_at_once() -> None:
    """One run is enough to find all of them."""
    message = _error({"KABAR_TLS": "perhaps", "KABAR_GRUOP": "x", "KABAR_TOPIC_PARTITIONS": "many"})
    assert [line.split()[0] for line in message.splitlines()] == [
        "KABAR_GRUOP",
        "KABAR_TOPIC_PARTITIONS",
        "KABAR_TLS",
    ]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"KABAR_SASL_USERNAME": "ana"}, "KABAR_SASL_USERNAME is set without KABAR_SASL_MECHANISM"),
        ({"KABAR_SASL_PASSWORD": "s3cret"}, "KABAR_SASL_PASSWORD is set without KABAR_SASL_MECHANISM"),
        (_LOGIN | {"KABAR_SASL_PASSWORD": "", "KABAR_TLS": "1"}, "is set without KABAR_SASL_PASSWORD"),
        (_LOGIN | {"KABAR_SASL_USERNAME": "", "KABAR_TLS": "1"}, "is set without KABAR_SASL_USERNAME"),
        (_LOGIN, "is set without KABAR_TLS=1"),
        (_LOGIN | {"KABAR_TLS": "0"}, "is set without KABAR_TLS=1"),
        ({"KABAR_TLS_CA": __file__}, "KABAR_TLS_CA is set without KABAR_TLS=1"),
        ({"KABAR_TLS": "1", "KABAR_TLS_CERT": __file__}, "belong together"),
        ({"KABAR_TLS": "1", "KABAR_TLS_KEY": __file__}, "belong together"),
        (
            _LOGIN | {"KABAR_SASL_MECHANISM": "GSSAPI", "KABAR_TLS": "1"},
            "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512",
        ),
    ],
)
def test_a_connection_is_never_less_safe_than_asked_for(environ: dict[str, str], expected: str) -> None:
    """Half of what a safe connection needs is an error, not a connection without it."""
    message = _error(environ)
    assert expected in message
    assert "s3cret" not in message


def test_a_login_in_the_clear_must_be_asked_for() -> None:
    """KABAR_SASL_WITHOUT_TLS says that it is known."""
    assert load(_LOGIN | {"KABAR_SASL_WITHOUT_TLS": "1"}).sasl_mechanism == "PLAIN"
    assert load(_LOGIN | {"KABAR_TLS": "1"}).sasl_password == _LOGIN["KABAR_SASL_PASSWORD"]


def test_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    """As container platforms mount it: the file's end of line is not part of it."""
    secret = tmp_path / "password"
    secret.write_text("s3 cret\n")
    environ = {"KABAR_SASL_MECHANISM": "scram-sha-512", "KABAR_SASL_USERNAME": "ana", "KABAR_TLS": "yes"}
    settings = load(environ | {"KABAR_SASL_PASSWORD_FILE": str(secret)})
    assert (settings.sasl_mechanism, settings.sasl_password) == ("SCRAM-SHA-512", "s3 cret")
    assert "both set" in _error(
        environ | {"KABAR_SASL_PASSWORD_FILE": str(secret), "KABAR_SASL_PASSWORD": "x"}
    )
    assert "cannot be read" in _error(environ | {"KABAR_SASL_PASSWORD_FILE": str(tmp_path / "none")})
    secret.write_text("\n")
    assert "is empty" in _error(environ | {"KABAR_SASL_PASSWORD_FILE": str(secret)})


def test_topics_must_differ() -> None:
    """A worker that wrote to the topic it reads would never end."""
    assert "must be six topics" in _error({"KABAR_TOPIC_ENRICHED": "news.article.raw"})


def test_the_command_prints_every_setting_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """As text and as JSON: name, value, origin, help; the password masked."""
    for name, value in (_LOGIN | {"KABAR_TLS": "1"}).items():
        monkeypatch.setenv(name, value)
    as_text = CliRunner().invoke(cli, ["settings"])
    as_json = CliRunner().invoke(cli, ["settings", "--format", "json"])
    assert (as_text.exit_code, as_json.exit_code) == (0, 0)
    assert "s3cret" not in as_text.output + as_json.output
    table = orjson.loads(as_json.output)
    assert table["KABAR_SASL_PASSWORD"]["value"] == MASK
    assert table["KABAR_SASL_PASSWORD"]["origin"] == "environment"
    assert table["KABAR_BROKER_URL"] == {
        "value": "kafka://localhost:9092",
        "origin": "default",
        "help": "the brokers to start from",
    }
    lines = as_text.output.splitlines()
    assert [line.split("=")[0] for line in lines] == list(table)
    assert all("  # " in line for line in lines)


def test_what_the_command_prints_can_be_set_again() -> None:
    """Every value is printed as its variable takes it."""
    settings = Settings(
        broker_url=("a:1", "b:2"), create_topics=True, session_timeout=6.5, compression="zstd"
    )
    environ = {one.name: one.value for one in settings.effective()}
    assert load(environ) == Settings(**{**vars(settings), "origins": load(environ).origins})


def test_the_command_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 2, as for every mistake in how a command is called."""
    monkeypatch.setenv("KABAR_GRUOP", "x")
    result = CliRunner().invoke(cli, ["settings"])
    assert result.exit_code == 2
    assert "KABAR_GRUOP is not a setting of Kabar; the nearest one is KABAR_GROUP" in result.output
