"""The YAML head of a model card, by which Hugging Face files, finds and compares models.

Keys after https://huggingface.co/docs/hub/model-cards#model-card-metadata; scores after its model-index.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from pipeline.card.facts import Facts
from pipeline.card.sources import Holding
from pipeline.schema.base import BaseConfig
from pipeline.schema.train import Init, TrainConfig

Row = Mapping[str, Any]
SCORES = {
    "bits_per_character": "bits per character",
    "bits_per_byte": "bits per byte",
    "perplexity": "perplexity per token",
}


def front_matter(facts: Facts) -> str:
    """The block between the two lines of dashes, dashes included."""
    config, licence = facts.config, facts.licence
    head: dict[str, Any] = {"language": list(config.languages), "license": licence.hub}
    if licence.name:
        head["license_name"] = licence.name
    if facts.licence_link:
        head["license_link"] = facts.licence_link
    head |= {"library_name": "transformers", "pipeline_tag": "text-generation"}
    head["tags"] = list(dict.fromkeys([*config.tags, facts.architecture]))
    base = hub_base(facts.base, facts.train)
    if base:
        head["base_model"] = base
    datasets = hub_datasets(facts.holdings)
    if datasets:
        head["datasets"] = datasets
    head["model-index"] = [{"name": config.name, "results": results(facts.figures["evaluate"])}]
    text = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=4096)
    return f"---\n{text}---\n"


def hub_base(base: BaseConfig, train: TrainConfig) -> str | None:
    """The hub's name of the model that training went on from; null for random weights, or a model in a folder."""
    return base.model if train.init is Init.pretrained and base.model_revision is not None else None


def hub_datasets(holdings: Sequence[Holding]) -> list[str]:
    """Names of the hub's data sets among the origins, without their commits."""
    prefix = "hf://datasets/"
    names = [
        name.removeprefix(prefix).partition("@")[0] for row in holdings for name in row.origins if prefix in name
    ]
    return sorted(set(names))


def results(evaluation: Row) -> list[dict[str, Any]]:
    """Scores on test, and the sentiment task by number of examples, with the very values of evaluate's metrics."""
    test = evaluation["test"]
    found: list[dict[str, Any]] = [
        {
            "task": {"type": "text-generation"},
            "dataset": {"name": "held-out part of the training corpus", "type": "wenyuan-test", "split": "test"},
            "metrics": [
                {"type": key, "name": name, "value": test[key]} for key, name in SCORES.items() if test.get(key)
            ],
        }
    ]
    asked = [
        {"type": "accuracy", "name": f"accuracy, {run['shots_used']} examples", "value": run["accuracy"]}
        for name, run in evaluation.get("sentiment", {}).items()
        if run["shots_used"] == int(name.removeprefix("shots_"))
    ]
    if asked:
        task = {"name": "held-out reviews with a label", "type": "wenyuan-sentiment", "split": "task"}
        found.append({"task": {"type": "text-classification"}, "dataset": task, "metrics": asked})
    return found
