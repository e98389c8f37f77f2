"""Fills the card's template with the run's figures; what others wrote is escaped."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError

from pipeline.card import clients, labels, markdown
from pipeline.card.facts import Facts, check
from pipeline.card.front_matter import front_matter, hub_base
from pipeline.card.licences import UNKNOWN
from pipeline.card.sources import Holding
from pipeline.core.errors import ContractError
from pipeline.reporting import funnel, scores, words
from pipeline.reporting.page import percent, plain_figures
from pipeline.schema.release import Format

Row = Mapping[str, Any]
GATES = ("crawl", "extract", "wiki", "corpus")
"""Stages that take in from outside, each with its own unit."""
NEW_TOKENS = 60
"""Of the example, where the context has room for twice as many."""
SMALL = 100_000_000
"""Parameters below which the card advises against any product."""
LANGUAGES = {"zh": "中文", "en": "英文", "yue": "粤语", "ja": "日文", "ko": "韩文"}
PRINTED = {"model": "模型", "train": "训练", "pack": "打包", "tokenizer": "分词器"}
"""Sections whose hyperparameters the card prints -> their heading."""


def render(facts: Facts) -> str:
    """The card as Markdown with its YAML head; the errors of `check`, and ContractError for metrics with holes."""
    return _checked(facts, lambda: front_matter(facts) + _filled("card.md.j2", facts))


def render_licence(facts: Facts) -> str:
    """The card's section on licences as a page of its own, for `license_link`; errors as of `render`."""
    heading = f"# {markdown.plain(facts.config.name)}：许可 / Licence\n\n"
    return _checked(facts, lambda: heading + _filled("licence.md.j2", facts))


def _checked(facts: Facts, page: Callable[[], str]) -> str:
    try:
        check(facts)
        return page()
    except (KeyError, UndefinedError) as error:
        raise ContractError(f"the metrics lack what the card tells: {error}; run all stages again") from error


def _filled(template: str, facts: Facts) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # Markdown: filters escape what others wrote
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    names = facts.config.source_names
    environment.filters.update(
        plain=markdown.plain,
        code=markdown.code,
        thousands=markdown.thousands,
        fixed=markdown.fixed,
        percent=percent,
        source=lambda name: names.get(name, name),
        figure=lambda key: labels.named(labels.FIGURES, key),
        hyperparameter=lambda key: labels.named(labels.HYPERPARAMETERS, key),
        sampling=lambda key: labels.named(labels.SAMPLING, key),
    )
    return environment.get_template(template).render(context(facts))


def context(facts: Facts) -> dict[str, Any]:
    """What the templates name."""
    figures, evaluation, holdings = facts.figures, facts.evaluation, facts.holdings
    sentiment = scores.sentiment_rows(figures["evaluate"]["sentiment"])
    return {
        "facts": facts,
        "config": facts.config,
        "train": facts.train,
        "figures": figures,
        "words": words,
        "languages": [LANGUAGES.get(name, name) for name in facts.config.languages],
        "architecture": facts.architecture,
        "base_name": hub_base(facts.base, facts.train),
        "has_gguf": Format.gguf in facts.config.formats,
        "clients": clients.for_card(facts.config.formats, facts.vocabulary["special"]["bos"]),
        "special": facts.vocabulary["special"],
        "new_tokens": min(NEW_TOKENS, figures["pack"]["context"] // 2),
        "samples": evaluation.samples[: facts.config.samples_shown],
        "gates": [step for step in funnel.steps(figures, {}) if step.stage in GATES and step.units_in],
        "rows": facts.rows,
        "dropped": sum(count for row in facts.rows for count in row.dropped.values()),
        "parts": [(name, figures["split"][part]) for part, name in words.PARTS.items()],
        "holdings": holdings,
        "licences": by_licence(holdings),
        "unknown": [row for row in holdings if row.licence == UNKNOWN],
        "largest": max(holdings, key=lambda row: row.characters),
        "small": figures["train"]["parameters"] < SMALL,
        "training": plain_figures(figures["train"]),
        "printed": [(name, flat(section, getattr(facts, section))) for section, name in PRINTED.items()],
        "verdict": scores.verdict(evaluation.scores),
        "models": scores.models_of(evaluation.scores, "test"),
        "validation": scores.models_of(evaluation.scores, "validation"),
        "by_source": scores.sources(evaluation.scores),
        "sentiment": sentiment,
        "sentiment_verdict": sentiment_verdict(sentiment),
        "template": evaluation.sentiment["template"],
    }


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
    """Dotted key -> value, as params.yaml has it."""
    if dataclasses.is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping) and value:
        return [row for key, inner in value.items() for row in flat(f"{name}.{key}", inner)]
    return [(name, unwrapped(value))]


def unwrapped(value: Any) -> Any:
    """Enum members by name, dataclasses inside lists as mappings."""
    if isinstance(value, Enum):
        return value.name
    if dataclasses.is_dataclass(value):
        return {field.name: unwrapped(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [unwrapped(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): unwrapped(inner) for key, inner in value.items()}
    return value
