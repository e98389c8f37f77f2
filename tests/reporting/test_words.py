"""The page's words: every reason to drop has a Chinese name."""

from pipeline.contract.drop import DropReason
from pipeline.reporting.words import REASONS


def test_every_reason_has_a_name():
    assert set(REASONS) == {reason.name for reason in DropReason}
