"""The tokenizer against its peers, on LCTT: nine tenths of the articles to learn, the other tenth to measure.

    PYTHONPATH=. python bench/tokenizer.py [--corpora ../shared/data/corpora] [--base data/base/tokenizer]

In one run: time and peak memory of learning 20,000 merges beside Hugging Face's BpeTrainer from scratch at the same
size, each in a process of its own; characters a token on held-out and unseen text; encoding speed in paired runs and
loading time beside plain GPT-2 and GPT-2 with 20,000 added words.
"""

import argparse
import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

os.environ.setdefault("RAYON_NUM_THREADS", "2")

import psutil
from omegaconf import OmegaConf
from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer

from pipeline.contract.document import Document, document_id
from pipeline.core.config import load_section
from pipeline.core.shards import list_shards, read_documents, write_documents
from pipeline.schema.engine import EngineConfig
from pipeline.schema.tokenizer import Method, TokenizerConfig
from pipeline.vocab.alphabet import is_fragment
from pipeline.vocab.assembly import Vocabulary, plain, save
from pipeline.vocab.base import read_base
from pipeline.vocab.extension import Growth
from pipeline.vocab.methods import learn
from pipeline.vocab.sample import EVERYTHING
from pipeline.vocab.segmentation import segment
from pipeline.vocab.words import count_words

ROOT = Path(__file__).resolve().parents[1]
NEW = 20_000
SHARDS = 8
WORKERS = 2
RUNS = 7
SPEED_CHARS = 500_000
CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")


def section(name: str, option: str, schema: type, **changes: object) -> object:
    conf = OmegaConf.load(ROOT / "conf" / name / f"{option}.yaml")
    return load_section(OmegaConf.create({name: OmegaConf.merge(conf, changes)}), name, schema)


CONFIG: TokenizerConfig = section("tokenizer", "bpe", TokenizerConfig, vocab_size=60_000)
ENGINE: EngineConfig = section("engine", "local", EngineConfig, workers=WORKERS)


def rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def write_split(corpus: Path, folder: Path) -> None:
    """train/ and heldout/ by a hash of the path: a tenth is held out."""
    parts: dict[str, list[Document]] = {"train": [], "heldout": []}
    for row in rows(corpus):
        tenth = int.from_bytes(blake2b(row["path"].encode(), digest_size=8).digest()) % 10
        parts["train" if tenth else "heldout"].append(
            Document(
                id=document_id("lctt", row["path"]),
                source="lctt",
                url=f"file:{row['path']}",
                title=None,
                text=row["text"],
                created=None,
                licence="Apache-2.0",
                kind="article",
                variant="und",
                label=None,
                parts=1,
            )
        )
    for part, documents in parts.items():
        for number in range(SHARDS):
            write_documents(folder / part / f"lctt-{number:05d}.parquet", documents[number::SHARDS])


def texts_of(folder: Path) -> list[str]:
    return [document.text for shard in list_shards([folder]) for document in read_documents(shard)]


def train_ours(train: Path, base_folder: Path, out: Path) -> None:
    """What the stage does before it measures: count, segment, learn, assemble."""
    base = read_base(base_folder).without_straddling()
    _, words = count_words(ENGINE, list_shards([train]), EVERYTHING, CONFIG)
    segmentation = segment(ENGINE, words, base)
    words.clear()
    extension = Growth(segmentation, base, CONFIG, NEW).after(NEW)
    vocabulary = Vocabulary.build(extension, [], CONFIG)
    save(vocabulary, out, {"base_kept": len(extension.kept), "fragments": sum(map(is_fragment, extension.new))})


def train_huggingface(train: Path, _: Path, out: Path) -> None:
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=NEW + 256, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator((d.text for s in list_shards([train]) for d in read_documents(s)), trainer)
    out.mkdir(parents=True)
    tokenizer.save(str(out / "tokenizer.json"))


def train_words(train: Path, base_folder: Path, out: Path) -> None:
    config = replace(
        CONFIG, method=Method.wordlist, vocab_size=None, max_words=NEW, word_files=["jieba"], base_min_count=1
    )
    save(learn(ENGINE, list_shards([train]), read_base(base_folder), config).vocabulary, out, {})


TRAINERS = {"ours": train_ours, "BpeTrainer": train_huggingface, "wordlist": train_words}


def run_apart(name: str, train: Path, base: Path, out: Path) -> tuple[float, int]:
    """Seconds, and the peak of the memory that the process and its children hold (PSS), in bytes."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, __file__, "--train", name, *map(str, (train, base, out))])
    peak = 0
    while process.poll() is None:
        held = 0
        try:
            parent = psutil.Process(process.pid)
            for part in (parent, *parent.children(recursive=True)):
                held += part.memory_full_info().pss
        except psutil.Error:
            continue  # one ended between the listing and the reading
        peak = max(peak, held)
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"{name} ended with status {process.returncode}")
    return time.perf_counter() - start, peak


def characters_a_token(tokenizer: Tokenizer, texts: Sequence[str]) -> float:
    return sum(map(len, texts)) / sum(len(encoding.ids) for encoding in tokenizer.encode_batch_fast(list(texts)))


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def opened(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    return tokenizer


def print_training(train: Path, base: Path, folder: Path) -> None:
    taken = {name: run_apart(name, train, base, folder / name) for name in ("BpeTrainer", "ours")}
    print(f"\nlearning {NEW:,} merges, {WORKERS} workers or threads")
    for name, (time_taken, memory) in taken.items():
        print(f"{name:>12}: {time_taken:6.1f} s, {memory / 2**20:6,.0f} MiB at most")
    ratios = [ours / theirs for ours, theirs in zip(taken["ours"], taken["BpeTrainer"], strict=True)]
    print(f"ours / BpeTrainer: {ratios[0]:.2f} of the time, {ratios[1]:.2f} of the memory")
    run_apart("wordlist", train, base, folder / "wordlist")
    figures = json.loads((folder / "ours" / "wenyuan.json").read_text(encoding="utf-8"))
    print(f"ours: {figures['base_kept']:,} base tokens kept; {figures['fragments']} of {NEW:,} new ones fragments")


def print_fertility(sides: dict[str, Tokenizer], corpora: Path, heldout: list[str]) -> None:
    poems = [row["text"] for row in rows(corpora / "chinese-poetry.jsonl.gz")]
    columns = {
        "held-out LCTT": heldout,
        "its Chinese": [run for text in heldout for run in CHINESE.findall(text)],
        "hongloumeng": [row["text"] for row in rows(corpora / "hongloumeng.jsonl.gz")],
        "poems": poems,
    }
    print("\ncharacters a token\n" + " " * 18 + "".join(f"{name:>15}" for name in columns))
    for name, side in sides.items():
        print(f"{name:>18}" + "".join(f"{characters_a_token(side, texts):15.3f}" for texts in columns.values()))
    print(f"{'one a character':>18}" + "".join(f"{1:15.3f}" for _ in columns))


def print_use(ours: Tokenizer, first: int, train: list[str], heldout: list[str]) -> None:
    """Of the new tokens seen 20 times or more in train's segmentation, how many the held-out text has."""
    counts = []
    for texts in (train, heldout):
        uses = [0] * ours.get_vocab_size()
        for start in range(0, len(texts), 64):
            for encoding in ours.encode_batch_fast(texts[start : start + 64]):
                for id in encoding.ids:
                    uses[id] += 1
        counts.append(uses)
    often = [id for id in range(first, first + NEW) if counts[0][id] >= 20]
    found = sum(counts[1][id] > 0 for id in often)
    print(
        f"\n{len(often):,} new tokens are seen 20 times or more in train; {found / len(often):.1%} of them held out"
    )


def print_speed(sides: dict[str, Tokenizer], folders: dict[str, Path], heldout: list[str]) -> None:
    batch: list[str] = []
    while sum(map(len, batch)) < SPEED_CHARS:
        batch.append(heldout[len(batch)])
    chars = sum(map(len, batch))
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(RUNS):
        for name, side in sides.items():
            taken[name].append(seconds(lambda side=side: [side.encode(text) for text in batch]))
    print(f"\nencoding {chars:,} held-out characters in one thread, median of {RUNS} paired runs; loading")
    reference = taken["GPT-2"]
    for name, times in taken.items():
        ratio = statistics.median(theirs / ours for theirs, ours in zip(reference, times, strict=True))
        loads = statistics.median(seconds(lambda name=name: opened(folders[name])) for _ in range(RUNS))
        speed = chars / statistics.median(times) / 1e6
        print(f"{name:>18}: {speed:5.2f} M characters/s, {ratio:4.2f} times GPT-2's; loads in {loads:.3f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, default=ROOT.parent / "shared/data/corpora")
    parser.add_argument("--base", type=Path, default=ROOT / "data/base/tokenizer")
    parser.add_argument("--only", choices=["training"], help="stop after the trainers")
    parser.add_argument("--train", nargs=4, metavar=("NAME", "TRAIN", "BASE", "OUT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.train:
        name, *paths = options.train
        TRAINERS[name](*map(Path, paths))
        return
    if not options.corpora.is_dir():
        raise SystemExit(f"{options.corpora}: no such folder; --corpora names it")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_split(options.corpora / "lctt.jsonl.gz", folder)
        print_training(folder / "train", options.base, folder)
        if options.only:
            return
        train, heldout = texts_of(folder / "train"), texts_of(folder / "heldout")
        gpt2 = plain(read_base(options.base))
        added = plain(read_base(options.base))
        words = json.loads((folder / "wordlist" / "tokenizer.json").read_text(encoding="utf-8"))["added_tokens"]
        added.add_tokens([AddedToken(token["content"], normalized=False) for token in words if not token["special"]])
        for name, side in {"GPT-2": gpt2, "add_tokens": added}.items():
            (folder / name).mkdir()
            side.save(str(folder / name / "tokenizer.json"))
        folders = {name: folder / name for name in ("GPT-2", "add_tokens", "wordlist", "BpeTrainer", "ours")}
        sides = {name: opened(path) for name, path in folders.items()}
        print_fertility(sides, options.corpora, heldout)
        kept = json.loads((folder / "ours" / "wenyuan.json").read_text(encoding="utf-8"))["base_kept"]
        print_use(sides["ours"], kept, train, heldout)
        print_speed(sides, folders, heldout)


if __name__ == "__main__":
    main()
