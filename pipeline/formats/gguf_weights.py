"""GPT-2's weights under llama.cpp's names, one tensor at a time, and what its graph for GPT-2 can compute."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError, safe_open

from pipeline.core.errors import ContractError, SourceError
from pipeline.formats.gguf_tokens import refusal

Floats = npt.NDArray[np.float32]
COMPUTED: Mapping[str, tuple[object, ...]] = {
    # llama.cpp's GELU is the tanh approximation, whatever a GGUF says.
    "activation_function": ("gelu_new", "gelu_pytorch_tanh", "gelu_fast"),
    "scale_attn_weights": (True,),
    "scale_attn_by_inverse_layer_idx": (False,),
    "add_cross_attention": (False,),
}
"""Key of config.json -> its values that llama.cpp's graph for GPT-2 computes; a missing key is the first one."""
EMBEDDINGS = {
    "transformer.wte.weight": "token_embd.weight",
    "transformer.wpe.weight": "position_embd.weight",
}
BLOCK = {
    "ln_1": "attn_norm",
    "attn.c_attn": "attn_qkv",
    "attn.c_proj": "attn_output",
    "ln_2": "ffn_norm",
    "mlp.c_fc": "ffn_up",
    "mlp.c_proj": "ffn_down",
}
END = {"transformer.ln_f.weight": "output_norm.weight", "transformer.ln_f.bias": "output_norm.bias"}
HEAD = "lm_head.weight"


@dataclass(frozen=True, slots=True)
class Shape:
    """Of GPT-2, by config.json."""

    layers: int
    heads: int
    width: int
    inner: int
    context: int
    rows: int
    """Of the embedding table."""
    epsilon: float
    tied: bool
    bos: int
    eos: int
    pad: int | None


def read_shape(config: Mapping[str, Any]) -> Shape:
    """ConfigError if llama.cpp does not compute this model as transformers does; SourceError if a key is missing."""
    kind = config.get("model_type")
    if kind != "gpt2":
        raise refusal(f"config.json says model_type={kind}, and gguf is written for gpt2 alone")
    for key, allowed in COMPUTED.items():
        if config.get(key, allowed[0]) not in allowed:
            raise refusal(f"config.json says {key}={config[key]}, and llama.cpp's GPT-2 has {key}={allowed[0]}")
    try:
        width, pad = int(config["n_embd"]), config.get("pad_token_id")
        return Shape(
            layers=int(config["n_layer"]),
            heads=int(config["n_head"]),
            width=width,
            inner=int(config.get("n_inner") or 4 * width),
            context=int(config["n_positions"]),
            rows=int(config["vocab_size"]),
            epsilon=float(config.get("layer_norm_epsilon", 1e-5)),
            tied=bool(config.get("tie_word_embeddings", True)),
            bos=int(config["bos_token_id"]),
            eos=int(config["eos_token_id"]),
            pad=None if pad is None else int(pad),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(f"config.json is no GPT-2's of this pipeline: {error!r}") from None


def names(shape: Shape) -> dict[str, str]:
    """transformers' name of each tensor -> llama.cpp's, in the order in which they are written."""
    blocks = {
        f"transformer.h.{number}.{theirs}.{part}": f"blk.{number}.{ours}.{part}"
        for number in range(shape.layers)
        for theirs, ours in BLOCK.items()
        for part in ("weight", "bias")
    }
    return EMBEDDINGS | blocks | END | ({} if shape.tied else {HEAD: "output.weight"})


def sizes(shape: Shape) -> dict[str, tuple[int, ...]]:
    """llama.cpp's name of each tensor -> its shape there: [outputs, inputs] where it multiplies."""
    width = shape.width
    multiplied = {
        "attn_qkv": (3 * width, width),
        "attn_output": (width, width),
        "ffn_up": (shape.inner, width),
        "ffn_down": (width, shape.inner),
    }
    found: dict[str, tuple[int, ...]] = {}
    for name in names(shape).values():
        part = name.split(".")[-2]
        if part in ("token_embd", "output"):
            found[name] = (shape.rows, width)
        elif part == "position_embd":
            found[name] = (shape.context, width)
        elif name.endswith(".weight"):
            found[name] = multiplied.get(part, (width,))
        else:
            found[name] = multiplied.get(part, (width,))[:1]
    return found


def weights(folder: Path, shape: Shape) -> Iterator[tuple[str, Floats]]:
    """llama.cpp's name and the values of each tensor, in the order of `names`; one of them is in memory at a time.

    ContractError if the safetensors files hold other tensors, other shapes or numbers that are not finite.
    """
    wanted, shapes = names(shape), sizes(shape)
    with ExitStack() as files:
        place: dict[str, Any] = {}
        for path in sorted(folder.glob("*.safetensors")):
            try:
                opened = files.enter_context(safe_open(path, framework="pt"))
            except (SafetensorError, OSError) as error:
                raise SourceError(f"{path}: {error}") from None
            place |= dict.fromkeys(opened.keys(), opened)
        spare = {HEAD} if shape.tied else set()  # the embedding table once more
        for name in sorted(set(wanted) ^ (set(place) - spare)):
            fault = "is missing" if name in wanted else "is none of GPT-2's"
            raise ContractError(f"{folder}: tensor {name} of the safetensors files {fault}")
        for theirs, ours in wanted.items():
            found = place[theirs].get_tensor(theirs).to(torch.float32).numpy()
            if len(shapes[ours]) == 2 and theirs.startswith("transformer.h."):
                found = found.T  # transformers' Conv1D holds [inputs, outputs]
            if found.shape != shapes[ours]:
                raise ContractError(f"{folder}: {theirs} is {found.shape}, config.json makes it {shapes[ours]}")
            if not np.isfinite(found).all():
                raise ContractError(f"{folder}: {theirs} holds numbers that are not finite; train again")
            yield ours, np.ascontiguousarray(found)
