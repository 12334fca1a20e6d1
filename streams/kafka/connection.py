"""How a client reaches the brokers: the settings as aiokafka wants them."""

from __future__ import annotations

import logging
import re
import ssl
import threading
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError, KafkaError

from streams.kafka import batches
from streams.settings import SettingsError


if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from streams.settings import Settings


class BrokerError(Exception):
    """The brokers cannot be reached, or do not do what they are asked; says which and why."""


def tls(settings: Settings) -> ssl.SSLContext | None:
    """Return the TLS context that is set, or None. The broker's certificate and name are checked.

    Raises :class:`SettingsError` where a file does not hold what it should.
    """
    if not settings.tls:
        return None
    try:
        context = ssl.create_default_context(cafile=settings.tls_ca)
    except (ssl.SSLError, OSError) as error:
        raise SettingsError(
            f"KABAR_TLS_CA: {settings.tls_ca} holds no certificate ({error.strerror})"
        ) from None
    if settings.tls_cert is not None:
        try:
            # An empty password, or OpenSSL would ask for one on the terminal.
            context.load_cert_chain(settings.tls_cert, settings.tls_key, password="")
        except (ssl.SSLError, OSError) as error:
            raise SettingsError(
                "KABAR_TLS_CERT and KABAR_TLS_KEY are not a certificate and its key, without a password "
                f"({settings.tls_cert}, {settings.tls_key}: {error.strerror})"
            ) from None
    return context


def connection(settings: Settings) -> dict[str, Any]:
    """Return the arguments by which an aiokafka client reaches the brokers, and logs in."""
    batches.install()
    context = tls(settings)
    found: dict[str, Any] = {
        "bootstrap_servers": list(settings.broker_url),
        "ssl_context": context,
        "security_protocol": "SSL" if context else "PLAINTEXT",
    }
    if settings.sasl_mechanism is not None:
        found |= {
            "security_protocol": "SASL_SSL" if context else "SASL_PLAINTEXT",
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": settings.sasl_password,
        }
    return found


class _LastWords(logging.Handler):
    """Keeps what aiokafka says while it connects: the reason is in its log, not in its exception."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.words = ""
        self._listener = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._listener:
            self.words = record.getMessage()


@contextmanager
def last_words(*, quietly: bool = False) -> Iterator[_LastWords]:
    """Yield what keeps the last words of this thread's clients; ``quietly``: they do not reach the log."""
    log = logging.getLogger("aiokafka")
    last, propagate = _LastWords(), log.propagate
    log.addHandler(last)
    log.propagate = propagate and not quietly
    try:
        yield last
    finally:
        log.removeHandler(last)
        log.propagate = propagate


@asynccontextmanager
async def administrator(settings: Settings, *, patience: float = 10.0) -> AsyncIterator[AIOKafkaAdminClient]:
    """Yield an admin client, connected. ``patience`` is the time a request may take, in seconds.

    Raises :class:`BrokerError` where no broker can be reached, with the reason.
    """
    client = AIOKafkaAdminClient(**connection(settings), request_timeout_ms=int(patience * 1000))
    try:
        with last_words(quietly=True) as last:
            try:
                await client.start()
                await _reach_one(client._client)  # noqa: SLF001 - the admin client itself does not look there
            except (KafkaError, OSError, ValueError) as error:  # ssl.SSLError is an OSError
                addresses = ", ".join(settings.broker_url)
                raise BrokerError(
                    f"cannot reach a Kafka broker at {addresses} (KABAR_BROKER_URL): "
                    f"{why_not(settings, error, last).text}"
                ) from error
        yield client
    finally:
        await client.close()


async def _reach_one(client: Any) -> None:  # noqa: ANN401 - aiokafka is untyped
    """Connect to a broker where it says that it is: that may be elsewhere, and be called otherwise."""
    for broker in client.cluster.brokers():
        if await client.ready(broker.nodeId):
            return
    raise KafkaConnectionError


class WhyNot(NamedTuple):
    """Why a broker was not reached, for a person; ``lasting`` where waiting does not change it."""

    text: str
    lasting: bool = False


def why_not(settings: Settings, error: Exception, last: _LastWords) -> WhyNot:
    """Return why a broker was not reached, from the error and what aiokafka said before it."""
    words = last.words if isinstance(error, KafkaConnectionError) else str(error)
    said = re.fullmatch(
        r"(?:Unable connect to|Unable to request metadata from) [^ ]+( with id \d+)?: (.*)", words
    )
    where = " where it says it is (advertised.listeners)" if said and said[1] else ""
    why = (said[2] if said else words).partition(": <AIOKafkaConnection")[0].strip()
    if "IllegalSaslState" in why or "UnsupportedSaslMechanism" in why:
        return WhyNot(
            f"it offers no login by {settings.sasl_mechanism} there (KABAR_SASL_MECHANISM)", lasting=True
        )
    if "SaslAuthenticationFailed" in why:
        return WhyNot("it refuses the login (KABAR_SASL_USERNAME, KABAR_SASL_PASSWORD)", lasting=True)
    if found := re.search(r"certificate verify failed: (.*?)\.? *(\(_ssl|$)", why):
        who = " (KABAR_TLS_CA says who may sign it)" if re.search("issuer|signed", found[1]) else ""
        return WhyNot(f"its certificate is not to be trusted{where}: {found[1]}{who}", lasting=True)
    if why and not why.endswith("closed"):
        return WhyNot(why + where)
    if isinstance(error, TimeoutError):
        return WhyNot("it does not answer")
    return WhyNot(f"it closes the connection{where}; {_guess(settings, shaken=bool(why))}")


def _guess(settings: Settings, *, shaken: bool) -> str:
    """Return what may be wrong where a broker only hangs up; ``shaken``: the TLS handshake was done."""
    if not settings.tls:
        return "does it want TLS there (KABAR_TLS=1)?"
    if not shaken:
        return "does it speak TLS there (KABAR_TLS)?"
    if settings.tls_cert is not None:
        return "does it accept our certificate (KABAR_TLS_CERT)?"
    if settings.sasl_mechanism is not None:
        return "does it want a certificate there (KABAR_TLS_CERT), and no login?"
    return "does it want a login there (KABAR_SASL_MECHANISM), or a certificate (KABAR_TLS_CERT)?"
