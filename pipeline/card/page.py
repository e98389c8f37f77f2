"""Fills the card's template with the run's figures; what others wrote is escaped."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.card import markdown
from pipeline.card.front_matter import front_matter, hub_base
from pipeline.card.funnel import SourceRow
from pipeline.card.licences import UNKNOWN, ModelLicence
from pipeline.card.sources import Holding
from pipeline.core.errors import ContractError, SourceError
from pipeline.reporting import funnel, scores, words
from pipeline.reporting.inputs import Evaluation
from pipeline.reporting.page import percent, plain_figures
from pipeline.schema.base import BaseConfig
from pipeline.schema.release import ReleaseConfig
from pipeline.schema.train import TrainConfig

Row = Mapping[str, Any]
NEEDED = ("split", "tokenizer", "pack", "train", "evaluate")
"""Stages without whose metrics there is no card; importers may be left out."""
NEW_TOKENS = 60
"""Of the example, where the context has room for twice as many."""
LANGUAGES = {"zh": "中文", "en": "英文", "yue": "粤语", "ja": "日文", "ko": "韩文"}
GATES = ("crawl", "extract", "wiki", "corpus")
"""Stages that take in from outside, each with its own unit."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    name: str
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Sources:
    """What the documents themselves say."""

    holdings: Sequence[Holding]
    """Of train."""
    rows: Sequence[SourceRow]


def render(
    config: ReleaseConfig,
    sections: Mapping[str, Any],
    base: BaseConfig,
    train: TrainConfig,
    licence: ModelLicence,
    files: Sequence[ModelFile],
    shape: Row,
    vocabulary: Row,
    figures: Mapping[str, Row],
    evaluation: Evaluation,
    sources: Sources,
) -> str:
    """The card as Markdown with its YAML head.

    `sections` are the hyperparameters to print, by section; `shape` is the model's config.json, `vocabulary` the
    tokenizer's wenyuan.json. SourceError where a stage's metrics are missing, ContractError where they contradict.
    """
    check(figures, evaluation, vocabulary, sources)
    architecture = str(shape.get("model_type", "gpt2"))
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # Markdown: filters escape what others wrote
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        plain=markdown.plain,
        code=markdown.code,
        thousands=markdown.thousands,
        fixed=markdown.fixed,
        percent=percent,
        literal=lambda text: json.dumps(text, ensure_ascii=False),
    )
    sentiment = scores.sentiment_rows(figures["evaluate"]["sentiment"])
    head = front_matter(config, licence, architecture, hub_base(base, train), sources.holdings, figures["evaluate"])
    return head + environment.get_template("card.md.j2").render(
        config=config,
        words=words,
        languages=[LANGUAGES.get(name, name) for name in config.languages],
        architecture=architecture,
        base=base,
        base_name=hub_base(base, train),
        train=train,
        licence=licence,
        licences=by_licence(sources.holdings),
        unknown=[row for row in sources.holdings if row.licence == UNKNOWN],
        files=files,
        special=vocabulary["special"],
        figures=figures,
        verdict=scores.verdict(evaluation.scores),
        models=scores.models_of(evaluation.scores, "test"),
        validation=scores.models_of(evaluation.scores, "validation"),
        by_source=scores.sources(evaluation.scores),
        sentiment=sentiment,
        sentiment_verdict=sentiment_verdict(sentiment),
        new_tokens=min(NEW_TOKENS, figures["pack"]["context"] // 2),
        template=evaluation.sentiment.get("template", ""),
        samples=evaluation.samples[: config.samples_shown],
        gates=[step for step in funnel.steps(figures, {}) if step.stage in GATES and step.units_in],
        rows=sources.rows,
        dropped=sum(count for row in sources.rows for count in row.dropped.values()),
        holdings=sources.holdings,
        largest=max(sources.holdings, key=lambda row: row.characters),
        parts=[(name, figures["split"][part]) for part, name in words.PARTS.items()],
        training=plain_figures(figures["train"]),
        hyperparameters=[row for name, section in sections.items() for row in flat(name, section)],
    )


def check(figures: Mapping[str, Row], evaluation: Evaluation, vocabulary: Row, sources: Sources) -> None:
    """The inputs are all there, and of one run."""
    missing = [stage for stage in NEEDED if stage not in figures]
    if missing:
        raise SourceError(
            f"metrics of {missing[0]} are missing: run {missing[0]} first, and name its file in --figures"
        )
    told = figures["evaluate"]["test"]["bits_per_character"]
    scored = scores.models_of(evaluation.scores, "test")[scores.MODEL]["bits_per_character"]
    if told != scored:
        raise ContractError(f"evaluate's metrics say {told} bits per character, its scores.json {scored}: two runs")
    if vocabulary.get("vocab_size") != figures["tokenizer"]["vocab_size"]:
        raise ContractError(
            f"the model's vocabulary has {vocabulary.get('vocab_size')} tokens, the tokenizer's metrics say "
            f"{figures['tokenizer']['vocab_size']}: two runs"
        )
    documents = sum(row.documents for row in sources.holdings)
    if documents != figures["split"]["train"]["documents"]:
        raise ContractError(
            f"train holds {documents} documents, split's metrics say "
            f"{figures['split']['train']['documents']}: two runs"
        )


def sentiment_verdict(runs: Sequence[Row]) -> str:
    """Which numbers of examples beat the constant answer by more than two standard errors."""
    beating = [f"{run['shots']} 例" for run in runs if run["accuracy"] - run["majority"] > 2 * run["standard_error"]]
    if not beating:
        return "没有哪一行比“总答多数”高出两个标准误。"
    return f"比“总答多数”高出两个标准误以上的：{'、'.join(beating)}。"


def by_licence(holdings: Sequence[Holding]) -> list[tuple[str, int, int]]:
    """Licence, documents, characters; by characters, the most first."""
    totals: dict[str, tuple[int, int]] = {}
    for row in holdings:
        documents, characters = totals.get(row.licence, (0, 0))
        totals[row.licence] = (documents + row.documents, characters + row.characters)
    return sorted(((name, *counts) for name, counts in totals.items()), key=lambda row: (-row[2], row[0]))


def flat(name: str, value: Any) -> list[tuple[str, Any]]:
    """Dotted key -> value, as params.yaml has it: enum members by name."""
    if dataclasses.is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping) and value:
        return [row for key, inner in value.items() for row in flat(f"{name}.{key}", inner)]
    return [(name, unwrapped(value))]


def unwrapped(value: Any) -> Any:
    """Enum members and dataclasses inside lists as params.yaml writes them."""
    if isinstance(value, Enum):
        return value.name
    if dataclasses.is_dataclass(value):
        return {field.name: unwrapped(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [unwrapped(item) for item in value]
    return value
