"""A lost machine: dvc and its stage killed together at any moment, then `dvc repro` as if nothing had been."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.checkout import Checkout

pytestmark = pytest.mark.acceptance
MOMENTS = 6


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    checkout = Checkout(tmp_path_factory.mktemp("killed"))
    checkout.compose("experiment=smoke", "engine.workers=2")
    checkout.dvc("repro")
    return checkout


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_dvc_and_stage_killed_at_a_random_moment(built, moment):
    before = built.lock
    after_s = random.Random(moment).uniform(3, 30)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    running = subprocess.Popen(
        ["dvc", "repro", "--force", "--no-run-cache"],
        cwd=built.folder, env={**os.environ, "PATH": path},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    time.sleep(after_s)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    built.dvc("repro")
    assert built.lock == before, f"killed after {after_s:.1f} s"
