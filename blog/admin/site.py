"""What the whole desk says of itself."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

admin.site.site_header = _("The desk")
admin.site.site_title = _("The desk")
admin.site.index_title = _("The desk")
admin.site.enable_nav_sidebar = False
admin.site.empty_value_display = "–"
