"""conf/ composes to params.yaml, or the misspelt key is named."""

import pytest
from omegaconf import OmegaConf

from pipeline.core.compose import compose_params, main
from pipeline.core.config import load_section
from pipeline.core.errors import ConfigError
from pipeline.schema.config import Config


def test_the_default_composes_and_every_section_loads():
    params = compose_params()
    # Through YAML, as a stage reads it: enums come back as names.
    read = OmegaConf.create(OmegaConf.to_yaml(params))
    sections = {name: field.type for name, field in Config.__dataclass_fields__.items() if name != "seed"}
    loaded = {name: type(load_section(read, name, schema)) for name, schema in sections.items()}
    assert loaded == sections
    assert list(read) == list(Config.__dataclass_fields__)


def test_interpolated_seeds_are_resolved():
    assert compose_params(["seed=7"]).dedup.seed == 7


def test_the_smoke_corpus_is_a_group():
    assert sorted(compose_params(["corpus=smoke"]).corpus.sources) == ["articles", "junk", "news", "reviews"]


@pytest.mark.parametrize(
    ("override", "named"),
    [
        ("dedup.treshold=0.7", "treshold"),
        ("dedup.threshold=abc", "abc"),
        ("filter.default.min_chars=viele", "min_chars"),
        ("corpus=gutenberg", "gutenberg"),
        ("nosuch=1", "nosuch"),
        ("normalise.script=simplified", "script"),
        ("dedup.threshold=[", "no viable alternative"),
    ],
)
def test_a_wrong_override_is_a_config_error_with_its_name(override, named):
    with pytest.raises(ConfigError, match=named):
        compose_params([override])


def test_a_misspelt_override_ends_with_status_two_and_one_line(tmp_path, capsys):
    out = tmp_path / "params.yaml"
    assert main(["--out", str(out), "dedup.treshold=0.7"]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("compose: ") and "treshold" in captured.err
    assert list(tmp_path.iterdir()) == []


def test_check_sees_a_drifted_file(tmp_path, capsys):
    out = tmp_path / "params.yaml"
    assert main(["--check", "--out", str(out)]) == 1
    assert main(["--out", str(out)]) == 0
    assert main(["--check", "--out", str(out)]) == 0
    out.write_text(out.read_text(encoding="utf-8").replace("threshold: 0.8", "threshold: 0.7"), encoding="utf-8")
    assert main(["--check", "--out", str(out)]) == 1
    assert "is not what conf/ composes to: edit conf/, then `make params`" in capsys.readouterr().err


@pytest.mark.parametrize(
    "overrides",
    [
        ["tokenizer.digits=single", "tokenizer.punctuation=apart"],
        ["model.config_class=LlamaConfig", "model.activation=silu"],
        ["tokenizer.punctuation=joined"],
    ],
)
def test_what_no_gguf_can_hold_is_named_before_anything_runs(overrides, tmp_path, capsys):
    out = tmp_path / "params.yaml"
    assert main([*overrides, "--out", str(out)]) == 2
    message = f"gguf, and llama.cpp knows no model with {', '.join(overrides)}; set release.formats=[safetensors]"
    assert message in capsys.readouterr().err
    assert not out.exists()
    assert main([*overrides, "release.formats=[safetensors]", "--out", str(out)]) == 0


def test_a_list_of_words_leaves_gguf_out_by_itself_and_refuses_it(tmp_path, capsys):
    out = tmp_path / "params.yaml"
    assert main(["tokenizer=wordlist", "--out", str(out)]) == 0
    params = OmegaConf.load(out)
    assert params.release.formats == ["safetensors"] and params.tokenizer.method == "wordlist"
    assert params.tokenizer.bos == "<s>"
    assert main(["tokenizer=wordlist", "release.formats=[safetensors,gguf]", "--out", str(out)]) == 2
    assert "knows no model with tokenizer.method=wordlist;" in capsys.readouterr().err
