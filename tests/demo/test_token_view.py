"""What the page shows of a text: escaped, each character with its tokens, probabilities and alternatives."""

import math
import re
from pathlib import Path

import pytest

from pipeline.demo.token_view import token_name, token_view
from pipeline.generation.causal_model import CausalModel, open_model
from pipeline.generation.continuation import Token
from pipeline.generation.text_stream import Piece, stream
from tests.generation.models import config, write_gpt2


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> CausalModel:
    return open_model(str(write_gpt2(tmp_path_factory.mktemp("model"))), config())


def token(id: int, probability: float, *alternatives: tuple[int, float]) -> Token:
    return Token(0, id, math.log(probability), alternatives)


def test_each_piece_shows_its_token_first_and_what_else_was_likely(model: CausalModel) -> None:
    (a, b) = model.tokenizer.convert_tokens_to_ids(["a", "b"])
    html = token_view(model, "我", [Piece("a", [token(a, 0.25, (b, 0.5), (a, 0.25))])])
    assert '<span class="prompt">我</span><span class="token fair" tabindex="0">a<span class="tip"' in html
    rows = re.findall(r'class="row (\w*)"><span class="name">(\w)</span>.*?width:([\d.]+)%.*?share">([\d.]+)%', html)
    assert rows == [("chosen", "a", "25.0", "25.0"), ("", "b", "50.0", "50.0")]


def test_a_text_cannot_write_into_the_page(model: CausalModel) -> None:
    html = token_view(model, "<script>", [Piece('<img src=x onerror="1">', [token(3, 0.9)])])
    assert "<script" not in html and "<img" not in html and "&lt;img src=x" in html


def test_line_breaks_ends_and_bytes_have_names(model: CausalModel) -> None:
    html = token_view(model, "", [Piece("\n", [token(3, 0.9)]), Piece("", [token(0, 0.01)])])
    assert '<span class="break">⏎</span><br>' in html and '<span class="end">〈结束〉</span>' in html
    ids = model.encode("龘")[1:]
    names = [token_name(model, id) for id in ids]
    assert [bytes.fromhex(name.strip("‹›")) for name in names] == [bytes([byte]) for byte in "龘".encode()]
    assert token_name(model, 0) == "〈结束〉" and token_name(model, 1) == "<pad>"


def test_a_character_of_several_tokens_is_coloured_by_the_least_likely(model: CausalModel) -> None:
    html = token_view(model, "", [Piece("龘", [token(9, 0.9), token(10, 0.001), token(11, 1.0)])])
    assert '<span class="token odd"' in html and html.count('class="table"') == 3 and "&lt;0.1%" not in html
    assert token_view(model, "", [Piece("龘", [token(9, 0.0001)])]).count("&lt;0.1%") == 1


def test_a_real_text_is_shown_whole(model: CausalModel) -> None:
    pieces = list(stream(model, "我想", config(), alternatives=4))
    html = re.sub(r'<span class="tip".*?</span></span></span></span>', "", token_view(model, "我想", pieces))
    shown = re.sub("<[^>]*>", "", html)
    assert shown.startswith("我想") and "".join(piece.text for piece in pieces).split("\n")[0][:1] in shown


def test_the_style_sheet_stands_beside_the_page() -> None:
    assert (Path(__file__).parents[2] / "pipeline/demo/demo.css").is_file()
