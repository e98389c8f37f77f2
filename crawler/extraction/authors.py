"""Find who wrote a text: the byline's 作者：, 文/ or 本报记者, else what the page tells machines, else the editor.

Names are personal data: they are looked for only where `extract.authors` asks for them, and never become text.
"""

import re
from collections.abc import Iterator

from crawler.extraction.structured import StructuredData
from crawler.extraction.text_position import TextPosition
from crawler.html.render import Block
from pipeline.text.characters import UNIFIED

_STOP = (
    r"(?=\s*(?:来源|來源|责任编辑|責任編輯|责编|責編|编辑|編輯|时间|時間|出处|出處|出自|点击|點擊|浏览|瀏覽|阅读|閱讀|日期|发布|發布|发表|發表"
    r"|发于|摄影|攝影|图[:：/／]|校对|审核|栏目|分类|评论|評論|选稿|字号|人气|访问|收藏|发自|报道|報導|返回|关注|我来说|分享"
    r"|\d{4}|[|｜丨【】\[\]（）()<>《。，：]|$))"
)
_NAMES = r"\s*(?P<names>[^\d|｜丨【】\[\]（）()<>《。，：:]{2,40}?)" + _STOP
_WRITER = re.compile(
    r"(?:作\s*者|撰\s*文|撰\s*稿|采\s*写|执\s*笔|發布者|发布者|发帖人|楼主|\b[Aa]uthor|\b[Bb]y)(?:/\w{2})?\s*[:：/／丨|｜]"
    + _NAMES
)
_PENNED = re.compile(
    r"(?:^|[【（(\s])文\s*字?\s*[:：/／丨|｜]\s*(?:\w{2,12}(?:记者|記者|评论員|评论员|作者|撰稿人)\s*)?" + _NAMES
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁"
    "杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程"
    "嵇邢滑裴陆荣翁荀羊惠甄曲家封芮储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司"
    "韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍却璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄"
    "晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋"
    "沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公肖代闫付涂岳覃佟苑仝芦丛鹿冼佘楚谌粟隋幺栗凡麦仵褟邸邝禤"
    "趙錢孫吳鄭馮陳衛蔣韓楊許呂張嚴華謝鄒蘇馬鳳魯韋費賀湯滕羅畢鄔樂時齊顧黃蕭紀項閔賈婁顏鐘鍾駱萬盧應鄧單龔陸榮甯劉葉龍黎懷譚聞"
    "溫莊閻連習東歐師鞏聶關查蓋閆塗樓團"
)
_PERSON = re.compile(
    rf"(?:(?:欧阳|司马|上官|诸葛|皇甫|令狐|慕容|司徒|歐陽|諸葛)\w{{1,2}}|[{_SURNAMES}][{UNIFIED}]{{1,3}}|\w{{1,6}}·\w{{1,8}})$"
)
_REPORTER = re.compile(
    r"^\W*(?:\w[\w·]{1,14}?\s*)?(?:(?:记者|記者|通讯员|实习生|(?<=》)作者|^作者)\s*[:：/／]?)\s*(?P<names>[\w·、\s]{2,30}?)"
    r"(?:\s*[/／]?\s*(?:文|摄|摄影|\w{0,4}报道|\w{0,4}報導|发自\w+|文/图|文/摄)\W*|\W*|\s+(?:通讯员|来源|來源).*)$"
)
_BARE_WRITER = re.compile(
    rf"(?:^|[|｜》\s])作者\s*(?P<names>[{UNIFIED}]{{2,4}}(?:\s[{UNIFIED}]{{2,4}}){{0,3}})\s*(?:[|｜]|$)"
)
_IN_LEAD = re.compile(rf"[（(](?:[\w、]{{2,12}})?(?:记者|記者)\s*[:：]?\s*(?P<names>[{UNIFIED}·、\s]{{2,30}})[)）]")
_EDITOR = re.compile(r"(?:(?:责任编辑|責任編輯|责编|責編)\s*[:：丨|｜]?|(?:编辑|編輯)\s*[:：丨|｜])" + _NAMES)
_CREDIT = re.compile(
    r"^\W*(?:(?:本文|文章)\s*(?:来源|來源)\s*[:：|｜].*"
    r"|(?:文|图文|編輯|编辑|采写|撰文|撰稿|执笔|作者|校对|排版|整合|责编|责任编辑)\s*[:：/／丨|｜][^，。！？]{1,60})$"
)
_TIMED = re.compile(r"^\W*(?:19|20)\d\d\s*[-/年]\s*\d{1,2}\s*[-/月]\s*\d{1,2}\s*日?\s*\d{1,2}:\d{2}(:\d{2})?\W*$")
_NOBODY = re.compile(
    r"^(?:未知|佚名|匿名|网络|网友|本站\w*|原创|转载|网络整理|综合|编辑|記者|记者|通讯员|admin\w*|administrator|root|系统管理员|管理员|小编"
    r"|name|email|null|none|undefined|unknown|wordpress|sina_mobile|size.*"
    r"|点击\w*|文|图|摄|L?_?\d+|简介|信息|介绍|名片|最新|其他|关注|专栏|转载)$",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"[@/\\]|\.(?:com|cn|net|org)\b|Team|Inc\b|(?:网|社区|论坛|频道|在线|网络|编辑部|门户|公司|集团|委员会)$",
    re.IGNORECASE,
)
_MARK = re.compile(r"[\s_]*[A-Z]{1,3}_?\d{2,}$|_.*$")
_ROLE = re.compile(
    r"^(?:本报|新华社|见习|实习|特约|全媒体)*(?:记者|記者|通讯员|作者|编辑)+|(?:记者|報導|报道|摄影|摄|/文|/图)$"
)
_DESK = re.compile(r"^\w{0,10}?(?:记者|記者|评论员|通讯员)")
_BETWEEN = re.compile(r"[\s、,，;；/／　\xa0]+")
MAX_NAME_CHARS = 16
MAX_NAMES = 8
LINE_CHARS = 100
FIRST_LINES, LAST_LINES = 6, 4
"""Where credits stand in a text; elsewhere such lines belong to it, as in a collection of articles."""
CREDIT_CHARS = 64
LEAD_LINES = 4
NEAR_LINES = 16
"""How far from the text's start and end names are looked for."""


def author_of(facts: StructuredData, title_tag: str, position: TextPosition) -> str | None:
    """Names as the page gives them, several with 、 between them; None if nobody is named."""
    lines = [text for text in _near(position) if len(text) <= LINE_CHARS]
    return _in_byline(lines, position) or _told(facts.author or "", title_tag) or _editor(lines)


def _in_byline(lines: list[str], position: TextPosition) -> str | None:
    """The surest wording first, wherever it stands."""
    lead = [block.text[:LINE_CHARS] for block in position.lines[position.start : position.start + LEAD_LINES]]
    short = [text for text in lines if len(text) <= LINE_CHARS // 2]
    for form, texts, persons in (
        (_WRITER, lines, False),
        (_PENNED, lines, False),
        (_BARE_WRITER, lines, True),
        (_REPORTER, short, True),
        (_IN_LEAD, lead, False),
    ):
        for text in texts:
            found = form.search(text)
            names = _cleaned(found["names"], persons) if found else None
            if names:
                return names
    return None


def _told(author: str, title_tag: str) -> str | None:
    """What the page tells machines, unless it is the site's name."""
    told = _cleaned(author)
    return told if told and not _SITE.search(told) and told not in title_tag else None


def _editor(lines: list[str]) -> str | None:
    """责任编辑：, the last one."""
    for text in reversed(lines):
        found = _EDITOR.search(text)
        if found and (names := _cleaned(found["names"])):
            return names
    return None


def without_credits(lines: list[Block]) -> list[Block]:
    """The text without lines among its first and last ones that hold names and sources and nothing else."""
    last = len(lines) - LAST_LINES
    return [
        line for place, line in enumerate(lines) if not ((place < FIRST_LINES or place >= last) and _is_credit(line))
    ]


def _is_credit(line: Block) -> bool:
    text = line.text
    if len(text) > CREDIT_CHARS or text.endswith(("。", "？", "！", "?", "!")):  # 记者：那后来呢？
        return False
    if _CREDIT.match(text) or _TIMED.match(text):
        return True
    found = _REPORTER.match(text) or _BARE_WRITER.match(text)
    return found is not None and _cleaned(found["names"], persons=True) is not None


def _near(position: TextPosition) -> Iterator[str]:
    start, end, lines = position.start, position.end, position.lines
    if start == len(lines):
        return
    inside = min(start + NEAR_LINES, end)
    for number in (
        *range(start - 1, max(-1, start - NEAR_LINES), -1),
        *range(start, inside),
        *range(max(inside, end - 4), min(end + NEAR_LINES, len(lines))),
    ):
        yield lines[number].text


def _cleaned(said: str, persons: bool = False) -> str | None:
    """Names without roles and desk numbers; 方 敏 is one name. `persons` wants surnames, as in running text."""
    names: list[str] = []
    for part in _BETWEEN.split(said.strip()):
        if _DESK.fullmatch(part):  # 南方日报见习记者 林松下
            continue
        name = _ROLE.sub("", _DESK.sub("", _MARK.sub("", part))).strip("-—·.:：丨|*\"' ")
        if not name or _NOBODY.match(name):
            continue
        names[-1:] = _joined(names[-1], name) if names else [name]
    if len(names) > MAX_NAMES or not all(_may_be_name(name, persons) for name in names):
        return None
    return "、".join(names) or None


def _joined(before: str, name: str) -> list[str]:
    """The two as one where they are characters of a Chinese name or words of a Latin one."""
    if len(name) == len(before) == 1:
        return [before + name]
    return [f"{before} {name}"] if name.isascii() and before.isascii() else [before, name]


def _may_be_name(name: str, persons: bool) -> bool:
    return 1 < len(name) <= MAX_NAME_CHARS and not (persons and not _PERSON.match(name))
