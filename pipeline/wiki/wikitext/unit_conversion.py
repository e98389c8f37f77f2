"""`{{convert|5|km|mi}}`: the measure in words, and converted, as zh.wikipedia's Module:Convert writes it."""

import math
from decimal import Decimal, InvalidOperation

UNITS: dict[str, tuple[str, str, float]] = {
    # Symbol: (Chinese name, dimension, size in the SI unit). Exact by the International Yard and Pound Agreement
    # (1959), the SI brochure (9th edition) and NIST Special Publication 811.
    "mm": ("毫米", "length", 1e-3),
    "cm": ("厘米", "length", 1e-2),
    "m": ("米", "length", 1.0),
    "km": ("公里", "length", 1e3),
    "in": ("英寸", "length", 0.0254),
    "ft": ("英尺", "length", 0.3048),
    "yd": ("码", "length", 0.9144),
    "mi": ("英里", "length", 1609.344),
    "nmi": ("海里", "length", 1852.0),
    "ly": ("光年", "length", 9.4607304725808e15),
    "au": ("天文单位", "length", 1.495978707e11),
    "m2": ("平方米", "area", 1.0),
    "km2": ("平方公里", "area", 1e6),
    "ha": ("公顷", "area", 1e4),
    "acre": ("英亩", "area", 4046.8564224),
    "sqft": ("平方英尺", "area", 0.09290304),
    "sqmi": ("平方英里", "area", 2589988.110336),
    "m3": ("立方米", "volume", 1.0),
    "km3": ("立方公里", "volume", 1e9),
    "l": ("升", "volume", 1e-3),
    "ml": ("毫升", "volume", 1e-6),
    "impgal": ("英制加仑", "volume", 0.00454609),
    "usgal": ("美制加仑", "volume", 0.003785411784),
    "g": ("克", "mass", 1e-3),
    "kg": ("千克", "mass", 1.0),
    "t": ("吨", "mass", 1e3),
    "lb": ("磅", "mass", 0.45359237),
    "oz": ("盎司", "mass", 0.028349523125),
    "km/h": ("公里每小时", "speed", 1 / 3.6),
    "m/s": ("米每秒", "speed", 1.0),
    "mph": ("英里每小时", "speed", 0.44704),
    "kn": ("节", "speed", 1852 / 3600),
    "kw": ("千瓦", "power", 1e3),
    "mw": ("兆瓦", "power", 1e6),
    "hp": ("马力", "power", 745.69987158227022),
    "k": ("K", "temperature", 1.0),
    "c": ("°C", "temperature", 1.0),
    "f": ("°F", "temperature", 5 / 9),
}
ALIASES = {
    "°c": "c",
    "°f": "f",
    "kmh": "km/h",
    "sqkm": "km2",
    "sqm": "m2",
    "sq mi": "sqmi",
    "sq ft": "sqft",
    "L": "l",
}
_ZERO = {"c": 273.15, "f": 459.67 * 5 / 9, "k": 0.0}
_DEFAULTS = {
    "km": "mi", "mi": "km", "m": "ft", "ft": "m", "cm": "in", "in": "cm", "mm": "in", "kg": "lb", "lb": "kg",
    "km2": "sqmi", "sqmi": "km2", "ha": "acre", "acre": "ha", "km/h": "mph", "mph": "km/h", "c": "f", "f": "c",
}  # fmt: skip


def convert(value: str, unit: str, target: str) -> str | None:
    """`5公里（3.1英里）`; without a known target the measure alone; None if the number or unit is not known."""
    unit, target = _key(unit), _key(target)
    try:
        number = Decimal(value.replace(",", "").replace("−", "-").strip())
    except InvalidOperation:
        return None
    if unit not in UNITS or not number.is_finite() or not -30 < number.adjusted() < 30:
        return None
    name, dimension, _ = UNITS[unit]
    target = target if target in UNITS and UNITS[target][1] == dimension else _DEFAULTS.get(unit, "")
    precision = _precision(number)
    text = _shown(number, precision) + name
    if not target or target == unit:
        return text
    result = _converted(float(number), unit, target)
    digits = _output_precision(float(number), result, precision, unit)
    return f"{text}（{_shown(round(Decimal(result), digits), digits)}{UNITS[target][0]}）"


def _key(unit: str) -> str:
    unit = unit.strip()
    return ALIASES.get(unit.lower(), ALIASES.get(unit, unit.lower()))


def _shown(number: Decimal, precision: int) -> str:
    return f"{number:,.{max(precision, 0)}f}".replace("-", "−")


def _converted(value: float, unit: str, target: str) -> float:
    si = value * UNITS[unit][2] + _ZERO.get(unit, 0.0)
    return (si - _ZERO.get(target, 0.0)) / UNITS[target][2]


def _precision(number: Decimal) -> int:
    """Digits after the point; of a whole number minus its trailing zeros, which are no precision."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    if exponent < 0 or number == 0:
        return -exponent
    digits = str(abs(int(number)))
    return len(digits.rstrip("0")) - len(digits)


def _output_precision(value: float, result: float, precision: int, unit: str) -> int:
    """Module:Convert's default_precision: as precise as the input, and at least two figures (three in kelvins)."""
    if UNITS[unit][1] == "temperature":
        kelvin = abs(value * UNITS[unit][2] + _ZERO[unit])
        return max(precision, 2 - math.floor(math.log10(kelvin)) if kelvin > 1e-8 else 2)
    if value == 0 or result == 0:
        return 0
    adjusted = precision + math.log10(abs(value / result)) + math.log10(2)
    return max(math.floor(adjusted), 1 - math.floor(math.log10(abs(result)) + 1e-14))
