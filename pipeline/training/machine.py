"""The machine a run uses: device, precision, compiler and threads, decided from conf and what the hardware can do.

`precision: auto` is bf16 on a CUDA device of compute capability 8.0 or more, and on a CPU with AVX512-BF16 or AMX
instructions; elsewhere fp32. A compiled step of 16 × 128 tokens of GPT-2 3 × 256 on two AMD cores took 0.12 s in
bf16, 0.3 s in fp32.
`compile: auto` compiles where what it builds with is found: Python's headers, and a C++ compiler for the CPU, triton
and a C compiler for CUDA.
"""

import importlib.util
import os
import shutil
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from pipeline.core.errors import ConfigError, RunError
from pipeline.model.device import choose_device
from pipeline.schema.train import Compile, Precision, TrainConfig
from pipeline.training.ranks import Ranks, launched

PRODUCTS_CONTEXT = 256
CPU_OUT_OF_MEMORY = "DefaultCPUAllocator"  # torch raises a plain RuntimeError there


@dataclass(frozen=True, slots=True)
class Machine:
    device: torch.device
    bf16: bool
    """Matrices are multiplied in bfloat16; weights and optimiser state stay float32."""
    able_bf16: bool
    """It has instructions for that, whether they are used or not."""
    compiled: bool
    ranks: Ranks

    @property
    def name(self) -> str:
        """What the device calls itself."""
        return torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else "cpu"

    def products(self, context: int) -> bool:
        """Whether attention is better multiplied out: the CPU's fused one is slow on the way back, a fifth of a step
        of GPT-2 3 × 256 at context 128, and the compiler makes better code of the plain products."""
        return self.device.type == "cpu" and self.compiled and context <= PRODUCTS_CONTEXT

    def autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16)


def prepare_machine(config: TrainConfig, say: Callable[[str], None]) -> Machine:
    """Set threads and determinism for this process, and say in one line what was chosen.

    ConfigError if conf asks for what the machine lacks.
    """
    torch.set_num_threads(config.threads)
    ranks = launched()
    if config.accumulation % ranks.count:
        raise ConfigError(
            f"train.accumulation={config.accumulation} forward passes cannot be shared by {ranks.count} processes: "
            "set a multiple, with a smaller train.batch_size for the same step"
        )
    if config.deterministic:
        os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"  # cuBLAS refuses deterministic mode without it
        torch.use_deterministic_algorithms(True)
        settings: Any = torch.utils.deterministic
        settings.fill_uninitialized_memory = False  # finds reads of unset memory, for the price of speed
    device = choose_device(config.device, "train")
    if device.type == "cuda":
        device = torch.device("cuda", ranks.local)
        torch.cuda.set_device(device)
        torch.set_float32_matmul_precision("high")  # TF32 for what is left in float32
    able = _able_bf16(device)
    bf16 = able if config.precision is Precision.auto else config.precision is Precision.bf16
    machine = Machine(device, bf16, able, _compiled(config, device, say), ranks)
    precision = "bf16" if machine.bf16 else "fp32"
    shared = f", {ranks.count} processes" if ranks.count > 1 else ""
    compiled = "compiled" if machine.compiled else "not compiled"
    say(f"{machine.name}, {config.threads} threads{shared}, {precision}, {compiled}")
    return machine


@contextmanager
def memory_advice(config: TrainConfig) -> Iterator[None]:
    """Turn an out-of-memory error into RunError with what to do."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not (
            isinstance(error, torch.OutOfMemoryError) or CPU_OUT_OF_MEMORY in str(error)
        ):
            raise
        raise RunError(
            f"out of memory with batch_size {config.batch_size} × accumulation {config.accumulation}: "
            f"halve train.batch_size and double train.accumulation (the same step in more passes), "
            "or take a smaller model or pack.context"
        ) from error


def _able_bf16(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))


def _compiled(config: TrainConfig, device: torch.device, say: Callable[[str], None]) -> bool:
    if config.compile is Compile.never:
        return False
    missing = " and ".join(_missing(device))
    if missing and config.compile is Compile.always:
        raise ConfigError(f"train.compile=always lacks {missing}: install it, or use auto")
    if missing:
        say(f"without torch.compile, slower; it lacks {missing}")
    return not missing


def _missing(device: torch.device) -> list[str]:
    """What torch.compile would build with and does not find: it looks for CXX (CC), else for the usual compiler."""
    found: dict[str, bool] = {}
    if device.type == "cuda":
        found["triton"] = importlib.util.find_spec("triton") is not None
        names = [os.environ["CC"]] if "CC" in os.environ else ["gcc", "clang"]
        found["a C compiler (gcc)"] = any(map(shutil.which, names))
    else:
        usual = "clang++" if sys.platform == "darwin" else "g++"
        found[f"a C++ compiler ({usual})"] = shutil.which(os.environ.get("CXX", usual)) is not None
    header = Path(sysconfig.get_path("include")) / "Python.h"
    found[f"Python's headers ({header}, in python3-dev)"] = header.is_file()
    return [name for name, there in found.items() if not there]
