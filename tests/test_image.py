"""The image, built and run: by itself, against Apache Kafka, and as a service of docker-compose.yml."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING, Any, Self

import pytest

from streams.settings import Settings
from tests.kafka import free_port
from tests.test_deploy import OURS, ROOT, SERVICES, rests, stages
from tests.verifier import Verdict, verify
from tests.workers import out, until


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.kafka import Kafka

pytestmark = pytest.mark.docker

HOW_TO_GET_IT = (
    "a Docker Engine is needed (on Debian: apt-get install docker.io), running; DOCKER_HOST leads to it "
    "where it is not in its usual place"
)

SAMPLE = "/opt/kabar/samples/sample.jsonl"
SAMPLE_HERE = ROOT / "streams" / "samples" / "sample.jsonl"

_WORKER = SERVICES["worker"]

HARDENED = (
    "--read-only",
    *(f"--tmpfs={mount}" for mount in _WORKER["tmpfs"]),
    *(f"--cap-drop={capability}" for capability in _WORKER["cap_drop"]),
    *(f"--security-opt={option}" for option in _WORKER["security_opt"]),
    f"--memory={_WORKER['mem_limit']}",
    f"--memory-swap={_WORKER['memswap_limit']}",
    f"--pids-limit={_WORKER['pids_limit']}",
)
"""What docker-compose.yml leaves a container of Kabar, as options of ``docker run``."""

# Run inside, as the worker's user: which folders and files that user could write to.
_WRITABLE = """
import os
for folder, folders, files in os.walk("/"):
    folders[:] = [one for one in folders if os.path.join(folder, one) not in ("/proc", "/sys", "/dev")]
    for path in [folder, *(os.path.join(folder, one) for one in files)]:
        if not os.path.islink(path) and os.access(path, os.W_OK):
            print(path)
"""

# Run inside, beside the worker: the ports that process 1 listens on, over all protocols.
_LISTENING = """
import os
held = {os.readlink(f"/proc/1/fd/{one}") for one in os.listdir("/proc/1/fd")}
for name in ("tcp", "tcp6", "udp", "udp6"):
    for line in open(f"/proc/1/net/{name}").readlines()[1:]:
        place, state, inode = (line.split()[at] for at in (1, 3, 9))
        if f"socket:[{inode}]" in held and (state == "0A" or name.startswith("udp")):
            print(name, place)
"""


def docker(
    *arguments: str,
    status: int | None = 0,
    more: Mapping[str, str] | None = None,
    command: tuple[str, ...] = ("docker",),
) -> str:
    """Run docker, or compose, expecting this exit status (any, where it is None); return what it printed."""
    done = subprocess.run(
        [*command, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        env=_without_settings() | dict(more or {}),
    )
    said = (
        f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    )
    assert status is None or done.returncode == status, said
    return done.stdout if status == 0 else done.stdout + done.stderr


def _without_settings() -> dict[str, str]:
    """Return the environment without what the shell may set of Kabar: compose would take it over."""
    return {name: value for name, value in os.environ.items() if not name.startswith("KABAR_")}


def inspect(name: str, *, image: bool = False) -> dict[str, Any]:
    """Return what the engine knows of a container, or of an image."""
    [found] = json.loads(docker("image" if image else "container", "inspect", name))
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="session")
def engine() -> None:
    """Skip where no engine answers, or one of another machine."""
    if shutil.which("docker") is None:
        pytest.skip(HOW_TO_GET_IT)
    asked = subprocess.run(
        ["docker", "info", "--format", "{{.ServerVersion}} {{.Name}}"],
        capture_output=True,
        text=True,
        check=False,
    )
    version, _, name = asked.stdout.strip().partition(" ")
    if asked.returncode != 0 or not version:
        pytest.skip(f"{HOW_TO_GET_IT}; {asked.stderr.strip()}")
    if name != socket.gethostname():
        pytest.skip(f"the engine runs on {name}, where containers cannot reach a broker of this machine")


@pytest.fixture(scope="session")
def base(engine: None) -> str:
    """Give the name of the base image, which is here."""
    del engine
    arguments = dict(rest.split("=", 1) for rest in rests(stages()[0], "ARG"))
    name = arguments["BASE"].replace("${PYTHON}", arguments["PYTHON"])
    for ask in (["image", "inspect", name], ["pull", "--quiet", name]):
        asked = subprocess.run(["docker", *ask], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return name
    pytest.skip(f"the base image {name} is not here, and cannot be pulled: {asked.stderr.strip()}")


@pytest.fixture(scope="session")
def image(base: str) -> Iterator[str]:
    """Build the image, and give its name; the name is taken away at the end, the engine's cache stays."""
    del base
    name = f"kabar:test-{uuid.uuid4().hex[:8]}"
    # The host's network: pip goes the way it goes outside.
    docker("build", "--network", "host", "--file", "deploy/Dockerfile", "--tag", name, ".")
    try:
        yield name
    finally:
        docker("image", "rm", "--force", name, status=None)


class Container:
    """A container with the host's network, removed at the end."""

    def __init__(self, image: str, *arguments: str, settings: Settings, options: tuple[str, ...]) -> None:
        self.name = f"kabar-test-{uuid.uuid4().hex[:8]}"
        variables = [f"--env={one.name}={one.value}" for one in settings.effective() if _is_set(one)]
        docker(
            *("run", "--detach", "--network", "host", "--name", self.name),
            *(*options, *variables, image, *arguments),
        )

    def run(self, *command: str, status: int | None = 0) -> str:
        """Run a command inside, beside what the container runs."""
        return docker("exec", self.name, *command, status=status)

    def log(self) -> str:
        """Return what the container has printed."""
        return docker("logs", self.name, status=None)

    def says(self, words: str) -> None:
        """Wait until the container has printed these words."""
        until(lambda: words in self.log(), f"{self.name} to say {words!r}")

    def health(self) -> str:
        """Return what the engine makes of its health check."""
        return str(inspect(self.name)["State"]["Health"]["Status"])

    def stop(self) -> int:
        """Send SIGTERM, kill after half a minute; return the exit status."""
        docker("stop", "--time", "30", self.name)
        return int(inspect(self.name)["State"]["ExitCode"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        docker("rm", "--force", "--volumes", self.name, status=None)


def _is_set(one: Any) -> bool:  # noqa: ANN401 - a setting as it is in force
    default = {other.name: other.value for other in Settings().effective()}
    return bool(one.value) and one.value != default[one.name]


def test_the_image_is_set_up_to_be_a_worker_and_no_more(image: str, base: str) -> None:
    """No root, no shell, no port, no volume; and not much beside the base image."""
    found = inspect(image, image=True)
    config = found["Config"]
    assert config["User"] == "10001:10001"
    assert (config["Entrypoint"], config["Cmd"]) == (["kabar"], ["worker"])
    assert config["Healthcheck"]["Test"] == ["CMD", "kabar", "health"]
    assert config["StopSignal"] == "SIGTERM"
    assert not config.get("ExposedPorts")
    assert not config.get("Volumes")
    assert config["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert found["Size"] - inspect(base, image=True)["Size"] < 200_000_000


def test_the_image_holds_what_runs_and_nothing_that_built_it(image: str) -> None:
    """No pip, no tests, no source tree beside the environment."""
    inside = docker(
        "run", "--rm", "--network", "none", "--entrypoint", "ls", image, "/", "/opt", "/opt/kabar/bin"
    )
    assert "build" not in inside.split()
    assert "pip" not in inside.split()
    assert "kabar" in inside.split()
    names = ("pip", "tests", "pytest", "setuptools")
    ask = f"from importlib.util import find_spec; print([name for name in {names} if find_spec(name)])"
    found = docker("run", "--rm", "--network", "none", "--entrypoint", "python", image, "-I", "-c", ask)
    assert found.strip() == "[]"


def test_its_user_can_write_nowhere_but_where_everybody_can(image: str) -> None:
    """Nothing of the environment, even where the root is not read-only."""
    inside = docker("run", "--rm", "--network", "none", "--entrypoint", "python", image, "-c", _WRITABLE)
    assert set(inside.split()) <= {"/tmp", "/var/tmp", "/run/lock"}  # noqa: S108 - that is what is looked for
    assert "/tmp" in inside.split()  # noqa: S108 - the same


def test_the_image_reads_articles_as_this_checkout_does(image: str) -> None:
    """The sample archive gives the same bytes inside, without a network, and outside."""
    options = ("--rm", "--network", "none", *HARDENED)
    inside = docker("run", *options, image, "extract", "--alerts", SAMPLE, status=None)
    outside = docker(
        "extract", "--alerts", str(SAMPLE_HERE), status=None, command=(sys.executable, "-m", "streams")
    )
    assert len(inside.splitlines()) > 60
    assert inside.replace(SAMPLE, "") == outside.replace(str(SAMPLE_HERE), "")


def test_a_worker_in_the_image_does_its_job(image: str, kafka: Kafka) -> None:
    """Topics, archive and worker are of the image; it may do nothing else, and needs little memory."""
    settings = kafka.settings()
    once = ("--rm", "--network", "host", *HARDENED, f"--env=KABAR_BROKER_URL=kafka://{kafka.address}")
    names = [f"--env={one.name}={one.value}" for one in settings.effective() if "_TOPIC_" in one.name]
    docker("run", *once, *names, image, "topics", "create")
    options = (*HARDENED, "--health-interval", "1s")
    with Container(image, settings=settings, options=options) as worker:
        worker.says("partitions assigned")
        docker("run", *once, *names, image, "replay", "--raw", SAMPLE)
        verdict = out(settings)
        until(lambda: worker.health() == "healthy", "the worker to be healthy")
        status = dict(line.split(":\t", 1) for line in worker.run("cat", "/proc/1/status").splitlines())
        ports = worker.run("python", "-c", _LISTENING)
        written = worker.run("find", "/tmp", "-type", "f").split()  # noqa: S108 - its own
        assert worker.stop() == 0
        log = worker.log()
    _everything_came_out(verdict)
    assert (status["Name"], status["Uid"].split()) == ("kabar", ["10001"] * 4)
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    assert int(status["VmHWM"].split()[0]) * 1024 < 300_000_000
    assert ports == ""
    assert written == ["/tmp/kabar.heartbeat"]  # noqa: S108 - the same
    assert "stopped status=0" in log
    assert len(log.splitlines()) < 20


def test_a_worker_that_waits_for_topics_is_not_healthy(image: str, kafka: Kafka) -> None:
    """It runs, and says so, and does no work; it still stops when it is told to."""
    options = (*HARDENED, "--health-interval", "1s", "--health-start-period", "1ms", "--health-retries", "1")
    with Container(image, settings=kafka.settings(), options=options) as worker:
        worker.says("waiting for topics that are missing")
        until(lambda: worker.health() == "unhealthy", "the worker to be unhealthy")
        assert "not in its group" in worker.run("kabar", "health", status=1)
        assert worker.stop() == 0


def test_a_container_without_a_place_for_its_heartbeat_says_so(image: str, kafka: Kafka) -> None:
    """Rather than be taken for ill for ever."""
    said = docker("run", "--rm", "--read-only", "--network", "none", image, status=1)
    assert "KABAR_HEARTBEAT: /tmp/kabar.heartbeat cannot be written: Read-only file system" in said
    variables = (f"--env=KABAR_BROKER_URL=kafka://{kafka.address}", "--env=KABAR_HEARTBEAT=")
    settings = kafka.settings()
    with Container(image, settings=settings, options=("--read-only", *variables)) as worker:
        worker.says("waiting for topics")
        assert worker.stop() == 0


@pytest.fixture(scope="session")
def compose(engine: None) -> tuple[str, ...]:
    """Give the command that is compose here."""
    del engine
    for command in (("docker", "compose"), ("docker-compose",)):
        if shutil.which(command[0]):
            asked = subprocess.run([*command, "version"], capture_output=True, check=False)
            if asked.returncode == 0:
                return command
    pytest.skip("docker compose is needed (on Debian: apt-get install docker-compose)")


def test_compose_takes_its_file_as_it_is(compose: tuple[str, ...]) -> None:
    """With every profile, and with a variable set outside."""
    named = {profile for service in SERVICES.values() for profile in service.get("profiles", [])}
    profiles = tuple(part for profile in sorted(named) for part in ("--profile", profile))
    shown = docker(
        *profiles, "config", command=compose, more={"KABAR_GROUP": "another", "KAFKA_PORT": "9192"}
    )
    assert "KABAR_GROUP: another" in shown
    assert "INSIDE://kafka:19092,HOST://127.0.0.1:9192" in shown
    assert set(docker(*profiles, "config", "--services", command=compose).split()) == SERVICES.keys()


class Project:
    """The whole of docker-compose.yml, with the image under test; taken down at the end, data and all."""

    def __init__(self, compose: tuple[str, ...], image: str, folder: Path) -> None:
        self.port = free_port()
        override = folder / "image.yml"
        override.write_text(json.dumps({"services": {name: {"image": image} for name in OURS}}))
        self._name = f"kabar-test-{uuid.uuid4().hex[:8]}"
        files = ("-f", str(ROOT / "docker-compose.yml"), "-f", str(override))
        self._command = (*compose, "-p", self._name, *files)

    def __call__(self, *arguments: str, status: int | None = 0) -> str:
        """Run a command of compose."""
        return docker(*arguments, status=status, command=self._command, more={"KAFKA_PORT": str(self.port)})

    def containers(self, service: str) -> list[dict[str, Any]]:
        """Return what the engine knows of the containers of a service."""
        return [inspect(one) for one in self("ps", "-q", service).split()]

    def states(self, service: str) -> list[str]:
        """Return the health of each container of a service."""
        return [one["State"]["Health"]["Status"] for one in self.containers(service)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self("--profile", "replay", "--profile", "tail", "down", "--volumes", "--timeout", "1", status=None)


def test_compose_runs_it_all(compose: tuple[str, ...], image: str, tmp_path: Path) -> None:
    """Kafka gets well, topics are made, two workers read the sample archive, alerts are shown, all stop."""
    kafka = SERVICES["kafka"]["image"]
    if (
        subprocess.run(["docker", "image", "inspect", kafka], capture_output=True, check=False).returncode
        != 0
    ):
        pytest.skip(f"the image of Apache Kafka is not here: docker pull {kafka}")
    with Project(compose, image, tmp_path) as project:
        project("up", "--detach", "--no-build", "--scale", "worker=2")
        until(lambda: project.states("worker") == ["healthy"] * 2, "both workers to be healthy")
        assert project.states("kafka") == ["healthy"]
        project("run", "--rm", "replay")
        settings = Settings(broker_url=(f"127.0.0.1:{project.port}",))
        _everything_came_out(out(settings))
        alerts = project("run", "--rm", "tail", "tail", "alert", "--from", "beginning", "--no-follow")
        assert len(alerts.splitlines()) >= verify(settings).alerts > 0
        for worker in project.containers("worker"):
            assert worker["NetworkSettings"]["Ports"] == {}
            assert worker["HostConfig"]["ReadonlyRootfs"] is True
            assert worker["RestartCount"] == 0
        names = [worker["Name"] for worker in project.containers("worker")]
        project("stop", "worker")
        assert [inspect(name)["State"]["ExitCode"] for name in names] == [0, 0]


def _everything_came_out(verdict: Verdict) -> None:
    assert verdict.problems == []
    assert verdict.raw == len(SAMPLE_HERE.read_bytes().splitlines())
    assert verdict.raw == verdict.enriched + verdict.dead_letters
    assert verdict.dead_letters > 0
    assert verdict.alerts > 0
    assert verdict.duplicates == 0
