"""What auto means, and what a machine lacks is said."""

from dataclasses import replace

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from pipeline.core.errors import ConfigError, RunError
from pipeline.schema.train import Compile, Optimizer, Precision
from pipeline.training import machine
from pipeline.training.machine import Machine, memory_advice, prepare_machine
from pipeline.training.muon import Float32Muon
from pipeline.training.optimizers import make_optimizers
from pipeline.training.ranks import Ranks
from tests.training.tiny_run import smoke_config


@pytest.mark.parametrize(
    ("able", "bf16"), [({"avx512_bf16": True}, True), ({"amx_bf16": True}, True), ({"avx512_f": True}, False)]
)
def test_precision_auto_is_bf16_where_the_processor_multiplies_it(monkeypatch, able, bf16):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    assert prepare_machine(replace(smoke_config(), precision=Precision.auto), print).bf16 is bf16


def test_muon_works_in_bfloat16_only_where_the_processor_multiplies_it(monkeypatch):
    model = GPT2LMHeadModel(GPT2Config(vocab_size=9, n_positions=4, n_embd=8, n_layer=1, n_head=2))
    config = replace(smoke_config(), precision=Precision.fp32, optimizer=Optimizer.muon)
    for able, kind in ({"avx512_bf16": True}, torch.optim.Muon), ({"avx512_f": True}, Float32Muon):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda able=able: able)
        found = prepare_machine(config, print)
        assert not found.bf16
        assert type(make_optimizers(model, config, found.able_bf16)[0]) is kind


def test_without_a_compiler_auto_goes_on_and_says_so(monkeypatch):
    monkeypatch.setattr(machine.shutil, "which", lambda _: None)
    said: list[str] = []
    assert prepare_machine(replace(smoke_config(), compile=Compile.auto), said.append).compiled is False
    assert said[0] == "without torch.compile, slower; it lacks a C++ compiler (g++)"


def test_clang_alone_is_no_compiler_because_torch_does_not_look_for_it(monkeypatch):
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(machine.shutil, "which", lambda name: name if name == "clang++" else None)
    assert prepare_machine(replace(smoke_config(), compile=Compile.auto), print).compiled is False
    monkeypatch.setenv("CXX", "clang++")
    assert prepare_machine(replace(smoke_config(), compile=Compile.auto), print).compiled is True


@pytest.fixture
def _no_headers(monkeypatch, tmp_path):
    monkeypatch.setattr(machine.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(machine.sysconfig, "get_path", lambda _: str(tmp_path))


@pytest.mark.usefixtures("_no_headers")
def test_without_pythons_headers_auto_goes_on_and_names_the_file(tmp_path):
    said: list[str] = []
    assert prepare_machine(replace(smoke_config(), compile=Compile.auto), said.append).compiled is False
    lacking = f"Python's headers ({tmp_path / 'Python.h'}, in python3-dev)"
    assert said[0] == f"without torch.compile, slower; it lacks {lacking}"
    (tmp_path / "Python.h").touch()
    assert prepare_machine(replace(smoke_config(), compile=Compile.auto), print).compiled is True


@pytest.mark.usefixtures("_no_headers")
def test_without_pythons_headers_always_is_an_error():
    with pytest.raises(ConfigError, match=r"train.compile=always lacks Python's headers \(.*Python\.h"):
        prepare_machine(replace(smoke_config(), compile=Compile.always), print)


def test_without_a_compiler_always_is_an_error(monkeypatch):
    monkeypatch.setattr(machine.shutil, "which", lambda _: None)
    with pytest.raises(ConfigError, match=r"train.compile=always lacks a C\+\+ compiler"):
        prepare_machine(replace(smoke_config(), compile=Compile.always), print)


@pytest.mark.parametrize(
    ("device", "compiled", "context", "products"),
    [("cpu", True, 256, True), ("cpu", True, 257, False), ("cpu", False, 128, False), ("cuda", True, 128, False)],
)
def test_products_are_for_the_compiled_cpu_at_short_context(device, compiled, context, products):
    assert Machine(torch.device(device), True, True, compiled, Ranks(0, 1, 0)).products(context) is products


def test_passes_that_the_ranks_cannot_share_are_named(monkeypatch):
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "3")
    with pytest.raises(ConfigError, match=r"train.accumulation=2 forward passes cannot be shared by 3 processes"):
        prepare_machine(smoke_config(), print)


def test_out_of_memory_is_advice():
    with (
        pytest.raises(RunError, match=r"halve train\.batch_size and double train\.accumulation"),
        memory_advice(smoke_config()),
    ):
        torch.empty(1 << 60)


def test_other_errors_pass_through():
    with pytest.raises(RuntimeError, match="something else"), memory_advice(smoke_config()):
        raise RuntimeError("something else")
