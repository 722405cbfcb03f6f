"""The door the server knocks at."""

import gc
import os

from django.core.wsgi import get_wsgi_application

THINGS_OF_SOME_PAGES = 20_000

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django = get_wsgi_application()

# Only now: they read the settings.
from blog.jinja.backend import make_ready  # noqa: E402
from config.everybody import ForEverybody  # noqa: E402
from config.handler import KeptPages  # noqa: E402

make_ready()
# What is there now stays: whoever cleans up need not look through it (70 ms, once in a while). Nor
# through a page's thousands of rows and pieces while it is made: they go by themselves when it is.
gc.freeze()
gc.set_threshold(THINGS_OF_SOME_PAGES)
application = KeptPages(django, ForEverybody())
