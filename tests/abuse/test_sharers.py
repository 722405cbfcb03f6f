"""Many who share and arrange at the same moment: no link too many, no series twice."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.roles import Role
from blog.models import Series, ShareLink
from blog.models.share_link import MAX_OPEN_LINKS, TooManyLinks
from tests.abuse.test_writers import WRITERS, at_once
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db(transaction=True)


def test_hands_that_press_at_once_make_no_more_links_than_one_hand():
    ada = make_person("Ada", Role.AUTHOR)
    story = make_post(ada, published=False)
    connection.close()

    def press(_number: int) -> bool:
        try:
            return bool(ShareLink.objects.make(story, by=ada))
        except TooManyLinks:
            return False

    assert sum(at_once(press, range(WRITERS))) == MAX_OPEN_LINKS
    assert ShareLink.objects.count() == MAX_OPEN_LINKS


def test_a_series_that_many_begin_at_once_is_one():
    titles = ["Lights", "lights", "LIGHTS", "Lights!"] * (WRITERS // 4)
    made = at_once(Series.objects.named, titles)
    assert set(made) == {Series.objects.get()}


def test_series_that_want_one_address_at_once_get_their_own():
    titles = [mark * 3 for mark in "?!.,;:&%"][:WRITERS]
    made = at_once(Series.objects.named, titles)
    assert [series.title for series in made] == titles
    assert len({series.slug for series in made}) == WRITERS


def test_parts_that_are_moved_at_once_are_counted_through():
    lights = Series.objects.create(title="Lights", slug="lights")
    parts = [make_post(series=lights, series_position=n).pk for n in range(1, WRITERS + 1)]
    connection.close()
    at_once(lambda pk: lights.arrange({pk: 1}), parts)
    numbers = lights.posts.order_by("series_position").values_list("series_position", flat=True)
    assert list(numbers) == list(range(1, WRITERS + 1))
