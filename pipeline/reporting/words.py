"""The page's Chinese words for stages, reasons, units and models; a name not listed stays as it is."""

STAGES = {
    "base": "基座",
    "corpus": "语料导入",
    "crawl": "网页抓取",
    "extract": "正文提取",
    "wiki": "维基百科",
    "normalise": "规范化",
    "filter": "质量过滤",
    "dedup": "去重",
    "split": "划分",
    "tokenizer": "分词器",
    "pack": "打包",
    "train": "训练",
    "evaluate": "评测",
}
"""In the order of the data, which is the order of the page."""

WRITERS = ("corpus", "extract", "wiki", "normalise", "filter", "dedup", "split")
"""Stages whose outputs are documents."""

UNITS = {
    "record": "条",
    "row": "行",
    "page": "页",
    "document": "篇",
    "line": "行",
    "block": "块",
    "file": "个文件",
    "address": "个地址",
}

REASONS = {
    "BLANK": "空白",
    "BROKEN_ENCODING": "编码损坏",
    "MALFORMED_ROW": "格式错误",
    "MISSING_TEXT": "缺少正文",
    "ROBOTS": "robots.txt 禁止",
    "EXCLUDED": "配置排除",
    "NOT_CONTENT": "功能页",
    "TOO_DEEP": "层级过深",
    "OVER_BUDGET": "超出预算",
    "TEMPLATE_BUDGET": "同形地址过多",
    "TEMPLATE_TRAP": "爬虫陷阱",
    "ALIAS": "同页异址",
    "IDENTICAL_BODY": "内容逐字节相同",
    "TOO_MANY_REDIRECTS": "重定向过多",
    "HTTP_ERROR": "服务器报错",
    "SOFT_404": "假 200（页面不存在）",
    "NOINDEX": "谢绝收录",
    "NOT_A_PAGE": "非网页",
    "EMPTY_BODY": "空响应",
    "BROKEN_BODY": "响应损坏",
    "TOO_LARGE": "响应过大",
    "TIMED_OUT": "超时",
    "UNREACHABLE": "无法连接",
    "UNSAFE_ADDRESS": "非公网地址",
    "DISCOVERY_ONLY": "仅供发现页面",
    "INDEX_PAGE": "索引页",
    "LOGIN_WALL": "须登录",
    "NO_MAIN_TEXT": "无正文",
    "TOO_COMPLEX": "结构过于复杂",
    "UNREADABLE": "页面结构无法解读",
    "DAMAGED": "转储损坏",
    "OTHER_NAMESPACE": "其他名字空间",
    "REDIRECT": "重定向页",
    "NOT_WIKITEXT": "非维基文本",
    "DISAMBIGUATION": "消歧义页",
    "LIST_PAGE": "列表页",
    "STUB": "小作品",
    "CONFLICTING_LABEL": "标签矛盾",
    "EMPTY_AFTER_CLEANING": "清洗后为空",
    "TOO_SHORT": "过短",
    "TOO_LONG": "过长",
    "NOT_CHINESE": "中文过少",
    "REPETITIVE": "自我重复",
    "TOO_MUCH_PUNCTUATION": "标点过多",
    "GARBLED": "乱码过多",
    "TOO_MANY_SYMBOLS": "符号过多",
    "TOO_MANY_DIGITS": "数字过多",
    "EXACT_DUPLICATE": "完全重复",
    "NEAR_DUPLICATE": "近似重复",
    "WRONG_SCRIPT": "简繁不符",
    "UNLIKELY": "困惑度过高",
    "UNKNOWN_LABEL": "标签不在任务中",
    "NOT_ASKED": "未被抽到",
    "NOT_SAMPLED": "不在学习样本内",
    "BEYOND_BUDGET": "未及训练",
}

MODELS = {
    "model": "本模型",
    "uniform": "均匀分布",
    "unigram": "一元模型",
    "bigram": "二元模型",
    "kneser_ney_3": "三元 Kneser-Ney 模型",
    "kneser_ney_5": "五元 Kneser-Ney 模型",
}

PARTS = {"train": "训练集", "validation": "验证集", "test": "测试集", "task": "任务集"}

TOKENIZERS = {"base": "基座 GPT-2", "tokenizer": "本分词器", "character": "一字一个词元"}

ENDINGS = {"end": "遇到结束符", "max_new_tokens": "达到长度上限", "context": "上下文已满"}
