"""The encoding that the bytes bear out wins over what header and meta element say."""

import pytest

from pipeline.text.encoding import Decoded, charset, decode

HANS = "春天来了，江南的雨下得很细。我们在老屋的檐下坐着，听见远处有人说话，声音不大，却把这个下午说得很长。"
HANT = "春天來了，江南的雨下得很細。我們在老屋的簷下坐著，聽見遠處有人說話，聲音不大，卻把這個下午說得很長。"
PAGE = "<html><head><title>{0}</title></head><body><p>{0}</p></body></html>"
LINES = "".join(f"<p>{HANS}</p>\n" for _ in range(20))
WRONG = ["utf-8", "gb2312", "big5", "iso-8859-1", "shift_jis", "euc-kr", "windows-1252", "klingon"]


@pytest.mark.parametrize("declared", [None, *WRONG])
@pytest.mark.parametrize(
    ("text", "codec"),
    [(HANS, "utf-8"), (HANS, "gb18030"), (HANT, "utf-8"), (HANT, "big5hkscs"), (HANT, "gb18030")],
)
@pytest.mark.parametrize("where", ["header", "meta"])
def test_a_declaration_decides_nothing_against_the_bytes(text, codec, declared, where):
    html = PAGE.format(text)
    if declared and where == "meta":
        html = html.replace(
            "<head>", f'<head><meta http-equiv="Content-Type" content="text/html; charset={declared}">'
        )
    header = f"text/html; charset={declared}" if declared and where == "header" else "text/html"
    assert decode(html.encode(codec), header) == Decoded(html, codec, declared, 0)


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe\x00\x00", "utf-32-le"),
        (b"\x84\x31\x95\x33", "gb18030"),
    ],
)
def test_a_byte_order_mark_is_believed_and_is_no_text(mark, codec):
    html = PAGE.format(HANS)
    assert decode(mark + html.encode(codec), "text/html; charset=big5") == Decoded(html, codec, "big5", 0)


def test_a_mark_before_text_in_another_encoding_is_not_believed():
    html = PAGE.format(HANS)
    assert decode(b"\xef\xbb\xbf" + html.encode("gb18030"), None) == Decoded(html, "gb18030", None, 0)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_shows_by_its_zero_bytes(codec):
    html = PAGE.format(HANS)
    assert decode(html.encode(codec), None) == Decoded(html, codec, None, 0)


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_cut_last_character_is_tolerated_and_counted(codec):
    text = HANS * 3 + "雨"
    body = text.encode(codec)[:-1]
    assert decode(body, f"text/html; charset={codec}") == Decoded(f"{text[:-1]}\ufffd", codec, codec, 1)


@pytest.mark.parametrize(("codec", "bad"), [("utf-8", b"\xff"), ("gb18030", b"\xff"), ("utf-8", b"\xe6\x98")])
def test_few_bad_bytes_in_long_text_are_tolerated_and_counted(codec, bad):
    text = HANS * 20
    half = len(text) // 2
    body = text[:half].encode(codec) + bad + text[half:].encode(codec)
    assert decode(body, None) == Decoded(text[:half] + "\ufffd" + text[half:], codec, None, 1)


def test_a_replacement_character_of_the_page_itself_is_not_counted():
    text = HANS * 20 + "\ufffd"
    assert decode(b"\xff" + text.encode(), None) == Decoded("\ufffd" + text, "utf-8", None, 1)


def test_hz_is_read_where_it_is_declared():
    html = PAGE.format("春天来了")
    assert decode(html.encode("hz"), "text/html; charset=hz-gb-2312") == Decoded(html, "hz", "hz-gb-2312", 0)


def test_a_short_word_that_is_valid_utf_8_by_chance_follows_the_declaration():
    assert decode("联通".encode("gb18030"), "text/html; charset=gbk").text == "联通"


def test_rare_characters_of_gb18030_and_hkscs_are_read():
    text = HANT + "㐀𠀀 啫喱嘅"
    assert decode(text.encode("gb18030"), "text/html; charset=gb2312").text == text
    text = HANT + "嘅喺咗嚟"
    assert decode(text.encode("big5hkscs"), "text/html; charset=big5").text == text


def test_japanese_and_korean_and_latin_pages_keep_their_encoding():
    japanese = "これはペンです。日本語の文章を書いています。今日は天気がいいですね。"
    assert decode(japanese.encode("shift_jis"), "text/html; charset=shift_jis").text == japanese
    latin = "<p>Über den Dächern, café crème, señor, naïve façade</p>" * 3
    assert decode(latin.encode("latin-1"), "text/html; charset=iso-8859-1").text == latin


def test_the_header_is_named_before_the_meta_element():
    body = b'<meta charset="big5">' + HANS.encode("gb18030")
    assert decode(body, "text/html; charset=GBK").declared == "gbk"
    assert decode(body, "text/html").declared == "big5"
    assert charset('text/html; charset="GB2312"') == "gb2312"


@pytest.mark.parametrize("body", [b"", b"\x00" * 50, bytes(range(256)) * 4, b"\xff" * 1000, b"plain ascii"])
def test_what_is_no_text_does_not_fail(body):
    decoded = decode(body, None)
    assert decode(body, None) == decoded
    assert decoded.replaced <= len(body)


def test_a_wrong_declaration_is_known():
    assert decode(HANS.encode("gb18030"), "text/html; charset=utf-8").declared_wrong is True
    assert decode(HANS.encode("gb18030"), "text/html; charset=gb2312").declared_wrong is False
    assert decode(HANS.encode("gb18030"), None).declared_wrong is False


def test_hz_shows_by_its_marks_and_programs_do_not():
    html = PAGE.format(HANS)
    assert decode(html.encode("hz"), "text/html; charset=utf-8") == Decoded(html, "hz", "utf-8", 0)
    program = PAGE.format("a ~{ b ~} c ~~")
    assert decode(program.encode(), None) == Decoded(program, "utf-8", None, 0)


def test_utf_16_shows_in_pages_of_long_text():
    assert decode(LINES.encode("utf-16-le"), None) == Decoded(LINES, "utf-16-le", None, 0)


@pytest.mark.parametrize("bad", [b"\xff", b"\x80", b"\x81", b"\xb0", b"\xff\xff\xff"])
@pytest.mark.parametrize("inside", [False, True])
def test_a_bad_byte_in_gbk_costs_the_characters_beside_it_and_shifts_no_line(bad, inside):
    before = LINES[: LINES.index("檐", len(LINES) // 2)]
    body, at = LINES.encode("gb18030"), len(before.encode("gb18030")) + inside
    decoded = decode(body[:at] + bad + body[at:], "text/html; charset=gbk")
    assert decoded.text.startswith(before)
    assert decoded.text.endswith(LINES[len(before) + 2 :])
    assert 1 <= decoded.replaced <= len(bad) + 2


def test_a_lost_byte_in_gbk_shifts_no_line():
    before = LINES[: LINES.index("檐", len(LINES) // 2)]
    body, at = LINES.encode("gb18030"), len(before.encode("gb18030"))
    decoded = decode(body[:at] + body[at + 1 :], None)
    assert decoded.text.startswith(before)
    assert decoded.text.endswith(LINES[len(before) + 2 :])


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("これはペンです。日本語の文章を書いています。今日は天気がいいですね。" * 3, "shift_jis"),
        ("これはペンです。日本語の文章を書いています。今日は天気がいいですね。" * 3, "euc_jp"),
        ("안녕하세요. 오늘은 날씨가 좋습니다. 우리는 학교에 갑니다." * 3, "euc_kr"),
    ],
)
def test_japanese_and_korean_of_which_nothing_is_told_are_no_chinese(text, codec):
    assert decode(text.encode(codec), None).text == text


def test_a_part_in_another_encoding_spoils_itself_only():
    footer = decode(LINES.encode() + "版权所有".encode("gb18030"), None)
    assert (footer.used, footer.text[: len(LINES)]) == ("utf-8", LINES)
    advert = decode(LINES.encode("gb18030") + "<p>广告：买一送一</p>".encode(), None)
    assert (advert.used, advert.text[: len(LINES)]) == ("gb18030", LINES)


@pytest.mark.parametrize(
    ("name", "declared", "wrong"),
    [
        ("x-gbk", "x-gbk", False),
        ("gb_2312-80", "gb_2312-80", False),
        ("'GBK'", "gbk", False),
        ("GB2312,utf-8", "gb2312", False),
        ('"utf-8', "utf-8", True),
        ("UTF8", "utf8", True),
        ("big-5", "big-5", True),
        ("none", "none", True),
    ],
)
def test_declarations_are_read_however_they_are_written(name, declared, wrong):
    decoded = decode(PAGE.format(HANS).encode("gb18030"), f"text/html; charset={name}")
    assert (decoded.used, decoded.declared, decoded.declared_wrong) == ("gb18030", declared, wrong)


def test_private_and_late_characters_are_those_of_gb18030():
    text = HANS * 3 + "\ue000㐀ḿㄩ〾"
    assert decode(text.encode("gb18030"), "text/html; charset=gb2312") == Decoded(text, "gb18030", "gb2312", 0)
