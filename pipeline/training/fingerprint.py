"""What makes a run the same run: its configuration, its machine, its data and the code that trains."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import Any

import torch
import transformers

import pipeline
from pipeline.training.machine import Machine

ROOMS = ("model", "tokens", "training")
STAGE_FILE = "train.py"
PACKAGE = Path(pipeline.__file__).parent


def fingerprint(sections: Iterable[Any], machine: Machine, inputs: Iterable[Path]) -> str:
    """32 hex digits over the sections (dataclasses), what `auto` came to on this machine, all files below `inputs`,
    our code and the libraries' versions."""
    digest = hashlib.blake2b(digest_size=16)
    for section in sections:
        digest.update(json.dumps(asdict(section), default=_name, sort_keys=True).encode())
    made = [machine.device.type, machine.bf16, machine.able_bf16, machine.compiled, machine.ranks.count]
    digest.update(" ".join(map(str, made)).encode())
    digest.update(f"{torch.__version__} {transformers.__version__}".encode())
    for path in inputs:
        _add_files(digest, path, "*")
    for room in ROOMS:
        _add_files(digest, PACKAGE / room, "*.py")
    _add_files(digest, PACKAGE / "stages", STAGE_FILE)
    return digest.hexdigest()


def _add_files(digest: "hashlib.blake2b", top: Path, pattern: str) -> None:
    for path in sorted(path for path in top.rglob(pattern) if path.is_file()):
        with open(path, "rb") as file:
            content = hashlib.file_digest(file, hashlib.blake2b).hexdigest()
        digest.update(f"{path.relative_to(top).as_posix()} {content}\n".encode())


def _name(value: object) -> str:
    assert isinstance(value, Enum)
    return value.name
