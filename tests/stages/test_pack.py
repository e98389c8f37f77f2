"""The pack stage: every token of every document stands in the blocks once, and leads back to its document."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from datasets import Dataset, concatenate_datasets
from tokenizers import AddedToken, Tokenizer, decoders
from tokenizers.models import BPE
from tokenizers.processors import TemplateProcessing

from pipeline.contract.document import Document, document_id
from pipeline.core.shards import write_documents
from pipeline.schema.tokenizer import Digits, Punctuation
from pipeline.tokens.blocks import open_blocks
from pipeline.tokens.tokenizer_folder import Special, open_tokenizer
from pipeline.vocab.alphabet import CHARACTER
from pipeline.vocab.cutting import Cutting

TRAIN = ["我想去北京。\n好！", "<s>不是结尾", "中国人民银行", "甲", "酒店的服务很好，房间很干净。"]
VALIDATION = ["北京\n上海"]


@pytest.fixture(autouse=True)
def tokenizer(tmp_path: Path) -> Path:
    """A folder with the bytes alone and the special tokens: every id can be read off."""
    folder = tmp_path / "tokenizer"
    folder.mkdir()
    model = Tokenizer(BPE({token: id for id, token in enumerate(CHARACTER.values())}, []))
    model.pre_tokenizer = Cutting("<nl>", Digits.grouped, Punctuation.runs).pre_tokenizer()
    model.decoder = decoders.ByteLevel()
    model.add_special_tokens(["<s>", "<pad>"])
    model.add_tokens([AddedToken("<nl>", special=False)])
    # The template is for clients: pack puts <s> where its blocks want one, and nowhere else.
    model.post_processor = TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 256)])
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
        pack = {"packing": "best_fit", "context": 8, "shard_blocks": 5, **section}
        params = params_file({"pack": pack, "engine.workers": workers})
        options = {"documents": "train", "heldout": "heldout", "tokenizer": "tokenizer", "out": name}
        paths = [item for key, value in options.items() for item in (f"--{key}", tmp_path / value)]
        assert stage("pack", *paths, "--params", params, "--metrics", tmp_path / f"{name}.json") == status
        return tmp_path / name

    return call


def targets(folder: Path, texts: list[str]) -> list[list[int]]:
    """The ids of each text and its closing <s>."""
    tokenizer = open_tokenizer(folder)
    return [[*ids, tokenizer.id(Special.bos)] for ids in tokenizer.encode(texts)]


@pytest.mark.parametrize("packing", ["stream", "best_fit"])
@pytest.mark.parametrize("context", [8, 12])
def test_every_token_is_a_target_once_and_leads_to_its_document(
    run: Callable[..., Path], tokenizer: Path, packing: str, context: int
) -> None:
    out = run("out", packing=packing, context=context)
    blocks = open_blocks(out / "train")
    rows = blocks[np.arange(len(blocks))]
    free = rows[:, 1:] != 257
    found: dict[str, list[int]] = {}
    for span in sorted(pq.read_table(out / "train" / "spans.parquet").to_pylist(), key=lambda span: span["block"]):
        assert free[span["block"], span["start"] - 1 : span["end"] - 1].all()
        free[span["block"], span["start"] - 1 : span["end"] - 1] = False
        found.setdefault(span["document"], []).extend(rows[span["block"], span["start"] : span["end"]].tolist())
    assert not free.any()
    ids = [document_id("s", f"train{n}") for n in range(5)]
    assert [sorted(found[id]) for id in ids] == [sorted(text) for text in targets(tokenizer, TRAIN)]
    if packing == "stream":  # pieces stand in order; elsewhere what is left of a long document may stand before
        assert [found[id] for id in ids] == targets(tokenizer, TRAIN)


def test_pack_json_says_what_the_blocks_are(run: Callable[..., Path], tokenizer: Path) -> None:
    out = run("out")
    pack = json.loads((out / "pack.json").read_text(encoding="utf-8"))
    assert {key: pack[key] for key in ("context", "vocab_size", "dtype", "bos_id", "pad_id")} == {
        "context": 8, "vocab_size": 259, "dtype": "uint16", "bos_id": 256, "pad_id": 257,
    }  # fmt: skip
    assert pack["train"]["documents"] == 5
    assert pack["train"]["characters"] == sum(map(len, TRAIN))
    assert pack["train"]["tokens"] == sum(map(len, targets(tokenizer, TRAIN)))
    spans = pq.read_table(out / "train" / "spans.parquet").to_pylist()
    owner = {document_id("s", f"train{n}"): "ab"[n % 2] for n in range(5)}
    first = 0
    for source, count in pack["train"]["sources"]:
        inside = [span for span in spans if first <= span["block"] < first + count]
        assert inside and {owner[span["document"]] for span in inside} == {source}
        first += count
    assert first == pack["train"]["blocks"] == len(open_blocks(out / "train"))


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
    lengths = [len(text) for text in targets(tokenizer, TRAIN)]
    train = metrics["train"]
    assert (metrics["unit"], metrics["in"], metrics["used"], metrics["out"]) == ("document", 6, 6, 6)
    assert train["tokens_by_source"] == {"a": sum(lengths[0::2]), "b": sum(lengths[1::2])}
    assert (train["documents"], train["tokens"]) == (5, sum(lengths))
    assert train["tokens_per_document"] == round(sum(lengths) / 5, 2)
    assert train["padding"] == train["blocks"] * 8 - sum(lengths)
    assert train["text_share"] == round(sum(lengths) / (train["blocks"] * 8), 6)
    assert train["documents_longer_than_a_block"] == sum(length > 8 for length in lengths)


def test_an_empty_split_stops(run: Callable[..., Path], tmp_path: Path, capsys: Any) -> None:
    for shard in (tmp_path / "heldout").iterdir():
        shard.unlink()
    run("out", status=2)
    assert "heldout: no documents; give the corpus more text or raise the split's share" in capsys.readouterr().err


def test_a_folder_that_is_no_tokenizer_is_named(run: Callable[..., Path], tokenizer: Path, capsys: Any) -> None:
    (tokenizer / "wenyuan.json").unlink()
    run("out", status=2)
    assert "wenyuan.json: No such file or directory; run the tokenizer stage first" in capsys.readouterr().err


@pytest.mark.parametrize(
    "section", [{"context": 1}, {"shard_blocks": 0}, {"context": "x"}, {"packing": "x"}, {"width": 3}]
)
def test_a_wrong_section_is_refused(run: Callable[..., Path], capsys: Any, section: dict[str, Any]) -> None:
    run("out", status=2, **section)
    assert "pack: ConfigError" in capsys.readouterr().err
