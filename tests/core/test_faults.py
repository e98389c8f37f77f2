"""Kill points kill where they are named, and nowhere else."""

import subprocess
import sys

import pytest

PROGRAM = "from pipeline.core.faults import reach; reach('train.step:5'); print('alive')"


@pytest.mark.parametrize(
    ("wanted", "status", "output"), [("train.step:5", -9, ""), ("train.step:50", 0, "alive\n"), ("", 0, "alive\n")]
)
def test_a_process_dies_at_the_named_point_alone(monkeypatch, wanted, status, output):
    monkeypatch.setenv("WENYUAN_KILL_AT", wanted)
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (status, output)
