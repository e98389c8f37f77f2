"""Scores a model: bits per character of validation and test beside n-gram baselines, a sentiment task, samples.

Reads the model's folder (tokenizer included) and the split; writes tables, samples.jsonl, sentiment.parquet and
bits_per_character.csv. Every document of validation and test is scored.
"""

import json
from typing import TYPE_CHECKING

import pyarrow as pa

from pipeline.contract.metrics import Json
from pipeline.core.shards import write_json, write_table, write_text
from pipeline.core.stage import Job, Metrics, Stage, ledger_metrics
from pipeline.schema.evaluate import EvaluateConfig

if TYPE_CHECKING:
    pass

STAGE = Stage(
    name="evaluate",
    doc=__doc__,
    sections={"evaluate": EvaluateConfig},
    inputs={
        "model": "folder of the trained model with its tokenizer (train)",
        "split": "folder with train/, validation/, test/ and task/ (split)",
    },
    outputs={"out": "tables, predictions and samples"},
)
PARTS = ("validation", "test")


def run(job: Job) -> Metrics:
    import torch

    from pipeline.benchmarks.baselines import Baselines, whole_texts
    from pipeline.benchmarks.language_model import load_language_model
    from pipeline.benchmarks.samples import continuations

    config = job.section(EvaluateConfig)
    torch.set_num_threads(config.threads)
    torch.use_deterministic_algorithms(True)
    split, out = job.input("split"), job.output("out")
    train = read_part(split, "train")
    model = load_language_model(job.input("model"), config.device, config.batch_tokens)
    learnt = whole_texts((document.text for document in train), config.ngram_max_characters)
    baselines = Baselines(learnt, config.ngram_fallback)
    job.say(f"baselines learnt from {sum(map(len, learnt)):,} characters")

    tallies, parts, rows = [], dict[str, dict[str, Json]](), list[dict[str, Json]]()
    for part in PARTS:
        documents = read_part(split, part)
        tallies.append(ledger(documents))
        parts[part] = score_part(model, baselines, documents, config, part, rows)
        job.say(f"{part}: {parts[part]['line']}")
    write_table(out / "documents.parquet", pa.Table.from_pylist(rows, DOCUMENT_SCORES))
    write_json(out / "scores.json", {part: parts[part]["table"] for part in PARTS})
    test = parts["test"]["bits_per_character"]
    assert isinstance(test, dict)
    write_text(
        out / "bits_per_character.csv",
        "".join(f"{name},{value}\n" for name, value in {"model": "bits_per_character", **test}.items()),
    )
    sentiment = ask_sentiment(job, model, config, train, out)
    lines = continuations(model, config.samples, config.seed)
    write_text(out / "samples.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in lines))
    return {
        **ledger_metrics("evaluate", "document", tallies),
        "test": parts["test"]["figures"],
        "validation": parts["validation"]["figures"],
        "baselines": {name: value for name, value in test.items() if name != "wenyuan"},
        "sentiment": sentiment,
    }
