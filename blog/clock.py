"""In which time zone a page says its dates."""

from __future__ import annotations

from datetime import tzinfo

from django.utils import timezone

from blog.models import Publication


def zone_of_page() -> tzinfo:
    """The reader's own, on a page of somebody who is signed in and has chosen one; else ours."""
    zone = timezone.get_current_timezone()
    # Django's own object, when nobody is signed in; whoever never chose a zone has the same.
    return Publication.current().clock if zone is timezone.get_default_timezone() else zone
