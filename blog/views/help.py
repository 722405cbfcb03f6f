"""What a reader can do on a page, and how to switch it off."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.ingredients import these_sets
from blog.caching import shareable


@require_safe
@shareable
def help_page(request: HttpRequest) -> HttpResponse:
    """The keys, and the switches of this device; scripts take their menus and words from here."""
    these_sets()
    return render(request, "blog/help.html")
