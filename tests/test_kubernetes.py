"""What is deployed to Kubernetes is valid, does its work and nothing else, and agrees with the settings.

The files of the base are checked as they are; what kustomize makes of them, and of the overlays, where
there is a ``kubectl``. Kinds of Kubernetes are checked by the schemas of ``kubernetes-validate``, those
of KEDA by its resource definitions.
"""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from jsonschema import Draft202012Validator

from streams import settings as kabar
from streams.__main__ import COMMANDS
from streams.kafka.topics import topics


FOLDER = Path(__file__).parents[1] / "deploy" / "kubernetes"
KEDA = Path(__file__).parent / "vendor" / "keda-2.21.0"
DOCKERFILE = (FOLDER.parent / "Dockerfile").read_text("utf-8")
OVERLAYS = ("base", "overlays/development", "overlays/production")
VERSIONS = ("1.31", "1.37")
"""The oldest and the newest Kubernetes that the files are checked for."""

Resource = dict[str, Any]


@functools.cache
def rendered(name: str) -> tuple[Resource, ...]:
    """Return what kustomize makes of a folder."""
    if not shutil.which("kubectl"):
        pytest.skip("kubectl is not installed: what kustomize makes of the files is not checked")
    done = subprocess.run(["kubectl", "kustomize", FOLDER / name], check=True, capture_output=True, text=True)
    return tuple(yaml.safe_load_all(done.stdout))


def written() -> list[tuple[str, Resource]]:
    """Return each resource as it is written down, with the name of its file."""
    found = []
    for path in sorted(FOLDER.rglob("*.yaml")):
        resources = [
            one for one in yaml.safe_load_all(path.read_text("utf-8")) if "kustomize" not in one["apiVersion"]
        ]
        found += [(str(path.relative_to(FOLDER)), one) for one in resources]
    return found


def check(resource: Resource) -> None:
    """Check a resource by the schema of its kind, strictly: what is not in it is a mistake."""
    if resource["apiVersion"].startswith("keda.sh/"):
        path = KEDA / f"{'keda.sh_' + resource['kind'].lower()}s.yaml"
        [version] = yaml.safe_load(path.read_text("utf-8"))["spec"]["versions"]
        assert resource["apiVersion"] == f"keda.sh/{version['name']}"
        Draft202012Validator(_closed(version["schema"]["openAPIV3Schema"])).validate(resource)
        return
    for version in VERSIONS:
        kubernetes_validate.validate(resource, version, strict=True)


def _closed(schema: Any) -> Any:  # noqa: ANN401 - JSON is anything
    """Return a schema that takes no fields that it does not name, as Kubernetes drops those."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    held = {key: _closed(value) for key, value in schema.items()}
    if held.get("type") == "object" and "properties" in held and held["properties"].keys() != {"metadata"}:
        open_ = held.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in held
        held = held if open_ else held | {"additionalProperties": False}
    return held


def of(resources: tuple[Resource, ...], kind: str) -> dict[str, Resource]:
    """Return the resources of a kind by their names."""
    return {one["metadata"]["name"]: one for one in resources if one["kind"] == kind}


def pods(resources: tuple[Resource, ...]) -> dict[str, Resource]:
    """Return the specifications of all pods by the names of what runs them."""
    return {
        name: one["spec"]["template"]["spec"]
        for kind in ("Deployment", "Job")
        for name, one in of(resources, kind).items()
    }


def settings(resources: tuple[Resource, ...]) -> dict[str, str]:
    """Return the variables that all pods are given."""
    [config] = of(resources, "ConfigMap").values()
    return dict(config["data"])


@pytest.mark.parametrize(
    ("path", "resource"), written(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_file_is_of_its_kind(path: str, resource: Resource) -> None:
    """As it is written down; kustomize only adds to it."""
    if "scaling-login" in path:  # a patch: what it leaves out stands in what it patches
        resource["spec"]["scaleTargetRef"] = {"name": "kabar-worker"}
    if "disruption" in path or "Deployment" in resource["kind"]:
        assert resource["spec"]["selector"]["matchLabels"]
    check(resource)


def test_a_mistake_in_a_file_is_found() -> None:
    """By either way of checking."""
    for _, resource in written():
        broken = {**resource, "spec": {**resource.get("spec", {}), "replicsa": 3}}
        if resource["kind"] in {"Deployment", "ScaledObject"}:
            with pytest.raises(Exception, match="replicsa"):
                check(broken)


@pytest.mark.parametrize("name", OVERLAYS)
def test_what_kustomize_makes_is_valid(name: str) -> None:
    """Each resource by the schema of its kind, and none twice."""
    resources = rendered(name)
    for resource in resources:
        check(resource)
    names = [(one["kind"], one["metadata"]["name"]) for one in resources]
    assert len(set(names)) == len(names)
    assert {one["metadata"].get("namespace", "kabar") for one in resources} == {"kabar"}


@pytest.mark.parametrize("name", OVERLAYS)
def test_a_pod_may_do_its_work_and_nothing_else(name: str) -> None:
    """Not root, read-only, without capabilities or a token, bounded; what the namespace enforces besides."""
    found = pods(rendered(name))
    assert {"kabar-worker", "kabar-desk", "kabar-dashboard", "kabar-topics"} == found.keys()
    [user] = re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)
    for pod in found.values():
        security = pod["securityContext"]
        assert security["runAsNonRoot"] is True
        assert (str(security["runAsUser"]), str(security["runAsGroup"])) == user
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert not pod.keys() & {"hostNetwork", "hostPID", "hostIPC"}
        [container] = pod["containers"]
        own = container["securityContext"]
        assert own["allowPrivilegeEscalation"] is False
        assert own["readOnlyRootFilesystem"] is True
        assert own["capabilities"] == {"drop": ["ALL"]}
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
        assert "memory" in container["resources"]["limits"]
        mounts = {mount["name"]: mount for mount in container["volumeMounts"]}
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        assert mounts.keys() == volumes.keys()
        assert mounts["tmp"]["mountPath"] == "/tmp"  # noqa: S108 - its own
        assert volumes["tmp"]["emptyDir"]["medium"] == "Memory"
        assert all(mount.get("readOnly") or mount["name"] == "tmp" for mount in mounts.values())
    [namespace] = of(rendered(name), "Namespace").values()
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("name", OVERLAYS)
def test_containers_run_commands_of_kabar_with_settings_of_kabar(name: str) -> None:
    """A name that is not known would end the container at its start; nor is an image left without a tag."""
    known = {one.name for one in kabar.Settings().effective()}
    given = settings(rendered(name))
    assert {key.removesuffix("_FILE") for key in given} <= known
    files = {key for key in given if key.endswith("_FILE")} | {"KABAR_TLS_CA"}
    loaded = kabar.load(
        {
            key: value
            for key, value in given.items()
            if key not in files and not key.startswith(("KABAR_SASL", "KABAR_TLS"))
        }
    )
    assert loaded.web_port == 9101
    for pod in pods(rendered(name)).values():
        [container] = pod["containers"]
        assert container["args"][0] in COMMANDS
        assert "command" not in container  # the image's own: kabar, and no shell
        assert {entry["name"].removesuffix("_FILE") for entry in container.get("env", [])} <= known
        [source] = container["envFrom"]
        assert source["configMapRef"]["name"] in of(rendered(name), "ConfigMap")
        image, _, tag = container["image"].rpartition(":")
        assert name == "base" or (image and tag and tag != "latest")


@pytest.mark.parametrize("component", ["kabar-worker", "kabar-desk"])
@pytest.mark.parametrize("name", OVERLAYS)
def test_what_works_is_asked_whether_it_is_well(name: str, component: str) -> None:
    """By `kabar health`, patiently: no restart brings a broker back; and it may stop in its time."""
    pod = pods(rendered(name))[component]
    [container] = pod["containers"]
    for probe in ("startupProbe", "livenessProbe"):
        assert container[probe]["exec"]["command"] == ["kabar", "health"]
    patience = container["livenessProbe"]["periodSeconds"] * container["livenessProbe"]["failureThreshold"]
    assert patience >= kabar.Settings().stall_timeout
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "metrics"}
    [port] = container["ports"]
    assert str(port["containerPort"]) == settings(rendered(name))["KABAR_WEB_PORT"]
    assert pod["terminationGracePeriodSeconds"] > kabar.Settings().stop_timeout + 5


@pytest.mark.parametrize("name", OVERLAYS)
def test_pods_are_selected_by_the_labels_that_they_have(name: str) -> None:
    """Deployments, services, policies and budgets mean pods that are there."""
    resources = rendered(name)
    templates = [
        one["spec"]["template"]["metadata"]["labels"]
        for kind in ("Deployment", "Job")
        for one in of(resources, kind).values()
    ]
    selectors: list[dict[str, str]] = [
        *(one["spec"]["selector"]["matchLabels"] for one in of(resources, "Deployment").values()),
        *(one["spec"]["selector"] for one in of(resources, "Service").values()),
        *(one["spec"]["selector"]["matchLabels"] for one in of(resources, "PodDisruptionBudget").values()),
        *(
            one["spec"]["podSelector"].get("matchLabels", {})
            for one in of(resources, "NetworkPolicy").values()
        ),
    ]
    assert len(selectors) >= 7
    for selector in selectors:
        assert any(selector.items() <= labels.items() for labels in templates), selector


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_network_is_closed_but_for_what_is_needed(name: str) -> None:
    """One policy that closes it for every pod, and few that open it; nothing comes in from everywhere."""
    policies = of(rendered(name), "NetworkPolicy")
    closing = policies.pop("kabar-nothing")["spec"]
    assert closing["policyTypes"] == ["Ingress", "Egress"]
    assert not closing.keys() & {"ingress", "egress"}
    for policy in policies.values():
        for rule in policy["spec"].get("ingress", []):
            assert rule["from"]
            assert rule["ports"]
        for rule in policy["spec"].get("egress", []):
            assert rule["ports"]


def test_workers_are_scaled_by_what_waits_up_to_the_partitions() -> None:
    """KEDA asks after the topic and the group of the workers; how many there are is its business alone."""
    resources = rendered("overlays/production")
    given = settings(resources)
    worker = of(resources, "Deployment")["kabar-worker"]
    scaled = of(resources, "ScaledObject")["kabar-worker"]["spec"]
    assert scaled["scaleTargetRef"]["name"] == worker["metadata"]["name"]
    assert "replicas" not in worker["spec"]
    assert scaled["maxReplicaCount"] == int(given["KABAR_TOPIC_PARTITIONS"])
    assert scaled["minReplicaCount"] >= 1
    [trigger] = scaled["triggers"]
    raw = topics(kabar.Settings())[0]
    assert trigger["type"] == "kafka"
    assert trigger["metadata"]["topic"] == raw.name
    assert trigger["metadata"]["consumerGroup"] == given["KABAR_GROUP"]
    assert trigger["metadata"]["allowIdleConsumers"] == "false"
    assert trigger["metadata"]["bootstrapServers"] == given["KABAR_BROKER_URL"].removeprefix(
        "kafka://"
    ).replace(";", ",")
    assert trigger["authenticationRef"]["name"] in of(resources, "TriggerAuthentication")
    component = yaml.safe_load((FOLDER / "components" / "scaling" / "scaled-object.yaml").read_text("utf-8"))
    own = {key: value for key, value in trigger["metadata"].items() if key != "bootstrapServers"}
    assert own.items() <= component["spec"]["triggers"][0]["metadata"].items()


def test_production_logs_in_over_tls() -> None:
    """With a password from a secret, which no manifest holds."""
    resources = rendered("overlays/production")
    given = settings(resources)
    assert given["KABAR_TLS"] == "1"
    assert given["KABAR_SASL_MECHANISM"].startswith("SCRAM-SHA-")
    assert of(resources, "Secret") == {}
    for pod in pods(resources).values():
        [container] = pod["containers"]
        folders = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        secrets = {volume["name"]: volume["secret"] for volume in pod["volumes"] if "secret" in volume}
        assert Path(given["KABAR_SASL_PASSWORD_FILE"]).parent == Path(folders["kafka"])
        assert Path(given["KABAR_TLS_CA"]).parent == Path(folders["kafka"])
        assert all(secret["defaultMode"] == 0o440 for secret in secrets.values())
