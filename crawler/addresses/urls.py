"""Write each address one way, without session parameters, and name the form that many addresses share."""

import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from w3lib.url import safe_url_string

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PATH_SESSION = re.compile(r";[A-Za-z_]*sess[A-Za-z_]*=?[^/?]*|;sid=[^/?]*", re.I)
_SPACES = re.compile(r"[\t\n\r]+")
_PLAIN = re.compile(r"https?://[a-z0-9.:-]+(/[A-Za-z0-9_.~!$&'()*+,=@/-]*)?(\?[A-Za-z0-9_.~!$&'()*+,=@/:?-]*)?")
_DOTS = re.compile(r"/\.\.?(/|$)")
_ESCAPE = re.compile("%[0-9a-fA-F]{2}")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT = "!$%&'()*+,-./:;=?@_~[]"
"""Characters of a query that stay as they are."""
_CONTENT_SID = re.compile(r"(?:s_?id)=\d{1,8}", re.I)
"""Article numbers are called sid, too; session ids are longer, or have letters."""
_NUMBER = re.compile(r"\d+")
_HASH = re.compile(r"[0-9a-fA-F]{16,}|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{17,}")


class BadAddress(ValueError):
    """No http or https address that may be fetched; the message is the cause."""


class Normaliser:
    """Writes an address one way (RFC 3986 section 6.2.2): scheme and host in lower case, no default port, no
    fragment, no dot segments, escapes in upper case and only where needed, and no session parameters.

    `parameters` are names of query parameters, with `*` at the end for any ending; case is ignored.
    """

    def __init__(self, parameters: list[str], max_chars: int) -> None:
        names = "|".join(re.escape(name).replace(r"\*", "[^=&]*") for name in parameters)
        self._session = re.compile(rf"(?:^|&)(?:{names})(?:=[^&]*)?(?=&|$)", re.I) if names else None
        self.max_chars = max_chars
        self._cached = lru_cache(maxsize=20_000)(self._normalise)

    def __call__(self, url: str, encoding: str = "utf-8") -> str:
        """The address in its one spelling; BadAddress if it is none. `encoding` is that of the page the address
        stands in: browsers write what is not ASCII in a query with it, in a path always as UTF-8."""
        answer = self._cached(url, encoding)
        if isinstance(answer, BadAddress):
            raise BadAddress(str(answer))  # a new one: an exception kept and raised again keeps all its callers alive
        return answer

    def join(self, base: str, link: str, encoding: str = "utf-8") -> str:
        """An address found in a page whose base is `base`; BadAddress if it leads nowhere."""
        link = _SPACES.sub("", link.strip(" \t\n\r\f\0")).partition("#")[0]
        if "\\" in link:  # browsers read a backslash before the query as a slash
            path, mark, query = link.partition("?")
            link = path.replace("\\", "/") + mark + query
        if not link:
            return self(base, encoding)
        if len(link) > 2 * self.max_chars:
            raise BadAddress(f"{len(link)} characters; at most {self.max_chars}")
        try:
            return self(urljoin(base, link), encoding)
        except ValueError as error:  # urljoin: brackets that are no IPv6 address
            raise error if isinstance(error, BadAddress) else BadAddress(str(error)) from None

    def _normalise(self, url: str, encoding: str) -> "str | BadAddress":
        if len(url) > 4 * self.max_chars:
            return BadAddress(f"{len(url)} characters; at most {self.max_chars}")
        try:
            return self._strict(url, encoding)
        except BadAddress as error:
            return error
        except (ValueError, UnicodeError) as error:
            return BadAddress(str(error))

    def _strict(self, url: str, encoding: str) -> str:
        parts = urlsplit(_plain(url.partition("#")[0].strip(), encoding))
        if parts.username is not None or parts.password is not None:
            raise BadAddress("a user name or password stands in it")
        host, path, query = _host(parts), _path(parts.path), self._query(parts.query)
        url = f"{parts.scheme}://{host}{path}" + (f"?{query}" if query else "")
        if len(url) > self.max_chars:
            raise BadAddress(f"{len(url)} characters; at most {self.max_chars}")
        return url

    def _query(self, query: str) -> str:
        if query and self._session:
            query = self._session.sub(_without_session, query).lstrip("&")
        return _unescape(query)


def _plain(url: str, encoding: str) -> str:
    """The address in ASCII, its scheme in lower case; BadAddress if the scheme is not one that is fetched."""
    if _PLAIN.fullmatch(url):
        return url
    scheme = url.partition(":")[0].lower()
    if scheme not in _DEFAULT_PORTS:
        raise BadAddress(f"scheme {scheme[:20]!r}; only http and https are fetched")
    address, mark, query = url.partition("?")
    return str(safe_url_string(address, path_encoding="utf-8")) + mark + _written(query, encoding)


def _host(parts: SplitResult) -> str:
    """host, with its port unless that is the scheme's own."""
    host = parts.hostname or ""
    if not host.isascii():
        host = host.encode("idna").decode()
    host = host.rstrip(".")
    if not host:
        raise BadAddress("no host")
    if ":" in host:
        host = f"[{host}]"
    if parts.port is not None and parts.port != _DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{parts.port}"
    return host


def _path(path: str) -> str:
    path = _unescape(path) or "/"
    if ";" in path:
        path = _PATH_SESSION.sub("", path) or "/"
    return _without_dots(path) if _DOTS.search(path) else path


def origin(url: str) -> str:
    """scheme://host[:port] of a normalised address."""
    return url[: url.index("/", 8)]


def host_port(url_or_origin: str) -> str:
    """host:port, also where the port is the scheme's own."""
    parts = urlsplit(url_or_origin)
    host = parts.hostname or ""
    return f"{f'[{host}]' if ':' in host else host}:{parts.port or _DEFAULT_PORTS[parts.scheme]}"


def hostname(url_or_origin: str) -> str:
    return host_port(url_or_origin).rpartition(":")[0]


def template(url: str) -> str:
    """The form of an address: hashes and numbers folded. thread-12-1-1.html and thread-7-3-1.html share one."""
    return _NUMBER.sub("0", _HASH.sub("#", url))


def _without_session(match: re.Match[str]) -> str:
    return match[0] if _CONTENT_SID.fullmatch(match[0].lstrip("&")) else ""


def _written(query: str, encoding: str) -> str:
    """A query as browsers send it: in the page's encoding (UTF-8 for UTF-16 and HZ), what that lacks as &#number;."""
    if encoding.lower().startswith(("utf-16", "utf-32", "hz")):
        encoding = "utf-8"
    try:
        return quote(query.encode(encoding), safe=_KEPT)
    except UnicodeEncodeError:
        return "".join(_escaped(character, encoding) for character in query)


def _escaped(character: str, encoding: str) -> str:
    try:
        return quote(character.encode(encoding), safe=_KEPT)
    except UnicodeEncodeError:
        return f"%26%23{ord(character)}%3B"


def _unescape(text: str) -> str:
    """Escapes of unreserved characters undone, all others in upper case."""
    if "%" not in text:
        return text

    def mend(match: re.Match[str]) -> str:
        character = chr(int(match[0][1:], 16))
        return character if character in _UNRESERVED else match[0].upper()

    return _ESCAPE.sub(mend, text)


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
