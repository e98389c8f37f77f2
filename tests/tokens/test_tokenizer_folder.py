"""A tokenizer's folder: opened as the stage writes it, and as it wrote it before line breaks were GPT-2's own."""

import json
from pathlib import Path

import pytest
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE
from transformers import AutoTokenizer

from pipeline.tokens.tokenizer_folder import Special, open_tokenizer
from pipeline.vocab.alphabet import CHARACTER

TEXT = "第一行\n\n第二行 <nl> <s>\n"


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """GPT-2's bytes; <nl>, <nl><nl> and the escape <lit> reached by whole words of a normalised text; no template."""
    vocabulary = {token: id for id, token in enumerate([*CHARACTER.values(), "<nl>", "<nl><nl>", "<lit>"])}
    tokenizer = Tokenizer(BPE(vocabulary, [], ignore_merges=True))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace(Regex("<(?=nl>|lit>)"), "<<lit>"), normalizers.Replace("\n", "<nl>")]
    )
    cut = Regex(r"(?:<nl>){2}|<(?:nl>|lit>)| ?\p{L}+| ?(?:[^\s\p{L}<]|<(?!nl>|lit>))+|\s+(?=<(?:nl>|lit>))|\s+")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(cut, "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("<lit>", ""), decoders.Replace("<nl>", "Ċ"), decoders.ByteLevel()]
    )
    tokenizer.add_special_tokens(["<s>", "<pad>"])
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    special = {"nl": "<nl>", "blank_line": "<nl><nl>", "escape": "<lit>", "bos": "<s>", "eos": "<s>", "pad": "<pad>"}
    (tmp_path / "wenyuan.json").write_text(json.dumps({"special": {**special, "more": []}}), encoding="utf-8")
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "<s>"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({**settings, "pad_token": "<pad>"}), encoding="utf-8")
    return tmp_path


def test_an_older_folder_still_opens_and_reads_texts_as_it_did(older: Path) -> None:
    opened = open_tokenizer(older)
    assert [opened.id(special) for special in (Special.bos, Special.eos, Special.pad)] == [259, 259, 260]
    [ids] = opened.encode([TEXT])
    tokens = [opened.tokenizer.id_to_token(id) for id in ids]
    assert (tokens.count("<nl><nl>"), tokens.count("<nl>"), tokens.count("<lit>")) == (1, 1, 1)
    assert opened.tokenizer.decode(ids) == AutoTokenizer.from_pretrained(older).decode(ids) == TEXT


def test_encoding_adds_nothing_though_the_folder_has_a_template(older: Path) -> None:
    path = older / "tokenizer.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    template = {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}
    settings["post_processor"] = {
        "type": "TemplateProcessing",
        "single": list(template),
        "pair": list(template),
        "special_tokens": {"<s>": {"id": "<s>", "ids": [259], "tokens": ["<s>"]}},
    }
    path.write_text(json.dumps(settings), encoding="utf-8")
    opened = open_tokenizer(older)
    assert opened.tokenizer.encode("好").ids[0] == 259
    assert opened.encode(["好", ""]) == [opened.tokenizer.encode("好", add_special_tokens=False).ids, []]
