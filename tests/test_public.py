"""What is served under the public address: calendars to those who have a link, and to nobody anything else."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse

import pytest

from bot.public import PublicServer

TOKEN, OTHER = "t" * 43, "o" * 43
CHANGED = datetime(2026, 11, 24, 11, 0, 0, 999, tzinfo=UTC)
LAST_MODIFIED = "Tue, 24 Nov 2026 11:00:00 GMT"
PATH = f"/calendar/{TOKEN}.ics"


@dataclass(frozen=True)
class File:
    content: bytes = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    etag: str = "abc"
    changed_at: datetime = CHANGED


class Shelf:
    """Has one calendar, and notes what was looked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_broken = False

    def __call__(self, token: str) -> File | None:
        self.asked.append(token)
        if self.is_broken:
            raise OSError("the database is away")
        return File() if token == TOKEN else None


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture(scope="module")
def server(shelf: Shelf) -> Iterator[PublicServer]:
    serving = PublicServer(0, shelf)
    serving.start()
    yield serving
    serving.stop()


@pytest.fixture(autouse=True)
def fresh(shelf: Shelf) -> None:
    shelf.asked.clear()
    shelf.is_broken = False


def ask(server: PublicServer, path: str = PATH, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def test_a_calendar_comes_as_one_and_is_asked_for_again_each_time(server: PublicServer) -> None:
    answer, content = ask(server)
    assert (answer.status, content) == (200, File().content)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert (answer.headers["ETag"], answer.headers["Last-Modified"]) == ('"abc"', LAST_MODIFIED)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Server"] is None


def test_its_head_is_the_same_without_the_file(server: PublicServer) -> None:
    answer, content = ask(server, method="HEAD")
    assert (answer.status, content) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(File().content))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_None_Match": '"abc"'}, 304),
        ({"If_None_Match": 'W/"x", W/"abc"'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"old"', "If_Modified_Since": LAST_MODIFIED}, 200),
        ({"If_Modified_Since": LAST_MODIFIED}, 304),
        ({"If_Modified_Since": "Tue, 24 Nov 2026 10:59:59 GMT"}, 200),
        ({"If_Modified_Since": "yesterday"}, 200),
        ({"If_Modified_Since": "Tue, 24 Nov 2026 11:00:00 -0000"}, 200),
    ],
)
def test_what_is_known_already_is_not_sent_again(server: PublicServer, headers: dict[str, str], status: int) -> None:
    answer, content = ask(server, **headers)
    assert answer.status == status
    assert (content == b"") == (status == 304)
    assert answer.headers["ETag"] == '"abc"'


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"])
def test_nothing_but_reading_is_found(server: PublicServer, shelf: Shelf, method: str) -> None:
    assert ask(server, method=method)[0].status == 404
    assert shelf.asked == []


@pytest.mark.parametrize(
    "path",
    ["/", "/calendar/", "/calendar/.ics", f"/calendar/{TOKEN}", f"/calendar/{TOKEN}.ics/", f"/x/calendar/{TOKEN}.ics",
     f"/calendar/{TOKEN}x.ics", f"/calendar/{TOKEN[1:]}%00.ics", f"/calendar/{TOKEN[1:]}%0a.ics",
     f"/calendar/..%2f{TOKEN[3:]}.ics", "/favicon.ico", "/robots.txt"],
)  # fmt: skip
def test_no_other_address_is_found_nor_looked_up(server: PublicServer, shelf: Shelf, path: str) -> None:
    answer, content = ask(server, path)
    assert (answer.status, content) == (404, b"Not found")
    assert shelf.asked == []


def test_a_link_that_does_not_work_looks_like_any_other_address(server: PublicServer, shelf: Shelf) -> None:
    (gone, content), (nowhere, same) = ask(server, f"/calendar/{OTHER}.ics"), ask(server, "/nowhere")
    assert shelf.asked == [OTHER]
    assert (gone.status, content) == (nowhere.status, same) == (404, b"Not found")
    assert {*gone.headers} == {*nowhere.headers}


def test_what_follows_the_address_changes_nothing(server: PublicServer) -> None:
    assert ask(server, f"{PATH}?utm=1")[0].status == 200


def test_a_failure_asks_to_come_again_and_no_link_is_ever_logged(
    server: PublicServer, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ask(server)
    shelf.is_broken = True
    answer, content = ask(server)
    assert (answer.status, content, answer.headers["Retry-After"]) == (503, b"Not now", "60")
    assert "a calendar can't be read" in caplog.text
    assert TOKEN not in caplog.text


def test_what_is_no_request_ends_nothing(server: PublicServer) -> None:
    for rubbish in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", server.port), 10) as raw:
            raw.sendall(rubbish)
            assert b"200" not in raw.recv(100)
    assert ask(server)[0].status == 200


def test_whoever_is_slow_is_cut_off_and_keeps_nobody_out(shelf: Shelf) -> None:
    serving = PublicServer(0, shelf, longest=0.2)
    serving.start()
    try:
        with socket.create_connection(("127.0.0.1", serving.port), timeout=10) as slow:
            slow.sendall(f"GET {PATH} HTTP/1.1\r\nHost: x\r\n".encode())
            with suppress(ConnectionResetError):
                assert slow.recv(1) == b""
        assert ask(serving)[0].status == 200
    finally:
        serving.stop()


def test_a_connection_is_for_one_request(server: PublicServer) -> None:
    assert ask(server)[0].getheader("Connection") == "close"
    assert ask(server, "/")[0].getheader("Connection") == "close"


def test_a_port_that_is_taken_is_an_error_at_the_start(server: PublicServer, shelf: Shelf) -> None:
    with pytest.raises(OSError):  # noqa: PT011  # whose words are the system's
        PublicServer(server.port, shelf).start()


def test_a_server_that_was_stopped_answers_no_more(shelf: Shelf) -> None:
    serving = PublicServer(0, shelf)
    serving.start()
    assert ask(serving)[0].status == 200
    serving.stop()
    with pytest.raises(OSError):  # noqa: PT011
        ask(serving)
