"""A throwaway WordPress (Debian's wordpress, mariadb-server and php-cli) that PHP's own server shows on loopback."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from types import TracebackType

from tests.acceptance.hexo import posts
from tests.acceptance.mediawiki import wait_for

WORDPRESS = Path("/usr/share/wordpress")
HOST = "xiangkou.wenyuan.test"
CONFIG = """\
<?php
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'root' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:%(socket)s' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
define( 'WP_HOME', 'http://%(host)s' );
define( 'WP_SITEURL', 'http://%(host)s' );
define( 'WPLANG', 'zh_CN' );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'DISABLE_WP_CRON', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
    define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
"""
ROUTER = """\
<?php
$file = $_SERVER['DOCUMENT_ROOT'] . urldecode( parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) );
if ( is_file( $file ) ) {
    return false;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
"""
FILL = """\
<?php
define( 'WP_INSTALLING', true );
$_SERVER['HTTP_HOST'] = '%(host)s';
$_SERVER['REQUEST_URI'] = '/';
require __DIR__ . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install( '巷口', 'admin', 'admin@example.org', true, '', 'throwaway-wenyuan', 'zh_CN' );
foreach ( get_posts( [ 'post_type' => [ 'post', 'page' ], 'numberposts' => -1, 'post_status' => 'any' ] ) as $post ) {
    wp_delete_post( $post->ID, true );
}
update_option( 'timezone_string', 'Asia/Shanghai' );
update_option( 'date_format', 'Y年n月j日' );
update_option( 'permalink_structure', '%(permalinks)s' );
update_option( 'posts_per_page', 5 );
update_option( 'comment_registration', 0 );
foreach ( json_decode( file_get_contents( __DIR__ . '/posts.json' ), true ) as $post ) {
    $category = $post['category'] ? wp_create_category( $post['category'] ) : 0;
    $id = wp_insert_post( [
        'post_title' => $post['title'], 'post_content' => $post['html'], 'post_date' => $post['date'],
        'post_type' => $post['type'], 'post_status' => $post['status'], 'post_password' => $post['password'],
        'post_name' => $post['name'], 'post_category' => [ $category ], 'tags_input' => $post['tags'],
        'comment_status' => 'open', 'post_author' => 1,
    ], true );
    foreach ( $post['comments'] as $comment ) {
        wp_insert_comment( [ 'comment_post_ID' => $id, 'comment_author' => '读者', 'comment_content' => $comment,
            'comment_approved' => 1, 'comment_date' => $post['date'] ] );
    }
}
switch_theme( '%(theme)s' );
flush_rewrite_rules();
"""
COMMENTS = (
    "写得真好，我家那台座钟也是他修好的，到现在还走着，每天只慢半分钟。",
    "谢谢分享，照着做了一遍，第二天就成了，邻居也来要方子，我把地址抄给了他。",
)
PAGES = (
    "从前的码头，挑夫天不亮就在石阶上等船，等得久了便唱起号子来，一唱众人和。号子的调子只有三个音，词是现编的，看见什么唱什么，"
    "谁家的姑娘走过也要唱两句。船到了，号子就停，只听见脚步声和跳板的吱呀声，像一架慢吞吞的纺车。",
    "后来的码头，吊车一天卸的货，抵得上从前三百个挑夫。号子没有人唱了，只有博物馆里的录音机还在放，放到一半就停下来，因为带子老了。"
    "看管录音机的老人说不用修，听的人也都是听到一半就走，剩下的半截，他自己会唱。",
)
ABOUT = (
    "这里是巷口的小站，写街坊邻居的事，每个星期更新一次。来信请寄镇邮局转交，不必写门牌号，"
    "邮差认得路，下雨天也会送到，只是要晚半天。"
)
LETTER = "这几句话只写给家里人看，外人不必知道：钥匙还在老地方，米缸里藏着存折，密码是奶奶的生日，倒过来写。" * 2
START_LIMIT_S = 60


@dataclass(frozen=True)
class BlogPost:
    title: str
    name: str
    date: str
    html: str
    text: str | None
    """As a reader reads it; None: no reader may."""
    category: str = ""
    tags: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    type: str = "post"
    status: str = "publish"
    password: str = ""


class WordPress:
    """`with WordPress(folder, blog_posts(), theme, pretty) as blog`: `blog.address` is where HOST is served."""

    def __init__(self, folder: Path, listed: Sequence[BlogPost], theme: str, pretty: bool) -> None:
        if not WORDPRESS.is_dir():
            raise RuntimeError(f"no {WORDPRESS} (Debian: apt install wordpress wordpress-l10n)")
        self.folder, self.www = folder, folder / "www"
        self.socket = folder / "db.sock"
        shutil.copytree(WORDPRESS, self.www, ignore=shutil.ignore_patterns("wp-config.php", "languages", "*.map"))
        languages = self.www / "wp-content" / "languages"
        languages.mkdir()
        for path in sorted((WORDPRESS / "wp-content" / "languages").rglob("*zh_CN*")):
            shutil.copy(path, languages / path.name)
        values = {"socket": self.socket, "host": HOST, "theme": theme}
        values["permalinks"] = "/%year%/%monthnum%/%day%/%postname%/" if pretty else ""
        (self.www / "wp-config.php").write_text(CONFIG % values, encoding="utf-8")
        (self.www / "fill.php").write_text(FILL % values, encoding="utf-8")
        (folder / "router.php").write_text(ROUTER, encoding="utf-8")
        fields = [asdict(post) for post in listed]
        (self.www / "posts.json").write_text(json.dumps(fields, ensure_ascii=False), encoding="utf-8")
        (folder / "my.cnf").touch()
        data = ["--no-defaults", f"--datadir={folder / 'db'}"]
        _run("mariadb-install-db", *data, "--auth-root-authentication-method=normal", "--skip-test-db")
        self.data = data

    def __enter__(self) -> "WordPress":
        options = ["--skip-networking", f"--socket={self.socket}", f"--pid-file={self.folder / 'db.pid'}"]
        user = ["--user=root"] if os.geteuid() == 0 else []
        self.database = subprocess.Popen(
            ["mariadbd", *self.data, *options, *user], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + START_LIMIT_S
        while not self.socket.exists():
            if self.database.poll() is not None or time.monotonic() > until:
                raise RuntimeError("mariadbd did not start")
            time.sleep(0.2)
        _run("mariadb", "--no-defaults", f"--socket={self.socket}", "-u", "root", "-e", "CREATE DATABASE wordpress")
        _run("php", str(self.www / "fill.php"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"127.0.0.1:{port}"
        self.server = subprocess.Popen(
            ["php", "-S", self.address, "-t", str(self.www), str(self.folder / "router.php")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(port, self.server)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in (self.server, self.database):
            process.terminate()
            process.wait()


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {(done.stdout + done.stderr).strip()[-2000:]}")


def blog_posts() -> list[BlogPost]:
    """Posts of the Hexo blogs as WordPress holds them, and what it shows otherwise or not at all."""
    listed = []
    for number, post in enumerate(posts()):
        if '"' in post.text or "$" in post.text:
            continue  # WordPress sets straight quotes and formulas its own way
        lines = [f"<p>{escape(line)}</p>" for line in post.text.split("\n") if line.strip()]
        html = "\n".join([*lines[:1], "<!--more-->", *lines[1:]])
        date = f"{post.date} 08:30:00"
        comments = COMMENTS if number % 3 == 0 else ()
        category = "随笔" if number % 2 else "手艺"
        listed.append(
            BlogPost(post.title, f"post-{number}", date, html, post.text, category, ("书", "夏天"), comments)
        )
    pages = [f"<p>{text}</p>" for text in PAGES]
    parts = "<!--nextpage-->".join(pages)
    listed += [
        BlogPost("码头号子", "matou", "2024-02-02 08:00:00", parts, "\n".join(PAGES), "随笔"),
        BlogPost("关于", "about", "2024-01-01 08:00:00", f"<p>{ABOUT}</p>", ABOUT, type="page"),
        BlogPost("家信", "jiaxin", "2024-02-03 08:00:00", f"<p>{LETTER}</p>", None, "随笔", password="secret"),
        BlogPost("日记", "riji", "2024-02-04 08:00:00", f"<p>{LETTER}</p>", None, "随笔", status="private"),
        BlogPost("草稿", "caogao", "2024-02-05 08:00:00", f"<p>{LETTER}</p>", None, "随笔", status="draft"),
    ]
    return listed
