"""The pack stage: every token of every document stands in the blocks once, and leads back to its document."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from datasets import Dataset, concatenate_datasets
from tokenizers import Tokenizer
from tokenizers.models import BPE

from pipeline.contract.document import Document, document_id
from pipeline.core.shards import write_documents
from pipeline.tokens.blocks import open_blocks
from pipeline.tokens.text import load_tokenizer
from pipeline.vocab.alphabet import CHARACTER
from pipeline.vocab.linebreaks import Marks

TRAIN = ["我想去北京。\n好！", "<s>不是结尾", "中国人民银行", "甲", "酒店的服务很好，房间很干净。"]
VALIDATION = ["北京\n上海"]


@pytest.fixture(autouse=True)
def tokenizer(tmp_path: Path) -> Path:
    """A folder with the bytes alone and the special tokens: every id can be read off."""
    folder = tmp_path / "tokenizer"
    folder.mkdir()
    vocabulary = {token: id for id, token in enumerate([*CHARACTER.values(), "<nl>", "<lit>"])}
    model = Tokenizer(BPE(vocabulary, [], ignore_merges=True))
    Marks("<nl>", "<lit>").install(model)
    model.add_special_tokens(["<s>", "<pad>"])
    model.save(str(folder / "tokenizer.json"))
    (folder / "wenyuan.json").write_text('{"special": {"nl": "<nl>", "bos": "<s>", "pad": "<pad>"}}', "utf-8")
    return folder


@pytest.fixture
def run(tmp_path: Path, document: Callable[..., Document], params_file: Any, stage: Any) -> Callable[..., Path]:
    """`run("a", context=8)` packs TRAIN and VALIDATION, two documents a shard; metrics in <name>.json."""
    for part, texts in (("train", TRAIN), ("heldout", VALIDATION)):
        documents = [document(text, id=f"{part}{n}", source="ab"[n % 2]) for n, text in enumerate(texts)]
        for first in range(0, len(documents), 2):
            write_documents(tmp_path / part / f"s-{first:05d}.parquet", documents[first : first + 2])

    def call(name: str, workers: int = 1, status: int = 0, **section: Any) -> Path:
        params = params_file({"pack": {"context": 8, "shard_blocks": 5, **section}, "engine.workers": workers})
        options = {"documents": "train", "heldout": "heldout", "tokenizer": "tokenizer", "out": name}
        paths = [item for key, value in options.items() for item in (f"--{key}", tmp_path / value)]
        assert stage("pack", *paths, "--params", params, "--metrics", tmp_path / f"{name}.json") == status
        return tmp_path / name

    return call


def stream(folder: Path, texts: list[str]) -> list[int]:
    tokenizer = load_tokenizer(folder)
    return [tokenizer.bos_id, *(id for ids in tokenizer.encode(texts) for id in [*ids, tokenizer.bos_id])]


def test_every_token_is_a_target_once(run: Callable[..., Path], tokenizer: Path) -> None:
    out = run("out")
    wanted = stream(tokenizer, TRAIN)
    blocks = open_blocks(out / "train")
    rows = blocks[np.arange(len(blocks))]
    pack = json.loads((out / "pack.json").read_text(encoding="utf-8"))
    targets = rows[:, 1:].ravel().tolist()
    padding = pack["padding"]["train"]
    assert rows[0, 0] == pack["bos_id"] == 258
    assert targets == wanted[1:] + [258] * padding
    assert (rows[1:, 0] == rows[:-1, -1]).all()
    assert pack == {
        "context": 8,
        "vocab_size": 260,
        "dtype": "uint16",
        "bos_id": 258,
        "tokens": {"train": len(wanted), "validation": len(stream(tokenizer, VALIDATION))},
        "blocks": {"train": len(blocks), "validation": 2},
        "padding": {"train": len(blocks) * 8 + 1 - len(wanted), "validation": 2},
    }


@pytest.mark.parametrize("context", [8, 12])
def test_every_position_of_a_block_leads_to_its_document(
    run: Callable[..., Path], tokenizer: Path, context: int
) -> None:
    """12 divides the targets: the last <s> is only ever a target, and stands in no span."""
    out = run("out", context=context)
    blocks, opened = open_blocks(out / "train"), load_tokenizer(tokenizer)
    texts: dict[str, list[int]] = {}
    place = 1
    for span in pq.read_table(out / "train" / "spans.parquet").to_pylist():
        assert span["block"] * context + span["start"] == place
        place += span["end"] - span["start"]
        row = blocks[np.array([span["block"]])][0]
        texts.setdefault(span["document"], []).extend(row[span["start"] : span["end"]].tolist())
    tokens = len(stream(tokenizer, TRAIN))
    assert place == min(tokens, len(blocks) * context) == tokens - (context == 12)
    assert list(texts) == [document_id("s", f"train{n}") for n in range(5)]
    assert [opened.decode(ids) for ids in texts.values()] == TRAIN
    assert [ids.count(opened.bos_id) for ids in texts.values()] == [1, 1, 1, 1, int(context == 8)]


def test_datasets_reads_the_rolled_files(run: Callable[..., Path]) -> None:
    out = run("out")
    files = sorted((out / "train").glob("*.arrow"))
    data = concatenate_datasets([Dataset.from_file(str(file)) for file in files])
    blocks = open_blocks(out / "train")
    assert len(files) == -(-len(blocks) // 5) > 2
    assert data["input_ids"][:] == blocks[np.arange(len(blocks))].tolist()


def test_two_workers_write_the_same_bytes(run: Callable[..., Path]) -> None:
    one, two = run("one"), run("two", workers=2)
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
    for file in files:
        assert (one / file).read_bytes() == (two / file).read_bytes()
    assert one.with_suffix(".json").read_bytes() == two.with_suffix(".json").read_bytes()


def test_the_ledger_counts_documents_and_tokens_by_source(run: Callable[..., Path], tokenizer: Path) -> None:
    metrics = json.loads(run("out").with_suffix(".json").read_text(encoding="utf-8"))
    by_source = {name: len(stream(tokenizer, TRAIN[first::2])) - 1 for first, name in enumerate("ab")}
    tokens = sum(by_source.values()) + 1
    assert (metrics["unit"], metrics["in"], metrics["used"], metrics["out"]) == ("document", 6, 6, 6)
    assert metrics["train"] == {
        "documents": 5,
        "tokens": tokens,
        "blocks": -(-(tokens - 1) // 8),
        "padding": -(tokens - 1) % 8,
        "tokens_per_document": round((tokens - 1) / 5, 2),
        "tokens_by_source": by_source,
    }


def test_an_empty_split_stops(run: Callable[..., Path], tmp_path: Path, capsys: Any) -> None:
    for shard in (tmp_path / "heldout").iterdir():
        shard.unlink()
    run("out", status=2)
    assert "heldout: no documents; give the corpus more text or raise the split's share" in capsys.readouterr().err


def test_a_folder_that_is_no_tokenizer_is_named(run: Callable[..., Path], tokenizer: Path, capsys: Any) -> None:
    (tokenizer / "wenyuan.json").unlink()
    run("out", status=2)
    assert "wenyuan.json: No such file or directory; run the tokenizer stage first" in capsys.readouterr().err


@pytest.mark.parametrize("section", [{"context": 1}, {"shard_blocks": 0}, {"context": "x"}, {"width": 3}])
def test_a_wrong_section_is_refused(run: Callable[..., Path], capsys: Any, section: dict[str, Any]) -> None:
    run("out", status=2, **section)
    assert "pack: ConfigError" in capsys.readouterr().err
