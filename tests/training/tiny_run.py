"""A pack, a tokenizer and params.yaml small enough to train on in a second, as the stages before train write them."""

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from omegaconf import DictConfig, OmegaConf
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from pipeline.core.compose import compose_params
from pipeline.core.config import load_section
from pipeline.schema.train import TrainConfig
from pipeline.tokens.pack_file import PackedPart, PackFile

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = 8
TEXTS = (
    "今天天气很好，我想出去走走。",
    "这本书很好，我想再看一遍。",
    "酒店的房间太小，服务很差。",
    "我想去看看大海。",
)
SPECIALS = ("<s>", "<pad>", "<nl>")


def write_tokenizer(folder: Path) -> Tokenizer:
    """One token a character, and an embedding plan onto a base of twice as many tokens: id i was base id 2·i."""
    characters = sorted(set("".join(TEXTS)))
    vocabulary = {token: id for id, token in enumerate([*SPECIALS, *characters])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<pad>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="<s>", pad_token="<pad>"
    ).save_pretrained(folder)
    plan = {
        "id": pa.array(range(len(vocabulary)), pa.int32()),
        "token": list(vocabulary),
        "base_ids": pa.array([[2 * id] for id in range(len(vocabulary))], pa.list_(pa.int32())),
    }
    table = pa.table(plan).replace_schema_metadata({"embeddings": "mean"})
    pq.write_table(table, folder / "embedding_plan.parquet")
    return tokenizer


def write_pack(folder: Path, tokenizer: Tokenizer) -> None:
    """The four texts four times for train, once for validation; the first half of the blocks is of `news`."""
    size = tokenizer.get_vocab_size()
    parts: dict[str, PackedPart] = {}
    for part, times in (("train", 4), ("validation", 1)):
        stream = [0, *(id for text in TEXTS * times for id in [*tokenizer.encode(text).ids, 0])]
        tokens, blocks = len(stream) - 1, -(-(len(stream) - 1) // CONTEXT)
        stream += [1] * (blocks * CONTEXT - tokens)
        rows = np.array([stream[start : start + CONTEXT + 1] for start in range(0, blocks * CONTEXT, CONTEXT)])
        write_blocks(folder / part, rows)
        runs = [("news", blocks // 2), ("reviews", blocks - blocks // 2)]
        documents = len(TEXTS) * times
        parts[part] = PackedPart(documents, tokens - documents, tokens, blocks, runs)
    PackFile(CONTEXT, size, "uint16", 0, 1, parts["train"], parts["validation"]).save(folder)


def write_blocks(folder: Path, rows: npt.NDArray[np.int64]) -> None:
    """One Arrow IPC stream of uint16 blocks."""
    folder.mkdir(parents=True)
    column = pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel(), pa.uint16()), rows.shape[1])
    table = pa.table({"input_ids": column})
    with pa.ipc.new_stream(str(folder / "00000.arrow"), table.schema) as writer:
        writer.write_table(table)


def write_inputs(folder: Path) -> list[str]:
    """tokenizer/, pack/, an empty base/ and params.yaml (smoke, ten steps); returns the stage's input options."""
    write_pack(folder / "pack", write_tokenizer(folder / "tokenizer"))
    (folder / "base").mkdir()
    run = params()
    run.train.steps = 10
    OmegaConf.save(run, folder / "params.yaml")
    return [
        *("--params", str(folder / "params.yaml"), "--pack", str(folder / "pack")),
        *("--tokenizer", str(folder / "tokenizer"), "--base", str(folder / "base")),
    ]


@cache
def _smoke_params() -> str:
    return OmegaConf.to_yaml(compose_params(["experiment=smoke"]))


def params() -> DictConfig:
    """params.yaml of the experiment smoke, without types: tests put in what they like."""
    composed = OmegaConf.create(_smoke_params())
    assert isinstance(composed, DictConfig)
    return composed


def smoke_config() -> TrainConfig:
    """conf/train/smoke.yaml."""
    return load_section(params(), "train", TrainConfig)
