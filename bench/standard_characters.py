"""Write STANDARD_IN_SIMPLIFIED of pipeline/text/script.py: `PYTHONPATH=. python bench/standard_characters.py FILE`.

FILE is Unihan_OtherMappings.txt of the Unicode Character Database (Debian's unicode-data has it); its kTGH is the
Table of General Standard Chinese Characters of 2013.
"""

import argparse
from pathlib import Path

from pipeline.text.script import STANDARD_IN_SIMPLIFIED, converter


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("unihan", type=Path, nargs="?")
    unihan = parser.parse_args().unihan
    if unihan is None:
        print("left out: it needs Unihan_OtherMappings.txt")
        return
    rows = (line.split("\t") for line in unihan.read_text(encoding="utf-8").splitlines())
    table = {chr(int(row[0][2:], 16)) for row in rows if len(row) == 3 and row[1] == "kTGH"}
    characters = sorted(character for character in table if converter("t2s").convert(character) != character)
    found = "".join(character for character in characters if "\u3400" <= character < "\ua000")
    print(f'STANDARD_IN_SIMPLIFIED = "{found}"')
    print("as committed" if set(found) == set(STANDARD_IN_SIMPLIFIED) else "not as committed")


if __name__ == "__main__":
    main()
