"""A draft, for whoever has its secret address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from blog.models import Post, ShareLink
from blog.views.posts import lead_figure

View = Callable[..., HttpResponse]


def unspoken(view: View) -> View:
    """Neither search engines nor the places that the page links to learn of its address."""

    @wraps(view)
    def quiet(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return quiet


@require_safe
@never_cache
@unspoken
def draft(request: HttpRequest, token: str) -> HttpResponse:
    """The story as it was last saved; once readers may see it, the way there."""
    # Nobody guesses 192 bits, so guesses are not counted: each would cost more than its answer.
    link = ShareLink.objects.open().named().filter(token=token).first()
    if link is None:
        raise Http404(_("There is no story at this address."))
    story = get_object_or_404(Post.objects.whole(), pk=link.post_id)
    if story.is_live:
        return HttpResponseRedirect(story.get_absolute_url())
    # What was being written on it when it was taken back from readers.
    story.show_working_copy()
    return render(request, "blog/draft.html", _context(link, story))


def _context(link: ShareLink, story: Post) -> dict[str, Any]:
    return {
        "link": link,
        "post": story,
        "byline": story.byline,
        "lead_figure": lead_figure(story),
        # For everybody the same page, without a form: it would be sent without its origin.
        "reader": None,
        "is_personal": False,
        "preview": True,
    }
