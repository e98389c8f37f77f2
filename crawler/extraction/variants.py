"""Which Chinese a text is in, as a BCP 47 tag: zh-Hans-CN, zh-Hant-TW, zh-Hant-HK, zh-Hans, zh-Hant or und.

The script is what the characters say where they say it clearly (templates often name the wrong language), else what
the page's lang attribute, host or encoding says. The region comes from the first of those three that fits the script.
"""

import re

_HANS = frozenset(
    "这们国说时对发经学现还进开从无长两间问战头产语话给东声员论义条题变电报结务场计资许统队马书则难权设记类张该规觉领传师观让识带导"
    "争运为过车见贝门风飞鱼鸟龙页红纪约级纯线练组细织终绍经继续维网罗职联脑脚脸节药虑视览钟钱铁银锁错键镜闭闲闻阅阳阴阵阶际随险隐"
)
_HANT = frozenset(
    "這們國說時對發經學現還進開從無長兩間問戰頭產語話給東聲員論義條題變電報結務場計資許統隊馬書則難權設記類張該規覺領傳師觀讓識帶導"
    "爭運為過車見貝門風飛魚鳥龍頁紅紀約級純線練組細織終紹經繼續維網羅職聯腦腳臉節藥慮視覽鐘錢鐵銀鎖錯鍵鏡閉閒聞閱陽陰陣階際隨險隱"
)
"""Pairs that exist in one script only; 后, 面, 里 and others that stand in both are left out."""
_HAN = re.compile("[\u4e00-\u9fff]")
_REGIONS = {
    "CN": "zh-Hans-CN",
    "SG": "zh-Hans-SG",
    "MY": "zh-Hans-MY",
    "TW": "zh-Hant-TW",
    "HK": "zh-Hant-HK",
    "MO": "zh-Hant-MO",
}
CLEAR = 0.85
"""Share of one script among the characters that exist in one only."""
ENOUGH = 3
"""Fewer of them decide nothing."""
SAMPLE_CHARS = 20_000


def variant_of(text: str, lang: str | None, codec: str, host: str) -> str:
    """The tag for a text, its page's lang attribute, the codec that it was read with and its host."""
    sample = text[:SAMPLE_CHARS]
    hans, hant = sum(c in _HANS for c in sample), sum(c in _HANT for c in sample)
    if not hans + hant and not _HAN.search(sample):
        return "und"
    hints = [tag for tag in (_by_lang(lang), _by_host(host), _by_codec(codec)) if tag]
    script = _clear_script(hans, hant) or (hints[0][:7] if hints else None)
    if script is None:
        return "zh-Hans" if hans > hant else "zh-Hant" if hant > hans else "und"
    return next((tag for tag in sorted(hints, key=len, reverse=True) if tag.startswith(script)), script)


def _clear_script(hans: int, hant: int) -> str | None:
    total = hans + hant
    if total < ENOUGH:
        return None
    if hans >= CLEAR * total:
        return "zh-Hans"
    return "zh-Hant" if hant >= CLEAR * total else None


def _by_lang(lang: str | None) -> str | None:
    parts = (lang or "").replace("_", "-").split("-")
    if parts[0].lower() not in ("zh", "cmn", "chi", "yue"):
        return None
    for part in parts[1:]:
        if part.upper() in _REGIONS:
            return _REGIONS[part.upper()]
    scripts = {part.lower() for part in parts[1:]}
    if scripts & {"hans", "chs"}:
        return "zh-Hans"
    return "zh-Hant" if scripts & {"hant", "cht"} else None


def _by_codec(codec: str) -> str | None:
    return {"gb18030": "zh-Hans-CN", "hz": "zh-Hans-CN", "big5hkscs": "zh-Hant-TW"}.get(codec)


def _by_host(host: str) -> str | None:
    return _REGIONS.get(host.rpartition(".")[2].upper())
