"""All that a card is written from, and the check that it is of one run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.card.funnel import SourceRow
from pipeline.card.licences import ModelLicence
from pipeline.card.sources import Holding
from pipeline.core.errors import ContractError, SourceError
from pipeline.reporting import scores
from pipeline.reporting.inputs import Evaluation
from pipeline.schema.base import BaseConfig
from pipeline.schema.model import ModelConfig
from pipeline.schema.pack import PackConfig
from pipeline.schema.release import ReleaseConfig
from pipeline.schema.tokenizer import TokenizerConfig
from pipeline.schema.train import TrainConfig

Row = Mapping[str, Any]
NEEDED = ("split", "tokenizer", "pack", "train", "evaluate")
"""Stages without whose metrics there is no card; importers may be left out."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    name: str
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Facts:
    config: ReleaseConfig
    base: BaseConfig
    model: ModelConfig
    train: TrainConfig
    pack: PackConfig
    tokenizer: TokenizerConfig
    licence: ModelLicence
    licence_link: str | None
    """The file beside the card that says more of it; null where the licence is one that Hugging Face knows."""
    files: Sequence[ModelFile]
    """All but the card and the licence."""
    shape: Row
    """The model's config.json."""
    vocabulary: Row
    """The tokenizer's wenyuan.json."""
    figures: Mapping[str, Row]
    """Stage -> its metrics."""
    evaluation: Evaluation
    holdings: Sequence[Holding]
    """Of train."""
    rows: Sequence[SourceRow]

    @property
    def architecture(self) -> str:
        """transformers' name of it."""
        return str(self.shape["model_type"])


def check(facts: Facts) -> None:
    """SourceError where a stage's metrics are missing, ContractError where two inputs contradict each other."""
    figures = facts.figures
    missing = [stage for stage in NEEDED if stage not in figures]
    if missing:
        raise SourceError(f"--figures: the metrics of {missing[0]} are missing; run {missing[0]} and name its file")
    told = figures["evaluate"]["test"]["bits_per_character"]
    scored = scores.models_of(facts.evaluation.scores, "test")[scores.MODEL]["bits_per_character"]
    if told != scored:
        raise ContractError(f"evaluate's metrics say {told} bits per character, its scores.json {scored}: two runs")
    size, tokens = facts.vocabulary.get("vocab_size"), figures["tokenizer"]["vocab_size"]
    if size != tokens:
        raise ContractError(
            f"the model's vocabulary has {size} tokens, the tokenizer's metrics say {tokens}: two runs"
        )
    documents = sum(row.documents for row in facts.holdings)
    if not documents:
        raise SourceError("split holds no document in train; run split again")
    said = figures["split"]["train"]["documents"]
    if documents != said:
        raise ContractError(f"train holds {documents} documents, split's metrics say {said}: two runs")
