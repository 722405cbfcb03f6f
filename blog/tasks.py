"""Work after the response; each task may run twice without harm."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from blog import (
    akismet,
    change_log,
    forgetting,
    housekeeping,
    hub,
    relating,
    search,
    second_opinion,
    share_pictures,
)
from blog.announcement import announce_post
from blog.models import Image, Post, Publication, SharedPassages
from blog.reminder import next_round, remind_moderators
from blog.rerender import rerender_some
from blog.streams import streams_with

# A hub is told at once, and again after these minutes when it cannot be reached.
HUB_RETRY_AFTER_MINUTES = (1, 5, 30, 120, 480)

# Readers wait for a response that Akismet is asked about.
AKISMET_RETRY_AFTER_MINUTES = (1, 5, 30, 120, 480)

# Less than a minute's work.
INDEXED_AT_ONCE = 2_000

logger = logging.getLogger("longhand.hub")
akismet_logger = logging.getLogger("longhand.akismet")


@task()
def make_avif(image_id: int) -> None:
    """Make a picture's AVIF widths, and offer them in the stories that show it."""
    image = Image.objects.filter(pk=image_id).first()
    if image is None or not image.make_avif():
        return
    _rerender(image_id)


@task()
def rerender_stories_with(image_id: int) -> None:
    """Say a picture's new words wherever it is shown."""
    _rerender(image_id)


@task()
def announce(post_id: int) -> None:
    """Tell followers of a story that has appeared. It may have been postponed since: then not."""
    announce_post(post_id)
    if Publication.current().websub_hub:
        tell_hub.enqueue(post_id)


@task()
def index_stories(pks: list[int]) -> None:
    """Let stories be found by the new name of their author or tag."""
    search.index(pks)


@task()
def take_up_again() -> None:
    """See what is missing of what is made of stories, after a start: by older rules, or cut off.

    To find that nothing is takes a look at each of them, seconds in a million; nobody waits for it.
    """
    if search.missing().exists():
        index_missing.enqueue()
    elif relating.missing().exists():
        relate_missing.enqueue()
    if Post.objects.outdated().exists():
        rerender_outdated.enqueue()
    for pks in share_pictures.chunks(missing=True):
        draw_share_pictures.enqueue(pks)


@task()
def index_missing(after: int = 0) -> None:
    """Take in what the index lacks (stories from before there was one, or by older rules), some at
    a time; then find what is read next, which asks it.
    """
    missing = search.missing().filter(pk__gt=after).order_by("pk")
    pks = list(missing.values_list("pk", flat=True)[:INDEXED_AT_ONCE])
    search.index(pks)
    if len(pks) == INDEXED_AT_ONCE:
        index_missing.enqueue(pks[-1])
    elif relating.missing().exists():
        relate_missing.enqueue()


@task()
def rerender_outdated() -> None:
    """Render anew what an older renderer made, some at a time; called again until all is done."""
    if rerender_some():
        rerender_outdated.enqueue()


@task()
def draw_share_pictures(pks: list[int]) -> None:
    """Draw what chats show of these stories, or take it away where they have pictures."""
    for pk in pks:
        share_pictures.draw(pk)


@task()
def redraw_share_pictures() -> None:
    """Say the publication's new name on the pictures of the newest stories."""
    for pks in share_pictures.chunks():
        draw_share_pictures.enqueue(pks)


@task()
def count_passages(post_id: int) -> None:
    """Find out which passages of a story many readers have highlighted."""
    SharedPassages.objects.count_anew(post_id)


@task()
def relate_around(post_id: int) -> None:
    """Find anew what is read after a story that changed, and after those around it."""
    if relating.relate_around(post_id):
        relate_around.enqueue(post_id)


@task()
def relate_missing(after: int = 0) -> None:
    """Find what is read after stories of which that is not known, some at a time."""
    last = relating.relate_some(after)
    if last:
        relate_missing.enqueue(last)


@task()
def forget_guests() -> None:
    """Let go of what may be kept for some days only, some at a time."""
    if forgetting.forget_some():
        forget_guests.enqueue()


@task()
def tell_moderators() -> None:
    """Tell those who moderate what waits, let go of what is old, and come again tomorrow."""
    come_again_for_moderators()
    if forgetting.is_due():
        forget_guests.enqueue()
    remind_moderators()


def come_again_for_moderators() -> None:
    """See to it that the next round stands in the list of tasks, once."""
    _come_again(tell_moderators, next_round())


@task()
def forget_changes() -> None:
    """Let go of what every process has read by now; again and again."""
    while change_log.prune():
        pass
    come_again_for_changes()


def come_again_for_changes() -> None:
    """See to it that this stands in the list of tasks, once."""
    _come_again(forget_changes, timezone.now() + change_log.KEPT_FOR / 4)


@task()
def tidy() -> None:
    """Forget what is over, and come again tomorrow: a server may run for years."""
    _come_again(tidy, timezone.now() + housekeeping.EVERY)
    housekeeping.tidy()


def _come_again(what: Task[[], None], at: datetime) -> None:
    waiting = DBTaskResult.objects.filter(task_path=what.module_path, status=TaskResultStatus.READY)
    if not waiting.exists():
        what.using(run_after=at).enqueue()


@task()
def tell_hub(post_id: int, attempt: int = 1) -> None:
    """Tell the hub of the feeds that show this story, or showed it; try again if it is away."""
    address = Publication.current().websub_hub
    post = Post.objects.filter(pk=post_id).first()
    if not address or post is None:
        return
    streams = streams_with(post)
    topics = [settings.SITE_URL + path for stream in streams for path in stream.feeds]
    if not topics:
        return
    try:
        hub.tell(address, topics)
    except hub.HubRefused as error:
        logger.error("The hub is not told of story %d: %s", post_id, error)
    except hub.HubFailed as error:
        _tell_hub_later(post_id, attempt, error)


@task()
def ask_akismet(comment_id: int, attempt: int = 1) -> None:
    """Ask Akismet about a response that waits for that; again later when it does not answer."""
    try:
        second_opinion.ask(comment_id)
    except akismet.AkismetFailed as error:
        if attempt > len(AKISMET_RETRY_AFTER_MINUTES):
            akismet_logger.error("Akismet was not asked of response %d: %s", comment_id, error)
            second_opinion.give_up(comment_id, "away")
            return
        minutes = AKISMET_RETRY_AFTER_MINUTES[attempt - 1]
        akismet_logger.warning("Akismet does not answer, again in %d min: %s", minutes, error)
        later = timezone.now() + timedelta(minutes=minutes)
        ask_akismet.using(run_after=later).enqueue(comment_id, attempt + 1)


@task()
def teach_akismet(comment_id: int) -> None:
    """Tell Akismet of a response that it took for the other kind, once: it is a favour."""
    try:
        second_opinion.teach(comment_id)
    except (akismet.AkismetFailed, akismet.KeyRefused) as error:
        akismet_logger.warning("Akismet was not told of response %d: %s", comment_id, error)


def _tell_hub_later(post_id: int, attempt: int, error: Exception) -> None:
    if attempt > len(HUB_RETRY_AFTER_MINUTES):
        logger.error("The hub was not told of story %d, given up: %s", post_id, error)
        return
    minutes = HUB_RETRY_AFTER_MINUTES[attempt - 1]
    logger.warning("The hub was not told, again in %d min: %s", minutes, error)
    later = timezone.now() + timedelta(minutes=minutes)
    tell_hub.using(run_after=later).enqueue(post_id, attempt + 1)


def _rerender(image_id: int) -> None:
    for post in Post.objects.filter(images=image_id).iterator():
        post.rerender()
