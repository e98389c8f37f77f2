"""Write one GGUF file of a GPT-2 in a Hugging Face folder, for llama.cpp and what is built on it.

The same folder gives the same bytes at each run.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from gguf import GGML_QUANT_VERSION, GGMLQuantizationType, GGUFWriter, LlamaFileType
from gguf.quants import quant_shape_to_byte_shape, quantize

from pipeline.core.errors import SourceError
from pipeline.formats.gguf_tokens import PRE, read_tokens, refusal
from pipeline.formats.gguf_weights import Shape, read_shape, sizes, weights
from pipeline.schema.release import GgufType

NAME = "model.gguf"
LARGEST_F16 = 65504.0
FILE_TYPES = {
    GgufType.f32: LlamaFileType.ALL_F32,
    GgufType.f16: LlamaFileType.MOSTLY_F16,
    GgufType.q8_0: LlamaFileType.MOSTLY_Q8_0,
}
Q8_BLOCK = 32
"""Numbers that share one scale; rows of another multiple stay f16, as llama.cpp's own tools leave them."""


@dataclass(frozen=True, slots=True)
class About:
    """What a GGUF says of a model beside its weights and tokens."""

    name: str
    licence: str
    """Hugging Face's identifier."""
    licence_name: str | None
    licence_link: str | None
    languages: Sequence[str]
    tags: Sequence[str]


def write_gguf(folder: Path, target: Path, kind: GgufType, about: About) -> None:
    """The model of `folder` with its tokenizer; weights are read and written one tensor at a time.

    ConfigError if llama.cpp would compute or tokenize otherwise than transformers; SourceError or ContractError if
    the folder is damaged.
    """
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from None
    shape = read_shape(config)
    tokens = read_tokens(folder / "tokenizer.json", shape.rows, shape.bos, shape.eos)
    writer = GGUFWriter(target, "gpt2")
    _describe(writer, shape, kind, about)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(PRE)
    writer.add_token_list(tokens.texts)
    writer.add_token_types(tokens.types)
    writer.add_token_merges(tokens.merges)
    writer.add_bos_token_id(shape.bos)
    writer.add_eos_token_id(shape.eos)
    if shape.pad is not None:
        writer.add_pad_token_id(shape.pad)
    writer.add_add_bos_token(tokens.add_bos)
    writer.add_add_eos_token(tokens.add_eos)
    for name, size in sizes(shape).items():
        _announce(writer, name, size, stored_as(name, size, kind))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for name, values in weights(folder, shape):
        writer.write_tensor_data(_stored(name, values, stored_as(name, values.shape, kind)))
    writer.close()


def stored_as(name: str, size: Sequence[int], kind: GgufType) -> GGMLQuantizationType:
    """The type of one tensor in a file of `kind`: vectors and positions, a hundredth of the model, are always f32."""
    if kind is GgufType.f32 or len(size) == 1 or name.startswith("position_embd"):
        return GGMLQuantizationType.F32
    if kind is GgufType.q8_0 and size[-1] % Q8_BLOCK == 0:
        return GGMLQuantizationType.Q8_0
    return GGMLQuantizationType.F16


def _describe(writer: GGUFWriter, shape: Shape, kind: GgufType, about: About) -> None:
    writer.add_type("model")
    writer.add_name(about.name)
    writer.add_license(about.licence)
    if about.licence_name:
        writer.add_license_name(about.licence_name)
    if about.licence_link:
        writer.add_license_link(about.licence_link)
    if about.tags:
        writer.add_tags(list(about.tags))
    writer.add_languages(list(about.languages))
    writer.add_file_type(FILE_TYPES[kind])
    if kind is GgufType.q8_0:
        writer.add_quantization_version(GGML_QUANT_VERSION)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_layer_norm_eps(shape.epsilon)
    writer.add_vocab_size(shape.rows)


def _announce(writer: GGUFWriter, name: str, size: Sequence[int], kind: GGMLQuantizationType) -> None:
    if kind is GGMLQuantizationType.F32:
        writer.add_tensor_info(name, size, np.dtype(np.float32), 4 * int(np.prod(size)))
    elif kind is GGMLQuantizationType.F16:
        writer.add_tensor_info(name, size, np.dtype(np.float16), 2 * int(np.prod(size)))
    else:
        shape = quant_shape_to_byte_shape(size, kind)
        writer.add_tensor_info(name, shape, np.dtype(np.uint8), int(np.prod(shape)), kind)


def _stored(name: str, values: npt.NDArray[np.float32], kind: GGMLQuantizationType) -> npt.NDArray[np.generic]:
    if kind is not GGMLQuantizationType.F32 and np.abs(values).max() > LARGEST_F16:
        raise refusal(f"{name} holds numbers beyond f16's {LARGEST_F16:,.0f} (or set release.gguf_type=f32)")
    found: npt.NDArray[np.generic] = quantize(values, kind)
    return found
