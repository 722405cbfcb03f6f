"""What the publication says about itself."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.ingredients import these_sets
from blog import markdown
from blog.caching import shareable
from blog.models import Image, Publication
from blog.seo import index_seo


@require_safe
@shareable
def about(request: HttpRequest) -> HttpResponse:
    publication = Publication.current()
    if not publication.about.strip():
        raise Http404(_("There is no such page."))
    these_sets()
    rendered = markdown.render(
        publication.about, language=publication.language, find_pictures=Image.objects.facts
    )
    context = {
        "about_html": rendered.html,
        "seo": index_seo(_("About %(name)s") % {"name": publication.name}, request.path),
    }
    return render(request, "blog/about.html", context)
