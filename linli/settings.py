"""Settings of one Linli deployment. Everything that differs between deployments comes from the environment.

LINLI_HOME     folder of this instance's state (keys, files, embedded database); default `var/` beside the package
DATABASE_URL   PostgreSQL >= 15; without it the commands start the embedded server and set it
LINLI_ROLE     `web` (default: least privilege, row-level security applies) or `owner` (migrations only)
LINLI_DEMO     `1` shows the demo sign-ins and lets the demo people skip the second factor, visibly
LINLI_DEBUG    `1` shows tracebacks in the browser; never in production
LINLI_HOSTS    comma-separated host names this site answers to
LINLI_HTTPS    `1` when served behind TLS: secure cookies, HSTS
LINLI_PROXIES  addresses or networks of the proxies in front, whose X-Forwarded-For is believed (linli/base/callers.py)
AUTH_PROFILE   rules for passwords: `nist` (default) or `dengbao3` (linli/people/accounts/passwords.py)
"""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
HOME = Path(os.environ.get("LINLI_HOME") or ROOT / "var").resolve()


def _instance_secret() -> str:
    """The signing key of this instance: from the environment, else a 0600 file made at first start."""
    if key := os.environ.get("LINLI_SECRET_KEY"):
        return key
    path = HOME / "secret.key"
    try:
        return path.read_text()
    except FileNotFoundError:
        HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = secrets.token_urlsafe(50)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process of the same start was faster
            return path.read_text()
        with os.fdopen(handle, "w") as file:
            file.write(key)
        return key


def _database(url: str, role: str) -> dict[str, object]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    options: dict[str, object] = {key: value for key, value in query.items() if key != "host"}
    options["options"] = f"-c role=linli_{role} -c synchronous_commit=on"
    options["connect_timeout"] = 5
    # Only statements that are bound by the server are prepared: those of linli.base.prepared.
    options["prepare_threshold"] = 3
    if role == "web":
        # One pool per worker process; blocking threads share it.
        options["pool"] = {"min_size": 1, "max_size": int(os.environ.get("LINLI_POOL", "6")), "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "linli",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(parts.port or query.get("port") or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # a connection that a restart of the server has cut is not handed out
        "TEST": {"NAME": os.environ.get("LINLI_TEST_DATABASE")},
    }


ROLE = os.environ.get("LINLI_ROLE", "web")
DEMO = os.environ.get("LINLI_DEMO") == "1"
DEBUG = os.environ.get("LINLI_DEBUG") == "1"
SECRET_KEY = _instance_secret()
DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql://linli@/linli?host=/nonexistent"), ROLE)}
ALLOWED_HOSTS = [host for host in os.environ.get("LINLI_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "linli.base.commands",
    "linli.base.policies",
    "linli.base.calendar",
    "linli.base.files",
    "linli.base.facts",
    "linli.base.throttle",
    "linli.base.ui",
    "linli.base.privacy",
    "linli.places.regions",
    "linli.places.addresses",
    "linli.places.sites",
    "linli.people.organisations",
    "linli.people.accounts",
    "linli.people.party",
    "linli.people.answering",
    "linli.people.residents",
    "linli.procedures",
    "linli.matters.cases",
    "linli.matters.prevention",
    "linli.matters.whistles",
    "linli.together.taskforces",
    "linli.together.meetings",
    "linli.insight.indicators",
    "linli.insight.hotspots",
    "linli.insight.openness",
    "linli.insight.scores",
    "linli.insight.boards",
    "linli.insight.maps",
    "linli.doors.web",
    "linli.doors.portal",
    "linli.doors.api",
    "linli.doors.intake.sheet",
    "linli.doors.intake.registers",
    "linli.doors.channels.hotline",
    "linli.doors.intake.hotline",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "linli.base.ui.headers.ContentPolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "linli.people.accounts.middleware.ActorMiddleware",
    "linli.base.throttle.middleware.TooManyMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": sorted(PACKAGE.glob("*/templates"))
        + sorted(PACKAGE.glob("*/*/templates"))
        + sorted(PACKAGE.glob("*/*/*/templates")),
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "linli.base.ui.jinja.environment",
            "context_processors": ["django.contrib.messages.context_processors.messages"],
        },
    }
]

ROOT_URLCONF = "linli.urls"
WSGI_APPLICATION = "linli.wsgi.application"
AUTH_USER_MODEL = "accounts.Account"
LOGIN_URL = "web:sign_in"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PASSWORD_HASHERS = ["linli.people.accounts.hashing.Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

AUTH_PROFILE = os.environ.get("AUTH_PROFILE", "nist")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = None  # whitenoise serves straight from the folders the finders know
STATICFILES_DIRS = [PACKAGE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

HTTPS = os.environ.get("LINLI_HTTPS") == "1"
SESSION_ENGINE = "linli.people.accounts.sessions"
SESSION_COOKIE_NAME = "__Host-linli" if HTTPS else "linli"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_FAILURE_VIEW = "linli.doors.web.errors.stale_form"
# The proxy ends TLS, so a form of our own page comes with an https origin over plain http.
CSRF_TRUSTED_ORIGINS = (
    [f"https://{'*' if host.startswith('.') else ''}{host}" for host in ALLOWED_HOSTS] if HTTPS else []
)
# Only where a proxy in front ends TLS and sets this header itself; see docs/operate.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_SSL_REDIRECT = False  # the proxy in front redirects
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["linli.base.files.uploading.LimitedUploadHandler"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"linli": {"level": "INFO"}},
}
