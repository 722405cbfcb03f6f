"""Telling the moderators of a response that should not stand there."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.limits import Limit
from accounts.models import User
from blog.caching import reader_of
from blog.forms import ReportForm
from blog.models import Comment, Post, Report
from blog.models.report import NotReportable, can_report
from blog.talk import address_of
from blog.views.doors import published_post, see

REPORTS = Limit("reports", times=20, per_seconds=3600)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def report(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask what is wrong (GET), then tell the moderators (POST)."""
    post = published_post(slug)
    comment = _comment(post, pk)
    reader = reader_of(request)
    if reader is None:
        return _sign_in_first(request, comment)
    if not can_report(comment, reader):
        raise PermissionDenied(_("This response is yours. You may delete it instead."))
    if request.method == "POST":
        return _tell(request, comment, reader)
    said = Report.objects.open().filter(comment=comment, by=reader).first()
    form = ReportForm(initial={"reason": said.reason, "words": said.words} if said else None)
    return _page(request, comment, form, said=said)


def _tell(request: HttpRequest, comment: Comment, reader: User) -> HttpResponse:
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _page(request, comment, form, 400)
    if not REPORTS.allows(request):
        text = _("That is a lot at once. Your words are kept here; send them again in an hour.")
        form.add_error(None, text)
        return _page(request, comment, form, 429)
    try:
        Report.objects.report(comment, by=reader, **form.cleaned_data)
    except NotReportable:
        raise Http404(_("There is no such response.")) from None
    messages.success(request, _("Thank you. A moderator will look at this response."))
    comment.refresh_from_db(fields=["status"])
    return see(address_of(comment))


def _sign_in_first(request: HttpRequest, comment: Comment) -> HttpResponse:
    """One account, one report: else a crowd of nobodies could take any response away.

    Whose session ended while they wrote finds their words again.
    """
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    form = ReportForm(request.POST)
    form.full_clean()
    form.add_error(None, _("You are signed out. Sign in and send it again."))
    return _page(request, comment, form, 403)


def _page(
    request: HttpRequest,
    comment: Comment,
    form: ReportForm,
    status: int = 200,
    said: Report | None = None,
) -> HttpResponse:
    context = {"post": comment.post, "comment": comment, "form": form, "said": said}
    return render(request, "blog/comment_report.html", context, status=status)


def _comment(post: Post, pk: int) -> Comment:
    found = Comment.objects.visible().with_people().filter(post=post, pk=pk).first()
    if found is None:
        raise Http404(_("There is no such response."))
    found.post = post
    return found
