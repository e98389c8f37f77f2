"""placeholder"""

from collections.abc import Callable
from pipeline.text.script import converter


def to_traditional(standard: str) -> Callable[[str], str]:
    return converter(standard).convert
