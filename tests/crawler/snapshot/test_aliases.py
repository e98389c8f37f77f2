"""rel=canonical is believed only where the other page is kept and says the same."""

from crawler.snapshot.aliases import Alias, settle

STORY = "本报讯：昨日上午，城西新落成的图书馆迎来第一批读者，三千余册方志可供借阅，馆内还设有儿童阅览室和自习室。" * 3
HOME = "首页 新闻 社会 科技 关于我们 " * 10


def settled(
    names: dict[str, str], texts: dict[str, str], kept: set[str], sent_on: dict[str, str] | None = None
) -> set[str]:
    aliases = [Alias(url, target) for url, target in names.items()]
    return settle(aliases, kept.__contains__, (sent_on or {} | names).get, texts.__getitem__)


def test_a_print_version_is_an_alias():
    texts = {"print": "打印本页" + STORY, "story": "首页新闻" + STORY + "相关阅读"}
    assert settled({"print": "story"}, texts, {"story"}) == set()


def test_a_page_that_calls_itself_the_home_page_is_kept():
    assert settled({"story": "home"}, {"story": STORY, "home": HOME}, {"home"}) == {"story"}


def test_a_page_whose_canonical_is_gone_is_kept():
    assert settled({"story": "gone"}, {"story": STORY, "gone": ""}, set()) == {"story"}


def test_of_two_that_name_each_other_one_is_kept():
    assert settled({"b": "a", "a": "b"}, {"a": STORY, "b": STORY}, set()) == {"a"}


def test_a_canonical_that_is_sent_on_is_followed():
    texts = {"alias": STORY, "new": STORY}
    assert settled({"alias": "old"}, texts, {"new"}, {"old": "new"}) == set()
