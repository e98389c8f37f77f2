"""The clients that a released model was tried with: versions, and what each of them needs.

`make clients` runs each of these versions on a release; a test compares its pins with this table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from pipeline.schema.release import Format


class Reads(Enum):
    """What a client takes of a finished run."""

    folder = "folder"
    """The released folder: safetensors and tokenizer.json."""
    gguf = "gguf"
    """model.gguf."""
    documents = "documents"
    """Parquet files of the data stages; no matter of the model's card."""


@dataclass(frozen=True, slots=True)
class Client:
    package: str
    """As PyPI or npm call it."""
    versions: Sequence[str]
    """All that `make clients` runs, the oldest first."""
    reads: Reads
    needs: str
    """For the card, in Chinese: what to do so that it gives what transformers gives. `{bos}` is the token's text."""


CLIENTS = (
    Client("transformers", ("4.57.6", "5.23.0", "5.24.0"), Reads.folder, "不用另设"),
    Client("tokenizers", ("0.23.3",), Reads.folder, "不用另设；不要开头的 {bos}，就加 add_special_tokens=False"),
    Client("optimum-onnx", ("0.1.0",), Reads.folder, "导出 ONNX；要配 transformers 4.57"),
    Client("@huggingface/transformers", ("4.3.2",), Reads.folder, "先导出 ONNX，放进 onnx 子目录"),
    Client(
        "lm_eval", ("0.4.13",), Reads.folder,
        "选择题不用另设；整篇的困惑度要加 add_bos_token=False，否则 {bos} 算两次",
    ),
    Client("node-llama-cpp", ("3.22.1",), Reads.gguf, "不用另设；它内含 llama.cpp。整段解码会删去英文标点前的空格"),
    Client("gguf", ("0.19.0",), Reads.gguf, "读写 GGUF 文件"),
    Client("datasets", ("5.2.0",), Reads.documents, ""),
    Client("duckdb", ("2.0.1",), Reads.documents, ""),
    Client("polars", ("2.1.0",), Reads.documents, ""),
)  # fmt: skip


def for_card(formats: Sequence[Format], bos: str) -> list[tuple[str, str, str]]:
    """Name, versions and needs of those that can read a release in `formats`."""
    shown = {Reads.folder} | ({Reads.gguf} if Format.gguf in formats else set())
    return [
        (client.package, "、".join(client.versions), client.needs.replace("{bos}", bos))
        for client in CLIENTS
        if client.reads in shown
    ]
