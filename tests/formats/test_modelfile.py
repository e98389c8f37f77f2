"""ollama's Modelfile: generation_config.json's numbers, and transformers' defaults where it has none."""

import pytest

from pipeline.formats.modelfile import modelfile
from tests.formats.tiny_gpt2 import SAMPLING


def test_every_parameter_stands_in_the_file() -> None:
    assert modelfile("model.gguf", 128, "<s>", {"do_sample": True, "max_length": 128, **SAMPLING}) == (
        "FROM ./model.gguf\n"
        "PARAMETER num_ctx 128\n"
        "PARAMETER num_predict 64\n"
        "PARAMETER temperature 0.8\n"
        "PARAMETER top_k 50\n"
        "PARAMETER top_p 0.95\n"
        "PARAMETER min_p 0.0\n"
        "PARAMETER repeat_penalty 1.1\n"
        "PARAMETER repeat_last_n -1\n"
        'PARAMETER stop "<s>"\n'
        'TEMPLATE "{{ .Prompt }}"\n'
    )


@pytest.mark.parametrize(
    ("generation", "lines"),
    [
        ({"do_sample": True}, ["temperature 1.0", "top_k 50", "top_p 1.0", "min_p 0.0", "repeat_penalty 1.0"]),
        ({"do_sample": True, "top_k": None, "min_p": 0.05}, ["temperature 1.0", "top_k 50", "min_p 0.05"]),
        ({"do_sample": False, "temperature": 0.7}, ["temperature 0.0"]),
        ({}, ["temperature 0.0"]),
        ({"do_sample": True, "top_k": 0}, ["top_k 0"]),
    ],
)
def test_what_generation_config_leaves_out_is_as_transformers_has_it(
    generation: dict[str, object], lines: list[str]
) -> None:
    found = modelfile("model.gguf", 128, "<s>", generation).splitlines()
    assert [line for line in lines if f"PARAMETER {line}" not in found] == []


def test_quotes_in_a_token_are_kept() -> None:
    assert 'PARAMETER stop """<"s">"""\n' in modelfile("model.gguf", 1, '<"s">', {})
    assert "PARAMETER num_predict 1\n" in modelfile("model.gguf", 1, "<s>", {})
