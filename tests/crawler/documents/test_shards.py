"""Pages cut into shards."""

from crawler.documents.shards import cut
from crawler.warc.format import Capture


def test_a_thread_is_never_cut_between_shards():
    nothing = dict.fromkeys(Capture.__slots__) | {
        "site": "forum",
        "platform": "discuz",
        "role": "page",
        "final_url": "",
    }
    urls = [f"http://a.test/thread-{tid}-{page}-1.html" for tid in (7, 12) for page in (1, 2, 10)]
    shards = cut([Capture(**{**nothing, "url": url}) for url in sorted(urls)], 2)
    assert [[len(group) for group in shard.groups] for shard in shards] == [[3], [3]]
    assert [shard.name for shard in shards] == ["forum-00000.parquet", "forum-00001.parquet"]
