"""How long a story takes to read."""

from __future__ import annotations

WORDS_PER_MINUTE = 265
FIRST_PICTURE_SECONDS = 12
LEAST_PICTURE_SECONDS = 3


def reading_minutes(word_count: int, picture_count: int) -> int:
    """Whole minutes, rounded up, at least 1.

    The first picture adds 12 seconds, each next one a second less, none less than 3.
    """
    descending = FIRST_PICTURE_SECONDS - LEAST_PICTURE_SECONDS
    first = min(picture_count, descending)
    seconds = first * FIRST_PICTURE_SECONDS - first * (first - 1) // 2
    seconds += (picture_count - first) * LEAST_PICTURE_SECONDS
    # In whole numbers, so that exactly 265 words are 1 minute and not 1.0000001.
    total = word_count * 60 + seconds * WORDS_PER_MINUTE
    return max(1, -(-total // (60 * WORDS_PER_MINUTE)))
