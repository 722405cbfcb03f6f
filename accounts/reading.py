"""What pages do for somebody who reads, and what they leave."""

from __future__ import annotations

from typing import ClassVar, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User


class ReadingForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["has_passage_menu", "has_keys", "remembers_place"]


@require_POST
@never_cache
@login_required
def reading(request: HttpRequest) -> HttpResponse:
    """Choose what pages do, on whatever device one reads."""
    form = ReadingForm(request.POST, instance=cast("User", request.user))
    if form.is_valid():
        form.instance.save(update_fields=form.Meta.fields)
        messages.success(request, _("Saved."))
    return redirect(f"{reverse('account_preferences')}#reading")
