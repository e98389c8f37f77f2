"""Tell what surrounds a text on Chinese pages by names of elements and wordings of lines, and cut it off."""

import re

from crawler.html.class_names import naming
from crawler.html.render import Block, Element

_NAME = naming(
    r"comments?|commentlist|respond|reply-?list|related|recommend\w*|share\w*|bdshare\w*|social"
    r"|side-?bar|sider|side"
    r"|foot|footer|bottom-?bar|nav|navbar|navigation|menu|bread-?crumbs?|crumbs?|copy-?right|tags?|tag-?list"
    r"|post-?tags|tool-?bar"
    r"|video-?player|mplayer|player-?(controls?|container|bottom)"
    r"|toc|pagination|pager|page-?nav|post-?nav\w*|prev-?next"
    r"|pre-?next|login|search|ads?|adv|advert\w*|banner"
    r"|sponsor|hot-?\w*"
    r"|rank\w*|relate\w*|link-?list|friend-?link\w*|qr-?code|ewm|weixin|disclaimer|statement|report|feedback"
    r"|vote|digg|zan|reward"
    r"|donate|author-?info|author-?card|more-?news|guess|sitemap|top-?bar|header-?nav|popup|modal|dialog"
    r"|cookie|notice"
)
_COMMENTS = naming(r"comments?|comment-?(list|area|box)|respond|pinglun|replies")
_LINE = re.compile(
    r"^(本文来源[:：]|上一[篇页頁章条条节]|下一[篇页頁章条节]|前一篇|后一篇|分享到|分享至|相关(阅读|文章|新闻|链接|报道|推荐"
    r"|主题|专题)|相關(閱讀|文章|新聞|連結|報導)"
    r"|延伸阅读|延伸閱讀|推荐阅读|推薦閱讀|热门(文章|推荐)|猜你喜欢|版权(声明|所有)|版權(聲明|所有)|免责声明"
    r"|免責聲明|责任编辑|責任編輯|编辑[:：]"
    r"|来源[:：]|來源[:：]|作者[:：]|发布(时间|日期|于)|發布(時間|日期|於)|发表于|發表於|更新(时间|日期)"
    r"|时间[:：]|日期[:：]|浏览|阅读(次数|量|数)?[:：(（]|點擊|点击(数|次数|率)?[:：]"
    r"|标签[:：]|標籤[:：]|关键[词字][:：]|关键字|打印|【?打印|字号|字體|字体|\[?关闭|收藏|返回(顶部|首页|列表"
    r"|目录)|当前位置|您(现在)?的?位置|您所在的位置|首页\s*[>›»]"
    r"|我要(评论|纠错|举报)|发表评论|發表評論|网友评论|用户评论|已有\d+人|共有?\d+条评论|扫一扫|扫码"
    r"|微信(公众号|扫码|关注)|关注我们|长按|原标题[:：]|【?责编|\(?责任编辑"
    r"|ICP备|Copyright|All [Rr]ights [Rr]eserved|©|Powered by|本文(地址|链接|网址)|转载请(注明|保留)|欢迎转载"
    r"|未经(授权|许可)|阅读全文|查看全文|网站地图|联系我们)"
)
_TAIL = re.compile(
    r"^(更多\s*[>»]|专题$|上一[篇页頁章]|下一[篇页頁章]|前一篇|后一篇|分享到|分享至|相关(阅读|文章|新闻|链接"
    r"|报道|推荐|专题)"
    r"|相關(閱讀|文章|新聞|連結|報導)|延伸阅读|延伸閱讀|推荐阅读|推薦閱讀"
    r"|热门(文章|推荐)|猜你喜欢|网友评论|用户评论|发表评论|發表評論|版权声明[:：]|免责声明|[\[(（【]?责任编辑"
    r"|[\[(（【]?責任編輯|[\[(（【]?责编|您可能也?感兴趣|更多精彩)"
)
"""What follows one of these, near the end, is no text."""
_END = re.compile(
    r"^\W*([责責][任]?[编編][辑輯]?\s*[:：]\s*\S{1,12}\W*$"
    r"|((相关|相關|延伸|推荐|推薦|精彩|热门|熱門|更多|为[你您]|猜[你您])(阅读|閱讀|新闻|新聞|文章|推荐|推薦|报道|報導|资讯|喜欢|评论)"
    r"|(全部|网友|用户|精彩|热门|最新)评论|文章评论|發表評論|发表评论|标签云|隨機文章|随机文章|上一篇|下一篇)\W*$)"
)
"""What follows one of these is not the text, if there was more before."""
_UPLOADED = re.compile(r"^\W*以上内容(\W*包括.{1,12}\W)?[为由].{2,30}(上传|发布)")
"""Nothing after one of these is the text, however much it is, if there was enough before."""
_STAMP = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}")
_INSIDE = re.compile(
    r"ICP[备備证證]|许可证[编号]*[:：]|許可證[編號]*[:：]|举报电话|设为首页|設為首頁|加入收藏|服务热线"
    r"|新闻热线|版权所有|版權所有"
    r"|^[【\[(（]?(广告|廣告|推广|推廣)[】\])）:：]"
)
_LABEL = re.compile(
    r"^[\W\d]*(点?赞同?|喜欢|不喜欢|踩|收藏(本[文页站])?|举报|投诉|分享|转发|关注|已关注|取消关注|私信|展开(全[文部])?"
    r"|收起|阅读(全文|原文|剩余全文)|查看(全部|更多|原文|大图|评论)|加载更多|更多(内容|回答|评论|推荐)?|播报|编辑|讨论"
    r"|上传视频|评论|回复|引用|微信|微博|朋友圈|微信好友|QQ(空间|好友)?|新浪微博|复制(链接|代码)?|打印(本[文页])?"
    r"|字[号体]?|[大中小]号?|首页|返回|登[录陆入]|注册|[上下]一[页頁]|尾页|末页|置顶|沙发|只看(楼主|作者|TA)|倒序(查看)?"
    r"|正序(查看)?|最新(评论)?|最热|热门评论|全部评论|发布|发表|提交|取消|确定|关闭|图文推荐|(热[点门]|推荐|相关|精彩|重点|最新"
    r"|为[您你])(推荐|阅读|文章|新闻|资讯|导读)|扫码关注|回(到)?顶部|目录|上传图片|签到|加好友|广告|推广|分享到.*"
    r"|正在加载.*|加载中\W*|按讚|分享至.*|檢舉|舉報|讚|留言|回覆|轉發|關注|展開|收合|編輯|查看更多|閱讀全文)[\W\d]*$"
    r"|^\d+\s*(人|个|次|條|条|个人)?(赞同?|点赞|喜欢|收藏|评论|回复|回答|浏览|阅读|关注|参与|跟[贴帖]|讚|瀏覽|留言)"
    r"(了该(回答|文章|帖子))?[\W\d]*$"
)
"""Lines that are nothing but a button's label or a counter."""
_NUMBERS = re.compile(r"^[\d\s:/：.]+$")
_CLICK = re.compile(r"^\W*(点击|點擊|请点击|戳)")
MENU_BARS = 3
"""`首页 | 新闻 | 论坛 | 关于` and 【推荐】【打印】【关闭】 are menus, links or not."""
END_CHARS = 150
"""Enough text for that."""
_LABELLED = frozenset(("button", "dd", "div", "dt", "li", "span", "td", "ul"))
_ENDED = re.compile("[。！？，；：、,.!?;:]$")
_PLAIN = frozenset(("button", "div", "span"))
_CELLS = frozenset(("td", "th", "tr"))
_BYLINE = re.compile(
    "[来來]源|作者|发[布表]|發[布表佈]|时间|時間|日期|阅读|閱讀|浏览|瀏覽|点击|點擊|评论|評論|编辑|編輯|[:：|]"
)
BARE_CHARS = 0
"""What a byline without such words may say beside its date."""
HEAD_LINES, FOOT_LINES = 3, 6
"""So many first and last lines, of short texts a third of them, may be a byline, notices, neighbours."""
LABELS = 4
"""So many short lines in a row are buttons or values."""
LABEL_CHARS = 6
"""Such lines are as short as this."""
SHORT_CHARS = 60
"""Furniture lines are short: a sentence that begins so stays."""
TAIL_SHARE = 0.35
"""The tail that may go, of all characters."""


def is_furniture_name(element: Element) -> bool:
    if element.tag == "form" and element.node.css_first("textarea") is not None:
        return True
    if not element.attributes or element.tag in ("body", "html", "main", "article"):
        return False
    return _NAME.search(element.names) is not None


def is_comments_name(element: Element) -> bool:
    return bool(element.attributes) and _COMMENTS.search(element.names) is not None


def is_furniture_line(text: str) -> bool:
    """Whether the line is a menu, or begins or speaks as site furniture does."""
    if len(text) > 2 * SHORT_CHARS:
        return False
    bars = max(text.count("|"), text.count("｜"), text.count("【"))
    if "。" not in text and (bars >= MENU_BARS or _INSIDE.search(text)):
        return True
    if len(text) > SHORT_CHARS:
        return False
    return _LINE.search(text.lstrip("【[(（ ")) is not None or _LABEL.search(text) is not None


def _is_furniture(block: Block, edge: bool) -> bool:
    """The same of a line in its place: what stands in code is code, numbers in a table are data, and 浏览器的缓存……
    in the midst of a text is text. `edge`: it is one of the first or last lines.
    """
    tag, text = block.element.tag, block.text
    if block.is_code:
        return False
    if 2 * block.links > len(text) and (_CLICK.match(text) or is_furniture_line(text)):
        return True
    if edge:
        return is_furniture_line(text) or (tag not in _CELLS and _NUMBERS.match(text) is not None)
    return _is_button(tag, text) or (len(text) > SHORT_CHARS and is_furniture_line(text))


def _is_button(tag: str, text: str) -> bool:
    """Whether a line in the midst of a text is nothing but a button's label or a counter."""
    if tag == "p" or tag in _CELLS:
        return False
    return _LABEL.search(text) is not None or _NUMBERS.match(text) is not None


def trimmed(lines: list[Block]) -> list[Block]:
    """Without furniture lines, and without what follows the end of the text."""
    end = _end_of_text(lines)
    inner = range(min(HEAD_LINES, end // 3), end - min(FOOT_LINES, end // 3))
    kept = [block for place, block in enumerate(lines[:end]) if not _is_furniture(block, place not in inner)]
    return _without_byline(_without_labels(kept))


def _end_of_text(lines: list[Block]) -> int:
    """The place of the first line that says that the text is over; the number of lines where none does."""
    total = sum(len(block.text) for block in lines)
    left = total
    for number, block in enumerate(lines):
        is_short = len(block.text) <= SHORT_CHARS and not block.is_code
        if is_short and _ends_text(block.text, total - left, left):
            return number
        left -= len(block.text)
    return len(lines)


def _ends_text(line: str, above: int, left: int) -> bool:
    """`above` are the characters before the line, `left` those from it on."""
    if left <= TAIL_SHARE * (above + left) and _TAIL.search(line):
        return True
    if above < END_CHARS:
        return False
    return _UPLOADED.search(line) is not None or (left <= above and _END.search(line) is not None)


def _without_labels(lines: list[Block]) -> list[Block]:
    """Rows of buttons and of values of a player or a form: several very short lines, each in an element of its own,
    that stand outside the running text or say mostly what buttons say. Lists and verse in the text are text.
    """
    running = [
        place for place, block in enumerate(lines) if _ENDED.search(block.text) and len(block.text) > SHORT_CHARS // 4
    ]
    first, last = (running[0], running[-1]) if running else (0, len(lines))
    kept: list[Block] = []
    run: list[Block] = []
    for place, block in enumerate([*lines, None]):
        if block is not None and _is_label(block):
            run.append(block)
            continue
        if len(run) < LABELS or not _are_buttons(run, outside=not first <= place - len(run) < last):
            kept += run
        run = []
        if block is not None:
            kept.append(block)
    return kept


def _is_label(block: Block) -> bool:
    return len(block.text) <= LABEL_CHARS and block.element.tag in _LABELLED and not _ENDED.search(block.text)


def _are_buttons(run: list[Block], outside: bool) -> bool:
    own = len({block.element for block in run}) == len(run)
    if outside and own and run[0].element.tag in _PLAIN:
        return True
    told = sum(block.links > 0 or _LABEL.search(block.text) is not None for block in run)
    return 2 * told >= len(run)


def _without_byline(lines: list[Block]) -> list[Block]:
    """A short line among the first with a date, and beside it only labels, a source and times, is the byline."""
    for number, block in enumerate(lines[:4]):
        text = block.text
        if len(text) > SHORT_CHARS or not _STAMP.search(text) or text.endswith(("。", "，", "！", "？")):
            continue
        if _BYLINE.search(text) or len(re.sub(r"[\W\d年月日时分]", "", text)) <= BARE_CHARS:
            return [*lines[:number], *lines[number + 1 :]]
    return lines
