"""Apache Kafka behind locks: one node whose ports want TLS, a login, a certificate, or have a bad one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka.admin import AclBinding, AclOperation, AclPermissionType, AdminClient, ResourceType
from confluent_kafka.admin import ResourcePatternType as Pattern

from tests.certificates import Authority, Certificate
from tests.kafka import PASSWORD, Kafka, free_port, running


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.settings import Settings

USER = "ana"
"""A user with every right."""

CLIENT = "kabar"
"""The name in the certificate that a client may show instead of a login."""

REPORTER = "reporter"
"""A user who can log in, and has no rights but those that a test gives."""

EXPIRING_MS = 2_000
"""After so long the port EXPIRING hangs up."""

# What is not said by its name: SECURE is as it should be, ONE takes SCRAM-SHA-512 alone, MUTUAL wants a
# certificate, and MISADVERTISED says that it is at a name that its certificate is not for.
_PORTS = ("SECURE", "ONE", "MUTUAL", "EXPIRED", "MISNAMED", "MISADVERTISED", "EXPIRING")

_PROPERTIES = """
listeners={listeners}
advertised.listeners={advertised}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,{protocols}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:{user};User:CN={client}
listener.name.mutual.ssl.client.auth=required
listener.name.expiring.connections.max.reauth.ms={expiring}
"""

_OF_A_PORT = """
listener.name.{port}.ssl.keystore.type=PEM
listener.name.{port}.ssl.keystore.location={keys}
listener.name.{port}.ssl.truststore.type=PEM
listener.name.{port}.ssl.truststore.location={trusted}
listener.name.{port}.sasl.enabled.mechanisms={mechanisms}
listener.name.{port}.plain.sasl.jaas.config=\
  org.apache.kafka.common.security.plain.PlainLoginModule required user_{user}="{password}";
listener.name.{port}.scram-sha-256.sasl.jaas.config=\
  org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.{port}.scram-sha-512.sasl.jaas.config=\
  org.apache.kafka.common.security.scram.ScramLoginModule required;
"""


class Secured:
    """The broker: its ports by name, who signed its certificates, and one to show to it."""

    def __init__(
        self, kafka: Kafka, ports: dict[str, int], authority: Authority, client: Certificate
    ) -> None:
        self.kafka = kafka
        self.authority = authority
        self.client = client
        self._ports = ports

    def port(self, name: str) -> int:
        """Return the number of a port; PLAINTEXT is the one without any lock."""
        return self._ports[name]

    def topics(self, **more: Any) -> Settings:  # noqa: ANN401 - as the settings have it
        """Return settings with topics of their own, by way of the port without locks."""
        return self.kafka.with_topics(**more)

    def login(self, settings: Settings, port: str = "SECURE", **more: Any) -> Settings:  # noqa: ANN401 - the same
        """Return the settings with TLS and a login at a port."""
        safe = {"tls": True, "tls_ca": self.authority.certificate, "sasl_mechanism": "SCRAM-SHA-512"}
        who = {"sasl_username": USER, "sasl_password": PASSWORD}
        return replace(settings, broker_url=(f"127.0.0.1:{self.port(port)}",), **{**safe, **who, **more})

    def shown(self, settings: Settings, **more: Any) -> Settings:  # noqa: ANN401 - the same
        """Return the settings with TLS and a certificate of our own, at the port that wants one."""
        mine = {"tls_cert": self.client.certificate, "tls_key": self.client.key}
        safe = {"tls": True, "tls_ca": self.authority.certificate}
        return replace(settings, broker_url=(f"127.0.0.1:{self.port('MUTUAL')}",), **{**safe, **mine, **more})

    def allow(self, settings: Settings, *, but: str = "") -> None:
        """Let the reporter do what a worker has to, but for one thing (``read raw``, for example)."""
        wanted = {
            "read raw": (ResourceType.TOPIC, settings.topic_raw, AclOperation.READ),
            "write enriched": (ResourceType.TOPIC, settings.topic_enriched, AclOperation.WRITE),
            "write alert": (ResourceType.TOPIC, settings.topic_alert, AclOperation.WRITE),
            "write dead-letter": (ResourceType.TOPIC, settings.topic_dead_letter, AclOperation.WRITE),
            "read group": (ResourceType.GROUP, settings.group, AclOperation.READ),
        }
        # Who may read or write a topic sees it; one that may not is still told that it is there.
        seen = [
            (ResourceType.TOPIC, topic, AclOperation.DESCRIBE)
            for topic in (settings.topic_raw, *settings.outputs())
        ]
        rights = [right for name, right in wanted.items() if name != but]
        bindings = [
            AclBinding(
                kind, name, Pattern.LITERAL, f"User:{REPORTER}", "*", operation, AclPermissionType.ALLOW
            )
            for kind, name, operation in (*rights, *(seen if but else ()))
        ]
        admin = AdminClient({"bootstrap.servers": self.kafka.address})
        for done in admin.create_acls(bindings).values():
            done.result(30)


@pytest.fixture(scope="session")
def secured(kafka_classes: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """Give a broker behind locks that lives as long as the test session."""
    folder = tmp_path_factory.mktemp("secured")
    authority = Authority(folder / "authority", "An authority for tests")
    here = "IP:127.0.0.1"
    good = authority.sign("good", subject="broker", names=here)
    keys = dict.fromkeys(_PORTS, good)
    keys["EXPIRED"] = authority.sign("expired", subject="broker", names=here, days=-1)
    keys["MISNAMED"] = authority.sign("misnamed", subject="broker", names="DNS:kafka.example")
    ports = {name: free_port() for name in _PORTS}
    own = "PLAINTEXT://127.0.0.1:{port}"
    properties = _PROPERTIES.format(
        listeners=",".join(
            [own, "CONTROLLER://127.0.0.1:{controller}", *(f"{n}://127.0.0.1:{p}" for n, p in ports.items())]
        ),
        advertised=",".join([own, *(f"{name}://{_host(name)}:{port}" for name, port in ports.items())]),
        protocols=",".join(f"{name}:{'SSL' if name == 'MUTUAL' else 'SASL_SSL'}" for name in _PORTS),
        user=USER,
        client=CLIENT,
        expiring=EXPIRING_MS,
    )
    for name in _PORTS:
        properties += _OF_A_PORT.format(
            port=name.lower(),
            keys=keys[name].both,
            trusted=authority.certificate,
            mechanisms="SCRAM-SHA-512" if name == "ONE" else "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
            user=USER,
            password=PASSWORD,
        )
    client = authority.sign("client", subject=CLIENT, names="DNS:kabar.example")
    with running(kafka_classes, folder, more=properties, users=[USER, REPORTER]) as kafka:
        ports["PLAINTEXT"] = int(kafka.address.rpartition(":")[2])
        yield Secured(kafka, ports, authority, client)


def _host(port: str) -> str:
    """Return what the broker says where the port is: one is for another name than it says."""
    return "localhost" if port == "MISADVERTISED" else "127.0.0.1"
