"""All settings, for every place Longhand runs; what differs comes through `config.env`."""

from pathlib import Path
from urllib.parse import urlsplit

from config.env import Environment
from config.languages import catalogues

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = Environment.load(BASE_DIR)
DATA_DIR = ENV.data

SECRET_KEY = ENV.secret_key()
DEBUG = ENV.switch("DEBUG")
# script/serve says where it listens; SITE_URL is where readers come from.
SITE_URL = ENV.origin("SITE_URL", ENV.text("LONGHAND_ADDRESS", "http://127.0.0.1:8000"))
IS_HTTPS = SITE_URL.startswith("https://")

ALLOWED_HOSTS = [
    urlsplit(SITE_URL).hostname or "",
    "localhost",
    "127.0.0.1",
    "[::1]",
    *ENV.names("ALLOWED_HOSTS"),
]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "blog.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks",
    "django_tasks_db",
    "markdownx",
    "accounts.apps.AccountsConfig",
    # Last: its post_migrate gives the groups the permissions that all apps have made by then.
    "blog.apps.BlogConfig",
]

MIDDLEWARE = [
    "config.middleware.Health",
    # Before those that say what a page may do: on a stylesheet that is weight without a meaning.
    "config.static.StaticFiles",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.ContentSecurityPolicy",
    "config.middleware.SharedPages",
    "config.middleware.InterfaceLanguage",
    "config.middleware.BodyLimit",
    "blog.views.clapping.Clapping",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.sessions.Authentication",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.ReaderTimeZone",
    "blog.views.errors.Turned",
]

# Of those, what there is to do for a page that everybody gets (`config.everybody`).
MIDDLEWARE_FOR_EVERYBODY = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.ContentSecurityPolicy",
    "config.middleware.SharedPages",
    "config.middleware.InterfaceLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "blog.views.errors.Turned",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        # Whatever ends in .jinja: the pages that readers ask for most.
        "BACKEND": "blog.jinja.backend.Pages",
        "NAME": "jinja",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "blog.caching.shared_context",
                "accounts.inbox.unread",
            ],
        },
    },
]
# Our templates may replace a widget's (the desk's picture field does).
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = ENV.databases()
if "replica" in DATABASES:
    DATABASE_ROUTERS = ["accounts.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# django-allauth counts attempts to sign in here; every process has to see the same counts.
CACHES = {"default": ENV.cache()}
# Our own limits count in Redis where there is one; else each is a row (accounts/limits.py).
LIMITS_IN_CACHE = bool(ENV.text("REDIS_URL"))

# How many processes answer on this machine.
WORKERS = ENV.workers()

# People.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignUpForm",
    "add_email": "accounts.forms.AddEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
# Somebody who joins reads their mail in between.
ACCOUNT_LOGIN_TIMEOUT = 60 * 60
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Whoever loses an account to somebody else hears of it.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
# The server speaks http only, so https always comes from a proxy.
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.number("TRUSTED_PROXY_COUNT", int(IS_HTTPS))
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.ReauthenticateCodeForm",
    "activate_totp": "accounts.forms.ActivateAppForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.EditPasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS

# Only people who are signed in have a session, and messages travel in it: a cookie of
# their own would make a shared page personal.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "blog.views.errors.csrf_failure"

# Transport.
SECURE_SSL_REDIRECT = IS_HTTPS and ENV.switch("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
# The owner's other hosts are not ours to force onto https, nor the preload list to join.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; manifest-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# The desk shows a picture from the writer's own disk while it is on its way.
DESK_CONTENT_SECURITY_POLICY = CONTENT_SECURITY_POLICY.replace(" data:;", " data: blob:;")

# Time and words.
LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]
# Besides English, what the interface can be said in: script/messages makes the catalogues.
INTERFACE_LANGUAGES = catalogues(LOCALE_PATHS[0])

# Files.
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": ENV.media_store(),
    "staticfiles": {"BACKEND": "config.static.HashedStaticFiles"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_MAX_AGE = 0
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
# A picture of 10 MB with its form; a text far too long still comes in, to be kept and given back.
MAX_BODY_BYTES = 12 * 1024 * 1024
MAX_STRANGERS_BODY_BYTES = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
# The words on a hundred pictures are sent together with their story.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# django-markdownx: its field and widget, on our own doors.
MARKDOWNX_URLS_PATH = "/admin/markdownx/markdownify/"
MARKDOWNX_UPLOAD_URLS_PATH = "/admin/markdownx/upload/"

# Mail.
_MAIL = ENV.mail()
globals().update(_MAIL)
DEFAULT_FROM_EMAIL = ENV.text("MAIL_FROM", f"longhand@{urlsplit(SITE_URL).hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Work after the response.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# Whether the hub for feeds may stand in our own network, without https: for trying things out.
HUB_MAY_BE_PRIVATE = ENV.switch("HUB_MAY_BE_PRIVATE", default=DEBUG)

# What is sent sooner than this after its page was made was not typed by a person.
RESPONSE_SECONDS_AT_LEAST = ENV.number("RESPONSE_SECONDS_AT_LEAST", 3)

# A clap is answered before PostgreSQL has it on the disk: a power cut takes the claps of the last
# second, and what was counted of them, so that counters stay exact. With yes each clap waits for
# the disk, and those for one story for each other.
CLAPS_WAIT_FOR_DISK = ENV.switch("CLAPS_WAIT_FOR_DISK")

# Where Akismet is asked, by those publications that have a key; another address is for tests.
AKISMET_URL = ENV.text("AKISMET_URL", "https://rest.akismet.com")

# How much memory each process may fill with finished pages; 0 makes each page anew.
PAGE_STORE_BYTES = 0 if DEBUG else ENV.number("PAGE_STORE_MB", 64) * 1024 * 1024

# Whether a kept page may be a quarter of a second behind, and claps on it one; else every request
# asks the database whether something has changed.
PAGES_MAY_LAG = ENV.switch("PAGES_MAY_LAG", default=True)

# How long a cache in front of us (never the browser) may keep a shared page.
SHARED_PAGE_SECONDS = ENV.number("SHARED_PAGE_SECONDS", 60)
# In which header that cache reads what a page is made of; empty: it does not.
CACHE_TAG_HEADER = ENV.choice("CACHE_TAG_HEADER", ("Cache-Tag", "Surrogate-Key", "xkey"))
# The caches that are told of changes, and what lets us in there: config/env.py says how.
PURGES = ENV.purges()
PURGE_TOKEN = ENV.text("PURGE_TOKEN")
CLOUDFLARE_URL = ENV.origin("CLOUDFLARE_URL", "https://api.cloudflare.com")
FASTLY_URL = ENV.origin("FASTLY_URL", "https://api.fastly.com")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "longhand": {"level": "INFO"},
        # A refusal is one line of an access log, not a fault with its traceback.
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
