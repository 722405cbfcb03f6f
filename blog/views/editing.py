"""Other words for a response, and the words before them."""

from __future__ import annotations

from dataclasses import astuple
from itertools import pairwise

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.limits import client_address
from accounts.models.ban import Banned
from blog.caching import reader_of
from blog.clock import zone_of_page
from blog.diff import compare
from blog.forms import CommentEditForm
from blog.gate import judge
from blog.markdown import MarkdownError
from blog.models import Comment, Post
from blog.models.comment import EDIT_WITHIN, Rewritten, TooLateToEdit, TooManyResponses, rendered
from blog.views import kept
from blog.views.composing import confirm
from blog.views.doors import published_post, see
from blog.views.porter import where_it_is


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change one's own response, within half an hour."""
    found = _response(published_post(slug, whole=True), pk)
    if request.method == "POST":
        return _save(request, found)
    reader = reader_of(request)
    if not found.is_visible:
        raise Http404(_("There is no such response."))
    if found.author_id is None or found.author_id != (reader.pk if reader else None):
        raise PermissionDenied(_("Only whoever wrote a response may change it."))
    if not found.can_edit(reader):
        raise PermissionDenied(_too_late())
    stands = {"source": found.source, "wording": found.wording}
    return _page(request, found, CommentEditForm(initial={**stands, **kept.kept(request)}), 200)


@require_safe
@never_cache
def history(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What a response said before: for moderators."""
    reader = reader_of(request)
    found = _response(published_post(slug), pk)
    if reader is None or not reader.has_perm("blog.moderate_comment"):
        if not found.is_visible:
            raise Http404(_("There is no such response."))
        raise PermissionDenied(_("Only moderators may read what a response said before."))
    earlier = list(found.revisions.all())
    wordings = [*(one.source for one in earlier), found.source]
    changes = [
        {"at": one.replaced_at, "pieces": [astuple(it) for it in compare(before, after)]}
        for one, (before, after) in zip(earlier, pairwise(wordings), strict=True)
    ]
    context = {
        "post": found.post,
        "comment": found,
        "changes": changes[::-1],
        "first_wording": wordings[0],
    }
    return render(request, "blog/comment_history.html", context)


def _save(request: HttpRequest, found: Comment) -> HttpResponse:
    """Every refusal keeps the words in the page, under a sentence that says why."""
    form = CommentEditForm(request.POST)
    reader = reader_of(request)
    if reader is None:
        return _refuse(
            request, found, form, 403, kept.signed_out_sentence(is_kept=kept.keep(request))
        )
    if found.author_id != reader.pk:
        return _refuse(request, found, form, 403, _("Only whoever wrote a response may change it."))
    if not form.is_valid():
        return _page(request, found, form, 413 if form.has_error("source", "too_long") else 400)
    try:
        if "preview" in request.POST:
            form.preview = rendered(form.cleaned_data["source"], found.post)
            return _page(request, found, form, 200)
        verdict = judge(
            post=found.post, by=reader, source=form.cleaned_data["source"], editing=found
        )
        found.edit(
            by=reader,
            held_because=verdict.reasons,
            fingerprint=verdict.fingerprint,
            address=client_address(request),
            **form.cleaned_data,
        )
    except Banned as refused:
        return _refuse(request, found, form, 403, refused.ban.sentence(zone_of_page()))
    except TooLateToEdit:
        return _refuse(request, found, form, 403, _too_late())
    except Rewritten:
        form.data = {**form.cleaned_data, "wording": found.wording}
        text = _(
            "You have changed it elsewhere meanwhile. Save once more to have these words stand."
        )
        return _refuse(request, found, form, 409, text)
    except TooManyResponses:
        return _refuse(request, found, form, 429, _("You have changed it often; let it stand now."))
    except MarkdownError as error:
        return _refuse(request, found, form, 400, str(error))
    kept.forget(request)
    return confirm(see(where_it_is(request, found)), found, about=f"edit-{found.pk}")


def _refuse(
    request: HttpRequest, found: Comment, form: CommentEditForm, status: int, text: str
) -> HttpResponse:
    form.full_clean()
    form.add_error("source", text)
    return _page(request, found, form, status)


def _page(request: HttpRequest, found: Comment, form: CommentEditForm, status: int) -> HttpResponse:
    context = {
        "post": found.post,
        "comment": found,
        "response_form": form,
        "can_edit": found.can_edit(reader_of(request)),
        "is_rewritten": status == 409,
    }
    return render(request, "blog/comment_edit.html", context, status=status)


def _too_late() -> str:
    minutes = EDIT_WITHIN.total_seconds() // 60
    text = _("A response can be changed for %(count)d minutes after it was sent; it stands now.")
    return text % {"count": minutes}


def _response(post: Post, pk: int) -> Comment:
    found = Comment.objects.with_people().filter(post=post, pk=pk).first()
    if found is None:
        raise Http404(_("There is no such response."))
    found.post = post
    return found
