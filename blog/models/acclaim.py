"""What writers hear of the applause for their stories: little, and less the more there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import ngettext

from accounts.kinds import Ways
from accounts.models import Notification, User

if TYPE_CHECKING:
    from blog.models.post import Post

CLAPS = "claps"
LETTER_AT_PEOPLE = frozenset({10, 50, 100, 500, 1000})


def tell_of_claps(post: Post, *, people: int) -> None:
    """So many people have clapped for `post`, the last of them now.

    The inbox holds one row of it for each writer. It becomes new at 1, 2, 3, 5, 10, 20, 50 …
    people, so a thousand readers in a minute write it eleven times and not a thousand times, and
    nobody is called to their inbox for the 38th. A letter is a row of its own: it is sent though
    nobody has looked at the one before.
    """
    if _is_news(people):
        _tell(post, people, key=f"claps-{post.pk}", only=Ways(on_page=True, by_mail=False))
    if people in LETTER_AT_PEOPLE:
        only = Ways(on_page=False, by_mail=True)
        _tell(post, people, key=f"claps-{post.pk}-{people}", only=only)


def is_told(people: int) -> bool:
    """Whether `tell_of_claps` has anything to say of so many."""
    return _is_news(people) or people in LETTER_AT_PEOPLE


def _is_news(people: int) -> bool:
    return people == 3 or str(people).rstrip("0") in {"1", "2", "5"}


def _tell(post: Post, people: int, *, key: str, only: Ways) -> None:
    said = ngettext(
        "%(count)s person clapped for “%(title)s”",
        "%(count)s people clapped for “%(title)s”",
        people,
    )
    Notification.objects.tell(
        User.objects.filter(author__authorships__post=post.pk).distinct(),
        kind=CLAPS,
        by=None,
        text=said
        % {"count": number_format(people, force_grouping=True), "title": post.display_title},
        url=reverse("blog:clappers", args=[post.slug]),
        key=key,
        only=only,
    )
