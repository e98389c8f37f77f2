"""Tables of characters that stand for others: radicals, private use, compatibility, small and half-width forms.

Derived from Python's Unicode data and codecs where these know the answer. No value is itself a key of any table, so
that a second clean-up finds nothing to do.
"""

import unicodedata
from functools import cache
from itertools import chain

SMALL_AND_VERTICAL = dict(
    zip(
        "﹐﹑﹒﹔﹕﹖﹗﹘﹙﹚﹛﹜﹝﹞﹟﹠﹡﹢﹣﹤﹥﹦﹨﹩﹪﹫︐︑︒︓︔︕︖︰︱",
        "，、．；：？！—（）｛｝〔〕＃＆＊＋－＜＞＝＼＄%＠，、。：；！？：｜",
        strict=True,
    )
)
"""Small forms of CNS 11643 and Big5 and those of vertical text, which stand in horizontal text for the usual ones."""
VERTICAL_BRACKETS = dict(
    zip("︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄︗︘﹇﹈", "（）｛｝〔〕【】《》〈〉「」『』〖〗［］", strict=True)
)
"""The same of brackets; faces (╯︿╰, ﹁_﹁) are made of them too: only pairs around words are brackets."""
RADICALS = {
    # Kangxi radicals: their compatibility decomposition is the ideograph.
    **{chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)},
    # CJK Radicals Supplement by Unicode's EquivalentUnifiedIdeograph; ⺀ has no ideograph.
    **dict(
        zip(
            "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺"
            "⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
            "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑𫜹忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀"
            "聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
            strict=True,
        )
    ),
}
"""Radical symbols to the ideographs that they stand for in broken text."""
COMPATIBILITY_IDEOGRAPHS = {
    chr(code): unicodedata.normalize("NFC", chr(code))
    for code in chain(range(0xF900, 0xFB00), range(0x2F800, 0x2FA20))
    if unicodedata.decomposition(chr(code))
}
"""Ideographs encoded a second time for the round trip to other sets; the twelve that are not (﨎 …) stay."""
_KANA = "ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ"
HALF_WIDTH_KATAKANA = {
    **{kana: unicodedata.normalize("NFKC", kana) for kana in _KANA},
    **{
        kana + mark: composed
        for kana in _KANA
        for mark in "ﾞﾟ"
        if len(composed := unicodedata.normalize("NFKC", kana + mark)) == 1
    },
}
HALF_WIDTH_PUNCTUATION = dict(zip("｡｢｣､･", "。「」、・", strict=True))

_GB_2005 = dict(
    zip(
        "\ue7c7\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864"
        "\ue816\ue817\ue818\ue831\ue83b\ue855"
        "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796",
        "\u1e3f\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb"
        "\U00020087\U00020089\U000200cc\U000215d7\U0002298f\U000241fe"
        "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19",
        strict=True,
    )
)
"""Private-use code points of GB 18030-2000 (and of Python's codec) to what GB 18030-2005 and -2022 give them."""
_GBK_CELLS = ((0xE76C, 0xA2E3, 1), (0xE7C8, 0xA8BF, 1), (0xE7E7, 0xA989, 13), (0xE815, 0xFE50, 80))
"""First private-use code point of older mappings of GBK, first cell, cells in a row."""
_HKSCS_CELLS = ((0xE000, 0xFA, 0xFE), (0xE311, 0x8E, 0xA0), (0xEEB8, 0x81, 0x8D), (0xF6B1, 0xC6, 0xC8))
"""First private-use code point of HKSCS's mapping for Big5, first and last lead byte."""
GB_OWN = frozenset(map(chr, (0xE5E5, *range(0xE766, 0xE865))))
"""Private-use code points that GB 18030 itself uses."""


def _gbk() -> dict[str, str]:
    table = {"\ue5e5": "\u3000"}  # its A3A0, which pages use as the ideographic space (WHATWG reads it so)
    for code, cell, count in _GBK_CELLS:
        trails = [trail for trail in range(cell & 0xFF, 0xFF) if trail != 0x7F][:count]
        for number, trail in enumerate(trails):
            character = bytes((cell >> 8, trail)).decode("gb18030")
            if unicodedata.category(character) != "Co":
                table[chr(code + number)] = RADICALS.get(character, character)
    return table


PRIVATE_USE = {**_gbk(), **{code: SMALL_AND_VERTICAL.get(form, form) for code, form in _GB_2005.items()}}
for _code, _form in list(PRIVATE_USE.items()):
    PRIVATE_USE[_code] = VERTICAL_BRACKETS.get(_form, _form)
"""Private-use code points of GBK and GB 18030 to the characters that the standard has for them now."""


@cache
def hkscs() -> dict[str, str]:
    """Private-use code points of the Hong Kong Supplementary Character Set of 1999 to its characters in Unicode.

    Icon fonts and users of GBK use the same code points: only Traditional text among ideographs may mean these.
    """
    table = {}
    for first, low, high in _HKSCS_CELLS:
        code = first
        for lead in range(low, high + 1):
            for trail in chain(range(0x40, 0x7F), range(0xA1, 0xFF)):
                if first == 0xF6B1 and lead == 0xC6 and trail < 0xA1:
                    continue
                character = bytes((lead, trail)).decode("big5hkscs", "replace")
                if len(character) == 1 and character > "\x7f":
                    character = RADICALS.get(character, character)
                    table[chr(code)] = COMPATIBILITY_IDEOGRAPHS.get(character, character)
                code += 1
    return table


BULLETS = dict(
    zip(
        "\uf06c\uf06e\uf06f\uf075\uf076\uf09f\uf0a7\uf0a8\uf0b2\uf0b7\uf0d8\uf0e0\uf0e8\uf0fc\uf0fe",
        "●■□◆❖•▪◻◇•➢→➔✓☑",
        strict=True,
    )
)
"""Word's bullets, of the fonts Symbol and Wingdings, to the signs that they show at a line's beginning."""
SYMBOL_SIGNS = dict(zip("\uf0a3\uf0b0\uf0b1\uf0b3\uf0b4\uf0b8\uf0b9\uf0bb\uf02d\uf03d", "≤°±≥×÷≠≈−=", strict=True))
"""Signs of the font Symbol, beside a digit."""
