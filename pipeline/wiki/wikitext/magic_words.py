"""Magic words of MediaWiki: variables such as `{{PAGENAME}}`; switches such as `__NOTOC__`, which show nothing."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageName:
    """What {{PAGENAME}} and its like say."""

    title: str
    namespace: str
    site: str


def _page_name(page: PageName) -> str:
    return page.title.partition(":")[2] if page.namespace else page.title


def _full_page_name(page: PageName) -> str:
    return page.title


def _namespace(page: PageName) -> str:
    return page.namespace


def _namespace_number(page: PageName) -> str:
    return "" if page.namespace else "0"


def _site_name(page: PageName) -> str:
    return page.site


VARIABLES: dict[str, Callable[[PageName], str]] = {
    "!": lambda _: "|",
    "=": lambda _: "=",
    **dict.fromkeys(
        ("PAGENAME", "BASEPAGENAME", "SUBPAGENAME", "PAGENAMEE", "ROOTPAGENAME", "页名", "頁名"), _page_name
    ),
    **dict.fromkeys(("FULLPAGENAME", "FULLPAGENAMEE", "全页名", "全頁名"), _full_page_name),
    **dict.fromkeys(("NAMESPACE", "NAMESPACEE", "名字空间", "命名空間"), _namespace),
    "NAMESPACENUMBER": _namespace_number,
    **dict.fromkeys(("SITENAME", "站点名称", "網站名稱"), _site_name),
}

UNKNOWN_VARIABLES = ("CURRENT", "LOCAL", "REVISION", "NUMBEROF")
"""Beginnings of variables that need the clock or the database."""

SILENT = frozenset([
    "NOTOC", "FORCETOC", "TOC", "NOEDITSECTION", "NOGALLERY", "HIDDENCAT", "INDEX", "NOINDEX", "NEWSECTIONLINK",
    "NONEWSECTIONLINK", "STATICREDIRECT", "DISAMBIG", "EXPECTUNUSEDCATEGORY", "EXPECTUNUSEDTEMPLATE",
    "NOGLOBAL", "ARCHIVEDTALK", "NOTALK", "EXPECTUNCONNECTEDPAGE", "NOCONTENTCONVERT", "NOTITLECONVERT", "NOCC",
    "NOTC", "无目录", "無目錄", "强显目录", "強顯目錄", "目录", "目錄", "无编辑段落", "無編輯段落", "无图库",
    "無圖庫", "隐藏分类", "隱藏分類", "消歧义", "消歧義", "内容不转换", "內容不轉換", "标题不转换",
    "標題不轉換", "不索引", "索引",
])  # fmt: skip
"""`__WORDS__` between two double underscores, upper case."""
