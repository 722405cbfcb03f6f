"""What a sitemap says of one address. What else it is to say goes here, and into `document`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter

from django.conf import settings
from django.urls import reverse

from blog import figures
from blog.models import Post
from blog.seo import language_alternates
from blog.sitemaps.chunk import Chunk
from blog.sitemaps.rows import KINDS, findable_stories

PICTURE_WIDTH_PX = 1200
# Google reads up to 1,000 for each address; so many make no chunk larger than is allowed.
MAX_PICTURES = 50
NAMES = {"authors": ("blog:author", "handle"), "tags": ("blog:tag", "slug")}
NAMES["series"] = ("blog:series", "slug")


@dataclass(frozen=True)
class Place:
    """An address of ours; all in it is absolute."""

    url: str
    changed_at: datetime | None = None
    pictures: list[str] = field(default_factory=list)
    languages: tuple[tuple[str, str], ...] = ()  # with its own, as its page says them


def places_of(chunk: Chunk) -> list[Place]:
    """What stands in a chunk; nothing in one that the index does not name."""
    if not chunk.is_possible:
        return []
    if chunk.kind == "stories":
        return _stories(chunk)
    name, column = NAMES[chunk.kind]
    rows = chunk.of(KINDS[chunk.kind]()).values_list(column, flat=True)
    return [_place(reverse(name, args=[value])) for value in rows]


def places_of_pages() -> list[Place]:
    """The pages that lead to others."""
    names = ("blog:archive", "blog:authors", "blog:tags", "blog:feeds")
    front = _place(reverse("blog:front"), _newest_story_at())
    return [front, *(_place(reverse(name)) for name in names)]


def _newest_story_at() -> datetime | None:
    newest: Post | None = Post.objects.listed().newest_first().only("published_at").first()
    return newest.published_at if newest else None


def _stories(chunk: Chunk) -> list[Place]:
    pictures, languages = _pictures(chunk), _languages(chunk)
    columns = ("slug", "published_at", "edited_at", "lead_image__token", "lead_image__widths")
    places = []
    for pk, slug, published_at, edited_at, token, widths in chunk.of(
        findable_stories()
    ).values_list("pk", *columns):
        lead = [_picture(token, widths)] if token else []
        # One that leads may stand in the text as well.
        shown = list(dict.fromkeys([*lead, *pictures.get(pk, [])]))[:MAX_PICTURES]
        place = _place(reverse("blog:post", args=[slug]), edited_at or published_at, shown)
        places.append(replace(place, languages=languages.get(pk, ())))
    return places


def _languages(chunk: Chunk) -> dict[int, tuple[tuple[str, str], ...]]:
    """Where the same is said in other languages, by story; wherever those have their chunk."""
    works = chunk.of(findable_stories()).exclude(work=None).values("work")
    found = findable_stories().filter(work__in=works).select_related("work").order_by("work")
    rows = found.only("slug", "language", "canonical_url", "work__original")
    return {
        story.pk: language_alternates([story, *(other for other in same if other != story)])
        for same in (list(of_work) for _work, of_work in groupby(rows, key=attrgetter("work_id")))
        for story in same
    }


def _pictures(chunk: Chunk) -> dict[int, list[str]]:
    """The pictures in the texts, by story.

    While somebody writes on a story that readers see, the pictures of what is written stand among
    its own: then none is named.
    """
    shown = Post.images.through.objects.filter(
        post_id__gte=chunk.first_pk, post_id__lte=chunk.last_pk, post__working_copy=None
    ).order_by("post_id", "image_id")
    rows = shown.values_list("post_id", "image__token", "image__widths")
    return {
        pk: [_picture(token, widths) for _pk, token, widths in of_story]
        for pk, of_story in groupby(rows.iterator(), key=itemgetter(0))
    }


def _picture(token: str, widths: list[int]) -> str:
    """The smallest file that is wide enough."""
    wide_enough = [width for width in sorted(widths) if width >= PICTURE_WIDTH_PX]
    width = wide_enough[0] if wide_enough else max(widths)
    return f"{settings.SITE_URL}{figures.url(token, width, 'jpg')}"


def _place(
    path: str, changed_at: datetime | None = None, pictures: list[str] | None = None
) -> Place:
    return Place(f"{settings.SITE_URL}{path}", changed_at, pictures or [])
