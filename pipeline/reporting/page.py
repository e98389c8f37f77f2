"""What the report's page shows, by section, and the template that it fills; the engine escapes every value."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.reporting import funnel, scores, words
from pipeline.reporting.inputs import Evaluation, Inputs
from pipeline.reporting.plot import Plot, plot
from pipeline.schema.report import ReportConfig

Row = Mapping[str, Any]
SECTIONS = {
    "funnel": "语料的去留",
    "vocabulary": "词表",
    "loss": "训练",
    "scores": "成绩",
    "samples": "生成样例",
    "making": "如何做成",
}
"""Anchor -> heading, in the order of the page."""
USE_POINTS = 200
"""Of the curve of uses by rank."""


@dataclass(frozen=True, slots=True)
class Funnel:
    """Where the documents went."""

    steps: Sequence[funnel.Step]
    longest: int
    """Characters of the longest bar; at least 1."""
    templates: Sequence[tuple[str, int]]
    """Wiki templates that were not expanded, and how often."""
    parts: Sequence[tuple[str, Row | None]]
    """Part of the split, and its figures."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    facts: Row
    """The tokenizer's wenyuan.json."""
    figures: Row
    """Metrics of the stage tokenizer."""
    fertility: Sequence[tuple[str, Sequence[Row]]]
    """As `fertility_bars` says."""
    uses: Plot | None


@dataclass(frozen=True, slots=True)
class Training:
    loss: Plot | None
    figures: Row
    mixture: tuple[Sequence[str], Sequence[tuple[str, Sequence[float | None]]]] | None
    """As `mixture_table` says."""


@dataclass(frozen=True, slots=True)
class Scores:
    bars: Sequence[scores.Bar]
    tables: Sequence[tuple[str, Mapping[str, Any]]]
    """Part of the split -> model -> its scores."""
    sources: Sequence[str]
    unseen: int | None
    """Characters of test that train does not have; None where evaluate did not count them."""
    sentiment: Sequence[Row]
    template: str
    """Of the prompt."""


@dataclass(frozen=True, slots=True)
class Page:
    """All that the template fills in, section by section."""

    config: ReportConfig
    verdict: str
    cards: Sequence[tuple[str, str]]
    funnel: Funnel
    vocabulary: Vocabulary
    training: Training
    scores: Scores
    samples: Sequence[Row]
    licences: Sequence[Row]


def render(page: Page) -> str:
    """The whole page as one HTML text without any reference to another file."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(thousands=thousands, percent=percent, fixed=fixed)
    return environment.get_template("report.html.j2").render(page=page, sections=SECTIONS, words=words)


def make_page(config: ReportConfig, inputs: Inputs) -> Page:
    figures, evaluation = inputs.figures, inputs.evaluation
    tokenizer, train = figures.get("tokenizer", {}), figures.get("train", {})
    steps = funnel.steps(figures, inputs.dropped)
    templates = figures.get("wiki", {}).get("templates_dropped", {})
    return Page(
        config=config,
        verdict=scores.verdict(evaluation.scores),
        cards=cards(figures, inputs.vocabulary, evaluation),
        funnel=Funnel(
            steps=steps,
            longest=max((step.chars_out for step in steps if step.writes_documents), default=0) or 1,
            templates=list(templates.items())[: config.templates_shown],
            parts=[(part, figures.get("split", {}).get(part)) for part in words.PARTS],
        ),
        vocabulary=Vocabulary(inputs.vocabulary, tokenizer, fertility_bars(tokenizer), use_plot(inputs.uses)),
        training=Training(loss_plot(inputs.curve), plain_figures(train), mixture_table(train)),
        scores=Scores(
            bars=scores.bars(evaluation.scores),
            tables=[(part, scores.models_of(evaluation.scores, part)) for part in ("test", "validation")],
            sources=scores.sources(evaluation.scores),
            unseen=evaluation.scores["test"].get("unseen_characters"),
            sentiment=scores.sentiment_rows(evaluation.sentiment.get("runs", {})),
            template=evaluation.sentiment.get("template", ""),
        ),
        samples=evaluation.samples,
        licences=licences(figures),
    )


def cards(figures: Mapping[str, Row], vocabulary: Row, evaluation: Evaluation) -> list[tuple[str, str]]:
    """The four figures under the heading: (what, value)."""
    train = figures.get("split", {}).get("train", {})
    model = scores.models_of(evaluation.scores, "test")[scores.MODEL]
    found = [
        ("训练字数", thousands(train["characters"]) if train else ""),
        ("训练文档", thousands(train["documents"]) if train else ""),
        ("词表大小", thousands(vocabulary["vocab_size"]) if "vocab_size" in vocabulary else ""),
        ("测试集 比特／字", fixed(model["bits_per_character"], 3)),
    ]
    return [(name, value) for name, value in found if value]


def loss_plot(curve: Sequence[Row]) -> Plot | None:
    def points(column: str) -> list[tuple[float, float]]:
        return [(row["step"], row[column]) for row in curve if row.get(column) is not None]

    return plot({"训练损失": points("train_loss"), "验证损失": points("validation_loss")})


def fertility_bars(tokenizer: Row) -> list[tuple[str, list[Row]]]:
    """Source, then for each tokenizer its characters a token and their share of the longest bar in per cent."""
    found = {
        source: {name: row.get("characters_per_token") or 0.0 for name, row in table.items()}
        for source, table in tokenizer.get("fertility_by_source", {}).items()
    }
    measured = {source: row for source, row in found.items() if any(row.values())}
    most = max((value for row in measured.values() for value in row.values()), default=1.0)

    def bar(name: str, value: float) -> Row:
        return {"name": name, "value": value, "share": round(100 * value / most, 2)}

    return [(source, [bar(name, value) for name, value in row.items()]) for source, row in measured.items()]


def use_plot(uses: Sequence[tuple[int, int]]) -> Plot | None:
    """log10 of (1 + uses) by rank in train; of the many ranks at most USE_POINTS, for held-out text their mean."""
    step = max(1, -(-len(uses) // USE_POINTS))
    groups = [uses[start : start + step] for start in range(0, len(uses), step)]

    def points(column: int) -> list[tuple[float, float]]:
        means = [sum(row[column] for row in group) / len(group) for group in groups]
        return [(1 + number * step, math.log10(1 + mean)) for number, mean in enumerate(means)]

    return plot({"训练集": points(0), "留出文本": points(1)})


def mixture_table(train: Row) -> tuple[list[str], list[tuple[str, list[float | None]]]] | None:
    """The phases, and for each source its share of the targets that each of them drew; None where none is known."""
    drawn: Mapping[str, Mapping[str, float]] = train.get("mixture", {})
    sources = sorted({source for shares in drawn.values() for source in shares})
    rows = [(source, [shares.get(source) for shares in drawn.values()]) for source in sources]
    return (list(drawn), rows) if rows else None


def plain_figures(metrics: Row) -> dict[str, Any]:
    """The single values of a metrics file, without the ledger."""
    return {
        key: value
        for key, value in metrics.items()
        if key not in funnel.LEDGER and isinstance(value, int | float | str)
    }


def licences(figures: Mapping[str, Row]) -> list[dict[str, Any]]:
    """Each importer's sources with licence, documents and characters, as its metrics give them."""
    return [
        {"source": source, **row}
        for stage in words.STAGES
        for source, row in sorted(figures.get(stage, {}).get("by_source", {}).items())
        if isinstance(row, Mapping) and "licence" in row
    ]


def thousands(value: float | None) -> str:
    return "–" if value is None else f"{value:,}"


def percent(share: float, digits: int = 1) -> str:
    """A share as per cent; never "0.0%" for what is not nothing."""
    least = 10.0 ** -(digits + 2)
    return f"<{least * 100:.{digits}f}%" if 0 < share < least else f"{100 * share:.{digits}f}%"


def fixed(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"
