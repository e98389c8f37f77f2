"""The first place in which two texts differ."""

import pytest

from pipeline.text.difference import first_difference


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("甲乙丙", "甲丁丙", ("甲乙丙", "甲丁丙")),
        (
            "一" * 100 + "乙" + "二" * 100,
            "一" * 100 + "二" * 100,
            ("一" * 12 + "乙" + "二" * 23, "一" * 12 + "二" * 24),
        ),
        ("末尾 ", "末尾", ("末尾 ", "末尾")),
        ("", "新", ("", "新")),
    ],
)
def test_first_difference(before, after, place):
    assert first_difference(before, after) == place
