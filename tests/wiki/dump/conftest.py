"""Fixtures: one export in every packing."""

import pytest

from tests.wiki.dump_files import packed, some_pages


@pytest.fixture(scope="session")
def pages():
    return some_pages(150, 2000)


@pytest.fixture(scope="session")
def files(pages, tmp_path_factory):
    return packed(tmp_path_factory.mktemp("dumps"), pages)
