"""`{{#expr:…}}`: arithmetic as MediaWiki's ParserFunctions extension does it (ExprParser, 1.39)."""

import math
import operator
import re
from collections.abc import Callable

_TOKEN = re.compile(
    r"\s*(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|<=|>=|<>|!=|[-+*/^()=<>−×÷]|[a-zA-Z]+)", re.ASCII
)
MAX_LENGTH = 1000
"""Characters; MediaWiki bounds its stack instead."""

Number = float | int


def _round(value: Number, digits: Number) -> Number:
    """PHP's round: halves away from zero, negative digits for tens."""
    scale = 10.0 ** int(digits)
    # A hair above the half, as PHP's pre-rounding: 1.005 * 100 is 100.49999…
    return math.copysign(math.floor(abs(value) * scale + 0.5 + 1e-9), value) / scale


def _power(a: Number, b: Number) -> Number:
    value: Number | complex = float(a) ** float(b)  # floats overflow with an error where integers would grow
    if isinstance(value, complex):
        raise ValueError("not a number")
    return value


_BINARY: dict[str, tuple[int, Callable[[Number, Number], Number]]] = {
    "^": (9, _power),
    "*": (7, lambda a, b: a * b if abs(a) + abs(b) < 2**31 else float(a) * b),
    "/": (7, operator.truediv),
    "div": (7, operator.truediv),
    "mod": (7, lambda a, b: int(math.fmod(int(a), int(b)))),
    "fmod": (7, math.fmod),
    "+": (6, operator.add),
    "-": (6, operator.sub),
    "round": (5, _round),
    "=": (4, lambda a, b: int(a == b)),
    "<>": (4, lambda a, b: int(a != b)),
    "!=": (4, lambda a, b: int(a != b)),
    "<": (4, lambda a, b: int(a < b)),
    ">": (4, lambda a, b: int(a > b)),
    "<=": (4, lambda a, b: int(a <= b)),
    ">=": (4, lambda a, b: int(a >= b)),
    "and": (3, lambda a, b: int(bool(a) and bool(b))),
    "or": (2, lambda a, b: int(bool(a) or bool(b))),
}
_UNARY: dict[str, Callable[[Number], Number]] = {
    "-": operator.neg,
    "+": operator.pos,
    "not": lambda a: int(not a),
    "abs": abs,
    "floor": math.floor,
    "ceil": math.ceil,
    "trunc": math.trunc,
    "exp": math.exp,
    "ln": math.log,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sqrt": math.sqrt,
}
_UNARY_LEVEL = 9
_NOT_LEVEL = 8
_CONSTANTS = {"pi": math.pi, "e": math.e}
_SAME = {"−": "-", "×": "*", "÷": "/"}


def evaluate(text: str) -> Number:
    """The value; ValueError for what is no expression, divides by zero or leaves the numbers."""
    text = text.strip().replace("&lt;", "<").replace("&gt;", ">").replace("&minus;", "-")
    if len(text) > MAX_LENGTH:
        raise ValueError("expression too long")
    tokens, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"unrecognised {text[position]!r}")
        tokens.append(_SAME.get(match.group(1), match.group(1)).lower())
        position = match.end()
    tokens.reverse()
    try:
        value = _binary(tokens, 0, 0)
    except (ArithmeticError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if tokens or math.isnan(value) or math.isinf(value):
        raise ValueError("not a number")
    return value


def _binary(tokens: list[str], level: int, depth: int) -> Number:
    value = _operand(tokens, depth + 1)
    while tokens and tokens[-1] in _BINARY and _BINARY[tokens[-1]][0] > level:
        name = tokens.pop()
        strength, apply = _BINARY[name]
        value = apply(value, _binary(tokens, strength, depth + 1))
    return value


def _operand(tokens: list[str], depth: int) -> Number:
    if not tokens or depth > 100:
        raise ValueError("operand missing")
    token = tokens.pop()
    if token == "(":
        value = _binary(tokens, 0, depth)
        if not tokens or tokens.pop() != ")":
            raise ValueError("bracket missing")
        return value
    if token in _UNARY:
        return _UNARY[token](_binary(tokens, _NOT_LEVEL if token == "not" else _UNARY_LEVEL, depth))
    return _CONSTANTS[token] if token in _CONSTANTS else _number(token)


def _number(token: str) -> Number:
    try:
        return int(token) if token.isdecimal() and len(token) < 16 else float(token)
    except ValueError:
        raise ValueError(f"unrecognised {token!r}") from None


def shown(value: Number) -> str:
    """As PHP prints it: at most 14 significant digits, no trailing zeros, 1.0E+15."""
    digits, power, exponent = f"{value:.14G}".partition("E")
    if not power:
        return digits
    return f"{digits}{'' if '.' in digits else '.0'}E{exponent[0]}{exponent[1:].lstrip('0')}"
