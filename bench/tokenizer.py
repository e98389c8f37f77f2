"""Encoding speed of models/tokenizer against plain GPT-2, in paired runs.

Both sides encode the same text in one process and one thread, in turn; medians and the ratio of each pair's
medians are printed. Needs `dvc repro tokenizer`, or folders: `python bench/tokenizer.py [split/part] [tokenizer]`.
"""

import os
import statistics
import sys
import time
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE

from pipeline.core.shards import list_shards, read_documents

RUNS = 7
MAX_CHARS = 1_000_000


def gpt2(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer(BPE.from_file(str(folder / "vocab.json"), str(folder / "merges.txt")))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def texts(folder: Path) -> list[str]:
    chosen: list[str] = []
    chars = 0
    for shard in list_shards([folder]):
        for document in read_documents(shard):
            if chars < MAX_CHARS:
                chosen.append(document.text)
                chars += len(document.text)
    return chosen


def seconds(tokenizer: Tokenizer, batch: list[str]) -> float:
    start = time.perf_counter()
    tokenizer.encode_batch(batch)
    return time.perf_counter() - start


def main() -> None:
    part = Path(sys.argv[1] if len(sys.argv) > 1 else "data/split/train")
    ours_folder = Path(sys.argv[2] if len(sys.argv) > 2 else "models/tokenizer")
    batch = texts(part)
    chars = sum(map(len, batch))
    ours = Tokenizer.from_file(str(ours_folder / "tokenizer.json"))
    sides = {"GPT-2": gpt2(Path("data/base/tokenizer")), "ours": ours}
    tokens = {name: sum(len(e.ids) for e in side.encode_batch(batch)) for name, side in sides.items()}
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(RUNS):
        for name, side in sides.items():
            taken[name].append(seconds(side, batch))
    print(f"{chars:,} characters of {part}, median of {RUNS} paired runs")
    for name in sides:
        median = statistics.median(taken[name])
        print(f"{name:>6}: {chars / median / 1e6:.2f} M characters/s, {chars / tokens[name]:.3f} characters a token")
    ratios = [a / b for a, b in zip(taken["GPT-2"], taken["ours"], strict=True)]
    low, median, high = min(ratios), statistics.median(ratios), max(ratios)
    print(f"ours / GPT-2 in characters/s: {median:.2f} (from {low:.2f} to {high:.2f})")


if __name__ == "__main__":
    main()
