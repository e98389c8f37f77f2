"""The blog and the news site together, as build.py asks for them."""

from collections.abc import Iterable

import boke
import xinwen
from routes import Route


def pages() -> Iterable[Route]:
    yield from boke.pages()
    yield from xinwen.pages()


def expected() -> Iterable[dict[str, object]]:
    yield from boke.expected()
    yield from xinwen.expected()


def without() -> Iterable[dict[str, object]]:
    yield from boke.without()
    yield from xinwen.without()
