"""Authors: all of them, and each one's page."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.ingredients import AUTHORS, POSTS, these_sets
from accounts.models import Author, Follow
from blog import markdown
from blog.caching import reader_of, shareable
from blog.models import Post
from blog.models.post import with_bylines
from blog.newest import BY, author_at, series_of
from blog.pages import page_of_names, page_of_posts
from blog.seo import author_seo, index_seo
from blog.streams import feeds_of_author


@require_safe
@shareable
def authors(request: HttpRequest) -> HttpResponse:
    """Everybody of whom readers find a story, by name."""
    writing = Author.objects.filter(Exists(Post.objects.listed_by(OuterRef("pk"))))
    these_sets(POSTS, AUTHORS)
    page = page_of_names(writing, request.GET, request.path)
    context = {
        "rows": page.rows,
        "before_url": page.before_url,
        "after_url": page.after_url,
        "is_first_page": page.is_first,
        "seo": index_seo(_("All authors"), request.path),
    }
    return render(request, "blog/authors.jinja", context)


@require_safe
@shareable
def author(request: HttpRequest, handle: str) -> HttpResponse:
    found = author_at(handle)
    if found is None:
        raise Http404(_("There is no such page."))
    if found.handle != handle:
        return HttpResponsePermanentRedirect(found.get_absolute_url())
    these_sets(("author-posts", found.pk))
    page = page_of_posts(BY, request.GET, request.path, author=found.pk)
    reader = reader_of(request)
    context = {
        "author": found,
        "followed": Follow.objects.followed_of(reader, [found]) if reader else set(),
        "bio_html": markdown.render_response(found.bio) if found.bio else "",
        "rows": with_bylines(page.rows),
        "series": series_of(found) if page.is_first else [],
        "older_url": page.older_url,
        "newer_url": page.newer_url,
        "is_first_page": page.is_first,
        "feeds": feeds_of_author(found),
        "seo": author_seo(found),
    }
    return render(request, "blog/author.jinja", context)
