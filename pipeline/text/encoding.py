"""Bytes of a page to text: the encoding that the bytes bear out, whatever header and meta element say.

In order: byte order mark, zero bytes of UTF-16, strict UTF-8, then what header, meta element and detector name. A
decoding without an error proves little: most Big5 text is valid GBK and gives nonsense. So a candidate must also give
characters that its language uses often; the declared one wins where it does, else the best of all. Few bad bytes and
a cut last character are tolerated and counted.
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from dataclasses import dataclass

from resiliparse.parse.encoding import detect_encoding

_BOMS = (
    (BOM_UTF8, "utf-8"),
    (BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (BOM_UTF32_BE, "utf-32-be"),
    (BOM_UTF16_LE, "utf-16-le"),
    (BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_LABELS = {
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 x-unicode20utf8 utf-16 utf-16le utf-16be unicode",
    "gb18030": "gb2312 gbk gb18030 gb_2312-80 gb2312-80 gb_2312 gb-2312 x-gbk cp936 ms936 chinese csgb2312"
    " gb18030-2000 euc-cn x-euc-cn iso-ir-58 zh-cn gb",
    "big5hkscs": "big5 big5-hkscs big5hkscs big-5 cn-big5 csbig5 x-x-big5 cp950 ms950 big5-tw big5-eten zh-tw",
    "hz": "hz-gb-2312 hz hz-gb",
    "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji windows-31j csshiftjis cp932",
    "euc_jp": "euc-jp x-euc-jp cseucpkdfmtjapanese eucjp",
    "cp949": "euc-kr ks_c_5601-1987 ks_c_5601-1989 korean ksc5601 ksc_5601 windows-949 cseuckr uhc cp949",
    "cp1252": "iso-8859-1 iso8859-1 latin1 latin-1 l1 windows-1252 cp1252 ascii us-ascii ansi iso-8859-15",
}
"""Codec -> the names that pages give it. UTF-16 in a meta element that ASCII could read is UTF-8 (WHATWG)."""
_CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
META_BYTES = 4096
"""The standard looks at 1,024; Chinese portals put long comments before it."""
SAMPLE_BYTES = 16_384
SAMPLE_CHARS = 6_000
"""Characters outside ASCII by which a decoding is judged."""
PLAUSIBLE = 0.3
"""Share of frequent characters: Chinese text has .5 to .7, GBK read as Big5 or the other way below .1."""
NONSENSE = 0.02
"""Below this share the best decoding is none."""
ENOUGH = 20
"""With fewer characters than this a share says little: then all candidates are compared."""
BAD_SHARE = 0.02
"""UTF-8 with fewer bad sequences than this, of all its sequences, is UTF-8."""

_FREQUENT_HAN = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方"
    "多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情"
    "明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给"
    "世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活更别打女变四神总何电数安少报才结反受目太量"
    "再感建务做接必场件计管期市直资命山金指许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式"
    "色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运网页登录注册帖吧谢楼主回复版权"
    "這個們來為國說時會對過發後裡種經麼學現當沒動還進樣開從實軍無與長機業將兩間問並應戰頭體見產語話處給東聲員論義幾條氣題"
    "別變電數報結務場計資許統區隊決馬書則聽達強難權設記類據邊張該規萬覺術領確傳師觀讓識帶導爭運點關樓覆謝網頁錄於著"
    "，。、：；！？“”《》（）「」『』【】·…—　"
)
_FREQUENT_KANA = frozenset(map(chr, range(0x3041, 0x30FD)))
_FREQUENT_HANGUL = frozenset(
    "이다는을가의에고지하를은로서한기도사리아인대자시어나라있그것들니스정보해게수일부장전상제요"
)
_FREQUENT = {
    "gb18030": _FREQUENT_HAN,
    "big5hkscs": _FREQUENT_HAN,
    "hz": _FREQUENT_HAN,
    "utf-8": _FREQUENT_HAN | _FREQUENT_KANA | _FREQUENT_HANGUL,
    "cp932": _FREQUENT_HAN | _FREQUENT_KANA,
    "euc_jp": _FREQUENT_HAN | _FREQUENT_KANA,
    "cp949": _FREQUENT_HANGUL | _FREQUENT_HAN,
}
_DENIED = re.compile("[\x80-\x9f\ue000-\uf8ff\ufffd]")
"""C1 controls, private use, replaced: signs of a wrong decoding."""
_TWO_BYTES = frozenset(("gb18030", "big5hkscs"))
_SHIFTED = dict.fromkeys(_TWO_BYTES, re.compile(rb"(?:[\x81-\xfe][\x40-\x7e\x80-\xfe]|[\x80-\xff])+"))
"""A run of characters of two bytes, as far as bad ones do not break it."""
MENDED_BYTES = 1 << 22
_LONE = re.compile(r"(?<![^\x00-\x7f])[\xc0-\xff](?![^\x00-\x7f])")
"""A letter with an accent between ASCII: Latin text. Chinese bytes come in runs."""
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_REPLACEMENT = {"utf-8": b"\xef\xbf\xbd", "gb18030": b"\x84\x31\xa4\x37"}
"""U+FFFD that stood in the page already."""


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    used: str
    """Python's name of the codec: utf-8, gb18030, big5hkscs …"""
    declared: str | None
    """What header, else meta element, else XML declaration named, in lower case."""
    replaced: int
    """Places where bytes were no text and U+FFFD stands now."""

    @property
    def declared_wrong(self) -> bool:
        """Whether the page named an encoding that it is not in."""
        return self.declared is not None and _CODECS.get(self.declared) != self.used


def decode(body: bytes, content_type: str | None) -> Decoded:
    """The page's text; never fails: what is no text in any encoding comes out full of U+FFFD, and counted."""
    names = _declared(body, content_type)
    text, used, replaced = _read(body, [_CODECS[name] for name in names if name in _CODECS])
    return Decoded(text, used, names[0] if names else None, replaced)


def _read(body: bytes, codecs: list[str]) -> tuple[str, str, int]:
    """Text, codec and replaced places, given the declared codecs."""
    body, read = _by_mark(body)
    if read is not None:
        return read
    wide = _utf16(body)
    if wide is not None:
        return _with_codec(body, wide)
    if b"~{" in body and ("hz" in codecs or _is_hz(body)):
        return _with_codec(body, "hz")
    return _by_validity(body, codecs)


def _by_validity(body: bytes, codecs: list[str]) -> tuple[str, str, int]:
    """UTF-8 where the bytes are that, but for a few; else by what characters the codecs give."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return _with_codec(body, "utf-8") if _is_utf8_with_faults(body, error.start) else _chosen(body, codecs)
    # 联通 in GBK is valid UTF-8: where so few characters speak, what is declared is compared as well.
    if codecs and codecs[0] != "utf-8" and 0 < len(body) - len(text) < ENOUGH:
        return _best(body, [*codecs, "utf-8"])
    return text, "utf-8", 0


def _by_mark(body: bytes) -> tuple[bytes, tuple[str, str, int] | None]:
    """The bytes behind a byte order mark, and what they read as; None where there is no mark, or where it is that of
    a template around text in another encoding."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            body = body[len(mark) :]
            text, replaced = _tolerant(body, codec)
            return body, (text, codec, replaced) if replaced <= max(1, BAD_SHARE * len(text)) else None
    return body, None


def charset(content_type: str | None) -> str | None:
    """The charset of a Content-Type header, in lower case."""
    found = _CHARSET.search(content_type or "")
    return found.group(1).lower() if found else None


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """Names from header, meta element and XML declaration, in this order."""
    head = body[:META_BYTES]
    names = [charset(content_type)]
    for pattern in (_META, _XML):
        found = pattern.search(head)
        names.append(found.group(1).decode("ascii", "replace").lower() if found else None)
    return [name for name in dict.fromkeys(names) if name]


def _utf16(body: bytes) -> str | None:
    """UTF-16 without a mark: ASCII in it has a zero in every other byte."""
    sample = body[:1024]
    if len(sample) < 4 or sample.count(0) <= len(sample) // 64:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else None


def _is_hz(body: bytes) -> bool:
    """ASCII with ~{…~} around what reads as Chinese; ~{ alone stands in programs too."""
    if not body.isascii() or b"~}" not in body:
        return False
    text, replaced = _tolerant(body, "hz")
    score, evidence = _score(text, "hz")
    return not replaced and score >= PLAUSIBLE and evidence >= ENOUGH


def _tolerant(body: bytes, codec: str) -> tuple[str, int]:
    """Text and number of replaced places."""
    try:
        return body.decode(codec), 0
    except UnicodeDecodeError:
        if codec in _TWO_BYTES and len(body) <= MENDED_BYTES:
            body = _SHIFTED[codec].sub(lambda found: _mended(found.group(), codec), body)
        text = body.decode(codec, "replace")
    own = body.count(_REPLACEMENT[codec]) if codec in _REPLACEMENT else 0
    return text, max(1, text.count("\ufffd") - own)


def _with_codec(body: bytes, codec: str) -> tuple[str, str, int]:
    text, replaced = _tolerant(body, codec)
    return text, codec, replaced


def _mended(run: bytes, codec: str) -> bytes:
    """A run of two-byte characters without the byte that shifts all that follow it, if there is one.

    The characters before it read well from the run's start, those after it from one byte later.
    """
    try:
        run.decode(codec)
        return run
    except UnicodeDecodeError:
        pass
    here = _worth(run, codec)
    later = _worth(run[1:], codec)
    score = best = sum(later)
    place = 0
    for number, (before, after) in enumerate(zip(here, [*later, 0], strict=False), start=1):
        score += before - after
        if score >= best:
            best, place = score, number
    if best <= sum(here) + 3:  # a bad byte in it, but nothing is shifted
        return run
    return run[: 2 * place] + b"\xff" + run[2 * place + 1 :]


def _worth(run: bytes, codec: str) -> list[int]:
    """Of each two bytes: 3 for a frequent character, 1 for another, 0 for none."""
    pairs = (run[at : at + 2].decode(codec, "replace") for at in range(0, len(run) - 1, 2))
    return [3 if pair in _FREQUENT[codec] else int("\ufffd" not in pair) for pair in pairs]


def _is_utf8_with_faults(body: bytes, fault: int) -> bool:
    if fault >= len(body) - 3:  # only the last character is cut
        return True
    text = body[fault : fault + SAMPLE_BYTES].decode("utf-8", "replace")
    bad = text.count("\ufffd")
    beyond = sum(map(len, _BEYOND_ASCII.findall(text))) + len(_BEYOND_ASCII.findall(body[:fault].decode("utf-8")))
    return bad <= max(1, BAD_SHARE * beyond) and beyond > bad


def _chosen(body: bytes, codecs: list[str]) -> tuple[str, str, int]:
    """The first declared codec that gives plausible text, else the best of all."""
    for codec in dict.fromkeys(codecs):
        text, replaced = _tolerant(body, codec)
        score, evidence = _score(text, codec)
        if score >= PLAUSIBLE and evidence >= ENOUGH:
            return text, codec, replaced
    detected = _CODECS.get((detect_encoding(body) or "").lower())
    candidates = [*codecs, *([detected] if detected else []), "gb18030", "big5hkscs", "utf-8", "cp1252"]
    text, best, replaced = _best(body, candidates)
    if _score(text, best)[0] < PLAUSIBLE:  # Japanese or Korean, of which nothing was told
        return _best(body, [*candidates, "euc_jp", "cp932", "cp949"])
    return text, best, replaced


def _best(body: bytes, codecs: list[str]) -> tuple[str, str, int]:
    """The codec of highest score, the earlier one of equals. Its text alone is mended where it reads well without."""
    scores = {codec: _score(body.decode(codec, "replace"), codec) for codec in codecs}
    best = max(scores, key=lambda codec: scores[codec][0])
    tried = {codec: _tolerant(body, codec) for codec in (codecs if scores[best][0] < PLAUSIBLE else [best])}
    scores |= {codec: _score(text, codec) for codec, (text, _) in tried.items()}
    best = max(tried, key=lambda codec: scores[codec][0])
    if scores[best][0] < NONSENSE and scores[best][1] >= ENOUGH:
        best = "utf-8"  # no text in any encoding: every bad byte is counted
        tried[best] = _tolerant(body, best)
    return tried[best][0], best, tried[best][1]


def _score(text: str, codec: str) -> tuple[float, int]:
    """How much like its language a decoding reads, at most 1, and the characters that it was judged by."""
    if codec == "cp1252":
        return _latin_score(text)
    beyond = _sample(text)
    if not beyond:
        return 0.0, 0
    frequent = _FREQUENT[codec]
    good = sum(map(frequent.__contains__, beyond))
    return (good - 3 * len(_DENIED.findall(beyond))) / len(beyond), len(beyond)


def _latin_score(text: str) -> tuple[float, int]:
    beyond = _sample(text)
    if not beyond:
        return 0.0, 0
    lone = len(_LONE.findall(text))
    return min(1.0, lone / len(beyond)) - 3 * len(_DENIED.findall(beyond)) / len(beyond), len(beyond)


def _sample(text: str) -> str:
    """The first characters outside ASCII."""
    runs, length = [], 0
    for found in _BEYOND_ASCII.finditer(text):
        runs.append(found.group())
        length += len(runs[-1])
        if length >= SAMPLE_CHARS:
            break
    return "".join(runs)
