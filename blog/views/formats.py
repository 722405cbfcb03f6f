"""A story as a file: Markdown, if its author offers it, and plain text."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.ingredients import these_sets
from blog.caching import shareable
from blog.formats import markdown_file, text_file
from blog.models import Post
from blog.views.doors import published_post


@require_safe
@shareable
def markdown(request: HttpRequest, slug: str) -> HttpResponse:
    story = published_post(slug, whole=True)
    these_sets()
    if not story.offers_markdown:
        raise Http404(_("This story is not offered as Markdown."))
    content_type = "text/markdown; charset=utf-8; variant=CommonMark"
    return _file(story, markdown_file(story), content_type)


@require_safe
@shareable
def text(request: HttpRequest, slug: str) -> HttpResponse:
    story = published_post(slug, whole=True)
    these_sets()
    return _file(story, text_file(story), "text/plain; charset=utf-8")


def _file(story: Post, content: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    canonical = story.canonical_url or f"{settings.SITE_URL}{story.get_absolute_url()}"
    response.headers["Link"] = f'<{iri_to_uri(canonical)}>; rel="canonical"'
    # Search engines know the page; a second copy of it is of use to nobody there.
    response.headers["X-Robots-Tag"] = "noindex"
    return response
