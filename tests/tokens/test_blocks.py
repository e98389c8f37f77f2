"""Blocks are written in fixed batches, rolled to files, and read back as memory maps."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from datasets import Dataset

from pipeline.core.errors import SourceError
from pipeline.tokens.blocks import BATCH_BLOCKS, BlockWriter, open_blocks

COUNT = 2 * BATCH_BLOCKS + 300


def numbered(count: int, width: int = 4) -> np.ndarray:
    return np.arange(count * width, dtype=np.uint16).reshape(count, width)


def write(folder: Path, pieces: list[np.ndarray], file_blocks: int = 1500) -> Path:
    with BlockWriter(folder, context=3, dtype=np.uint16, file_blocks=file_blocks) as writer:
        for piece in pieces:
            writer.write(piece)
    return folder


def test_blocks_come_back_in_any_order_over_files(tmp_path: Path) -> None:
    rows = numbered(COUNT)
    blocks = open_blocks(write(tmp_path, [rows]))
    wanted = np.array([COUNT - 1, 0, 1499, 1500, 1023, 1024, 0])
    assert len(blocks) == COUNT
    assert blocks[wanted].dtype == np.int64
    assert blocks[wanted].tolist() == rows[wanted].tolist()
    assert not any(part.flags["OWNDATA"] or part.flags["WRITEABLE"] for part in blocks.parts)


def test_the_bytes_do_not_depend_on_how_the_blocks_arrive(tmp_path: Path) -> None:
    rows = numbered(COUNT)
    one = write(tmp_path / "one", [rows])
    many = write(tmp_path / "many", np.array_split(rows, [1, 1, 700, 1600, 2000]))
    assert [path.name for path in sorted(one.iterdir())] == ["00000.arrow", "00001.arrow"]
    for path in one.iterdir():
        assert path.read_bytes() == (many / path.name).read_bytes()


def test_datasets_maps_the_files(tmp_path: Path) -> None:
    rows = numbered(1600)
    write(tmp_path, [rows])
    data = Dataset.from_file(str(tmp_path / "00001.arrow"))
    assert (data.column_names, data.num_rows) == (["input_ids"], 100)
    assert data[99] == {"input_ids": rows[1599].tolist()}


def test_a_file_without_batches_holds_no_block(tmp_path: Path) -> None:
    with BlockWriter(tmp_path, context=3, dtype=np.uint16, file_blocks=9) as writer:
        writer.write(numbered(1))
    with pa.ipc.open_stream(tmp_path / "00000.arrow") as stream:
        schema = stream.schema
    pa.ipc.new_stream(str(tmp_path / "00000.arrow"), schema).close()
    blocks = open_blocks(tmp_path)
    assert len(blocks) == 0
    assert blocks[np.array([], np.int64)].shape == (0, 4)
    with pytest.raises(IndexError, match="blocks 0 to 0 of 0"):
        blocks[np.array([0])]


def test_a_block_outside_is_an_index_error(tmp_path: Path) -> None:
    blocks = open_blocks(write(tmp_path, [numbered(2)]))
    assert blocks[np.array([], np.int64)].shape == (0, 4)
    for number in (-1, 2):
        with pytest.raises(IndexError, match=f"blocks {number} to {number} of 2"):
            blocks[np.array([number])]


def test_damaged_missing_and_mixed_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no \*\.arrow file; run the pack stage first"):
        open_blocks(tmp_path)
    write(tmp_path / "mixed", [numbered(2)])
    with BlockWriter(tmp_path / "other", context=4, dtype=np.uint16, file_blocks=9) as writer:
        writer.write(numbered(2, 5))
    (tmp_path / "other" / "00000.arrow").rename(tmp_path / "mixed" / "00001.arrow")
    with pytest.raises(SourceError, match=r"blocks of \[4, 5\] tokens stand side by side"):
        open_blocks(tmp_path / "mixed")
    (tmp_path / "mixed" / "00001.arrow").write_bytes(b"no arrow")
    with pytest.raises(SourceError, match=r"00001\.arrow: not an Arrow stream of blocks"):
        open_blocks(tmp_path / "mixed")
