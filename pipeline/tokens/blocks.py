"""Blocks on disk: Arrow IPC streams of token ids, written in fixed batches and read back as memory maps."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.core.errors import SourceError
from pipeline.tokens.packing import Ids

COLUMN = "input_ids"
BATCH_BLOCKS = 1024
"""Rows a record batch; fixed, so that the bytes depend on the blocks alone."""


class BlockWriter:
    """Writes 00000.arrow, 00001.arrow … of at most `file_blocks` blocks into `folder`; a context manager."""

    def __init__(self, folder: Path, context: int, dtype: type[np.generic], file_blocks: int) -> None:
        self.folder, self.width, self.file_blocks = folder, context + 1, file_blocks
        self.blocks = 0
        values = pa.field("item", pa.from_numpy_dtype(dtype), nullable=False)
        self._type = pa.list_(values, self.width)
        self._schema = pa.schema([pa.field(COLUMN, self._type, nullable=False)])
        self._waiting: list[npt.NDArray[np.generic]] = []
        self._rows = 0
        self._writer: pa.RecordBatchStreamWriter | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> "BlockWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while kind is None and self._rows:
            self._write_batch()
        self._close()

    def write(self, blocks: Ids) -> None:
        """`blocks` has the shape (n, context + 1)."""
        self._waiting.append(blocks)
        self._rows += len(blocks)
        while self._rows >= BATCH_BLOCKS:
            self._write_batch()

    def _write_batch(self) -> None:
        room = self.file_blocks - self.blocks % self.file_blocks
        rows = np.concatenate(self._waiting)
        batch, rest = np.split(rows, [min(BATCH_BLOCKS, room)])
        self._waiting, self._rows = [rest], len(rest)
        if self._writer is None:
            path = self.folder / f"{self.blocks // self.file_blocks:05d}.arrow"
            self._writer = pa.ipc.new_stream(pa.OSFile(str(path), "wb"), self._schema)
        column = pa.FixedSizeListArray.from_arrays(pa.array(batch.reshape(-1)), type=self._type)
        self._writer.write_batch(pa.record_batch([column], schema=self._schema))
        self.blocks += len(batch)
        if self.blocks % self.file_blocks == 0:
            self._close()

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


class Blocks:
    """All blocks of a folder; nothing is read before it is asked for."""

    def __init__(self, parts: Sequence[npt.NDArray[np.generic]], width: int) -> None:
        self.parts, self.width = parts, width
        """Memory-mapped arrays of shape (rows, context + 1), and context + 1."""
        self._ends = np.cumsum([len(part) for part in parts], dtype=np.int64)

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __getitem__(self, numbers: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
        """The blocks of these numbers, in their order; shape (n, context + 1). IndexError outside 0 … len − 1."""
        if len(numbers) and not 0 <= numbers.min() <= numbers.max() < len(self):
            raise IndexError(f"blocks {numbers.min()} to {numbers.max()} of {len(self)}")
        parts = np.searchsorted(self._ends, numbers, side="right")
        found = np.empty((len(numbers), self.width), np.int64)
        for row, (part, number) in enumerate(zip(parts.tolist(), numbers.tolist(), strict=True)):
            found[row] = self.parts[part][number - self._ends[part]]
        return found


def open_blocks(folder: Path) -> Blocks:
    """Map every *.arrow of the folder; SourceError names a file that is missing, damaged or of another width."""
    paths = sorted(folder.glob("*.arrow"))
    if not paths:
        raise SourceError(f"{folder}: no *.arrow file; run the pack stage first")
    parts: list[npt.NDArray[np.generic]] = []
    widths: dict[int, Path] = {}
    for path in paths:
        try:
            with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
                widths.setdefault(stream.schema.field(COLUMN).type.list_size, path)
                columns = [batch.column(0) for batch in stream]
        except (OSError, pa.ArrowException, KeyError, AttributeError) as error:
            raise SourceError(f"{path}: not an Arrow stream of blocks: {error}") from error
        parts += [column.flatten().to_numpy().reshape(len(column), -1) for column in columns]
    if len(widths) > 1:
        raise SourceError(f"{folder}: blocks of {sorted(widths)} tokens stand side by side")
    return Blocks(parts, *widths)
