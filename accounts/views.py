"""Pages about one's own account, where django-allauth's are not enough."""

from __future__ import annotations

from copy import copy
from typing import Any, cast

from allauth.account import views
from allauth.account.internal.flows.email_verification import send_verification_email_at_login
from allauth.account.models import Login
from allauth.account.stages import EmailVerificationStage, LoginStageController
from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import PreferencesForm, TellingForm
from accounts.models import Follow, User
from accounts.reading import ReadingForm

FOLLOWED_PER_PAGE = 50
MAX_KEY_DIGITS = 18  # what a bigint column holds, whatever they are


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    # A copy: the header shows who is signed in, not what was typed and refused.
    form = PreferencesForm(request.POST or None, instance=copy(request.user))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account_preferences")
    context = {
        "form": form,
        "telling": TellingForm(user=cast("User", request.user)),
        "reading": ReadingForm(instance=cast("User", request.user)),
    }
    return render(request, "account/preferences.html", context)


@login_required
@require_safe
@never_cache
def following(request: HttpRequest) -> HttpResponse:
    """Whom one follows, newest first, page by page."""
    found = (
        Follow.objects.filter(user=cast("User", request.user))
        .select_related("author")
        .newest_first()
    )
    older = request.GET.get("older")
    if older is not None:
        found = found.filter(pk__lt=_key(older))
    rows = list(found[: FOLLOWED_PER_PAGE + 1])
    has_older = len(rows) > FOLLOWED_PER_PAGE
    rows = rows[:FOLLOWED_PER_PAGE]
    context = {
        "rows": rows,
        "followed": {row.author_id for row in rows},
        "older_url": f"{request.path}?older={rows[-1].pk}" if has_older else "",
        "is_first_page": older is None,
    }
    return render(request, "account/following.html", context)


def _key(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= MAX_KEY_DIGITS):
        raise Http404(_("There is no such page."))
    return int(text)


class VerificationSentView(views.EmailVerificationSentView):
    """Says where the link went, and sends it again."""

    http_method_names = ["get", "head", "post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        login = _waiting_login(request)
        if login and send_verification_email_at_login(request, login):
            messages.success(request, _("Sent again."))
        elif login:
            messages.warning(
                request, _("One is on its way. You can have another in a few minutes.")
            )
        return redirect("account_email_verification_sent")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "email": _waiting_address(self.request)}


class ConfirmEmailView(views.ConfirmEmailView):
    """In another browser than the one that asked, signing in comes before going on."""

    def get_redirect_url(self) -> str:
        if self.request.user.is_authenticated:
            return super().get_redirect_url()
        url = reverse("account_login")
        back = get_next_redirect_url(self.request)
        return f"{url}?{urlencode({'next': back})}" if back else url


def _waiting_login(request: HttpRequest) -> Login | None:
    """The sign-in that waits in this browser for its address to be confirmed, real or made up."""
    stage = LoginStageController.enter(request, EmailVerificationStage.key)
    return stage.login if stage else None


def _waiting_address(request: HttpRequest) -> str:
    login = _waiting_login(request)
    if login is None:
        return ""
    # A made-up one, for an address that has an account already, knows the address only.
    return login.email or (login.user.get_username() if login.user else "")
