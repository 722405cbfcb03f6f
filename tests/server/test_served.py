"""Longhand as it is served: the short way and the long way say the same, byte by byte."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.server.talking import Answer, Line
from tests.serving import (
    ROOT,
    Server,
    Serving,
    answering,
    environment,
    free_port,
    installed,
    wait_until,
)

OWNER = {"OWNER_EMAIL": "ada@example.org", "OWNER_PASSWORD": "a long enough sentence"}
BEGIN = """
from tests.making import make_post, make_response
post = make_post(title="A story", slug="story", source="It was a quiet morning.\\n\\n" * 40)
make_response(post, source="So it was here.")
print(f"/@{post.authors.first().handle}/")
"""
# Work for later changes pages too.
WAITING = """
from django_tasks_db.models import DBTaskResult
tasks = DBTaskResult.objects
print(tasks.ready().count() + tasks.running().count())
"""
PICTURE = """
from tests.making import picture_bytes
image = Image.objects.upload(picture_bytes((640, 480)), by=None)
from django.conf import settings
print(next(str(one.relative_to(settings.MEDIA_ROOT))
           for one in settings.MEDIA_ROOT.rglob("*.webp")))
"""
PAGES = ["/", "/story/", "/story/?order=newest", "/archive/", "/tags/", "/authors/", "/about/"]
PAGES += ["/feed/", "/sitemap.xml", "/story.md", "/robots.txt", "/llms.txt", "/no-such-story/"]
# Not known to the store, and means nothing here.
LONG_WAY = "TE: trailers"


@pytest.fixture(scope="module")
def serving(tmp_path_factory) -> Iterator[Serving]:
    data = tmp_path_factory.mktemp("served")
    with installed(data) as url:
        (data / "env").write_text(f"DATABASE_URL={url}\n")
        with Serving(data, "--empty", **OWNER) as serving:
            serving.wait_until_ready()
            yield serving


@pytest.fixture(scope="module")
def paths(serving) -> list[str]:
    made = serving.run(BEGIN).split()
    wait_until(lambda: serving.run(WAITING) == "0")
    return [*PAGES, *made]


@pytest.fixture
def line(serving) -> Iterator[Line]:
    with Line(serving.port) as line:
        yield line


def ask(line: Line, path: str, *lines: str, method: str = "GET") -> Answer:
    host = f"127.0.0.1:{line.socket.getpeername()[1]}"
    request = [f"{method} {path} HTTP/1.1", f"Host: {host}", *lines, "", ""]
    line.send("\r\n".join(request).encode())
    return line.hear(is_head=method == "HEAD")


def test_both_ways_say_the_same_of_every_page(line, paths):
    for path in paths:
        for coding in ("gzip", "br", "zstd", "identity", "gzip, deflate, br, zstd"):
            accept = f"Accept-Encoding: {coding}"
            for _time in range(2):
                ask(line, path, accept)
            short, again = ask(line, path, accept), ask(line, path, accept)
            long = ask(line, path, accept, LONG_WAY)
            assert short.undated == again.undated == long.undated, (path, coding)
            heads = [ask(line, path, accept, *more, method="HEAD") for more in ([], [LONG_WAY])]
            assert heads[0].undated == heads[1].undated, (path, coding)
            assert heads[0].headers[1:] == short.headers[1:], (path, coding)


def test_both_ways_say_the_same_to_who_has_the_page(line, paths):
    for path in paths:
        for _time in range(2):
            page = ask(line, path, "Accept-Encoding: gzip")
        if page.status != 200 or not any(name == "etag" for name, _value in page.headers):
            continue
        known = f"If-None-Match: {page['etag']}"
        short = [ask(line, path, "Accept-Encoding: gzip", known).undated for _time in range(2)]
        long = ask(line, path, "Accept-Encoding: gzip", known, LONG_WAY)
        assert long.status == 304
        assert short == [long.undated, long.undated], path


def test_a_picture_comes_whole_and_in_parts(serving, line):
    path = f"/media/{serving.run(PICTURE)}"
    whole = ask(line, path)
    assert whole.status == 200
    assert int(whole["content-length"]) == len(whole.body) > 300
    part = ask(line, path, "Range: bytes=100-199")
    assert part.status == 206
    assert part.body == whole.body[100:200]
    assert ask(line, path, f"Range: bytes={len(whole.body)}-").status == 416
    assert ask(line, path, method="HEAD").headers[1:] == whole.headers[1:]
    assert ask(line, path, f"If-None-Match: {whole['etag']}").status == 304


def test_a_process_that_is_killed_is_replaced(serving):
    before = answering(serving.pid)
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: answering(serving.pid) not in ([], before))
    wait_until(lambda: is_answering(serving))


def is_answering(serving: Serving) -> bool:
    try:
        return serving.get("/robots.txt")[0] == 200
    except OSError:
        return False


@pytest.mark.once
def test_whoever_answers_ends_after_the_one_that_watches_is_killed(serving):
    with Server(serving.environment, workers=2) as server:
        wait_until(lambda: len(answering(server.process.pid)) == 2)
        wait_until(server.is_answering)
        server.kill()
        # On the same port: nobody holds it any more.
        server.start()
        wait_until(server.is_answering)


@pytest.mark.once
def test_a_server_that_cannot_start_says_so_by_its_exit_code(tmp_path):
    command = [sys.executable, "-m", "config.server", "--port", str(free_port())]
    wrong = environment(tmp_path, DATABASE_URL="mysql://db.example/longhand")
    done = subprocess.run(command, cwd=ROOT, env=wrong, capture_output=True, text=True)
    assert done.returncode == 3
    assert "DATABASE_URL is not" in done.stderr


@pytest.mark.once
def test_an_address_that_is_taken_is_said(serving, tmp_path):
    command = [sys.executable, "-m", "config.server", "--port", str(serving.port)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True
    )
    assert done.returncode == 3
    assert "Address already in use" in done.stderr
    assert "Traceback" not in done.stderr
