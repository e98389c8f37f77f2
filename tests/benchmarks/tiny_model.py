"""A tiny GPT-2 with a byte-level tokenizer, written as train writes it: what the tests of evaluation load."""

from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

TEXTS = ["这本书很好，我想再看一遍。", "酒店的房间太小，服务差。", "今天天气好。"]


def write_model(folder: Path, context: int = 32) -> Path:
    """Random weights from a fixed seed; 300 tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=["<s>", "<pad>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS * 3, trainer)
    tokenizer.add_special_tokens([AddedToken("<s>", special=True)])
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="<s>", pad_token="<pad>")
    wrapped.save_pretrained(folder)
    bos = tokenizer.token_to_id("<s>")
    with torch.random.fork_rng():
        torch.manual_seed(7)
        config = GPT2Config(
            vocab_size=tokenizer.get_vocab_size(),
            n_positions=context,
            n_embd=16,
            n_layer=2,
            n_head=2,
            bos_token_id=bos,
            eos_token_id=bos,
            initializer_range=0.3,
        )
        GPT2LMHeadModel(config).save_pretrained(folder)
    return folder
