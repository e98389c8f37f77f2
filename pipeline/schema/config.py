"""The whole configuration: one field a section, registered with Hydra by hydra_plugins/."""

from dataclasses import dataclass

from pipeline.schema.base import BaseConfig
from pipeline.schema.corpus import CorpusConfig
from pipeline.schema.crawl import CrawlConfig
from pipeline.schema.dedup import DedupConfig
from pipeline.schema.engine import EngineConfig
from pipeline.schema.evaluate import EvaluateConfig
from pipeline.schema.extract import ExtractConfig
from pipeline.schema.filter import FilterConfig
from pipeline.schema.generate import GenerateConfig
from pipeline.schema.model import ModelConfig
from pipeline.schema.normalise import NormaliseConfig
from pipeline.schema.pack import PackConfig
from pipeline.schema.release import ReleaseConfig
from pipeline.schema.report import ReportConfig
from pipeline.schema.split import SplitConfig
from pipeline.schema.tokenizer import TokenizerConfig
from pipeline.schema.train import TrainConfig
from pipeline.schema.wiki import WikiConfig


@dataclass
class Config:
    seed: int
    """The one seed; sections that need it interpolate it."""
    engine: EngineConfig
    base: BaseConfig
    corpus: CorpusConfig
    crawl: CrawlConfig
    extract: ExtractConfig
    wiki: WikiConfig
    normalise: NormaliseConfig
    filter: FilterConfig
    dedup: DedupConfig
    split: SplitConfig
    tokenizer: TokenizerConfig
    pack: PackConfig
    model: ModelConfig
    train: TrainConfig
    evaluate: EvaluateConfig
    release: ReleaseConfig
    report: ReportConfig
    generate: GenerateConfig
