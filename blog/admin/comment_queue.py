"""What waits for a moderator, and the decisions about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models.ban import NotBannable
from blog import awaiting
from blog.models import Comment, ModerationAction
from blog.models.moderation import (
    MAX_BECAUSE_CHARS,
    MODERATES,
    NotUndoable,
    Overtaken,
    ResponseGone,
    Verb,
    moderate,
)
from blog.pages import place_of
from blog.templatetags.longhand import desk_date
from blog.views.doors import person_of, see, wants_json

# What is said most often, so that nobody has to type it.
REASONS = {
    "": gettext_lazy("No reason given"),
    "advertisement": gettext_lazy("It is an advertisement."),
    "unkind": gettext_lazy("It is unkind or attacks somebody."),
    "off_topic": gettext_lazy("It has nothing to do with the story."),
    "private": gettext_lazy("It tells private things of somebody."),
    "unlawful": gettext_lazy("It may be against the law."),
}
BAN_DAYS = {
    "1": gettext_lazy("1 day"),
    "7": gettext_lazy("7 days"),
    "30": gettext_lazy("30 days"),
    "": gettext_lazy("for good"),
}
VERBS = [Verb.APPROVE, Verb.HIDE, Verb.SPAM, Verb.BAN]
MAX_MARK_CHARS = 60


class DecisionForm(forms.Form):
    """What was pressed, about what, and why."""

    verb = forms.ChoiceField(choices=[(verb.value, verb.label) for verb in VERBS])
    seen = forms.CharField(max_length=MAX_MARK_CHARS, required=False)
    reason = forms.ChoiceField(choices=REASONS.items(), required=False)
    because = forms.CharField(max_length=MAX_BECAUSE_CHARS, required=False)
    days = forms.ChoiceField(choices=BAN_DAYS.items(), required=False)

    @property
    def why(self) -> str:
        said = [self.cleaned_data["because"].strip()]
        if self.cleaned_data["reason"]:
            said.insert(0, str(REASONS[self.cleaned_data["reason"]]))
        return " ".join(words for words in said if words)

    @property
    def details(self) -> dict[str, Any]:
        """How the decision is to be taken, for `moderate`."""
        days = self.cleaned_data["days"]
        until = timezone.now() + timedelta(days=int(days)) if days else None
        return {"because": self.why, "seen": self.cleaned_data["seen"], "until": until}


def queue_urls(model_admin: Any) -> list[Any]:
    guard = model_admin.admin_site.admin_view
    rooms = [
        ("queue/", queue, "queue"),
        ("<int:pk>/decision/", decision, "decision"),
        ("decisions/<int:pk>/undoing/", undoing, "undoing"),
    ]
    return [
        path(address, guard(for_moderators(view)), name=f"blog_comment_{name}")
        for address, view, name in rooms
    ]


def for_moderators(view: Any) -> Any:
    """Let in who moderates."""

    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not person_of(request).has_perm(MODERATES):
            raise PermissionDenied
        answer: HttpResponse = view(request, **kwargs)
        return answer

    return guarded


@require_safe
@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    """All that waits, what has waited longest first."""
    return _page(request)


@require_POST
@never_cache
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide about one response; what a colleague has decided meanwhile stays."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _refuse(request, 400, _wrong(form))
    comment = Comment.objects.filter(pk=pk).first()
    if comment is None:
        return _refuse(request, 404, _("This response is not there any more: it was deleted."))
    verb = form.cleaned_data["verb"]
    try:
        action = moderate(comment, verb, by=person_of(request), **form.details)
    except ResponseGone:
        return _refuse(
            request, 409, _("This response was deleted meanwhile. Nothing is left to do.")
        )
    except Overtaken as meanwhile:
        return _refuse(request, 409, overtaken(meanwhile))
    except NotBannable as error:
        return _refuse(request, 400, str(error))
    if wants_json(request):
        html = render_to_string("admin/blog/comment/_decided.html", {"action": action}, request)
        return JsonResponse({"said": done(action), "html": html, **_still()}, status=201)
    messages.success(request, done(action))
    return see(_queue_url(request.POST.get("after", "")))


@require_POST
@never_cache
def undoing(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision back: everything is as it was before."""
    action = ModerationAction.objects.with_all().filter(pk=pk).first()
    if action is None:
        raise Http404(_("There is no such decision."))
    try:
        undo = action.undo(by=person_of(request))
    except ResponseGone:
        return _refuse(request, 409, _("The response was deleted meanwhile."))
    except Overtaken as meanwhile:
        return _refuse(request, 409, overtaken(meanwhile))
    except NotUndoable:
        return _refuse(
            request, 409, _("This cannot be taken back any more: it was, or a day has passed.")
        )
    said = _("Taken back: the response is as it was before.")
    if wants_json(request):
        return JsonResponse({"said": said, "seen": undo.mark, **_still()})
    messages.success(request, said)
    if request.POST.get("back") == "decisions":
        return see(reverse("admin:blog_comment_decisions"))
    return see(_queue_url(""))


def _still() -> dict[str, str]:
    """How many wait after this, as the desk's navigation says it."""
    count = awaiting.count()
    return {"waiting": f"{awaiting.MAX_COUNTED}+" if count > awaiting.MAX_COUNTED else str(count)}


def done(action: ModerationAction) -> str:
    """What has happened, as a sentence."""
    name = action.comment.signature if action.comment else ""
    said = {
        Verb.APPROVE: _("Approved: readers see the response by %(name)s."),
        Verb.HIDE: _("Hidden: nobody sees the response by %(name)s."),
        Verb.SPAM: _("Marked as spam: nobody sees the response by %(name)s."),
        Verb.BAN: _("Hidden and banned: %(name)s cannot respond."),
    }
    return said[Verb(action.verb)] % {"name": name}


def overtaken(meanwhile: Overtaken) -> str:
    """Who was quicker, and that nothing was overwritten."""
    action = meanwhile.action
    if action is None:
        return _("This response has changed since you looked. Nothing was decided; look again.")
    said = {"said": action.sentence, "when": desk_date(action.at)}
    return _("%(said)s (%(when)s). That stays; yours was not taken.") % said


def _wrong(form: DecisionForm) -> str:
    if form.has_error("because"):
        text = _("The reason can have %(limit)d letters at most. Nothing was decided.")
        return text % {"limit": MAX_BECAUSE_CHARS}
    return _("Press one of the buttons to say what is to happen. Nothing was decided.")


def _refuse(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"error": sentence}, status=status)
    return _page(request, status, sentence)


def _page(request: HttpRequest, status: int = 200, trouble: str = "") -> HttpResponse:
    after = (request.POST if request.method == "POST" else request.GET).get("after", "")
    rows, next_place = awaiting.first(after=awaiting.Place(*place_of(after)) if after else None)
    user = person_of(request)
    mine = ModerationAction.objects.undoable_by(user).filter(by=user)
    context = {
        **admin.site.each_context(request),
        "title": _("Moderation"),
        "opts": Comment._meta,
        "rows": rows,
        "after": after,
        "later_url": _queue_url(next_place) if next_place else "",
        "trouble": trouble,
        "last": mine.with_all().newest_first().first(),
        "reasons": REASONS.items(),
        "ban_days": BAN_DAYS.items(),
        "has_keys": user.has_keys,
        "is_inbox": True,
    }
    return render(request, "admin/blog/comment/queue.html", context, status=status)


def _queue_url(after: str) -> str:
    url = reverse("admin:blog_comment_queue")
    return f"{url}?{urlencode({'after': after})}" if after else url
