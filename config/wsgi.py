"""The door the server knocks at."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django = get_wsgi_application()

# Only now: they read the settings.
from blog.jinja.backend import make_ready  # noqa: E402
from config.everybody import ForEverybody  # noqa: E402
from config.handler import KeptPages  # noqa: E402

make_ready()
# What is there now stays: whoever cleans up need not look through it (70 ms, once in a while).
gc.freeze()
application = KeptPages(django, ForEverybody())
