"""Secret links to a story that readers do not see yet: giving one out, and taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from blog.models import Post, ShareLink
from blog.models.share_link import MAX_OPEN_LINKS, TooManyLinks
from blog.views.doors import person_of, see, wants_json


def sharing_urls(model_admin: Any) -> list[Any]:
    """The addresses below a story's own; whoever may change it may share it."""
    guard = model_admin.admin_site.admin_view

    def story_of(request: HttpRequest, pk: int) -> Post:
        story: Post = model_admin.get_object(request, str(pk))
        if not model_admin.has_change_permission(request, story):
            raise Http404(_("There is no story at this address."))
        return story

    def made(request: HttpRequest, pk: int) -> HttpResponse:
        return making(request, story_of(request, pk))

    def revoked(request: HttpRequest, pk: int, link_pk: int) -> HttpResponse:
        return removal(request, story_of(request, pk), link_pk)

    return [
        path("<int:pk>/share-links/", guard(made), name="blog_post_share_links"),
        path(
            "<int:pk>/share-links/<int:link_pk>/removal/",
            guard(revoked),
            name="blog_post_share_link_removal",
        ),
    ]


@require_POST
@never_cache
def making(request: HttpRequest, story: Post) -> HttpResponse:
    """Make a link; a story that readers see needs none."""
    if story.is_live:
        text = _("Readers see this story already: its own address is the way to it.")
        return _answer(request, story, text, status=409)
    try:
        ShareLink.objects.make(story, by=person_of(request))
    except TooManyLinks:
        text = _("There are %(count)d links already. Revoke one of them first.")
        return _answer(request, story, text % {"count": MAX_OPEN_LINKS}, status=409)
    return _answer(request, story, _("Here is the link. It works for seven days."))


@require_POST
@never_cache
def removal(request: HttpRequest, story: Post, link_pk: int) -> HttpResponse:
    link = get_object_or_404(ShareLink, pk=link_pk, post=story)
    link.revoke(by=person_of(request))
    return _answer(request, story, _("Revoked. The link leads nowhere any more."))


def _answer(request: HttpRequest, story: Post, text: str, *, status: int = 200) -> HttpResponse:
    """The sentence, and the links as they are now: to a script that shows them, or on the page."""
    if wants_json(request):
        section = render_to_string(
            "admin/blog/post/_share_links.html", {"story": story}, request=request
        )
        return JsonResponse({"said": text, "section": section}, status=status)
    messages.add_message(request, messages.SUCCESS if status == 200 else messages.ERROR, text)
    return see(f"{reverse('admin:blog_post_change', args=[story.pk])}#sharing")
