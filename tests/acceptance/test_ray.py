"""engine=ray on a real Ray of this machine: the bytes of the local engine from shards, dedup's shuffle and two ranks.

Needs the ray extra, which `make acceptance` installs (requirements-ray.lock), and a Linux that lets `unshare` make a
network namespace: Ray listens on the machine's own address whatever it is told, so each command runs where there is
the loopback interface alone, with a Ray that it starts and ends itself (RAY_ADDRESS=local).
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import DATA_CHAIN, call_stage, data_params
from tests.training.tiny_run import ROOT, write_inputs

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1200)]
APART = ("unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
TIME_LIMIT_S = 300
"""Only a guard against hanging for ever."""
ON_RAY = ("--set", "engine.kind=ray")
STARTED = "Started a local Ray instance"


@pytest.fixture(scope="module")
def sockets() -> Iterator[Path]:
    """Where Ray keeps its sockets: pytest's own folders have longer paths than a socket may."""
    assert importlib.util.find_spec("ray"), "ray is not installed: pip install -r requirements-ray.lock"
    folder = Path(tempfile.mkdtemp(prefix="ray-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def run_apart(stage: str, arguments: list[str], cwd: Path, sockets: Path) -> subprocess.CompletedProcess[str]:
    """The stage's command line with a Ray of its own, away from every network."""
    return subprocess.run(
        [*APART, sys.executable, "-m", f"pipeline.stages.{stage}", *arguments],
        cwd=cwd, capture_output=True, text=True, check=False, timeout=TIME_LIMIT_S,
        env={**os.environ, "PYTHONPATH": str(ROOT), "RAY_ADDRESS": "local", "RAY_TMPDIR": str(sockets)},
    )  # fmt: skip


def digests(folder: Path) -> dict[str, str]:
    """Path below the folder -> sha256."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def data_arguments(stage: str, folder: Path, params: Path) -> list[str]:
    """The stage reads what the one before it wrote to `folder`."""
    paths: dict[str, Path] = {"params": params, "metrics": folder / f"{stage}.json", "out": folder / stage}
    if stage != DATA_CHAIN[0]:
        paths["documents"] = folder / DATA_CHAIN[DATA_CHAIN.index(stage) - 1] / "documents"
    if stage == "split":
        paths["clusters"] = folder / "dedup" / "clusters"
    return [word for name, path in paths.items() for word in (f"--{name}", str(path))]


def test_the_data_stages_write_the_same_bytes_on_ray(tmp_path, sockets):
    params = data_params(tmp_path / "params.yaml", {"engine.workers": 2})
    local, ray = tmp_path / "local", tmp_path / "ray"
    for stage in DATA_CHAIN:
        assert call_stage(stage, *data_arguments(stage, local, params)) == 0
        done = run_apart(stage, [*data_arguments(stage, ray, params), *ON_RAY], ROOT, sockets)
        assert done.returncode == 0, done.stdout + done.stderr
        assert STARTED in done.stdout + done.stderr, stage
    found = digests(ray)
    assert found == digests(local)
    assert len(found) > 2 * len(DATA_CHAIN)


def train_arguments(inputs: list[str], name: str, *changes: str) -> list[str]:
    outputs = ["--out", f"{name}/model", "--curvefile", f"{name}/curve.csv", "--metrics", f"{name}/train.json"]
    return [*inputs, *outputs, *(word for change in ("train.ranks=2", *changes) for word in ("--set", change))]


def test_two_ranks_on_ray_train_to_the_bytes_of_two_on_this_machine(tmp_path, sockets):
    inputs = write_inputs(tmp_path)
    for name, engine in (("local", "local"), ("ray", "ray")):
        done = run_apart("train", train_arguments(inputs, name, f"engine.kind={engine}"), tmp_path, sockets)
        assert done.returncode == 0, done.stdout + done.stderr
        assert (STARTED in done.stdout + done.stderr) is (engine == "ray")
        assert "2 processes" in done.stdout
    assert digests(tmp_path / "ray") == digests(tmp_path / "local")


def test_a_rank_that_fails_on_ray_says_why_once_and_ends_all(tmp_path, sockets):
    arguments = train_arguments(write_inputs(tmp_path), "wrong", "engine.kind=ray", "model.config_class=Lama")
    done = run_apart("train", arguments, tmp_path, sockets)
    assert done.returncode == 2
    assert (done.stdout + done.stderr).count("model.config_class: transformers has no configuration Lama") == 1
    assert not (tmp_path / "wrong" / "model").exists()
