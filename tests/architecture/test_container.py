"""The image that the Dockerfile describes: small, unprivileged, watched."""

import re
from dataclasses import dataclass

import pytest

from tests.architecture.project_files import ROOT


@dataclass(frozen=True)
class Step:
    """One instruction of a Dockerfile."""

    word: str
    rest: str


@pytest.fixture(scope="module")
def stages() -> list[list[Step]]:
    """Give the Dockerfile's stages, each beginning with its FROM."""
    text = re.sub(r"(?m)^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    text = re.sub(r"\\\n\s*", " ", text)
    steps = [Step(*line.strip().split(maxsplit=1)) for line in text.splitlines() if line.strip()]
    starts = [number for number, step in enumerate(steps) if step.word == "FROM"]
    return [steps[first:last] for first, last in zip(starts, [*starts[1:], None], strict=True)]


def _last(stage: list[Step], word: str) -> str:
    return [step.rest for step in stage if step.word == word][-1]


def test_the_image_is_built_in_one_stage_and_run_in_another(stages: list[list[Step]]) -> None:
    """Compilers and caches stay in the stage that builds; the stage that runs copies its result."""
    assert len(stages) >= 2
    assert any(step.word == "COPY" and "--from=" in step.rest for step in stages[-1])
    assert not any("pip install" in step.rest for step in stages[-1])


def test_the_service_does_not_run_as_root(stages: list[list[Step]]) -> None:
    """Who breaks into the service owns no more than its data; a number lets a cluster verify that."""
    assert re.fullmatch(r"[1-9]\d*(:[1-9]\d*)?", _last(stages[-1], "USER"))


def test_the_image_knows_whether_it_is_well(stages: list[list[Step]]) -> None:
    """The health check asks /healthz with what is in the image anyway."""
    check = _last(stages[-1], "HEALTHCHECK")
    assert "/healthz" in check
    assert "python" in check
    assert "curl" not in check


def test_packages_are_installed_with_their_hashes(stages: list[list[Step]]) -> None:
    """The image holds the very packages that were tested."""
    installs = [step.rest for stage in stages for step in stage if "install" in step.rest and ".txt" in step.rest]
    assert installs
    assert all("--require-hashes" in line for line in installs)


def test_data_outlives_the_container(stages: list[list[Step]]) -> None:
    """The database lies on a volume, and the port is the documented one."""
    assert "/data" in _last(stages[-1], "VOLUME")
    assert _last(stages[-1], "EXPOSE") == "8080"


def test_secrets_and_data_stay_out_of_the_build() -> None:
    """What an operator keeps beside the code is never sent to the builder."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".env", "data", ".git", ".venv"} <= {line.strip().strip("/") for line in ignored}
