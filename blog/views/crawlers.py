"""What is said to robots of every kind."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from blog.caching import shareable
from blog.crawlers import robots_txt
from blog.llms import STORY_COUNT, llms_txt
from blog.models import Post, Publication
from blog.models.post import with_bylines


@require_safe
@shareable
def robots(request: HttpRequest) -> HttpResponse:
    text = robots_txt(Publication.current())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@shareable
def llms(request: HttpRequest) -> HttpResponse:
    """A guide for language models, where they are welcome."""
    publication = Publication.current()
    if not publication.welcomes_ai_crawlers:
        raise Http404(_("There is no such page."))
    newest = with_bylines(Post.objects.listed().light().newest_first()[:STORY_COUNT])
    text = llms_txt(publication, newest)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
