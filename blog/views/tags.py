"""What was written on one subject."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.ingredients import POSTS, TAGS, these_sets
from blog.caching import shareable
from blog.models import Post, Tag, TagSlugHistory
from blog.models.post import with_bylines
from blog.newest import ON, subjects_beside, tag_at
from blog.pages import page_of_names, page_of_posts
from blog.seo import index_seo, tag_seo
from blog.streams import feeds_of_tag


@require_safe
@shareable
def tags(request: HttpRequest) -> HttpResponse:
    """Every subject of a story that readers find, by name."""
    these_sets(POSTS, TAGS)
    page = page_of_names(Post.objects.findable_subjects(), request.GET, request.path)
    context = {
        "rows": page.rows,
        "before_url": page.before_url,
        "after_url": page.after_url,
        "is_first_page": page.is_first,
        "seo": index_seo(_("All subjects"), request.path),
    }
    return render(request, "blog/tags.jinja", context)


@require_safe
@shareable
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    found = find_tag(slug)
    if found.slug != slug:
        return HttpResponsePermanentRedirect(found.get_absolute_url())
    these_sets(("tag-posts", found.pk))
    page = page_of_posts(ON, request.GET, request.path, tag=found.pk)
    context = {
        "tag": found,
        "rows": with_bylines(page.rows),
        "related": subjects_beside(found) if page.is_first else [],
        "older_url": page.older_url,
        "newer_url": page.newer_url,
        "is_first_page": page.is_first,
        "feeds": feeds_of_tag(found),
        "seo": tag_seo(found, page.rows),
    }
    return render(request, "blog/tag.jinja", context)


def find_tag(slug: str) -> Tag:
    """The tag at this address, or the one that has moved from it. Raises `Http404`.

    A tag that readers find nothing under is not there: its name may be the subject of a draft.
    """
    found = tag_at(slug)
    if found:
        return found
    subjects = Post.objects.findable_subjects()
    moved = TagSlugHistory.objects.select_related("tag").filter(slug=slug, tag__in=subjects).first()
    if moved is None:
        raise Http404(_("There is no such tag."))
    return moved.tag
