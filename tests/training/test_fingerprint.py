"""The fingerprint of a run: whatever changes the bytes changes it, and nothing else."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pipeline.training import fingerprint as module
from pipeline.training.fingerprint import fingerprint
from pipeline.training.machine import Machine
from pipeline.training.ranks import Ranks
from tests.training.tiny_run import smoke_config

MACHINE = Machine(torch.device("cpu"), bf16=False, able_bf16=False, compiled=False, ranks=Ranks(0, 1, 0))


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "00000.arrow").write_bytes(b"blocks")
    return tmp_path / "pack"


def of(pack: Path, machine: Machine = MACHINE) -> str:
    return fingerprint([smoke_config()], machine, [pack])


@pytest.mark.parametrize(
    "machine",
    [
        replace(MACHINE, device=torch.device("cuda")),
        replace(MACHINE, bf16=True),
        replace(MACHINE, able_bf16=True),
        replace(MACHINE, compiled=True),
        replace(MACHINE, ranks=Ranks(0, 2, 0)),
    ],
)
def test_what_auto_came_to_makes_another_run(pack: Path, machine: Machine) -> None:
    assert of(pack, machine) != of(pack)
    assert of(pack, replace(machine)) == of(pack, machine)


def test_data_and_sections_make_another_run(pack: Path) -> None:
    before = of(pack)
    assert fingerprint([replace(smoke_config(), seed=43)], MACHINE, [pack]) != before
    (pack / "00000.arrow").write_bytes(b"other blocks")
    assert of(pack) != before


@pytest.mark.parametrize("file", ["stages/train.py", "training/loop.py", "model/architecture.py", "tokens/blocks.py"])
def test_other_code_makes_another_run(pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    shutil.copytree(module.PACKAGE, tmp_path / "code")
    monkeypatch.setattr(module, "PACKAGE", tmp_path / "code")
    before = of(pack)
    (tmp_path / "code" / "stages" / "report.py").write_text("other")
    assert of(pack) == before
    (tmp_path / "code" / file).write_text("other")
    assert of(pack) != before
