"""Fills the page's template; every value is escaped by the template engine."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.reporting import funnel, scores, words
from pipeline.reporting.inputs import Evaluation
from pipeline.reporting.plot import plot
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


def render(
    config: ReportConfig,
    figures: Mapping[str, Row],
    dropped: Mapping[tuple[str, str], Sequence[Row]],
    curve: Sequence[Row],
    evaluation: Evaluation,
    vocabulary: Row,
    uses: Sequence[tuple[int, int]],
) -> str:
    """The whole page as one HTML text without any reference to another file."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(thousands=thousands, percent=percent, fixed=fixed)
    steps = funnel.steps(figures, dropped)
    return environment.get_template("report.html.j2").render(
        config=config,
        words=words,
        sections=SECTIONS,
        verdict=scores.verdict(evaluation.scores),
        cards=cards(figures, vocabulary, evaluation),
        steps=steps,
        longest=max((step.chars_out for step in steps if step.writes_documents), default=0) or 1,
        templates=list(figures.get("wiki", {}).get("templates_dropped", {}).items())[: config.templates_shown],
        parts=[(part, figures.get("split", {}).get(part)) for part in words.PARTS],
        vocabulary=vocabulary,
        tokens=figures.get("tokenizer", {}),
        fertility=fertility_bars(figures.get("tokenizer", {})),
        uses=use_plot(uses),
        loss=loss_plot(curve),
        training=plain_figures(figures.get("train", {})),
        mixture=mixture_table(figures.get("train", {})),
        bars=scores.bars(evaluation.scores),
        tables=[(part, scores.models_of(evaluation.scores, part)) for part in ("test", "validation")],
        sources=scores.sources(evaluation.scores),
        unseen=evaluation.scores["test"].get("unseen_characters"),
        sentiment=scores.sentiment_rows(evaluation.sentiment.get("runs", {})),
        template=evaluation.sentiment.get("template", ""),
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


def loss_plot(curve: Sequence[Row]) -> Any:
    def points(column: str) -> list[tuple[float, float]]:
        return [(row["step"], row[column]) for row in curve if row.get(column) is not None]

    return plot({"训练损失": points("train_loss"), "验证损失": points("validation_loss")})


def fertility_bars(tokenizer: Row) -> list[tuple[str, list[Row]]]:
    """Source, then for each tokenizer its characters a token and their share of the longest bar in per cent."""
    tables = tokenizer.get("fertility_by_source", {})
    found = {
        source: {name: row.get("characters_per_token") or 0.0 for name, row in table.items()}
        for source, table in tables.items()
    }
    most = max((value for row in found.values() for value in row.values()), default=0) or 1
    return [
        (
            source,
            [{"name": name, "value": value, "share": round(100 * value / most, 2)} for name, value in row.items()],
        )
        for source, row in found.items()
        if any(row.values())
    ]


def use_plot(uses: Sequence[tuple[int, int]]) -> Any:
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
