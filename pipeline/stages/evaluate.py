"""Scores a model: bits per character of validation and test beside n-gram baselines, a sentiment task, samples.

Reads the model's folder (tokenizer included) and the split; writes scores.json, documents.parquet (the score of each
document), bits_per_character.csv, sentiment.json, sentiment.parquet and samples.jsonl. Every document of validation
and test is scored; train teaches the baselines and lends the few-shot examples.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from pipeline.contract.document import Document
from pipeline.contract.drop import DropReason
from pipeline.contract.metrics import Json, Tally
from pipeline.core.errors import SourceError
from pipeline.core.ledger import Ledger
from pipeline.core.shards import list_shards, read_documents, write_json, write_table, write_text
from pipeline.core.stage import Job, Metrics, Output, Stage, ledger_metrics, main
from pipeline.schema.evaluate import EvaluateConfig

if TYPE_CHECKING:
    from pipeline.benchmarks.language_model import LanguageModel
    from pipeline.benchmarks.part_scores import PartScores

STAGE = Stage(
    name="evaluate",
    doc=__doc__,
    sections={"evaluate": EvaluateConfig},
    inputs={
        "model": "folder of the trained model with its tokenizer (train)",
        "split": "folder with train/, validation/, test/ and task/ (split)",
    },
    outputs={"out": Output("scores, predictions and samples")},
)
PARTS = ("validation", "test")
TEXT, WHOLE = pa.string(), pa.int64()
SCORES = {"id": TEXT, "part": TEXT, "source": TEXT, "characters": WHOLE, "tokens": WHOLE, "bits": pa.float64()}
"""Columns of documents.parquet."""


def run(job: Job) -> Metrics:
    import torch

    from pipeline.benchmarks.baselines import Baselines, whole_texts
    from pipeline.benchmarks.language_model import load_language_model
    from pipeline.benchmarks.part_scores import MODEL, score_part
    from pipeline.benchmarks.samples import continuations

    config, out = job.section(EvaluateConfig), job.output("out")
    torch.set_num_threads(config.threads)
    split = job.input("split")
    documents = {part: list(read_part(split, part)) for part in (*PARTS, "task")}
    learnt = whole_texts(read_part(split, "train"), config.ngram_max_characters, config.seed)
    for part, found in {"train": learnt, **documents}.items():
        if not found and part != "task":
            raise SourceError(f"{split / part}: no document; give the part a larger share of the split")
    model = load_language_model(job.input("model"), config.device, config.batch_tokens)
    baselines = Baselines(learnt, config.ngram_fallback)
    scores = {part: score_part(model, baselines, documents[part], config.stride_share) for part in PARTS}
    for part in PARTS:
        job.say(f"{part}: " + ", ".join(f"{k} {v:.3f}" for k, v in scores[part].bits_per_character.items()))
    write_scores(out, documents, scores)
    sentiment, asked = ask_sentiment(job, config, model, read_part(split, "train"), documents["task"])
    samples = continuations(model, config.samples, config.seed)
    write_text(out / "samples.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in samples))

    return {
        **ledger_metrics(STAGE.name, "document", [*(scored(documents[part]) for part in PARTS), asked]),
        "test": scores["test"].figures(),
        "validation": scores["validation"].figures(),
        "baselines": {k: v for k, v in scores["test"].bits_per_character.items() if k != MODEL},
        "sentiment": sentiment,
    }


def read_part(split: Path, part: str) -> Iterator[Document]:
    """All documents of a part, in the order of shards and rows; one shard is held at a time."""
    return (document for shard in list_shards([split / part]) for document in read_documents(shard))


def scored(documents: Sequence[Document], left: Mapping[DropReason, Sequence[Document]] | None = None) -> Tally:
    """A part's ledger: each document is used and comes out as it is, those `left` are not asked."""
    ledger = Ledger(STAGE.name)
    for document in documents:
        ledger.receive(document.text)
        ledger.use()
        ledger.emit(document)
    for reason, unasked in (left or {}).items():
        for document in unasked:
            ledger.receive(document.text)
            ledger.drop(document.id, reason, document.text)
    return ledger.close()


def write_scores(out: Path, documents: dict[str, list[Document]], scores: dict[str, "PartScores"]) -> None:
    """scores.json (all figures), bits_per_character.csv (test, for a bar plot) and documents.parquet."""
    write_json(out / "scores.json", {part: score.table() for part, score in scores.items()})
    bars = scores["test"].bits_per_character.items()
    write_text(out / "bits_per_character.csv", "model,bits_per_character\n" + "".join(f"{k},{v}\n" for k, v in bars))
    rows = [
        (document.id, part, document.source, len(document.text), tokens, bits)
        for part, score in scores.items()
        for document, tokens, bits in zip(documents[part], score.tokens, score.bits, strict=True)
    ]
    columns = [pa.array(column, type) for column, type in zip(zip(*rows, strict=True), SCORES.values(), strict=True)]
    write_table(out / "documents.parquet", pa.Table.from_arrays(columns, names=list(SCORES)))


def ask_sentiment(
    job: Job, config: EvaluateConfig, model: "LanguageModel", train: Iterable[Document], task: list[Document]
) -> tuple[dict[str, Json], Tally]:
    """Figures by number of shots, and the ledger of the task; sentiment.json holds them and the examples,
    sentiment.parquet each prediction."""
    from pipeline.benchmarks.prompts import pick_shots
    from pipeline.benchmarks.sentiment import answer, answers_table, summary

    asked, labels = config.sentiment, list(config.sentiment.words)
    reviews, left = choose_reviews(job, config, task)
    examples = pick_shots(train, asked, config.seed)
    runs = {shots: answer(model, asked, reviews, examples, shots) for shots in asked.shots} if reviews else {}
    if not reviews:
        job.say("no document in task has a label with a word: sentiment is left out")
    figures: dict[str, Json] = {f"shots_{shots}": summary(rows, labels) for shots, rows in runs.items()}
    table = answers_table([row for rows in runs.values() for row in rows], labels)
    write_table(job.output("out") / "sentiment.parquet", table)
    shown: list[Json] = [{"id": shot.id, "label": shot.label, "text": shot.text} for shot in examples]
    write_json(job.output("out") / "sentiment.json", {"template": asked.template, "runs": figures, "examples": shown})
    return figures, scored(reviews, left)


def choose_reviews(
    job: Job, config: EvaluateConfig, task: Sequence[Document]
) -> tuple[list[Document], dict[DropReason, Sequence[Document]]]:
    """The documents to ask the model about, and those that are not asked."""
    from pipeline.benchmarks.seeded_draw import drawn

    words, limit = config.sentiment.words, config.sentiment.max_examples
    order = drawn((document for document in task if document.label in words), config.seed)
    unknown = [document for document in task if document.label not in words]
    if unknown:
        names = ", ".join(sorted({str(document.label) for document in unknown}))
        job.say(f"{len(unknown)} documents of task left out: sentiment.words has no word for the labels {names}")
    return order[:limit], {DropReason.UNKNOWN_LABEL: unknown, DropReason.NOT_ASKED: order[limit or len(order) :]}


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
