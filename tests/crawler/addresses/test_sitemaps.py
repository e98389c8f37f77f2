"""Sitemaps, their indexes, feeds; and files that only look like them."""

from crawler.addresses.sitemaps import read_text, read_xml

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def test_a_sitemap_and_an_index():
    image = "<image:image xmlns:image='i'><image:loc>http://a.test/x.png</image:loc></image:image>"
    first = "<url><loc> http://a.test/一.html </loc><lastmod>2024-03-05</lastmod></url>"
    second = f"<url><loc>http://a.test/2.html</loc>{image}</url>"
    sitemap = read_xml(f"<urlset {NS}>{first}{second}</urlset>".encode())
    assert (sitemap.kind, sitemap.pages) == ("sitemap", ["http://a.test/一.html", "http://a.test/2.html"])
    index = read_xml(
        f"<sitemapindex {NS}><sitemap><loc>http://a.test/s1.xml.gz</loc></sitemap></sitemapindex>".encode()
    )
    assert (index.kind, index.pages, index.sitemaps) == ("index", [], ["http://a.test/s1.xml.gz"])


def test_rss_and_atom():
    rss = read_xml("<?xml version='1.0' encoding='gb2312'?><rss><channel><link>http://a.test/</link>"
                   "<item><title>标题</title><link>http://a.test/1</link><guid>http://a.test/g1</guid></item>"
                   "<item><guid isPermaLink='false'>tag:2</guid><link>http://a.test/2</link></item>"
                   "</channel></rss>".encode("gb2312"))  # fmt: skip
    assert (rss.kind, rss.pages) == ("feed", ["http://a.test/1", "http://a.test/g1", "http://a.test/2"])
    entry = "<entry><link rel='edit' href='http://a.test/edit'/><link href='http://a.test/1'/></entry>"
    atom = read_xml(f"<feed xmlns='http://www.w3.org/2005/Atom'><link href='http://a.test/'/>{entry}</feed>".encode())
    assert (atom.kind, atom.pages) == ("feed", ["http://a.test/1"])


def test_a_broken_sitemap_gives_what_stands_before_the_break():
    cut = f"<urlset {NS}><url><loc>http://a.test/1</loc></url><url><loc>http://a.test/2</loc></url><url><lo".encode()
    assert read_xml(cut).pages == ["http://a.test/1", "http://a.test/2"]


def test_entities_are_neither_expanded_nor_fetched():
    entities = b'<!ENTITY a "http://a.test/x"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">'
    bomb = b"<!DOCTYPE urlset [" + entities + b"]>"
    listing = read_xml(bomb + f"<urlset {NS}><url><loc>&b;</loc></url><url><loc>&f;</loc></url></urlset>".encode())
    assert listing.pages == []


def test_other_xml_is_no_listing():
    assert read_xml(b"<svg xmlns='http://www.w3.org/2000/svg'><loc>http://a.test/</loc></svg>").kind == ""
    assert read_xml("<html><body>没有地图</body></html>".encode()).kind == ""


def test_a_plain_list():
    assert read_text("\ufeffhttp://a.test/1\r\nhttp://a.test/2\n说明\n".encode()).pages == [
        "http://a.test/1",
        "http://a.test/2",
    ]
