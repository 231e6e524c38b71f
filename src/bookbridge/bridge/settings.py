"""Settings of the accounting-data platform. Every `BOOKBRIDGE_*` variable is in .env.example."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from bookbridge.kit.databases import django_database
from bookbridge.kit.env import Env
from bookbridge.kit.logs import logging_settings

env = Env()

SECRET_KEY = env.text("BOOKBRIDGE_BRIDGE_SECRET_KEY")
PUBLIC_URL = env.text("BOOKBRIDGE_BRIDGE_URL", "http://127.0.0.1:8000").rstrip("/")
IS_TLS = PUBLIC_URL.startswith("https://")
DEBUG = False
ALLOWED_HOSTS = list(env.words("BOOKBRIDGE_BRIDGE_HOSTS", ("127.0.0.1", "localhost", "[::1]")))
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
BEHIND_PROXY = env.flag("BOOKBRIDGE_BEHIND_PROXY")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    "bookbridge.kit",
    "bookbridge.bridge.clients",
    "bookbridge.bridge.webhooks",
    "bookbridge.bridge.integrations",
    "bookbridge.bridge.supplements",
    "bookbridge.bridge.companies",
    "bookbridge.bridge.connections",
    "bookbridge.bridge.records",
    "bookbridge.bridge.sync",
    "bookbridge.bridge.evidence",
    "bookbridge.bridge.link",
    "bookbridge.bridge.api",
    "bookbridge.bridge.portal",
    "bookbridge.bridge.web",
    # After ours, so that our templates for its pages are found first.
    "allauth",
    "allauth.account",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "bookbridge.kit.requests.RequestIdMiddleware",
    "bookbridge.kit.requests.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "bookbridge.bridge.urls"
WSGI_APPLICATION = "bookbridge.bridge.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {
    "default": django_database(
        env.text("BOOKBRIDGE_BRIDGE_DATABASE_URL"), "BOOKBRIDGE_BRIDGE_DATABASE_URL"
    ),
}
_owner_url = env.text("BOOKBRIDGE_BRIDGE_OWNER_DATABASE_URL", "")
if _owner_url:
    DATABASES["owner"] = django_database(_owner_url, "BOOKBRIDGE_BRIDGE_OWNER_DATABASE_URL")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "clients.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
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
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Users are invited by an administrator, who vouches for the address.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_TLS else "http"
ACCOUNT_ADAPTER = "bookbridge.bridge.clients.accounts.AccountAdapter"

SESSION_COOKIE_NAME = "bridge_session"
CSRF_COOKIE_NAME = "bridge_csrf"
LANGUAGE_COOKIE_NAME = "bridge_language"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_TLS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = env.text("BOOKBRIDGE_BRIDGE_STATIC_ROOT", "") or None
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
WHITENOISE_AUTOREFRESH = False
STATICFILES_DIRS: list[str] = []

OUTBOX = env.text("BOOKBRIDGE_OUTBOX", "")
SMTP_HOST = env.text("BOOKBRIDGE_SMTP_HOST", "")
if SMTP_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = SMTP_HOST
    EMAIL_PORT = env.whole_number("BOOKBRIDGE_SMTP_PORT", 587, 1, 65535)
    EMAIL_HOST_USER = env.text("BOOKBRIDGE_SMTP_USER", "")
    EMAIL_HOST_PASSWORD = env.text("BOOKBRIDGE_SMTP_PASSWORD", "")
    EMAIL_USE_TLS = True
    EMAIL_TIMEOUT = 20
elif OUTBOX:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(Path(OUTBOX))
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("BOOKBRIDGE_MAIL_FROM", "bridge@bookbridge.invalid")

LOG_LEVEL = env.text("BOOKBRIDGE_LOG_LEVEL", "INFO").upper()
# What `bookbridge doctor` asks of this half alone.
OWN_CHECKS = "bookbridge.bridge.sync.diagnosis.own_checks"
# Figures of this half alone, and who may read them all at /metrics.
OWN_METRICS = "bookbridge.bridge.sync.metrics.measure"
METRICS_TOKEN = env.text("BOOKBRIDGE_METRICS_TOKEN", "")
LOGGING = logging_settings(LOG_LEVEL, is_json=env.text("BOOKBRIDGE_LOG_FORMAT", "line") == "json")
# The ring of master keys: `id:base64` words, or the file that holds them.
KEY_RING = env.text("BOOKBRIDGE_BRIDGE_KEYS", "")
KEY_RING_FILE = env.text("BOOKBRIDGE_BRIDGE_KEYS_FILE", "")
ALLOW_PRIVATE_HOSTS = env.flag("BOOKBRIDGE_BRIDGE_ALLOW_PRIVATE_HOSTS")
# Connectors that live outside this package, each as `package.module:Class`.
CONNECTORS = env.words("BOOKBRIDGE_BRIDGE_CONNECTORS")
# A client may make so many API requests a day, and as many again for each linked company.
API_REQUESTS_PER_COMPANY = env.whole_number(
    "BOOKBRIDGE_BRIDGE_API_REQUESTS_PER_COMPANY", 1000, 1, 1_000_000_000
)
# So many at once for each company, and so many a minute from one address, whoever calls.
API_CONCURRENT_PER_COMPANY = env.whole_number(
    "BOOKBRIDGE_BRIDGE_API_CONCURRENT_PER_COMPANY", 10, 1, 1000
)
API_REQUESTS_PER_MINUTE = env.whole_number(
    "BOOKBRIDGE_BRIDGE_API_REQUESTS_PER_MINUTE", 1000, 1, 1_000_000_000
)
# Requests a second that a source is asked at most: `key=20/5`, of one app and of one connection.
SOURCE_LIMITS = env.words("BOOKBRIDGE_BRIDGE_SOURCE_LIMITS")
# A list that can be asked for its changes is still read in full so often, to prove deletions.
FULL_SCAN_HOURS = env.whole_number("BOOKBRIDGE_BRIDGE_FULL_SCAN_HOURS", 7 * 24, 1, 24 * 366)
# More records than this, and more than this share of their list, do not vanish in one scan unless
# an administrator says so.
DELETIONS_HELD_ABOVE = env.whole_number("BOOKBRIDGE_BRIDGE_DELETIONS_HELD_ABOVE", 50, 0, 10**9)
DELETIONS_HELD_PERCENT = env.whole_number("BOOKBRIDGE_BRIDGE_DELETIONS_HELD_PERCENT", 10, 0, 100)
# Queues with places of their own in every worker: no sync delays a webhook, and no slow receiver
# of webhooks a sync.
JOB_LANES = {"webhooks": env.whole_number("BOOKBRIDGE_BRIDGE_WEBHOOK_CONCURRENCY", 4, 1, 64)}
WEBHOOK_DAYS_KEPT = env.whole_number("BOOKBRIDGE_BRIDGE_WEBHOOK_DAYS_KEPT", 90, 7, 3650)

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
