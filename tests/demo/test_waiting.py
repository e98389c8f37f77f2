"""While the model is being opened the address answers with a page that reloads itself, and then is free."""

import socket
import urllib.error
import urllib.request

import pytest

from pipeline.demo.waiting import waiting_page


@pytest.fixture
def listener():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        found.listen()
        yield found


def test_who_comes_early_is_told_to_wait(listener):
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with waiting_page(listener):
        for path in ("", "favicon.ico"):
            with pytest.raises(urllib.error.HTTPError) as answered:
                urllib.request.urlopen(address + path, timeout=5)
            page = answered.value.read().decode()
            assert answered.value.code == 503
            assert "正在打开模型" in page and 'http-equiv="refresh"' in page
            assert "default-src 'self'" in answered.value.headers["Content-Security-Policy"]


def test_a_silent_connection_keeps_nobody_waiting_for_long(listener):
    host = listener.getsockname()
    with waiting_page(listener), socket.create_connection(host), socket.create_connection(host) as second:
        second.settimeout(5)
        second.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert second.recv(64).startswith(b"HTTP/1.1 503")


def test_afterwards_the_socket_is_the_servers(listener):
    with waiting_page(listener):
        pass
    with socket.create_connection(listener.getsockname()):
        listener.settimeout(5)
        listener.accept()[0].close()
