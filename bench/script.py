"""Script and conversion beside OpenCC and zhconv-rs, in one run: `PYTHONPATH=. python bench/script.py [FILE …]`.

1. How often a segment of one script is taken for the other, by characters, and how many characters a conversion to
   the script that a text is in already changes: on each corpus of ../shared/data.
2. Simplified to Traditional. Traditional text is taken to Simplified character by character and converted back; of
   the characters whose Simplified form has several Traditional ones, those that do not return are counted (variants of
   one standard, 台/臺 or 裏/裡, apart). FILE: further Traditional texts, UTF-8. zhconv-rs (GPL, no dependency) takes
   part where it is installed.
3. Megabytes of UTF-8 a second of CPU, on one core.
"""

import argparse
import gzip
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np

from pipeline.text.characters import code_points
from pipeline.text.opencc_dictionaries import DUMPER, SHARE
from pipeline.text.other_languages import in_other_language
from pipeline.text.script import SIMPLIFIED, TRADITIONAL, converter, evidence, script_of
from pipeline.text.script_conversion import WHOLE, ScriptConversion, segment_modes
from pipeline.text.traditional_words import to_traditional

CORPORA = Path(__file__).resolve().parents[2] / "shared/data/corpora"
NAMES = {"default": "tw2s", "zh-Hant-HK": "hk2s"}
MAX_CHARS = 4_000_000
"""Of each corpus."""


def texts_of(path: Path) -> Iterator[tuple[str, str]]:
    """Label and text of each row; debian-docs and the poems are split by script."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        read = 0
        for line in lines:
            row = json.loads(line)
            name = path.name.partition(".")[0]
            if name == "debian-docs":
                name += " zh-tw" if "tw" in row["path"].lower() else " zh-cn"
            elif name == "chinese-poetry":
                name += {SIMPLIFIED: " Simplified", TRADITIONAL: " Traditional"}.get(
                    script_of(row["text"], "und") or "", " neither"
                )
            read += len(row["text"])
            if read > MAX_CHARS:
                return
            yield name, row["text"]


def by_label() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted(CORPORA.glob("*.jsonl.gz")):
        for name, text in texts_of(path):
            found.setdefault(name, []).append(text)
    return found


def taken_for_the_other(texts: list[str], own: str) -> tuple[int, int]:
    """Characters in segments that would be converted to `own`'s other script's form, and all characters."""
    other = TRADITIONAL if own == SIMPLIFIED else SIMPLIFIED
    wrong = 0
    for text in texts:
        points = code_points(text)
        wrong += int((segment_modes(text, points, evidence()[points], own, other) == WHOLE).sum())
    return wrong, sum(map(len, texts))


def changed(texts: list[str], convert: Callable[[str], str]) -> int:
    return sum(sum(a != b for a, b in zip(text, convert(text), strict=False)) for text in texts)


def stability(corpora: dict[str, list[str]]) -> None:
    to_simplified = ScriptConversion(SIMPLIFIED, NAMES, "s2tw")
    to_hant = ScriptConversion(TRADITIONAL, NAMES, "s2tw")
    print("per million characters of text that is in the target already")
    print(f"{'corpus':28} {'characters':>11} {'taken for other':>16} {'changed':>9} {'by OpenCC':>10}")
    for name, texts in corpora.items():
        traditional = name.endswith(("Traditional", "zh-tw"))
        if name.endswith("neither"):
            continue
        ours, peer = (to_hant, "s2t") if traditional else (to_simplified, "t2s")
        wrong, total = taken_for_the_other(texts, TRADITIONAL if traditional else SIMPLIFIED)
        rates = [
            wrong,
            changed(texts, lambda text, c=ours: c(text, "und")[0]),
            changed(texts, converter(peer).convert),
        ]
        print(
            f"{name:28} {total:11,} "
            + " ".join(f"{1e6 * rate / total:{w}.1f}" for rate, w in zip(rates, (16, 9, 10), strict=True))
        )


@cache
def single_characters(name: str) -> dict[str, list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "table"
        command = [str(DUMPER), "-i", str(SHARE / name), "-f", "ocd2", "-t", "text", "-o", str(out)]
        subprocess.run(command, check=True, capture_output=True)
        rows = [line.split("\t") for line in out.read_text(encoding="utf-8").splitlines() if line]
    return {row[0]: row[1].split() for row in rows}


@cache
def standard_form(character: str) -> str:
    form = str(converter("t2tw").convert(character))
    return {"臺": "台", "牀": "床"}.get(form, form)


def truth_lines(text: str) -> list[str]:
    """Lines that are Traditional alone."""
    kept = []
    for line in text.splitlines():
        points = code_points(line)
        found = evidence()[points]
        if (found < 0).any() and not (found > 0).any() and in_other_language(points) is None:
            kept.append(line)
    return kept


def conversions() -> dict[str, Callable[[str], str]]:
    found: dict[str, Callable[[str], str]] = {"ours": to_traditional("s2t"), "OpenCC": converter("s2t").convert}
    try:
        from zhconv_rs import zhconv  # type: ignore[import-not-found]
    except ImportError:
        print("zhconv-rs is not installed: it takes no part")
    else:
        found["zhconv-rs"] = lambda text: zhconv(text, "zh-hant")
    return found


def round_trip(sources: dict[str, str]) -> None:
    several = {key for key, forms in single_characters("STCharacters.ocd2").items() if len(forms) > 1}
    singles = {key: forms[0] for key, forms in single_characters("TSCharacters.ocd2").items()}
    to_simplified = str.maketrans({key: form for key, form in singles.items() if len(key) == len(form) == 1})
    peers = conversions()
    print("\nSimplified to Traditional: errors per 10,000 characters with several forms; MB/s")
    for name, text in sources.items():
        lines = truth_lines(text)
        truth = "\n".join(lines)
        simplified = truth.translate(to_simplified)
        places = np.array([character in several for character in simplified])
        told = []
        for peer, convert in peers.items():
            convert(simplified[:1000])
            begin = time.process_time()
            out = convert(simplified)
            speed = len(simplified.encode()) / 1e6 / (time.process_time() - begin)
            if len(out) != len(truth):
                told.append(f"{peer} changes the length")
                continue
            errors = sum(
                standard_form(truth[place]) != standard_form(out[place]) for place in np.flatnonzero(places).tolist()
            )
            told.append(f"{peer} {1e4 * errors / max(1, int(places.sum())):.1f} ({speed:.1f} MB/s)")
        print(f"  {name:24} {int(places.sum()):8,} characters: {', '.join(told)}")


def speed(corpora: dict[str, list[str]]) -> None:
    to_simplified = ScriptConversion(SIMPLIFIED, NAMES, "s2tw")
    print("\nto Simplified, MB/s: ours, OpenCC's t2s, ratio (medians of five)")
    for name in ("lctt", "chinese-poetry Traditional", "debian-docs zh-tw"):
        texts = corpora.get(name, [])[:2_000]
        size = sum(len(text.encode()) for text in texts) / 1e6
        rates = []
        for convert in (lambda text: to_simplified(text, "und")[0], converter("t2s").convert):
            times = []
            for _ in range(5):
                begin = time.process_time()
                for text in texts:
                    convert(text)
                times.append(time.process_time() - begin)
            rates.append(size / sorted(times)[2])
        print(f"  {name:28} {rates[0]:7.1f} {rates[1]:7.1f} {rates[0] / rates[1]:6.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="Traditional texts for the way there and back")
    files = parser.parse_args().files
    corpora = by_label() if CORPORA.is_dir() else {}
    if not corpora:
        print(f"no corpora in {CORPORA}: only the files are measured")
    stability(corpora)
    sources = {name: "\n".join(texts) for name, texts in corpora.items() if name.endswith(("Traditional", "zh-tw"))}
    round_trip(sources | {path.stem: path.read_text(encoding="utf-8") for path in files})
    if corpora:
        speed(corpora)


if __name__ == "__main__":
    main()
