"""Where Longhand differs from django-allauth's defaults."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.account.stages import EmailVerificationStage, LoginStageController
from allauth.account.utils import get_next_redirect_url
from allauth.core import context
from allauth.core.internal.httpkit import clean_client_ip
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from accounts.mail import Letter
from accounts.tasks import send_mail


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("Address and password do not belong together."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes and try again."),
        "incorrect_code": _("This code is not right, or no longer."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your password."),
        "rate_limited": _("Too many attempts. Wait a few minutes and try again."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose request this is, as the outermost of our proxies saw it.

        A header with fewer hops than there are proxies, or with something else in it, is not
        the reader's mistake: then it is the nearest address, of the last hop or the connection.
        """
        proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
        hops = request.headers.get("x-forwarded-for", "").split(",") if proxies else [""]
        seen = hops[-proxies] if proxies <= len(hops) else hops[-1]
        address = clean_client_ip(seen) or clean_client_ip(request.META.get("REMOTE_ADDR", ""))
        if not address:
            raise PermissionDenied
        return str(address)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        request = self.request
        letter = Letter.write(template_prefix, email, {**context, "email": email}, request)
        transaction.on_commit(partial(send_mail.enqueue, asdict(letter)))

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: EmailConfirmation
    ) -> str:
        """The link brings its reader back to the story, in whatever browser it is opened."""
        url = settings.SITE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])
        back = _where_from(request)
        return f"{url}?{urlencode({'next': back})}" if back else url

    def get_reset_password_from_key_url(self, key: str) -> str:
        # From SITE_URL and not from the request: its Host header is not ours.
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + path.replace("UID-KEY", quote(key))

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("account_email")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_preferences")

    def is_safe_url(self, url: str | None) -> bool:
        """Only addresses of this site, even when other hosts are allowed to serve it."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts={context.request.get_host()})


def _where_from(request: HttpRequest) -> str:
    """The page to go back to: said in this request, or when this browser signed up."""
    said: str | None = get_next_redirect_url(request)
    if said:
        return said
    stage = LoginStageController.enter(request, EmailVerificationStage.key)
    return (stage.login.redirect_url or "") if stage else ""
