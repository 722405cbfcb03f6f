"""Moments in which a store could go wrong, taken one by one."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from accounts.ingredients import Recipe
from blog import change_log
from blog.change_log import Changes, Reader
from blog.models import Change
from config.kept_page import Page
from config.page_store import PageStore

KEY = ("example.org", False, "/", "")


def page(made_at: float) -> Page:
    response = HttpResponse(b"It was a quiet morning." * 50, headers={"ETag": 'W/"1"'})
    response.recipe = Recipe({("post", 1)}, has_all_sets=True)
    response.made_of = response.recipe.made_of()
    return Page.of(response, made_at, "")


@pytest.mark.once
def test_whoever_looked_a_moment_before_a_page_was_kept_does_not_make_it_again():
    store = PageStore(1_000_000, lambda: Changes(set()), clock=lambda: 100.0)
    assert store.find(KEY) is None
    with store.making(KEY) as begun_at:
        store.keep(KEY, page(begun_at))
    with store.making(KEY) as begun_at:
        assert begun_at is None
    assert store.numbers.misses == 1


@pytest.mark.once
@pytest.mark.parametrize("known", ['"1"', 'W/"1"', 'W/"0", "1"'])
def test_a_proxy_that_has_made_a_mark_strong_is_answered_too(known):
    assert page(0).is_known_to(known, None)


@pytest.mark.django_db
def test_a_burst_that_names_few_things_many_times_hides_nothing(monkeypatch):
    monkeypatch.setattr(change_log, "MAX_CHANGES", 3)
    reader = Reader()
    reader.read()
    rows = [Change(kind="post", key=1) for _ in range(8)]
    Change.objects.bulk_create([*rows, Change(kind="post", key=2)])
    found = reader.read()
    assert found.is_all or ("post", 2) in found.ingredients
    Change.objects.create(kind="post", key=3)
    assert ("post", 3) in reader.read().ingredients
