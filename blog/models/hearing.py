"""Who hears of a response when readers can read it for the first time.

Each person hears of it once: that it answers them, else that it calls them, else that it stands
under a story of theirs. An answer and a call are a row each, because each wants to be read.
Responses to a story share a row until its author has looked, and so at most one letter: 200 of them
are one line.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Author, Notification, User
from accounts.statements import Statement
from blog import markdown
from blog.models.muted_thread import hears_from
from blog.models.post import with_writers

if TYPE_CHECKING:
    from blog.models.comment import Comment

REPLY, MENTION, STORY = "response_reply", "response_mention", "story_response"
MAX_CALLED = 10  # so many people hear that one response calls them; the others are named in it
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def tell_of(comment: Comment, *, writers: list[User] | None = None, is_open: bool = False) -> None:
    """Write the inbox rows of everybody whom `comment` concerns.

    Whoever has just read the story gives its `writers`, and says whether readers may open it.
    """
    said = _said(comment)
    answered, called = _answered(comment), _called(said.called)
    writers = with_writers(comment.post) if writers is None else writers
    told = {comment.author_id}
    hearing = {one.pk for one in _who_hear([*answered, *called, *writers], told, comment)}
    for kind, people in ((REPLY, answered), (MENTION, called)):
        some = [one for one in people if one.pk in hearing - told]
        if some:
            _tell(some, kind, comment, said.text, is_open=is_open)
        told.update(one.pk for one in some)
    for writer in writers:
        if writer.pk in hearing - told:
            _tell_writer(writer, comment, said.text, is_open=is_open)


def tell_of_edit(comment: Comment, *, before: str) -> None:
    """Tell those whom its words call now and did not `before`, unless they heard of it already."""
    said = _said(comment)
    was_called = markdown.read_response(before, language=comment.post.language).called
    called = [handle for handle in said.called if handle not in was_called]
    heard = Notification.objects.filter(key=_key(comment)).values_list("recipient_id", flat=True)
    told = {comment.author_id, *heard, *(writer.pk for writer in with_writers(comment.post))}
    _tell(_who_hear(_called(called), told, comment), MENTION, comment, said.text)


def take_back(comment: Comment) -> None:
    """What readers may not read any more is not left in anybody's inbox either."""
    Notification.objects.filter(key=_key(comment)).delete()
    # Writers share no key; asked for one by one, because nothing finds an address among all rows.
    writers = with_writers(comment.post)
    theirs = Notification.objects.filter(recipient__in=writers, kind=STORY)
    theirs.filter(url=_url(comment)).delete()


def _who_hear(people: list[User], told: set[int | None], comment: Comment) -> list[User]:
    return hears_from([person for person in people if person.pk not in told], comment)


def _answered(comment: Comment) -> list[User]:
    above = comment.parent.author if comment.parent else None
    return [above] if above else []


def _called(handles: Collection[str]) -> list[User]:
    """Whoever has one of the handles and an account, in the order of the text."""
    faces = Author.objects.with_handles(handles).select_related("user") if handles else []
    people = {face.handle.lower(): face.user for face in faces if face.user}
    return [people[handle] for handle in handles if handle in people][:MAX_CALLED]


def _tell(
    people: list[User], kind: str, comment: Comment, words: str, *, is_open: bool = False
) -> None:
    text = (
        _("%(name)s answered your response to “%(title)s”")
        if kind == REPLY
        else _("%(name)s mentioned you in a response to “%(title)s”")
    )
    Notification.objects.tell(
        people,
        kind=kind,
        by=comment.author,
        text=text % _named(comment),
        url=_url(comment),
        key=_key(comment),
        quote=words,
        is_open=is_open,
    )


def _tell_writer(writer: User, comment: Comment, words: str, *, is_open: bool) -> None:
    """One row for all that `writer` has not looked at, which leads to the only one or to all."""
    waits_since = _waits_since(writer, comment)
    since = waits_since or _appeared(comment)
    count = comment.others_since(since, but=writer) if waits_since else 1
    many = ngettext(
        "%(count)d new response to “%(title)s”", "%(count)d new responses to “%(title)s”", count
    )
    is_one = count <= 1
    text = _("%(name)s responded to “%(title)s”") if is_one else many
    Notification.objects.tell(
        [writer],
        kind=STORY,
        by=comment.author,
        text=text % {**_named(comment), "count": count},
        url=_url(comment) if is_one else f"{comment.post.get_absolute_url()}#responses",
        key=f"{_story_key(comment)}{(since - EPOCH) // timedelta(microseconds=1)}",
        quote=words if is_one else "",
        is_open=is_open,
    )


def _waits_since(writer: User, comment: Comment) -> datetime | None:
    """When the first response appeared that `writer` has not looked at; it names their row.

    Whoever wants letters alone has looked at what was in the last one. None when there is none.
    """
    rows = _WAITING.values(recipient=writer.pk, begins=_story_key(comment))
    for (key,) in rows:
        return EPOCH + timedelta(microseconds=int(key.rpartition(":")[2]))
    return None


def _appeared(comment: Comment) -> datetime:
    if comment.appeared_at is None:
        comment.refresh_from_db(fields=["appeared_at"])
    return comment.appeared_at or comment.created_at


def _waiting(recipient: int, begins: str) -> QuerySet[Any]:
    waiting = Q(is_shown=True, read_at=None)
    waiting |= Q(is_shown=False, mailed_at=None, mail_due_at__isnull=False)
    rows = Notification.objects.filter(waiting, recipient=recipient)
    rows = rows.alias(place=StrIndex("key", Value(begins))).filter(place=1)
    return rows.order_by("-pk").values_list("key")[:1]


_WAITING: Statement[Any] = Statement(_waiting)


def _said(comment: Comment) -> markdown.Said:
    return markdown.read_response(comment.source, language=comment.post.language)


def _named(comment: Comment) -> dict[str, str]:
    return {"name": comment.signature, "title": comment.post.display_title}


def _url(comment: Comment) -> str:
    return f"{comment.get_absolute_url()}#{comment.anchor}"


def _key(comment: Comment) -> str:
    return f"response:{comment.pk}"


def _story_key(comment: Comment) -> str:
    return f"responses:{comment.post_id}:"
