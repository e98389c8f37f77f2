"""The keys of OpenCC's dictionaries, read from the installed package."""

import subprocess
import tempfile
from functools import cache
from pathlib import Path

import opencc

SHARE = Path(opencc.__file__).parent / "clib" / "share" / "opencc"
DUMPER = Path(opencc.__file__).parent / "clib" / "bin" / "opencc_dict"


@cache
def dictionary_keys(name: str) -> tuple[str, ...]:
    """The keys of one of OpenCC's dictionaries (STPhrases.ocd2 …), sorted."""
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "keys.txt"
        command = [str(DUMPER), "-i", str(SHARE / name), "-f", "ocd2", "-t", "text", "-o", str(text)]
        subprocess.run(command, check=True, capture_output=True)
        lines = text.read_text(encoding="utf-8").splitlines()
    return tuple(sorted(line.partition("\t")[0] for line in lines if line))
