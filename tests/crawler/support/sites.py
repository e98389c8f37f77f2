"""A site for the tests' server: pages in Chinese, and what must become of each address."""

import base64
import hashlib
import random
from dataclasses import dataclass, field
from html import escape

from tests.crawler.support.http_server import Answer, Handler, Reply, Request

SENTENCES = (
    "文渊阁在紫禁城东南，乾隆四十一年建成，用来收藏《四库全书》。",
    "阁前凿有方池，引金水河的水入池，以防火患。",
    "屋顶用黑琉璃瓦，取的是黑色属水、以水克火的意思。",
    "江南的梅雨一下就是半个月，墙脚长出一层薄薄的青苔。",
    "老街口的豆腐坊天不亮就开门，热气从门缝里一直飘到巷尾。",
    "他把旧自行车擦了又擦，说还能再骑十年。",
    "渡口的船工记得每一块礁石的位置，闭着眼睛也能把船撑过去。",
    "春分前后种下的豆角，到了夏至就爬满了竹架。",
    "县志里说，这座石桥是嘉靖年间一位寡妇捐资修的。",
    "夜里落了雪，早晨推门，院子里只有一行猫的脚印。",
    "茶要用山泉来泡，水刚起蟹眼就得提壶，再滚便老了。",
    "图书馆的三楼朝南，冬天的下午坐满了打盹的老人。",
    "编译器报的第一个错误最要紧，后面的往往只是回声。",
    "高铁通车以后，从省城回家的路由六个小时变成了四十分钟。",
    "父亲写字先磨墨，说磨墨的工夫就是想好写什么的工夫。",
    "菜市场的鱼贩一边刮鳞一边跟人讲昨晚的球赛。",
    "那年大旱，村里人轮流守着最后一口井。",
    "磁盘坏掉以前总会有些征兆，只是没有人去看日志。",
    "戏台上唱的是《牡丹亭》，台下的孩子只顾着抢糖。",
    "考古队在窑址里清出三百多片青瓷，拼成了半只碗。",
    "雨后的山路滑，挑夫把草鞋在石阶上蹭了又蹭。",
    "她学胡琴不过两年，拉起《二泉映月》来已经像模像样。",
    "中秋那天云厚，大家对着灯泡吃完了月饼。",
    "修表的师傅左眼夹着放大镜，右手稳得像一块石头。",
    "沙漠边上的治沙站换过三任站长，树从两万棵变成了四十万棵。",
    "数据先备份两份再谈别的，这是机房墙上唯一的一句话。",
    "外婆腌的雪里蕻，隔着坛子都闻得见。",
    "候车室的广播又说晚点，有人索性铺开报纸打起牌来。",
    "石榴树是搬家那年栽的，如今比屋檐还高。",
    "天气预报说有沙尘，结果晒了一天的被子都是太阳的味道。",
)


def prose(key: str, sentences: int = 12) -> str:
    """Paragraphs that belong to the key: the same at every call, others for another key."""
    chosen = random.Random(key).sample(SENTENCES, sentences)
    return "".join(f"<p>{''.join(chosen[start : start + 3])}</p>\n" for start in range(0, sentences, 3))


def anchors(links: list[str]) -> str:
    return "".join(f'<li><a href="{escape(link)}">{nth}、往那边去</a></li>\n' for nth, link in enumerate(links, 1))


def page(title: str, links: list[str] | None = None, head: str = "", end: str = "", key: str = "") -> str:
    return (
        f"<!DOCTYPE html>\n<html lang=zh><head><title>{title}</title>{head}</head>\n<body><h1>{title}</h1>\n"
        f"{prose(key or title)}<ul>{anchors(links or [])}</ul></body></html>\n{end}"
    )


def sha1(body: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()


@dataclass
class Site:
    """Answers by path; `expected` says of an address the reason it is not kept for, None for a page that is kept."""

    name: str
    routes: dict[str, Answer | Handler] = field(default_factory=dict)
    expected: dict[str, str | None] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    """Of the pages that must be archived."""
    wild: Handler = lambda _: Reply("查无此页".encode(), status=404)
    """Answers for every other path."""
    changes: dict[str, object] = field(default_factory=dict)
    """Keys of the site's conf."""

    @property
    def host(self) -> str:
        return f"{self.name}.wenyuan.test"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def __call__(self, request: Request) -> Answer:
        answer = self.routes.get(request.target, self.wild)
        return answer(request) if callable(answer) else answer

    def good(self, path: str, answer: str | bytes | Reply | Handler, body: bytes | None = None) -> None:
        """A page that must be archived; `body` where it is not the answer's."""
        if isinstance(answer, str):
            answer = answer.encode()
        if isinstance(answer, bytes):
            answer = Reply(answer)
        self.routes[path] = answer
        self.expected[self.url(path)] = None
        if body is None:
            assert isinstance(answer, Reply)
            body = answer.body
        self.digests[self.url(path)] = sha1(body)

    def bad(self, reason: str, path: str, answer: Answer | Handler | str) -> None:
        self.routes[path] = Reply(answer.encode()) if isinstance(answer, str) else answer
        self.expected[self.url(path)] = reason

    def unasked(self, reason: str, path: str) -> None:
        """An address that is found and must not be fetched; were it asked for, it would look fine."""
        self.bad(reason, path, page(f"不该取的{path}"))

    def start(self, links: list[str], **how: str) -> None:
        self.good("/", page(f"{self.name}的门口", links, **how))
