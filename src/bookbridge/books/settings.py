"""Settings of the bookkeeping application. Every `BOOKBRIDGE_*` variable is in .env.example."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from bookbridge.kit.databases import django_database
from bookbridge.kit.env import Env
from bookbridge.kit.logs import logging_settings

env = Env()

SECRET_KEY = env.text("BOOKBRIDGE_BOOKS_SECRET_KEY")
PUBLIC_URL = env.text("BOOKBRIDGE_BOOKS_URL", "http://127.0.0.1:8001").rstrip("/")
IS_TLS = PUBLIC_URL.startswith("https://")
DEBUG = False
ALLOWED_HOSTS = list(env.words("BOOKBRIDGE_BOOKS_HOSTS", ("127.0.0.1", "localhost", "[::1]")))
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
if env.flag("BOOKBRIDGE_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "oauth2_provider",
    "procrastinate.contrib.django",
    "bookbridge.kit",
    "bookbridge.books.organisations",
    "bookbridge.books.ledger",
    "bookbridge.books.tax",
    "bookbridge.books.contacts",
    "bookbridge.books.sales",
    "bookbridge.books.purchases",
    "bookbridge.books.banking",
    "bookbridge.books.reports",
    "bookbridge.books.oauth",
    "bookbridge.books.status",
    "bookbridge.books.api",
    "bookbridge.books.web",
    # After our own apps, whose account templates come first.
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
    "bookbridge.books.status.middleware.MaintenanceMiddleware",
]

ROOT_URLCONF = "bookbridge.books.urls"
WSGI_APPLICATION = "bookbridge.books.wsgi.application"
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
        env.text("BOOKBRIDGE_BOOKS_DATABASE_URL"), "BOOKBRIDGE_BOOKS_DATABASE_URL"
    ),
}
_owner_url = env.text("BOOKBRIDGE_BOOKS_OWNER_DATABASE_URL", "")
if _owner_url:
    DATABASES["owner"] = django_database(_owner_url, "BOOKBRIDGE_BOOKS_OWNER_DATABASE_URL")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "organisations.User"
# E-mail addresses are unique in lower case, by a constraint that the check does not know.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
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
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_TLS else "http"
ACCOUNT_ADAPTER = "bookbridge.books.organisations.accounts.AccountAdapter"
ACCOUNT_FORMS = {"signup": "bookbridge.books.organisations.accounts.SignUpForm"}
# Sign-up stands in `organisations`, below the app that fills a new chart of accounts, so the
# operation that opens the books is named here instead of imported there.
OPEN_BOOKS = "bookbridge.books.tax.operations.open_books"

OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth.Application"
OAUTH2_PROVIDER_GRANT_MODEL = "oauth.Grant"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "oauth.AccessToken"
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "oauth.RefreshToken"
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "oauth.IDToken"
OAUTH2_PROVIDER = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": 7200,
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 300,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 180 * 24 * 3600,
    "ROTATE_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    # The known clients of this API send no PKCE; it is checked whenever it is sent.
    "PKCE_REQUIRED": False,
    "SCOPES": {"read": _("Read the books"), "write": _("Change the books")},
    "DEFAULT_SCOPES": ["read"],
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https", "http"],
    "OAUTH2_VALIDATOR_CLASS": "bookbridge.books.oauth.validator.BooksOAuth2Validator",
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
}

SESSION_COOKIE_NAME = "books_session"
CSRF_COOKIE_NAME = "books_csrf"
LANGUAGE_COOKIE_NAME = "books_language"
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
STATIC_ROOT = env.text("BOOKBRIDGE_BOOKS_STATIC_ROOT", "") or None
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
DEFAULT_FROM_EMAIL = env.text("BOOKBRIDGE_MAIL_FROM", "books@bookbridge.invalid")

LOG_LEVEL = env.text("BOOKBRIDGE_LOG_LEVEL", "INFO").upper()
# What `bookbridge doctor` asks of this half alone.
OWN_CHECKS = "bookbridge.books.status.diagnosis.own_checks"
# Figures of this half alone, and who may read them all at /metrics.
OWN_METRICS = "bookbridge.books.status.metrics.measure"
METRICS_TOKEN = env.text("BOOKBRIDGE_METRICS_TOKEN", "")
LOGGING = logging_settings(LOG_LEVEL, is_json=env.text("BOOKBRIDGE_LOG_FORMAT", "line") == "json")
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
