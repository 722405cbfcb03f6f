"""What feed readers and search engines ask for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from blog.caching import shareable
from blog.feeds import atom_response
from blog.models import Post
from blog.sitemaps import sitemap_xml


@require_safe
@shareable
def feed(request: HttpRequest) -> HttpResponse:
    """The publication's Atom feed, stories in full."""
    return atom_response(
        Post.objects.listed(),
        page=reverse("blog:front"),
        feed=request.path,
    )


@require_safe
@shareable
def sitemap(request: HttpRequest) -> HttpResponse:
    return HttpResponse(sitemap_xml(), content_type="application/xml; charset=utf-8")
