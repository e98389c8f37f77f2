"""Where the rows of new tokens start: `mean` against `normal`, on an English GPT-2 that is trained here first.

    PYTHONPATH=. python bench/embeddings.py [--corpora ../shared/data/corpora]

The base is a byte-level BPE of 4,096 tokens and a small GPT-2, both of docstrings of installed packages. It is
extended with 4,096 tokens learnt on LCTT. Printed, for tied and untied tables: how far the old tokens' logits on
English text move, how much the full loss there rises because the softmax has more rows, and the loss on held-out
LCTT at the start and after 100 steps of training on LCTT; beside both, rows drawn as for a new model.
"""

import argparse
import ast
import gzip
import json
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from omegaconf import OmegaConf
from tokenizers import Tokenizer, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import GPT2LMHeadModel

from pipeline.core.config import load_section
from pipeline.core.shards import write_table
from pipeline.model.architecture import Vocabulary as Names
from pipeline.model.architecture import new_model
from pipeline.model.pretrained import pretrained_model
from pipeline.schema.engine import EngineConfig
from pipeline.schema.model import Activation, ModelConfig
from pipeline.schema.tokenizer import Embeddings, TokenizerConfig
from pipeline.vocab.assembly import Vocabulary, plain
from pipeline.vocab.base import Base, read_base
from pipeline.vocab.cutting import Cutting
from pipeline.vocab.embedding_plan import embedding_plan
from pipeline.vocab.extension import extend
from pipeline.vocab.segmentation import segment
from pipeline.vocab.words import words_of

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("numpy", "torch", "transformers")
ENGLISH_CHARS, CHINESE_TEXTS, HELD_OUT = 4_000_000, 1_500, 150
BASE_SIZE, NEW = 4096, 4096
CONTEXT, BATCH = 128, 16
BASE_STEPS, STEPS, RATE = 400, 100, 1e-3
OPTIONS = ("mean", "normal", "new model's")


def docstrings() -> Iterator[str]:
    """Of the packages' modules, classes and functions, in the order of paths and lines."""
    for package in PACKAGES:
        spec = find_spec(package)
        assert spec is not None and spec.origin is not None
        for path in sorted(Path(spec.origin).parent.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                    text = ast.get_docstring(node) or ""
                    if len(text) > 200 and text.isascii():
                        yield text


def english_texts() -> list[str]:
    texts, chars = [], 0
    for text in docstrings():
        texts.append(text)
        chars += len(text)
        if chars > ENGLISH_CHARS:
            break
    return texts


def write_base(texts: Sequence[str], folder: Path) -> Base:
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        texts, BpeTrainer(vocab_size=BASE_SIZE, initial_alphabet=alphabet, show_progress=False)
    )
    tokenizer.model.save(str(folder))
    return read_base(folder)


def stream(tokenizer: Tokenizer, texts: Sequence[str]) -> torch.Tensor:
    """Blocks of the texts one after another; shape (blocks, CONTEXT)."""
    ids = [id for encoding in tokenizer.encode_batch(list(texts)) for id in encoding.ids]
    return torch.tensor(ids[: len(ids) // CONTEXT * CONTEXT]).view(-1, CONTEXT)


def fit(model: GPT2LMHeadModel, blocks: torch.Tensor, steps: int) -> None:
    order = np.random.default_rng(0).integers(len(blocks), size=(steps, BATCH))
    optimizer = torch.optim.AdamW(model.parameters(), RATE)
    model.train()
    for step, rows in enumerate(order):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / 20)
        batch = blocks[rows]
        model(batch, labels=batch).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    model.eval()


def loss(model: GPT2LMHeadModel, blocks: torch.Tensor) -> float:
    """Nats a token."""
    with torch.inference_mode():
        return float(np.mean([model(part, labels=part).loss.item() for part in blocks[:128].split(BATCH)]))


def chinese(base: Base, learn: Sequence[str]) -> tuple[Vocabulary, TokenizerConfig]:
    conf = OmegaConf.load(ROOT / "conf" / "tokenizer" / "bpe.yaml")
    conf.update({"keep_base": "all", "vocab_size": BASE_SIZE + NEW})
    config = load_section(OmegaConf.create({"tokenizer": conf}), "tokenizer", TokenizerConfig)
    conf = OmegaConf.load(ROOT / "conf" / "engine" / "local.yaml")
    engine = load_section(OmegaConf.create({"engine": {**conf, "workers": 1}}), "engine", EngineConfig)
    cutting = Cutting.build(config)
    words = words_of(learn, cutting, config.max_repeats)
    segmentation = segment(engine, dict(sorted(words.items())), base)
    extension = extend(segmentation, base, config, specials=len(cutting.marks.tokens) + 2)
    return Vocabulary.build(extension, [], config), config


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, default=ROOT.parent / "shared/data/corpora")
    corpus = parser.parse_args().corpora / "lctt.jsonl.gz"
    if not corpus.is_file():
        raise SystemExit(f"{corpus}: no such file; --corpora names its folder")
    with gzip.open(corpus, "rt", encoding="utf-8") as file:
        articles = [json.loads(line)["text"] for line in islice(file, CHINESE_TEXTS)]
    heldout, learn = articles[:HELD_OUT], articles[HELD_OUT:]
    english = english_texts()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        base = write_base(english, folder)
        vocabulary, _ = chinese(base, learn)
        tokenizer = vocabulary.tokenizer()
        old_blocks = stream(plain(base), english)
        cut = len(old_blocks) // 10
        size = len(vocabulary.tokens)
        ids = {name: tokenizer.token_to_id(name) for name in (vocabulary.bos, vocabulary.pad)}
        names = Names(size, ids[vocabulary.bos], ids[vocabulary.bos], ids[vocabulary.pad])
        for tied in (True, False):
            shape = ModelConfig(2, 4, 128, None, Activation.gelu_new, 0.0, 0.02, tied=tied)
            torch.manual_seed(0)
            old = new_model(shape, CONTEXT, Names(len(base.ids), 0, 0, 0))
            fit(old, old_blocks[cut:], BASE_STEPS)
            old.save_pretrained(folder / "model")
            before = loss(old, old_blocks[:cut])
            print(f"\n{'tied' if tied else 'untied'} tables; {len(base.ids):,} old tokens, {size:,} with the new; "
                  f"English loss of the base {before:.4f} nats a token")  # fmt: skip
            for option in OPTIONS:
                start = Embeddings.normal if option == "normal" else Embeddings.mean
                write_table(folder / "plan.parquet", embedding_plan(vocabulary, base, start))
                torch.manual_seed(1)
                new = pretrained_model(folder / "model", folder / "plan.parquet", shape, CONTEXT, names).eval()
                if option == OPTIONS[2]:
                    with torch.no_grad():
                        for table in {new.transformer.wte.weight, new.lm_head.weight}:
                            table[len(base.ids) :] = torch.randn(size - len(base.ids), shape.width) * shape.init_std
                with torch.inference_mode():
                    logits = new(old_blocks[:8]).logits[..., : len(base.ids)]
                    moved = float((logits - old(old_blocks[:8]).logits).abs().max())
                rise = loss(new, old_blocks[:cut]) - before
                first = loss(new, stream(tokenizer, heldout))
                fit(new, stream(tokenizer, learn), STEPS)
                print(f"{option:>12}: old logits move {moved:.1e}; English loss + {rise:.4f}; LCTT {first:.3f}, "
                      f"after {STEPS} steps {loss(new, stream(tokenizer, heldout)):.3f}")  # fmt: skip


if __name__ == "__main__":
    main()
