"""A tiny GPT-2 in a folder as train writes it, with a tokenizer of GPT-2's kind."""

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import GPT2Config, GPT2LMHeadModel

TEXTS = ["这本书很好，我想再看一遍。", "酒店的房间太小，服务差。", "今天天气好。\n明天也好。"]
CONTEXT, WIDTH, LAYERS = 24, 32, 2
SAMPLING = {"temperature": 0.8, "top_k": 50, "top_p": 0.95, "repetition_penalty": 1.1}


def write_tokenizer(folder: Path) -> Tokenizer:
    """Byte-level BPE, split as GPT-2 splits, with <s>, <pad> and <nl>; it puts <s> before a text."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        TEXTS * 3, trainers.BpeTrainer(vocab_size=290, initial_alphabet=alphabet, show_progress=False)
    )
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in ("<s>", "<pad>")])
    tokenizer.add_tokens([AddedToken("<nl>", normalized=False, special=False)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=["<s>", "$A"], special_tokens=[("<s>", tokenizer.token_to_id("<s>"))]
    )
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    return tokenizer


def write_gpt2(folder: Path, **shape: Any) -> Path:
    """Random weights, all different, from a fixed seed; `shape` goes into the configuration."""
    tokenizer = write_tokenizer(folder)
    bos, pad = (tokenizer.token_to_id(token) for token in ("<s>", "<pad>"))
    wanted = {
        "vocab_size": tokenizer.get_vocab_size(), "n_positions": CONTEXT, "n_embd": WIDTH, "n_layer": LAYERS,
        "n_head": 2, "bos_token_id": bos, "eos_token_id": bos, "pad_token_id": pad, "initializer_range": 0.3,
    }  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(7)
        model = GPT2LMHeadModel(GPT2Config(**{**wanted, **shape}))
        for parameter in model.parameters():
            parameter.data += 0.1 * torch.randn_like(parameter)
    model.save_pretrained(folder)
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "<s>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    generation = {"do_sample": True, "max_length": CONTEXT, "eos_token_id": bos, **SAMPLING}
    (folder / "generation_config.json").write_text(json.dumps(generation), encoding="utf-8")
    special = {"bos": "<s>", "eos": "<s>", "pad": "<pad>", "nl": "<nl>", "more": []}
    told = {"vocab_size": tokenizer.get_vocab_size(), "special": special}
    (folder / "wenyuan.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


def edit(path: Path, *keys: str, value: Any) -> None:
    """Put `value` at `keys` of a JSON file."""
    tree = json.loads(path.read_text(encoding="utf-8"))
    inner = tree
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    path.write_text(json.dumps(tree, ensure_ascii=False), encoding="utf-8")
