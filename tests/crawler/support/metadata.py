"""Small pages about one text, to read titles, dates and authors on."""

from dataclasses import replace
from pathlib import Path

import yaml

from crawler.extraction.page_contents import Article
from crawler.platforms.reading import read
from crawler.warc.format import Capture
from crawler.warc.reader import Page
from pipeline.schema.extract import ExtractConfig

CONFIG = ExtractConfig(
    **yaml.safe_load((Path(__file__).parents[3] / "conf/extract/chinese.yaml").read_text(encoding="utf-8"))
)
TEXT = (
    "<p>松木书架不用钉子，靠的是榫头和麻绳。锯好的木板先晾半个月，等水汽散了再刨平。</p>"
    "<p>榫眼要比榫头小一线，敲进去才不松动；麻绳在背后拉一个十字，书再多也不会歪。</p>"
    "<p>外公教的办法，到今天还好用，邻居来看过，也照样做了一个，放在窗下。</p>"
)
FETCHED = "2024-03-10T08:00:00Z"


def article(
    above: str = "", below: str = "", head: str = "", text: str = TEXT, url: str = "http://a.example/p/1",
    authors: bool = False,
) -> Article:  # fmt: skip
    """What is read in a page with the text between what stands above and below it."""
    html = f"<html><head><meta charset=utf-8>{head}</head><body>{above}<div>{text}</div>{below}</body></html>"
    given = {"url": url, "final_url": url, "site": "site", "platform": "article", "role": "page", "status": 200}
    capture = Capture(**{**dict.fromkeys(Capture.__slots__), **given, "time": FETCHED})
    page = Page(url, 200, {"content-type": "text/html"}, html.encode(), True)
    found = read(capture, page, replace(CONFIG, authors=authors)).found
    assert isinstance(found, Article), found
    return found
