"""Where things lie: the same that `reverse` says, at a small part of what it costs.

A page names a hundred addresses of the same few forms. Each form is asked of the urlconf once; what
cannot be put in its place as it is (other scripts, what no address may hold) is left to `reverse`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from django.urls import reverse

# Stands as it is in every address that holds a slug, a handle or a number.
PLAIN = re.compile(r"[-\w]+", re.ASCII)
# Fits wherever one of those does, and is found again.
MARK = "90817263540{}"


# A response's is said five times where it stands.
@lru_cache(maxsize=4_096)
def address(name: str, *places: str | int) -> str:
    """Where `name` is, with these in their places."""
    texts = [str(place) for place in places]
    if not all(map(PLAIN.fullmatch, texts)):
        return reverse(name, args=places)
    return _form(name, len(texts)).format(*texts)


@cache
def _form(name: str, count: int) -> str:
    marks = [MARK.format(number) for number in range(count)]
    form = reverse(name, args=marks)
    for number, mark in enumerate(marks):
        form = form.replace(mark, f"{{{number}}}")
    return form
