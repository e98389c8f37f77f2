"""Tables of stand-ins: complete, and no value is mapped again."""

import unicodedata

from pipeline.text.characters import FULL_WIDTH
from pipeline.text.stand_ins import (
    COMPATIBILITY_IDEOGRAPHS,
    HALF_WIDTH_KATAKANA,
    PRIVATE_USE,
    RADICALS,
    SMALL_AND_VERTICAL,
    VERTICAL_BRACKETS,
    hkscs,
)

TABLES = [FULL_WIDTH, RADICALS, PRIVATE_USE, COMPATIBILITY_IDEOGRAPHS, SMALL_AND_VERTICAL, VERTICAL_BRACKETS, hkscs()]


def test_no_value_of_a_table_is_a_key_of_one():
    keys = set().union(*TABLES)
    assert [value for table in TABLES for value in table.values() if value in keys] == []
    assert all(len(value) == 1 for table in TABLES for value in table.values())


def test_every_radical_but_the_one_without_an_ideograph_is_mapped():
    radicals = {
        chr(code) for code in (*range(0x2E80, 0x2EF4), *range(0x2F00, 0x2FD6)) if unicodedata.name(chr(code), "")
    }
    assert radicals - RADICALS.keys() == {"⺀"}


def test_the_codecs_still_leave_to_private_use_what_the_tables_name():
    assert b"\xa3\xa0".decode("gb18030") == "\ue5e5"
    assert [b.decode("gb18030") for b in (b"\xa8\xbc", b"\xfe\x51")] == ["\ue7c7", "\ue816"]
    assert (PRIVATE_USE["\ue863"], PRIVATE_USE["\ue81a"], hkscs()["\ue000"]) == ("䶮", "㑳", "𠕇")


def test_half_width_katakana_with_their_voicing_marks():
    assert HALF_WIDTH_KATAKANA["ｶﾞ"] == "ガ"
    assert all("\u30a1" <= kana <= "\u30fc" for kana in HALF_WIDTH_KATAKANA.values())
