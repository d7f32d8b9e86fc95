"""Calls outside: never into the machine's own network, whatever the address looks like."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network

import pytest

from linli.base import reaching
from linli.base.reaching import Unreachable

HERE = (ip_network("127.0.0.0/8"),)
# Spellings of addresses that must not be called; some the resolver turns into one, some are one.
INNER = [
    "127.0.0.1", "127.1", "0.0.0.0", "0", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.9.9", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:7f00:1]", "[fe80::1]",
    "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "[64:ff9b::7f00:1]", "[64:ff9b::a00:1]", "[2002:7f00:1::]",
    "[2001:0:7f00:1::]", "[::127.0.0.1]", "[2001:db8::1]", "localhost", "localhost.", "LOCALHOST", "0x7f.1",
    "0x7f000001", "2130706433", "017700000001", "0177.0.0.1", "127.0.0.1.", "127.000.000.001",
]  # fmt: skip


class Sink(BaseHTTPRequestHandler):
    seen: list[tuple[str, str, bytes]] = []
    answer = (200, {}, b"ok")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Sink.seen.append((self.path, self.headers["Host"], body))
        status, headers, text = Sink.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def sink() -> Iterator[int]:
    Sink.seen, Sink.answer = [], (200, {}, b"ok")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("host", INNER)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_spelling_of_an_inner_address_is_called(sink: int, host: str, scheme: str) -> None:
    with pytest.raises(Unreachable):
        reaching.post(f"{scheme}://{host}:{sink}/", b"{}", {}, allowed=(), seconds=1)
    assert Sink.seen == []


def test_the_control_an_allowed_network_is_called(sink: int) -> None:
    answer = reaching.post(f"http://127.0.0.1:{sink}/a?b=1", b"{}", {"x": "y"}, allowed=HERE)
    assert (answer.status, answer.text) == (200, "ok")
    assert Sink.seen == [("/a?b=1", f"127.0.0.1:{sink}", b"{}")]


def test_a_name_that_changes_its_answer_gains_nothing(sink: int) -> None:
    """The name is resolved once, and the connection goes to what was judged."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    reaching.post(f"http://city.example:{sink}/", b"{}", {}, allowed=HERE, resolve=lambda *_host: next(answers))
    assert Sink.seen == [("/", f"city.example:{sink}", b"{}")]


def test_one_inner_address_among_several_spoils_the_name() -> None:
    with pytest.raises(Unreachable) as no:
        reaching.post("https://city.example/", b"{}", {}, allowed=(), resolve=lambda *_host: ["8.8.8.8", "10.0.0.1"])
    assert no.value.forbidden


def test_plain_http_goes_only_into_an_allowed_network() -> None:
    with pytest.raises(Unreachable, match="https"):
        reaching.post("http://city.example/", b"{}", {}, allowed=HERE, resolve=lambda *_host: ["8.8.8.8"])


def test_a_redirect_is_an_answer_and_not_followed(sink: int) -> None:
    Sink.answer = (302, {"Location": f"http://127.0.0.1:{sink}/inner"}, b"")
    assert reaching.post(f"http://127.0.0.1:{sink}/", b"{}", {}, allowed=HERE).status == 302
    assert len(Sink.seen) == 1


def test_of_a_long_answer_only_the_beginning_is_read(sink: int) -> None:
    Sink.answer = (500, {"Retry-After": "30"}, b"x" * 2_000_000)
    answer = reaching.post(f"http://127.0.0.1:{sink}/", b"{}", {}, allowed=HERE)
    assert len(answer.text) == reaching.READ_BYTES and answer.retry_after == 30


def test_no_proxy_of_the_environment_is_used(sink: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    assert reaching.post(f"http://127.0.0.1:{sink}/", b"{}", {}, allowed=HERE).status == 200


@pytest.mark.parametrize(
    "url",
    [
        "", "ftp://a.example/", "file:///etc/passwd", "gopher://a/", "//a.example/", "https://", "https://u:p@a.example/",
        "https://a.example\\@127.0.0.1/", "https://a.example/ x", "https://a.example/\r\nHost: b", "https://a.example/#f",
        "https://a.example:0/", "https://a.example:99999/", "https://[::1", "https://" + "a" * 400,
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused_before_anything_is_resolved(url: str) -> None:
    with pytest.raises(Unreachable):
        reaching.post(url, b"{}", {}, allowed=HERE, resolve=lambda *_host: pytest.fail("resolved"))


def test_the_open_net_may_be_called_and_networks_can_be_allowed() -> None:
    assert reaching.may_call(ip_address("1.1.1.1"), ())
    assert reaching.may_call(ip_address("2606:4700:4700::1111"), ())
    assert not reaching.may_call(ip_address("10.20.0.9"), ())
    assert reaching.may_call(ip_address("10.20.0.9"), (ip_network("10.20.0.0/16"),))
    assert reaching.may_call(ip_address("::ffff:10.20.0.9"), (ip_network("10.20.0.0/16"),))
    assert not reaching.may_call(ip_address("10.21.0.9"), (ip_network("10.20.0.0/16"),))
