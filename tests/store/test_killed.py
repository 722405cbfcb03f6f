"""Whoever is killed, at whatever moment: what was committed is seen, though nobody tells of it.

How soon is shown by hand (tests/config/test_page_store.py); here no page is old for good.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.serving import Serving, installed, wait_until

OWNER = {"OWNER_EMAIL": "ada@example.org", "OWNER_PASSWORD": "a long enough sentence"}

BEGIN = """
from accounts.models import User
from blog.models import Post
by = User.objects.get(email="ada@example.org")
post = Post(title="Before", slug="story", source="It was a quiet morning.")
post.write(by=by)
post.publish(by=by)
"""
# Ended between the commit and whatever else would have followed it.
CHANGE_AND_DIE = """
import os, signal
from django.db import transaction
from blog.models import Post
post = Post.objects.get(slug="story")
with transaction.atomic():
    transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
    post.title = "{title}"
    post.write(by=None)
"""


@pytest.fixture(scope="module")
def serving(tmp_path_factory) -> Iterator[Serving]:
    data = tmp_path_factory.mktemp("killed")
    with installed(data) as url:
        (data / "env").write_text(f"DATABASE_URL={url}\n")
        with Serving(data, "--empty", **OWNER) as serving:
            serving.wait_until_ready()
            serving.run(BEGIN)
            yield serving


def is_shown(serving: Serving, title: str) -> bool:
    return title in serving.get("/story/")[1] and title in serving.get("/")[1]


def test_a_change_is_seen_though_its_writer_is_killed_at_once(serving):
    wait_until(lambda: serving.get("/story/")[0] == 200)
    for title in ("Between", "After"):
        # Kept, and found in the store; work for later changes it too.
        wait_until(lambda: serving.get("/story/") == serving.get("/story/"))
        serving.run_and_be_killed(CHANGE_AND_DIE.format(title=title))
        wait_until(lambda title=title: is_shown(serving, title))


def test_a_change_made_while_nobody_served_is_seen_at_the_first_request(serving):
    serving.kill()
    serving.run_and_be_killed(CHANGE_AND_DIE.format(title="Meanwhile"))
    serving.start()
    serving.wait_until_ready()
    assert is_shown(serving, "Meanwhile")
