"""What one `-{…}-` says."""

from pipeline.wiki.variants.rules import parse_rule


def test_a_syntax_error_shows_the_rule_as_text():
    rule = parse_rule("zh-cn:甲;xx:乙;zh-tw:丙")
    assert (rule.choices["zh-cn"], rule.choices["zh-tw"]) == ("甲;xx:乙", "丙")
    assert parse_rule("zh-xx:甲").flags == {"R"}
