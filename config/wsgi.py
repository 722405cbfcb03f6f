"""The door the server knocks at."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django = get_wsgi_application()

# Only now: it reads the settings.
from config.handler import KeptPages  # noqa: E402

application = KeptPages(django)
