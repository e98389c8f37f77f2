"""Tiny models of several architectures with tokenizers of several kinds, as their makers save them."""

import json
from pathlib import Path
from typing import Any

import torch
from omegaconf import OmegaConf
from tokenizers import Tokenizer, processors
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertLMHeadModel,
    BertTokenizer,
    BloomConfig,
    BloomForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MambaConfig,
    MambaForCausalLM,
)

from pipeline.core.config import load_section
from pipeline.schema.generate import GenerateConfig
from tests.benchmarks.tiny_model import write_model

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = 32
WIDE = {"initializer_range": 0.5}
"""Weights so large that random models prefer some tokens to others clearly."""


def generate_params(changes: dict[str, Any] | None = None) -> Any:
    """conf/generate/default.yaml with what it takes from other sections, `changes` (dotted keys) laid over."""
    params = OmegaConf.create({"seed": 42, "train": {"threads": 2}})
    for section, option in {"dedup": "minhash", "generate": "default"}.items():
        params[section] = OmegaConf.load(ROOT / "conf" / section / f"{option}.yaml")
    OmegaConf.resolve(params)
    for key, value in (changes or {}).items():
        OmegaConf.update(params, f"generate.{key}", value, merge=False)
    return params


def config(**changes: Any) -> GenerateConfig:
    """Double precision: rounding decides nothing. One thread: such a model is done before a second one wakes.

    `sampling__top_k=5` reaches into a part.
    """
    dotted = {key.replace("__", "."): value for key, value in changes.items()}
    return load_section(
        generate_params({"arithmetic": "float64", "device": "cpu", "threads": 1, "max_new_tokens": 12, **dotted}),
        "generate",
        GenerateConfig,
    )


def write_gpt2(folder: Path) -> Path:
    """As our train stage writes it today: no template in the tokenizer, wenyuan.json beside it."""
    write_model(folder, CONTEXT)
    special = {"bos": "<s>", "eos": "<s>", "pad": "<pad>", "nl": "<nl>", "escape": "<lit>", "more": []}
    (folder / "wenyuan.json").write_text(json.dumps({"special": special}), encoding="utf-8")
    return folder


def write_templated(folder: Path) -> Path:
    """The same model, its tokenizer putting <s> before every text by itself."""
    write_model(folder, CONTEXT)
    path = folder / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(path))
    bos = tokenizer.token_to_id("<s>")
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", bos)])
    tokenizer.save(str(path))
    return folder


def write_other(folder: Path, kind: str) -> Path:
    """A model of another architecture over the same vocabulary."""
    write_model(folder, CONTEXT)
    size = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab_size()
    shape = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    ids = {"vocab_size": size, "bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 1}
    inner = {"intermediate_size": 32, "max_position_embeddings": CONTEXT}
    with torch.random.fork_rng():
        torch.manual_seed(11)
        model: Any = {
            "llama": lambda: LlamaForCausalLM(LlamaConfig(**ids, **shape, **inner, **WIDE)),
            "bloom": lambda: BloomForCausalLM(BloomConfig(**ids, hidden_size=16, n_layer=2, n_head=2, **WIDE)),
            "mamba": lambda: MambaForCausalLM(MambaConfig(**ids, hidden_size=16, num_hidden_layers=2, state_size=4)),
            "masked": lambda: BertForMaskedLM(BertConfig(**ids, **shape, **inner)),
            "head": lambda: BertLMHeadModel(BertConfig(**ids, **shape, **inner)),
        }[kind]()
    (folder / "model.safetensors").unlink()
    model.save_pretrained(folder)
    return folder


def write_gpt2_chinese(folder: Path) -> Path:
    """A GPT-2 with BERT's tokenizer, as GPT2-Chinese and its descendants are published."""
    folder.mkdir(parents=True, exist_ok=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"今天气很好我想去看海，。", "gpt", "##s"]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    with torch.random.fork_rng():
        torch.manual_seed(5)
        shape = {"n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": CONTEXT, "vocab_size": len(words)}
        GPT2LMHeadModel(GPT2Config(**shape, **WIDE)).save_pretrained(folder)
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    settings["eos_token_id"] = settings["bos_token_id"] = None
    (folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "generation_config.json").unlink(missing_ok=True)
    return folder
