"""A story on its way to readers and back: looked over, published, scheduled, taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from blog.admin.post_checklist import checklist
from blog.admin.publication_form import PublicationForm, VersionForm, WithdrawalForm
from blog.models import Post, Publication, WorkingCopy
from blog.models.post import with_bylines
from blog.seo import post_seo
from blog.views.doors import person_of, see

MOMENT_FORMAT = "D j M Y, H:i"
PUBLICATION = "admin/blog/post/publication.html"
WITHDRAWAL = "admin/blog/post/withdrawal.html"

Log = Callable[[HttpRequest, Post, str], None]


def publication_urls(model_admin: Any) -> list[Any]:
    """The addresses below a story's own; `model_admin` knows whose stories somebody finds."""
    guard = model_admin.admin_site.admin_view

    def door(view: Callable[[HttpRequest, Post], HttpResponse]) -> Any:
        @require_http_methods(["GET", "HEAD", "POST"])
        @never_cache
        def opened(request: HttpRequest, pk: int) -> HttpResponse:
            story: Post = model_admin.get_object(request, str(pk))
            if not story.can_publish(person_of(request)):
                raise PermissionDenied(
                    _("Only people who publish can do this. Hand the story to the editors instead.")
                )
            return view(request, story)

        return guard(opened)

    def log(request: HttpRequest, story: Post, text: str) -> None:
        model_admin.log_change(request, story, text)
        messages.success(request, text)

    return [
        path(
            "<int:pk>/publication/",
            door(lambda request, story: publication(request, story, log)),
            name="blog_post_publication",
        ),
        path(
            "<int:pk>/withdrawal/",
            door(lambda request, story: withdrawal(request, story, log)),
            name="blog_post_withdrawal",
        ),
    ]


def publication(request: HttpRequest, story: Post, log: Log) -> HttpResponse:
    """Look a story over, then bring it before readers; or change when and for whom it is there."""
    if request.method != "POST":
        return _publication_page(request, PublicationForm(story))
    with transaction.atomic():
        form = PublicationForm(_held(story), request.POST)
        if form.is_valid():
            was_live = form.story.is_live
            if not form.is_done:
                form.apply(by=person_of(request))
                log(request, form.story, _published(form.story, was_live=was_live))
            return see(reverse("admin:blog_post_publication", args=[story.pk]))
    return _publication_page(request, form)


def withdrawal(request: HttpRequest, story: Post, log: Log) -> HttpResponse:
    """Take a story back to a draft."""
    onward = see(reverse("admin:blog_post_change", args=[story.pk]))
    if story.status != Post.Status.PUBLISHED:
        return onward
    if request.method != "POST":
        return _page(request, WithdrawalForm(story), WITHDRAWAL, {})
    with transaction.atomic():
        form = WithdrawalForm(_held(story), request.POST)
        if form.story.status != Post.Status.PUBLISHED:
            return onward
        if form.is_valid():
            form.apply(by=person_of(request))
            log(request, form.story, _withdrawn(form.story))
            return onward
    return _page(request, form, WITHDRAWAL, {})


def _held(story: Post) -> Post:
    """The row as it is now, kept from others until all is done."""
    return get_object_or_404(Post.objects.select_for_update(), pk=story.pk)


def _published(story: Post, *, was_live: bool) -> str:
    if story.is_scheduled:
        at = date_format(timezone.localtime(story.published_at), MOMENT_FORMAT)
        zone = timezone.get_current_timezone_name()
        return _("Scheduled: readers will see it from %(at)s on (%(zone)s).") % {
            "at": at,
            "zone": zone,
        }
    return _("Saved.") if was_live else _("Published. Readers can see it now.")


def _withdrawn(story: Post) -> str:
    if story.is_gone:
        return _("Unpublished. It is a draft again, and its address says that it was taken back.")
    return _("It is a draft again; readers cannot see it.")


def _publication_page(request: HttpRequest, form: PublicationForm) -> HttpResponse:
    story = form.story
    prefetch_related_objects(with_bylines([story]), "post_tags__tag")
    seo = post_seo(story, Publication.current(), [])
    context = {
        "checklist": [] if story.is_live else checklist(story),
        "seo": seo,
        # Asked for at this address, whatever the publication's own is called.
        "picture_url": seo.card.url.removeprefix(settings.SITE_URL) if seo.card else "",
        "address": seo.canonical.partition("://")[2],
        "has_more_words": not story.is_live and WorkingCopy.of(story) is not None,
        "clock": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
    }
    return _page(request, form, PUBLICATION, context)


def _page(
    request: HttpRequest, form: VersionForm, template: str, context: dict[str, Any]
) -> HttpResponse:
    context |= {
        **admin.site.each_context(request),
        "opts": Post._meta,
        "story": form.story,
        "form": form,
    }
    status = form.status if form.is_bound else 200
    return render(request, template, context, status=status)
