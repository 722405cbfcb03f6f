"""A response as every form of feed says it."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.characters import printable
from blog.feeds.entry import Answered, Entry, Person, in_its_direction, person_of, tag_uri
from blog.models import Comment, Post
from blog.portable import portable

RESPONSE_COUNT = 50


def entries_of_responses(post: Post) -> list[Entry]:
    """What readers said last. By key: the order in which responses came, which has an index."""
    found = Comment.objects.visible().filter(post=post).with_people().select_related("parent")
    return [_entry_of(comment, post) for comment in found.order_by("-pk")[:RESPONSE_COUNT]]


def _entry_of(comment: Comment, post: Post) -> Entry:
    # Its address needs the story; nobody has to ask for it.
    comment.post = post
    person = _person(comment)
    page = comment.get_absolute_url()
    html = portable(comment.html, site=settings.SITE_URL, page=page)
    about = {"name": person.name, "title": printable(post.display_title)}
    return Entry(
        id=_id(comment),
        url=_url(comment),
        title=_("%(name)s on “%(title)s”") % about,
        html=printable(in_its_direction(html, post.language)),
        published_at=comment.created_at,
        updated_at=comment.edited_at or comment.created_at,
        language=post.language,
        people=[person],
        answers=_answered(comment, post),
    )


def _person(comment: Comment) -> Person:
    face = comment.author.author_or_none if comment.author else None
    return person_of(face) if face else Person(printable(comment.signature))


def _answered(comment: Comment, post: Post) -> Answered:
    """The response above it while that can be read, else the story."""
    above = comment.parent
    if above and above.is_visible:
        above.post = post
        return Answered(_id(above), _url(above))
    story = f"{settings.SITE_URL}{post.get_absolute_url()}"
    return Answered(tag_uri(post.created_at, str(post.pk)), story)


def _id(comment: Comment) -> str:
    return tag_uri(comment.created_at, comment.anchor)


def _url(comment: Comment) -> str:
    return f"{settings.SITE_URL}{comment.get_absolute_url()}#{comment.anchor}"
