"""What surrounds a text on Chinese pages: names of elements and wordings of lines that are no part of it."""

import re

from selectolax.lexbor import LexborNode

from crawler.extraction.render import Block

_NAME = re.compile(
    r"(^|[\s_-])(comments?|commentlist|respond|reply-?list|related|recommend\w*|share\w*|bdshare\w*|social"
    r"|side-?bar|sider|side"
    r"|foot|footer|bottom-?bar|nav|navbar|navigation|menu|bread-?crumbs?|crumbs?|copy-?right|tags?|tag-?list"
    r"|post-?tags|tool-?bar"
    r"|toc|pagination|pager|page-?nav|post-?nav\w*|prev-?next|pre-?next|login|search|ads?|adv|advert\w*|banner"
    r"|sponsor|hot-?\w*"
    r"|rank\w*|relate\w*|link-?list|friend-?link\w*|qr-?code|ewm|weixin|disclaimer|statement|report|feedback"
    r"|vote|digg|zan|reward"
    r"|donate|author-?info|author-?card|more-?news|guess|sitemap|top-?bar|header-?nav|popup|modal|dialog"
    r"|cookie|notice)([\s_-]|$)",
    re.IGNORECASE,
)
_COMMENTS = re.compile(
    r"(^|[\s_-])(comments?|comment-?(list|area|box)|respond|pinglun|replies)([\s_-]|$)", re.IGNORECASE
)
_LINE = re.compile(
    r"^(上一[篇页頁章条条节]|下一[篇页頁章条节]|前一篇|后一篇|分享到|分享至|相关(阅读|文章|新闻|链接|报道|推荐"
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
_STAMP = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}")
_INSIDE = re.compile(
    r"ICP[备備证證]|许可证[编号]*[:：]|許可證[編號]*[:：]|举报电话|设为首页|設為首頁|加入收藏|服务热线"
    r"|新闻热线|版权所有|版權所有"
    r"|^[【\[(（]?(广告|廣告|推广|推廣)[】\])）:：]"
)
MENU_BARS = 3
"""`首页 | 新闻 | 论坛 | 关于` and 【推荐】【打印】【关闭】 are menus, links or not."""
SHORT_CHARS = 60
"""Furniture lines are short: a sentence that begins so stays."""
TAIL_SHARE = 0.35
"""The tail that may go, of all characters."""


def is_furniture_name(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes or node.tag in ("body", "html", "main", "article"):
        return False
    name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return len(name) > 1 and _NAME.search(name) is not None


def is_comments_name(node: LexborNode) -> bool:
    attributes = node.attributes
    return _COMMENTS.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}") is not None


def is_furniture_line(text: str) -> bool:
    """Whether the line is a menu, or begins or speaks as site furniture does."""
    if len(text) > 2 * SHORT_CHARS:
        return False
    if _INSIDE.search(text) or max(text.count("|"), text.count("｜"), text.count("【")) >= MENU_BARS:
        return True
    return len(text) <= SHORT_CHARS and _LINE.search(text.lstrip("【[(（ ")) is not None


def trimmed(lines: list[Block]) -> list[Block]:
    """Without furniture lines, and without what follows the end of the text."""
    total = sum(len(block.text) for block in lines)
    left = total
    end = len(lines)
    for number, block in enumerate(lines):
        if left <= TAIL_SHARE * total and len(block.text) <= SHORT_CHARS and _TAIL.search(block.text):
            end = number
            break
        left -= len(block.text)
    kept = [block for block in lines[:end] if not is_furniture_line(block.text)]
    return _without_byline(kept)


def _without_byline(lines: list[Block]) -> list[Block]:
    """A short first line with a date is the byline."""
    for number, block in enumerate(lines[:4]):
        if len(block.text) <= SHORT_CHARS and _STAMP.search(block.text) and not block.text.endswith(("。", "，")):
            return [*lines[:number], *lines[number + 1 :]]
    return lines
