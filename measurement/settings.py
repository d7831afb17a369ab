"""Every setting, in one place. Deployments differ by environment only."""

import django_stubs_ext
from django.utils.csp import CSP

from measurement import broker, env, secret

# Lets Django's generic classes be written with their types: ModelAdmin[Person].
django_stubs_ext.monkeypatch()

BASE_DIR = env.ROOT
VAR = env.folder("VAR", BASE_DIR / "var")

# The demo, the tests and a developer's machine run without a word of configuration on
# the embedded server; anything reachable from outside must be told what it is.
EMBEDDED = env.flag("EMBEDDED_POSTGRES", default=False)
DEBUG = env.flag("DEBUG", default=False)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
SECRET_KEY = secret.key(VAR, hosts=ALLOWED_HOSTS, debug=DEBUG)
ON_LOOPBACK_ONLY = secret.is_loopback(ALLOWED_HOSTS)
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", "")

INSTALLED_APPS = [
    "governance.apps.GovernanceConfig",
    "measurement.apps.MeasurementConfig",
    "identity.apps.IdentityConfig",
    "reporting.apps.ReportingConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "guardian",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Deny by default: a page without sign-in says so itself (`login_not_required`).
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    # Whatever a signed-in person does, the log knows whose doing it was.
    "governance.naming.NameWhoActs",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "measurement.urls"
WSGI_APPLICATION = "measurement.wsgi.application"
AUTH_USER_MODEL = "governance.User"
# Who may do what in a domain is asked of `governance.rights` alone: people and groups get no
# methods beside it, whoever is not signed in has no account, and a right that stands in a
# row of ours is no right of Django's.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "reporting:acquisition"
LOGOUT_REDIRECT_URL = "login"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "measurement.banner.banner",
                "governance.desk.frame",
            ],
        },
    }
]

# The app's role may read and write rows. Tables belong to the owner, whose address only
# the commands that migrate are given.
DATABASES = {"default": env.database("DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASE_APP_ROLE = DATABASES["default"]["USER"]
# May read the log from outside the app: migrations let it, where the server has it.
DATABASE_AUDITOR_ROLE = env.text("DATABASE_AUDITOR_ROLE", "plumbline_auditor")
# For a hosted server that cannot have a second role; every page then says so.
ONE_DATABASE_ROLE = env.flag("ONE_DATABASE_ROLE", default=False)
if env.text("DATABASE_OWNER_URL", "none") != "none":
    DATABASES["owner"] = env.database("DATABASE_OWNER_URL")

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}"}
    for validator in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_THOUSAND_SEPARATOR = True

# Every timestamp is stored in UTC. Reports are cut into days in REPORTING_TIME_ZONE,
# and only there; money is compared in REPORTING_CURRENCY, and only there.
USE_TZ = True
TIME_ZONE = "UTC"
REPORTING_TIME_ZONE = env.text("REPORTING_TIME_ZONE", "America/New_York")
REPORTING_CURRENCY = env.text("REPORTING_CURRENCY", "USD")
# Currencies an order may be in; rates are kept for these.
CURRENCIES = env.words("CURRENCIES", "EUR,GBP,USD")

# Files dropped here are found by the night: <inbox>/<system>/<stream>/<file>.
INBOX = env.folder("INBOX", VAR / "inbox")
# Where every file ever loaded is kept as it came, named by its content.
RAW = env.folder("RAW", VAR / "raw")
SNAPSHOT = env.folder("SNAPSHOT", VAR / "snapshot")

# The log's seals lie outside the database; best on a disk the database's owner has not.
SEALS = env.folder("SEALS", VAR / "seals")
SEAL_KEY = env.folder("SEAL_KEY", VAR / "seal_key")

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "templates" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
# Over plain HTTP on this machine a secure cookie would never come back.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not ON_LOOPBACK_ONLY
SECURE_SSL_REDIRECT = not ON_LOOPBACK_ONLY
SECURE_HSTS_SECONDS = 0 if ON_LOOPBACK_ONLY else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not ON_LOOPBACK_ONLY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

LOG_LEVEL = env.one_of(
    "LOG_LEVEL", "WARNING", known=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Each seal is a line outside the database, whatever else is left unsaid.
    "loggers": {"governance.log": {"level": "INFO"}},
}

# --- Mail -----------------------------------------------------------------------------
# Written to the terminal of the worker until a server is named.
MAIL_HOST = env.text("MAIL_HOST", "none")
_SMTP = {
    "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "OPTIONS": {
        "host": MAIL_HOST,
        "port": env.number("MAIL_PORT", 587, least=1),
        "username": env.text("MAIL_USER", ""),
        "password": env.text("MAIL_PASSWORD", ""),
        "use_tls": env.flag("MAIL_TLS", default=True),
        # A worker waits no longer for a server that does not answer.
        "timeout": 10,
    },
}
_CONSOLE = {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
MAILERS = {"default": _CONSOLE if MAIL_HOST == "none" else _SMTP}
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "plumbline@localhost")
# Where letters lead: a worker that writes one was asked for by nobody's browser.
_OUTSIDE = [
    each.lstrip("*.") for each in ALLOWED_HOSTS if not secret.is_loopback([each])
]
SITE_ADDRESS = env.text(
    "SITE_ADDRESS",
    f"https://{_OUTSIDE[0]}" if any(_OUTSIDE) else "http://localhost:8000",
).rstrip("/")

# --- Programs -------------------------------------------------------------------------
# JSON alone, and nothing that shows itself in a browser. Not among the installed apps: it
# would bring pages and scripts of its own, and has no table.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "governance.api.who.Token",
        "governance.api.who.Session",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["governance.api.who.Allowed"],
    "DEFAULT_THROTTLE_CLASSES": ["governance.api.pace.Pace"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["governance.api.bodies.Json"],
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "governance.api.errors.answer",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "URL_FORMAT_OVERRIDE": None,
}
# What does not say what it answers is described by its address alone.
SPECTACULAR_SETTINGS = {
    "TITLE": "Plumbline",
    "VERSION": "1",
    "DESCRIPTION": "Published numbers, what they mean, and how to ask for changes.",
    "DISABLE_ERRORS_AND_WARNINGS": True,
}
# How often one token may ask. Counted per process, unless CACHES names one they share.
API_A_MINUTE = {
    "reads": env.number("API_READS_A_MINUTE", 300, least=1),
    "writes": env.number("API_WRITES_A_MINUTE", 30, least=1),
}

# --- Background work ------------------------------------------------------------------
# A page of work ends within TASK_SECONDS. A message that was read is shown again after
# VISIBILITY_SECONDS: while its first reader still worked, it would be done twice.
TASK_SECONDS = env.number("TASK_SECONDS", 240, least=1)
# What a proposal would do to the numbers is measured within this, or not at all.
PREVIEW_SECONDS = env.number("PREVIEW_SECONDS", max(1, TASK_SECONDS * 3 // 4), least=1)
VISIBILITY_SECONDS = env.number("VISIBILITY_SECONDS", TASK_SECONDS + 60, least=1)
TICK_SECONDS = env.number("TICK_SECONDS", 5, least=1)
# Enough that the fixed cost of a page is small, few enough that it takes seconds.
SYNC_PAGE_ROWS = env.number("SYNC_PAGE_ROWS", 200_000, least=1)

# RabbitMQ takes over at scale: amqp://user:password@host//, with quorum queues.
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", broker.OWN_DATABASE)
CELERY_BROKER_TRANSPORT_OPTIONS = broker.options(CELERY_BROKER_URL, VISIBILITY_SECONDS)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = broker.QUEUE
CELERY_TASK_DEFAULT_QUEUE_TYPE = (
    "quorum" if CELERY_BROKER_URL.startswith("amqp") else "classic"
)
# A message is done with when its task is; a process that died gives it back, three times.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_RETRY_ON_WORKER_LOST = True
CELERY_TASK_ANNOTATIONS = {
    "*": {"max_retries": 3, "default_retry_delay": broker.RETRY_SECONDS}
}
CELERY_WORKER_LOST_WAIT = broker.NOTICING_SECONDS
CELERY_TASK_TIME_LIMIT = TASK_SECONDS
CELERY_TASK_SOFT_TIME_LIMIT = max(1, TASK_SECONDS * 15 // 16)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# What became of a task stands in our own tables.
CELERY_TASK_IGNORE_RESULT = True
# Each would want a queue per machine, which the app's role may not make.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
