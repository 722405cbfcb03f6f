"""A letter a day to those who moderate, while something waits for them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.kinds import About, Kind
from accounts.models import Notification
from accounts.roles import holders_of
from blog import awaiting
from blog.awaiting import MAX_COUNTED, Waiting
from blog.models import DailyRound, Publication
from blog.models.moderation import MODERATES

AT = time(8)
ROUND = "moderation"
LINES = 5
LINE_CHARS = 100
WAITING = Kind(
    "responses_waiting",
    gettext_lazy("Responses wait for a moderator, once a day"),
    hint=gettext_lazy("Decide about them here:"),
    about=About.MODERATION,
    concerns=lambda user: user.has_perm(MODERATES),
    who_may_open=lambda people, _url: [one for one in people if one.has_perm(MODERATES)],
)


def next_round(after: datetime | None = None) -> datetime:
    """When moderators are to hear next: in the morning, where the publication is."""
    here = (after or timezone.now()).astimezone(Publication.current().clock)
    morning = here.replace(hour=AT.hour, minute=AT.minute, second=0, microsecond=0)
    return morning if morning > here else morning + timedelta(days=1)


def remind_moderators() -> bool:
    """Tell them what waits, once a day; False when there was nothing to tell.

    The claim is one conditional UPDATE, so of two workers one finds that they were told.
    """
    here = timezone.now().astimezone(Publication.current().clock)
    rows, _later = awaiting.first(LINES)
    if here.time() < AT or not rows:
        return False
    with transaction.atomic():
        if not DailyRound.objects.claim(ROUND, here.date()):
            return False
        _tell(rows)
    return True


def _tell(rows: list[Waiting]) -> None:
    # What an earlier day said is over, read or not.
    Notification.objects.filter(kind=WAITING.name).delete()
    Notification.objects.tell(
        holders_of(MODERATES),
        kind=WAITING.name,
        by=None,
        text=_sentence(awaiting.count(), rows[0].since),
        url=reverse("admin:blog_comment_queue"),
        quote="\n".join(_line(row) for row in rows),
    )


def _sentence(count: int, since: datetime) -> str:
    day = date_format(
        since.astimezone(Publication.current().clock), pgettext("date, long", "j F Y")
    )
    if count > MAX_COUNTED:
        text = _("More than %(count)d responses wait for a moderator, the oldest since %(day)s")
        return text % {"count": MAX_COUNTED, "day": day}
    text = ngettext(
        "%(count)d response waits for a moderator, since %(day)s",
        "%(count)d responses wait for a moderator, the oldest since %(day)s",
        count,
    )
    return text % {"count": count, "day": day}


def _line(row: Waiting) -> str:
    words = Truncator(" ".join(row.comment.source.split())).chars(LINE_CHARS)
    said = {"name": row.comment.signature, "title": row.comment.post.display_title, "words": words}
    return _("%(name)s on “%(title)s”: %(words)s") % said
