"""What the first pass keeps of a dump: conversion groups, redirects among them followed."""

from pipeline.wiki.wikitext.template_store import MODULE, TEMPLATE, Store, StoreWriter


def test_a_group_that_leads_to_another_has_its_rules(tmp_path):
    writer = StoreWriter(tmp_path / "store.db", 1000)
    writer.add(MODULE, "Module:CGroup/电影", None, "return { { rule = 'zh-cn:甲;zh-tw:乙' } }")
    writer.add(MODULE, "Module:CGroup/Movie", "Module:CGroup/电影", "return require [[Module:CGroup/电影]]")
    writer.add(TEMPLATE, "Template:CGroup/电影", "Module:CGroup/电影", "#重定向 [[Module:CGroup/电影]]")
    for one, other in ("甲乙", "乙甲"):
        writer.add(MODULE, f"Module:CGroup/{one}", f"Module:CGroup/{other}", "")
    writer.close()
    store = Store(tmp_path / "store.db")
    found = {name: store.group(name) for name in ("电影", "movie", "甲", "没有")}
    store.close()
    assert found == {"电影": ["zh-cn:甲;zh-tw:乙"], "movie": ["zh-cn:甲;zh-tw:乙"], "甲": None, "没有": None}
