"""GGUF: read back, it holds what the safetensors hold, and what llama.cpp would compute otherwise is refused."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gguf import GGMLQuantizationType, GGUFReader
from gguf.quants import dequantize
from safetensors.torch import load_file, save_file

from pipeline.core.errors import WenyuanError
from pipeline.formats.gguf_file import About, write_gguf
from pipeline.schema.release import GgufType
from tests.formats.tiny_gpt2 import CONTEXT, LAYERS, WIDTH, edit, write_gpt2

ABOUT = About("文渊 一号", "other", "unknown-source-licences", "LICENSE.md", ["zh", "en"], ["chinese"])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gpt2(tmp_path_factory.mktemp("gguf") / "model")


@pytest.fixture
def changed(model: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(model, tmp_path / "model"))


def written(folder: Path, target: Path, kind: GgufType = GgufType.f32) -> GGUFReader:
    write_gguf(folder, target, kind, ABOUT)
    return GGUFReader(target)


def tensors(reader: GGUFReader) -> dict[str, Any]:
    return {tensor.name: dequantize(tensor.data, tensor.tensor_type) for tensor in reader.tensors}


def expected(folder: Path) -> dict[str, Any]:
    """llama.cpp's names spelt out by hand; matrices of transformers' Conv1D lie the other way round there."""
    held = {name: tensor.numpy() for name, tensor in load_file(folder / "model.safetensors").items()}
    found = {
        "token_embd.weight": held["transformer.wte.weight"],
        "position_embd.weight": held["transformer.wpe.weight"],
        "output_norm.weight": held["transformer.ln_f.weight"],
        "output_norm.bias": held["transformer.ln_f.bias"],
    }
    if "lm_head.weight" in held:
        found["output.weight"] = held["lm_head.weight"]
    for block in range(LAYERS):
        ours, theirs = f"blk.{block}", f"transformer.h.{block}"
        for mine, other in (("attn_norm", "ln_1"), ("ffn_norm", "ln_2")):
            for part in ("weight", "bias"):
                found[f"{ours}.{mine}.{part}"] = held[f"{theirs}.{other}.{part}"]
        for mine, other in (
            ("attn_qkv", "attn.c_attn"), ("attn_output", "attn.c_proj"),
            ("ffn_up", "mlp.c_fc"), ("ffn_down", "mlp.c_proj"),
        ):  # fmt: skip
            found[f"{ours}.{mine}.weight"] = held[f"{theirs}.{other}.weight"].T
            found[f"{ours}.{mine}.bias"] = held[f"{theirs}.{other}.bias"]
    return found


def same(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    assert set(found) == set(wanted)
    return all(np.array_equal(found[name], wanted[name]) for name in wanted)


def test_an_f32_file_holds_the_safetensors_numbers_to_the_bit(model: Path, tmp_path: Path) -> None:
    reader = written(model, tmp_path / "f32.gguf")
    assert {tensor.tensor_type for tensor in reader.tensors} == {GGMLQuantizationType.F32}
    assert same(tensors(reader), expected(model))


def test_an_output_layer_of_its_own_is_written_too(tmp_path: Path) -> None:
    folder = write_gpt2(tmp_path / "model", tie_word_embeddings=False)
    found = tensors(written(folder, tmp_path / "f32.gguf"))
    assert "output.weight" in found and same(found, expected(folder))


def test_several_files_of_weights_are_read_as_one(changed: Path, model: Path, tmp_path: Path) -> None:
    held = load_file(changed / "model.safetensors")
    (changed / "model.safetensors").unlink()
    for number, names in enumerate((sorted(held)[:9], sorted(held)[9:]), start=1):
        save_file({name: held[name] for name in names}, changed / f"model-0000{number}-of-00002.safetensors")
    assert same(tensors(written(changed, tmp_path / "f32.gguf")), expected(model))


def test_smaller_types_round_the_matrices_and_keep_vectors_and_positions(model: Path, tmp_path: Path) -> None:
    wanted = expected(model)
    for kind, stored in ((GgufType.f16, GGMLQuantizationType.F16), (GgufType.q8_0, GGMLQuantizationType.Q8_0)):
        reader = written(model, tmp_path / f"{kind.name}.gguf", kind)
        kept = {tensor.name for tensor in reader.tensors if tensor.tensor_type == GGMLQuantizationType.F32}
        assert kept == {name for name, value in wanted.items() if value.ndim == 1} | {"position_embd.weight"}
        assert {tensor.tensor_type for tensor in reader.tensors if tensor.name not in kept} == {stored}
        for name, found in tensors(reader).items():
            if name in kept:
                assert np.array_equal(found, wanted[name])
            elif kind is GgufType.f16:
                assert np.array_equal(found, wanted[name].astype(np.float16).astype(np.float32))
            else:  # a block's largest number is 127 steps, and each number is within half a step (and f16's rounding)
                steps = np.abs(wanted[name].reshape(-1, 32)).max(1) / 127
                assert (np.abs(found - wanted[name]).reshape(-1, 32).max(1) <= 0.51 * steps).all()


def test_rows_that_no_block_of_32_divides_stay_f16_in_a_q8_0_file(tmp_path: Path) -> None:
    folder = write_gpt2(tmp_path / "model", n_embd=24)
    reader = written(folder, tmp_path / "q8.gguf", GgufType.q8_0)
    types = {tensor.name: tensor.tensor_type for tensor in reader.tensors}
    assert types["blk.0.attn_qkv.weight"] == types["token_embd.weight"] == GGMLQuantizationType.F16
    assert types["blk.0.ffn_down.weight"] == GGMLQuantizationType.Q8_0  # 96 inputs


def test_the_file_says_what_the_model_is(model: Path, tmp_path: Path) -> None:
    reader = written(model, tmp_path / "f32.gguf")
    fields = {name: field.contents() for name, field in reader.fields.items() if not name.startswith("GGUF.")}
    long = {key: fields.pop(f"tokenizer.ggml.{key}") for key in ("tokens", "token_type", "merges")}
    assert fields == {
        "general.architecture": "gpt2",
        "general.type": "model",
        "general.name": "文渊 一号",
        "general.license": "other",
        "general.license.name": "unknown-source-licences",
        "general.license.link": "LICENSE.md",
        "general.tags": ["chinese"],
        "general.languages": ["zh", "en"],
        "general.file_type": 0,
        "gpt2.context_length": CONTEXT,
        "gpt2.embedding_length": WIDTH,
        "gpt2.block_count": LAYERS,
        "gpt2.feed_forward_length": 4 * WIDTH,
        "gpt2.attention.head_count": 2,
        "gpt2.attention.layer_norm_epsilon": pytest.approx(1e-5),
        "gpt2.vocab_size": 293,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.ggml.bos_token_id": 290,
        "tokenizer.ggml.eos_token_id": 290,
        "tokenizer.ggml.padding_token_id": 291,
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.ggml.add_eos_token": False,
    }
    assert [len(values) for values in long.values()] == [293, 293, 34]


def test_the_same_folder_gives_the_same_bytes_wherever_it_lies(model: Path, changed: Path, tmp_path: Path) -> None:
    for kind in GgufType:
        first, second = tmp_path / f"a.{kind.name}", tmp_path / f"b.{kind.name}"
        write_gguf(model, first, kind, ABOUT)
        write_gguf(changed, second, kind, ABOUT)
        assert first.read_bytes() == second.read_bytes()


def spoil_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    held = load_file(folder / "model.safetensors")
    change(held)
    save_file(held, folder / "model.safetensors")


QKV = "transformer.h.1.attn.c_attn.weight"
CONFIG_FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "another architecture": (
        {"model_type": "llama"},
        "model_type=llama, and gguf is written for gpt2",
    ),
    "another activation": ({"activation_function": "relu2"}, "activation_function=relu2, and llama.cpp's GPT-2 has"),
    "exact gelu": ({"activation_function": "gelu"}, "activation_function=gelu, and llama.cpp's GPT-2 has"),
    "scaled by layer": ({"scale_attn_by_inverse_layer_idx": True}, "scale_attn_by_inverse_layer_idx=True"),
    "unscaled": ({"scale_attn_weights": False}, "scale_attn_weights=False"),
    "cross attention": ({"add_cross_attention": True}, "add_cross_attention=True"),
    "no end": ({"eos_token_id": None}, "config.json is no GPT-2's of this pipeline"),
    "another width": ({"n_embd": 16}, "transformer.wte.weight is (293, 32), config.json makes it (293, 16)"),
    "fewer rows": ({"vocab_size": 292}, "token '<nl>' has id 292, but the model has 292 rows"),
    "more layers": ({"n_layer": 3}, "tensor transformer.h.2.attn.c_attn.bias of the safetensors files is missing"),
    "fewer layers": ({"n_layer": 1}, "transformer.h.1.attn.c_attn.bias of the safetensors files is none of GPT-2's"),
    "untied": ({"tie_word_embeddings": False}, "tensor lm_head.weight of the safetensors files is missing"),
}
WEIGHT_FAULTS: dict[str, tuple[Callable[[dict[str, torch.Tensor]], object], str]] = {
    "a tensor lost": (lambda held: held.pop(QKV), f"tensor {QKV} of the safetensors files is missing"),
    "an adapter's": (
        lambda held: held.update(lora=held["transformer.ln_f.bias"] + 0),
        "lora of the safetensors files",
    ),
    "no number": (lambda held: held[QKV].fill_(float("nan")), f"{QKV} holds numbers that are not finite"),
}


@pytest.mark.parametrize("fault", CONFIG_FAULTS)
def test_a_configuration_that_llama_cpp_computes_otherwise_is_refused(
    changed: Path, tmp_path: Path, fault: str
) -> None:
    changes, message = CONFIG_FAULTS[fault]
    for key, value in changes.items():
        edit(changed / "config.json", key, value=value)
    with pytest.raises(WenyuanError) as told:
        write_gguf(changed, tmp_path / "x.gguf", GgufType.f32, ABOUT)
    assert message in str(told.value)


@pytest.mark.parametrize("fault", WEIGHT_FAULTS)
def test_weights_that_are_not_the_configuration_s_are_refused(changed: Path, tmp_path: Path, fault: str) -> None:
    change, message = WEIGHT_FAULTS[fault]
    spoil_weights(changed, change)
    with pytest.raises(WenyuanError) as told:
        write_gguf(changed, tmp_path / "x.gguf", GgufType.f32, ABOUT)
    assert message in str(told.value)


def test_numbers_beyond_f16_are_refused_there_and_kept_in_f32(changed: Path, tmp_path: Path) -> None:
    spoil_weights(changed, lambda held: held[QKV][0].fill_(70000.0))
    for kind in (GgufType.f16, GgufType.q8_0):
        with pytest.raises(WenyuanError, match=r"blk\.1\.attn_qkv\.weight holds numbers beyond f16's 65,504"):
            write_gguf(changed, tmp_path / "x.gguf", kind, ABOUT)
    assert same(tensors(written(changed, tmp_path / "f32.gguf")), expected(changed))


def test_a_damaged_folder_is_named(changed: Path, tmp_path: Path) -> None:
    (changed / "model.safetensors").write_bytes(b"half")
    with pytest.raises(WenyuanError, match=r"model\.safetensors: "):
        write_gguf(changed, tmp_path / "x.gguf", GgufType.f32, ABOUT)
    (changed / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(WenyuanError, match=r"config\.json: cannot be read"):
        write_gguf(changed, tmp_path / "x.gguf", GgufType.f32, ABOUT)
