"""Normalise's speed beside plain OpenCC and ftfy in one run, what it changes, and where its time goes.

`PYTHONPATH=. python bench/normalise.py [--corpus lctt] [--megabytes 20] [--profile]`. Texts lie in memory, one core;
the three take turns in rounds, so that a noisy machine slows them alike, and the ratio of both sides counts. Needs
../shared/data, which is not part of the repository.
"""

import argparse
import cProfile
import gzip
import json
import pstats
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ftfy import fix_text

from pipeline.core.config import load_section, read_params
from pipeline.schema.normalise import NormaliseConfig
from pipeline.stages.normalise import script_conversion
from pipeline.text.cleaner import Cleaner
from pipeline.text.script import converter

ROOT = Path(__file__).resolve().parents[1]
CORPORA = ROOT.parent / "shared/data/corpora"
MEGABYTE = 1_000_000
ROUNDS = 3


@dataclass(frozen=True)
class Normaliser:
    """Clean-up and script, as the stage does them between reading and writing."""

    cleaner: Cleaner
    convert: Callable[[str, str], tuple[str, str]] | None

    def __call__(self, text: str) -> str:
        cleaned, _ = self.cleaner.clean(text)
        return cleaned if self.convert is None else self.convert(cleaned, "und")[0]


def texts_of(corpus: str, most_bytes: int) -> list[str]:
    texts, size = [], 0
    with gzip.open(CORPORA / f"{corpus}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            texts.append(json.loads(line)["text"])
            size += len(texts[-1].encode())
            if size >= most_bytes:
                break
    return texts


def seconds(work: Callable[[str], str], texts: list[str]) -> float:
    start = time.process_time()
    for text in texts:
        work(text)
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", default="lctt")
    parser.add_argument("--megabytes", type=float, default=20)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    texts = texts_of(options.corpus, int(options.megabytes * MEGABYTE))
    size = sum(len(text.encode()) for text in texts) / MEGABYTE
    config = load_section(read_params(ROOT / "params.yaml"), "normalise", NormaliseConfig)
    normalise = Normaliser(Cleaner(config), script_conversion(config))
    sides: dict[str, Callable[[str], str]] = {
        "normalise": normalise,
        "its clean-up": lambda text: normalise.cleaner.clean(text)[0],
        "OpenCC t2s": converter("t2s").convert,
        "ftfy": fix_text,
    }
    for work in sides.values():
        work(texts[0])  # tables are made at the first text
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, work in sides.items():
            times[name].append(seconds(work, texts))
    print(f"{options.corpus}: {len(texts)} texts, {size:.1f} MB, median of {ROUNDS} rounds")
    for name, rounds in times.items():
        median = statistics.median(rounds)
        print(
            f"  {name:<14}{size / median:6.1f} MB/s   {median / statistics.median(times['OpenCC t2s']):5.2f} × OpenCC"
        )
    show_changes(normalise.cleaner, texts)
    if options.profile:
        with cProfile.Profile() as profile:
            seconds(normalise, texts)
        pstats.Stats(profile).sort_stats("tottime").print_stats(15)


def show_changes(cleaner: Cleaner, texts: list[str]) -> None:
    """Documents and places by rule; characters in == out + removed − added, and a second time nothing changes."""
    documents, places, lengths = Counter[str](), Counter[str](), Counter[str]()
    again = before = after = 0
    for text in texts:
        cleaned, edits = cleaner.clean(text)
        for edit in edits:
            documents[edit.rule] += 1
            places[edit.rule] += edit.changed
            lengths[edit.rule] += len(edit.after) - len(edit.before)
        before, after = before + len(text), after + len(cleaned)
        again += cleaner.clean(cleaned)[0] != cleaned
    for rule in cleaner.names:
        if documents[rule]:
            print(f"  {rule:<16}{documents[rule]:7} texts {places[rule]:8} places {lengths[rule]:+8} characters")
    balanced = before + lengths.total() == after
    print(f"  characters {before} -> {after}: {'balanced' if balanced else 'NOT BALANCED'}; changed again: {again}")


if __name__ == "__main__":
    main()
