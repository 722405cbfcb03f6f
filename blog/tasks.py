"""Work after the response; each task may run twice without harm."""

from __future__ import annotations

from django_tasks import task

from blog import relating, search, share_pictures
from blog.announcement import announce_post
from blog.models import Image, Post, SharedPassages
from blog.rerender import rerender_some


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


@task()
def index_stories(pks: list[int]) -> None:
    """Let stories be found by the new name of their author or tag."""
    search.index(pks)


@task()
def index_missing() -> None:
    """Take in what the index lacks: the stories from before there was one, or by older rules."""
    search.index(list(search.missing().order_by("pk").values_list("pk", flat=True)))


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


def _rerender(image_id: int) -> None:
    for post in Post.objects.filter(images=image_id).iterator():
        post.rerender()
