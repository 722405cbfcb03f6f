from __future__ import annotations

import pytest

from blog.reading import reading_minutes


@pytest.mark.parametrize(
    ("words", "pictures", "minutes"),
    [
        (0, 0, 1),
        (1, 0, 1),
        (265, 0, 1),
        (266, 0, 2),
        (530, 0, 2),
        (265, 1, 2),
        (2650, 0, 10),
        # 12+11+10+9+8+7+6+5+4+3 = 75 seconds for ten pictures, then 3 each
        (0, 10, 2),
        (0, 5, 1),
        (0, 25, 2),
        (0, 26, 3),
    ],
)
def test_a_story_takes_265_words_a_minute_and_some_seconds_a_picture(words, pictures, minutes):
    assert reading_minutes(words, pictures) == minutes


def test_more_pictures_never_take_less_time():
    minutes = [reading_minutes(1000, pictures) for pictures in range(200)]
    assert minutes == sorted(minutes)
