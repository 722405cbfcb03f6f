"""One reader who marks passages from many windows at once: nothing doubled, no more than may be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from blog.models import Highlight
from blog.models import highlight as rules
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db(transaction=True)

WINDOWS = 8


def mark_at_once(passages):
    reader, url = make_person(), reverse("blog:highlights", args=[make_post().slug])

    def mark(passage):
        client = Client(headers={"Accept": "application/json"})
        client.force_login(reader)
        status = client.post(url, {"exact": passage}).status_code
        connection.close()
        return status

    with ThreadPoolExecutor(WINDOWS) as pool:
        return sorted(pool.map(mark, passages))


def test_the_same_passage_from_many_windows_is_one():
    assert mark_at_once(["It was a quiet morning."] * WINDOWS) == [201] * WINDOWS
    assert Highlight.objects.count() == 1


def test_the_most_that_may_be_is_the_most_from_many_windows(monkeypatch):
    monkeypatch.setattr(rules, "MAX_PER_STORY", 3)
    passages = [f"It was a quiet morning, {number}." for number in range(WINDOWS)]
    assert mark_at_once(passages) == [201] * 3 + [409] * (WINDOWS - 3)
    assert Highlight.objects.count() == 3
