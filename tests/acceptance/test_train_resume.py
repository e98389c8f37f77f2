"""A killed and resumed run ends with the same weights: compiled in bf16, and killed at random moments."""

import hashlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.training.tiny_run import ROOT, write_inputs

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1800)]
FAST = (
    "train.precision=bf16",
    "train.compile=always",
    "train.threads=2",
    "train.device=cpu",
    "train.deterministic=true",
)
TIME_LIMIT_S = 500
"""Only a guard against hanging for ever."""


class FastRun:
    """The stage's own command line on a tiny pack; each run compiles for itself, as on a machine just started."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.inputs = folder, write_inputs(folder)

    def train(self, name: str, compiled: str, kill_at: str = "") -> subprocess.CompletedProcess[str]:
        outputs = ["--out", f"{name}/model", "--curvefile", f"{name}/curve.csv", "--metrics", f"{name}/train.json"]
        changes = [word for change in FAST for word in ("--set", change)]
        return subprocess.run(
            [sys.executable, "-m", "pipeline.stages.train", *self.inputs, *outputs, *changes],
            cwd=self.folder, capture_output=True, text=True, check=False, timeout=TIME_LIMIT_S,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "WENYUAN_KILL_AT": kill_at,
                "TORCHINDUCTOR_CACHE_DIR": str(self.folder / compiled),
            },
        )  # fmt: skip

    def start(self, name: str, changes: tuple[str, ...]) -> "subprocess.Popen[str]":
        """Not waited for, in a process group of its own."""
        outputs = ["--out", f"{name}/model", "--curvefile", f"{name}/curve.csv"]
        settings = [word for change in changes for word in ("--set", change)]
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline.stages.train", *self.inputs, *outputs, *settings],
            cwd=self.folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def weights(self, name: str) -> str:
        return hashlib.sha256((self.folder / name / "model" / "model.safetensors").read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    fast = FastRun(tmp_path_factory.mktemp("fast"))
    done = fast.train("whole", "compiled-whole")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "cpu, 2 threads, bf16, compiled" in done.stdout
    return fast


def test_a_compiled_bf16_run_that_was_killed_ends_with_the_same_weights(undisturbed):
    killed = undisturbed.train("resumed", "compiled-before", kill_at="train.step:7")
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
    resumed = undisturbed.train("resumed", "compiled-after")
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    assert "going on after step 5" in resumed.stdout
    assert undisturbed.weights("resumed") == undisturbed.weights("whole")


MOMENTS = np.random.default_rng(7).integers(2, 28, 3).tolist()
"""Lines of progress after which the run is killed: drawn once, so that a failure can be seen again."""
LONG = ("train.steps=30", "train.checkpoint_steps=3", "train.log_steps=1", "train.validation_steps=100")
PLAIN = ("train.device=cpu", "train.compile=never", *LONG)


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_run_killed_at_random_moments_ends_with_the_same_weights(tmp_path, ranks):
    run = FastRun(tmp_path)
    changes = (*PLAIN, f"train.ranks={ranks}")
    whole = run.start("whole", changes)
    whole.communicate(timeout=TIME_LIMIT_S)
    assert whole.returncode == 0
    for lines in sorted(MOMENTS):
        process = run.start("resumed", changes)
        assert process.stdout is not None
        for line in process.stdout:
            step = re.search(r"step (\d+)/30", line)
            if step and int(step[1]) >= lines:
                os.killpg(process.pid, signal.SIGKILL)  # torchrun and its ranks at once
                break
        process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL
    last = run.start("resumed", changes)
    out, err = last.communicate(timeout=TIME_LIMIT_S)
    assert last.returncode == 0, out + err
    assert "going on after step" in out
    assert run.weights("resumed") == run.weights("whole")
