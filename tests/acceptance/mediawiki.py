"""A throwaway MediaWiki (Debian's mediawiki, php-cli and php-sqlite3) that PHP's own server shows on loopback."""

import os
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from xml.sax.saxutils import escape

MEDIAWIKI = Path("/usr/share/mediawiki")
HOST = "wiki.wenyuan.test"
HOME = "首页"
ROUTER = """\
<?php
// Pages at /wiki/<title> and /zh-tw/<title>, files as they are.
$path = parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH );
if ( preg_match( '#^/(wiki|zh(-[a-z]+)?)/#', $path ) || $path === '/' ) {
    $_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
    $_SERVER['SCRIPT_FILENAME'] = $_SERVER['DOCUMENT_ROOT'] . '/index.php';
    unset( $_SERVER['PATH_INFO'] );
    require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
    return true;
}
return false;
"""
SETTINGS = """
$wgServer = $wgCanonicalServer = 'http://%s';
$wgArticlePath = '/wiki/$1';
$wgVariantArticlePath = '/$2/$1';
$wgMainCacheType = $wgParserCacheType = $wgMessageCacheType = CACHE_NONE;
$wgCacheDirectory = '%s/cache';
$wgJobRunRate = 0;
$wgRightsUrl = 'https://creativecommons.org/licenses/by-sa/4.0/';
$wgRightsText = '知识共享 署名-相同方式共享 4.0';
foreach ( [ 'Cite', 'ParserFunctions', 'Poem', 'SyntaxHighlight_GeSHi', 'Math' ] as $extension ) {
    wfLoadExtension( $extension );
}
$wgPygmentizePath = '/usr/bin/pygmentize';
$wgMathValidModes = [ 'source' ];
$wgDefaultUserOptions['math'] = 'source';
$wgMathDisableTexFilter = 'always';
foreach ( [ 'Vector', 'MonoBook', 'Timeless', 'MinervaNeue' ] as $skin ) {
    wfLoadSkin( $skin );
}
$wgDefaultSkin = '%s';
"""
START_LIMIT_S = 60


@dataclass(frozen=True)
class WikiPage:
    title: str
    text: str
    timestamp: str = "2024-03-05T04:30:00Z"


class Wiki:
    """`with Wiki(folder, pages) as wiki`: `wiki.address` is where HOST is served."""

    def __init__(self, folder: Path, pages: Sequence[WikiPage], skin: str = "vector") -> None:
        self.folder = folder
        (folder / "db").mkdir(parents=True)
        maintenance = MEDIAWIKI / "maintenance"
        if not maintenance.is_dir():
            raise RuntimeError(f"no {MEDIAWIKI} (Debian: apt install mediawiki php-cli php-sqlite3)")
        flags = (
            f"--confpath {folder} --dbpath {folder}/db --dbtype sqlite --dbname wiki --lang zh --skins= --extensions="
        )
        names = ("--scriptpath", "", "--server", f"http://{HOST}", "--pass", "throwaway-wenyuan", "山川百科", "Admin")
        self.php(maintenance / "install.php", *flags.split(), *names)
        with (folder / "LocalSettings.php").open("a", encoding="utf-8") as settings:
            settings.write(SETTINGS % (HOST, folder, skin))
        (folder / "router.php").write_text(ROUTER, encoding="utf-8")
        head = '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="zh">\n'
        body = "".join(_xml(number, page) for number, page in enumerate(pages, start=1))
        (folder / "import.xml").write_text(f"{head}{body}</mediawiki>\n", encoding="utf-8")
        self.php(maintenance / "importDump.php", "--quiet", folder / "import.xml")
        home = next(page for page in pages if page.title == HOME)
        self.php(maintenance / "edit.php", "--user", "Admin", HOME, given=home.text)  # newer than the installer's own

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"MW_CONFIG_FILE": f"{self.folder}/LocalSettings.php", "MW_INSTALL_PATH": str(MEDIAWIKI)}

    def php(self, *command: str | Path, given: str = "") -> None:
        done = subprocess.run(["php", *command], input=given, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {(done.stdout + done.stderr).strip()[-2000:]}")

    def __enter__(self) -> "Wiki":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"127.0.0.1:{port}"
        command = ["php", "-S", self.address, "-t", str(MEDIAWIKI), str(self.folder / "router.php")]
        with (self.folder / "server.log").open("wb") as log:
            self.server = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        wait_for(port, self.server)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.terminate()
        self.server.wait()


def wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    """Until the port is served."""
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if server.poll() is not None:
                raise RuntimeError(f"the server ended with {server.returncode}") from None
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"port {port} is not served")


def _xml(number: int, page: WikiPage) -> str:
    namespace = {"Template": 10, "Category": 14, "Module": 828, "User": 2, "Talk": 1}.get(
        page.title.partition(":")[0], 0
    )
    return (
        f"<page><title>{escape(page.title)}</title><ns>{namespace}</ns><id>{number}</id><revision><id>{number}</id>"
        f"<timestamp>{page.timestamp}</timestamp><contributor><username>Admin</username><id>1</id></contributor>"
        f"<model>wikitext</model><format>text/x-wiki</format>"
        f'<text xml:space="preserve">{escape(page.text)}</text></revision></page>\n'
    )
