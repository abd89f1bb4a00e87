"""Django's settings, from the environment, with defaults that work and are safe.

| variable | meaning | default |
| --- | --- | --- |
| `PRECHECK_DATA` | the data folder | the user's data folder |
| `DATABASE_URL` | PostgreSQL, as `postgresql://user@host/name` | a file in the data folder |
| `PRECHECK_SECRET_FILE` | the file with the secret | `secret` in the data folder |
| `PRECHECK_PUBLIC_URL` | the address people use, as `https://check.example.jp` | loopback only |
| `PRECHECK_ALLOWED_HOSTS` | more host names to answer to, with commas | none |
| `PRECHECK_TRUSTED_PROXY` | the address of the one proxy whose headers are believed | none |
| `PRECHECK_SECOND_FACTOR` | a code from a telephone at sign-in: off, optional or required | off |
| `PRECHECK_OIDC_ISSUER` | the provider of the accounts that staff have already | none |
| `PRECHECK_OIDC_CLIENT_ID`, `PRECHECK_OIDC_CLIENT_SECRET` | what it knows this endpoint by | none |
| `PRECHECK_OIDC_CLAIM` | what of an account is the user name here | preferred_username |
| `PRECHECK_DOWNLOADS` | the folder with the programs that job seekers download | none |
| `PRECHECK_METRICS_TOKEN` | with which `/metrics` may be asked | from this machine alone |
| `PRECHECK_LOG_LEVEL` | debug, info, warning or error | info |

Nothing is written here: the command prepares the data folder before Django reads this.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from precheck.endpoint.data_folder import default_folder, read_secret
from precheck.endpoint.database import databases

DATA = Path(os.environ.get("PRECHECK_DATA") or default_folder())
SECRET_KEY = read_secret(DATA)
DEBUG = False

_public = urlsplit(os.environ.get("PRECHECK_PUBLIC_URL", ""))
if _public.geturl() and (_public.scheme not in ("http", "https") or not _public.hostname):
    raise ImproperlyConfigured("PRECHECK_PUBLIC_URL is an address such as https://check.example.jp")
PUBLIC_URL = _public.geturl().rstrip("/")
_more_hosts = os.environ.get("PRECHECK_ALLOWED_HOSTS", "").split(",")
ALLOWED_HOSTS = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    *([_public.hostname] if _public.hostname else []),
    *(host.strip() for host in _more_hosts if host.strip()),
]

_https = _public.scheme == "https"
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"] if _https else []
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # subdomains of an office's domain, and the browsers' preload list (W021),
    "security.W021",  # are not this program's to decide
    "security.W008",  # https ends at the proxy, which also redirects
]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 10 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "precheck.endpoint.store",
    "precheck.endpoint.staff",
    "precheck.endpoint.administration",
    "precheck.endpoint.operations",
    "precheck.endpoint.booking",
    "precheck.endpoint.counsellor",
    "precheck.endpoint.helpdesk",
    "precheck.endpoint.seeker",
]
MIDDLEWARE = [
    "precheck.endpoint.headers.answer_head",
    "precheck.endpoint.operations.views.answer_machines",
    "precheck.endpoint.operations.counting.count_requests",
    "precheck.endpoint.logs.log_access",
    "django.middleware.security.SecurityMiddleware",
    "precheck.endpoint.headers.add_headers",
    "precheck.endpoint.api.short_way.answer_api",
    "precheck.endpoint.language.choose_language",
    "precheck.endpoint.headers.drop_odd_session",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "precheck.endpoint.urls"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.csrf",
                "precheck.endpoint.staff.frame.context",
            ]
        },
    }
]
FORM_RENDERER = "precheck.endpoint.staff.forms.Renderer"
LOGIN_URL = "staff-login"
LOGIN_REDIRECT_URL = "staff-home"
LOGOUT_REDIRECT_URL = "staff-login"
CSRF_FAILURE_VIEW = "precheck.endpoint.error_pages.forged"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

SECOND_FACTOR = os.environ.get("PRECHECK_SECOND_FACTOR", "off")
if SECOND_FACTOR not in ("off", "optional", "required"):
    raise ImproperlyConfigured("PRECHECK_SECOND_FACTOR is off, optional or required")

DATABASES = databases(os.environ.get("DATABASE_URL", ""), DATA)
OIDC_ISSUER = os.environ.get("PRECHECK_OIDC_ISSUER", "")
OIDC_CLIENT_ID = os.environ.get("PRECHECK_OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = os.environ.get("PRECHECK_OIDC_CLIENT_SECRET", "")
OIDC_CLAIM = os.environ.get("PRECHECK_OIDC_CLAIM", "preferred_username")
if OIDC_ISSUER and not (OIDC_CLIENT_ID and OIDC_CLIENT_SECRET):
    raise ImproperlyConfigured(
        "PRECHECK_OIDC_ISSUER needs PRECHECK_OIDC_CLIENT_ID and PRECHECK_OIDC_CLIENT_SECRET"
    )
_issuer = urlsplit(OIDC_ISSUER)
if OIDC_ISSUER and _issuer.scheme != "https" and _issuer.hostname not in ("127.0.0.1", "::1"):
    raise ImproperlyConfigured("PRECHECK_OIDC_ISSUER is an https address")

DOWNLOADS = os.environ.get("PRECHECK_DOWNLOADS", "")
"""A folder, or empty."""

METRICS_TOKEN = os.environ.get("PRECHECK_METRICS_TOKEN", "")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"

_level = os.environ.get("PRECHECK_LOG_LEVEL", "info").upper()
if _level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
    raise ImproperlyConfigured("PRECHECK_LOG_LEVEL is debug, info, warning or error")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "precheck.endpoint.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": _level},
    "loggers": {
        # Django's own handlers would add a second, unstructured line; its warnings about refused
        # requests repeat the access line and quote the address, where people paste codes.
        "django": {"handlers": [], "level": _level, "propagate": True},
        "django.request": {"level": "ERROR"},
        # It warns of what it raises as well, and names the database's user.
        "psycopg": {"level": "ERROR"},
        # It warns of every single request that waits for a thread.
        "waitress.queue": {"level": "ERROR"},
    },
}
