"""The files that deploy Kabar say what they should; no Docker Engine is needed to see that."""

from __future__ import annotations

import json
import os
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from streams import settings as kabar
from streams.__main__ import COMMANDS
from streams.kafka.topics import topics
from streams.settings import Settings
from tests.kafka import HOW_TO_GET_IT, POM, Kafka, _wait_until_ready, classpath, dying_with_parent, free_port


ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE_TEXT)["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("kabar:")}
DEFAULTS = {one.name: one.value for one in Settings().effective()}

_VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")


class Step(NamedTuple):
    """One instruction of the Dockerfile, its lines joined."""

    word: str
    rest: str


def stages() -> list[list[Step]]:
    """Return the instructions of each stage; those before the first FROM stand in front of its own."""
    text = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n", "", DOCKERFILE))
    found: list[list[Step]] = [[]]
    for line in filter(None, map(str.strip, text.splitlines())):
        step = Step(*line.split(maxsplit=1))
        if step.word == "FROM" and any(earlier.word == "FROM" for earlier in found[-1]):
            found.append([])
        found[-1].append(step)
    return found


def rests(stage: list[Step], word: str) -> list[str]:
    """Return what stands behind a word, for each time it occurs."""
    return [step.rest for step in stage if step.word == word]


def filled(text: str, **given: str) -> str:
    """Return a value of the compose file as compose would pass it on where only ``given`` is set."""
    return _VARIABLE.sub(lambda match: given.get(match[1], match[2]), text)


def test_the_image_is_built_in_two_stages_and_ends_with_what_runs() -> None:
    """Nothing is run in the last stage, and all it takes is the finished environment."""
    build, final = stages()
    assert rests(build, "FROM") == ["${BASE} AS build"]
    assert rests(final, "FROM") == ["${BASE}"]
    assert rests(final, "RUN") == rests(final, "ADD") == []
    assert rests(final, "COPY") == ["--from=build /opt/kabar /opt/kabar"]


def test_packages_are_installed_with_their_hashes_checked() -> None:
    """Each list of requirements, and nothing beside the lists; the last steps have no index at all."""
    [lists, own] = rests(stages()[0], "RUN")
    for name in ("build", "worker"):
        [command] = [part for part in lists.split("&&") if f"-r requirements/{name}.txt" in part]
        assert "--require-hashes" in command
    assert "--no-build-isolation" in lists
    pips = [part for part in own.split("&&") if re.search(r"pip .*(wheel|install) ", part)]
    assert len(pips) == 2
    assert all("--no-index" in part and "--no-deps" in part for part in pips)


def test_the_base_is_a_slim_image_of_a_python_that_kabar_supports() -> None:
    """By version and distribution; a digest can be put in its place."""
    arguments = dict(rest.split("=", 1) for rest in rests(stages()[0], "ARG"))
    assert arguments["BASE"] == "python:${PYTHON}-slim-bookworm"
    assert tuple(map(int, arguments["PYTHON"].split("."))) >= (3, 11)


def test_the_image_runs_as_a_user_by_number_who_is_not_root() -> None:
    """An orchestrator that refuses root cannot tell from a name."""
    [user] = rests(stages()[-1], "USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)


def test_what_the_image_runs_is_no_shell() -> None:
    """A shell between the engine and the worker would keep SIGTERM to itself."""
    final = stages()[-1]
    [health] = rests(final, "HEALTHCHECK")
    [entrypoint], [command] = rests(final, "ENTRYPOINT"), rests(final, "CMD")
    assert json.loads(entrypoint) == ["kabar"]
    assert json.loads(command) == ["worker"]
    assert json.loads(health.split("CMD ", 1)[1]) == ["kabar", "health"]
    assert rests(final, "STOPSIGNAL") == ["SIGTERM"]


def test_the_image_keeps_no_secret_and_opens_no_port() -> None:
    """Arguments and variables of a build can be read by whoever has the image."""
    for stage in stages():
        named = " ".join(rests(stage, "ARG") + rests(stage, "ENV") + rests(stage, "LABEL"))
        assert not re.search("PASSWORD|SECRET|TOKEN|CREDENTIAL", named, re.IGNORECASE)
        assert rests(stage, "EXPOSE") == rests(stage, "VOLUME") == []
    assert "PYTHONUNBUFFERED=1" in " ".join(rests(stages()[-1], "ENV"))


def test_the_image_says_what_it_is() -> None:
    """By the labels that tools look for."""
    [label] = rests(stages()[-1], "LABEL")
    labels = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]+)"', label))
    assert labels.keys() == {"title", "description", "licenses"}
    assert labels["licenses"] == "Apache-2.0"


def test_any_engine_can_build_the_image() -> None:
    """What only BuildKit knows is not used, and no front end is fetched from anywhere."""
    assert "# syntax" not in DOCKERFILE
    assert "--mount" not in DOCKERFILE
    assert "<<" not in DOCKERFILE


@pytest.mark.parametrize("text", [DOCKERFILE, COMPOSE_TEXT], ids=["Dockerfile", "docker-compose.yml"])
def test_no_registry_is_named_and_no_version_left_open(text: str) -> None:
    """Where packages and images come from is the business of the machine that builds."""
    assert not re.search(r"https?://|index-url|trusted-host|find-links", text)
    assert not re.search(r":latest\b", text)
    for image in re.findall(r"^\s*image: (\S+)", text, re.MULTILINE):
        name, _, tag = image.rpartition(":")
        assert name, f"{image} has no tag"
        assert tag
        assert not re.search(r"[.:]", name.split("/")[0]), f"{image} names a registry"


def test_only_what_the_wheel_is_made_of_goes_into_a_build() -> None:
    """The list allows and does not forbid: what is new in the folder stays out."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    assert patterns[0] == "*"
    allowed = {pattern[1:] for pattern in patterns if pattern.startswith("!")}
    copied = {source for rest in rests(stages()[0], "COPY") for source in rest.split()[:-1]}
    assert allowed == copied
    assert all((ROOT / name).exists() for name in allowed)


def test_every_variable_of_kabar_is_one_that_it_knows() -> None:
    """A name that is not known would stop the container at its start."""
    known = DEFAULTS.keys() | {f"{name}_FILE" for name in DEFAULTS} | kabar.OF_THE_TESTS
    for path in ("deploy/Dockerfile", "deploy/README.md", "docker-compose.yml"):
        named = set(re.findall(r"KABAR_[A-Z_]+[A-Z]", (ROOT / path).read_text()))
        assert named
        assert named <= known, path


def test_the_services_are_those_that_are_documented() -> None:
    """What does the work comes by itself, what one looks at with waits for being asked for."""
    always = {"kafka", "topics", "worker", "desk"}
    asked = {
        "dashboard": ["dashboard"],
        "prometheus": ["metrics"],
        "grafana": ["metrics"],
        "kafka-ui": ["kafka-ui"],
        "replay": ["replay"],
        "tail": ["tail"],
    }
    assert SERVICES.keys() == always | asked.keys()
    assert OURS.keys() == {"topics", "worker", "desk", "dashboard", "replay", "tail"}
    found = {name: service["profiles"] for name, service in SERVICES.items() if "profiles" in service}
    assert found == asked
    readme = (ROOT / "deploy" / "README.md").read_text("utf-8")
    for profile in {one for profiles in asked.values() for one in profiles} - {"replay", "tail"}:
        assert f"--profile {profile}" in COMPOSE_TEXT
        assert f"--profile {profile}" in readme


def test_every_port_is_one_of_the_loopback_and_can_be_moved() -> None:
    """Nothing of it is meant for a network, and two of them may run on one machine."""
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(ports) == 5
    assert all(re.match(r"127\.0\.0\.1:\$\{[A-Z_]+_PORT:-\d+\}:", port) for port in ports)


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - OURS.keys() - {"kafka"}))
def test_what_others_made_is_held_to_its_work(name: str) -> None:
    """A pinned image, read-only, without capabilities, bounded; what it reads of ours it cannot change."""
    service = SERVICES[name]
    assert re.fullmatch(r"[a-z]+/[a-z-]+:v?\d+\.\d+\.\d+", service["image"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"] <= 256
    for volume in service.get("volumes", []):
        source, _, rest = volume.partition(":")
        if source.startswith("."):
            assert rest.endswith(":ro")
            assert (ROOT / source).exists()


def test_prometheus_and_grafana_find_what_they_show() -> None:
    """Each process at the port it answers on; Grafana its source, its dashboard, and nobody to log in."""
    assert set(SERVICES["prometheus"]["command"]) >= {"--config.file=/etc/prometheus/prometheus.yaml"}
    config = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yaml").read_text())
    for job in config["scrape_configs"]:
        [target] = job["dns_sd_configs"]
        [name] = target["names"]
        port = "KABAR_DASHBOARD_PORT" if name == "dashboard" else "KABAR_WEB_PORT"
        assert str(target["port"]) == filled(SERVICES[name]["environment"][port])
    grafana = SERVICES["grafana"]
    provisioning = ROOT / "deploy" / "grafana" / "provisioning"
    [source] = yaml.safe_load((provisioning / "datasources" / "prometheus.yaml").read_text())["datasources"]
    assert source["url"] == "http://prometheus:9090"
    [provider] = yaml.safe_load((provisioning / "dashboards" / "kabar.yaml").read_text())["providers"]
    folder = provider["options"]["path"]
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{folder}/kabar.json"
    assert f"./deploy/grafana/kabar.json:{home}:ro" in grafana["volumes"]
    assert grafana["environment"]["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
    assert grafana["environment"]["GF_AUTH_DISABLE_LOGIN_FORM"] == "true"


@pytest.mark.parametrize("name", OURS)
def test_a_container_of_kabar_may_do_its_work_and_nothing_else(name: str) -> None:
    """Read-only, without capabilities, bounded, and reached from nowhere."""
    service = SERVICES[name]
    assert service["read_only"] is True
    assert [mount.split(":")[0] for mount in service["tmpfs"]] == ["/tmp"]  # noqa: S108 - its own
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    # The desk and the dashboard hold what they know in memory.
    most = {"desk": "800m", "dashboard": "600m"}.get(name, "400m")
    assert service["mem_limit"] == service["memswap_limit"] == most
    assert 0 < service["pids_limit"] <= 100
    assert service["init"] is True
    assert not service.keys() & {"container_name", "privileged", "network_mode", "volumes", "user"}
    assert "ports" not in service or name == "dashboard"


@pytest.mark.parametrize("name", OURS)
def test_a_container_of_kabar_is_set_as_kabar_is_where_nothing_is_said(name: str) -> None:
    """Each variable can be set outside, and falls back to Kabar's own default, but for where things are."""
    environment = SERVICES[name]["environment"]
    assert all(value.startswith(f"${{{key}:-") for key, value in environment.items())
    inside = {key: filled(value) for key, value in environment.items()}
    loaded = kabar.load(inside)
    assert loaded.broker_url == ("kafka:19092",)
    places = {"KABAR_BROKER_URL"}
    if name in {"worker", "desk"}:
        places |= {"KABAR_WEB_HOST", "KABAR_WEB_PORT"}
        assert (loaded.web_host, loaded.web_port) == ("0.0.0.0", 9101)  # noqa: S104 - of its container
    if name == "dashboard":
        places |= {key for key in inside if key.startswith("KABAR_DASHBOARD_")}
        # Without a token: its port is one of the loopback, and it answers to the loopback's names alone.
        assert loaded.dashboard_hosts == ("localhost",)
        [port] = SERVICES[name]["ports"]
        assert filled(port) == f"127.0.0.1:{loaded.dashboard_port}:{loaded.dashboard_port}"
        assert "/healthz" in SERVICES[name]["healthcheck"]["test"][-1]
    rest = {key: value for key, value in inside.items() if key not in places}
    assert rest == {key: DEFAULTS[key] for key in rest}
    of_topics = {value for key, value in inside.items() if key.startswith("KABAR_TOPIC_")}
    assert {topic.name for topic in topics(Settings())} <= of_topics


def test_kafka_is_one_node_that_listens_to_containers_and_to_this_machine_alone() -> None:
    """Two listeners for clients, each advertised as its clients know it; one port, on the loopback."""
    kafka = SERVICES["kafka"]
    environment = kafka["environment"]
    assert environment["KAFKA_PROCESS_ROLES"] == "broker,controller"
    listeners = dict(part.split("://") for part in environment["KAFKA_LISTENERS"].split(","))
    assert listeners == {"CONTROLLER": ":29093", "INSIDE": ":19092", "HOST": ":9092"}
    for port in ("9092", "9192"):
        advertised = filled(environment["KAFKA_ADVERTISED_LISTENERS"], KAFKA_PORT=port)
        assert advertised == f"INSIDE://kafka:19092,HOST://127.0.0.1:{port}"
        assert [filled(one, KAFKA_PORT=port) for one in kafka["ports"]] == [f"127.0.0.1:{port}:9092"]
    assert environment["KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS"] == 0
    factors = {key: value for key, value in environment.items() if key.endswith(("_FACTOR", "_ISR"))}
    assert len(factors) == 5
    assert set(factors.values()) == {1}
    assert environment["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert kafka["healthcheck"]["test"][0] == "CMD"
    assert "kafka:19092" in kafka["healthcheck"]["test"]
    assert kafka["volumes"] == [f"kafka-data:{environment['KAFKA_LOG_DIRS']}"]


def test_kafka_is_the_version_that_the_tests_run() -> None:
    """What is deployed is what was tested."""
    tree = ET.parse(POM)  # noqa: S314 - a file of ours
    [version] = [
        node.findtext("version")
        for node in tree.iterfind(".//dependency")
        if node.findtext("groupId") == "org.apache.kafka"
    ]
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{version}"


@pytest.mark.parametrize("name", ["worker", "desk", "dashboard"])
def test_what_runs_for_ever_starts_when_kafka_is_well_and_its_topics_are_there(name: str) -> None:
    """And it stops in its own time, with Docker waiting for longer than it may take."""
    worker = SERVICES[name]
    assert worker["depends_on"] == {
        "kafka": {"condition": "service_healthy"},
        "topics": {"condition": "service_completed_successfully"},
    }
    assert worker["restart"] == "unless-stopped"
    assert float(worker["stop_grace_period"].removesuffix("s")) > Settings().stop_timeout + 5
    # The image's own, of what writes a heartbeat.
    assert ("healthcheck" in worker) == (name == "dashboard")
    assert SERVICES["topics"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}
    assert SERVICES["topics"]["restart"] == "no"


def test_the_others_run_commands_that_end_and_have_no_health() -> None:
    """The image's health check is of the worker, and of the desk."""
    for name in OURS.keys() - {"worker", "desk", "dashboard"}:
        assert SERVICES[name]["healthcheck"] == {"disable": True}
    assert SERVICES["replay"]["depends_on"].keys() == SERVICES["tail"]["depends_on"].keys() == {"topics"}
    commands = {name: service["command"] for name, service in OURS.items()}
    assert {command[0] for command in commands.values()} <= COMMANDS.keys()
    assert commands["topics"] == ["topics", "create"]
    sample = Path(commands["replay"][-1])
    assert sample.parent == Path("/opt/kabar/samples")
    assert (ROOT / "streams" / "samples" / sample.name).is_file()


@pytest.mark.kafka
def test_apache_kafka_starts_with_the_environment_that_it_is_given(tmp_path: Path) -> None:
    """Read by the very code that reads it in its image; only hosts and ports are those of this machine."""
    classes = classpath(tmp_path)
    if classes is None:
        pytest.skip(HOW_TO_GET_IT)
    (tmp_path / "server.properties").touch()
    port, inside, controller = free_port(), free_port(), free_port()
    given = json.dumps(SERVICES["kafka"]["environment"])
    for old, new in {
        "${KAFKA_PORT:-9092}": str(port),
        "kafka:": "127.0.0.1:",
        "://:": "://127.0.0.1:",
        ":9092": f":{port}",
        ":19092": f":{inside}",
        ":29093": f":{controller}",
        "/var/lib/kafka/data": str(tmp_path / "data"),
    }.items():
        assert old in given
        given = given.replace(old, new)
    environment = {key: str(value) for key, value in json.loads(given).items()}
    java = ["java", *environment["KAFKA_HEAP_OPTS"].split(), "-XX:TieredStopAtLevel=1", "-cp", classes]
    folders = [option for letter in "DMF" for option in (f"-{letter}", str(tmp_path))]
    with (tmp_path / "log").open("wb") as log:
        run: dict[str, Any] = {"cwd": tmp_path, "stdout": log, "stderr": log, "env": os.environ | environment}
        subprocess.run([*java, "kafka.docker.KafkaDockerWrapper", "setup", *folders], check=True, **run)
        process = subprocess.Popen(
            dying_with_parent([*java, "kafka.Kafka", "server.properties"]),
            **run,
        )
    try:
        for listener in (port, inside):
            _wait_until_ready(Kafka(f"127.0.0.1:{listener}"), process, tmp_path / "log")
    finally:
        process.kill()
        process.wait()
