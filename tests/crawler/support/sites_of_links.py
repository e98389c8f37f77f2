"""Sites whose links and redirects lead everywhere: in every form, to good pages and to where nobody may go."""

import itertools
from html import escape

from opencc import OpenCC

from tests.crawler.support.http_server import HTML, Handler, Reply, redirect
from tests.crawler.support.sites import Site, page, prose
from tests.crawler.support.sites_of_broken_http import compressed


def outside(trap: int) -> dict[str, str]:
    """Addresses that must not be asked for, whoever points at them. `trap` is a port that a server listens on."""
    return {
        "trap": f"http://127.0.0.1:{trap}/",
        "localhost": f"http://localhost:{trap}/",
        "hex": f"http://0x7f000001:{trap}/",
        "octal": f"http://0177.0.0.1:{trap}/",
        "decimal": f"http://2130706433:{trap}/",
        "short": f"http://127.1:{trap}/",
        "zero": f"http://0.0.0.0:{trap}/",
        "fullwidth": f"http://１２７.０.０.１:{trap}/",
        "v6": f"http://[::1]:{trap}/",
        "mapped": f"http://[::ffff:127.0.0.1]:{trap}/",
        "metadata": "http://169.254.169.254/latest/meta-data/",
        "private": "http://10.0.0.1/",
        "foreign": "http://waimian.wenyuan.test/",
        "listed": "http://weiyunxu.wenyuan.test/",
        "userinfo": f"http://haoye.wenyuan.test:80@127.0.0.1:{trap}/",
        "secret": "http://user:pw@haoye.wenyuan.test/mima",
        "otherport": f"http://haoye.wenyuan.test:{trap}/",
        "otherscheme": "https://haoye.wenyuan.test/",
        "suffix": "http://haoye.wenyuan.test.evil.test/",
        "dotted": "http://haoye.wenyuan.test%2eevil.test/",
        "backslash": f"http://127.0.0.1:{trap}\\@haoye.wenyuan.test/",
        "file": "file:///etc/passwd",
        "filehost": "file://haoye.wenyuan.test/etc/passwd",
        "ftp": f"ftp://127.0.0.1:{trap}/",
        "gopher": f"gopher://127.0.0.1:{trap}/_GET",
        "script": "javascript:location='/cong-jiaoben'",
        "data": "data:text/html;charset=utf-8,<p>数据里的页面</p>",
        "s3": "s3://bucket/key",
        "portless": "http://haoye.wenyuan.test:port/",
        "portbig": "http://haoye.wenyuan.test:99999/",
        "bracket": "http://[::1/",
        "hostless": "http:///etc/passwd",
        "blob": "blob:http://haoye.wenyuan.test/1",
        "mail": "mailto:zhanzhang@wenyuan.test",
    }


def haoye(trap: int) -> Site:
    """Good pages, reached by links of every form; among them all that leads outside."""
    site = Site("haoye")
    forms = {
        "/wen/jiandan": "/wen/jiandan",
        "wen/xiangdui": "/wen/xiangdui",
        "./kong/../wen/dian": "/wen/dian",
        "//haoye.wenyuan.test/wen/wuxieyi": "/wen/wuxieyi",
        "HTTP://HAOYE.Wenyuan.TEST/wen/daxie": "/wen/daxie",
        "http://haoye.wenyuan.test:80/wen/duankou": "/wen/duankou",
        "http://haoye.wenyuan.test./wen/jieweidian": "/wen/jieweidian",
        "/wen/maodian#第二节": "/wen/maodian",
        "\n  /wen/liangbian\t ": "/wen/liangbian",
        "/wen/you kongge": "/wen/you%20kongge",
        "\\wen\\fanxie": "/wen/fanxie",
        "/wen/\tzhi\nbiao": "/wen/zhibiao",
        "/wen/中文": "/wen/%E4%B8%AD%E6%96%87",
        "/wen/%e9%98%81": "/wen/%E9%98%81",
        "/wen/%7Ebolang": "/wen/~bolang",
        "/wen/canshu?b=2&a=1": "/wen/canshu?b=2&a=1",
        "?ye=2": "/?ye=2",
        "/wen/" + "chang" * 280: "/wen/" + "chang" * 280,
        "/wen/baifen%": "/wen/baifen%",
    }
    for path in forms.values():
        site.good(path, page(f"文章{path[-40:]}"))
    titles = ["yinghou", "wuyinhao", "danyinhao", "daxiebiaoqian", "quyu", "zhushi-hou"]
    for title in titles:
        site.good(f"/wen/{title}", page(f"文章{title}"))
    odd = (
        "<A HREF=/wen/wuyinhao>无引号</A><a href='/wen/danyinhao'>单引号</a>"
        "<P><A\nCLASS=x\nHREF\n=\n'/wen/daxiebiaoqian'>大写"
        "<map><area href=/wen/quyu alt=区域></map><!-- <a href=/wen/zhushi>注释里的</a> --><a href=/wen/zhushi-hou>后"
    )
    special = [
        "/jichu", "/guifan?laiyuan=rss", "/guifan/jia", "/guifan/yi", "/bugen", "/bushou", "/bushou-tou",
        "/wei-bieren", "/bushou-wo", "/meiyou", "/jinsi-meiyou", "/fangjian", "/si/404", "/si/410", "/si/403",
        "/yasuo/gzip", "/shuaxin", "/chang/" + "ah" * 2500, "/bianma",
    ]  # fmt: skip
    copies = [f"/fuben/{stem}" for stem in ("jia", "yi", "bing", "ding", "wu", "ji", "geng", "xin", "ren", "gui")]
    site.start(
        [*forms, *special, *copies, *outside(trap).values()],
        end=f"<a href=/wen/yinghou>硬盘之后</a>{odd}<a rel='external NoFollow' href=/bugen/lianjie>不要跟</a>",
    )
    site.routes["/wen/zhushi"] = Reply(page("注释里的").encode())
    site.routes["/bugen/lianjie"] = Reply(page("不要跟").encode())
    _directives(site)
    _encodings(site)
    compressed(site)
    body = page("十个地址一张脸").encode()
    for path in copies:
        site.routes[path] = Reply(body)
    return site


def _directives(site: Site) -> None:
    """base, canonical, refresh, nofollow, noindex; missing pages that say 200."""
    site.good("/jichu", page("有底址", ["ye"], head="<base href='/jichu/mulu/'><base href='/jichu/dierge/'>"))
    site.good("/jichu/mulu/ye", page("底址下的页"))
    canonical = "<link rel=canonical href=/guifan>"
    site.bad("ALIAS", "/guifan?laiyuan=rss", page("规范地址", head=canonical))
    site.good("/guifan", page("规范地址", head=canonical))
    for path in ("/guifan/jia", "/guifan/yi"):  # every page calls the front page its own address
        site.good(path, page(f"各说各话{path}", head="<link rel=canonical href=/>"))
    nofollow = "<meta name=ROBOTS content='index, NOFOLLOW'>"
    site.good("/bugen", page("不跟链接", ["/bugen/jia", "/bugen/yi"], nofollow))
    for path in ("/bugen/jia", "/bugen/yi"):
        site.routes[path] = Reply(page(path).encode())
    site.bad("NOINDEX", "/bushou", page("不收录", ["/bushou/xia"], head="<meta name=robots content=noindex>"))
    site.good("/bushou/xia", page("不收录页指的页"))
    for path, tag, kept in (
        ("/bushou-tou", "noindex, noarchive", False),
        ("/bushou-wo", "wenyuan: noindex", False),
        ("/wei-bieren", "otherbot: noindex", True),
    ):
        answer = Reply(page(f"标头{tag}").encode(), headers=(("X-Robots-Tag", tag),))
        if kept:
            site.good(path, answer)
        else:
            site.bad("NOINDEX", path, answer)
    site.bad(
        "SOFT_404", "/meiyou", "<html><title>页面不存在</title><body><p>您访问的页面不存在或已被删除。</p></body>"
    )
    long = page("说说“页面不存在”", key="meiyou").replace("</ul>", f"</ul>{prose('jinsi', 30) * 3}")
    site.good("/jinsi-meiyou", long)
    room = "<p>他住在四楼404号房间，预约电话是0571-84048404，帖子被删除那天正好搬家。</p>"
    site.good("/fangjian", page("404号房间的住客").replace("<ul>", f"{room}<ul>"))
    for status in (404, 410, 403):
        site.bad("HTTP_ERROR", f"/si/{status}", Reply(page("错误").encode(), status=status))
    site.good("/shuaxin", page("跳转中", head="<meta http-equiv=refresh content='0; URL=/shuaxin/hou'>"))
    site.good("/shuaxin/hou", page("跳转之后", head="<meta http-equiv=refresh content='5; url=/shuaxin/hou'>"))


def _encodings(site: Site) -> None:
    """Wrong charsets of seven kinds; every page leads to another, so that its links must have been read."""
    meta = "<meta charset={}>".format
    kinds = {
        "gbk-shuo-utf8": ("gbk", "", HTML),
        "big5-shuo-gb": ("big5", meta("gb2312"), "text/html"),
        "utf8-shuo-latin": ("utf-8", "", "text/html; charset=iso-8859-1"),
        "utf16-bushuo": ("utf-16", "", "text/html"),
        "gb18030-bushuo": ("gb18030", "", "text/html"),
        "utf8-bom-shuo-gbk": ("utf-8-sig", meta("gbk"), "text/html; charset=gbk"),
        "utf8-shuo-meiyoude": ("utf-8", "", "text/html; charset=x-meiyoude"),
    }
    site.good("/bianma", page("编码七种", [f"/bianma/{kind}" for kind in kinds]))
    for kind, (codec, head, type) in kinds.items():
        links = [f"/bianma/{kind}/xia", *(["/sousuo?ci=文渊"] if codec == "gbk" else [])]
        text = page(f"编码{kind}", links, head)
        body = (OpenCC("s2tw").convert(text) if codec == "big5" else text).encode(codec)
        site.good(f"/bianma/{kind}", Reply(body, type))
        site.good(f"/bianma/{kind}/xia", page(f"编码{kind}之下"))
    site.good("/sousuo?ci=%CE%C4%D4%A8", page("搜索文渊"))


def tiaozhuan(trap: int) -> Site:
    """Redirects: chains, loops, and to wherever nobody may go."""
    site = Site("tiaozhuan")
    site.bad("REDIRECT", "/lian3/yi", redirect("/lian3/er", 301))
    site.bad("REDIRECT", "/lian3/er", redirect("san", 307))
    site.bad("REDIRECT", "/lian3/san", redirect("//tiaozhuan.wenyuan.test/lian3/daoda#mao", 308))
    site.good("/lian3/daoda", page("三跳之后"))
    steps = [f"/lian12/{chr(ord('a') + step)}" for step in range(13)]
    for here, there in itertools.pairwise(steps):
        site.routes[here] = redirect(there)
    site.routes[steps[-1]] = Reply(page("十二跳之后").encode())
    for here, there in (("/quan/jia", "/quan/yi"), ("/quan/yi", "/quan/jia"), ("/ziji", "/ziji")):
        site.routes[here] = redirect(there)
    site.routes["/huihua"] = redirect("/huihua?PHPSESSID=0123456789abcdef")
    site.routes["/wu-qu"] = Reply(b"", status=302)
    site.routes["/kong-qu"] = redirect("")
    site.routes["/jin"] = redirect("/jinzhi/tiao")
    site.routes["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /jinzhi/\n", "text/plain")
    site.unasked("ROBOTS", "/jinzhi/tiao")
    site.bad("REDIRECT", "/zhongwen", _sent_to("/zhongwen/到达"))
    site.good("/zhongwen/%E5%88%B0%E8%BE%BE", page("中文地址到达"))
    leading = []
    for name, target in outside(trap).items():
        refresh = f'<meta http-equiv=refresh content="0; url={escape(target)}">'
        header = ("Refresh", f"0; url={target.encode('ascii', 'replace').decode()}")
        ways = {
            "tou": _sent_to(target),
            "yuan": Reply(page(f"刷新到{name}", head=refresh).encode()),
            "yuan-kong": Reply(f"<html><head>{refresh}<title>请稍候</title></head></html>".encode()),
            "biaotou": Reply(page(f"标头刷新到{name}").encode(), headers=(header,)),
        }
        for way, answer in ways.items():
            leading.append(f"/qu/{way}/{name}")
            site.routes[leading[-1]] = answer
    alone = ["/quan/jia", "/ziji", "/huihua", "/wu-qu", "/kong-qu", "/jin", "/zhongwen"]
    site.start(["/lian3/yi", steps[0], *alone, *leading])
    return site


def _sent_to(location: str) -> Handler:
    """A redirect whose Location is put on the wire in UTF-8, as it is."""
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    return lambda _: [head]
